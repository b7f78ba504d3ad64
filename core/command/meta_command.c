/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Metas asked of us and told to us (protocol §5.8). */
#include "command/command.h"

static void
answer(DimDesk *desk, const DimMessage *message, const DimId *id)
{
    gboolean open = dim_desk_may_know(desk, dim_message_sender(message), id);
    DimMeta *known = dim_desk_meta(desk, id);
    g_autoptr(DimMeta) meta = known != NULL ? dim_meta_ref(known) : NULL;

    /* A stranger must not see the difference. */
    if (meta == NULL || !open) {
        dim_desk_receipt(desk, message, "Meta not found.");
    } else if (dim_desk_may_tell(desk, message, "meta", id, 0)) {
        g_autoptr(DimContent) reply = dim_meta_command_new(id, meta);

        dim_desk_reply(desk, dim_message_sender(message), reply);
    }
}

gboolean
dim_handle_meta(DimDesk *desk,
                const DimMessage *message,
                const DimContent *content,
                GError **error)
{
    g_autoptr(DimId) id = dim_command_id(content, error);
    gboolean told;

    if (id == NULL || !dim_desk_take_meta(desk, message, content, id, &told, error))
        return FALSE;
    if (!told) {
        answer(desk, message, id);
    } else if (!dim_desk_is_me(desk, id)) {
        dim_desk_learned(desk, id);
        dim_desk_receipt(desk, message, "Meta received.");
    }
    return TRUE;
}
