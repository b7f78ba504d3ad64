// SPDX-License-Identifier: GPL-2.0-or-later
// A hub by itself, on a clock that the test turns, and the other ends of its lines.
#pragma once

#include <gtest/gtest.h>
#include <memory>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

#include "station/guest.h"
#include "station/hub.h"

#include "tests/support/autoptr.hh"
#include "tests/support/fake_clock.hh"

namespace {

// The other end of a line.
struct Peer {
    int fd = -1;
    DimLine *line = nullptr;

    ~Peer()
    {
        close(fd);
    }
    bool
    is_cut()
    {
        char byte;

        support::settle();
        return recv(fd, &byte, 1, MSG_DONTWAIT | MSG_PEEK) == 0;
    }
};

class Hub : public ::testing::Test {
  protected:
    Hub()
    {
        events_.opened = [](DimLine *line, gpointer self) {
            static_cast<Hub *>(self)->fresh_ = line;
        };
        events_.arrived = [](DimLine *, const DimPacket *packet, gpointer self) {
            static_cast<Hub *>(self)->arrived_ += packet->type == DIM_PACKET_MESSAGE ? 1 : 0;
        };
        events_.resumed = [](DimLine *, gpointer) -> gboolean { return FALSE; };
        events_.drained = [](DimLine *, gpointer) {};
        events_.closed = [](DimLine *line, gpointer self) {
            static_cast<Hub *>(self)->closed_.push_back(line);
        };
        events_.tick = [](gpointer) {};
        events_.settle = [](gpointer) -> gboolean { return TRUE; };
        settings_->idle_seconds = 86400;
        settings_->handshake_seconds = 3600;
        hub_ = dim_hub_new(settings_.get(), clock_, &events_, this, nullptr);
    }
    ~Hub() override
    {
        dim_hub_free(hub_);
    }
    std::unique_ptr<Peer>
    peer(const char *host = "192.0.2.1")
    {
        int pair[2];
        auto end = std::make_unique<Peer>();

        EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
        fresh_ = nullptr;
        dim_hub_adopt(hub_, pair[0], host, 1);
        end->fd = pair[1];
        end->line = fresh_;
        return end;
    }
    // Everything or what fits before the other side stops reading; returns the bytes that went.
    static size_t
    write(Peer &end, const std::string &bytes)
    {
        size_t done = 0;

        while (done < bytes.size()) {
            const ssize_t count =
                send(end.fd, bytes.data() + done, MIN(bytes.size() - done, 32768U),
                     MSG_NOSIGNAL | MSG_DONTWAIT);

            if (count > 0)
                done += static_cast<size_t>(count);
            else if (errno != EAGAIN)
                break;
            support::settle();
            if (count <= 0 && ++stuck_ > 3)
                break;
        }
        stuck_ = 0;
        support::settle();
        return done;
    }
    // What lies there; returns how many bytes that was.
    static size_t
    read(Peer &end)
    {
        char buffer[65536];
        size_t done = 0;

        for (ssize_t count; (count = recv(end.fd, buffer, sizeof buffer, MSG_DONTWAIT)) > 0;)
            done += static_cast<size_t>(count);
        support::settle();
        return done;
    }
    static std::string
    piece(guint64 serial, guint32 index, const std::string &body, guint32 pages = 1000)
    {
        DimPacket packet{};
        gsize size = 0;

        packet.type = DIM_PACKET_FRAGMENT;
        packet.has_serial = TRUE;
        packet.serial = serial;
        packet.pages = pages;
        packet.index = index;
        packet.body = g_bytes_new(body.data(), body.size());
        GBytes *bytes = dim_frame_write_packet(&packet);
        auto *data = static_cast<const char *>(g_bytes_get_data(bytes, &size));
        const std::string text(data, size);
        g_bytes_unref(bytes);
        dim_packet_clear(&packet);
        return text;
    }
    static std::string
    message(guint64 serial, const std::string &body)
    {
        GBytes *bytes = dim_frame_write(DIM_PACKET_MESSAGE, serial, body.data(), body.size());
        gsize size = 0;
        auto *data = static_cast<const char *>(g_bytes_get_data(bytes, &size));
        const std::string text(data, size);

        g_bytes_unref(bytes);
        return text;
    }

    static inline int stuck_ = 0;
    support::FakeClock clock_;
    OWNED(DimSettings) settings_{ dim_settings_new() };
    DimHubEvents events_{};
    DimHub *hub_ = nullptr;
    DimLine *fresh_ = nullptr;
    int arrived_ = 0;
    std::vector<const DimLine *> closed_; // to compare with, no more
};

} // namespace
