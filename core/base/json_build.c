/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From checked JSON text to json-glib's tree. Its own parser is lax, slow, and overflows the stack. */
#include <string.h>

#include "base/json.h"
#include "base/json_parts.h"
#include "base/secret.h"

/* All of this reads text that the gate has passed: grammar is not checked again, and recursion ends at
 * DIM_JSON_MAX_DEPTH. Text may be a key: what is copied aside is wiped. */
typedef struct {
    const char *p;
    GString *buffer; /* the string that was read last; roomy enough never to move */
} Reader;

static JsonNode *read_value(Reader *reader);

static void
skip_blanks(Reader *reader)
{
    while (*reader->p == ' ' || *reader->p == '\n' || *reader->p == '\r' || *reader->p == '\t')
        reader->p++;
}

/* Borrowed until the next call; the reader stands behind its closing quote. */
static const char *
read_string(Reader *reader)
{
    const char *p = reader->p + 1;

    g_string_truncate(reader->buffer, 0);
    while (*p != '"') {
        const char *plain = p;

        while (*p != '"' && *p != '\\')
            p++;
        g_string_append_len(reader->buffer, plain, p - plain);
        if (*p == '\\')
            p = dim_json_unescape(reader->buffer, p + 1);
    }
    reader->p = p + 1;
    return reader->buffer->str;
}

static JsonNode *
read_number(Reader *reader)
{
    const char *start = reader->p;
    JsonNode *node = json_node_alloc();
    g_autofree char *digits = NULL;
    DimJsonScalar number;

    reader->p = dim_json_read_number(start, &number);
    if (number.kind == DIM_JSON_REAL)
        return json_node_init_double(node, number.real);
    if (number.kind == DIM_JSON_INTEGER)
        return json_node_init_int(node, number.integer);
    digits = g_strndup(start, (gsize)(reader->p - start));
    return json_node_init_string(node, digits);
}

static JsonNode *
read_object(Reader *reader)
{
    JsonObject *object = json_object_new();
    JsonNode *node = json_node_alloc();

    reader->p++;
    for (skip_blanks(reader); *reader->p != '}'; skip_blanks(reader)) {
        g_autofree char *name = NULL;

        if (*reader->p == ',')
            reader->p++;
        skip_blanks(reader);
        name = g_strdup(read_string(reader));
        skip_blanks(reader);
        reader->p++; /* the colon */
        json_object_set_member(object, name, read_value(reader));
    }
    reader->p++;
    json_node_init_object(node, object);
    json_object_unref(object);
    return node;
}

static JsonNode *
read_array(Reader *reader)
{
    JsonArray *array = json_array_new();
    JsonNode *node = json_node_alloc();

    reader->p++;
    for (skip_blanks(reader); *reader->p != ']'; skip_blanks(reader)) {
        if (*reader->p == ',')
            reader->p++;
        json_array_add_element(array, read_value(reader));
    }
    reader->p++;
    json_node_init_array(node, array);
    json_array_unref(array);
    return node;
}

static JsonNode *
read_value(Reader *reader)
{
    skip_blanks(reader);
    switch (*reader->p) {
    case '{':
        return read_object(reader);
    case '[':
        return read_array(reader);
    case '"':
        return json_node_init_string(json_node_alloc(), read_string(reader));
    case 't':
        reader->p += strlen("true");
        return json_node_init_boolean(json_node_alloc(), TRUE);
    case 'f':
        reader->p += strlen("false");
        return json_node_init_boolean(json_node_alloc(), FALSE);
    case 'n':
        reader->p += strlen("null");
        return json_node_init_null(json_node_alloc());
    default:
        return read_number(reader);
    }
}

JsonNode *
dim_json_build(const char *text, gsize size)
{
    Reader reader = { .p = text, .buffer = g_string_sized_new(size) };
    JsonNode *node = read_value(&reader);

    dim_wipe(reader.buffer->str, reader.buffer->allocated_len);
    g_string_free(reader.buffer, TRUE);
    return node;
}
