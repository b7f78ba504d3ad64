/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Metas asked of us and told to us (protocol §5.8). */
#include "command/command.h"

static gboolean
answer(DimDesk *desk, const DimMessage *message, const DimId *id)
{
    DimId *asker = dim_message_sender(message);
    DimMeta *meta = dim_id_equal(id, dim_user_id(desk->user)) ? dim_user_meta(desk->user)
                                                              : dim_book_meta(desk->book, id);
    g_autoptr(DimContent) reply = NULL;

    if (dim_id_equal(id, asker))
        return TRUE; /* nobody needs to be told his own */
    reply = meta != NULL ? dim_meta_command_new(id, meta)
                         : dim_receipt_new("Meta not found.", message);
    dim_desk_reply(desk, asker, reply);
    return TRUE;
}

gboolean
dim_handle_meta(DimDesk *desk,
                const DimMessage *message,
                const DimContent *content,
                GError **error)
{
    g_autoptr(GError) failure = NULL;
    g_autoptr(DimId) id = dim_command_id(content, error);
    g_autoptr(DimMeta) meta = NULL;

    if (id == NULL)
        return FALSE;
    meta = dim_command_meta(content, &failure);
    if (failure != NULL) {
        g_propagate_error(error, g_steal_pointer(&failure));
        return FALSE;
    }
    if (meta == NULL)
        return answer(desk, message, id);
    if (dim_id_equal(id, dim_user_id(desk->user)))
        return TRUE; /* mine is at home */
    if (!dim_book_save_meta(desk->book, id, meta, error))
        return FALSE;
    dim_desk_learned(desk, id);
    return TRUE;
}
