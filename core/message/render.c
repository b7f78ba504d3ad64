/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of what a reader sees of each content: a row per type, a line per row. */
#include "message/render.h"

#include <string.h>

#include "base/json.h"
#include "message/content_types.h"

#define MAX_DEPTH 4
#define ELLIPSIS  "[…]"

typedef struct {
    int type;
    const char *label;
    void (*write)(GString *out, JsonObject *object, const char *label, guint depth);
} RenderRow;

static void render_object(GString *out, JsonObject *object, guint depth);

/* What can turn, hide or break text is left out: controls, and the marks that override direction (threat T14). */
static gboolean
is_harmful(gunichar c)
{
    return (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || (c >= 0x7f && c <= 0x9f)
           || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0x2028
           || c == 0x2029 || c == 0xfeff;
}

/* one_line: a field within a line; its own line breaks become blanks. */
static void
append_clean(GString *out, const char *text, gboolean one_line)
{
    for (const char *p = text; *p != '\0'; p += g_utf8_skip[*(const guchar *)p]) {
        gunichar c = g_utf8_get_char(p);

        if (is_harmful(c))
            continue;
        if (one_line && c < 0x20)
            c = ' ';
        g_string_append_unichar(out, c);
    }
}

/* A blank and the field, if it has a text. */
static void
append_field(GString *out, const char *text)
{
    if (text == NULL || text[0] == '\0')
        return;
    if (out->len > 0 && out->str[out->len - 1] != '\n')
        g_string_append_c(out, ' ');
    append_clean(out, text, TRUE);
}

static void
write_text(GString *out,
           JsonObject *object,
           G_GNUC_UNUSED const char *label,
           G_GNUC_UNUSED guint depth)
{
    const char *text = dim_json_text(object, "text");

    if (text != NULL)
        append_clean(out, text, FALSE);
}

/* The size told, or that of the bytes inside. */
static void
append_size(GString *out, JsonObject *object)
{
    g_autoptr(GBytes) inside = dim_json_bytes(object, "data", NULL);
    gint64 size = dim_json_integer(object, "length", -1);

    if (size < 0 && inside != NULL)
        size = (gint64)g_bytes_get_size(inside);
    if (size >= 1000) {
        static const char *const units[] = { "kB", "MB", "GB" };
        char digits[G_ASCII_DTOSTR_BUF_SIZE];
        double amount = (double)size / 1000;
        guint unit = 0;

        for (; amount >= 1000 && unit + 1 < G_N_ELEMENTS(units); unit++)
            amount /= 1000;
        g_ascii_formatd(digits, sizeof digits, "%.1f", amount);
        g_string_append_printf(out, " (%s %s)", digits, units[unit]);
    } else if (size >= 0) {
        g_string_append_printf(out, " (%" G_GINT64_FORMAT " bytes)", size);
    }
}

static void
write_file(GString *out, JsonObject *object, const char *label, G_GNUC_UNUSED guint depth)
{
    const char *url = dim_json_text(object, "URL");

    g_string_append(out, label);
    append_field(out, dim_json_text(object, "title"));
    append_field(out, dim_json_text(object, "filename"));
    append_size(out, object);
    if (url != NULL && !g_str_has_prefix(url, "data:"))
        append_field(out, url);
    append_field(out, dim_json_text(object, "text"));
}

static void
write_page(GString *out, JsonObject *object, const char *label, G_GNUC_UNUSED guint depth)
{
    const char *url = dim_json_text(object, "URL");

    g_string_append(out, label);
    append_field(out, dim_json_text(object, "title"));
    append_field(out, dim_json_text(object, "desc"));
    if (url != NULL && !g_str_has_prefix(url, "data:"))
        append_field(out, url);
}

static void
write_card(GString *out, JsonObject *object, const char *label, G_GNUC_UNUSED guint depth)
{
    g_string_append(out, label);
    append_field(out, dim_json_text(object, "name"));
    append_field(out, dim_json_text2(object, "did", "ID"));
}

static void
write_quote(GString *out, JsonObject *object, const char *label, G_GNUC_UNUSED guint depth)
{
    JsonObject *origin = dim_json_object(object, "origin");
    const char *said = origin != NULL ? dim_json_text(origin, "text") : NULL;

    g_string_append(out, label);
    append_field(out, origin != NULL ? dim_json_text(origin, "sender") : NULL);
    if (said != NULL) {
        g_string_append(out, ": “");
        append_clean(out, said, TRUE);
        g_string_append(out, "”");
    }
    g_string_append_c(out, '\n');
    write_text(out, object, label, depth);
}

static void
append_amount(GString *out, JsonObject *object)
{
    JsonNode *node = json_object_get_member(object, "amount");
    const char *text = dim_json_text(object, "amount");
    char digits[G_ASCII_DTOSTR_BUF_SIZE];

    if (text == NULL && node != NULL && JSON_NODE_HOLDS_VALUE(node))
        text = g_ascii_formatd(digits, sizeof digits, "%.15g", json_node_get_double(node));
    append_field(out, text);
}

static void
write_money(GString *out, JsonObject *object, const char *label, G_GNUC_UNUSED guint depth)
{
    const char *currency = dim_json_text(object, "currency");
    const char *type = dim_json_text(object, "type");

    if (currency == NULL && type != NULL && g_ascii_isupper(type[0]))
        currency = type;
    g_string_append(out, label);
    append_amount(out, object);
    append_field(out, currency);
    if (dim_json_text(object, "remitter") != NULL) {
        g_string_append(out, " from");
        append_field(out, dim_json_text(object, "remitter"));
    }
    if (dim_json_text(object, "remittee") != NULL) {
        g_string_append(out, " to");
        append_field(out, dim_json_text(object, "remittee"));
    }
}

static const char *
command_of(JsonObject *object)
{
    return dim_json_text2(object, "command", "cmd");
}

static void
write_command(GString *out, JsonObject *object, const char *label, G_GNUC_UNUSED guint depth)
{
    g_string_append(out, label);
    append_field(out, command_of(object) != NULL ? command_of(object) : "without a name");
    if (out->str[out->len - 1] == ']')
        g_string_truncate(out, out->len - 1);
    g_string_append_c(out, ']');
    append_field(out, dim_json_text(object, "title"));
    append_field(out, dim_json_text(object, "text"));
    append_field(out, dim_json_text2(object, "did", "ID"));
}

static void
write_application(GString *out,
                  JsonObject *object,
                  const char *label,
                  G_GNUC_UNUSED guint depth)
{
    static const char *const names[] = { "app", "mod", "act" };
    const char *separator = " ";

    g_string_append(out, label);
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        const char *text = dim_json_text(object, names[i]);

        if (text == NULL || text[0] == '\0')
            continue;
        g_string_append(out, separator);
        append_clean(out, text, TRUE);
        separator = "/";
    }
    append_field(out, dim_json_text(object, "text"));
}

/* A line for each object of an array. */
static void
append_lines(GString *out, JsonArray *array, guint depth)
{
    for (guint i = 0; i < json_array_get_length(array); i++) {
        JsonNode *node = json_array_get_element(array, i);

        if (out->len > 0)
            g_string_append_c(out, '\n');
        if (JSON_NODE_HOLDS_OBJECT(node))
            render_object(out, json_node_get_object(node), depth + 1);
        else
            g_string_append(out, ELLIPSIS);
    }
}

static void
write_array(GString *out, JsonObject *object, const char *label, guint depth)
{
    JsonArray *contents = dim_json_array(object, "contents");

    if (contents == NULL || json_array_get_length(contents) == 0)
        g_string_append_printf(out, "%s (empty)", label);
    else
        append_lines(out, contents, depth);
}

static void
write_said(GString *out, JsonObject *message, guint depth)
{
    JsonObject *content = dim_json_object(message, "content");

    append_clean(
        out, dim_json_text(message, "sender") != NULL ? dim_json_text(message, "sender") : "?",
        TRUE);
    g_string_append(out, ": ");
    if (content != NULL)
        render_object(out, content, depth + 1);
    else
        g_string_append(out, ELLIPSIS);
}

/* Nobody signed what is told inside: it says so by being a quotation under its own title. */
static void
write_combine(GString *out, JsonObject *object, const char *label, guint depth)
{
    JsonArray *messages = dim_json_array(object, "messages");
    guint count = messages != NULL ? json_array_get_length(messages) : 0;

    g_string_append(out, label);
    append_field(out, dim_json_text(object, "title"));
    g_string_append_printf(out, " (%u message%s)", count, count == 1 ? "" : "s");
    for (guint i = 0; i < count; i++) {
        JsonNode *node = json_array_get_element(messages, i);

        g_string_append(out, "\n> ");
        if (JSON_NODE_HOLDS_OBJECT(node))
            write_said(out, json_node_get_object(node), depth);
        else
            g_string_append(out, ELLIPSIS);
    }
}

static void
write_forward(GString *out, JsonObject *object, const char *label, G_GNUC_UNUSED guint depth)
{
    JsonArray *secrets = dim_json_array(object, "secrets");
    guint count = secrets != NULL                              ? json_array_get_length(secrets)
                  : dim_json_object(object, "forward") != NULL ? 1
                                                               : 0;

    g_string_append_printf(out, "%s (%u message%s)", label, count, count == 1 ? "" : "s");
}

static const RenderRow dim_render_table[] = {
    { DIM_CONTENT_TEXT, "", write_text },
    { DIM_CONTENT_FILE, "[File]", write_file },
    { DIM_CONTENT_IMAGE, "[Image]", write_file },
    { DIM_CONTENT_AUDIO, "[Audio]", write_file },
    { DIM_CONTENT_VIDEO, "[Video]", write_file },
    { DIM_CONTENT_PAGE, "[Page]", write_page },
    { DIM_CONTENT_CARD, "[Contact]", write_card },
    { DIM_CONTENT_QUOTE, "[Quote]", write_quote },
    { DIM_CONTENT_MONEY, "[Money]", write_money },
    { DIM_CONTENT_TRANSFER, "[Transfer]", write_money },
    { DIM_CONTENT_COMMAND, "[Command:", write_command },
    { DIM_CONTENT_HISTORY, "[Group command:", write_command },
    { DIM_CONTENT_APPLICATION, "[Application]", write_application },
    { DIM_CONTENT_ARRAY, "[Array]", write_array },
    { DIM_CONTENT_CUSTOMIZED, "[Customized]", write_application },
    { DIM_CONTENT_COMBINE, "[Chat history]", write_combine },
    { DIM_CONTENT_FORWARD, "[Forwarded]", write_forward },
};

static gboolean
is_recall(JsonObject *object)
{
    return g_strcmp0(dim_json_text(object, "action"), "recall") == 0;
}

static void
write_unsupported(GString *out, JsonObject *object, int type)
{
    const char *word = dim_json_text(object, "type");

    g_string_append(out, "[Unsupported message: type");
    if (type > 0)
        g_string_append_printf(out, " %d", type);
    else
        append_field(out, word != NULL ? word : "unknown");
    g_string_append_c(out, ']');
    append_field(out, dim_json_text(object, "text"));
}

static void
render_object(GString *out, JsonObject *object, guint depth)
{
    int type = dim_content_type_of(object);
    gsize before = out->len;

    if (depth > MAX_DEPTH) {
        g_string_append(out, ELLIPSIS);
        return;
    }
    if (is_recall(object)) {
        g_string_append(out, "[Message recalled]");
        return;
    }
    for (guint i = 0; i < G_N_ELEMENTS(dim_render_table); i++) {
        const RenderRow *row = &dim_render_table[i];

        if (row->type == type) {
            row->write(out, object, row->label, depth);
            if (out->len == before)
                g_string_append(out, "[Empty message]");
            return;
        }
    }
    write_unsupported(out, object, type);
}

char *
dim_render(const DimContent *content)
{
    GString *out = g_string_new(NULL);
    const char *words = dim_content_plain_words(content);

    if (words != NULL)
        append_clean(out, words, FALSE);
    if (out->len == 0)
        render_object(out, dim_content_json(content), 0);
    return g_string_free(out, FALSE);
}
