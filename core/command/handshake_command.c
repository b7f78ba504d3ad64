/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The handshake: the station challenges us or lets us in (protocol §5.10). */
#include "base/errors.h"
#include "command/command.h"

gboolean
dim_handle_handshake(DimDesk *desk,
                     const DimMessage *message,
                     const DimContent *content,
                     GError **error)
{
    const char *key = dim_handshake_session(content);

    if (!dim_id_is_station(dim_message_sender(message))) {
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_UNVERIFIED,
                            "handshake from no station");
        return FALSE;
    }
    switch (dim_handshake_step(content)) {
    case DIM_HANDSHAKE_AGAIN:
        if (key == NULL) {
            g_set_error_literal(error, DIM_ERROR, DIM_ERROR_MALFORMED, "challenge without key");
            return FALSE;
        }
        desk->challenged(desk->data, message, key);
        return TRUE;
    case DIM_HANDSHAKE_SUCCESS:
        desk->greeted(desk->data, message, key);
        return TRUE;
    case DIM_HANDSHAKE_START:
    case DIM_HANDSHAKE_RESTART:
    default:
        /* A station that greets us like a client would; nothing to answer. */
        return TRUE;
    }
}
