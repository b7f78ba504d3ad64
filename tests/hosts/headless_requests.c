/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Questions that the plugin asks a person: told as events, answered from the main loop as a person would. */
#include <string.h>

#include "tests/hosts/headless.h"

/* One question that is open: exactly one of the callbacks is called, or none if it is closed. */
typedef struct {
    PurpleRequestType type;
    GCallback yes, no;
    char *typed;                 /* input: what the person typed */
    PurpleRequestFields *fields; /* fields: as they stand */
    int action;
    gpointer data;
    gboolean accept;
    guint timer;
} Question;

extern PurpleRequestUiOps headless_request_ops;
extern PurpleAccountUiOps headless_account_ops;

static GList *questions;
static gboolean accepting = TRUE;
static char *typing; /* (nullable) what is typed over the default */

void
headless_set_answer(gboolean accept, const char *typed)
{
    accepting = accept;
    g_free(typing);
    typing = g_strdup(typed);
}

static void
forget(Question *question)
{
    questions = g_list_remove(questions, question);
    if (question->timer != 0)
        g_source_remove(question->timer);
    g_clear_pointer(&question->fields, purple_request_fields_destroy);
    g_free(question->typed);
    g_free(question);
}

void
headless_drop_requests(void)
{
    while (questions != NULL) {
        Question *question = questions->data;

        purple_request_close(question->type, question); /* libpurple knows of them too */
    }
}

static gboolean
answer(gpointer data)
{
    Question *question = data;
    GCallback call = question->accept ? question->yes : question->no;
    g_autofree char *typed = g_steal_pointer(&question->typed);

    question->timer = 0;
    if (call != NULL && question->type == PURPLE_REQUEST_INPUT)
        ((PurpleRequestInputCb)call)(question->data, typed);
    else if (call != NULL && question->type == PURPLE_REQUEST_FIELDS)
        ((PurpleRequestFieldsCb)call)(question->data, question->fields);
    else if (call != NULL)
        ((PurpleRequestActionCb)call)(question->data, question->action);
    /* The answer may have closed the question, with the connection or by itself. */
    if (g_list_find(questions, question) != NULL)
        purple_request_close(question->type, question);
    return G_SOURCE_REMOVE;
}

static Question *
ask(PurpleRequestType type, const char *kind, const char *title, const char *primary)
{
    Question *question = g_new0(Question, 1);
    JsonBuilder *event = headless_event("request");

    headless_text(event, "kind", kind);
    headless_text(event, "title", title);
    headless_text(event, "primary", primary);
    headless_done(event);
    question->type = type;
    question->accept = accepting;
    question->timer = g_idle_add(answer, question);
    questions = g_list_prepend(questions, question);
    return question;
}

static void *
request_action(const char *title,
               const char *primary,
               G_GNUC_UNUSED const char *secondary,
               int default_action,
               G_GNUC_UNUSED PurpleAccount *account,
               G_GNUC_UNUSED const char *who,
               G_GNUC_UNUSED PurpleConversation *conv,
               void *user_data,
               size_t count,
               va_list actions)
{
    Question *question = ask(PURPLE_REQUEST_ACTION, "action", title, primary);

    question->data = user_data;
    for (size_t i = 0; i < count; i++) {
        va_arg(actions, char *);
        question->no = G_CALLBACK(va_arg(actions, PurpleRequestActionCb));
        if ((int)i == MAX(default_action, 0)) {
            question->yes = question->no;
            question->action = (int)i;
        }
    }
    return question;
}

/* The next line of what is typed; the last one is typed again and again. New string. */
static char *
next_line(const char *otherwise)
{
    const char *end = typing != NULL ? strchr(typing, '\n') : NULL;
    char *line, *rest;

    if (end == NULL)
        return g_strdup(typing != NULL ? typing : otherwise);
    line = g_strndup(typing, (gsize)(end - typing));
    rest = g_strdup(end + 1);
    g_free(typing);
    typing = rest;
    return line;
}

static void *
request_input(const char *title,
              const char *primary,
              G_GNUC_UNUSED const char *secondary,
              const char *default_value,
              G_GNUC_UNUSED gboolean multiline,
              G_GNUC_UNUSED gboolean masked,
              G_GNUC_UNUSED gchar *hint,
              G_GNUC_UNUSED const char *ok_text,
              GCallback ok,
              G_GNUC_UNUSED const char *cancel_text,
              GCallback cancel,
              G_GNUC_UNUSED PurpleAccount *account,
              G_GNUC_UNUSED const char *who,
              G_GNUC_UNUSED PurpleConversation *conv,
              void *user_data)
{
    Question *question = ask(PURPLE_REQUEST_INPUT, "input", title, primary);

    question->yes = ok;
    question->no = cancel;
    question->typed = next_line(default_value);
    question->data = user_data;
    return question;
}

/* A line of what is typed for each. */
static void
fill_in(PurpleRequestFields *fields)
{
    g_auto(GStrv) lines = g_strsplit(typing, "\n", -1);
    guint at = 0;

    for (GList *g = purple_request_fields_get_groups(fields); g != NULL; g = g->next) {
        for (GList *f = purple_request_field_group_get_fields(g->data); f != NULL;
             f = f->next) {
            if (lines[at] != NULL)
                purple_request_field_string_set_value(f->data, lines[at++]);
        }
    }
}

static void *
request_fields(const char *title,
               const char *primary,
               G_GNUC_UNUSED const char *secondary,
               PurpleRequestFields *fields,
               G_GNUC_UNUSED const char *ok_text,
               GCallback ok,
               G_GNUC_UNUSED const char *cancel_text,
               GCallback cancel,
               G_GNUC_UNUSED PurpleAccount *account,
               G_GNUC_UNUSED const char *who,
               G_GNUC_UNUSED PurpleConversation *conv,
               void *user_data)
{
    Question *question = ask(PURPLE_REQUEST_FIELDS, "fields", title, primary);

    if (typing != NULL)
        fill_in(fields);
    question->yes = ok;
    question->no = cancel;
    question->fields = fields;
    question->data = user_data;
    return question;
}

static void
close_request(G_GNUC_UNUSED PurpleRequestType type, void *handle)
{
    forget(handle);
}

/* Answered at once: the call has no other shape in which a test could wait for it. */
static void *
request_authorize(G_GNUC_UNUSED PurpleAccount *account,
                  const char *remote_user,
                  G_GNUC_UNUSED const char *id,
                  G_GNUC_UNUSED const char *alias,
                  G_GNUC_UNUSED const char *message,
                  G_GNUC_UNUSED gboolean on_list,
                  PurpleAccountRequestAuthorizationCb authorize,
                  PurpleAccountRequestAuthorizationCb deny,
                  void *user_data)
{
    JsonBuilder *event = headless_event("request");

    headless_text(event, "kind", "authorize");
    headless_text(event, "primary", remote_user);
    headless_done(event);
    (accepting ? authorize : deny)(user_data);
    return NULL;
}

PurpleRequestUiOps headless_request_ops = {
    .request_action = request_action,
    .request_input = request_input,
    .request_fields = request_fields,
    .close_request = close_request,
};

void
headless_drop_dialogs(void)
{
    headless_request_ops.request_fields = NULL;
}

PurpleAccountUiOps headless_account_ops = { .request_authorize = request_authorize };
