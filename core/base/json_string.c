/* SPDX-License-Identifier: GPL-2.0-or-later */
/* JSON strings as bytes: what may stand between two quotes, and what an escape means. */
#include <string.h>

#include "base/json_parts.h"

#define EVERY(byte) (G_GUINT64_CONSTANT(0x0101010101010101) * (byte))

/* Length of the well-formed UTF-8 sequence at p (RFC 3629), 0 if there is none. */
static gsize
sequence_length(const guint8 *p, gsize room)
{
    guint8 low = 0x80, high = 0xbf;
    gsize length;

    if (p[0] < 0xc2 || p[0] > 0xf4)
        return 0;
    length = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
    if (room < length)
        return 0;
    if (p[0] == 0xe0)
        low = 0xa0;
    else if (p[0] == 0xed)
        high = 0x9f;
    else if (p[0] == 0xf0)
        low = 0x90;
    else if (p[0] == 0xf4)
        high = 0x8f;
    if (p[1] < low || p[1] > high)
        return 0;
    for (gsize i = 2; i < length; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    }
    return length;
}

static int
hex4(const char *p, const char *end)
{
    int value = 0;

    if (end - p < 4)
        return -1;
    for (guint i = 0; i < 4; i++) {
        int digit = g_ascii_xdigit_value(p[i]);

        if (digit < 0)
            return -1;
        value = value << 4 | digit;
    }
    return value;
}

/* p is behind a backslash. NULL if the escape is good; *after is then what follows it. */
static const char *
check_escape(const char *p, const char *end, const char **after)
{
    int code;

    if (p == end)
        return "string does not end";
    if (*p != 'u') {
        *after = p + 1;
        return *p != '\0' && strchr("\"\\/bfnrt", *p) != NULL ? NULL : "unknown escape";
    }
    code = hex4(p + 1, end);
    if (code <= 0)
        return code < 0 ? "broken \\u escape" : "NUL in a string";
    p += 5;
    if (code >= 0xdc00 && code <= 0xdfff)
        return "lone surrogate";
    if (code >= 0xd800 && code <= 0xdbff) {
        if (end - p < 6 || p[0] != '\\' || p[1] != 'u')
            return "lone surrogate";
        code = hex4(p + 2, end);
        if (code < 0xdc00 || code > 0xdfff)
            return "lone surrogate";
        p += 6;
    }
    *after = p;
    return NULL;
}

/* Skips eight bytes at a time as long as none of them is a control, a quote, a backslash or above ASCII. */
static const char *
skip_plain(const char *p, const char *end)
{
    while (end - p >= 8) {
        guint64 word, quote, slash;

        memcpy(&word, p, sizeof word);
        quote = word ^ EVERY('"');
        slash = word ^ EVERY('\\');
        if (((((word - EVERY(0x20)) | (quote - EVERY(1)) | (slash - EVERY(1))) | word)
             & EVERY(0x80))
            != 0)
            break;
        p += 8;
    }
    return p;
}

gboolean
dim_json_scan_string(const char **place, const char *end, gboolean *escaped, const char **why)
{
    const char *p = *place;

    *escaped = FALSE;
    *why = NULL;
    while (*why == NULL) {
        guint8 c;

        *place = p = skip_plain(p, end);
        c = p < end ? (guint8)*p : 0;
        if (c == '"') {
            *place = p + 1;
            return TRUE;
        }
        if (p == end) {
            *why = "string does not end";
        } else if (c == '\\') {
            *escaped = TRUE;
            *why = check_escape(p + 1, end, &p);
        } else if (c < 0x20) {
            *why = "control character in a string";
        } else if (c < 0x80) {
            p++;
        } else {
            gsize length = sequence_length((const guint8 *)p, (gsize)(end - p));

            if (length == 0)
                *why = "not UTF-8";
            p += length;
        }
    }
    return FALSE;
}

static guint
checked_hex4(const char *p)
{
    guint value = 0;

    for (guint i = 0; i < 4; i++)
        value = value << 4 | (guint)g_ascii_xdigit_value(p[i]);
    return value;
}

const char *
dim_json_unescape(GString *out, const char *text)
{
    static const char FROM[] = "bfnrt";
    static const char TO[] = "\b\f\n\r\t";
    const char *found;
    gunichar code;

    if (*text != 'u') {
        found = strchr(FROM, *text);
        g_string_append_c(out, found != NULL ? TO[found - FROM] : *text);
        return text + 1;
    }
    code = checked_hex4(text + 1);
    text += 5;
    if (code >= 0xd800 && code <= 0xdbff) {
        code = 0x10000 + ((code - 0xd800) << 10) + (checked_hex4(text + 2) - 0xdc00);
        text += 6;
    }
    g_string_append_unichar(out, code);
    return text;
}
