/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The way up: parse, drop what came before, verify, decrypt, and hand on (protocol §4.7). */
#include "base/errors.h"
#include "command/standing.h"
#include "message/seal.h"
#include "session/unparking.h"

#define MINUTE (60 * (gint64)G_USEC_PER_SEC)

#define MAX_UNKNOWN 100 /* senders of whom nothing is known and who are asked for in a minute */

static gboolean
is_for_me(DimSession *session, const DimMessage *message)
{
    DimId *receiver = dim_message_receiver(message);
    const DimId *me = dim_user_id(session->user);

    if (dim_id_is_group(receiver) && !dim_id_is_broadcast(receiver)) /* as a whole: of a bot */
        return dim_group_standing(&session->desk, receiver, me) != DIM_STANDING_OUTSIDER;
    return dim_id_is_broadcast(receiver) || dim_id_equal(receiver, me);
}

/* Without my station there is no line; everybody else can be blocked, whatever type his ID has. */
static gboolean
is_wanted(DimSession *session, const DimId *sender)
{
    const DimEvents *events = session->events;

    return events->wanted == NULL || dim_handshake_is_station(session, sender)
           || dim_id_equal(sender, dim_user_id(session->user))
           || events->wanted(session, sender, session->events_data);
}

/* What came along with a message; nothing of it is kept before the message is genuine. */
typedef struct {
    DimMeta *meta;     /* (nullable) of the sender, new to us */
    DimDocument *visa; /* (nullable) verified by the sender's meta */
} Attached;

static void
attached_clear(Attached *attached)
{
    g_clear_pointer(&attached->meta, dim_meta_unref);
    g_clear_pointer(&attached->visa, dim_document_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Attached, attached_clear)

/* FALSE: a meta that is not the sender's, or a visa of somebody else, spoils the message (P-054). */
static gboolean
read_attached(DimSession *session, const DimMessage *message, Attached *attached)
{
    DimId *sender = dim_message_sender(message);
    JsonObject *meta_json = dim_message_meta_json(message);
    JsonObject *visa_json = dim_message_visa_json(message);
    DimMeta *meta = dim_book_meta(session->book, sender);
    g_autoptr(GError) error = NULL;

    if (meta_json != NULL && meta == NULL) {
        attached->meta = dim_meta_from_json(meta_json, &error);
        if (attached->meta == NULL || !dim_meta_matches(attached->meta, sender)) {
            g_debug("the attached meta of %s is no good: %s", dim_id_text(sender),
                    error != NULL ? error->message : "it is another's");
            return FALSE;
        }
        meta = attached->meta;
    }
    if (visa_json == NULL)
        return TRUE;
    attached->visa = dim_document_from_json(visa_json, sender, &error);
    if (attached->visa == NULL) {
        g_debug("the attached visa of %s is no good: %s", dim_id_text(sender), error->message);
        return FALSE;
    }
    if (meta == NULL || !dim_document_verify(attached->visa, meta))
        g_clear_pointer(&attached->visa, dim_document_unref);
    return TRUE;
}

static void
keep_attached(DimSession *session, DimId *sender, const Attached *attached)
{
    g_autoptr(GError) error = NULL;
    gboolean news = FALSE;

    if (attached->meta == NULL && attached->visa == NULL)
        return;
    dim_turn_touch(session);
    if (attached->meta != NULL) {
        news = dim_book_save_meta(session->book, sender, attached->meta, &error);
        if (!news)
            g_debug("the meta of %s was not kept: %s", dim_id_text(sender), error->message);
        g_clear_error(&error);
    }
    if (attached->visa != NULL
        && dim_book_save_document(session->book, sender, attached->visa, &error)
               == DIM_BOOK_RECEIVED) {
        session->desk.document(session->desk.data, attached->visa);
        news = TRUE;
    }
    if (news)
        dim_incoming_learned(session, sender);
}

/* IDs cost nothing: of those of whom nothing is known a hundred a minute. The others are asked for later, like all for whom
 * something still waits. */
static void
ask(DimSession *session, const DimId *sender)
{
    gint64 now = dim_clock_monotonic(session->clock);

    if (dim_book_meta(session->book, sender) != NULL) {
        dim_outgoing_ask(session, sender);
        return;
    }
    if (now - session->unknown_since >= MINUTE) {
        session->unknown_since = now;
        session->unknown = 0;
    }
    if (session->unknown < MAX_UNKNOWN && dim_outgoing_ask(session, sender))
        session->unknown++;
}

static void
park(DimSession *session, const DimMessage *message, gboolean is_proved)
{
    const DimId *sender = dim_message_sender(message);

    if (!(is_proved ? dim_backlog_park_closed(session, message)
                    : dim_backlog_park(session, sender, message)))
        dim_backlog_tell_lost(session);
    ask(session, sender);
}

/* All keys that this sender may have signed with. New array of DimPublicKey. */
static GPtrArray *
verify_keys(DimSession *session, DimId *sender, const Attached *attached)
{
    gboolean mine = dim_id_equal(sender, dim_user_id(session->user));
    GPtrArray *keys = dim_book_verify_keys(session->book, sender);
    DimPublicKey *key = attached->visa != NULL ? dim_document_key(attached->visa) : NULL;

    /* Another device of mine needs to tell nobody who I am. */
    if (mine)
        g_ptr_array_add(keys, dim_public_key_ref(dim_meta_key(dim_user_meta(session->user))));
    if (attached->meta != NULL)
        g_ptr_array_add(keys, dim_public_key_ref(dim_meta_key(attached->meta)));
    if (key != NULL)
        g_ptr_array_add(keys, dim_public_key_ref(key));
    return keys;
}

/* TRUE if the sender's keys, known or attached, verify it; parks it when there is none. */
static gboolean
is_genuine(DimSession *session, const DimMessage *message)
{
    DimId *sender = dim_message_sender(message);
    g_auto(Attached) attached = { NULL, NULL };
    g_autoptr(GPtrArray) keys = NULL;

    if (!read_attached(session, message, &attached))
        return FALSE;
    keys = verify_keys(session, sender, &attached);
    if (keys->len == 0) {
        park(session, message, FALSE);
        return FALSE;
    }
    if (dim_seal_verify(message, keys)) {
        keep_attached(session, sender, &attached);
        return TRUE;
    }
    g_debug("the signature of a message of %s is wrong: dropped", dim_id_text(sender));
    ask(session, sender);
    return FALSE;
}

/* The signature says nothing of IV, keys and envelope, so another copy may still open: only the complaint is not repeated. Who sends
 * a copy first of which nothing is told, or something else, silences none. */
static void
refuse_closed(DimSession *session, DimMessage *message, const char *tag, const GError *why)
{
    gboolean altered = g_error_matches(why, DIM_ERROR, DIM_ERROR_ALTERED);
    g_autofree char *complaint = g_strconcat(altered ? "! " : "? ", tag, NULL);

    if (!dim_showing_knows(session, complaint) && dim_complaints_make(session, message, why))
        dim_showing_note(session, message, complaint);
}

/* A message tells of how late a visa its sender has. */
static void
ask_for_newer(DimSession *session, const DimMessage *message)
{
    double told = MIN(dim_message_document_time(message), dim_clock_now(session->clock));
    DimId *sender = dim_message_sender(message);
    DimDocument *held;

    if (told <= 0)
        return;
    held = dim_book_document(session->book, sender);
    if (held == NULL || dim_document_time(held) < told)
        ask(session, sender);
}

void
dim_incoming_done(DimSession *session,
                  DimMessage *message,
                  DimMessage *instant,
                  const char *tag)
{
    dim_showing_note(session, instant, tag);
    dim_membership_hints(session, message, instant);
    ask_for_newer(session, message);
}

void
dim_incoming_message(DimSession *session, DimMessage *message, guint depth)
{
    DimId *sender = dim_message_sender(message);
    g_autofree char *tag = NULL;
    g_autoptr(DimMessage) instant = NULL;
    g_autoptr(GError) error = NULL;
    gboolean again; /* a history is told as often as somebody asks for it */

    if (!is_for_me(session, message)) {
        g_debug("a message for somebody else: dropped");
        return;
    }
    if (dim_id_kind(sender) == DIM_ADDRESS_UNKNOWN) {
        g_debug("a message of a sender whom no meta can prove: dropped");
        return;
    }
    if (dim_id_is_group(sender)) { /* no user can be one, and a group signs nothing */
        g_debug("a message that a group sends: dropped");
        return;
    }
    if (!is_wanted(session, sender)) {
        g_debug("a message of a blocked person: dropped");
        return;
    }
    tag = dim_message_tag(message);
    again = dim_showing_knows(session, tag);
    if (again && (depth == 0 || !dim_message_is_broadcast(message)))
        return;
    if (!is_genuine(session, message) || dim_pacing_holds(session, message))
        return;
    dim_turn_touch(session);
    instant = dim_opening_open(session, message, &error);
    if (instant == NULL && !dim_unseal_has_key(message, dim_user_id(session->user))
        && !g_error_matches(error, DIM_ERROR, DIM_ERROR_ALTERED)) {
        park(session, message, TRUE); /* until another message of this sender brings the key */
        return;
    }
    if (instant == NULL) {
        refuse_closed(session, message, tag, error);
        dim_pacing_closed(session, sender);
        return;
    }
    if (again && dim_command_find(dim_message_content(instant)) != dim_handle_history)
        return;
    if (!dim_message_is_broadcast(message))
        dim_book_set_acquainted(session->book, sender);
    dim_parcel_open(session, message, instant, tag, depth);
}

gboolean
dim_incoming_text(DimSession *session, const char *text, gsize size)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DimMessage) message = NULL;

    if (size > DIM_MESSAGE_MAX) {
        g_debug("a message of %" G_GSIZE_FORMAT " bytes: dropped", size);
        return FALSE;
    }
    message = dim_message_parse(text, (gssize)size, &error);
    if (message == NULL) {
        g_debug("what arrived is no message: %s", error->message);
        return FALSE;
    }
    if (dim_message_size(message) > DIM_CONTENT_MAX) {
        g_debug("a content of %" G_GSIZE_FORMAT " bytes: dropped", dim_message_size(message));
        return FALSE;
    }
    dim_incoming_message(session, message, 0);
    return TRUE;
}

void
dim_incoming_learned(DimSession *session, const DimId *id)
{
    g_autoptr(DimId) who = dim_id_ref(id);

    if (dim_id_is_group(who)) {
        dim_membership_bulletin(session, who);
        return;
    }
    dim_membership_founder(session, who);
    dim_unparking_begin(session, who);
    dim_outgoing_unpark(session, who);
}
