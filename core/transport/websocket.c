/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The WebSocket row of the table of framings: upgrade, then one payload a frame; what is a heartbeat, an ACK, a message (protocol §6.3). */
#include <gio/gio.h>
#include <string.h>

#include "base/clock.h"
#include "base/errors.h"
#include "base/words.h"
#include "transport/acks.h"
#include "transport/framing.h"
#include "transport/upgrade.h"
#include "transport/ws_frame.h"

#define MASK_SIZE 4u
#define MAX_TALK  65536u /* bytes of answers to pings that nobody reads */

typedef enum {
    WS_OPENING,
    WS_OPEN,
    WS_CLOSED, /* said good-bye, or beyond repair */
} WsState;

typedef struct {
    gboolean caller;
    const DimClock *clock;
    WsState state;
    char *key;        /* of the upgrade */
    GByteArray *head; /* of the upgrade, while it is not whole */
    DimWsReader *reader;
    GByteArray *talk;          /* what we have to say ourselves */
    guint64 serial;            /* of the last message that came in */
    GHashTable *answers;       /* caller: &serial -> the line that acknowledges it */
    DimAcks *acks;             /* the other end: which of our messages are not acknowledged */
    gboolean heard;            /* a frame came in since acks were looked at */
    guint64 words, word_bytes; /* the head, and frames that were no packet */
} WebSocket;

static void
say(WebSocket *ws, const void *data, gsize size)
{
    g_byte_array_append(ws->talk, data, (guint)size);
}

/* Masked if we have dialed: proxies must not see bytes that somebody has chosen. */
static GBytes *
write_frame(WebSocket *ws, DimWsOpcode opcode, GBytes *body)
{
    gsize size = 0;
    const void *data = g_bytes_get_data(body, &size);
    guint8 mask[MASK_SIZE];

    if (!ws->caller)
        return dim_ws_write(opcode, NULL, data, size);
    ws->clock->random(ws->clock->data, mask, sizeof mask);
    return dim_ws_write(opcode, mask, data, size);
}

static void
say_frame(WebSocket *ws, DimWsOpcode opcode, GBytes *body)
{
    g_autoptr(GBytes) frame = write_frame(ws, opcode, body);
    gsize size = 0;
    const void *data = g_bytes_get_data(frame, &size);

    say(ws, data, size);
}

/* Nothing is read or written behind it. */
static void
say_farewell(WebSocket *ws, DimWsStatus status)
{
    const guint8 code[] = { (guint8)(status >> 8), (guint8)(status & 0xFF) };
    g_autoptr(GBytes) reason = g_bytes_new(code, sizeof code);

    if (ws->state == WS_OPEN)
        say_frame(ws, DIM_WS_CLOSE, reason);
    ws->state = WS_CLOSED;
}

static gpointer
open_web_socket(const DimFramerOptions *options)
{
    WebSocket *ws = g_new0(WebSocket, 1);
    guint8 random[16];

    ws->caller = options->caller;
    ws->clock = options->clock;
    ws->head = g_byte_array_new();
    ws->talk = g_byte_array_new();
    ws->reader = dim_ws_reader_new(options->max_body, !options->caller);
    ws->answers = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    ws->acks = dim_acks_new();
    if (ws->caller) {
        g_autofree char *request = NULL;

        ws->clock->random(ws->clock->data, random, sizeof random);
        ws->key = dim_upgrade_key(random);
        request = dim_upgrade_request(options->host, options->port, ws->key);
        say(ws, request, strlen(request));
    }
    return ws;
}

static void
free_web_socket(gpointer state)
{
    WebSocket *ws = state;

    g_byte_array_unref(ws->head);
    g_byte_array_unref(ws->talk);
    dim_ws_reader_free(ws->reader);
    g_hash_table_unref(ws->answers);
    dim_acks_free(ws->acks);
    g_free(ws->key);
    g_free(ws);
}

static void
feed_web_socket(gpointer state, const void *data, gsize size)
{
    WebSocket *ws = state;

    if (ws->state == WS_OPENING)
        g_byte_array_append(ws->head, data, (guint)size);
    else if (ws->state == WS_OPEN)
        dim_ws_reader_feed(ws->reader, data, size);
}

/* ---- the upgrade ---- */

static gboolean
accept_head(WebSocket *ws, gsize size, GError **error)
{
    g_autofree char *answer = NULL;

    if (ws->caller)
        return dim_upgrade_check_response(ws->head->data, size, ws->key, error);
    ws->key = dim_upgrade_read_request(ws->head->data, size, error);
    if (ws->key == NULL) {
        say(ws, dim_upgrade_refusal, strlen(dim_upgrade_refusal));
        return FALSE;
    }
    ws->words++;
    ws->word_bytes += size;
    answer = dim_upgrade_response(ws->key);
    say(ws, answer, strlen(answer));
    return TRUE;
}

/* FALSE: more is needed, or an error. What follows the head is frames. */
static gboolean
take_head(WebSocket *ws, GError **error)
{
    gsize shown = MIN(ws->head->len, DIM_UPGRADE_MAX);
    gsize size = shown > 0 ? dim_upgrade_head_size(ws->head->data, shown) : 0;

    if (size == 0 && shown < DIM_UPGRADE_MAX)
        return FALSE;
    if (size == 0)
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_MALFORMED,
                            _("An HTTP head without end"));
    if (size == 0 || !accept_head(ws, size, error)) {
        ws->state = WS_CLOSED;
        return FALSE;
    }
    ws->state = WS_OPEN;
    dim_ws_reader_feed(ws->reader, ws->head->data + size, ws->head->len - size);
    g_byte_array_set_size(ws->head, 0);
    return TRUE;
}

/* ---- coming in ---- */

static gboolean
is_word(GBytes *body, const char *word)
{
    gsize size = 0;
    const void *data = g_bytes_get_data(body, &size);

    return size == strlen(word) && memcmp(data, word, size) == 0;
}

static gboolean
give_command(DimPacket *packet, DimPacketType type, GBytes *body)
{
    *packet = (DimPacket){ .type = type, .pages = 1, .body = g_bytes_ref(body) };
    return TRUE;
}

static gboolean
give_acknowledgement(DimPacket *packet, guint64 serial)
{
    *packet = (DimPacket){ .type = DIM_PACKET_MESSAGE_RESPONSE,
                           .has_serial = TRUE,
                           .serial = serial,
                           .pages = 1,
                           .body = g_bytes_new_static("OK", 2) };
    return TRUE;
}

static gboolean
give_message(WebSocket *ws, DimPacket *packet, const DimWsMessage *message)
{
    gsize size = 0;
    const guint8 *data = g_bytes_get_data(message->body, &size);
    char *line = ws->caller ? dim_ack_line(data, size) : NULL;

    *packet = (DimPacket){ .type = DIM_PACKET_MESSAGE,
                           .has_serial = TRUE,
                           .serial = ++ws->serial,
                           .pages = 1,
                           .joined = message->joined,
                           .body = g_bytes_ref(message->body) };
    if (line != NULL)
        g_hash_table_insert(ws->answers, g_memdup2(&ws->serial, sizeof ws->serial), line);
    return TRUE;
}

/* FALSE: nothing that anybody else must know. */
static gboolean
take_payload(WebSocket *ws, const DimWsMessage *message, DimPacket *packet)
{
    gsize size = 0;
    const guint8 *data = g_bytes_get_data(message->body, &size);

    if (is_word(message->body, "PING"))
        return give_command(packet, DIM_PACKET_COMMAND, message->body);
    if (is_word(message->body, "PONG"))
        return give_command(packet, DIM_PACKET_COMMAND_RESPONSE, message->body);
    if (size == 0 || is_word(message->body, "NOOP") || is_word(message->body, "OK"))
        return FALSE;
    if (dim_ack_is_line(data, size)) {
        guint64 serial = dim_acks_take(ws->acks, data, size);

        return serial != 0 && give_acknowledgement(packet, serial);
    }
    return give_message(ws, packet, message);
}

/* FALSE: go on with the next frame, or stop with an error. */
static gboolean
take_message(WebSocket *ws, const DimWsMessage *message, DimPacket *packet, GError **error)
{
    ws->heard = TRUE;
    switch (message->opcode) {
    case DIM_WS_PING:
        if (ws->talk->len < MAX_TALK)
            say_frame(ws, DIM_WS_PONG, message->body);
        break;
    case DIM_WS_CLOSE:
        say_frame(ws, DIM_WS_CLOSE, message->body);
        ws->state = WS_CLOSED;
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED,
                            _("The other end closed the WebSocket"));
        return FALSE;
    case DIM_WS_TEXT:
    case DIM_WS_BINARY:
        if (take_payload(ws, message, packet))
            return TRUE;
        break;
    case DIM_WS_PONG:
    case DIM_WS_CONTINUATION: /* the reader has joined them */
        break;
    }
    if (!message->joined) {
        ws->words++;
        ws->word_bytes += g_bytes_get_size(message->body);
    }
    return FALSE;
}

static gboolean
take_old(WebSocket *ws, DimPacket *packet)
{
    guint64 serial =
        ws->heard ? dim_acks_take_old(ws->acks, dim_clock_monotonic(ws->clock)) : 0;

    ws->heard = serial != 0;
    return serial != 0 && give_acknowledgement(packet, serial);
}

static gboolean
next_web_socket(gpointer state, DimPacket *packet, GError **error)
{
    WebSocket *ws = state;

    *packet = (DimPacket){ 0 };
    if (ws->state == WS_OPENING && !take_head(ws, error))
        return FALSE;
    if (ws->state == WS_OPEN && take_old(ws, packet))
        return TRUE;
    while (ws->state == WS_OPEN) {
        g_auto(DimWsMessage) message = { 0 };

        if (!dim_ws_reader_next(ws->reader, &message, error)) {
            if (dim_ws_reader_fault(ws->reader) != DIM_WS_NO_STATUS)
                say_farewell(ws, dim_ws_reader_fault(ws->reader));
            return FALSE;
        }
        if (take_message(ws, &message, packet, error))
            return TRUE;
    }
    return FALSE;
}

/* Nothing here waits for time. */
static void
age_web_socket(G_GNUC_UNUSED gpointer state, G_GNUC_UNUSED gint64 now)
{
}

static gsize
held_web_socket(gpointer state)
{
    const WebSocket *ws = state;

    return ws->head->len + dim_ws_reader_held(ws->reader);
}

static guint64
pieces_web_socket(gpointer state, guint64 *bytes)
{
    const WebSocket *ws = state;
    guint64 pieces = dim_ws_reader_pieces(ws->reader, bytes);

    if (bytes != NULL)
        *bytes += ws->word_bytes;
    return pieces + ws->words;
}

/* ---- going out ---- */

static gboolean
is_ready_web_socket(gpointer state)
{
    return ((const WebSocket *)state)->state == WS_OPEN;
}

static GBytes *
talk_web_socket(gpointer state)
{
    WebSocket *ws = state;
    GByteArray *said = ws->talk;

    if (said->len == 0)
        return NULL;
    ws->talk = g_byte_array_new();
    return g_byte_array_free_to_bytes(said);
}

static void
leave_web_socket(gpointer state)
{
    say_farewell(state, DIM_WS_NORMAL);
}

static GBytes *
answer_web_socket(gpointer state, const DimPacket *message)
{
    WebSocket *ws = state;
    g_autofree guint64 *key = NULL;
    char *line = NULL;
    g_autoptr(GBytes) body = NULL;

    if (!g_hash_table_steal_extended(ws->answers, &message->serial, (gpointer *)&key,
                                     (gpointer *)&line))
        return NULL;
    body = g_bytes_new_take(line, strlen(line));
    return write_frame(ws, DIM_WS_TEXT, body);
}

static GBytes *
write_web_socket(gpointer state, const DimPacket *packet)
{
    WebSocket *ws = state;
    gsize size = 0;
    const guint8 *data = g_bytes_get_data(packet->body, &size);

    if (packet->type == DIM_PACKET_MESSAGE_RESPONSE)
        return answer_web_socket(state, packet);
    if (packet->type == DIM_PACKET_MESSAGE && !ws->caller)
        dim_acks_add(ws->acks, data, size, packet->serial, dim_clock_monotonic(ws->clock));
    return write_frame(ws, DIM_WS_TEXT, packet->body);
}

const DimFraming dim_framing_websocket = {
    .name = "WebSocket",
    .open = open_web_socket,
    .free = free_web_socket,
    .feed = feed_web_socket,
    .next = next_web_socket,
    .age = age_web_socket,
    .held = held_web_socket,
    .pieces = pieces_web_socket,
    .write = write_web_socket,
    .answer = answer_web_socket,
    .is_ready = is_ready_web_socket,
    .talk = talk_web_socket,
    .leave = leave_web_socket,
};
