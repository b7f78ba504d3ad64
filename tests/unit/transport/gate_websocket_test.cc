// SPDX-License-Identifier: GPL-2.0-or-later
// A gate that speaks WebSocket: nothing above it notices, what was not read is not acknowledged, and what arrives is.
#include <gtest/gtest.h>

#include "base/errors.h"
#include "transport/arrivals.h"
#include "transport/frame.h"
#include "transport/gate.h"

#include "tests/support/gate_witness.hh"

namespace {

using support::GateWitness;
using support::Packet;
using support::settle;
using Bodies = std::vector<std::string>;
using Tags = std::vector<guint64>;

// Opened, with the upgrade behind it.
struct Web : GateWitness {
    Web()
    {
        dim_gate_set_transport(gate(), DIM_TRANSPORT_WEBSOCKET);
    }
};

std::string
payload(const std::string &signature)
{
    return R"({"sender":"a","time":1.5,"data":"x","signature":")" + signature
           + R"(","type":1})";
}

} // namespace

TEST(WebGate, ComesUpAndHasTheRequestOnTheWireInOneWrite)
{
    Web one;

    one.open();
    EXPECT_EQ(one.ups, 1u);
    ASSERT_FALSE(one.station.read_sizes.empty());
    EXPECT_GT(one.station.read_sizes[0], 140u);
    EXPECT_TRUE(one.station.received.empty());
}

TEST(WebGate, KeepsWhatIsSaidTooEarlyUntilTheUpgradeIsThrough)
{
    Web one;

    one.on_up = [&] { one.send(payload("early"), 1); };
    one.station.reads = false;
    one.open();
    EXPECT_EQ(one.ups, 1u);
    EXPECT_TRUE(one.acknowledged.empty());
    one.station.read_on();
    settle();
    ASSERT_GE(one.station.read_sizes.size(), 2u);
    EXPECT_LT(one.station.read_sizes[0], 200u) << "the request alone";
    EXPECT_EQ(one.bodies(DIM_PACKET_MESSAGE), Bodies{ payload("early") });
    EXPECT_EQ(one.acknowledged, Tags{ 1 });
}

TEST(WebGate, HearsThatWhatItSentWasRead)
{
    Web one;

    one.open();
    for (guint64 tag = 1; tag <= 100; tag++)
        EXPECT_TRUE(one.send(payload(std::to_string(tag)), tag % 10 == 0 ? 0 : tag));
    settle();
    EXPECT_EQ(one.bodies(DIM_PACKET_MESSAGE).size(), 100u);
    EXPECT_EQ(one.bodies(DIM_PACKET_COMMAND), Bodies{ "PING" }) << "one for all";
    EXPECT_EQ(one.station.received.back().body, "PING") << "behind them";
    EXPECT_EQ(one.acknowledged.size(), 90u);
    EXPECT_EQ(one.acknowledged.front(), 1u);
    EXPECT_EQ(one.acknowledged.back(), 99u);
}

TEST(WebGate, TakesNothingForReadThatWasSentAfterTheQuestion)
{
    Web one;

    one.open();
    one.station.answers_ping = false;
    one.send(payload("one"), 1);
    settle();
    one.send(payload("two"), 2);
    settle();
    EXPECT_EQ(one.bodies(DIM_PACKET_COMMAND), Bodies{ "PING" }) << "one question at a time";
    EXPECT_TRUE(one.acknowledged.empty());
    one.station.send_packet({ DIM_PACKET_COMMAND_RESPONSE, 0, 1, 0, "PONG" });
    settle();
    EXPECT_EQ(one.acknowledged, Tags{ 1 });
    EXPECT_EQ(one.bodies(DIM_PACKET_COMMAND), (Bodies{ "PING", "PING" })) << "and now the next";
    one.station.send_packet({ DIM_PACKET_COMMAND_RESPONSE, 0, 1, 0, "PONG" });
    settle();
    EXPECT_EQ(one.acknowledged, (Tags{ 1, 2 }));
    one.station.send_packet({ DIM_PACKET_COMMAND_RESPONSE, 0, 1, 0, "PONG" });
    one.send(payload("three"), 3);
    settle();
    one.station.send_packet({ DIM_PACKET_COMMAND_RESPONSE, 0, 1, 0, "OK" });
    settle();
    EXPECT_EQ(one.acknowledged, (Tags{ 1, 2 })) << "a PONG that nobody asked for says nothing";
}

TEST(WebGate, SendsAgainWhatWasNotReadAndGivesUpInTheEnd)
{
    Web one;

    one.open();
    one.station.answers_ping = false;
    one.send(payload("one"), 1);
    for (int i = 0; i < 36; i++) {
        one.clock.advance(10);
        one.station.send("{}"); // alive, but deaf
        settle();
    }
    EXPECT_EQ(one.bodies(DIM_PACKET_MESSAGE),
              (Bodies{ payload("one"), payload("one"), payload("one") }));
    one.clock.advance(10);
    EXPECT_EQ(one.expired, Tags{ 1 });
    EXPECT_TRUE(one.acknowledged.empty());
    EXPECT_TRUE(one.downs.empty());
}

TEST(WebGate, AcknowledgesWhenItIsToldTo)
{
    Web one;

    one.keeps = false;
    one.open();
    const guint64 first = one.station.send(payload("one"));
    const guint64 second = one.station.send(payload("two"));
    settle();
    ASSERT_EQ(one.arrived.size(), 2u);
    EXPECT_EQ(one.arrived[0].body, payload("one"));
    EXPECT_TRUE(one.bodies(DIM_PACKET_MESSAGE_RESPONSE).empty());
    dim_gate_acknowledge(one.gate(), one.arrived[1].serial);
    settle();
    ASSERT_EQ(one.station.of_type(DIM_PACKET_MESSAGE_RESPONSE).size(), 1u);
    EXPECT_EQ(one.station.of_type(DIM_PACKET_MESSAGE_RESPONSE)[0].serial, second);
    dim_gate_acknowledge(one.gate(), one.arrived[0].serial);
    settle();
    EXPECT_EQ(one.station.of_type(DIM_PACKET_MESSAGE_RESPONSE)[1].serial, first);
}

TEST(WebGate, ReadsNoFurtherWhileTooMuchIsNotAcknowledged)
{
    Web one;

    one.keeps = false;
    one.open();
    for (unsigned i = 0; i < DIM_ARRIVALS_MAX_MESSAGES + 44; i++)
        one.station.send(payload(std::to_string(i)));
    settle();
    EXPECT_EQ(one.arrived.size(), DIM_ARRIVALS_MAX_MESSAGES);
    for (unsigned i = 0; i < DIM_ARRIVALS_MAX_MESSAGES; i++)
        dim_gate_acknowledge(one.gate(), one.arrived[static_cast<size_t>(i)].serial);
    settle();
    EXPECT_EQ(one.arrived.size(), DIM_ARRIVALS_MAX_MESSAGES + 44);
}

TEST(WebGate, AsksInSilenceAndDropsADeadLine)
{
    Web one;

    one.open();
    one.clock.advance(17);
    EXPECT_EQ(one.bodies(DIM_PACKET_COMMAND), Bodies{ "PING" });
    one.clock.advance(100);
    EXPECT_TRUE(one.downs.empty()) << "it answers";
    one.station.answers_ping = false;
    one.clock.advance(150);
    ASSERT_EQ(one.downs.size(), 1u);
    EXPECT_EQ(one.downs[0].code, G_IO_ERROR_TIMED_OUT);
}

TEST(WebGate, DropsAStationThatNeverAnswersTheRequest)
{
    Web one;

    one.station.reads = false;
    one.open();
    one.send(payload("one"), 1);
    one.clock.advance(130);
    ASSERT_EQ(one.downs.size(), 1u);
    EXPECT_EQ(one.downs[0].code, G_IO_ERROR_TIMED_OUT);
}

TEST(WebGate, BeginsAnewOnANewLine)
{
    Web one;

    one.open();
    one.station.answers_ping = false;
    one.send(payload("one"), 1);
    settle();
    one.station.hang_up();
    settle();
    ASSERT_EQ(one.downs.size(), 1u);
    one.station.answers_ping = true;
    one.clock.advance(10);
    EXPECT_EQ(one.ups, 2u);
    EXPECT_TRUE(one.send(payload("two"), 2));
    settle();
    EXPECT_EQ(one.acknowledged, Tags{ 2 }) << "the first is forgotten with its line";
}

TEST(WebGate, FallsWhenTheStationClosesOrTalksNonsense)
{
    for (const std::string &words :
         { std::string("\x88\x02\x03\xe8"), std::string("nonsense") }) {
        Web one;

        one.open();
        one.station.send_raw(words);
        settle();
        ASSERT_EQ(one.downs.size(), 1u);
        EXPECT_GT(one.downs[0].seconds, 0);
    }
}

TEST(WebGate, SaysGoodByeBehindWhatWasQueued)
{
    Web one;

    one.station.answers_ping = false; // there is nobody left to hear it
    one.open();
    one.send(payload("last"), 1);
    dim_gate_close(one.gate());
    settle();
    EXPECT_EQ(one.bodies(DIM_PACKET_MESSAGE), Bodies{ payload("last") });
    EXPECT_TRUE(one.station.was_closed) << "by a close frame, before the end of the stream";
}

TEST(WebGate, SurvivesItsEndInsideEveryEvent)
{
    for (int which = 0; which < 4; which++) {
        Web one;

        const auto end = [&] { one.free(); };
        if (which == 0)
            one.on_up = end;
        if (which == 1)
            one.on_acknowledged = end;
        if (which == 2)
            one.on_arrived = end;
        if (which == 3)
            one.on_down = end;
        one.open();
        if (which == 0)
            continue;
        one.send(payload("one"), 1);
        one.send(payload("two"), 2);
        settle();
        if (which > 1)
            one.station.send(payload("three"));
        settle();
        if (which == 3)
            one.station.hang_up();
        settle();
        EXPECT_EQ(one.gate(), nullptr);
    }
}
