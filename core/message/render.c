/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of what a reader sees of each content: a row per type, a line per row. */
#include "message/render.h"

#include <string.h>

#include "base/errors.h"
#include "base/json.h"
#include "base/words.h"
#include "message/content_types.h"
#include "message/plain.h"
#include "message/pnf.h"

#define MAX_DEPTH 4
#define ELLIPSIS  "[…]"
#define MAX_LINES 100 /* of one list; who sends more is not read */

#define MAX_QUOTED_LINES 1000 /* of one told history: no window bears more at once */
#define MAX_QUOTED_BYTES (64 * 1024)

typedef struct {
    int type;
    const char *label; /* (nullable) if none is written; %s in it is a name */
    void (*write)(GString *out, JsonObject *object, const char *label, guint depth);
} RenderRow;

static void render_object(GString *out, JsonObject *object, guint depth);

static void
write_text(GString *out,
           JsonObject *object,
           G_GNUC_UNUSED const char *label,
           G_GNUC_UNUSED guint depth)
{
    const char *text = dim_json_text(object, "text");

    if (text != NULL)
        dim_plain_append(out, text, FALSE);
}

/* Of a file that cannot be read whole, a line tells what can be told all the same. */
static void
write_file(GString *out, JsonObject *object, const char *label, G_GNUC_UNUSED guint depth)
{
    g_autoptr(JsonNode) node = json_node_init_object(json_node_alloc(), object);
    g_autoptr(GError) error = NULL;
    g_autoptr(DimPnf) file = dim_pnf_parse(node, &error);
    gint64 told = dim_json_integer(object, "length", -1);
    GBytes *inside = file != NULL ? dim_pnf_data(file) : NULL;
    gboolean locked = file != NULL ? dim_pnf_is_locked(file)
                                   : g_error_matches(error, DIM_ERROR, DIM_ERROR_UNSUPPORTED);
    gsize before;

    g_string_append(out, label);
    dim_plain_field(out, dim_json_text(object, "title"));
    dim_plain_file_name(out, file != NULL ? dim_pnf_filename(file)
                                          : dim_json_text(object, "filename"));
    dim_plain_size(out, told < 0 && inside != NULL ? (gint64)g_bytes_get_size(inside) : told);
    before = out->len;
    dim_plain_link(out, file != NULL ? dim_pnf_url(file) : dim_json_text(object, "URL"));
    if (out->len > before && locked)
        g_string_append(out, _(" (encrypted)"));
    dim_plain_field(out, dim_json_text(object, "text"));
}

static void
write_page(GString *out, JsonObject *object, const char *label, G_GNUC_UNUSED guint depth)
{
    g_string_append(out, label);
    dim_plain_field(out, dim_json_text(object, "title"));
    dim_plain_field(out, dim_json_text(object, "desc"));
    dim_plain_link(out, dim_json_text(object, "URL"));
}

static void
write_card(GString *out, JsonObject *object, const char *label, G_GNUC_UNUSED guint depth)
{
    g_string_append(out, label);
    dim_plain_field(out, dim_json_text(object, "name"));
    dim_plain_field(out, dim_json_text2(object, "did", "ID"));
}

static void
write_quote(GString *out, JsonObject *object, const char *label, G_GNUC_UNUSED guint depth)
{
    JsonObject *origin = dim_json_object(object, "origin");
    const char *said;

    if (origin == NULL) /* its old name */
        origin = dim_json_object(object, "quote");
    said = origin != NULL ? dim_json_text(origin, "text") : NULL;
    g_string_append(out, label);
    dim_plain_field(out, origin != NULL ? dim_json_text(origin, "sender") : NULL);
    if (said != NULL) {
        g_string_append(out, ": “");
        dim_plain_append(out, said, TRUE);
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
    dim_plain_field(out, text);
}

static void
write_money(GString *out, JsonObject *object, const char *label, G_GNUC_UNUSED guint depth)
{
    const char *currency = dim_json_text(object, "currency");
    const char *type = dim_json_text(object, "type");
    g_autoptr(GString) sum = g_string_new(label);
    g_autoptr(GString) from = g_string_new(NULL);
    g_autoptr(GString) to = g_string_new(NULL);

    if (currency == NULL && type != NULL && g_ascii_isupper(type[0]))
        currency = type;
    append_amount(sum, object);
    dim_plain_field(sum, currency);
    dim_plain_field(from, dim_json_text(object, "remitter"));
    dim_plain_field(to, dim_json_text(object, "remittee"));
    if (from->len > 0 && to->len > 0)
        g_string_append_printf(out, _("%s from %s to %s"), sum->str, from->str, to->str);
    else if (from->len > 0)
        g_string_append_printf(out, _("%s from %s"), sum->str, from->str);
    else if (to->len > 0)
        g_string_append_printf(out, _("%s to %s"), sum->str, to->str);
    else
        g_string_append(out, sum->str);
    dim_plain_field(out, dim_json_text(object, "text"));
}

static const char *
command_of(JsonObject *object)
{
    return dim_json_text2(object, "command", "cmd");
}

/* As it stands between brackets; new string. */
static char *
name_of(JsonObject *object)
{
    GString *name = g_string_new(NULL);

    dim_plain_field(name, command_of(object));
    if (name->len == 0)
        g_string_append(name, _("without a name"));
    else if (name->str[name->len - 1] == ']')
        g_string_truncate(name, name->len - 1);
    return g_string_free(name, FALSE);
}

static void
write_order(GString *out, JsonObject *object, const char *label, G_GNUC_UNUSED guint depth)
{
    g_autofree char *name = name_of(object);
    g_autoptr(GString) line = g_string_new(label);

    g_string_replace(line, "%s", name, 1);
    g_string_append_len(out, line->str, (gssize)line->len);
    dim_plain_field(out, dim_json_text(object, "title"));
    dim_plain_field(out, dim_json_text(object, "text"));
    dim_plain_field(out, dim_json_text2(object, "did", "ID"));
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
        dim_plain_append(out, text, TRUE);
        separator = "/";
    }
    dim_plain_field(out, dim_json_text(object, "text"));
}

/* How many of a list were left out. */
static void
append_rest(GString *out, guint left)
{
    if (left == 0)
        return;
    g_string_append_c(out, '\n');
    g_string_append_printf(out, _("[%u more]"), left);
}

/* A line for each object of an array. */
static void
append_lines(GString *out, JsonArray *array, guint depth)
{
    guint count = json_array_get_length(array);

    for (guint i = 0; i < MIN(count, MAX_LINES); i++) {
        JsonNode *node = json_array_get_element(array, i);

        if (out->len > 0)
            g_string_append_c(out, '\n');
        if (JSON_NODE_HOLDS_OBJECT(node))
            render_object(out, json_node_get_object(node), depth + 1);
        else
            g_string_append(out, ELLIPSIS);
    }
    append_rest(out, count - MIN(count, MAX_LINES));
}

static void
write_array(GString *out, JsonObject *object, const char *label, guint depth)
{
    JsonArray *contents = dim_json_array(object, "contents");

    if (contents == NULL || json_array_get_length(contents) == 0)
        g_string_append_printf(out, _("%s (empty)"), label);
    else
        append_lines(out, contents, depth);
}

/* What one message of a history says; new string. */
static char *
said_of(JsonObject *message, guint depth)
{
    JsonObject *content = dim_json_object(message, "content");
    const char *sender = dim_json_text(message, "sender");
    GString *said = g_string_new(NULL);
    g_autoptr(GString) words = g_string_new(NULL);

    dim_plain_append(said, sender != NULL ? sender : "?", TRUE);
    g_string_append(said, ": ");
    if (content != NULL)
        render_object(words, content, depth + 1);
    else
        g_string_append(words, ELLIPSIS);
    g_string_append_len(said, words->str, (gssize)words->len);
    return g_string_free(said, FALSE);
}

/* Nobody signed what is told inside: it says so by being a quotation under its own title. */
static void
write_combine(GString *out, JsonObject *object, const char *label, guint depth)
{
    JsonArray *messages = dim_json_array(object, "messages");
    guint count = messages != NULL ? json_array_get_length(messages) : 0;
    DimPlainRoom room = { MAX_QUOTED_LINES, MAX_QUOTED_BYTES };
    gboolean whole = TRUE;
    guint shown = 0;

    g_string_append(out, label);
    dim_plain_field(out, dim_json_text(object, "title"));
    g_string_append_printf(
        out, P_(" (%u message, not verified)", " (%u messages, not verified)", count), count);
    while (whole && shown < MIN(count, MAX_LINES)) {
        JsonNode *node = json_array_get_element(messages, shown++);
        g_autofree char *said = JSON_NODE_HOLDS_OBJECT(node)
                                    ? said_of(json_node_get_object(node), depth)
                                    : g_strdup(ELLIPSIS);

        whole = dim_plain_quote(out, said, &room);
    }
    append_rest(out, count - shown);
}

static void
write_forward(GString *out, JsonObject *object, const char *label, G_GNUC_UNUSED guint depth)
{
    JsonArray *secrets = dim_json_array(object, "secrets");
    guint count = secrets != NULL                              ? json_array_get_length(secrets)
                  : dim_json_object(object, "forward") != NULL ? 1
                                                               : 0;

    g_string_append(out, label);
    g_string_append_printf(out, P_(" (%u message)", " (%u messages)", count), count);
}

static const RenderRow dim_render_table[] = {
    { DIM_CONTENT_TEXT, NULL, write_text },
    { DIM_CONTENT_FILE, N_("[File]"), write_file },
    { DIM_CONTENT_IMAGE, N_("[Image]"), write_file },
    { DIM_CONTENT_AUDIO, N_("[Audio]"), write_file },
    { DIM_CONTENT_VIDEO, N_("[Video]"), write_file },
    { DIM_CONTENT_PAGE, N_("[Page]"), write_page },
    { DIM_CONTENT_CARD, N_("[Contact]"), write_card },
    { DIM_CONTENT_QUOTE, N_("[Quote]"), write_quote },
    { DIM_CONTENT_MONEY, N_("[Money]"), write_money },
    { DIM_CONTENT_TRANSFER, N_("[Transfer]"), write_money },
    { DIM_CONTENT_LUCKY_MONEY, N_("[Lucky money]"), write_money },
    { DIM_CONTENT_CLAIM, N_("[Payment claim]"), write_money },
    { DIM_CONTENT_SPLIT_BILL, N_("[Split bill]"), write_money },
    { DIM_CONTENT_COMMAND, N_("[Command: %s]"), write_order },
    { DIM_CONTENT_HISTORY, N_("[Group command: %s]"), write_order },
    { DIM_CONTENT_APPLICATION, N_("[Application]"), write_application },
    { DIM_CONTENT_ARRAY, N_("[Array]"), write_array },
    { DIM_CONTENT_CUSTOMIZED, N_("[Customized]"), write_application },
    { DIM_CONTENT_COMBINE, N_("[Chat history]"), write_combine },
    { DIM_CONTENT_FORWARD, N_("[Forwarded]"), write_forward },
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

    g_autoptr(GString) name = g_string_new(NULL);

    dim_plain_field(name, word);
    if (type > 0)
        g_string_append_printf(out, _("[Unsupported message: type %d]"), type);
    else if (name->len > 0)
        g_string_append_printf(out, _("[Unsupported message: type %s]"), name->str);
    else
        g_string_append(out, _("[Unsupported message: type unknown]"));
    dim_plain_field(out, dim_json_text(object, "text"));
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
        g_string_append(out, _("[Message recalled]"));
        return;
    }
    for (guint i = 0; i < G_N_ELEMENTS(dim_render_table); i++) {
        const RenderRow *row = &dim_render_table[i];

        if (row->type == type) {
            row->write(out, object, row->label != NULL ? _(row->label) : NULL, depth);
            if (out->len == before)
                g_string_append(out, _("[Empty message]"));
            return;
        }
    }
    write_unsupported(out, object, type);
}

gboolean
dim_content_is_recall(const DimContent *content)
{
    return dim_content_plain_words(content) == NULL && is_recall(dim_content_json(content));
}

char *
dim_render(const DimContent *content)
{
    GString *out = g_string_new(NULL);
    const char *words = dim_content_plain_words(content);

    if (words != NULL)
        dim_plain_append(out, words, FALSE);
    if (out->len == 0)
        render_object(out, dim_content_json(content), 0);
    return g_string_free(out, FALSE);
}
