/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tags of messages already taken in: a set in memory in front of a table that outlives us. */
#include "people/seen.h"

#define KEEP_SECONDS (8.0 * 24 * 3600) /* a station keeps its queue for 7 days */
#define PRUNE_EVERY  1000
#define MEMORY_MAX   20000

struct _DimSeen {
    DimStore *store;
    const DimClock *clock;
    GHashTable *fresh; /* tags of late, so that most repetitions cost no SELECT */
    guint since_prune;
};

DimSeen *
dim_seen_new(DimStore *store, const DimClock *clock)
{
    DimSeen *seen = g_new0(DimSeen, 1);

    seen->store = store;
    seen->clock = clock;
    seen->fresh = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    seen->since_prune = PRUNE_EVERY; /* the first addition sweeps */
    return seen;
}

void
dim_seen_free(DimSeen *seen)
{
    g_hash_table_unref(seen->fresh);
    g_free(seen);
}

gboolean
dim_seen_has(DimSeen *seen, const char *tag)
{
    return g_hash_table_contains(seen->fresh, tag)
           || dim_store_has(seen->store, DIM_TABLE_SEEN, tag);
}

gboolean
dim_seen_add(DimSeen *seen, const char *tag, GError **error)
{
    double now = dim_clock_now(seen->clock);
    DimRecord record = { .key = tag, .rank = now };

    if (++seen->since_prune >= PRUNE_EVERY) {
        seen->since_prune = 0;
        if (!dim_store_prune(seen->store, DIM_TABLE_SEEN, now - KEEP_SECONDS, error))
            return FALSE;
    }
    if (g_hash_table_size(seen->fresh) >= MEMORY_MAX)
        g_hash_table_remove_all(seen->fresh);
    g_hash_table_add(seen->fresh, g_strdup(tag));
    return dim_store_save(seen->store, DIM_TABLE_SEEN, &record, error);
}
