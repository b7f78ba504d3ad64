/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One open connection: what is answered at once, what is passed up, what is written when. */
#include <string.h>

#include "base/clock.h"
#include "base/errors.h"
#include "base/words.h"
#include "transport/link_parts.h"

#define HEAD_START     (8 * G_USEC_PER_SEC) /* a new line counts as silent for so long already */
#define PACKETS_A_TURN 32 /* an RSA decryption each is some 30 ms of the host's main loop */

DimLink *
dim_link_ref(DimLink *link)
{
    link->refs++;
    return link;
}

void
dim_link_unref(DimLink *link)
{
    if (--link->refs > 0)
        return;
    dim_window_free(link->window);
    dim_arrivals_free(link->arrivals);
    dim_framer_free(link->framer);
    g_array_unref(link->marks);
    g_free(link);
}

/* 0 means "no number" on the wire. */
guint64
dim_link_next_serial(DimLink *link)
{
    if (++link->serial == 0)
        link->serial = 1;
    return link->serial;
}

void
dim_link_fail(DimLink *link, const GError *error)
{
    const DimLinkEvents *events = g_steal_pointer(&link->events);

    g_clear_pointer(&link->wire, dim_wire_free);
    if (events != NULL)
        events->failed(error, link->data);
}

/* There is no room only while the other end reads nothing, and then it asks again. */
void
dim_link_send_once(DimLink *link, GBytes *packet)
{
    if (packet == NULL)
        return;
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
    bytes = dim_framer_write_packet(link->framer, &answer);
    dim_link_send_once(link, bytes);
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
        g_autoptr(GBytes) answer = dim_framer_answer(link->framer, packet);

        dim_link_send_once(link, answer);
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
    case DIM_PACKET_COMMAND_RESPONSE: /* with numbers, that it came is all its news */
        if (!dim_framer_is_numbered(link->framer))
            dim_link_answered(link);
        break;
    case DIM_PACKET_FRAGMENT: /* the reader has joined them */
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
        if (!dim_framer_next(link->framer, &packet, &error)) {
            if (!dim_framer_is_numbered(link->framer))
                dim_wire_wake(link->wire); /* the framing may have something to say */
            if (error != NULL) {
                dim_wire_flush(link->wire);
                dim_link_fail(link, error);
            }
            return;
        }
        link->lived = TRUE;
        on_packet(link, &packet);
    }
}

static void
on_received(G_GNUC_UNUSED DimWire *wire, const guint8 *data, gsize size, gpointer link_data)
{
    DimLink *link = dim_link_ref(link_data);

    link->heard = dim_clock_monotonic(link->clock);
    dim_framer_feed(link->framer, data, size);
    read_packets(link);
    dim_link_unref(link);
}

static void
on_resumed(G_GNUC_UNUSED DimWire *wire, gpointer link_data)
{
    DimLink *link = dim_link_ref(link_data);

    read_packets(link);
    dim_link_unref(link);
}

static void
on_fill(G_GNUC_UNUSED DimWire *wire, GByteArray *out, gsize size, gpointer link_data)
{
    DimLink *link = link_data;
    g_autoptr(GBytes) own = dim_framer_talk(link->framer);

    if (own != NULL)
        dim_link_append(out, own);
    if (!dim_framer_is_ready(link->framer))
        return;
    dim_window_fill(link->window, out, size, dim_clock_monotonic(link->clock));
    if (!dim_framer_is_numbered(link->framer))
        dim_link_ask(link, out);
}

static void
on_failed(G_GNUC_UNUSED DimWire *wire, const GError *error, gpointer link_data)
{
    dim_link_fail(link_data, error); /* nothing is touched after it */
}

DimLink *
dim_link_new(GIOStream *stream,
             DimFramer *framer,
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
        dim_framer_free(framer);
        g_free(link);
        return NULL;
    }
    link->refs = 1;
    link->framer = framer;
    link->marks = g_array_new(FALSE, FALSE, sizeof(guint64));
    link->clock = clock;
    link->events = events;
    link->data = data;
    link->arrivals = dim_arrivals_new();
    link->window = dim_window_new();
    clock->random(clock->data, (guint8 *)&link->serial, sizeof link->serial);
    link->moved = dim_clock_monotonic(clock);
    link->heard = link->moved - HEAD_START;
    link->pinged = link->heard;
    if (!dim_framer_is_ready(framer))
        dim_wire_wake(link->wire); /* it greets first */
    return link;
}

void
dim_link_free(DimLink *link)
{
    if (link == NULL)
        return;
    link->events = NULL;
    g_clear_pointer(&link->wire, dim_wire_free);
    dim_link_unref(link);
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
                    _("A message of %zu bytes cannot be sent"), size);
        return FALSE;
    }
    if (link->wire == NULL) {
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_OFFLINE, _("The line is down"));
        return FALSE;
    }
    serial = dim_link_next_serial(link);
    packet = dim_framer_write(link->framer, DIM_PACKET_MESSAGE, serial, payload, size);
    if (!dim_window_queue_message(link->window, serial, tag, packet, priority)) {
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_OFFLINE, _("The line is busy"));
        return FALSE;
    }
    dim_wire_wake(link->wire);
    return TRUE;
}

/* TRUE if it waited; it does no more, and what comes behind it is read on. */
static gboolean
take_arrival(DimLink *link, guint64 serial, DimPacket *message)
{
    if (link->wire == NULL || !dim_arrivals_take(link->arrivals, serial, message))
        return FALSE;
    if (!dim_arrivals_is_full(link->arrivals))
        dim_wire_resume(link->wire);
    return TRUE;
}

void
dim_link_acknowledge(DimLink *link, guint64 serial)
{
    g_autoptr(GBytes) answer = NULL;
    DimPacket message;

    if (!take_arrival(link, serial, &message))
        return;
    answer = dim_framer_answer(link->framer, &message);
    dim_link_send_once(link, answer);
}

void
dim_link_forget(DimLink *link, guint64 serial)
{
    DimPacket message;

    if (take_arrival(link, serial, &message))
        g_debug("a message was not kept: it may be sent again");
}

void
dim_link_leave(DimLink *link)
{
    if (link->wire == NULL)
        return;
    dim_wire_flush(link->wire);
    dim_framer_leave(link->framer);
    dim_wire_flush(link->wire);
}

gboolean
dim_link_has_lived(const DimLink *link)
{
    return link->lived;
}
