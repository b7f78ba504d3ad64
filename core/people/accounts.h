/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which identity an account name of the host program stands for: an ID, or a bare nick bound to one when it was made. */
#pragma once

#include "identity/id.h"

G_BEGIN_DECLS

/* Path of the store that `name` stands for in `folder` (a full ID, an address, or a bound nick), or NULL: without error
 * when there is none, with DIM_ERROR_STORAGE when the list of names is damaged, or others may write in `folder` (it is
 * made, 0700, when it is missing). New string. */
char *dim_accounts_find(const char *folder, const char *name, GError **error);
/* Remembers that `name` stands for `id`, atomically (temporary file, fsync, rename; 0600). FALSE with DIM_ERROR_STORAGE,
 * also if others may write in `folder`. */
gboolean
dim_accounts_bind(const char *folder, const char *name, const DimId *id, GError **error);
/* `folder`/<address>/store.db. New string. */
char *dim_accounts_store_path(const char *folder, const DimId *id);

G_END_DECLS
