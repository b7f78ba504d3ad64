/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimPublicKey and DimPrivateKey: RSA and secp256k1 behind one table of algorithms (protocol §1.1-1.3). Immutable, refcounted. */
#pragma once

#include <json-glib/json-glib.h>

#include "base/secret.h"

G_BEGIN_DECLS

typedef enum {
    DIM_KEY_RSA,
    DIM_KEY_ECC, /* secp256k1 */
} DimKeyKind;

/* Any shape of protocol §1.2, §1.3 (PKCS#1 or SPKI under either label, any wrapping; ECC also hex 128/130/66). RSA: 1008..4096 bits,
 * odd exponent > 1 of at most 32 bits. NULL with MALFORMED or UNSUPPORTED. */
DimPublicKey *dim_public_key_from_json(JsonObject *object, GError **error);
/* A new JSON object to put on the wire: as received if it was received, else SPKI under PUBLIC KEY, 64 columns (uncompressed point). */
JsonObject *dim_public_key_to_json(const DimPublicKey *key);
DimPublicKey *dim_public_key_ref(DimPublicKey *key);
void dim_public_key_unref(DimPublicKey *key);
DimKeyKind dim_public_key_kind(const DimPublicKey *key);
guint dim_public_key_bits(const DimPublicKey *key);
gboolean dim_public_key_can_encrypt(const DimPublicKey *key);
/* Same numbers, whatever the shape they came in. */
gboolean dim_public_key_equal(const DimPublicKey *a, const DimPublicKey *b);
/* Key data bytes for BTC and ETH addresses (protocol §1.3; RSA: the DER inside the PEM as it stood, correction 13). New bytes. */
GBytes *dim_public_key_data(const DimPublicKey *key);
/* SHA-256 of the canonical SPKI DER, 32 bytes: what a person compares. */
void dim_public_key_fingerprint(const DimPublicKey *key, guint8 out[32]);

/* RSA: PKCS#1 v1.5 SHA-256, exact length, s < n, full encoding compared. ECC: strict DER, high s accepted. TRUE only if good. */
gboolean dim_public_key_verify(const DimPublicKey *key,
                               const void *data,
                               gsize size,
                               const guint8 *signature,
                               gsize signature_size) G_GNUC_WARN_UNUSED_RESULT;
/* RSAES-PKCS1-v1_5. New bytes, or NULL with UNSUPPORTED (ECC) or CRYPTO. */
GBytes *dim_public_key_encrypt(const DimPublicKey *key, const DimSecret *plain, GError **error);

/* Key making is slow for RSA (up to seconds for 2048 bits): call it on a worker. Pure. */
DimPrivateKey *dim_private_key_new(DimKeyKind kind, guint bits, GError **error);
/* {"algorithm","data"} text with PKCS#1, PKCS#8, SEC1 PEM or 64 hex digits; public and private PEM may be joined in one string. */
DimPrivateKey *dim_private_key_from_secret(const DimSecret *json_text, GError **error);
/* The JSON text that the official clients write (RSA: PKCS#1 PEM; ECC: PKCS#8 PEM). */
DimSecret *dim_private_key_to_secret(const DimPrivateKey *key, GError **error);
/* PKCS#8 locked with a passphrase, a PEM block ENCRYPTED PRIVATE KEY that `openssl pkey` reads (crypto/pbes2.h). Slow: call it on
 * a worker. New string, or NULL with CRYPTO. */
char *
dim_private_key_lock(const DimPrivateKey *key, const DimSecret *passphrase, GError **error);
/* The key in such a block, of either kind. Slow likewise. NULL with MALFORMED or UNSUPPORTED, or NO_KEY if the passphrase is wrong or
 * the text was changed. */
DimPrivateKey *
dim_private_key_unlock(const char *pem, const DimSecret *passphrase, GError **error);
DimPrivateKey *dim_private_key_ref(DimPrivateKey *key);
void dim_private_key_unref(DimPrivateKey *key);
DimKeyKind dim_private_key_kind(const DimPrivateKey *key);
/* (transfer none) */
DimPublicKey *dim_private_key_public(const DimPrivateKey *key);
/* RSA PKCS#1 v1.5 SHA-256, or ECDSA (RFC 6979, low s) over SHA-256 as DER. New bytes, or NULL with CRYPTO. */
GBytes *
dim_private_key_sign(const DimPrivateKey *key, const void *data, gsize size, GError **error);
/* New secret, or NULL with NO_KEY in one way for everything that can be wrong. */
DimSecret *dim_private_key_decrypt(const DimPrivateKey *key,
                                   const guint8 *data,
                                   gsize size,
                                   GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DimPublicKey, dim_public_key_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DimPrivateKey, dim_private_key_unref)

G_END_DECLS
