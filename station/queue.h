/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimQueue: messages kept until their reader has them; once each, in order, for a time, bounded (protocol §7.2). */
#pragma once

#include "base/clock.h"
#include "station/settings.h"
#include "storage/store.h"

G_BEGIN_DECLS

typedef struct _DimQueue DimQueue;

typedef enum {
    DIM_QUEUE_KEPT,
    DIM_QUEUE_THERE,  /* the same message waits already: nothing was written */
    DIM_QUEUE_FULL,   /* for this reader, or altogether */
    DIM_QUEUE_FAILED, /* storage; *error is set */
} DimQueueVerdict;

typedef struct {
    char *key;
    double rank; /* order; unique */
    GBytes *payload;
} DimQueueItem;
void dim_queue_item_free(DimQueueItem *item);

/* All is borrowed. NULL with DIM_ERROR_STORAGE. */
DimQueue *dim_queue_new(DimStore *store,
                        const DimSettings *limits,
                        const DimClock *clock,
                        GError **error);
void dim_queue_free(DimQueue *queue);

/* Puts a message in, within the transaction that is open. *item (out) gets its key and rank (payload too); on THERE the key
 * alone, rank 0. Clear with dim_queue_item_free(). */
DimQueueVerdict dim_queue_put(DimQueue *queue,
                              const DimId *reader,
                              const char *signature,
                              GBytes *payload,
                              DimQueueItem **item,
                              GError **error);
/* The reader has it; success if it is gone already. */
gboolean dim_queue_remove(DimQueue *queue, const char *key, GError **error);
/* What was put in; NULL if it is gone. */
GBytes *dim_queue_load(DimQueue *queue, const char *key);
/* The next ones of this reader behind `after`, without those in `skip` (nullable set of keys): at most `count`, and no more once
 * they have `bytes` together. Element type DimQueueItem. *end (out) TRUE: there is nothing behind them. New array. */
GPtrArray *dim_queue_next(DimQueue *queue,
                          const DimId *reader,
                          double after,
                          GHashTable *skip,
                          guint count,
                          gsize bytes,
                          gboolean *end);
/* Forgets what is too old; a bounded number, so call it about once a minute. What counts is how long the station ran while a message
 * waited, whatever the clock shows (storage/ages.h). */
gboolean dim_queue_expire(DimQueue *queue, GError **error);

guint dim_queue_count(const DimQueue *queue, const DimId *reader);
guint64 dim_queue_total(const DimQueue *queue);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DimQueue, dim_queue_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DimQueueItem, dim_queue_item_free)

G_END_DECLS
