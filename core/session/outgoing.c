/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The way down: gathers what sealing needs, seals, keeps, and hands the bytes to the gate (protocol §4.3). */
#include "base/errors.h"
#include "base/words.h"
#include "message/seal.h"
#include "session/inner.h"

/* The talk key towards `to`, and its wrapped copies; both borrowed until the keyring is asked again. */
static gboolean
find_keys(DimSession *session, const DimId *to, DimSealing *how, GError **error)
{
    g_autoptr(GPtrArray) terminals = NULL;
    g_autoptr(GPtrArray) keys = dim_book_encrypt_keys(session->book, to, &terminals);
    g_autoptr(GPtrArray) wrapped = NULL;
    DimCipherKey *talk;

    if (keys->len == 0) {
        g_set_error(error, DIM_ERROR, DIM_ERROR_UNKNOWN_PERSON, _("no key of %s is known yet"),
                    dim_id_text(to));
        return FALSE;
    }
    dim_turn_touch(session);
    talk = dim_keyring_sending(session->keyring, to, NULL, error);
    if (talk == NULL)
        return FALSE;
    how->talk = talk;
    how->wrapped = dim_keyring_wrapped(session->keyring, to, keys);
    if (how->wrapped != NULL)
        return TRUE;
    wrapped = dim_seal_wrap(talk, to, keys, terminals, error);
    if (wrapped == NULL)
        return FALSE;
    dim_keyring_keep_wrapped(session->keyring, to, keys, wrapped);
    how->wrapped = dim_keyring_wrapped(session->keyring, to, keys);
    return TRUE;
}

/* (transfer full), or NULL with UNKNOWN_PERSON when the receiver's key is not known. */
static DimMessage *
seal(DimSession *session,
     const DimId *to,
     DimContent *content,
     gboolean with_attachments,
     GError **error)
{
    DimDocument *visa = dim_user_visa(session->user);
    g_autoptr(DimMessage) instant =
        dim_message_new(dim_user_id(session->user), to, NULL, content);
    g_autoptr(JsonObject) meta_json = NULL;
    g_autoptr(JsonObject) visa_json = NULL;
    DimSealing how = { .signer = dim_user_signer(session->user) };

    if (!dim_message_is_broadcast(instant) && !find_keys(session, to, &how, error))
        return NULL;
    if (with_attachments) {
        meta_json = dim_meta_to_json(dim_user_meta(session->user));
        visa_json = dim_document_to_json(visa);
    }
    how.meta = meta_json;
    how.visa = visa_json;
    how.visa_time = dim_content_is_command(content) ? 0 : dim_document_time(visa);
    return dim_seal(instant, &how, error);
}

gboolean
dim_outgoing_write(DimSession *session,
                   const DimId *to,
                   DimContent *content,
                   gboolean with_attachments,
                   DimPriority priority,
                   GError **error)
{
    g_autoptr(DimMessage) sealed = seal(session, to, content, with_attachments, error);
    g_autofree char *text = NULL;

    if (sealed == NULL)
        return FALSE;
    text = dim_message_to_text(sealed);
    return dim_gate_send(session->gate, text, strlen(text), priority, 0, error);
}

/* Who may not know my keys, and without them drops what I say: a person, or a service that is called by its name alone.
 * Stations know them from the login. */
static gboolean
is_stranger(DimSession *session, const DimId *to)
{
    if (dim_id_is_broadcast(to))
        return !dim_id_is_group(to) && !dim_id_equal(to, dim_id_any_station());
    return !dim_id_is_station(to) && !dim_book_is_acquainted(session->book, to);
}

void
dim_outgoing_command(DimSession *session, const DimId *to, DimContent *content)
{
    g_autoptr(GError) error = NULL;

    if (session->state != DIM_STATE_ONLINE)
        return;
    if (!dim_outgoing_write(session, to, content, is_stranger(session, to), DIM_PRIORITY_SLOWER,
                            &error))
        g_debug("a command to %s was not sent: %s", dim_id_text(to), error->message);
}

gboolean
dim_outgoing_ask(DimSession *session, const DimId *id)
{
    DimDocument *held;
    g_autoptr(DimContent) documents = NULL;

    if (session->state != DIM_STATE_ONLINE || dim_id_is_broadcast(id)
        || !dim_book_may_ask(session->book, "document", id))
        return FALSE;
    if (dim_book_meta(session->book, id) == NULL) {
        g_autoptr(DimContent) meta = dim_meta_query_new(id);

        dim_outgoing_command(session, dim_id_any_station(), meta);
    }
    held = dim_book_document(session->book, id);
    documents = dim_document_query_new(id, held != NULL ? dim_document_time(held) : 0);
    dim_outgoing_command(session, dim_id_any_station(), documents);
    return TRUE;
}

/* A meta alone may come first: then there is still no key to lock with, and what waits goes on waiting. */
gboolean
dim_outgoing_can_lock(DimSession *session, const DimId *who)
{
    g_autoptr(GPtrArray) keys = dim_book_encrypt_keys(session->book, who, NULL);

    return keys->len > 0;
}

/* The receiver's key is not known yet: the content waits, still unsealed, in our own store. */
static gboolean
park(DimSession *session, const DimId *to, DimContent *content, GError **error)
{
    g_autofree char *text = dim_content_to_text(content);

    dim_turn_touch(session);
    if (!dim_shelf_park(session->shelf, DIM_SHELF_OUTGOING, to, text, error)
        || !dim_turn_commit(session, error))
        return FALSE;
    dim_outgoing_ask(session, to);
    dim_showing_delivery(session, to, dim_content_serial(content), DIM_DELIVERY_QUEUED, NULL);
    dim_awaiting_begin(session);
    return TRUE;
}

/* Seals and keeps it, in the open transaction; it leaves after the commit. */
static gboolean
keep_sealed(DimSession *session, const DimId *to, DimContent *content, GError **error)
{
    g_autoptr(DimMessage) sealed =
        seal(session, to, content, !dim_book_is_acquainted(session->book, to), error);
    g_autofree char *text = NULL;
    guint64 tag = 0;

    if (sealed == NULL)
        return FALSE;
    text = dim_message_to_text(sealed);
    dim_turn_touch(session);
    if (!dim_outbox_put(session->outbox, to, dim_content_serial(content),
                        dim_message_signature_text(sealed), text, dim_clock_now(session->clock),
                        &tag, error))
        return FALSE;
    dim_confirm_add(session, tag);
    return TRUE;
}

static gint
is_other(gconstpointer one, gconstpointer other)
{
    return !dim_id_equal(one, other);
}

void
dim_outgoing_enqueue(GQueue *ids, const DimId *id)
{
    if (g_queue_find_custom(ids, id, is_other) == NULL)
        g_queue_push_tail(ids, dim_id_ref(id));
}

void
dim_outgoing_unpark(DimSession *session, const DimId *id)
{
    dim_outgoing_enqueue(&session->leaving, id);
    session->leaving_undone = session->undone;
    dim_turn_schedule(session);
}

/* What I said before it goes first, be it that its key came this moment or before a crash. */
static gboolean
park_behind(DimSession *session, const DimId *to, DimContent *content, GError **error)
{
    if (!park(session, to, content, error))
        return FALSE;
    dim_outgoing_unpark(session, to);
    return TRUE;
}

gboolean
dim_outgoing_talk(DimSession *session, const DimId *to, DimContent *content, GError **error)
{
    g_autoptr(GError) why = NULL;

    dim_pacing_spoke_to(session, to);
    if (dim_shelf_has(session->shelf, DIM_SHELF_OUTGOING, to))
        return park_behind(session, to, content, error);
    if (!keep_sealed(session, to, content, &why)) {
        if (g_error_matches(why, DIM_ERROR, DIM_ERROR_UNKNOWN_PERSON))
            return park(session, to, content, error);
        g_propagate_error(error, g_steal_pointer(&why));
        return FALSE;
    }
    if (!dim_turn_commit(session, error))
        return FALSE;
    dim_confirm_pump(session);
    return TRUE;
}

gboolean
dim_outgoing_parked(DimSession *session)
{
    DimId *who = g_queue_peek_head(&session->leaving);
    g_autoptr(GError) error = NULL;
    g_autoptr(DimContent) content = NULL;
    g_autofree char *text = NULL;

    if (who == NULL)
        return FALSE;
    if (session->leaving_undone != session->undone) {
        /* They lie on the shelf again, for the next time that somebody looks: a full disk stays full for a while. */
        g_queue_clear_full(&session->leaving, (GDestroyNotify)dim_id_unref);
        return FALSE;
    }
    if (dim_outgoing_can_lock(session, who)) {
        dim_turn_touch(session);
        text = dim_shelf_take_first(session->shelf, DIM_SHELF_OUTGOING, who, &error);
    }
    if (text == NULL) {
        if (error != NULL)
            g_warning("parked messages could not be read: %s", error->message);
        dim_id_unref(g_queue_pop_head(&session->leaving));
        return !g_queue_is_empty(&session->leaving);
    }
    content = dim_content_parse(text, -1, &error);
    if (content != NULL && keep_sealed(session, who, content, &error))
        return TRUE;
    if (g_error_matches(error, DIM_ERROR, DIM_ERROR_STORAGE)) {
        dim_turn_lose(session, error); /* it lies on the shelf again, and leaves later */
        return FALSE;
    }
    dim_showing_delivery(session, who, content != NULL ? dim_content_serial(content) : 0,
                         DIM_DELIVERY_FAILED, error);
    return TRUE;
}

void
dim_outgoing_init(DimSession *session)
{
    g_queue_init(&session->leaving);
}

void
dim_outgoing_clear(DimSession *session)
{
    g_queue_clear_full(&session->leaving, (GDestroyNotify)dim_id_unref);
}
