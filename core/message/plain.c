/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cleans what others wrote, piece by piece, for the one readable line of a content. */
#include "message/plain.h"

#include <string.h>

#include "base/sight.h"
#include "base/sight_line.h"
#include "base/words.h"

#define MAX_FIELD 300 /* characters */

/* Running text keeps its blanks and marks: some are needed where scripts of both directions meet. */
static void
append_running(GString *out, const char *text)
{
    for (const char *p = text; *p != '\0'; p = g_utf8_find_next_char(p, NULL)) {
        gunichar c = g_utf8_get_char(p);

        if (dim_sight(c) != DIM_SIGHT_HARMFUL)
            g_string_append_unichar(out, c);
    }
}

static void
append_line(GString *out, const char *text, gulong limit)
{
    if (!dim_sight_line(out, text, limit))
        g_string_append(out, "…");
}

void
dim_plain_append(GString *out, const char *text, gboolean one_line)
{
    if (one_line)
        append_line(out, text, G_MAXULONG);
    else
        append_running(out, text);
}

static void
append_apart(GString *out, const char *text, gulong limit)
{
    gsize before = out->len;
    gsize start;

    if (text == NULL)
        return;
    if (before > 0 && out->str[before - 1] != '\n')
        g_string_append_c(out, ' ');
    start = out->len;
    append_line(out, text, limit);
    if (out->len == start)
        g_string_truncate(out, before);
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

void
dim_plain_size(GString *out, gint64 size)
{
    if (size >= 1000) {
        char digits[G_ASCII_DTOSTR_BUF_SIZE];
        double amount = (double)size / 1000;
        guint unit = 0;

        for (; amount >= 1000 && unit < 2; unit++)
            amount /= 1000;
        g_ascii_formatd(digits, sizeof digits, "%.1f", amount);
        g_string_append_printf(out,
                               unit == 0   ? _(" (%s kB)")
                               : unit == 1 ? _(" (%s MB)")
                                           : _(" (%s GB)"),
                               digits);
    } else if (size >= 0) {
        g_string_append_printf(out, _(" (%d bytes)"), (int)size);
    }
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
