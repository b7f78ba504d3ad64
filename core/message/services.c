/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bodies of search, users, ans, block, mute and storage. */
#include "message/services.h"

#include <string.h>

#include "base/codec.h"
#include "base/errors.h"
#include "base/json.h"
#include "crypto/cipher.h"
#include "message/commands.h"

#define MAX_FOUND 50
#define BACKUP    "dim contacts backup\n"

static JsonArray *
array_of(const GPtrArray *ids)
{
    JsonArray *array = json_array_new();

    for (guint i = 0; i < ids->len; i++)
        json_array_add_string_element(array, dim_id_text(g_ptr_array_index(ids, i)));
    return array;
}

GPtrArray *
dim_ids_read(JsonArray *array, guint max)
{
    GPtrArray *ids = g_ptr_array_new_with_free_func((GDestroyNotify)dim_id_unref);
    guint count = MIN(json_array_get_length(array), max);

    for (guint i = 0; i < count; i++) {
        JsonNode *node = json_array_get_element(array, i);
        DimId *id =
            JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_STRING
                ? dim_id_parse(json_node_get_string(node), NULL)
                : NULL;

        if (id != NULL)
            g_ptr_array_add(ids, id);
    }
    return ids;
}

DimContent *
dim_search_new(const char *words)
{
    JsonObject *object = dim_command_object(words != NULL ? "search" : "users");

    if (words != NULL)
        json_object_set_string_member(object, "keywords", words);
    json_object_set_int_member(object, "start", 0);
    json_object_set_int_member(object, "limit", MAX_FOUND);
    return dim_content_new_take(DIM_CONTENT_COMMAND, object);
}

DimContent *
dim_ans_new(const char *names)
{
    JsonObject *object = dim_command_object("ans");

    json_object_set_string_member(object, "names", names);
    return dim_content_new_take(DIM_CONTENT_COMMAND, object);
}

DimContent *
dim_list_new(const char *command, const GPtrArray *ids)
{
    JsonObject *object = dim_command_object(command);

    if (ids != NULL)
        json_object_set_array_member(object, "list", array_of(ids));
    return dim_content_new_take(DIM_CONTENT_COMMAND, object);
}

GPtrArray *
dim_command_ids(const DimContent *content, const char *name)
{
    JsonArray *array = dim_json_array(dim_content_json(content), name);

    return array != NULL ? dim_ids_read(array, DIM_IDS_MAX) : NULL;
}

static void
add_base64(JsonObject *object, const char *name, GBytes *bytes)
{
    gsize size;
    const guint8 *data = g_bytes_get_data(bytes, &size);
    g_autofree char *text = dim_base64_encode(data, size);

    json_object_set_string_member(object, name, text);
}

/* The list under a fresh key, and that key under mine (protocol §5.13). */
static gboolean
lock(JsonObject *object, const GPtrArray *ids, const DimPublicKey *mine, GError **error)
{
    g_autoptr(DimCipherKey) key = dim_cipher_key_new();
    g_autoptr(DimSecret) secret = dim_cipher_key_to_secret(key);
    g_autoptr(JsonNode) list = json_node_init_array(json_node_alloc(), array_of(ids));
    g_autofree char *text = NULL;
    g_autoptr(GBytes) wrapped = NULL;
    g_autoptr(GBytes) data = NULL;
    g_autoptr(GBytes) iv = NULL;
    guint8 nonce[DIM_IV_SIZE];

    json_array_unref(json_node_get_array(list));
    text = json_to_string(list, FALSE);
    dim_random_nonce(nonce, sizeof nonce);
    wrapped = dim_public_key_encrypt(mine, secret, error);
    if (wrapped == NULL)
        return FALSE;
    data = dim_cipher_key_encrypt(key, text, strlen(text), nonce, error);
    if (data == NULL)
        return FALSE;
    iv = g_bytes_new(nonce, sizeof nonce);
    add_base64(object, "data", data);
    add_base64(object, "key", wrapped);
    add_base64(object, "IV", iv);
    return TRUE;
}

/* What is signed: never the same bytes as of anything else that the key signs. */
static GBytes *
signed_part(GBytes *data)
{
    GByteArray *bytes = g_byte_array_new();
    gsize size;
    const guint8 *start = g_bytes_get_data(data, &size);

    g_byte_array_append(bytes, (const guint8 *)BACKUP, strlen(BACKUP));
    g_byte_array_append(bytes, start, (guint)size);
    return g_byte_array_free_to_bytes(bytes);
}

static gboolean
sign(JsonObject *object, const DimPrivateKey *signer, GError **error)
{
    g_autoptr(GBytes) data = dim_json_bytes(object, "data", error);
    g_autoptr(GBytes) whole = data != NULL ? signed_part(data) : NULL;
    g_autoptr(GBytes) proof = NULL;

    if (whole != NULL)
        proof = dim_private_key_sign(signer, g_bytes_get_data(whole, NULL),
                                     g_bytes_get_size(whole), error);
    if (proof == NULL)
        return FALSE;
    add_base64(object, "signature", proof);
    return TRUE;
}

gboolean
dim_storage_is_of(const DimContent *content, const DimPublicKey *maker)
{
    JsonObject *object = dim_content_json(content);
    g_autoptr(GBytes) data = dim_json_bytes(object, "data", NULL);
    g_autoptr(GBytes) proof = dim_json_bytes(object, "signature", NULL);
    g_autoptr(GBytes) whole = data != NULL ? signed_part(data) : NULL;

    return whole != NULL && proof != NULL
           && dim_public_key_verify(maker, g_bytes_get_data(whole, NULL),
                                    g_bytes_get_size(whole), g_bytes_get_data(proof, NULL),
                                    g_bytes_get_size(proof));
}

DimContent *
dim_storage_new(const GPtrArray *ids,
                const DimPublicKey *mine,
                const DimPrivateKey *signer,
                GError **error)
{
    g_autoptr(JsonObject) object = dim_command_object("storage");

    json_object_set_string_member(object, "title", "contacts");
    if (ids != NULL && (!lock(object, ids, mine, error) || !sign(object, signer, error)))
        return NULL;
    return dim_content_new_take(DIM_CONTENT_COMMAND, g_steal_pointer(&object));
}

/* (transfer full), or NULL with NO_KEY. */
static DimCipherKey *
unlock_key(GBytes *wrapped, const GPtrArray *keys, GError **error)
{
    gsize size;
    const guint8 *bytes = g_bytes_get_data(wrapped, &size);

    for (guint i = 0; i < keys->len; i++) {
        g_autoptr(DimSecret) secret =
            dim_private_key_decrypt(g_ptr_array_index(keys, i), bytes, size, NULL);
        DimCipherKey *key = secret != NULL ? dim_cipher_key_from_secret(secret, NULL) : NULL;

        if (key != NULL && !dim_cipher_key_is_plain(key))
            return key;
        g_clear_pointer(&key, dim_cipher_key_unref);
    }
    g_set_error_literal(error, DIM_ERROR, DIM_ERROR_NO_KEY, "a backup for another key");
    return NULL;
}

/* The gate takes objects only: the list goes through it as a member of one. */
static GPtrArray *
read_list(GBytes *text, GError **error)
{
    gsize size;
    const char *bytes = g_bytes_get_data(text, &size);
    g_autoptr(GString) wrapped = g_string_new("{\"list\":");
    g_autoptr(JsonObject) object = NULL;
    JsonArray *list;

    g_string_append_len(wrapped, bytes, (gssize)size);
    g_string_append_c(wrapped, '}');
    object = dim_json_parse(wrapped->str, (gssize)wrapped->len, error);
    if (object == NULL)
        return NULL;
    list = dim_json_array(object, "list");
    if (list != NULL && json_array_get_length(list) > DIM_IDS_MAX) {
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_NOT_ALLOWED,
                            "a backup of more people than fit");
        return NULL;
    }
    if (list != NULL)
        return dim_ids_read(list, DIM_IDS_MAX);
    g_set_error_literal(error, DIM_ERROR, DIM_ERROR_MALFORMED, "a backup without a list");
    return NULL;
}

GPtrArray *
dim_storage_contacts(const DimContent *content, const GPtrArray *keys, GError **error)
{
    JsonObject *object = dim_content_json(content);
    g_autoptr(GError) failure = NULL;
    g_autoptr(GBytes) data = dim_json_bytes(object, "data", &failure);
    g_autoptr(GBytes) wrapped =
        failure == NULL ? dim_json_bytes(object, "key", &failure) : NULL;
    g_autoptr(GBytes) iv = failure == NULL ? dim_json_bytes(object, "IV", &failure) : NULL;
    g_autoptr(DimCipherKey) key = NULL;
    g_autoptr(GBytes) text = NULL;
    const guint8 *nonce = NULL;

    if (failure == NULL && (data == NULL || wrapped == NULL))
        g_set_error_literal(&failure, DIM_ERROR, DIM_ERROR_MALFORMED, "an empty backup");
    if (failure != NULL) {
        g_propagate_error(error, g_steal_pointer(&failure));
        return NULL;
    }
    key = unlock_key(wrapped, keys, error);
    if (key == NULL)
        return NULL;
    if (iv != NULL && g_bytes_get_size(iv) == DIM_IV_SIZE)
        nonce = g_bytes_get_data(iv, NULL);
    else if (iv == NULL)
        nonce = dim_cipher_key_iv(key);
    if (nonce == NULL) {
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_MALFORMED, "a backup without an IV");
        return NULL;
    }
    text = dim_cipher_key_decrypt(key, g_bytes_get_data(data, NULL), g_bytes_get_size(data),
                                  nonce, error);
    return text != NULL ? read_list(text, error) : NULL;
}
