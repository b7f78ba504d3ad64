/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The line "ACK:{...}" of WebSockets, which names a message by its signature, and who waits for one (protocol §6.3). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The line that acknowledges a payload; NULL if nothing in it can be named. New string. */
char *dim_ack_line(const guint8 *payload, gsize size);
/* What a payload, or a line that acknowledges it, is named by: the first signature in it; NULL: nothing. New string. */
char *dim_ack_name(const guint8 *payload, gsize size);
gboolean dim_ack_is_line(const guint8 *payload, gsize size);

/* DimAcks: the messages of one line that were sent and not acknowledged yet. */
typedef struct _DimAcks DimAcks;

/* The oldest is forgotten for another one. */
#define DIM_ACKS_MAX 1024
/* Somebody who never says ACK has a message when he still talks so long after it (microseconds): two heartbeats. */
#define DIM_ACKS_PATIENCE (32 * G_USEC_PER_SEC)

DimAcks *dim_acks_new(void);
void dim_acks_free(DimAcks *acks);
/* A payload with this serial number leaves now (monotonic microseconds). */
void dim_acks_add(DimAcks *acks, const guint8 *payload, gsize size, guint64 serial, gint64 now);
/* The serial number that a line acknowledges; 0: none. */
guint64 dim_acks_take(DimAcks *acks, const guint8 *line, gsize size);
/* He was heard: the serial number of a message that he must have by now, if he never says ACK; 0: none; else call again. */
guint64 dim_acks_take_old(DimAcks *acks, gint64 now);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DimAcks, dim_acks_free)

G_END_DECLS
