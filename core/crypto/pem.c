/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PEM armour around the DER of keys, both ways. */
#include "crypto/pem.h"

#include <string.h>

#include "base/codec.h"
#include "base/errors.h"

#define COLUMNS 64

/* The armoured part of text; all of it if there is no armour. FALSE if the armour is broken. */
static gboolean
find_body(const char *text, gboolean want_private, DimSpan *body)
{
    const char *tail = want_private ? "PRIVATE KEY" : "PUBLIC KEY";
    const char *start = strstr(text, "-----BEGIN ");
    const char *end;

    body->data = (const guint8 *)text;
    body->size = strlen(text);
    if (start == NULL)
        return TRUE;
    for (; start != NULL; start = strstr(start, "-----BEGIN ")) {
        const char *dashes = strstr(start += strlen("-----BEGIN "), "-----");
        gsize label = dashes != NULL ? (gsize)(dashes - start) : 0;

        if (label >= strlen(tail) && memcmp(dashes - strlen(tail), tail, strlen(tail)) == 0)
            break;
    }
    if (start == NULL)
        return FALSE;
    start = strstr(start, "-----") + strlen("-----");
    end = strstr(start, "-----END ");
    if (end == NULL)
        return FALSE;
    body->data = (const guint8 *)start;
    body->size = (gsize)(end - start);
    return TRUE;
}

DimSecret *
dim_pem_read(const char *text, gboolean want_private, GError **error)
{
    DimSpan body;
    GBytes *bytes;

    if (!find_body(text, want_private, &body)) {
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_MALFORMED, "broken PEM armour");
        return NULL;
    }
    bytes = dim_base64_decode((const char *)body.data, (gssize)body.size, error);
    return bytes != NULL ? dim_secret_new_take(bytes) : NULL;
}

DimSecret *
dim_pem_write(const char *label, const guint8 *der, gsize size)
{
    char *body = dim_base64_encode(der, size);
    gsize length = strlen(body);
    gsize room = length + length / COLUMNS + 2 * strlen(label) + 40;
    GString *out = g_string_sized_new(room); /* never moves, so one wipe is enough */
    DimSecret *text;

    g_string_append_printf(out, "-----BEGIN %s-----\n", label);
    for (gsize at = 0; at < length; at += COLUMNS) {
        g_string_append_len(out, body + at, (gssize)MIN(length - at, COLUMNS));
        g_string_append_c(out, '\n');
    }
    g_string_append_printf(out, "-----END %s-----", label);
    text = dim_secret_new(out->str, out->len);
    dim_wipe(out->str, out->allocated_len);
    g_string_free(out, TRUE);
    dim_wipe_string(body);
    return text;
}
