/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a person is told of those who cannot be read or write too much: of each contact by name, of strangers by their number (threat
 * T18). */
#include "base/errors.h"
#include "base/words.h"
#include "session/inner.h"

#define PAUSE 600000 /* milliseconds */

static char *
sum_up(const DimCrowd *crowd)
{
    switch (crowd->why) {
    case DIM_CROWD_FAST:
        return g_strdup_printf(_("More people who are not on your list wrote very much at once "
                                 "in the last ten minutes: %u. It is shown little by little."),
                               crowd->more);
    case DIM_CROWD_LOST:
        return g_strdup_printf(_("More people who are not on your list wrote more than is kept "
                                 "of strangers in the last ten minutes: %u. Some of it is "
                                 "lost."),
                               crowd->more);
    case DIM_CROWD_ALTERED:
        return g_strdup_printf(_("More messages of people who are not on your list were "
                                 "changed on their way here in the last ten minutes, perhaps "
                                 "by the station: %u. They are not shown."),
                               crowd->more);
    case DIM_CROWD_CLOSED:
    case DIM_CROWD_KINDS:
    default:
        return g_strdup_printf(_("More messages of people who are not on your list could not "
                                 "be read in the last ten minutes: %u."),
                               crowd->more);
    }
}

static gboolean
on_pause(gpointer user_data)
{
    DimCrowd *crowd = user_data;
    g_autofree char *text = NULL;

    if (crowd->more == 0) {
        crowd->timer = 0;
        return G_SOURCE_REMOVE;
    }
    text = sum_up(crowd);
    crowd->more = 0;
    dim_showing_notice(crowd->session, text);
    return G_SOURCE_CONTINUE;
}

gboolean
dim_complaints_of_stranger(DimSession *session, DimCrowdReason why)
{
    DimCrowd *crowd = &session->crowds[why];

    if (crowd->timer != 0) {
        crowd->more++;
        return FALSE;
    }
    crowd->session = session;
    crowd->why = why;
    crowd->timer = dim_clock_after(session->clock, PAUSE, on_pause, crowd);
    return TRUE;
}

/* Says whoever wrote the envelope. Of one that was changed it tells nothing; nor does the type inside, which a changed IV rewrites. */
static gboolean
is_called_command(const DimMessage *message)
{
    return dim_message_type(message) == DIM_CONTENT_COMMAND
           || dim_message_type(message) == DIM_CONTENT_HISTORY;
}

/* Before the login says which station mine is, each ID of that type passes for it: they would open a window each. */
static gboolean
is_worth_telling(DimSession *session, const DimMessage *message, gboolean altered)
{
    if (dim_handshake_is_station(session, dim_message_sender(message)))
        return altered && session->session_key != NULL;
    return altered || !is_called_command(message);
}

gboolean
dim_complaints_make(DimSession *session, const DimMessage *message, const GError *why)
{
    const DimId *sender = dim_message_sender(message);
    gboolean altered = g_error_matches(why, DIM_ERROR, DIM_ERROR_ALTERED);
    DimCrowdReason reason = altered ? DIM_CROWD_ALTERED : DIM_CROWD_CLOSED;
    g_autofree char *text = NULL;

    if (!is_worth_telling(session, message, altered))
        return FALSE;
    if (dim_pacing_is_stranger(session, sender)) {
        if (!dim_complaints_of_stranger(session, reason))
            return TRUE; /* by their number */
    } else if (!dim_book_may_warn(session->book, sender, altered ? "altered" : "closed")) {
        return FALSE;
    }
    text = g_strdup_printf(
        altered ? _("A message of %s was changed on its way here, perhaps by the "
                    "station: it is not shown.")
                : _("A message of %s could not be decrypted."),
        dim_id_text(sender));
    dim_showing_notice(session, text);
    return TRUE;
}

void
dim_complaints_clear(DimSession *session)
{
    for (guint i = 0; i < DIM_CROWD_KINDS; i++)
        dim_clock_clear(session->clock, &session->crowds[i].timer);
}
