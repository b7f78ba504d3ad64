/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytes to text and back: hex, base58, base64, and the text forms of transportable data. */
#include "base/codec.h"

#include <string.h>

#include "base/errors.h"

#define BASE58_MAX_TEXT 256

static const char HEX[] = "0123456789abcdef";
static const char BASE64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char BASE58[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

static GBytes *
refuse(GError **error, const char *why)
{
    g_set_error_literal(error, DIM_ERROR, DIM_ERROR_MALFORMED, why);
    return NULL;
}

char *
dim_hex_encode(const guint8 *data, gsize size)
{
    char *text = g_malloc(size * 2 + 1);

    for (gsize i = 0; i < size; i++) {
        text[2 * i] = HEX[data[i] >> 4];
        text[2 * i + 1] = HEX[data[i] & 15];
    }
    text[size * 2] = '\0';
    return text;
}

GBytes *
dim_hex_decode(const char *text, GError **error)
{
    g_autofree guint8 *data = NULL;
    gsize length;

    g_return_val_if_fail(text != NULL, NULL);

    length = strlen(text);
    if (length % 2 != 0)
        return refuse(error, "hex text of odd length");
    data = g_malloc(length / 2 + 1);
    for (gsize i = 0; i < length; i += 2) {
        int high = g_ascii_xdigit_value(text[i]);
        int low = g_ascii_xdigit_value(text[i + 1]);

        if (high < 0 || low < 0)
            return refuse(error, "not a hex digit");
        data[i / 2] = (guint8)(high << 4 | low);
    }
    return g_bytes_new_take(g_steal_pointer(&data), length / 2);
}

char *
dim_base58_encode(const guint8 *data, gsize size)
{
    gsize room = size * 138 / 100 + 1; /* log(256) / log(58), rounded up */
    g_autofree guint8 *digits = g_malloc0(room);
    gsize zeros = 0;
    gsize used = 0;
    char *text;

    while (zeros < size && data[zeros] == 0)
        zeros++;
    for (gsize i = zeros; i < size; i++) {
        guint carry = data[i];

        for (gsize j = 0; j < used || carry != 0; j++) {
            carry += 256u * digits[j];
            digits[j] = (guint8)(carry % 58);
            carry /= 58;
            if (j == used)
                used++;
        }
    }
    text = g_malloc(zeros + used + 1);
    memset(text, BASE58[0], zeros);
    for (gsize i = 0; i < used; i++)
        text[zeros + i] = BASE58[digits[used - 1 - i]];
    text[zeros + used] = '\0';
    return text;
}

GBytes *
dim_base58_decode(const char *text, GError **error)
{
    guint8 bytes[BASE58_MAX_TEXT] = { 0 }; /* little end first; a digit is less than a byte */
    g_autofree guint8 *data = NULL;
    gsize length;
    gsize zeros = 0;
    gsize used = 0;

    g_return_val_if_fail(text != NULL, NULL);

    length = strnlen(text, BASE58_MAX_TEXT + 1);
    if (length > BASE58_MAX_TEXT)
        return refuse(error, "base58 text too long");
    while (text[zeros] == BASE58[0])
        zeros++;
    for (gsize i = zeros; i < length; i++) {
        const char *digit = strchr(BASE58, text[i]);
        guint carry;

        if (digit == NULL)
            return refuse(error, "not a base58 digit");
        carry = (guint)(digit - BASE58);
        for (gsize j = 0; j < used || carry != 0; j++) {
            carry += 58u * bytes[j];
            bytes[j] = (guint8)carry;
            carry >>= 8;
            if (j == used)
                used++;
        }
    }
    data = g_malloc0(zeros + used + 1);
    for (gsize i = 0; i < used; i++)
        data[zeros + i] = bytes[used - 1 - i];
    return g_bytes_new_take(g_steal_pointer(&data), zeros + used);
}

char *
dim_base64_encode(const guint8 *data, gsize size)
{
    char *text = g_malloc((size + 2) / 3 * 4 + 1);
    char *out = text;
    gsize i;

    for (i = 0; size - i >= 3; i += 3) {
        guint32 bits = (guint32)data[i] << 16 | (guint32)data[i + 1] << 8 | data[i + 2];

        *out++ = BASE64[bits >> 18];
        *out++ = BASE64[bits >> 12 & 63];
        *out++ = BASE64[bits >> 6 & 63];
        *out++ = BASE64[bits & 63];
    }
    if (size - i > 0) {
        guint32 bits = (guint32)data[i] << 16 | (size - i == 2 ? (guint32)data[i + 1] << 8 : 0);

        *out++ = BASE64[bits >> 18];
        *out++ = BASE64[bits >> 12 & 63];
        *out++ = '=';
        if (size - i == 2)
            out[-1] = BASE64[bits >> 6 & 63];
        *out++ = '=';
    }
    *out = '\0';
    return text;
}

enum {
    BLANK = 64,
    PADDING = 65,
    WRONG = 66,
};

static guint8
base64_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (guint8)(c - 'A');
    if (c >= 'a' && c <= 'z')
        return (guint8)(c - 'a' + 26);
    if (c >= '0' && c <= '9')
        return (guint8)(c - '0' + 52);
    if (c == '+' || c == '/')
        return c == '+' ? 62 : 63;
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n')
        return BLANK;
    return c == '=' ? PADDING : WRONG;
}

/* The value of every byte, made on first use. */
static const guint8 *
base64_table(void)
{
    static guint8 table[256];
    static gsize ready;

    if (g_once_init_enter(&ready)) {
        for (guint i = 0; i < 256; i++)
            table[i] = base64_value((char)i);
        g_once_init_leave(&ready, 1);
    }
    return table;
}

/* Decodes from the start as long as whole quartets come without blanks or padding, which is nearly
 * all there ever is. Returns how many characters that were. */
static gsize
decode_quartets(const guint8 *table, const guint8 *in, gsize size, guint8 *out)
{
    gsize i;

    for (i = 0; size - i >= 4; i += 4, out += 3) {
        guint8 a = table[in[i]], b = table[in[i + 1]], c = table[in[i + 2]],
               d = table[in[i + 3]];

        if ((a | b | c | d) >= BLANK)
            break;
        out[0] = (guint8)(a << 2 | b >> 4);
        out[1] = (guint8)(b << 4 | c >> 2);
        out[2] = (guint8)(c << 6 | d);
    }
    return i;
}

GBytes *
dim_base64_decode(const char *text, gssize length, GError **error)
{
    const guint8 *table = base64_table();
    const guint8 *in = (const guint8 *)text;
    g_autofree guint8 *data = NULL;
    gsize size, i, used;
    guint32 bits = 0;
    guint digits = 0;
    guint padding = 0;

    g_return_val_if_fail(text != NULL, NULL);

    size = length < 0 ? strlen(text) : (gsize)length;
    data = g_malloc(size / 4 * 3 + 3);
    i = decode_quartets(table, in, size, data);
    used = i / 4 * 3;
    for (; i < size; i++) {
        guint8 value = table[in[i]];

        if (value == BLANK)
            continue;
        if (value == PADDING) {
            padding++;
            continue;
        }
        if (value == WRONG || padding > 0)
            return refuse(error, "not base64");
        bits = bits << 6 | value;
        if (++digits % 4 == 0) {
            data[used++] = (guint8)(bits >> 16);
            data[used++] = (guint8)(bits >> 8);
            data[used++] = (guint8)bits;
        }
    }
    digits %= 4;
    if (digits == 1 || (digits == 0 ? padding != 0 : digits + padding != 4))
        return refuse(error, "base64 text is cut or its padding is wrong");
    if ((digits == 2 && (bits & 0xf) != 0) || (digits == 3 && (bits & 0x3) != 0))
        return refuse(error, "base64 text has stray bits");
    if (digits == 2) {
        data[used++] = (guint8)(bits >> 4);
    } else if (digits == 3) {
        data[used++] = (guint8)(bits >> 10);
        data[used++] = (guint8)(bits >> 2);
    }
    return g_bytes_new_take(g_steal_pointer(&data), used);
}

/* "data:" [type] *(";" item) "," body. */
static GBytes *
data_uri_decode(const char *text, GError **error)
{
    const char *head = text + strlen("data:");
    const char *comma = strchr(head, ',');
    g_autofree char *items = NULL;
    g_auto(GStrv) list = NULL;

    if (comma == NULL)
        return refuse(error, "data URI without a body");
    items = g_strndup(head, (gsize)(comma - head));
    list = g_strsplit(items, ";", -1);
    for (gsize i = 0; list[i] != NULL; i++) {
        if (g_ascii_strcasecmp(g_strstrip(list[i]), "base64") == 0)
            return dim_base64_decode(comma + 1, -1, error);
    }
    return g_bytes_new(comma + 1, strlen(comma + 1));
}

GBytes *
dim_ted_decode(const char *text, GError **error)
{
    g_return_val_if_fail(text != NULL, NULL);

    if (g_ascii_strncasecmp(text, "data:", 5) == 0)
        return data_uri_decode(text, error);
    if (g_ascii_strncasecmp(text, "base64,", 7) == 0)
        return dim_base64_decode(text + 7, -1, error);
    if (g_ascii_strncasecmp(text, "base58,", 7) == 0)
        return dim_base58_decode(text + 7, error);
    if (g_ascii_strncasecmp(text, "hex,", 4) == 0)
        return dim_hex_decode(text + 4, error);
    return dim_base64_decode(text, -1, error);
}
