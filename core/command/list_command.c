/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The station's answer to the question whom I block or mute (protocol §5.13, P-086). */
#include "base/errors.h"
#include "base/words.h"
#include "command/command.h"
#include "message/services.h"

gboolean
dim_handle_list(DimDesk *desk,
                const DimMessage *message,
                const DimContent *content,
                G_GNUC_UNUSED GError **error)
{
    const char *command = dim_content_command(content);
    g_autoptr(GPtrArray) ids = dim_command_ids(content, "list");
    g_autofree char *people = NULL;
    g_autofree char *text = NULL;
    const char *shown;

    /* Lists of others are for stations. */
    if (ids == NULL || !dim_desk_takes_answer(desk, message, command))
        return TRUE;
    people = dim_desk_list_people(desk, ids);
    shown = ids->len > 0 ? people : _("nobody");
    text = g_str_equal(command, "mute")
               ? g_strdup_printf(_("The station's mute list: %s"), shown)
               : g_strdup_printf(_("The station's block list: %s"), shown);
    desk->tell(desk->data, text);
    return TRUE;
}
