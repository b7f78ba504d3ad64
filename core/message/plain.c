/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cleans what others wrote, piece by piece, for the one readable line of a content. */
#include "message/plain.h"

#include <string.h>

#include "base/sight.h"

#define MAX_FIELD 300 /* characters */

/* What a mark that nobody sees does in a name, or in any other piece of a line of ours: it moves its neighbours, or makes two
 * names look alike. Running text needs some of them, where scripts of both directions meet. */
static gboolean
is_left_out(gunichar c, gboolean one_line)
{
    DimSight sight = dim_sight(c);

    return sight == DIM_SIGHT_HARMFUL
           || (one_line && (sight == DIM_SIGHT_UNSEEN || sight == DIM_SIGHT_MARK));
}

/* One line: what stands between words is one plain blank, and none stands at either end. */
static void
append(GString *out, const char *text, gboolean one_line, gulong limit)
{
    gsize start = out->len;
    gboolean blank = FALSE;

    for (const char *p = text; *p != '\0'; p += g_utf8_skip[*(const guchar *)p]) {
        gunichar c = g_utf8_get_char(p);

        if (is_left_out(c, one_line))
            continue;
        if (one_line && dim_sight(c) == DIM_SIGHT_BLANK) {
            blank = out->len > start;
            continue;
        }
        if (limit == 0 || (blank && limit == 1)) {
            g_string_append(out, "…");
            return;
        }
        if (blank)
            g_string_append_c(out, ' ');
        limit -= blank ? 2 : 1;
        blank = FALSE;
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
    gsize before = out->len;
    gsize start;

    if (text == NULL)
        return;
    if (before > 0 && out->str[before - 1] != '\n')
        g_string_append_c(out, ' ');
    start = out->len;
    append(out, text, TRUE, limit);
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
