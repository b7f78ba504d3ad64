/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the station answers: one row for each command, and what is said to everything else. */
#include "station/answers.h"

#include <string.h>

#include "base/hash.h"
#include "base/json.h"
#include "message/commands.h"
#include "station/backup.h"
#include "station/lists.h"
#include "station/names.h"
#include "station/registry.h"
#include "station/search.h"

/* One answer is sealed and signed; so many bytes of it take as long once more. */
#define ANSWER_WORK  1.0
#define ANSWER_BYTES 16384.0

/* Messages that were answered with "not support" and are remembered. */
#define REFUSALS_MAX 4096

#define ARRAY_MAX  64  /* contents of one array that are looked at, */
#define ARRAY_WORK 100 /* or fewer, once they took this: nobody else is heard in between */

struct _DimAnswers {
    DimOffice office;
    GHashTable *refused; /* set of signature texts */
};

typedef void (*Handler)(DimAnswers *answers, DimQuestion *question);

DimAnswers *
dim_answers_new(const DimOffice *office)
{
    DimAnswers *answers = g_new0(DimAnswers, 1);

    answers->office = *office;
    answers->refused = g_hash_table_new_full(dim_text_hash, g_str_equal, g_free, NULL);
    return answers;
}

void
dim_answers_free(DimAnswers *answers)
{
    if (answers == NULL)
        return;
    g_hash_table_unref(answers->refused);
    g_free(answers);
}

void
dim_answers_add(DimQuestion *question, DimContent *content)
{
    g_autofree char *text = dim_content_to_text(content);

    question->work += ANSWER_WORK + (double)strlen(text) / ANSWER_BYTES;
    g_ptr_array_add(question->replies, content);
}

void
dim_answers_receipt(DimQuestion *question,
                    const char *text,
                    const char *template_text,
                    const char *name,
                    const char *value)
{
    dim_answers_add(question, template_text == NULL
                                  ? dim_receipt_new(text, question->message)
                                  : dim_receipt_new_from(text, template_text, name, value,
                                                         question->message));
}

const DimOffice *
dim_answers_office(const DimAnswers *answers)
{
    return &answers->office;
}

void
dim_answers_refuse(DimAnswers *answers,
                   DimQuestion *question,
                   const char *text,
                   const char *template_text,
                   const char *name,
                   const char *value)
{
    const char *signature = dim_message_signature_text(question->message);

    if (signature != NULL && g_hash_table_contains(answers->refused, signature))
        return;
    if (g_hash_table_size(answers->refused) >= REFUSALS_MAX)
        g_hash_table_remove_all(answers->refused);
    if (signature != NULL)
        g_hash_table_add(answers->refused, g_strdup(signature));
    dim_answers_receipt(question, text, template_text, name, value);
}

/* ---- handshake (protocol §5.10) ---- */

/* title, session and the address that the station sees. */
static DimContent *
handshake(const char *title,
          const char *session,
          const char *host,
          guint16 port,
          gboolean force)
{
    JsonObject *json = json_object_new();
    JsonArray *address = json_array_new();

    json_array_add_string_element(address, host);
    json_array_add_int_element(address, port);
    json_object_set_string_member(json, "command", "handshake");
    json_object_set_string_member(json, "cmd", "handshake");
    json_object_set_string_member(json, "title", title);
    json_object_set_string_member(json, "message", title);
    if (session != NULL)
        json_object_set_string_member(json, "session", session);
    json_object_set_array_member(json, "remote_address", address);
    if (force)
        json_object_set_boolean_member(json, "force", TRUE);
    return dim_content_new_take(DIM_CONTENT_COMMAND, json);
}

DimContent *
dim_answers_challenge(const char *session, const char *host, guint16 port)
{
    return handshake("DIM?", session, host, port, TRUE);
}

static void
answer_handshake(DimAnswers *answers, DimQuestion *question)
{
    const char *title = dim_json_text2(dim_content_json(question->content), "title", "message");
    const char *session = dim_handshake_session(question->content);
    const char *reply = "DIM?";
    const char *told = question->session;

    if (g_strcmp0(title, "Nice to meet you too!") == 0)
        return;
    if (title == NULL || g_str_equal(title, "DIM?") || g_str_equal(title, "DIM!")) {
        dim_answers_refuse(answers, question, "Command not support.",
                           "Handshake command error: title=\"${title}\".", "title",
                           title ? title : "");
        return;
    }
    if (g_str_equal(title, "Nice to meet you!")) {
        reply = "Nice to meet you too!";
        told = session;
    } else if (g_strcmp0(session, question->session) == 0) {
        reply = "DIM!";
        question->effect = DIM_EFFECT_LOGIN;
    }
    dim_answers_add(question, handshake(reply, told, question->host, question->port, FALSE));
}

/* ---- login, report (protocol §5.11) ---- */

/* TRUE if the login names a station that is certainly another one. */
static gboolean
is_elsewhere(DimAnswers *answers, const DimContent *content)
{
    JsonObject *station = dim_json_object(dim_content_json(content), "station");
    const char *text = station != NULL ? dim_json_text2(station, "did", "ID") : NULL;
    g_autoptr(DimId) id = text != NULL ? dim_id_parse(text, NULL) : NULL;

    return id != NULL && !dim_id_is_broadcast(id)
           && !dim_id_equal(id, dim_clerk_me(answers->office.clerk));
}

static void
answer_login(DimAnswers *answers, DimQuestion *question)
{
    DimId *sender = dim_message_sender(question->message);
    g_autoptr(DimId) who = dim_command_id(question->content, NULL);
    g_autoptr(GError) error = NULL;
    double when = dim_content_time(question->content);
    double held = 0;
    g_autofree char *known = NULL;

    if (who == NULL || !dim_id_equal(who, sender)
        || when > dim_clock_now(answers->office.clock) + DIM_CLOCK_AHEAD)
        return;
    if (!dim_book_save_login(dim_clerk_book(answers->office.clerk), sender, when,
                             question->text, &error)) {
        if (error != NULL)
            g_warning("a login could not be kept: %s", error->message);
        known = dim_book_login(dim_clerk_book(answers->office.clerk), sender, &held);
        if (known == NULL || held > when)
            return;
    }
    if (is_elsewhere(answers, question->content))
        return;
    question->effect = DIM_EFFECT_ACTIVE;
    dim_answers_receipt(question, "Login received.", "Login command received: ${did}.", "did",
                        dim_id_text(sender));
}

static void
answer_report(DimAnswers *answers, DimQuestion *question)
{
    const char *title = dim_report_title(question->content);

    if (g_strcmp0(title, "online") == 0) {
        question->effect = DIM_EFFECT_ACTIVE;
        dim_answers_receipt(question, "Online received.", "Online command received: ${did}.",
                            "did", dim_id_text(dim_message_sender(question->message)));
    } else if (g_strcmp0(title, "offline") == 0) {
        question->effect = DIM_EFFECT_INACTIVE;
    } else {
        dim_answers_refuse(answers, question, "Command not support.",
                           "Report command (title: ${title}) not support yet!", "title",
                           title ? title : "");
    }
}

/* ---- metas and documents ---- */

static void
answer_meta(DimAnswers *answers, DimQuestion *question)
{
    dim_registry_meta(answers->office.clerk, answers->office.clock, question);
}

static void
answer_document(DimAnswers *answers, DimQuestion *question)
{
    dim_registry_document(answers->office.clerk, answers->office.clock, question);
}

/* A receipt is never answered. */
static void
answer_nothing(G_GNUC_UNUSED DimAnswers *answers, G_GNUC_UNUSED DimQuestion *question)
{
}

/* ---- the table ---- */

static const struct {
    const char *command;
    Handler handler;
    gboolean open; /* to those who are not logged in as well */
} table[] = {
    { "handshake", answer_handshake, TRUE },
    { "meta", answer_meta, TRUE },
    { "document", answer_document, TRUE },
    { "documents", answer_document, TRUE },
    { "profile", answer_document, TRUE },
    { "visa", answer_document, TRUE },
    { "ans", dim_names_answer, TRUE },
    { "receipt", answer_nothing, TRUE },
    { "login", answer_login, FALSE },
    { "report", answer_report, FALSE },
    { "online", answer_report, FALSE },
    { "offline", answer_report, FALSE },
    { "search", dim_search_answer, FALSE },
    { "users", dim_search_answer, FALSE },
    { "block", dim_lists_answer, FALSE },
    { "mute", dim_lists_answer, FALSE },
    { "storage", dim_backup_answer, FALSE },
    { "contacts", dim_backup_answer, FALSE },
    { "private_key", dim_backup_answer, FALSE },
};

static int
row_of(const DimContent *content)
{
    const char *command = dim_content_command(content);

    for (guint i = 0; command != NULL && i < G_N_ELEMENTS(table); i++) {
        if (g_str_equal(table[i].command, command))
            return (int)i;
    }
    return -1;
}

gboolean
dim_answers_is_open(const DimContent *content)
{
    int row = dim_content_is_command(content) ? row_of(content) : -1;

    return row >= 0 && table[row].open;
}

/* Each content of an array is answered by itself; arrays inside are not opened. */
static void
answer_array(DimAnswers *answers, DimQuestion *question)
{
    g_autoptr(DimContent) whole = dim_content_ref(question->content);
    JsonArray *contents = dim_json_array(dim_content_json(whole), "contents");
    guint length = contents != NULL ? json_array_get_length(contents) : 0;

    for (guint i = 0;
         i < MIN(length, ARRAY_MAX) && question->work + question->wasted < ARRAY_WORK; i++) {
        JsonNode *node = json_array_get_element(contents, i);
        g_autoptr(DimContent) one = NULL;

        if (!JSON_NODE_HOLDS_OBJECT(node))
            continue;
        one = dim_content_from_json(json_node_get_object(node), NULL);
        if (one == NULL || dim_content_type(one) == DIM_CONTENT_ARRAY
            || dim_content_type(one) == DIM_CONTENT_FORWARD)
            continue;
        question->content = one;
        dim_answers_give(answers, question);
    }
    question->content = whole;
}

void
dim_answers_give(DimAnswers *answers, DimQuestion *question)
{
    int type = dim_content_type(question->content);
    int row = row_of(question->content);
    g_autofree char *number = g_strdup_printf("%d", type);

    if (type == DIM_CONTENT_ARRAY) {
        answer_array(answers, question);
        return;
    }
    if (!dim_content_is_command(question->content)) {
        dim_answers_refuse(answers, question, "Content not support.",
                           "Content (type: ${type}) not support yet!", "type", number);
        return;
    }
    if (row < 0) {
        const char *command = dim_content_command(question->content);

        dim_answers_refuse(answers, question, "Command not support.",
                           "Command (name: ${command}) not support yet!", "command",
                           command ? command : "");
        return;
    }
    table[row].handler(answers, question);
}
