/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimInbox: messages as received that nobody has looked at yet; on disk, so that the station may forget them. */
#pragma once

#include "storage/store.h"

G_BEGIN_DECLS

typedef struct _DimInbox DimInbox;

#define DIM_INBOX_MAX_MESSAGES 20000
#define DIM_INBOX_MAX_BYTES    (64u * 1024 * 1024)

DimInbox *dim_inbox_new(DimStore *store);
void dim_inbox_free(DimInbox *inbox);
/* Keeps one text; the same text twice is one. time (seconds) sorts. Its key, a new string; NULL with NOT_ALLOWED when it is
 * full, with STORAGE otherwise. */
char *dim_inbox_put(DimInbox *inbox, const char *text, gsize size, double time, GError **error);
/* TRUE if a text of so many bytes may find no room, by what was put in since the last list: it costs nothing, and errs on that side. */
gboolean dim_inbox_seems_full(const DimInbox *inbox, gsize size);
/* What lies there, by time (element type char*): the keys. New array; NULL with STORAGE. */
GPtrArray *dim_inbox_list(DimInbox *inbox, GError **error);
/* New bytes; NULL: absent without error, or STORAGE. */
GBytes *dim_inbox_read(DimInbox *inbox, const char *key, GError **error);
gboolean dim_inbox_drop(DimInbox *inbox, const char *key, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DimInbox, dim_inbox_free)

G_END_DECLS
