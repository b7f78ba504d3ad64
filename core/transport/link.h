/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimLink: one open connection to a station: packets, acknowledgements both ways, heartbeat (protocol §6.2, §6.5). */
#pragma once

#include <gio/gio.h>

#include "transport/framing.h"
#include "transport/gate.h"

G_BEGIN_DECLS

typedef struct _DimLink DimLink;

/* As in DimGateEvents; `failed` is the last event of a link. */
typedef struct {
    void (*arrived)(GBytes *body, guint64 serial, gpointer data);
    void (*acknowledged)(guint64 tag, gpointer data);
    void (*expired)(guint64 tag, gpointer data);
    void (*failed)(const GError *error, gpointer data);
} DimLinkEvents;

/* Reads at once, from the thread-default main context. Takes the framer, also when it fails. clock, events and data must outlive
 * the link. NULL with G_IO_ERROR_NOT_SUPPORTED. */
DimLink *dim_link_new(GIOStream *stream,
                      DimFramer *framer,
                      const DimClock *clock,
                      const DimLinkEvents *events,
                      gpointer data,
                      GError **error);
/* Closes it; no event after this returns, and it may be called from inside any. */
void dim_link_free(DimLink *link);

/* As dim_gate_send(), dim_gate_acknowledge() and dim_gate_forget(). */
gboolean dim_link_send(DimLink *link,
                       const void *payload,
                       gsize size,
                       DimPriority priority,
                       guint64 tag,
                       GError **error);
void dim_link_acknowledge(DimLink *link, guint64 serial);
void dim_link_forget(DimLink *link, guint64 serial);
/* Writes what is queued, as far as the socket takes it at once, and a good-bye behind it; the link is to be freed then. */
void dim_link_leave(DimLink *link);
/* Did a packet ever arrive on it? */
gboolean dim_link_has_lived(const DimLink *link);

/* When dim_link_tick() has something to do, monotonic microseconds. */
gint64 dim_link_due(const DimLink *link);
/* Sends PING, sends again, gives up, or finds the line dead. */
void dim_link_tick(DimLink *link);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DimLink, dim_link_free)

G_END_DECLS
