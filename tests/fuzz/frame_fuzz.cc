// SPDX-License-Identifier: GPL-2.0-or-later
// Random bytes into the frame reader, once whole and once in chunks: the same packets, within the bounds, and each survives a round trip.
#include "transport/frame.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/text_of.hh"

namespace {
using support::text_of;

const gsize kMaxBody = 4096;

struct Seen {
    std::vector<std::string> packets;
    bool failed = false;
};

void
take_all(DimFrameReader *reader, Seen *seen)
{
    DimPacket packet;
    GError *error = nullptr;

    while (dim_frame_reader_next(reader, &packet, &error)) {
        g_assert(g_bytes_get_size(packet.body) <= kMaxBody);
        g_assert(packet.pages >= 1 && packet.index < packet.pages);
        g_assert(packet.has_serial == (packet.serial != 0));
        GBytes *again = dim_frame_write_packet(&packet);

        seen->packets.push_back((packet.joined ? "joined " : "") + text_of(again));
        g_bytes_unref(again);
        dim_packet_clear(&packet);
    }
    g_assert(packet.body == nullptr);
    seen->failed = error != nullptr;
    g_clear_error(&error);
}

// chunks: 0 for one piece, else the seed of a plan.
Seen
read_in(const uint8_t *data, size_t size, unsigned chunks)
{
    DimFrameReader *reader = dim_frame_reader_new(kMaxBody);
    Seen seen;
    unsigned plan = chunks;

    for (size_t at = 0; at < size;) {
        plan = plan * 1103515245 + 12345;
        const size_t most = chunks == 0 ? size : 1 + (plan >> 16) % (1 + chunks % 64);
        const size_t some = MIN(most, size - at);

        dim_frame_reader_feed(reader, data + at, some);
        take_all(reader, &seen);
        g_assert(dim_frame_reader_pending(reader) < kMaxBody + 24);
        at += some;
    }
    dim_frame_reader_free(reader);
    return seen;
}

// Nothing is lost or invented between a packet and its bytes.
void
round_trip(const Seen &seen)
{
    for (const std::string &packet : seen.packets) {
        if (packet.compare(0, 7, "joined ") == 0)
            continue; // written again it is a message of many pages, which the reader passes on as it is
        const Seen again =
            read_in(reinterpret_cast<const uint8_t *>(packet.data()), packet.size(), 0);

        g_assert(again.packets.size() == 1 && again.packets[0] == packet);
    }
}

} // namespace

// The first byte chooses the chunks.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

extern "C" int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    const Seen whole = read_in(data + 1, size - 1, 0);
    const Seen pieces = read_in(data + 1, size - 1, 1u + data[0]);

    g_assert(whole.packets == pieces.packets);
    g_assert(whole.failed == pieces.failed);
    round_trip(whole);
    return 0;
}
