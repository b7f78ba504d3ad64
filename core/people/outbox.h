/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimOutbox: sealed bytes that wait to leave, until the station or the receiver has confirmed them; survives a crash. */
#pragma once

#include "identity/id.h"
#include "storage/store.h"

G_BEGIN_DECLS

typedef struct {
    guint64 tag;           /* unique for ever in this store, in order of sending, > 0 */
    const char *signature; /* the signature text */
    const char *receiver;  /* ID text */
    guint64 serial;        /* the content's sn */
    double time;           /* when it was put in */
    GBytes *payload;       /* the reliable message's JSON */
} DimOutboxItem;

DimOutbox *dim_outbox_new(DimStore *store);
void dim_outbox_free(DimOutbox *outbox);
/* Keeps it; *tag gets its number. */
gboolean dim_outbox_put(DimOutbox *outbox,
                        const DimId *receiver,
                        guint64 serial,
                        const char *signature,
                        const char *payload,
                        double now,
                        guint64 *tag,
                        GError **error);
gboolean dim_outbox_remove(DimOutbox *outbox, guint64 tag, GError **error);
typedef gboolean (*DimOutboxFunc)(const DimOutboxItem *item, gpointer data); /* FALSE stops */
/* In order of sending; what is broken is left out, with a warning. FALSE with STORAGE. */
gboolean dim_outbox_each(DimOutbox *outbox, DimOutboxFunc func, gpointer data, GError **error);
/* One item by tag. FALSE if not there. */
gboolean dim_outbox_find(DimOutbox *outbox, guint64 tag, DimOutboxFunc func, gpointer data);
guint dim_outbox_count(DimOutbox *outbox);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DimOutbox, dim_outbox_free)

G_END_DECLS
