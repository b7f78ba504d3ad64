/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimHistory: who belongs to a group, worked out of signed history commands in whatever order they come (protocol §5.14). */
#pragma once

#include "message/content.h"

G_BEGIN_DECLS

typedef struct _DimHistory DimHistory;

/* By what a record is judged; all borrowed. */
typedef struct {
    const DimId *group;
    const DimId *owner; /* (nullable) by the bulletin; without one nothing is believed */
    /* element type DimId; of the bulletin the owner signed, and of nothing else (P-112) */
    const GPtrArray *administrators;
    double bulletin_time; /* seconds */
    double now;           /* seconds */
} DimHistoryRules;

typedef enum {
    DIM_HISTORY_APPLIED, /* kept; the members may be others now */
    DIM_HISTORY_PENDING, /* kept within bounds: a wish that the owner or an administrator must grant, or the farewell of one
                          * whose invitation has not come */
    DIM_HISTORY_KNOWN,   /* either of both, and kept before */
    DIM_HISTORY_IGNORED, /* deprecated or without effect (P-113) */
    DIM_HISTORY_EXPIRED, /* older than the reset (P-106), or than the bulletin */
    DIM_HISTORY_FUTURE,  /* more than 30 minutes ahead (P-107) */
    DIM_HISTORY_DENIED,  /* not this actor's right (P-105) */
    DIM_HISTORY_MALFORMED, /* no such command, or something is missing */
} DimHistoryVerdict;

DimHistory *dim_history_new(void);
/* What dim_history_to_text() wrote. NULL with MALFORMED. */
DimHistory *dim_history_from_text(const char *text, gssize length, GError **error);
/* New string. */
char *dim_history_to_text(const DimHistory *history);
DimHistory *dim_history_ref(DimHistory *history);
void dim_history_unref(DimHistory *history);

/* One record, whose actor was verified by his signature; tag (nullable) names the message that it came in. Works the members
 * out anew. At most 500 records are kept, and 64 wishes among them, of one person 8. Of the oldest behind the reset, which make
 * room, the last word of each person stays, as the rules of then judged it: so many records change nothing of the members, up to
 * 20,000 persons in all, and 3.5 MiB of text. What is written is short enough to be read again. */
DimHistoryVerdict dim_history_add(DimHistory *history,
                                  const DimHistoryRules *rules,
                                  const DimId *actor,
                                  const DimContent *record,
                                  const char *tag);
/* Owner first; empty while no reset is known (P-104). Element type DimId; borrowed until the next record, or until it is
 * asked by other rules. */
GPtrArray *dim_history_members(DimHistory *history, const DimHistoryRules *rules);
gboolean dim_history_has(DimHistory *history, const DimHistoryRules *rules, const DimId *who);
/* TRUE if a record that came in this message counts, or may come to count. */
gboolean dim_history_keeps(const DimHistory *history, const char *tag);
/* In all records together: what it weighs. */
guint dim_history_names(const DimHistory *history);
/* Of the last reset, in seconds; 0 without any: what others did or wish since says nothing of how new that is. */
double dim_history_time(const DimHistory *history);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DimHistory, dim_history_unref)

G_END_DECLS
