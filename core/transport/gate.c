/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One line to one station, kept open: who dials, when again, and what a sleeping computer does to it (protocol §6.5). */
#include "transport/gate.h"

#include "base/clock.h"
#include "base/errors.h"
#include "base/words.h"
#include "transport/link.h"

#define DIAL_TIMEOUT (128 * G_USEC_PER_SEC)
#define SLEPT        (128 * G_USEC_PER_SEC) /* between two ticks: the computer was suspended */
#define LONGEST_TICK (16 * G_USEC_PER_SEC)

/* Seconds before a redial. */
#define FIRST_DELAY 8
#define LAST_DELAY  128
#define AFTER_SLEEP 1 /* networks come back a moment later */

typedef enum {
    GATE_CLOSED,
    GATE_DIALING,
    GATE_UP,
    GATE_WAITING, /* to dial again */
} GateState;

struct _DimGate {
    gint refs; /* the owner's, and one while the timer's call is on the stack */
    const DimDial *dial;
    const DimClock *clock;
    const DimGateEvents *events;
    gpointer data;

    char *host;
    guint16 port;
    gboolean single;
    DimTransport transport;
    GateState state;
    gpointer dialing;
    DimLink *link;
    guint delay;     /* before the next redial, seconds */
    gint64 deadline; /* of DIALING and WAITING, monotonic */
    guint timer;
    gint64 tick; /* when the timer was set: monotonic, and by the wall */
    double wall_tick;
};

static void start_dialing(DimGate *gate);

static void
unref_gate(DimGate *gate)
{
    if (--gate->refs > 0)
        return;
    g_free(gate->host);
    g_free(gate);
}

/* CLOCK_MONOTONIC stands still while a computer sleeps, the wall's clock does not. */
static gboolean
has_slept(const DimGate *gate)
{
    gint64 ticks = dim_clock_monotonic(gate->clock) - gate->tick;
    double seconds = dim_clock_now(gate->clock) - gate->wall_tick;

    return ticks >= SLEPT || seconds * G_USEC_PER_SEC >= SLEPT;
}

static gboolean on_timer(gpointer data);

/* The one timer of the gate: for whatever is due next; a tick every 16 s at the latest, to notice a sleep. */
static void
set_timer(DimGate *gate)
{
    gint64 wait;

    dim_clock_clear(gate->clock, &gate->timer);
    if (gate->state == GATE_CLOSED)
        return;
    gate->tick = dim_clock_monotonic(gate->clock);
    gate->wall_tick = dim_clock_now(gate->clock);
    wait = gate->state == GATE_UP ? dim_link_due(gate->link) : gate->deadline;
    wait = CLAMP(wait - gate->tick, 0, LONGEST_TICK);
    gate->timer = dim_clock_after(gate->clock, (guint)(wait / 1000) + 1, on_timer, gate);
}

static void
drop_line(DimGate *gate)
{
    if (gate->dialing != NULL)
        gate->dial->cancel(gate->dial->data, g_steal_pointer(&gate->dialing));
    if (gate->link != NULL && dim_link_has_lived(gate->link))
        gate->delay = FIRST_DELAY;
    g_clear_pointer(&gate->link, dim_link_free);
}

/* The next step of the ladder, less up to a quarter, so that a station that restarts is not met by all at once. */
static double
next_delay(DimGate *gate)
{
    double delay = gate->delay;

    gate->delay = MIN(gate->delay * 2, LAST_DELAY);
    return delay - delay / 4 * dim_clock_random(gate->clock, 1001) / 1000;
}

/* delay: seconds before the redial, 0 for the ladder's. Telling it is the last thing done: the owner may free the gate then. */
static void
lose_line(DimGate *gate, const GError *error, double delay)
{
    drop_line(gate);
    if (gate->single) {
        gate->state = GATE_CLOSED;
        delay = 0;
    } else {
        if (delay <= 0)
            delay = next_delay(gate);
        gate->state = GATE_WAITING;
        gate->deadline = dim_clock_monotonic(gate->clock) + (gint64)(delay * G_USEC_PER_SEC);
    }
    set_timer(gate);
    if (gate->single)
        g_debug("line down: %s", error->message);
    else
        g_debug("line down: %s; next try in %.1f s", error->message, delay);
    if (gate->events->down != NULL)
        gate->events->down(gate, error, delay, gate->data);
}

static void
lose_line_late(DimGate *gate, const char *why, double delay)
{
    g_autoptr(GError) error = g_error_new_literal(G_IO_ERROR, G_IO_ERROR_TIMED_OUT, why);

    lose_line(gate, error, delay);
}

static void
on_arrived(GBytes *body, guint64 serial, gpointer data)
{
    DimGate *gate = data;

    if (gate->events->arrived != NULL)
        gate->events->arrived(gate, body, serial, gate->data);
}

static void
on_acknowledged(guint64 tag, gpointer data)
{
    DimGate *gate = data;

    if (gate->events->acknowledged != NULL)
        gate->events->acknowledged(gate, tag, gate->data);
}

static void
on_expired(guint64 tag, gpointer data)
{
    DimGate *gate = data;

    if (gate->events->expired != NULL)
        gate->events->expired(gate, tag, gate->data);
}

static void
on_failed(const GError *error, gpointer data)
{
    lose_line(data, error, 0);
}

static void
on_dialed(GIOStream *stream, const GError *error, gpointer data)
{
    static const DimLinkEvents events = {
        .arrived = on_arrived,
        .acknowledged = on_acknowledged,
        .expired = on_expired,
        .failed = on_failed,
    };
    DimGate *gate = data;
    DimFramerOptions options = { .caller = TRUE,
                                 .clock = gate->clock,
                                 .host = gate->host,
                                 .port = gate->port,
                                 .max_body = DIM_FRAME_MAX_BODY };
    g_autoptr(GError) useless = NULL;

    gate->dialing = NULL;
    if (error != NULL) {
        lose_line(gate, error, 0);
        return;
    }
    gate->link = dim_link_new(stream, dim_framer_new(gate->transport, &options), gate->clock,
                              &events, gate, &useless);
    if (gate->link == NULL) {
        lose_line(gate, useless, 0);
        return;
    }
    gate->state = GATE_UP;
    set_timer(gate);
    if (gate->events->up != NULL)
        gate->events->up(gate, gate->data);
}

static void
start_dialing(DimGate *gate)
{
    gate->state = GATE_DIALING;
    gate->deadline = dim_clock_monotonic(gate->clock) + DIAL_TIMEOUT;
    gate->dialing =
        gate->dial->connect(gate->dial->data, gate->host, gate->port, on_dialed, gate);
    set_timer(gate);
}

static void
on_wake_up(DimGate *gate)
{
    if (gate->state == GATE_WAITING)
        start_dialing(gate);
    else
        lose_line_late(gate, _("The computer was asleep"), AFTER_SLEEP);
}

static gboolean
on_timer(gpointer data)
{
    DimGate *gate = data;

    gate->timer = 0;
    gate->refs++;
    if (has_slept(gate))
        on_wake_up(gate);
    else if (gate->state == GATE_UP)
        dim_link_tick(gate->link);
    else if (dim_clock_monotonic(gate->clock) >= gate->deadline) {
        if (gate->state == GATE_WAITING)
            start_dialing(gate);
        else
            lose_line_late(gate, _("The station did not answer for two minutes"), 0);
    }
    if (gate->timer == 0)
        set_timer(gate);
    unref_gate(gate);
    return G_SOURCE_REMOVE;
}

DimGate *
dim_gate_new(const DimDial *dial,
             const DimClock *clock,
             const DimGateEvents *events,
             gpointer data)
{
    DimGate *gate = g_new0(DimGate, 1);

    gate->refs = 1;
    gate->dial = dial;
    gate->clock = clock;
    gate->events = events;
    gate->data = data;
    gate->delay = FIRST_DELAY;
    return gate;
}

/* Without a word to anybody. */
static void
shut(DimGate *gate)
{
    if (gate->link != NULL)
        dim_link_leave(gate->link);
    drop_line(gate);
    gate->state = GATE_CLOSED;
    set_timer(gate);
}

void
dim_gate_free(DimGate *gate)
{
    if (gate == NULL)
        return;
    shut(gate);
    unref_gate(gate);
}

void
dim_gate_open(DimGate *gate, const char *host, guint16 port)
{
    g_autofree char *copy = g_strdup(host); /* may be our own */

    shut(gate);
    g_free(gate->host);
    gate->host = g_steal_pointer(&copy);
    gate->port = port;
    gate->delay = FIRST_DELAY;
    start_dialing(gate);
}

void
dim_gate_aim(DimGate *gate, const char *host, guint16 port, gboolean now)
{
    guint delay = gate->delay;

    if (now) {
        dim_gate_open(gate, host, port);
        gate->delay = MAX(
            delay / 2, FIRST_DELAY); /* the step that the fallen line took was not waited for */
    } else {
        g_free(gate->host);
        gate->host = g_strdup(host);
        gate->port = port;
    }
}

void
dim_gate_close(DimGate *gate)
{
    g_autoptr(GError) error =
        g_error_new_literal(G_IO_ERROR, G_IO_ERROR_CANCELLED, _("The line was closed"));

    if (gate->state == GATE_CLOSED)
        return;
    shut(gate);
    if (gate->events->down != NULL)
        gate->events->down(gate, error, 0, gate->data);
}

void
dim_gate_restart(DimGate *gate)
{
    if (gate->state == GATE_CLOSED)
        return;
    shut(gate);
    gate->delay = FIRST_DELAY;
    start_dialing(gate);
}

gboolean
dim_gate_is_up(const DimGate *gate)
{
    return gate->state == GATE_UP;
}

void
dim_gate_set_single(DimGate *gate, gboolean single)
{
    gate->single = single;
}

void
dim_gate_set_transport(DimGate *gate, DimTransport transport)
{
    gate->transport = transport;
}

gboolean
dim_gate_send(DimGate *gate,
              const void *payload,
              gsize size,
              DimPriority priority,
              guint64 tag,
              GError **error)
{
    if (gate->link == NULL) {
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_OFFLINE, _("The line is down"));
        return FALSE;
    }
    return dim_link_send(gate->link, payload, size, priority, tag, error);
}

void
dim_gate_acknowledge(DimGate *gate, guint64 serial)
{
    if (gate->link != NULL)
        dim_link_acknowledge(gate->link, serial);
}

void
dim_gate_forget(DimGate *gate, guint64 serial)
{
    if (gate->link != NULL)
        dim_link_forget(gate->link, serial);
}
