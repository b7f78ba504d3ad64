/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the shelf to the inbox: a slice of the rows in each turn, and nothing else is taken in until all are there, so that
 * what a person said first is shown first. */
#include "session/unparking.h"

#include "base/errors.h"

/* The row of DIM_TABLE_SELF that says of one person: not all of it was moved. */
#define MARK "unparking "

/* One row of the shelf. */
typedef struct {
    DimId *id; /* the person or group that it waited for */
    char *row;
} DimMove;

static void
move_free(gpointer data)
{
    DimMove *move = data;

    dim_id_unref(move->id);
    g_free(move->row);
    g_free(move);
}

void
dim_unparking_init(DimSession *session)
{
    g_queue_init(&session->unparking);
    g_queue_init(&session->trying);
}

void
dim_unparking_clear(DimSession *session)
{
    g_queue_clear_full(&session->unparking, move_free);
    dim_trying_clear(session);
    session->unparked = FALSE;
}

/* What waits for its talk key is kept in its sender's name: moving it would only make it young again. */
static gboolean
waits_for_sender(const char *sender, G_GNUC_UNUSED gpointer data)
{
    return sender == NULL;
}

void
dim_unparking_begin(DimSession *session, const DimId *id)
{
    dim_unparking_begin_of(session, id, dim_id_is_group(id) ? NULL : waits_for_sender, NULL);
}

void
dim_unparking_add(DimSession *session, const DimId *id, const char *row)
{
    DimMove *move = g_new(DimMove, 1);

    move->id = dim_id_ref(id);
    move->row = g_strdup(row);
    g_queue_push_tail(&session->unparking, move);
}

void
dim_unparking_begin_of(DimSession *session, const DimId *id, DimShelfFunc wanted, gpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) rows = NULL;

    if (!dim_shelf_has(session->shelf, DIM_SHELF_INCOMING, id))
        return;
    rows = dim_shelf_list(session->shelf, DIM_SHELF_INCOMING, id, wanted, data, &error);
    if (rows == NULL) {
        g_warning("parked messages could not be read: %s", error->message);
        return;
    }
    for (guint i = 0; i < rows->len; i++)
        dim_unparking_add(session, id, rows->pdata[i]);
    session->unparking_undone = session->undone;
    if (rows->len > 0)
        dim_turn_touch(session);
}

/* ---- a slice ---- */

/* Worked on in this turn already, and due again: the row must not leave with the others. */
static void
keep_row(DimSession *session, const char *row)
{
    GList *found = g_queue_find_custom(&session->to_drop, row, (GCompareFunc)strcmp);

    if (found != NULL) {
        g_free(found->data);
        g_queue_delete_link(&session->to_drop, found);
    }
}

static gboolean
put_into_inbox(DimSession *session, const char *text, GError **error)
{
    g_autoptr(DimMessage) message = dim_message_parse(text, -1, NULL);
    g_autofree char *row = NULL;

    if (message == NULL)
        return TRUE; /* it is nothing to anybody */
    row = dim_inbox_put(session->inbox, text, strlen(text), dim_message_time(message), error);
    if (row != NULL)
        keep_row(session, row);
    return row != NULL;
}

/* Both or neither: they are of one transaction. */
static gboolean
move_row(DimSession *session, const char *row, GError **error)
{
    g_autoptr(GError) why = NULL;
    g_autofree char *text = dim_shelf_read(session->shelf, row, &why);

    if (why != NULL)
        g_warning("a parked message could not be read: %s", why->message);
    if (text == NULL)
        return TRUE;
    return put_into_inbox(session, text, error) && dim_shelf_drop(session->shelf, row, error);
}

static char *
mark_of(const DimId *id)
{
    return g_strconcat(MARK, dim_id_text(id), NULL);
}

/* All of this person that was to be moved lies in the inbox, and what was to be tried was tried. */
static gboolean
unmark(DimSession *session, const DimId *id, GError **error)
{
    const DimMove *next = g_queue_peek_head(&session->unparking);
    g_autofree char *key = NULL;

    if ((next != NULL && dim_id_equal(next->id, id)) || dim_trying_has(session, id))
        return TRUE;
    key = mark_of(id);
    return !dim_store_has(session->store, DIM_TABLE_SELF, key)
           || dim_store_remove(session->store, DIM_TABLE_SELF, key, error);
}

static void
take_up(DimSession *session)
{
    if (session->settle != 0 && !dim_inbox_seems_full(session->inbox, DIM_MESSAGE_MAX))
        return; /* that takes it up */
    dim_clock_clear(session->clock, &session->settle);
    dim_backlog_take_up(session);
}

/* The rest goes on lying where it lies, as old as it is, for the next time that somebody looks. What
 * was moved makes room. */
static void
give_up(DimSession *session)
{
    g_autoptr(GError) error = NULL;

    if (!dim_unparking_mark(session, &error))
        dim_turn_lose(session, error);
    dim_unparking_clear(session);
    take_up(session);
}

static gboolean
is_over(DimSession *session)
{
    return g_queue_is_empty(&session->unparking) && g_queue_is_empty(&session->trying);
}

static gboolean
try_next(DimSession *session)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DimId) sender = dim_trying_step(session);

    if (sender == NULL)
        return FALSE;
    dim_turn_touch(session);
    if (!unmark(session, sender, &error))
        dim_turn_lose(session, error);
    return TRUE;
}

static gboolean
move_next(DimSession *session)
{
    g_autoptr(GError) error = NULL;
    DimMove *move = g_queue_peek_head(&session->unparking);

    if (move == NULL)
        return FALSE;
    dim_turn_touch(session);
    session->unparked = TRUE;
    if (move_row(session, move->row, &error)) {
        g_queue_pop_head(&session->unparking);
        if (!unmark(session, move->id, &error))
            dim_turn_lose(session, error);
        move_free(move);
    } else if (g_error_matches(error, DIM_ERROR, DIM_ERROR_NOT_ALLOWED)) {
        g_debug("the inbox has no room for all that was parked");
        give_up(session);
    } else {
        dim_turn_lose(session, error);
        dim_unparking_clear(session);
    }
    return TRUE;
}

gboolean
dim_unparking_step(DimSession *session)
{
    if (session->unparking_undone != session->undone)
        dim_unparking_clear(session); /* a full disk stays full for a while */
    if (!move_next(session) && !try_next(session))
        return FALSE;
    if (is_over(session) && session->unparked) {
        session->unparked = FALSE;
        take_up(session);
    }
    return TRUE;
}

gboolean
dim_unparking_goes_on(DimSession *session)
{
    if (session->halfway || session->state == DIM_STATE_OFFLINE || is_over(session))
        return FALSE;
    if (!dim_turn_commit(session, NULL))
        g_debug("what was parked lies there again");
    return TRUE;
}

/* ---- across a crash ----
 *
 * What brought the key of a person is kept with the first slice. Of the rows of later ones nobody could tell any more that
 * they lack nothing. Groups are judged anew at each login. */

static gboolean
mark(DimSession *session, const DimId *id, GError **error)
{
    g_autofree char *key = mark_of(id);
    DimRecord record = { .key = key };

    return dim_store_has(session->store, DIM_TABLE_SELF, key)
           || dim_store_save(session->store, DIM_TABLE_SELF, &record, error);
}

gboolean
dim_unparking_mark(DimSession *session, GError **error)
{
    const DimId *last = NULL;

    for (GList *l = session->unparking.head; l != NULL; l = l->next) {
        const DimMove *move = l->data;

        if (dim_id_is_group(move->id) || (last != NULL && dim_id_equal(last, move->id)))
            continue;
        last = move->id;
        if (!mark(session, last, error))
            return FALSE;
    }
    for (GList *l = session->trying.head; l != NULL; l = l->next) {
        const DimTry *rest = l->data;

        if (!mark(session, rest->sender, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
note_marked(const DimRecord *record, gpointer persons)
{
    DimId *id = g_str_has_prefix(record->key, MARK)
                    ? dim_id_parse(record->key + strlen(MARK), NULL)
                    : NULL;

    if (id != NULL)
        g_ptr_array_add(persons, id);
    return TRUE;
}

/* What it was about was too old, or made room for others. */
static void
forget_mark(DimSession *session, const DimId *id)
{
    g_autofree char *key = mark_of(id);
    g_autoptr(GError) error = NULL;

    dim_turn_touch(session);
    if (!dim_store_remove(session->store, DIM_TABLE_SELF, key, &error))
        dim_turn_lose(session, error);
}

void
dim_unparking_resume(DimSession *session)
{
    g_autoptr(GPtrArray) persons = g_ptr_array_new_with_free_func((GDestroyNotify)dim_id_unref);
    g_autoptr(GError) error = NULL;

    if (!dim_store_list(session->store, DIM_TABLE_SELF, FALSE, note_marked, persons, &error)) {
        g_warning("parked messages could not be read: %s", error->message);
        return;
    }
    for (guint i = 0; i < persons->len; i++) {
        const DimId *id = persons->pdata[i];

        dim_unparking_begin(session, id);
        dim_trying_begin(session, id);
        if (!dim_shelf_has(session->shelf, DIM_SHELF_INCOMING, id))
            forget_mark(session, id);
    }
}
