// SPDX-License-Identifier: GPL-2.0-or-later
// A frame reader in tests: bytes in, comparable packets out, and the same packets back into bytes.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/codec.h"
#include "transport/frame.h"

#include "tests/support/matchers.hh"

namespace framing {

using support::Error;

struct Seen {
    int type;
    bool has_serial;
    guint64 serial;
    guint32 pages;
    guint32 index;
    bool joined;
    std::string body;

    bool
    operator==(const Seen &other) const
    {
        return type == other.type && has_serial == other.has_serial && serial == other.serial
               && pages == other.pages && index == other.index && joined == other.joined
               && body == other.body;
    }
};

inline std::string
text_of(GBytes *bytes)
{
    gsize size = 0;
    const auto *data = static_cast<const char *>(g_bytes_get_data(bytes, &size));

    return size == 0 ? "" : std::string(data, size);
}

inline std::string
from_hex(const char *text)
{
    Error error;
    OWNED(GBytes) bytes(dim_hex_decode(text, &error));

    return bytes ? text_of(bytes.get()) : "not hex";
}

struct FreeReader {
    void
    operator()(DimFrameReader *reader) const
    {
        dim_frame_reader_free(reader);
    }
};

class Reader {
  public:
    explicit Reader(gsize max_body = DIM_FRAME_MAX_BODY)
        : reader_(dim_frame_reader_new(max_body))
    {
    }
    void
    feed(const std::string &bytes)
    {
        dim_frame_reader_feed(get(), bytes.data(), bytes.size());
    }
    // All packets that are whole; error tells why there are no more.
    std::vector<Seen>
    all()
    {
        std::vector<Seen> seen;
        DimPacket packet;

        while (dim_frame_reader_next(get(), &packet, &error)) {
            seen.push_back({ packet.type, packet.has_serial != FALSE, packet.serial,
                             packet.pages, packet.index, packet.joined != FALSE,
                             text_of(packet.body) });
            dim_packet_clear(&packet);
        }
        EXPECT_EQ(packet.body, nullptr);
        return seen;
    }
    std::vector<Seen>
    all_of(const std::string &bytes)
    {
        feed(bytes);
        return all();
    }
    DimFrameReader *
    get() const
    {
        return reader_.get();
    }
    Error error;

  private:
    std::unique_ptr<DimFrameReader, FreeReader> reader_;
};

inline std::string
written(DimPacketType type, guint64 serial, const std::string &body)
{
    OWNED(GBytes) bytes(dim_frame_write(type, serial, body.data(), body.size()));

    return text_of(bytes.get());
}

inline std::string
written(const Seen &seen)
{
    DimPacket packet = {};
    OWNED(GBytes) body(g_bytes_new(seen.body.data(), seen.body.size()));

    packet.type = static_cast<DimPacketType>(seen.type);
    packet.has_serial = seen.has_serial;
    packet.serial = seen.serial;
    packet.pages = seen.pages;
    packet.index = seen.index;
    packet.body = body.get();
    OWNED(GBytes) bytes(dim_frame_write_packet(&packet));
    return text_of(bytes.get());
}

inline const guint64 kSerial = G_GUINT64_CONSTANT(0x0102030405060708);

inline Seen
message(guint64 serial, const std::string &body)
{
    return { DIM_PACKET_MESSAGE, serial != 0, serial, 1, 0, false, body };
}

inline Seen
fragment(guint64 serial, guint32 pages, guint32 index, const std::string &body)
{
    return { DIM_PACKET_FRAGMENT, true, serial, pages, index, false, body };
}

} // namespace framing
