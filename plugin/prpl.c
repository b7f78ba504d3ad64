/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What libpurple asks of us: the table of callbacks, and loading and unloading. */
#include <libintl.h>

#include "plugin/alarm.h"
#include "plugin/carrying.h"
#include "plugin/debug.h"
#include "plugin/enrol.h"
#include "plugin/links.h"
#include "plugin/nickname.h"
#include "plugin/options.h"
#include "plugin/signon.h"
#include "plugin/verbs.h"
#include "plugin/views/im.h"
#include "plugin/views/profile.h"
#include "plugin/views/roster.h"

static PurplePluginProtocolInfo protocol;

static const char *
list_icon(G_GNUC_UNUSED PurpleAccount *account, G_GNUC_UNUSED PurpleBuddy *buddy)
{
    return "dim";
}

static GList *
status_types(G_GNUC_UNUSED PurpleAccount *account)
{
    GList *types = NULL;

    types = g_list_append(
        types, purple_status_type_new(PURPLE_STATUS_AVAILABLE, "available", NULL, TRUE));
    types =
        g_list_append(types, purple_status_type_new(PURPLE_STATUS_AWAY, "away", NULL, TRUE));
    types = g_list_append(types,
                          purple_status_type_new(PURPLE_STATUS_OFFLINE, "offline", NULL, TRUE));
    return types;
}

/* The network keeps messages for whoever is away. */
static gboolean
offline_message(G_GNUC_UNUSED const PurpleBuddy *buddy)
{
    return TRUE;
}

static GHashTable *
account_texts(G_GNUC_UNUSED PurpleAccount *account)
{
    GHashTable *texts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);

    g_hash_table_insert(texts, g_strdup("login_label"), g_strdup(_("Nickname or DIM ID")));
    return texts;
}

static void
show_id(PurplePluginAction *action)
{
    PurpleConnection *gc = action->context;
    DimLogin *login = dim_bridge_login(gc);

    if (login == NULL || login->user == NULL)
        return;
    purple_notify_info(gc, _("My ID"), _("Your DIM ID, to give to others"),
                       dim_id_text(dim_user_id(login->user)));
}

static GList *
actions(G_GNUC_UNUSED PurplePlugin *plugin, G_GNUC_UNUSED gpointer context)
{
    GList *list = g_list_append(NULL, purple_plugin_action_new(_("Show my ID"), show_id));

    list =
        g_list_append(list, purple_plugin_action_new(_("Set Nickname..."), dim_nickname_ask));
    list = g_list_append(list, purple_plugin_action_new(_("Export Identity and Contacts..."),
                                                        dim_carry_export_ask));
    return g_list_append(list, purple_plugin_action_new(_("Import Identity or Contacts..."),
                                                        dim_carry_import_ask));
}

/* libpurple frees the options when the plugin is unloaded, so each loading makes them anew. */
static gboolean
load(PurplePlugin *plugin)
{
    if (protocol.protocol_options == NULL)
        protocol.protocol_options = dim_options_new();
    dim_debug_register();
    dim_verbs_register();
    dim_links_register(plugin);
    purple_plugin_ipc_register(plugin, "identity", PURPLE_CALLBACK(dim_bridge_identity),
                               purple_marshal_POINTER__POINTER,
                               purple_value_new(PURPLE_TYPE_STRING), 1,
                               purple_value_new(PURPLE_TYPE_SUBTYPE, PURPLE_SUBTYPE_ACCOUNT));
    return TRUE;
}

static gboolean
unload(PurplePlugin *plugin)
{
    g_autoptr(GList) connections = g_list_copy(purple_connections_get_all());

    for (GList *each = connections; each != NULL; each = each->next)
        if (purple_connection_get_prpl(each->data) == plugin)
            purple_account_disconnect(purple_connection_get_account(each->data));
    dim_register_unload();
    dim_links_unregister(plugin);
    dim_verbs_unregister();
    dim_debug_unregister();
    dim_alarm_unregister();
    purple_plugin_ipc_unregister_all(plugin);
    return TRUE;
}

static PurplePluginProtocolInfo protocol = {
    .options = OPT_PROTO_NO_PASSWORD | OPT_PROTO_REGISTER_NOSCREENNAME,
    .icon_spec = NO_BUDDY_ICONS,
    .list_icon = list_icon,
    .tooltip_text = dim_profile_tooltip,
    .status_types = status_types,
    .login = dim_signon,
    .close = dim_signoff,
    .send_im = dim_im_send,
    .get_info = dim_profile_show,
    .add_buddy = dim_roster_add,
    .remove_buddy = dim_roster_remove,
    .alias_buddy = dim_roster_alias,
    .add_deny = dim_roster_deny,
    .rem_deny = dim_roster_allow,
    .register_user = dim_register_user,
    .normalize = dim_bridge_normalize,
    .offline_message = offline_message,
    .get_account_text_table = account_texts,
    .set_public_alias = dim_nickname_set,
    .get_public_alias = dim_nickname_get,
    .struct_size = sizeof(PurplePluginProtocolInfo),
};

static PurplePluginInfo plugin_info = {
    .magic = PURPLE_PLUGIN_MAGIC,
    .major_version = PURPLE_MAJOR_VERSION,
    .minor_version = 14,
    .type = PURPLE_PLUGIN_PROTOCOL,
    .priority = PURPLE_PRIORITY_DEFAULT,
    .id = (char *)DIM_PRPL_ID,
    .name = (char *)"DIM",
    .version = (char *)DIM_VERSION,
    .load = load,
    .unload = unload,
    .extra_info = &protocol,
    .actions = actions,
};

G_MODULE_EXPORT gboolean purple_init_plugin(PurplePlugin *plugin);

/* The one door through which libpurple comes in. */
G_MODULE_EXPORT gboolean
purple_init_plugin(PurplePlugin *plugin)
{
    bindtextdomain(GETTEXT_PACKAGE, DIM_LOCALE_DIR);
    bind_textdomain_codeset(GETTEXT_PACKAGE, "UTF-8");
    plugin_info.summary = g_strdup(_("Encrypted instant messaging on the DIM network"));
    plugin_info.description = plugin_info.summary;
    plugin->info = &plugin_info;
    return purple_plugin_register(plugin);
}
