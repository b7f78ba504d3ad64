/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From json-glib's tree to compact JSON text; by hand, because json-glib's generator costs ten times as much. */
#include <math.h>
#include <string.h>

#include "base/json.h"

#define MILLION 1000000

/* What cannot stand in a string as it is, and the NUL at its end. */
static const gboolean
    SPECIAL[256] = { [0 ... 0x1f] = TRUE, ['"'] = TRUE, ['\\'] = TRUE, [0x7f] = TRUE };

static void append_node(GString *out, JsonNode *node);

static void
append_escape(GString *out, guint8 c)
{
    static const char SHORT[] = "\b\f\n\r\t\"\\";
    static const char LETTER[] = "bfnrt\"\\";
    const char *found = strchr(SHORT, c);

    if (found != NULL) {
        g_string_append_c(out, '\\');
        g_string_append_c(out, LETTER[found - SHORT]);
    } else {
        g_string_append_printf(out, "\\u%04x", c);
    }
}

void
dim_json_append_string(GString *out, const char *text)
{
    const char *start = text;
    const char *p;

    g_return_if_fail(out != NULL && text != NULL);

    g_string_append_c(out, '"');
    for (p = text;; p++) {
        while (!SPECIAL[(guint8)*p])
            p++;
        g_string_append_len(out, start, p - start);
        if (*p == '\0')
            break;
        append_escape(out, (guint8)*p);
        start = p + 1;
    }
    g_string_append_c(out, '"');
}

static void
append_integer(GString *out, gint64 value)
{
    char digits[24];
    char *p = digits + sizeof digits;
    guint64 rest = value < 0 ? 0 - (guint64)value : (guint64)value;

    do {
        *--p = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (value < 0)
        *--p = '-';
    g_string_append_len(out, p, digits + sizeof digits - p);
}

gboolean
dim_json_append_decimal(GString *out, double value)
{
    gint64 millionths, rest;

    /* in these bounds neighbours are less than a millionth apart, and all digits fit */
    if (!(value >= 1 && value < 4e9))
        return FALSE;
    millionths = (gint64)(value * MILLION + 0.5);
    if (!((double)millionths / MILLION >= value && (double)millionths / MILLION <= value))
        return FALSE;
    append_integer(out, millionths / MILLION);
    rest = millionths % MILLION;
    if (rest > 0)
        g_string_append_c(out, '.');
    for (gint64 place = MILLION / 10; rest > 0; place /= 10) {
        g_string_append_c(out, (char)('0' + rest / place));
        rest %= place;
    }
    return TRUE;
}

/* The shortest of three tries that reads back as the same number; always with a point or an exponent, so that a
 * double stays one. JSON has no word for what is not finite. */
static void
append_double(GString *out, double value)
{
    static const char *const FORMATS[] = { "%.15g", "%.16g", "%.17g" };
    char text[G_ASCII_DTOSTR_BUF_SIZE];
    gsize start = out->len;

    if (!isfinite(value)) {
        g_string_append(out, "null");
        return;
    }
    if (dim_json_append_decimal(out, value)) {
        if (strchr(out->str + start, '.') == NULL)
            g_string_append(out, ".0");
        return;
    }
    for (guint i = 0; i < G_N_ELEMENTS(FORMATS); i++) {
        g_ascii_formatd(text, sizeof text, FORMATS[i], value);
        if (g_ascii_strtod(text, NULL) == value)
            break;
    }
    g_string_append(out, text);
    if (strpbrk(text, ".e") == NULL)
        g_string_append(out, ".0");
}

static void
append_array(GString *out, JsonArray *array)
{
    guint length = json_array_get_length(array);

    g_string_append_c(out, '[');
    for (guint i = 0; i < length; i++) {
        if (i > 0)
            g_string_append_c(out, ',');
        append_node(out, json_array_get_element(array, i));
    }
    g_string_append_c(out, ']');
}

static void
append_value(GString *out, JsonNode *node)
{
    switch (json_node_get_value_type(node)) {
    case G_TYPE_STRING: {
        const char *text = json_node_get_string(node);

        dim_json_append_string(out, text != NULL ? text : "");
        break;
    }
    case G_TYPE_INT64:
        append_integer(out, json_node_get_int(node));
        break;
    case G_TYPE_DOUBLE:
        append_double(out, json_node_get_double(node));
        break;
    case G_TYPE_BOOLEAN:
        g_string_append(out, json_node_get_boolean(node) ? "true" : "false");
        break;
    default:
        g_string_append(out, "null");
    }
}

/* Recursion ends where the tree does: trees come from the gate (depth 64) or from our own builders. */
static void
append_node(GString *out, JsonNode *node)
{
    switch (json_node_get_node_type(node)) {
    case JSON_NODE_OBJECT:
        dim_json_append(out, json_node_get_object(node));
        break;
    case JSON_NODE_ARRAY:
        append_array(out, json_node_get_array(node));
        break;
    case JSON_NODE_VALUE:
        append_value(out, node);
        break;
    case JSON_NODE_NULL:
    default:
        g_string_append(out, "null");
    }
}

void
dim_json_append(GString *out, JsonObject *object)
{
    JsonObjectIter iter;
    const char *name;
    JsonNode *node;
    gboolean first = TRUE;

    g_return_if_fail(out != NULL && object != NULL);

    g_string_append_c(out, '{');
    json_object_iter_init_ordered(&iter, object);
    while (json_object_iter_next_ordered(&iter, &name, &node)) {
        if (!first)
            g_string_append_c(out, ',');
        first = FALSE;
        dim_json_append_string(out, name);
        g_string_append_c(out, ':');
        append_node(out, node);
    }
    g_string_append_c(out, '}');
}

char *
dim_json_write(JsonObject *object)
{
    GString *out;

    g_return_val_if_fail(object != NULL, NULL);

    out = g_string_sized_new(512);
    dim_json_append(out, object);
    return g_string_free(out, FALSE);
}
