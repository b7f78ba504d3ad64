// SPDX-License-Identifier: GPL-2.0-or-later
// A session over WebSocket keeps its promises: in the outbox until somebody has spoken for it, acknowledged once it is kept.
#include "session_case.hh"

namespace {

class WebSessionTest : public SessionTest {
  public:
    WebSessionTest()
    {
        transport = DIM_TRANSPORT_WEBSOCKET;
    }
};

TEST_F(WebSessionTest, LogsInAndTalksBothWays)
{
    open();
    EXPECT_EQ(dim_session_state(session), DIM_STATE_ONLINE);
    introduce(peer);
    EXPECT_TRUE(send(peer, "hello"));
    clock.advance(1);
    ASSERT_EQ(talk_for(peer).size(), 1u);
    EXPECT_EQ(deliveries.back(), DIM_DELIVERY_SENT) << "its PING was answered";
    EXPECT_EQ(dim_session_pending(session), 1u) << "nobody has spoken for it yet";
    receipt(peer, "Message received.", talk_for(peer)[0]);
    EXPECT_EQ(deliveries.back(), DIM_DELIVERY_DELIVERED);
    EXPECT_EQ(dim_session_pending(session), 0u);
    line.send(peer.say(me, "hello too"));
    clock.advance(1);
    EXPECT_EQ(shown, std::vector<std::string>{ "hello too" });
}

TEST_F(WebSessionTest, AcknowledgesEachMessageOfTheStation)
{
    open();
    introduce(peer);
    const size_t before = line.of_type(DIM_PACKET_MESSAGE_RESPONSE).size();
    EXPECT_GE(before, 2u) << "challenge and welcome: from then on the station waits for us";
    const guint64 serial = line.send(peer.say(me, "hello"));
    clock.advance(1);
    ASSERT_EQ(line.of_type(DIM_PACKET_MESSAGE_RESPONSE).size(), before + 1);
    EXPECT_EQ(line.of_type(DIM_PACKET_MESSAGE_RESPONSE).back().serial, serial);
}

TEST_F(WebSessionTest, SendsAgainWhatFellWithTheLine)
{
    open();
    introduce(peer);
    line.answers_ping = false;
    EXPECT_TRUE(send(peer, "hello"));
    clock.advance(1);
    ASSERT_EQ(talk_for(peer).size(), 1u);
    line.hang_up();
    line.answers_ping = true;
    clock.advance(20);
    EXPECT_EQ(dim_session_state(session), DIM_STATE_ONLINE);
    ASSERT_EQ(talk_for(peer).size(), 2u);
    EXPECT_STREQ(dim_message_signature_text(talk_for(peer)[0]),
                 dim_message_signature_text(talk_for(peer)[1]));
    EXPECT_EQ(dim_session_pending(session), 1u);
}

TEST_F(WebSessionTest, SendsAgainWhatNobodySpokeFor)
{
    open();
    introduce(peer);
    EXPECT_TRUE(send(peer, "hello"));
    clock.advance(65);
    EXPECT_EQ(deliveries.back(), DIM_DELIVERY_UNCONFIRMED);
    clock.advance(10);
    EXPECT_EQ(talk_for(peer).size(), 2u);
    clock.advance(400);
    EXPECT_EQ(deliveries.back(), DIM_DELIVERY_FAILED) << "and says so in the end";
}

} // namespace
