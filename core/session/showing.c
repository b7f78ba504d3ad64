/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the front end will be told at the end of the turn: lines in order, each noted as seen once it was shown. */
#include "base/errors.h"
#include "base/hash.h"
#include "message/render.h"
#include "session/inner.h"

#define MAX_UNKEPT 20000 /* tags of lines that were shown and not kept; some 100 bytes each */

typedef enum {
    SHOW_MESSAGE,
    SHOW_NOTHING,  /* a message without a line: only its tag is due */
    SHOW_WITHHELD, /* it was shown before, and only its receipt is due */
    SHOW_DELIVERY,
    SHOW_NOTICE,
} DimShowKind;

typedef struct {
    DimShowKind kind;
    DimMessage *message;
    char *text;
    char *tag;  /* (nullable) seen from now on */
    char *said; /* (nullable) this too: the tag of the content */
    DimId *peer;
    guint64 serial;
    DimDelivery state;
    GError *error;
    guint undone; /* turns before this one */
} DimShow;

static void
show_free(gpointer data)
{
    DimShow *show = data;

    g_clear_pointer(&show->message, dim_message_unref);
    g_clear_pointer(&show->peer, dim_id_unref);
    g_clear_error(&show->error);
    g_free(show->text);
    g_free(show->tag);
    g_free(show->said);
    g_free(show);
}

/* What a killed program had shown in its last turn. */
static void
read_notes(DimSession *session)
{
    g_autoptr(GError) error = NULL;
    const GPtrArray *earlier;

    session->notes = dim_notes_open(dim_store_path(session->store), &error);
    if (session->notes == NULL) {
        g_warning("a line may be shown again after a crash: %s", error->message);
        return;
    }
    earlier = dim_notes_earlier(session->notes);
    for (guint i = 0; i < earlier->len; i++)
        g_hash_table_add(session->unkept, g_strdup(g_ptr_array_index(earlier, i)));
}

void
dim_showing_init(DimSession *session)
{
    g_queue_init(&session->talk);
    g_queue_init(&session->news);
    g_queue_init(&session->unanswered);
    session->noted = g_hash_table_new_full(dim_text_hash, g_str_equal, g_free, NULL);
    session->shown = g_hash_table_new_full(dim_text_hash, g_str_equal, g_free, NULL);
    session->unkept = g_hash_table_new_full(dim_text_hash, g_str_equal, g_free, NULL);
    if (dim_store_path(session->store) != NULL)
        read_notes(session);
}

void
dim_showing_free(DimSession *session)
{
    g_hash_table_unref(session->noted);
    g_hash_table_unref(session->shown);
    g_hash_table_unref(session->unkept);
    g_clear_pointer(&session->notes, dim_notes_free);
}

void
dim_showing_forget_lines(DimSession *session)
{
    g_queue_clear_full(&session->talk, show_free);
    g_hash_table_remove_all(session->noted);
}

void
dim_showing_clear(DimSession *session)
{
    dim_showing_forget_lines(session);
    g_queue_clear_full(&session->news, show_free);
    g_queue_clear_full(&session->unanswered, (GDestroyNotify)dim_message_unref);
}

static DimShow *
push(DimSession *session, GQueue *queue, DimShowKind kind)
{
    DimShow *show = g_new0(DimShow, 1);

    show->kind = kind;
    show->undone = session->undone;
    g_queue_push_tail(queue, show);
    dim_turn_schedule(session);
    return show;
}

void
dim_showing_line(DimSession *session, DimMessage *message, const char *text)
{
    DimShow *show = push(session, &session->talk, SHOW_MESSAGE);

    show->message = dim_message_ref(message);
    show->text = g_strdup(text);
}

/* A sender may seal one content twice: the second is another message, but nothing new (threat T3). */
gboolean
dim_showing_repeats(DimSession *session, const DimMessage *instant)
{
    g_autofree char *said = dim_contents_tag(instant);

    return said != NULL && dim_showing_knows(session, said);
}

/* ---- lines of a turn that was not kept ----
 *
 * Such a message comes again, and is worked off again, for all that it changed was undone with the turn. Only its line must
 * not be shown once more. */

/* The row that says so; a tag without the mark says that all of the message was kept. */
static char *
line_tag(const char *tag)
{
    return g_strconcat("line ", tag, NULL);
}

static gboolean
was_shown(DimSession *session, const char *tag)
{
    g_autofree char *row = line_tag(tag);

    return g_hash_table_contains(session->unkept, tag) || dim_seen_has(session->seen, row);
}

gboolean
dim_showing_owes(const DimSession *session)
{
    return g_hash_table_size(session->unkept) > 0;
}

void
dim_showing_pay(DimSession *session)
{
    GHashTableIter iter;
    gpointer tag;

    g_hash_table_iter_init(&iter, session->unkept);
    while (g_hash_table_iter_next(&iter, &tag, NULL)) {
        g_autofree char *row = line_tag(tag);
        g_autoptr(GError) error = NULL;

        if (!dim_seen_add(session->seen, row, &error)) {
            g_debug("a line could not be noted as shown: %s", error->message);
            return; /* the commit says what is wrong */
        }
    }
}

void
dim_showing_settled(DimSession *session, gboolean kept)
{
    GHashTableIter iter;
    gpointer tag;

    if (kept)
        g_hash_table_remove_all(session->unkept);
    if (kept && session->notes != NULL)
        dim_notes_clear(session->notes);
    g_hash_table_iter_init(&iter, session->shown);
    while (!kept && g_hash_table_iter_next(&iter, &tag, NULL)
           && g_hash_table_size(session->unkept) < MAX_UNKEPT)
        g_hash_table_add(session->unkept, g_strdup(tag));
    g_hash_table_remove_all(session->shown);
}

/* The lines of this message, which stand last, are not told to the front end. */
static void
withhold_lines(DimSession *session, const DimMessage *message)
{
    for (GList *l = session->talk.tail; l != NULL; l = l->prev) {
        DimShow *show = l->data;

        if (show->message != message)
            return;
        show->kind = SHOW_WITHHELD;
    }
}

gboolean
dim_showing_ends_with(const DimSession *session, const DimMessage *message)
{
    const DimShow *last = session->talk.tail != NULL ? session->talk.tail->data : NULL;

    return last != NULL && last->message == message;
}

void
dim_showing_take_back(DimSession *session, const DimMessage *message)
{
    while (dim_showing_ends_with(session, message))
        show_free(g_queue_pop_tail(&session->talk));
}

void
dim_showing_note(DimSession *session, DimMessage *message, const char *tag)
{
    DimShow *last = g_queue_peek_tail(&session->talk);

    g_hash_table_add(session->noted, g_strdup(tag));
    if (!dim_showing_ends_with(session, message)) {
        last = push(session, &session->talk, SHOW_NOTHING);
        last->message = dim_message_ref(message);
    }
    g_free(last->tag);
    last->tag = g_strdup(tag);
    g_free(last->said);
    last->said = dim_contents_tag(message);
    if (last->said != NULL)
        g_hash_table_add(session->noted, g_strdup(last->said));
    if (last->kind == SHOW_MESSAGE
        && (was_shown(session, tag) || (last->said != NULL && was_shown(session, last->said))))
        withhold_lines(session, message);
}

gboolean
dim_showing_knows(DimSession *session, const char *tag)
{
    return g_hash_table_contains(session->noted, tag) || dim_seen_has(session->seen, tag);
}

void
dim_showing_delivery(DimSession *session,
                     const DimId *peer,
                     guint64 serial,
                     DimDelivery state,
                     const GError *error)
{
    DimShow *show = push(session, &session->news, SHOW_DELIVERY);

    show->peer = dim_id_ref(peer);
    show->serial = serial;
    show->state = state;
    show->error = error != NULL ? g_error_copy(error) : NULL;
}

void
dim_showing_notice(DimSession *session, const char *text)
{
    push(session, &session->news, SHOW_NOTICE)->text = g_strdup(text);
}

/* By the sender's own time, then serial number (correction 2). */
static gint
compare_times(gconstpointer a, gconstpointer b, G_GNUC_UNUSED gpointer data)
{
    const DimMessage *one = ((const DimShow *)a)->message;
    const DimMessage *other = ((const DimShow *)b)->message;
    double earlier = dim_message_shown_time(one);
    double later = dim_message_shown_time(other);
    guint64 serial = dim_message_serial(one);
    guint64 next = dim_message_serial(other);

    if (earlier != later)
        return earlier < later ? -1 : 1;
    return serial < next ? -1 : serial > next;
}

void
dim_showing_sort(DimSession *session)
{
    g_queue_sort(&session->talk, compare_times, NULL);
}

static void
call(DimSession *session, const DimShow *show)
{
    const DimEvents *events = session->events;
    gpointer data = session->events_data;

    switch (show->kind) {
    case SHOW_MESSAGE:
        if (events->received != NULL)
            events->received(session, show->message, show->text, data);
        G_GNUC_FALLTHROUGH;
    case SHOW_WITHHELD:
        if (g_queue_peek_tail(&session->unanswered)
            != show->message) /* one receipt a message */
            g_queue_push_tail(&session->unanswered, dim_message_ref(show->message));
        break;
    case SHOW_DELIVERY:
        if (events->message_state != NULL)
            events->message_state(session, show->peer, show->serial, show->state, show->error,
                                  data);
        break;
    case SHOW_NOTICE:
        if (events->notice != NULL)
            events->notice(session, show->text, data);
        break;
    case SHOW_NOTHING:
    default:
        break;
    }
}

static void
note_seen(DimSession *session, const DimShow *show)
{
    g_autoptr(GError) error = NULL;

    dim_turn_touch(session);
    if (!dim_seen_add(session->seen, show->tag, &error)
        || (show->said != NULL && !dim_seen_add(session->seen, show->said, &error)))
        g_warning("a message could not be noted as seen: %s", error->message);
}

/* The tags of a line that the front end has now. A kill before it is noted shows it again, so that comes first. */
static void
note_shown(DimSession *session, const DimShow *show)
{
    gboolean is_line = show->kind == SHOW_MESSAGE;

    if (is_line && session->notes != NULL && !dim_notes_add(session->notes, show->tag))
        g_debug("a line that was shown could not be noted at once");
    if (is_line)
        g_hash_table_add(session->shown, g_strdup(show->tag));
    if (is_line && show->said != NULL)
        g_hash_table_add(session->shown, g_strdup(show->said));
    if (show->undone == session->undone)
        note_seen(session, show);
    else if (is_line) /* what else its message said is not kept: it comes again */
        dim_showing_settled(session, FALSE);
}

/* The callback may close the session; what it has shown is noted all the same. */
static void
show_some(DimSession *session, GQueue *queue, gint64 until)
{
    DimShow *show;
    gboolean late = FALSE;

    while (!late && session->state != DIM_STATE_OFFLINE
           && (show = g_queue_pop_head(queue)) != NULL) {
        call(session, show);
        if (show->tag != NULL)
            note_shown(session, show);
        show_free(show);
        late = dim_clock_monotonic(session->clock) >= until;
    }
}

gboolean
dim_showing_lines(DimSession *session, gint64 until)
{
    show_some(session, &session->talk, until);
    if (!g_queue_is_empty(&session->talk))
        return FALSE;
    g_hash_table_remove_all(session->noted);
    return TRUE;
}

void
dim_showing_news(DimSession *session)
{
    show_some(session, &session->news, G_MAXINT64);
}

gboolean
dim_showing_may_answer(const DimSession *session)
{
    return session->state == DIM_STATE_ONLINE && session->unanswered.length > 0;
}

gboolean
dim_showing_answer(DimSession *session)
{
    g_autoptr(DimMessage) message = NULL;

    if (!dim_showing_may_answer(session))
        return FALSE;
    message = g_queue_pop_head(&session->unanswered);
    dim_contents_answer(session, message);
    return TRUE;
}
