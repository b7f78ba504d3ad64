/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimStrangers: how many people outside of my contacts the book remembers, and who of them goes first. Private to the book. */
#pragma once

#include "identity/id.h"
#include "storage/store.h"

G_BEGIN_DECLS

#define DIM_STRANGERS_MAX 1024

typedef struct _DimStrangers DimStrangers;

/* Both are borrowed: the store, and the set of ID texts of those who answered lately, who go last. */
DimStrangers *dim_strangers_new(DimStore *store, GHashTable *acquainted);
void dim_strangers_free(DimStrangers *strangers);
/* A meta is going to be written. If there are DIM_STRANGERS_MAX already and this is one more, an eighth of them is removed,
 * oldest first, with meta, documents, login, talk keys and what they were told; never a contact, a station that I logged in at
 * or a group that I am in. Returns who went (element type DimId), or NULL with STORAGE. New array. */
GPtrArray *dim_strangers_admit(DimStrangers *strangers, const DimId *newcomer, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DimStrangers, dim_strangers_free)

G_END_DECLS
