/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One turn of the hub: what came in, what may be read on, what goes out, who is cut. */
#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "station/hub_parts.h"

#define EVENTS       512           /* looked at in one turn */
#define HIGH_WATER   (1024 * 1024) /* bytes waiting for one reader: no more from the queue */
#define LOW_WATER    (256 * 1024)
#define STRANGER_MAX (256 * 1024) /* of a packet before login: meta and visa fit well */
#define HELD_MAX     ((gsize)512 * 1024 * 1024) /* unfinished packets of all who logged in */
#define STRANGE_MAX  ((gsize)128 * 1024 * 1024) /* and of all who did not */
#define STARVED_MS   20
#define SMALL        (16 * 1024) /* bytes: a message so much larger costs as much as another one */
#define STRANGE_BURST \
    4 /* strangers may have the allowance of a second's so-manieth part at once */

static gint64
now_of(const DimHub *hub)
{
    return dim_clock_monotonic(hub->clock);
}

static void
watch(DimHub *hub, DimLine *line, gboolean add)
{
    struct epoll_event event = { .data.ptr = line };

    event.events = (line->starved ? 0u : EPOLLIN) | (line->armed ? EPOLLOUT : 0u);
    if (epoll_ctl(hub->epoll, add ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, line->fd, &event) != 0)
        dim_hub_cut(hub, line, "cannot be watched");
}

static void
arm(DimHub *hub, DimLine *line, gboolean armed)
{
    if (line->armed == armed)
        return;
    line->armed = armed;
    watch(hub, line, FALSE);
}

void
dim_hub_cut(DimHub *hub, DimLine *line, const char *why)
{
    if (line->doomed != NULL)
        return;
    line->doomed = why;
    g_ptr_array_add(hub->doomed, line);
    /* Outside of a turn nothing would close it before the next tick. */
    if (!hub->in_turn)
        arm(hub, line, TRUE);
}

/* ---- going out ---- */

gboolean
dim_hub_send(DimHub *hub,
             DimLine *line,
             DimPacketType type,
             guint64 serial,
             const void *body,
             gsize size)
{
    g_autoptr(GBytes) bytes = NULL;

    if (line->doomed != NULL)
        return FALSE;
    if (line->out_size + size > hub->limits->send_buffer) {
        dim_hub_cut(hub, line, "reads too slowly");
        return FALSE;
    }
    bytes = dim_frame_write(type, serial, body, size);
    if (line->out_size == 0)
        line->moved_at = now_of(hub);
    dim_line_push(line, bytes);
    if (line->out_size > HIGH_WATER)
        line->full = TRUE;
    if (!line->dirty) {
        line->dirty = TRUE;
        g_ptr_array_add(hub->dirty, line);
    }
    if (!hub->in_turn)
        arm(hub, line, TRUE);
    return TRUE;
}

gboolean
dim_hub_is_full(const DimLine *line)
{
    return line->full || line->doomed != NULL;
}

static void
flush(DimHub *hub, DimLine *line)
{
    line->dirty = FALSE;
    if (line->doomed != NULL)
        return;
    if (!dim_line_flush(line, now_of(hub))) {
        dim_hub_cut(hub, line, "went away while it was written to");
        return;
    }
    if (line->full && line->out_size < LOW_WATER) {
        line->full = FALSE;
        /* What this sends is written in the next turn, which comes at once: the socket takes more. */
        hub->events->drained(line, hub->data);
    }
    arm(hub, line, line->out_size > 0);
}

static void
close_line(DimHub *hub, DimLine *line)
{
    g_debug("%s:%u: %s", line->host, line->port, line->doomed);
    hub->events->closed(line, hub->data);
    hub->held[line->trusted] -= line->held;
    if (line->starved)
        g_ptr_array_remove_fast(hub->starved, line);
    if (line->dirty)
        g_ptr_array_remove_fast(hub->dirty, line);
    g_hash_table_remove(hub->lines, line);
}

static void
end_turn(DimHub *hub)
{
    gboolean settled = hub->events->settle(hub->data);
    g_autoptr(GPtrArray) dirty = hub->dirty;

    hub->dirty = g_ptr_array_new();
    for (guint i = 0; i < dirty->len; i++) {
        if (!settled)
            dim_hub_cut(hub, dirty->pdata[i], "what it said could not be kept");
        flush(hub, dirty->pdata[i]);
    }
    while (hub->doomed->len > 0)
        close_line(hub, g_ptr_array_steal_index_fast(hub->doomed, hub->doomed->len - 1));
    hub->in_turn = FALSE;
}

/* ---- coming in ---- */

static void
count_held(DimHub *hub, DimLine *line)
{
    gsize held = dim_frame_reader_held(line->reader);

    hub->held[line->trusted] += held - line->held;
    line->held = held;
    if (line->trusted ? hub->held[TRUE] > HELD_MAX && held > DIM_HUB_READ_SIZE
                      : held > STRANGER_MAX || (hub->held[FALSE] > STRANGE_MAX && held > 0))
        dim_hub_cut(hub, line, "announced too large a packet");
}

static gboolean feed_starved(gpointer data);

static void
starve(DimHub *hub, DimLine *line)
{
    if (line->starved)
        return;
    line->starved = TRUE;
    watch(hub, line, FALSE);
    g_ptr_array_add(hub->starved, line);
    if (hub->starved_timer == 0)
        hub->starved_timer = dim_clock_after(hub->clock, STARVED_MS, feed_starved, hub);
}

void
dim_hub_charge(DimHub *hub, DimLine *line, double work)
{
    line->tokens -= work;
    if (!line->trusted)
        hub->strange_tokens -= work;
}

/* TRUE if there is allowance for another packet: the line's own, and the one that strangers share. */
static gboolean
may_take(DimHub *hub, DimLine *line, gint64 now)
{
    guint rate = hub->limits->stranger_rate;
    double seconds = (double)(now - hub->strange_filled_at) / G_USEC_PER_SEC;

    if (!dim_line_refill(line, hub->limits, now))
        return FALSE;
    if (line->trusted)
        return TRUE;
    hub->strange_filled_at = now;
    hub->strange_tokens =
        MIN(hub->strange_tokens + seconds * rate, (double)rate / STRANGE_BURST);
    return hub->strange_tokens >= 1;
}

static void
pay(DimHub *hub, DimLine *line, guint64 packets, guint64 bytes)
{
    /* Bytes may go into debt: a packet larger than what is left is not torn. */
    line->byte_tokens -= (double)bytes;
    dim_hub_charge(hub, line, (double)packets + (double)bytes / SMALL);
}

/* The reader says nothing of fragments, it only counts them. */
static void
pay_for_pieces(DimHub *hub, DimLine *line)
{
    guint64 bytes = 0;
    guint64 pieces = dim_frame_reader_pieces(line->reader, &bytes);

    pay(hub, line, pieces - line->pieces, bytes - line->piece_bytes);
    line->pieces = pieces;
    line->piece_bytes = bytes;
}

/* Hands out the packets that the line may still spend on. */
static void
take_packets(DimHub *hub, DimLine *line)
{
    gint64 now = now_of(hub);

    while (line->doomed == NULL) {
        g_autoptr(GError) error = NULL;
        g_auto(DimPacket) packet = { 0 };

        if (!may_take(hub, line, now)) {
            starve(hub, line);
            break;
        }
        if (!dim_frame_reader_next(line->reader, &packet, &error)) {
            pay_for_pieces(hub, line);
            if (error != NULL) {
                g_debug("%s:%u: %s", line->host, line->port, error->message);
                dim_hub_cut(hub, line, "sent what is no packet");
            }
            break;
        }
        pay_for_pieces(hub, line);
        if (!packet.joined) /* else it was paid for piece by piece */
            pay(hub, line, 1, g_bytes_get_size(packet.body));
        hub->events->arrived(line, &packet, hub->data);
    }
    count_held(hub, line);
}

static gboolean
feed_starved(gpointer data)
{
    DimHub *hub = data;
    g_autoptr(GPtrArray) starved = hub->starved;
    gint64 now = now_of(hub);

    hub->in_turn = TRUE;
    hub->starved = g_ptr_array_new();
    for (guint i = 0; i < starved->len; i++) {
        DimLine *line = starved->pdata[i];

        if (!may_take(hub, line, now)) {
            g_ptr_array_add(hub->starved, line);
            continue;
        }
        line->starved = FALSE;
        watch(hub, line, FALSE);
        take_packets(hub, line);
    }
    if (hub->starved->len == 0)
        hub->starved_timer = 0;
    end_turn(hub);
    return hub->starved_timer != 0;
}

void
dim_hub_adopt(DimHub *hub, int fd, const char *host, guint16 port)
{
    DimLine *line;

    if (g_hash_table_size(hub->lines) >= hub->limits->max_connections) {
        g_debug("%s:%u: refused, the house is full", host, port);
        close(fd);
        return;
    }
    line = dim_line_new(fd, host, port, hub->limits, now_of(hub));
    g_hash_table_add(hub->lines, line);
    watch(hub, line, TRUE);
    hub->events->opened(line, hub->data);
}

static void
accepted(int fd, const char *host, guint16 port, gpointer data)
{
    dim_hub_adopt(data, fd, host, port);
}

static void
handle_event(DimHub *hub, const struct epoll_event *event)
{
    DimLine *line = event->data.ptr;

    if (line == NULL) {
        dim_listener_accept(hub->listener, accepted, hub);
        return;
    }
    if (line->doomed != NULL)
        return;
    if ((event->events & EPOLLOUT) != 0 && !line->dirty) {
        line->dirty = TRUE;
        g_ptr_array_add(hub->dirty, line);
    }
    if ((event->events & (EPOLLIN | EPOLLHUP | EPOLLERR)) == 0)
        return;
    if (dim_line_read(line, hub->buffer, DIM_HUB_READ_SIZE, now_of(hub)))
        take_packets(hub, line);
    else
        dim_hub_cut(hub, line, "went away");
}

void
dim_hub_turn(DimHub *hub)
{
    struct epoll_event events[EVENTS];
    int count = epoll_wait(hub->epoll, events, EVENTS, 0);

    if (count <= 0)
        return;
    hub->in_turn = TRUE;
    for (int i = 0; i < count; i++)
        handle_event(hub, &events[i]);
    end_turn(hub);
}

/* ---- time ---- */

static const char *
overdue(const DimHub *hub, const DimLine *line, gint64 now)
{
    gint64 idle = (gint64)hub->limits->idle_seconds * G_USEC_PER_SEC;

    if (!line->trusted
        && now - line->good_at > (gint64)hub->limits->handshake_seconds * G_USEC_PER_SEC)
        return "did not log in";
    if (now - line->heard_at > idle && !line->starved)
        return "fell silent";
    if (line->out_size > 0 && now - line->moved_at > idle)
        return "does not read";
    return NULL;
}

void
dim_hub_tick(DimHub *hub)
{
    gint64 now = now_of(hub);
    GHashTableIter iter;
    gpointer line;

    hub->in_turn = TRUE;
    g_hash_table_iter_init(&iter, hub->lines);
    while (g_hash_table_iter_next(&iter, &line, NULL)) {
        const char *why = overdue(hub, line, now);

        dim_frame_reader_age(((DimLine *)line)->reader, now);
        count_held(hub, line);
        if (why != NULL)
            dim_hub_cut(hub, line, why);
    }
    hub->events->tick(hub->data);
    end_turn(hub);
}

void
dim_hub_trust(DimHub *hub, DimLine *line)
{
    hub->held[line->trusted] -= line->held;
    line->trusted = TRUE;
    hub->held[line->trusted] += line->held;
}

void
dim_hub_hear_out(DimHub *hub, DimLine *line)
{
    line->good_at = now_of(hub);
}

void
dim_hub_flush_all(DimHub *hub, guint milliseconds)
{
    gint64 until = g_get_monotonic_time() + (gint64)milliseconds * 1000;
    gboolean waiting = TRUE;

    while (waiting && g_get_monotonic_time() < until) {
        GHashTableIter iter;
        gpointer key;

        waiting = FALSE;
        g_hash_table_iter_init(&iter, hub->lines);
        while (g_hash_table_iter_next(&iter, &key, NULL)) {
            DimLine *line = key;

            waiting |=
                line->doomed == NULL && dim_line_flush(line, now_of(hub)) && line->out_size > 0;
        }
        if (waiting)
            g_usleep(2000);
    }
}
