/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is answered at once, what is passed up, what is sent again, and when an open connection counts as dead. */
#include "transport/line.h"

#include <string.h>

#include "base/clock.h"
#include "base/errors.h"
#include "transport/arrivals.h"
#include "transport/frame.h"
#include "transport/window.h"
#include "transport/wire.h"

#define SILENCE        (16 * G_USEC_PER_SEC)  /* after it, PING */
#define DEAD           (128 * G_USEC_PER_SEC) /* nothing heard, or nothing taken, for so long */
#define HEAD_START     (8 * G_USEC_PER_SEC) /* a new line counts as silent for so long already */
#define PACKETS_A_TURN 32 /* an RSA decryption each is some 30 ms of the host's main loop */

struct _DimLine {
    gint refs; /* the owner's, and one for each call of ours on the stack */
    const DimClock *clock;
    const DimLineEvents *events; /* NULL once the owner is gone or was told of a failure */
    gpointer data;

    DimWire *wire;
    DimFrameReader *reader;
    DimArrivals *arrivals;
    DimWindow *window;
    guint64 serial; /* of the last message or command of ours */
    gint64 heard;
    gint64 pinged;
    gint64 moved; /* when the other end last took something, or had nothing to take */
    guint64 written;
    gboolean lived;
};

static DimLine *
ref_line(DimLine *line)
{
    line->refs++;
    return line;
}

static void
unref_line(DimLine *line)
{
    if (--line->refs > 0)
        return;
    dim_window_free(line->window);
    dim_arrivals_free(line->arrivals);
    dim_frame_reader_free(line->reader);
    g_free(line);
}

/* The line must be kept by the caller: its owner may free it now. */
static void
fail(DimLine *line, const GError *error)
{
    const DimLineEvents *events = g_steal_pointer(&line->events);

    g_clear_pointer(&line->wire, dim_wire_free);
    if (events != NULL)
        events->failed(error, line->data);
}

static void
fail_silent(DimLine *line, const char *why)
{
    g_autoptr(GError) error = g_error_new_literal(G_IO_ERROR, G_IO_ERROR_TIMED_OUT, why);

    fail(line, error);
}

/* Sent once; there is no room only while the other end reads nothing, and then it asks again. */
static void
send_once(DimLine *line, GBytes *packet)
{
    if (dim_window_queue(line->window, packet, DIM_PRIORITY_URGENT))
        dim_wire_wake(line->wire);
    else
        g_debug("the station reads nothing: an answer is dropped");
}

static gboolean
is_body(const DimPacket *packet, const char *text)
{
    g_autoptr(GBytes) wanted = g_bytes_new_static(text, strlen(text));

    return g_bytes_equal(packet->body, wanted);
}

static void
on_command(DimLine *line, const DimPacket *packet)
{
    const char *text = is_body(packet, "PING") ? "PONG" : "OK";
    g_autoptr(GBytes) body = g_bytes_new_static(text, strlen(text));
    DimPacket answer = *packet;
    g_autoptr(GBytes) bytes = NULL;

    answer.type = DIM_PACKET_COMMAND_RESPONSE;
    answer.body = body;
    bytes = dim_frame_write_packet(&answer);
    send_once(line, bytes);
}

/* Nothing that anybody has to keep: a heartbeat in a message's clothes. */
static gboolean
is_noise(const DimPacket *packet)
{
    return g_bytes_get_size(packet->body) == 0 || is_body(packet, "PING")
           || is_body(packet, "PONG") || is_body(packet, "NOOP");
}

static void
on_message(DimLine *line, const DimPacket *packet)
{
    if (is_noise(packet)) {
        g_autoptr(GBytes) answer = dim_arrivals_answer(packet);

        send_once(line, answer);
        return;
    }
    if (!dim_arrivals_add(line->arrivals, packet)) {
        g_debug("a message was sent again that still waits for our OK");
        return;
    }
    line->events->arrived(packet->body, packet->serial, line->data);
}

static void
on_message_response(DimLine *line, const DimPacket *packet)
{
    guint64 tag;

    /* "AGAIN" and words from the future: the message is sent again when its time comes. */
    if (!is_body(packet, "OK"))
        return;
    if (dim_window_acknowledge(line->window, packet->serial, &tag) && tag != 0)
        line->events->acknowledged(tag, line->data);
}

static void
on_packet(DimLine *line, const DimPacket *packet)
{
    switch (packet->type) {
    case DIM_PACKET_COMMAND:
        on_command(line, packet);
        break;
    case DIM_PACKET_MESSAGE:
        on_message(line, packet);
        break;
    case DIM_PACKET_MESSAGE_RESPONSE:
        on_message_response(line, packet);
        break;
    case DIM_PACKET_COMMAND_RESPONSE: /* that it came is all its news */
    case DIM_PACKET_FRAGMENT:         /* the reader has joined them */
        break;
    }
}

/* Called with a reference held, as fail(). */
static void
read_packets(DimLine *line)
{
    for (guint count = 0; line->events != NULL; count++) {
        g_auto(DimPacket) packet = { 0 };
        g_autoptr(GError) error = NULL;

        if (dim_arrivals_is_full(line->arrivals)) {
            dim_wire_pause(line->wire); /* until something is acknowledged */
            return;
        }
        if (count == PACKETS_A_TURN) {
            dim_wire_pause(line->wire);
            dim_wire_resume(line->wire);
            return;
        }
        if (!dim_frame_reader_next(line->reader, &packet, &error)) {
            if (error != NULL)
                fail(line, error);
            return;
        }
        line->lived = TRUE;
        on_packet(line, &packet);
    }
}

static void
on_received(G_GNUC_UNUSED DimWire *wire, const guint8 *data, gsize size, gpointer line_data)
{
    DimLine *line = ref_line(line_data);

    line->heard = dim_clock_monotonic(line->clock);
    dim_frame_reader_feed(line->reader, data, size);
    read_packets(line);
    unref_line(line);
}

static void
on_resumed(G_GNUC_UNUSED DimWire *wire, gpointer line_data)
{
    DimLine *line = ref_line(line_data);

    read_packets(line);
    unref_line(line);
}

static void
on_fill(G_GNUC_UNUSED DimWire *wire, GByteArray *out, gsize size, gpointer line_data)
{
    DimLine *line = line_data;

    dim_window_fill(line->window, out, size, dim_clock_monotonic(line->clock));
}

static void
on_failed(G_GNUC_UNUSED DimWire *wire, const GError *error, gpointer line_data)
{
    fail(line_data, error); /* nothing is touched after it */
}

DimLine *
dim_line_new(GIOStream *stream,
             const DimClock *clock,
             const DimLineEvents *events,
             gpointer data,
             GError **error)
{
    static const DimWireEvents wire_events = {
        .received = on_received,
        .resumed = on_resumed,
        .fill = on_fill,
        .failed = on_failed,
    };
    DimLine *line = g_new0(DimLine, 1);

    line->wire = dim_wire_new(stream, &wire_events, line, error);
    if (line->wire == NULL) {
        g_free(line);
        return NULL;
    }
    line->refs = 1;
    line->clock = clock;
    line->events = events;
    line->data = data;
    line->reader = dim_frame_reader_new(DIM_FRAME_MAX_BODY);
    line->arrivals = dim_arrivals_new();
    line->window = dim_window_new();
    clock->random(clock->data, (guint8 *)&line->serial, sizeof line->serial);
    line->moved = dim_clock_monotonic(clock);
    line->heard = line->moved - HEAD_START;
    line->pinged = line->heard;
    dim_frame_reader_age(line->reader, line->moved);
    return line;
}

void
dim_line_free(DimLine *line)
{
    if (line == NULL)
        return;
    line->events = NULL;
    g_clear_pointer(&line->wire, dim_wire_free);
    unref_line(line);
}

/* 0 means "no number" on the wire. */
static guint64
next_serial(DimLine *line)
{
    if (++line->serial == 0)
        line->serial = 1;
    return line->serial;
}

gboolean
dim_line_send(DimLine *line,
              const void *payload,
              gsize size,
              DimPriority priority,
              guint64 tag,
              GError **error)
{
    g_autoptr(GBytes) packet = NULL;
    guint64 serial;

    if (size == 0 || size > DIM_FRAME_MAX_BODY) {
        g_set_error(error, DIM_ERROR, DIM_ERROR_MALFORMED,
                    "A message of %" G_GSIZE_FORMAT " bytes cannot be sent", size);
        return FALSE;
    }
    if (line->wire == NULL) {
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_OFFLINE, "The line is down");
        return FALSE;
    }
    serial = next_serial(line);
    packet = dim_frame_write(DIM_PACKET_MESSAGE, serial, payload, size);
    if (!dim_window_queue_message(line->window, serial, tag, packet, priority)) {
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_OFFLINE, "The line is busy");
        return FALSE;
    }
    dim_wire_wake(line->wire);
    return TRUE;
}

void
dim_line_acknowledge(DimLine *line, guint64 serial)
{
    g_autoptr(GBytes) answer = NULL;

    if (line->wire == NULL)
        return;
    answer = dim_arrivals_take(line->arrivals, serial);
    if (answer == NULL)
        return;
    send_once(line, answer);
    if (!dim_arrivals_is_full(line->arrivals))
        dim_wire_resume(line->wire);
}

void
dim_line_flush(DimLine *line)
{
    if (line->wire != NULL)
        dim_wire_flush(line->wire);
}

gboolean
dim_line_has_lived(const DimLine *line)
{
    return line->lived;
}

gint64
dim_line_due(const DimLine *line)
{
    gint64 ping = MAX(line->heard, line->pinged) + SILENCE;
    gint64 due = MIN(ping, line->heard + DEAD);

    return MIN(due, dim_window_due(line->window));
}

static void
ping(DimLine *line, gint64 now)
{
    g_autoptr(GBytes) packet =
        dim_frame_write(DIM_PACKET_COMMAND, next_serial(line), "PING", 4);

    line->pinged = now;
    send_once(line, packet);
}

/* A station that takes nothing is as dead as one that says nothing, and holds our memory. */
static gboolean
is_stuck(DimLine *line, gint64 now)
{
    guint64 written = dim_wire_written(line->wire);

    if (dim_wire_is_idle(line->wire) || written != line->written)
        line->moved = now;
    line->written = written;
    return now - line->moved >= DEAD;
}

static void
tick(DimLine *line)
{
    gint64 now = dim_clock_monotonic(line->clock);
    guint64 tag;

    if (now - line->heard >= DEAD) {
        fail_silent(line, "Nothing was heard from the station for two minutes");
        return;
    }
    if (is_stuck(line, now)) {
        fail_silent(line, "The station took nothing for two minutes");
        return;
    }
    dim_frame_reader_age(line->reader, now);
    while (dim_window_give_up(line->window, now, &tag)) {
        if (tag != 0)
            line->events->expired(tag, line->data);
        if (line->events == NULL)
            return;
    }
    if (now - MAX(line->heard, line->pinged) >= SILENCE)
        ping(line, now);
    if (dim_window_has_queued(line->window))
        dim_wire_wake(line->wire);
}

void
dim_line_tick(DimLine *line)
{
    if (line->events == NULL)
        return;
    ref_line(line);
    tick(line);
    unref_line(line);
}
