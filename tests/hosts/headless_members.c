/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Members of a command, and the account's options and proxy that a command may carry. */
#include <string.h>

#include "tests/hosts/headless.h"

const char *
headless_member(JsonObject *line, const char *name)
{
    JsonNode *node = json_object_get_member(line, name);

    return node != NULL && json_node_get_value_type(node) == G_TYPE_STRING
               ? json_node_get_string(node)
               : NULL;
}

void
headless_complain(const char *why, const char *what)
{
    JsonBuilder *event = headless_event("bad-command");

    headless_text(event, "why", why);
    headless_text(event, "what", what);
    headless_done(event);
}

void
headless_set_option(const char *name, JsonNode *value)
{
    GType type = value == NULL ? G_TYPE_INVALID : json_node_get_value_type(value);

    if (type == G_TYPE_STRING)
        purple_account_set_string(headless_account(), name, json_node_get_string(value));
    else if (type == G_TYPE_INT64)
        purple_account_set_int(headless_account(), name, (int)json_node_get_int(value));
    else if (type == G_TYPE_BOOLEAN)
        purple_account_set_bool(headless_account(), name, json_node_get_boolean(value));
    else
        headless_complain("an option is a text, a number or a truth", name);
}

/* "proxy" among the options is the account's proxy: {"type":"socks5","host":…,"port":…}. */
static void
set_proxy(JsonObject *given)
{
    static const struct {
        const char *name;
        PurpleProxyType type;
    } types[] = { { "none", PURPLE_PROXY_NONE },
                  { "http", PURPLE_PROXY_HTTP },
                  { "socks4", PURPLE_PROXY_SOCKS4 },
                  { "socks5", PURPLE_PROXY_SOCKS5 } };
    PurpleProxyInfo *proxy = purple_proxy_info_new();

    for (gsize i = 0; i < G_N_ELEMENTS(types); i++)
        if (g_strcmp0(headless_member(given, "type"), types[i].name) == 0)
            purple_proxy_info_set_type(proxy, types[i].type);
    purple_proxy_info_set_host(proxy, headless_member(given, "host"));
    purple_proxy_info_set_port(proxy,
                               (int)json_object_get_int_member_with_default(given, "port", 0));
    purple_account_set_proxy_info(headless_account(), proxy);
}

void
headless_set_options(JsonObject *line)
{
    JsonObject *options = NULL;
    g_autoptr(GList) names = NULL;

    if (!json_object_has_member(line, "options"))
        return;
    options = json_object_get_object_member(line, "options");
    if (options == NULL)
        return;
    names = json_object_get_members(options);
    for (GList *each = names; each != NULL; each = each->next) {
        JsonNode *value = json_object_get_member(options, each->data);

        if (strcmp(each->data, "proxy") == 0 && JSON_NODE_HOLDS_OBJECT(value))
            set_proxy(json_node_get_object(value));
        else
            headless_set_option(each->data, value);
    }
}
