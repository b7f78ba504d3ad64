/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A login command tells where and when somebody was last online (protocol §5.11). */
#include "base/errors.h"
#include "command/command.h"

gboolean
dim_handle_login(DimDesk *desk,
                 const DimMessage *message,
                 const DimContent *content,
                 GError **error)
{
    g_autoptr(DimId) id = dim_command_id(content, error);
    g_autoptr(GError) failure = NULL;
    g_autofree char *text = NULL;
    double when;

    if (id == NULL || !dim_desk_read_time(desk, content, &when, error))
        return FALSE;
    if (!dim_id_equal(id, dim_message_sender(message))) {
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_UNVERIFIED,
                            "login told by somebody else");
        return FALSE;
    }
    if (dim_desk_is_me(desk, id))
        return TRUE;
    text = dim_content_to_text(content);
    if (!dim_book_save_login(desk->book, id, when, text, &failure)) {
        if (failure == NULL)
            return TRUE; /* older than the one we hold */
        g_propagate_error(error, g_steal_pointer(&failure));
        return FALSE;
    }
    desk->alive(desk->data, id, when);
    return TRUE;
}
