/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The real clock: GLib's time, timeouts of the thread-default main context, the kernel's chance. */
#include "base/clock.h"

#include <errno.h>
#include <sys/random.h>

static double
real_now(G_GNUC_UNUSED gpointer data)
{
    return (double)g_get_real_time() / G_USEC_PER_SEC;
}

static gint64
real_monotonic(G_GNUC_UNUSED gpointer data)
{
    return g_get_monotonic_time();
}

static guint
real_after(G_GNUC_UNUSED gpointer data,
           guint milliseconds,
           GSourceFunc call,
           gpointer call_data)
{
    g_autoptr(GMainContext) context = g_main_context_ref_thread_default();
    /* A timeout of nothing is due at once, again and again, and would keep a host from drawing its windows. */
    g_autoptr(GSource) source =
        milliseconds > 0 ? g_timeout_source_new(milliseconds) : g_idle_source_new();

    g_source_set_callback(source, call, call_data, NULL);
    return g_source_attach(source, context);
}

static void
real_cancel(G_GNUC_UNUSED gpointer data, guint id)
{
    g_autoptr(GMainContext) context = g_main_context_ref_thread_default();
    GSource *source = g_main_context_find_source_by_id(context, id);

    if (source != NULL)
        g_source_destroy(source);
}

static void
real_random(G_GNUC_UNUSED gpointer data, guint8 *out, gsize size)
{
    gsize done = 0;

    while (done < size) {
        gssize got = getrandom(out + done, size - done, 0);

        if (got > 0)
            done += (gsize)got;
        else if (errno != EINTR)
            break;
    }
    /* A kernel without getrandom() still gives chance good enough for waiting times. */
    for (; done < size; done++)
        out[done] = (guint8)g_random_int_range(0, 256);
}

const DimClock *
dim_clock_system(void)
{
    static const DimClock system = {
        .now = real_now,
        .monotonic = real_monotonic,
        .after = real_after,
        .cancel = real_cancel,
        .random = real_random,
    };

    return &system;
}

guint32
dim_clock_random(const DimClock *clock, guint32 bound)
{
    guint32 value = 0;

    g_return_val_if_fail(clock != NULL && bound > 0, 0);

    /* Values above the last full multiple would favour small results. The loop is bounded for the
     * sake of clocks whose chance is a constant. */
    for (guint tries = 0; tries < 64; tries++) {
        clock->random(clock->data, (guint8 *)&value, sizeof value);
        if (value < G_MAXUINT32 - G_MAXUINT32 % bound)
            break;
    }
    return value % bound;
}
