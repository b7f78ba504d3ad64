/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The records of a group in order of their time, and what they make of its members. */
#include "message/history.h"

#include "base/errors.h"
#include "base/json.h"
#include "message/services.h"

#define AHEAD       1800.0 /* seconds that a clock may be ahead of ours */
#define MAX_RECORDS 500
#define MAX_PEOPLE  20000 /* in all records together */

/* One of "reset", "invite", "quit", "resign", "join". */
typedef struct {
    char *command;
    DimId *actor;
    double time;
    GPtrArray *people; /* (nullable) of DimId: who is set or invited */
} Record;

struct _DimHistory {
    GPtrArray *records; /* of Record, by time */
    GPtrArray *members; /* (nullable) of DimId, as worked out last */
};

static void
release_id(gpointer id)
{
    dim_id_unref(id);
}

static void
record_free(gpointer data)
{
    Record *record = data;

    g_free(record->command);
    g_clear_pointer(&record->actor, dim_id_unref);
    g_clear_pointer(&record->people, g_ptr_array_unref);
    g_free(record);
}

DimHistory *
dim_history_new(void)
{
    DimHistory *history = g_new0(DimHistory, 1);

    history->records = g_ptr_array_new_with_free_func(record_free);
    return history;
}

void
dim_history_free(DimHistory *history)
{
    if (history == NULL)
        return;
    g_ptr_array_unref(history->records);
    g_clear_pointer(&history->members, g_ptr_array_unref);
    g_free(history);
}

static gboolean
contains(const GPtrArray *people, const DimId *who)
{
    for (guint i = 0; people != NULL && i < people->len; i++) {
        if (dim_id_equal(g_ptr_array_index(people, i), who))
            return TRUE;
    }
    return FALSE;
}

/* By time; what came first stays first among equals. */
static void
insert(GPtrArray *records, Record *record)
{
    guint at = records->len;

    while (at > 0 && ((const Record *)g_ptr_array_index(records, at - 1))->time > record->time)
        at--;
    g_ptr_array_insert(records, (gint)at, record);
}

static const Record *
last_reset(const DimHistory *history)
{
    for (guint i = history->records->len; i > 0; i--) {
        const Record *record = g_ptr_array_index(history->records, i - 1);

        if (g_str_equal(record->command, "reset"))
            return record;
    }
    return NULL;
}

/* The owner, and an administrator of the bulletin who has not resigned before this time. */
static gboolean
may_decide(const DimHistory *history,
           const DimHistoryRules *rules,
           const DimId *who,
           double when)
{
    if (dim_id_equal(who, rules->owner))
        return TRUE;
    if (!contains(rules->administrators, who))
        return FALSE;
    for (guint i = 0; i < history->records->len; i++) {
        const Record *record = g_ptr_array_index(history->records, i);

        if (record->time <= when && record->time >= rules->bulletin_time
            && g_str_equal(record->command, "resign") && dim_id_equal(record->actor, who))
            return FALSE;
    }
    return TRUE;
}

/* The set keeps who is in; the list keeps in which order they came. */
static void
let_in(GPtrArray *list, GHashTable *set, const GPtrArray *people)
{
    for (guint i = 0; i < people->len; i++) {
        DimId *who = g_ptr_array_index(people, i);

        if (g_hash_table_add(set, who))
            g_ptr_array_add(list, who);
    }
}

static void
apply(const DimHistory *history,
      const DimHistoryRules *rules,
      const Record *record,
      GPtrArray *list,
      GHashTable *set)
{
    gboolean decides = may_decide(history, rules, record->actor, record->time);
    guint at;

    if (g_str_equal(record->command, "invite") && decides)
        let_in(list, set, record->people);
    if (g_str_equal(record->command, "quit") && !decides
        && g_hash_table_remove(set, record->actor)
        && g_ptr_array_find_with_equal_func(list, record->actor, dim_id_equal_func, &at))
        g_ptr_array_remove_index(list, at);
}

GPtrArray *
dim_history_members(DimHistory *history, const DimHistoryRules *rules)
{
    g_autoptr(GHashTable) set = g_hash_table_new(dim_id_hash, dim_id_equal_func);
    g_autoptr(GPtrArray) list = g_ptr_array_new(); /* of the records' own IDs */
    const Record *reset = rules->owner != NULL ? last_reset(history) : NULL;
    gboolean behind = FALSE;

    if (reset != NULL)
        let_in(list, set, reset->people);
    for (guint i = 0; reset != NULL && i < history->records->len; i++) {
        const Record *record = g_ptr_array_index(history->records, i);

        if (behind)
            apply(history, rules, record, list, set);
        behind |= record == reset;
    }
    g_clear_pointer(&history->members, g_ptr_array_unref);
    history->members = g_ptr_array_new_with_free_func(release_id);
    for (guint i = 0; i < list->len; i++)
        g_ptr_array_add(history->members, dim_id_ref(g_ptr_array_index(list, i)));
    return history->members;
}

gboolean
dim_history_has(DimHistory *history, const DimHistoryRules *rules, const DimId *who)
{
    return contains(dim_history_members(history, rules), who);
}

/* ---- judging a record ---- */

/* Owner first, every administrator included (protocol §5.14). */
static gboolean
is_whole(const DimHistoryRules *rules, const GPtrArray *people)
{
    if (people == NULL || people->len == 0
        || !dim_id_equal(g_ptr_array_index(people, 0), rules->owner))
        return FALSE;
    for (guint i = 0; rules->administrators != NULL && i < rules->administrators->len; i++) {
        if (!contains(people, g_ptr_array_index(rules->administrators, i)))
            return FALSE;
    }
    return TRUE;
}

static DimHistoryVerdict
judge_member(DimHistory *history, const DimHistoryRules *rules, const Record *record)
{
    gboolean decides = may_decide(history, rules, record->actor, record->time);
    gboolean known = last_reset(history) != NULL;
    gboolean inside = !known || dim_history_has(history, rules, record->actor);

    if (g_str_equal(record->command, "join"))
        return known && inside ? DIM_HISTORY_IGNORED : DIM_HISTORY_PENDING;
    if (g_str_equal(record->command, "quit"))
        return decides || !inside ? DIM_HISTORY_DENIED : DIM_HISTORY_APPLIED;
    if (record->people == NULL || record->people->len == 0)
        return DIM_HISTORY_MALFORMED;
    if (decides)
        return DIM_HISTORY_APPLIED;
    return inside ? DIM_HISTORY_PENDING : DIM_HISTORY_DENIED;
}

static DimHistoryVerdict
judge(DimHistory *history, const DimHistoryRules *rules, const Record *record)
{
    const Record *reset = last_reset(history);

    if (record->time > rules->now + AHEAD)
        return DIM_HISTORY_FUTURE;
    if (rules->owner == NULL)
        return DIM_HISTORY_DENIED;
    if (reset != NULL && record->time < reset->time)
        return DIM_HISTORY_EXPIRED;
    if (g_str_equal(record->command, "resign")) {
        if (record->time < rules->bulletin_time)
            return DIM_HISTORY_EXPIRED;
        return contains(rules->administrators, record->actor) ? DIM_HISTORY_APPLIED
                                                              : DIM_HISTORY_DENIED;
    }
    if (!g_str_equal(record->command, "reset"))
        return judge_member(history, rules, record);
    if (!may_decide(history, rules, record->actor, record->time))
        return DIM_HISTORY_DENIED;
    return is_whole(rules, record->people) ? DIM_HISTORY_APPLIED : DIM_HISTORY_MALFORMED;
}

/* NULL if it is none of those that are kept. */
static Record *
read_record(const DimId *actor, const DimContent *content)
{
    static const char *const names[] = { "reset", "invite", "quit", "resign", "join", NULL };
    const char *command = dim_content_command(content);
    const char *one = dim_json_text(dim_content_json(content), "member");
    Record *record;

    if (command == NULL || !g_strv_contains(names, command) || !(dim_content_time(content) > 0)
        || dim_content_serial(content) == 0)
        return NULL;
    record = g_new0(Record, 1);
    record->command = g_strdup(command);
    record->actor = dim_id_ref(actor);
    record->time = dim_content_time(content);
    record->people = dim_command_ids(content, "members");
    if (record->people == NULL && one != NULL) {
        DimId *id = dim_id_parse(one, NULL);

        record->people = g_ptr_array_new_with_free_func(release_id);
        if (id != NULL)
            g_ptr_array_add(record->people, id);
    }
    return record;
}

static guint
count_people(const DimHistory *history)
{
    guint count = 0;

    for (guint i = 0; i < history->records->len; i++) {
        const Record *record = g_ptr_array_index(history->records, i);

        count += record->people != NULL ? record->people->len : 0;
    }
    return count;
}

/* What a new reset makes worthless, and what is too much. */
static void
tidy(DimHistory *history)
{
    const Record *reset = last_reset(history);

    while (reset != NULL && history->records->len > 0
           && g_ptr_array_index(history->records, 0) != reset)
        g_ptr_array_remove_index(history->records, 0);
    while (history->records->len > 1
           && (history->records->len > MAX_RECORDS || count_people(history) > MAX_PEOPLE))
        g_ptr_array_remove_index(history->records, reset != NULL ? 1 : 0);
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

static gboolean
is_known(const DimHistory *history, const Record *record)
{
    for (guint i = 0; i < history->records->len; i++) {
        const Record *other = g_ptr_array_index(history->records, i);

        if (other->time == record->time && g_str_equal(other->command, record->command)
            && dim_id_equal(other->actor, record->actor)
            && are_same(other->people, record->people))
            return TRUE;
    }
    return FALSE;
}

DimHistoryVerdict
dim_history_add(DimHistory *history,
                const DimHistoryRules *rules,
                const DimId *actor,
                const DimContent *record)
{
    static const char *const dead[] = { "expel", "found", "abdicate", "hire", "fire", NULL };
    const char *command = dim_content_command(record);
    const DimId *group = dim_content_group(record);
    DimHistoryVerdict verdict;
    Record *made;

    if (command == NULL || group == NULL || !dim_id_equal(group, rules->group))
        return DIM_HISTORY_MALFORMED;
    if (g_strv_contains(dead, command))
        return DIM_HISTORY_IGNORED;
    made = read_record(actor, record);
    if (made == NULL)
        return DIM_HISTORY_MALFORMED;
    verdict = judge(history, rules, made);
    if (verdict == DIM_HISTORY_APPLIED && !is_known(history, made)) {
        insert(history->records, made);
        tidy(history);
    } else {
        record_free(made);
    }
    return verdict;
}

/* ---- keeping ---- */

char *
dim_history_to_text(const DimHistory *history)
{
    g_autoptr(JsonObject) all = json_object_new();
    JsonArray *records = json_array_new();

    for (guint i = 0; i < history->records->len; i++) {
        const Record *record = g_ptr_array_index(history->records, i);
        JsonObject *object = json_object_new();

        json_object_set_string_member(object, "command", record->command);
        json_object_set_string_member(object, "actor", dim_id_text(record->actor));
        json_object_set_double_member(object, "time", record->time);
        json_object_set_int_member(object, "type", DIM_CONTENT_HISTORY);
        json_object_set_int_member(object, "sn", 1);
        if (record->people != NULL) {
            JsonArray *people = json_array_new();

            for (guint k = 0; k < record->people->len; k++)
                json_array_add_string_element(
                    people, dim_id_text(g_ptr_array_index(record->people, k)));
            json_object_set_array_member(object, "members", people);
        }
        json_array_add_object_element(records, object);
    }
    json_object_set_array_member(all, "records", records);
    return dim_json_write(all);
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
    for (guint i = 0; i < json_array_get_length(records); i++) {
        JsonNode *node = json_array_get_element(records, i);
        JsonObject *object = JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
        g_autoptr(DimContent) content =
            object != NULL ? dim_content_from_json(object, NULL) : NULL;
        g_autoptr(DimId) actor =
            content != NULL ? dim_id_parse(dim_json_text(object, "actor"), NULL) : NULL;
        Record *record = actor != NULL ? read_record(actor, content) : NULL;

        if (record != NULL)
            insert(history->records, record);
    }
    tidy(history);
    return g_steal_pointer(&history);
}
