/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Public and private keys of every algorithm: the table, one row each, and what is common to all. */
#include "crypto/key.h"

#include <string.h>

#include "base/errors.h"
#include "base/json.h"
#include "crypto/algorithm.h"
#include "crypto/digest.h"
#include "crypto/libgcrypt.h"
#include "crypto/pem.h"

struct _DimPublicKey {
    gint refs;
    const DimAlgorithm *algorithm;
    gpointer numbers;
    JsonObject *received; /* NULL if we made it */
    GBytes *der;          /* canonical */
};

struct _DimPrivateKey {
    gint refs;
    const DimAlgorithm *algorithm;
    gpointer numbers;
    DimPublicKey *pub;
};

static const DimAlgorithm *const ALGORITHMS[] = { &dim_algorithm_rsa, &dim_algorithm_ecc };

static const DimAlgorithm *
algorithm_of_kind(DimKeyKind kind)
{
    for (guint i = 0; i < G_N_ELEMENTS(ALGORITHMS); i++) {
        if (ALGORITHMS[i]->kind == kind)
            return ALGORITHMS[i];
    }
    return NULL;
}

/* The row that a key object names. NULL with MALFORMED or UNSUPPORTED; *data is then not set. */
static const DimAlgorithm *
algorithm_of_object(JsonObject *object, const char **data, GError **error)
{
    const char *name = dim_json_text2(object, "algorithm", "A");

    *data = dim_json_text2(object, "data", "D");
    if (name == NULL || *data == NULL) {
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_MALFORMED,
                            "key without algorithm or data");
        return NULL;
    }
    for (guint i = 0; i < G_N_ELEMENTS(ALGORITHMS); i++) {
        if (strcmp(name, ALGORITHMS[i]->name) == 0
            || g_strv_contains(ALGORITHMS[i]->others, name))
            return ALGORITHMS[i];
    }
    g_set_error_literal(error, DIM_ERROR, DIM_ERROR_UNSUPPORTED, "unknown key algorithm");
    return NULL;
}

/* Takes numbers. */
static DimPublicKey *
public_take(const DimAlgorithm *algorithm, gpointer numbers, JsonObject *received)
{
    DimPublicKey *key = g_new0(DimPublicKey, 1);

    key->refs = 1;
    key->algorithm = algorithm;
    key->numbers = numbers;
    key->received = received != NULL ? dim_json_copy(received) : NULL;
    key->der = algorithm->public_der(numbers);
    return key;
}

DimPublicKey *
dim_public_key_from_json(JsonObject *object, GError **error)
{
    const DimAlgorithm *algorithm;
    const char *data;
    gpointer numbers;

    g_return_val_if_fail(object != NULL, NULL);

    dim_crypto_init();
    algorithm = algorithm_of_object(object, &data, error);
    numbers = algorithm != NULL ? algorithm->public_read(object, data, error) : NULL;
    return numbers != NULL ? public_take(algorithm, numbers, object) : NULL;
}

/* {"algorithm":…,"data":…,…} around a PEM text, in a buffer that never moves. */
static DimSecret *
key_text(const DimAlgorithm *algorithm, gconstpointer pub, const DimSecret *pem)
{
    g_autofree char *members = algorithm->members(pub);
    const char *lines = (const char *)dim_secret_data(pem);
    gsize room = 2 * dim_secret_size(pem) + strlen(members) + 100;
    GString *out = g_string_sized_new(room);
    DimSecret *text;

    g_string_append_printf(out, "{\"algorithm\":\"%s\",\"data\":\"", algorithm->name);
    for (gsize i = 0; i < dim_secret_size(pem); i++) {
        if (lines[i] == '\n')
            g_string_append(out, "\\n");
        else
            g_string_append_c(out, lines[i]);
    }
    if (*algorithm->pem_tail != '\0')
        g_string_append(out, "\\n");
    g_string_append_printf(out, "\",%s}", members);
    text = dim_secret_new(out->str, out->len);
    dim_wipe(out->str, out->allocated_len);
    g_string_free(out, TRUE);
    return text;
}

JsonObject *
dim_public_key_to_json(const DimPublicKey *key)
{
    g_autoptr(DimSecret) pem = NULL;
    g_autoptr(DimSecret) text = NULL;
    const guint8 *der;
    gsize size;

    g_return_val_if_fail(key != NULL, NULL);

    if (key->received != NULL)
        return dim_json_copy(key->received);
    der = g_bytes_get_data(key->der, &size);
    pem = dim_pem_write("PUBLIC KEY", der, size);
    text = key_text(key->algorithm, key->numbers, pem);
    return dim_json_parse((const char *)dim_secret_data(text), (gssize)dim_secret_size(text),
                          NULL);
}

DimPublicKey *
dim_public_key_ref(DimPublicKey *key)
{
    g_return_val_if_fail(key != NULL, NULL);
    g_atomic_int_inc(&key->refs);
    return key;
}

void
dim_public_key_unref(DimPublicKey *key)
{
    if (key == NULL || !g_atomic_int_dec_and_test(&key->refs))
        return;
    key->algorithm->public_free(key->numbers);
    g_clear_pointer(&key->received, json_object_unref);
    g_bytes_unref(key->der);
    g_free(key);
}

DimKeyKind
dim_public_key_kind(const DimPublicKey *key)
{
    g_return_val_if_fail(key != NULL, DIM_KEY_RSA);
    return key->algorithm->kind;
}

guint
dim_public_key_bits(const DimPublicKey *key)
{
    g_return_val_if_fail(key != NULL, 0);
    return key->algorithm->public_bits(key->numbers);
}

gboolean
dim_public_key_can_encrypt(const DimPublicKey *key)
{
    g_return_val_if_fail(key != NULL, FALSE);
    return key->algorithm->encrypt != NULL;
}

gboolean
dim_public_key_equal(const DimPublicKey *a, const DimPublicKey *b)
{
    g_return_val_if_fail(a != NULL && b != NULL, FALSE);
    return a == b || g_bytes_equal(a->der, b->der); /* canonical: one encoding per key */
}

GBytes *
dim_public_key_data(const DimPublicKey *key)
{
    g_return_val_if_fail(key != NULL, NULL);
    return key->algorithm->public_data(key->numbers);
}

void
dim_public_key_fingerprint(const DimPublicKey *key, guint8 out[32])
{
    gsize size;
    const guint8 *der;

    g_return_if_fail(key != NULL);

    der = g_bytes_get_data(key->der, &size);
    dim_sha256(der, size, out);
}

gboolean
dim_public_key_verify(const DimPublicKey *key,
                      const void *data,
                      gsize size,
                      const guint8 *signature,
                      gsize signature_size)
{
    guint8 digest[32];

    g_return_val_if_fail(key != NULL && (data != NULL || size == 0), FALSE);

    if (signature == NULL || signature_size == 0)
        return FALSE;
    dim_sha256(data, size, digest);
    return key->algorithm->verify(key->numbers, digest, signature, signature_size);
}

GBytes *
dim_public_key_encrypt(const DimPublicKey *key, const DimSecret *plain, GError **error)
{
    g_return_val_if_fail(key != NULL && plain != NULL, NULL);

    if (key->algorithm->encrypt == NULL) {
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_UNSUPPORTED, "this key cannot encrypt");
        return NULL;
    }
    return key->algorithm->encrypt(key->numbers, plain, error);
}

/* Takes numbers; NULL stays NULL. */
static DimPrivateKey *
private_take(const DimAlgorithm *algorithm, gpointer numbers)
{
    DimPrivateKey *key;

    if (numbers == NULL)
        return NULL;
    key = g_new0(DimPrivateKey, 1);
    key->refs = 1;
    key->algorithm = algorithm;
    key->numbers = numbers;
    key->pub = public_take(algorithm, algorithm->private_public(numbers), NULL);
    return key;
}

DimPrivateKey *
dim_private_key_new(DimKeyKind kind, guint bits, GError **error)
{
    const DimAlgorithm *algorithm = algorithm_of_kind(kind);

    g_return_val_if_fail(algorithm != NULL, NULL);

    dim_crypto_init();
    return private_take(algorithm, algorithm->private_make(bits, error));
}

DimPrivateKey *
dim_private_key_from_secret(const DimSecret *json_text, GError **error)
{
    g_autoptr(JsonObject) object = NULL;
    const DimAlgorithm *algorithm;
    gpointer numbers = NULL;
    const char *data;

    g_return_val_if_fail(json_text != NULL, NULL);

    dim_crypto_init();
    object = dim_json_parse((const char *)dim_secret_data(json_text),
                            (gssize)dim_secret_size(json_text), error);
    if (object == NULL)
        return NULL;
    algorithm = algorithm_of_object(object, &data, error);
    if (algorithm != NULL)
        numbers = algorithm->private_read(object, data, error);
    dim_json_wipe_text(object, "data");
    dim_json_wipe_text(object, "D");
    return private_take(algorithm, numbers);
}

DimPrivateKey *
dim_private_key_from_pem(DimKeyKind kind, const char *pem, GError **error)
{
    const DimAlgorithm *algorithm = algorithm_of_kind(kind);
    g_autoptr(JsonObject) members = json_object_new();

    return private_take(algorithm, algorithm->private_read(members, pem, error));
}

DimSecret *
dim_private_key_pem(const DimPrivateKey *key)
{
    return key->algorithm->private_pem(key->numbers);
}

DimSecret *
dim_private_key_to_secret(const DimPrivateKey *key, G_GNUC_UNUSED GError **error)
{
    g_autoptr(DimSecret) pem = NULL;

    g_return_val_if_fail(key != NULL, NULL);

    pem = dim_private_key_pem(key);
    return key_text(key->algorithm, key->pub->numbers, pem);
}

DimPrivateKey *
dim_private_key_ref(DimPrivateKey *key)
{
    g_return_val_if_fail(key != NULL, NULL);
    g_atomic_int_inc(&key->refs);
    return key;
}

void
dim_private_key_unref(DimPrivateKey *key)
{
    if (key == NULL || !g_atomic_int_dec_and_test(&key->refs))
        return;
    key->algorithm->private_free(key->numbers);
    dim_public_key_unref(key->pub);
    g_free(key);
}

DimKeyKind
dim_private_key_kind(const DimPrivateKey *key)
{
    g_return_val_if_fail(key != NULL, DIM_KEY_RSA);
    return key->algorithm->kind;
}

DimPublicKey *
dim_private_key_public(const DimPrivateKey *key)
{
    g_return_val_if_fail(key != NULL, NULL);
    return key->pub;
}

GBytes *
dim_private_key_sign(const DimPrivateKey *key, const void *data, gsize size, GError **error)
{
    guint8 digest[32];

    g_return_val_if_fail(key != NULL && (data != NULL || size == 0), NULL);

    dim_sha256(data, size, digest);
    return key->algorithm->sign(key->numbers, digest, error);
}

DimSecret *
dim_private_key_decrypt(const DimPrivateKey *key,
                        const guint8 *data,
                        gsize size,
                        GError **error)
{
    g_return_val_if_fail(key != NULL && (data != NULL || size == 0), NULL);

    if (key->algorithm->decrypt == NULL) {
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_NO_KEY, "the key does not open this");
        return NULL;
    }
    return key->algorithm->decrypt(key->numbers, data, size, error);
}
