/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimArrivals: the messages of one line that were passed up and still wait for our acknowledgement (protocol §6.2). */
#pragma once

#include "transport/frame.h"

G_BEGIN_DECLS

/* Beyond these nothing more is read until something is acknowledged. */
#define DIM_ARRIVALS_MAX_MESSAGES 1024
#define DIM_ARRIVALS_MAX_BYTES    (8u * 1024 * 1024)

typedef struct _DimArrivals DimArrivals;

DimArrivals *dim_arrivals_new(void);
void dim_arrivals_free(DimArrivals *arrivals);

/* FALSE if a message of this serial waits already (it was sent again). */
gboolean dim_arrivals_add(DimArrivals *arrivals, const DimPacket *message);
/* The message, without its body; it waits no more. FALSE: it did not. */
gboolean dim_arrivals_take(DimArrivals *arrivals, guint64 serial, DimPacket *message);
/* TRUE when a bound is reached. */
gboolean dim_arrivals_is_full(const DimArrivals *arrivals);
/* The MTP packets that acknowledge a message: one, or one for each fragment. New bytes. */
GBytes *dim_arrivals_answer(const DimPacket *message);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DimArrivals, dim_arrivals_free)

G_END_DECLS
