/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Failed logins and fallen lines where the host itself shows too little of them. */
#include "plugin/alarm.h"

typedef struct {
    char *text;
    void *window; /* (nullable) libpurple's, until it is closed by whomever */
} Alarm;

static GHashTable *alarms; /* (nullable) PurpleAccount -> what its person was told last */

static void
on_closed(gpointer data)
{
    Alarm *alarm = data;

    alarm->window = NULL;
}

static void
alarm_free(gpointer data)
{
    Alarm *alarm = data;

    if (alarm->window != NULL)
        purple_notify_close(PURPLE_NOTIFY_MESSAGE, alarm->window);
    g_free(alarm->text);
    g_free(alarm);
}

static void
forget(PurpleAccount *account)
{
    if (alarms != NULL)
        g_hash_table_remove(alarms, account);
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
    alarms = g_hash_table_new_full(NULL, NULL, NULL, alarm_free);
    purple_signal_connect(purple_accounts_get_handle(), "account-disabled", plugin,
                          PURPLE_CALLBACK(on_disabled), NULL);
}

void
dim_alarm_unregister(void)
{
    /* libpurple itself ends the signals of a plugin that goes; when the program ends, that one is gone before us. */
    g_clear_pointer(&alarms, g_hash_table_unref);
}

/* (nullable) the window. on_closed, alarm: NULL if nobody wants to know. */
static void *
show(const DimLogin *login, const char *text, Alarm *alarm)
{
    gboolean fell = purple_connection_get_state(login->gc) == PURPLE_CONNECTED;
    g_autofree char *title =
        g_strdup_printf(fell ? _("%s was disconnected") : _("%s cannot log in"),
                        purple_account_get_username(login->account));

    /* The plugin's, for the connection ends. */
    return purple_notify_message(purple_connection_get_prpl(login->gc), PURPLE_NOTIFY_MSG_ERROR,
                                 title, title, text, alarm != NULL ? on_closed : NULL, alarm);
}

/* A host that tries again and again would say the same again and again: only another sentence is news, and takes the
 * place of the one before. */
static void
show_news(const DimLogin *login, const char *text)
{
    Alarm *alarm;

    if (alarms == NULL)
        listen(purple_connection_get_prpl(login->gc));
    alarm = g_hash_table_lookup(alarms, login->account);
    if (alarm != NULL && g_strcmp0(alarm->text, text) == 0)
        return;
    alarm = g_new0(Alarm, 1);
    alarm->text = g_strdup(text);
    g_hash_table_replace(alarms, login->account, alarm);
    alarm->window = show(login, text, alarm);
}

void
dim_alarm_failed(DimLogin *login, PurpleConnectionError reason, const char *text)
{
    const char *host = purple_core_get_ui();

    if (purple_connection_error_is_fatal(reason)) {
        /* Pidgin cuts paths and IDs in the narrow box where it shows errors, and nothing there can be copied. */
        if (g_strcmp0(host, "gtk-gaim") == 0)
            show(login, text, NULL);
        return;
    }
    /* Finch shows nothing of an error after which it tries again, which is one to ten minutes later. */
    if (g_strcmp0(host, "gnt-purple") == 0)
        show_news(login, text);
}

void
dim_alarm_online(const DimLogin *login)
{
    forget(login->account);
}
