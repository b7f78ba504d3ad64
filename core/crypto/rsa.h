/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RSA keys as numbers, between rsa_key.c, which makes them, and rsa.c, which works with them. Private to crypto. */
#pragma once

#include <json-glib/json-glib.h>

#include "crypto/libgcrypt.h"
#include "crypto/pem.h"

G_BEGIN_DECLS

#define DIM_RSA_MAX_BYTES 512 /* 4096 bits */

typedef struct {
    gcry_mpi_t n, e;
    guint bits;
    gsize size;  /* of the modulus, and so of signatures and ciphertexts, in bytes */
    GBytes *der; /* as it came, or canonical for a key of our own */
} DimRsaPublic;

typedef struct {
    DimRsaPublic *pub;
    gcry_sexp_t sexp; /* built once; in secure memory if there is room */
    DimSecret *der;   /* PKCS#1 */
} DimRsaPrivate;

/* A number from big-endian bytes; NULL if libgcrypt will not. */
gcry_mpi_t dim_rsa_scan(const guint8 *data, gsize size);
/* Writes number into exactly size bytes. FALSE if it does not fit. */
gboolean dim_rsa_print(gcry_mpi_t number, guint8 *out, gsize size);

/* The functions of DimAlgorithm that make, describe and free keys. */
gpointer dim_rsa_public_read(JsonObject *object, const char *data, GError **error);
void dim_rsa_public_free(gpointer pub);
guint dim_rsa_public_bits(gconstpointer pub);
GBytes *dim_rsa_public_der(gconstpointer pub);
GBytes *dim_rsa_public_data(gconstpointer pub);
gpointer dim_rsa_private_make(guint bits, GError **error);
gpointer dim_rsa_private_read(JsonObject *object, const char *data, GError **error);
void dim_rsa_private_free(gpointer priv);
gpointer dim_rsa_private_public(gconstpointer priv);
/* priv's numbers once more, outside of secure memory; NULL if that fails. The caller releases it. */
gcry_sexp_t dim_rsa_private_plain_sexp(const DimRsaPrivate *priv);

G_END_DECLS
