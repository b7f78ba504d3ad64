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
    /* The line is open; nothing was sent yet. What is sent now waits until the framing is agreed on. */
    void (*up)(DimGate *gate, gpointer data);
    /* The line is down, or did not come up; what was sent and not acknowledged on it is forgotten here. The gate will try again by itself
     * after `seconds` (0: it will not: it was told to close, or is in single mode). dim_gate_close() tells this before it returns;
     * dim_gate_restart(), dim_gate_open() and dim_gate_free() do not tell it: their caller knows. */
    void (*down)(DimGate *gate, const GError *error, double seconds, gpointer data);
    /* One message body (a payload; may hold several lines of JSON). Not yet acknowledged: call dim_gate_acknowledge(gate, serial)
     * once it is kept, or dropped for good. Up to 32 calls come in one turn of the loop; while 256 messages (or 8 MiB) are not
     * acknowledged nothing more is read. A message that is sent again while it waits here is not passed up again. */
    void (*arrived)(DimGate *gate, GBytes *body, guint64 serial, gpointer data);
    /* The station's transport has the payload that was sent with this tag: MTP says so of each; over WebSocket a PING goes behind what was
     * written, and its PONG says that all before it was read. */
    void (*acknowledged)(DimGate *gate, guint64 tag, gpointer data);
    /* Given up after three tries on a live line. */
    void (*expired)(DimGate *gate, guint64 tag, gpointer data);
} DimGateEvents;

/* Everything is borrowed and must outlive the gate. A NULL event is not told. Every call of the gate, dim_gate_free() among them, may be made
 * from inside any event. */
DimGate *dim_gate_new(const DimDial *dial,
                      const DimClock *clock,
                      const DimGateEvents *events,
                      gpointer data);
/* Closes; no event after this returns. */
void dim_gate_free(DimGate *gate);

/* Connects (an open line is dropped first), and connects again whenever the line falls (8 s doubling to 128 s, less up to a
 * quarter by chance; 8 s again after a line on which something was heard) until closed. Drops a line on which nothing is heard
 * for 128 s (PING after 16 s), and after the computer slept: protocol §6.5. */
void dim_gate_open(DimGate *gate, const char *host, guint16 port);
/* Another address, without a word to anybody; the ladder of delays stays where it is. now: dials at once (for a gate whose line
 * fell); else the next dial goes there. */
void dim_gate_aim(DimGate *gate, const char *host, guint16 port, gboolean now);
/* Written bytes are flushed as far as the socket takes them at once. */
void dim_gate_close(DimGate *gate);
/* Drops the present line and dials anew now (the network changed; a state timed out). Does nothing if the gate is closed. */
void dim_gate_restart(DimGate *gate);
gboolean dim_gate_is_up(const DimGate *gate);
/* The next dead line is not redialled by the gate itself: the host program does it (Pidgin reconnects by itself). */
void dim_gate_set_single(DimGate *gate, gboolean single);

/* MTP if it is never called. Holds from the next dial on. */
void dim_gate_set_transport(DimGate *gate, DimTransport transport);

/* Queues one payload as a message; written in order of priority, all of one turn of the loop in one write; sent again after 120 s, three
 * times in all. tag is the caller's (0: no news wanted). FALSE with DIM_ERROR_OFFLINE if the line is down (nothing is kept) or holds
 * as much as it may (8 MiB unwritten, 32 MiB unacknowledged: go on at `acknowledged`); DIM_ERROR_MALFORMED for an empty payload or
 * one over DIM_FRAME_MAX_BODY. */
gboolean dim_gate_send(DimGate *gate,
                       const void *payload,
                       gsize size,
                       DimPriority priority,
                       guint64 tag,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* "OK" for a message that arrived (serial 0: for the oldest that came without a number); does nothing if that line is gone. */
void dim_gate_acknowledge(DimGate *gate, guint64 serial);
/* A message that arrived could not be kept: no "OK", and it is passed up again when it is sent again on this line. */
void dim_gate_forget(DimGate *gate, guint64 serial);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DimGate, dim_gate_free)

G_END_DECLS
