/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The inside of DimHistory, for history.c and judgement.c alone. */
#pragma once

#include "message/history.h"
#include "message/history_fold.h"
#include "message/record.h"

G_BEGIN_DECLS

struct _DimHistory {
    gint refs;
    GPtrArray *records; /* of DimGroupRecord, by time */
    DimFold *fold;      /* of those that made room: what they said last, behind the reset */
    /* The members as they were worked out last, and by which rules; NULL since something came or went that changes them. */
    GPtrArray *members; /* (nullable) of DimId */
    GHashTable *inside; /* the same */
    GHashTable *named;  /* (nullable) borrowed of the records: see dim_history_named() */
    DimId *owner;
    GPtrArray *administrators;
    double bulletin_time;
    /* there may be a resignation: few groups have one, and all must look for it */
    gboolean resigned;
};

static inline const DimGroupRecord *
dim_history_record(const DimHistory *history, guint at)
{
    return g_ptr_array_index(history->records, at);
}

/* TRUE if this person is among them; people is nullable. */
gboolean dim_history_lists(const GPtrArray *people, const DimId *who);
/* By time; at the same time a reset comes first and a farewell last, so that the order of arrival is nothing (P-106), and what came
 * first stays first among equals. Takes the record. See dim_history_follow(). */
void dim_history_insert(DimHistory *history, DimGroupRecord *record);
/* The members after this record, which was inserted last; where that is more than to let some in, they are worked out anew when
 * somebody asks. */
void dim_history_follow(DimHistory *history,
                        const DimHistoryRules *rules,
                        const DimGroupRecord *record);
/* Where a record went that may have counted. */
void dim_history_forget_members(DimHistory *history);
/* (nullable) borrowed. */
const DimGroupRecord *dim_history_last_reset(const DimHistory *history);
/* The owner, and an administrator of the bulletin who has not resigned before this time. */
gboolean dim_history_may_decide(const DimHistory *history,
                                const DimHistoryRules *rules,
                                const DimId *who,
                                double when);
/* The same of who made the record, when he made it. */
gboolean dim_history_decides(const DimHistory *history,
                             const DimHistoryRules *rules,
                             const DimGroupRecord *record);
/* Whom the reset and those who may decide have named: their farewells count. Set of borrowed DimId, until the next record. To work
 * it out takes milliseconds in a large group, so it is kept like the members. */
GHashTable *dim_history_named(DimHistory *history, const DimHistoryRules *rules);
/* Drops the oldest records behind the reset, until there are not too many: of a text that nobody of us wrote, and where those
 * that are too many are none that can be folded, as resignations. */
void dim_history_cut(DimHistory *history);

G_END_DECLS
