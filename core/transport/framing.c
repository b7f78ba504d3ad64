/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of framings, which of them a caller speaks, and the row of MTP. */
#include "transport/framing.h"

#include <string.h>

#include "base/clock.h"
#include "transport/arrivals.h"

#define HELLO "GET " /* of every WebSocket; no MTP packet begins like that */

struct _DimFramer {
    const DimFraming *row; /* NULL: the other end has not said which */
    gpointer state;
    DimFramerOptions options;
    guint8 first[sizeof HELLO - 1];
    gsize known; /* bytes in `first` */
};

static const DimFraming *const rows[] = {
    [DIM_TRANSPORT_MTP] = &dim_framing_mtp,
    [DIM_TRANSPORT_WEBSOCKET] = &dim_framing_websocket,
};

static DimFramer *
new_framer(const DimFraming *row, const DimFramerOptions *options)
{
    DimFramer *framer = g_new0(DimFramer, 1);

    framer->options = *options;
    framer->row = row;
    if (row != NULL)
        framer->state = row->open(options);
    framer->options.host = NULL; /* was borrowed */
    return framer;
}

DimFramer *
dim_framer_new(DimTransport transport, const DimFramerOptions *options)
{
    g_return_val_if_fail((guint)transport < G_N_ELEMENTS(rows), NULL);
    return new_framer(rows[transport], options);
}

DimFramer *
dim_framer_new_any(const DimFramerOptions *options)
{
    return new_framer(NULL, options);
}

void
dim_framer_free(DimFramer *framer)
{
    if (framer == NULL)
        return;
    if (framer->row != NULL)
        framer->row->free(framer->state);
    g_free(framer);
}

static void
choose(DimFramer *framer, DimTransport transport)
{
    framer->row = rows[transport];
    framer->state = framer->row->open(&framer->options);
    framer->row->feed(framer->state, framer->first, framer->known);
    framer->known = 0;
}

/* Takes as many bytes as are needed to know. How many it took. */
static gsize
sniff(DimFramer *framer, const guint8 *data, gsize size)
{
    gsize some = MIN(size, sizeof framer->first - framer->known);

    memcpy(framer->first + framer->known, data, some);
    framer->known += some;
    if (memcmp(framer->first, HELLO, framer->known) != 0)
        choose(framer, DIM_TRANSPORT_MTP);
    else if (framer->known == sizeof framer->first)
        choose(framer, DIM_TRANSPORT_WEBSOCKET);
    return some;
}

void
dim_framer_feed(DimFramer *framer, const void *data, gsize size)
{
    gsize taken = framer->row == NULL && size > 0 ? sniff(framer, data, size) : 0;

    if (framer->row != NULL && size > taken)
        framer->row->feed(framer->state, (const guint8 *)data + taken, size - taken);
}

gboolean
dim_framer_next(DimFramer *framer, DimPacket *packet, GError **error)
{
    *packet = (DimPacket){ 0 };
    return framer->row != NULL && framer->row->next(framer->state, packet, error);
}

void
dim_framer_age(DimFramer *framer, gint64 now)
{
    if (framer->row != NULL)
        framer->row->age(framer->state, now);
}

gsize
dim_framer_held(const DimFramer *framer)
{
    return framer->row != NULL ? framer->row->held(framer->state) : framer->known;
}

guint64
dim_framer_pieces(const DimFramer *framer, guint64 *bytes)
{
    if (framer->row != NULL)
        return framer->row->pieces(framer->state, bytes);
    if (bytes != NULL)
        *bytes = 0;
    return 0;
}

gboolean
dim_framer_is_numbered(const DimFramer *framer)
{
    return framer->row == NULL || framer->row->numbered;
}

gboolean
dim_framer_is_ready(const DimFramer *framer)
{
    return framer->row != NULL
           && (framer->row->is_ready == NULL || framer->row->is_ready(framer->state));
}

GBytes *
dim_framer_talk(DimFramer *framer)
{
    if (framer->row == NULL || framer->row->talk == NULL)
        return NULL;
    return framer->row->talk(framer->state);
}

void
dim_framer_leave(DimFramer *framer)
{
    if (framer->row != NULL && framer->row->leave != NULL)
        framer->row->leave(framer->state);
}

GBytes *
dim_framer_write(DimFramer *framer,
                 DimPacketType type,
                 guint64 serial,
                 const void *body,
                 gsize size)
{
    DimPacket packet = { .type = type, .has_serial = TRUE, .serial = serial, .pages = 1 };
    g_autoptr(GBytes) bytes = g_bytes_new_static(body, size);

    packet.body = bytes;
    return dim_framer_write_packet(framer, &packet);
}

GBytes *
dim_framer_write_packet(DimFramer *framer, const DimPacket *packet)
{
    if (framer->row == NULL)
        choose(framer, DIM_TRANSPORT_MTP);
    return framer->row->write(framer->state, packet);
}

GBytes *
dim_framer_answer(DimFramer *framer, const DimPacket *message)
{
    g_return_val_if_fail(framer->row != NULL, NULL);
    return framer->row->answer(framer->state, message);
}

/* ---- MTP: what frame.c does, with nothing of its own to say ---- */

static gpointer
open_mtp(const DimFramerOptions *options)
{
    DimFrameReader *reader = dim_frame_reader_new(options->max_body);

    dim_frame_reader_age(reader, dim_clock_monotonic(options->clock));
    return reader;
}

static void
free_mtp(gpointer state)
{
    dim_frame_reader_free(state);
}

static void
feed_mtp(gpointer state, const void *data, gsize size)
{
    dim_frame_reader_feed(state, data, size);
}

static gboolean
next_mtp(gpointer state, DimPacket *packet, GError **error)
{
    return dim_frame_reader_next(state, packet, error);
}

static void
age_mtp(gpointer state, gint64 now)
{
    dim_frame_reader_age(state, now);
}

static gsize
held_mtp(gpointer state)
{
    return dim_frame_reader_held(state);
}

static guint64
pieces_mtp(gpointer state, guint64 *bytes)
{
    return dim_frame_reader_pieces(state, bytes);
}

static GBytes *
write_mtp(G_GNUC_UNUSED gpointer state, const DimPacket *packet)
{
    return dim_frame_write_packet(packet);
}

static GBytes *
answer_mtp(G_GNUC_UNUSED gpointer state, const DimPacket *message)
{
    return dim_arrivals_answer(message);
}

const DimFraming dim_framing_mtp = {
    .name = "MTP",
    .numbered = TRUE,
    .open = open_mtp,
    .free = free_mtp,
    .feed = feed_mtp,
    .next = next_mtp,
    .age = age_mtp,
    .held = held_mtp,
    .pieces = pieces_mtp,
    .write = write_mtp,
    .answer = answer_mtp,
};
