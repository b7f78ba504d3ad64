/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What became of what left: the outbox is written, acknowledged, confirmed by receipts, and sent again while it is not. */
#include "base/errors.h"
#include "base/json.h"
#include "base/words.h"
#include "session/inner.h"

#define IN_FLIGHT_MAX       256  /* given to the gate and not yet acknowledged */
#define RECENT_MAX          1000 /* finished ones remembered for late receipts */
#define UNCONFIRMED_SECONDS 60
/* A station of the official kind drops the same bytes silently within a minute of their first coming. */
#define RESEND_SECONDS 70
#define RESENDS_MAX    3
#define SIGNATURE_TAIL 16

typedef struct {
    guint64 tag;
    guint64 serial;
    DimId *peer;
    char *tail;        /* last characters of the signature */
    DimDelivery state; /* the best that is known */
    gboolean waiting;  /* the gate has not yet acknowledged it */
    gint64 due;        /* monotonic microseconds; 0: nothing more to do */
    guint resends;
    gboolean finished; /* its row is gone; kept for late receipts only */
} DimFlight;

static void
flight_free(gpointer data)
{
    DimFlight *flight = data;

    dim_id_unref(flight->peer);
    g_free(flight->tail);
    g_free(flight);
}

static const char *
tail_of(const char *signature)
{
    gsize size = strlen(signature);

    return size > SIGNATURE_TAIL ? signature + size - SIGNATURE_TAIL : signature;
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
    g_queue_clear_full(&session->ready, g_free);
    g_hash_table_remove_all(session->by_signature);
    g_hash_table_iter_init(&iter, session->in_flight);
    while (g_hash_table_iter_next(&iter, NULL, &flight))
        flight_free(flight);
    g_hash_table_remove_all(session->in_flight);
    g_queue_clear_full(&session->recent, flight_free);
}

static void
set_state(DimSession *session, DimFlight *flight, DimDelivery state, const GError *error)
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

/* The row leaves the outbox; late receipts still find the flight for a while. */
static void
finish(DimSession *session, DimFlight *flight)
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

    set_state(session, flight, DIM_DELIVERY_FAILED, error);
    finish(session, flight);
}

/* No word from the station since: say so, then send the same bytes again, a few times (correction 3). */
static void
overdue(DimSession *session, DimFlight *flight)
{
    guint64 *tag;

    if (flight->state < DIM_DELIVERY_UNCONFIRMED) {
        set_state(session, flight, DIM_DELIVERY_UNCONFIRMED, NULL);
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
    flight->tail = g_strdup(tail_of(item->signature));
    flight->state = DIM_DELIVERY_QUEUED;
    g_hash_table_insert(session->in_flight, &flight->tag, flight);
    g_hash_table_replace(session->by_signature, flight->tail, flight);
    return flight;
}

static gboolean
write_one(const DimOutboxItem *item, gpointer data)
{
    DimSession *session = data;
    DimFlight *flight = take_off(session, item);
    g_autoptr(GError) error = NULL;
    gsize size = 0;
    const char *payload = g_bytes_get_data(item->payload, &size);

    if (flight->peer == NULL) {
        g_warning("an outbox row names nobody: dropped");
        forget(session, flight);
        return FALSE;
    }
    set_waiting(
        session, flight,
        dim_gate_send(session->gate, payload, size, DIM_PRIORITY_NORMAL, item->tag, &error));
    if (!flight->waiting)
        g_debug("a message stays in the outbox: %s", error->message);
    return FALSE;
}

void
dim_confirm_pump(DimSession *session)
{
    guint64 *tag;

    if (session->state != DIM_STATE_ONLINE)
        return;
    while (session->waiting < IN_FLIGHT_MAX
           && (tag = g_queue_pop_head(&session->ready)) != NULL) {
        /* A row that is gone was confirmed meanwhile. */
        dim_outbox_find(session->outbox, *tag, write_one, session);
        g_free(tag);
    }
}

void
dim_confirm_line_down(DimSession *session)
{
    g_autoptr(GList) flights = g_hash_table_get_values(session->in_flight);

    /* The rows are still in the outbox: the next login starts over with them. */
    dim_clock_clear(session->clock, &session->confirm_timer);
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
    set_state(session, flight, DIM_DELIVERY_SENT, NULL);
    flight->due =
        dim_clock_monotonic(session->clock)
        + (gint64)(flight->resends > 0 ? RESEND_SECONDS : UNCONFIRMED_SECONDS) * G_USEC_PER_SEC;
    if (session->confirm_timer == 0)
        arm(session);
    dim_confirm_pump(session);
}

void
dim_confirm_expired(DimSession *session, guint64 tag)
{
    DimFlight *flight = g_hash_table_lookup(session->in_flight, &tag);

    if (flight != NULL)
        give_up(session, flight, _("the station never acknowledged it"));
}

static DimFlight *
find_serial(DimSession *session, const DimId *peer, guint64 serial)
{
    g_autoptr(GList) flights = g_hash_table_get_values(session->in_flight);

    for (GList *each = flights; each != NULL; each = each->next) {
        DimFlight *flight = each->data;

        if (flight->serial == serial && dim_id_equal(flight->peer, peer))
            return flight;
    }
    for (GList *each = session->recent.tail; each != NULL; each = each->prev) {
        DimFlight *flight = each->data;

        if (flight->serial == serial && dim_id_equal(flight->peer, peer))
            return flight;
    }
    return NULL;
}

/* By the signature; without one by the serial number, which only the receiver knows (protocol §5.12). */
static DimFlight *
find_flight(DimSession *session, const DimId *sender, const DimContent *receipt)
{
    const char *signature = dim_receipt_signature(receipt);
    guint64 serial = dim_receipt_serial(receipt);

    if (signature != NULL && strlen(signature) >= SIGNATURE_TAIL)
        return g_hash_table_lookup(session->by_signature, tail_of(signature));
    return serial != 0 ? find_serial(session, sender, serial) : NULL;
}

/* Only the station speaks for the station, and only the receiver for himself (correction 2). */
void
dim_confirm_receipt(DimSession *session, const DimMessage *message, const DimContent *receipt)
{
    const char *text = dim_content_text(receipt);
    DimId *sender = dim_message_sender(message);
    DimFlight *flight = find_flight(session, sender, receipt);
    g_autoptr(GError) error = NULL;

    if (flight == NULL)
        return;
    if (dim_id_equal(sender, flight->peer)) {
        set_state(session, flight, DIM_DELIVERY_DELIVERED, NULL);
    } else if (session->station_id == NULL || !dim_id_equal(sender, session->station_id)) {
        g_debug("a receipt from somebody else: ignored");
        return;
    } else if (text != NULL && g_str_has_prefix(text, "Message is blocked")) {
        g_set_error_literal(&error, DIM_ERROR, DIM_ERROR_REFUSED, text);
        set_state(session, flight, DIM_DELIVERY_FAILED, error);
    } else {
        set_state(session, flight, DIM_DELIVERY_KEPT, NULL);
    }
    finish(session, flight);
}
