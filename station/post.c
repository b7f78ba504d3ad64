/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What becomes of a message that came in: checked, then answered, relayed, kept for after login, or dropped (protocol §7.1). */
#include <string.h>

#include "base/errors.h"
#include "base/json.h"
#include "message/commands.h"
#include "station/server_parts.h"

#define MAX_NESTED  4           /* forwards inside forwards (protocol §5.6) */
#define STRANGE_MAX (64 * 1024) /* of a message to the station before login */
/* What opening mail may cost before login: a few tries of a private key. */
#define STRANGE_WORK 60

/* ---- out ---- */

static void
challenge(DimServer *server, DimGuest *guest, DimId *to)
{
    g_autoptr(DimContent) content =
        dim_answers_challenge(guest->session, guest->line->host, guest->line->port);

    dim_server_answer(server, guest, to, content, FALSE);
}

static gboolean
is_challenge(const DimContent *content)
{
    return g_strcmp0(dim_content_command(content), "handshake") == 0
           && dim_handshake_step(content) == DIM_HANDSHAKE_AGAIN;
}

/* FALSE: he has no key here that it could be locked for. Whose clock is ahead of ours has none, for his visa was refused: he gets
 * the challenge, whose time tells him so, and nothing else. */
static gboolean
reply(DimServer *server,
      DimGuest *guest,
      const DimMessage *message,
      DimContent *content,
      gboolean introduce)
{
    g_autofree char *text = NULL;

    if (dim_server_answer(server, guest, dim_message_sender(message), content, introduce))
        return TRUE;
    if (guest->account == NULL && is_challenge(content))
        text = dim_clerk_seal_ahead(server->clerk, message, content,
                                    dim_clock_now(server->clock), NULL);
    if (text != NULL)
        dim_relay_say(server->relay, guest, text);
    return FALSE;
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

/* Inner messages are taken in as if they had come by themselves, the first of them next; an empty forward is somebody's empty
 * answer. */
static void
take_forward(DimGuest *guest, DimContent *content, guint depth)
{
    JsonObject *json = dim_content_json(content);
    JsonArray *secrets = dim_json_array(json, "secrets");
    JsonObject *single = dim_json_object(json, "forward");
    guint length = secrets != NULL ? json_array_get_length(secrets) : 0;

    if (depth >= MAX_NESTED || length > DIM_READING_MAX)
        return;
    for (guint i = length; i > 0; i--) {
        JsonNode *node = json_array_get_element(secrets, i - 1);

        if (JSON_NODE_HOLDS_OBJECT(node))
            dim_reading_add(guest->reading, json_node_get_object(node), depth + 1);
    }
    if (secrets == NULL && single != NULL)
        dim_reading_add(guest->reading, single, depth + 1);
}

/* What no key opens costs the most and is worth nothing: a stranger has a few tries, others pay, beyond this line. */
static void
pay_for_opening(DimServer *server, DimGuest *guest, guint work, gboolean opened)
{
    if (opened)
        dim_hub_charge(server->hub, guest->line, work);
    else
        dim_hub_waste(server->hub, guest->line, work);
    guest->opening += work;
    if (guest->account == NULL && guest->opening >= STRANGE_WORK)
        dim_hub_cut(server->hub, guest->line, "wants too much opened before its login");
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
    gboolean sparing = guest->account == NULL || dim_hub_is_wasteful(server->hub, guest->line);
    g_autoptr(DimContent) content =
        dim_clerk_open(server->clerk, message, sparing, &work, &error);
    gboolean introduce = is_for_any_station(message);
    DimQuestion question = { .session = guest->session,
                             .host = guest->line->host,
                             .port = guest->line->port,
                             .message = message,
                             .text = text,
                             .content = content,
                             .replies = replies };

    pay_for_opening(server, guest, work, content != NULL);
    if (content == NULL) {
        g_debug("mail of %s cannot be opened: %s", dim_id_text(sender), error->message);
        return DIM_TAKEN_DONE;
    }
    if (guest->account == NULL && !dim_answers_is_open(content)) {
        challenge(server, guest, sender);
        return DIM_TAKEN_LATER;
    }
    if (dim_content_type(content) == DIM_CONTENT_FORWARD) {
        take_forward(guest, content, depth);
        return DIM_TAKEN_DONE;
    }
    dim_answers_give(server->answers, &question);
    dim_hub_charge(server->hub, guest->line, question.work);
    dim_hub_waste(server->hub, guest->line, question.wasted);
    for (guint i = 0; i < replies->len; i++) {
        if (reply(server, guest, message, replies->pdata[i], introduce))
            introduce = FALSE;
        else if (question.effect == DIM_EFFECT_LOGIN) /* nobody is in who cannot be told so */
            question.effect = DIM_EFFECT_NONE;
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
    guint work = 0;

    *taken = DIM_TAKEN_DONE;
    if (guest->account != NULL && !dim_id_equal(guest->account, sender)) {
        why = "is not who logged in";
    } else {
        switch (dim_clerk_check(server->clerk, message, &work)) {
        case DIM_CLERK_STRANGER:
            *taken = DIM_TAKEN_NOT;
            why = "is unknown";
            break;
        case DIM_CLERK_FORGED:
            why = "did not sign it";
            dim_hub_waste(server->hub, guest->line, work);
            break;
        case DIM_CLERK_GOOD:
            dim_hub_charge(server->hub, guest->line, work);
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

/* ---- a payload: one message, or several in lines; one acknowledgement stands for all (protocol §6.1) ---- */

static void
finish(DimServer *server, DimGuest *guest)
{
    g_autoptr(DimReading) reading = g_steal_pointer(&guest->reading);

    if (dim_store_was_undone(server->store, &reading->since))
        dim_hub_cut(server->hub, guest->line, "what it said could not be kept");
    else if (reading->worst == DIM_TAKEN_DONE)
        dim_hub_acknowledge(server->hub, guest->line, &reading->packet);
    else if (reading->worst == DIM_TAKEN_LATER && guest->account == NULL
             && !dim_guest_keep(guest, &reading->packet, &server->kept))
        g_debug("%s:%u says too much before login", guest->line->host, guest->line->port);
}

gboolean
dim_server_go_on(DimServer *server, DimGuest *guest)
{
    DimReading *reading = guest->reading;
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    guint depth = 0;

    if (reading == NULL)
        return FALSE;
    if (!dim_store_begin(server->store, &error)) {
        dim_server_complain(server, "nothing can be kept", error);
        g_clear_pointer(&guest->reading, dim_reading_free);
        /* Else what he says next would be answered, and over WebSocket that answer says that this was read. */
        dim_hub_cut(server->hub, guest->line, "what it said could not be kept");
        return TRUE;
    }
    text = dim_reading_next(reading, &depth);
    if (text != NULL) {
        DimTaken taken = take_message(server, guest, text, strlen(text), depth);

        if (depth > 0 || reading->count > 1) /* the first was paid for with the packet */
            dim_hub_charge(server->hub, guest->line, 1);
        reading->worst = MAX(reading->worst, taken);
    }
    if (dim_reading_is_done(reading))
        finish(server, guest);
    return TRUE;
}

void
dim_server_take(DimServer *server, DimGuest *guest, const DimPacket *packet)
{
    gsize size = 0;
    const char *data = g_bytes_get_data(packet->body, &size);

    if (size == 0 || data[0] != '{') {
        if (size != 4)
            g_debug("%s:%u: a payload that is no message", guest->line->host,
                    guest->line->port);
        dim_hub_acknowledge(server->hub, guest->line, packet);
        return;
    }
    guest->reading = dim_reading_new(packet);
    (void)dim_store_was_undone(server->store, &guest->reading->since);
    dim_server_go_on(server, guest);
}
