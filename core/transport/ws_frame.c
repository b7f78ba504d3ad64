/* SPDX-License-Identifier: GPL-2.0-or-later */
/* WebSocket frames out of a stream of bytes, whatever its chunks, and back into bytes (RFC 6455, section 5). */
#include "transport/ws_frame.h"

#include <string.h>

#include "base/errors.h"
#include "base/words.h"
#include "transport/intake.h"

#define FINAL       0x80u
#define RESERVED    0x70u
#define OPCODE      0x0Fu
#define MASKED      0x80u
#define LENGTH      0x7Fu
#define LENGTH_16   126u
#define LENGTH_64   127u
#define MAX_CONTROL 125u
#define MAX_HEADER  14u
#define MASK_SIZE   4u

typedef struct {
    gboolean final;
    guint8 opcode;
    gsize size; /* of the header */
    guint64 length;
    guint8 mask[MASK_SIZE];
} Header;

struct _DimWsReader {
    gsize max_body;
    gboolean masked;
    DimIntake intake;
    GByteArray *joined; /* the message that came in part; NULL: none */
    guint8 opcode;      /* of it */
    const char *failed; /* static text */
    DimWsStatus fault;  /* the same for the other end */
    guint64 pieces, piece_bytes;
};

DimWsReader *
dim_ws_reader_new(gsize max_body, gboolean masked)
{
    DimWsReader *reader = g_new0(DimWsReader, 1);

    reader->max_body = max_body;
    reader->masked = masked;
    reader->fault = DIM_WS_NO_STATUS;
    dim_intake_init(&reader->intake);
    return reader;
}

void
dim_ws_reader_free(DimWsReader *reader)
{
    if (reader == NULL)
        return;
    dim_intake_clear(&reader->intake);
    g_clear_pointer(&reader->joined, g_byte_array_unref);
    g_free(reader);
}

gsize
dim_ws_reader_held(const DimWsReader *reader)
{
    return dim_intake_size(&reader->intake)
           + (reader->joined != NULL ? reader->joined->len : 0);
}

guint64
dim_ws_reader_pieces(const DimWsReader *reader, guint64 *bytes)
{
    if (bytes != NULL)
        *bytes = reader->piece_bytes;
    return reader->pieces;
}

void
dim_ws_reader_feed(DimWsReader *reader, const void *data, gsize size)
{
    if (size == 0 || reader->failed != NULL)
        return;
    dim_intake_feed(&reader->intake, data, size);
}

DimWsStatus
dim_ws_reader_fault(const DimWsReader *reader)
{
    return reader->fault;
}

static gboolean
fail_with(DimWsReader *reader, DimWsStatus status, const char *why)
{
    reader->failed = why;
    reader->fault = status;
    dim_intake_drop(&reader->intake);
    g_clear_pointer(&reader->joined, g_byte_array_unref);
    return FALSE;
}

static gboolean
fail(DimWsReader *reader, const char *why)
{
    return fail_with(reader, DIM_WS_PROTOCOL_ERROR, why);
}

static gboolean
is_control(guint8 opcode)
{
    return opcode >= DIM_WS_CLOSE;
}

static gboolean
is_known(guint8 opcode)
{
    return opcode <= DIM_WS_BINARY || (opcode >= DIM_WS_CLOSE && opcode <= DIM_WS_PONG);
}

/* The length in the bytes behind the first two, which must be the shortest that can say it. FALSE: more bytes are needed. */
static gboolean
read_length(const guint8 *data, gsize size, Header *header, gboolean *shortest)
{
    guint width = header->length == LENGTH_16 ? 2 : header->length == LENGTH_64 ? 8 : 0;
    guint64 length = 0;

    *shortest = TRUE;
    if (width == 0)
        return TRUE;
    if (size < header->size + width)
        return FALSE;
    for (guint i = 0; i < width; i++)
        length = length << 8 | data[header->size + i];
    *shortest = length > (width == 2 ? MAX_CONTROL : G_MAXUINT16);
    header->length = length;
    header->size += width;
    return TRUE;
}

/* Why a frame may not begin like this; NULL: it may. */
static const char *
find_fault(const DimWsReader *reader, const Header *header)
{
    if (!is_known(header->opcode))
        return _("A frame of an unknown kind");
    if (is_control(header->opcode))
        return header->final && header->length <= MAX_CONTROL
                   ? NULL
                   : _("A control frame that is long");
    if ((header->opcode == DIM_WS_CONTINUATION) != (reader->joined != NULL))
        return _("A frame out of its order");
    return NULL;
}

static gboolean
is_too_long(const DimWsReader *reader, const Header *header)
{
    gsize joined = reader->joined != NULL ? reader->joined->len : 0;

    return !is_control(header->opcode) && header->length > reader->max_body - joined;
}

/* FALSE: more bytes are needed, or reader->failed. */
static gboolean
read_header(DimWsReader *reader, Header *header)
{
    gsize size = dim_intake_size(&reader->intake);
    const guint8 *data;
    gboolean shortest;
    const char *fault;

    if (size < 2)
        return FALSE;
    data = dim_intake_data(&reader->intake);
    *header = (Header){ .final = (data[0] & FINAL) != 0,
                        .opcode = data[0] & OPCODE,
                        .size = 2,
                        .length = data[1] & LENGTH };
    if ((data[0] & RESERVED) != 0)
        return fail(reader, _("A frame of an extension that was not agreed on"));
    if (((data[1] & MASKED) != 0) != reader->masked)
        return fail(reader, reader->masked ? _("A frame without a mask") : _("A masked frame"));
    if (!read_length(data, size, header, &shortest))
        return FALSE;
    if (!shortest)
        return fail(reader, _("A length that is longer than it must be"));
    fault = find_fault(reader, header);
    if (fault != NULL)
        return fail(reader, fault);
    if (is_too_long(reader, header))
        return fail_with(reader, DIM_WS_TOO_LONG, _("A frame that is longer than is allowed"));
    if (!reader->masked)
        return TRUE;
    if (size < header->size + MASK_SIZE)
        return FALSE;
    memcpy(header->mask, data + header->size, MASK_SIZE);
    header->size += MASK_SIZE;
    return TRUE;
}

static void
apply_mask(guint8 *data, gsize size, const guint8 *mask)
{
    for (gsize i = 0; i < size; i++)
        data[i] ^= mask[i % MASK_SIZE];
}

/* U+0000 is a character like others here. */
static gboolean
is_utf8(const guint8 *data, gsize size)
{
    const char *text = (const char *)data;
    const char *end = text + size;

    while (text < end && !g_utf8_validate(text, end - text, &text)) {
        if (*text != '\0')
            return FALSE;
        text++;
    }
    return TRUE;
}

/* Codes that may stand in a frame: those of the standard and its registry, of libraries, and of programs (section 7.4). */
static gboolean
is_status(guint code)
{
    return (code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006)
           || (code >= 3000 && code <= 4999);
}

/* FALSE and failed if it is no lawful text, or no lawful farewell: nothing at all, or a code and some words. */
static gboolean
check_message(DimWsReader *reader, const DimWsMessage *message)
{
    gsize size = 0;
    const guint8 *data = g_bytes_get_data(message->body, &size);
    gsize code = message->opcode == DIM_WS_CLOSE ? 2 : 0;

    if (size == 0)
        return TRUE;
    if (code > 0 && (size < code || !is_status((guint)data[0] << 8 | data[1])))
        return fail(reader, _("A farewell with a code that is none"));
    if ((code > 0 || message->opcode == DIM_WS_TEXT) && !is_utf8(data + code, size - code))
        return fail_with(reader, DIM_WS_BAD_TEXT, _("Text that is not UTF-8"));
    return TRUE;
}

/* The frame is whole: TRUE if a message is, too. */
static gboolean
take_body(DimWsReader *reader, const Header *header, DimWsMessage *message)
{
    guint8 *data = dim_intake_data(&reader->intake) + header->size;
    gsize length = (gsize)header->length;

    dim_intake_skip(&reader->intake, header->size + length);
    if (reader->masked)
        apply_mask(data, length, header->mask);
    if (is_control(header->opcode)
        || (header->final && header->opcode != DIM_WS_CONTINUATION)) {
        *message = (DimWsMessage){ header->opcode, FALSE, g_bytes_new(data, length) };
        return TRUE;
    }
    reader->pieces++;
    reader->piece_bytes += length;
    if (reader->joined == NULL) {
        reader->joined = g_byte_array_new();
        reader->opcode = header->opcode;
    }
    if (length > 0)
        g_byte_array_append(reader->joined, data, (guint)length);
    if (!header->final)
        return FALSE;
    *message = (DimWsMessage){ reader->opcode, TRUE,
                               g_byte_array_free_to_bytes(g_steal_pointer(&reader->joined)) };
    return TRUE;
}

gboolean
dim_ws_reader_next(DimWsReader *reader, DimWsMessage *message, GError **error)
{
    Header header;

    *message = (DimWsMessage){ 0 };
    while (reader->failed == NULL && !dim_intake_is_short(&reader->intake)
           && read_header(reader, &header)) {
        if (dim_intake_size(&reader->intake) < header.size + header.length) {
            dim_intake_want(&reader->intake, header.size + (gsize)header.length);
        } else if (take_body(reader, &header, message)) {
            if (check_message(reader, message))
                return TRUE;
            dim_ws_message_clear(message);
        }
    }
    dim_intake_compact(&reader->intake);
    if (reader->failed != NULL)
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_MALFORMED, reader->failed);
    return FALSE;
}

void
dim_ws_message_clear(DimWsMessage *message)
{
    g_clear_pointer(&message->body, g_bytes_unref);
    *message = (DimWsMessage){ 0 };
}

GBytes *
dim_ws_write(DimWsOpcode opcode, const guint8 *mask, const void *body, gsize size)
{
    guint8 header[MAX_HEADER] = { (guint8)(FINAL | opcode) };
    guint used = 2;
    guint width = size <= MAX_CONTROL ? 0 : size <= G_MAXUINT16 ? 2 : 8;
    GByteArray *bytes;

    g_return_val_if_fail(size <= G_MAXINT32, NULL);
    header[1] = (guint8)(width == 0 ? size : width == 2 ? LENGTH_16 : LENGTH_64);
    for (guint i = width; i > 0; i--)
        header[used++] = (guint8)((guint64)size >> (8 * (i - 1)));
    if (mask != NULL) {
        header[1] |= MASKED;
        memcpy(header + used, mask, MASK_SIZE);
        used += MASK_SIZE;
    }
    bytes = g_byte_array_sized_new((guint)(used + size));
    g_byte_array_append(bytes, header, used);
    if (size > 0)
        g_byte_array_append(bytes, body, (guint)size);
    if (mask != NULL && size > 0)
        apply_mask(bytes->data + used, size, mask);
    return g_byte_array_free_to_bytes(bytes);
}
