/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimFramer: the framing of one line, bytes to packets and back, by a table of framings (protocol §6.1). */
#pragma once

#include "transport/frame.h"

#include "types.h"

G_BEGIN_DECLS

typedef struct {
    gboolean caller;       /* we have dialed; else somebody has dialed us */
    const DimClock *clock; /* must outlive the framer */
    const char *host;      /* the caller's only: whom it has dialed; copied */
    guint16 port;
    gsize max_body; /* of one packet */
} DimFramerOptions;

/* A row of the table: what a framing must offer. `state` is what open() gave. */
typedef struct {
    const char *name;
    /* Each message has a number, and is acknowledged by it; else a PONG says that all before its PING was read. */
    gboolean numbered;
    gpointer (*open)(const DimFramerOptions *options);
    void (*free)(gpointer state);
    void (*feed)(gpointer state, const void *data, gsize size);
    gboolean (*next)(gpointer state, DimPacket *packet, GError **error);
    void (*age)(gpointer state, gint64 now);
    gsize (*held)(gpointer state);
    guint64 (*pieces)(gpointer state, guint64 *bytes);
    GBytes *(*write)(gpointer state, const DimPacket *packet);
    GBytes *(*answer)(gpointer state, const DimPacket *message);
    /* NULL: always ready, never says anything by itself. */
    gboolean (*is_ready)(gpointer state);
    GBytes *(*talk)(gpointer state);
    void (*leave)(gpointer state);
} DimFraming;

extern const DimFraming dim_framing_mtp;
extern const DimFraming dim_framing_websocket;

typedef struct _DimFramer DimFramer;

/* The end that dials. */
DimFramer *dim_framer_new(DimTransport transport, const DimFramerOptions *options);
/* The end that is dialed: what comes first tells which framing it is. */
DimFramer *dim_framer_new_any(const DimFramerOptions *options);
void dim_framer_free(DimFramer *framer);
/* As those of DimFrameReader. Noise, and what a framing says to its other end alone, is no packet. */
void dim_framer_feed(DimFramer *framer, const void *data, gsize size);
gboolean dim_framer_next(DimFramer *framer, DimPacket *packet, GError **error);
void dim_framer_age(DimFramer *framer, gint64 now);
gsize dim_framer_held(const DimFramer *framer);
/* What came in and is no packet of its own: fragments, control frames. */
guint64 dim_framer_pieces(const DimFramer *framer, guint64 *bytes);

gboolean dim_framer_is_numbered(const DimFramer *framer);
/* FALSE: packets must wait, first there is something else to be said (or nothing any more). */
gboolean dim_framer_is_ready(const DimFramer *framer);
/* What the framing itself has to say now, before any packet; to be asked before and after each dim_framer_next(). New bytes; NULL: nothing. */
GBytes *dim_framer_talk(DimFramer *framer);
/* We are about to hang up: dim_framer_talk() then has a good-bye to say, if the framing knows one. */
void dim_framer_leave(DimFramer *framer);
/* The bytes of a packet, and those that acknowledge a message. New bytes; NULL: this framing has no word for it. */
GBytes *dim_framer_write(DimFramer *framer,
                         DimPacketType type,
                         guint64 serial,
                         const void *body,
                         gsize size);
GBytes *dim_framer_write_packet(DimFramer *framer, const DimPacket *packet);
GBytes *dim_framer_answer(DimFramer *framer, const DimPacket *message);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DimFramer, dim_framer_free)

G_END_DECLS
