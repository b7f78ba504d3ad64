/* SPDX-License-Identifier: GPL-2.0-or-later */
/* New identities: keys made off the main thread, for "Create this new account on the server" and for first logins. */
#include "plugin/enrol.h"

#include <string.h>
#include <sys/utsname.h>

#include "plugin/options.h"
#include "plugin/signon.h"

/* Outlives its login if need be: the worker answers once, also when it was cancelled. */
struct _DimMaking {
    DimLogin *login; /* NULL: cancelled */
    GCancellable *cancellable;
    DimMade made;
};

static GSList *to_enable; /* of PurpleAccount: registered, to be enabled from the main loop */
static guint enable_timer;

static void
on_made(G_GNUC_UNUSED GObject *source, GAsyncResult *result, gpointer data)
{
    DimMaking *making = data;
    g_autoptr(DimStore) store = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(DimUser) user = dim_user_register_finish(result, &store, &error);

    if (making->login != NULL) {
        DimLogin *login = making->login;

        login->making = NULL;
        making->made(login, user, store, error);
    }
    g_object_unref(making->cancellable);
    g_free(making);
}

/* The name part of an ID made from a nickname. New string, never empty. */
static char *
seed_of(const char *nick)
{
    GString *seed = g_string_new(NULL);

    for (const char *at = nick; *at != '\0' && seed->len < 20; at++)
        if (g_ascii_isalnum(*at) || *at == '-' || *at == '_' || *at == '.')
            g_string_append_c(seed, *at);
    if (seed->len == 0)
        g_string_append(seed, "user");
    return g_string_free(seed, FALSE);
}

gboolean
dim_making_takes(const char *nick, GError **error)
{
    g_autoptr(GError) why = NULL;
    g_autoptr(DimId) id = dim_bridge_person(nick, &why);

    if (id != NULL || g_error_matches(why, DIM_ERROR, DIM_ERROR_NOT_ALLOWED))
        g_set_error(error, DIM_ERROR, DIM_ERROR_NOT_ALLOWED,
                    _("“%s” is an ID already. A new identity needs a nickname as its name."),
                    nick);
    else if (strchr(nick, '@') != NULL || g_ascii_strncasecmp(nick, "0x", 2) == 0
             || g_ascii_strncasecmp(nick, "dim:", 4) == 0)
        g_set_error(error, DIM_ERROR, DIM_ERROR_NOT_ALLOWED,
                    _("“%.100s” is not a DIM ID: a character is wrong or missing. It is no "
                      "nickname for a new identity either: that has no @ and does not begin "
                      "with 0x."),
                    nick);
    else
        return TRUE;
    return FALSE;
}

/* What the visa says I write with, as other clients say it of themselves (protocol §3.2). No versions: they would be
 * out of date with the next program, and help nobody but who looks for old ones. New reference. */
static JsonObject *
program(void)
{
    JsonObject *properties = json_object_new();
    JsonObject *app = json_object_new();
    JsonObject *sys = json_object_new();
    struct utsname machine;

    json_object_set_string_member(app, "id", "purple-dim");
    json_object_set_string_member(app, "name", "purple-dim");
    json_object_set_object_member(properties, "app", app);
    json_object_set_string_member(sys, "os",
                                  uname(&machine) == 0 ? machine.sysname : "unknown");
    json_object_set_object_member(properties, "sys", sys);
    return properties;
}

void
dim_making_start(DimLogin *login, const char *nick, DimMade made)
{
    DimMaking *making = g_new0(DimMaking, 1);
    const char *kind = dim_options_text(login->account, DIM_OPTION_IDENTITY);
    g_autofree char *folder = dim_signon_folder();
    g_autofree char *seed = seed_of(nick);
    g_autoptr(JsonObject) properties = program();
    DimRegisterOptions options = {
        .kind = DIM_META_ETH,
        .identity_key = DIM_KEY_ECC,
        .visa_bits = (guint)dim_options_number(login->account, DIM_OPTION_KEY_BITS),
        .nickname = *nick == '\0' ? NULL : nick,
        .properties = properties,
    };

    if (g_str_has_prefix(kind, "mkm")) {
        options.kind = DIM_META_MKM;
        options.seed = seed;
        options.identity_key = strcmp(kind, "mkm-rsa") == 0 ? DIM_KEY_RSA : DIM_KEY_ECC;
    } else if (strcmp(kind, "btc") == 0) {
        options.kind = DIM_META_BTC;
    }
    making->login = login;
    making->made = made;
    making->cancellable = g_cancellable_new();
    login->making = making;
    dim_user_register_async(folder, &options, making->cancellable, on_made, making);
}

void
dim_making_cancel(DimMaking *making)
{
    making->login = NULL;
    g_cancellable_cancel(making->cancellable);
}

static gboolean
enable_accounts(G_GNUC_UNUSED gpointer data)
{
    GSList *accounts = g_steal_pointer(&to_enable);

    enable_timer = 0;
    for (GSList *each = accounts; each != NULL; each = each->next) {
        PurpleAccount *account = each->data;

        if (g_list_find(purple_accounts_get_all(), account) == NULL)
            continue; /* removed meanwhile */
        if (!purple_presence_is_online(purple_account_get_presence(account)))
            purple_savedstatus_activate_for_account(purple_savedstatus_get_current(), account);
        purple_account_set_enabled(account, purple_core_get_ui(), TRUE);
    }
    g_slist_free(accounts);
    return G_SOURCE_REMOVE;
}

void
dim_register_unload(void)
{
    g_clear_pointer(&to_enable, g_slist_free);
    if (enable_timer != 0)
        purple_timeout_remove(enable_timer);
    enable_timer = 0;
}

/* The list of accounts goes on showing the nickname until it is opened anew, so the ID would be seen nowhere. */
static void
tell_identity(DimLogin *login, DimUser *user)
{
    PurpleAccount *account = login->account;
    g_autofree char *nick = dim_bridge_words(login, purple_account_get_username(account));
    const char *id = dim_id_text(dim_user_id(user));
    g_autofree char *text =
        *nick == '\0' ? g_strdup_printf(_("A new DIM identity was made. Your ID, to give to "
                                          "others:\n%s"),
                                        id)
                      : g_strdup_printf(_("A new DIM identity was made for “%s”. Your ID, to "
                                          "give to others:\n%s"),
                                        nick, id);

    /* The plugin's, not the connection's: that one ends now. */
    purple_notify_info(purple_connection_get_prpl(login->gc), _("Your new DIM identity"),
                       _("Your new DIM identity"), text);
}

/* Neither Pidgin nor Finch enables an account that it has registered: a new user would see nothing happen. */
static void
registered(DimLogin *login, DimUser *user, G_GNUC_UNUSED DimStore *store, const GError *error)
{
    PurpleAccount *account = login->account;

    if (user == NULL) {
        if (account->registration_cb != NULL)
            account->registration_cb(account, FALSE, account->registration_cb_user_data);
        dim_signon_fail(login, error);
        return;
    }
    tell_identity(login, user);
    purple_account_set_username(account, dim_id_text(dim_user_id(user)));
    login->over = TRUE;
    if (account->registration_cb != NULL)
        account->registration_cb(account, TRUE, account->registration_cb_user_data);
    purple_account_disconnect(account);
    to_enable = g_slist_append(to_enable, account);
    if (enable_timer == 0)
        enable_timer = purple_timeout_add(0, enable_accounts, NULL);
}

void
dim_register_user(PurpleAccount *account)
{
    DimLogin *login = dim_signon_new(account);
    g_autofree char *nick = g_strstrip(g_strdup(purple_account_get_username(account)));
    g_autoptr(GError) error = NULL;

    /* libpurple presets this and would then not disconnect an account that is deleted meanwhile, but free it. */
    login->gc->wants_to_die = FALSE;
    purple_connection_update_progress(login->gc, _("Making a new identity"), 0, 2);
    if (dim_making_takes(nick, &error))
        dim_making_start(login, nick, registered);
    else
        registered(login, NULL, NULL, error);
}
