/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The /dim verbs: one table for hosts that read /commands and for those that send them as text. */
#include "plugin/verbs.h"

#include <string.h>

#include "plugin/carrying.h"
#include "plugin/nickname.h"
#include "plugin/views/im.h"
#include "plugin/views/profile.h"
#include "plugin/views/roster.h"

static char *answer_help(DimLogin *login, const char *peer, const char *rest);

static char *
answer_id(DimLogin *login, G_GNUC_UNUSED const char *peer, G_GNUC_UNUSED const char *rest)
{
    return g_strdup_printf(_("Your DIM ID: %s"), dim_id_text(dim_user_id(login->user)));
}

static char *
answer_fingerprint(DimLogin *login, const char *peer, G_GNUC_UNUSED const char *rest)
{
    return dim_profile_fingerprints(login, peer);
}

static char *
answer_new_key(DimLogin *login, G_GNUC_UNUSED const char *peer, G_GNUC_UNUSED const char *rest)
{
    g_autoptr(GError) error = NULL;

    if (login->session == NULL)
        return g_strdup(_("You are not logged in."));
    if (dim_session_renew_key(login->session, 0, &error))
        return g_strdup(_("A new key is being made; you will be told."));
    return g_strdup_printf(_("No new key was made: %s"), error->message);
}

static char *
answer_nickname(DimLogin *login, G_GNUC_UNUSED const char *peer, const char *rest)
{
    g_autofree char *now = NULL;
    gboolean done;

    if (*rest != '\0')
        return dim_nickname_change(login, strcmp(rest, "-") == 0 ? "" : rest, &done);
    now = dim_nickname_shown(login->user);
    return g_strdup_printf(_("Others see you as %s."), now);
}

static char *
answer_export(DimLogin *login, G_GNUC_UNUSED const char *peer, const char *rest)
{
    dim_carry_export(login, rest);
    return g_strdup(_("A passphrase is needed: you are asked for it."));
}

static char *
answer_import(DimLogin *login, G_GNUC_UNUSED const char *peer, const char *rest)
{
    dim_carry_import(login, rest);
    return g_strdup(*rest != '\0' ? _("Its passphrase is needed: you are asked for it.")
                                  : _("Which file? You are asked for it."));
}

static char *
answer_version(G_GNUC_UNUSED DimLogin *login,
               G_GNUC_UNUSED const char *peer,
               G_GNUC_UNUSED const char *rest)
{
    return g_strdup_printf("purple-dim %s, libpurple %s", DIM_VERSION,
                           purple_core_get_version());
}

/* What is said at once; the network's own answer comes later, as a notice. */
static char *
asked(gboolean good, const GError *error)
{
    return g_strdup(good ? _("Asked. The answer is shown when it comes; not every network has "
                             "such a service.")
                         : error->message);
}

static char *
answer_search(DimLogin *login, G_GNUC_UNUSED const char *peer, const char *rest)
{
    g_autoptr(GError) error = NULL;

    if (*rest == '\0')
        return g_strdup(_("Whom? /dim search WORDS"));
    return asked(dim_session_search(login->session, rest, &error), error);
}

static char *
answer_who(DimLogin *login, G_GNUC_UNUSED const char *peer, G_GNUC_UNUSED const char *rest)
{
    g_autoptr(GError) error = NULL;

    return asked(dim_session_search(login->session, NULL, &error), error);
}

static char *
answer_name(DimLogin *login, G_GNUC_UNUSED const char *peer, const char *rest)
{
    g_autoptr(GError) error = NULL;

    return asked(
        dim_session_find_name(login->session, *rest != '\0' ? rest : "archivist", &error),
        error);
}

/* Whom the host keeps from being heard, for the stations: what became of that, in a sentence. */
static char *
tell_blocked(DimLogin *login)
{
    g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func((GDestroyNotify)dim_id_unref);
    g_autoptr(GError) error = NULL;

    for (GSList *each = login->account->deny; each != NULL; each = each->next) {
        DimId *id = dim_bridge_person(each->data, NULL);

        if (id != NULL)
            g_ptr_array_add(ids, id);
    }
    if (dim_session_block(login->session, ids, &error))
        return g_strdup(_("The stations are told too; not every network heeds it."));
    return g_strdup_printf(_("The stations were not told: %s"), error->message);
}

/* What holds here from now on, and what the stations hear of it. The host's own privacy settings have the last word. */
static char *
answer_block(DimLogin *login, const char *peer, G_GNUC_UNUSED const char *rest)
{
    g_autofree char *told = NULL;

    dim_roster_deny(login->gc, peer);
    told = tell_blocked(login);
    return g_strconcat(purple_privacy_check(login->account, peer)
                           ? _("They can still be heard, because the privacy settings of this "
                               "account say so.")
                           : _("Blocked here: nothing of theirs is shown any more."),
                       "\n", told, NULL);
}

static char *
answer_unblock(DimLogin *login, const char *peer, G_GNUC_UNUSED const char *rest)
{
    g_autofree char *told = NULL;

    dim_roster_allow(login->gc, peer);
    told = tell_blocked(login);
    return g_strconcat(purple_privacy_check(login->account, peer)
                           ? _("No longer blocked: what they write from now on is shown.")
                           : _("They are still not heard, because the privacy settings of this "
                               "account say so."),
                       "\n", told, NULL);
}

static char *
answer_mute(DimLogin *login, G_GNUC_UNUSED const char *peer, const char *rest)
{
    g_auto(GStrv) words = g_strsplit_set(rest, " ,", 1000);
    g_autoptr(GPtrArray) ids = NULL;
    g_autoptr(GError) error = NULL;

    for (char **word = words; *word != NULL; word++) {
        DimId *id = NULL;

        if (**word == '\0')
            continue;
        if (ids == NULL)
            ids = g_ptr_array_new_with_free_func((GDestroyNotify)dim_id_unref);
        id = strcmp(*word, "nobody") != 0 ? dim_bridge_person(*word, &error) : NULL;
        if (error != NULL)
            return g_strdup(error->message);
        if (id != NULL)
            g_ptr_array_add(ids, id);
    }
    return asked(dim_session_mute(login->session, ids, &error), error);
}

static char *
answer_backup(DimLogin *login, G_GNUC_UNUSED const char *peer, G_GNUC_UNUSED const char *rest)
{
    g_autoptr(GError) error = NULL;

    return asked(dim_session_back_up(login->session, &error), error);
}

static char *
answer_restore(DimLogin *login, G_GNUC_UNUSED const char *peer, G_GNUC_UNUSED const char *rest)
{
    g_autoptr(GError) error = NULL;

    return asked(dim_session_restore(login->session, &error), error);
}

static const struct {
    const char *name;
    const char *arguments; /* (nullable) what else is typed */
    char *(*answer)(DimLogin *login, const char *peer, const char *rest);
    const char *help;
} verbs[] = {
    { "help", NULL, answer_help, N_("this list") },
    { "id", NULL, answer_id, N_("your own ID, to give to others") },
    { "fingerprint", NULL, answer_fingerprint,
      N_("your key and the other's, to compare by another way") },
    { "nickname", N_("NAME"), answer_nickname,
      N_("how others see you; - takes it away, without NAME it is told") },
    { "new-key", NULL, answer_new_key,
      N_("another key for others to write to you with; what was written to your last two can "
         "still be read") },
    { "search", N_("WORDS"), answer_search, N_("people of this name or ID") },
    { "who", NULL, answer_who, N_("people who are online") },
    { "name", N_("NAME"), answer_name, N_("the ID of a service of the network") },
    { "block", NULL, answer_block, N_("hear nothing of the other, and tell the stations") },
    { "unblock", NULL, answer_unblock, N_("hear the other again") },
    { "mute", N_("IDS"), answer_mute,
      N_("whose messages shall ring no telephone of yours; without IDs the list is shown, "
         "\"nobody\" empties it") },
    { "backup", NULL, answer_backup, N_("keep a locked copy of your contacts in the network") },
    { "restore", NULL, answer_restore, N_("get that copy back") },
    { "export", N_("FILE"), answer_export,
      N_("your identity and contacts in a file under a passphrase; without FILE where the keys "
         "live") },
    { "import", N_("FILE"), answer_import,
      N_("what was exported elsewhere: the contacts that are new if it was this identity, else "
         "another one beside it") },
    { "version", NULL, answer_version, N_("which version this is") },
};

static char *
answer_help(G_GNUC_UNUSED DimLogin *login,
            G_GNUC_UNUSED const char *peer,
            G_GNUC_UNUSED const char *rest)
{
    GString *text = g_string_new(NULL);

    for (gsize i = 0; i < G_N_ELEMENTS(verbs); i++)
        g_string_append_printf(text, "%s/dim %s%s%s: %s", i == 0 ? "" : "\n", verbs[i].name,
                               verbs[i].arguments != NULL ? " " : "",
                               verbs[i].arguments != NULL ? _(verbs[i].arguments) : "",
                               _(verbs[i].help));
    return g_string_free(text, FALSE);
}

static char *
answer_unknown(DimLogin *login, const char *peer, const char *word)
{
    g_autofree char *list = answer_help(login, peer, "");

    return *word == '\0'
               ? g_steal_pointer(&list)
               : g_strdup_printf(_("There is no \"/dim %s\". There is:\n%s"), word, list);
}

char *
dim_verbs_answer(DimLogin *login, const char *peer, const char *line)
{
    g_autofree char *word = NULL;
    char *rest;

    if (!g_str_has_prefix(line, "/dim") || (line[4] != '\0' && !g_ascii_isspace(line[4])))
        return NULL;
    word = g_strstrip(g_strdup(line + 4));
    rest = word + strcspn(word, " \t\r\n");
    if (*rest != '\0')
        *rest++ = '\0';
    rest = g_strstrip(rest);
    for (gsize i = 0; i < G_N_ELEMENTS(verbs); i++)
        if (strcmp(word, verbs[i].name) == 0)
            return verbs[i].answer(login, peer, rest);
    return answer_unknown(login, peer, word);
}

static PurpleCmdId command;

static PurpleCmdRet
run_command(PurpleConversation *conv,
            G_GNUC_UNUSED const char *name,
            char **words,
            G_GNUC_UNUSED char **error,
            G_GNUC_UNUSED void *data)
{
    DimLogin *login = dim_bridge_login(purple_conversation_get_gc(conv));
    g_autofree char *line = g_strconcat("/dim ", words[0], NULL);
    g_autofree char *answer = NULL;

    if (login == NULL || login->session == NULL)
        return PURPLE_CMD_RET_FAILED;
    answer = dim_verbs_answer(login, purple_conversation_get_name(conv), line);
    dim_im_say(login->account, purple_conversation_get_name(conv), answer,
               PURPLE_MESSAGE_SYSTEM);
    return PURPLE_CMD_RET_OK;
}

void
dim_verbs_register(void)
{
    command = purple_cmd_register(
        "dim", "s", PURPLE_CMD_P_PRPL,
        PURPLE_CMD_FLAG_IM | PURPLE_CMD_FLAG_PRPL_ONLY | PURPLE_CMD_FLAG_ALLOW_WRONG_ARGS,
        DIM_PRPL_ID, run_command,
        _("dim help: about you, your keys and the network's services"), NULL);
}

void
dim_verbs_unregister(void)
{
    purple_cmd_unregister(command);
}
