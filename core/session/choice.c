/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which of the listed stations is dialled: the one that was quickest, and when it fails each other once (P-098, P-116).
 *
 * A round is one try of each. Within it nothing is waited for; after it the ladder of delays goes on (the gate's, or that of
 * the host program), and the next round begins. */
#include "base/errors.h"
#include "session/inner.h"

#define FORGIVEN_SECONDS 3600.0 /* a station that failed is tried last for so long */
#define WORST            1e9

static DimStation *
nth(const DimSession *session, guint index)
{
    return g_ptr_array_index(session->stations, index);
}

/* Unmeasured ones first, for how quick they are is not known otherwise. */
static double
rank_of(DimSession *session, guint index)
{
    double measure = dim_station_measure(nth(session, index), session->store);

    if (measure >= 0)
        return measure;
    return dim_clock_now(session->clock) + measure < FORGIVEN_SECONDS ? WORST : 0;
}

/* FALSE if each was tried. */
static gboolean
pick(DimSession *session)
{
    guint best = session->stations->len;
    double lowest = WORST + 1;

    for (guint i = 0; i < session->stations->len; i++) {
        double rank = (session->tried & (1u << i)) == 0 ? rank_of(session, i) : WORST + 1;

        if (rank < lowest) {
            lowest = rank;
            best = i;
        }
    }
    if (best == session->stations->len)
        return FALSE;
    session->tried |= 1u << best;
    dim_station_unref(session->station);
    session->station = dim_station_ref(nth(session, best));
    return TRUE;
}

static void
keep_measure(DimSession *session, double measure)
{
    g_autoptr(GError) error = NULL;

    if (session->stations->len < 2)
        return;
    if (!dim_station_set_measure(session->station, session->store, measure, &error))
        g_warning("how quick the station is could not be kept: %s", error->message);
}

void
dim_choice_init(DimSession *session, const DimSessionOptions *options)
{
    session->stations = g_ptr_array_new_with_free_func((GDestroyNotify)dim_station_unref);
    g_ptr_array_add(session->stations, dim_station_ref(options->station));
    for (guint i = 0; options->others != NULL && i < options->others->len
                      && session->stations->len < DIM_STATION_MAX_LIST;
         i++)
        g_ptr_array_add(session->stations,
                        dim_station_ref(g_ptr_array_index(options->others, i)));
    session->station = dim_station_ref(options->station);
}

void
dim_choice_clear(DimSession *session)
{
    g_clear_error(&session->failure);
    g_clear_pointer(&session->stations, g_ptr_array_unref);
    g_clear_pointer(&session->station, dim_station_unref);
}

void
dim_choice_first(DimSession *session)
{
    session->tried = 0;
    g_clear_error(&session->failure);
    (void)pick(session); /* there is at least one */
    session->dialed = dim_clock_monotonic(session->clock);
}

gboolean
dim_choice_has_other(const DimSession *session)
{
    return session->tried != (1u << session->stations->len) - 1;
}

void
dim_choice_entered(DimSession *session)
{
    double seconds =
        (double)(dim_clock_monotonic(session->clock) - session->dialed) / G_USEC_PER_SEC;

    g_clear_error(&session->failure);
    if (session->dialed != 0) /* once a line: the station may ask who we are again */
        keep_measure(session, MAX(seconds, 0.001));
    session->dialed = 0;
    session->tried = 0;
    for (guint i = 0; i < session->stations->len; i++) {
        if (nth(session, i) == session->station)
            session->tried = 1u << i;
    }
}

static gboolean
is_for_good(const GError *error)
{
    return g_error_matches(error, DIM_ERROR, DIM_ERROR_NOT_ALLOWED)
           || g_error_matches(error, DIM_ERROR, DIM_ERROR_REFUSED);
}

gboolean
dim_choice_next(DimSession *session, const GError *error)
{
    if (session->stations->len < 2)
        return FALSE;
    /* As long as one may come back it is worth trying again. */
    if (session->failure == NULL || (is_for_good(session->failure) && !is_for_good(error))) {
        g_clear_error(&session->failure);
        session->failure = g_error_copy(error);
    }
    keep_measure(session, -dim_clock_now(session->clock));
    g_debug("%s; the next one", error->message);
    if (!pick(session))
        return FALSE;
    if (is_for_good(error)) /* somebody should read it, though there is another way */
        dim_showing_notice(session, error->message);
    session->dialed = dim_clock_monotonic(session->clock);
    return TRUE;
}
