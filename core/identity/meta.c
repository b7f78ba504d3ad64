/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimMeta: the key, seed and fingerprint of an account, checked when it is made; the table of its kinds. */
#include "identity/meta.h"

#include <string.h>

#include "base/codec.h"
#include "base/errors.h"
#include "base/json.h"

struct _DimMeta {
    gint refs;
    DimMetaKind kind;
    JsonObject *json; /* as received, never altered */
    DimPublicKey *key;
    char *seed;          /* MKM only */
    GBytes *fingerprint; /* MKM only */
};

typedef struct {
    DimMetaKind kind;
    const char *word;
    gboolean has_seed;
    DimAddressKind address_kind;
    char *(*address)(const DimMeta *meta, guint8 network);
} MetaRow;

static char *
mkm_address(const DimMeta *meta, guint8 network)
{
    gsize size;
    const guint8 *data = g_bytes_get_data(meta->fingerprint, &size);

    return dim_address_btc(data, size, network);
}

static char *
btc_address(const DimMeta *meta, guint8 network)
{
    g_autoptr(GBytes) data = dim_public_key_data(meta->key);
    gsize size;
    const guint8 *bytes = g_bytes_get_data(data, &size);

    return dim_address_btc(bytes, size, network);
}

/* NULL for an RSA key and for any network but that of users. */
static char *
eth_address(const DimMeta *meta, guint8 network)
{
    g_autoptr(GBytes) data = dim_public_key_data(meta->key);
    gsize size;
    const guint8 *bytes = g_bytes_get_data(data, &size);

    if (network != DIM_TYPE_USER || dim_public_key_kind(meta->key) != DIM_KEY_ECC)
        return NULL;
    return dim_address_eth(bytes, size);
}

/* Protocol §2.5. The types 3 and 5 are reserved there and exist nowhere. */
static const MetaRow dim_meta_table[] = {
    { DIM_META_MKM, "mkm", TRUE, DIM_ADDRESS_BTC, mkm_address },
    { DIM_META_BTC, "btc", FALSE, DIM_ADDRESS_BTC, btc_address },
    { DIM_META_ETH, "eth", FALSE, DIM_ADDRESS_ETH, eth_address },
};

static const MetaRow *
row_of_kind(gint64 kind)
{
    for (guint i = 0; i < G_N_ELEMENTS(dim_meta_table); i++)
        if (dim_meta_table[i].kind == kind)
            return &dim_meta_table[i];
    return NULL;
}

/* `type`, else the old `version`; an integer, its digits, or a word. */
static const MetaRow *
find_row(JsonObject *object, GError **error)
{
    const char *name =
        dim_json_text(object, "type") != NULL || dim_json_integer(object, "type", -1) >= 0
            ? "type"
            : "version";
    const char *word = dim_json_text(object, name);
    const MetaRow *row = row_of_kind(dim_json_integer(object, name, -1));

    for (guint i = 0; row == NULL && word != NULL && i < G_N_ELEMENTS(dim_meta_table); i++)
        if (g_ascii_strcasecmp(word, dim_meta_table[i].word) == 0)
            row = &dim_meta_table[i];
    if (row == NULL)
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_UNSUPPORTED, "meta of an unknown type");
    return row;
}

static gboolean
is_present(JsonObject *object, const char *name)
{
    JsonNode *node = json_object_get_member(object, name);
    const char *text = dim_json_text(object, name);

    return node != NULL && !JSON_NODE_HOLDS_NULL(node) && (text == NULL || text[0] != '\0');
}

/* Reads seed and fingerprint and lets the key judge them: for MKM this is all that binds key and address. */
static gboolean
read_seed(DimMeta *meta, GError **error)
{
    const char *seed = dim_json_text(meta->json, "seed");
    const guint8 *signature;
    gsize size;

    meta->fingerprint = dim_json_bytes(meta->json, "fingerprint", error);
    if (meta->fingerprint == NULL || seed == NULL || seed[0] == '\0') {
        if (error != NULL && *error == NULL)
            g_set_error_literal(error, DIM_ERROR, DIM_ERROR_MALFORMED,
                                "meta without seed or fingerprint");
        return FALSE;
    }
    meta->seed = g_strdup(seed);
    signature = g_bytes_get_data(meta->fingerprint, &size);
    if (!dim_public_key_verify(meta->key, seed, strlen(seed), signature, size)) {
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_UNVERIFIED,
                            "meta's key did not sign its seed");
        return FALSE;
    }
    return TRUE;
}

DimMeta *
dim_meta_from_json(JsonObject *object, GError **error)
{
    g_autoptr(DimMeta) meta = NULL;
    const MetaRow *row;
    JsonObject *key;

    g_return_val_if_fail(object != NULL, NULL);
    row = find_row(object, error);
    if (row == NULL)
        return NULL;
    key = dim_json_object(object, "key");
    if (key == NULL) {
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_MALFORMED, "meta without a key");
        return NULL;
    }
    meta = g_new0(DimMeta, 1);
    meta->refs = 1;
    meta->kind = row->kind;
    meta->json = json_object_ref(object);
    meta->key = dim_public_key_from_json(key, error);
    if (meta->key == NULL)
        return NULL;
    if (row->has_seed)
        return read_seed(meta, error) ? g_steal_pointer(&meta) : NULL;
    if (is_present(object, "seed") || is_present(object, "fingerprint")) {
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_MALFORMED,
                            "meta with a seed that its type has not");
        return NULL;
    }
    return g_steal_pointer(&meta);
}

DimMeta *
dim_meta_new(DimMetaKind kind, const DimPrivateKey *key, const char *seed, GError **error)
{
    g_autoptr(JsonObject) object = json_object_new();
    const MetaRow *row = row_of_kind(kind);

    g_return_val_if_fail(row != NULL, NULL);
    g_return_val_if_fail(row->has_seed == (seed != NULL && seed[0] != '\0'), NULL);
    if (kind == DIM_META_ETH && dim_private_key_kind(key) != DIM_KEY_ECC) {
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_UNSUPPORTED,
                            "an ETH address needs an ECC key");
        return NULL;
    }
    json_object_set_int_member(object, "type", kind);
    json_object_set_int_member(object, "version", kind);
    json_object_set_object_member(object, "key",
                                  dim_public_key_to_json(dim_private_key_public(key)));
    if (row->has_seed) {
        g_autoptr(GBytes) signature = dim_private_key_sign(key, seed, strlen(seed), error);
        g_autofree char *text = NULL;
        gsize size;
        const guint8 *data;

        if (signature == NULL)
            return NULL;
        data = g_bytes_get_data(signature, &size);
        text = dim_base64_encode(data, size);
        json_object_set_string_member(object, "seed", seed);
        json_object_set_string_member(object, "fingerprint", text);
    }
    return dim_meta_from_json(object, error);
}

JsonObject *
dim_meta_to_json(const DimMeta *meta)
{
    JsonObject *object = dim_json_copy(meta->json);
    const char *word = dim_json_text(meta->json, "type");

    if (word != NULL && g_ascii_isalpha(word[0])
        && !json_object_has_member(object, "algorithm"))
        json_object_set_string_member(object, "algorithm", word);
    json_object_set_int_member(object, "type", meta->kind);
    json_object_set_int_member(object, "version", meta->kind);
    return object;
}

DimMeta *
dim_meta_ref(DimMeta *meta)
{
    g_return_val_if_fail(meta != NULL, NULL);
    g_atomic_int_inc(&meta->refs);
    return meta;
}

void
dim_meta_unref(DimMeta *meta)
{
    if (meta == NULL || !g_atomic_int_dec_and_test(&meta->refs))
        return;
    g_clear_pointer(&meta->json, json_object_unref);
    g_clear_pointer(&meta->key, dim_public_key_unref);
    g_clear_pointer(&meta->fingerprint, g_bytes_unref);
    g_free(meta->seed);
    g_free(meta);
}

DimMetaKind
dim_meta_kind(const DimMeta *meta)
{
    return meta->kind;
}

DimPublicKey *
dim_meta_key(const DimMeta *meta)
{
    return meta->key;
}

gboolean
dim_meta_matches(const DimMeta *meta, const DimId *id)
{
    const MetaRow *row = row_of_kind(meta->kind);
    const char *name = dim_id_name(id);
    g_autofree char *address = NULL;

    if (strcmp(name != NULL ? name : "", meta->seed != NULL ? meta->seed : "") != 0)
        return FALSE;
    if (dim_id_kind(id) != row->address_kind)
        return FALSE;
    address = row->address(meta, dim_id_network(id));
    return address != NULL && strcmp(address, dim_id_address(id)) == 0;
}

DimId *
dim_meta_make_id(const DimMeta *meta, guint8 network, GError **error)
{
    g_autofree char *address = row_of_kind(meta->kind)->address(meta, network);
    g_autofree char *text = NULL;

    if (address == NULL) {
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_UNSUPPORTED,
                            "this meta has no address on that network");
        return NULL;
    }
    text = meta->seed != NULL ? g_strconcat(meta->seed, "@", address, NULL) : g_strdup(address);
    return dim_id_parse(text, error);
}
