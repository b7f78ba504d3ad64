/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytes locked with a passphrase: EncryptedPrivateKeyInfo (RFC 5958) by PBES2 (RFC 8018), as `openssl pkcs8` reads and writes it. */
#pragma once

#include "base/secret.h"

G_BEGIN_DECLS

/* Both are slow on purpose (a quarter of a second and 16 MiB): call them on a worker. Pure. The passphrase is taken as its bytes. */

/* By scrypt (RFC 7914; N 2^14, r 8, p 5, the most memory that OpenSSL takes without being told) and AES-256-CBC, under a salt and an
 * IV of their own each time. DER as new bytes, or NULL with CRYPTO. */
GBytes *dim_pbes2_lock(const DimSecret *plain, const DimSecret *passphrase, GError **error);
/* Also by PBKDF2 with HMAC of SHA-1, SHA-256 or SHA-512, and AES of any size. New secret, or NULL: MALFORMED if it is none of
 * this shape, UNSUPPORTED if it is locked in another way or would cost more than two seconds or 65 MiB, NO_KEY for all that a wrong
 * passphrase and a changed text can do. Nothing in it tells changed bytes from right ones: whoever reads the plain text must. */
DimSecret *
dim_pbes2_unlock(const guint8 *der, gsize size, const DimSecret *passphrase, GError **error);

G_END_DECLS
