/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Another key to write to me with: made on a worker, kept, published, and told to the people on my list (P-035, P-040). */
#include "base/errors.h"
#include "base/words.h"
#include "crypto/cipher.h"
#include "session/inner.h"

#define KEY_DAYS          90.0 /* with three keys kept, a letter may be on its way for half a year */
#define DAY               (24 * 3600.0)
#define TOLD_AT_A_TIME    8 /* each costs a signature */
#define TELL_MILLISECONDS 100

static void
make_key(GTask *task,
         G_GNUC_UNUSED gpointer source,
         gpointer bits,
         G_GNUC_UNUSED GCancellable *cancellable)
{
    GError *error = NULL;
    DimPrivateKey *key = dim_private_key_new(DIM_KEY_RSA, GPOINTER_TO_UINT(bits), &error);

    if (key != NULL)
        g_task_return_pointer(task, key, (GDestroyNotify)dim_private_key_unref);
    else
        g_task_return_error(task, error);
}

static void
remember_contact(const DimContact *contact, gpointer user_data)
{
    DimSession *session = user_data;
    DimId *id = dim_id_parse(contact->id, NULL);

    if (id != NULL)
        g_queue_push_tail(&session->to_tell, id);
}

/* A few at a time: a long list must not stop the program. */
static gboolean
tell_some(gpointer user_data)
{
    DimSession *session = user_data;
    g_autoptr(DimContent) visa = dim_document_command_new(
        dim_user_id(session->user), dim_user_meta(session->user), dim_user_visa(session->user));

    for (guint i = 0; i < TOLD_AT_A_TIME; i++) {
        g_autoptr(DimId) who = g_queue_pop_head(&session->to_tell);

        if (who == NULL) {
            session->telling = 0;
            return G_SOURCE_REMOVE;
        }
        if (dim_book_is_acquainted(session->book, who))
            dim_outgoing_command(session, who, visa);
    }
    return G_SOURCE_CONTINUE;
}

static void
forget_to_tell(DimSession *session)
{
    DimId *who;

    dim_clock_clear(session->clock, &session->telling);
    while ((who = g_queue_pop_head(&session->to_tell)) != NULL)
        dim_id_unref(who);
}

/* Who is not told now sees by the time in my next message that there is a newer visa, or asks. */
static void
publish(DimSession *session)
{
    g_autoptr(GError) error = NULL;

    if (session->state != DIM_STATE_ONLINE)
        return; /* the next login announces it */
    dim_login_announce(session);
    forget_to_tell(session);
    if (!dim_contacts_each(session->contacts, remember_contact, session, &error))
        g_warning("the contacts could not be read: %s", error->message);
    session->telling = dim_clock_after(session->clock, TELL_MILLISECONDS, tell_some, session);
}

static void
on_made(G_GNUC_UNUSED GObject *source, GAsyncResult *result, gpointer user_data)
{
    DimSession *session = user_data;
    g_autoptr(GError) error = NULL;
    g_autoptr(DimPrivateKey) key = g_task_propagate_pointer(G_TASK(result), &error);

    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return; /* the session is gone */
    g_clear_object(&session->making);
    /* On disk before anybody is told of it; what else this turn wrote goes before. */
    if (key == NULL || !dim_turn_commit(session, &error)
        || !dim_user_take_key(session->user, session->store, key, dim_clock_now(session->clock),
                              &error)) {
        g_autofree char *text =
            g_strdup_printf(_("No new key could be made: %s"), error->message);

        dim_showing_notice(session, text);
        return;
    }
    dim_showing_notice(session,
                       _("You have a new key, and the station was told. What was written "
                         "to your last two keys can still be read."));
    publish(session);
}

gboolean
dim_session_renew_key(DimSession *session, guint bits, GError **error)
{
    g_autoptr(GTask) task = NULL;
    DimPublicKey *present = dim_document_key(dim_user_visa(session->user));
    guint8 first;

    if (session->making != NULL) {
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_NOT_ALLOWED,
                            _("a new key is being made already"));
        return FALSE;
    }
    if (!dim_user_may_rotate(session->user, dim_clock_now(session->clock))) {
        g_set_error_literal(
            error, DIM_ERROR, DIM_ERROR_NOT_ALLOWED,
            _("the key before the last one was in use within a day, and a message "
              "to it may be on its way: try again tomorrow"));
        return FALSE;
    }
    if (bits == 0)
        bits = present != NULL ? dim_public_key_bits(present) : 1024;
    dim_random_nonce(&first, 1); /* the crypto library must be awake before a worker uses it */
    session->making = g_cancellable_new();
    task = g_task_new(NULL, session->making, on_made, session);
    g_task_set_task_data(task, GUINT_TO_POINTER(bits), NULL);
    g_task_run_in_thread(task, make_key);
    return TRUE;
}

void
dim_renew_if_old(DimSession *session)
{
    double now = dim_clock_now(session->clock);

    if (session->making == NULL && !session->clock_wrong
        && now - dim_user_key_time(session->user) >= KEY_DAYS * DAY
        && dim_user_may_rotate(session->user, now))
        (void)dim_session_renew_key(session, 0, NULL);
}

void
dim_renew_ahead(DimSession *session)
{
    double now = dim_clock_now(session->clock);
    g_autoptr(GError) error = NULL;

    /* To a clock that nobody has set every visa is one of the future. */
    if (!dim_clock_is_set(session->clock) || !dim_user_is_ahead(session->user, now))
        return;
    dim_turn_touch(session);
    if (!dim_user_date_anew(session->user, session->store, now, &error))
        g_warning("the visa stays one of the future: %s", error->message);
}

void
dim_renew_clear(DimSession *session)
{
    forget_to_tell(session);
    if (session->making != NULL)
        g_cancellable_cancel(session->making);
    g_clear_object(&session->making);
}
