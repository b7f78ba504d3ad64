/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimWindow: the packets of one line on their way out: queued by priority; written and not yet acknowledged (protocol §6.2). */
#pragma once

#include "transport/gate.h"

G_BEGIN_DECLS

#define DIM_WINDOW_WAIT  (120 * G_USEC_PER_SEC) /* for an acknowledgement, each time */
#define DIM_WINDOW_TRIES 3

#define DIM_WINDOW_MAX_QUEUED (8u * 1024 * 1024)  /* bytes not yet given to the socket */
#define DIM_WINDOW_MAX_FLIGHT (32u * 1024 * 1024) /* bytes of messages not yet acknowledged */

typedef struct _DimWindow DimWindow;

/* Times are monotonic microseconds. */
DimWindow *dim_window_new(void);
void dim_window_free(DimWindow *window);

/* Queues a packet that is sent once (a command, a response). FALSE if the other end leaves more unread than any
 * honest one would: the line is to be dropped. */
gboolean dim_window_queue(DimWindow *window, GBytes *packet, DimPriority priority);
/* Queues a message that is sent until it is acknowledged. FALSE, and nothing is queued, beyond the bounds. */
gboolean dim_window_queue_message(DimWindow *window,
                                  guint64 serial,
                                  guint64 tag,
                                  GBytes *packet,
                                  DimPriority priority);
/* Moves packets to `out`, by priority, until it holds `size` bytes or more: they count as written now. */
void dim_window_fill(DimWindow *window, GByteArray *out, gsize size, gint64 now);
/* TRUE if dim_window_fill() may give something. */
gboolean dim_window_has_queued(const DimWindow *window);
/* TRUE if a message with this serial was waiting for this; *tag is then its tag. */
gboolean dim_window_acknowledge(DimWindow *window, guint64 serial, guint64 *tag);
/* The place, in the order of writing, of the last message that was written and waits for its acknowledgement; 0: none does. */
guint64 dim_window_mark(const DimWindow *window);
/* All that was written up to this place has arrived: TRUE for a message of those, *tag is then its tag; call again. */
gboolean dim_window_acknowledge_to(DimWindow *window, guint64 mark, guint64 *tag);
/* Queues again what waited too long. TRUE when a message is given up after the last try: *tag is its tag; call again. */
gboolean dim_window_give_up(DimWindow *window, gint64 now, guint64 *tag);
/* When dim_window_give_up() will have something to do; G_MAXINT64: not before something is written. */
gint64 dim_window_due(const DimWindow *window);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DimWindow, dim_window_free)

G_END_DECLS
