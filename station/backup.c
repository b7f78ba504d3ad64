/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Backups: locked by their owners, opaque here, one of each title. */
#include "station/backup.h"

#include "base/json.h"

typedef struct {
    const char *title;
    const char *name; /* in receipts */
} Row;

static const Row rows[] = {
    { "contacts", "Contacts" },
    { "private_key", "Private key" },
};

static void
say(DimQuestion *question, const Row *row, const char *what)
{
    g_autofree char *text = g_strdup_printf("%s %s.", row->name, what);
    g_autofree char *template_text = g_strdup_printf("%s %s: ${did}.", row->name, what);

    dim_answers_receipt(question, text, template_text, "did",
                        dim_id_text(dim_message_sender(question->message)));
}

static void
give_back(const DimOffice *office, DimQuestion *question, const Row *row)
{
    g_autofree char *text =
        dim_keeper_get(office->keeper, row->title, dim_message_sender(question->message));
    DimContent *content = text != NULL ? dim_content_parse(text, -1, NULL) : NULL;

    if (content == NULL) {
        say(question, row, "not found");
        return;
    }
    dim_answers_add(question, content);
}

static void
keep(const DimOffice *office, DimQuestion *question, const Row *row)
{
    g_autofree char *text = dim_content_to_text(question->content);
    g_autoptr(GError) error = NULL;
    DimKeeperVerdict verdict =
        dim_keeper_put(office->keeper, row->title, dim_message_sender(question->message),
                       dim_content_time(question->content), text, &error);

    if (error != NULL)
        g_warning("a backup could not be kept: %s", error->message);
    say(question, row, dim_keeper_words(verdict));
}

static gboolean
has(JsonObject *json, const char *member)
{
    return json_object_has_member(json, member) && !json_object_get_null_member(json, member);
}

void
dim_backup_answer(DimAnswers *answers, DimQuestion *question)
{
    JsonObject *json = dim_content_json(question->content);
    const char *title = dim_json_text(json, "title");

    if (title == NULL) /* the older form: the command is the title */
        title = dim_content_command(question->content);
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (!g_str_equal(rows[i].title, title))
            continue;
        /* Contacts that are not locked have a name of their own. */
        if (has(json, "data") || has(json, "contacts"))
            keep(dim_answers_office(answers), question, &rows[i]);
        else
            give_back(dim_answers_office(answers), question, &rows[i]);
        return;
    }
    dim_answers_refuse(answers, question, "Command not support.",
                       "Storage command (title: ${title}) not support yet!", "title", title);
}
