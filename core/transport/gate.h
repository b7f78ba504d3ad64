/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimGate: keeps one line to a station open: dial, framing, acknowledgements, retransmission, heartbeat, back-off (protocol §6). */
#pragma once

#include "transport/dial.h"

G_BEGIN_DECLS

typedef enum {
    DIM_PRIORITY_URGENT = -1, /* handshake */
    DIM_PRIORITY_NORMAL = 0,
    DIM_PRIORITY_SLOWER = 1,
} DimPriority;

typedef struct {
    /* The line is open; nothing was sent yet. */
    void (*up)(DimGate *gate, gpointer data);
    /* The line is down, or did not come up. The gate will try again by itself after `seconds` (0: it will not; it was told to close). */
    void (*down)(DimGate *gate, const GError *error, double seconds, gpointer data);
    /* One message body (a payload; may hold several lines of JSON). Not yet acknowledged: call dim_gate_acknowledge(gate, serial)
     * once it is kept. Several calls may come in one turn of the loop. */
    void (*arrived)(DimGate *gate, GBytes *body, guint64 serial, gpointer data);
    /* The station's transport has the payload that was sent with this tag. */
    void (*acknowledged)(DimGate *gate, guint64 tag, gpointer data);
    /* Given up after three tries on a live line. */
    void (*expired)(DimGate *gate, guint64 tag, gpointer data);
} DimGateEvents;

/* Everything is borrowed and must outlive the gate. */
DimGate *dim_gate_new(const DimDial *dial, const DimClock *clock, const DimGateEvents *events, gpointer data);
/* Closes; no event after this returns. */
void dim_gate_free(DimGate *gate);

/* Connects, and connects again whenever the line falls (8 s doubling to 128 s, with jitter; reset when a line lived) until closed. */
void dim_gate_open(DimGate *gate, const char *host, guint16 port);
/* Written bytes are flushed as far as the socket takes them at once. */
void dim_gate_close(DimGate *gate);
/* Drops the present line and dials anew now (the network changed; a state timed out). */
void dim_gate_restart(DimGate *gate);
gboolean dim_gate_is_up(const DimGate *gate);
/* The next dead line is not redialled by the gate itself: the host program does it (Pidgin reconnects by itself). */
void dim_gate_set_single(DimGate *gate, gboolean single);

/* Queues one payload as an MTP Message; written in order of priority. tag is the caller's (0: no news wanted). FALSE with
 * DIM_ERROR_OFFLINE if the line is down (nothing is kept). */
gboolean dim_gate_send(DimGate *gate, const void *payload, gsize size, DimPriority priority, guint64 tag, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* "OK" for a message that arrived; does nothing if that line is gone. */
void dim_gate_acknowledge(DimGate *gate, guint64 serial);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DimGate, dim_gate_free)

G_END_DECLS
