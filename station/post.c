/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What becomes of a message that came in: checked, then answered, relayed, kept for after login, or dropped (protocol §7.1). */
#include <string.h>

#include "base/errors.h"
#include "base/json.h"
#include "message/commands.h"
#include "station/server_parts.h"

#define MAX_NESTED  4           /* forwards inside forwards (protocol §5.6) */
#define STRANGE_MAX (64 * 1024) /* of a message to the station before login */
#define MAX_LINES   256         /* messages in one payload */

static DimTaken
take_message(DimServer *server, DimGuest *guest, const char *text, gsize size, guint depth);

/* ---- out ---- */

static void
challenge(DimServer *server, DimGuest *guest, DimId *to)
{
    g_autoptr(DimContent) content =
        dim_answers_challenge(guest->session, guest->line->host, guest->line->port);

    dim_server_answer(server, guest, to, content, FALSE);
}

/* ---- to the station ---- */

static gboolean
is_for_any_station(const DimMessage *message)
{
    DimId *receiver = dim_message_receiver(message);
    DimId *group = dim_message_group(message);

    return dim_id_equal(receiver, dim_id_any_station())
           || dim_id_equal(receiver, dim_id_every_station())
           || (group != NULL && dim_id_equal(group, dim_id_every_station()));
}

static void
apply_effect(DimServer *server, DimGuest *guest, DimId *sender, DimEffect effect)
{
    switch (effect) {
    case DIM_EFFECT_LOGIN:
        g_info("%s:%u is %s", guest->line->host, guest->line->port, dim_id_text(sender));
        dim_relay_enter(server->relay, guest, sender);
        break;
    case DIM_EFFECT_ACTIVE:
        dim_relay_set_active(server->relay, guest, TRUE);
        break;
    case DIM_EFFECT_INACTIVE:
        dim_relay_set_active(server->relay, guest, FALSE);
        break;
    case DIM_EFFECT_NONE:
        break;
    }
}

/* Inner messages are taken in as if they had come by themselves; an empty forward is somebody's empty answer. */
static DimTaken
take_forward(DimServer *server, DimGuest *guest, DimContent *content, guint depth)
{
    JsonObject *json = dim_content_json(content);
    JsonArray *secrets = dim_json_array(json, "secrets");
    JsonObject *single = dim_json_object(json, "forward");
    guint length = secrets != NULL ? json_array_get_length(secrets) : 0;

    if (depth >= MAX_NESTED || length > MAX_LINES)
        return DIM_TAKEN_DONE;
    for (guint i = 0; i < length; i++) {
        JsonNode *node = json_array_get_element(secrets, i);
        g_autofree char *text = NULL;

        if (!JSON_NODE_HOLDS_OBJECT(node))
            continue;
        text = dim_json_write(json_node_get_object(node));
        if (take_message(server, guest, text, strlen(text), depth + 1) == DIM_TAKEN_NOT)
            return DIM_TAKEN_NOT;
    }
    if (secrets == NULL && single != NULL) {
        g_autofree char *text = dim_json_write(single);

        return take_message(server, guest, text, strlen(text), depth + 1);
    }
    return DIM_TAKEN_DONE;
}

static DimTaken
take_mine(DimServer *server,
          DimGuest *guest,
          const DimMessage *message,
          const char *text,
          guint depth)
{
    DimId *sender = dim_message_sender(message);
    g_autoptr(GPtrArray) replies =
        g_ptr_array_new_with_free_func((GDestroyNotify)dim_content_unref);
    g_autoptr(GError) error = NULL;
    guint work = 0;
    g_autoptr(DimContent) content = dim_clerk_open(server->clerk, message, &work, &error);
    gboolean introduce = is_for_any_station(message);
    DimQuestion question = { .session = guest->session,
                             .host = guest->line->host,
                             .port = guest->line->port,
                             .message = message,
                             .text = text,
                             .content = content,
                             .replies = replies };

    dim_hub_charge(server->hub, guest->line, work);
    if (content == NULL) {
        g_debug("mail of %s cannot be opened: %s", dim_id_text(sender), error->message);
        return DIM_TAKEN_DONE;
    }
    if (guest->account == NULL && !dim_answers_is_open(content)) {
        challenge(server, guest, sender);
        return DIM_TAKEN_LATER;
    }
    if (dim_content_type(content) == DIM_CONTENT_FORWARD)
        return take_forward(server, guest, content, depth);
    dim_answers_give(server->answers, &question);
    dim_hub_charge(server->hub, guest->line, question.work);
    for (guint i = 0; i < replies->len; i++) {
        if (dim_server_answer(server, guest, sender, replies->pdata[i], introduce))
            introduce = FALSE;
    }
    apply_effect(server, guest, sender, question.effect);
    return DIM_TAKEN_DONE;
}

/* ---- in ---- */

static gboolean
is_good(DimServer *server, DimGuest *guest, const DimMessage *message, DimTaken *taken)
{
    DimId *sender = dim_message_sender(message);
    const char *why = NULL;

    *taken = DIM_TAKEN_DONE;
    if (guest->account != NULL && !dim_id_equal(guest->account, sender)) {
        why = "is not who logged in";
    } else {
        switch (dim_clerk_check(server->clerk, message)) {
        case DIM_CLERK_STRANGER:
            *taken = DIM_TAKEN_NOT;
            why = "is unknown";
            break;
        case DIM_CLERK_FORGED:
            why = "did not sign it";
            break;
        case DIM_CLERK_GOOD:
            dim_hub_hear_out(server->hub, guest->line);
            break;
        }
    }
    if (why != NULL)
        g_debug("%s:%u: dropped, %s %s", guest->line->host, guest->line->port,
                dim_id_text(sender), why);
    return why == NULL;
}

static gboolean
is_for_me(DimServer *server, const DimId *receiver)
{
    return dim_id_equal(receiver, dim_clerk_me(server->clerk))
           || dim_id_equal(receiver, dim_id_any_station())
           || dim_id_equal(receiver, dim_id_anyone())
           || dim_server_is_service(server, receiver);
}

static DimTaken
take_message(DimServer *server, DimGuest *guest, const char *text, gsize size, guint depth)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DimMessage) message = dim_message_parse(text, (gssize)size, &error);
    DimTaken taken = DIM_TAKEN_DONE;
    DimId *receiver;

    if (message == NULL) {
        g_debug("%s:%u: no message: %s", guest->line->host, guest->line->port, error->message);
        return DIM_TAKEN_DONE;
    }
    receiver = dim_message_receiver(message);
    if (guest->account == NULL && size > STRANGE_MAX && is_for_me(server, receiver)) {
        g_debug("%s:%u: too long for a greeting", guest->line->host, guest->line->port);
        return DIM_TAKEN_DONE;
    }
    if (depth > 0)
        dim_hub_charge(server->hub, guest->line, 1);
    if (!is_good(server, guest, message, &taken))
        return taken;
    if (is_for_me(server, receiver))
        return take_mine(server, guest, message, text, depth);
    if (guest->account == NULL) {
        challenge(server, guest, dim_message_sender(message));
        return DIM_TAKEN_LATER;
    }
    if (dim_id_equal(receiver, dim_id_every_station())
        || dim_id_equal(receiver, dim_id_everyone()))
        return take_mine(server, guest, message, text, depth);
    return dim_server_carry(server, guest, message, text, size);
}

/* A payload is one message, or several in lines (protocol §6.1); one acknowledgement stands for all. */
static DimTaken
take_lines(DimServer *server, DimGuest *guest, const char *data, gsize size)
{
    const char *end = data + size;
    guint count = 0;
    DimTaken worst = DIM_TAKEN_DONE;

    while (data < end) {
        const char *stop = memchr(data, '\n', (gsize)(end - data));
        gsize length = (gsize)((stop != NULL ? stop : end) - data);

        while (length > 0 && data[length - 1] == '\r')
            length--;
        if (length > 0 && ++count > MAX_LINES) {
            g_debug("%s:%u: too many messages in one packet", guest->line->host,
                    guest->line->port);
            return DIM_TAKEN_NOT;
        }
        if (length > 0) {
            /* The gate and the records want a text with an end. */
            g_autofree char *line = g_strndup(data, length);
            DimTaken taken = take_message(server, guest, line, length, 0);

            if (count > 1) /* the first was paid for with the packet */
                dim_hub_charge(server->hub, guest->line, 1);
            worst = MAX(worst, taken);
        }
        data = stop != NULL ? stop + 1 : end;
    }
    return worst;
}

void
dim_server_take(DimServer *server, DimGuest *guest, GBytes *body, guint64 serial)
{
    g_autoptr(GError) error = NULL;
    gsize size = 0;
    const char *data = g_bytes_get_data(body, &size);
    DimTaken taken = DIM_TAKEN_DONE;

    if (!dim_store_begin(server->store, &error)) {
        dim_server_complain(server, "nothing can be kept", error);
        return;
    }
    if (size > 0 && data[0] == '{')
        taken = take_lines(server, guest, data, size);
    else if (size != 4)
        g_debug("%s:%u: a payload that is no message", guest->line->host, guest->line->port);
    if (taken == DIM_TAKEN_DONE)
        dim_hub_send(server->hub, guest->line, DIM_PACKET_MESSAGE_RESPONSE, serial, "OK", 2);
    else if (taken == DIM_TAKEN_LATER && guest->account == NULL
             && !dim_guest_keep(guest, body, serial, &server->kept))
        g_debug("%s:%u says too much before login", guest->line->host, guest->line->port);
}
