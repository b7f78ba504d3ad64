/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The way in: an identity and its contacts out of a file under a passphrase, for a login that lacks its keys or beside one. */
#include "plugin/ask.h"
#include "plugin/carrying.h"
#include "plugin/signon.h"
#include "plugin/views/roster.h"

/* The person turned away: knows it, unless a login waits. */
static gboolean
is_left(const DimCarry *carry, char *const *answers)
{
    return answers == NULL && carry->made == NULL;
}

/* A login that waits fails with the sentence; else it is told. */
static void
give_up(DimCarry *carry, const char *why)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *told = NULL;

    if (carry->made == NULL) {
        told = g_strdup_printf(_("Nothing was imported: %s"), why);
        dim_bridge_tell(carry->login, _("Import"), told);
        return;
    }
    error = g_error_new_literal(DIM_ERROR, DIM_ERROR_NOT_ALLOWED, why);
    carry->made(carry->login, NULL, NULL, error);
}

/* The identity gets a store of its own; open and locked, or NULL: told. */
static DimStore *
keep(DimCarry *carry)
{
    g_autofree char *folder = dim_signon_folder();
    g_autoptr(GError) error = NULL;
    DimStore *store = dim_keyfile_keep(carry->keyfile, folder, &error);

    if (store == NULL)
        give_up(carry, error->message);
    return store;
}

/* ---- for a login that waits ---- */

static void
keep_for_login(DimCarry *carry)
{
    DimUser *user = dim_keyfile_user(carry->keyfile);
    g_autoptr(DimStore) store = NULL;
    g_autofree char *told = NULL;

    if (!dim_id_equal(dim_user_id(user), carry->id)) {
        told = g_strdup_printf(_("The file %s holds another identity, %s."), carry->path,
                               dim_id_text(dim_user_id(user)));
        give_up(carry, told);
        return;
    }
    store = keep(carry);
    if (store == NULL)
        return;
    told = g_strdup_printf(_("The identity was imported from %s. Contacts in it: %u."),
                           carry->path, dim_keyfile_count(carry->keyfile));
    dim_bridge_tell(carry->login, _("Import"), told);
    carry->made(carry->login, user, store, NULL);
}

/* ---- beside one ---- */

static void
on_accepted(DimLogin *login, char *const *answers, gpointer data)
{
    DimCarry *carry = data;
    g_autoptr(DimStore) store = answers != NULL ? keep(carry) : NULL;
    g_autofree char *told = NULL;

    if (store == NULL)
        return;
    told = g_strdup_printf(_("The identity %s is on this computer now, with its contacts: %u. "
                             "Add a DIM account of this name to use it."),
                           dim_id_text(dim_user_id(dim_keyfile_user(carry->keyfile))),
                           dim_keyfile_count(carry->keyfile));
    dim_bridge_tell(login, _("Import"), told);
}

static void
ask_beside(DimCarry *carry)
{
    g_autofree char *text = g_strdup_printf(
        _("The file %s holds another identity than this account's: %s, with its contacts: %u. "
          "Shall it live on this computer too?"),
        carry->path, dim_id_text(dim_user_id(dim_keyfile_user(carry->keyfile))),
        dim_keyfile_count(carry->keyfile));

    dim_ask_accept(carry->login, _("Import"), text, on_accepted, dim_carry_ref(carry),
                   dim_carry_unref);
}

static void
merge(DimCarry *carry)
{
    DimLogin *login = carry->login;
    g_autoptr(GError) error = NULL;
    g_autofree char *told = NULL;
    guint added;

    if (!dim_keyfile_merge(carry->keyfile, login->store, &added, &error)) {
        give_up(carry, error->message);
        return;
    }
    dim_roster_fill(login);
    told = g_strdup_printf(
        _("The file %s holds this very identity. Contacts in it: %u, new to your list: %u."),
        carry->path, dim_keyfile_count(carry->keyfile), added);
    dim_bridge_tell(login, _("Import"), told);
}

/* ---- file and passphrase ---- */

static void
on_read(G_GNUC_UNUSED GObject *source, GAsyncResult *result, gpointer data)
{
    g_autoptr(DimCarry) carry = data;
    DimLogin *login = dim_carry_end(carry);
    g_autoptr(GError) error = NULL;

    carry->keyfile = dim_keyfile_read_finish(result, &error);
    if (login == NULL)
        return;
    if (carry->keyfile == NULL)
        give_up(carry, error->message);
    else if (carry->made != NULL)
        keep_for_login(carry);
    else if (dim_id_equal(dim_user_id(dim_keyfile_user(carry->keyfile)),
                          dim_user_id(login->user)))
        merge(carry);
    else
        ask_beside(carry);
}

static void
on_passphrase(G_GNUC_UNUSED DimLogin *login, char *const *answers, gpointer data)
{
    DimCarry *carry = data;
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    g_autofree char *told = NULL;

    if (is_left(carry, answers))
        return;
    if (answers == NULL) {
        give_up(carry, _("Without its passphrase the file cannot be opened."));
        return;
    }
    text = dim_keyfile_load(carry->path, &error);
    if (text == NULL) {
        told =
            g_strdup_printf(_("The file %s cannot be read: %s"), carry->path, error->message);
        give_up(carry, told);
    } else if (dim_carry_begin(carry, _("Import")) != NULL) {
        dim_keyfile_read_async(text, answers[0], carry->cancellable, on_read, carry);
    }
}

static void
ask_passphrase(DimCarry *carry)
{
    const DimQuestion question = { _("Passphrase"), NULL, TRUE };
    g_autofree char *text = g_strdup_printf(
        _("The file %s was locked with a passphrase when it was exported."), carry->path);

    dim_ask(carry->login, _("Import"), text, &question, 1, on_passphrase, dim_carry_ref(carry),
            dim_carry_unref);
}

/* Takes what was typed. */
static void
import_from(DimCarry *carry, const char *typed)
{
    g_autoptr(GError) error = NULL;

    carry->path = dim_carry_place(typed, &error);
    if (carry->path == NULL)
        give_up(carry, error->message);
    else
        ask_passphrase(carry);
}

static void
on_file(G_GNUC_UNUSED DimLogin *login, char *const *answers, gpointer data)
{
    DimCarry *carry = data;
    g_autofree char *why = NULL;

    if (is_left(carry, answers))
        return;
    if (answers != NULL && *answers[0] != '\0') {
        import_from(carry, answers[0]);
        return;
    }
    why = carry->id == NULL
              ? g_strdup(_("No file was named."))
              : g_strdup_printf(_("The keys of %s are not on this computer. Export them where "
                                  "they are and import the file here, or add an account with a "
                                  "plain nickname to get a new identity."),
                                dim_id_text(carry->id));
    give_up(carry, why);
}

static void
ask_file(DimCarry *carry, const char *text)
{
    dim_ask_file(carry->login, _("Import"), text, NULL, FALSE, on_file, dim_carry_ref(carry),
                 dim_carry_unref);
}

void
dim_carry_import(DimLogin *login, const char *typed)
{
    g_autoptr(DimCarry) carry = dim_carry_new(login);
    g_autofree char *folder = dim_signon_folder();
    g_autofree char *text =
        dim_bridge_is_plain_host() ? g_strdup_printf(
            _("Which file was exported? It must lie in the folder %s."), folder)
                                   : g_strdup(_("Which file was exported?"));

    if (*typed != '\0')
        import_from(carry, typed);
    else
        ask_file(carry, text);
}

void
dim_carry_import_ask(PurplePluginAction *action)
{
    DimLogin *login = dim_bridge_login(action->context);

    if (login != NULL && login->session != NULL)
        dim_carry_import(login, "");
}

void
dim_carry_import_for(DimLogin *login, const DimId *id, DimMade made)
{
    g_autoptr(DimCarry) carry = dim_carry_new(login);
    g_autofree char *usual = dim_carry_usual_place(id);
    g_autofree char *folder = dim_signon_folder();
    g_autofree char *text = NULL;

    carry->id = dim_id_parse(dim_id_text(id), NULL);
    carry->made = made;
    if (g_file_test(usual, G_FILE_TEST_IS_REGULAR)) {
        carry->path = g_steal_pointer(&usual);
        ask_passphrase(carry);
        return;
    }
    if (dim_bridge_is_plain_host())
        text = g_strdup_printf(_("The keys of %s are not on this computer. Which file was "
                                 "exported where they are? It must lie in the folder %s."),
                               dim_id_text(id), folder);
    else
        text = g_strdup_printf(_("The keys of %s are not on this computer. Which file was "
                                 "exported where they are?"),
                               dim_id_text(id));
    ask_file(carry, text);
}
