// SPDX-License-Identifier: GPL-2.0-or-later
// Two GIOStreams joined by a socket pair, and a DimDial that gives one end away and keeps the other.
#pragma once

#include <fcntl.h>
#include <functional>
#include <gio/gio.h>
#include <memory>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

#include "transport/dial.h"

namespace support {

struct Unref {
    void
    operator()(gpointer object) const
    {
        g_object_unref(object);
    }
};

using Connection = std::unique_ptr<GSocketConnection, Unref>;

inline Connection
wrap_socket(int fd)
{
    GSocket *socket = g_socket_new_from_fd(fd, nullptr);
    Connection connection(g_socket_connection_factory_create_connection(socket));

    g_socket_set_blocking(socket, FALSE);
    g_object_unref(socket);
    return connection;
}

// Both ends of one line. buffer: bytes that the sockets hold, 0 for the system's default.
inline std::pair<Connection, Connection>
make_loopback(int buffer = 0)
{
    int fds[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0)
        g_error("socketpair failed");
    for (int fd : fds) {
        if (buffer > 0)
            setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer);
    }
    return { wrap_socket(fds[0]), wrap_socket(fds[1]) };
}

// Every dial asks `next`; an accepted one comes up in a later turn of the loop.
class LoopbackDial {
  public:
    enum Answer {
        ACCEPT,
        REFUSE,
        HANG
    };

    // What becomes of the dial number `count` (from 1).
    std::function<Answer(guint count)> next = [](guint) { return ACCEPT; };
    // Takes the far end.
    std::function<void(Connection far)> accepted;
    int buffer = 0;

    guint dials = 0;
    guint cancelled = 0;
    std::string host;
    guint16 port = 0;

    LoopbackDial()
    {
        dial_.connect = &LoopbackDial::connect;
        dial_.cancel = &LoopbackDial::cancel;
        dial_.data = this;
    }
    LoopbackDial(const LoopbackDial &) = delete;
    LoopbackDial &operator=(const LoopbackDial &) = delete;

    const DimDial *
    get() const
    {
        return &dial_;
    }

  private:
    struct Call {
        LoopbackDial *dial;
        Answer answer;
        DimDialed done;
        gpointer data;
        GSource *source;
    };

    static gpointer
    connect(gpointer self, const char *host, guint16 port, DimDialed done, gpointer data)
    {
        auto *dial = static_cast<LoopbackDial *>(self);
        auto *call = new Call{ dial, dial->next(++dial->dials), done, data, nullptr };

        dial->host = host;
        dial->port = port;
        if (call->answer == HANG)
            return call;
        call->source = g_idle_source_new();
        g_source_set_callback(call->source, &LoopbackDial::answer, call, nullptr);
        g_source_attach(call->source, g_main_context_get_thread_default());
        return call;
    }

    static void
    cancel(gpointer self, gpointer handle)
    {
        static_cast<LoopbackDial *>(self)->cancelled++;
        finish(static_cast<Call *>(handle));
    }

    static void
    finish(Call *call)
    {
        if (call->source != nullptr) {
            g_source_destroy(call->source);
            g_source_unref(call->source);
        }
        delete call;
    }

    static gboolean
    answer(gpointer data)
    {
        auto *first = static_cast<Call *>(data);
        const Call call = *first;

        finish(first);
        if (call.answer == REFUSE) {
            GError *error = g_error_new_literal(G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED,
                                                "Connection refused");

            call.done(nullptr, error, call.data);
            g_error_free(error);
            return G_SOURCE_REMOVE;
        }
        auto [near, far] = make_loopback(call.dial->buffer);

        if (call.dial->accepted)
            call.dial->accepted(std::move(far));
        call.done(G_IO_STREAM(near.get()), nullptr, call.data);
        return G_SOURCE_REMOVE;
    }

    DimDial dial_{};
};

} // namespace support
