/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What I call myself: told to everybody by a newly signed visa. */
#include "plugin/nickname.h"

#include <string.h>

#include "plugin/ask.h"
#include "plugin/enrol.h"
#include "plugin/views/markup.h"

#define MAX_LETTERS 64 /* what others see of one */

char *
dim_nickname_shown(const DimUser *user)
{
    const char *name = dim_document_name(dim_user_visa(user));
    char *shown = name == NULL ? NULL : dim_markup_name(name);

    return shown != NULL ? shown : g_strdup(dim_id_text(dim_user_id(user)));
}

/* (nullable) without error: none is wished. New string. */
static char *
read_nickname(const char *typed, GError **error)
{
    g_autofree char *name = dim_markup_name(typed);

    if (name == NULL)
        return NULL;
    if (g_utf8_strlen(typed, -1) > MAX_LETTERS) {
        g_set_error(error, DIM_ERROR, DIM_ERROR_NOT_ALLOWED,
                    _("A nickname has %d letters at most."), MAX_LETTERS);
        return NULL;
    }
    return dim_making_takes(name, error) ? g_steal_pointer(&name) : NULL;
}

char *
dim_nickname_change(DimLogin *login, const char *typed, gboolean *done)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *name = read_nickname(typed, &error);
    g_autofree char *shown = NULL;

    *done = error == NULL && dim_session_set_nickname(login->session, name, &error);
    if (!*done)
        return g_strdup(error->message);
    shown = dim_nickname_shown(login->user);
    purple_connection_set_display_name(login->gc, shown);
    return name != NULL ? g_strdup_printf(_("Others see you as “%s” from now on."), name)
                        : g_strdup(_("Others see your ID alone from now on."));
}

static void
on_answer(DimLogin *login, char *const *answers, G_GNUC_UNUSED gpointer data)
{
    g_autofree char *text = NULL;
    gboolean done;

    if (answers == NULL || login->session == NULL)
        return;
    text = dim_nickname_change(login, answers[0], &done);
    if (!done)
        purple_notify_error(login->gc, _("Nickname"), _("The nickname stays as it was"), text);
}

void
dim_nickname_ask(PurplePluginAction *action)
{
    DimLogin *login = dim_bridge_login(action->context);
    DimQuestion question = { .label = _("How shall others see you?") };

    if (login == NULL || login->session == NULL)
        return;
    question.preset = dim_document_name(dim_user_visa(login->user));
    dim_ask(login, _("Nickname"),
            _("It goes into your public profile. Empty: they see your ID alone."), &question, 1,
            on_answer, NULL, NULL);
}

void
dim_nickname_set(PurpleConnection *gc,
                 const char *nickname,
                 PurpleSetPublicAliasSuccessCallback good,
                 PurpleSetPublicAliasFailureCallback bad)
{
    DimLogin *login = dim_bridge_login(gc);
    g_autofree char *text = NULL;
    gboolean done = FALSE;

    if (login == NULL || login->session == NULL)
        text = g_strdup(_("You are not logged in."));
    else
        text = dim_nickname_change(login, nickname != NULL ? nickname : "", &done);
    if (!done && bad != NULL)
        bad(purple_connection_get_account(gc), text);
    else if (done && good != NULL)
        good(purple_connection_get_account(gc), nickname);
}

void
dim_nickname_get(PurpleConnection *gc,
                 PurpleGetPublicAliasSuccessCallback good,
                 PurpleGetPublicAliasFailureCallback bad)
{
    DimLogin *login = dim_bridge_login(gc);

    if (login != NULL && login->user != NULL && good != NULL)
        good(login->account, dim_document_name(dim_user_visa(login->user)));
    else if (bad != NULL)
        bad(purple_connection_get_account(gc), _("You are not logged in."));
}
