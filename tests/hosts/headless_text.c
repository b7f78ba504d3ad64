/* SPDX-License-Identifier: GPL-2.0-or-later */
/* JSON lines on stdout, and text to HTML and back as a window would do it. */
#include <stdio.h>
#include <string.h>

#include "tests/hosts/headless.h"

JsonBuilder *
headless_event(const char *name)
{
    JsonBuilder *event = json_builder_new();

    json_builder_begin_object(event);
    headless_text(event, "event", name);
    return event;
}

void
headless_text(JsonBuilder *event, const char *name, const char *value)
{
    g_autofree char *valid = value == NULL ? NULL : g_utf8_make_valid(value, -1);

    json_builder_set_member_name(event, name);
    if (valid == NULL)
        json_builder_add_null_value(event);
    else
        json_builder_add_string_value(event, valid);
}

void
headless_number(JsonBuilder *event, const char *name, gint64 value)
{
    json_builder_set_member_name(event, name);
    json_builder_add_int_value(event, value);
}

void
headless_flag(JsonBuilder *event, const char *name, gboolean value)
{
    json_builder_set_member_name(event, name);
    json_builder_add_boolean_value(event, value);
}

void
headless_done(JsonBuilder *event)
{
    g_autoptr(JsonNode) root = NULL;
    g_autofree char *line = NULL;

    json_builder_end_object(event);
    root = json_builder_get_root(event);
    line = json_to_string(root, FALSE);
    fprintf(stdout, "%s\n", line);
    fflush(stdout);
    g_object_unref(event);
}

char *
headless_plain(const char *html)
{
    static const struct {
        const char *entity, *text;
    } entities[] = { { "&amp;", "&" },   { "&lt;", "<" },   { "&gt;", ">" },
                     { "&quot;", "\"" }, { "&apos;", "'" }, { "&#39;", "'" } };
    GString *out = g_string_new(NULL);

    for (const char *at = html; *at != '\0';) {
        const char *end = *at == '<' ? strchr(at, '>') : NULL;
        gboolean found = FALSE;

        if (end != NULL) {
            if (g_ascii_strncasecmp(at, "<br", 3) == 0)
                g_string_append_c(out, '\n');
            at = end + 1;
            continue;
        }
        for (gsize i = 0; *at == '&' && !found && i < G_N_ELEMENTS(entities); i++)
            if (g_str_has_prefix(at, entities[i].entity)) {
                g_string_append(out, entities[i].text);
                at += strlen(entities[i].entity);
                found = TRUE;
            }
        if (!found)
            g_string_append_c(out, *at++);
    }
    return g_string_free(out, FALSE);
}

char *
headless_html(const char *plain)
{
    GString *out = g_string_new(NULL);

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
            g_string_append_c(out, *at);
        }
    return g_string_free(out, FALSE);
}
