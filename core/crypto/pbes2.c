/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PBES2: a key is made of a passphrase by scrypt or PBKDF2, and AES-CBC locks with it. */
#include "crypto/pbes2.h"

#include <string.h>

#include "base/errors.h"
#include "crypto/cipher.h"
#include "crypto/der_parts.h"
#include "crypto/libgcrypt.h"

#define BLOCK      16
#define SALT_SIZE  16
#define KEY_SIZE   32
#define COST       (1 << 14) /* scrypt's N: OpenSSL takes no more than 32 MiB by itself */
#define LANES      5         /* its p */
#define BLOCK_SIZE 8         /* its r; libgcrypt has no other */
#define MAX_COST   (1 << 16)
#define MAX_LANES  1024      /* a KiB each, beside one for each N */
#define MAX_WORK   (1 << 19) /* N times p: some two seconds */
#define MAX_ROUNDS 2000000   /* of PBKDF2: some two seconds; OpenSSL writes 2048 unless told */

static const guint8 OID_PBES2[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0d };
static const guint8 OID_PBKDF2[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0c };
static const guint8 OID_SCRYPT[] = { 0x2b, 0x06, 0x01, 0x04, 0x01, 0xda, 0x47, 0x04, 0x0b };
/* Their last byte tells which. */
static const guint8 OID_HMAC[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02 };
static const guint8 OID_AES[] = { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01 };
#define AES256_CBC 42

static const struct {
    guint8 oid;
    int digest;
} DIGESTS[] = { { 7, GCRY_MD_SHA1 }, { 9, GCRY_MD_SHA256 }, { 11, GCRY_MD_SHA512 } };

static const struct {
    guint8 oid;
    int cipher;
    gsize key;
} CIPHERS[] = {
    { 2, GCRY_CIPHER_AES128, 16 },
    { 22, GCRY_CIPHER_AES192, 24 },
    { AES256_CBC, GCRY_CIPHER_AES256, 32 },
};

/* How something was locked. */
typedef struct {
    int function; /* GCRY_KDF_* */
    int cost;     /* scrypt: N; PBKDF2: the digest */
    gulong rounds;
    DimSpan salt, iv;
    int cipher;
    gsize key_size;
} Lock;

static gboolean
fail(GError **error, DimError code, const char *why)
{
    g_set_error_literal(error, DIM_ERROR, code, why);
    return FALSE;
}

static gboolean
malformed(GError **error)
{
    return fail(error, DIM_ERROR_MALFORMED, "nothing that a passphrase locks");
}

static gboolean
unsupported(GError **error)
{
    return fail(error, DIM_ERROR_UNSUPPORTED, "locked in a way that is not known here");
}

/* ---- what was used ---- */

/* A number that fits; FALSE for greater ones. */
static gboolean
take_number(DimSpan *in, gulong *number)
{
    DimSpan span;

    if (!dim_der_take_integer(in, &span) || span.size > 4)
        return FALSE;
    *number = 0;
    for (gsize i = 0; i < span.size; i++)
        *number = *number << 8 | span.data[i];
    return TRUE;
}

/* How long the key is may be said, and must be true then. */
static gboolean
take_key_size(DimSpan *in, const Lock *lock)
{
    gulong said;

    return in->size == 0 || in->data[0] != DIM_DER_INTEGER
           || (take_number(in, &said) && said == lock->key_size);
}

static gboolean
read_scrypt(DimSpan in, Lock *lock, GError **error)
{
    gulong cost, block;

    if (!dim_der_take(&in, DIM_DER_OCTET_STRING, &lock->salt) || !take_number(&in, &cost)
        || !take_number(&in, &block) || !take_number(&in, &lock->rounds)
        || !take_key_size(&in, lock) || in.size != 0)
        return malformed(error);
    if (cost < 2 || (cost & (cost - 1)) != 0 || lock->rounds == 0)
        return malformed(error);
    if (block != BLOCK_SIZE || cost > MAX_COST || lock->rounds > MAX_LANES
        || lock->rounds > MAX_WORK / cost)
        return unsupported(error);
    lock->function = GCRY_KDF_SCRYPT;
    lock->cost = (int)cost;
    return TRUE;
}

/* Where none is named it is HMAC with SHA-1. */
static gboolean
take_digest(DimSpan *in, int *digest)
{
    DimSpan algorithm, name;

    *digest = in->size == 0 ? GCRY_MD_SHA1 : GCRY_MD_NONE;
    if (in->size == 0)
        return TRUE;
    if (!dim_der_take(in, DIM_DER_SEQUENCE, &algorithm)
        || !dim_der_take(&algorithm, DIM_DER_OID, &name)
        || (algorithm.size != 0
            && (algorithm.size != 2 || memcmp(algorithm.data, "\5\0", 2) != 0)))
        return FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(DIGESTS); i++) {
        if (name.size == sizeof OID_HMAC + 1
            && dim_der_is_oid((DimSpan){ name.data, sizeof OID_HMAC }, OID_HMAC,
                              sizeof OID_HMAC)
            && name.data[sizeof OID_HMAC] == DIGESTS[i].oid)
            *digest = DIGESTS[i].digest;
    }
    return TRUE;
}

static gboolean
read_pbkdf2(DimSpan in, Lock *lock, GError **error)
{
    if (!dim_der_take(&in, DIM_DER_OCTET_STRING, &lock->salt)
        || !take_number(&in, &lock->rounds) || lock->rounds == 0 || !take_key_size(&in, lock)
        || !take_digest(&in, &lock->cost) || in.size != 0)
        return malformed(error);
    if (lock->cost == GCRY_MD_NONE || lock->rounds > MAX_ROUNDS)
        return unsupported(error);
    lock->function = GCRY_KDF_PBKDF2;
    return TRUE;
}

static gboolean
read_cipher(DimSpan in, Lock *lock, GError **error)
{
    DimSpan name;

    if (!dim_der_take(&in, DIM_DER_OID, &name))
        return malformed(error);
    lock->cipher = GCRY_CIPHER_NONE;
    for (guint i = 0; i < G_N_ELEMENTS(CIPHERS); i++) {
        if (name.size == sizeof OID_AES + 1 && memcmp(name.data, OID_AES, sizeof OID_AES) == 0
            && name.data[sizeof OID_AES] == CIPHERS[i].oid) {
            lock->cipher = CIPHERS[i].cipher;
            lock->key_size = CIPHERS[i].key;
        }
    }
    if (lock->cipher == GCRY_CIPHER_NONE)
        return unsupported(error);
    if (!dim_der_take(&in, DIM_DER_OCTET_STRING, &lock->iv) || lock->iv.size != BLOCK
        || in.size != 0)
        return malformed(error);
    return TRUE;
}

/* The parameters of PBES2: how the key is made, and what it locks with. */
static gboolean
read_lock(DimSpan in, Lock *lock, GError **error)
{
    DimSpan maker, cipher, name, parameters;

    if (!dim_der_take(&in, DIM_DER_SEQUENCE, &maker)
        || !dim_der_take(&in, DIM_DER_SEQUENCE, &cipher) || in.size != 0
        || !dim_der_take(&maker, DIM_DER_OID, &name)
        || !dim_der_take(&maker, DIM_DER_SEQUENCE, &parameters) || maker.size != 0)
        return malformed(error);
    if (!read_cipher(cipher, lock, error))
        return FALSE;
    if (dim_der_is_oid(name, OID_SCRYPT, sizeof OID_SCRYPT))
        return read_scrypt(parameters, lock, error);
    if (dim_der_is_oid(name, OID_PBKDF2, sizeof OID_PBKDF2))
        return read_pbkdf2(parameters, lock, error);
    return unsupported(error);
}

static gboolean
read_box(DimSpan der, Lock *lock, DimSpan *box, GError **error)
{
    DimSpan in, algorithm, name, parameters;

    if (!dim_der_open(der, &in) || !dim_der_take(&in, DIM_DER_SEQUENCE, &algorithm)
        || !dim_der_take(&in, DIM_DER_OCTET_STRING, box) || in.size != 0
        || !dim_der_take(&algorithm, DIM_DER_OID, &name))
        return malformed(error);
    if (!dim_der_is_oid(name, OID_PBES2, sizeof OID_PBES2))
        return unsupported(error);
    if (!dim_der_take(&algorithm, DIM_DER_SEQUENCE, &parameters) || algorithm.size != 0
        || box->size == 0 || box->size % BLOCK != 0)
        return malformed(error);
    return read_lock(parameters, lock, error);
}

/* ---- the key, and what it does ---- */

static gcry_cipher_hd_t
cipher_of(const Lock *lock, const DimSecret *passphrase, GError **error)
{
    guint8 key[KEY_SIZE];
    gcry_cipher_hd_t cipher = NULL;
    gboolean good;

    good =
        dim_gcry_ok(gcry_kdf_derive(dim_secret_data(passphrase), dim_secret_size(passphrase),
                                    lock->function, lock->cost, lock->salt.data,
                                    lock->salt.size, lock->rounds, lock->key_size, key),
                    "a key of a passphrase", error)
        && dim_gcry_ok(gcry_cipher_open(&cipher, lock->cipher, GCRY_CIPHER_MODE_CBC, 0), "AES",
                       error)
        && dim_gcry_ok(gcry_cipher_setkey(cipher, key, lock->key_size), "AES", error)
        && dim_gcry_ok(gcry_cipher_setiv(cipher, lock->iv.data, lock->iv.size), "AES", error);
    dim_wipe(key, sizeof key);
    if (good)
        return cipher;
    gcry_cipher_close(cipher);
    return NULL;
}

/* PKCS#7, all bytes of it; 0 if there is none. */
static gsize
padding_of(const guint8 *data, gsize size)
{
    guint8 count = data[size - 1];

    if (count == 0 || count > BLOCK)
        return 0;
    for (gsize i = size - count; i < size; i++) {
        if (data[i] != count)
            return 0;
    }
    return count;
}

DimSecret *
dim_pbes2_unlock(const guint8 *der, gsize size, const DimSecret *passphrase, GError **error)
{
    Lock lock = { 0 };
    DimSpan box;
    g_autoptr(DimSecret) plain = NULL;
    gcry_cipher_hd_t cipher;
    gsize padding;
    gboolean good;

    g_return_val_if_fail((der != NULL || size == 0) && passphrase != NULL, NULL);

    dim_crypto_init();
    if (!read_box((DimSpan){ der, size }, &lock, &box, error))
        return NULL;
    cipher = cipher_of(&lock, passphrase, error);
    if (cipher == NULL)
        return NULL;
    plain = dim_secret_new_blank(box.size);
    good = dim_gcry_ok(
        gcry_cipher_decrypt(cipher, dim_secret_writable(plain), box.size, box.data, box.size),
        "AES", error);
    gcry_cipher_close(cipher);
    if (!good)
        return NULL;
    padding = padding_of(dim_secret_data(plain), box.size);
    if (padding == 0) {
        fail(error, DIM_ERROR_NO_KEY, "the passphrase is wrong, or the text was changed");
        return NULL;
    }
    return dim_secret_new(dim_secret_data(plain), box.size - padding);
}

/* ---- the way there ---- */

static void
put_oid(DimDerWriter *out, const guint8 *oid, gsize size)
{
    gsize end = out->at;

    dim_der_put(out, oid, size);
    dim_der_put_head(out, DIM_DER_OID, end);
}

static void
put_octets(DimDerWriter *out, DimSpan octets)
{
    gsize end = out->at;

    dim_der_put(out, octets.data, octets.size);
    dim_der_put_head(out, DIM_DER_OCTET_STRING, end);
}

static void
put_scrypt(DimDerWriter *out, const Lock *lock)
{
    const guint8 cost[] = { (guint8)(lock->cost >> 8), (guint8)lock->cost };
    const guint8 block = BLOCK_SIZE, lanes = (guint8)lock->rounds;
    gsize end = out->at;

    dim_der_put_integer(out, (DimSpan){ &lanes, 1 });
    dim_der_put_integer(out, (DimSpan){ &block, 1 });
    dim_der_put_integer(out, (DimSpan){ cost, sizeof cost });
    put_octets(out, lock->salt);
    dim_der_put_head(out, DIM_DER_SEQUENCE, end);
    put_oid(out, OID_SCRYPT, sizeof OID_SCRYPT);
    dim_der_put_head(out, DIM_DER_SEQUENCE, end);
}

static void
put_lock(DimDerWriter *out, const Lock *lock)
{
    static const guint8 aes[] = { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, AES256_CBC };
    gsize end = out->at;

    put_octets(out, lock->iv);
    put_oid(out, aes, sizeof aes);
    dim_der_put_head(out, DIM_DER_SEQUENCE, end);
    put_scrypt(out, lock);
    dim_der_put_head(out, DIM_DER_SEQUENCE, end);
    put_oid(out, OID_PBES2, sizeof OID_PBES2);
    dim_der_put_head(out, DIM_DER_SEQUENCE, end);
}

static GBytes *
write_box(const Lock *lock, DimSpan box)
{
    gsize room = box.size + 256;
    DimDerWriter out = { .data = g_malloc(room), .at = room };
    GBytes *der;

    put_octets(&out, box);
    put_lock(&out, lock);
    dim_der_put_head(&out, DIM_DER_SEQUENCE, room);
    der = g_bytes_new(out.data + out.at, room - out.at);
    g_free(out.data);
    return der;
}

GBytes *
dim_pbes2_lock(const DimSecret *plain, const DimSecret *passphrase, GError **error)
{
    guint8 salt[SALT_SIZE], iv[BLOCK];
    const Lock lock = {
        GCRY_KDF_SCRYPT,    COST,    LANES, { salt, sizeof salt }, { iv, sizeof iv },
        GCRY_CIPHER_AES256, KEY_SIZE
    };
    gsize size, padding;
    g_autoptr(DimSecret) box = NULL;
    gcry_cipher_hd_t cipher;
    gboolean good;

    g_return_val_if_fail(plain != NULL && passphrase != NULL, NULL);

    dim_crypto_init();
    dim_random_nonce(salt, sizeof salt);
    dim_random_nonce(iv, sizeof iv);
    cipher = cipher_of(&lock, passphrase, error);
    if (cipher == NULL)
        return NULL;
    padding = BLOCK - dim_secret_size(plain) % BLOCK;
    size = dim_secret_size(plain) + padding;
    box = dim_secret_new_blank(size);
    memcpy(dim_secret_writable(box), dim_secret_data(plain), size - padding);
    memset(dim_secret_writable(box) + size - padding, (int)padding, padding);
    good = dim_gcry_ok(gcry_cipher_encrypt(cipher, dim_secret_writable(box), size, NULL, 0),
                       "AES", error);
    gcry_cipher_close(cipher);
    return good ? write_box(&lock, (DimSpan){ dim_secret_data(box), size }) : NULL;
}
