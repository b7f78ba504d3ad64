/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimKeeper: what the station keeps for its users, one of a kind each: whom they block and mute, and their backups. */
#pragma once

#include "base/clock.h"
#include "identity/id.h"
#include "station/settings.h"
#include "storage/store.h"

G_BEGIN_DECLS

typedef struct _DimKeeper DimKeeper;

/* All is borrowed. NULL with DIM_ERROR_STORAGE. */
DimKeeper *dim_keeper_new(DimStore *store,
                          const DimSettings *limits,
                          const DimClock *clock,
                          GError **error);
void dim_keeper_free(DimKeeper *keeper);

typedef enum {
    DIM_KEEPER_KEPT,
    DIM_KEEPER_OLDER, /* than what is kept, or more than 30 minutes ahead: nothing was written */
    DIM_KEEPER_FULL,  /* it is too large, or all together are */
    DIM_KEEPER_FAILED, /* storage; *error is set */
} DimKeeperVerdict;
/* Keeps the text of a content in the place of the former one of this kind ("block", "mute", "contacts", "private_key"), within
 * the transaction that is open. time: when the owner says he wrote it, in seconds; 0: now. */
DimKeeperVerdict dim_keeper_put(DimKeeper *keeper,
                                const char *kind,
                                const DimId *owner,
                                double time,
                                const char *text,
                                GError **error);
/* What its owner reads about that behind the name of the kind: "received", "not changed" or "not accepted". */
const char *dim_keeper_words(DimKeeperVerdict verdict);
/* What was kept of this kind for its owner. New string, or NULL if there is nothing. */
char *dim_keeper_get(DimKeeper *keeper, const char *kind, const DimId *owner);
/* TRUE if the reader wants nothing of this sender, or nothing of this group (nullable) (protocol §7.6). */
gboolean dim_keeper_blocks(DimKeeper *keeper,
                           const DimId *reader,
                           const DimId *sender,
                           const DimId *group);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DimKeeper, dim_keeper_free)

G_END_DECLS
