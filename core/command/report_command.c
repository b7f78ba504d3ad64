/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A report is meant for stations; one that reaches us is a sign of life of its sender (protocol §5.11). */
#include "command/command.h"

gboolean
dim_handle_report(DimDesk *desk,
                  const DimMessage *message,
                  const DimContent *content,
                  GError **error)
{
    const DimId *sender = dim_message_sender(message);
    double when;

    if (dim_desk_is_me(desk, sender) || g_strcmp0(dim_report_title(content), "online") != 0)
        return TRUE;
    if (!dim_desk_read_time(desk, content, &when, error))
        return FALSE;
    desk->alive(desk->data, sender, when);
    return TRUE;
}
