// SPDX-License-Identifier: GPL-2.0-or-later
// One turn of the loop is one transaction; nothing is acknowledged before it is kept.
#include "storage/sqlite.h"

#include "session_case.hh"

namespace {

class TurnTest : public SessionTest {
  protected:
    bool full = false; // the disk
    int commits = 0;

    void
    SetUp() override
    {
        SessionTest::SetUp();
        sqlite3_commit_hook(
            me.store->db,
            [](void *self) {
                auto *test = static_cast<TurnTest *>(self);

                test->commits += !test->full;
                return test->full ? 1 : 0;
            },
            this);
        events.notice = [](DimSession *, const char *text, gpointer self) {
            static_cast<SessionTest *>(self)->failures.emplace_back(text);
        };
    }
    void
    TearDown() override
    {
        SessionTest::TearDown();
        sqlite3_commit_hook(me.store->db, nullptr, nullptr);
    }
    // What could not be kept comes again.
    void
    come_again(const std::string &text)
    {
        const guint64 again = line.send(text);

        clock.advance(2);
        EXPECT_TRUE(line.is_acknowledged(again));
        EXPECT_EQ(shown, std::vector<std::string>{ "one" });
    }
};

TEST_F(TurnTest, WhatWasNotShownWhenItClosedComesAgain)
{
    const std::string text = peer.say(me, "late");

    open();
    line.send(text);
    // Taken in, but closed before the turn ends.
    for (int i = 0; i < 3; i++)
        g_main_context_iteration(nullptr, FALSE);
    close();
    shown.clear();
    open();
    line.send(text);
    clock.advance(2);
    EXPECT_EQ(shown, std::vector<std::string>{ "late" });
}

TEST_F(TurnTest, AcknowledgesOnlyWhatIsKept)
{
    const std::string text = peer.say(me, "one");

    open();
    full = true;
    const guint64 lost = line.send(text);
    clock.advance(2);
    EXPECT_FALSE(line.is_acknowledged(lost));
    EXPECT_FALSE(failures.empty()) << "the front end is told that the store cannot be written";
    full = false;
    close();
    open();
    come_again(text);
}

// The missing OK brings a message again with each new line; its window has it already.
TEST_F(TurnTest, ALineIsShownOnceHoweverOftenItCouldNotBeKept)
{
    const std::string text = peer.say(me, "one");

    open();
    full = true;
    for (int i = 0; i < 3; i++) {
        line.send(text);
        clock.advance(2);
    }
    EXPECT_EQ(shown, std::vector<std::string>{ "one" });
    full = false;
    come_again(text);
    line.send(peer.say(me, "two"));
    clock.advance(2);
    EXPECT_EQ(shown, (std::vector<std::string>{ "one", "two" }));
}

// Nor after the program was left, if there was room at last.
TEST_F(TurnTest, ALineOfAFailedTurnIsKnownAfterARestart)
{
    const std::string text = peer.say(me, "one");

    open();
    full = true;
    line.send(text);
    clock.advance(2);
    full = false;
    close();
    open();
    come_again(text);
}

// The same packet, as a station sends what was not acknowledged (protocol §6.2).
TEST_F(TurnTest, WhatCouldNotBeKeptIsTakenWhenItIsRepeatedOnTheSameLine)
{
    const std::string text = stranger.say(me, "hello", false);

    open();
    full = true;
    const guint64 serial = line.send(text);
    clock.advance(2);
    EXPECT_FALSE(line.is_acknowledged(serial));
    full = false;
    clock.advance(100);
    line.send_message(serial, text);
    clock.advance(2);
    EXPECT_TRUE(line.is_acknowledged(serial));
    introduce(stranger);
    EXPECT_EQ(shown, std::vector<std::string>{ "hello" });
}

// Lines of one payload, and the turn of the first of them is lost while the others wait.
TEST_F(TurnTest, WhatWasReadHalfwayWhenATurnWasLostIsTakenWhenItIsRepeated)
{
    const std::string text = peer.say(me, "one") + "\n" + peer.say(me, "two");

    open();
    introduce(peer);
    events.received = [](DimSession *, const DimMessage *, const char *each, gpointer self) {
        static_cast<SessionTest *>(self)->shown.emplace_back(each);
    };
    events.presence = [](DimSession *, const DimId *, double, gpointer self) {
        static_cast<SessionTest *>(self)->clock.toil(0.02); // one line a turn
    };
    full = true;
    const guint64 serial = line.send(text);
    clock.advance(2);
    EXPECT_FALSE(line.is_acknowledged(serial));
    full = false;
    line.send_message(serial, text);
    clock.advance(2);
    EXPECT_TRUE(line.is_acknowledged(serial));
    EXPECT_EQ(shown, (std::vector<std::string>{ "one", "two" }));
}

// What came along with a message of a failed turn was undone: it counts when the message comes again.
TEST_F(TurnTest, AMetaOfAFailedCommitIsKeptTheNextTime)
{
    const std::string text = peer.say(me, "one");

    open();
    full = true;
    line.send(text);
    clock.advance(2);
    full = false;
    introduce(stranger); // another turn is kept in between
    const guint64 again = line.send(text);
    clock.advance(2);
    EXPECT_TRUE(line.is_acknowledged(again));
    close();
    shown.clear();
    open();
    line.send(peer.say(me, "two", false));
    clock.advance(2);
    EXPECT_EQ(shown, std::vector<std::string>{ "two" });
}

// A store that cannot even begin: what would have been parked is in nobody's hands.
TEST_F(TurnTest, WhatCannotBeParkedIsNotAcknowledged)
{
    const std::string text = stranger.say(me, "hello", false);

    open();
    sqlite3_set_authorizer(
        me.store->db,
        [](void *, int what, const char *, const char *, const char *, const char *) {
            return what == SQLITE_TRANSACTION ? SQLITE_DENY : SQLITE_OK;
        },
        nullptr);
    const guint64 lost = line.send(text);
    clock.advance(3);
    EXPECT_FALSE(line.is_acknowledged(lost)) << "neither shown nor kept";
    EXPECT_FALSE(failures.empty());
    sqlite3_set_authorizer(me.store->db, nullptr, nullptr);
    const guint64 again = line.send(text);
    clock.advance(2);
    EXPECT_TRUE(line.is_acknowledged(again));
    introduce(stranger);
    EXPECT_EQ(shown, std::vector<std::string>{ "hello" });
}

// Nor is a text of mine said to be kept when it is not.
TEST_F(TurnTest, RefusesATextThatCannotBeKept)
{
    open();
    introduce(peer);
    full = true;
    EXPECT_FALSE(send(peer, "lost"));
    EXPECT_FALSE(send(stranger, "lost too")) << "nor parked";
    full = false;
    clock.advance(1);
    EXPECT_TRUE(talk_for(peer).empty());
    EXPECT_EQ(dim_session_pending(session), 0u);
    EXPECT_TRUE(send(peer, "kept"));
    clock.advance(1);
    EXPECT_EQ(talk_for(peer).size(), 1u);
}

TEST_F(TurnTest, ManyMessagesAreFewTransactions)
{
    open();
    introduce(peer);
    std::string all;
    for (int i = 0; i < 50; i++)
        all += peer.say(me, std::to_string(i).c_str(), false) + "\n";
    commits = 0;
    line.send(all);
    clock.advance(1);
    EXPECT_EQ(shown.size(), 50u);
    EXPECT_LE(commits, 25);
    EXPECT_GE(commits, 1);
}

TEST_F(TurnTest, AcknowledgesAPayloadOnceHoweverManyLines)
{
    open();
    const size_t before = line.of_type(DIM_PACKET_MESSAGE_RESPONSE).size();
    const guint64 serial = line.send(peer.say(me, "one") + "\n" + peer.say(me, "two"));

    clock.advance(1);
    EXPECT_TRUE(line.is_acknowledged(serial));
    EXPECT_EQ(line.of_type(DIM_PACKET_MESSAGE_RESPONSE).size(), before + 1);
}

// What a forward holds is shown where the forward stands, in its own order.
TEST_F(TurnTest, InnerMessagesFollowTheirForward)
{
    const std::string inner = "{\"type\":255,\"sn\":5,\"secrets\":[" + peer.say(me, "one") + ","
                              + peer.say(me, "two") + "]}";
    DimContent *forward = dim_content_parse(inner.c_str(), -1, nullptr);

    ASSERT_NE(forward, nullptr);
    open();
    line.send(peer.seal(me, forward, true));
    line.send(peer.say(me, "three"));
    clock.advance(1);
    EXPECT_EQ(shown, (std::vector<std::string>{ "one", "two", "three" }));
    dim_content_unref(forward);
}
// A front end may say goodbye from any event; what comes after it in that turn is kept by nobody.
TEST_F(TurnTest, ClosingFromAnEventInMidTurnLeavesNoTransactionOpen)
{
    events.presence = [](DimSession *each, const DimId *, double, gpointer) {
        dim_session_close(each);
    };
    open();
    introduce(peer);
    line.send(peer.say(me, "hello"));
    clock.advance(1);
    EXPECT_EQ(dim_session_state(session), DIM_STATE_OFFLINE);
    EXPECT_FALSE(dim_store_in_transaction(me.store));
}

TEST_F(TurnTest, AnArrayOfManyLinesIsReadInPartAndConfirmedOnce)
{
    std::string json = "{\"type\":202,\"sn\":77,\"contents\":[";

    for (int i = 0; i < 1000; i++)
        json += std::string(i == 0 ? "" : ",") + "{\"type\":1,\"sn\":" + std::to_string(i + 1)
                + ",\"text\":\"x\"}";
    json += "]}";
    DimContent *content = dim_content_parse(json.c_str(), -1, nullptr);

    ASSERT_NE(content, nullptr);
    open();
    introduce(peer);
    const size_t before = heard.size();

    line.send(peer.seal(me, content, true));
    clock.advance(1);
    dim_content_unref(content);
    EXPECT_EQ(shown.size(), 101u) << "and that there was more";
    EXPECT_EQ(heard.size(), before + 1);
}
} // namespace
