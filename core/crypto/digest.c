/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The digests that libgcrypt has; Keccak with its original padding lives in keccak.c. */
#include "crypto/digest.h"

#include "crypto/libgcrypt.h"

void
dim_sha256(const void *data, gsize size, guint8 out[32])
{
    dim_crypto_init();
    gcry_md_hash_buffer(GCRY_MD_SHA256, out, data, size);
}

void
dim_ripemd160(const void *data, gsize size, guint8 out[20])
{
    dim_crypto_init();
    gcry_md_hash_buffer(GCRY_MD_RMD160, out, data, size);
}

void
dim_md5(const void *data, gsize size, guint8 out[16])
{
    dim_crypto_init();
    gcry_md_hash_buffer(GCRY_MD_MD5, out, data, size);
}
