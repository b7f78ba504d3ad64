/* SPDX-License-Identifier: GPL-2.0-or-later */
/* HTML of the host <-> plain text of the network; pure functions. */
#include "plugin/views/markup.h"

#include <string.h>

#include "dim.h"

#define MAX_TAG  4096 /* bytes in which a closing bracket outside of quotes is looked for */
#define MAX_NAME 64   /* characters */

typedef struct {
    const char *at;
    GString *out;
    char *target;     /* of the link that is open, or NULL */
    gsize link_start; /* where its text begins in out */
    gboolean no_more; /* there is no '>' any more: do not look again */
} Reader;

static const struct {
    const char *name;
    gunichar character;
} entities[] = {
    { "amp", '&' },       { "lt", '<' },       { "gt", '>' },       { "quot", '"' },
    { "apos", '\'' },     { "nbsp", ' ' },     { "copy", 0xA9 },    { "reg", 0xAE },
    { "hellip", 0x2026 }, { "ndash", 0x2013 }, { "mdash", 0x2014 }, { "euro", 0x20AC },
    { "lsquo", 0x2018 },  { "rsquo", 0x2019 }, { "ldquo", 0x201C }, { "rdquo", 0x201D },
    { "laquo", 0xAB },    { "raquo", 0xBB },   { "trade", 0x2122 }, { "deg", 0xB0 },
};

static gboolean
is_clean(gunichar character)
{
    return character == '\n' || character == '\t' || (character >= 0x20 && character != 0x7F);
}

/* The character that the entity at `at` means and its length, or 0 if it means none. */
static gunichar
entity(const char *at, gsize *length)
{
    const char *end = memchr(at, ';', strnlen(at, 12));
    gunichar character = 0;

    if (end == NULL)
        return 0;
    *length = (gsize)(end - at) + 1;
    if (at[1] == '#') {
        gboolean hex = at[2] == 'x' || at[2] == 'X';
        const char *digits = at + (hex ? 3 : 2);
        char *stop = NULL;
        guint64 number =
            g_ascii_isxdigit(*digits) ? g_ascii_strtoull(digits, &stop, hex ? 16 : 10) : 0;

        if (stop == end && number <= 0x10FFFF && g_unichar_validate((gunichar)number)
            && is_clean((gunichar)number))
            character = (gunichar)number;
        return character;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(entities); i++)
        if (strlen(entities[i].name) == *length - 2
            && strncmp(at + 1, entities[i].name, *length - 2) == 0)
            character = entities[i].character;
    return character;
}

static char *
unescape(const char *text, gsize size)
{
    GString *out = g_string_sized_new(size);
    const char *end = text + size;

    while (text < end) {
        gsize length = 0;
        gunichar character = *text == '&' ? entity(text, &length) : 0;

        if (character != 0 && text + length <= end) {
            g_string_append_unichar(out, character);
            text += length;
        } else {
            g_string_append_c(out, *text++);
        }
    }
    return g_string_free(out, FALSE);
}

/* The closing bracket of the tag at `at`, or NULL if there is none: then '<' is just a character. */
static const char *
tag_end(Reader *reader)
{
    char quote = '\0';
    const char *plain = NULL;

    if (reader->no_more)
        return NULL;
    for (gsize i = 1; i < MAX_TAG && reader->at[i] != '\0'; i++) {
        char c = reader->at[i];

        if (quote != '\0' && c != quote)
            continue;
        if (quote != '\0')
            quote = '\0';
        else if (c == '"' || c == '\'')
            quote = c;
        else if (c == '>')
            return reader->at + i;
    }
    plain = strchr(reader->at, '>');
    reader->no_more = plain == NULL;
    return plain;
}

static gboolean
is_tag(const char *tag, const char *name)
{
    gsize length = strlen(name);

    return g_ascii_strncasecmp(tag, name, length) == 0 && !g_ascii_isalnum(tag[length]);
}

static const char *
skip_blanks(const char *at, const char *end)
{
    while (at < end && g_ascii_isspace(*at))
        at++;
    return at;
}

/* Where the value begins if `at` is a blank and "name =" follows it, else NULL. */
static const char *
value_of(const char *at, const char *end, const char *name)
{
    gsize length = strlen(name);

    if (!g_ascii_isspace(*at) || g_ascii_strncasecmp(at + 1, name, length) != 0)
        return NULL;
    at = skip_blanks(at + 1 + length, end);
    return at < end && *at == '=' ? skip_blanks(at + 1, end) : NULL;
}

/* The value of an attribute, unescaped. New string or NULL. */
static char *
attribute(const char *tag, const char *end, const char *name)
{
    for (const char *at = tag; at + strlen(name) < end; at++) {
        const char *value = value_of(at, end, name);
        const char *stop = NULL;
        char quote = '\0';

        if (value == NULL)
            continue;
        if (value < end && (*value == '"' || *value == '\''))
            quote = *value++;
        for (stop = value;
             stop < end && (quote != '\0' ? *stop != quote : !g_ascii_isspace(*stop));)
            stop++;
        return unescape(value, (gsize)(stop - value));
    }
    return NULL;
}

/* After a link: its target goes behind its text unless the text says the same. */
static void
close_link(Reader *reader)
{
    const char *text = reader->out->str + reader->link_start;
    const char *target = reader->target;

    if (target == NULL)
        return;
    if (g_str_has_prefix(target, "mailto:") && strcmp(target + 7, text) == 0)
        target = text;
    if (g_str_has_prefix(target, "http://") && strcmp(target + 7, text) == 0)
        target = text;
    if (*text == '\0')
        g_string_append(reader->out, target);
    else if (strcmp(target, text) != 0)
        g_string_append_printf(reader->out, " (%s)", target);
    g_clear_pointer(&reader->target, g_free);
}

/* Skips what stands between a tag and its partner and is not meant for reading. */
static const char *
skip_element(const char *end, const char *name)
{
    g_autofree char *partner = g_strconcat("</", name, NULL);

    for (const char *at = end + 1; *at != '\0'; at++)
        if (*at == '<' && g_ascii_strncasecmp(at, partner, strlen(partner)) == 0)
            return at;
    return NULL;
}

static void
break_line(Reader *reader)
{
    if (reader->out->len > 0 && reader->out->str[reader->out->len - 1] != '\n')
        g_string_append_c(reader->out, '\n');
}

/* What a tag says to a reader of plain text. Returns where to go on. */
static const char *
read_tag(Reader *reader, const char *end)
{
    static const char *const blocks[] = { "p",  "div", "li", "tr", "ul",
                                          "ol", "h1",  "h2", "h3", "pre" };
    static const char *const hidden[] = { "style", "script", "head", "title" };
    gboolean closing = reader->at[1] == '/';
    const char *tag = reader->at + (closing ? 2 : 1);

    for (gsize i = 0; !closing && i < G_N_ELEMENTS(hidden); i++)
        if (is_tag(tag, hidden[i])) {
            const char *partner = skip_element(end, hidden[i]);

            return partner != NULL ? partner : end + 1;
        }
    for (gsize i = 0; i < G_N_ELEMENTS(blocks); i++)
        if (is_tag(tag, blocks[i]))
            break_line(reader);
    if (is_tag(tag, "br") && !closing) {
        g_string_append_c(reader->out, '\n');
    } else if (is_tag(tag, "img")) {
        g_autofree char *alt = attribute(tag, end, "alt");

        if (alt != NULL)
            g_string_append(reader->out, alt);
    } else if (is_tag(tag, "a")) {
        close_link(reader);
        reader->target = closing ? NULL : attribute(tag, end, "href");
        reader->link_start = reader->out->len;
    }
    return end + 1;
}

/* Reads '<' and what belongs to it; FALSE if it is only a character. */
static gboolean
read_angle(Reader *reader)
{
    const char *end = NULL;

    if (g_str_has_prefix(reader->at, "<!--")) {
        end = strstr(reader->at, "-->");
        if (end == NULL)
            return FALSE;
        reader->at = end + 3;
        return TRUE;
    }
    if (!g_ascii_isalpha(reader->at[1]) && strchr("/!?", reader->at[1]) == NULL)
        return FALSE;
    end = reader->at[1] == '\0' ? NULL : tag_end(reader);
    if (end == NULL)
        return FALSE;
    reader->at = read_tag(reader, end);
    return TRUE;
}

char *
dim_markup_to_plain(const char *html)
{
    Reader reader = { .at = html, .out = g_string_sized_new(strlen(html)) };

    while (*reader.at != '\0') {
        gsize length = 0;
        gunichar character = 0;

        if (*reader.at == '<' && read_angle(&reader))
            continue;
        if (*reader.at == '&')
            character = entity(reader.at, &length);
        if (character != 0) {
            g_string_append_unichar(reader.out, character);
            reader.at += length;
        } else if (*reader.at == '\r') {
            reader.at++;
        } else {
            g_string_append_c(reader.out, *reader.at++);
        }
    }
    close_link(&reader);
    return g_string_free(reader.out, FALSE);
}

char *
dim_markup_from_plain(const char *plain)
{
    GString *out = g_string_sized_new(strlen(plain) + 16);

    for (const char *at = plain; *at != '\0'; at++)
        switch (*at) {
        case '&':
            g_string_append(out, "&amp;");
            break;
        case '<':
            g_string_append(out, "&lt;");
            break;
        case '>':
            g_string_append(out, "&gt;");
            break;
        case '"':
            g_string_append(out, "&quot;");
            break;
        case '\n':
            g_string_append(out, "<br>");
            break;
        default:
            if (is_clean((guchar)*at))
                g_string_append_c(out, *at);
        }
    return g_string_free(out, FALSE);
}

char *
dim_markup_name(const char *nickname)
{
    g_autofree char *valid = g_utf8_make_valid(nickname, (gssize)strnlen(nickname, 1024));
    g_autoptr(GString) out = g_string_new(NULL);

    dim_sight_line(out, valid, MAX_NAME);
    return out->len > 0 ? g_strdup(out->str) : NULL;
}

char *
dim_markup_start(const char *plain, gsize limit)
{
    g_autofree char *valid = g_utf8_make_valid(plain, (gssize)strnlen(plain, limit * 6 + 6));
    gsize length = (gsize)g_utf8_strlen(valid, -1);
    g_autofree char *start = g_utf8_substring(valid, 0, (glong)MIN(length, limit));

    g_strdelimit(start, "\n\r\t", ' ');
    return length > limit ? g_strconcat(start, "…", NULL) : g_steal_pointer(&start);
}
