/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What I said on another device of mine, told to this one (protocol §5.7, P-074). */
#include "base/errors.h"
#include "base/json.h"
#include "command/command.h"

/* What is said to a group names no other one in itself. */
static gboolean
is_of(const DimContent *content, const DimId *receiver)
{
    const DimId *group = dim_content_group(content);

    return group == NULL || !dim_id_is_group(receiver) || dim_id_equal(group, receiver);
}

/* (transfer full), or NULL: a line of mine to the person or the group that `told` names. */
static DimMessage *
read_message(const DimDesk *desk, JsonObject *told, GError **error)
{
    JsonObject *inner = dim_json_object(told, "content");
    g_autoptr(DimId) sender = dim_id_parse(dim_json_text(told, "sender"), error);
    g_autoptr(DimId) receiver =
        sender != NULL ? dim_id_parse(dim_json_text(told, "receiver"), error) : NULL;
    g_autoptr(DimContent) content = NULL;

    if (receiver == NULL)
        return NULL;
    if (inner == NULL || !dim_desk_is_me(desk, sender) || dim_desk_is_me(desk, receiver)
        || dim_id_is_broadcast(receiver)) {
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_MALFORMED,
                            "no line of mine to a person or a group");
        return NULL;
    }
    content = dim_content_from_json(inner, error);
    if (content == NULL)
        return NULL;
    if (dim_content_is_command(content) || dim_content_is_for_programs(content)
        || dim_content_type(content) == DIM_CONTENT_FORWARD || !is_of(content, receiver)) {
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_MALFORMED, "no line but an order");
        return NULL;
    }
    return dim_message_new(sender, receiver, NULL, content);
}

gboolean
dim_handle_sync(DimDesk *desk,
                const DimMessage *message,
                const DimContent *content,
                GError **error)
{
    JsonObject *told = dim_json_object(dim_content_json(content), "message");
    g_autoptr(DimMessage) said = NULL;

    /* Nobody else may put words into my mouth. */
    if (!dim_desk_is_me(desk, dim_message_sender(message))
        || dim_message_is_broadcast(message)) {
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_UNVERIFIED,
                            "somebody else tells what I said");
        return FALSE;
    }
    if (told == NULL) {
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_MALFORMED, "nothing was said");
        return FALSE;
    }
    said = read_message(desk, told, error);
    if (said == NULL)
        return FALSE;
    desk->said(desk->data, said);
    return TRUE;
}
