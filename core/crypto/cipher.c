/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The key of a talk: AES-256-CBC with PKCS#7 padding, or the plain key that changes nothing. */
#include "crypto/cipher.h"

#include <string.h>

#include "base/codec.h"
#include "base/errors.h"
#include "base/json.h"
#include "crypto/libgcrypt.h"

#define KEY_SIZE   32
#define BLOCK_SIZE 16

struct _DimCipherKey {
    gint refs;
    gboolean plain;
    gboolean has_iv;
    guint8 key[KEY_SIZE];
    guint8 iv[DIM_IV_SIZE];
    /* (nullable) with the key set: opening one stirs libgcrypt's random pool */
    gcry_cipher_hd_t spare;
};

static DimCipherKey *
key_new(gboolean plain)
{
    DimCipherKey *key = g_new0(DimCipherKey, 1);

    dim_crypto_init();
    key->refs = 1;
    key->plain = plain;
    return key;
}

DimCipherKey *
dim_cipher_key_new(void)
{
    DimCipherKey *key = key_new(FALSE);

    dim_random_strong(key->key, sizeof key->key);
    return key;
}

DimCipherKey *
dim_cipher_key_plain(void)
{
    return key_new(TRUE);
}

static GBytes *
member_bytes(JsonObject *object, const char *name, const char *other, GError **error)
{
    return dim_json_bytes(object, json_object_has_member(object, name) ? name : other, error);
}

/* Copies exactly size bytes out; the buffer that held them is wiped. */
static gboolean
take_bytes(GBytes *bytes, guint8 *out, gsize size)
{
    g_autoptr(DimSecret) data = dim_secret_new_take(bytes);
    gboolean fits = dim_secret_size(data) == size;

    if (fits)
        memcpy(out, dim_secret_data(data), size);
    return fits;
}

static DimCipherKey *
aes_from_json(JsonObject *object, GError **error)
{
    g_autoptr(DimCipherKey) key = key_new(FALSE);
    g_autoptr(GError) broken = NULL;
    GBytes *data = member_bytes(object, "data", "D", error);
    GBytes *iv;

    if (data == NULL) {
        if (error != NULL && *error == NULL)
            g_set_error_literal(error, DIM_ERROR, DIM_ERROR_MALFORMED, "AES key without data");
        return NULL;
    }
    if (!take_bytes(data, key->key, KEY_SIZE)) {
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_UNSUPPORTED, "not an AES-256 key");
        return NULL;
    }
    iv = member_bytes(object, "iv", json_object_has_member(object, "IV") ? "IV" : "I", &broken);
    key->has_iv = iv != NULL;
    if (broken != NULL || (iv != NULL && !take_bytes(iv, key->iv, DIM_IV_SIZE))) {
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_MALFORMED, "AES key with a broken IV");
        return NULL;
    }
    return g_steal_pointer(&key);
}

DimCipherKey *
dim_cipher_key_from_json(JsonObject *object, GError **error)
{
    const char *algorithm;

    g_return_val_if_fail(object != NULL, NULL);

    algorithm = dim_json_text2(object, "algorithm", "A");
    if (algorithm == NULL) {
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_MALFORMED, "key without an algorithm");
        return NULL;
    }
    if (strcmp(algorithm, "AES") == 0 || strcmp(algorithm, "AES/CBC/PKCS7Padding") == 0)
        return aes_from_json(object, error);
    if (strcmp(algorithm, "PLAIN") == 0)
        return dim_cipher_key_plain();
    g_set_error_literal(error, DIM_ERROR, DIM_ERROR_UNSUPPORTED, "unknown cipher");
    return NULL;
}

/* A wrapped key that says PLAIN is an attack: nobody wraps it, and it would turn what somebody once signed in public
 * into a private message (protocol §1.5). */
DimCipherKey *
dim_cipher_key_from_secret(const DimSecret *text, GError **error)
{
    g_autoptr(JsonObject) object = NULL;
    g_autoptr(DimCipherKey) key = NULL;

    g_return_val_if_fail(text != NULL, NULL);

    object = dim_json_parse((const char *)dim_secret_data(text), (gssize)dim_secret_size(text),
                            NULL);
    if (object != NULL) {
        key = dim_cipher_key_from_json(object, NULL);
        dim_json_wipe_text(object, "data");
        dim_json_wipe_text(object, "D");
    }
    if (key == NULL || key->plain) {
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_MALFORMED, "not a wrapped key");
        return NULL;
    }
    return g_steal_pointer(&key);
}

DimSecret *
dim_cipher_key_to_secret(const DimCipherKey *key)
{
    DimSecret *text;
    char *data;
    int written;

    g_return_val_if_fail(key != NULL && !key->plain, NULL);

    data = dim_base64_encode(key->key, sizeof key->key);
    text = dim_secret_new_blank(73);
    written = g_snprintf((char *)dim_secret_writable(text), 74,
                         "{\"algorithm\":\"AES\",\"data\":\"%s\"}", data);
    dim_wipe_string(data);
    g_assert(written == 73);
    return text;
}

DimCipherKey *
dim_cipher_key_ref(DimCipherKey *key)
{
    g_return_val_if_fail(key != NULL, NULL);
    g_atomic_int_inc(&key->refs);
    return key;
}

void
dim_cipher_key_unref(DimCipherKey *key)
{
    if (key == NULL || !g_atomic_int_dec_and_test(&key->refs))
        return;
    gcry_cipher_close(key->spare); /* wipes what it made of the key */
    dim_wipe(key, sizeof *key);
    g_free(key);
}

gboolean
dim_cipher_key_is_plain(const DimCipherKey *key)
{
    g_return_val_if_fail(key != NULL, FALSE);
    return key->plain;
}

gboolean
dim_cipher_key_equal(const DimCipherKey *a, const DimCipherKey *b)
{
    g_return_val_if_fail(a != NULL && b != NULL, FALSE);
    return a->plain == b->plain && dim_memory_equal(a->key, b->key, KEY_SIZE);
}

const guint8 *
dim_cipher_key_iv(const DimCipherKey *key)
{
    g_return_val_if_fail(key != NULL, NULL);
    return key->has_iv ? key->iv : NULL;
}

static gcry_cipher_hd_t *
spare_of(const DimCipherKey *key)
{
    /* A value never changes; the handle at rest is a cache that no reader sees. */
    return &((DimCipherKey *)(guintptr)key)->spare;
}

/* NULL and CRYPTO, or an AES handle that is ready to work: the one at rest unless somebody has it. */
static gcry_cipher_hd_t
take_cipher(const DimCipherKey *key, const guint8 *iv, GError **error)
{
    gcry_cipher_hd_t handle = g_atomic_pointer_exchange(spare_of(key), NULL);
    gboolean good = handle != NULL;

    if (!good) {
        good =
            dim_gcry_ok(gcry_cipher_open(&handle, GCRY_CIPHER_AES256, GCRY_CIPHER_MODE_CBC, 0),
                        "AES", error)
            && dim_gcry_ok(gcry_cipher_setkey(handle, key->key, KEY_SIZE), "AES key", error);
    }
    if (good && dim_gcry_ok(gcry_cipher_setiv(handle, iv, DIM_IV_SIZE), "AES IV", error))
        return handle;
    gcry_cipher_close(handle);
    return NULL;
}

static void
give_back(const DimCipherKey *key, gcry_cipher_hd_t handle)
{
    gcry_cipher_close(g_atomic_pointer_exchange(spare_of(key), handle));
}

GBytes *
dim_cipher_key_encrypt(const DimCipherKey *key,
                       const void *data,
                       gsize size,
                       const guint8 *iv,
                       GError **error)
{
    g_autofree guint8 *out = NULL;
    gcry_cipher_hd_t handle;
    gsize padding = BLOCK_SIZE - size % BLOCK_SIZE;
    gboolean done;

    g_return_val_if_fail(key != NULL && (data != NULL || size == 0), NULL);

    if (key->plain)
        return g_bytes_new(data, size);
    g_return_val_if_fail(iv != NULL, NULL);
    handle = take_cipher(key, iv, error);
    if (handle == NULL)
        return NULL;
    out = g_malloc(size + padding);
    if (size > 0)
        memcpy(out, data, size);
    memset(out + size, (int)padding, padding);
    done = dim_gcry_ok(gcry_cipher_encrypt(handle, out, size + padding, NULL, 0), "AES", error);
    give_back(key, handle);
    return done ? g_bytes_new_take(g_steal_pointer(&out), size + padding) : NULL;
}

/* Length of the text in front of its padding, or -1; looks at the whole last block whatever it holds. */
static gssize
unpadded_size(const guint8 *data, gsize size)
{
    guint padding = data[size - 1];
    guint bad = padding == 0 || padding > BLOCK_SIZE;

    for (guint i = 0; i < BLOCK_SIZE; i++)
        bad |= (i < padding) & (data[size - 1 - i] != padding);
    return bad ? -1 : (gssize)(size - padding);
}

GBytes *
dim_cipher_key_decrypt(const DimCipherKey *key,
                       const void *data,
                       gsize size,
                       const guint8 *iv,
                       GError **error)
{
    g_autofree guint8 *out = NULL;
    gcry_cipher_hd_t handle;
    gssize length = -1;

    g_return_val_if_fail(key != NULL && (data != NULL || size == 0), NULL);

    if (key->plain)
        return g_bytes_new(data, size);
    g_return_val_if_fail(iv != NULL, NULL);
    if (size > 0 && size % BLOCK_SIZE == 0) {
        handle = take_cipher(key, iv, error);
        if (handle == NULL)
            return NULL;
        out = g_malloc(size);
        if (gcry_cipher_decrypt(handle, out, size, data, size) == 0)
            length = unpadded_size(out, size);
        give_back(key, handle);
    }
    if (length < 0) {
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_NO_KEY, "the key does not open this");
        return NULL;
    }
    return g_bytes_new_take(g_steal_pointer(&out), (gsize)length);
}

void
dim_random_nonce(guint8 *out, gsize size)
{
    dim_crypto_init();
    gcry_create_nonce(out, size);
}

void
dim_random_strong(guint8 *out, gsize size)
{
    dim_crypto_init();
    gcry_randomize(out, size, GCRY_STRONG_RANDOM);
}
