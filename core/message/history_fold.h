/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimFold: what records of a group that are kept no longer said last of each person (protocol §5.14). Private to message/. */
#pragma once

#include <json-glib/json-glib.h>

#include "identity/id.h"

G_BEGIN_DECLS

#define DIM_FOLD_MAX 20000 /* persons */

typedef struct _DimFold DimFold;

DimFold *dim_fold_new(void);
void dim_fold_free(DimFold *fold);

/* This person was let in, or left, at this time (seconds), by a record that came in the message of this tag (nullable). Nothing
 * changes if more is known of him: see dim_fold_knows(). */
void dim_fold_take(DimFold *fold, DimId *who, double time, gboolean inside, const char *tag);
/* TRUE if that, or what makes it worthless, was folded: the later word counts, and of two at the same time the farewell. */
gboolean dim_fold_knows(const DimFold *fold, const DimId *who, double time, gboolean inside);
/* What is older than a new reset. */
void dim_fold_forget_before(DimFold *fold, double time);
/* If there are more than room, or their text has more than these bytes: drops until there are clearly fewer; first those of whom
 * the reset (nullable; of DimId) says the same, of each the oldest first. What is dropped can be told again. */
void dim_fold_shrink(DimFold *fold, const GPtrArray *reset, guint room, gsize bytes);
guint dim_fold_count(const DimFold *fold);
/* Of what dim_fold_to_json() makes, as text: never less. */
gsize dim_fold_bytes(DimFold *fold);
/* The latest time in it, in seconds; 0 if it is empty. */
double dim_fold_time(const DimFold *fold);
/* TRUE if the last word of somebody came in the message of this tag. */
gboolean dim_fold_keeps(DimFold *fold, const char *tag);
/* The members of the reset (nullable; of DimId) and of the fold, into both; they borrow the IDs. */
void
dim_fold_members(const DimFold *fold, const GPtrArray *reset, GPtrArray *list, GHashTable *set);
/* Everybody in it, whether he is in or has left; the set borrows the IDs. */
void dim_fold_name_all(const DimFold *fold, GHashTable *set);

/* (transfer full) */
JsonArray *dim_fold_to_json(const DimFold *fold);
/* Into an empty one. FALSE if anything of it is not what dim_fold_to_json() writes; the fold is worth nothing then. */
gboolean dim_fold_read_json(DimFold *fold, JsonArray *array);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DimFold, dim_fold_free)

G_END_DECLS
