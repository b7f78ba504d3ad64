/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was said in a group waits until it is known who belongs to it, and hints that something newer is known are followed
 * (protocol §4.7, §5.14, §8). */
#include "base/hash.h"
#include "command/keeping.h"
#include "session/unparking.h"

#define WAIT   (20 * (gint64)G_USEC_PER_SEC)  /* for the members of a group that is not known */
#define FRESH  (600 * (gint64)G_USEC_PER_SEC) /* so long nobody is asked again (protocol §8) */
#define SECOND 1000                           /* milliseconds */

#define MAX_WAITS 32 /* groups waited for at once: names of groups cost nothing */
#define MAX_ASKED 3  /* administrators */

/* A group of which nothing is known. It stays for a while after its time: then what is said there is shown at once. */
typedef struct {
    DimId *group;
    DimId *founder;    /* (nullable) the bulletin counts as soon as his meta is known */
    gint64 until;      /* monotonic microseconds */
    gboolean over;     /* what waited was shown */
    gboolean bulletin; /* its bulletin came meanwhile, */
    gboolean ask;      /* and those whom it names are still to be asked */
} DimWait;

static void
wait_free(gpointer data)
{
    DimWait *wait = data;

    dim_id_unref(wait->group);
    g_clear_pointer(&wait->founder, dim_id_unref);
    g_free(wait);
}

void
dim_membership_init(DimSession *session)
{
    session->group_waits = g_hash_table_new_full(dim_text_hash, g_str_equal, g_free, wait_free);
    session->desk.groups = dim_group_cache_new();
}

void
dim_membership_fall(DimSession *session)
{
    dim_clock_clear(session->clock, &session->group_timer);
    g_hash_table_remove_all(session->group_waits);
}

void
dim_membership_clear(DimSession *session)
{
    dim_clock_clear(session->clock, &session->group_timer);
    g_hash_table_unref(session->group_waits);
    dim_group_cache_free(session->desk.groups);
}

/* ---- asking ---- */

static void
ask_one(DimSession *session, const DimId *group, const DimId *whom, DimContent *question)
{
    g_autofree char *what = g_strconcat("members of ", dim_id_text(group), NULL);
    g_autoptr(GPtrArray) keys = NULL;

    if (!dim_id_is_user(whom) || dim_id_is_broadcast(whom)
        || dim_id_equal(whom, dim_user_id(session->user)))
        return;
    keys = dim_book_encrypt_keys(session->book, whom, NULL);
    if (keys->len == 0)
        dim_outgoing_ask(session, whom);
    else if (dim_book_may_ask(session->book, what, whom))
        dim_outgoing_command(session, whom, question);
}

/* Whether he founded the group that says so is told by his meta alone. */
static void
ask_founder(DimSession *session, const DimId *group, const DimGroupPage *page)
{
    DimWait *wait = g_hash_table_lookup(session->group_waits, dim_id_text(group));

    if (page->founder == NULL)
        return;
    if (wait != NULL) {
        g_clear_pointer(&wait->founder, dim_id_unref);
        wait->founder = dim_id_ref(page->founder);
    }
    dim_outgoing_ask(session, page->founder);
}

void
dim_membership_ask(DimSession *session, const DimId *group, const DimId *speaker)
{
    g_auto(DimGroupPage) page = { .owner = NULL };
    g_autoptr(DimContent) question = NULL;

    if (session->state != DIM_STATE_ONLINE)
        return;
    dim_outgoing_ask(session, group);
    if (!dim_group_page_read(&session->desk, group, &page, NULL))
        return;
    question = dim_group_query_new(group, dim_history_time(page.history));
    ask_founder(session, group, &page);
    if (page.owner != NULL)
        ask_one(session, group, page.owner, question);
    for (guint i = 0; i < MIN(page.administrators->len, MAX_ASKED); i++)
        ask_one(session, group, g_ptr_array_index(page.administrators, i), question);
    if (speaker != NULL && !dim_group_page_leads(&page, speaker))
        ask_one(session, group, speaker, question);
}

/* ---- waiting ---- */

static gboolean on_time(gpointer user_data);

static void
arm(DimSession *session)
{
    if (session->group_timer == 0)
        session->group_timer = dim_clock_after(session->clock, SECOND, on_time, session);
}

/* Shows what has waited long enough. What comes with a bulletin had a moment to come. */
static gboolean
on_time(gpointer user_data)
{
    g_autoptr(DimSession) session = dim_session_ref(user_data);
    g_autoptr(GPtrArray) due = g_ptr_array_new_with_free_func((GDestroyNotify)dim_id_unref);
    g_autoptr(GPtrArray) asks = g_ptr_array_new_with_free_func((GDestroyNotify)dim_id_unref);
    gint64 now = dim_clock_monotonic(session->clock);
    gboolean more = FALSE;
    GHashTableIter iter;
    DimWait *wait;

    g_hash_table_iter_init(&iter, session->group_waits);
    while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&wait)) {
        if (!wait->over && wait->until <= now) {
            wait->over = TRUE;
            g_ptr_array_add(due, dim_id_ref(wait->group));
        }
        more |= !wait->over;
        if (!wait->over && wait->ask)
            g_ptr_array_add(asks, dim_id_ref(wait->group));
        wait->ask = FALSE;
    }
    session->group_timer = 0;
    if (more)
        arm(session);
    for (guint i = 0; i < asks->len; i++)
        dim_membership_ask(session, g_ptr_array_index(asks, i), NULL);
    for (guint i = 0; i < due->len; i++)
        dim_unparking_begin(session, g_ptr_array_index(due, i));
    return G_SOURCE_REMOVE;
}

static gboolean
is_past(G_GNUC_UNUSED gpointer key, gpointer value, gpointer now)
{
    const DimWait *wait = value;

    return wait->over && *(const gint64 *)now - wait->until >= FRESH;
}

/* TRUE while it is worth waiting: nobody knows yet who is in there. */
static gboolean
waits_for_group(DimSession *session, const DimId *group, const DimId *speaker)
{
    gint64 now = dim_clock_monotonic(session->clock);
    const DimWait *known;
    DimWait *wait;

    g_hash_table_foreach_remove(session->group_waits, is_past, &now);
    known = g_hash_table_lookup(session->group_waits, dim_id_text(group));
    if (known != NULL)
        return !known->over;
    if (g_hash_table_size(session->group_waits) >= MAX_WAITS)
        return FALSE;
    wait = g_new0(DimWait, 1);
    wait->group = dim_id_ref(group);
    wait->until = now + WAIT;
    g_hash_table_insert(session->group_waits, g_strdup(dim_id_text(group)), wait);
    dim_membership_ask(session, group, speaker);
    arm(session);
    return TRUE;
}

/* A record says nothing before the bulletin tells whose word counts, and the reset whom it is about (P-106). */
static gboolean
is_early(DimSession *session, const DimId *group, const DimContent *content)
{
    g_auto(DimGroupPage) page = { .owner = NULL };

    if (!dim_group_page_read(&session->desk, group, &page, NULL))
        return FALSE;
    return page.owner == NULL
           || (!page.held && g_strcmp0(dim_content_command(content), "reset") != 0);
}

const DimId *
dim_membership_waits_for(DimSession *session,
                         const DimMessage *instant,
                         const DimContent *content)
{
    const DimId *sender = dim_message_sender(instant);
    const DimId *group = dim_content_group(content);
    gboolean waits;

    if (group == NULL || !dim_id_is_group(group) || dim_id_is_broadcast(group))
        return NULL;
    if (dim_command_find(content) == dim_handle_history) {
        waits = is_early(session, group, content) && waits_for_group(session, group, sender);
        return waits ? group : NULL;
    }
    if (dim_content_is_command(content) || dim_content_is_for_programs(content)
        || dim_content_type(content) == DIM_CONTENT_FORWARD || dim_message_is_broadcast(instant)
        || dim_id_equal(sender, dim_user_id(session->user)))
        return NULL;
    switch (dim_group_standing(&session->desk, group, sender)) {
    case DIM_STANDING_UNKNOWN:
        waits = waits_for_group(session, group, sender);
        break;
    case DIM_STANDING_OUTSIDER:
        waits = dim_settling_waits(session, group);
        break;
    case DIM_STANDING_MEMBER:
    default:
        waits = FALSE;
        break;
    }
    return waits ? group : NULL;
}

gboolean
dim_membership_holds(DimSession *session, const DimId *group, const DimMessage *message)
{
    if (dim_backlog_park(session, group, message))
        return TRUE;
    /* What is said in a group that is not known is shown now. */
    if (dim_group_standing(&session->desk, group, dim_message_sender(message))
        == DIM_STANDING_OUTSIDER)
        dim_backlog_tell_lost(session);
    return FALSE;
}

/* ---- what is learned ---- */

void
dim_membership_told(DimSession *session, const DimId *group)
{
    g_autoptr(DimId) which = dim_id_ref(group);

    if (!dim_store_has(session->store, DIM_TABLE_GROUPS, dim_id_text(which)))
        return;
    dim_settling_answered(session, which);
    if (g_hash_table_remove(session->group_waits, dim_id_text(which)))
        dim_unparking_begin(session, which); /* each of them is judged for the first time */
}

/* Once for each wait: whoever repeats a bulletin must not make me read it all again. */
void
dim_membership_bulletin(DimSession *session, const DimId *group)
{
    DimWait *wait = g_hash_table_lookup(session->group_waits, dim_id_text(group));
    g_autoptr(DimId) which = dim_id_ref(group);
    g_auto(DimGroupPage) page = { .owner = NULL };

    if (wait == NULL || wait->bulletin || wait->over
        || !dim_group_page_read(&session->desk, which, &page, NULL))
        return;
    ask_founder(session, which, &page);
    if (page.owner == NULL)
        return;
    wait->bulletin = TRUE;
    wait->ask = TRUE;
    dim_unparking_begin(session, which);
}

void
dim_membership_founder(DimSession *session, const DimId *who)
{
    g_autoptr(GPtrArray) groups = g_ptr_array_new_with_free_func((GDestroyNotify)dim_id_unref);
    GHashTableIter iter;
    DimWait *wait;

    g_hash_table_iter_init(&iter, session->group_waits);
    while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&wait)) {
        if (wait->founder != NULL && dim_id_equal(wait->founder, who))
            g_ptr_array_add(groups, dim_id_ref(wait->group));
    }
    for (guint i = 0; i < groups->len; i++)
        dim_membership_bulletin(session, g_ptr_array_index(groups, i));
}

void
dim_membership_hints(DimSession *session, const DimMessage *message, const DimMessage *instant)
{
    const DimContent *content = dim_message_content(instant);
    const DimId *group = dim_content_group(content);
    g_auto(DimGroupPage) page = { .owner = NULL };

    if (group == NULL || !dim_id_is_group(group) || dim_id_is_broadcast(group)
        || dim_content_is_command(content)
        || (dim_message_bulletin_time(message) <= 0 && dim_message_history_time(message) <= 0)
        || !dim_group_page_read(&session->desk, group, &page, NULL) || !page.held
        || !dim_history_has(page.history, &page.rules, dim_message_sender(instant)))
        return;
    if (MIN(dim_message_bulletin_time(message), page.rules.now) > page.rules.bulletin_time)
        dim_outgoing_ask(session, group);
    if (MIN(dim_message_history_time(message), page.rules.now) > dim_history_time(page.history))
        dim_membership_ask(session, group, dim_message_sender(instant));
}

/* Where the members are known, only outsiders wait: a group is no member of itself. What they said goes on lying there since the
 * day it came, and the question is put again. */
static gboolean
waits_on(DimSession *session, const DimId *group)
{
    return dim_group_standing(&session->desk, group, group) == DIM_STANDING_OUTSIDER
           && dim_settling_waits(session, group);
}

void
dim_membership_resume(DimSession *session)
{
    g_autoptr(GPtrArray) all = dim_shelf_persons(session->shelf, DIM_SHELF_INCOMING);

    for (guint i = 0; i < all->len; i++) {
        const DimId *group = g_ptr_array_index(all, i);

        if (dim_id_is_group(group) && !waits_on(session, group))
            dim_unparking_begin(session, group);
    }
}
