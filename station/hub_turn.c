/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One turn of the hub: what came in, what may be read on, what goes out, who is cut. */
#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "station/hub_parts.h"

#define EVENTS     512           /* looked at in one turn */
#define HIGH_WATER (1024 * 1024) /* bytes waiting for one reader: no more from the queue */
#define LOW_WATER  (256 * 1024)

static gint64
now_of(const DimHub *hub)
{
    return dim_clock_monotonic(hub->clock);
}

void
dim_hub_watch(DimHub *hub, DimLine *line, gboolean add)
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
    dim_hub_watch(hub, line, FALSE);
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

static gboolean
push(DimHub *hub, DimLine *line, GBytes *bytes)
{
    gsize size = g_bytes_get_size(bytes);

    if (line->out_size + size > hub->limits->send_buffer
        || (hub->waiting + size > hub->limits->send_total && line->out_size > LOW_WATER)) {
        dim_hub_cut(hub, line, "reads too slowly");
        return FALSE;
    }
    if (line->out_size == 0)
        line->moved_at = now_of(hub);
    dim_line_push(line, bytes);
    hub->waiting += size;
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
    bytes = dim_framer_write(line->framer, type, serial, body, size);
    return bytes == NULL || push(hub, line, bytes);
}

gboolean
dim_hub_acknowledge(DimHub *hub, DimLine *line, const DimPacket *message)
{
    g_autoptr(GBytes) bytes = NULL;

    if (line->doomed != NULL)
        return FALSE;
    bytes = dim_framer_answer(line->framer, message);
    return bytes == NULL || push(hub, line, bytes);
}

void
dim_hub_talk(DimHub *hub, DimLine *line)
{
    g_autoptr(GBytes) bytes = dim_framer_talk(line->framer);

    if (bytes != NULL)
        push(hub, line, bytes);
}

/* FALSE if nobody is there any more. */
static gboolean
write_out(DimHub *hub, DimLine *line)
{
    gsize before = line->out_size;
    gboolean there = dim_line_flush(line, now_of(hub));

    hub->waiting -= before - line->out_size;
    return there;
}

static void
flush(DimHub *hub, DimLine *line)
{
    line->dirty = FALSE;
    if (line->doomed != NULL)
        return;
    if (!write_out(hub, line)) {
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
    hub->waiting -= line->out_size;
    if (line->starved)
        g_ptr_array_remove(hub->starved, line); /* the order of the others stays */
    if (line->resting)
        g_ptr_array_remove(hub->resting, line);
    if (line->dirty)
        g_ptr_array_remove_fast(hub->dirty, line);
    dim_hub_leave_address(hub, line);
    g_hash_table_remove(hub->lines, line);
}

void
dim_hub_end_turn(DimHub *hub)
{
    gboolean settled = hub->events->settle(hub->data);
    g_autoptr(GPtrArray) dirty = hub->dirty;

    hub->dirty = g_ptr_array_new();
    for (guint i = 0; i < dirty->len; i++) {
        if (!settled)
            dim_hub_cut(hub, dirty->pdata[i], "what it said could not be kept");
        flush(hub, dirty->pdata[i]);
    }
    while (hub->doomed->len > 0) {
        DimLine *line = g_ptr_array_steal_index_fast(hub->doomed, hub->doomed->len - 1);

        if (settled && line->parting)
            (void)write_out(hub, line);
        close_line(hub, line);
    }
    hub->in_turn = FALSE;
}

/* ---- coming in ---- */

void
dim_hub_adopt(DimHub *hub, int fd, const char *host, guint16 port)
{
    g_autofree char *address = dim_line_address(host);
    guint count = dim_hub_lines_of(hub, address);
    DimLine *line;

    if (g_hash_table_size(hub->lines) >= hub->limits->max_connections
        || count >= hub->limits->max_address) {
        g_debug("%s:%u: refused, there are %u lines, %u of this address", host, port,
                g_hash_table_size(hub->lines), count);
        close(fd);
        return;
    }
    line = dim_line_new(fd, host, port, hub->limits, hub->clock);
    g_hash_table_add(hub->lines, line);
    dim_hub_enter_address(hub, line);
    dim_hub_watch(hub, line, TRUE);
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
    if ((event->events & (EPOLLIN | EPOLLHUP | EPOLLERR)) == 0 || line->resting)
        return;
    if (dim_line_read(line, hub->buffer, DIM_HUB_READ_SIZE, now_of(hub)))
        dim_hub_serve(hub, line);
    else
        dim_hub_cut(hub, line, "went away");
}

void
dim_hub_turn(DimHub *hub)
{
    struct epoll_event events[EVENTS];
    int count = epoll_wait(hub->epoll, events, EVENTS, 0);

    /* Whoever rests again says so again; whoever rested may have been cut. */
    g_source_set_ready_time(hub->source, -1);
    if (count <= 0 && hub->resting->len == 0)
        return;
    hub->in_turn = TRUE;
    dim_hub_serve_rested(hub);
    for (int i = 0; i < count; i++)
        handle_event(hub, &events[i]);
    dim_hub_end_turn(hub);
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

        dim_framer_age(((DimLine *)line)->framer, now);
        dim_hub_count_held(hub, line);
        if (why != NULL)
            dim_hub_cut(hub, line, why);
    }
    dim_hub_forget_addresses(hub);
    hub->events->tick(hub->data);
    dim_hub_end_turn(hub);
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
