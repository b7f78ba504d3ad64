/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A message to somebody else: whose it is, whether he wants it, into the queue and on to him, and what its sender is told
 * (protocol §7.1-7.3, §7.6). */
#include "base/json.h"
#include "message/commands.h"
#include "station/lists.h"
#include "station/names.h"
#include "station/server_parts.h"

/* ---- whose it is ---- */

/* Who stands behind name@anywhere. (nullable) borrowed. */
static DimId *
service_of(DimServer *server, const DimId *receiver)
{
    return dim_names_resolve(dim_answers_office(server->answers), dim_id_name(receiver));
}

gboolean
dim_server_is_service(DimServer *server, const DimId *receiver)
{
    const DimId *id = NULL;

    if (dim_id_is_broadcast(receiver) && dim_id_name(receiver) != NULL
        && !dim_id_is_group(receiver))
        id = service_of(server, receiver);
    return id != NULL && dim_id_equal(id, dim_clerk_me(server->clerk));
}

/* Who shall have it, or NULL: nobody here. */
static DimId *
reader_of(DimServer *server, const DimMessage *message)
{
    DimId *receiver = dim_message_receiver(message);
    DimId *reader = receiver;

    if (dim_id_is_broadcast(receiver)) {
        reader = dim_id_name(receiver) != NULL && !dim_id_is_group(receiver)
                     ? service_of(server, receiver)
                     : NULL;
        if (reader == NULL || dim_id_is_broadcast(reader)
            || dim_id_equal(reader, dim_message_sender(message))) {
            g_debug("nobody is called %s", dim_id_text(receiver));
            return NULL;
        }
    }
    if (dim_id_is_group(reader)) {
        g_debug("a group message should not be sent to a station: %s", dim_id_text(reader));
        return NULL;
    }
    if (dim_id_is_station(reader) || dim_id_kind(reader) == DIM_ADDRESS_UNKNOWN) {
        g_debug("no way to %s", dim_id_text(reader));
        return NULL;
    }
    return reader;
}

/* ---- to him ---- */

static void
tell_sender(DimServer *server,
            DimGuest *guest,
            const DimMessage *message,
            const DimId *reader,
            gboolean delivered)
{
    g_autoptr(DimContent) plain =
        dim_receipt_new(delivered ? "Message delivered." : "Message cached.", message);
    g_autoptr(DimContent) content = NULL;
    JsonObject *json;

    if (!delivered) {
        dim_server_answer(server, guest, dim_message_sender(message), plain, FALSE);
        return;
    }
    json = dim_json_copy(dim_content_json(plain));
    json_object_set_string_member(json, "recipient", dim_id_text(reader));
    content = dim_content_new_take(DIM_CONTENT_COMMAND, json);
    dim_server_answer(server, guest, dim_message_sender(message), content, FALSE);
}

/* As the official stations say it (protocol §7.6): for the sender it is not to be sent again. */
static void
tell_blocked(DimServer *server, DimGuest *guest, const DimMessage *message, const DimId *reader)
{
    g_autoptr(DimContent) content = dim_lists_blocked_new(server->book, message, reader);

    dim_server_answer(server, guest, dim_message_sender(message), content, FALSE);
}

static DimTaken
relay_message(DimServer *server,
              DimGuest *guest,
              const DimMessage *message,
              const DimId *reader,
              const char *text,
              gsize size)
{
    g_autoptr(GBytes) payload = g_bytes_new(text, size);
    g_autoptr(DimQueueItem) item = NULL;
    g_autoptr(GError) error = NULL;
    gboolean delivered = FALSE;

    if (dim_keeper_blocks(server->keeper, reader, dim_message_sender(message),
                          dim_message_group(message))) {
        tell_blocked(server, guest, message, reader);
        return DIM_TAKEN_DONE;
    }
    switch (dim_queue_put(server->queue, reader, dim_message_signature_text(message), payload,
                          &item, &error)) {
    case DIM_QUEUE_KEPT:
        delivered = dim_relay_pass(server->relay, reader, item) > 0;
        break;
    case DIM_QUEUE_THERE:
        delivered = dim_relay_is_present(server->relay, reader);
        break;
    case DIM_QUEUE_FULL:
        g_message("the queue of %s is full", dim_id_text(reader));
        return DIM_TAKEN_NOT;
    case DIM_QUEUE_FAILED:
    default:
        dim_server_complain(server, "a message could not be kept", error);
        return DIM_TAKEN_NOT;
    }
    tell_sender(server, guest, message, reader, delivered);
    return DIM_TAKEN_DONE;
}

DimTaken
dim_server_carry(DimServer *server,
                 DimGuest *guest,
                 const DimMessage *message,
                 const char *text,
                 gsize size)
{
    const DimId *reader = reader_of(server, message);

    return reader != NULL ? relay_message(server, guest, message, reader, text, size)
                          : DIM_TAKEN_DONE;
}
