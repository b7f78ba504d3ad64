/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimDocument: the signed text as it stands, and what is written in it. */
#include "identity/document.h"

#include <string.h>

#include "base/codec.h"
#include "base/errors.h"
#include "base/json.h"

#define MAX_TERMINAL 64 /* as long as an address */

struct _DimDocument {
    gint refs;
    DimId *owner;
    const char *type; /* static */
    char *terminal;   /* (nullable) */
    char *data;       /* the text that was signed */
    char *signature;  /* as it was written */
    GBytes *signature_bytes;
    JsonObject *properties;
    DimPublicKey *key; /* (nullable) */
};

/* The words of the wire; anything else follows from the owner (protocol §3.1). */
static const char *
choose_type(const char *word, const DimId *owner)
{
    if (g_strcmp0(word, "visa") == 0)
        return "visa";
    if (g_strcmp0(word, "bulletin") == 0)
        return "bulletin";
    return dim_id_is_group(owner) ? "bulletin" : "visa";
}

/* The owner named inside (did, ID) and the one of the context must be one account; one of them may be missing. */
static DimId *
read_owner(JsonObject *object, const DimId *context, GError **error)
{
    const char *text = dim_json_text2(object, "did", "ID");
    g_autoptr(DimId) named = NULL;

    if (text == NULL && context == NULL) {
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_MALFORMED, "document without an owner");
        return NULL;
    }
    if (text == NULL)
        return dim_id_parse(dim_id_text(context), error);
    named = dim_id_parse(text, error);
    if (named != NULL && context != NULL && !dim_id_equal(named, context)) {
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_UNVERIFIED,
                            "document of another owner");
        return NULL;
    }
    return g_steal_pointer(&named);
}

/* An unusable key is as none: the name and the rest of the document stay good. */
static DimPublicKey *
read_key(JsonObject *properties)
{
    JsonObject *key = dim_json_object(properties, "key");
    g_autoptr(GError) error = NULL;
    DimPublicKey *result;

    if (key == NULL)
        return NULL;
    result = dim_public_key_from_json(key, &error);
    if (result == NULL)
        g_debug("document's key left out: %s", error->message);
    return result;
}

static gboolean
read_signed_part(DimDocument *document, JsonObject *object, GError **error)
{
    const char *data = dim_json_text(object, "data");
    const char *signature = dim_json_text(object, "signature");

    document->signature_bytes = dim_json_bytes(object, "signature", error);
    if (document->signature_bytes == NULL || data == NULL) {
        if (error != NULL && *error == NULL)
            g_set_error_literal(error, DIM_ERROR, DIM_ERROR_MALFORMED,
                                "document without data or signature");
        return FALSE;
    }
    document->properties = dim_json_parse(data, -1, error);
    if (document->properties == NULL)
        return FALSE;
    document->data = g_strdup(data);
    if (signature != NULL) {
        document->signature = g_strdup(signature);
    } else { /* the object form of old senders */
        gsize size;
        const guint8 *bytes = g_bytes_get_data(document->signature_bytes, &size);

        document->signature = dim_base64_encode(bytes, size);
    }
    return TRUE;
}

/* The ID that was signed with the rest, if there is one. */
static DimId *
read_signed_owner(JsonObject *properties)
{
    const char *text = dim_json_text2(properties, "did", "ID");

    return text != NULL ? dim_id_parse(text, NULL) : NULL;
}

/* The same key signs metas, messages and documents: what was said to everybody must not pass for a visa of later date. */
static gboolean
check_signed_part(const DimDocument *document, const DimId *named, GError **error)
{
    if (json_object_has_member(document->properties, "sn")
        || json_object_has_member(document->properties, "N")) {
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_MALFORMED,
                            "the content of a message is no document");
        return FALSE;
    }
    if (named != NULL && !dim_id_equal(named, document->owner)) {
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_UNVERIFIED,
                            "document of another owner");
        return FALSE;
    }
    return TRUE;
}

/* A device's mark. "*" is any device. Only what was signed counts: under a mark that anybody can write, an old visa would
 * come back as that of a new device, and its key with it. */
static char *
read_terminal(JsonObject *properties, const DimId *named)
{
    const char *terminal = dim_json_text(properties, "terminal");

    if ((terminal == NULL || terminal[0] == '\0') && named != NULL)
        terminal = dim_id_terminal(named);
    if (terminal == NULL || terminal[0] == '\0' || strlen(terminal) > MAX_TERMINAL
        || strcmp(terminal, "*") == 0)
        return NULL;
    return g_strdup(terminal);
}

DimDocument *
dim_document_from_json(JsonObject *object, const DimId *owner, GError **error)
{
    g_autoptr(DimDocument) document = NULL;
    g_autoptr(DimId) named = NULL;

    g_return_val_if_fail(object != NULL, NULL);
    document = g_new0(DimDocument, 1);
    document->refs = 1;
    document->owner = read_owner(object, owner, error);
    if (document->owner == NULL || !read_signed_part(document, object, error))
        return NULL;
    named = read_signed_owner(document->properties);
    if (!check_signed_part(document, named, error))
        return NULL;
    document->type = choose_type(dim_json_text(object, "type"), document->owner);
    document->terminal = read_terminal(document->properties, named);
    document->key = read_key(document->properties);
    return g_steal_pointer(&document);
}

DimDocument *
dim_document_new(const DimId *owner,
                 const char *type,
                 JsonObject *properties,
                 double now,
                 const DimPrivateKey *signer,
                 GError **error)
{
    g_autoptr(JsonObject) signed_part = dim_json_copy(properties);
    g_autoptr(JsonObject) object = json_object_new();
    g_autoptr(GBytes) signature = NULL;
    g_autofree char *data = NULL;
    g_autofree char *text = NULL;
    const guint8 *bytes;
    gsize size;

    json_object_set_string_member(signed_part, "type", type);
    json_object_set_double_member(signed_part, "time", now);
    if (!json_object_has_member(signed_part, "created_time"))
        json_object_set_double_member(signed_part, "created_time", now);
    data = dim_json_write(signed_part);
    signature = dim_private_key_sign(signer, data, strlen(data), error);
    if (signature == NULL)
        return NULL;
    bytes = g_bytes_get_data(signature, &size);
    text = dim_base64_encode(bytes, size);
    json_object_set_string_member(object, "type", type);
    json_object_set_string_member(object, "data", data);
    json_object_set_string_member(object, "signature", text);
    return dim_document_from_json(object, owner, error);
}

JsonObject *
dim_document_to_json(const DimDocument *document)
{
    JsonObject *object = json_object_new();

    json_object_set_string_member(object, "did", dim_id_full(document->owner));
    json_object_set_string_member(object, "ID", dim_id_full(document->owner));
    json_object_set_string_member(object, "type", document->type);
    if (document->terminal != NULL)
        json_object_set_string_member(object, "terminal", document->terminal);
    json_object_set_string_member(object, "data", document->data);
    json_object_set_string_member(object, "signature", document->signature);
    return object;
}

DimDocument *
dim_document_ref(DimDocument *document)
{
    g_return_val_if_fail(document != NULL, NULL);
    g_atomic_int_inc(&document->refs);
    return document;
}

void
dim_document_unref(DimDocument *document)
{
    if (document == NULL || !g_atomic_int_dec_and_test(&document->refs))
        return;
    g_clear_pointer(&document->owner, dim_id_unref);
    g_clear_pointer(&document->signature_bytes, g_bytes_unref);
    g_clear_pointer(&document->properties, json_object_unref);
    g_clear_pointer(&document->key, dim_public_key_unref);
    g_free(document->terminal);
    g_free(document->data);
    g_free(document->signature);
    g_free(document);
}

gboolean
dim_document_verify(const DimDocument *document, const DimMeta *meta)
{
    gsize size;
    const guint8 *signature = g_bytes_get_data(document->signature_bytes, &size);

    return dim_meta_matches(meta, document->owner)
           && dim_public_key_verify(dim_meta_key(meta), document->data, strlen(document->data),
                                    signature, size);
}

DimId *
dim_document_owner(const DimDocument *document)
{
    return document->owner;
}

const char *
dim_document_type(const DimDocument *document)
{
    return document->type;
}

const char *
dim_document_terminal(const DimDocument *document)
{
    return document->terminal;
}

double
dim_document_time(const DimDocument *document)
{
    return dim_json_time(document->properties, "time");
}

const char *
dim_document_name(const DimDocument *document)
{
    return dim_json_text(document->properties, "name");
}

DimPublicKey *
dim_document_key(const DimDocument *document)
{
    return document->key;
}

JsonObject *
dim_document_properties(const DimDocument *document)
{
    return document->properties;
}
