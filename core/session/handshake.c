/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who is at the other end of the line, and whether his challenge and his welcome count (protocol §5.10). */
#include "base/errors.h"
#include "base/words.h"
#include "session/inner.h"

#define CLOCK_SECONDS 1800 /* apart: then one of two clocks is wrong */

/* The type of an ID is its maker's choice and gives nobody a right. */
gboolean
dim_handshake_is_station(const DimSession *session, const DimId *who)
{
    return session->session_key != NULL ? dim_id_equal(session->station_id, who)
                                        : dim_id_is_station(who);
}

/* The first challenge of a line says who is at its other end; from then on another's handshake, which anybody can
 * send through a station, is nothing (who could else throw us out by it). */
static gboolean
is_another(DimSession *session, const DimMessage *message)
{
    if (session->session_key == NULL
        || dim_id_equal(session->station_id, dim_message_sender(message)))
        return FALSE;
    g_debug("a handshake of %s, which is not at the other end: ignored",
            dim_id_text(dim_message_sender(message)));
    return TRUE;
}

/* The station proves itself once; from then on this host and port mean this ID (P-117). Whom the person wants there counts more
 * than who was met before. */
static gboolean
is_our_station(DimSession *session, const DimMessage *message)
{
    DimId *sender = dim_message_sender(message);
    DimId *wanted = dim_station_wanted(session->station);
    g_autoptr(GError) error = NULL;
    g_autoptr(DimId) pinned = dim_station_pinned(session->station, session->store, &error);
    DimId *expected = wanted != NULL ? wanted : pinned;

    if (expected == NULL && error != NULL) { /* it may be another one than it was */
        dim_login_input(session, DIM_INPUT_REFUSED, error);
        return FALSE;
    }
    g_clear_error(&error);
    if (expected == NULL || dim_id_equal(expected, sender))
        return TRUE;
    g_set_error(
        &error, DIM_ERROR, DIM_ERROR_NOT_ALLOWED,
        wanted != NULL
            ? _("The station at %s port %u says that it is %s, but the account's option "
                "“Station's ID” (station-id) asks for %s. If that is a mistake, correct or "
                "empty the option; if it is none, somebody may be in between.")
            : _("The station at %s port %u says that it is %s, but it was %s until now. "
                "Somebody may be in between; if you know that it was set up anew, write its "
                "new ID into the account's option “Station's ID” (station-id)."),
        dim_station_host(session->station), dim_station_port(session->station),
        dim_id_text(sender), dim_id_text(expected));
    dim_login_input(session, DIM_INPUT_REFUSED, error);
    return FALSE;
}

/* "25 minutes": no more exact than it helps. New string. */
static char *
how_long(double seconds)
{
    if (seconds < 2 * 3600.0)
        return g_strdup_printf(_("%.0f minutes"), seconds / 60);
    if (seconds < 48 * 3600.0)
        return g_strdup_printf(_("%.0f hours"), seconds / 3600);
    return g_strdup_printf(_("%.0f days"), seconds / (24 * 3600.0));
}

/* seconds: how much later it is at the station. New string. */
static char *
clock_sentence(double seconds)
{
    g_autofree char *apart = how_long(ABS(seconds));

    return g_strdup_printf(seconds > 0 ? _("The clock of this computer is %s behind the "
                                           "station's: please set it.")
                                       : _("The clock of this computer is %s ahead of the "
                                           "station's: please set it."),
                           apart);
}

char *
dim_handshake_clock_text(const DimSession *session)
{
    return session->heard && session->clock_wrong ? clock_sentence(session->clock_apart) : NULL;
}

/* Without the station's visa nothing can be said to it, and a visa of the future is not believed. Whoever is known is talked to
 * whatever the clocks say, but the person is told, once. */
static gboolean
bears_clock(DimSession *session, const DimMessage *message)
{
    double time = dim_message_time(message);
    double apart = time > 0 ? time - dim_clock_now(session->clock) : 0;
    gboolean was_wrong = session->clock_wrong;
    g_autoptr(GPtrArray) keys = NULL;
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;

    session->clock_wrong = ABS(apart) >= CLOCK_SECONDS;
    session->clock_apart = apart;
    if (!session->clock_wrong)
        return TRUE;
    keys = dim_book_encrypt_keys(session->book, dim_message_sender(message), NULL);
    text = clock_sentence(apart);
    if (keys->len == 0) {
        error = g_error_new_literal(G_IO_ERROR, G_IO_ERROR_FAILED, text);
        dim_login_input(session, DIM_INPUT_REFUSED, error);
    } else if (!was_wrong) {
        dim_showing_notice(session, text);
    }
    return keys->len > 0;
}

void
dim_handshake_challenged(DimSession *session, const DimMessage *message, const char *key)
{
    if (is_another(session, message) || !is_our_station(session, message)
        || !bears_clock(session, message))
        return;
    if (!session->clock_wrong)
        dim_renew_ahead(session);
    session->heard = TRUE;
    g_clear_pointer(&session->station_id, dim_id_unref);
    session->station_id = dim_id_ref(dim_message_sender(message));
    g_free(session->session_key);
    session->session_key = g_strdup(key);
    dim_login_input(session, DIM_INPUT_CHALLENGED, NULL);
}

/* What the person wrote takes the place of what was met before only now: a mistyped ID costs nothing. */
static gboolean
pin(DimSession *session, GError **error)
{
    g_autoptr(GError) unreadable = NULL;
    g_autoptr(DimId) pinned = dim_station_pinned(session->station, session->store, &unreadable);

    if (dim_station_wanted(session->station) != NULL
        && (unreadable != NULL
            || (pinned != NULL && !dim_id_equal(pinned, session->station_id)))
        && !dim_station_unpin(session->station, session->store, error))
        return FALSE;
    return dim_station_pin(session->station, session->store, session->station_id, error);
}

void
dim_handshake_greeted(DimSession *session, const DimMessage *message, const char *key)
{
    g_autoptr(GError) error = NULL;

    if (is_another(session, message))
        return;
    /* Only the key of this line's challenge lets us in: a recorded welcome of another day does not. */
    if (key == NULL || g_strcmp0(key, session->session_key) != 0) {
        g_debug("a welcome for another session: ignored");
        return;
    }
    dim_turn_touch(session);
    if (!pin(session, &error))
        g_warning("the station's identity could not be kept: %s", error->message);
    dim_login_input(session, DIM_INPUT_GREETED, NULL);
}
