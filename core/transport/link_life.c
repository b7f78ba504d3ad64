/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether the other end of a link lives, and has read what was written: PING and PONG, what is sent again, when a line counts as dead. */
#include "base/clock.h"
#include "base/words.h"
#include "transport/link_parts.h"

#define SILENCE (16 * G_USEC_PER_SEC)  /* after it, PING */
#define DEAD    (128 * G_USEC_PER_SEC) /* nothing heard, or nothing taken, for so long */

static void
fail_silent(DimLink *link, const char *why)
{
    g_autoptr(GError) error = g_error_new_literal(G_IO_ERROR, G_IO_ERROR_TIMED_OUT, why);

    dim_link_fail(link, error);
}

/* Framings without numbers: what was written before that PING has been read, for a line keeps the order. */
void
dim_link_answered(DimLink *link)
{
    guint64 mark, tag;

    if (link->marks->len == 0)
        return;
    mark = g_array_index(link->marks, guint64, 0);
    g_array_remove_index(link->marks, 0);
    while (link->events != NULL && dim_window_acknowledge_to(link->window, mark, &tag)) {
        if (tag != 0)
            link->events->acknowledged(tag, link->data);
    }
    if (link->events != NULL)
        dim_wire_wake(link->wire); /* more may wait to be asked for */
}

void
dim_link_append(GByteArray *out, GBytes *bytes)
{
    gsize size = 0;
    const guint8 *data = g_bytes_get_data(bytes, &size);

    g_byte_array_append(out, data, (guint)size);
}

/* Framings without numbers: asks behind what was written whether it was read, once at a time. */
void
dim_link_ask(DimLink *link, GByteArray *out)
{
    guint64 mark = dim_window_mark(link->window);
    g_autoptr(GBytes) packet = NULL;

    if (!link->asks && (link->marks->len > 0 || mark <= link->asked))
        return;
    link->asks = FALSE;
    link->asked = MAX(link->asked, mark);
    g_array_append_val(link->marks, mark);
    packet = dim_framer_write(link->framer, DIM_PACKET_COMMAND, dim_link_next_serial(link),
                              "PING", 4);
    dim_link_append(out, packet);
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
    g_autoptr(GBytes) packet = NULL;

    link->pinged = now;
    if (!dim_framer_is_numbered(link->framer)) {
        link->asks = TRUE;
        dim_wire_wake(link->wire);
        return;
    }
    packet = dim_framer_write(link->framer, DIM_PACKET_COMMAND, dim_link_next_serial(link),
                              "PING", 4);
    dim_link_send_once(link, packet);
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
        fail_silent(link, _("Nothing was heard from the station for two minutes"));
        return;
    }
    if (is_stuck(link, now)) {
        fail_silent(link, _("The station took nothing for two minutes"));
        return;
    }
    dim_framer_age(link->framer, now);
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
    dim_link_ref(link);
    tick(link);
    dim_link_unref(link);
}
