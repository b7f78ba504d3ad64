/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What core tells us, and which view shows it. */
#include "plugin/listener.h"

#include "plugin/alarm.h"
#include "plugin/signon.h"
#include "plugin/views/im.h"
#include "plugin/views/roster.h"

#define NOTICE_PAUSE (10 * 60 * G_USEC_PER_SEC)

static void
online(DimLogin *login)
{
    const char *id = dim_id_text(dim_user_id(login->user));

    if (purple_connection_get_state(login->gc) == PURPLE_CONNECTED)
        return;
    purple_connection_set_state(login->gc, PURPLE_CONNECTED);
    dim_alarm_online(login);
    /* Whoever typed a nick as account name sees the ID nowhere else in a host without menus. */
    if (dim_bridge_is_plain_host()) {
        g_autofree char *text = g_strdup_printf(_("Your DIM ID: %s"), id);

        purple_connection_notice(login->gc, text);
    }
    dim_roster_fill(login);
}

static void
state_changed(G_GNUC_UNUSED DimSession *session, DimState state, gpointer data)
{
    DimLogin *login = data;

    if (login->over)
        return;
    if (state == DIM_STATE_CONNECTING)
        purple_connection_update_progress(login->gc, _("Connecting to the station"), 1, 4);
    else if (state == DIM_STATE_CONNECTED)
        purple_connection_update_progress(login->gc, _("Logging in"), 2, 4);
    else if (state == DIM_STATE_ONLINE)
        online(login);
}

static void
failed(G_GNUC_UNUSED DimSession *session, const GError *error, gpointer data)
{
    dim_signon_fail(data, error);
}

static gboolean
wanted(G_GNUC_UNUSED DimSession *session, const DimId *who, gpointer data)
{
    const DimLogin *login = data;

    return login->over || purple_privacy_check(login->account, dim_id_text(who));
}

static void
received(G_GNUC_UNUSED DimSession *session,
         const DimMessage *message,
         const char *text,
         gpointer data)
{
    DimLogin *login = data;

    if (!login->over)
        dim_im_received(login, message, text);
}

static void
message_state(G_GNUC_UNUSED DimSession *session,
              const DimId *peer,
              guint64 serial,
              DimDelivery state,
              const GError *error,
              gpointer data)
{
    DimLogin *login = data;

    if (!login->over)
        dim_im_delivery(login, peer, serial, state, error);
}

static void
document_changed(G_GNUC_UNUSED DimSession *session, const DimDocument *document, gpointer data)
{
    DimLogin *login = data;

    if (!login->over)
        dim_roster_name(login, dim_document_owner(document), dim_document_name(document));
}

static void
presence(G_GNUC_UNUSED DimSession *session, const DimId *who, double when, gpointer data)
{
    DimLogin *login = data;

    if (!login->over)
        dim_roster_seen(login, who, when);
}

static void
notice(G_GNUC_UNUSED DimSession *session, const char *text, gpointer data)
{
    DimLogin *login = data;
    gint64 now = g_get_monotonic_time();

    /* A full disk says the same for each message: one dialog is enough. */
    if (login->over
        || (g_strcmp0(text, login->last_notice) == 0
            && now - login->last_notice_at < NOTICE_PAUSE))
        return;
    g_free(login->last_notice);
    login->last_notice = g_strdup(text);
    login->last_notice_at = now;
    dim_bridge_tell(login, _("DIM"), text);
}

const DimEvents *
dim_listener_events(void)
{
    static const DimEvents events = {
        .state_changed = state_changed,
        .failed = failed,
        .wanted = wanted,
        .received = received,
        .message_state = message_state,
        .document_changed = document_changed,
        .presence = presence,
        .notice = notice,
    };

    return &events;
}
