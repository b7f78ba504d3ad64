/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files around a store: its folder, the lock beside it, and where damaged files are kept. But for the folder private to
 * storage/. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _DimLock DimLock;

/* Makes the folder (0700) if it is missing. FALSE with DIM_ERROR_STORAGE if it cannot be made, is not ours, or if others
 * may write there. */
gboolean dim_lock_folder(const char *folder, GError **error);

/* Takes the lock "path.lock" for this process. A forked child does not inherit it; it goes with the process.
 * NULL with DIM_ERROR_BUSY if this or another process has it, DIM_ERROR_STORAGE if the file cannot be made. */
DimLock *dim_lock_take(const char *path, GError **error);
/* TRUE if the last holder did not come to dim_lock_set_clean(): killed, or it saw damage. */
gboolean dim_lock_was_unclean(const DimLock *lock);
/* The holder is done and the file is well. */
void dim_lock_set_clean(DimLock *lock);
/* TRUE in the process that took it, FALSE in its forked children. */
gboolean dim_lock_is_ours(const DimLock *lock);
/* Gives the lock back; NULL is fine. */
void dim_lock_free(DimLock *lock);

/* Makes the file (0600) if it is missing; takes away what others were allowed on one that is there. FALSE with
 * DIM_ERROR_STORAGE if it is no plain file, not ours, or cannot be made. */
gboolean dim_lock_make_private(const char *path, GError **error);

/* Renames path and its -wal and -shm to "path.damaged-YYYYMMDD-HHMMSS" (UTC, with a number behind it if that is taken).
 * Returns the new base name, or NULL with DIM_ERROR_STORAGE if it stayed where it was. */
char *dim_lock_keep_aside(const char *path, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DimLock, dim_lock_free)

G_END_DECLS
