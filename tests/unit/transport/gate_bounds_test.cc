// SPDX-License-Identifier: GPL-2.0-or-later
// What a gate may cost its host: timers, wake-ups, memory, and turns of the loop.
#include <gtest/gtest.h>

#include "base/errors.h"
#include "transport/arrivals.h"
#include "transport/frame.h"
#include "transport/gate.h"

#include "tests/support/gate_witness.hh"

using support::GateWitness;
using support::settle;

TEST(GateBounds, OneTimerAndFewWakeUps)
{
    GateWitness one;

    EXPECT_EQ(one.clock.timers(), 0u);
    one.open();
    one.clock.advance(3600);
    EXPECT_EQ(one.clock.timers(), 1u);
    EXPECT_LE(one.clock.fired(), 3600u / 16 * 2 + 2);
    dim_gate_close(one.gate());
    EXPECT_EQ(one.clock.timers(), 0u);
    const guint fired = one.clock.fired();
    one.clock.advance(3600);
    EXPECT_EQ(one.clock.fired(), fired) << "a closed gate sleeps";
    EXPECT_EQ(one.clock.unknown_cancels(), 0u);
}

TEST(GateBounds, ReadsNoFurtherThanItsBoundUntilSomethingIsKept)
{
    constexpr unsigned ALL = 3 * DIM_ARRIVALS_MAX_MESSAGES;
    GateWitness one;

    one.keeps = false;
    one.open();
    for (unsigned i = 0; i < ALL; i++)
        one.station.send(std::to_string(i));
    settle();
    EXPECT_EQ(one.arrived.size(), DIM_ARRIVALS_MAX_MESSAGES);
    for (size_t done = 0; done < one.arrived.size(); done++) {
        dim_gate_acknowledge(one.gate(), one.arrived[done].serial);
        settle();
    }
    ASSERT_EQ(one.arrived.size(), ALL);
    for (unsigned i = 0; i < ALL; i++)
        EXPECT_EQ(one.arrived[i].body, std::to_string(i));
    EXPECT_EQ(one.bodies(DIM_PACKET_MESSAGE_RESPONSE).size(), ALL);
}

TEST(GateBounds, LeavesTheLoopToOthersDuringABacklog)
{
    GateWitness one;
    size_t most = 0;

    one.open();
    for (int i = 0; i < 500; i++)
        one.station.send(std::to_string(i));
    for (size_t before = 0; g_main_context_iteration(nullptr, FALSE);
         before = one.arrived.size())
        most = MAX(most, one.arrived.size() - before);
    EXPECT_EQ(one.arrived.size(), 500u);
    EXPECT_LE(most, 32u);
}

TEST(GateBounds, QueueIsBoundedWhileTheStationTakesNothing)
{
    GateWitness one;
    const std::string mebibyte(1 << 20, 'x');
    guint64 tag = 0;

    one.station.reads = false;
    one.open();
    while (tag < 100 && one.send(mebibyte, tag + 1)) {
        tag++;
        settle();
    }
    EXPECT_EQ(one.last_refusal, DIM_ERROR_OFFLINE);
    EXPECT_GE(tag, 7u);
    EXPECT_LE(tag, 10u);
    EXPECT_TRUE(dim_gate_is_up(one.gate()));
    one.station.read_on();
    settle();
    EXPECT_EQ(one.acknowledged.size(), tag) << "and nothing of it is lost";
    EXPECT_TRUE(one.send("again", tag + 1));
}

TEST(GateBounds, AStationThatTakesNothingIsDead)
{
    GateWitness one;

    one.station.reads = false;
    one.open();
    for (int i = 0; i < 4; i++)
        one.send(std::string(1 << 20, 'x'), 1);
    for (int second = 0; second < 120; second += 10) {
        one.station.send("I talk but do not listen");
        one.clock.advance(10);
    }
    EXPECT_TRUE(one.downs.empty());
    for (int second = 0; second < 40; second += 10) {
        one.station.send("I talk but do not listen");
        one.clock.advance(10);
    }
    ASSERT_EQ(one.downs.size(), 1u);
    EXPECT_EQ(one.downs[0].code, G_IO_ERROR_TIMED_OUT);
}

TEST(GateBounds, UrgentOvertakesWhatIsNotWrittenYet)
{
    GateWitness one;

    one.station.reads = false;
    one.open();
    for (int i = 0; i < 6; i++)
        one.send(std::string(1 << 20, 'x'), 1);
    settle();
    one.send("urgent", 2, DIM_PRIORITY_URGENT);
    one.station.read_on();
    settle();
    const auto sent = one.bodies(DIM_PACKET_MESSAGE);
    ASSERT_EQ(sent.size(), 7u);
    EXPECT_TRUE(sent[1] == "urgent" || sent[2] == "urgent");
}

TEST(GateBounds, CarriesMuchBothWays)
{
    GateWitness one;
    std::string body(100000, '?');

    one.station.dial.buffer = 4096; // many partial reads and writes
    one.open();
    for (guint64 tag = 1; tag <= 60; tag++) {
        body[tag] = static_cast<char>(tag);
        ASSERT_TRUE(one.send(body, tag));
        one.station.send(body);
    }
    settle();
    ASSERT_EQ(one.acknowledged.size(), 60u);
    ASSERT_EQ(one.arrived.size(), 60u);
    EXPECT_EQ(one.arrived[59].body, body);
    EXPECT_EQ(one.bodies(DIM_PACKET_MESSAGE)[59], body);
}

TEST(GateBounds, SendsNeitherNothingNorTooMuch)
{
    GateWitness one;

    one.open();
    EXPECT_FALSE(one.send("", 1));
    EXPECT_FALSE(one.send(std::string(DIM_FRAME_MAX_BODY + 1, 'x'), 2));
    EXPECT_TRUE(one.send(std::string(DIM_FRAME_MAX_BODY, 'x'), 3));
    settle();
    EXPECT_EQ(one.bodies(DIM_PACKET_MESSAGE).size(), 1u);
}
