// SPDX-License-Identifier: GPL-2.0-or-later
// A message that says many things: one of them a step, and all of it or nothing, whatever happens between two steps.
#include "storage/sqlite.h"

#include "kill_case.hh"

namespace {

class ParcelTest : public OnDisk<SessionTest> {
  protected:
    bool full = false; // the disk
    int taken = 0;     // contents that were looked at, of which each takes its time

    void
    SetUp() override
    {
        OnDisk::SetUp();
        sqlite3_commit_hook(
            me.store->db,
            [](void *self) { return static_cast<ParcelTest *>(self)->full ? 1 : 0; }, this);
        events.presence = [](DimSession *, const DimId *, double, gpointer self) {
            auto *test = static_cast<ParcelTest *>(self);

            test->taken++;
            test->clock.toil(0.02);
        };
        open();
        introduce(peer);
        clock.advance(5);
    }
    static std::string
    text(int number)
    {
        return R"({"type":1,"sn":)" + std::to_string(number + 1) + R"(,"text":")"
               + std::to_string(number) + "\"}";
    }
    std::string
    sealed(const std::string &json)
    {
        OWNED(DimContent) content(dim_content_parse(json.c_str(), -1, nullptr));

        EXPECT_NE(content, nullptr) << json;
        return peer.seal(me, content.get(), false);
    }
    std::string
    array(const std::string &contents)
    {
        return sealed(R"({"type":202,"sn":900,"contents":[)" + contents + "]}");
    }
    std::string
    array(int count)
    {
        std::string all;

        for (int i = 0; i < count; i++)
            all += (i > 0 ? "," : "") + text(i);
        return array(all);
    }
    std::string
    forward(int first, int count)
    {
        std::string all;

        for (int i = first; i < first + count; i++)
            all += (i > first ? "," : "") + peer.say(me, std::to_string(i).c_str(), false);
        return R"({"type":255,"sn":901,"secrets":[)" + all + "]}";
    }
    // One turn of the loop: what has come is read, and one timer fires.
    void
    turn()
    {
        support::settle();
        clock.step();
    }
    void
    turn_until(int count)
    {
        for (int i = 0; i < 100 && taken < count; i++)
            turn();
        ASSERT_EQ(taken, count);
        ASSERT_TRUE(shown.empty());
    }
};

TEST_F(ParcelTest, TheLoopHasItsTurnBetweenTwoContents)
{
    int most = 0;

    line.send(array(20));
    for (int i = 0; i < 200 && shown.size() < 20; i++) {
        const int before = taken;

        turn();
        most = std::max(most, taken - before);
    }
    EXPECT_EQ(most, 1) << "10 ms a turn";
    EXPECT_EQ(shown, numbers(20));
}

TEST_F(ParcelTest, ForwardsFollowTheLinesOfTheirArrayAndTheNextMessageAllOfThem)
{
    line.send(array(text(0) + "," + forward(2, 2) + "," + text(1) + "," + forward(4, 2)) + "\n"
              + peer.say(me, "6", false));
    clock.advance(2);
    EXPECT_EQ(shown, numbers(7));
}

TEST_F(ParcelTest, AnArrayInAForwardComesBeforeTheNextMessageOfIt)
{
    line.send(sealed(R"({"type":255,"sn":901,"secrets":[)" + array(2) + ","
                     + peer.say(me, "2", false) + "]}"));
    clock.advance(2);
    EXPECT_EQ(shown, numbers(3));
}

// My text is committed at once, and with it what was taken in so far.
TEST_F(ParcelTest, AKillBehindATextThatWasSentInTheMidstOfItLosesNothing)
{
    const std::string all = array(8);

    line.send(all);
    turn_until(4);
    EXPECT_TRUE(send(peer, "in between"));
    keep_copy();
    revive();
    line.send(all);
    clock.advance(3);
    EXPECT_EQ(shown, numbers(8));
}

TEST_F(ParcelTest, AKillInTheMidstOfItsLinesLosesNoLine)
{
    const std::string all = array(60);

    killed_at = 20;
    line.send(all);
    clock.advance(5);
    ASSERT_EQ(shown, numbers(60));
    revive();
    line.send(all);
    clock.advance(5);
    EXPECT_EQ(shown, numbers(60)) << "it comes again as a whole";
    line.send(all);
    clock.advance(5);
    EXPECT_EQ(shown.size(), 60u) << "and is known then";
}

TEST_F(ParcelTest, AKillInTheMidstOfAForwardLosesNoMessage)
{
    const std::string all = sealed(forward(0, 60));

    killed_at = 20;
    line.send(all);
    clock.advance(5);
    ASSERT_EQ(shown, numbers(60));
    revive();
    line.send(all);
    clock.advance(5);
    ASSERT_GE(shown.size(), 40u);
    EXPECT_EQ(shown.back(), "59");
    EXPECT_LE(shown.size(), 42u) << "each was noted by itself";
}

// Nothing of it is shown or noted: it comes again, from the beginning.
TEST_F(ParcelTest, ATurnThatIsUndoneInTheMidstOfItUndoesAllOfIt)
{
    const std::string all = array(8);
    const guint64 serial = line.send(all);

    turn_until(4);
    full = true;
    EXPECT_FALSE(send(peer, "lost"));
    full = false;
    clock.advance(2);
    EXPECT_TRUE(shown.empty());
    EXPECT_FALSE(line.is_acknowledged(serial));
    line.send_message(serial, all);
    clock.advance(2);
    EXPECT_TRUE(line.is_acknowledged(serial));
    EXPECT_EQ(shown, numbers(8));
}

TEST_F(ParcelTest, ALineThatFallsInTheMidstOfItBringsAllOfItAgain)
{
    const std::string all = array(8);

    line.send(all);
    turn_until(4);
    close();
    open();
    clock.advance(3);
    EXPECT_TRUE(shown.empty());
    line.send(all);
    clock.advance(3);
    EXPECT_EQ(shown, numbers(8));
}

TEST_F(ParcelTest, WhatAForwardHoldsEndsWithTheLineToo)
{
    const std::string all = sealed(forward(0, 8));

    line.send(all);
    turn_until(3);
    line.hang_up();
    support::settle();
    taken = 0;
    for (int i = 0; i < 20; i++)
        turn();
    EXPECT_EQ(taken, 0);
    EXPECT_TRUE(shown.empty());
    clock.advance(60);
    line.send(all);
    clock.advance(3);
    EXPECT_EQ(shown, numbers(8));
}

// From any event of the front end, be it before the message was even opened.
TEST_F(ParcelTest, ClosingInTheMidstOfItLeavesNoTransactionOpen)
{
    events.presence = [](DimSession *one, const DimId *, double, gpointer self) {
        static_cast<ParcelTest *>(self)->clock.toil(0.02);
        dim_session_close(one);
    };
    line.send(array(8));
    clock.advance(1);
    EXPECT_EQ(dim_session_state(session), DIM_STATE_OFFLINE);
    EXPECT_FALSE(dim_store_in_transaction(me.store));
}

TEST_F(ParcelTest, ClosingBeforeItWasOpenedLeavesNoTransactionOpen)
{
    OWNED(DimContent)
    content(dim_content_parse(
        (R"({"type":202,"sn":900,"contents":[)" + text(0) + "," + text(1) + "]}").c_str(), -1,
        nullptr));

    events.document_changed = [](DimSession *one, const DimDocument *, gpointer) {
        dim_session_close(one);
    };
    line.send(stranger.seal(me, content.get(), true));
    clock.advance(1);
    EXPECT_EQ(dim_session_state(session), DIM_STATE_OFFLINE);
    EXPECT_FALSE(dim_store_in_transaction(me.store));
}

// However many turns of the loop it takes to read it: what it forwards is older than what came before it.
TEST_F(ParcelTest, ABacklogIsSortedAsAWhole)
{
    std::vector<std::string> wires;

    close();
    const std::string older = forward(0, 3);
    clock.advance(1);
    for (int i = 3; i < 6; i++) {
        wires.push_back(peer.say(me, std::to_string(i).c_str(), false));
        clock.advance(1);
    }
    wires.push_back(array(text(6) + "," + older + "," + text(7) + "," + text(8)));
    welcomes = false;
    open();
    shake(DIM_HANDSHAKE_SUCCESS, key, station);
    for (auto one = wires.rbegin(); one != wires.rend(); ++one)
        line.send(*one);
    clock.advance(5);
    EXPECT_EQ(shown, numbers(9));
}

} // namespace
