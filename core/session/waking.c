/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What waits here though nothing is lacking any more: looked for at a login and while we stay online. */
#include "session/inner.h"

static gboolean
is_known(DimSession *session, const DimId *person)
{
    g_autoptr(GPtrArray) keys = dim_book_verify_keys(session->book, person);

    return keys->len > 0;
}

/* What waits for its talk key is kept in its sender's name: moving it now would only make it young again. */
static gboolean
waits_for_sender(const char *sender, G_GNUC_UNUSED gpointer data)
{
    return sender == NULL;
}

/* Their messages found the inbox full when the keys came, or could not be read. */
static void
wake_known(DimSession *session)
{
    g_autoptr(GPtrArray) persons = dim_shelf_persons(session->shelf, DIM_SHELF_INCOMING);

    for (guint i = 0; i < persons->len; i++) {
        const DimId *person = g_ptr_array_index(persons, i);

        if (!dim_id_is_group(person) && is_known(session, person))
            dim_backlog_unpark_of(session, person, waits_for_sender, NULL);
    }
}

void
dim_waking_resume(DimSession *session)
{
    wake_known(session);
}
