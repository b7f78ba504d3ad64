/* SPDX-License-Identifier: GPL-2.0-or-later */
/* MTP packets out of a stream of bytes, whatever its chunks, and back into bytes (protocol §6.2). */
#include "transport/frame.h"

#include <string.h>

#include "base/errors.h"
#include "base/words.h"
#include "transport/fragments.h"
#include "transport/intake.h"

#define MAGIC      "DIM"
#define MAGIC_SIZE 3u
#define MAX_HEADER 24u
#define MAX_PAGES  2097152u
#define MAX_JUNK   65536u

typedef struct {
    guint8 type;
    gsize size;
    guint64 serial;
    guint32 pages;
    guint32 index;
    gboolean has_length;
    guint32 length;
} Header;

typedef enum {
    HEADER_WHOLE,
    HEADER_SHORT, /* more bytes are needed */
    HEADER_WRONG,
} HeaderState;

struct _DimFrameReader {
    gsize max_body;
    DimIntake intake;
    gsize junk; /* skipped since the last good header */
    char *failed;
    DimFragments *fragments;
    guint64 pieces, piece_bytes; /* fragments taken in so far */
};

static guint32
read_word(const guint8 *data)
{
    guint32 word;

    memcpy(&word, data, sizeof word);
    return GUINT32_FROM_BE(word);
}

static guint64
read_serial(const guint8 *data)
{
    guint64 serial;

    memcpy(&serial, data, sizeof serial);
    return GUINT64_FROM_BE(serial);
}

static gboolean
is_known_type(guint8 type)
{
    return type <= DIM_PACKET_MESSAGE_RESPONSE || type == DIM_PACKET_FRAGMENT;
}

/* All six shapes of 4 to 24 bytes. */
static HeaderState
parse_header(const guint8 *data, gsize size, Header *header)
{
    guint words;

    if (size <= MAGIC_SIZE)
        return memcmp(data, MAGIC, size) == 0 ? HEADER_SHORT : HEADER_WRONG;
    words = data[3] >> 4;
    *header = (Header){ .type = data[3] & 0xF, .size = words * 4, .pages = 1 };
    if (memcmp(data, MAGIC, MAGIC_SIZE) != 0 || words < 1 || words > MAX_HEADER / 4
        || !is_known_type(header->type))
        return HEADER_WRONG;
    if (size < header->size)
        return HEADER_SHORT;
    if (words >= 3)
        header->serial = read_serial(data + 4);
    if (words >= 5) {
        header->pages = read_word(data + 12);
        header->index = read_word(data + 16);
        if (header->pages < 1 || header->pages > MAX_PAGES || header->index >= header->pages)
            return HEADER_WRONG;
    }
    header->has_length = words % 2 == 0;
    if (header->has_length)
        header->length = read_word(data + header->size - 4);
    return HEADER_WHOLE;
}

DimFrameReader *
dim_frame_reader_new(gsize max_body)
{
    DimFrameReader *reader = g_new0(DimFrameReader, 1);

    reader->max_body = max_body;
    dim_intake_init(&reader->intake);
    reader->fragments = dim_fragments_new(max_body);
    return reader;
}

void
dim_frame_reader_free(DimFrameReader *reader)
{
    if (reader == NULL)
        return;
    dim_intake_clear(&reader->intake);
    dim_fragments_free(reader->fragments);
    g_free(reader->failed);
    g_free(reader);
}

gsize
dim_frame_reader_pending(const DimFrameReader *reader)
{
    return dim_intake_size(&reader->intake);
}

gsize
dim_frame_reader_held(const DimFrameReader *reader)
{
    return dim_frame_reader_pending(reader) + dim_fragments_cost(reader->fragments);
}

guint64
dim_frame_reader_pieces(const DimFrameReader *reader, guint64 *bytes)
{
    if (bytes != NULL)
        *bytes = reader->piece_bytes;
    return reader->pieces;
}

void
dim_frame_reader_feed(DimFrameReader *reader, const void *data, gsize size)
{
    if (size == 0 || reader->failed != NULL)
        return;
    dim_intake_feed(&reader->intake, data, size);
}

void
dim_frame_reader_age(DimFrameReader *reader, gint64 now)
{
    dim_fragments_age(reader->fragments, now);
}

static void
skip(DimFrameReader *reader, gsize size)
{
    if (reader->junk == 0 && size > 0)
        g_debug("what arrived is no packet: skipped up to the next one");
    dim_intake_skip(&reader->intake, size);
    reader->junk += size;
}

/* Skips one byte, and on to the next place where a header may begin; what is skipped is never looked at again. */
static void
skip_to_magic(DimFrameReader *reader)
{
    const guint8 *data = dim_intake_data(&reader->intake);
    gsize size = dim_frame_reader_pending(reader);
    const guint8 *found = data;

    do {
        gsize seen = (gsize)(found - data) + 1;

        found = memchr(data + seen, MAGIC[0], size - seen);
    } while (found != NULL
             && memcmp(found, MAGIC, MIN(MAGIC_SIZE, (gsize)(data + size - found))) != 0);
    skip(reader, found != NULL ? (gsize)(found - data) : size);
}

static void
fail(DimFrameReader *reader, char *why)
{
    reader->failed = why;
    dim_intake_drop(&reader->intake);
}

/* Finds the next header that can be read on a stream. */
static gboolean
find_header(DimFrameReader *reader, Header *header)
{
    while (dim_frame_reader_pending(reader) > 0) {
        const guint8 *data = dim_intake_data(&reader->intake);
        HeaderState state = parse_header(data, dim_frame_reader_pending(reader), header);

        if (state == HEADER_SHORT)
            return FALSE;
        if (state == HEADER_WHOLE && header->has_length) {
            reader->junk = 0;
            return TRUE;
        }
        skip_to_magic(reader);
        if (reader->junk > MAX_JUNK) {
            fail(reader, g_strdup_printf(_("No packet in %u bytes"), MAX_JUNK));
            return FALSE;
        }
    }
    return FALSE;
}

static gboolean
take_packet(DimFrameReader *reader, DimPacket *packet)
{
    Header header;
    const guint8 *data;

    if (!find_header(reader, &header))
        return FALSE;
    if (header.length > reader->max_body) {
        fail(reader,
             g_strdup_printf(_("A packet of %u bytes is announced, at most %zu are allowed"),
                             header.length, reader->max_body));
        return FALSE;
    }
    if (dim_frame_reader_pending(reader) < header.size + header.length) {
        dim_intake_want(&reader->intake, header.size + header.length);
        return FALSE;
    }
    data = dim_intake_data(&reader->intake);
    *packet = (DimPacket){
        .type = header.type,
        .has_serial = header.serial != 0,
        .serial = header.serial,
        .pages = header.pages,
        .index = header.index,
        .body = g_bytes_new(data + header.size, header.length),
    };
    dim_intake_skip(&reader->intake, header.size + header.length);
    return TRUE;
}

gboolean
dim_frame_reader_next(DimFrameReader *reader, DimPacket *packet, GError **error)
{
    *packet = (DimPacket){ 0 };
    while (reader->failed == NULL && !dim_intake_is_short(&reader->intake)
           && take_packet(reader, packet)) {
        g_auto(DimPacket) piece = { 0 };

        if (packet->type != DIM_PACKET_FRAGMENT)
            return TRUE;
        piece = *packet;
        reader->pieces++;
        reader->piece_bytes += g_bytes_get_size(piece.body);
        *packet = (DimPacket){ 0 };
        if (dim_fragments_add(reader->fragments, &piece, packet))
            return TRUE;
    }
    dim_intake_compact(&reader->intake);
    if (reader->failed != NULL)
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_MALFORMED, reader->failed);
    return FALSE;
}

void
dim_packet_clear(DimPacket *packet)
{
    g_clear_pointer(&packet->body, g_bytes_unref);
    *packet = (DimPacket){ 0 };
}

static void
append_word(GByteArray *bytes, guint32 word)
{
    guint32 wire = GUINT32_TO_BE(word);

    g_byte_array_append(bytes, (const guint8 *)&wire, sizeof wire);
}

static GBytes *
write_packet(const DimPacket *packet, const void *body, gsize size)
{
    GByteArray *bytes = g_byte_array_sized_new((guint)(MAX_HEADER + size));
    guint64 serial = GUINT64_TO_BE(packet->serial);
    guint words = packet->pages > 1 ? 6 : packet->has_serial ? 4 : 2;
    guint8 kind = (guint8)(words << 4 | packet->type);

    g_byte_array_append(bytes, (const guint8 *)MAGIC, MAGIC_SIZE);
    g_byte_array_append(bytes, &kind, 1);
    if (words >= 4)
        g_byte_array_append(bytes, (const guint8 *)&serial, sizeof serial);
    if (words >= 6) {
        append_word(bytes, packet->pages);
        append_word(bytes, packet->index);
    }
    append_word(bytes, (guint32)size);
    if (size > 0)
        g_byte_array_append(bytes, body, (guint)size);
    return g_byte_array_free_to_bytes(bytes);
}

GBytes *
dim_frame_write(DimPacketType type, guint64 serial, const void *body, gsize size)
{
    DimPacket packet = { .type = type, .has_serial = TRUE, .serial = serial, .pages = 1 };

    g_return_val_if_fail(size <= G_MAXINT32, NULL);
    return write_packet(&packet, body, size);
}

GBytes *
dim_frame_write_packet(const DimPacket *packet)
{
    gsize size;
    const void *body = g_bytes_get_data(packet->body, &size);

    g_return_val_if_fail(size <= G_MAXINT32, NULL);
    return write_packet(packet, body, size);
}
