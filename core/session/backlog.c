/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a login brings, in any order: kept in the inbox until it is quiet, then sorted and shown (correction 2). */
#include "base/errors.h"
#include "base/hash.h"
#include "base/words.h"
#include "session/inner.h"

#define QUIET_MILLISECONDS 250 /* of silence after a login end its backlog */
#define SETTLE_SECONDS     2   /* at most */

void
dim_backlog_init(DimSession *session)
{
    g_queue_init(&session->backlog);
}

void
dim_backlog_clear(DimSession *session)
{
    dim_clock_clear(session->clock, &session->settle);
    g_queue_clear_full(&session->backlog, g_free);
}

void
dim_backlog_take_up(DimSession *session)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) keys = dim_inbox_list(session->inbox, &error);
    /* Worked off in this turn: they leave with it. */
    g_autoptr(GHashTable) done = g_hash_table_new(dim_text_hash, g_str_equal);

    if (keys == NULL) {
        g_warning("the inbox could not be read: %s", error->message);
        dim_waking_later(session);
        return;
    }
    g_queue_clear_full(&session->backlog, g_free);
    for (GList *l = session->to_drop.head; l != NULL; l = l->next)
        g_hash_table_add(done, l->data);
    for (guint i = 0; i < keys->len; i++) {
        if (!dim_pacing_pens(session, keys->pdata[i])
            && !g_hash_table_contains(done, keys->pdata[i]))
            g_queue_push_tail(&session->backlog, g_steal_pointer(&keys->pdata[i]));
    }
    session->sorting |= !g_queue_is_empty(&session->backlog);
    if (session->sorting)
        dim_turn_schedule(session);
}

static gboolean
on_settled(gpointer user_data)
{
    DimSession *session = user_data;

    session->settle = 0;
    dim_backlog_take_up(session);
    return G_SOURCE_REMOVE;
}

static void
wait_for_quiet(DimSession *session)
{
    dim_clock_clear(session->clock, &session->settle);
    session->settle = dim_clock_after(session->clock, QUIET_MILLISECONDS, on_settled, session);
}

void
dim_backlog_settle(DimSession *session)
{
    session->settle_until =
        dim_clock_monotonic(session->clock) + (gint64)SETTLE_SECONDS * G_USEC_PER_SEC;
    wait_for_quiet(session);
}

/* Talk waits until we have settled in; commands, above all the handshake, do not. */
gboolean
dim_backlog_holds(DimSession *session, const char *text, gsize size)
{
    g_autoptr(DimMessage) message = NULL;
    g_autofree char *row = NULL;
    g_autoptr(GError) error = NULL;

    if (session->state == DIM_STATE_ONLINE && session->settle == 0)
        return FALSE;
    message = dim_message_parse(text, (gssize)size, NULL);
    if (message == NULL || dim_message_type(message) == DIM_CONTENT_COMMAND)
        return FALSE;
    dim_turn_touch(session);
    row = dim_inbox_put(session->inbox, text, size, dim_message_time(message), &error);
    if (row == NULL) {
        g_warning("a message could not be kept for later: %s", error->message);
        return FALSE;
    }
    if (session->settle != 0 && dim_inbox_seems_full(session->inbox, DIM_MESSAGE_MAX)) {
        dim_clock_clear(session->clock, &session->settle);
        dim_backlog_take_up(session);
    } else if (session->settle != 0
               && dim_clock_monotonic(session->clock) < session->settle_until) {
        wait_for_quiet(session);
    }
    return TRUE;
}

void
dim_backlog_tell_lost(DimSession *session)
{
    if (dim_book_may_warn(session->book, dim_user_id(session->user), "lost"))
        dim_showing_notice(session,
                           _("Messages that waited here until more was known of who wrote "
                             "them are lost: there were too many, or nothing came in eight "
                             "days of being online."));
}

/* in_name: it does not wait for its sender's own keys. */
static gboolean
park(DimSession *session, const DimId *id, const DimMessage *message, gboolean in_name)
{
    const DimId *sender = dim_message_sender(message);
    g_autofree char *text = dim_message_to_text(message);
    g_autoptr(GError) error = NULL;

    dim_turn_touch(session);
    if (in_name)
        dim_shelf_park_in(session->shelf, id, sender, text, &error);
    else
        dim_shelf_park(session->shelf, DIM_SHELF_INCOMING, id, text, &error);
    if (dim_shelf_take_lost(session->shelf))
        dim_backlog_tell_lost(session);
    if (error == NULL)
        return TRUE;
    if (g_error_matches(error, DIM_ERROR, DIM_ERROR_STORAGE)) {
        dim_turn_lose(session, error);
        return TRUE;
    }
    g_debug("a message of %s cannot wait: %s", dim_id_text(sender), error->message);
    return FALSE;
}

gboolean
dim_backlog_park(DimSession *session, const DimId *id, const DimMessage *message)
{
    return park(session, id, message, !dim_id_equal(id, dim_message_sender(message)));
}

gboolean
dim_backlog_park_closed(DimSession *session, const DimMessage *message)
{
    return park(session, dim_message_sender(message), message, TRUE);
}
