/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimLine: one open connection to a station: packets, acknowledgements both ways, heartbeat (protocol §6.2, §6.5). */
#pragma once

#include <gio/gio.h>

#include "transport/gate.h"

G_BEGIN_DECLS

typedef struct _DimLine DimLine;

/* As in DimGateEvents; `failed` is the last event of a line. */
typedef struct {
    void (*arrived)(GBytes *body, guint64 serial, gpointer data);
    void (*acknowledged)(guint64 tag, gpointer data);
    void (*expired)(guint64 tag, gpointer data);
    void (*failed)(const GError *error, gpointer data);
} DimLineEvents;

/* Reads at once, from the thread-default main context. clock, events and data must outlive the line. NULL with G_IO_ERROR_NOT_SUPPORTED. */
DimLine *dim_line_new(GIOStream *stream,
                      const DimClock *clock,
                      const DimLineEvents *events,
                      gpointer data,
                      GError **error);
/* Closes it; no event after this returns, and it may be called from inside any. */
void dim_line_free(DimLine *line);

/* As dim_gate_send() and dim_gate_acknowledge(). */
gboolean dim_line_send(DimLine *line,
                       const void *payload,
                       gsize size,
                       DimPriority priority,
                       guint64 tag,
                       GError **error);
void dim_line_acknowledge(DimLine *line, guint64 serial);
/* Writes what is queued, as far as the socket takes it at once. */
void dim_line_flush(DimLine *line);
/* Did a packet ever arrive on it? */
gboolean dim_line_has_lived(const DimLine *line);

/* When dim_line_tick() has something to do, monotonic microseconds. */
gint64 dim_line_due(const DimLine *line);
/* Sends PING, sends again, gives up, or finds the line dead. */
void dim_line_tick(DimLine *line);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DimLine, dim_line_free)

G_END_DECLS
