/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Those of whom too little is known, to write to them or to read them: asked for again and again, a few at a time. */
#include "base/errors.h"
#include "base/words.h"
#include "session/inner.h"

#define KEY_SECONDS 5  /* a station that knows a key answers within them */
#define FIRST_PAUSE 10 /* seconds until the next question; each pause is twice the one before */
#define LAST_PAUSE  300 /* the longest of them */

#define ASKED_AT_A_TIME  4 /* each costs two signatures */
#define ASK_MILLISECONDS 100

/* For those to whom I wrote the ten minutes between two questions do not count (protocol §8): a person waits. The others are no
 * more than the shelf holds, and each gets his turn: what is asked for new senders is bounded by itself (incoming.c). */
static void
ask(DimSession *session, const DimId *who)
{
    if (!dim_shelf_has(session->shelf, DIM_SHELF_OUTGOING, who)) {
        dim_outgoing_ask(session, who);
        return;
    }
    /* The key may be known, and the turn that should have sealed the texts never have come. */
    if (dim_outgoing_can_lock(session, who)) {
        dim_outgoing_unpark(session, who);
        return;
    }
    dim_book_forget_asked(session->book, "document", who);
    dim_outgoing_ask(session, who);
}

/* A long list must not stop the program. */
static gboolean
ask_some(gpointer user_data)
{
    DimSession *session = user_data;

    for (guint i = 0; i < ASKED_AT_A_TIME; i++) {
        g_autoptr(DimId) who = g_queue_pop_head(&session->await_queue);

        if (who == NULL) {
            session->await_some = 0;
            return G_SOURCE_REMOVE;
        }
        ask(session, who);
    }
    return G_SOURCE_CONTINUE;
}

/* All who wait on that side, anew: even if they were asked for a moment ago. Returns how many. */
static guint
ask_all(DimSession *session, DimShelfSide side, gboolean anew)
{
    g_autoptr(GPtrArray) persons = dim_shelf_persons(session->shelf, side);

    for (guint i = 0; i < persons->len; i++) {
        const DimId *who = g_ptr_array_index(persons, i);

        if (anew)
            dim_book_forget_asked(session->book, "document", who);
        dim_outgoing_enqueue(&session->await_queue, who);
    }
    if (session->await_some == 0 && persons->len > 0)
        session->await_some =
            dim_clock_after(session->clock, ASK_MILLISECONDS, ask_some, session);
    return persons->len;
}

static gboolean on_ask(gpointer user_data);

static void
ask_later(DimSession *session, guint seconds)
{
    dim_clock_clear(session->clock, &session->await_ask);
    session->await_pause = seconds;
    session->await_ask = dim_clock_after(session->clock, seconds * 1000, on_ask, session);
}

static gboolean
on_ask(gpointer user_data)
{
    DimSession *session = user_data;

    session->await_ask = 0;
    if (ask_all(session, DIM_SHELF_OUTGOING, FALSE) > 0)
        ask_later(session, MIN(session->await_pause * 2, LAST_PAUSE));
    return G_SOURCE_REMOVE;
}

/* A key comes within a moment or, mostly, never: then the person who wrote should know (once a login). */
static gboolean
on_no_key(gpointer user_data)
{
    DimSession *session = user_data;
    g_autoptr(GPtrArray) persons = dim_shelf_persons(session->shelf, DIM_SHELF_OUTGOING);
    g_autoptr(GError) why = g_error_new_literal(
        DIM_ERROR, DIM_ERROR_UNKNOWN_PERSON,
        _("the station knows no key of this ID; your messages wait here until it does"));

    session->await_word = 0;
    for (guint i = 0; i < persons->len; i++) {
        const DimId *who = g_ptr_array_index(persons, i);

        if (!dim_outgoing_can_lock(session, who)
            && g_hash_table_add(session->await_told, g_strdup(dim_id_text(who))))
            dim_showing_delivery(session, who, 0, DIM_DELIVERY_QUEUED, why);
    }
    return G_SOURCE_REMOVE;
}

void
dim_awaiting_begin(DimSession *session)
{
    if (session->state != DIM_STATE_ONLINE)
        return;
    if (session->await_word == 0)
        session->await_word =
            dim_clock_after(session->clock, KEY_SECONDS * 1000, on_no_key, session);
    /* Somebody who goes on typing must not put the question off. */
    if (session->await_ask == 0 || session->await_pause > FIRST_PAUSE)
        ask_later(session, FIRST_PAUSE);
}

void
dim_awaiting_resume(DimSession *session)
{
    if (ask_all(session, DIM_SHELF_OUTGOING, FALSE) > 0)
        dim_awaiting_begin(session);
    ask_all(session, DIM_SHELF_INCOMING, TRUE);
}

void
dim_awaiting_look(DimSession *session)
{
    ask_all(session, DIM_SHELF_INCOMING, FALSE);
}

void
dim_awaiting_fall(DimSession *session)
{
    dim_clock_clear(session->clock, &session->await_word);
    dim_clock_clear(session->clock, &session->await_ask);
    dim_clock_clear(session->clock, &session->await_some);
    g_queue_clear_full(&session->await_queue, (GDestroyNotify)dim_id_unref);
}

void
dim_awaiting_init(DimSession *session)
{
    g_queue_init(&session->await_queue);
    session->await_told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
}

void
dim_awaiting_clear(DimSession *session)
{
    dim_awaiting_fall(session);
    g_hash_table_unref(session->await_told);
}
