/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What waits here though nothing is lacking any more: looked for at a login and while we stay online. */
#include "session/unparking.h"

/* Seconds; each pause is twice the one before: a full disk stays full for a while. */
#define FIRST_PAUSE 10
#define LAST_PAUSE  320

static gboolean
on_wake(gpointer user_data)
{
    DimSession *session = user_data;

    session->wake = 0;
    if (session->settle == 0) /* else that takes it up */
        dim_backlog_take_up(session);
    return G_SOURCE_REMOVE;
}

/* Its rows are in no list any more, and the station has forgotten them long ago. */
void
dim_waking_later(DimSession *session)
{
    if (session->wake != 0 || session->state != DIM_STATE_ONLINE)
        return;
    session->wake_pause = CLAMP(session->wake_pause * 2, FIRST_PAUSE, LAST_PAUSE);
    session->wake =
        dim_clock_after(session->clock, session->wake_pause * 1000, on_wake, session);
}

void
dim_waking_fall(DimSession *session)
{
    dim_clock_clear(session->clock, &session->wake);
    session->wake_pause = 0;
}

static gboolean
is_known(DimSession *session, const DimId *person)
{
    g_autoptr(GPtrArray) keys = dim_book_verify_keys(session->book, person);

    return keys->len > 0;
}

/* Their messages found the inbox full when the keys came, or could not be read. */
static void
wake_known(DimSession *session)
{
    g_autoptr(GPtrArray) persons = dim_shelf_persons(session->shelf, DIM_SHELF_INCOMING);

    for (guint i = 0; i < persons->len; i++) {
        const DimId *person = g_ptr_array_index(persons, i);

        if (!dim_id_is_group(person) && is_known(session, person))
            dim_unparking_begin(session, person);
    }
}

static void
forget_old(DimSession *session)
{
    g_autoptr(GError) error = NULL;

    if (!dim_shelf_prune(session->shelf, &error))
        g_warning("waiting messages are not readable: %s", error->message);
    if (dim_shelf_take_lost(session->shelf))
        dim_backlog_tell_lost(session);
}

void
dim_waking_resume(DimSession *session)
{
    dim_unparking_resume(session);
    wake_known(session);
    forget_old(session);
}
