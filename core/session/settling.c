/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What somebody says who is no member as far as is known waits for the answer of those who lead the group, and for the whole of
 * it: it may come in several messages (P-115). */
#include "base/hash.h"
#include "command/standing.h"
#include "session/unparking.h"

#define FRESH   (600 * (gint64)G_USEC_PER_SEC) /* so long nobody is asked again (protocol §8) */
#define QUIET   (5 * (gint64)G_USEC_PER_SEC)   /* behind its last message an answer is whole */
#define LONGEST (30 * (gint64)G_USEC_PER_SEC)  /* of one answer */
#define SECOND  1000                           /* milliseconds */

#define MAX_ANSWERS 500 /* groups of which that is remembered */

/* An answer that comes after the question is the newest word; what came before it is not. */
typedef struct {
    gint64 begun;  /* monotonic microseconds */
    gint64 whole;  /* the same: more of it is not waited for; 0: no answer yet */
    gboolean open; /* what waits for that was not judged yet */
    gboolean news; /* something came since that was looked at: a history has many records */
} DimAnswer;

void
dim_settling_init(DimSession *session)
{
    session->answers = g_hash_table_new_full(dim_text_hash, g_str_equal, g_free, g_free);
}

void
dim_settling_fall(DimSession *session)
{
    dim_clock_clear(session->clock, &session->answer_timer);
}

void
dim_settling_clear(DimSession *session)
{
    dim_settling_fall(session);
    g_hash_table_unref(session->answers);
}

static gboolean on_time(gpointer user_data);

static void
arm(DimSession *session)
{
    if (session->answer_timer == 0)
        session->answer_timer = dim_clock_after(session->clock, SECOND, on_time, session);
}

typedef struct {
    DimSession *session;
    const DimId *group;
} Door;

static gboolean
may_enter(const char *sender, gpointer data)
{
    const Door *door = data;
    g_autoptr(DimId) who = sender != NULL ? dim_id_parse(sender, NULL) : NULL;

    return who == NULL
           || dim_group_standing(&door->session->desk, door->group, who)
                  != DIM_STANDING_OUTSIDER;
}

/* Whom the answer lets in so far is heard; when it is whole, all who wait are judged. */
static void
look_at(DimSession *session, const DimId *group, DimAnswer *answer)
{
    Door door = { session, group };

    answer->open = dim_clock_monotonic(session->clock) < answer->whole;
    if (!answer->open)
        dim_unparking_begin(session, group);
    else if (answer->news)
        dim_unparking_begin_of(session, group, may_enter, &door);
    answer->news = FALSE;
}

static gboolean
on_time(gpointer user_data)
{
    DimSession *session = user_data;
    gboolean more = FALSE;
    GHashTableIter iter;
    gpointer key;
    DimAnswer *answer;

    g_hash_table_iter_init(&iter, session->answers);
    while (g_hash_table_iter_next(&iter, &key, (gpointer *)&answer)) {
        g_autoptr(DimId) group = answer->open ? dim_id_parse(key, NULL) : NULL;

        if (group != NULL)
            look_at(session, group, answer);
        more |= answer->open;
    }
    if (!more)
        session->answer_timer = 0;
    return more ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static void
expect(DimSession *session, const DimId *group)
{
    if (g_hash_table_size(session->answers) >= MAX_ANSWERS)
        g_hash_table_remove_all(session->answers); /* asking twice is better than growing */
    g_hash_table_insert(session->answers, g_strdup(dim_id_text(group)), g_new0(DimAnswer, 1));
}

gboolean
dim_settling_waits(DimSession *session, const DimId *group)
{
    const DimAnswer *answer = g_hash_table_lookup(session->answers, dim_id_text(group));
    gint64 now = dim_clock_monotonic(session->clock);
    g_auto(DimGroupPage) page = { .owner = NULL };

    if (answer != NULL && now < answer->whole) {
        arm(session);
        return TRUE;
    }
    if (answer != NULL && answer->whole != 0 && now < answer->whole + FRESH)
        return FALSE;
    if (!dim_group_page_read(&session->desk, group, &page, NULL)
        || dim_group_page_leads(&page, dim_user_id(session->user)))
        return FALSE; /* nobody knows better than I */
    if (answer == NULL)
        expect(session, group);
    dim_membership_ask(session, group, NULL);
    return TRUE;
}

void
dim_settling_answered(DimSession *session, const DimId *group)
{
    DimAnswer *answer = g_hash_table_lookup(session->answers, dim_id_text(group));
    gint64 now = dim_clock_monotonic(session->clock);

    if (answer == NULL)
        return; /* nobody waits */
    if (answer->whole <= now)
        answer->begun = now;
    answer->whole = MIN(now + QUIET, answer->begun + LONGEST);
    answer->open = answer->news = TRUE;
    arm(session);
}
