/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a message has inside, one a step of the loop: the contents of an array, then the messages of its forwards (protocol §5.6). */
#include "session/inner.h"

#define MAX_DEPTH 4

struct _DimParcel {
    JsonObject *inner; /* a message in a forward, not yet looked at; or all of: */
    DimMessage *message;
    DimMessage *instant; /* the same, opened */
    char *tag;
    GPtrArray *contents; /* of DimContent */
    guint judged;        /* contents that do not have to wait for a group */
    guint taken;         /* contents that were worked on */
    GQueue
        inside; /* of DimParcel: the messages of its forwards, worked on behind all contents */
    guint depth;
    gboolean kept; /* it, or the forward that held it, lay in the inbox */
    guint losses;  /* of the session, when it was begun */
};

static void
parcel_free(gpointer data)
{
    DimParcel *parcel = data;

    g_clear_pointer(&parcel->inner, json_object_unref);
    g_clear_pointer(&parcel->message, dim_message_unref);
    g_clear_pointer(&parcel->instant, dim_message_unref);
    g_clear_pointer(&parcel->contents, g_ptr_array_unref);
    g_queue_clear_full(&parcel->inside, parcel_free);
    g_free(parcel->tag);
    g_free(parcel);
}

static DimParcel *
parcel_new(const DimSession *session, guint depth)
{
    DimParcel *parcel = g_new0(DimParcel, 1);

    g_queue_init(&parcel->inside);
    parcel->depth = depth;
    parcel->kept = session->from_inbox;
    parcel->losses = session->losses;
    return parcel;
}

void
dim_parcel_clear(DimSession *session)
{
    g_queue_clear_full(&session->inner, parcel_free);
}

/* FALSE: it waits on the shelf now. What finds no room there is taken at once. */
static gboolean
judge_one(DimSession *session, DimParcel *parcel)
{
    const DimContent *content = g_ptr_array_index(parcel->contents, parcel->judged++);
    const DimId *group = dim_membership_waits_for(session, parcel->instant, content);

    if (group != NULL && dim_membership_holds(session, group, parcel->message))
        return FALSE;
    if (group != NULL)
        parcel->judged = parcel->contents->len;
    return TRUE;
}

static void
take_one(DimSession *session, DimParcel *parcel)
{
    DimContent *content = g_ptr_array_index(parcel->contents, parcel->taken++);

    session->inside = &parcel->inside;
    dim_contents_take(session, parcel->instant, content, parcel->depth);
    session->inside = NULL;
}

/* To read what is known of one large group is work enough for a step. FALSE: nothing is left. */
static gboolean
take_step(DimSession *session, DimParcel *parcel)
{
    guint count = parcel->contents->len;

    if (parcel->judged < count)
        return judge_one(session, parcel);
    if (parcel->taken == 0 && dim_showing_repeats(session, parcel->instant))
        parcel->taken = count;
    if (parcel->taken < count) {
        take_one(session, parcel);
        return TRUE;
    }
    dim_incoming_done(session, parcel->message, parcel->instant, parcel->tag);
    return FALSE;
}

/* The tag goes with the last line of the message. Without one it is due behind what was inside: whoever kills the program before
 * that was shown gets the message again. */
static gboolean
is_unpacked(DimSession *session, const DimParcel *parcel, gboolean more)
{
    return !more
           || (parcel->taken == parcel->contents->len
               && !dim_showing_ends_with(session, parcel->instant));
}

/* Begun before a line fell or a turn was undone: as it was not acknowledged, all of it comes again. */
static gboolean
is_void(const DimSession *session, const DimParcel *parcel)
{
    return parcel->losses != session->losses;
}

static void
work_on(DimSession *session, DimParcel *parcel)
{
    gboolean more = take_step(session, parcel);
    DimParcel *inside;

    while (more && parcel->contents->len <= 1 && g_queue_is_empty(&parcel->inside))
        more = take_step(session, parcel);
    if (more && is_void(session, parcel)) {
        dim_showing_take_back(session, parcel->instant);
        parcel_free(parcel);
        return;
    }
    if (more)
        g_queue_push_head(&session->inner, parcel);
    while (is_unpacked(session, parcel, more)
           && (inside = g_queue_pop_tail(&parcel->inside)) != NULL)
        g_queue_push_head(&session->inner, inside);
    if (!more)
        parcel_free(parcel);
}

void
dim_parcel_open(DimSession *session,
                DimMessage *message,
                DimMessage *instant,
                const char *tag,
                guint depth)
{
    DimParcel *parcel = parcel_new(session, depth);

    parcel->message = dim_message_ref(message);
    parcel->instant = dim_message_ref(instant);
    parcel->tag = g_strdup(tag);
    parcel->contents = dim_contents_unpack(dim_message_content(instant), depth);
    dim_pacing_opened(session, dim_message_sender(instant), parcel->contents->len);
    work_on(session, parcel);
}

gboolean
dim_parcel_put(DimSession *session, JsonObject *message, guint depth)
{
    DimParcel *parcel;

    if (depth > MAX_DEPTH) {
        g_debug("a forward is nested too deep");
        return FALSE;
    }
    parcel = parcel_new(session, depth);
    parcel->inner = json_object_ref(message);
    g_queue_push_tail(session->inside, parcel);
    dim_turn_schedule(session);
    return TRUE;
}

static void
open_inner(DimSession *session, const DimParcel *parcel)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DimMessage) message = dim_message_from_json(parcel->inner, &error);

    if (message != NULL)
        dim_incoming_message(session, message, parcel->depth);
    else
        g_debug("a forward holds something that is no message: %s", error->message);
}

gboolean
dim_parcel_step(DimSession *session)
{
    DimParcel *parcel = g_queue_pop_head(&session->inner);

    if (parcel == NULL)
        return FALSE;
    session->from_inbox = parcel->kept;
    if (parcel->inner == NULL && is_void(session, parcel)) {
        dim_showing_take_back(session, parcel->instant);
        parcel_free(parcel);
    } else if (parcel->inner == NULL) {
        work_on(session, parcel);
    } else {
        open_inner(session, parcel);
        parcel_free(parcel);
    }
    return TRUE;
}
