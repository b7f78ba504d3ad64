// SPDX-License-Identifier: GPL-2.0-or-later
// A tiny client for the station's tests: one socket, one account, MTP, the signed handshake, sealed texts.
#pragma once

#include <arpa/inet.h>
#include <cstring>
#include <deque>
#include <functional>
#include <map>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "message/commands.h"
#include "transport/framing.h"

#include "tests/unit/station/person.hh"

namespace station_test {
namespace { // the owners of C values are local to each file

struct Packet {
    DimPacketType type;
    guint64 serial;
    std::string body;
    guint32 pages, index;
};

class Caller {
  public:
    using Pump = std::function<void()>;

    Caller(guint16 port,
           const Person &person,
           Pump pump = nullptr,
           DimTransport transport = DIM_TRANSPORT_MTP)
        : person_(person), pump_(std::move(pump)), framer_(new_framer(transport, port))
    {
        sockaddr_in address{};

        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        fd_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (connect(fd_, reinterpret_cast<sockaddr *>(&address), sizeof address) != 0)
            closed_ = true;
        const int on = 1;
        setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        talk();
        for (int i = 0; i < 200 && !dim_framer_is_ready(framer_); i++)
            listen_for(20);
    }
    Caller(const Caller &) = delete;
    Caller &operator=(const Caller &) = delete;
    ~Caller()
    {
        dim_framer_free(framer_);
        close(fd_);
    }

    bool
    write_raw(const void *data, size_t size)
    {
        const char *at = static_cast<const char *>(data);

        while (size > 0 && !closed_) {
            ssize_t count = ::send(fd_, at, size, MSG_NOSIGNAL | MSG_DONTWAIT);

            if (count > 0) {
                at += count;
                size -= static_cast<size_t>(count);
            } else if (errno == EAGAIN) {
                listen_for(5);
            } else {
                closed_ = true;
            }
        }
        return !closed_;
    }
    guint64
    write(DimPacketType type, guint64 serial, const std::string &body)
    {
        write_bytes(dim_framer_write(framer_, type, serial, body.data(), body.size()));
        return serial;
    }
    // One payload as a message; returns its serial.
    guint64
    send(const std::string &payload)
    {
        return write(DIM_PACKET_MESSAGE, ++serial_, payload);
    }
    // The next packet, or false when there was none in time or the line is gone.
    bool
    next(Packet *packet, int milliseconds = 3000)
    {
        const gint64 until = g_get_monotonic_time() + milliseconds * 1000LL;

        while (packets_.empty() && !closed_ && g_get_monotonic_time() < until)
            listen_for(pump_ ? 1 : 20);
        if (packets_.empty())
            return false;
        *packet = packets_.front();
        packets_.pop_front();
        return true;
    }
    // TRUE if "OK" for this serial comes, or over WebSocket the PONG to a PING behind it; messages that come meanwhile are taken in.
    bool
    acknowledged(guint64 serial, int milliseconds = 3000)
    {
        if (!dim_framer_is_numbered(framer_)) {
            const guint asked = pongs_ + 1;

            write(DIM_PACKET_COMMAND, 0, "PING");
            return wait(milliseconds, [&] { return pongs_ >= asked; });
        }
        return wait(milliseconds, [&] { return acks_.count(serial) > 0; });
    }
    // Takes packets in until it is so.
    bool
    wait(int milliseconds, const std::function<bool()> &so)
    {
        const gint64 until = g_get_monotonic_time() + milliseconds * 1000LL;
        Packet packet;

        while (!so()) {
            const gint64 left = (until - g_get_monotonic_time()) / 1000;

            if (left <= 0 || !next(&packet, static_cast<int>(MIN(left, 50)))) {
                if (left <= 0 || closed_)
                    return so();
                continue;
            }
            take(packet);
        }
        return true;
    }
    // The signed handshake with the challenge.
    bool
    login()
    {
        greet();
        if (!wait(5000, [&] { return from_station_ && !session.empty(); }))
            return false;
        say(DIM_HANDSHAKE_RESTART);
        return wait(5000, [&] { return running; });
    }
    void
    greet()
    {
        OWNED(DimContent) hello(dim_handshake_new(DIM_HANDSHAKE_START, nullptr));

        send(seal(person_, dim_id_any_station(), hello.get(), nullptr, true));
    }
    void
    say(DimHandshakeStep step)
    {
        OWNED(DimContent) content(dim_handshake_new(step, session.c_str()));

        ask(content.get());
    }
    // A content for the station, sealed.
    guint64
    ask(DimContent *content)
    {
        return send(sealed(content));
    }
    std::string
    sealed(DimContent *content)
    {
        return seal(person_, dim_message_sender(from_station_.get()), content, station_key(),
                    false);
    }
    bool
    closed(int milliseconds = 3000)
    {
        return wait(milliseconds, [&] { return closed_; });
    }
    bool
    receipt(const std::string &text, int milliseconds = 3000)
    {
        return wait(milliseconds, [&] {
            for (const std::string &one : receipts) {
                if (one == text)
                    return true;
            }
            return false;
        });
    }
    const Person &
    person() const
    {
        return person_;
    }

    std::string session;                   // from DIM?
    bool running = false;                  // DIM! came
    bool forced = false;                   // DIM? with force came
    bool acknowledge = true;               // say OK to what comes
    std::vector<std::string> letters;      // texts of others
    std::vector<std::string> raw;          // their payloads
    std::vector<std::string> receipts;     // the station's words
    std::vector<std::string> commands;     // other contents of the station as JSON
    std::map<guint64, std::string> pieces; // "index/pages " of each "OK" for a serial
    std::string last;                      // bytes that came in one read

  private:
    void
    listen_for(int milliseconds)
    {
        pollfd one{ fd_, POLLIN, 0 };
        char buffer[65536];

        if (pump_)
            pump_();
        if (poll(&one, 1, milliseconds) <= 0)
            return;
        ssize_t count = recv(fd_, buffer, sizeof buffer, MSG_DONTWAIT);
        if (count == 0 || (count < 0 && errno != EAGAIN)) {
            closed_ = true;
            return;
        }
        if (count > 0) {
            dim_framer_feed(framer_, buffer, static_cast<gsize>(count));
            last.assign(buffer, static_cast<size_t>(count));
        }
        DimPacket packet{};
        while (dim_framer_next(framer_, &packet, nullptr)) {
            gsize size = 0;
            const char *data = static_cast<const char *>(g_bytes_get_data(packet.body, &size));

            packets_.push_back({ packet.type, packet.serial, std::string(data, size),
                                 packet.pages, packet.index });
            dim_packet_clear(&packet);
        }
        talk();
    }
    static DimFramer *
    new_framer(DimTransport transport, guint16 port)
    {
        DimFramerOptions options{};

        options.caller = TRUE;
        options.clock = dim_clock_system();
        options.host = "127.0.0.1";
        options.port = port;
        options.max_body = DIM_FRAME_MAX_BODY;
        return dim_framer_new(transport, &options);
    }
    void
    write_bytes(GBytes *bytes)
    {
        gsize size = 0;
        const void *data = bytes != nullptr ? g_bytes_get_data(bytes, &size) : nullptr;

        write_raw(data, size);
        g_clear_pointer(&bytes, g_bytes_unref);
    }
    void
    talk()
    {
        write_bytes(dim_framer_talk(framer_));
    }
    void
    take(const Packet &packet)
    {
        if (packet.type == DIM_PACKET_MESSAGE_RESPONSE) {
            acks_[packet.serial]++;
            pieces[packet.serial] +=
                std::to_string(packet.index) + "/" + std::to_string(packet.pages) + " ";
            return;
        }
        pongs_ += packet.type == DIM_PACKET_COMMAND_RESPONSE && packet.body == "PONG";
        if (packet.type != DIM_PACKET_MESSAGE)
            return;
        if (acknowledge)
            write(DIM_PACKET_MESSAGE_RESPONSE, packet.serial, "OK");
        open(packet.body);
    }
    void
    open(const std::string &payload)
    {
        support::Error error;
        DimUnsealing how{};
        OWNED(DimMessage)
        sealed(dim_message_parse(payload.data(), static_cast<gssize>(payload.size()), &error));

        ASSERT_TRUE(sealed) << error.message() << ": " << payload.substr(0, 200);
        how.me = person_.id();
        how.keys = dim_user_decrypt_keys(person_.user.get());
        OWNED(DimMessage) instant(dim_unseal(sealed.get(), &how, nullptr, &error));
        ASSERT_TRUE(instant) << error.message();
        if (dim_id_is_station(dim_message_sender(sealed.get())))
            take_word(std::move(sealed), dim_message_content(instant.get()));
        else {
            raw.push_back(payload);
            letters.emplace_back(dim_content_text(dim_message_content(instant.get())));
        }
    }
    void
    take_word(OWNED(DimMessage) sealed, DimContent *content)
    {
        const std::string command =
            dim_content_command(content) != nullptr ? dim_content_command(content) : "";

        if (dim_message_visa_json(sealed.get()) != nullptr)
            from_station_ = std::move(sealed);
        if (command == "handshake") {
            forced |= dim_json_flag(dim_content_json(content), "force") != FALSE;
            session = dim_handshake_session(content);
            running |= dim_handshake_step(content) == DIM_HANDSHAKE_SUCCESS;
        } else if (command == "receipt") {
            receipts.emplace_back(dim_content_text(content));
        }
        commands.emplace_back(Text(dim_content_to_text(content)).get());
    }
    DimPublicKey *
    station_key()
    {
        if (!station_visa_)
            station_visa_.reset(
                dim_document_from_json(dim_message_visa_json(from_station_.get()),
                                       dim_message_sender(from_station_.get()), nullptr));
        return dim_document_key(station_visa_.get());
    }

    const Person &person_;
    Pump pump_;
    DimFramer *framer_;
    guint pongs_ = 0;
    int fd_ = -1;
    bool closed_ = false;
    guint64 serial_ = 0x1000;
    std::deque<Packet> packets_;
    std::map<guint64, int> acks_;
    OWNED(DimMessage) from_station_;
    OWNED(DimDocument) station_visa_;
};

} // namespace
} // namespace station_test
