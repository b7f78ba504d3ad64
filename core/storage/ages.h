/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimAges: how long the rows of a table wait, in time that the program ran; what any clock shows has no part in it. */
#pragma once

#include "base/clock.h"
#include "storage/store.h"

G_BEGIN_DECLS

/* One for a store, about one table whose ranks rise with every row. Kept there: how long the program ran in all, and marks, each the
 * last rank that there was when it had run so long. */
typedef struct _DimAges DimAges;

/* keep: seconds that a row waits at the least. The store is read at the first use. */
DimAges *dim_ages_new(DimStore *store, const DimClock *clock, double keep);
void dim_ages_free(DimAges *ages);
/* *last (out): the highest rank that was marked, 0 if none. What comes must be ranked behind it, also where its row is gone: else it
 * would be as old as the mark. FALSE with STORAGE. */
gboolean dim_ages_last(DimAges *ages, double *last, GError **error);
/* Counts what ran since the last look, 15 minutes at most, and writes that down, in the caller's transaction if one is open; so call
 * it every few minutes. last: the highest rank that was ever given. *old (out): rows of this rank or less are older than `keep`; -1:
 * none is. FALSE with STORAGE. */
gboolean dim_ages_look(DimAges *ages, double last, double *old, GError **error);
/* *seconds (out): how long the program ran in all, as it was last written down; 0 where nothing is known. FALSE with STORAGE. */
gboolean dim_ages_ran(DimStore *store, double *seconds, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DimAges, dim_ages_free)

G_END_DECLS
