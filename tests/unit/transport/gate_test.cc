// SPDX-License-Identifier: GPL-2.0-or-later
// What a gate does on an open line: acknowledgements both ways, retransmission, heartbeat, joined writes.
#include "transport/gate.h"

#include <gtest/gtest.h>

#include "base/errors.h"
#include "transport/frame.h"

#include "tests/support/gate_witness.hh"

namespace {

using support::GateWitness;
using support::Packet;
using support::settle;
using Bodies = std::vector<std::string>;
using Tags = std::vector<guint64>;

Packet
packet(DimPacketType type, guint64 serial, const std::string &body)
{
    return { type, serial, 1, 0, body };
}

} // namespace

TEST(Gate, ComesUpAndSaysNothingByItself)
{
    GateWitness one;

    EXPECT_FALSE(dim_gate_is_up(one.gate()));
    one.open();
    EXPECT_TRUE(dim_gate_is_up(one.gate()));
    EXPECT_EQ(one.ups, 1u);
    EXPECT_TRUE(one.downs.empty());
    EXPECT_TRUE(one.station.received.empty());
    EXPECT_EQ(one.station.dial.host, "station.example");
    EXPECT_EQ(one.station.dial.port, 9394);
}

TEST(Gate, SendsAndHearsThatItWasTaken)
{
    GateWitness one;

    one.open();
    EXPECT_TRUE(one.send("{\"a\":1}", 42));
    EXPECT_TRUE(one.send("no news wanted", 0));
    EXPECT_TRUE(one.station.received.empty()) << "not inside the call";
    settle();
    EXPECT_EQ(one.bodies(DIM_PACKET_MESSAGE), (Bodies{ "{\"a\":1}", "no news wanted" }));
    EXPECT_EQ(one.acknowledged, Tags{ 42 });
    EXPECT_NE(one.station.received[0].serial, 0u);
    EXPECT_EQ(one.station.received[1].serial, one.station.received[0].serial + 1);
}

TEST(Gate, RefusesToSendWhenTheLineIsDown)
{
    GateWitness one;

    EXPECT_FALSE(one.send("x", 1));
    EXPECT_EQ(one.last_refusal, DIM_ERROR_OFFLINE);
    dim_gate_open(one.gate(), "station.example", 9394);
    EXPECT_FALSE(one.send("x", 1)) << "still dialing";
    EXPECT_EQ(one.last_refusal, DIM_ERROR_OFFLINE);
    settle();
    EXPECT_TRUE(one.send("x", 1));
    EXPECT_FALSE(one.send("", 1));
    EXPECT_EQ(one.last_refusal, DIM_ERROR_MALFORMED);
    EXPECT_FALSE(one.send(std::string(DIM_FRAME_MAX_BODY + 1, 'x'), 1));
    EXPECT_EQ(one.last_refusal, DIM_ERROR_MALFORMED);
    EXPECT_TRUE(one.send(std::string(DIM_FRAME_MAX_BODY, 'x'), 2));
    settle();
    EXPECT_EQ(one.acknowledged, (Tags{ 1, 2 }));
}

TEST(Gate, JoinsWhatOneTurnQueuesInOneWrite)
{
    GateWitness one;

    one.open();
    for (guint64 tag = 1; tag <= 100; tag++)
        one.send(std::string(200, 'x'), tag);
    settle();
    EXPECT_EQ(one.station.read_sizes, std::vector<size_t>{ 100 * 216 });
    EXPECT_EQ(one.acknowledged.size(), 100u);
}

TEST(Gate, FirstPacketIsWholeInOneWrite)
{
    GateWitness one;

    one.on_up = [&] { one.send("hello", 1); };
    one.open();
    ASSERT_FALSE(one.station.read_sizes.empty());
    EXPECT_EQ(one.station.read_sizes[0], 21u);
}

TEST(Gate, WritesByPriority)
{
    GateWitness one;

    one.open();
    one.send("later", 1, DIM_PRIORITY_SLOWER);
    one.send("normal", 2);
    one.send("handshake", 3, DIM_PRIORITY_URGENT);
    settle();
    EXPECT_EQ(one.bodies(DIM_PACKET_MESSAGE), (Bodies{ "handshake", "normal", "later" }));
}

TEST(Gate, AcknowledgesWhenItIsToldTo)
{
    GateWitness one;

    one.keeps = false;
    one.open();
    const guint64 serial = one.station.send("{\"b\":2}");
    settle();
    ASSERT_EQ(one.arrived.size(), 1u);
    EXPECT_EQ(one.arrived[0].body, "{\"b\":2}");
    EXPECT_EQ(one.arrived[0].serial, serial);
    EXPECT_TRUE(one.station.received.empty()) << "nobody has kept it yet";
    dim_gate_acknowledge(one.gate(), serial);
    dim_gate_acknowledge(one.gate(), serial); // a second time is nothing
    dim_gate_acknowledge(one.gate(), 12345);  // nor is a stranger
    settle();
    ASSERT_EQ(one.station.received.size(), 1u);
    EXPECT_EQ(one.station.received[0].type, DIM_PACKET_MESSAGE_RESPONSE);
    EXPECT_EQ(one.station.received[0].serial, serial);
    EXPECT_EQ(one.station.received[0].body, "OK");
}

TEST(Gate, PassesARepeatedMessageUpOnceWhileItWaits)
{
    GateWitness one;

    one.keeps = false;
    one.open();
    one.station.send_message(7, "same");
    one.station.send_message(7, "same");
    settle();
    one.station.send_message(7, "same");
    settle();
    EXPECT_EQ(one.arrived.size(), 1u);
    dim_gate_acknowledge(one.gate(), 7);
    settle();
    EXPECT_EQ(one.bodies(DIM_PACKET_MESSAGE_RESPONSE), Bodies{ "OK" });
    one.station.send_message(7, "same"); // our OK was lost
    settle();
    EXPECT_EQ(one.arrived.size(), 2u) << "whoever keeps messages knows that it has this one";
}

TEST(Gate, PassesARepeatedMessageUpAgainWhenItWasForgotten)
{
    GateWitness one;

    one.keeps = false;
    one.open();
    one.station.send_message(7, "same");
    settle();
    dim_gate_forget(one.gate(), 7);
    dim_gate_forget(one.gate(), 8); // never came
    settle();
    EXPECT_TRUE(one.bodies(DIM_PACKET_MESSAGE_RESPONSE).empty());
    one.station.send_message(7, "same");
    settle();
    EXPECT_EQ(one.arrived.size(), 2u);
    dim_gate_acknowledge(one.gate(), 7);
    settle();
    EXPECT_EQ(one.bodies(DIM_PACKET_MESSAGE_RESPONSE), Bodies{ "OK" });
}

TEST(Gate, AnswersCommands)
{
    GateWitness one;

    one.open();
    one.station.send_packet(packet(DIM_PACKET_COMMAND, 5, "PING"));
    one.station.send_packet(packet(DIM_PACKET_COMMAND, 6, "something else"));
    one.station.send_packet(packet(DIM_PACKET_COMMAND, 0, "PING"));
    one.station.send_packet(packet(DIM_PACKET_COMMAND_RESPONSE, 8, "PONG"));
    settle();
    const auto &got = one.station.received;
    ASSERT_EQ(got.size(), 3u);
    EXPECT_EQ(got[0].type, DIM_PACKET_COMMAND_RESPONSE);
    EXPECT_EQ(got[0].serial, 5u);
    EXPECT_EQ(got[0].body, "PONG");
    EXPECT_EQ(got[1].serial, 6u);
    EXPECT_EQ(got[1].body, "OK");
    EXPECT_EQ(got[2].serial, 0u);
    EXPECT_EQ(got[2].body, "PONG");
    EXPECT_TRUE(one.arrived.empty());
}

TEST(Gate, AcknowledgesHeartbeatsInMessagesByItself)
{
    GateWitness one;

    one.keeps = false;
    one.open();
    for (const char *body : { "PING", "PONG", "NOOP", "" })
        one.station.send(body);
    settle();
    EXPECT_TRUE(one.arrived.empty());
    EXPECT_EQ(one.bodies(DIM_PACKET_MESSAGE_RESPONSE), (Bodies{ "OK", "OK", "OK", "OK" }));
    one.station.send("PIN");
    settle();
    EXPECT_EQ(one.arrived.size(), 1u);
}

TEST(Gate, JoinsFragmentsAndAcknowledgesEach)
{
    GateWitness one;

    one.keeps = false;
    one.open();
    one.station.send_packet({ DIM_PACKET_FRAGMENT, 9, 2, 1, "world" });
    settle();
    EXPECT_TRUE(one.arrived.empty());
    one.station.send_packet({ DIM_PACKET_FRAGMENT, 9, 2, 0, "hello " });
    settle();
    ASSERT_EQ(one.arrived.size(), 1u);
    EXPECT_EQ(one.arrived[0].body, "hello world");
    EXPECT_TRUE(one.station.received.empty());
    dim_gate_acknowledge(one.gate(), 9);
    settle();
    const auto &got = one.station.received;
    ASSERT_EQ(got.size(), 2u);
    for (guint32 i = 0; i < 2; i++) {
        EXPECT_EQ(got[i].type, DIM_PACKET_MESSAGE_RESPONSE);
        EXPECT_EQ(got[i].serial, 9u);
        EXPECT_EQ(got[i].pages, 2u);
        EXPECT_EQ(got[i].index, i);
        EXPECT_EQ(got[i].body, "OK");
    }
}

TEST(Gate, SendsAgainAfter120SecondsAndGivesUpAfterThreeTries)
{
    GateWitness one;

    one.station.acknowledges = false;
    one.open();
    one.send("hello", 42);
    one.clock.advance(119);
    EXPECT_EQ(one.bodies(DIM_PACKET_MESSAGE).size(), 1u);
    one.clock.advance(2);
    EXPECT_EQ(one.bodies(DIM_PACKET_MESSAGE).size(), 2u);
    one.clock.advance(118);
    EXPECT_EQ(one.bodies(DIM_PACKET_MESSAGE).size(), 2u);
    one.clock.advance(3);
    EXPECT_EQ(one.bodies(DIM_PACKET_MESSAGE), (Bodies{ "hello", "hello", "hello" }));
    EXPECT_TRUE(one.expired.empty());
    one.clock.advance(121);
    EXPECT_EQ(one.expired, Tags{ 42 });
    one.clock.advance(1000);
    const auto sent = one.station.of_type(DIM_PACKET_MESSAGE);
    ASSERT_EQ(sent.size(), 3u);
    EXPECT_EQ(sent[1].serial, sent[0].serial);
    EXPECT_EQ(sent[2].serial, sent[0].serial);
    EXPECT_EQ(one.expired, Tags{ 42 });
    EXPECT_TRUE(one.acknowledged.empty());
    EXPECT_TRUE(one.downs.empty()) << "the heartbeat kept the line";
}

TEST(Gate, AgainIsNoAcknowledgement)
{
    GateWitness one;

    one.station.acknowledges = false;
    one.open();
    one.send("hello", 42);
    settle();
    one.station.send_packet(
        packet(DIM_PACKET_MESSAGE_RESPONSE, one.station.received[0].serial, "AGAIN"));
    settle();
    EXPECT_TRUE(one.acknowledged.empty());
    EXPECT_EQ(one.bodies(DIM_PACKET_MESSAGE).size(), 1u);
    one.clock.advance(121);
    ASSERT_EQ(one.bodies(DIM_PACKET_MESSAGE).size(), 2u);
    one.station.acknowledge(one.station.received[0]);
    one.station.acknowledge(one.station.received[0]);
    settle();
    EXPECT_EQ(one.acknowledged, Tags{ 42 }) << "once";
    one.clock.advance(500);
    EXPECT_EQ(one.bodies(DIM_PACKET_MESSAGE).size(), 2u);
    EXPECT_TRUE(one.expired.empty());
}

TEST(Gate, SendsPingAfter8SecondsAndThenAfter16OfSilence)
{
    GateWitness one;

    one.open();
    one.clock.advance(7.9);
    EXPECT_TRUE(one.station.received.empty());
    one.clock.advance(0.2);
    EXPECT_EQ(one.bodies(DIM_PACKET_COMMAND), Bodies{ "PING" });
    one.clock.advance(15.8);
    EXPECT_EQ(one.bodies(DIM_PACKET_COMMAND).size(), 1u);
    one.clock.advance(0.3);
    EXPECT_EQ(one.bodies(DIM_PACKET_COMMAND).size(), 2u);

    // Whatever is heard is a sign of life.
    one.clock.advance(10);
    one.station.send("news");
    one.clock.advance(15.9);
    EXPECT_EQ(one.bodies(DIM_PACKET_COMMAND).size(), 2u);
    one.clock.advance(0.2);
    EXPECT_EQ(one.bodies(DIM_PACKET_COMMAND).size(), 3u);
    EXPECT_TRUE(one.downs.empty());
}

TEST(Gate, DropsALineThatIsSilentFor128Seconds)
{
    GateWitness one;

    one.station.answers_ping = false;
    one.station.acknowledges = false;
    one.open();
    one.send("first", 1);
    one.station.send("the last word");
    one.clock.advance(127.9);
    EXPECT_TRUE(one.downs.empty());
    EXPECT_EQ(one.bodies(DIM_PACKET_COMMAND).size(), 7u) << "every 16 s";
    one.clock.advance(0.2);
    ASSERT_EQ(one.downs.size(), 1u);
    EXPECT_EQ(one.downs[0].domain, G_IO_ERROR);
    EXPECT_EQ(one.downs[0].code, G_IO_ERROR_TIMED_OUT);
    EXPECT_FALSE(dim_gate_is_up(one.gate()));
    EXPECT_FALSE(one.station.is_connected()) << "it is closed, not left";
    EXPECT_TRUE(one.expired.empty()) << "that is for live lines only";
}
