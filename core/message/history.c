/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The records of a group in order of their time, and what they make of its members. */
#include "message/history.h"

#include "base/errors.h"
#include "base/json.h"
#include "message/history_parts.h"

#define VERSION 2 /* of a text with a fold */

DimHistory *
dim_history_new(void)
{
    DimHistory *history = g_new0(DimHistory, 1);

    history->refs = 1;
    history->records = g_ptr_array_new_with_free_func(dim_group_record_free);
    history->fold = dim_fold_new();
    return history;
}

DimHistory *
dim_history_ref(DimHistory *history)
{
    history->refs++;
    return history;
}

void
dim_history_forget_members(DimHistory *history)
{
    g_clear_pointer(&history->inside, g_hash_table_unref);
    g_clear_pointer(&history->named, g_hash_table_unref);
    g_clear_pointer(&history->members, g_ptr_array_unref);
    g_clear_pointer(&history->owner, dim_id_unref);
    g_clear_pointer(&history->administrators, g_ptr_array_unref);
}

void
dim_history_unref(DimHistory *history)
{
    if (history == NULL || --history->refs > 0)
        return;
    dim_history_forget_members(history);
    g_ptr_array_unref(history->records);
    dim_fold_free(history->fold);
    g_free(history);
}

gboolean
dim_history_lists(const GPtrArray *people, const DimId *who)
{
    for (guint i = 0; people != NULL && i < people->len; i++) {
        if (dim_id_equal(g_ptr_array_index(people, i), who))
            return TRUE;
    }
    return FALSE;
}

static int
rank(const DimGroupRecord *record)
{
    if (dim_group_record_is(record, "reset"))
        return 0;
    return dim_group_record_is(record, "quit") ? 2 : 1;
}

static gboolean
comes_before(const DimGroupRecord *record, const DimGroupRecord *other)
{
    return record->time < other->time
           || (record->time == other->time && rank(record) < rank(other));
}

void
dim_history_insert(DimHistory *history, DimGroupRecord *record)
{
    guint at = history->records->len;

    while (at > 0 && comes_before(record, dim_history_record(history, at - 1)))
        at--;
    g_ptr_array_insert(history->records, (gint)at, record);
    history->resigned |= dim_group_record_is(record, "resign");
}

const DimGroupRecord *
dim_history_last_reset(const DimHistory *history)
{
    for (guint i = history->records->len; i > 0; i--) {
        if (dim_group_record_is(dim_history_record(history, i - 1), "reset"))
            return dim_history_record(history, i - 1);
    }
    return NULL;
}

gboolean
dim_history_may_decide(const DimHistory *history,
                       const DimHistoryRules *rules,
                       const DimId *who,
                       double when)
{
    if (dim_id_equal(who, rules->owner))
        return TRUE;
    if (!dim_history_lists(rules->administrators, who))
        return FALSE;
    for (guint i = 0; history->resigned && i < history->records->len; i++) {
        const DimGroupRecord *record = dim_history_record(history, i);

        if (record->time <= when && record->time >= rules->bulletin_time
            && dim_group_record_is(record, "resign") && dim_id_equal(record->actor, who))
            return FALSE;
    }
    return TRUE;
}

gboolean
dim_history_decides(const DimHistory *history,
                    const DimHistoryRules *rules,
                    const DimGroupRecord *record)
{
    return dim_history_may_decide(history, rules, record->actor, record->time);
}

static void
apply(const DimHistory *history,
      const DimHistoryRules *rules,
      const DimGroupRecord *record,
      GPtrArray *list,
      GHashTable *set)
{
    gboolean right = dim_history_decides(history, rules, record);
    gboolean lets_in = dim_group_record_is(record, "invite") && right;
    guint at;

    for (guint i = 0; lets_in && record->people != NULL && i < record->people->len; i++) {
        DimId *who = g_ptr_array_index(record->people, i);

        if (!dim_fold_knows(history->fold, who, record->time, TRUE)
            && g_hash_table_add(set, who))
            g_ptr_array_add(list, who);
    }
    if (dim_group_record_is(record, "quit") && !right
        && !dim_fold_knows(history->fold, record->actor, record->time, FALSE)
        && g_hash_table_remove(set, record->actor)
        && g_ptr_array_find_with_equal_func(list, record->actor, dim_id_equal_func, &at))
        g_ptr_array_remove_index(list, at);
}

/* The rules are made anew for each line that is said in a group, and hardly ever say anything new. */
static gboolean
are_known(const DimHistory *history, const DimHistoryRules *rules)
{
    guint count = rules->administrators != NULL ? rules->administrators->len : 0;

    if (history->owner == NULL || rules->owner == NULL
        || !dim_id_equal(history->owner, rules->owner)
        || history->bulletin_time != rules->bulletin_time
        || history->administrators->len != count)
        return FALSE;
    for (guint i = 0; i < count; i++) {
        if (!dim_id_equal(history->administrators->pdata[i], rules->administrators->pdata[i]))
            return FALSE;
    }
    return TRUE;
}

static void
keep_members(DimHistory *history, const DimHistoryRules *rules, const GPtrArray *list)
{
    guint count = rules->administrators != NULL ? rules->administrators->len : 0;

    dim_history_forget_members(history);
    history->owner = rules->owner != NULL ? dim_id_ref(rules->owner) : NULL;
    history->bulletin_time = rules->bulletin_time;
    history->administrators = g_ptr_array_new_with_free_func((GDestroyNotify)dim_id_unref);
    for (guint i = 0; i < count; i++)
        g_ptr_array_add(history->administrators,
                        dim_id_ref(g_ptr_array_index(rules->administrators, i)));
    history->members = g_ptr_array_new_with_free_func((GDestroyNotify)dim_id_unref);
    history->inside = g_hash_table_new(dim_id_hash, dim_id_equal_func);
    for (guint i = 0; i < list->len; i++) {
        g_ptr_array_add(history->members, dim_id_ref(g_ptr_array_index(list, i)));
        g_hash_table_add(history->inside, g_ptr_array_index(list, i));
    }
}

static void
work_out_members(DimHistory *history, const DimHistoryRules *rules)
{
    g_autoptr(GHashTable) set = g_hash_table_new(dim_id_hash, dim_id_equal_func);
    g_autoptr(GPtrArray) list = g_ptr_array_new(); /* of the records' own IDs */
    const DimGroupRecord *reset = rules->owner != NULL ? dim_history_last_reset(history) : NULL;
    gboolean behind = FALSE;

    if (reset != NULL)
        dim_fold_members(history->fold, reset->people, list, set);
    for (guint i = 0; reset != NULL && i < history->records->len; i++) {
        const DimGroupRecord *record = dim_history_record(history, i);

        if (behind)
            apply(history, rules, record, list, set);
        behind |= record == reset;
    }
    keep_members(history, rules, list);
}

/* To work out the members of a large group costs milliseconds, and one message may bring a hundred records. */
void
dim_history_follow(DimHistory *history,
                   const DimHistoryRules *rules,
                   const DimGroupRecord *record)
{
    gboolean last = dim_history_record(history, history->records->len - 1) == record;
    gboolean invites = dim_group_record_is(record, "invite");
    gboolean right = invites && dim_history_decides(history, rules, record);

    if (dim_group_record_is(record, "join") || (invites && !right))
        return; /* a wish */
    /* Without the owner's reset nobody is in, whoever is invited. */
    if (history->inside == NULL || !are_known(history, rules) || rules->owner == NULL
        || dim_history_last_reset(history) == NULL
        || !(dim_group_record_is(record, "quit") || (right && last))
        || record->time <= dim_fold_time(history->fold)) {
        dim_history_forget_members(history);
        return;
    }
    if (!invites && g_hash_table_contains(history->inside, record->actor))
        dim_history_forget_members(history);
    for (guint i = 0; invites && i < record->people->len; i++) {
        DimId *who = g_ptr_array_index(record->people, i);

        if (history->named != NULL)
            g_hash_table_add(history->named, who);
        if (g_hash_table_add(history->inside, who))
            g_ptr_array_add(history->members, dim_id_ref(who));
    }
}

GPtrArray *
dim_history_members(DimHistory *history, const DimHistoryRules *rules)
{
    if (!are_known(history, rules))
        work_out_members(history, rules);
    return history->members;
}

gboolean
dim_history_has(DimHistory *history, const DimHistoryRules *rules, const DimId *who)
{
    (void)dim_history_members(history, rules);
    return g_hash_table_contains(history->inside, who);
}

static void
name_all(GHashTable *set, const GPtrArray *people)
{
    for (guint i = 0; people != NULL && i < people->len; i++)
        g_hash_table_add(set, g_ptr_array_index(people, i));
}

static GHashTable *
work_out_named(const DimHistory *history, const DimHistoryRules *rules)
{
    GHashTable *set = g_hash_table_new(dim_id_hash, dim_id_equal_func);

    for (guint i = 0; i < history->records->len; i++) {
        const DimGroupRecord *record = dim_history_record(history, i);

        if (dim_group_record_is(record, "reset")
            || (dim_group_record_is(record, "invite")
                && dim_history_decides(history, rules, record)))
            name_all(set, record->people);
    }
    dim_fold_name_all(history->fold, set);
    return set;
}

GHashTable *
dim_history_named(DimHistory *history, const DimHistoryRules *rules)
{
    (void)dim_history_members(history, rules); /* they are kept and forgotten together */
    if (history->named == NULL)
        history->named = work_out_named(history, rules);
    return history->named;
}

gboolean
dim_history_keeps(const DimHistory *history, const char *tag)
{
    for (guint i = 0; i < history->records->len; i++) {
        if (g_strcmp0(dim_history_record(history, i)->tag, tag) == 0)
            return TRUE;
    }
    return dim_fold_keeps(history->fold, tag);
}

double
dim_history_time(const DimHistory *history)
{
    const DimGroupRecord *reset = dim_history_last_reset(history);

    return reset != NULL ? reset->time : 0;
}

/* ---- keeping ---- */

char *
dim_history_to_text(const DimHistory *history)
{
    g_autoptr(JsonObject) all = json_object_new();
    JsonArray *records = json_array_new();

    for (guint i = 0; i < history->records->len; i++)
        json_array_add_object_element(records,
                                      dim_group_record_to_json(dim_history_record(history, i)));
    json_object_set_array_member(all, "records", records);
    if (dim_fold_count(history->fold) > 0) {
        json_object_set_int_member(all, "version", VERSION);
        json_object_set_array_member(all, "folded", dim_fold_to_json(history->fold));
    }
    return dim_json_write(all);
}

/* Without a version it is the older form, which has records alone. */
static gboolean
read_fold(DimHistory *history, JsonObject *all)
{
    JsonArray *folded = dim_json_array(all, "folded");

    if (!json_object_has_member(all, "version") && !json_object_has_member(all, "folded"))
        return TRUE;
    return dim_json_integer(all, "version", 0) == VERSION && folded != NULL
           && dim_fold_read_json(history->fold, folded);
}

DimHistory *
dim_history_from_text(const char *text, gssize length, GError **error)
{
    g_autoptr(JsonObject) all = dim_json_parse(text, length, error);
    JsonArray *records = all != NULL ? dim_json_array(all, "records") : NULL;
    g_autoptr(DimHistory) history = dim_history_new();

    if (all != NULL && records == NULL)
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_MALFORMED, "a history of no records");
    if (records == NULL)
        return NULL;
    if (!read_fold(history, all)) {
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_MALFORMED, "a history folded wrongly");
        return NULL;
    }
    for (guint i = 0; i < json_array_get_length(records); i++) {
        JsonNode *node = json_array_get_element(records, i);
        DimGroupRecord *record = JSON_NODE_HOLDS_OBJECT(node)
                                     ? dim_group_record_from_json(json_node_get_object(node))
                                     : NULL;

        if (record != NULL)
            dim_history_insert(history, record);
    }
    dim_history_cut(history);
    return g_steal_pointer(&history);
}
