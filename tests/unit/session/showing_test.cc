// SPDX-License-Identifier: GPL-2.0-or-later
// What the front end is told, and when: lines in order, then other news; receipts for what was shown.
#include "session_case.hh"

namespace {
using ShowingTest = SessionTest;

std::string
dated(const Person &from, const Person &to, const char *text, int serial, double time)
{
    const std::string json = "{\"type\":1,\"sn\":" + std::to_string(serial) + ",\"time\":"
                             + std::to_string(time) + ",\"text\":\"" + text + "\"}";
    DimContent *content = dim_content_parse(json.c_str(), -1, nullptr);
    std::string result = from.seal(to, content, true);

    dim_content_unref(content);
    return result;
}

TEST_F(ShowingTest, SortsWhatTheStationKept)
{
    welcomes = false;
    open();
    const std::string first = peer.say(me, "first");
    const std::string second = peer.say(me, "second");
    const std::string third = peer.say(me, "third");

    line.send(second);
    line.send(third);
    shake(DIM_HANDSHAKE_SUCCESS, key, station);
    line.send(first);
    clock.advance(3);
    EXPECT_EQ(shown, (std::vector<std::string>{ "first", "second", "third" }));
}

TEST_F(ShowingTest, SortsBySerialNumberWhereTimesAreEqual)
{
    welcomes = false;
    open();
    // Too many for the inbox to have them in their order by chance.
    for (int serial : { 7, 3, 8, 1, 5, 2, 6, 4 })
        line.send(dated(peer, me, std::to_string(serial).c_str(), serial, 1700000000));
    line.send(dated(peer, me, "0", 9, 1600000000));
    clock.advance(1);
    shake(DIM_HANDSHAKE_SUCCESS, key, station);
    clock.advance(3);
    EXPECT_EQ(shown, (std::vector<std::string>{ "0", "1", "2", "3", "4", "5", "6", "7", "8" }));
}

// A backlog that takes many turns, in another order than it lies in the inbox: no line is forgotten before it is shown.
TEST_F(ShowingTest, GoesOnWhereItWasClosed)
{
    std::vector<std::string> expected;

    open();
    introduce(peer);
    close();
    welcomes = false;
    open();
    for (int serial = 1; serial <= 8; serial++) {
        expected.push_back(std::to_string(serial));
        line.send(dated(peer, me, expected.back().c_str(), serial, 1700000000));
    }
    shake(DIM_HANDSHAKE_SUCCESS, key, station);
    events.received = [](DimSession *each, const DimMessage *, const char *text,
                         gpointer self) {
        auto *test = static_cast<SessionTest *>(self);

        test->shown.emplace_back(text);
        test->clock.toil(0.02);
        if (test->shown.size() == 4)
            dim_session_close(each);
    };
    clock.advance(10);
    EXPECT_EQ(shown.size(), 4u);
    close();
    welcomes = true;
    open();
    clock.advance(10);
    EXPECT_EQ(shown, expected);
}

// In a conversation what comes first is shown first, whatever the clock of its sender.
TEST_F(ShowingTest, DoesNotSortWhatComesInAConversation)
{
    open();
    clock.advance(5);
    line.send(dated(peer, me, "late", 1, clock.now()) + "\n"
              + dated(peer, me, "early", 2, clock.now() - 3600));
    clock.advance(1);
    EXPECT_EQ(shown, (std::vector<std::string>{ "late", "early" }));
}

TEST_F(ShowingTest, LinesComeBeforeOtherNews)
{
    static std::vector<std::string> order;

    order.clear();
    events.received = [](DimSession *, const DimMessage *, const char *text, gpointer) {
        order.emplace_back(text);
    };
    events.message_state = [](DimSession *, const DimId *, guint64, DimDelivery state,
                              const GError *, gpointer) {
        if (state == DIM_DELIVERY_DELIVERED)
            order.emplace_back("delivered");
    };
    open();
    introduce(peer);
    ASSERT_TRUE(send(peer, "hello"));
    clock.advance(1);
    DimContent *content = dim_receipt_new("Message received.", talk_for(peer)[0]);
    line.send(peer.seal(me, content, true) + "\n" + peer.say(me, "hello yourself"));
    clock.advance(1);
    EXPECT_EQ(order, (std::vector<std::string>{ "hello yourself", "delivered" }));
    dim_content_unref(content);
}

TEST_F(ShowingTest, AnswersEachLineByOneReceipt)
{
    open();
    introduce(peer);
    const std::string text = peer.say(me, "hello");

    line.send(text + "\n" + text); // a copy in the same turn is none
    clock.advance(1);
    line.send(text);
    clock.advance(1);
    EXPECT_EQ(shown, std::vector<std::string>{ "hello" });
    std::vector<std::string> receipts;
    for (DimMessage *message : heard) {
        if (!dim_id_equal(dim_message_receiver(message), peer.id()))
            continue;
        const auto opened = peer.open(message);
        ASSERT_NE(opened, nullptr);
        DimContent *content = dim_message_content(opened.get());
        EXPECT_STREQ(dim_content_command(content), "receipt");
        receipts.emplace_back(dim_content_text(content));
    }
    EXPECT_EQ(receipts, std::vector<std::string>{ "Message received." });
}

TEST_F(ShowingTest, EventsThatNobodyWantsAreNotTold)
{
    events = {};
    open();
    introduce(peer);
    ASSERT_TRUE(send(peer, "hello"));
    line.send(peer.say(me, "hello"));
    clock.advance(1);
    EXPECT_EQ(dim_session_state(session), DIM_STATE_ONLINE);
    EXPECT_EQ(talk_for(peer).size(), 1u);
    line.hang_up();
    clock.advance(20);
    EXPECT_EQ(dim_session_state(session), DIM_STATE_ONLINE);
}

// A callback's own message must not get between the lines.
TEST_F(ShowingTest, MaySendFromInsideAnEvent)
{
    open();
    introduce(peer);
    events.received = [](DimSession *each, const DimMessage *message, const char *text,
                         gpointer self) {
        auto *test = static_cast<SessionTest *>(self);
        DimContent *answer = dim_content_new_text(text);

        test->shown.emplace_back(text);
        EXPECT_TRUE(dim_session_send(each, dim_message_sender(message), answer, nullptr));
        dim_content_unref(answer);
    };
    line.send(peer.say(me, "one") + "\n" + peer.say(me, "two"));
    clock.advance(1);
    EXPECT_EQ(shown, (std::vector<std::string>{ "one", "two" }));
    EXPECT_EQ(talk_for(peer).size(), 2u);
}

// It is kept and never comes again, so nobody else would say it.
TEST_F(ShowingTest, AReceiptThatTheLineFellBeforeLeavesAfterTheNextLogin)
{
    events.received = [](DimSession *, const DimMessage *, const char *text, gpointer self) {
        auto *test = static_cast<ShowingTest *>(self);

        test->shown.emplace_back(text);
        test->line.hang_up();
    };
    open();
    introduce(peer);
    clock.advance(5);
    line.send(peer.say(me, "one", false) + "\n" + peer.say(me, "two", false));
    clock.advance(1);
    ASSERT_EQ(shown, (std::vector<std::string>{ "one", "two" }));
    EXPECT_EQ(count_answers(peer), 0u);
    clock.advance(60);
    ASSERT_EQ(dim_session_state(session), DIM_STATE_ONLINE);
    EXPECT_EQ(count_answers(peer), 2u);
}
} // namespace
