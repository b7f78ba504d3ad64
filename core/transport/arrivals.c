/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who waits for our OK, what that OK looks like, and how many may wait. */
#include "transport/arrivals.h"

typedef struct {
    DimPacket packet; /* without its body */
    gsize size;
} Arrival;

struct _DimArrivals {
    GHashTable *named; /* &packet.serial -> Arrival */
    GQueue nameless;   /* of Arrival: headers without a serial, answered in order */
    gsize bytes;
};

DimArrivals *
dim_arrivals_new(void)
{
    DimArrivals *arrivals = g_new0(DimArrivals, 1);

    arrivals->named = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, g_free);
    g_queue_init(&arrivals->nameless);
    return arrivals;
}

void
dim_arrivals_free(DimArrivals *arrivals)
{
    if (arrivals == NULL)
        return;
    g_hash_table_unref(arrivals->named);
    g_queue_clear_full(&arrivals->nameless, g_free);
    g_free(arrivals);
}

gboolean
dim_arrivals_add(DimArrivals *arrivals, const DimPacket *message)
{
    Arrival *arrival;

    if (g_hash_table_contains(arrivals->named, &message->serial))
        return FALSE;
    arrival = g_new(Arrival, 1);
    *arrival = (Arrival){ *message, g_bytes_get_size(message->body) };
    arrival->packet.body = NULL;
    arrivals->bytes += arrival->size;
    if (message->has_serial)
        g_hash_table_insert(arrivals->named, &arrival->packet.serial, arrival);
    else
        g_queue_push_tail(&arrivals->nameless, arrival);
    return TRUE;
}

gboolean
dim_arrivals_take(DimArrivals *arrivals, guint64 serial, DimPacket *message)
{
    g_autofree Arrival *arrival = NULL;

    if (serial == 0)
        arrival = g_queue_pop_head(&arrivals->nameless);
    else
        g_hash_table_steal_extended(arrivals->named, &serial, NULL, (gpointer *)&arrival);
    if (arrival == NULL)
        return FALSE;
    arrivals->bytes -= arrival->size;
    *message = arrival->packet;
    return TRUE;
}

gboolean
dim_arrivals_is_full(const DimArrivals *arrivals)
{
    guint count = g_hash_table_size(arrivals->named) + arrivals->nameless.length;

    return count >= DIM_ARRIVALS_MAX_MESSAGES || arrivals->bytes >= DIM_ARRIVALS_MAX_BYTES;
}

GBytes *
dim_arrivals_answer(const DimPacket *message)
{
    DimPacket answer = *message;
    g_autoptr(GBytes) ok = g_bytes_new_static("OK", 2);
    g_autoptr(GByteArray) all = NULL;

    answer.type = DIM_PACKET_MESSAGE_RESPONSE;
    answer.body = ok;
    if (!message->joined)
        return dim_frame_write_packet(&answer);
    all = g_byte_array_new();
    for (answer.index = 0; answer.index < message->pages; answer.index++) {
        g_autoptr(GBytes) one = dim_frame_write_packet(&answer);
        gsize size;
        const guint8 *data = g_bytes_get_data(one, &size);

        g_byte_array_append(all, data, (guint)size);
    }
    return g_byte_array_free_to_bytes(g_steal_pointer(&all));
}
