/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How fast a stranger is heard: what he says beyond his measure waits in the inbox, up to a share of it, and is shown little by
 * little (threat T18). */
#include "base/errors.h"
#include "base/hash.h"
#include "base/words.h"
#include "session/inner.h"

#define BURST       500  /* messages at once: no person writes so many */
#define RATE        10.0 /* a second from then on */
#define CLOSED      10 /* messages that one counts for which no key opens: it cost so much work */
#define STEP        1000 /* milliseconds */
#define MAX_PACES   1000 /* strangers looked at; more than so many are not slowed down */
#define MAX_SPOKEN  4096
#define PACE_IS_OLD (60 * (gint64)G_USEC_PER_SEC)

/* What may wait in the inbox: of one stranger, and of all together, so that a login's backlog has room beside them. */
#define MAX_BYTES     (8u * 1024 * 1024)
#define MAX_ALL_BYTES (DIM_INBOX_MAX_BYTES / 2)
#define MAX_ALL       (DIM_INBOX_MAX_MESSAGES / 2)

typedef struct {
    char *key;
    gsize size;
} Row;

typedef struct {
    DimId *who;
    double left;     /* messages that may still be shown; less than none if some did not open */
    gint64 when;     /* monotonic microseconds of that count */
    GQueue *rows;    /* of Row: his messages in the inbox, in the order they came */
    gsize bytes;     /* of those */
    gboolean closed; /* something did not open since the count was full */
    gboolean told;   /* that he is slowed down */
    gboolean lost;   /* and that some of it is not kept */
} Pace;

static void
row_free(gpointer data)
{
    Row *row = data;

    g_free(row->key);
    g_free(row);
}

static void
pace_free(gpointer data)
{
    Pace *pace = data;

    g_queue_free_full(pace->rows, row_free);
    dim_id_unref(pace->who);
    g_free(pace);
}

void
dim_pacing_init(DimSession *session)
{
    session->paces = g_hash_table_new_full(dim_text_hash, g_str_equal, g_free, pace_free);
    session->penned = g_hash_table_new_full(dim_text_hash, g_str_equal, g_free, NULL);
    session->spoken = g_hash_table_new_full(dim_text_hash, g_str_equal, g_free, NULL);
}

void
dim_pacing_fall(DimSession *session)
{
    dim_clock_clear(session->clock, &session->pace_timer);
    g_hash_table_remove_all(session->paces);
    g_hash_table_remove_all(session->penned);
    session->penned_bytes = 0;
}

void
dim_pacing_clear(DimSession *session)
{
    dim_pacing_fall(session);
    g_hash_table_unref(session->paces);
    g_hash_table_unref(session->penned);
    g_hash_table_unref(session->spoken);
}

void
dim_pacing_spoke_to(DimSession *session, const DimId *who)
{
    if (g_hash_table_size(session->spoken) < MAX_SPOKEN)
        g_hash_table_add(session->spoken, g_strdup(dim_id_text(who)));
}

gboolean
dim_pacing_pens(const DimSession *session, const char *row)
{
    return g_hash_table_contains(session->penned, row);
}

/* Services that I asked were written to; of which type an ID is says nothing. */
gboolean
dim_pacing_is_stranger(DimSession *session, const DimId *who)
{
    return !dim_handshake_is_station(session, who)
           && !dim_id_equal(who, dim_user_id(session->user))
           && !g_hash_table_contains(session->spoken, dim_id_text(who))
           && !dim_contacts_has(session->contacts, who);
}

static void
refill(Pace *pace, gint64 now)
{
    double more = (double)(now - pace->when) / G_USEC_PER_SEC * RATE;

    pace->left = MIN(pace->left + MAX(more, 0), BURST);
    pace->when = now;
    if (pace->left >= BURST)
        pace->closed = FALSE;
}

static gboolean
is_idle(G_GNUC_UNUSED gpointer key, gpointer value, gpointer data)
{
    const Pace *pace = value;

    return g_queue_is_empty(pace->rows) && *(gint64 *)data - pace->when > PACE_IS_OLD;
}

/* (nullable) */
static Pace *
pace_of(DimSession *session, const DimId *who)
{
    Pace *pace = g_hash_table_lookup(session->paces, dim_id_text(who));
    gint64 now = dim_clock_monotonic(session->clock);

    if (pace == NULL && g_hash_table_size(session->paces) >= MAX_PACES)
        g_hash_table_foreach_remove(session->paces, is_idle, &now);
    if (pace == NULL && g_hash_table_size(session->paces) < MAX_PACES) {
        pace = g_new0(Pace, 1);
        pace->left = BURST;
        pace->when = now;
        pace->rows = g_queue_new();
        pace->who = dim_id_ref(who);
        g_hash_table_insert(session->paces, g_strdup(dim_id_text(who)), pace);
    }
    if (pace != NULL)
        refill(pace, now);
    return pace;
}

/* New string: the key of the row that waited longest. */
static char *
release(DimSession *session, Pace *pace)
{
    Row *row = g_queue_pop_head(pace->rows);
    char *key = g_steal_pointer(&row->key);

    g_hash_table_remove(session->penned, key);
    session->penned_bytes -= row->size;
    pace->bytes -= row->size;
    row_free(row);
    return key;
}

/* What was waiting goes the way of a backlog, which is not slowed down. */
static gboolean
on_pace(gpointer user_data)
{
    DimSession *session = user_data;
    gint64 now = dim_clock_monotonic(session->clock);
    GHashTableIter iter;
    gpointer value;
    gboolean more = FALSE;

    g_hash_table_iter_init(&iter, session->paces);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        Pace *pace = value;
        gboolean slow;

        if (g_queue_is_empty(pace->rows))
            continue; /* his time tells since when he is silent */
        slow = dim_pacing_is_stranger(session, pace->who); /* he may be on the list meanwhile */
        refill(pace, now);
        while (!g_queue_is_empty(pace->rows) && (!slow || pace->left >= 1)) {
            g_queue_push_tail(&session->backlog, release(session, pace));
            if (slow)
                pace->left--;
        }
        more |= !g_queue_is_empty(pace->rows);
    }
    dim_turn_schedule(session);
    if (!more)
        session->pace_timer = 0;
    return more ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

/* Once: that some of it is lost, or that he is slowed down. */
static void
say(DimSession *session, Pace *pace, const DimId *who, gboolean lost)
{
    gboolean *said = lost ? &pace->lost : &pace->told;
    g_autofree char *text = NULL;

    if (*said)
        return;
    *said = TRUE;
    if (!dim_complaints_of_stranger(session, lost ? DIM_CROWD_LOST : DIM_CROWD_FAST))
        return;
    text =
        g_strdup_printf(lost ? _("%s, who is not on your list, wrote more than is kept of "
                                 "strangers: some of it is lost. You can block this person.")
                             : _("%s, who is not on your list, writes very much at once: it is "
                                 "shown little by little. You can block this person."),
                        dim_id_text(who));
    dim_showing_notice(session, text);
}

static gboolean
has_room(const DimSession *session, const Pace *pace, gsize size)
{
    return pace->bytes + size <= MAX_BYTES && session->penned_bytes + size <= MAX_ALL_BYTES
           && g_hash_table_size(session->penned) < MAX_ALL;
}

static void
add_row(DimSession *session, Pace *pace, const char *key, gsize size)
{
    Row *row;

    if (!g_hash_table_add(session->penned, g_strdup(key)))
        return; /* another copy of it */
    row = g_new(Row, 1);
    row->key = g_strdup(key);
    row->size = size;
    g_queue_push_tail(pace->rows, row);
    pace->bytes += size;
    session->penned_bytes += size;
}

/* Beyond the share of strangers it is lost, and that is told: of a stranger. Else it is shown at once, as where others have
 * filled the inbox. */
static gboolean
pen(DimSession *session, Pace *pace, const DimMessage *message)
{
    g_autofree char *text = dim_message_to_text(message);
    gsize size = strlen(text);
    g_autofree char *key = NULL;
    g_autoptr(GError) error = NULL;

    if (!has_room(session, pace, size)) {
        if (!dim_pacing_is_stranger(session, pace->who))
            return FALSE;
        say(session, pace, dim_message_sender(message), TRUE);
        return TRUE;
    }
    dim_turn_touch(session);
    key = dim_inbox_put(session->inbox, text, size, dim_message_time(message), &error);
    if (key == NULL) {
        g_debug("no room to slow somebody down: %s", error->message);
        return FALSE;
    }
    add_row(session, pace, key, size);
    say(session, pace, dim_message_sender(message), FALSE);
    if (session->pace_timer == 0)
        session->pace_timer = dim_clock_after(session->clock, STEP, on_pace, session);
    return TRUE;
}

/* (nullable) of a stranger, after so many messages more. */
static Pace *
charge(DimSession *session, const DimId *who, guint count)
{
    Pace *pace = dim_pacing_is_stranger(session, who) ? pace_of(session, who) : NULL;

    if (pace != NULL)
        pace->left = MAX(pace->left - count, -BURST);
    return pace;
}

void
dim_pacing_closed(DimSession *session, const DimId *who)
{
    Pace *pace = charge(session, who, CLOSED);

    if (pace != NULL)
        pace->closed = TRUE;
}

void
dim_pacing_tried(DimSession *session, const DimId *who, guint count)
{
    charge(session, who, count);
}

void
dim_pacing_opened(DimSession *session, const DimId *who, guint contents)
{
    if (contents > 1)
        charge(session, who, contents - 1);
}

/* Nobody signs the type on an envelope: it is believed as long as what he sends opens. */
static gboolean
is_believed_command(DimSession *session, const DimMessage *message)
{
    const Pace *pace =
        g_hash_table_lookup(session->paces, dim_id_text(dim_message_sender(message)));

    return dim_message_type(message) == DIM_CONTENT_COMMAND && (pace == NULL || !pace->closed);
}

/* Who is no stranger any more does not overtake what of his still waits: all of it comes at the next step. */
static gboolean
is_behind(DimSession *session, const DimMessage *message)
{
    Pace *pace = g_hash_table_lookup(session->paces, dim_id_text(dim_message_sender(message)));

    return pace != NULL && !g_queue_is_empty(pace->rows) && pen(session, pace, message);
}

gboolean
dim_pacing_holds(DimSession *session, const DimMessage *message)
{
    const DimId *who = dim_message_sender(message);
    Pace *pace;

    if (session->from_inbox || is_believed_command(session, message))
        return FALSE;
    if (!dim_pacing_is_stranger(session, who))
        return is_behind(session, message);
    pace = pace_of(session, who);
    if (pace == NULL)
        return FALSE;
    if (g_queue_is_empty(pace->rows) && pace->left >= 1) {
        pace->left--;
        return FALSE;
    }
    return pen(session, pace, message);
}
