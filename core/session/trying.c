/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A new talk key is tried on what its sender said before it, where that lies: what it does not open stays, as old as it is. */
#include "session/unparking.h"

/* Rows that may stay closed: for each key, and for each row that it opened. New keys cost nothing, and a thousand rows that
 * nothing opens may wait (threat T18). */
#define MISSES 8
/* Bytes for which a row counts like one more. */
#define LARGE (32 * 1024)

static void
try_free(gpointer data)
{
    DimTry *rest = data;

    dim_id_unref(rest->sender);
    g_ptr_array_unref(rest->rows);
    g_free(rest->open);
    g_free(rest);
}

void
dim_trying_clear(DimSession *session)
{
    g_queue_clear_full(&session->trying, try_free);
}

/* What is kept in its sender's own name lacks nothing but the talk key. */
static gboolean
is_closed(const char *sender, G_GNUC_UNUSED gpointer data)
{
    return sender != NULL;
}

gboolean
dim_trying_has(const DimSession *session, const DimId *sender)
{
    for (GList *l = session->trying.head; l != NULL; l = l->next) {
        const DimTry *rest = l->data;

        if (dim_id_equal(rest->sender, sender))
            return TRUE;
    }
    return FALSE;
}

void
dim_trying_begin(DimSession *session, const DimId *sender)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) rows = NULL;
    DimTry *rest;

    if (!dim_shelf_has(session->shelf, DIM_SHELF_INCOMING, sender)
        || dim_trying_has(session,
                          sender)) /* the keys of the moment are tried, whichever they are */
        return;
    rows = dim_shelf_list(session->shelf, DIM_SHELF_INCOMING, sender, is_closed, NULL, &error);
    if (rows == NULL)
        g_warning("parked messages could not be read: %s", error->message);
    if (rows == NULL || rows->len == 0)
        return;
    rest = g_new0(DimTry, 1);
    rest->sender = dim_id_ref(sender);
    rest->end = rows->len;
    rest->open = g_new0(gboolean, rows->len);
    rest->rows = g_steal_pointer(&rows);
    rest->misses = MISSES;
    g_queue_push_tail(&session->trying, rest);
    session->unparking_undone = session->undone;
    dim_turn_touch(session);
}

/* count: of rows of the usual size, which cost as much. */
static gboolean
opens(DimSession *session, const char *row, guint *count)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = dim_shelf_read(session->shelf, row, &error);
    g_autoptr(DimMessage) message = text != NULL ? dim_message_parse(text, -1, NULL) : NULL;

    if (error != NULL)
        g_warning("a parked message could not be read: %s", error->message);
    *count = 1 + (text != NULL ? (guint)(strlen(text) / LARGE) : 0);
    return message != NULL && dim_opening_fits(session, message);
}

/* From both ends, as others may lie around those that it opens; for that reason no row uses up all, however large it is. */
static void
try_row(DimSession *session, DimTry *rest)
{
    guint at = rest->newest ? --rest->end : rest->first++;
    guint count = 1;

    rest->open[at] = opens(session, rest->rows->pdata[at], &count);
    dim_pacing_tried(session, rest->sender, count);
    if (rest->open[at])
        rest->misses += MISSES;
    else
        rest->misses -= MIN(rest->misses, MIN(count, MISSES / 2));
    rest->newest = !rest->newest;
}

/* Oldest first: the inbox may have no room for all of them. */
static void
move_open(DimSession *session, const DimTry *rest)
{
    for (guint i = 0; i < rest->rows->len; i++) {
        if (rest->open[i])
            dim_unparking_add(session, rest->sender, rest->rows->pdata[i]);
    }
}

DimId *
dim_trying_step(DimSession *session)
{
    DimTry *rest = g_queue_peek_head(&session->trying);
    DimId *sender;

    if (rest == NULL)
        return NULL;
    sender = dim_id_ref(rest->sender);
    try_row(session, rest);
    if (rest->first == rest->end || rest->misses == 0) {
        move_open(session, rest);
        try_free(g_queue_pop_head(&session->trying));
    }
    return sender;
}
