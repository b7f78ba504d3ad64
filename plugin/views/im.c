/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Talk between two people: the way down from a conversation window, and the way up into it. */
#include "plugin/views/im.h"

#include <errno.h>
#include <time.h>

#include "plugin/verbs.h"
#include "plugin/views/markup.h"

#define MAX_UNSURE 1000 /* texts whose start is remembered for an error line */
#define OLD        60   /* seconds after which a message is shown as delayed */
#define AHEAD      600  /* seconds that a sender's clock may be ahead of ours */
#define START      400  /* characters of a text that an error line repeats */

void
dim_im_init(DimLogin *login)
{
    login->unsure = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    g_queue_init(&login->unsure_order);
}

void
dim_im_clear(DimLogin *login)
{
    g_clear_pointer(&login->unsure, g_hash_table_destroy);
    g_queue_clear(&login->unsure_order); /* the serials belong to the table */
}

static void
remember(DimLogin *login, guint64 serial, const char *text)
{
    gint64 *key = g_memdup2(&serial, sizeof serial);

    if (g_hash_table_contains(login->unsure, key)) {
        g_free(key);
        return;
    }
    if (g_queue_get_length(&login->unsure_order) >= MAX_UNSURE)
        g_hash_table_remove(login->unsure, g_queue_pop_head(&login->unsure_order));
    g_hash_table_insert(login->unsure, key, dim_markup_start(text, START));
    g_queue_push_tail(&login->unsure_order, key);
}

/* The start of the text with this serial, no longer remembered, or NULL. New string. */
static char *
settle(DimLogin *login, guint64 serial)
{
    gpointer key = NULL;
    gpointer start = NULL;

    if (!g_hash_table_steal_extended(login->unsure, &serial, &key, &start))
        return NULL;
    g_queue_remove(&login->unsure_order, key);
    g_free(key);
    return start;
}

/* (nullable) The one that is open. */
static PurpleConversation *
window(PurpleAccount *account, const char *who)
{
    return purple_find_conversation_with_account(PURPLE_CONV_TYPE_IM, who, account);
}

static PurpleConversation *
conversation(PurpleAccount *account, const char *who)
{
    PurpleConversation *conv = window(account, who);

    return conv != NULL ? conv : purple_conversation_new(PURPLE_CONV_TYPE_IM, account, who);
}

void
dim_im_say(PurpleAccount *account, const char *who, const char *text, PurpleMessageFlags kind)
{
    PurpleConversation *conv = conversation(account, who);
    g_autofree char *html = dim_markup_from_plain(text);

    if (dim_bridge_is_plain_host()) {
        /* bitlbee shows system lines only as said by the other one, and each line by itself. */
        g_auto(GStrv) parts = g_strsplit(html, "<br>", -1);
        g_autofree char *marked = g_strjoinv("<br>*** ", parts);
        g_autofree char *line = g_strconcat("*** ", marked, NULL);

        purple_conv_im_write(PURPLE_CONV_IM(conv), who, line, PURPLE_MESSAGE_SYSTEM,
                             time(NULL));
        return;
    }
    purple_conversation_write(
        conv, NULL, html, kind | PURPLE_MESSAGE_NO_LOG | PURPLE_MESSAGE_NO_LINKIFY, time(NULL));
}

static void
say_not_sent(DimLogin *login, const char *who, const char *start, const char *reason)
{
    g_autofree char *text = start == NULL
                                ? g_strdup_printf(_("A message was not sent: %s"), reason)
                                : g_strdup_printf(_("“%s” was not sent: %s"), start, reason);

    dim_im_say(login->account, who, text, PURPLE_MESSAGE_ERROR);
}

static void
say_waiting(DimLogin *login, const char *who, const char *reason)
{
    g_autofree char *text = g_strdup_printf(_("Not sent yet: %s. Is the ID right?"), reason);

    dim_im_say(login->account, who, text, PURPLE_MESSAGE_SYSTEM);
}

int
dim_im_send(PurpleConnection *gc,
            const char *who,
            const char *html,
            G_GNUC_UNUSED PurpleMessageFlags flags)
{
    DimLogin *login = dim_bridge_login(gc);
    g_autofree char *text = dim_markup_to_plain(html);
    g_autofree char *answer = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(DimId) to = NULL;
    g_autoptr(DimContent) content = NULL;

    if (login == NULL || login->session == NULL || login->over)
        return -ENOTCONN;
    if (dim_bridge_is_plain_host())
        answer = dim_verbs_answer(login, who, text);
    if (answer != NULL) {
        dim_im_say(login->account, who, answer, PURPLE_MESSAGE_SYSTEM);
        return 0;
    }
    to = dim_bridge_person(who, &error);
    if (to != NULL) {
        content = dim_content_new_text(text);
        if (dim_session_send(login->session, to, content, &error)) {
            remember(login, dim_content_serial(content), text);
            return 1;
        }
    }
    /* Long enough to type it again from there; the line is all that is left of the text. */
    g_free(g_steal_pointer(&answer));
    answer = dim_markup_start(text, 1000);
    say_not_sent(login, who, answer, error->message);
    return 0;
}

/* Where `***` marks what the plugin says, nobody else's line may look like that. */
static char *
unmarked(const char *text)
{
    g_auto(GStrv) lines = NULL;

    if (!dim_bridge_is_plain_host() || strstr(text, "***") == NULL)
        return g_strdup(text);
    lines = g_strsplit_set(text, "\r\n", -1);
    for (guint i = 0; lines[i] != NULL; i++) {
        char *quoted;

        if (strstr(lines[i], "***") == NULL)
            continue;
        quoted = g_strconcat("> ", lines[i], NULL);
        g_free(lines[i]);
        lines[i] = quoted;
    }
    return g_strjoinv("\n", lines);
}

/* A text UI that shows the hour only would make yesterday look like today. */
static char *
shown_html(const char *text, time_t when, time_t now)
{
    g_autofree char *plain = unmarked(text);
    g_autofree char *html = dim_markup_from_plain(plain);
    struct tm parts;
    char date[32];

    if (g_strcmp0(purple_core_get_ui(), "gnt-purple") != 0 || now - when < 24 * 60 * 60
        || localtime_r(&when, &parts) == NULL
        || strftime(date, sizeof date, "%Y-%m-%d %H:%M", &parts) == 0)
        return g_steal_pointer(&html);
    return g_strdup_printf("(%s) %s", date, html);
}

/* What a person sees of somebody of the list: compared without case, as names are read. */
static gboolean
is_called(PurpleBuddy *buddy, const char *name)
{
    g_autofree char *one = g_utf8_casefold(purple_buddy_get_alias(buddy), -1);
    g_autofree char *other = g_utf8_casefold(name, -1);

    return g_utf8_collate(one, other) == 0;
}

static gboolean
is_name_of_a_buddy(DimLogin *login, const char *name)
{
    GSList *buddies = purple_find_buddies(login->account, NULL);
    gboolean found = FALSE;

    for (GSList *each = buddies; each != NULL && !found; each = each->next)
        found = is_called(each->data, name);
    g_slist_free(buddies);
    return found;
}

/* Who is not on the list is shown by the ID, which nobody can choose; the name that goes with it is told once, as hearsay. */
static void
say_name(DimLogin *login, const DimId *stranger)
{
    const char *who = dim_id_text(stranger);
    const char *nickname = dim_book_name(dim_session_book(login->session), stranger);
    g_autofree char *name = nickname == NULL ? NULL : dim_markup_name(nickname);
    g_autofree char *text = NULL;

    if (name == NULL)
        return;
    if (is_name_of_a_buddy(login, name))
        text = g_strdup_printf(_("%s, who is not on your list, goes by the name “%s”. Somebody "
                                 "on your list has this name too, but is another person."),
                               who, name);
    else
        text = g_strdup_printf(_("%s, who is not on your list, goes by the name “%s”."), who,
                               name);
    dim_im_say(login->account, who, text, PURPLE_MESSAGE_SYSTEM);
}

static void
show_line(DimLogin *login,
          const DimId *peer,
          const char *html,
          PurpleMessageFlags flags,
          time_t when)
{
    const char *who = dim_id_text(peer);
    gboolean fresh = window(login->account, who) == NULL;

    serv_got_im(login->gc, who, html, flags | PURPLE_MESSAGE_RECV, when);
    /* No window after it either: a plugin of the host against unwanted mail has taken the line away. */
    if (fresh && window(login->account, who) != NULL
        && purple_find_buddy(login->account, who) == NULL)
        say_name(login, peer);
}

PurpleMessageFlags
dim_im_date(double then, time_t now, time_t *when)
{
    /* A clock ahead of ours must not sort its lines behind everything to come. */
    *when = then > 0 && then < (double)now + AHEAD ? (time_t)then : now;
    return now - *when > OLD ? PURPLE_MESSAGE_DELAYED : 0;
}

void
dim_im_received(DimLogin *login, const DimMessage *message, const char *text)
{
    DimId *sender = dim_message_sender(message);
    gboolean mine = dim_id_equal(sender, dim_user_id(login->user));
    DimId *peer = mine ? dim_message_receiver(message) : sender;
    time_t now = time(NULL);
    gboolean wanted = mine || purple_privacy_check(login->account, dim_id_text(peer));
    time_t when;
    PurpleMessageFlags flags = dim_im_date(dim_message_shown_time(message), now, &when);
    g_autofree char *html = shown_html(text, when, now);

    if (!wanted)
        purple_debug_info("dim", "a message of a blocked person is not shown\n");
    else if (mine)
        purple_conv_im_write(PURPLE_CONV_IM(conversation(login->account, dim_id_text(peer))),
                             dim_id_text(peer), html,
                             flags | PURPLE_MESSAGE_SEND | PURPLE_MESSAGE_REMOTE_SEND, when);
    else
        show_line(login, peer, html, flags, when);
}

void
dim_im_delivery(DimLogin *login,
                const DimId *peer,
                guint64 serial,
                DimDelivery state,
                const GError *error)
{
    g_autofree char *start = NULL;

    /* Core says once, of the person and not of one message, that the key does not come. */
    if (state == DIM_DELIVERY_QUEUED && serial == 0 && error != NULL)
        say_waiting(login, dim_id_text(peer), error->message);
    if (state < DIM_DELIVERY_KEPT)
        return;
    start = settle(login, serial);
    if (state == DIM_DELIVERY_FAILED)
        say_not_sent(login, dim_id_text(peer), start,
                     error != NULL ? error->message : _("nobody took it"));
}
