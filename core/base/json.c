/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The door of JSON: parse behind the gate, and typed reads that forgive what protocol §0.4 forgives. */
#include "base/json.h"

#include <string.h>

#include "base/codec.h"
#include "base/errors.h"
#include "base/json_parts.h"
#include "base/secret.h"

JsonObject *
dim_json_parse(const char *text, gssize length, GError **error)
{
    gsize size;
    gsize blanks;
    JsonObject *object;
    JsonNode *node;

    g_return_val_if_fail(text != NULL, NULL);

    size = length < 0 ? strlen(text) : (gsize)length;
    if (!dim_json_check(text, size, error))
        return NULL;
    blanks = strspn(text, " \t\r\n"); /* ends: the gate found a value */
    if (text[blanks] != '{') {
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_MALFORMED, "JSON: not an object");
        return NULL;
    }
    node = dim_json_build(text, size);
    object = json_node_dup_object(node);
    json_node_unref(node);
    return object;
}

static JsonNode *
member(JsonObject *object, const char *name)
{
    g_return_val_if_fail(object != NULL && name != NULL, NULL);
    return json_object_get_member(object, name);
}

static const char *
node_text(JsonNode *node)
{
    return node != NULL && json_node_get_value_type(node) == G_TYPE_STRING
               ? json_node_get_string(node)
               : NULL;
}

const char *
dim_json_text(JsonObject *object, const char *name)
{
    return node_text(member(object, name));
}

const char *
dim_json_text2(JsonObject *object, const char *name, const char *old_name)
{
    const char *text = dim_json_text(object, name);

    return text != NULL ? text : dim_json_text(object, old_name);
}

static DimJsonScalar
scalar_of(JsonNode *node)
{
    GType type = node != NULL ? json_node_get_value_type(node) : G_TYPE_INVALID;
    DimJsonScalar scalar = { .kind = DIM_JSON_NOTHING };

    if (type == G_TYPE_INT64) {
        scalar.kind = DIM_JSON_INTEGER;
        scalar.integer = json_node_get_int(node);
    } else if (type == G_TYPE_DOUBLE) {
        scalar.kind = DIM_JSON_REAL;
        scalar.real = json_node_get_double(node);
    } else if (type == G_TYPE_BOOLEAN) {
        scalar.kind = DIM_JSON_FLAG;
        scalar.integer = json_node_get_boolean(node) ? 1 : 0;
    } else if (type == G_TYPE_STRING) {
        scalar.text = json_node_get_string(node);
        scalar.kind = scalar.text != NULL ? DIM_JSON_TEXT : DIM_JSON_NOTHING;
    }
    return scalar;
}

gint64
dim_json_integer(JsonObject *object, const char *name, gint64 fallback)
{
    DimJsonScalar scalar = scalar_of(member(object, name));

    return dim_json_scalar_integer(&scalar, fallback);
}

guint64
dim_json_serial(JsonObject *object, const char *name)
{
    DimJsonScalar scalar = scalar_of(member(object, name));

    return dim_json_scalar_serial(&scalar);
}

double
dim_json_time(JsonObject *object, const char *name)
{
    DimJsonScalar scalar = scalar_of(member(object, name));

    return dim_json_scalar_time(&scalar);
}

gboolean
dim_json_flag(JsonObject *object, const char *name)
{
    DimJsonScalar scalar = scalar_of(member(object, name));

    return dim_json_scalar_flag(&scalar);
}

JsonObject *
dim_json_object(JsonObject *object, const char *name)
{
    JsonNode *node = member(object, name);

    return node != NULL && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
}

JsonArray *
dim_json_array(JsonObject *object, const char *name)
{
    JsonNode *node = member(object, name);

    return node != NULL && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
}

/* Form 3 of protocol §1.7: {"algorithm":"base64","data":"…"}. */
GBytes *
dim_json_object_bytes(JsonObject *object, GError **error)
{
    const char *algorithm = dim_json_text(object, "algorithm");
    const char *data = dim_json_text(object, "data");

    if (data != NULL && algorithm != NULL) {
        if (g_ascii_strcasecmp(algorithm, "base64") == 0)
            return dim_base64_decode(data, -1, error);
        if (g_ascii_strcasecmp(algorithm, "base58") == 0)
            return dim_base58_decode(data, error);
        if (g_ascii_strcasecmp(algorithm, "hex") == 0)
            return dim_hex_decode(data, error);
    } else if (data != NULL) {
        return dim_ted_decode(data, error);
    }
    g_set_error_literal(error, DIM_ERROR, DIM_ERROR_MALFORMED,
                        "encoded data of an unknown form");
    return NULL;
}

GBytes *
dim_json_bytes(JsonObject *object, const char *name, GError **error)
{
    JsonNode *node = member(object, name);
    const char *text = node_text(node);

    if (node == NULL || JSON_NODE_HOLDS_NULL(node))
        return NULL;
    if (text != NULL)
        return dim_ted_decode(text, error);
    if (JSON_NODE_HOLDS_OBJECT(node))
        return dim_json_object_bytes(json_node_get_object(node), error);
    g_set_error(error, DIM_ERROR, DIM_ERROR_MALFORMED, "\"%s\" is not encoded data", name);
    return NULL;
}

void
dim_json_wipe_text(JsonObject *object, const char *name)
{
    const char *text = dim_json_text(object, name);

    /* json-glib lends its own bytes as const; no other way leads to them. */
    if (text != NULL)
        dim_wipe((gpointer)(guintptr)text, strlen(text));
}

JsonObject *
dim_json_copy(JsonObject *object)
{
    JsonObject *copy;
    JsonObjectIter iter;
    const char *name;
    JsonNode *node;

    g_return_val_if_fail(object != NULL, NULL);

    copy = json_object_new();
    json_object_iter_init_ordered(&iter, object);
    while (json_object_iter_next_ordered(&iter, &name, &node))
        json_object_set_member(copy, name, json_node_copy(node)); /* shares what is inside */
    return copy;
}
