/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Links of the form dim:ID, which the desktop hands to the host (data/purple-dim-open). */
#include "plugin/links.h"

#include <string.h>

#include "plugin/views/bridge.h"

/* (nullable) The first account of ours that is online. */
static PurpleAccount *
account_online(void)
{
    for (GList *each = purple_connections_get_all(); each != NULL; each = each->next) {
        PurpleAccount *account = purple_connection_get_account(each->data);

        if (strcmp(purple_account_get_protocol_id(account), DIM_PRPL_ID) == 0
            && purple_account_is_connected(account))
            return account;
    }
    return NULL;
}

/* TRUE: it was ours. */
static gboolean
on_link(const char *protocol,
        const char *command,
        G_GNUC_UNUSED GHashTable *parameters,
        gpointer handle)
{
    g_autofree char *text = NULL;
    g_autoptr(DimId) id = NULL;
    g_autoptr(GError) error = NULL;
    PurpleAccount *account = account_online();

    if (g_ascii_strcasecmp(protocol, "dim") != 0)
        return FALSE;
    while (command != NULL && *command == '/') /* dim://ID */
        command++;
    text = g_uri_unescape_string(command != NULL ? command : "", NULL);
    id = dim_bridge_person(text != NULL ? text : "", &error);
    if (id == NULL)
        purple_notify_error(handle, _("DIM"), _("This link names nobody"), error->message);
    else if (account == NULL)
        purple_notify_error(handle, _("DIM"), _("No DIM account is online"),
                            _("Log in first, then open the link again."));
    else
        purple_conversation_present(
            purple_conversation_new(PURPLE_CONV_TYPE_IM, account, dim_id_text(id)));
    return TRUE;
}

void
dim_links_register(void *handle)
{
    purple_signal_connect(purple_get_core(), "uri-handler", handle, PURPLE_CALLBACK(on_link),
                          handle);
}

void
dim_links_unregister(void *handle)
{
    purple_signals_disconnect_by_handle(handle);
}
