/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who is at the other end of a line: making, keeping, freeing. */
#include "station/guest.h"

#include "base/codec.h"
#include "base/hash.h"
#include "crypto/cipher.h"

#define KEPT_MAX_COUNT 32
#define KEPT_MAX_SIZE  (1024 * 1024)
#define KEPT_MAX_TOTAL (64 * 1024 * 1024) /* of all who are not logged in */

static void
flight_free(gpointer data)
{
    DimFlight *flight = data;

    g_free(flight->key);
    g_free(flight);
}

DimGuest *
dim_guest_new(DimLine *line)
{
    DimGuest *guest = g_new0(DimGuest, 1);
    guint8 challenge[32];
    g_autofree char *text = NULL;

    dim_random_strong(challenge, sizeof challenge);
    text = dim_hex_encode(challenge, sizeof challenge);
    g_strlcpy(guest->session, text, sizeof guest->session);
    guest->line = line;
    g_queue_init(&guest->kept);
    guest->flights = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, flight_free);
    guest->flying = g_hash_table_new(dim_text_hash, g_str_equal);
    return guest;
}

static void
kept_free(gpointer data)
{
    DimPacket *packet = data;

    dim_packet_clear(packet);
    g_free(packet);
}

void
dim_guest_free(DimGuest *guest)
{
    dim_reading_free(guest->reading);
    g_queue_clear_full(&guest->kept, kept_free);
    g_hash_table_unref(guest->flying);
    g_hash_table_unref(guest->flights);
    g_clear_pointer(&guest->account, dim_id_unref);
    g_free(guest);
}

gboolean
dim_guest_keep(DimGuest *guest, const DimPacket *packet, gsize *total)
{
    gsize size = g_bytes_get_size(packet->body);
    DimPacket *kept;

    if (guest->kept.length >= KEPT_MAX_COUNT || guest->kept_size + size > KEPT_MAX_SIZE
        || *total + size > KEPT_MAX_TOTAL)
        return FALSE;
    kept = g_new(DimPacket, 1);
    *kept = *packet;
    g_bytes_ref(kept->body);
    guest->kept_size += size;
    *total += size;
    g_queue_push_tail(&guest->kept, kept);
    return TRUE;
}

gboolean
dim_guest_recall(DimGuest *guest, DimPacket *packet, gsize *total)
{
    g_autofree DimPacket *kept = g_queue_pop_head(&guest->kept);

    if (kept == NULL)
        return FALSE;
    *packet = *kept;
    guest->kept_size -= g_bytes_get_size(packet->body);
    *total -= g_bytes_get_size(packet->body);
    return TRUE;
}

void
dim_guest_take_off(DimGuest *guest, guint64 serial, const char *key, double rank, gint64 now)
{
    DimFlight *flight = g_new0(DimFlight, 1);

    flight->serial = serial;
    flight->key = g_strdup(key);
    flight->rank = rank;
    flight->sent_at = now;
    flight->tries = 1;
    g_hash_table_insert(guest->flights, &flight->serial, flight);
    g_hash_table_add(guest->flying, flight->key);
}

gboolean
dim_guest_awaits(const DimGuest *guest, const char *key, double rank)
{
    return guest->active
           && (g_hash_table_contains(guest->flying, key)
               || (!guest->caught_up && guest->cursor < rank));
}
