/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who is connected: the hub itself, its epoll descriptor in the GLib loop, its listener. */
#include "station/hub.h"

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/errors.h"
#include "base/hash.h"
#include "station/hub_parts.h"

static gboolean
dispatch(GSource *source, G_GNUC_UNUSED GSourceFunc callback, G_GNUC_UNUSED gpointer user_data)
{
    dim_hub_turn(((HubSource *)source)->hub);
    return G_SOURCE_CONTINUE;
}

static gboolean
on_tick(gpointer data)
{
    dim_hub_tick(data);
    return G_SOURCE_CONTINUE;
}

static GSourceFuncs source_funcs = { .dispatch = dispatch };

DimHub *
dim_hub_new(const DimSettings *limits,
            const DimClock *clock,
            const DimHubEvents *events,
            gpointer data,
            GError **error)
{
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    DimHub *hub;

    if (epoll < 0) {
        g_set_error(error, DIM_ERROR, DIM_ERROR_STORAGE, "no epoll descriptor: %s",
                    g_strerror(errno));
        return NULL;
    }
    hub = g_new0(DimHub, 1);
    hub->limits = limits;
    hub->clock = clock;
    hub->events = events;
    hub->data = data;
    hub->epoll = epoll;
    hub->strange_tokens = limits->stranger_rate;
    hub->strange_filled_at = dim_clock_monotonic(clock);
    hub->lines = g_hash_table_new_full(NULL, NULL, (GDestroyNotify)dim_line_free, NULL);
    hub->addresses = g_hash_table_new_full(dim_text_hash, g_str_equal, g_free, g_free);
    hub->dirty = g_ptr_array_new();
    hub->starved = g_ptr_array_new();
    hub->resting = g_ptr_array_new();
    hub->doomed = g_ptr_array_new();
    hub->source = g_source_new(&source_funcs, sizeof(HubSource));
    ((HubSource *)hub->source)->hub = hub;
    g_source_add_unix_fd(hub->source, epoll, G_IO_IN);
    g_source_attach(hub->source, g_main_context_get_thread_default());
    hub->tick = dim_clock_after(clock, 1000, on_tick, hub);
    return hub;
}

void
dim_hub_free(DimHub *hub)
{
    GHashTableIter iter;
    gpointer line;

    if (hub == NULL)
        return;
    dim_hub_stop_listening(hub);
    dim_clock_clear(hub->clock, &hub->tick);
    dim_clock_clear(hub->clock, &hub->starved_timer);
    g_hash_table_iter_init(&iter, hub->lines);
    while (g_hash_table_iter_next(&iter, &line, NULL)) {
        hub->events->closed(line, hub->data);
        g_hash_table_iter_remove(&iter);
    }
    g_source_destroy(hub->source);
    g_source_unref(hub->source);
    g_hash_table_unref(hub->lines);
    g_hash_table_unref(hub->addresses);
    g_ptr_array_unref(hub->dirty);
    g_ptr_array_unref(hub->starved);
    g_ptr_array_unref(hub->resting);
    g_ptr_array_unref(hub->doomed);
    close(hub->epoll);
    g_free(hub);
}

gboolean
dim_hub_listen(DimHub *hub, const char *host, guint16 port, GError **error)
{
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = NULL };

    g_return_val_if_fail(hub->listener == NULL, FALSE);
    hub->listener = dim_listener_new(host, port, error);
    if (hub->listener == NULL)
        return FALSE;
    for (guint i = 0; dim_listener_fd(hub->listener, i) >= 0; i++) {
        if (epoll_ctl(hub->epoll, EPOLL_CTL_ADD, dim_listener_fd(hub->listener, i), &event)
            != 0) {
            g_set_error(error, DIM_ERROR, DIM_ERROR_STORAGE,
                        "cannot watch the listening socket: %s", g_strerror(errno));
            dim_hub_stop_listening(hub);
            return FALSE;
        }
    }
    return TRUE;
}

guint16
dim_hub_port(const DimHub *hub)
{
    return hub->listener != NULL ? dim_listener_port(hub->listener) : 0;
}

void
dim_hub_stop_listening(DimHub *hub)
{
    g_clear_pointer(&hub->listener, dim_listener_free);
}

guint
dim_hub_count(const DimHub *hub)
{
    return g_hash_table_size(hub->lines);
}

gsize
dim_hub_held(const DimHub *hub)
{
    return hub->held[FALSE] + hub->held[TRUE];
}

gboolean
dim_hub_is_full(const DimLine *line)
{
    return line->full || line->doomed != NULL;
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
    line->good_at = dim_clock_monotonic(hub->clock);
}
