// SPDX-License-Identifier: GPL-2.0-or-later
// The other end of a line, scripted: it reads packets of either framing, can say OK and PONG, send, fall silent, or cut the line at a given
// byte.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "transport/framing.h"

#include "tests/support/fake_clock.hh"
#include "tests/support/loopback.hh"
#include "tests/support/text_of.hh"

namespace support {

struct Packet {
    DimPacketType type;
    guint64 serial;
    guint32 pages;
    guint32 index;
    std::string body;
};

class FakeStation {
  public:
    LoopbackDial dial; // give dial.get() to the gate or session

    bool acknowledges = true; // says OK to messages
    bool answers_ping = true;
    bool was_closed = false; // the framing said good-bye
    bool reads = true;       // FALSE: what is sent stays in the socket

    // Called for every packet, after it was answered and kept.
    std::function<void(const Packet &)> on_packet;
    std::function<void()> on_connected;

    std::vector<Packet> received;   // of all lines
    std::vector<size_t> read_sizes; // what each read gave, of all lines

    FakeStation()
    {
        dial.accepted = [this](Connection far) { accept(std::move(far)); };
    }
    ~FakeStation()
    {
        hang_up();
    }
    FakeStation(const FakeStation &) = delete;
    FakeStation &operator=(const FakeStation &) = delete;

    bool
    is_connected() const
    {
        return connection_ != nullptr;
    }

    // Closes the line; what was not taken yet is lost.
    void
    hang_up()
    {
        drop(&reading_);
        drop(&writing_);
        if (connection_ != nullptr)
            g_io_stream_close(G_IO_STREAM(connection_.get()), nullptr, nullptr);
        connection_.reset();
        out_.clear();
        framer_.reset();
    }

    // One message; returns its serial (which a WebSocket does not carry).
    guint64
    send(const std::string &body)
    {
        send_message(++serial_, body);
        return serial_;
    }
    void
    send_message(guint64 serial, const std::string &body)
    {
        send_packet({ DIM_PACKET_MESSAGE, serial, 1, 0, body });
    }
    void
    send_packet(const Packet &packet)
    {
        DimPacket wire = {};
        GBytes *body = g_bytes_new(packet.body.data(), packet.body.size());

        wire.type = packet.type;
        wire.has_serial = packet.serial != 0;
        wire.serial = packet.serial;
        wire.pages = packet.pages;
        wire.index = packet.index;
        wire.body = body;
        GBytes *bytes = framer_ != nullptr ? dim_framer_write_packet(framer_.get(), &wire)
                                           : dim_frame_write_packet(&wire);

        if (bytes != nullptr)
            send_raw(text_of(bytes));
        g_clear_pointer(&bytes, g_bytes_unref);
        g_bytes_unref(body);
    }
    void
    send_raw(const std::string &bytes)
    {
        if (connection_ == nullptr)
            return;
        out_ += bytes;
        if (sent_ + out_.size() > cut_sending_)
            out_.resize(cut_sending_ > sent_ ? cut_sending_ - sent_ : 0);
        write_some();
    }
    void
    acknowledge(const Packet &message)
    {
        send_packet({ DIM_PACKET_MESSAGE_RESPONSE, message.serial, message.pages, message.index,
                      "OK" });
    }

    // Takes up what was left in the socket while `reads` was FALSE.
    void
    read_on()
    {
        reads = true;
        if (connection_ != nullptr && reading_ == nullptr)
            reading_ = watch(G_IO_IN, &FakeStation::on_readable);
    }

    // The next line (and this one) is cut when so many bytes of it were sent, or read: then end of file.
    void
    cut_after_sending(size_t bytes)
    {
        cut_sending_ = bytes;
    }
    void
    cut_after_reading(size_t bytes)
    {
        cut_reading_ = bytes;
    }
    void
    never_cut()
    {
        cut_sending_ = cut_reading_ = SIZE_MAX;
    }

    // The packets of one type that came so far.
    std::vector<Packet>
    of_type(DimPacketType type) const
    {
        std::vector<Packet> found;

        for (const Packet &packet : received) {
            if (packet.type == type)
                found.push_back(packet);
        }
        return found;
    }
    // TRUE if the message of this serial got its OK.
    bool
    is_acknowledged(guint64 serial) const
    {
        for (const Packet &packet : of_type(DIM_PACKET_MESSAGE_RESPONSE)) {
            if (packet.serial == serial)
                return true;
        }
        return false;
    }

  private:
    struct FreeFramer {
        void
        operator()(DimFramer *framer) const
        {
            dim_framer_free(framer);
        }
    };

    GSocket *
    socket() const
    {
        return g_socket_connection_get_socket(connection_.get());
    }

    static void
    drop(GSource **source)
    {
        if (*source == nullptr)
            return;
        g_source_destroy(*source);
        g_source_unref(*source);
        *source = nullptr;
    }

    GSource *
    watch(GIOCondition condition, GSocketSourceFunc call)
    {
        GSource *source = g_socket_create_source(socket(), condition, nullptr);

        g_source_set_callback(source, G_SOURCE_FUNC(call), this, nullptr);
        g_source_attach(source, g_main_context_get_thread_default());
        return source;
    }

    void
    accept(Connection far)
    {
        hang_up();
        connection_ = std::move(far);
        DimFramerOptions options = {};

        options.clock = dim_clock_system();
        options.max_body = DIM_FRAME_MAX_BODY;
        framer_.reset(dim_framer_new_any(&options));
        sent_ = read_ = 0;
        if (reads)
            reading_ = watch(G_IO_IN, &FakeStation::on_readable);
        if (on_connected)
            on_connected();
    }

    static gboolean
    on_readable(GSocket *, GIOCondition, gpointer self)
    {
        auto *station = static_cast<FakeStation *>(self);

        if (!station->reads) {
            drop(&station->reading_);
            return G_SOURCE_REMOVE;
        }
        station->read_some();
        return G_SOURCE_CONTINUE;
    }

    static gboolean
    on_writable(GSocket *, GIOCondition, gpointer self)
    {
        static_cast<FakeStation *>(self)->write_some();
        return G_SOURCE_CONTINUE;
    }

    void
    read_some()
    {
        std::vector<char> &chunk = chunk_;
        const size_t wanted = MIN(chunk.size(), cut_reading_ - MIN(read_, cut_reading_));
        const gssize got =
            g_socket_receive(socket(), chunk.data(), MAX(wanted, 1), nullptr, nullptr);

        if (got <= 0) {
            hang_up();
            return;
        }
        read_ += static_cast<size_t>(got);
        read_sizes.push_back(static_cast<size_t>(got));
        dim_framer_feed(framer_.get(), chunk.data(), static_cast<gsize>(got));
        read_packets();
        if (connection_ != nullptr && read_ >= cut_reading_)
            hang_up();
    }

    void
    read_packets()
    {
        DimPacket wire;

        while (framer_ != nullptr && next(&wire)) {
            const Packet packet = { wire.type, wire.serial, wire.pages, wire.index,
                                    text_of(wire.body) };

            dim_packet_clear(&wire);
            received.push_back(packet);
            if (packet.type == DIM_PACKET_MESSAGE && acknowledges)
                acknowledge(packet);
            if (packet.type == DIM_PACKET_COMMAND && packet.body == "PING" && answers_ping)
                send_packet({ DIM_PACKET_COMMAND_RESPONSE, packet.serial, 1, 0, "PONG" });
            if (on_packet)
                on_packet(packet);
        }
    }

    bool
    next(DimPacket *wire)
    {
        GError *error = nullptr;
        const bool found = dim_framer_next(framer_.get(), wire, &error) != FALSE;
        GBytes *own = dim_framer_talk(framer_.get());

        if (own != nullptr)
            send_raw(text_of(own));
        g_clear_pointer(&own, g_bytes_unref);
        was_closed |= g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED) != FALSE;
        g_clear_error(&error);
        return found && framer_ != nullptr;
    }

    void
    write_some()
    {
        while (!out_.empty()) {
            GError *error = nullptr;
            const gssize done =
                g_socket_send(socket(), out_.data(), out_.size(), nullptr, &error);

            if (done <= 0) {
                const bool full =
                    g_error_matches(error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK) != FALSE;

                g_clear_error(&error);
                if (!full)
                    hang_up();
                else if (writing_ == nullptr)
                    writing_ = watch(G_IO_OUT, &FakeStation::on_writable);
                return;
            }
            sent_ += static_cast<size_t>(done);
            out_.erase(0, static_cast<size_t>(done));
        }
        drop(&writing_);
        if (sent_ >= cut_sending_)
            hang_up();
    }

    std::vector<char> chunk_ = std::vector<char>(1 << 20);
    Connection connection_;
    std::unique_ptr<DimFramer, FreeFramer> framer_;
    GSource *reading_ = nullptr;
    GSource *writing_ = nullptr;
    std::string out_;
    size_t sent_ = 0;
    size_t read_ = 0;
    size_t cut_sending_ = SIZE_MAX;
    size_t cut_reading_ = SIZE_MAX;
    guint64 serial_ = 0x1000000000000000;
};

} // namespace support
