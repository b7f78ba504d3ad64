/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What each person was told once and is never told again; on disk, a few things for each. */
#pragma once

#include "identity/id.h"
#include "storage/store.h"

G_BEGIN_DECLS

#define DIM_TOLD_MAX 8 /* things for one person */

/* TRUE the first time for this person and this thing, which is kept as told in the transaction that is open; FALSE without error
 * from then on and when this person was told DIM_TOLD_MAX things, FALSE with STORAGE if it could not be kept. What somebody was
 * told whose meta is not kept here is remembered as long as a message (people/seen.h): nothing else of him would ever go. */
gboolean
dim_told_first(DimStore *store, const DimId *person, const char *thing, GError **error);

/* What this person (the text of an ID) was told goes with him. FALSE with STORAGE. */
gboolean dim_told_forget(DimStore *store, const char *id, GError **error);

G_END_DECLS
