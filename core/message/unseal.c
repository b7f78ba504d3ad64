/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The way up: find the talk key that fits and open a verified message with it. */
#include <string.h>

#include "base/codec.h"
#include "base/errors.h"
#include "base/json.h"
#include "message/binding.h"
#include "message/envelope.h"
#include "message/seal.h"

/* Nobody signs `keys`: whatever stands there, opening costs no more than so many private-key operations. */
#define MAX_ATTEMPTS   8
#define MAX_CANDIDATES 4
#define MAX_NAMES      64 /* entries looked at when the names that senders write are not there */

/* The content if that key gives one, else NULL. All must hold: full padding, UTF-8, one JSON object behind the
 * gate, a type and a serial. A wrong key passes none of them by chance. */
static DimContent *
try_key(const DimMessage *reliable, const DimCipherKey *key)
{
    static const guint8 zeros[DIM_IV_SIZE];
    const guint8 *iv = reliable->iv != NULL ? g_bytes_get_data(reliable->iv, NULL) : NULL;
    g_autoptr(DimContent) content = NULL;
    g_autoptr(GBytes) plain = NULL;
    const void *data;
    gsize size;

    if (iv == NULL)
        iv = dim_cipher_key_iv(key);
    data = g_bytes_get_data(reliable->data, &size);
    plain = dim_cipher_key_decrypt(key, data, size, iv != NULL ? iv : zeros, NULL);
    if (plain == NULL)
        return NULL;
    data = g_bytes_get_data(plain, &size);
    content = data != NULL ? dim_content_parse(data, (gssize)size, NULL) : NULL;
    if (content == NULL || dim_content_serial(content) == 0)
        return NULL;
    return g_steal_pointer(&content);
}

/* Adds what that member holds, once: the same bytes often stand in `key` and in `keys`. */
static void
add_candidate(GPtrArray *candidates, JsonObject *object, const char *name)
{
    g_autoptr(GBytes) bytes = NULL;

    if (object == NULL || candidates->len >= MAX_CANDIDATES)
        return;
    bytes = dim_json_bytes(object, name, NULL);
    if (bytes == NULL || g_bytes_get_size(bytes) == 0)
        return;
    for (guint i = 0; i < candidates->len; i++) {
        if (g_bytes_equal(g_ptr_array_index(candidates, i), bytes))
            return;
    }
    g_ptr_array_add(candidates, g_steal_pointer(&bytes));
}

/* TRUE if an entry of `keys` is named after me, with any terminal. */
static gboolean
is_mine(const char *name, const DimId *me)
{
    g_autoptr(DimId) id = NULL;

    if (strstr(name, dim_id_address(me)) == NULL)
        return FALSE;
    id = dim_id_parse(name, NULL);
    return id != NULL && dim_id_equal(id, me);
}

/* Entries for devices whose names I do not know: an identity can be used elsewhere too. */
static void
add_others(GPtrArray *candidates, JsonObject *keys, const DimId *me)
{
    g_autoptr(GList) names = json_object_get_members(keys);
    guint seen = 0;

    for (GList *l = names; l != NULL && seen < MAX_NAMES; l = l->next, seen++) {
        if (is_mine(l->data, me))
            add_candidate(candidates, keys, l->data);
    }
}

/* Protocol §4.4: `keys` first, as the newest senders fill nothing else; then `key`. */
static GPtrArray *
collect_candidates(const DimMessage *reliable, const DimUnsealing *how)
{
    GPtrArray *candidates = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    g_autoptr(JsonObject) object = dim_message_to_json(reliable);
    JsonObject *keys = dim_json_object(object, "keys");

    add_candidate(candidates, keys, dim_id_full(reliable->receiver));
    if (how->me != NULL) {
        g_autofree char *any = g_strconcat(dim_id_text(how->me), "/*", NULL);

        add_candidate(candidates, keys, dim_id_text(how->me));
        add_candidate(candidates, keys, dim_id_full(how->me));
        add_candidate(candidates, keys, any);
    }
    add_candidate(candidates, object, "key");
    if (keys != NULL && how->me != NULL)
        add_others(candidates, keys, how->me);
    return candidates;
}

/* Something stands there, good or bad: null and an empty text are nothing. */
static gboolean
is_filled(JsonObject *object, const char *name)
{
    JsonNode *node = object != NULL ? json_object_get_member(object, name) : NULL;

    if (node == NULL || JSON_NODE_HOLDS_NULL(node))
        return FALSE;
    return !JSON_NODE_HOLDS_VALUE(node) || json_node_get_value_type(node) != G_TYPE_STRING
           || *json_node_get_string(node) != '\0';
}

gboolean
dim_unseal_has_key(const DimMessage *reliable, const DimId *me)
{
    g_autoptr(JsonObject) object = NULL;
    g_autoptr(GList) names = NULL;
    JsonObject *keys;

    g_return_val_if_fail(reliable->proof != NULL, FALSE);
    object = dim_message_to_json(reliable);
    keys = dim_json_object(object, "keys");
    if (is_filled(object, "key"))
        return TRUE;
    names = keys != NULL ? json_object_get_members(keys) : NULL;
    for (GList *each = names; each != NULL; each = each->next)
        if (is_mine(each->data, me) && is_filled(keys, each->data))
            return TRUE;
    return FALSE;
}

/* Unwraps one candidate with one of my keys and tries what is inside. Where that fails, a key of chance goes through
 * the same steps: how far a wrong message came must not show in the time that it took. */
static DimContent *
try_wrapped(const DimMessage *reliable,
            const DimPrivateKey *mine,
            GBytes *candidate,
            const DimCipherKey *decoy,
            DimCipherKey **used)
{
    g_autoptr(DimCipherKey) talk = NULL;
    g_autoptr(DimSecret) secret = NULL;
    DimContent *content;
    const guint8 *data;
    gsize size;

    data = g_bytes_get_data(candidate, &size);
    secret = dim_private_key_decrypt(mine, data, size, NULL);
    if (secret != NULL)
        talk = dim_cipher_key_from_secret(secret, NULL);
    if (talk != NULL && dim_cipher_key_is_plain(talk))
        g_clear_pointer(&talk, dim_cipher_key_unref);
    content = try_key(reliable, talk != NULL ? talk : decoy);
    if (content != NULL && talk == NULL)
        g_clear_pointer(&content, dim_content_unref);
    if (content != NULL)
        *used = g_steal_pointer(&talk);
    return content;
}

static DimContent *
unwrap(const DimMessage *reliable, const DimUnsealing *how, guint most, DimCipherKey **used)
{
    g_autoptr(GPtrArray) candidates = collect_candidates(reliable, how);
    g_autoptr(DimCipherKey) decoy = NULL;
    guint attempts = 0;

    if (candidates->len == 0 || how->keys == NULL)
        return NULL;
    decoy = dim_cipher_key_new();
    for (guint k = 0; k < how->keys->len && attempts < most; k++) {
        const DimPrivateKey *mine = g_ptr_array_index(how->keys, k);

        if (dim_private_key_kind(mine) != DIM_KEY_RSA)
            continue;
        for (guint i = 0; i < candidates->len && attempts < most; i++, attempts++) {
            DimContent *content =
                try_wrapped(reliable, mine, g_ptr_array_index(candidates, i), decoy, used);

            if (content != NULL)
                return content;
        }
    }
    return NULL;
}

/* A broadcast: it must be a content to the full, as other things that people sign (a visa) are JSON too. */
static DimMessage *
open_plain(const DimMessage *reliable, GError **error)
{
    gsize size;
    const char *text = g_bytes_get_data(reliable->data, &size);
    g_autoptr(DimContent) content = dim_content_parse(text, (gssize)size, error);

    if (content == NULL)
        return NULL;
    if (dim_content_serial(content) == 0) {
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_MALFORMED,
                            "broadcast without a serial number");
        return NULL;
    }
    return dim_envelope_open(reliable, g_steal_pointer(&content));
}

/* Nobody signs the IV, and with it the first bytes can be rewritten, where the type stands. */
static gboolean
has_told_type(const DimMessage *reliable, const DimContent *content)
{
    return reliable->type <= 0 || reliable->type == dim_content_type(content);
}

DimMessage *
dim_unseal_within(const DimMessage *reliable,
                  const DimUnsealing *how,
                  guint attempts,
                  DimCipherKey **used,
                  GError **error)
{
    g_autoptr(DimCipherKey) opener = NULL;
    g_autoptr(DimContent) content = NULL;

    g_return_val_if_fail(reliable->proof != NULL, NULL);
    if (used != NULL)
        *used = NULL;
    if (dim_message_is_broadcast(reliable))
        return open_plain(reliable, error);
    if (how->known != NULL && !dim_cipher_key_is_plain(how->known)) {
        content = try_key(reliable, how->known);
        if (content != NULL)
            opener = dim_cipher_key_ref((DimCipherKey *)(gintptr)how->known);
    }
    if (content == NULL)
        content = unwrap(reliable, how, MIN(attempts, MAX_ATTEMPTS), &opener);
    if (content == NULL) {
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_NO_KEY, "no key opens this message");
        return NULL;
    }
    if (!has_told_type(reliable, content)) {
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_ALTERED,
                            "the envelope tells another type than the content");
        return NULL;
    }
    if (!dim_binding_holds(reliable, content)) {
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_ALTERED,
                            "the content was sealed under another envelope");
        return NULL;
    }
    if (used != NULL)
        *used = g_steal_pointer(&opener);
    return dim_envelope_open(reliable, g_steal_pointer(&content));
}

DimMessage *
dim_unseal(const DimMessage *reliable,
           const DimUnsealing *how,
           DimCipherKey **used,
           GError **error)
{
    return dim_unseal_within(reliable, how, MAX_ATTEMPTS, used, error);
}
