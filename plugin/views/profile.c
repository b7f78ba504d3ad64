/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who somebody is: user info, tooltip, and the fingerprints that two people compare. */
#include "plugin/views/profile.h"

#include <string.h>
#include <time.h>

#include "plugin/views/markup.h"

/* 64 hex digits in groups of four: what two people can read to each other. */
static char *
fingerprint(const DimPublicKey *key)
{
    guint8 digest[32];
    GString *text = g_string_new(NULL);

    dim_public_key_fingerprint(key, digest);
    for (gsize i = 0; i < sizeof digest; i++)
        g_string_append_printf(text, "%s%02X", i > 0 && i % 2 == 0 ? " " : "", digest[i]);
    return g_string_free(text, FALSE);
}

/* Every host reads values as HTML; bitlbee drops the tags when it prints the whole. */
static void
add_pair(PurpleNotifyUserInfo *info, const char *label, const char *value)
{
    purple_notify_user_info_add_pair_plaintext(info, label, value);
}

typedef struct {
    const char *id;
    double seen;
} Search;

static void
find_seen(const DimContact *contact, gpointer data)
{
    Search *search = data;

    if (strcmp(contact->id, search->id) == 0)
        search->seen = contact->seen;
}

static void
add_seen(DimSession *session, const DimId *id, PurpleNotifyUserInfo *info)
{
    Search search = { .id = dim_id_text(id) };
    time_t when = 0;
    struct tm parts;

    if (!dim_contacts_each(dim_session_contacts(session), find_seen, &search, NULL)
        || search.seen <= 0)
        return;
    when = (time_t)search.seen;
    if (localtime_r(&when, &parts) != NULL)
        add_pair(info, _("Last seen"), purple_date_format_long(&parts));
}

static void
add_encryption(DimBook *book, const DimId *id, PurpleNotifyUserInfo *info)
{
    g_autoptr(GPtrArray) keys = dim_book_encrypt_keys(book, id, NULL);
    g_autofree char *text = NULL;

    if (keys->len == 0)
        text = g_strdup(_("messages wait until this person's key is known"));
    else
        text = g_strdup_printf(_("end to end, RSA %u bits"),
                               dim_public_key_bits(g_ptr_array_index(keys, 0)));
    add_pair(info, _("Encryption"), text);
}

void
dim_profile_show(PurpleConnection *gc, const char *who)
{
    DimSession *session = dim_bridge_session(gc);
    g_autoptr(GError) error = NULL;
    g_autoptr(DimId) id = dim_bridge_person(who, &error);
    PurpleNotifyUserInfo *info = NULL;
    DimBook *book = NULL;
    DimMeta *meta = NULL;
    const char *nickname = NULL;

    if (session == NULL)
        return;
    info = purple_notify_user_info_new();
    if (id == NULL) {
        add_pair(info, _("Error"), error->message);
    } else {
        g_autofree char *name = NULL;
        g_autofree char *key = NULL;
        g_autofree char *number = dim_id_number_text(id);

        book = dim_session_book(session);
        nickname = dim_book_name(book, id);
        name = nickname == NULL ? NULL : dim_markup_name(nickname);
        if (name != NULL)
            add_pair(info, _("Nickname"), name);
        add_pair(info, _("ID"), dim_id_text(id));
        add_pair(info, _("Search number"), number);
        meta = dim_book_meta(book, id);
        key = meta == NULL ? g_strdup(_("not known yet")) : fingerprint(dim_meta_key(meta));
        add_pair(info, _("Key fingerprint"), key);
        add_encryption(book, id, info);
        add_seen(session, id, info);
        dim_session_ask(session, id);
    }
    purple_notify_userinfo(gc, who, info, NULL, NULL);
    purple_notify_user_info_destroy(info);
}

void
dim_profile_tooltip(PurpleBuddy *buddy, PurpleNotifyUserInfo *info, gboolean full)
{
    DimSession *session =
        dim_bridge_session(purple_account_get_connection(purple_buddy_get_account(buddy)));
    g_autoptr(DimId) id = dim_bridge_person(purple_buddy_get_name(buddy), NULL);

    if (session == NULL || id == NULL)
        return;
    if (full)
        add_encryption(dim_session_book(session), id, info);
    add_seen(session, id, info);
}

char *
dim_profile_fingerprints(DimLogin *login, const char *peer)
{
    g_autofree char *mine = fingerprint(dim_meta_key(dim_user_meta(login->user)));
    g_autoptr(DimId) id = dim_bridge_person(peer, NULL);
    DimMeta *meta = id == NULL ? NULL : dim_book_meta(dim_session_book(login->session), id);
    g_autofree char *theirs = meta == NULL ? NULL : fingerprint(dim_meta_key(meta));

    return g_strdup_printf(_("Your key: %s\nTheir key: %s"), mine,
                           theirs == NULL ? _("not known yet") : theirs);
}
