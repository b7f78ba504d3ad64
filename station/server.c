/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The station itself: what the hub tells, the commit at the end of every turn, start and stop. */
#include "station/server.h"

#include <string.h>

#include "base/errors.h"
#include "station/server_parts.h"

#define SETTLE_TIME    G_USEC_PER_SEC
#define EXPIRE_TICKS   60
#define COMPLAIN_EVERY (60 * (gint64)G_USEC_PER_SEC)

void
dim_server_complain(DimServer *server, const char *what, const GError *error)
{
    gint64 now = dim_clock_monotonic(server->clock);

    if (server->complained_at != 0 && now - server->complained_at < COMPLAIN_EVERY) {
        g_debug("%s: %s", what, error->message);
        return;
    }
    server->complained_at = MAX(now, 1);
    g_warning("%s: %s", what, error->message);
}

gboolean
dim_server_answer(DimServer *server,
                  DimGuest *guest,
                  const DimId *to,
                  DimContent *content,
                  gboolean introduce)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = dim_clerk_seal(server->clerk, to, content, introduce, &error);

    if (text == NULL) {
        g_debug("no answer to %s: %s", dim_id_text(to), error->message);
        return FALSE;
    }
    dim_relay_say(server->relay, guest, text);
    return TRUE;
}

/* ---- the hub's events ---- */

static void
on_opened(DimLine *line, gpointer data)
{
    DimServer *server = data;
    DimGuest *guest = dim_guest_new(line);

    line->guest = guest;
    g_hash_table_add(server->guests, guest);
}

static gboolean
body_is(const DimPacket *packet, const char *text)
{
    gsize size = 0;
    const void *data = g_bytes_get_data(packet->body, &size);

    return size == strlen(text) && memcmp(data, text, size) == 0;
}

static void
on_arrived(DimLine *line, const DimPacket *packet, gpointer data)
{
    DimServer *server = data;
    DimGuest *guest = line->guest;
    g_autoptr(GError) error = NULL;
    gboolean was_in = guest->account != NULL;

    switch (packet->type) {
    case DIM_PACKET_COMMAND: {
        const char *reply = body_is(packet, "PING") ? "PONG" : "OK";

        dim_hub_send(server->hub, line, DIM_PACKET_COMMAND_RESPONSE, packet->serial, reply,
                     strlen(reply));
        break;
    }
    case DIM_PACKET_MESSAGE:
        dim_server_take(server, guest, packet);
        if (was_in)
            dim_relay_settle(server->relay, guest);
        break;
    case DIM_PACKET_MESSAGE_RESPONSE:
        if (!body_is(packet, "OK"))
            break;
        if (!dim_store_begin(server->store, &error)
            || !dim_relay_confirm(server->relay, guest, packet->serial, &error))
            dim_server_complain(server, "a delivered message could not be removed", error);
        break;
    case DIM_PACKET_COMMAND_RESPONSE:
    case DIM_PACKET_FRAGMENT:
    default:
        break;
    }
}

/* The rest of a payload; then, after the login, what he said before it. */
static gboolean
on_resumed(DimLine *line, gpointer data)
{
    DimServer *server = data;
    DimGuest *guest = line->guest;
    g_auto(DimPacket) kept = { 0 };

    if (dim_server_go_on(server, guest))
        return TRUE;
    if (guest->account == NULL || !dim_guest_recall(guest, &kept, &server->kept))
        return FALSE;
    dim_server_take(server, guest, &kept);
    return TRUE;
}

static void
on_drained(DimLine *line, gpointer data)
{
    DimServer *server = data;
    DimGuest *guest = line->guest;

    if (guest->account != NULL)
        dim_relay_pump(server->relay, guest);
}

static void
on_closed(DimLine *line, gpointer data)
{
    DimServer *server = data;
    DimGuest *guest = g_steal_pointer(&line->guest);

    dim_relay_leave(server->relay, guest);
    server->kept -= guest->kept_size;
    g_hash_table_remove(server->guests, guest);
}

static void
on_tick(gpointer data)
{
    DimServer *server = data;
    gint64 now = dim_clock_monotonic(server->clock);
    g_autoptr(GError) error = NULL;
    GHashTableIter iter;
    gpointer key;

    g_hash_table_iter_init(&iter, server->guests);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        DimGuest *guest = key;

        if (guest->account == NULL)
            continue;
        if (now - guest->login_at > SETTLE_TIME)
            dim_relay_settle(server->relay, guest);
        dim_relay_repeat(server->relay, guest);
        dim_relay_pump(server->relay, guest); /* what could not be read when it was his turn */
    }
    if (++server->ticks % EXPIRE_TICKS != 0)
        return;
    if (!dim_store_begin(server->store, &error) || !dim_queue_expire(server->queue, &error))
        dim_server_complain(server, "old messages could not be forgotten", error);
}

static gboolean
on_settle(gpointer data)
{
    DimServer *server = data;
    g_autoptr(GError) error = NULL;

    if (!dim_store_in_transaction(server->store) || dim_store_commit(server->store, &error))
        return TRUE;
    dim_server_complain(server, "what came in could not be kept, and was not acknowledged",
                        error);
    return FALSE;
}

static const DimHubEvents hub_events = { .opened = on_opened,
                                         .arrived = on_arrived,
                                         .resumed = on_resumed,
                                         .drained = on_drained,
                                         .closed = on_closed,
                                         .tick = on_tick,
                                         .settle = on_settle };

/* ---- the server itself ---- */

DimUser *
dim_server_identity(DimStore *store,
                    const DimSettings *settings,
                    const char *host,
                    guint16 port,
                    GError **error)
{
    g_autoptr(JsonObject) properties = NULL;
    g_autofree char *aside = NULL;
    DimRegisterOptions options = { .kind = DIM_META_MKM,
                                   .identity_key = DIM_KEY_ECC,
                                   .visa_bits = settings->visa_bits,
                                   .network = DIM_TYPE_STATION,
                                   .seed = settings->seed,
                                   .nickname = settings->name };

    if (dim_store_count(store, DIM_TABLE_SELF) > 0)
        return dim_user_load(store, error);
    if (dim_store_path(store) != NULL)
        aside = dim_store_kept_aside(dim_store_path(store));
    if (aside != NULL) {
        g_set_error(
            error, DIM_ERROR, DIM_ERROR_STORAGE,
            "“%s” was damaged and is kept as “%s” in the same folder. Put a backup back "
            "in its place, or move that file away: then a new station begins there, "
            "which its users will not take for this one",
            dim_store_path(store), aside);
        return NULL;
    }
    properties = json_object_new();
    json_object_set_string_member(properties, "host",
                                  settings->host != NULL ? settings->host : host);
    json_object_set_int_member(properties, "port", settings->port != 0 ? settings->port : port);
    options.properties = properties;
    return dim_user_register(store, &options, error);
}

DimServer *
dim_server_new(const DimSettings *settings,
               const DimClock *clock,
               DimStore *store,
               const char *host,
               guint16 port,
               GError **error)
{
    g_autoptr(DimServer) server = g_new0(DimServer, 1);

    server->settings = settings;
    server->clock = clock;
    server->store = store;
    server->guests = g_hash_table_new_full(NULL, NULL, (GDestroyNotify)dim_guest_free, NULL);
    server->hub = dim_hub_new(settings, clock, &hub_events, server, error);
    if (server->hub == NULL || !dim_hub_listen(server->hub, host, port, error))
        return NULL;
    return g_steal_pointer(&server);
}

gboolean
dim_server_open(DimServer *server, DimUser *user, GError **error)
{
    DimOffice office;

    server->book = dim_book_new(server->store, server->clock);
    dim_book_keep_everybody(server->book);
    server->clerk = dim_clerk_new(user, server->book, server->settings, server->store, error);
    if (server->clerk == NULL)
        return FALSE;
    server->queue = dim_queue_new(server->store, server->settings, server->clock, error);
    if (server->queue == NULL)
        return FALSE;
    server->keeper = dim_keeper_new(server->store, server->settings, server->clock, error);
    if (server->keeper == NULL)
        return FALSE;
    server->relay = dim_relay_new(server->hub, server->queue, server->clock);
    office = (DimOffice){ .clerk = server->clerk,
                          .settings = server->settings,
                          .clock = server->clock,
                          .keeper = server->keeper,
                          .relay = server->relay };
    server->answers = dim_answers_new(&office);
    return TRUE;
}

void
dim_server_free(DimServer *server)
{
    if (server == NULL)
        return;
    if (server->hub != NULL) {
        dim_hub_stop_listening(server->hub);
        if (on_settle(server))
            dim_hub_flush_all(server->hub, 1000);
    }
    dim_hub_free(server->hub);
    dim_answers_free(server->answers);
    dim_relay_free(server->relay);
    dim_keeper_free(server->keeper);
    dim_queue_free(server->queue);
    dim_clerk_free(server->clerk);
    if (server->book != NULL)
        dim_book_free(server->book);
    g_hash_table_unref(server->guests);
    g_free(server);
}

guint16
dim_server_port(const DimServer *server)
{
    return dim_hub_port(server->hub);
}

DimId *
dim_server_id(const DimServer *server)
{
    return server->clerk != NULL ? dim_clerk_me(server->clerk) : NULL;
}

guint
dim_server_connections(const DimServer *server)
{
    return dim_hub_count(server->hub);
}
