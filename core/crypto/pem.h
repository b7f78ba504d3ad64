/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PEM and DER shapes of keys <-> numbers (protocol §1.2, §1.3). Private to crypto; knows no algorithm's mathematics. */
#pragma once

#include "base/secret.h"

G_BEGIN_DECLS

/* A stretch of somebody else's bytes; integers are big-endian, positive, without leading zeros. */
typedef struct {
    const guint8 *data;
    gsize size;
} DimSpan;

typedef struct {
    DimSpan n, e;    /* always */
    DimSpan d, p, q; /* of private keys; p, q as PKCS#1 orders them */
} DimRsaNumbers;

/* The DER inside: PEM armour of any label, wrapping and line ends, or bare base64 without armour. With want_private: from
 * the first BEGIN to the last END of a private label; else the first public block. NULL with MALFORMED. */
DimSecret *dim_pem_read(const char *text, gboolean want_private, GError **error);
/* PEM with 64 columns and "\n" between lines, none behind the last. */
DimSecret *dim_pem_write(const char *label, const guint8 *der, gsize size);

/* The readers take strict DER and nothing behind it; what they give points into it. FALSE with MALFORMED, or UNSUPPORTED if
 * it is another algorithm or curve. */
gboolean dim_der_read_rsa_public(DimSpan der,
                                 DimRsaNumbers *numbers,
                                 GError **error); /* PKCS#1 or SPKI */
gboolean dim_der_read_rsa_private(DimSpan der,
                                  DimRsaNumbers *numbers,
                                  GError **error); /* PKCS#1 or PKCS#8 */
gboolean
dim_der_read_ecc_public(DimSpan der, DimSpan *point, GError **error); /* SPKI, secp256k1 */
gboolean
dim_der_read_ecc_private(DimSpan der, DimSpan *secret, GError **error); /* SEC1 or PKCS#8 */
/* ECDSA-Sig-Value: two positive integers, strict DER. */
gboolean dim_der_read_signature(DimSpan der, DimSpan *r, DimSpan *s);

GBytes *dim_der_write_rsa_public(DimSpan n, DimSpan e); /* SPKI */
/* PKCS#1; the eight numbers in its order: n e d p q dp dq qinv. */
DimSecret *dim_der_write_rsa_private(const DimSpan numbers[8]);
DimSecret *dim_der_write_rsa_pkcs8(DimSpan pkcs1); /* PKCS#8 around the above */
GBytes *dim_der_write_ecc_public(DimSpan point);   /* SPKI */
DimSecret *dim_der_write_ecc_private(DimSpan secret, DimSpan point); /* PKCS#8 */

G_END_DECLS
