/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimGroupCache: what was read of groups, and what is new in them until it is kept, many records at once. */
#pragma once

#include "command/standing.h"
#include "people/groups.h"

G_BEGIN_DECLS

/* For desks that live long: where dim_desk.groups is NULL, everything is read and kept at once. */
DimGroupCache *dim_group_cache_new(void);
/* What was not kept is lost. */
void dim_group_cache_free(DimGroupCache *cache);

/* (nullable) new reference: what was read before. */
DimHistory *dim_group_recall(const DimDesk *desk, const DimId *group);
void dim_group_remember(const DimDesk *desk, const DimId *group, DimHistory *history);

/* What the last bulletin that was believed says: references. FALSE for any other; this very object is meant. */
gboolean dim_group_recall_bulletin(const DimDesk *desk,
                                   const DimDocument *bulletin,
                                   DimId **owner,
                                   GPtrArray **administrators);
void dim_group_remember_bulletin(const DimDesk *desk,
                                 DimDocument *bulletin,
                                 const DimId *owner,
                                 GPtrArray *administrators);

/* A record that came in this message has changed the page's history; news has no text where the message proves nothing, or waits
 * already. To write a history costs what it is long: while a transaction is open, that of a group which is held waits for
 * dim_group_keep_all(), or until much waits. FALSE with STORAGE. */
gboolean dim_group_keep(const DimDesk *desk,
                        const DimGroupPage *page,
                        const DimMessage *message,
                        const DimGroupSigned *news,
                        GError **error);
/* (nullable) borrowed: the tag of this message if it was the last that began to wait for this group. To work that out, and to write
 * a large message out, for each of its records would take long. */
const char *
dim_group_awaits(const DimDesk *desk, const DimId *group, const DimMessage *message);
/* Before the transaction is committed. FALSE with STORAGE: then it must be rolled back, and the records come again. */
gboolean dim_group_keep_all(const DimDesk *desk, GError **error);

G_END_DECLS
