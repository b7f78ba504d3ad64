/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimWire: one open stream, read and written without blocking, with bounded buffers. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _DimWire DimWire;

typedef struct {
    /* At most 64 KiB were read. No more is read before this returns. */
    void (*received)(DimWire *wire, const guint8 *data, gsize size, gpointer data_of_owner);
    /* dim_wire_resume() was called; comes in a later turn of the loop, before anything is read. */
    void (*resumed)(DimWire *wire, gpointer data_of_owner);
    /* The stream takes more: append what is to be written next, about `size` bytes, or nothing. */
    void (*fill)(DimWire *wire, GByteArray *out, gsize size, gpointer data_of_owner);
    /* The line is dead; nothing comes after it. */
    void (*failed)(DimWire *wire, const GError *error, gpointer data_of_owner);
} DimWireEvents;

/* Reads from the thread-default main context at once. Takes a reference to the stream and owns its closing; events and data must outlive
 * the wire. NULL with G_IO_ERROR_NOT_SUPPORTED if the stream cannot be polled. */
DimWire *dim_wire_new(GIOStream *stream,
                      const DimWireEvents *events,
                      gpointer data_of_owner,
                      GError **error);
/* Closes the stream; no event after this returns, and it may be called from inside any. */
void dim_wire_free(DimWire *wire);

/* Something is to be written: `fill` will be called in the next turn of the loop, so that all that is queued in this one leaves together. */
void dim_wire_wake(DimWire *wire);
/* Writes now, as far as the socket takes it; errors are left to the next read. */
void dim_wire_flush(DimWire *wire);
/* Bytes that the socket has taken so far. */
guint64 dim_wire_written(const DimWire *wire);
/* TRUE if nothing waits to be written. */
gboolean dim_wire_is_idle(const DimWire *wire);
/* Reads no more until dim_wire_resume(). */
void dim_wire_pause(DimWire *wire);
void dim_wire_resume(DimWire *wire);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DimWire, dim_wire_free)

G_END_DECLS
