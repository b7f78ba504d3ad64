/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a key algorithm must offer: one struct of functions per algorithm, the rows of key.c's table. Private to crypto. */
#pragma once

#include "crypto/key.h"

G_BEGIN_DECLS

/* "pub" and "priv" are the algorithm's own numbers: immutable, made by its functions, freed by its free functions. */
typedef struct {
    DimKeyKind kind;
    const char *name;          /* what we write as "algorithm" */
    const char *const *others; /* what else it is called (protocol §1.1), NULL at the end */

    /* From the "data" of a key object. NULL with MALFORMED or UNSUPPORTED. */
    gpointer (*public_read)(JsonObject *object, const char *data, GError **error);
    void (*public_free)(gpointer pub);
    guint (*public_bits)(gconstpointer pub);
    /* Canonical SPKI DER: one encoding per key. */
    GBytes *(*public_der)(gconstpointer pub);
    /* Key data as addresses are made from (protocol §1.3). */
    GBytes *(*public_data)(gconstpointer pub);
    gboolean (*verify)(gconstpointer pub,
                       const guint8 digest[32],
                       const guint8 *signature,
                       gsize size);
    /* NULL if it cannot; like decrypt. */
    GBytes *(*encrypt)(gconstpointer pub, const DimSecret *plain, GError **error);

    gpointer (*private_make)(guint bits, GError **error);
    gpointer (*private_read)(JsonObject *object, const char *data, GError **error);
    void (*private_free)(gpointer priv);
    /* A new pub. */
    gpointer (*private_public)(gconstpointer priv);
    /* The PEM text that the official clients write. */
    DimSecret *(*private_pem)(gconstpointer priv);
    GBytes *(*sign)(gconstpointer priv, const guint8 digest[32], GError **error);
    DimSecret *(*decrypt)(gconstpointer priv, const guint8 *data, gsize size, GError **error);

    /* What stands behind "data" in a key object, as JSON members. New string. */
    char *(*members)(gconstpointer pub);
    const char *pem_tail; /* what the official clients write behind the last PEM line */
} DimAlgorithm;

/* A key of that kind from the PEM text of a private key of any shape. NULL with MALFORMED or UNSUPPORTED. */
DimPrivateKey *dim_private_key_from_pem(DimKeyKind kind, const char *pem, GError **error);
/* The PEM text that the official clients write. */
DimSecret *dim_private_key_pem(const DimPrivateKey *key);

extern const DimAlgorithm dim_algorithm_rsa;
extern const DimAlgorithm dim_algorithm_ecc;

G_END_DECLS
