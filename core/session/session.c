/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimSession: owns the shelves and the gate of one login, fills the desk, and is the front end's door. */
#include "session/session.h"

#include "base/errors.h"
#include "base/words.h"
#include "session/inner.h"

#define BINDING_ROOM 1024 /* for what sealing adds to a content */

/* The ID of another line's station stays until the next challenge: it proves nothing on this one. */
static DimId *
on_station(gpointer data)
{
    const DimSession *session = data;
    gboolean proved =
        session->state == DIM_STATE_HANDSHAKING || session->state == DIM_STATE_ONLINE;

    return proved ? session->station_id : NULL;
}

static void
on_reply(gpointer data, const DimId *to, DimContent *content)
{
    dim_outgoing_command(data, to, content);
}

static void
on_learned(gpointer data, const DimId *id)
{
    dim_incoming_learned(data, id);
}

static void
on_document(gpointer data, DimDocument *document)
{
    DimSession *session = data;
    DimId *owner = dim_document_owner(document);
    const char *name = dim_document_name(document);
    g_autoptr(GError) error = NULL;

    if (name != NULL && dim_contacts_has(session->contacts, owner)
        && !dim_contacts_set_name(session->contacts, owner, name, &error))
        g_warning("a contact's name could not be kept: %s", error->message);
    if (session->events->document_changed != NULL)
        session->events->document_changed(session, document, session->events_data);
}

static void
on_challenged(gpointer data, const DimMessage *message, const char *key)
{
    dim_handshake_challenged(data, message, key);
}

static void
on_greeted(gpointer data, const DimMessage *message, const char *key)
{
    dim_handshake_greeted(data, message, key);
}

static void
on_confirmed(gpointer data, const DimMessage *message, const DimContent *receipt)
{
    dim_confirm_receipt(data, message, receipt);
}

static void
on_alive(gpointer data, const DimId *who, double when)
{
    DimSession *session = data;

    if (session->events->presence != NULL)
        session->events->presence(session, who, when, session->events_data);
}

static gboolean
on_expected(gpointer data, const char *command)
{
    return dim_asking_expects(data, command);
}

static void
on_tell(gpointer data, const char *text)
{
    dim_showing_notice(data, text);
}

static gboolean
on_serves(gpointer data, const DimId *who)
{
    return dim_asking_serves(data, who);
}

static void
on_named(gpointer data, const char *name, const DimId *id)
{
    dim_asking_name(data, name, id);
}

static void
on_members(gpointer data, const DimId *group)
{
    dim_membership_told(data, group);
}

static void
on_said(gpointer data, DimMessage *message)
{
    dim_contents_show_mine(data, message);
}

DimSession *
dim_session_new(const DimSessionOptions *options)
{
    DimSession *session = g_new0(DimSession, 1);

    session->refs = 1;
    session->user = dim_user_ref(options->user);
    session->store = dim_store_ref(options->store);
    session->clock = options->clock != NULL ? options->clock : dim_clock_system();
    session->events = options->events;
    session->events_data = options->events_data;
    session->agent = g_strdup(options->agent != NULL ? options->agent : "purple-dim");
    session->single = options->single;
    session->book = dim_book_new(session->store, session->clock);
    session->contacts = dim_contacts_new(session->store);
    session->keyring = dim_keyring_new(session->store, session->clock);
    session->seen = dim_seen_new(session->store);
    session->outbox = dim_outbox_new(session->store);
    session->shelf = dim_shelf_new(session->store, session->clock);
    session->inbox = dim_inbox_new(session->store);
    session->desk = (DimDesk){ .user = session->user,
                               .book = session->book,
                               .contacts = session->contacts,
                               .store = session->store,
                               .clock = session->clock,
                               .station = on_station,
                               .reply = on_reply,
                               .learned = on_learned,
                               .document = on_document,
                               .challenged = on_challenged,
                               .greeted = on_greeted,
                               .confirmed = on_confirmed,
                               .alive = on_alive,
                               .expected = on_expected,
                               .tell = on_tell,
                               .serves = on_serves,
                               .named = on_named,
                               .said = on_said,
                               .members = on_members,
                               .data = session };
    dim_choice_init(session, options);
    dim_pacing_init(session);
    dim_opening_init(session);
    dim_turn_init(session);
    dim_outgoing_init(session);
    dim_awaiting_init(session);
    dim_asking_init(session);
    dim_membership_init(session);
    dim_settling_init(session);
    dim_confirm_init(session);
    session->gate =
        dim_gate_new(options->dial, session->clock, dim_login_gate_events(), session);
    dim_gate_set_single(session->gate, session->single);
    dim_gate_set_transport(session->gate, options->transport);
    return session;
}

DimSession *
dim_session_ref(DimSession *session)
{
    session->refs++;
    return session;
}

void
dim_session_unref(DimSession *session)
{
    if (--session->refs > 0)
        return;
    session->refs = 1; /* closing takes references of its own */
    dim_session_close(session);
    g_clear_pointer(&session->gate, dim_gate_free);
    dim_login_clear(session);
    dim_turn_free(session);
    dim_pacing_clear(session);
    dim_complaints_clear(session);
    dim_opening_clear(session);
    dim_outgoing_clear(session);
    dim_awaiting_clear(session);
    dim_asking_clear(session);
    dim_membership_clear(session);
    dim_settling_clear(session);
    dim_confirm_clear(session);
    g_hash_table_unref(session->in_flight);
    g_hash_table_unref(session->by_signature);
    dim_shelf_free(session->shelf);
    dim_inbox_free(session->inbox);
    dim_outbox_free(session->outbox);
    dim_seen_free(session->seen);
    dim_keyring_free(session->keyring);
    dim_contacts_free(session->contacts);
    dim_book_free(session->book);
    dim_choice_clear(session);
    dim_store_unref(session->store);
    dim_user_unref(session->user);
    g_free(session->agent);
    g_free(session);
}

void
dim_session_open(DimSession *session)
{
    dim_login_input(session, DIM_INPUT_OPEN, NULL);
}

void
dim_session_close(DimSession *session)
{
    static const DimEvents silence = { 0 };

    if (session->state == DIM_STATE_ONLINE) {
        g_autoptr(DimContent) offline = dim_report_new("offline");

        dim_outgoing_command(session, dim_id_any_station(), offline);
    }
    session->events = &silence;
    dim_renew_clear(session);
    dim_turn_fall(session);
    if (session->state != DIM_STATE_OFFLINE)
        dim_login_input(session, DIM_INPUT_CLOSE, NULL);
    dim_turn_close(session);
}

DimState
dim_session_state(const DimSession *session)
{
    return session->state;
}

/* Quotes and control characters take up to six bytes in JSON, so that only the whole tells. */
static gboolean
is_too_long(const DimContent *content)
{
    const char *text = dim_content_text(content);
    g_autofree char *whole = NULL;

    if (text != NULL && strlen(text) < DIM_CONTENT_MAX / 8)
        return FALSE;
    whole = dim_content_to_text(content);
    return strlen(whole) > DIM_CONTENT_MAX - BINDING_ROOM;
}

gboolean
dim_session_send(DimSession *session, const DimId *to, DimContent *content, GError **error)
{
    if (dim_id_is_broadcast(to) || dim_id_is_group(to)
        || dim_id_kind(to) == DIM_ADDRESS_UNKNOWN) {
        g_set_error(error, DIM_ERROR, DIM_ERROR_NOT_ALLOWED,
                    _("%s is not the address of a person"), dim_id_text(to));
        return FALSE;
    }
    if (dim_id_equal(to, dim_user_id(session->user))) {
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_NOT_ALLOWED, _("that is you"));
        return FALSE;
    }
    if (is_too_long(content)) {
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_NOT_ALLOWED,
                            _("the message is longer than a megabyte"));
        return FALSE;
    }
    return dim_outgoing_talk(session, to, content, error);
}

DimBook *
dim_session_book(DimSession *session)
{
    return session->book;
}

DimContacts *
dim_session_contacts(DimSession *session)
{
    return session->contacts;
}

void
dim_session_ask(DimSession *session, const DimId *id)
{
    dim_outgoing_ask(session, id);
}

gboolean
dim_session_set_nickname(DimSession *session, const char *nickname, GError **error)
{
    /* On disk before anybody is told of it; what else this turn wrote goes before. */
    if (!dim_turn_commit(session, error)
        || !dim_user_set_nickname(session->user, session->store, nickname,
                                  dim_clock_now(session->clock), error))
        return FALSE;
    if (session->state == DIM_STATE_ONLINE)
        dim_login_announce(session);
    return TRUE;
}

guint
dim_session_pending(DimSession *session)
{
    return dim_outbox_count(session->outbox);
}
