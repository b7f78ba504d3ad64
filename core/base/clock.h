/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimClock: now, later and chance as a table of functions, so that tests can replace them. */
#pragma once

#include "types.h"

G_BEGIN_DECLS

/* Seconds that somebody else's clock may be ahead of ours: what is dated later than that is not believed (protocol §3.3, §8). */
#define DIM_CLOCK_AHEAD 1800.0
/* September 2020, before there was this program: a clock that shows less was not set yet. */
#define DIM_CLOCK_SET 1600000000.0

struct _DimClock {
    double (*now)(gpointer data);       /* seconds since 1970, UTC */
    gint64 (*monotonic)(gpointer data); /* microseconds, never goes back */
    guint (*after)(gpointer data,
                   guint milliseconds,
                   GSourceFunc call,
                   gpointer call_data); /* > 0; repeats while call returns TRUE */
    void (*cancel)(gpointer data, guint id);
    void (*random)(gpointer data, guint8 *out, gsize size); /* unpredictable, not for keys */
    gpointer data;
};

/* The real one, on the thread-default main context at each call. Static, never freed. */
const DimClock *dim_clock_system(void);

static inline double
dim_clock_now(const DimClock *clock)
{
    return clock->now(clock->data);
}

static inline gboolean
dim_clock_is_set(const DimClock *clock)
{
    return dim_clock_now(clock) >= DIM_CLOCK_SET;
}

static inline gint64
dim_clock_monotonic(const DimClock *clock)
{
    return clock->monotonic(clock->data);
}

static inline guint
dim_clock_after(const DimClock *clock, guint milliseconds, GSourceFunc call, gpointer call_data)
{
    return clock->after(clock->data, milliseconds, call, call_data);
}

/* Cancels *id if it is not 0 and clears it. */
static inline void
dim_clock_clear(const DimClock *clock, guint *id)
{
    if (*id != 0)
        clock->cancel(clock->data, *id);
    *id = 0;
}

/* A random number below bound (> 0). */
guint32 dim_clock_random(const DimClock *clock, guint32 bound);

G_END_DECLS
