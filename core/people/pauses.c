/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimPauses: a table of what was done, in the order in which it was. */
#include "people/pauses.h"

#include "base/hash.h"

typedef struct {
    char *what;
    gint64 since; /* of the monotonic clock */
    GList place;  /* in the order; its data is the pause */
} Pause;

struct _DimPauses {
    const DimClock *clock; /* borrowed */
    gint64 length;         /* microseconds */
    DimPausesBound bound;
    GHashTable *running; /* what -> Pause */
    GQueue order; /* of Pause, the oldest first: all are of one length, so it ends first, too */
};

static void
pause_free(gpointer data)
{
    Pause *pause = data;

    g_free(pause->what);
    g_free(pause);
}

DimPauses *
dim_pauses_new(const DimClock *clock, gint64 seconds, DimPausesBound bound)
{
    DimPauses *pauses;

    g_return_val_if_fail(clock != NULL && seconds > 0, NULL);
    pauses = g_new0(DimPauses, 1);
    pauses->clock = clock;
    pauses->length = seconds * G_USEC_PER_SEC;
    pauses->bound = bound;
    pauses->running = g_hash_table_new_full(dim_text_hash, g_str_equal, NULL, pause_free);
    g_queue_init(&pauses->order);
    return pauses;
}

void
dim_pauses_free(DimPauses *pauses)
{
    if (pauses == NULL)
        return;
    g_hash_table_unref(pauses->running);
    g_free(pauses);
}

static void
end(DimPauses *pauses, Pause *pause)
{
    g_queue_unlink(&pauses->order, &pause->place);
    g_hash_table_remove(pauses->running, pause->what);
}

static void
begin(DimPauses *pauses, const char *what, gint64 now)
{
    Pause *pause = g_new0(Pause, 1);

    pause->what = g_strdup(what);
    pause->since = now;
    pause->place.data = pause;
    g_hash_table_insert(pauses->running, pause->what, pause);
    g_queue_push_tail_link(&pauses->order, &pause->place);
}

static Pause *
oldest(DimPauses *pauses)
{
    return g_queue_peek_head(&pauses->order);
}

gboolean
dim_pauses_may(DimPauses *pauses, const char *what)
{
    gint64 now = dim_clock_monotonic(pauses->clock);

    while (oldest(pauses) != NULL && now - oldest(pauses)->since >= pauses->length)
        end(pauses, oldest(pauses));
    if (g_hash_table_contains(pauses->running, what))
        return FALSE;
    if (pauses->order.length >= DIM_PAUSES_MAX) {
        if (pauses->bound == DIM_PAUSES_REFUSE)
            return FALSE;
        end(pauses, oldest(pauses));
    }
    begin(pauses, what, now);
    return TRUE;
}

void
dim_pauses_forget(DimPauses *pauses, const char *what)
{
    Pause *pause = g_hash_table_lookup(pauses->running, what);

    if (pause != NULL)
        end(pauses, pause);
}
