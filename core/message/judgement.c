/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a new record of a group is worth, and how many of them are kept (protocol §5.14). */
#include "base/clock.h"
#include "message/history_parts.h"

#define MAX_RECORDS 500
#define ENOUGH \
    400 /* are left where there were more: to fold takes as long for one as for many */
#define MAX_PEOPLE 20000             /* in all records together, and in the fold */
#define MAX_BYTES  (7u * 512 * 1024) /* of its text, which is not read beyond 4 MiB */
#define MAX_WISHES 64                /* anybody can have many: in all, */
#define MAX_OWN    8                 /* of one person, */
#define MAX_WISHED 100               /* and persons in one */

/* Owner first, every administrator included who has not resigned (protocol §5.14). */
static gboolean
is_whole(const DimHistory *history, const DimHistoryRules *rules, const DimGroupRecord *reset)
{
    const GPtrArray *people = reset->people;

    if (people == NULL || people->len == 0
        || !dim_id_equal(g_ptr_array_index(people, 0), rules->owner))
        return FALSE;
    for (guint i = 0; rules->administrators != NULL && i < rules->administrators->len; i++) {
        const DimId *who = g_ptr_array_index(rules->administrators, i);

        if (!dim_history_lists(people, who)
            && dim_history_may_decide(history, rules, who, reset->time))
            return FALSE;
    }
    return TRUE;
}

/* A farewell may come before the invitation that it answers (P-106). */
static DimHistoryVerdict
judge_quit(const DimHistory *history,
           const DimHistoryRules *rules,
           const DimGroupRecord *record,
           gboolean inside)
{
    if (dim_history_decides(history, rules, record))
        return DIM_HISTORY_DENIED;
    return inside ? DIM_HISTORY_APPLIED : DIM_HISTORY_PENDING;
}

static DimHistoryVerdict
judge_member(DimHistory *history, const DimHistoryRules *rules, const DimGroupRecord *record)
{
    gboolean known = dim_history_last_reset(history) != NULL;
    gboolean invites = dim_group_record_is(record, "invite");
    gboolean right = dim_history_decides(history, rules, record);
    gboolean inside;

    if (invites && (record->people == NULL || record->people->len == 0))
        return DIM_HISTORY_MALFORMED;
    if (invites && right)
        return DIM_HISTORY_APPLIED; /* the members need not be worked out for it */
    inside = !known || dim_history_has(history, rules, record->actor);
    if (dim_group_record_is(record, "join"))
        return known && inside ? DIM_HISTORY_IGNORED : DIM_HISTORY_PENDING;
    if (dim_group_record_is(record, "quit"))
        return judge_quit(history, rules, record, inside);
    return inside && record->people->len <= MAX_WISHED ? DIM_HISTORY_PENDING
                                                       : DIM_HISTORY_DENIED;
}

static DimHistoryVerdict
judge_resignation(const DimHistoryRules *rules, const DimGroupRecord *record)
{
    if (record->time < rules->bulletin_time)
        return DIM_HISTORY_EXPIRED;
    return dim_history_lists(rules->administrators, record->actor) ? DIM_HISTORY_APPLIED
                                                                   : DIM_HISTORY_DENIED;
}

static DimHistoryVerdict
judge(DimHistory *history, const DimHistoryRules *rules, const DimGroupRecord *record)
{
    const DimGroupRecord *reset = dim_history_last_reset(history);

    if (record->time > rules->now + DIM_CLOCK_AHEAD)
        return DIM_HISTORY_FUTURE;
    if (rules->owner == NULL)
        return DIM_HISTORY_DENIED;
    if (dim_group_record_is(record, "resign"))
        return judge_resignation(rules, record);
    if (reset != NULL && record->time < reset->time)
        return DIM_HISTORY_EXPIRED;
    if (!dim_group_record_is(record, "reset"))
        return judge_member(history, rules, record);
    if (!dim_history_decides(history, rules, record))
        return DIM_HISTORY_DENIED;
    return is_whole(history, rules, record) ? DIM_HISTORY_APPLIED : DIM_HISTORY_MALFORMED;
}

/* ---- bounds ---- */

static void
remove_at(DimHistory *history, guint at)
{
    g_ptr_array_remove_index(history->records, at);
    dim_history_forget_members(history);
}

/* What a new reset makes worthless: all but who is no administrator any more. */
static void
forget_past(DimHistory *history, const DimHistoryRules *rules)
{
    const DimGroupRecord *reset = dim_history_last_reset(history);
    guint at = 0;

    while (reset != NULL && dim_history_record(history, at) != reset) {
        const DimGroupRecord *record = dim_history_record(history, at);

        if (dim_group_record_is(record, "resign") && record->time >= rules->bulletin_time)
            at++;
        else
            remove_at(history, at);
    }
    if (reset != NULL)
        dim_fold_forget_before(history->fold, reset->time);
    dim_history_forget_members(history);
}

static gboolean
is_wish(const DimHistory *history,
        const DimHistoryRules *rules,
        const DimGroupRecord *record,
        GHashTable *people)
{
    if (dim_group_record_is(record, "quit"))
        return !g_hash_table_contains(people, record->actor);
    return dim_group_record_is(record, "join")
           || (dim_group_record_is(record, "invite")
               && !dim_history_decides(history, rules, record));
}

/* TRUE if there may be too many wishes. That asks for nobody's name, and most groups have few. */
static gboolean
are_many(const DimHistory *history, const DimHistoryRules *rules)
{
    g_autoptr(GHashTable) nobody = g_hash_table_new(dim_id_hash, dim_id_equal_func);
    g_autoptr(GHashTable) own = g_hash_table_new(dim_id_hash, dim_id_equal_func);
    gboolean many = FALSE;
    guint all = 0;

    for (guint i = 0; !many && i < history->records->len; i++) {
        const DimGroupRecord *record = dim_history_record(history, i);
        guint count = GPOINTER_TO_UINT(g_hash_table_lookup(own, record->actor));

        if (!is_wish(history, rules, record, nobody))
            continue;
        g_hash_table_insert(own, record->actor, GUINT_TO_POINTER(count + 1));
        many = ++all > MAX_WISHES || count >= MAX_OWN;
    }
    return many;
}

/* The newest wishes stay. Those that go have named nobody by right, so the members are what they were. */
static void
bound_wishes(DimHistory *history, const DimHistoryRules *rules)
{
    GHashTable *people = dim_history_named(history, rules);
    g_autoptr(GHashTable) own = g_hash_table_new(dim_id_hash, dim_id_equal_func);
    guint all = 0;

    for (guint i = history->records->len; i > 0; i--) {
        const DimGroupRecord *record = dim_history_record(history, i - 1);
        guint count = GPOINTER_TO_UINT(g_hash_table_lookup(own, record->actor));

        if (!is_wish(history, rules, record, people))
            continue;
        if (all >= MAX_WISHES || count >= MAX_OWN) {
            g_ptr_array_remove_index(history->records, i - 1);
            continue;
        }
        all++;
        g_hash_table_insert(own, record->actor, GUINT_TO_POINTER(count + 1));
    }
}

guint
dim_history_names(const DimHistory *history)
{
    guint count = dim_fold_count(history->fold);

    for (guint i = 0; i < history->records->len; i++) {
        const DimGroupRecord *record = dim_history_record(history, i);

        count += record->people != NULL ? record->people->len : 0;
    }
    return count;
}

/* Of the records alone. */
static gsize
bytes_of(const DimHistory *history)
{
    gsize bytes = 0;

    for (guint i = 0; i < history->records->len; i++)
        bytes += dim_history_record(history, i)->size + 1;
    return bytes;
}

static gboolean
is_full(const DimHistory *history)
{
    return dim_history_names(history) > MAX_PEOPLE
           || bytes_of(history) + dim_fold_bytes(history->fold) > MAX_BYTES;
}

void
dim_history_cut(DimHistory *history)
{
    const DimGroupRecord *reset = dim_history_last_reset(history);

    while (history->records->len > 1
           && (history->records->len > MAX_RECORDS
               || dim_history_names(history) - dim_fold_count(history->fold) > MAX_PEOPLE))
        remove_at(history, dim_history_record(history, 0) == reset ? 1 : 0);
}

/* Of many resignations of one administrator the first counts, and by a bulletin to come the last. */
static gboolean
is_worthless_resignation(const DimHistory *history, const DimHistoryRules *rules, guint at)
{
    const DimGroupRecord *record = dim_history_record(history, at);
    gboolean before = FALSE;
    gboolean after = FALSE;

    for (guint i = 0; i < history->records->len; i++) {
        const DimGroupRecord *other = dim_history_record(history, i);
        gboolean same = i != at && dim_group_record_is(other, "resign")
                        && dim_id_equal(other->actor, record->actor)
                        && other->time >= rules->bulletin_time;

        before |= same && i < at;
        after |= same && i > at;
    }
    return record->time < rules->bulletin_time || (before && after);
}

/* TRUE if the record may go: what it did stays in the fold. Nothing but resignations stands before the reset. */
static gboolean
fold_one(DimHistory *history, const DimHistoryRules *rules, guint at, GHashTable *named)
{
    const DimGroupRecord *record = dim_history_record(history, at);

    if (dim_group_record_is(record, "resign"))
        return is_worthless_resignation(history, rules, at);
    /* Where names are too many, or too long, wishes go before what counts. */
    if (is_wish(history, rules, record, named))
        return record->people != NULL && is_full(history);
    if (dim_group_record_is(record, "quit") && !dim_history_decides(history, rules, record))
        dim_fold_take(history->fold, record->actor, record->time, FALSE, record->tag);
    if (!dim_group_record_is(record, "invite") || record->people == NULL)
        return TRUE;
    for (guint i = 0; i < record->people->len; i++)
        dim_fold_take(history->fold, g_ptr_array_index(record->people, i), record->time, TRUE,
                      record->tag);
    return TRUE;
}

/* The oldest first. */
static void
fold_many(DimHistory *history, const DimHistoryRules *rules, const DimGroupRecord *reset)
{
    GHashTable *named = dim_history_named(history, rules);
    g_autoptr(GPtrArray) gone = g_ptr_array_new_with_free_func(dim_group_record_free);
    guint at = 0;

    while (at < history->records->len && (history->records->len > ENOUGH || is_full(history))) {
        const DimGroupRecord *record = dim_history_record(history, at);

        if (record == reset || !fold_one(history, rules, at, named))
            at++;
        else
            g_ptr_array_add(gone, g_ptr_array_steal_index(history->records, at));
    }
    dim_history_forget_members(history); /* before those go whose names it borrows */
}

/* The records go and the members stay: who left does not come back because others came. */
static void
bound(DimHistory *history, const DimHistoryRules *rules)
{
    const DimGroupRecord *reset = dim_history_last_reset(history);
    guint names;

    if (history->records->len <= MAX_RECORDS && !is_full(history))
        return;
    fold_many(history, rules, reset);
    dim_history_cut(history);
    names = dim_history_names(history) - dim_fold_count(history->fold);
    dim_fold_shrink(history->fold, reset != NULL ? reset->people : NULL,
                    MAX_PEOPLE - MIN(names, MAX_PEOPLE),
                    MAX_BYTES - MIN(bytes_of(history), MAX_BYTES));
}

/* TRUE if all that it does is in the fold, or later than it. */
static gboolean
is_folded(const DimHistory *history, const DimHistoryRules *rules, const DimGroupRecord *record)
{
    gboolean right = dim_history_decides(history, rules, record);

    if (dim_group_record_is(record, "quit") && !right)
        return dim_fold_knows(history->fold, record->actor, record->time, FALSE);
    if (!dim_group_record_is(record, "invite") || !right)
        return FALSE;
    for (guint i = 0; i < record->people->len; i++) {
        if (!dim_fold_knows(history->fold, g_ptr_array_index(record->people, i), record->time,
                            TRUE))
            return FALSE;
    }
    return TRUE;
}

static gboolean
is_known(const DimHistory *history, const DimGroupRecord *record)
{
    for (guint i = 0; i < history->records->len; i++) {
        if (dim_group_record_repeats(dim_history_record(history, i), record))
            return TRUE;
    }
    return FALSE;
}

DimHistoryVerdict
dim_history_add(DimHistory *history,
                const DimHistoryRules *rules,
                const DimId *actor,
                const DimContent *record,
                const char *tag)
{
    static const char *const dead[] = { "expel", "found", "abdicate", "hire", "fire", NULL };
    const char *command = dim_content_command(record);
    const DimId *group = dim_content_group(record);
    DimHistoryVerdict verdict;
    DimGroupRecord *made;

    if (command == NULL || group == NULL || !dim_id_equal(group, rules->group))
        return DIM_HISTORY_MALFORMED;
    if (g_strv_contains(dead, command))
        return DIM_HISTORY_IGNORED;
    made = dim_group_record_read(actor, record, tag);
    if (made == NULL)
        return DIM_HISTORY_MALFORMED;
    verdict = judge(history, rules, made);
    if ((verdict == DIM_HISTORY_APPLIED || verdict == DIM_HISTORY_PENDING)
        && (is_known(history, made) || is_folded(history, rules, made)))
        verdict = DIM_HISTORY_KNOWN;
    if (verdict != DIM_HISTORY_APPLIED && verdict != DIM_HISTORY_PENDING) {
        dim_group_record_free(made);
        return verdict;
    }
    dim_history_insert(history, made);
    dim_history_follow(history, rules, made);
    if (dim_group_record_is(made, "reset"))
        forget_past(history, rules);
    /* What is invited by right makes no wish. */
    if (!(verdict == DIM_HISTORY_APPLIED && dim_group_record_is(made, "invite"))
        && are_many(history, rules))
        bound_wishes(history, rules);
    bound(history, rules);
    return verdict;
}
