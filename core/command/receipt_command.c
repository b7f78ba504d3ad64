/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A receipt says what became of a message of ours; it is never answered (protocol §5.12). */
#include "base/errors.h"
#include "base/json.h"
#include "command/command.h"

/* A receipt whose origin names another sender is about a message that is not mine. */
static gboolean
is_about_me(const DimDesk *desk, const DimContent *content, GError **error)
{
    JsonObject *origin = dim_receipt_origin(content);
    const char *text = origin != NULL ? dim_json_text(origin, "sender") : NULL;
    g_autoptr(DimId) sender = NULL;

    if (text == NULL)
        return TRUE;
    sender = dim_id_parse(text, error);
    if (sender == NULL)
        return FALSE;
    if (dim_desk_is_me(desk, sender))
        return TRUE;
    g_set_error_literal(error, DIM_ERROR, DIM_ERROR_UNVERIFIED,
                        "receipt of somebody else's message");
    return FALSE;
}

gboolean
dim_handle_receipt(DimDesk *desk,
                   const DimMessage *message,
                   const DimContent *content,
                   GError **error)
{
    if (dim_receipt_signature(content) == NULL && dim_receipt_serial(content) == 0) {
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_MALFORMED, "receipt of nothing");
        return FALSE;
    }
    if (!is_about_me(desk, content, error))
        return FALSE;
    desk->confirmed(desk->data, message, content);
    return TRUE;
}
