/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The buddy list: our contacts in the host's list, and the host's changes in our store. */
#include "plugin/views/roster.h"

#include "plugin/views/markup.h"

/* A contact that could not be written is still in the host's list for this time: told, not fatal. */
static void
warn(const char *what, const GError *error)
{
    purple_debug_warning("dim", "%s: %s\n", what, error->message);
}

/* People have no presence on this network: who is on the list can be written to at any time. */
static void
show(DimLogin *login, const char *who)
{
    purple_prpl_got_user_status(login->account, who, "available", NULL);
}

static void
show_name(DimLogin *login, const char *who, const char *nickname)
{
    g_autofree char *name = nickname == NULL ? NULL : dim_markup_name(nickname);

    if (name != NULL)
        serv_got_alias(login->gc, who, name);
}

static PurpleGroup *
group_of_ours(void)
{
    PurpleGroup *group = purple_find_group("DIM");

    if (group == NULL) {
        group = purple_group_new("DIM");
        purple_blist_add_group(group, NULL);
    }
    return group;
}

static void
show_contact(const DimContact *contact, gpointer data)
{
    DimLogin *login = data;

    if (purple_find_buddy(login->account, contact->id) == NULL) {
        PurpleBuddy *buddy = purple_buddy_new(login->account, contact->id, contact->alias);
        PurpleContact *person = purple_contact_new();

        /* With a contact of its own the cost of adding does not grow with the list. */
        purple_blist_add_contact(person, group_of_ours(), NULL);
        purple_blist_add_buddy(buddy, person, NULL, NULL);
    }
    /* The name first: bitlbee makes a nick of it only until the person is there. */
    show_name(login, contact->id, contact->name);
    show(login, contact->id);
}

/* Adds a person to the store and asks for what is not known of them yet. */
static gboolean
keep(DimLogin *login, const DimId *id, const char *alias, GError **error)
{
    if (!dim_contacts_add(dim_session_contacts(login->session), id, alias, error))
        return FALSE;
    dim_session_ask(login->session, id);
    return TRUE;
}

/* A list that the host kept may hold people whom the store does not know, for instance after a copy of the identity. */
static void
keep_buddies(DimLogin *login)
{
    GSList *buddies = purple_find_buddies(login->account, NULL);

    for (GSList *each = buddies; each != NULL; each = each->next) {
        PurpleBuddy *buddy = each->data;
        g_autoptr(GError) error = NULL;
        g_autoptr(DimId) id = dim_bridge_person(purple_buddy_get_name(buddy), NULL);

        if (id == NULL)
            continue;
        if (!dim_contacts_has(dim_session_contacts(login->session), id)
            && !keep(login, id, purple_buddy_get_local_buddy_alias(buddy), &error))
            warn("contact not kept", error);
        show(login, purple_buddy_get_name(buddy));
    }
    g_slist_free(buddies);
}

void
dim_roster_fill(DimLogin *login)
{
    g_autoptr(GError) error = NULL;

    if (!dim_contacts_each(dim_session_contacts(login->session), show_contact, login, &error))
        warn("contacts not read", error);
    keep_buddies(login);
}

void
dim_roster_name(DimLogin *login, const DimId *who, const char *nickname)
{
    g_autoptr(GError) error = NULL;
    const char *text = dim_id_text(who);

    if (purple_find_buddy(login->account, text) == NULL)
        return;
    if (!dim_contacts_set_name(dim_session_contacts(login->session), who, nickname, &error))
        warn("name not kept", error);
    show_name(login, text, nickname);
}

void
dim_roster_seen(DimLogin *login, const DimId *who, double when)
{
    g_autoptr(GError) error = NULL;
    DimContacts *contacts = dim_session_contacts(login->session);

    if (dim_contacts_has(contacts, who) && !dim_contacts_set_seen(contacts, who, when, &error))
        warn("last sign of life not kept", error);
}

static void
refuse(PurpleConnection *gc, PurpleBuddy *buddy, const GError *error)
{
    g_autofree char *name = g_strdup(purple_buddy_get_name(buddy));

    purple_blist_remove_buddy(buddy);
    purple_notify_error(gc, _("Not added"), name, error->message);
}

void
dim_roster_add(PurpleConnection *gc, PurpleBuddy *buddy, G_GNUC_UNUSED PurpleGroup *group)
{
    DimLogin *login = dim_bridge_login(gc);
    g_autoptr(GError) error = NULL;
    g_autoptr(DimId) id = NULL;
    const char *name = NULL;

    if (login == NULL || login->session == NULL)
        return; /* comes again from the host's list after the login */
    id = dim_bridge_person(purple_buddy_get_name(buddy), &error);
    if (id != NULL && dim_id_equal(id, dim_user_id(login->user))) {
        g_clear_pointer(&id, dim_id_unref);
        g_set_error_literal(&error, DIM_ERROR, DIM_ERROR_NOT_ALLOWED,
                            _("That is your own ID."));
    }
    if (id == NULL || !keep(login, id, purple_buddy_get_local_buddy_alias(buddy), &error)) {
        refuse(gc, buddy, error);
        return;
    }
    if (g_strcmp0(purple_buddy_get_name(buddy), dim_id_text(id)) != 0)
        purple_blist_rename_buddy(buddy, dim_id_text(id));
    name = dim_book_name(dim_session_book(login->session), id);
    if (name != NULL)
        dim_roster_name(login, id, name);
    show(login, dim_id_text(id));
}

void
dim_roster_remove(PurpleConnection *gc, PurpleBuddy *buddy, G_GNUC_UNUSED PurpleGroup *group)
{
    DimSession *session = dim_bridge_session(gc);
    g_autoptr(GError) error = NULL;
    g_autoptr(DimId) id = dim_bridge_person(purple_buddy_get_name(buddy), NULL);

    if (session == NULL || id == NULL)
        return;
    if (!dim_contacts_remove(dim_session_contacts(session), id, &error))
        warn("contact not removed", error);
}

void
dim_roster_alias(PurpleConnection *gc, const char *who, const char *alias)
{
    DimSession *session = dim_bridge_session(gc);
    g_autoptr(GError) error = NULL;
    g_autoptr(DimId) id = dim_bridge_person(who, NULL);

    if (session == NULL || id == NULL)
        return;
    if (!dim_contacts_set_alias(dim_session_contacts(session), id,
                                alias == NULL || *alias == '\0' ? NULL : alias, &error))
        warn("alias not kept", error);
}

/* Pidgin and Finch keep the list themselves and merely tell us; bitlbee leaves it to us, and forgets it with the login. */
void
dim_roster_deny(PurpleConnection *gc, const char *who)
{
    PurpleAccount *account = purple_connection_get_account(gc);

    if (account->perm_deny == PURPLE_PRIVACY_ALLOW_ALL)
        account->perm_deny = PURPLE_PRIVACY_DENY_USERS;
    purple_privacy_deny_add(account, who, TRUE);
}

void
dim_roster_allow(PurpleConnection *gc, const char *who)
{
    purple_privacy_deny_remove(purple_connection_get_account(gc), who, TRUE);
}
