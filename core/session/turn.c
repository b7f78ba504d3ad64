/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One turn of the loop: payloads are taken in, lines shown, all of it committed at once, and only then acknowledged. */
#include "base/errors.h"
#include "session/inner.h"

#define SLICE_MICROSECONDS 10000 /* a backlog must not freeze the window of the host */
#define MAX_DEPTH          4
#define QUIET_MILLISECONDS 250 /* of silence after a login end its backlog */
#define SETTLE_SECONDS     2   /* at most */
#define HELD_MAX           5000

typedef struct {
    GBytes *body;        /* a payload of the gate, or */
    DimMessage *message; /* an inner message */
    guint64 serial;
    guint depth;
} DimArrival;

typedef enum {
    SHOW_MESSAGE,
    SHOW_DELIVERY,
    SHOW_NOTICE,
} DimShowKind;

typedef struct {
    DimShowKind kind;
    DimMessage *message;
    char *text;
    DimId *peer;
    guint64 serial;
    DimDelivery state;
    GError *error;
} DimShow;

static void
arrival_free(gpointer data)
{
    DimArrival *arrival = data;

    g_clear_pointer(&arrival->body, g_bytes_unref);
    g_clear_pointer(&arrival->message, dim_message_unref);
    g_free(arrival);
}

static void
show_free(gpointer data)
{
    DimShow *show = data;

    g_clear_pointer(&show->message, dim_message_unref);
    g_clear_pointer(&show->peer, dim_id_unref);
    g_clear_error(&show->error);
    g_free(show->text);
    g_free(show);
}

void
dim_turn_init(DimSession *session)
{
    g_queue_init(&session->arrived);
    g_queue_init(&session->held);
    g_queue_init(&session->talk);
    g_queue_init(&session->shown);
    session->to_accept = g_array_new(FALSE, FALSE, sizeof(guint64));
}

void
dim_turn_clear(DimSession *session)
{
    dim_clock_clear(session->clock, &session->turn);
    dim_turn_fall(session);
    g_queue_clear_full(&session->talk, show_free);
    g_queue_clear_full(&session->shown, show_free);
}

void
dim_turn_fall(DimSession *session)
{
    dim_clock_clear(session->clock, &session->settle);
    g_queue_clear_full(&session->arrived, arrival_free);
    g_queue_clear_full(&session->held, arrival_free);
    g_array_set_size(session->to_accept, 0);
}

static void
show_one(DimSession *session, const DimShow *show)
{
    const DimEvents *events = session->events;
    gpointer data = session->events_data;

    switch (show->kind) {
    case SHOW_MESSAGE:
        if (events->received != NULL)
            events->received(session, show->message, show->text, data);
        break;
    case SHOW_DELIVERY:
        if (events->message_state != NULL)
            events->message_state(session, show->peer, show->serial, show->state, show->error,
                                  data);
        break;
    case SHOW_NOTICE:
    default:
        if (events->notice != NULL)
            events->notice(session, show->text, data);
        break;
    }
}

gboolean
dim_turn_commit(DimSession *session, GError **error)
{
    g_autoptr(GError) failure = NULL;

    if (!dim_store_in_transaction(session->store))
        return TRUE;
    if (dim_store_commit(session->store, &failure))
        return TRUE;
    dim_store_rollback(session->store);
    g_warning("the store could not be written: %s", failure->message);
    dim_turn_notice(session, failure->message);
    g_propagate_error(error, g_steal_pointer(&failure));
    return FALSE;
}

/* By the sender's own time, then serial number (correction 2). */
static gint
compare_times(gconstpointer a, gconstpointer b, G_GNUC_UNUSED gpointer data)
{
    const DimMessage *one = ((const DimShow *)a)->message;
    const DimMessage *other = ((const DimShow *)b)->message;
    double earlier = dim_message_shown_time(one);
    double later = dim_message_shown_time(other);
    guint64 serial = dim_content_serial(dim_message_content(one));
    guint64 next = dim_content_serial(dim_message_content(other));

    if (earlier != later)
        return earlier < later ? -1 : 1;
    return serial < next ? -1 : serial > next;
}

static void
show_all(DimSession *session, GQueue *queue)
{
    DimShow *show;

    while (session->state != DIM_STATE_OFFLINE && (show = g_queue_pop_head(queue)) != NULL) {
        show_one(session, show);
        show_free(show);
    }
}

/* Lines of talk are shown just before the commit: a crash between the two shows a line again, never loses one. */
static void
finish(DimSession *session)
{
    if (session->sorting)
        g_queue_sort(&session->talk, compare_times, NULL);
    session->sorting = FALSE;
    show_all(session, &session->talk);
    if (dim_turn_commit(session, NULL) && session->gate != NULL) {
        for (guint i = 0; i < session->to_accept->len; i++)
            dim_gate_acknowledge(session->gate, g_array_index(session->to_accept, guint64, i));
    }
    g_array_set_size(session->to_accept, 0);
    show_all(session, &session->shown);
}

/* A payload may hold several lines of JSON (protocol §6.1). */
static void
take_in(DimSession *session, DimArrival *arrival)
{
    gsize size = 0;
    const char *data;

    if (arrival->message != NULL) {
        dim_incoming_message(session, arrival->message, arrival->depth);
        return;
    }
    data = g_bytes_get_data(arrival->body, &size);
    while (size > 0) {
        const char *end = memchr(data, '\n', size);
        gsize line = end != NULL ? (gsize)(end - data) : size;

        if (line > 1)
            dim_incoming_text(session, data, line);
        data += MIN(line + 1, size);
        size -= MIN(line + 1, size);
    }
    g_array_append_val(session->to_accept, arrival->serial);
}

static void schedule(DimSession *session);

static gboolean
end_turn(gpointer user_data)
{
    g_autoptr(DimSession) session = dim_session_ref(user_data);
    gint64 until = dim_clock_monotonic(session->clock) + SLICE_MICROSECONDS;
    DimArrival *arrival;

    session->turn = 0;
    while ((arrival = g_queue_pop_head(&session->arrived)) != NULL) {
        take_in(session, arrival);
        arrival_free(arrival);
        if (dim_clock_monotonic(session->clock) >= until)
            break;
    }
    /* A backlog is sorted as a whole. */
    if (!session->sorting || g_queue_is_empty(&session->arrived)
        || g_queue_get_length(&session->talk) >= HELD_MAX)
        finish(session);
    if (!g_queue_is_empty(&session->arrived) || !g_queue_is_empty(&session->shown))
        schedule(session);
    return G_SOURCE_REMOVE;
}

static void
schedule(DimSession *session)
{
    if (session->turn == 0 && session->state != DIM_STATE_OFFLINE)
        session->turn = dim_clock_after(session->clock, 0, end_turn, session);
}

static gboolean
on_settled(gpointer user_data)
{
    DimSession *session = user_data;
    gpointer arrival;

    session->settle = 0;
    session->sorting = !g_queue_is_empty(&session->held);
    while ((arrival = g_queue_pop_head(&session->held)) != NULL)
        g_queue_push_tail(&session->arrived, arrival);
    schedule(session);
    return G_SOURCE_REMOVE;
}

static void
wait_for_quiet(DimSession *session)
{
    dim_clock_clear(session->clock, &session->settle);
    session->settle = dim_clock_after(session->clock, QUIET_MILLISECONDS, on_settled, session);
}

void
dim_turn_settle(DimSession *session)
{
    session->settle_until =
        dim_clock_monotonic(session->clock) + (gint64)SETTLE_SECONDS * G_USEC_PER_SEC;
    wait_for_quiet(session);
}

/* Talk waits until we have settled in; commands, above all the handshake, do not. */
static gboolean
must_wait(DimSession *session, GBytes *body)
{
    gsize size = 0;
    const char *data = g_bytes_get_data(body, &size);
    const char *end = memchr(data, '\n', size);
    g_autoptr(DimMessage) message = NULL;

    if (session->state == DIM_STATE_ONLINE && session->settle == 0)
        return FALSE;
    if (g_queue_get_length(&session->held) >= HELD_MAX)
        return FALSE;
    message = dim_message_parse(data, end != NULL ? end - data : (gssize)size, NULL);
    return message != NULL && dim_message_type(message) != DIM_CONTENT_COMMAND;
}

void
dim_turn_abandon(DimSession *session)
{
    if (!g_queue_is_empty(&session->talk))
        dim_store_rollback(session->store);
    else if (!dim_turn_commit(session, NULL))
        g_debug("the last turn was not kept");
    dim_turn_clear(session);
}

void
dim_turn_take(DimSession *session, GBytes *body, guint64 serial)
{
    DimArrival *arrival = g_new0(DimArrival, 1);

    arrival->body = g_bytes_ref(body);
    arrival->serial = serial;
    if (must_wait(session, body)) {
        g_queue_push_tail(&session->held, arrival);
        if (session->settle != 0 && dim_clock_monotonic(session->clock) < session->settle_until)
            wait_for_quiet(session);
        return;
    }
    g_queue_push_tail(&session->arrived, arrival);
    schedule(session);
}

void
dim_turn_take_inner(DimSession *session, DimMessage *message, guint depth)
{
    DimArrival *arrival;

    if (depth > MAX_DEPTH) {
        g_debug("a forward is nested too deep: dropped");
        return;
    }
    arrival = g_new0(DimArrival, 1);
    arrival->message = dim_message_ref(message);
    arrival->depth = depth;
    g_queue_push_head(&session->arrived, arrival);
    schedule(session);
}

void
dim_turn_touch(DimSession *session)
{
    g_autoptr(GError) error = NULL;

    if (!dim_store_begin(session->store, &error))
        g_warning("the store takes no transaction: %s", error->message);
    schedule(session);
}

static void
push(DimSession *session, GQueue *queue, DimShow *show)
{
    g_queue_push_tail(queue, show);
    schedule(session);
}

void
dim_turn_show(DimSession *session, DimMessage *message, const char *text)
{
    DimShow *show = g_new0(DimShow, 1);

    show->kind = SHOW_MESSAGE;
    show->message = dim_message_ref(message);
    show->text = g_strdup(text);
    push(session, &session->talk, show);
}

void
dim_turn_delivery(DimSession *session,
                  const DimId *peer,
                  guint64 serial,
                  DimDelivery state,
                  const GError *error)
{
    DimShow *show = g_new0(DimShow, 1);

    show->kind = SHOW_DELIVERY;
    show->peer = dim_id_ref(peer);
    show->serial = serial;
    show->state = state;
    show->error = error != NULL ? g_error_copy(error) : NULL;
    push(session, &session->shown, show);
}

void
dim_turn_notice(DimSession *session, const char *text)
{
    DimShow *show = g_new0(DimShow, 1);

    show->kind = SHOW_NOTICE;
    show->text = g_strdup(text);
    push(session, &session->shown, show);
}
