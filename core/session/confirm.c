/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What became of what left: the outbox is written, acknowledged, and sent again while no receipt confirms it. */
#include "base/errors.h"
#include "base/words.h"
#include "session/flight.h"

#define IN_FLIGHT_MAX       256  /* given to the gate and not yet acknowledged */
#define RECENT_MAX          1000 /* finished ones remembered for late receipts */
#define UNCONFIRMED_SECONDS 60
/* A station of the official kind drops the same bytes silently within a minute of their first coming. */
#define RESEND_SECONDS 70
#define RESENDS_MAX    3
#define ROOM_MS        1000 /* after a gate that had no room */

static void
flight_free(gpointer data)
{
    DimFlight *flight = data;

    dim_id_unref(flight->peer);
    g_free(flight->tail);
    g_free(flight);
}

const char *
dim_flight_tail(const char *signature)
{
    gsize size = strlen(signature);

    return size > DIM_FLIGHT_TAIL ? signature + size - DIM_FLIGHT_TAIL : signature;
}

void
dim_confirm_init(DimSession *session)
{
    g_queue_init(&session->ready);
    g_queue_init(&session->recent);
    session->in_flight = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, NULL);
    session->by_signature = g_hash_table_new(g_str_hash, g_str_equal);
}

void
dim_confirm_clear(DimSession *session)
{
    GHashTableIter iter;
    gpointer flight;

    dim_clock_clear(session->clock, &session->confirm_timer);
    dim_clock_clear(session->clock, &session->room_timer);
    g_queue_clear_full(&session->ready, g_free);
    g_hash_table_remove_all(session->by_signature);
    g_hash_table_iter_init(&iter, session->in_flight);
    while (g_hash_table_iter_next(&iter, NULL, &flight))
        flight_free(flight);
    g_hash_table_remove_all(session->in_flight);
    g_queue_clear_full(&session->recent, flight_free);
}

void
dim_flight_set_state(DimSession *session,
                     DimFlight *flight,
                     DimDelivery state,
                     const GError *error)
{
    if (flight->state >= state)
        return; /* news never get worse: "cached" comes after "delivered" too */
    flight->state = state;
    dim_showing_delivery(session, flight->peer, flight->serial, state, error);
}

static void
set_waiting(DimSession *session, DimFlight *flight, gboolean waiting)
{
    session->waiting += (guint)waiting;
    session->waiting -= (guint)flight->waiting;
    flight->waiting = waiting;
}

void
dim_flight_finish(DimSession *session, DimFlight *flight)
{
    g_autoptr(GError) error = NULL;

    if (flight->finished)
        return;
    dim_turn_touch(session);
    if (!dim_outbox_remove(session->outbox, flight->tag, &error))
        g_warning("a sent message stays in the outbox: %s", error->message);
    flight->finished = TRUE;
    set_waiting(session, flight, FALSE);
    flight->due = 0;
    g_hash_table_remove(session->in_flight, &flight->tag);
    g_queue_push_tail(&session->recent, flight);
    if (g_queue_get_length(&session->recent) > RECENT_MAX) {
        DimFlight *oldest = g_queue_pop_head(&session->recent);

        if (g_hash_table_lookup(session->by_signature, oldest->tail) == oldest)
            g_hash_table_remove(session->by_signature, oldest->tail);
        flight_free(oldest);
    }
}

static gboolean on_due(gpointer user_data);

static void
arm(DimSession *session)
{
    GHashTableIter iter;
    gpointer value;
    gint64 next = G_MAXINT64;
    gint64 now = dim_clock_monotonic(session->clock);

    dim_clock_clear(session->clock, &session->confirm_timer);
    g_hash_table_iter_init(&iter, session->in_flight);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const DimFlight *flight = value;

        if (flight->due != 0)
            next = MIN(next, flight->due);
    }
    if (next != G_MAXINT64)
        session->confirm_timer = dim_clock_after(
            session->clock, (guint)(MAX(next - now, 0) / 1000 + 1), on_due, session);
}

static void
forget(DimSession *session, DimFlight *flight)
{
    if (g_hash_table_lookup(session->by_signature, flight->tail) == flight)
        g_hash_table_remove(session->by_signature, flight->tail);
    g_hash_table_remove(session->in_flight, &flight->tag);
    flight_free(flight);
}

static void
give_up(DimSession *session, DimFlight *flight, const char *why)
{
    g_autoptr(GError) error = g_error_new_literal(DIM_ERROR, DIM_ERROR_EXPIRED, why);

    dim_flight_set_state(session, flight, DIM_DELIVERY_FAILED, error);
    dim_flight_finish(session, flight);
}

/* No word from the station since: say so, then send the same bytes again, a few times (correction 3). */
static void
overdue(DimSession *session, DimFlight *flight)
{
    guint64 *tag;

    if (flight->state < DIM_DELIVERY_UNCONFIRMED) {
        dim_flight_set_state(session, flight, DIM_DELIVERY_UNCONFIRMED, NULL);
        flight->due += (RESEND_SECONDS - UNCONFIRMED_SECONDS) * G_USEC_PER_SEC;
        return;
    }
    if (flight->resends >= RESENDS_MAX) {
        give_up(session, flight,
                _("the station never said what became of it; it may have arrived"));
        return;
    }
    flight->resends++;
    flight->due = 0;
    tag = g_new(guint64, 1);
    *tag = flight->tag;
    g_queue_push_tail(&session->ready, tag);
}

static gboolean
on_due(gpointer user_data)
{
    DimSession *session = user_data;
    g_autoptr(GList) flights = g_hash_table_get_values(session->in_flight);
    gint64 now = dim_clock_monotonic(session->clock);

    session->confirm_timer = 0;
    for (GList *each = flights; each != NULL; each = each->next) {
        DimFlight *flight = each->data;

        if (flight->due != 0 && flight->due <= now)
            overdue(session, flight);
    }
    dim_confirm_pump(session);
    arm(session);
    return G_SOURCE_REMOVE;
}

static gboolean
queue_tag(const DimOutboxItem *item, gpointer data)
{
    guint64 *tag = g_new(guint64, 1);

    *tag = item->tag;
    g_queue_push_tail(data, tag);
    return TRUE;
}

void
dim_confirm_reload(DimSession *session)
{
    g_autoptr(GError) error = NULL;

    g_queue_clear_full(&session->ready, g_free);
    if (!dim_outbox_each(session->outbox, queue_tag, &session->ready, &error))
        g_warning("the outbox could not be read: %s", error->message);
    dim_confirm_pump(session);
}

void
dim_confirm_add(DimSession *session, guint64 tag)
{
    guint64 *copy;

    if (session->state != DIM_STATE_ONLINE)
        return; /* dim_confirm_reload() finds it in the store */
    copy = g_new(guint64, 1);
    *copy = tag;
    g_queue_push_tail(&session->ready, copy);
}

static DimFlight *
take_off(DimSession *session, const DimOutboxItem *item)
{
    DimFlight *flight = g_hash_table_lookup(session->in_flight, &item->tag);

    if (flight != NULL)
        return flight;
    flight = g_new0(DimFlight, 1);
    flight->tag = item->tag;
    flight->serial = item->serial;
    flight->peer = dim_id_parse(item->receiver, NULL);
    flight->tail = g_strdup(dim_flight_tail(item->signature));
    flight->state = DIM_DELIVERY_QUEUED;
    g_hash_table_insert(session->in_flight, &flight->tag, flight);
    g_hash_table_replace(session->by_signature, flight->tail, flight);
    return flight;
}

typedef struct {
    DimSession *session;
    DimFlight *flight; /* (nullable) borrowed: what was tried */
    GError *error;     /* (nullable) why the gate did not take it */
} Attempt;

static gboolean
write_one(const DimOutboxItem *item, gpointer data)
{
    Attempt *attempt = data;
    DimSession *session = attempt->session;
    DimFlight *flight = take_off(session, item);
    gsize size = 0;
    const char *payload = g_bytes_get_data(item->payload, &size);

    if (flight->peer == NULL) {
        g_warning("an outbox row names nobody: dropped");
        forget(session, flight);
        return FALSE;
    }
    attempt->flight = flight;
    set_waiting(session, flight,
                dim_gate_send(session->gate, payload, size, DIM_PRIORITY_NORMAL, item->tag,
                              &attempt->error));
    return FALSE;
}

static gboolean
on_room(gpointer user_data)
{
    DimSession *session = user_data;

    session->room_timer = 0;
    dim_confirm_pump(session);
    return G_SOURCE_REMOVE;
}

/* FALSE: the gate has no room for it now. */
static gboolean
try_one(DimSession *session, guint64 tag)
{
    Attempt attempt = { .session = session };
    g_autoptr(GError) error = NULL;

    /* A row that is gone was confirmed meanwhile. */
    dim_outbox_find(session->outbox, tag, write_one, &attempt);
    error = attempt.error;
    if (error == NULL)
        return TRUE;
    g_debug("a message stays in the outbox: %s", error->message);
    if (!g_error_matches(error, DIM_ERROR, DIM_ERROR_MALFORMED))
        return FALSE;
    give_up(session, attempt.flight, error->message); /* no line will ever take it */
    return TRUE;
}

void
dim_confirm_pump(DimSession *session)
{
    guint64 *tag;

    if (session->state != DIM_STATE_ONLINE || session->room_timer != 0)
        return;
    /* A row that a crash takes back must not have left: the turn comes here again behind its commit. */
    if (dim_store_in_transaction(session->store))
        return;
    while (session->waiting < IN_FLIGHT_MAX
           && (tag = g_queue_peek_head(&session->ready)) != NULL) {
        if (!try_one(session, *tag)) {
            /* It and all behind it, in their order, until something is acknowledged; or written, which nobody tells. */
            session->room_timer = dim_clock_after(session->clock, ROOM_MS, on_room, session);
            return;
        }
        g_free(g_queue_pop_head(&session->ready));
    }
}

/* There may be room at the gate again. */
static void
go_on(DimSession *session)
{
    dim_clock_clear(session->clock, &session->room_timer);
    dim_confirm_pump(session);
}

void
dim_confirm_line_down(DimSession *session)
{
    g_autoptr(GList) flights = g_hash_table_get_values(session->in_flight);

    /* The rows are still in the outbox: the next login starts over with them. */
    dim_clock_clear(session->clock, &session->confirm_timer);
    dim_clock_clear(session->clock, &session->room_timer);
    g_queue_clear_full(&session->ready, g_free);
    for (GList *each = flights; each != NULL; each = each->next) {
        DimFlight *flight = each->data;

        set_waiting(session, flight, FALSE);
        flight->due = 0;
    }
}

void
dim_confirm_acknowledged(DimSession *session, guint64 tag)
{
    DimFlight *flight = g_hash_table_lookup(session->in_flight, &tag);

    if (flight == NULL)
        return;
    set_waiting(session, flight, FALSE);
    dim_flight_set_state(session, flight, DIM_DELIVERY_SENT, NULL);
    flight->due =
        dim_clock_monotonic(session->clock)
        + (gint64)(flight->resends > 0 ? RESEND_SECONDS : UNCONFIRMED_SECONDS) * G_USEC_PER_SEC;
    if (session->confirm_timer == 0)
        arm(session);
    go_on(session);
}

void
dim_confirm_expired(DimSession *session, guint64 tag)
{
    DimFlight *flight = g_hash_table_lookup(session->in_flight, &tag);

    if (flight != NULL)
        give_up(session, flight, _("the station never acknowledged it"));
    go_on(session);
}
