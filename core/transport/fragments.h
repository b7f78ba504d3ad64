/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimFragments: pieces of messages that wait until they are whole; bounded in number, bytes and time. */
#pragma once

#include "transport/frame.h"

G_BEGIN_DECLS

#define DIM_FRAGMENTS_MAX_MESSAGES 16
#define DIM_FRAGMENTS_LIFE         (300 * G_USEC_PER_SEC)

typedef struct _DimFragments DimFragments;

/* max_bytes: of all pieces together, their book-keeping counted. */
DimFragments *dim_fragments_new(gsize max_bytes);
void dim_fragments_free(DimFragments *fragments);
/* Takes one FRAGMENT in. TRUE when its message is whole: *whole is then a MESSAGE to be cleared by the caller. Beyond
 * a bound the oldest unfinished message is forgotten (its sender will send it again). */
gboolean dim_fragments_add(DimFragments *fragments, const DimPacket *piece, DimPacket *whole);
/* Bytes of all pieces that wait, their book-keeping counted. */
gsize dim_fragments_cost(const DimFragments *fragments);
/* Tells the time (monotonic microseconds) and forgets what is older than DIM_FRAGMENTS_LIFE. */
void dim_fragments_age(DimFragments *fragments, gint64 now);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DimFragments, dim_fragments_free)

G_END_DECLS
