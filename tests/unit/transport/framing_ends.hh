// SPDX-License-Identifier: GPL-2.0-or-later
// The two ends of a line in tests: bytes in, comparable packets out, and what a framing says by itself.
#pragma once

#include <gio/gio.h>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <vector>

#include "transport/framing.h"
#include "transport/ws_frame.h"

#include "tests/support/fake_clock.hh"
#include "tests/support/matchers.hh"

namespace ends {

using support::Error;
using support::failed_with;

inline std::string
text_of(GBytes *bytes)
{
    gsize size = 0;
    const auto *data = static_cast<const char *>(g_bytes_get_data(bytes, &size));

    return size == 0 ? "" : std::string(data, size);
}

inline std::string
owned(GBytes *bytes)
{
    const std::string text = bytes != nullptr ? text_of(bytes) : "nothing";

    g_clear_pointer(&bytes, g_bytes_unref);
    return text;
}

struct Seen {
    int type;
    std::string body;
    guint64 serial = 0;

    bool
    operator==(const Seen &other) const
    {
        return type == other.type && body == other.body && serial == other.serial;
    }
};
using All = std::vector<Seen>;

inline void
PrintTo(const Seen &seen, std::ostream *out)
{
    *out << seen.type << " " << seen.serial << " " << seen.body;
}

// One end; what it says by itself is gathered in `talk`.
class End {
  public:
    support::FakeClock clock;
    std::string talk;
    Error error;

    // The end that dials, or the one that finds out.
    explicit End(int transport = -1, gsize max_body = 1 << 20)
    {
        DimFramerOptions options = {};

        options.clock = clock;
        options.caller = transport >= 0;
        options.host = options.caller ? "station.example" : nullptr;
        options.port = 9394;
        options.max_body = max_body;
        framer_.reset(options.caller
                          ? dim_framer_new(static_cast<DimTransport>(transport), &options)
                          : dim_framer_new_any(&options));
        listen();
    }
    DimFramer *
    get() const
    {
        return framer_.get();
    }
    All
    hear(const std::string &bytes)
    {
        All seen;
        DimPacket packet;

        dim_framer_feed(get(), bytes.data(), bytes.size());
        while (dim_framer_next(get(), &packet, &error)) {
            listen();
            seen.push_back({ packet.type, text_of(packet.body), packet.serial });
            dim_packet_clear(&packet);
        }
        listen();
        EXPECT_EQ(packet.body, nullptr);
        return seen;
    }
    All
    hear_bytewise(const std::string &bytes)
    {
        All seen;

        for (char byte : bytes) {
            for (const Seen &one : hear(std::string(1, byte)))
                seen.push_back(one);
        }
        return seen;
    }
    std::string
    write(DimPacketType type, const std::string &body, guint64 serial = 1)
    {
        return owned(dim_framer_write(get(), type, serial, body.data(), body.size()));
    }
    std::string
    answer(guint64 serial)
    {
        DimPacket message = {};

        message.type = DIM_PACKET_MESSAGE;
        message.has_serial = TRUE;
        message.serial = serial;
        message.pages = 1;
        return owned(dim_framer_answer(get(), &message));
    }
    std::string
    said()
    {
        std::string all;

        std::swap(all, talk);
        return all;
    }

  private:
    void
    listen()
    {
        GBytes *own = dim_framer_talk(get());

        if (own != nullptr)
            talk += owned(own);
    }

    struct FreeFramer {
        void
        operator()(DimFramer *framer) const
        {
            dim_framer_free(framer);
        }
    };

    std::unique_ptr<DimFramer, FreeFramer> framer_;
};

// A client and a station that have agreed on WebSocket.
struct Pair {
    End client{ DIM_TRANSPORT_WEBSOCKET };
    End station;

    Pair()
    {
        station.hear(client.said());
        client.hear(station.said());
        EXPECT_TRUE(dim_framer_is_ready(client.get()));
        EXPECT_TRUE(dim_framer_is_ready(station.get()));
    }
};

inline std::string
payload(const std::string &signature)
{
    return R"({"sender":"a","time":1.5,"data":"x","signature":")" + signature
           + R"(","type":1})";
}

inline std::string
frame(DimWsOpcode opcode, const std::string &body, bool masked = false)
{
    const guint8 mask[4] = { 1, 2, 3, 4 };

    return owned(dim_ws_write(opcode, masked ? mask : nullptr, body.data(), body.size()));
}

} // namespace ends
