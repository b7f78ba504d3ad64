/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A receipt says what became of a message of ours; it is never answered (protocol §5.12). */
#include <string.h>

#include "base/errors.h"
#include "base/json.h"
#include "base/words.h"
#include "command/command.h"
#include "command/standing.h"
#include "message/plain.h"

/* A receipt whose origin names another sender is about a message that is not mine. */
static gboolean
is_about_me(const DimDesk *desk, const DimContent *content, GError **error)
{
    JsonObject *origin = dim_receipt_origin(content);
    const char *text = origin != NULL ? dim_json_text(origin, "sender") : NULL;
    g_autoptr(DimId) sender = NULL;

    if (text == NULL)
        return TRUE;
    sender = dim_id_parse(text, error);
    if (sender == NULL)
        return FALSE;
    if (dim_desk_is_me(desk, sender))
        return TRUE;
    g_set_error_literal(error, DIM_ERROR, DIM_ERROR_UNVERIFIED,
                        "receipt of somebody else's message");
    return FALSE;
}

static void
tell_outcome(DimDesk *desk, const char *text, const char *outcome, const char *taken)
{
    g_autoptr(GString) clean = g_string_new(NULL);
    g_autofree char *told = NULL;

    if (g_str_equal(outcome, "received.")) {
        desk->tell(desk->data, taken);
        return;
    }
    dim_plain_append(clean, text, TRUE);
    told = g_strdup_printf(_("The network answers: %s"), clean->str);
    desk->tell(desk->data, told);
}

/* "Block received." and the like: what became of a list or a backup of mine (protocol §5.13). */
static gboolean
tell_service(DimDesk *desk, const DimMessage *message, const DimContent *content)
{
    static const struct {
        const char *about; /* how the station's sentence begins */
        const char *command;
        const char *taken; /* what "received." after it means to a person */
    } services[] = {
        { "Block ", "block", N_("The list of those whom you block is kept.") },
        { "Mute ", "mute", N_("The list of those whom you mute is kept.") },
        { "Contacts ", "storage", N_("Your contacts are kept, locked for you alone.") },
    };
    const char *text = dim_content_text(content);

    for (guint i = 0; text != NULL && i < G_N_ELEMENTS(services); i++) {
        if (!g_str_has_prefix(text, services[i].about) || strlen(text) > 100)
            continue;
        if (dim_desk_takes_answer(desk, message, services[i].command))
            tell_outcome(desk, text, text + strlen(services[i].about), _(services[i].taken));
        return TRUE;
    }
    return FALSE;
}

/* The answer of one who must know to our question after a group's members (protocol §5.14). */
static void
take_no_news(DimDesk *desk, const DimMessage *message, const DimContent *content)
{
    const DimId *group = dim_content_group(content);
    g_auto(DimGroupPage) page = { .owner = NULL };

    if (group != NULL && !dim_id_is_broadcast(group)
        && g_strcmp0(dim_content_text(content), "Group history not updated.") == 0
        && dim_group_page_read(desk, group, &page, NULL)
        && dim_group_page_leads(&page, dim_message_sender(message)))
        desk->members(desk->data, group);
}

gboolean
dim_handle_receipt(DimDesk *desk,
                   const DimMessage *message,
                   const DimContent *content,
                   GError **error)
{
    if (dim_receipt_signature(content) == NULL && dim_receipt_serial(content) == 0) {
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_MALFORMED, "receipt of nothing");
        return FALSE;
    }
    if (!is_about_me(desk, content, error))
        return FALSE;
    if (tell_service(desk, message, content))
        return TRUE;
    take_no_news(desk, message, content);
    desk->confirmed(desk->data, message, content);
    return TRUE;
}
