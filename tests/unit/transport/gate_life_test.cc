// SPDX-License-Identifier: GPL-2.0-or-later
// The life of a gate: dialing, the back-off ladder, cut lines, sleep, single mode, restart, close.
#include <algorithm>
#include <gtest/gtest.h>
#include <set>

#include "base/errors.h"
#include "transport/frame.h"
#include "transport/gate.h"

#include "tests/support/gate_witness.hh"

namespace {

using support::GateWitness;
using support::LoopbackDial;
using support::settle;

std::string
framed(const std::string &body, guint64 serial = 7)
{
    OWNED(GBytes)
    bytes(dim_frame_write(DIM_PACKET_MESSAGE, serial, body.data(), body.size()));

    return support::text_of(bytes.get());
}

} // namespace

TEST(GateLife, ClimbsTheLadderFrom8To128SecondsLessUpToAQuarter)
{
    std::set<double> first;

    for (guint64 seed = 1; seed <= 40; seed++) {
        const double ladder[] = { 8, 16, 32, 64, 128, 128, 128 };
        GateWitness one;

        one.clock.seed(seed);
        one.station.dial.next = [](guint) { return LoopbackDial::REFUSE; };
        one.open();
        one.clock.advance(128 * 7);
        ASSERT_GE(one.downs.size(), 7u);
        for (size_t i = 0; i < 7; i++) {
            EXPECT_LE(one.downs[i].seconds, ladder[i]);
            EXPECT_GE(one.downs[i].seconds, ladder[i] * 0.75);
            EXPECT_EQ(one.downs[i].domain, G_IO_ERROR);
            EXPECT_EQ(one.downs[i].code, G_IO_ERROR_CONNECTION_REFUSED);
            if (i > 0) {
                EXPECT_NEAR(one.downs[i].when - one.downs[i - 1].when, one.downs[i - 1].seconds,
                            0.01)
                    << "it does what it said";
            }
        }
        EXPECT_EQ(one.ups, 0u);
        first.insert(one.downs[0].seconds);
    }
    EXPECT_GT(first.size(), 20u) << "chance is in it";
    EXPECT_GT(*first.rbegin() - *first.begin(), 1.0);
}

TEST(GateLife, ALineThatLivedResetsTheLadder)
{
    GateWitness one;

    one.station.dial.next = [](guint count) {
        return count < 5 ? LoopbackDial::REFUSE : LoopbackDial::ACCEPT;
    };
    one.open();
    one.clock.advance(130);
    ASSERT_EQ(one.ups, 1u);
    one.station.send("alive");
    settle();
    one.station.hang_up();
    settle();
    ASSERT_EQ(one.downs.size(), 5u);
    EXPECT_GT(one.downs[3].seconds, 40);
    EXPECT_LE(one.downs[4].seconds, 8);
    EXPECT_EQ(one.downs[4].code, G_IO_ERROR_CONNECTION_CLOSED);
    one.clock.advance(8.1);
    EXPECT_EQ(one.ups, 2u);
}

TEST(GateLife, ALineOnWhichNothingWasHeardDoesNot)
{
    GateWitness one;

    one.station.on_connected = [&] {}; // accepts, and hangs up at once
    one.on_up = [&] { one.station.hang_up(); };
    one.open();
    one.clock.advance(500);
    ASSERT_GE(one.downs.size(), 6u);
    EXPECT_LE(one.downs.size(), 9u) << "no hammering";
    EXPECT_GE(one.downs[5].seconds, 96);
}

TEST(GateLife, GivesUpADialThatHangsFor128Seconds)
{
    GateWitness one;

    one.station.dial.next = [](guint count) {
        return count == 1 ? LoopbackDial::HANG : LoopbackDial::ACCEPT;
    };
    one.open();
    one.clock.advance(127.9);
    EXPECT_TRUE(one.downs.empty());
    one.clock.advance(0.2);
    ASSERT_EQ(one.downs.size(), 1u);
    EXPECT_EQ(one.downs[0].code, G_IO_ERROR_TIMED_OUT);
    EXPECT_EQ(one.station.dial.cancelled, 1u);
    one.clock.advance(8.1);
    EXPECT_EQ(one.ups, 1u);
}

TEST(GateLife, ReportsAStreamThatCannotBeUsed)
{
    static int call_handle;
    struct Dead {
        static gpointer
        connect(gpointer, const char *, guint16, DimDialed done, gpointer data)
        {
            struct Later {
                DimDialed done;
                gpointer data;
            };
            g_idle_add(
                [](gpointer later_data) {
                    auto *later = static_cast<Later *>(later_data);
                    GInputStream *in = g_memory_input_stream_new();
                    GOutputStream *memory = g_memory_output_stream_new_resizable();
                    GOutputStream *out = g_buffered_output_stream_new(memory);
                    GIOStream *both = g_simple_io_stream_new(in, out);

                    g_object_unref(in);
                    g_object_unref(memory);
                    g_object_unref(out);
                    later->done(both, nullptr, later->data);
                    g_object_unref(both);
                    delete later;
                    return G_SOURCE_REMOVE;
                },
                new Later{ done, data });
            return &call_handle;
        }
    };
    static int code;
    const DimDial dial = { &Dead::connect, [](gpointer, gpointer) {}, nullptr };
    support::FakeClock clock;
    DimGateEvents events = {};

    events.down = [](DimGate *, const GError *error, double, gpointer) { code = error->code; };
    OWNED(DimGate) gate(dim_gate_new(&dial, clock, &events, nullptr));
    dim_gate_open(gate.get(), "x", 1);
    settle();
    EXPECT_EQ(code, G_IO_ERROR_NOT_SUPPORTED);
}

TEST(GateLife, ALineCutAtEveryByteIsRedialledAndNothingIsHalfPassedUp)
{
    const std::string bytes = framed("first", 1) + framed("second", 2);

    for (size_t cut = 1; cut <= bytes.size(); cut++) {
        GateWitness one;

        one.station.cut_after_sending(cut);
        one.open();
        one.station.send_raw(bytes);
        settle();
        const size_t whole = cut == bytes.size() ? 2 : cut >= 21 ? 1 : 0;
        ASSERT_EQ(one.arrived.size(), whole) << cut;
        ASSERT_EQ(one.downs.size(), 1u) << cut;
        one.station.never_cut();
        one.clock.advance(8.1);
        ASSERT_EQ(one.ups, 2u);
        one.station.send_raw(framed("third", 3));
        settle();
        ASSERT_EQ(one.arrived.size(), whole + 1);
        EXPECT_EQ(one.arrived.back().body, "third") << "the half packet is gone";
    }
}

TEST(GateLife, ALineCutAtEveryByteOfOursIsRedialled)
{
    for (size_t cut = 1; cut <= 42; cut++) {
        GateWitness one;

        one.station.cut_after_reading(cut);
        one.on_up = [&] {
            if (one.ups == 1) {
                one.send("first", 1);
                one.send("other", 2);
            }
        };
        one.open();
        settle();
        ASSERT_EQ(one.downs.size(), 1u) << cut;
        one.station.never_cut();
        one.clock.advance(500);
        ASSERT_EQ(one.ups, 2u);
        EXPECT_LE(one.bodies(DIM_PACKET_MESSAGE).size(), 2u) << "the gate keeps nothing";
        EXPECT_TRUE(one.expired.empty());
    }
}

TEST(GateLife, AMalformedLineIsDropped)
{
    GateWitness one;

    one.open();
    one.station.send("good");
    one.station.send_raw(std::string("DIM\x42\1\2\3\4\5\6\7\x08\x40\0\0\0", 16));
    settle();
    EXPECT_EQ(one.arrived.size(), 1u);
    ASSERT_EQ(one.downs.size(), 1u);
    EXPECT_EQ(one.downs[0].domain, DIM_ERROR);
    EXPECT_EQ(one.downs[0].code, DIM_ERROR_MALFORMED);
    EXPECT_FALSE(one.station.is_connected());
}

TEST(GateLife, ALateAcknowledgementOfAnOldLineIsNothing)
{
    GateWitness one;

    one.keeps = false;
    one.open();
    const guint64 serial = one.station.send("old");
    settle();
    one.station.hang_up();
    settle();
    dim_gate_acknowledge(one.gate(), serial);
    one.clock.advance(8.1);
    dim_gate_acknowledge(one.gate(), serial);
    settle();
    EXPECT_EQ(one.ups, 2u);
    EXPECT_TRUE(one.station.received.empty());
}

TEST(GateLife, RedialsAfterSleep)
{
    GateWitness one;

    one.open();
    one.clock.advance(30);
    one.clock.sleep(100); // a short nap, or a clock that was set
    one.clock.advance(17);
    EXPECT_TRUE(one.downs.empty());
    one.clock.sleep(3600);
    one.clock.advance(17);
    ASSERT_EQ(one.downs.size(), 1u);
    EXPECT_EQ(one.downs[0].code, G_IO_ERROR_TIMED_OUT);
    EXPECT_LE(one.downs[0].seconds, 1.0);
    EXPECT_GT(one.downs[0].seconds, 0.0);
    one.clock.advance(1.1);
    EXPECT_EQ(one.ups, 2u);
    one.clock.advance(200);
    EXPECT_EQ(one.downs.size(), 1u) << "one sleep, one redial";
}

TEST(GateLife, DialsAtOnceAfterSleepWhenItWaited)
{
    GateWitness one;

    one.station.dial.next = [](guint count) {
        return count < 6 ? LoopbackDial::REFUSE : LoopbackDial::ACCEPT;
    };
    one.open();
    while (one.downs.size() < 5)
        one.clock.advance(1);
    EXPECT_GE(one.downs[4].seconds, 96);
    one.clock.sleep(3600);
    one.clock.advance(17);
    EXPECT_EQ(one.ups, 1u);
}

TEST(GateLife, ClosesWithWhatWasQueuedWrittenFirst)
{
    GateWitness one;

    one.open();
    one.send("goodbye", 1);
    dim_gate_close(one.gate());
    EXPECT_FALSE(dim_gate_is_up(one.gate()));
    ASSERT_EQ(one.downs.size(), 1u) << "told before it returns";
    EXPECT_EQ(one.downs[0].code, G_IO_ERROR_CANCELLED);
    EXPECT_EQ(one.downs[0].seconds, 0);
    settle();
    EXPECT_EQ(one.bodies(DIM_PACKET_MESSAGE), std::vector<std::string>{ "goodbye" });
    EXPECT_TRUE(one.acknowledged.empty());
    dim_gate_close(one.gate());
    dim_gate_restart(one.gate());
    one.clock.advance(1000);
    EXPECT_EQ(one.downs.size(), 1u);
    EXPECT_EQ(one.station.dial.dials, 1u);
    one.open();
    EXPECT_EQ(one.ups, 2u) << "it can be opened again";
}

TEST(GateLife, ClosesInEveryState)
{
    GateWitness dialing;
    GateWitness waiting;
    GateWitness hanging;

    dim_gate_open(dialing.gate(), "x", 1);
    dim_gate_close(dialing.gate());
    EXPECT_EQ(dialing.station.dial.cancelled, 1u);

    waiting.station.dial.next = [](guint) { return LoopbackDial::REFUSE; };
    waiting.open();
    EXPECT_EQ(waiting.downs.size(), 1u);
    dim_gate_close(waiting.gate());
    EXPECT_EQ(waiting.downs.size(), 2u);

    hanging.station.dial.next = [](guint) { return LoopbackDial::HANG; };
    hanging.open();
    hanging.free();
    EXPECT_EQ(hanging.station.dial.cancelled, 1u);

    for (GateWitness *one : { &dialing, &waiting, &hanging }) {
        one->clock.advance(1000);
        EXPECT_EQ(one->station.dial.dials, 1u);
        EXPECT_EQ(one->clock.timers(), 0u);
        EXPECT_EQ(one->ups, 0u);
    }
}

TEST(GateLife, RestartDialsNow)
{
    GateWitness one;

    one.open();
    dim_gate_restart(one.gate());
    EXPECT_FALSE(dim_gate_is_up(one.gate()));
    settle();
    EXPECT_EQ(one.ups, 2u);
    EXPECT_TRUE(one.downs.empty()) << "its caller knows";
    EXPECT_EQ(one.station.dial.dials, 2u);

    one.station.dial.next = [](guint count) {
        return count == 3 ? LoopbackDial::REFUSE : LoopbackDial::ACCEPT;
    };
    one.station.hang_up();
    settle();
    dim_gate_restart(one.gate()); // while it waits
    settle();
    dim_gate_restart(one.gate());
    settle();
    EXPECT_EQ(one.ups, 3u);
    EXPECT_EQ(one.clock.timers(), 1u);
}

TEST(GateLife, OpenTakesAnotherAddress)
{
    GateWitness one;

    one.open();
    dim_gate_open(one.gate(), "other.example", 4242);
    settle();
    EXPECT_EQ(one.ups, 2u);
    EXPECT_TRUE(one.downs.empty());
    EXPECT_EQ(one.station.dial.host, "other.example");
    EXPECT_EQ(one.station.dial.port, 4242);
}

TEST(GateLife, SingleModeLeavesRedialingToTheHost)
{
    GateWitness lost;
    GateWitness refused;

    dim_gate_set_single(lost.gate(), TRUE);
    lost.open();
    lost.station.hang_up();
    settle();
    ASSERT_EQ(lost.downs.size(), 1u);
    EXPECT_EQ(lost.downs[0].seconds, 0);

    dim_gate_set_single(refused.gate(), TRUE);
    refused.station.dial.next = [](guint) { return LoopbackDial::REFUSE; };
    refused.open();
    ASSERT_EQ(refused.downs.size(), 1u);
    EXPECT_EQ(refused.downs[0].seconds, 0);

    for (GateWitness *one : { &lost, &refused }) {
        one->clock.advance(1000);
        EXPECT_EQ(one->station.dial.dials, 1u);
        EXPECT_EQ(one->clock.timers(), 0u);
        EXPECT_EQ(one->downs.size(), 1u);
    }
    lost.open();
    EXPECT_EQ(lost.ups, 2u);
}
