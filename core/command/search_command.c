/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The archivist's answer to a search, or to the question who is online (protocol §5.13, P-084). */
#include "base/json.h"
#include "base/words.h"
#include "command/command.h"
#include "message/services.h"

/* Who is online is asked with "users" and told as a search for that word. */
static gboolean
is_answer(DimDesk *desk, const DimMessage *message, const DimContent *content)
{
    const char *words = dim_json_text(dim_content_json(content), "keywords");

    return (g_strcmp0(words, "users") == 0 && dim_desk_takes_answer(desk, message, "users"))
           || dim_desk_takes_answer(desk, message, dim_content_command(content));
}

gboolean
dim_handle_search(DimDesk *desk,
                  const DimMessage *message,
                  const DimContent *content,
                  G_GNUC_UNUSED GError **error)
{
    g_autoptr(GPtrArray) found = dim_command_ids(content, "users");
    g_autofree char *people = NULL;
    g_autofree char *text = NULL;

    /* A question is for the archivist; an answer to nothing is nobody's business. */
    if (found == NULL || !is_answer(desk, message, content))
        return TRUE;
    if (found->len == 0) {
        desk->tell(desk->data, _("Nobody was found."));
        return TRUE;
    }
    people = dim_desk_list_people(desk, found);
    text = g_strdup_printf(_("%u found: %s"), found->len, people);
    desk->tell(desk->data, text);
    return TRUE;
}
