/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The /dim verbs: one table for hosts that read /commands and for those that send them as text. */
#include "plugin/verbs.h"

#include <string.h>

#include "plugin/views/im.h"
#include "plugin/views/profile.h"
#include "plugin/words.h"

static char *answer_help(DimLogin *login, const char *peer);

static char *
answer_id(DimLogin *login, G_GNUC_UNUSED const char *peer)
{
    return g_strdup_printf(_("Your DIM ID: %s"), dim_id_text(dim_user_id(login->user)));
}

static char *
answer_fingerprint(DimLogin *login, const char *peer)
{
    return dim_profile_fingerprints(login, peer);
}

static char *
answer_version(G_GNUC_UNUSED DimLogin *login, G_GNUC_UNUSED const char *peer)
{
    return g_strdup_printf("purple-dim %s, libpurple %s", DIM_VERSION,
                           purple_core_get_version());
}

static const struct {
    const char *name;
    char *(*answer)(DimLogin *login, const char *peer);
    const char *help;
} verbs[] = {
    { "help", answer_help, N_("this list") },
    { "id", answer_id, N_("your own ID, to give to others") },
    { "fingerprint", answer_fingerprint,
      N_("your key and the other's, to compare by another way") },
    { "version", answer_version, N_("which version this is") },
};

static char *
answer_help(G_GNUC_UNUSED DimLogin *login, G_GNUC_UNUSED const char *peer)
{
    GString *text = g_string_new(NULL);

    for (gsize i = 0; i < G_N_ELEMENTS(verbs); i++)
        g_string_append_printf(text, "%s/dim %s: %s", i == 0 ? "" : "\n", verbs[i].name,
                               _(verbs[i].help));
    return g_string_free(text, FALSE);
}

char *
dim_verbs_answer(DimLogin *login, const char *peer, const char *line)
{
    g_autofree char *word = NULL;

    if (!g_str_has_prefix(line, "/dim") || (line[4] != '\0' && !g_ascii_isspace(line[4])))
        return NULL;
    word = g_strstrip(g_strdup(line + 4));
    for (gsize i = 0; i < G_N_ELEMENTS(verbs); i++)
        if (strcmp(word, verbs[i].name) == 0)
            return verbs[i].answer(login, peer);
    return answer_help(login, peer);
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
        _("dim [help|id|fingerprint|version]: about you and your keys"), NULL);
}

void
dim_verbs_unregister(void)
{
    purple_cmd_unregister(command);
}
