/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of services: the configuration's, and those behind which the station itself stands. */
#include "station/names.h"

#include <string.h>

#include "base/json.h"

#define NAMES_MAX      64 /* of one question that are looked at */
#define NAME_MAX_BYTES 64

/* Where nobody else is the archivist (search, backups), the station is. */
static const char *const own[] = { "archivist" };

DimId *
dim_names_resolve(const DimOffice *office, const char *name)
{
    DimId *id = dim_settings_resolve(office->settings, name);

    for (guint i = 0; id == NULL && i < G_N_ELEMENTS(own); i++) {
        if (g_str_equal(own[i], name))
            id = dim_clerk_me(office->clerk);
    }
    return id;
}

/* The names that are looked at. New string. */
static char *
sort_names(const DimOffice *office, const char *text, JsonObject *records, JsonArray *missed)
{
    g_auto(GStrv) names = g_strsplit_set(text, " \t\r\n", -1);
    GString *told = g_string_new(NULL);
    guint count = 0;

    for (char **name = names; *name != NULL && count < NAMES_MAX; name++) {
        DimId *id;

        if (**name == '\0' || strlen(*name) > NAME_MAX_BYTES)
            continue;
        count++;
        g_string_append_printf(told, "%s%s", told->len > 0 ? " " : "", *name);
        id = dim_names_resolve(office, *name);
        if (id != NULL)
            json_object_set_string_member(records, *name, dim_id_text(id));
        else
            json_array_add_string_element(missed, *name);
    }
    return g_string_free(told, FALSE);
}

void
dim_names_answer(DimAnswers *answers, DimQuestion *question)
{
    JsonObject *asked = dim_content_json(question->content);
    const char *text = dim_json_text(asked, "names");
    g_autofree char *told = NULL;
    JsonObject *records;
    JsonArray *missed;
    JsonObject *json;

    if (json_object_has_member(asked, "records"))
        return; /* an answer, not a question */
    if (text == NULL || *text == '\0') {
        dim_answers_receipt(question, "ANS command error.", NULL, NULL, NULL);
        return;
    }
    records = json_object_new();
    missed = json_array_new();
    json = json_object_new();
    told = sort_names(dim_answers_office(answers), text, records, missed);
    json_object_set_string_member(json, "command", "ans");
    json_object_set_string_member(json, "cmd", "ans");
    json_object_set_string_member(json, "names", told);
    json_object_set_object_member(json, "records", records);
    if (json_array_get_length(missed) > 0)
        json_object_set_array_member(json, "missed", missed);
    else
        json_array_unref(missed);
    dim_answers_add(question, dim_content_new_take(DIM_CONTENT_COMMAND, json));
}
