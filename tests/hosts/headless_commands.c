/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The commands of the headless host: what a person would do with mouse and keyboard, one JSON line each. */
#include <string.h>

#include "tests/hosts/headless.h"

static PurpleAccount *account;

PurpleAccount *
headless_account(void)
{
    return account;
}

/* What Pidgin does with a new account before it is enabled: it takes over the status of the day. */
static void
enable(void)
{
    purple_savedstatus_activate_for_account(purple_savedstatus_get_current(), account);
    purple_account_set_enabled(account, purple_core_get_ui(), TRUE);
}

static void
registered(PurpleAccount *about, gboolean ok, G_GNUC_UNUSED void *data)
{
    JsonBuilder *event = headless_event("registered");

    headless_flag(event, "ok", ok);
    headless_text(event, "account", purple_account_get_username(about));
    headless_done(event);
}

static void
do_register(JsonObject *line)
{
    const char *name = headless_member(line, "name");

    account = purple_account_new(name == NULL ? "" : name, HEADLESS_PRPL);
    purple_accounts_add(account);
    headless_set_options(line);
    purple_savedstatus_activate_for_account(purple_savedstatus_get_current(), account);
    purple_account_set_register_callback(account, registered, NULL);
    purple_account_register(account);
}

static void
do_login(JsonObject *line)
{
    const char *name = headless_member(line, "name");

    if (name != NULL) {
        account = purple_accounts_find(name, HEADLESS_PRPL);
        if (account == NULL) {
            account = purple_account_new(name, HEADLESS_PRPL);
            purple_accounts_add(account);
        }
    }
    if (account == NULL) {
        headless_complain("no such account", name);
        return;
    }
    headless_set_options(line);
    enable();
}

static void
do_logout(G_GNUC_UNUSED JsonObject *line)
{
    purple_account_set_enabled(account, purple_core_get_ui(), FALSE);
}

static void
do_enable(G_GNUC_UNUSED JsonObject *line)
{
    enable();
}

static void
do_remove(G_GNUC_UNUSED JsonObject *line)
{
    purple_accounts_delete(account);
    account = NULL;
}

static void
do_unload(G_GNUC_UNUSED JsonObject *line)
{
    JsonBuilder *event = NULL;
    gboolean ok = purple_plugin_unload(purple_find_prpl(HEADLESS_PRPL));

    event = headless_event("unloaded");
    headless_flag(event, "ok", ok);
    headless_done(event);
}

static void
do_load(G_GNUC_UNUSED JsonObject *line)
{
    PurplePlugin *plugin = purple_plugins_find_with_id(HEADLESS_PRPL);
    JsonBuilder *event = headless_event("loaded");

    headless_flag(event, "ok", plugin != NULL && purple_plugin_load(plugin));
    headless_done(event);
}

static PurpleConversation *
conversation_with(const char *who)
{
    PurpleConversation *conv =
        purple_find_conversation_with_account(PURPLE_CONV_TYPE_IM, who, account);

    return conv != NULL ? conv : purple_conversation_new(PURPLE_CONV_TYPE_IM, account, who);
}

static void
do_im(JsonObject *line)
{
    g_autofree char *html = headless_html(headless_member(line, "text"));

    purple_conv_im_send(PURPLE_CONV_IM(conversation_with(headless_member(line, "to"))), html);
}

static void
do_html(JsonObject *line)
{
    purple_conv_im_send(PURPLE_CONV_IM(conversation_with(headless_member(line, "to"))),
                        headless_member(line, "html"));
}

static void
do_cmd(JsonObject *line)
{
    PurpleConversation *conv = conversation_with(headless_member(line, "to"));
    const char *text = headless_member(line, "text");
    g_autofree char *failure = NULL;
    g_autofree char *html = NULL;
    PurpleCmdStatus status;
    JsonBuilder *event = NULL;

    text += text[0] == '/';
    html = headless_html(text);
    status = purple_cmd_do_command(conv, text, html, &failure);
    event = headless_event("command");
    headless_number(event, "status", status);
    headless_text(event, "error", failure);
    headless_done(event);
}

static void
do_close(JsonObject *line)
{
    purple_conversation_destroy(conversation_with(headless_member(line, "to")));
}

static void
do_add(JsonObject *line)
{
    PurpleBuddy *buddy = purple_buddy_new(account, headless_member(line, "who"), NULL);

    purple_blist_add_buddy(buddy, NULL, NULL, NULL);
    purple_account_add_buddy(account, buddy); /* may have removed it again */
}

static void
do_remove_buddy(JsonObject *line)
{
    PurpleBuddy *buddy = purple_find_buddy(account, headless_member(line, "who"));

    if (buddy == NULL) {
        headless_complain("no such buddy", headless_member(line, "who"));
        return;
    }
    purple_account_remove_buddy(account, buddy, purple_buddy_get_group(buddy));
    purple_blist_remove_buddy(buddy);
}

static void
do_alias(JsonObject *line)
{
    PurpleBuddy *buddy = purple_find_buddy(account, headless_member(line, "who"));

    if (buddy == NULL) {
        headless_complain("no such buddy", headless_member(line, "who"));
        return;
    }
    purple_blist_alias_buddy(buddy, headless_member(line, "alias"));
    serv_alias_buddy(buddy);
}

static void
do_buddies(G_GNUC_UNUSED JsonObject *line)
{
    GSList *buddies = purple_find_buddies(account, NULL);
    JsonBuilder *event = NULL;
    guint count = g_slist_length(buddies);

    for (GSList *each = buddies; each != NULL; each = each->next)
        headless_tell_buddy(each->data);
    g_slist_free(buddies);
    event = headless_event("buddies");
    headless_number(event, "count", count);
    headless_done(event);
}

static void
do_tooltip(JsonObject *line)
{
    PurpleBuddy *buddy = purple_find_buddy(account, headless_member(line, "who"));
    PurplePlugin *prpl = purple_find_prpl(HEADLESS_PRPL);
    PurpleNotifyUserInfo *info = NULL;
    g_autofree char *text = NULL;
    JsonBuilder *event = NULL;

    if (buddy == NULL || PURPLE_PLUGIN_PROTOCOL_INFO(prpl)->tooltip_text == NULL) {
        headless_complain("nothing to point at", headless_member(line, "who"));
        return;
    }
    info = purple_notify_user_info_new();
    PURPLE_PLUGIN_PROTOCOL_INFO(prpl)->tooltip_text(buddy, info, TRUE);
    text = purple_notify_user_info_get_text_with_newline(info, "\n");
    purple_notify_user_info_destroy(info);
    event = headless_event("tooltip");
    headless_text(event, "who", purple_buddy_get_name(buddy));
    headless_text(event, "text", text);
    headless_done(event);
}

static void
do_info(JsonObject *line)
{
    serv_get_info(purple_account_get_connection(account), headless_member(line, "who"));
}

static void
do_option(JsonObject *line)
{
    headless_set_option(headless_member(line, "name"), json_object_get_member(line, "value"));
}

static void
do_status(JsonObject *line)
{
    purple_account_set_status(account, headless_member(line, "id"), TRUE, NULL);
}

/* As "Block" and "Unblock" in the windows of Pidgin and Finch. */
static void
do_deny(JsonObject *line)
{
    purple_privacy_deny(account, headless_member(line, "who"), FALSE, FALSE);
}

static void
do_allow(JsonObject *line)
{
    purple_privacy_allow(account, headless_member(line, "who"), FALSE, FALSE);
}

/* As a desktop that opens a link. */
static void
do_link(JsonObject *line)
{
    purple_got_protocol_handler_uri(headless_member(line, "uri"));
}

static void
do_privacy(JsonObject *line)
{
    account->perm_deny = (PurplePrivacyType)json_object_get_int_member(line, "type");
}

/* Runs an entry of the account's own menu, found by its label. */
static void
do_action(JsonObject *line)
{
    PurplePlugin *prpl = purple_find_prpl(HEADLESS_PRPL);
    PurpleConnection *gc = purple_account_get_connection(account);
    GList *actions = PURPLE_PLUGIN_HAS_ACTIONS(prpl) ? PURPLE_PLUGIN_ACTIONS(prpl, gc) : NULL;
    gboolean found = FALSE;

    for (GList *each = actions; each != NULL; each = each->next) {
        PurplePluginAction *action = each->data;

        if (action != NULL && g_strcmp0(action->label, headless_member(line, "label")) == 0) {
            action->plugin = prpl;
            action->context = gc;
            action->callback(action);
            found = TRUE;
        }
        if (action != NULL)
            purple_plugin_action_free(action);
    }
    g_list_free(actions);
    if (!found)
        headless_complain("no such menu entry", headless_member(line, "label"));
}

/* Proves that a leak is found: one block is dropped on purpose. */
static void
do_leak(G_GNUC_UNUSED JsonObject *line)
{
    JsonBuilder *event = headless_event("leak");
    char *volatile dropped = g_strdup("dropped on purpose");

    dropped = NULL;
    (void)dropped;
#if defined(__SANITIZE_ADDRESS__)
    headless_flag(event, "sanitized", TRUE);
#else
    headless_flag(event, "sanitized", FALSE);
#endif
    headless_done(event);
}

static void
do_answer(JsonObject *line)
{
    headless_set_answer(json_object_get_boolean_member_with_default(line, "accept", TRUE),
                        headless_member(line, "typed"));
}

/* What a command cannot do without: an account, a live connection, members that are texts. */
enum {
    NEEDS_ACCOUNT = 1,
    NEEDS_LINE = 2
};

static const struct {
    const char *name;
    void (*run)(JsonObject *line);
    guint needs;
    const char *texts[2];
} commands[] = {
    { "register", do_register, 0, { NULL } },
    { "login", do_login, 0, { NULL } },
    { "logout", do_logout, NEEDS_ACCOUNT, { NULL } },
    { "enable", do_enable, NEEDS_ACCOUNT, { NULL } },
    { "remove", do_remove, NEEDS_ACCOUNT, { NULL } },
    { "unload", do_unload, 0, { NULL } },
    { "load", do_load, 0, { NULL } },
    { "im", do_im, NEEDS_ACCOUNT, { "to", "text" } },
    { "html", do_html, NEEDS_ACCOUNT, { "to", "html" } },
    { "cmd", do_cmd, NEEDS_ACCOUNT, { "to", "text" } },
    { "close", do_close, NEEDS_ACCOUNT, { "to" } },
    { "add", do_add, NEEDS_ACCOUNT, { "who" } },
    { "remove-buddy", do_remove_buddy, NEEDS_ACCOUNT, { "who" } },
    { "alias", do_alias, NEEDS_ACCOUNT, { "who", "alias" } },
    { "buddies", do_buddies, NEEDS_ACCOUNT, { NULL } },
    { "tooltip", do_tooltip, NEEDS_ACCOUNT, { "who" } },
    { "info", do_info, NEEDS_ACCOUNT | NEEDS_LINE, { "who" } },
    { "option", do_option, NEEDS_ACCOUNT, { "name" } },
    { "deny", do_deny, NEEDS_ACCOUNT, { "who" } },
    { "allow", do_allow, NEEDS_ACCOUNT, { "who" } },
    { "privacy", do_privacy, NEEDS_ACCOUNT, { NULL } },
    { "status", do_status, NEEDS_ACCOUNT, { "id" } },
    { "action", do_action, NEEDS_ACCOUNT | NEEDS_LINE, { "label" } },
    { "answer", do_answer, 0, { NULL } },
    { "filter", headless_filter, 0, { NULL } },
    { "link", do_link, 0, { "uri" } },
    { "leak", do_leak, 0, { NULL } },
};

static const char *
missing(JsonObject *line, guint row)
{
    if ((commands[row].needs & NEEDS_ACCOUNT) && account == NULL)
        return "no account yet";
    if ((commands[row].needs & NEEDS_LINE) && purple_account_get_connection(account) == NULL)
        return "not logged in";
    for (gsize i = 0; i < G_N_ELEMENTS(commands[row].texts); i++)
        if (commands[row].texts[i] != NULL
            && headless_member(line, commands[row].texts[i]) == NULL)
            return commands[row].texts[i];
    return NULL;
}

gboolean
headless_command(const char *text)
{
    g_autoptr(JsonNode) root = json_from_string(text, NULL);
    JsonObject *line =
        root != NULL && JSON_NODE_HOLDS_OBJECT(root) ? json_node_get_object(root) : NULL;
    const char *name = line == NULL ? NULL : headless_member(line, "do");

    if (g_strcmp0(name, "quit") == 0)
        return FALSE;
    for (guint row = 0; row < G_N_ELEMENTS(commands); row++)
        if (g_strcmp0(name, commands[row].name) == 0) {
            const char *lacks = missing(line, row);

            if (lacks != NULL)
                headless_complain(lacks, text);
            else
                commands[row].run(line);
            return TRUE;
        }
    headless_complain("unknown command", text);
    return TRUE;
}
