/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimContent: the members that every content has, read once; the rest stays JSON. */
#include "message/content.h"

#include <string.h>

#include "base/clock.h"
#include "base/errors.h"
#include "base/json.h"
#include "message/content_types.h"

struct _DimContent {
    gint refs;
    int type;
    guint64 serial;
    double time;
    JsonObject *json; /* made when asked for, for a text of my own */
    char *own_text;   /* (nullable) a text of my own */
    char *name;       /* (nullable) of the command */
    DimId *group;     /* (nullable) */
};

/* New name and old name of one member, and whom it concerns (protocol §9). */
typedef struct {
    const char *name;
    const char *old_name;
    gboolean (*applies)(int type, const char *command);
} Twin;

static gboolean
is_command(int type, G_GNUC_UNUSED const char *command)
{
    return type == DIM_CONTENT_COMMAND || type == DIM_CONTENT_HISTORY;
}

static gboolean
names_somebody(int type, const char *command)
{
    static const char *const commands[] = { "meta", "document", "documents", "login", NULL };

    return type == DIM_CONTENT_CARD
           || (is_command(type, command) && command != NULL
               && g_strv_contains(commands, command));
}

static gboolean
is_file(int type, G_GNUC_UNUSED const char *command)
{
    return type == DIM_CONTENT_FILE || type == DIM_CONTENT_IMAGE || type == DIM_CONTENT_AUDIO
           || type == DIM_CONTENT_VIDEO;
}

static gboolean
is_receipt(int type, const char *command)
{
    return is_command(type, command) && g_strcmp0(command, "receipt") == 0;
}

static const Twin dim_twins[] = {
    { "command", "cmd", is_command },
    { "did", "ID", names_somebody },
    { "key", "password", is_file },
    { "origin", "envelope", is_receipt },
};

static const DimShortName dim_short_names[] = {
    { "C", "command" }, { "G", "group" }, { "N", "sn" }, { "T", "type" }, { "W", "time" },
};

/* Reads what all contents have; takes the object over. */
static DimContent *
take_object(JsonObject *object, int type, DimId *group)
{
    DimContent *content = g_new0(DimContent, 1);

    content->refs = 1;
    content->type = type;
    content->json = object;
    content->serial = dim_json_serial(object, "sn");
    content->time = dim_json_time(object, "time");
    content->group = group;
    if (is_command(type, NULL))
        content->name = g_strdup(dim_json_text2(object, "command", "cmd"));
    return content;
}

/* TRUE with *group NULL if there is none. */
static gboolean
read_group(JsonObject *object, DimId **group, GError **error)
{
    JsonNode *node = json_object_get_member(object, "group");

    *group = NULL;
    if (node == NULL || JSON_NODE_HOLDS_NULL(node))
        return TRUE;
    *group = dim_id_parse(dim_json_text(object, "group"), error);
    return *group != NULL;
}

/* Takes the object over, also on failure. */
static DimContent *
read_object(JsonObject *object, GError **error)
{
    g_autoptr(JsonObject) owned = object;
    DimId *group;
    int type = dim_content_type_of(object);

    if (type < 0) {
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_MALFORMED, "content without a type");
        return NULL;
    }
    if (!read_group(object, &group, error))
        return NULL;
    return take_object(g_steal_pointer(&owned), type, group);
}

DimContent *
dim_content_parse(const char *text, gssize length, GError **error)
{
    JsonObject *object = dim_json_parse(text, length, error);

    if (object == NULL)
        return NULL;
    dim_restore_names(object, dim_short_names, G_N_ELEMENTS(dim_short_names));
    return read_object(object, error);
}

DimContent *
dim_content_from_json(JsonObject *object, GError **error)
{
    JsonObject *own;

    g_return_val_if_fail(object != NULL, NULL);
    if (json_object_has_member(object, "type"))
        return read_object(json_object_ref(object), error);
    own = dim_json_copy(object);
    dim_restore_names(own, dim_short_names, G_N_ELEMENTS(dim_short_names));
    return read_object(own, error);
}

DimContent *
dim_content_new_text(const char *text)
{
    DimContent *content;

    g_return_val_if_fail(text != NULL, NULL);
    content = g_new0(DimContent, 1);
    content->refs = 1;
    content->type = DIM_CONTENT_TEXT;
    content->serial = dim_content_next_serial();
    content->time = dim_clock_now(dim_clock_system());
    content->own_text = g_utf8_make_valid(text, -1);
    return content;
}

/* Both spellings, so that the oldest and the newest reader find theirs. */
static void
add_twins(JsonObject *object, int type)
{
    const char *command = dim_json_text2(object, "command", "cmd");

    for (guint i = 0; i < G_N_ELEMENTS(dim_twins); i++) {
        const Twin *twin = &dim_twins[i];
        JsonNode *node;

        if (!twin->applies(type, command) || json_object_has_member(object, twin->old_name))
            continue;
        node = json_object_dup_member(object, twin->name);
        if (node != NULL)
            json_object_set_member(object, twin->old_name, node);
    }
}

DimContent *
dim_content_new_take(int type, JsonObject *object)
{
    g_autoptr(JsonObject) given = object;
    g_autoptr(GList) names = NULL;
    JsonObject *own;
    DimId *group = NULL;

    g_return_val_if_fail(object != NULL && type >= 0, NULL);
    own = json_object_new(); /* type, sn, time go first, as all clients write them */
    json_object_set_int_member(own, "type", type);
    if (!json_object_has_member(given, "sn"))
        json_object_set_int_member(own, "sn", (gint64)dim_content_next_serial());
    if (!json_object_has_member(given, "time"))
        json_object_set_double_member(own, "time", dim_clock_now(dim_clock_system()));
    names = json_object_get_members(given);
    for (GList *l = names; l != NULL; l = l->next) {
        if (strcmp(l->data, "type") != 0)
            json_object_set_member(own, l->data, json_object_dup_member(given, l->data));
    }
    add_twins(own, type);
    if (!read_group(own, &group, NULL))
        g_critical("a content is built with a group that is no ID");
    return take_object(own, type, group);
}

DimContent *
dim_content_ref(DimContent *content)
{
    g_return_val_if_fail(content != NULL, NULL);
    g_atomic_int_inc(&content->refs);
    return content;
}

void
dim_content_unref(DimContent *content)
{
    if (content == NULL || !g_atomic_int_dec_and_test(&content->refs))
        return;
    g_clear_pointer(&content->json, json_object_unref);
    g_clear_pointer(&content->group, dim_id_unref);
    g_free(content->own_text);
    g_free(content->name);
    g_free(content);
}

int
dim_content_type(const DimContent *content)
{
    return content->type;
}

guint64
dim_content_serial(const DimContent *content)
{
    return content->serial;
}

double
dim_content_time(const DimContent *content)
{
    return content->time;
}

const char *
dim_content_text(const DimContent *content)
{
    return content->own_text != NULL ? content->own_text : dim_json_text(content->json, "text");
}

const char *
dim_content_command(const DimContent *content)
{
    return content->name;
}

DimId *
dim_content_group(const DimContent *content)
{
    return content->group;
}

gboolean
dim_content_is_command(const DimContent *content)
{
    return is_command(content->type, NULL);
}

/* The tree of a text of my own is a cache: most are sent without it. */
JsonObject *
dim_content_json(const DimContent *content)
{
    DimContent *cache;

    if (content->json != NULL)
        return content->json;
    cache = dim_content_ref((DimContent *)(gintptr)content);
    cache->json = json_object_new();
    json_object_set_int_member(cache->json, "type", content->type);
    json_object_set_int_member(cache->json, "sn", (gint64)content->serial);
    json_object_set_double_member(cache->json, "time", content->time);
    json_object_set_string_member(cache->json, "text", content->own_text);
    dim_content_unref(cache);
    return content->json;
}

char *
dim_content_to_text(const DimContent *content)
{
    GString *out;

    if (content->own_text == NULL)
        return dim_json_write(content->json);
    out = g_string_sized_new(strlen(content->own_text) + 96);
    g_string_append_printf(out,
                           "{\"type\":%d,\"sn\":%" G_GUINT64_FORMAT ",\"time\":", content->type,
                           content->serial);
    dim_append_time(out, content->time);
    dim_append_name(out, "text");
    dim_json_append_string(out, content->own_text);
    g_string_append_c(out, '}');
    return g_string_free(out, FALSE);
}

guint64
dim_content_next_serial(void)
{
    static gint last = 0;
    static gsize started = 0;
    gint old;
    gint next;

    if (g_once_init_enter(&started)) {
        last = (gint)dim_clock_random(dim_clock_system(), G_MAXINT32);
        g_once_init_leave(&started, 1);
    }
    do {
        old = g_atomic_int_get(&last);
        next = old >= G_MAXINT32 ? 1 : old + 1;
    } while (!g_atomic_int_compare_and_exchange(&last, old, next));
    return (guint64)next;
}
