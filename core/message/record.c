/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One record of a group's history: read from what its actor said, and from what was kept. */
#include "message/record.h"

#include <string.h>

#include "base/json.h"
#include "message/services.h"

void
dim_group_record_free(gpointer data)
{
    DimGroupRecord *record = data;

    g_free(record->command);
    g_clear_pointer(&record->actor, dim_id_unref);
    g_clear_pointer(&record->people, g_ptr_array_unref);
    g_free(record->tag);
    g_free(record);
}

/* The older spelling of one person. (nullable) */
static GPtrArray *
read_member(const DimContent *content)
{
    const char *one = dim_json_text(dim_content_json(content), "member");
    GPtrArray *people;
    DimId *id;

    if (one == NULL)
        return NULL;
    people = g_ptr_array_new_with_free_func((GDestroyNotify)dim_id_unref);
    id = dim_id_parse(one, NULL);
    if (id != NULL)
        g_ptr_array_add(people, id);
    return people;
}

/* Half of a reset would throw the other half out. */
static gboolean
names_too_many(const DimContent *content)
{
    JsonArray *members = dim_json_array(dim_content_json(content), "members");

    return members != NULL && json_array_get_length(members) > DIM_IDS_MAX;
}

static gsize
measure(const DimGroupRecord *record)
{
    g_autoptr(JsonObject) object = dim_group_record_to_json(record);
    g_autofree char *text = dim_json_write(object);

    return strlen(text);
}

DimGroupRecord *
dim_group_record_read(const DimId *actor, const DimContent *content, const char *tag)
{
    static const char *const names[] = { "reset", "invite", "quit", "resign", "join", NULL };
    const char *command = dim_content_command(content);
    DimGroupRecord *record;
    gboolean names_others;

    if (command == NULL || !g_strv_contains(names, command) || !(dim_content_time(content) > 0)
        || dim_content_serial(content) == 0 || names_too_many(content))
        return NULL;
    record = g_new0(DimGroupRecord, 1);
    record->command = g_strdup(command);
    record->actor = dim_id_ref(actor);
    record->time = dim_content_time(content);
    /* Of who comes and goes for himself, names would only be weight: anybody may wish to come. */
    names_others =
        dim_group_record_is(record, "reset") || dim_group_record_is(record, "invite");
    record->people = names_others ? dim_command_ids(content, "members") : NULL;
    if (names_others && record->people == NULL)
        record->people = read_member(content);
    record->tag = g_strdup(tag);
    record->size = measure(record);
    if (record->size > DIM_GROUP_RECORD_MAX)
        g_clear_pointer(&record, dim_group_record_free);
    return record;
}

DimGroupRecord *
dim_group_record_from_json(JsonObject *object)
{
    g_autoptr(DimContent) content = dim_content_from_json(object, NULL);
    g_autoptr(DimId) actor =
        content != NULL ? dim_id_parse(dim_json_text(object, "actor"), NULL) : NULL;
    const char *tag = dim_json_text(object, "tag");

    if (actor == NULL)
        return NULL;
    return dim_group_record_read(
        actor, content, tag != NULL && strlen(tag) <= DIM_GROUP_RECORD_TAG_MAX ? tag : NULL);
}

JsonObject *
dim_group_record_to_json(const DimGroupRecord *record)
{
    JsonObject *object = json_object_new();
    JsonArray *people;

    json_object_set_string_member(object, "command", record->command);
    json_object_set_string_member(object, "actor", dim_id_text(record->actor));
    json_object_set_double_member(object, "time", record->time);
    json_object_set_int_member(object, "type", DIM_CONTENT_HISTORY);
    json_object_set_int_member(object, "sn", 1);
    if (record->tag != NULL)
        json_object_set_string_member(object, "tag", record->tag);
    if (record->people == NULL)
        return object;
    people = json_array_new();
    for (guint i = 0; i < record->people->len; i++)
        json_array_add_string_element(people,
                                      dim_id_text(g_ptr_array_index(record->people, i)));
    json_object_set_array_member(object, "members", people);
    return object;
}

gboolean
dim_group_record_is(const DimGroupRecord *record, const char *command)
{
    return g_str_equal(record->command, command);
}

static gboolean
are_same(const GPtrArray *a, const GPtrArray *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    for (guint i = 0; a->len == b->len && i < a->len; i++) {
        if (!dim_id_equal(g_ptr_array_index(a, i), g_ptr_array_index(b, i)))
            return FALSE;
    }
    return a->len == b->len;
}

gboolean
dim_group_record_repeats(const DimGroupRecord *a, const DimGroupRecord *b)
{
    return a->time == b->time && g_str_equal(a->command, b->command)
           && dim_id_equal(a->actor, b->actor) && are_same(a->people, b->people);
}
