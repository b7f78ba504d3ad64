/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimGroupPage: what is known of one group, and what anybody is in it (protocol §5.14). */
#pragma once

#include "command/desk.h"
#include "message/history.h"

G_BEGIN_DECLS

typedef struct {
    DimHistoryRules rules; /* of the bulletin */
    DimId *owner;          /* (nullable) no bulletin that can be believed is known */
    DimId *founder;        /* (nullable) whom the bulletin names, while his meta is not known */
    GPtrArray *administrators;
    DimHistory *history;
    gboolean held; /* the history is kept */
} DimGroupPage;

/* Reads bulletin and history, which borrow desk and group. FALSE with STORAGE. The history is the one that all readers of this desk
 * see: whoever changes it keeps it too (command/keeping.h). */
gboolean dim_group_page_read(const DimDesk *desk,
                             const DimId *group,
                             DimGroupPage *page,
                             GError **error);
void dim_group_page_clear(DimGroupPage *page);
/* TRUE for the owner, and for administrators of the bulletin. */
gboolean dim_group_page_leads(const DimGroupPage *page, const DimId *who);

typedef enum {
    DIM_STANDING_UNKNOWN, /* nothing certain is known of this group's members */
    DIM_STANDING_MEMBER,
    DIM_STANDING_OUTSIDER, /* the members are known, and he is none */
} DimStanding;

/* Of broadcast groups by their rule: nobody is an outsider there (P-031). */
DimStanding dim_group_standing(const DimDesk *desk, const DimId *group, const DimId *who);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DimGroupPage, dim_group_page_clear)

G_END_DECLS
