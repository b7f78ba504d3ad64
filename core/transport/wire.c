/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sources of the main loop around one pollable stream; whole batches go out in one write (protocol §6.1). */
#include "transport/wire.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

#include "base/words.h"

#define READ_SIZE  65536u
#define WRITE_SIZE (256u * 1024) /* of a batch; a packet is never split between batches */
#define KEPT_SIZE  16384u        /* a larger buffer is given back once it is written */

struct _DimWire {
    gint refs;
    GIOStream *stream;
    GMainContext *context;
    GSource *reading;
    GSource *resuming;
    GSource *writing;
    GByteArray *out;
    gsize written;               /* of out */
    guint64 total;               /* ever written */
    const DimWireEvents *events; /* NULL once the owner is gone or was told of a failure */
    gpointer data;
};

static DimWire *
ref_wire(DimWire *wire)
{
    wire->refs++;
    return wire;
}

static void
unref_wire(DimWire *wire)
{
    if (--wire->refs > 0)
        return;
    g_byte_array_unref(wire->out);
    g_object_unref(wire->stream);
    g_main_context_unref(wire->context);
    g_free(wire);
}

static void
drop_source(GSource **source)
{
    if (*source != NULL) {
        g_source_destroy(*source);
        g_source_unref(*source);
        *source = NULL;
    }
}

static void
drop_sources(DimWire *wire)
{
    drop_source(&wire->reading);
    drop_source(&wire->resuming);
    drop_source(&wire->writing);
}

/* The wire must be kept by the caller: its owner may free it now. */
static void
fail(DimWire *wire, const GError *error)
{
    const DimWireEvents *events = g_steal_pointer(&wire->events);

    drop_sources(wire);
    if (events != NULL)
        events->failed(wire, error, wire->data);
}

static gssize
read_some(DimWire *wire, guint8 *into, gsize size, GError **error)
{
    GPollableInputStream *in =
        G_POLLABLE_INPUT_STREAM(g_io_stream_get_input_stream(wire->stream));
    gssize got = g_pollable_input_stream_read_nonblocking(in, into, size, NULL, error);

    if (got == 0)
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED,
                            _("The station closed the line"));
    return got;
}

static gboolean
on_readable(G_GNUC_UNUSED GObject *stream, gpointer data)
{
    DimWire *wire = ref_wire(data);
    guint8 chunk[READ_SIZE];
    g_autoptr(GError) error = NULL;
    gssize got = read_some(wire, chunk, sizeof chunk, &error);

    if (got > 0)
        wire->events->received(wire, chunk, (gsize)got, wire->data);
    else if (!g_error_matches(error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        fail(wire, error);
    unref_wire(wire);
    return G_SOURCE_CONTINUE; /* whoever wants no more of it has destroyed it */
}

static void
start_reading(DimWire *wire)
{
    GPollableInputStream *in =
        G_POLLABLE_INPUT_STREAM(g_io_stream_get_input_stream(wire->stream));

    wire->reading = g_pollable_input_stream_create_source(in, NULL);
    g_source_set_callback(wire->reading, G_SOURCE_FUNC(on_readable), wire, NULL);
    g_source_attach(wire->reading, wire->context);
}

static gboolean
on_resume(gpointer data)
{
    DimWire *wire = ref_wire(data);

    drop_source(&wire->resuming);
    start_reading(wire);
    wire->events->resumed(wire, wire->data);
    unref_wire(wire);
    return G_SOURCE_REMOVE;
}

void
dim_wire_pause(DimWire *wire)
{
    drop_source(&wire->reading);
    drop_source(&wire->resuming);
}

void
dim_wire_resume(DimWire *wire)
{
    if (wire->events == NULL || wire->reading != NULL || wire->resuming != NULL)
        return;
    /* Not above the host's own work: a long backlog must not keep its windows from being drawn. */
    wire->resuming = g_idle_source_new();
    g_source_set_callback(wire->resuming, on_resume, wire, NULL);
    g_source_attach(wire->resuming, wire->context);
}

/* One write of what is there. FALSE with an error, G_IO_ERROR_WOULD_BLOCK among them. */
static gboolean
write_some(DimWire *wire, GError **error)
{
    GPollableOutputStream *stream =
        G_POLLABLE_OUTPUT_STREAM(g_io_stream_get_output_stream(wire->stream));
    gssize done = g_pollable_output_stream_write_nonblocking(
        stream, wire->out->data + wire->written, wire->out->len - wire->written, NULL, error);

    if (done < 0)
        return FALSE;
    wire->written += (gsize)done;
    wire->total += (guint64)done;
    if (wire->written < wire->out->len)
        return TRUE;
    wire->written = 0;
    if (wire->out->len <= KEPT_SIZE) {
        g_byte_array_set_size(wire->out, 0);
    } else {
        g_byte_array_unref(wire->out);
        wire->out = g_byte_array_new();
    }
    return TRUE;
}

/* TRUE if there is something to write. */
static gboolean
fill(DimWire *wire)
{
    if (wire->out->len == 0)
        wire->events->fill(wire, wire->out, WRITE_SIZE, wire->data);
    return wire->out->len > 0;
}

static gboolean
on_writable(G_GNUC_UNUSED GObject *stream, gpointer data)
{
    DimWire *wire = ref_wire(data);
    g_autoptr(GError) error = NULL;

    if (fill(wire) && !write_some(wire, &error)
        && !g_error_matches(error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        fail(wire, error);
    else if (!fill(wire))
        drop_source(&wire->writing);
    unref_wire(wire);
    return G_SOURCE_CONTINUE;
}

void
dim_wire_wake(DimWire *wire)
{
    GPollableOutputStream *out =
        G_POLLABLE_OUTPUT_STREAM(g_io_stream_get_output_stream(wire->stream));

    if (wire->events == NULL || wire->writing != NULL)
        return;
    wire->writing = g_pollable_output_stream_create_source(out, NULL);
    g_source_set_callback(wire->writing, G_SOURCE_FUNC(on_writable), wire, NULL);
    g_source_attach(wire->writing, wire->context);
}

void
dim_wire_flush(DimWire *wire)
{
    while (wire->events != NULL && fill(wire)) {
        g_autoptr(GError) error = NULL;

        if (!write_some(wire, &error))
            return;
    }
}

guint64
dim_wire_written(const DimWire *wire)
{
    return wire->total;
}

gboolean
dim_wire_is_idle(const DimWire *wire)
{
    return wire->writing == NULL;
}

/* Small packets must not wait for the acknowledgement of those before (Nagle); batches are made here. */
static void
send_at_once(GIOStream *stream)
{
    GSocket *socket;
    g_autoptr(GError) error = NULL;

    if (!G_IS_TCP_CONNECTION(stream))
        return;
    socket = g_socket_connection_get_socket(G_SOCKET_CONNECTION(stream));
    if (!g_socket_set_option(socket, IPPROTO_TCP, TCP_NODELAY, 1, &error))
        g_debug("TCP_NODELAY: %s", error->message);
}

static gboolean
can_poll(GIOStream *stream)
{
    GInputStream *in = g_io_stream_get_input_stream(stream);
    GOutputStream *out = g_io_stream_get_output_stream(stream);

    return G_IS_POLLABLE_INPUT_STREAM(in) && G_IS_POLLABLE_OUTPUT_STREAM(out)
           && g_pollable_input_stream_can_poll(G_POLLABLE_INPUT_STREAM(in))
           && g_pollable_output_stream_can_poll(G_POLLABLE_OUTPUT_STREAM(out));
}

DimWire *
dim_wire_new(GIOStream *stream,
             const DimWireEvents *events,
             gpointer data_of_owner,
             GError **error)
{
    DimWire *wire;

    if (!can_poll(stream)) {
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                            _("The connection cannot be polled"));
        return NULL;
    }
    wire = g_new0(DimWire, 1);
    wire->refs = 1;
    wire->stream = g_object_ref(stream);
    wire->context = g_main_context_ref_thread_default();
    wire->out = g_byte_array_new();
    wire->events = events;
    wire->data = data_of_owner;
    send_at_once(stream);
    start_reading(wire);
    return wire;
}

void
dim_wire_free(DimWire *wire)
{
    g_autoptr(GError) error = NULL;

    if (wire == NULL)
        return;
    wire->events = NULL;
    drop_sources(wire);
    if (!g_io_stream_close(wire->stream, NULL, &error))
        g_debug("closing a line: %s", error->message);
    unref_wire(wire);
}
