/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytes <-> MTP packets, pure and incremental (protocol §6.2). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define DIM_FRAME_MAX_BODY (4u * 1024 * 1024)

typedef enum {
    DIM_PACKET_COMMAND = 0x0,
    DIM_PACKET_COMMAND_RESPONSE = 0x1,
    DIM_PACKET_MESSAGE = 0x2,
    DIM_PACKET_MESSAGE_RESPONSE = 0x3,
    DIM_PACKET_FRAGMENT = 0xA,
} DimPacketType;

typedef struct {
    DimPacketType type;
    gboolean has_serial;
    guint64 serial; /* the 8 opaque bytes, big-endian; 0 ("absent") if the header has none */
    guint32 pages;  /* 1 if the header has none */
    guint32 index;
    /* a MESSAGE that came in `pages` fragments; each is acknowledged by itself */
    gboolean joined;
    GBytes *body;
} DimPacket;

typedef struct _DimFrameReader DimFrameReader;

/* max_body: a longer announced body is an error (the line must be dropped). */
DimFrameReader *dim_frame_reader_new(gsize max_body);
void dim_frame_reader_free(DimFrameReader *reader);
/* Adds bytes; O(size). */
void dim_frame_reader_feed(DimFrameReader *reader, const void *data, gsize size);
/* The next whole packet; FALSE without error if more bytes are needed, FALSE with DIM_ERROR_MALFORMED if the line is beyond repair
 * (oversized body, 64 KiB without a header). Junk before a header is skipped (resynchronisation), and so is a header that says
 * nothing of its body's length (4, 12 or 20 bytes: datagrams only; on a stream nobody knows where such a packet ends).
 * Fragments come out joined, as one MESSAGE, when complete. Clear with dim_packet_clear(). */
gboolean dim_frame_reader_next(DimFrameReader *reader, DimPacket *packet, GError **error);
/* Tells the time (monotonic microseconds), from before the first feed on: fragments that did not become whole within 300 s are
 * forgotten. Fragments of all unfinished messages together take at most max_body bytes, of 16 messages at most. */
void dim_frame_reader_age(DimFrameReader *reader, gint64 now);
/* Bytes held that are not yet a packet (those of incomplete fragments not counted). */
gsize dim_frame_reader_pending(const DimFrameReader *reader);
/* What it holds in memory: the bytes that are not yet a packet, and incomplete fragments with their book-keeping. */
gsize dim_frame_reader_held(const DimFrameReader *reader);
/* How many fragments were taken in so far, and their bytes (out, nullable): dim_frame_reader_next() says nothing of them. */
guint64 dim_frame_reader_pieces(const DimFrameReader *reader, guint64 *bytes);
void dim_packet_clear(DimPacket *packet);

/* A 16-byte header and the body. New bytes. */
GBytes *dim_frame_write(DimPacketType type, guint64 serial, const void *body, gsize size);
/* The header that the packet needs: 8 bytes without a serial, 24 when pages > 1, else 16; and the body. New bytes. */
GBytes *dim_frame_write_packet(const DimPacket *packet);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DimFrameReader, dim_frame_reader_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DimPacket, dim_packet_clear)

G_END_DECLS
