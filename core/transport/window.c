/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What leaves on one line, in which order, and what is sent again because nobody said OK (protocol §6.2, §6.7). */
#include "transport/window.h"

#define PRIORITIES 3
/* Responses get a little more room than messages, so that a long upload does not forbid to say OK. */
#define RESPONSE_ROOM (2u * 1024 * 1024)

typedef struct {
    guint64 serial;
    guint64 tag;
    DimPriority priority;
    GBytes *packet;
    guint tries;
    gint64 written;
    guint64 place;   /* in the order of writing */
    gboolean queued; /* in a queue, else in `waiting` */
    GList link;      /* of `waiting` */
} Flight;

typedef struct {
    GBytes *packet;
    guint64 serial; /* 0: sent once */
} Item;

struct _DimWindow {
    GQueue queues[PRIORITIES]; /* of Item */
    gsize queued;
    GHashTable *flights; /* &serial -> Flight */
    gsize flying;
    guint64 places; /* given so far */
    GQueue waiting; /* of Flight, first written first: all wait equally long */
};

static void
free_flight(Flight *flight)
{
    g_bytes_unref(flight->packet);
    g_free(flight);
}

static void
free_item(Item *item)
{
    g_bytes_unref(item->packet);
    g_free(item);
}

DimWindow *
dim_window_new(void)
{
    DimWindow *window = g_new0(DimWindow, 1);

    for (guint i = 0; i < PRIORITIES; i++)
        g_queue_init(&window->queues[i]);
    g_queue_init(&window->waiting);
    window->flights =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, (GDestroyNotify)free_flight);
    return window;
}

void
dim_window_free(DimWindow *window)
{
    if (window == NULL)
        return;
    for (guint i = 0; i < PRIORITIES; i++)
        g_queue_clear_full(&window->queues[i], (GDestroyNotify)free_item);
    g_hash_table_unref(window->flights); /* the links of `waiting` live inside */
    g_free(window);
}

static void
push(DimWindow *window, GBytes *packet, guint64 serial, DimPriority priority)
{
    Item *item = g_new(Item, 1);
    gint queue = CLAMP(priority - DIM_PRIORITY_URGENT, 0, PRIORITIES - 1);

    *item = (Item){ g_bytes_ref(packet), serial };
    g_queue_push_tail(&window->queues[queue], item);
    window->queued += g_bytes_get_size(packet);
}

gboolean
dim_window_queue(DimWindow *window, GBytes *packet, DimPriority priority)
{
    if (window->queued + g_bytes_get_size(packet) > DIM_WINDOW_MAX_QUEUED + RESPONSE_ROOM)
        return FALSE;
    push(window, packet, 0, priority);
    return TRUE;
}

gboolean
dim_window_queue_message(DimWindow *window,
                         guint64 serial,
                         guint64 tag,
                         GBytes *packet,
                         DimPriority priority)
{
    gsize size = g_bytes_get_size(packet);
    Flight *flight;

    g_return_val_if_fail(serial != 0 && !g_hash_table_contains(window->flights, &serial),
                         FALSE);

    if (window->queued + size > DIM_WINDOW_MAX_QUEUED
        || window->flying + size > DIM_WINDOW_MAX_FLIGHT)
        return FALSE;
    flight = g_new0(Flight, 1);
    flight->serial = serial;
    flight->tag = tag;
    flight->priority = priority;
    flight->packet = g_bytes_ref(packet);
    flight->queued = TRUE;
    flight->link.data = flight;
    g_hash_table_insert(window->flights, &flight->serial, flight);
    window->flying += size;
    push(window, packet, serial, priority);
    return TRUE;
}

static Item *
pop(DimWindow *window)
{
    for (guint i = 0; i < PRIORITIES; i++) {
        Item *item = g_queue_pop_head(&window->queues[i]);

        if (item != NULL) {
            window->queued -= g_bytes_get_size(item->packet);
            return item;
        }
    }
    return NULL;
}

/* FALSE if the message was acknowledged while it waited to be sent again. */
static gboolean
note_written(DimWindow *window, guint64 serial, gint64 now)
{
    Flight *flight = g_hash_table_lookup(window->flights, &serial);

    if (flight == NULL)
        return FALSE;
    flight->queued = FALSE;
    flight->tries++;
    flight->written = now;
    flight->place = ++window->places;
    g_queue_push_tail_link(&window->waiting, &flight->link);
    return TRUE;
}

void
dim_window_fill(DimWindow *window, GByteArray *out, gsize size, gint64 now)
{
    while (out->len < size) {
        Item *item = pop(window);

        if (item == NULL)
            return;
        if (item->serial == 0 || note_written(window, item->serial, now)) {
            gsize length;
            const guint8 *data = g_bytes_get_data(item->packet, &length);

            g_byte_array_append(out, data, (guint)length);
        }
        free_item(item);
    }
}

gboolean
dim_window_has_queued(const DimWindow *window)
{
    for (guint i = 0; i < PRIORITIES; i++) {
        if (window->queues[i].length > 0)
            return TRUE;
    }
    return FALSE;
}

static void
land(DimWindow *window, Flight *flight)
{
    if (!flight->queued)
        g_queue_unlink(&window->waiting, &flight->link);
    window->flying -= g_bytes_get_size(flight->packet);
    g_hash_table_remove(window->flights, &flight->serial);
}

gboolean
dim_window_acknowledge(DimWindow *window, guint64 serial, guint64 *tag)
{
    Flight *flight = g_hash_table_lookup(window->flights, &serial);

    if (flight == NULL || flight->tries == 0)
        return FALSE; /* nobody can have received what was never written */
    *tag = flight->tag;
    land(window, flight);
    return TRUE;
}

guint64
dim_window_mark(const DimWindow *window)
{
    return window->waiting.tail != NULL ? ((const Flight *)window->waiting.tail->data)->place
                                        : 0;
}

gboolean
dim_window_acknowledge_to(DimWindow *window, guint64 mark, guint64 *tag)
{
    Flight *flight = window->waiting.head != NULL ? window->waiting.head->data : NULL;

    if (flight == NULL || flight->place > mark)
        return FALSE;
    *tag = flight->tag;
    land(window, flight);
    return TRUE;
}

gboolean
dim_window_give_up(DimWindow *window, gint64 now, guint64 *tag)
{
    while (dim_window_due(window) <= now) {
        Flight *flight = window->waiting.head->data;

        if (flight->tries >= DIM_WINDOW_TRIES) {
            *tag = flight->tag;
            land(window, flight);
            return TRUE;
        }
        g_queue_unlink(&window->waiting, &flight->link);
        flight->queued = TRUE;
        push(window, flight->packet, flight->serial, flight->priority);
    }
    return FALSE;
}

gint64
dim_window_due(const DimWindow *window)
{
    const Flight *flight;

    if (window->waiting.head == NULL)
        return G_MAXINT64;
    flight = window->waiting.head->data;
    return flight->written + DIM_WINDOW_WAIT;
}
