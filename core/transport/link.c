/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is answered at once, what is passed up, what is sent again, and when an open connection counts as dead. */
#include "transport/link.h"

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

struct _DimLink {
    gint refs; /* the owner's, and one for each call of ours on the stack */
    const DimClock *clock;
    const DimLinkEvents *events; /* NULL once the owner is gone or was told of a failure */
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

static DimLink *
ref_link(DimLink *link)
{
    link->refs++;
    return link;
}

static void
unref_link(DimLink *link)
{
    if (--link->refs > 0)
        return;
    dim_window_free(link->window);
    dim_arrivals_free(link->arrivals);
    dim_frame_reader_free(link->reader);
    g_free(link);
}

/* The link must be kept by the caller: its owner may free it now. */
static void
fail(DimLink *link, const GError *error)
{
    const DimLinkEvents *events = g_steal_pointer(&link->events);

    g_clear_pointer(&link->wire, dim_wire_free);
    if (events != NULL)
        events->failed(error, link->data);
}

static void
fail_silent(DimLink *link, const char *why)
{
    g_autoptr(GError) error = g_error_new_literal(G_IO_ERROR, G_IO_ERROR_TIMED_OUT, why);

    fail(link, error);
}

/* Sent once; there is no room only while the other end reads nothing, and then it asks again. */
static void
send_once(DimLink *link, GBytes *packet)
{
    if (dim_window_queue(link->window, packet, DIM_PRIORITY_URGENT))
        dim_wire_wake(link->wire);
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
on_command(DimLink *link, const DimPacket *packet)
{
    const char *text = is_body(packet, "PING") ? "PONG" : "OK";
    g_autoptr(GBytes) body = g_bytes_new_static(text, strlen(text));
    DimPacket answer = *packet;
    g_autoptr(GBytes) bytes = NULL;

    answer.type = DIM_PACKET_COMMAND_RESPONSE;
    answer.body = body;
    bytes = dim_frame_write_packet(&answer);
    send_once(link, bytes);
}

/* Nothing that anybody has to keep: a heartbeat in a message's clothes. */
static gboolean
is_noise(const DimPacket *packet)
{
    return g_bytes_get_size(packet->body) == 0 || is_body(packet, "PING")
           || is_body(packet, "PONG") || is_body(packet, "NOOP");
}

static void
on_message(DimLink *link, const DimPacket *packet)
{
    if (is_noise(packet)) {
        g_autoptr(GBytes) answer = dim_arrivals_answer(packet);

        send_once(link, answer);
        return;
    }
    if (!dim_arrivals_add(link->arrivals, packet)) {
        g_debug("a message was sent again that still waits for our OK");
        return;
    }
    link->events->arrived(packet->body, packet->serial, link->data);
}

static void
on_message_response(DimLink *link, const DimPacket *packet)
{
    guint64 tag;

    /* "AGAIN" and words from the future: the message is sent again when its time comes. */
    if (!is_body(packet, "OK"))
        return;
    if (dim_window_acknowledge(link->window, packet->serial, &tag) && tag != 0)
        link->events->acknowledged(tag, link->data);
}

static void
on_packet(DimLink *link, const DimPacket *packet)
{
    switch (packet->type) {
    case DIM_PACKET_COMMAND:
        on_command(link, packet);
        break;
    case DIM_PACKET_MESSAGE:
        on_message(link, packet);
        break;
    case DIM_PACKET_MESSAGE_RESPONSE:
        on_message_response(link, packet);
        break;
    case DIM_PACKET_COMMAND_RESPONSE: /* that it came is all its news */
    case DIM_PACKET_FRAGMENT:         /* the reader has joined them */
        break;
    }
}

/* Called with a reference held, as fail(). */
static void
read_packets(DimLink *link)
{
    for (guint count = 0; link->events != NULL; count++) {
        g_auto(DimPacket) packet = { 0 };
        g_autoptr(GError) error = NULL;

        if (dim_arrivals_is_full(link->arrivals)) {
            dim_wire_pause(link->wire); /* until something is acknowledged */
            return;
        }
        if (count == PACKETS_A_TURN) {
            dim_wire_pause(link->wire);
            dim_wire_resume(link->wire);
            return;
        }
        if (!dim_frame_reader_next(link->reader, &packet, &error)) {
            if (error != NULL)
                fail(link, error);
            return;
        }
        link->lived = TRUE;
        on_packet(link, &packet);
    }
}

static void
on_received(G_GNUC_UNUSED DimWire *wire, const guint8 *data, gsize size, gpointer link_data)
{
    DimLink *link = ref_link(link_data);

    link->heard = dim_clock_monotonic(link->clock);
    dim_frame_reader_feed(link->reader, data, size);
    read_packets(link);
    unref_link(link);
}

static void
on_resumed(G_GNUC_UNUSED DimWire *wire, gpointer link_data)
{
    DimLink *link = ref_link(link_data);

    read_packets(link);
    unref_link(link);
}

static void
on_fill(G_GNUC_UNUSED DimWire *wire, GByteArray *out, gsize size, gpointer link_data)
{
    DimLink *link = link_data;

    dim_window_fill(link->window, out, size, dim_clock_monotonic(link->clock));
}

static void
on_failed(G_GNUC_UNUSED DimWire *wire, const GError *error, gpointer link_data)
{
    fail(link_data, error); /* nothing is touched after it */
}

DimLink *
dim_link_new(GIOStream *stream,
             const DimClock *clock,
             const DimLinkEvents *events,
             gpointer data,
             GError **error)
{
    static const DimWireEvents wire_events = {
        .received = on_received,
        .resumed = on_resumed,
        .fill = on_fill,
        .failed = on_failed,
    };
    DimLink *link = g_new0(DimLink, 1);

    link->wire = dim_wire_new(stream, &wire_events, link, error);
    if (link->wire == NULL) {
        g_free(link);
        return NULL;
    }
    link->refs = 1;
    link->clock = clock;
    link->events = events;
    link->data = data;
    link->reader = dim_frame_reader_new(DIM_FRAME_MAX_BODY);
    link->arrivals = dim_arrivals_new();
    link->window = dim_window_new();
    clock->random(clock->data, (guint8 *)&link->serial, sizeof link->serial);
    link->moved = dim_clock_monotonic(clock);
    link->heard = link->moved - HEAD_START;
    link->pinged = link->heard;
    dim_frame_reader_age(link->reader, link->moved);
    return link;
}

void
dim_link_free(DimLink *link)
{
    if (link == NULL)
        return;
    link->events = NULL;
    g_clear_pointer(&link->wire, dim_wire_free);
    unref_link(link);
}

/* 0 means "no number" on the wire. */
static guint64
next_serial(DimLink *link)
{
    if (++link->serial == 0)
        link->serial = 1;
    return link->serial;
}

gboolean
dim_link_send(DimLink *link,
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
    if (link->wire == NULL) {
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_OFFLINE, "The line is down");
        return FALSE;
    }
    serial = next_serial(link);
    packet = dim_frame_write(DIM_PACKET_MESSAGE, serial, payload, size);
    if (!dim_window_queue_message(link->window, serial, tag, packet, priority)) {
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_OFFLINE, "The line is busy");
        return FALSE;
    }
    dim_wire_wake(link->wire);
    return TRUE;
}

void
dim_link_acknowledge(DimLink *link, guint64 serial)
{
    g_autoptr(GBytes) answer = NULL;

    if (link->wire == NULL)
        return;
    answer = dim_arrivals_take(link->arrivals, serial);
    if (answer == NULL)
        return;
    send_once(link, answer);
    if (!dim_arrivals_is_full(link->arrivals))
        dim_wire_resume(link->wire);
}

void
dim_link_flush(DimLink *link)
{
    if (link->wire != NULL)
        dim_wire_flush(link->wire);
}

gboolean
dim_link_has_lived(const DimLink *link)
{
    return link->lived;
}

gint64
dim_link_due(const DimLink *link)
{
    gint64 ping = MAX(link->heard, link->pinged) + SILENCE;
    gint64 due = MIN(ping, link->heard + DEAD);

    return MIN(due, dim_window_due(link->window));
}

static void
ping(DimLink *link, gint64 now)
{
    g_autoptr(GBytes) packet =
        dim_frame_write(DIM_PACKET_COMMAND, next_serial(link), "PING", 4);

    link->pinged = now;
    send_once(link, packet);
}

/* A station that takes nothing is as dead as one that says nothing, and holds our memory. */
static gboolean
is_stuck(DimLink *link, gint64 now)
{
    guint64 written = dim_wire_written(link->wire);

    if (dim_wire_is_idle(link->wire) || written != link->written)
        link->moved = now;
    link->written = written;
    return now - link->moved >= DEAD;
}

static void
tick(DimLink *link)
{
    gint64 now = dim_clock_monotonic(link->clock);
    guint64 tag;

    if (now - link->heard >= DEAD) {
        fail_silent(link, "Nothing was heard from the station for two minutes");
        return;
    }
    if (is_stuck(link, now)) {
        fail_silent(link, "The station took nothing for two minutes");
        return;
    }
    dim_frame_reader_age(link->reader, now);
    while (dim_window_give_up(link->window, now, &tag)) {
        if (tag != 0)
            link->events->expired(tag, link->data);
        if (link->events == NULL)
            return;
    }
    if (now - MAX(link->heard, link->pinged) >= SILENCE)
        ping(link, now);
    if (dim_window_has_queued(link->window))
        dim_wire_wake(link->wire);
}

void
dim_link_tick(DimLink *link)
{
    if (link->events == NULL)
        return;
    ref_link(link);
    tick(link);
    unref_link(link);
}
