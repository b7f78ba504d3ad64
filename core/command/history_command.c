/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who belongs to a group: records that came in, judged by the group's bulletin and kept (protocol §5.14). */
#include <string.h>

#include "base/errors.h"
#include "base/json.h"
#include "command/command.h"
#include "message/history.h"

#define MAX_GROUPS 500
#define MAX_ADMINS 100

typedef struct {
    DimHistoryRules rules;
    DimId *owner;
    GPtrArray *administrators;
} Bulletin;

static void
release_id(gpointer id)
{
    dim_id_unref(id);
}

static void
bulletin_clear(Bulletin *bulletin)
{
    g_clear_pointer(&bulletin->owner, dim_id_unref);
    g_clear_pointer(&bulletin->administrators, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Bulletin, bulletin_clear)

static void
read_administrators(Bulletin *bulletin, JsonObject *properties)
{
    JsonArray *names = dim_json_array(properties, "administrators");
    guint count = names != NULL ? MIN(json_array_get_length(names), MAX_ADMINS) : 0;

    for (guint i = 0; i < count; i++) {
        JsonNode *node = json_array_get_element(names, i);
        DimId *id =
            JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_STRING
                ? dim_id_parse(json_node_get_string(node), NULL)
                : NULL;

        if (id != NULL)
            g_ptr_array_add(bulletin->administrators, id);
    }
}

/* The book took the bulletin only because the group's own key signed it: the founder's (polylogue rule). */
static void
read_bulletin(const DimDesk *desk, const DimId *group, Bulletin *bulletin)
{
    DimDocument *document = dim_book_document(desk->book, group);
    JsonObject *properties = document != NULL ? dim_document_properties(document) : NULL;
    const char *founder = properties != NULL ? dim_json_text(properties, "founder") : NULL;

    bulletin->administrators = g_ptr_array_new_with_free_func(release_id);
    if (founder != NULL)
        bulletin->owner = dim_id_parse(founder, NULL);
    if (properties != NULL)
        read_administrators(bulletin, properties);
    bulletin->rules = (DimHistoryRules){
        .group = group,
        .owner = bulletin->owner,
        .administrators = bulletin->administrators,
        .bulletin_time = document != NULL ? dim_document_time(document) : 0,
        .now = dim_clock_now(desk->clock),
    };
}

/* (transfer full), never NULL unless the store failed: an unreadable one begins anew. */
static DimHistory *
load(const DimDesk *desk, const DimId *group, gboolean *held, GError **error)
{
    g_autoptr(GError) failure = NULL;
    g_autoptr(GBytes) kept =
        dim_store_load(desk->store, DIM_TABLE_GROUPS, dim_id_text(group), &failure);
    DimHistory *history = NULL;

    *held = kept != NULL;
    if (failure != NULL) {
        g_propagate_error(error, g_steal_pointer(&failure));
        return NULL;
    }
    if (kept != NULL)
        history = dim_history_from_text(g_bytes_get_data(kept, NULL),
                                        (gssize)g_bytes_get_size(kept), NULL);
    return history != NULL ? history : dim_history_new();
}

static gboolean
save(const DimDesk *desk, const DimId *group, const DimHistory *history, GError **error)
{
    char *text = dim_history_to_text(history);
    g_autoptr(GBytes) value = g_bytes_new_take(text, strlen(text));
    DimRecord record = { .key = dim_id_text(group),
                         .rank = dim_clock_now(desk->clock),
                         .value = value };

    return dim_store_save(desk->store, DIM_TABLE_GROUPS, &record, error);
}

/* What the actor is told when it did not work. */
static const char *
refusal(DimHistoryVerdict verdict, const DimHistoryRules *rules)
{
    switch (verdict) {
    case DIM_HISTORY_EXPIRED:
        return "Command expired.";
    case DIM_HISTORY_DENIED:
        return rules->owner == NULL ? "Group empty." : "Permission denied.";
    case DIM_HISTORY_FUTURE:
    case DIM_HISTORY_MALFORMED:
        return "Command error.";
    case DIM_HISTORY_APPLIED:
    case DIM_HISTORY_PENDING:
    case DIM_HISTORY_IGNORED:
    default:
        return NULL;
    }
}

/* Groups cost nothing to make: those of others are not kept for them. */
static gboolean
is_worth_keeping(const DimDesk *desk,
                 DimHistory *history,
                 const DimHistoryRules *rules,
                 gboolean held)
{
    return held
           || (dim_history_has(history, rules, dim_user_id(desk->user))
               && dim_store_count(desk->store, DIM_TABLE_GROUPS) < MAX_GROUPS);
}

gboolean
dim_handle_history(DimDesk *desk,
                   const DimMessage *message,
                   const DimContent *content,
                   GError **error)
{
    const DimId *group = dim_content_group(content);
    g_auto(Bulletin) bulletin = { .owner = NULL };
    g_autoptr(DimHistory) history = NULL;
    DimHistoryVerdict verdict;
    const char *word;
    gboolean held;

    if (group == NULL || !dim_id_is_group(group) || dim_id_is_broadcast(group)) {
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_MALFORMED, "history of no group");
        return FALSE;
    }
    history = load(desk, group, &held, error);
    if (history == NULL)
        return FALSE;
    read_bulletin(desk, group, &bulletin);
    verdict = dim_history_add(history, &bulletin.rules, dim_message_sender(message), content);
    word = refusal(verdict, &bulletin.rules);
    if (word != NULL) {
        dim_desk_receipt(desk, message, word);
        g_set_error(error, DIM_ERROR, DIM_ERROR_NOT_ALLOWED, "group history: %s", word);
        return FALSE;
    }
    if (verdict != DIM_HISTORY_APPLIED
        || !is_worth_keeping(desk, history, &bulletin.rules, held))
        return TRUE;
    return save(desk, group, history, error);
}

gboolean
dim_may_speak_in(const DimDesk *desk, const DimId *group, const DimId *who)
{
    g_auto(Bulletin) bulletin = { .owner = NULL };
    g_autoptr(DimHistory) history = NULL;
    gboolean held;

    history = load(desk, group, &held, NULL);
    if (history == NULL || !held)
        return TRUE;
    read_bulletin(desk, group, &bulletin);
    return dim_history_members(history, &bulletin.rules)->len == 0
           || dim_history_has(history, &bulletin.rules, who);
}
