/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The way out: my identity and contacts under a passphrase into a new file. */
#include <string.h>

#include "plugin/ask.h"
#include "plugin/carrying.h"

static void
tell_failed(DimLogin *login, const char *why)
{
    g_autofree char *told = g_strdup_printf(_("Nothing was exported: %s"), why);

    dim_bridge_tell(login, _("Export"), told);
}

static void
on_written(G_GNUC_UNUSED GObject *source, GAsyncResult *result, gpointer data)
{
    g_autoptr(DimCarry) carry = data;
    DimLogin *login = dim_carry_end(carry);
    g_autoptr(GError) error = NULL;
    g_autofree char *text = dim_keyfile_write_finish(result, &error);
    g_autofree char *told = NULL;

    if (login == NULL)
        return;
    if (text == NULL || !dim_keyfile_save(carry->path, text, &error)) {
        tell_failed(login, error->message);
        return;
    }
    told = g_strdup_printf(
        _("Your identity and your contacts are in the file %s. Whoever has this file and the "
          "passphrase is you."),
        carry->path);
    dim_bridge_tell(login, _("Export"), told);
}

static void
on_passphrase(DimLogin *login, char *const *answers, gpointer data)
{
    DimCarry *carry = data;

    if (answers == NULL || login->session == NULL)
        return;
    if (strcmp(answers[0], answers[1]) != 0)
        tell_failed(login, _("The passphrase was not the same twice."));
    else if (dim_carry_begin(carry, _("Export")) != NULL)
        dim_keyfile_write_async(login->user, dim_session_contacts(login->session), answers[0],
                                carry->cancellable, on_written, carry);
}

void
dim_carry_export(DimLogin *login, const char *typed)
{
    const DimQuestion questions[] = { { _("Passphrase"), NULL, TRUE },
                                      { _("The same again"), NULL, TRUE } };
    DimCarry *carry = dim_carry_new(login);
    g_autoptr(GError) error = NULL;

    if (*typed == '\0') {
        carry->path = dim_carry_usual_place(dim_user_id(login->user));
    } else if ((carry->path = dim_carry_place(typed, &error)) == NULL) {
        tell_failed(login, error->message);
        dim_carry_unref(carry);
        return;
    }
    dim_ask(login, _("Export"),
            _("The file will hold your keys and contacts, locked with a passphrase. Nobody can "
              "open it without, you neither."),
            questions, G_N_ELEMENTS(questions), on_passphrase, carry, dim_carry_unref);
}

static void
on_file(DimLogin *login, char *const *answers, G_GNUC_UNUSED gpointer data)
{
    if (answers != NULL && login->session != NULL)
        dim_carry_export(login, answers[0]);
}

void
dim_carry_export_ask(PurplePluginAction *action)
{
    DimLogin *login = dim_bridge_login(action->context);
    g_autofree char *place = NULL;
    g_autofree char *name = NULL;

    if (login == NULL || login->session == NULL)
        return;
    place = dim_carry_usual_place(dim_user_id(login->user));
    name = g_path_get_basename(place);
    dim_ask_file(login, _("Export"), _("A new file for your identity and your contacts."), name,
                 TRUE, on_file, NULL, NULL);
}
