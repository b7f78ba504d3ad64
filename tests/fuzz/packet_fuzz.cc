// SPDX-License-Identifier: GPL-2.0-or-later
// Packets of random parts: each is read back as it was written, and a message cut into pieces comes out whole, whatever their order.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "transport/frame.h"

#include "tests/support/text_of.hh"

namespace {
using support::text_of;

const gsize kMaxBody = 1 << 16;

// Takes bytes from the front of the input; zeros when there are no more.
class Input {
  public:
    Input(const uint8_t *data, size_t size) : data_(data), size_(size)
    {
    }
    guint64
    number(unsigned bytes)
    {
        guint64 value = 0;

        for (; bytes > 0; bytes--) {
            value = value << 8 | (size_ > 0 ? *data_ : 0);
            if (size_ > 0) {
                data_++;
                size_--;
            }
        }
        return value;
    }
    std::string
    rest() const
    {
        return { reinterpret_cast<const char *>(data_), size_ };
    }

  private:
    const uint8_t *data_;
    size_t size_;
};

std::string
written(DimPacketType type,
        guint64 serial,
        guint32 pages,
        guint32 index,
        const std::string &body)
{
    GBytes *bytes = g_bytes_new(body.data(), body.size());
    DimPacket packet = { type, serial != 0, serial, pages, index, FALSE, bytes };
    GBytes *made = dim_frame_write_packet(&packet);
    std::string text = text_of(made);

    g_bytes_unref(bytes);
    g_bytes_unref(made);
    return text;
}

// One packet comes back from these bytes, with this body; the caller clears it.
DimPacket
only_packet(const std::string &bytes, const std::string &body)
{
    DimFrameReader *reader = dim_frame_reader_new(kMaxBody);
    DimPacket packet, more;
    GError *error = nullptr;

    dim_frame_reader_feed(reader, bytes.data(), bytes.size());
    g_assert(dim_frame_reader_next(reader, &packet, &error) && error == nullptr);
    g_assert(text_of(packet.body) == body);
    g_assert(!dim_frame_reader_next(reader, &more, &error) && error == nullptr);
    g_assert(dim_frame_reader_pending(reader) == 0);
    dim_frame_reader_free(reader);
    return packet;
}

void
try_whole(Input in)
{
    static const DimPacketType types[] = { DIM_PACKET_COMMAND, DIM_PACKET_COMMAND_RESPONSE,
                                           DIM_PACKET_MESSAGE, DIM_PACKET_MESSAGE_RESPONSE };
    const DimPacketType type = types[in.number(1) % 4];
    const guint64 serial = in.number(8);
    const std::string body = in.rest();
    DimPacket packet = only_packet(written(type, serial, 1, 0, body), body);

    g_assert(packet.type == type && packet.serial == serial && packet.pages == 1);
    g_assert(packet.has_serial == (serial != 0) && packet.index == 0 && !packet.joined);
    dim_packet_clear(&packet);
}

void
try_pieces(Input in)
{
    const auto pages = static_cast<guint32>(2 + in.number(1) % 14);
    const guint64 serial = in.number(8) | 1;
    guint64 order = in.number(8);
    const std::string body = in.rest();
    const size_t each = body.size() / pages + 1;
    std::vector<std::string> pieces;
    std::string bytes;

    for (guint32 i = 0; i < pages; i++) {
        const size_t at = std::min(i * each, body.size());

        pieces.push_back(written(DIM_PACKET_FRAGMENT, serial, pages, i, body.substr(at, each)));
    }
    for (size_t i = pieces.size(); i > 1; i--, order = order * 6364136223846793005u + 1)
        std::swap(pieces[i - 1], pieces[(order >> 33) % i]);
    for (size_t i = 0; i < pieces.size(); i++) {
        bytes += pieces[i];
        if ((order >> i & 1) != 0 && i + 1 < pieces.size())
            bytes += pieces[i]; // sent again
    }
    DimPacket packet = only_packet(bytes, body);

    g_assert(packet.type == DIM_PACKET_MESSAGE && packet.joined && packet.pages == pages);
    g_assert(packet.serial == serial);
    dim_packet_clear(&packet);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

extern "C" int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Input in(data, size);

    if (in.number(1) % 2 == 0)
        try_whole(in);
    else
        try_pieces(in);
    return 0;
}
