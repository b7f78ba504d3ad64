// SPDX-License-Identifier: GPL-2.0-or-later
// A gate that is closed, restarted or freed inside each of its events, and at any other moment.
#include <gtest/gtest.h>

#include "transport/frame.h"
#include "transport/gate.h"

#include "tests/support/gate_witness.hh"

namespace {

using support::GateWitness;

std::string
framed(const std::string &body, guint64 serial = 7)
{
    OWNED(GBytes)
    bytes(dim_frame_write(DIM_PACKET_MESSAGE, serial, body.data(), body.size()));

    return support::text_of(bytes.get());
}

// Every event of a gate's life happens in it, in the end also `expired` and `down`.
void
live(GateWitness *one)
{
    one->station.acknowledges = false;
    one->station.on_packet = [one](const support::Packet &packet) {
        if (packet.body == "take this")
            one->station.acknowledge(packet);
    };
    one->open();
    if (one->gate() != nullptr && dim_gate_is_up(one->gate())) {
        one->send("take this", 1);
        one->send("and this", 2);
        // Several packets in one read: what follows the one that frees is not passed up.
        one->station.send_raw(framed("a", 11) + framed("b", 12) + framed("c", 13));
    }
    one->clock.advance(500);
    one->station.hang_up();
    one->clock.advance(20);
}

using Event = std::function<void()> GateWitness::*;

const Event kEvents[] = { &GateWitness::on_up, &GateWitness::on_down, &GateWitness::on_arrived,
                          &GateWitness::on_acknowledged, &GateWitness::on_expired };

} // namespace

TEST(GateInside, EveryEventHappensInThisLife)
{
    GateWitness one;

    live(&one);
    EXPECT_GE(one.ups, 2u);
    EXPECT_GE(one.downs.size(), 1u);
    EXPECT_EQ(one.arrived.size(), 3u);
    EXPECT_EQ(one.acknowledged.size(), 1u);
    EXPECT_EQ(one.expired.size(), 1u);
}

TEST(GateInside, MayBeFreedInsideEveryEvent)
{
    for (Event event : kEvents) {
        GateWitness one;
        int calls = 0;

        one.*event = [&] {
            calls++;
            one.free(); // any event after this fails the process
        };
        live(&one);
        EXPECT_EQ(calls, 1);
        EXPECT_EQ(one.clock.timers(), 0u);
        EXPECT_FALSE(one.station.is_connected());
        EXPECT_LE(one.arrived.size(), event == &GateWitness::on_arrived ? 1u : 3u);
    }
}

TEST(GateInside, MayBeClosedInsideEveryEvent)
{
    for (Event event : kEvents) {
        GateWitness one;
        int calls = 0;

        one.*event = [&] {
            if (calls++ == 0)
                dim_gate_close(one.gate());
        };
        live(&one);
        EXPECT_GE(calls, 1);
        EXPECT_EQ(one.downs.back().seconds, 0);
        EXPECT_EQ(one.clock.timers(), 0u);
        EXPECT_EQ(one.station.dial.dials, 1u);
        EXPECT_FALSE(one.station.is_connected());
    }
}

TEST(GateInside, MayBeRestartedInsideEveryEvent)
{
    for (Event event : kEvents) {
        GateWitness one;
        int calls = 0;

        one.*event = [&] {
            if (calls++ == 0)
                dim_gate_restart(one.gate());
        };
        live(&one);
        EXPECT_GE(calls, 1);
        EXPECT_GE(one.ups, 2u);
        EXPECT_EQ(one.clock.timers(), 1u);
    }
}

TEST(GateInside, MayBeFreedAtAnyMoment)
{
    // Steps of the loop and of time in a mixed order, then the end: sanitizers watch.
    for (unsigned steps = 0; steps < 60; steps++) {
        GateWitness one;

        one.station.acknowledges = steps % 2;
        dim_gate_open(one.gate(), "x", 1);
        for (unsigned i = 0; i < steps; i++) {
            g_main_context_iteration(nullptr, FALSE);
            if (dim_gate_is_up(one.gate()) && i % 3 == 0)
                one.send("x", i);
            if (i % 5 == 0)
                one.station.send("y");
            if (i % 17 == 16)
                one.station.hang_up();
            if (i % 7 == 6)
                one.clock.advance(i);
        }
        one.free();
        EXPECT_EQ(one.clock.timers(), 0u);
        one.clock.advance(300);
    }
}
