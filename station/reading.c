/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A payload cut into its messages: one in each line (protocol §6.1), and those that a forward puts in front of the rest. */
#include "station/reading.h"

#include <string.h>

#include "base/json.h"

typedef struct {
    JsonObject *message;
    guint depth;
} Inner;

static void
inner_free(gpointer data)
{
    Inner *inner = data;

    json_object_unref(inner->message);
    g_free(inner);
}

DimReading *
dim_reading_new(const DimPacket *packet)
{
    DimReading *reading = g_new0(DimReading, 1);

    reading->packet = *packet;
    g_bytes_ref(reading->packet.body);
    g_queue_init(&reading->inner);
    return reading;
}

void
dim_reading_free(DimReading *reading)
{
    if (reading == NULL)
        return;
    g_queue_clear_full(&reading->inner, inner_free);
    dim_packet_clear(&reading->packet);
    g_free(reading);
}

/* Skips line ends. */
static gboolean
is_at_end(const DimReading *reading, gsize *at)
{
    gsize size = 0;
    const char *data = g_bytes_get_data(reading->packet.body, &size);

    while (*at < size && (data[*at] == '\n' || data[*at] == '\r'))
        (*at)++;
    return *at >= size;
}

static char *
next_line(DimReading *reading)
{
    gsize size = 0;
    const char *data = g_bytes_get_data(reading->packet.body, &size);
    const char *start;
    const char *stop;
    gsize length;

    if (is_at_end(reading, &reading->at))
        return NULL;
    if (++reading->count > DIM_READING_MAX) {
        g_debug("too many messages in one packet");
        reading->at = size;
        reading->worst = DIM_TAKEN_NOT;
        return NULL;
    }
    start = data + reading->at;
    stop = memchr(start, '\n', size - reading->at);
    length = stop != NULL ? (gsize)(stop - start) : size - reading->at;
    reading->at += length;
    while (length > 0 && start[length - 1] == '\r')
        length--;
    /* The gate and the records want a text with an end. */
    return g_strndup(start, length);
}

char *
dim_reading_next(DimReading *reading, guint *depth)
{
    Inner *inner = g_queue_pop_head(&reading->inner);
    char *text;

    *depth = inner != NULL ? inner->depth : 0;
    if (inner == NULL)
        return next_line(reading);
    text = dim_json_write(inner->message);
    inner_free(inner);
    return text;
}

gboolean
dim_reading_is_done(const DimReading *reading)
{
    gsize at = reading->at;

    return reading->inner.length == 0 && is_at_end(reading, &at);
}

void
dim_reading_add(DimReading *reading, JsonObject *message, guint depth)
{
    Inner *inner = g_new0(Inner, 1);

    inner->message = json_object_ref(message);
    inner->depth = depth;
    g_queue_push_head(&reading->inner, inner);
}
