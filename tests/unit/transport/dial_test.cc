// SPDX-License-Identifier: GPL-2.0-or-later
// The plain dial on real sockets of the loopback interface: it connects, is refused, is cancelled.
#include "transport/dial.h"

#include <gtest/gtest.h>

#include "base/clock.h"
#include "transport/gate.h"

#include "tests/support/autoptr.hh"
#include "tests/support/fake_station.hh"

namespace {

struct Outcome {
    guint calls = 0;
    GIOStream *stream = nullptr;
    GError *error = nullptr;

    ~Outcome()
    {
        g_clear_object(&stream);
        g_clear_error(&error);
    }
    static void
    note(GIOStream *stream, const GError *error, gpointer data)
    {
        auto *outcome = static_cast<Outcome *>(data);

        outcome->calls++;
        if (stream != nullptr)
            outcome->stream = G_IO_STREAM(g_object_ref(stream));
        if (error != nullptr)
            outcome->error = g_error_copy(error);
    }
};

gboolean
keep_ticking(gpointer)
{
    return G_SOURCE_CONTINUE;
}

// Runs the loop until something is so, ten seconds at most.
bool
wait_for(const std::function<bool()> &so)
{
    const gint64 end = g_get_monotonic_time() + 10 * G_USEC_PER_SEC;
    const guint tick = g_timeout_add(10, keep_ticking, nullptr);

    while (!so() && g_get_monotonic_time() < end)
        g_main_context_iteration(nullptr, TRUE);
    g_source_remove(tick);
    return so();
}

// A listener on a free port of 127.0.0.1.
class Listener {
  public:
    Listener() : listener_(g_socket_listener_new())
    {
        GInetAddress *loopback = g_inet_address_new_loopback(G_SOCKET_FAMILY_IPV4);
        GSocketAddress *any = g_inet_socket_address_new(loopback, 0);
        GSocketAddress *real = nullptr;

        if (!g_socket_listener_add_address(listener_, any, G_SOCKET_TYPE_STREAM,
                                           G_SOCKET_PROTOCOL_TCP, nullptr, &real, nullptr))
            g_error("cannot listen on loopback");
        port = g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(real));
        g_object_unref(real);
        g_object_unref(any);
        g_object_unref(loopback);
    }
    ~Listener()
    {
        g_socket_listener_close(listener_);
        g_object_unref(listener_);
    }
    support::Connection
    accept()
    {
        return support::Connection(
            g_socket_listener_accept(listener_, nullptr, nullptr, nullptr));
    }
    guint16 port = 0;

  private:
    GSocketListener *listener_;
};

} // namespace

TEST(Dial, ReachesAListener)
{
    const DimDial *dial = dim_dial_direct();
    Listener listener;
    Outcome outcome;

    ASSERT_NE(dial->connect(dial->data, "127.0.0.1", listener.port, Outcome::note, &outcome),
              nullptr);
    EXPECT_EQ(outcome.calls, 0u) << "later, from the loop";
    ASSERT_TRUE(wait_for([&] { return outcome.calls > 0; }));
    EXPECT_NE(outcome.stream, nullptr);
    EXPECT_EQ(outcome.error, nullptr);
    EXPECT_EQ(outcome.calls, 1u);
}

TEST(Dial, TellsThatNobodyListens)
{
    const DimDial *dial = dim_dial_direct();
    guint16 port = Listener().port;
    Outcome outcome;

    dial->connect(dial->data, "127.0.0.1", port, Outcome::note, &outcome);
    ASSERT_TRUE(wait_for([&] { return outcome.calls > 0; }));
    EXPECT_EQ(outcome.stream, nullptr);
    ASSERT_NE(outcome.error, nullptr);
    EXPECT_TRUE(g_error_matches(outcome.error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED))
        << outcome.error->message;
}

TEST(Dial, SaysNothingOnceCancelled)
{
    const DimDial *dial = dim_dial_direct();
    Listener listener;
    Outcome first;
    Outcome second;
    gpointer handle =
        dial->connect(dial->data, "127.0.0.1", listener.port, Outcome::note, &first);

    dial->cancel(dial->data, handle);
    dial->connect(dial->data, "127.0.0.1", listener.port, Outcome::note, &second);
    ASSERT_TRUE(wait_for([&] { return second.calls > 0; }));
    support::settle();
    EXPECT_EQ(first.calls, 0u);
}

TEST(Dial, CarriesAGateOverTcpOnTheRealClock)
{
    struct News {
        guint ups = 0;
        std::string arrived;
        guint64 acknowledged = 0;
    } news;
    DimGateEvents events = {};
    Listener listener;
    support::FakeStation station;

    events.up = [](DimGate *gate, gpointer data) {
        static_cast<News *>(data)->ups++;
        EXPECT_TRUE(dim_gate_send(gate, "hello", 5, DIM_PRIORITY_NORMAL, 42, nullptr));
    };
    events.arrived = [](DimGate *gate, GBytes *body, guint64 serial, gpointer data) {
        static_cast<News *>(data)->arrived = support::text_of(body);
        dim_gate_acknowledge(gate, serial);
    };
    events.acknowledged = [](DimGate *, guint64 tag, gpointer data) {
        static_cast<News *>(data)->acknowledged = tag;
    };
    OWNED(DimGate) gate(dim_gate_new(dim_dial_direct(), dim_clock_system(), &events, &news));

    dim_gate_open(gate.get(), "127.0.0.1", listener.port);
    ASSERT_TRUE(wait_for([&] { return news.ups > 0; }));
    support::Connection far = listener.accept();
    g_socket_set_blocking(g_socket_connection_get_socket(far.get()), FALSE);
    station.dial.accepted(std::move(far));
    station.send("world");
    ASSERT_TRUE(wait_for([&] { return news.acknowledged != 0 && !news.arrived.empty(); }));
    EXPECT_EQ(news.ups, 1u);
    EXPECT_EQ(news.acknowledged, 42u);
    EXPECT_EQ(news.arrived, "world");
    ASSERT_TRUE(
        wait_for([&] { return !station.of_type(DIM_PACKET_MESSAGE_RESPONSE).empty(); }));
    gate.reset();
    EXPECT_TRUE(wait_for([&] { return !station.is_connected(); }));
}
