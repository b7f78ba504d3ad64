/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PurpleConnection <-> DimSession, buddy name <-> DimId. */
#include "plugin/views/bridge.h"

#include <string.h>

#include "plugin/views/markup.h"

DimLogin *
dim_bridge_login(PurpleConnection *gc)
{
    return gc == NULL ? NULL : purple_connection_get_protocol_data(gc);
}

DimSession *
dim_bridge_session(PurpleConnection *gc)
{
    DimLogin *login = dim_bridge_login(gc);

    return login == NULL ? NULL : login->session;
}

const char *
dim_bridge_identity(PurpleAccount *account)
{
    DimLogin *login = dim_bridge_login(purple_account_get_connection(account));

    return login == NULL || login->user == NULL ? NULL : dim_id_text(dim_user_id(login->user));
}

const char *
dim_bridge_bare(const char *name)
{
    return g_ascii_strncasecmp(name, "dim:", 4) == 0 ? name + 4 : name;
}

DimId *
dim_bridge_person(const char *who, GError **error)
{
    g_autofree char *text = g_strstrip(g_strdup(who));
    const char *plain = dim_bridge_bare(text);
    g_autoptr(DimId) id = dim_id_from_person(plain, error);

    if (id == NULL)
        return NULL;
    if (dim_id_is_group(id) || dim_id_is_broadcast(id)) {
        g_set_error(error, DIM_ERROR, DIM_ERROR_NOT_ALLOWED,
                    _("“%.100s” is the ID of a group; groups do not work yet."), plain);
        return NULL;
    }
    return g_steal_pointer(&id);
}

const char *
dim_bridge_normalize(G_GNUC_UNUSED const PurpleAccount *account, const char *who)
{
    static char name[128 * 4 + 1]; /* an ID has 128 characters at most */
    g_autofree char *typed = NULL;
    g_autoptr(DimId) id = NULL;

    if (who == NULL)
        return who;
    typed = g_strstrip(g_strdup(who));
    id = dim_id_from_person(dim_bridge_bare(typed), NULL);
    if (id == NULL || strcmp(who, dim_id_text(id)) == 0)
        return who;
    g_strlcpy(name, dim_id_text(id), sizeof name);
    return name;
}

gboolean
dim_bridge_is_plain_host(void)
{
    return g_strcmp0(purple_core_get_ui(), "BitlBee") == 0;
}

/* bitlbee takes an account's lines for HTML from the end of its login on, and shows them as they are before. */
static gboolean
drops_tags(const DimLogin *login)
{
    return dim_bridge_is_plain_host()
           && purple_connection_get_state(login->gc) == PURPLE_CONNECTED;
}

char *
dim_bridge_words(const DimLogin *login, const char *text)
{
    g_autofree char *line = g_utf8_make_valid(text, -1);

    g_strdelimit(line, "\r\n\t", ' ');
    return drops_tags(login) ? dim_markup_from_plain(line) : g_steal_pointer(&line);
}

char *
dim_bridge_typed(const DimLogin *login, const char *text)
{
    return drops_tags(login) ? dim_markup_to_plain(text) : g_strdup(text);
}

static void
tell(DimLogin *login, void *owner, const char *title, const char *text, const char *last)
{
    gboolean plain = dim_bridge_is_plain_host();
    g_autofree char *line = dim_bridge_words(login, text);
    g_autofree char *shown =
        last != NULL ? g_strconcat(line, plain ? " " : "\n", last, NULL) : g_strdup(line);

    if (plain)
        purple_connection_notice(login->gc, shown);
    else
        purple_notify_info(owner, title, title, shown);
}

void
dim_bridge_tell(DimLogin *login, const char *title, const char *text)
{
    tell(login, login->gc, title, text, NULL);
}

void
dim_bridge_tell_for_good(DimLogin *login, const char *title, const char *text, const char *last)
{
    tell(login, purple_connection_get_prpl(login->gc), title, text, last);
}
