/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimContent: the members that every content has, read once; the rest stays JSON. */
#include "message/content.h"

#include <string.h>

#include "base/clock.h"
#include "base/errors.h"
#include "base/json.h"
#include "message/binding.h"
#include "message/content_types.h"

struct _DimContent {
    gint refs;
    int type;
    guint64 serial;
    double time;
    JsonObject *json; /* (nullable) made when asked for, of source or for a text of my own */
    char *source;     /* (nullable) what it was read from */
    char *text;       /* (nullable) the words, if they were read or are mine */
    gboolean acts;    /* has an "action", which may mean more than its words */
    char *name;       /* (nullable) of the command */
    char *binding;    /* (nullable) read only, never of a content of my own */
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

/* A member of this name that is not of our form is somebody else's, and means something else. New string, or NULL. */
static char *
own_binding(const char *text)
{
    return text != NULL && strlen(text) == DIM_BINDING_LENGTH ? g_strdup(text) : NULL;
}

/* TRUE with *group NULL if there is none; an empty one is none. */
static gboolean
read_group(JsonObject *object, DimId **group, GError **error)
{
    JsonNode *node = json_object_get_member(object, "group");
    const char *text = dim_json_text(object, "group");

    *group = NULL;
    if (node == NULL || JSON_NODE_HOLDS_NULL(node) || g_strcmp0(text, "") == 0)
        return TRUE;
    *group = dim_id_parse(text, error);
    return *group != NULL;
}

static JsonObject *
tree_of(const char *source)
{
    JsonObject *object = dim_json_parse(source, -1, NULL);

    if (object != NULL)
        dim_restore_names(object, dim_short_names, G_N_ELEMENTS(dim_short_names));
    return object;
}

static int
type_of(const DimJsonView *view, const char *source)
{
    int type = dim_content_type_of_view(view);
    g_autoptr(JsonObject) object = type == DIM_CONTENT_STRANGE ? tree_of(source) : NULL;

    return object != NULL ? dim_content_type_of(object) : type;
}

DimContent *
dim_content_parse(const char *text, gssize length, GError **error)
{
    g_autoptr(DimJsonView) view = dim_json_view_new(text, length, error);
    g_autoptr(DimContent) content = NULL;
    const char *group;
    int kind;

    if (view == NULL)
        return NULL;
    dim_restore_view_names(view, dim_short_names, G_N_ELEMENTS(dim_short_names));
    content = g_new0(DimContent, 1);
    content->refs = 1;
    content->source = length < 0 ? g_strdup(text) : g_strndup(text, (gsize)length);
    content->type = type_of(view, content->source);
    if (content->type < 0) {
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_MALFORMED, "content without a type");
        return NULL;
    }
    kind = dim_json_view_kind(view, "group");
    group = dim_json_view_text(view, "group");
    if (kind >= 0 && kind != 'n' && g_strcmp0(group, "") != 0) {
        content->group = dim_id_parse(group, error);
        if (content->group == NULL)
            return NULL;
    }
    content->serial = dim_json_view_serial(view, "sn");
    content->time = dim_json_view_time(view, "time");
    content->text = g_strdup(dim_json_view_text(view, "text"));
    content->binding = own_binding(dim_json_view_text(view, "binding"));
    content->acts = dim_json_view_kind(view, "action") >= 0;
    if (is_command(content->type, NULL))
        content->name = g_strdup(dim_json_view_text2(view, "command", "cmd"));
    return g_steal_pointer(&content);
}

/* What stands inside of a content has passed the gate with it: it is not written to be read again. */
DimContent *
dim_content_from_json(JsonObject *object, GError **error)
{
    g_autoptr(JsonObject) own = NULL;
    DimId *group = NULL;
    DimContent *content;
    int type;

    g_return_val_if_fail(object != NULL, NULL);
    own = dim_json_copy(object);
    dim_restore_names(own, dim_short_names, G_N_ELEMENTS(dim_short_names));
    type = dim_content_type_of(own);
    if (type < 0) {
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_MALFORMED, "content without a type");
        return NULL;
    }
    if (!read_group(own, &group, error))
        return NULL;
    content = take_object(g_steal_pointer(&own), type, group);
    content->binding = own_binding(dim_json_text(content->json, "binding"));
    return content;
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
    content->text = g_utf8_make_valid(text, -1);
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
    g_free(content->source);
    g_free(content->text);
    g_free(content->name);
    g_free(content->binding);
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
    if (content->text != NULL || content->source != NULL)
        return content->text;
    return dim_json_text(content->json, "text");
}

const char *
dim_content_plain_words(const DimContent *content)
{
    return content->type == DIM_CONTENT_TEXT && !content->acts ? content->text : NULL;
}

const char *
dim_content_command(const DimContent *content)
{
    return content->name;
}

const char *
dim_content_binding(const DimContent *content)
{
    return content->binding;
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

gboolean
dim_content_is_for_programs(const DimContent *content)
{
    return content->type == DIM_CONTENT_CUSTOMIZED
           && g_strcmp0(dim_json_text(dim_content_json(content), "app"), "chat.dim.group") == 0;
}

static JsonObject *
tree_of_text(const DimContent *content)
{
    JsonObject *object = json_object_new();

    json_object_set_int_member(object, "type", content->type);
    json_object_set_int_member(object, "sn", (gint64)content->serial);
    json_object_set_double_member(object, "time", content->time);
    json_object_set_string_member(object, "text", content->text);
    return object;
}

/* The tree is a cache: most texts come and go without it. */
JsonObject *
dim_content_json(const DimContent *content)
{
    if (content->json == NULL) {
        DimContent *cache = (DimContent *)(gintptr)content;

        cache->json =
            content->source != NULL ? tree_of(content->source) : tree_of_text(content);
    }
    return content->json;
}

char *
dim_content_to_text(const DimContent *content)
{
    GString *out;

    if (content->source != NULL || content->text == NULL)
        return dim_json_write(dim_content_json(content));
    out = g_string_sized_new(strlen(content->text) + 96);
    g_string_append_printf(out,
                           "{\"type\":%d,\"sn\":%" G_GUINT64_FORMAT ",\"time\":", content->type,
                           content->serial);
    dim_append_time(out, content->time);
    dim_append_name(out, "text");
    dim_json_append_string(out, content->text);
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
