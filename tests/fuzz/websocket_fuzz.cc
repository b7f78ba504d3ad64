// SPDX-License-Identifier: GPL-2.0-or-later
// Random bytes to either end of a line that becomes a WebSocket: in any chunks the same, within the bounds; and what is written is read.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "base/clock.h"
#include "transport/framing.h"
#include "transport/ws_frame.h"

#include "tests/support/text_of.hh"

namespace {
using support::text_of;

const gsize kMaxBody = 4096;
const gsize kMaxHeld = kMaxBody + 8192 + 4096;

struct Seen {
    std::vector<std::string> packets;
    std::string talk;
    guint64 pieces = 0;
    bool failed = false;
};

// The same key and the same masks every time.
const DimClock *
dull_clock()
{
    static DimClock clock = *dim_clock_system();

    clock.random = [](gpointer, guint8 *out, gsize size) { memset(out, 'r', size); };
    return &clock;
}

DimFramer *
new_end(bool caller)
{
    DimFramerOptions options = {};

    options.caller = caller;
    options.clock = dull_clock();
    options.host = "station.example";
    options.port = 9394;
    options.max_body = kMaxBody;
    return caller ? dim_framer_new(DIM_TRANSPORT_WEBSOCKET, &options)
                  : dim_framer_new_any(&options);
}

void
listen(DimFramer *framer, Seen *seen)
{
    GBytes *own = dim_framer_talk(framer);

    if (own == nullptr)
        return;
    seen->talk += text_of(own);
    g_bytes_unref(own);
}

void
take_all(DimFramer *framer, Seen *seen)
{
    DimPacket packet;
    GError *error = nullptr;

    while (dim_framer_next(framer, &packet, &error)) {
        GBytes *answer;

        g_assert(g_bytes_get_size(packet.body) <= kMaxBody);
        listen(framer, seen);
        seen->packets.push_back(std::to_string(packet.type) + " "
                                + std::to_string(packet.serial) + " " + text_of(packet.body));
        answer = packet.type == DIM_PACKET_MESSAGE && packet.serial % 2 == 1
                     ? dim_framer_answer(framer, &packet)
                     : nullptr;
        if (answer != nullptr)
            seen->talk += text_of(answer);
        g_clear_pointer(&answer, g_bytes_unref);
        dim_packet_clear(&packet);
    }
    g_assert(packet.body == nullptr);
    listen(framer, seen);
    seen->failed = seen->failed || error != nullptr;
    g_clear_error(&error);
}

// chunks: 0 for one piece, else the seed of a plan.
Seen
read_in(bool caller,
        const std::string &before,
        const uint8_t *data,
        size_t size,
        unsigned chunks)
{
    DimFramer *framer = new_end(caller);
    Seen seen;
    unsigned plan = chunks;

    dim_framer_feed(framer, before.data(), before.size());
    take_all(framer, &seen);
    for (size_t at = 0; at < size && !seen.failed;) {
        plan = plan * 1103515245 + 12345;
        const size_t most = chunks == 0 ? size : 1 + (plan >> 16) % (1 + chunks % 64);
        const size_t some = MIN(most, size - at);

        dim_framer_feed(framer, data + at, some);
        take_all(framer, &seen);
        g_assert(dim_framer_held(framer) < kMaxHeld);
        at += some;
    }
    seen.pieces = dim_framer_pieces(framer, nullptr);
    dim_framer_free(framer);
    return seen;
}

// What this end must have heard for the upgrade to be through.
std::string
upgraded(bool caller)
{
    Seen first, second;
    DimFramer *client = new_end(true);
    DimFramer *station = new_end(false);

    take_all(client, &first);
    dim_framer_feed(station, first.talk.data(), first.talk.size());
    take_all(station, &second);
    dim_framer_free(client);
    dim_framer_free(station);
    return caller ? second.talk : first.talk;
}

// Bytes as one payload, written by one end and read by the other.
void
round_trip(bool caller, const uint8_t *data, size_t size)
{
    const guint8 mask[] = { 1, 2, 3, 4 };
    DimWsReader *reader = dim_ws_reader_new(kMaxBody, caller);
    DimWsMessage message;
    GBytes *frame = dim_ws_write(DIM_WS_BINARY, caller ? mask : nullptr, data, size);
    gsize length = 0;
    gconstpointer bytes = g_bytes_get_data(frame, &length);

    dim_ws_reader_feed(reader, bytes, length);
    g_assert(dim_ws_reader_next(reader, &message, nullptr) == (size <= kMaxBody));
    if (message.body != nullptr)
        g_assert(text_of(message.body)
                 == std::string(reinterpret_cast<const char *>(data), size));
    dim_ws_message_clear(&message);
    g_bytes_unref(frame);
    dim_ws_reader_free(reader);
}

} // namespace

// The first byte chooses the chunks, the end, and whether the upgrade is through.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

extern "C" int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const std::string heard[] = { upgraded(false), upgraded(true) };

    if (size == 0)
        return 0;
    const bool caller = (data[0] & 1) != 0;
    const std::string before = (data[0] & 2) != 0 ? heard[caller] : "";
    const Seen whole = read_in(caller, before, data + 1, size - 1, 0);
    const Seen pieces = read_in(caller, before, data + 1, size - 1, 1u + data[0]);

    g_assert(whole.packets == pieces.packets);
    g_assert(whole.failed == pieces.failed);
    g_assert(whole.talk == pieces.talk);
    g_assert(whole.pieces == pieces.pieces);
    round_trip(caller, data + 1, size - 1);
    return 0;
}
