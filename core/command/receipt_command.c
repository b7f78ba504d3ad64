/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A receipt says what became of a message of ours; it is never answered (protocol §5.12). */
#include "command/command.h"

gboolean
dim_handle_receipt(DimDesk *desk,
                   const DimMessage *message,
                   const DimContent *content,
                   G_GNUC_UNUSED GError **error)
{
    desk->confirmed(desk->data, message, content);
    return TRUE;
}
