/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Block and mute lists: kept, given back, and what a blocked sender is told. */
#include "station/lists.h"

#include "base/json.h"
#include "message/commands.h"
#include "message/services.h"

#define LIST_MAX 2000 /* people and groups in one list */
#define NAME_LEN 64   /* characters of a name in a receipt */

/* "Block received." and "Block command received: ${did}." with the command's own name. */
static void
say(DimQuestion *question, const char *command, const char *what)
{
    g_autofree char *name = g_strdup_printf("%c%s", g_ascii_toupper(command[0]), command + 1);
    g_autofree char *text = g_strdup_printf("%s %s.", name, what);
    g_autofree char *template_text = g_strdup_printf("%s command %s: ${did}.", name, what);

    dim_answers_receipt(question, text, template_text, "did",
                        dim_id_text(dim_message_sender(question->message)));
}

static void
give_back(const DimOffice *office, DimQuestion *question, const char *command)
{
    g_autofree char *text =
        dim_keeper_get(office->keeper, command, dim_message_sender(question->message));
    DimContent *content = text != NULL ? dim_content_parse(text, -1, NULL) : NULL;
    g_autoptr(GPtrArray) nobody = NULL;

    if (content == NULL) {
        nobody = g_ptr_array_new();
        content = dim_list_new(command, nobody);
    }
    dim_answers_add(question, content);
}

/* The list alone, with the serial number and the time that its owner gave it. New string. */
static char *
text_of(const DimContent *content, const char *command, const GPtrArray *ids)
{
    g_autoptr(DimContent) plain = dim_list_new(command, ids);
    JsonObject *json = dim_json_copy(dim_content_json(plain));
    g_autoptr(DimContent) list = NULL;

    if (dim_content_time(content) > 0)
        json_object_set_double_member(json, "time", dim_content_time(content));
    if (dim_content_serial(content) > 0)
        json_object_set_int_member(json, "sn", (gint64)dim_content_serial(content));
    list = dim_content_new_take(DIM_CONTENT_COMMAND, json);
    return dim_content_to_text(list);
}

static void
keep(const DimOffice *office, DimQuestion *question, const char *command, JsonArray *array)
{
    g_autoptr(GPtrArray) ids = dim_command_ids(question->content, "list");
    g_autofree char *text = text_of(question->content, command, ids);
    g_autoptr(GError) error = NULL;
    DimKeeperVerdict verdict = DIM_KEEPER_FULL;

    if (json_array_get_length(array) <= LIST_MAX)
        verdict = dim_keeper_put(office->keeper, command, dim_message_sender(question->message),
                                 dim_content_time(question->content), text, &error);
    if (error != NULL)
        g_warning("a %s list could not be kept: %s", command, error->message);
    say(question, command, dim_keeper_words(verdict));
}

void
dim_lists_answer(DimAnswers *answers, DimQuestion *question)
{
    const DimOffice *office = dim_answers_office(answers);
    JsonObject *json = dim_content_json(question->content);
    const char *command = dim_content_command(question->content);
    JsonArray *list = dim_json_array(json, "list");

    if (list != NULL)
        keep(office, question, command, list);
    else if (!json_object_has_member(json, "list") || json_object_get_null_member(json, "list"))
        give_back(office, question, command);
    else
        say(question, command, "error");
}

/* New string. */
static char *
name_of(DimBook *book, const DimId *id)
{
    const char *name = dim_book_name(book, id);

    if (name == NULL || *name == '\0')
        return g_strdup(dim_id_text(id));
    return g_utf8_substring(name, 0, MIN(g_utf8_strlen(name, -1), NAME_LEN));
}

DimContent *
dim_lists_blocked_new(DimBook *book, const DimMessage *message, const DimId *reader)
{
    const DimId *group = dim_message_group(message);
    g_autofree char *name = name_of(book, reader);
    g_autofree char *text = NULL;
    g_autofree char *group_name = NULL;
    g_autoptr(DimContent) plain = NULL;
    JsonObject *json;

    if (group == NULL) {
        text = g_strdup_printf("Message is blocked by \"%s\"", name);
        return dim_receipt_new(text, message);
    }
    group_name = name_of(book, group);
    text = g_strdup_printf("Message is blocked by \"%s\" in group \"%s\"", name, group_name);
    plain = dim_receipt_new(text, message);
    json = dim_json_copy(dim_content_json(plain));
    json_object_set_string_member(json, "group", dim_id_text(group));
    return dim_content_new_take(DIM_CONTENT_COMMAND, json);
}
