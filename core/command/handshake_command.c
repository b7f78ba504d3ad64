/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The handshake: the station challenges us or lets us in (protocol §5.10). */
#include <string.h>

#include "base/errors.h"
#include "command/command.h"

#define MAX_KEY 256 /* characters; stations give 64 */

/* Anybody can make himself an ID that says "station": once ours has proved itself, another's word is nothing. */
static gboolean
is_from_station(const DimDesk *desk, const DimMessage *message, GError **error)
{
    const DimId *sender = dim_message_sender(message);
    const DimId *ours = desk->station(desk->data);

    if (dim_id_is_station(sender) && (ours == NULL || dim_id_equal(ours, sender)))
        return TRUE;
    g_set_error_literal(error, DIM_ERROR, DIM_ERROR_UNVERIFIED,
                        "handshake from no station of ours");
    return FALSE;
}

gboolean
dim_handle_handshake(DimDesk *desk,
                     const DimMessage *message,
                     const DimContent *content,
                     GError **error)
{
    const char *key = dim_handshake_session(content);
    DimHandshakeStep step = dim_handshake_step(content);

    if (!is_from_station(desk, message, error))
        return FALSE;
    /* A station that greets us like a client would, or the answer to a measure of speed. */
    if (step != DIM_HANDSHAKE_AGAIN && step != DIM_HANDSHAKE_SUCCESS)
        return TRUE;
    if (key == NULL || strlen(key) > MAX_KEY) {
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_MALFORMED,
                            "handshake without a session key");
        return FALSE;
    }
    if (step == DIM_HANDSHAKE_AGAIN)
        desk->challenged(desk->data, message, key);
    else
        desk->greeted(desk->data, message, key);
    return TRUE;
}
