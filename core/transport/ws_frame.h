/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytes <-> WebSocket messages (RFC 6455, section 5), pure and incremental. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
    DIM_WS_CONTINUATION = 0x0,
    DIM_WS_TEXT = 0x1,
    DIM_WS_BINARY = 0x2,
    DIM_WS_CLOSE = 0x8,
    DIM_WS_PING = 0x9,
    DIM_WS_PONG = 0xA,
} DimWsOpcode;

/* Status codes of a close frame (RFC 6455, section 7.4). */
typedef enum {
    DIM_WS_NORMAL = 1000,
    DIM_WS_PROTOCOL_ERROR = 1002,
    DIM_WS_NO_STATUS = 1005, /* nobody sends it */
    DIM_WS_BAD_TEXT = 1007,
    DIM_WS_TOO_LONG = 1009,
} DimWsStatus;

/* A whole message: text or binary, joined if it came in frames; or a control frame, of 125 bytes at most. */
typedef struct {
    DimWsOpcode opcode;
    gboolean joined;
    GBytes *body;
} DimWsMessage;

typedef struct _DimWsReader DimWsReader;

/* max_body: a longer message, announced or joined, is an error. masked: each frame must be masked (the other end has dialed), else none may
 * be. */
DimWsReader *dim_ws_reader_new(gsize max_body, gboolean masked);
void dim_ws_reader_free(DimWsReader *reader);
/* Adds bytes; O(size). */
void dim_ws_reader_feed(DimWsReader *reader, const void *data, gsize size);
/* The next whole message; FALSE without error if more bytes are needed, FALSE with DIM_ERROR_MALFORMED, from then on, if the line is
 * beyond repair; text that is not UTF-8 and a close frame that says nothing lawful are, too. */
gboolean dim_ws_reader_next(DimWsReader *reader, DimWsMessage *message, GError **error);
/* What the other end is told about the error of dim_ws_reader_next(); DIM_WS_NO_STATUS if there was none. */
DimWsStatus dim_ws_reader_fault(const DimWsReader *reader);
/* Bytes held that are not yet a message. */
gsize dim_ws_reader_held(const DimWsReader *reader);
/* How many frames of messages of several frames were taken in so far, and their bytes (out, nullable). */
guint64 dim_ws_reader_pieces(const DimWsReader *reader, guint64 *bytes);
void dim_ws_message_clear(DimWsMessage *message);

/* One unfragmented frame. mask: (nullable) 4 bytes; the end that has dialed must give one, unpredictable. New bytes. */
GBytes *dim_ws_write(DimWsOpcode opcode, const guint8 *mask, const void *body, gsize size);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DimWsReader, dim_ws_reader_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DimWsMessage, dim_ws_message_clear)

G_END_DECLS
