/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Questions to the person: dialogs where the host has such, else one line after the other (bitlbee: an answer to a "buddy"). */
#include "plugin/ask.h"

#include <string.h>

#define MAX_QUESTIONS 4

/* One conversation with the person. */
typedef struct {
    DimLogin *login;
    char *title, *text;
    char *labels[MAX_QUESTIONS], *presets[MAX_QUESTIONS];
    gboolean secret[MAX_QUESTIONS];
    guint count;
    char *answers[MAX_QUESTIONS + 1]; /* of those that were answered */
    guint answered;
    DimAnswered done;
    gpointer data;
    GDestroyNotify free_data;
    gboolean good;
    guint timer; /* 0: not answered yet */
} Ask;

static void
wipe(char *answer)
{
    for (volatile char *at = answer; at != NULL && *at != '\0'; at++)
        *at = '\0';
    g_free(answer);
}

static void
ask_free(Ask *ask)
{
    for (guint i = 0; i < MAX_QUESTIONS; i++) {
        wipe(ask->answers[i]);
        g_free(ask->labels[i]);
        g_free(ask->presets[i]);
    }
    if (ask->timer != 0)
        purple_timeout_remove(ask->timer);
    if (ask->free_data != NULL)
        ask->free_data(ask->data);
    g_free(ask->title);
    g_free(ask->text);
    g_free(ask);
}

static gboolean
on_finish(gpointer data)
{
    Ask *ask = data;

    ask->timer = 0;
    ask->login->asks = g_slist_remove(ask->login->asks, ask);
    ask->done(ask->login, ask->good ? ask->answers : NULL, ask->data);
    ask_free(ask);
    return G_SOURCE_REMOVE;
}

/* From the main loop: the answer may end the login, and the host closes its window after we return. Finch says "cancel" once more when
 * it does. */
static void
finish(Ask *ask, gboolean good)
{
    if (ask->timer != 0)
        return;
    ask->good = good;
    ask->timer = purple_timeout_add(0, on_finish, ask);
}

static Ask *
ask_new(DimLogin *login,
        const char *title,
        const char *text,
        DimAnswered answered,
        gpointer data,
        GDestroyNotify free_data)
{
    Ask *ask = g_new0(Ask, 1);

    ask->login = login;
    ask->title = g_strdup(title);
    ask->text = g_strdup(text);
    ask->done = answered;
    ask->data = data;
    ask->free_data = free_data;
    login->asks = g_slist_prepend(login->asks, ask);
    return ask;
}

static void
add_question(Ask *ask, const DimQuestion *question)
{
    ask->labels[ask->count] = g_strdup(question->label);
    ask->presets[ask->count] = g_strdup(question->preset);
    ask->secret[ask->count] = question->secret;
    ask->count++;
}

/* ---- all at once ---- */

static void
on_fields(gpointer data, PurpleRequestFields *fields)
{
    Ask *ask = data;

    for (guint i = 0; i < ask->count && ask->timer == 0; i++) {
        char name[16];
        const char *typed;

        g_snprintf(name, sizeof name, "%u", i);
        typed = purple_request_fields_get_string(fields, name);
        ask->answers[i] = g_strdup(typed != NULL ? typed : "");
    }
    finish(ask, TRUE);
}

static void
on_no_fields(gpointer data, G_GNUC_UNUSED PurpleRequestFields *fields)
{
    finish(data, FALSE);
}

static void
ask_fields(Ask *ask)
{
    PurpleRequestFields *fields = purple_request_fields_new();
    PurpleRequestFieldGroup *group = purple_request_field_group_new(NULL);

    for (guint i = 0; i < ask->count; i++) {
        PurpleRequestField *field;
        char name[16];

        g_snprintf(name, sizeof name, "%u", i);
        field = purple_request_field_string_new(name, ask->labels[i], ask->presets[i], FALSE);
        purple_request_field_string_set_masked(field, ask->secret[i]);
        purple_request_field_group_add_field(group, field);
    }
    purple_request_fields_add_group(fields, group);
    purple_request_fields(ask->login->gc, ask->title, ask->title, ask->text, fields, _("_OK"),
                          G_CALLBACK(on_fields), _("_Cancel"), G_CALLBACK(on_no_fields),
                          ask->login->account, NULL, NULL, ask);
}

/* ---- one after the other ---- */

static void ask_next(Ask *ask);

/* What a person typed as a line: bitlbee has nothing to cancel with. NULL: turned away. New string. */
static char *
read_line(const Ask *ask, const char *typed)
{
    if (typed == NULL)
        return g_strdup("");
    if (!dim_bridge_is_plain_host())
        return g_strdup(typed);
    return strcmp(typed, "-") != 0 ? dim_bridge_typed(ask->login, typed) : NULL;
}

static void
on_line(gpointer data, const char *typed)
{
    Ask *ask = data;
    char *line;

    if (ask->timer != 0 || ask->answered == ask->count)
        return;
    line = read_line(ask, typed);
    ask->answers[ask->answered] = line;
    if (line == NULL)
        finish(ask, FALSE);
    else if (++ask->answered < ask->count)
        ask_next(ask);
    else
        finish(ask, TRUE);
}

static void
on_no_line(gpointer data, G_GNUC_UNUSED const char *typed)
{
    finish(data, FALSE);
}

static void
ask_next(Ask *ask)
{
    const PurpleRequestUiOps *host = purple_request_get_ui_ops();
    gboolean plain = dim_bridge_is_plain_host();
    guint i = ask->answered;
    g_autofree char *label = NULL;
    g_autofree char *text = NULL;

    if (host == NULL || host->request_input == NULL) {
        finish(ask, FALSE);
        return;
    }
    if (plain) {
        g_autofree char *how =
            i > 0 ? NULL
                  : g_strconcat(ask->text, " ",
                                _("Answer here by a line; a lone - turns away."), NULL);

        label = dim_bridge_words(ask->login, ask->labels[i]);
        text = how != NULL ? dim_bridge_words(ask->login, how) : NULL;
    } else {
        label = g_strdup(ask->labels[i]);
        text = i == 0 ? g_strdup(ask->text) : NULL;
    }
    purple_request_input(ask->login->gc, ask->title, label, text, ask->presets[i], FALSE,
                         ask->secret[i], NULL, _("_OK"), G_CALLBACK(on_line), _("_Cancel"),
                         G_CALLBACK(on_no_line), ask->login->account, NULL, NULL, ask);
}

void
dim_ask(DimLogin *login,
        const char *title,
        const char *text,
        const DimQuestion *questions,
        guint count,
        DimAnswered answered,
        gpointer data,
        GDestroyNotify free_data)
{
    const PurpleRequestUiOps *host = purple_request_get_ui_ops();
    Ask *ask;

    g_return_if_fail(count > 0 && count <= MAX_QUESTIONS);

    ask = ask_new(login, title, text, answered, data, free_data);
    for (guint i = 0; i < count; i++)
        add_question(ask, &questions[i]);
    if (host != NULL && host->request_fields != NULL)
        ask_fields(ask);
    else
        ask_next(ask);
}

/* ---- a file ---- */

void
dim_ask_file(DimLogin *login,
             const char *title,
             const char *text,
             const char *name,
             gboolean to_write,
             DimAnswered answered,
             gpointer data,
             GDestroyNotify free_data)
{
    const PurpleRequestUiOps *host = purple_request_get_ui_ops();
    const DimQuestion question = { _("File"), name, FALSE };
    Ask *ask = ask_new(login, title, text, answered, data, free_data);

    add_question(ask, &question);
    if (host != NULL && host->request_file != NULL)
        purple_request_file(login->gc, ask->title, name, to_write, G_CALLBACK(on_line),
                            G_CALLBACK(on_no_line), login->account, NULL, NULL, ask);
    else
        ask_next(ask);
}

/* ---- yes or no ---- */

static void
on_yes(gpointer data, G_GNUC_UNUSED int action)
{
    finish(data, TRUE);
}

static void
on_no(gpointer data, G_GNUC_UNUSED int action)
{
    finish(data, FALSE);
}

void
dim_ask_accept(DimLogin *login,
               const char *title,
               const char *text,
               DimAnswered answered,
               gpointer data,
               GDestroyNotify free_data)
{
    const PurpleRequestUiOps *host = purple_request_get_ui_ops();
    Ask *ask = ask_new(login, title, text, answered, data, free_data);
    gboolean plain = dim_bridge_is_plain_host(); /* knows its yes and no by these very words */

    if (host == NULL || host->request_action == NULL)
        finish(ask, FALSE);
    else
        purple_request_action(login->gc, ask->title, ask->title, ask->text, 0, login->account,
                              NULL, NULL, ask, 2, plain ? "_Accept" : _("_Accept"),
                              G_CALLBACK(on_yes), plain ? "_Cancel" : _("_Cancel"),
                              G_CALLBACK(on_no));
}

void
dim_ask_clear(DimLogin *login)
{
    GSList *asks;

    purple_request_close_with_handle(login->gc);
    asks = g_steal_pointer(&login->asks);
    for (GSList *each = asks; each != NULL; each = each->next)
        ask_free(each->data);
    g_slist_free(asks);
}
