/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tags of messages already taken in: one row a tag, ranked by how long the program had run then. */
#include "people/seen.h"

#include "storage/ages.h"

#define KEEP_SECONDS (8.0 * 24 * 3600) /* a station runs 7 days before it forgets what waits */
#define PRUNE_EVERY  500               /* additions; the first of a run sweeps too */

/* No set in memory in front of it: a tag whose transaction is undone must be unknown again, else its message, when the
 * station gives it once more, would be dropped; and a look-up costs a few microseconds. */
struct _DimSeen {
    DimStore *store;
    guint added;
};

DimSeen *
dim_seen_new(DimStore *store)
{
    DimSeen *seen;

    g_return_val_if_fail(store != NULL, NULL);
    seen = g_new0(DimSeen, 1);
    seen->store = dim_store_ref(store);
    return seen;
}

void
dim_seen_free(DimSeen *seen)
{
    if (seen == NULL)
        return;
    dim_store_unref(seen->store);
    g_free(seen);
}

gboolean
dim_seen_has(DimSeen *seen, const char *tag)
{
    return dim_store_has(seen->store, DIM_TABLE_SEEN, tag);
}

gboolean
dim_seen_add(DimSeen *seen, const char *tag, GError **error)
{
    DimRecord record = { .key = tag };

    if (!dim_ages_ran(seen->store, &record.rank, error))
        return FALSE;
    if (seen->added++ % PRUNE_EVERY == 0
        && !dim_store_prune(seen->store, DIM_TABLE_SEEN, record.rank - KEEP_SECONDS, error))
        return FALSE;
    return dim_store_save(seen->store, DIM_TABLE_SEEN, &record, error);
}
