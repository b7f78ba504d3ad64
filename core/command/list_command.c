/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The station's answer to the question whom I block or mute (protocol §5.13, P-086). */
#include "base/errors.h"
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

    /* Lists of others are for stations. */
    if (ids == NULL || !dim_desk_takes_answer(desk, message, command))
        return TRUE;
    people = dim_desk_list_people(desk, ids);
    text =
        g_strdup_printf("The station's %s list: %s", command, ids->len > 0 ? people : "nobody");
    desk->tell(desk->data, text);
    return TRUE;
}
