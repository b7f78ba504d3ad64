/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimSeen: tags of messages already taken in; survives restarts; 8 days of being online, because a station that runs for
 * 7 forgets what waits, and nobody is online to one that does not run. */
#pragma once

#include "storage/store.h"

G_BEGIN_DECLS

DimSeen *dim_seen_new(DimStore *store);
void dim_seen_free(DimSeen *seen);
gboolean dim_seen_has(DimSeen *seen, const char *tag);
/* Kept in the transaction that is open. Age counts from now, in time that we are online (storage/ages.h), not by a clock: one
 * that is wrong would forget too early, and a copy would be shown. Old ones are pruned now and then. */
gboolean dim_seen_add(DimSeen *seen, const char *tag, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DimSeen, dim_seen_free)

G_END_DECLS
