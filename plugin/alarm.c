/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Failed logins where the host itself shows too little of them. */
#include "plugin/alarm.h"

static GHashTable
    *alarmed; /* (nullable) the PurpleAccounts whose person knows that they cannot log in */

static void
forget(PurpleAccount *account)
{
    if (alarmed != NULL)
        g_hash_table_remove(alarmed, account);
}

/* Also called before an account is deleted. */
static void
on_disabled(PurpleAccount *account, G_GNUC_UNUSED gpointer data)
{
    forget(account);
}

/* Not when the plugin is loaded: libpurple has no such signal yet. */
static void
listen(PurplePlugin *plugin)
{
    alarmed = g_hash_table_new(NULL, NULL);
    purple_signal_connect(purple_accounts_get_handle(), "account-disabled", plugin,
                          PURPLE_CALLBACK(on_disabled), NULL);
}

void
dim_alarm_unregister(void)
{
    /* libpurple itself ends the signals of a plugin that goes; when the program ends, that one is gone before us. */
    g_clear_pointer(&alarmed, g_hash_table_unref);
}

static void
show(const DimLogin *login, const char *text)
{
    g_autofree char *title =
        g_strdup_printf(_("%s cannot log in"), purple_account_get_username(login->account));

    /* The plugin's, for the connection ends. */
    purple_notify_error(purple_connection_get_prpl(login->gc), _("DIM"), title, text);
}

/* A line that falls is mended by the host mostly; a login that fails is tried again and again. */
static gboolean
is_news(const DimLogin *login)
{
    if (purple_connection_get_state(login->gc) == PURPLE_CONNECTED)
        return FALSE;
    if (alarmed == NULL)
        listen(purple_connection_get_prpl(login->gc));
    return g_hash_table_add(alarmed, login->account);
}

void
dim_alarm_failed(DimLogin *login, PurpleConnectionError reason, const char *text)
{
    const char *host = purple_core_get_ui();

    if (purple_connection_error_is_fatal(reason)) {
        /* Pidgin cuts paths and IDs in the narrow box where it shows errors, and nothing there can be copied. */
        if (g_strcmp0(host, "gtk-gaim") == 0)
            show(login, text);
        return;
    }
    /* Finch shows nothing of an error after which it tries again. */
    if (g_strcmp0(host, "gnt-purple") == 0 && is_news(login))
        show(login, text);
}

void
dim_alarm_online(const DimLogin *login)
{
    forget(login->account);
}
