/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Search by words and the list of who is online: bounded pages, for people who logged in. */
#include "station/search.h"

#include <string.h>

#include "base/json.h"

#define ONLINE    "users" /* as a keyword: who is here */
#define WORDS_MAX 8
#define BYTES_MAX 256 /* of all words */
#define PAGE      50  /* told when the asker names no limit, */
#define PAGE_HERE 100 /* of who is here */
#define PAGE_MAX  100 /* and when he names one */
/* Of those who match nobody behind these is told: this is no way to copy the book. */
#define REACH 1000

/* What looking at so many takes is about one signature checked. */
#define LOOKED_PER_WORK 500.0
#define HERE_PER_WORK   50.0

typedef struct {
    guint start, count;
} Page;

static Page
page_of(JsonObject *json, guint usual)
{
    gint64 start = CLAMP(dim_json_integer(json, "start", 0), 0, REACH);
    gint64 limit = dim_json_integer(json, "limit", 0);

    if (limit <= 0)
        limit = usual;
    return (Page){ (guint)start, (guint)MIN(MIN(limit, PAGE_MAX), REACH - start) };
}

/* ---- who is here ---- */

typedef struct {
    DimKeeper *keeper;
    const DimId *asker;
    Page page;
    guint looked;
    JsonArray *found;
} Here;

static gboolean
note_present(const DimId *account, gpointer data)
{
    Here *here = data;

    if (json_array_get_length(here->found) >= here->page.count)
        return FALSE;
    here->looked++;
    /* Whoever wants to hear nothing of somebody does not want to be watched by him either. */
    if (dim_keeper_blocks(here->keeper, account, here->asker, NULL))
        return TRUE;
    if (here->page.start > 0)
        here->page.start--;
    else
        json_array_add_string_element(here->found, dim_id_text(account));
    return TRUE;
}

/* (transfer full) */
static JsonArray *
find_present(const DimOffice *office, DimQuestion *question)
{
    Here here = { .keeper = office->keeper,
                  .asker = dim_message_sender(question->message),
                  .page = page_of(dim_content_json(question->content), PAGE_HERE),
                  .found = json_array_new() };

    if (office->relay != NULL)
        dim_relay_each_present(office->relay, note_present, &here);
    question->work += here.looked / HERE_PER_WORK;
    return here.found;
}

/* ---- who has this name ---- */

/* NULL if there are none, or too many. New array. */
static char **
words_of(const char *keywords)
{
    g_auto(GStrv) parts = NULL;
    g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);

    if (strlen(keywords) > BYTES_MAX)
        return NULL;
    parts = g_strsplit_set(keywords, " \t\r\n", -1);
    for (char **part = parts; *part != NULL; part++) {
        if (**part != '\0')
            g_ptr_array_add(words, g_strdup(*part));
    }
    if (words->len == 0 || words->len > WORDS_MAX)
        return NULL;
    g_ptr_array_add(words, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&words), FALSE);
}

/* (transfer full), or NULL if these are no words to search for. */
static JsonArray *
find_named(const DimOffice *office, DimQuestion *question, const char *keywords)
{
    g_auto(GStrv) words = words_of(keywords);
    Page page = page_of(dim_content_json(question->content), PAGE);
    g_autoptr(GPtrArray) people = NULL;
    JsonArray *found;
    guint looked = 0;

    if (words == NULL)
        return NULL;
    people = dim_directory_find(dim_clerk_directory(office->clerk), words, page.start,
                                page.count, &looked);
    question->work += looked / LOOKED_PER_WORK;
    found = json_array_new();
    for (guint i = 0; i < people->len; i++)
        json_array_add_string_element(found, people->pdata[i]);
    return found;
}

/* ---- the answer ---- */

/* Takes users. */
static void
tell(const DimOffice *office, DimQuestion *question, const char *keywords, JsonArray *users)
{
    JsonObject *asked = dim_content_json(question->content);
    JsonObject *json = json_object_new();

    json_object_set_string_member(json, "command", "search");
    json_object_set_string_member(json, "keywords", keywords);
    json_object_set_int_member(json, "start", dim_json_integer(asked, "start", 0));
    json_object_set_int_member(json, "limit", dim_json_integer(asked, "limit", 0));
    json_object_set_array_member(json, "users", users);
    json_object_set_string_member(json, "station", dim_id_text(dim_clerk_me(office->clerk)));
    dim_answers_add(question, dim_content_new_take(DIM_CONTENT_COMMAND, json));
}

void
dim_search_answer(DimAnswers *answers, DimQuestion *question)
{
    const DimOffice *office = dim_answers_office(answers);
    JsonObject *json = dim_content_json(question->content);
    const char *command = dim_content_command(question->content);
    const char *keywords = dim_json_text(json, "keywords");
    JsonArray *found = NULL;
    gboolean online;

    if (json_object_has_member(json, "users"))
        return; /* an answer, not a question */
    if (keywords == NULL && g_str_equal(command, ONLINE))
        keywords = ONLINE;
    online = g_strcmp0(keywords, ONLINE) == 0;
    if (online ? !office->settings->online : !office->settings->search) {
        dim_answers_refuse(answers, question, "Command not support.",
                           "Command (name: ${command}) not support yet!", "command", command);
        return;
    }
    if (online)
        found = find_present(office, question);
    else if (keywords != NULL)
        found = find_named(office, question, keywords);
    if (found == NULL)
        dim_answers_receipt(question, "Search command error.", NULL, NULL, NULL);
    else
        tell(office, question, keywords, found);
}
