/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One turn of the loop: payloads are taken in, lines shown, all of it committed at once, and only then acknowledged.
 *
 * A message counts as seen when its line was shown, and leaves the inbox or is acknowledged after that: a crash in between
 * lets the message come again, never loses it, whoever commits meanwhile; its line is not shown again (people/notes.h). */
#include "base/errors.h"
#include "command/keeping.h"
#include "session/unparking.h"

#define SLICE_MICROSECONDS 10000 /* a backlog must not freeze the window of the host */
#define MAX_BROKEN         16    /* lines of one payload; the rest is not looked at */
#define SORTED_MAX         1000  /* lines of a backlog in memory at once */

struct _DimArrival {
    GBytes *body; /* a payload of the gate or of the inbox */
    char *row;    /* (nullable) its key in the inbox */
    guint64 serial;
    gsize done;   /* bytes of the payload that were read */
    guint broken; /* lines of it that were no message */
    guint losses; /* of the session, when it was begun */
};

static void
arrival_free(gpointer data)
{
    DimArrival *arrival = data;

    g_clear_pointer(&arrival->body, g_bytes_unref);
    g_free(arrival->row);
    g_free(arrival);
}

/* It was not kept: when the station repeats it, it is new (protocol §6.2). */
static void
arrival_lose(const DimSession *session, DimArrival *arrival)
{
    if (arrival->row == NULL && session->gate != NULL)
        dim_gate_forget(session->gate, arrival->serial);
    arrival_free(arrival);
}

void
dim_turn_init(DimSession *session)
{
    g_queue_init(&session->arrived);
    g_queue_init(&session->inner);
    g_queue_init(&session->to_drop);
    session->to_accept = g_array_new(FALSE, FALSE, sizeof(guint64));
    dim_backlog_init(session);
    dim_unparking_init(session);
    dim_showing_init(session);
}

/* All of it comes again: from the station, which has no acknowledgement, or out of the inbox. */
void
dim_turn_fall(DimSession *session)
{
    /* There may be room by now, and no later turn. */
    if (dim_showing_owes(session) && !dim_store_begin(session->store, NULL))
        g_debug("the store takes nothing");
    if (!dim_turn_commit(session, NULL))
        g_debug("the last turn was not kept");
    session->losses++;
    g_clear_pointer(&session->reading, arrival_free);
    dim_parcel_clear(session);
    g_queue_clear_full(&session->arrived, arrival_free);
    g_queue_clear_full(&session->to_drop, g_free);
    g_array_set_size(session->to_accept, 0);
    dim_backlog_clear(session);
    dim_unparking_clear(session);
    dim_waking_fall(session);
    dim_membership_fall(session);
    dim_settling_fall(session);
    dim_pacing_fall(session);
    session->sorting = session->halfway = FALSE;
    dim_showing_forget_lines(session);
}

void
dim_turn_close(DimSession *session)
{
    dim_clock_clear(session->clock, &session->turn);
    dim_turn_fall(session);
    dim_showing_clear(session);
}

void
dim_turn_free(DimSession *session)
{
    dim_turn_close(session);
    g_clear_error(&session->loss);
    g_array_unref(session->to_accept);
    dim_showing_free(session);
}

gboolean
dim_turn_commit(DimSession *session, GError **error)
{
    g_autoptr(GError) failure = g_steal_pointer(&session->loss);

    if (failure == NULL && !dim_store_in_transaction(session->store))
        return TRUE;
    if (failure == NULL)
        dim_showing_pay(session);
    if (failure == NULL && dim_group_keep_all(&session->desk, &failure)
        && dim_unparking_mark(session, &failure)
        && dim_store_commit(session->store, &failure)) {
        dim_showing_settled(session, TRUE);
        return TRUE;
    }
    dim_store_rollback(session->store);
    dim_showing_settled(session, FALSE);
    /* What this turn took in may be in nothing but the rolled back rows: it must come again. */
    session->losses++;
    session->undone++;
    dim_accept_none(session);
    dim_waking_later(session);
    g_warning("the store could not be written: %s", failure->message);
    dim_showing_notice(session, failure->message);
    g_propagate_error(error, g_steal_pointer(&failure));
    return FALSE;
}

/* Sorted lines may be too many for one turn. Until all are shown nothing more is taken in, and nothing that they came in
 * is forgotten. */
static void
finish(DimSession *session)
{
    gint64 until = dim_clock_monotonic(session->clock) + SLICE_MICROSECONDS;

    if (session->sorting && !session->halfway)
        dim_showing_sort(session);
    session->halfway = !dim_showing_lines(session, until);
    if (session->state == DIM_STATE_OFFLINE)
        return;
    if (!session->halfway)
        session->halfway = !dim_accept_rows(session, until);
    if (!dim_turn_commit(session, NULL))
        g_debug("this turn was not kept: nothing of it is acknowledged");
    if (!session->halfway) {
        session->sorting = !g_queue_is_empty(&session->backlog);
        dim_accept_all(session);
    }
    dim_confirm_pump(session);
    dim_showing_news(session);
}

static gboolean
is_up(const DimSession *session)
{
    return session->state != DIM_STATE_OFFLINE && session->state != DIM_STATE_ERROR;
}

static gboolean
is_blank(const char *text, gsize size)
{
    gsize at = 0;

    while (at < size && g_ascii_isspace(text[at]))
        at++;
    return at == size;
}

static gboolean
is_read(const DimArrival *arrival)
{
    return arrival->done >= g_bytes_get_size(arrival->body) || arrival->broken >= MAX_BROKEN;
}

/* A payload may hold several lines of JSON (protocol §6.1). One of them that is broken is not the fault of the others, but
 * a payload of nothing else must not keep the host busy. */
static void
read_line(DimSession *session, DimArrival *arrival)
{
    gsize size = 0;
    const char *data = g_bytes_get_data(arrival->body, &size);
    const char *start = data + arrival->done;
    const char *end = memchr(start, '\n', size - arrival->done);
    gsize line = end != NULL ? (gsize)(end - start) : size - arrival->done;

    arrival->done += line + 1;
    session->from_inbox = arrival->row != NULL;
    if (!is_blank(start, line)
        && (arrival->row != NULL || !dim_backlog_holds(session, start, line)))
        arrival->broken += !dim_incoming_text(session, start, line);
}

/* What was begun before a line fell or a turn was undone is not confirmed, so it comes again as a whole. */
static gboolean
is_void(const DimSession *session, const DimArrival *arrival)
{
    return arrival->losses != session->losses || !is_up(session);
}

static void
take_line(DimSession *session, DimArrival *arrival)
{
    if (!is_read(arrival))
        read_line(session, arrival);
    if (is_void(session, arrival)) {
        arrival_lose(session, arrival);
        return;
    }
    if (!is_read(arrival)) {
        session->reading = arrival;
        return;
    }
    if (arrival->row != NULL)
        g_queue_push_tail(&session->to_drop, g_steal_pointer(&arrival->row));
    else
        g_array_append_val(session->to_accept, arrival->serial);
    arrival_free(arrival);
}

static DimArrival *
read_backlog(DimSession *session)
{
    char *key;

    while ((key = g_queue_pop_head(&session->backlog)) != NULL) {
        g_autofree char *row = key;
        g_autoptr(GError) error = NULL;
        GBytes *body = dim_inbox_read(session->inbox, row, &error);

        if (body != NULL) {
            DimArrival *arrival = g_new0(DimArrival, 1);

            arrival->body = body;
            arrival->row = g_steal_pointer(&row);
            return arrival;
        }
        if (error != NULL) {
            g_warning("the inbox could not be read: %s", error->message);
            dim_waking_later(session);
        }
    }
    return NULL;
}

/* (nullable) the payload that was begun; then the backlog; then what has just come. */
static DimArrival *
next_arrival(DimSession *session)
{
    DimArrival *next = g_steal_pointer(&session->reading);

    if (next != NULL && !is_void(session, next))
        return next;
    if (next != NULL)
        arrival_lose(session, next);
    next = read_backlog(session);
    if (next == NULL)
        next = g_queue_pop_head(&session->arrived);
    if (next != NULL)
        next->losses = session->losses;
    return next;
}

/* One line of a payload, or something inside of one, which comes before the line behind it. FALSE if nothing is left. */
static gboolean
take_step(DimSession *session)
{
    DimArrival *next;

    if (session->state == DIM_STATE_OFFLINE)
        return FALSE; /* closed in mid-turn */
    if (dim_parcel_step(session))
        return TRUE;
    next = next_arrival(session);
    if (next != NULL)
        take_line(session, next);
    return next != NULL;
}

static gboolean
is_work_left(const DimSession *session)
{
    return session->halfway || session->reading != NULL || session->inner.length > 0
           || session->arrived.length > 0 || session->backlog.length > 0
           || session->unparking.length > 0 || session->trying.length > 0
           || session->leaving.length > 0 || dim_showing_may_answer(session);
}

/* Each turn takes in something, however late it is. What was parked is moved before anything that came later is looked at. */
static void
take_some(DimSession *session, gint64 until)
{
    gboolean late = FALSE;

    while (!late && (dim_unparking_step(session) || take_step(session)))
        late = dim_clock_monotonic(session->clock) >= until;
    while (!late && dim_outgoing_parked(session))
        late = dim_clock_monotonic(session->clock) >= until;
}

static gboolean
end_turn(gpointer user_data)
{
    g_autoptr(DimSession) session = dim_session_ref(user_data);
    gint64 until = dim_clock_monotonic(session->clock) + SLICE_MICROSECONDS;
    gboolean late = FALSE;

    session->turn = 0;
    /* Lines of the last turn: shown and kept, so they are confirmed (protocol §5.12). */
    while (!late && dim_showing_answer(session))
        late = dim_clock_monotonic(session->clock) >= until;
    if (!session->halfway)
        take_some(session, until);
    /* What a message has inside is not kept by itself, and a backlog is sorted as a whole. */
    if (session->state != DIM_STATE_OFFLINE
        && (dim_unparking_goes_on(session) || session->inner.length > 0)) {
        dim_turn_schedule(session);
        return G_SOURCE_REMOVE;
    }
    if (session->halfway || !session->sorting || g_queue_is_empty(&session->backlog)
        || session->talk.length >= SORTED_MAX)
        finish(session);
    if (session->state == DIM_STATE_OFFLINE)
        dim_turn_close(session); /* closed in mid-turn: the rest is in nobody's hands */
    else if (is_work_left(session) || session->news.length > 0)
        dim_turn_schedule(session);
    return G_SOURCE_REMOVE;
}

void
dim_turn_schedule(DimSession *session)
{
    if (session->turn == 0 && session->state != DIM_STATE_OFFLINE)
        session->turn = dim_clock_after(session->clock, 0, end_turn, session);
}

void
dim_turn_take(DimSession *session, GBytes *body, guint64 serial)
{
    DimArrival *arrival = g_new0(DimArrival, 1);

    arrival->body = g_bytes_ref(body);
    arrival->serial = serial;
    g_queue_push_tail(&session->arrived, arrival);
    dim_turn_schedule(session);
}

void
dim_turn_touch(DimSession *session)
{
    g_autoptr(GError) error = NULL;

    if (!dim_store_begin(session->store, &error))
        dim_turn_lose(session, error);
    dim_turn_schedule(session);
}

void
dim_turn_lose(DimSession *session, const GError *error)
{
    if (session->loss == NULL)
        session->loss = g_error_copy(error);
    dim_turn_schedule(session);
}
