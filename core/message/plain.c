/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cleans what others wrote, piece by piece, for the one readable line of a content. */
#include "message/plain.h"

#include <string.h>

#define MAX_FIELD 300 /* characters */

static gboolean
is_harmful(gunichar c)
{
    return (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || (c >= 0x7f && c <= 0x9f)
           || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0x2028
           || c == 0x2029 || c == 0xfeff;
}

/* Marks that nobody sees. Running text needs some of them, where scripts of both directions meet; in a name, or in any other piece
 * of a line of ours, they could only move its neighbours or make two names look alike. The joiners (U+200C, U+200D) and
 * the selectors of variants (U+FE00-FE0F) stay: letters and emoji look different with them. */
static gboolean
is_unseen(gunichar c)
{
    static const struct {
        gunichar first, last;
    } ranges[] = {
        { 0xad, 0xad },     { 0x34f, 0x34f },   { 0x61c, 0x61c },     { 0x115f, 0x1160 },
        { 0x180b, 0x180f }, { 0x200b, 0x200b }, { 0x200e, 0x200f },   { 0x2060, 0x206f },
        { 0x3164, 0x3164 }, { 0xffa0, 0xffa0 }, { 0xe0000, 0xe007f },
    };

    for (guint i = 0; c >= ranges[0].first && i < G_N_ELEMENTS(ranges); i++) {
        if (c >= ranges[i].first && c <= ranges[i].last)
            return TRUE;
    }
    return FALSE;
}

static void
append(GString *out, const char *text, gboolean one_line, gulong limit)
{
    for (const char *p = text; *p != '\0'; p += g_utf8_skip[*(const guchar *)p]) {
        gunichar c = g_utf8_get_char(p);

        if (is_harmful(c) || (one_line && is_unseen(c)))
            continue;
        if (limit-- == 0) {
            g_string_append(out, "…");
            return;
        }
        if (one_line && c < 0x20)
            c = ' ';
        g_string_append_unichar(out, c);
    }
}

void
dim_plain_append(GString *out, const char *text, gboolean one_line)
{
    append(out, text, one_line, G_MAXULONG);
}

static void
append_apart(GString *out, const char *text, gulong limit)
{
    if (text == NULL || text[0] == '\0')
        return;
    if (out->len > 0 && out->str[out->len - 1] != '\n')
        g_string_append_c(out, ' ');
    append(out, text, TRUE, limit);
}

void
dim_plain_field(GString *out, const char *text)
{
    append_apart(out, text, MAX_FIELD);
}

void
dim_plain_file_name(GString *out, const char *name)
{
    if (name == NULL)
        return;
    for (const char *p = name; *p != '\0'; p++) {
        if (*p == '/' || *p == '\\')
            name = p + 1;
    }
    dim_plain_field(out, name + strspn(name, ". "));
}

void
dim_plain_link(GString *out, const char *url)
{
    if (url == NULL
        || (g_ascii_strncasecmp(url, "http://", 7) != 0
            && g_ascii_strncasecmp(url, "https://", 8) != 0)
        || strpbrk(url, " \t\r\n") != NULL)
        return;
    append_apart(out, url, G_MAXULONG);
}

/* In one pass: g_string_replace() moves the rest of the text for each line. */
gboolean
dim_plain_quote(GString *out, const char *text, DimPlainRoom *room)
{
    while (room->lines > 0) {
        gsize line = strcspn(text, "\n");
        gsize size = MIN(line, room->bytes);

        while (size > 0 && size < line && ((guchar)text[size] & 0xc0) == 0x80)
            size--; /* no half of a character */
        g_string_append(out, "\n> ");
        g_string_append_len(out, text, (gssize)size);
        room->lines--;
        room->bytes -= size;
        if (size < line)
            break;
        if (text[line] == '\0')
            return TRUE;
        text += line + 1;
    }
    g_string_append(out, "\n> […]");
    return FALSE;
}
