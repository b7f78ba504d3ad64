// SPDX-License-Identifier: GPL-2.0-or-later
// Commands that somebody has meddled with: nobody is let in by them, and nothing is taken for delivered.
#include <algorithm>

#include "base/json.h"

#include "tests/unit/session/session_case.hh"

namespace {

// Every byte of these members of a message flipped, each in a copy of its own.
std::vector<std::string>
spoilt(const std::string &wire)
{
    std::vector<std::string> all;

    for (const char *member : { "data", "signature", "sender", "receiver" }) {
        const std::string head = std::string("\"") + member + "\":\"";
        const size_t start = wire.find(head) + head.size();
        const size_t end = wire.find('"', start);

        for (size_t at = start; at < end; at++) {
            all.push_back(wire);
            all.back()[at] = static_cast<char>(all.back()[at] ^ 1 << at % 5);
        }
    }
    return all;
}

std::string
without(const std::string &wire, const char *member)
{
    OWNED(JsonObject) object(dim_json_parse(wire.c_str(), -1, nullptr));

    json_object_remove_member(object.get(), member);
    return support::Text(dim_json_write(object.get())).get();
}

class TamperCommandTest : public SessionTest {
  protected:
    bool
    was_delivered() const
    {
        return std::find(deliveries.begin(), deliveries.end(), DIM_DELIVERY_DELIVERED)
               != deliveries.end();
    }
    std::string
    welcome(const Person &from, const Person *forger = nullptr)
    {
        OWNED(DimContent) content(dim_handshake_new(DIM_HANDSHAKE_SUCCESS, key.c_str()));

        return from.seal(me, content.get(), true, forger);
    }
};

TEST_F(TamperCommandTest, NobodyIsLetInByASpoiltWelcome)
{
    welcomes = false;
    open();
    ASSERT_EQ(dim_session_state(session), DIM_STATE_HANDSHAKING);
    const std::vector<std::string> copies = spoilt(welcome(station));

    ASSERT_GT(copies.size(), 200u);
    for (const std::string &copy : copies) {
        line.send(copy);
        clock.advance(0.001);
        ASSERT_EQ(dim_session_state(session), DIM_STATE_HANDSHAKING) << copy;
    }
    for (const char *member : { "data", "signature", "sender", "receiver", "IV" }) {
        line.send(without(welcome(station), member));
        clock.advance(0.001);
        ASSERT_EQ(dim_session_state(session), DIM_STATE_HANDSHAKING) << member;
    }
    line.send(welcome(station, &peer));
    line.send(welcome(peer));
    clock.advance(0.001);
    ASSERT_EQ(dim_session_state(session), DIM_STATE_HANDSHAKING);
    line.send(welcome(station));
    clock.advance(0.1);
    EXPECT_EQ(dim_session_state(session), DIM_STATE_ONLINE);
}

TEST_F(TamperCommandTest, NothingIsDeliveredByASpoiltReceipt)
{
    open();
    introduce(peer);
    ASSERT_TRUE(send(peer, "did you get it?"));
    clock.advance(1);
    ASSERT_EQ(talk_for(peer).size(), 1u);
    OWNED(DimContent) content(dim_receipt_new("Message received.", talk_for(peer)[0]));
    const std::vector<std::string> copies = spoilt(peer.seal(me, content.get(), false));

    ASSERT_GT(copies.size(), 300u);
    for (const std::string &copy : copies) {
        line.send(copy);
        clock.advance(0.001);
        ASSERT_FALSE(was_delivered()) << copy;
    }
    line.send(stranger.seal(me, content.get(), true));
    line.send(peer.seal(me, content.get(), false, &stranger));
    clock.advance(0.1);
    ASSERT_FALSE(was_delivered());
    line.send(peer.seal(me, content.get(), false));
    clock.advance(0.1);
    EXPECT_TRUE(was_delivered());
}

} // namespace
