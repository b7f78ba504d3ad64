/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimSeen: tags of messages already taken in; survives restarts; 8 days, because a station keeps its queue for 7. */
#pragma once

#include "base/clock.h"
#include "storage/store.h"

G_BEGIN_DECLS

DimSeen *dim_seen_new(DimStore *store, const DimClock *clock);
void dim_seen_free(DimSeen *seen);
gboolean dim_seen_has(DimSeen *seen, const char *tag);
/* Kept in the transaction that is open. Age counts from now, not from the message's own time. Old ones are pruned now and then. */
gboolean dim_seen_add(DimSeen *seen, const char *tag, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DimSeen, dim_seen_free)

G_END_DECLS
