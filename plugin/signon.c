/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Logging in and out: from a PurpleAccount to an open DimSession and back to nothing. */
#include "plugin/signon.h"

#include <string.h>

#include "plugin/alarm.h"
#include "plugin/ask.h"
#include "plugin/carrying.h"
#include "plugin/enrol.h"
#include "plugin/listener.h"
#include "plugin/nickname.h"
#include "plugin/options.h"
#include "plugin/proxy.h"
#include "plugin/views/im.h"

/* Asked at each login: bitlbee sets its user folder after the plugin was loaded. */
char *
dim_signon_folder(void)
{
    g_autofree char *folder = g_build_filename(purple_user_dir(), "dim", NULL);

    return g_canonicalize_filename(folder, NULL);
}

DimLogin *
dim_signon_new(PurpleAccount *account)
{
    PurpleConnection *gc = purple_account_get_connection(account);
    DimLogin *login = g_new0(DimLogin, 1);

    login->gc = gc;
    login->account = account;
    login->dial = dim_proxy_dial(gc);
    dim_im_init(login);
    purple_connection_set_protocol_data(gc, login);
    return login;
}

static void
fail(DimLogin *login, PurpleConnectionError reason, const char *text)
{
    g_autofree char *shown = NULL;

    if (login->over)
        return;
    login->over = TRUE;
    /* We listen no more: nothing may be taken in for us. */
    if (login->session != NULL)
        dim_session_close(login->session);
    shown = dim_bridge_words(login, text);
    dim_alarm_failed(login, reason, shown);
    purple_connection_error_reason(login->gc, reason, shown);
}

void
dim_signon_fail(DimLogin *login, const GError *error)
{
    PurpleConnectionError reason = PURPLE_CONNECTION_ERROR_NETWORK_ERROR;
    g_autofree char *text = NULL;

    if (g_error_matches(error, DIM_ERROR, DIM_ERROR_BUSY)) {
        text = g_strdup(_("Another program is using this identity right now."));
    } else if (g_error_matches(error, DIM_ERROR, DIM_ERROR_REFUSED)) {
        reason = PURPLE_CONNECTION_ERROR_OTHER_ERROR;
        text = g_strdup_printf(_("The station refused the login: %s"), error->message);
    } else if (g_error_matches(error, DIM_ERROR, DIM_ERROR_STORAGE)) {
        reason = PURPLE_CONNECTION_ERROR_OTHER_ERROR;
        text =
            g_strdup_printf(_("The files of this identity cannot be used: %s"), error->message);
    } else if (g_error_matches(error, DIM_ERROR, DIM_ERROR_NOT_ALLOWED)
               || g_error_matches(error, DIM_ERROR, DIM_ERROR_CRYPTO)) {
        reason = PURPLE_CONNECTION_ERROR_OTHER_ERROR;
        text = g_strdup(error->message);
    } else {
        text = g_strdup_printf(_("No connection to the station %s"), error->message);
    }
    fail(login, reason, text);
}

/* What the person wrote as the station's ID must be proved there. FALSE: told. */
static gboolean
want_station(DimLogin *login, DimStation *station, const char *text)
{
    g_autoptr(DimId) wanted = NULL;

    if (*text == '\0')
        return TRUE;
    wanted = dim_id_parse(text, NULL);
    if (wanted == NULL || !dim_id_is_station(wanted)) {
        g_autofree char *why = g_strdup_printf(
            _("“%.100s” is not the ID of a station. It looks like station@1234…, and may be "
              "left empty."),
            text);

        fail(login, PURPLE_CONNECTION_ERROR_INVALID_SETTINGS, why);
        return FALSE;
    }
    dim_station_set_wanted(station, wanted);
    return TRUE;
}

/* FALSE: the account fails, with a sentence of ours. */
static gboolean
choose_transport(DimLogin *login, DimTransport *transport)
{
    const char *name = dim_options_text(login->account, DIM_OPTION_TRANSPORT);

    *transport = strcmp(name, "websocket") == 0 ? DIM_TRANSPORT_WEBSOCKET : DIM_TRANSPORT_MTP;
    if (*transport == DIM_TRANSPORT_WEBSOCKET || strcmp(name, "mtp") == 0)
        return TRUE;
    fail(login, PURPLE_CONNECTION_ERROR_INVALID_SETTINGS,
         _("The way to the station (transport) is “mtp” or “websocket”."));
    return FALSE;
}

/* IDs stand in the order of the stations; there may be fewer, or gaps. FALSE: told. */
static gboolean
want_stations(DimLogin *login, GPtrArray *stations)
{
    g_auto(GStrv) ids =
        g_strsplit(dim_options_text(login->account, DIM_OPTION_STATION_ID), ",", -1);

    for (guint i = 0; i < stations->len && ids[i] != NULL; i++) {
        if (!want_station(login, g_ptr_array_index(stations, i), g_strstrip(ids[i])))
            return FALSE;
    }
    return TRUE;
}

/* NULL: told. */
static GPtrArray *
read_stations(DimLogin *login)
{
    const char *text = dim_options_text(login->account, DIM_OPTION_STATION);
    int port = dim_options_number(login->account, DIM_OPTION_PORT);
    g_autoptr(GError) error = NULL;
    GPtrArray *stations =
        port < 1 || port > 65535 ? NULL : dim_station_list(text, (guint16)port, &error);
    g_autofree char *why = NULL;

    if (stations != NULL)
        return stations;
    why = g_strdup_printf(
        _("The account needs the name of a station and a port between 1 and 65535. Several "
          "stations stand with commas between them. %s"),
        error != NULL ? error->message : "");
    fail(login, PURPLE_CONNECTION_ERROR_INVALID_SETTINGS, g_strstrip(why));
    return NULL;
}

static void
open_session(DimLogin *login)
{
    g_autoptr(GPtrArray) stations = read_stations(login);
    DimSessionOptions options = {
        .user = login->user,
        .store = login->store,
        .dial = &login->dial,
        .events = dim_listener_events(),
        .events_data = login,
        .agent = "purple-dim/" DIM_VERSION,
        .single = TRUE,
    };

    if (stations == NULL || !want_stations(login, stations)
        || !choose_transport(login, &options.transport))
        return;
    options.station = g_ptr_array_index(stations, 0);
    options.others = g_ptr_array_new();
    for (guint i = 1; i < stations->len; i++)
        g_ptr_array_add(options.others, g_ptr_array_index(stations, i));
    login->session = dim_session_new(&options);
    g_ptr_array_unref(options.others);
    dim_session_open(login->session);
}

static void
take_identity(DimLogin *login, DimUser *user, DimStore *store)
{
    g_autofree char *shown = dim_nickname_shown(user);

    login->user = dim_user_ref(user);
    login->store = dim_store_ref(store);
    /* How I am called in my own conversation windows. */
    purple_connection_set_display_name(login->gc, shown);
    open_session(login);
}

/* People need the folder to put a backup into, also when they log in again after the file was kept aside. */
static void
fail_store(DimLogin *login, const char *path, const GError *error)
{
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *aside = dim_store_kept_aside(path);
    g_autofree char *text =
        g_strdup_printf(_("The files of this identity in the folder %s cannot be used: %s"),
                        folder, error->message);
    g_autofree char *more = NULL;

    if (aside != NULL && strstr(error->message, aside) == NULL)
        more = g_strdup_printf(_("%s. The damaged file was kept there as “%s”"), text, aside);
    fail(login, PURPLE_CONNECTION_ERROR_OTHER_ERROR, more != NULL ? more : text);
}

/* TRUE if another account of this program is logging in, or logged in, with this store: waiting would not help. */
static gboolean
is_used_here(const DimLogin *login, const char *path)
{
    for (GList *each = purple_connections_get_all(); each != NULL; each = each->next) {
        PurpleConnection *gc = each->data;
        const DimLogin *other = NULL;

        if (purple_connection_get_prpl(gc) == purple_connection_get_prpl(login->gc))
            other = dim_bridge_login(gc);
        if (other != NULL && other->account != login->account && other->store != NULL
            && strcmp(dim_store_path(other->store), path) == 0)
            return TRUE;
    }
    return FALSE;
}

static void
load_identity(DimLogin *login, const char *path)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DimStore) store =
        dim_user_was_kept_aside(path, &error) ? NULL : dim_store_open(path, &error);
    g_autoptr(DimUser) user = store == NULL ? NULL : dim_user_load(store, &error);

    if (user == NULL && g_error_matches(error, DIM_ERROR, DIM_ERROR_STORAGE))
        fail_store(login, path, error);
    else if (g_error_matches(error, DIM_ERROR, DIM_ERROR_BUSY) && is_used_here(login, path))
        fail(login, PURPLE_CONNECTION_ERROR_OTHER_ERROR,
             _("Another account of this program is using this identity right now."));
    else if (user == NULL)
        dim_signon_fail(login, error);
    else
        take_identity(login, user, store);
}

/* A new identity for a bare nick: the account keeps the name that the person typed. */
static void
made(DimLogin *login, DimUser *user, DimStore *store, const GError *failure)
{
    const char *nick = purple_account_get_username(login->account);
    g_autofree char *folder = dim_signon_folder();
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;

    if (user == NULL) {
        dim_signon_fail(login, failure);
        return;
    }
    if (!dim_accounts_bind(folder, nick, dim_user_id(user), &error)) {
        dim_signon_fail(login, error);
        return;
    }
    text = g_strdup_printf(
        _("A new DIM identity was made for “%s”. Your ID, to give to others:"), nick);
    dim_bridge_tell_for_good(login, _("Your new DIM identity"), text,
                             dim_id_text(dim_user_id(user)));
    take_identity(login, user, store);
}

static void
imported(DimLogin *login, DimUser *user, DimStore *store, const GError *failure)
{
    if (user == NULL)
        dim_signon_fail(login, failure);
    else
        take_identity(login, user, store);
}

static void
without_identity(DimLogin *login, const char *name)
{
    g_autoptr(DimId) id = dim_bridge_person(name, NULL);
    g_autoptr(GError) error = NULL;

    if (id == NULL && dim_making_takes(name, &error)) {
        purple_connection_update_progress(login->gc, _("Making a new identity"), 0, 4);
        dim_making_start(login, name, made);
        return;
    }
    if (id == NULL) {
        dim_signon_fail(login, error);
        return;
    }
    purple_connection_update_progress(login->gc, _("Importing an identity"), 0, 4);
    dim_carry_import_for(login, id, imported);
}

void
dim_signon(PurpleAccount *account)
{
    DimLogin *login = dim_signon_new(account);
    const char *name = purple_account_get_username(account);
    g_autoptr(DimId) id = dim_bridge_person(name, NULL);
    g_autofree char *folder = dim_signon_folder();
    g_autofree char *path = NULL;
    g_autoptr(GError) error = NULL;

    /* Our texts are plain: no fonts, colours or pictures to offer. */
    login->gc->flags |= PURPLE_CONNECTION_NO_BGCOLOR | PURPLE_CONNECTION_NO_FONTSIZE
                        | PURPLE_CONNECTION_NO_URLDESC | PURPLE_CONNECTION_NO_IMAGES;
    path = dim_accounts_find(folder, id != NULL ? dim_bridge_bare(name) : name, &error);
    if (error != NULL)
        dim_signon_fail(login, error);
    else if (path != NULL)
        load_identity(login, path);
    else
        without_identity(login, name);
}

void
dim_signoff(PurpleConnection *gc)
{
    DimLogin *login = dim_bridge_login(gc);

    if (login == NULL)
        return;
    purple_connection_set_protocol_data(gc, NULL);
    login->over = TRUE;
    g_clear_pointer(&login->making, dim_making_cancel);
    if (login->session != NULL)
        dim_session_close(login->session);
    g_clear_pointer(&login->session, dim_session_unref);
    g_clear_pointer(&login->user, dim_user_unref);
    g_clear_pointer(&login->store, dim_store_unref);
    dim_ask_clear(login);
    dim_carry_clear(login);
    purple_notify_close_with_handle(gc);
    dim_im_clear(login);
    g_free(login->last_notice);
    g_free(login);
}
