/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A report is meant for stations; one that reaches us is a sign of life of its sender (protocol §5.11). */
#include "command/command.h"

gboolean
dim_handle_report(DimDesk *desk,
                  const DimMessage *message,
                  const DimContent *content,
                  G_GNUC_UNUSED GError **error)
{
    if (g_strcmp0(dim_report_title(content), "online") == 0)
        desk->alive(desk->data, dim_message_sender(message), dim_clock_now(desk->clock));
    return TRUE;
}
