/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimCipherKey: the AES-256-CBC key of a talk, or the plain key (protocol §1.4, §1.5). Immutable, refcounted. */
#pragma once

#include <json-glib/json-glib.h>

#include "base/secret.h"

G_BEGIN_DECLS

#define DIM_IV_SIZE 16

/* A fresh AES-256 key from the strong generator. */
DimCipherKey *dim_cipher_key_new(void);
/* The identity function, for broadcasts. */
DimCipherKey *dim_cipher_key_plain(void);
/* {"algorithm":"AES","data":…[,"iv"]} or PLAIN (also short keys A, D, I); any TED form. NULL with MALFORMED or UNSUPPORTED. */
DimCipherKey *dim_cipher_key_from_json(JsonObject *object, GError **error);
/* The same from decrypted bytes: strict JSON through the gate, fails in one way (MALFORMED). */
DimCipherKey *dim_cipher_key_from_secret(const DimSecret *text, GError **error);
/* {"algorithm":"AES","data":"…"} as text: what is wrapped for a receiver (73 bytes). */
DimSecret *dim_cipher_key_to_secret(const DimCipherKey *key);

DimCipherKey *dim_cipher_key_ref(DimCipherKey *key);
void dim_cipher_key_unref(DimCipherKey *key);
gboolean dim_cipher_key_is_plain(const DimCipherKey *key);
gboolean dim_cipher_key_equal(const DimCipherKey *a, const DimCipherKey *b);
/* The legacy IV inside the key object, 16 bytes, or NULL (nullable, borrowed). */
const guint8 *dim_cipher_key_iv(const DimCipherKey *key);

/* PKCS#7; iv has 16 bytes. New bytes, or NULL with CRYPTO. */
GBytes *dim_cipher_key_encrypt(const DimCipherKey *key,
                               const void *data,
                               gsize size,
                               const guint8 *iv,
                               GError **error);
/* All padding bytes are checked. New bytes; NULL with NO_KEY for everything that a wrong key or a changed text can do. */
GBytes *dim_cipher_key_decrypt(const DimCipherKey *key,
                               const void *data,
                               gsize size,
                               const guint8 *iv,
                               GError **error);

/* Unpredictable bytes, good enough for IVs and nonces. */
void dim_random_nonce(guint8 *out, gsize size);
/* Bytes for keys. */
void dim_random_strong(guint8 *out, gsize size);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DimCipherKey, dim_cipher_key_unref)

G_END_DECLS
