/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The libpurple ui ops of the headless host: everything that a window would show becomes an event. */
#include <string.h>

#include "tests/hosts/headless.h"

static const struct {
    PurpleMessageFlags flag;
    const char *name;
} message_flags[] = {
    { PURPLE_MESSAGE_SEND, "send" },
    { PURPLE_MESSAGE_RECV, "recv" },
    { PURPLE_MESSAGE_SYSTEM, "system" },
    { PURPLE_MESSAGE_AUTO_RESP, "auto-resp" },
    { PURPLE_MESSAGE_ERROR, "error" },
    { PURPLE_MESSAGE_DELAYED, "delayed" },
    { PURPLE_MESSAGE_RAW, "raw" },
    { PURPLE_MESSAGE_NO_LOG, "no-log" },
    { PURPLE_MESSAGE_NO_LINKIFY, "no-linkify" },
    { PURPLE_MESSAGE_REMOTE_SEND, "remote-send" },
};

static void
write_conv(PurpleConversation *conv,
           const char *who,
           G_GNUC_UNUSED const char *alias,
           const char *message,
           PurpleMessageFlags flags,
           time_t when)
{
    JsonBuilder *event = headless_event("msg");
    g_autofree char *text = headless_plain(message);

    headless_text(event, "conv", purple_conversation_get_name(conv));
    headless_text(event, "title", purple_conversation_get_title(conv));
    headless_text(event, "who", who);
    json_builder_set_member_name(event, "flags");
    json_builder_begin_array(event);
    for (gsize i = 0; i < G_N_ELEMENTS(message_flags); i++)
        if (flags & message_flags[i].flag)
            json_builder_add_string_value(event, message_flags[i].name);
    json_builder_end_array(event);
    headless_number(event, "time", when);
    headless_text(event, "html", message);
    headless_text(event, "text", text);
    json_builder_set_member_name(event, "seen");
    json_builder_add_double_value(event, (double)g_get_real_time() / G_USEC_PER_SEC);
    headless_done(event);
}

static void
connect_progress(G_GNUC_UNUSED PurpleConnection *gc,
                 const char *text,
                 size_t step,
                 G_GNUC_UNUSED size_t step_count)
{
    JsonBuilder *event = headless_event("progress");

    headless_text(event, "text", text);
    headless_number(event, "step", (gint64)step);
    headless_done(event);
}

/* The plugin's own word for the ID behind an account, for front ends and other plugins. */
static const char *
identity_of(PurpleAccount *account)
{
    PurplePlugin *prpl = purple_find_prpl(HEADLESS_PRPL);
    gboolean ok = FALSE;
    const char *id =
        prpl == NULL ? NULL : purple_plugin_ipc_call(prpl, "identity", &ok, account);

    return ok ? id : NULL;
}

static void
connected(PurpleConnection *gc)
{
    JsonBuilder *event = headless_event("connected");
    PurpleAccount *account = purple_connection_get_account(gc);

    headless_text(event, "account", purple_account_get_username(account));
    headless_text(event, "id", identity_of(account));
    headless_done(event);
}

static void
disconnected(G_GNUC_UNUSED PurpleConnection *gc)
{
    headless_done(headless_event("disconnected"));
}

static void
report_disconnect(G_GNUC_UNUSED PurpleConnection *gc,
                  PurpleConnectionError why,
                  const char *text)
{
    JsonBuilder *event = headless_event("error");

    headless_number(event, "reason", why);
    headless_flag(event, "fatal", purple_connection_error_is_fatal(why));
    headless_text(event, "text", text);
    headless_done(event);
}

static void
tell_notice(const char *title, const char *primary, const char *secondary)
{
    JsonBuilder *event = headless_event("notice");

    headless_text(event, "title", title);
    headless_text(event, "primary", primary);
    headless_text(event, "secondary", secondary);
    headless_done(event);
}

static void
connection_notice(G_GNUC_UNUSED PurpleConnection *gc, const char *text)
{
    tell_notice("connection", text, NULL);
}

static void *
notify_message(G_GNUC_UNUSED PurpleNotifyMsgType type,
               const char *title,
               const char *primary,
               const char *secondary)
{
    tell_notice(title, primary, secondary);
    return g_strdup(primary == NULL ? "" : primary); /* the window */
}

static void
close_notify(G_GNUC_UNUSED PurpleNotifyType type, void *window)
{
    JsonBuilder *event = headless_event("notice-closed");

    headless_text(event, "primary", window);
    headless_done(event);
    g_free(window);
}

static void *
notify_userinfo(G_GNUC_UNUSED PurpleConnection *gc, const char *who, PurpleNotifyUserInfo *info)
{
    JsonBuilder *event = headless_event("userinfo");
    g_autofree char *html = purple_notify_user_info_get_text_with_newline(info, "\n");
    g_autofree char *text = headless_plain(html);

    headless_text(event, "who", who);
    headless_text(event, "text", text);
    headless_done(event);
    return NULL;
}

void
headless_tell_buddy(PurpleBuddy *buddy)
{
    JsonBuilder *event = headless_event("buddy");

    headless_text(event, "who", purple_buddy_get_name(buddy));
    headless_text(event, "alias", purple_buddy_get_alias(buddy));
    headless_flag(event, "online", PURPLE_BUDDY_IS_ONLINE(buddy));
    headless_done(event);
}

/* libpurple updates a node for many reasons; an event is told only when what it says has changed. */
static void
blist_update(G_GNUC_UNUSED PurpleBuddyList *list, PurpleBlistNode *node)
{
    PurpleBuddy *buddy = NULL;
    g_autofree char *now = NULL;

    if (node == NULL || !PURPLE_BLIST_NODE_IS_BUDDY(node))
        return;
    buddy = PURPLE_BUDDY(node);
    now = g_strdup_printf("%s\n%s\n%d", purple_buddy_get_name(buddy),
                          purple_buddy_get_alias(buddy), PURPLE_BUDDY_IS_ONLINE(buddy));
    if (g_strcmp0(node->ui_data, now) == 0)
        return;
    g_free(node->ui_data);
    node->ui_data = g_steal_pointer(&now);
    headless_tell_buddy(buddy);
}

static void
blist_remove(G_GNUC_UNUSED PurpleBuddyList *list, PurpleBlistNode *node)
{
    if (PURPLE_BLIST_NODE_IS_BUDDY(node)) {
        JsonBuilder *event = headless_event("buddy-removed");

        headless_text(event, "who", purple_buddy_get_name(PURPLE_BUDDY(node)));
        headless_done(event);
    }
    g_clear_pointer(&node->ui_data, g_free);
}

extern PurpleRequestUiOps headless_request_ops;
extern PurpleAccountUiOps headless_account_ops;

static void
present(PurpleConversation *conv)
{
    JsonBuilder *event = headless_event("opened");

    headless_text(event, "conv", purple_conversation_get_name(conv));
    headless_done(event);
}

static PurpleConversationUiOps conversation_ops = { .write_conv = write_conv,
                                                    .present = present };
static PurpleConnectionUiOps connection_ops = {
    .connect_progress = connect_progress,
    .connected = connected,
    .disconnected = disconnected,
    .notice = connection_notice,
    .report_disconnect_reason = report_disconnect,
};
static PurpleNotifyUiOps notify_ops = {
    .notify_message = notify_message,
    .notify_userinfo = notify_userinfo,
    .close_notify = close_notify,
};
static PurpleBlistUiOps blist_ops = { .update = blist_update, .remove = blist_remove };

/* libpurple's own debug goes to stdout, which belongs to the events. */
static void
print_debug(PurpleDebugLevel level, const char *category, const char *text)
{
    if (level > PURPLE_DEBUG_MISC)
        g_printerr("(%s) %s", category, text);
}

static gboolean
debug_enabled(G_GNUC_UNUSED PurpleDebugLevel level, G_GNUC_UNUSED const char *category)
{
    return g_getenv("DIM_HEADLESS_DEBUG") != NULL;
}

static PurpleDebugUiOps debug_ops = { .print = print_debug, .is_enabled = debug_enabled };

static void
ui_init(void)
{
    purple_conversations_set_ui_ops(&conversation_ops);
    purple_connections_set_ui_ops(&connection_ops);
    purple_notify_set_ui_ops(&notify_ops);
    if (g_strcmp0(purple_core_get_ui(), "BitlBee") == 0)
        headless_drop_dialogs();
    purple_request_set_ui_ops(&headless_request_ops);
    purple_accounts_set_ui_ops(&headless_account_ops);
    purple_blist_set_ui_ops(&blist_ops);
}

void
headless_set_ui_ops(void)
{
    static PurpleCoreUiOps core_ops = { .ui_init = ui_init };

    purple_debug_set_ui_ops(&debug_ops);
    purple_core_set_ui_ops(&core_ops);
}
