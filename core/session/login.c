/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From an open line to being online: greeting, challenge, announcements, and staying there (protocol §5.10, §6.6). */
#include "base/errors.h"
#include "base/words.h"
#include "session/inner.h"

#define PATIENCE_SECONDS    10 /* for the answer to a greeting (corrections 5 and 6) */
#define DIAL_SECONDS        15 /* for a connection, where there is another station */
#define MAX_GREETINGS       3
#define KEEP_ONLINE_SECONDS 300

static void perform(DimSession *session, DimAction action, const GError *error);

static gboolean
on_impatient(gpointer user_data)
{
    DimSession *session = user_data;
    g_autoptr(GError) error = NULL;
    g_autofree char *clock = NULL;

    session->patience = 0;
    if (session->tries < MAX_GREETINGS) {
        dim_login_input(session, DIM_INPUT_TIMEOUT, NULL);
        return G_SOURCE_REMOVE;
    }
    clock = dim_handshake_clock_text(session);
    if (clock != NULL) /* my visa is of its future, and it lets nobody in by such a one */
        g_set_error_literal(&error, G_IO_ERROR, G_IO_ERROR_FAILED, clock);
    else
        g_set_error_literal(
            &error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
            _("Nothing came that a DIM station says. Is the address right, and the clock "
              "of this computer?"));
    dim_login_input(session, DIM_INPUT_REFUSED, error);
    return G_SOURCE_REMOVE;
}

static void
expect_answer(DimSession *session)
{
    dim_clock_clear(session->clock, &session->patience);
    session->patience =
        dim_clock_after(session->clock, PATIENCE_SECONDS * 1000, on_impatient, session);
}

static void
greet(DimSession *session)
{
    g_autoptr(DimContent) hello = dim_handshake_new(DIM_HANDSHAKE_START, NULL);
    g_autoptr(GError) error = NULL;

    /* Silent: perhaps my visa is one of the future to it. */
    if (session->tries++ > 0)
        dim_renew_ahead(session);
    g_clear_pointer(&session->session_key, g_free);
    if (!dim_outgoing_write(session, dim_id_any_station(), hello, TRUE, DIM_PRIORITY_URGENT,
                            &error))
        g_debug("no greeting: %s", error->message);
    expect_answer(session);
}

static void
answer(DimSession *session)
{
    g_autoptr(DimContent) again =
        dim_handshake_new(DIM_HANDSHAKE_RESTART, session->session_key);
    g_autoptr(GError) error = NULL;

    if (!dim_outgoing_write(session, session->station_id, again, TRUE, DIM_PRIORITY_URGENT,
                            &error))
        g_debug("no answer to the challenge: %s", error->message);
    expect_answer(session);
}

/* Broadcast: the station keeps it and tells its neighbours (protocol §5.11). */
static void
say_login(DimSession *session)
{
    g_autoptr(DimContent) login =
        dim_login_new(dim_user_id(session->user), session->agent, session->station_id,
                      dim_station_host(session->station), dim_station_port(session->station));

    dim_outgoing_command(session, dim_id_everyone(), login);
}

void
dim_login_announce(DimSession *session)
{
    g_autoptr(DimContent) visa = dim_document_command_new(
        dim_user_id(session->user), dim_user_meta(session->user), dim_user_visa(session->user));

    dim_outgoing_command(session, dim_id_everyone(), visa);
}

static gboolean
on_keep_online(gpointer user_data)
{
    dim_renew_if_old(user_data);
    say_login(user_data);
    /* Whoever was unknown may have come to the station since; it does not tell us by itself. */
    dim_awaiting_look(user_data);
    dim_waking_resume(user_data);
    return G_SOURCE_CONTINUE;
}

static void
enter(DimSession *session)
{
    g_autoptr(DimContent) online = dim_report_new("online");

    dim_choice_entered(session);
    dim_clock_clear(session->clock, &session->patience);
    session->tries = 0;
    dim_login_announce(session);
    say_login(session);
    dim_outgoing_command(session, dim_id_any_station(), online);
    dim_clock_clear(session->clock, &session->keep_online);
    session->keep_online =
        dim_clock_after(session->clock, KEEP_ONLINE_SECONDS * 1000, on_keep_online, session);
    dim_awaiting_resume(session);
    dim_confirm_reload(session);
    dim_backlog_settle(session);
    dim_waking_resume(session);
    dim_membership_resume(session);
    dim_renew_if_old(session);
}

static void
fall(DimSession *session)
{
    dim_clock_clear(session->clock, &session->patience);
    dim_clock_clear(session->clock, &session->keep_online);
    dim_awaiting_fall(session);
    g_clear_pointer(&session->session_key, g_free);
    session->tries = 0;
    dim_confirm_line_down(session);
    dim_turn_fall(session);
}

static void
tell_failed(DimSession *session, const GError *error)
{
    if (session->events->failed != NULL)
        session->events->failed(session, error, session->events_data);
}

/* A station that does not even take the call is waited for as long as the system likes, unless there is another. */
static gboolean
on_slow(gpointer user_data)
{
    DimSession *session = user_data;
    g_autoptr(GError) error = g_error_new(G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
                                          _("No answer within %d seconds"), DIAL_SECONDS);

    session->patience = 0;
    dim_login_input(session, DIM_INPUT_LINE_DOWN, error);
    return G_SOURCE_REMOVE;
}

/* The debug log names the place and the state, and nothing that was said there. */
static void
note_state(const DimSession *session)
{
    g_debug("%s, port %u: %s", dim_station_host(session->station),
            dim_station_port(session->station), dim_state_name(session->state));
}

static void
dial(DimSession *session, gboolean is_next)
{
    const char *host = dim_station_host(session->station);
    guint16 port = dim_station_port(session->station);

    note_state(session);
    if (dim_choice_has_other(session)) {
        dim_clock_clear(session->clock, &session->patience);
        session->patience =
            dim_clock_after(session->clock, DIAL_SECONDS * 1000, on_slow, session);
    }
    if (is_next)
        dim_gate_aim(session->gate, host, port, TRUE);
    else
        dim_gate_open(session->gate, host, port);
}

/* A line that fails, in words: of which station, and what it means when it never spoke. What a station refuses names it. */
static GError *
explain(const DimSession *session, const GError *error)
{
    const char *why = error->message;

    if (error->domain == DIM_ERROR && error->code != DIM_ERROR_OFFLINE
        && error->code != DIM_ERROR_MALFORMED)
        return g_error_copy(error);
    if (!session->heard && g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED))
        why = _("It hung up without a word of a DIM station. Is the address right?");
    return g_error_new(error->domain, error->code, _("%s, port %u: %s"),
                       dim_station_host(session->station), dim_station_port(session->station),
                       why);
}

/* The next station is dialled at once; when each was tried it is told, and the gate (or the host) begins anew later. */
static void
lose(DimSession *session, const GError *error)
{
    g_autoptr(GError) why = NULL;
    g_autoptr(GError) told = NULL;

    if (error == NULL)
        return; /* closed by us */
    why = explain(session, error);
    if (dim_choice_next(session, why)) {
        dim_login_input(session, DIM_INPUT_NEXT, NULL);
        return;
    }
    told =
        session->failure != NULL ? g_steal_pointer(&session->failure) : g_steal_pointer(&why);
    if (session->stations->len > 1 && !session->single) {
        dim_choice_first(session);
        session->dialed = 0;
        dim_gate_aim(session->gate, dim_station_host(session->station),
                     dim_station_port(session->station), FALSE);
    }
    tell_failed(session, told);
}

static void
perform(DimSession *session, DimAction action, const GError *error)
{
    switch (action) {
    case DIM_ACTION_DIAL:
        dim_choice_first(session);
        dial(session, FALSE);
        break;
    case DIM_ACTION_DIAL_NEXT:
        dial(session, TRUE);
        break;
    case DIM_ACTION_GREET:
        greet(session);
        break;
    case DIM_ACTION_ANSWER:
        answer(session);
        break;
    case DIM_ACTION_ENTER:
        enter(session);
        break;
    case DIM_ACTION_LOSE:
        fall(session);
        break;
    case DIM_ACTION_HANG_UP:
        fall(session);
        dim_gate_close(session->gate);
        break;
    case DIM_ACTION_NONE:
    default:
        break;
    }
    if (action == DIM_ACTION_LOSE || action == DIM_ACTION_HANG_UP)
        lose(session, error);
}

void
dim_login_input(DimSession *session, DimInput input, const GError *error)
{
    G_GNUC_UNUSED g_autoptr(DimSession) held = dim_session_ref(session);
    DimState before = session->state;
    DimAction action;

    session->state = dim_state_step(before, input, &action);
    if (!dim_state_named(before, input))
        g_debug("%s: input %d means nothing here", dim_state_name(before), input);
    if (session->state != before && session->state != DIM_STATE_CONNECTING)
        note_state(session); /* the station that is dialled is chosen below */
    if (session->state != before && session->events->state_changed != NULL)
        session->events->state_changed(session, session->state, session->events_data);
    /* The event may have closed us; what the table said for the old state is void then. */
    if (session->state != DIM_STATE_OFFLINE || input == DIM_INPUT_CLOSE)
        perform(session, action, error);
}

void
dim_login_clear(DimSession *session)
{
    dim_clock_clear(session->clock, &session->patience);
    dim_clock_clear(session->clock, &session->keep_online);
    g_clear_pointer(&session->session_key, g_free);
    g_clear_pointer(&session->station_id, dim_id_unref);
}

static void
on_up(G_GNUC_UNUSED DimGate *gate, gpointer data)
{
    DimSession *session = data;

    session->heard = FALSE;
    if (session->dialed == 0)
        session->dialed = dim_clock_monotonic(session->clock);
    dim_clock_clear(session->clock, &session->patience);
    dim_login_input(data, DIM_INPUT_LINE_UP, NULL);
}

static void
on_down(G_GNUC_UNUSED DimGate *gate, const GError *error, double seconds, gpointer data)
{
    DimSession *session = data;

    /* A new round failed at its first station: the table knows of no line that fell, for none was up. */
    if (seconds > 0 && session->state == DIM_STATE_ERROR && session->stations->len > 1) {
        g_autoptr(GError) why = explain(session, error);

        if (dim_choice_next(session, why))
            dim_login_input(session, DIM_INPUT_NEXT, NULL);
        return;
    }
    dim_login_input(data, DIM_INPUT_LINE_DOWN, error);
}

static void
on_arrived(G_GNUC_UNUSED DimGate *gate, GBytes *body, guint64 serial, gpointer data)
{
    dim_turn_take(data, body, serial);
}

static void
on_acknowledged(G_GNUC_UNUSED DimGate *gate, guint64 tag, gpointer data)
{
    dim_confirm_acknowledged(data, tag);
}

static void
on_expired(G_GNUC_UNUSED DimGate *gate, guint64 tag, gpointer data)
{
    dim_confirm_expired(data, tag);
}

const DimGateEvents *
dim_login_gate_events(void)
{
    static const DimGateEvents events = { .up = on_up,
                                          .down = on_down,
                                          .arrived = on_arrived,
                                          .acknowledged = on_acknowledged,
                                          .expired = on_expired };

    return &events;
}
