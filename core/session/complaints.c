/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a person is told of messages that cannot be read: of each contact by name, of strangers by their number (threat T18). */
#include "base/errors.h"
#include "base/words.h"
#include "session/inner.h"

#define PAUSE 600000 /* milliseconds */

/* Whoever makes an ID could open a window of mine with it. */
static gboolean
on_pause(gpointer user_data)
{
    DimSession *session = user_data;
    g_autofree char *text = NULL;

    if (session->unreadable == 0) {
        session->unreadable_timer = 0;
        return G_SOURCE_REMOVE;
    }
    text = g_strdup_printf(_("More messages of people who are not on your list could not be "
                             "read in the last ten minutes: %u."),
                           session->unreadable);
    session->unreadable = 0;
    dim_showing_notice(session, text);
    return G_SOURCE_CONTINUE;
}

/* TRUE if this one is told at once; the others are counted. */
static gboolean
may_complain_of_stranger(DimSession *session)
{
    if (session->unreadable_timer != 0) {
        session->unreadable++;
        return FALSE;
    }
    session->unreadable_timer = dim_clock_after(session->clock, PAUSE, on_pause, session);
    return TRUE;
}

void
dim_complaints_make(DimSession *session, const DimMessage *message, const GError *why)
{
    const DimId *sender = dim_message_sender(message);
    gboolean altered = g_error_matches(why, DIM_ERROR, DIM_ERROR_ALTERED);
    g_autofree char *text = NULL;

    if (dim_handshake_is_station(session, sender)
        || dim_message_type(message) == DIM_CONTENT_COMMAND
        || dim_message_type(message) == DIM_CONTENT_HISTORY)
        return;
    if (dim_pacing_is_stranger(session, sender)
            ? !may_complain_of_stranger(session)
            : !dim_book_may_warn(session->book, sender, altered ? "altered" : "closed"))
        return;
    text = g_strdup_printf(
        altered ? _("A message of %s was changed on its way here, perhaps by the "
                    "station: it is not shown.")
                : _("A message of %s could not be decrypted."),
        dim_id_text(sender));
    dim_showing_notice(session, text);
}

void
dim_complaints_clear(DimSession *session)
{
    dim_clock_clear(session->clock, &session->unreadable_timer);
}
