// SPDX-License-Identifier: GPL-2.0-or-later
// Many lines for the front end: a slice of them a turn, each noted at once, so that no kill shows them again.
#include "storage/sqlite.h"

#include "kill_case.hh"

namespace {

class SlicesTest : public SessionTest {
  protected:
    bool full = false; // the disk

    void
    SetUp() override
    {
        SessionTest::SetUp();
        events.received = [](DimSession *, const DimMessage *, const char *text,
                             gpointer self) {
            auto *test = static_cast<SlicesTest *>(self);

            test->shown.emplace_back(text);
            test->clock.toil(EACH);
        };
        sqlite3_commit_hook(
            me.store->db,
            [](void *self) { return static_cast<SlicesTest *>(self)->full ? 1 : 0; }, this);
    }
    void
    TearDown() override
    {
        SessionTest::TearDown();
        sqlite3_commit_hook(me.store->db, nullptr, nullptr);
    }
    // What was written while I was away, the last line first. It is due when this returns.
    void
    come_back(int count)
    {
        std::vector<std::string> sealed;

        for (int i = 0; i < count; i++)
            sealed.push_back(peer.say(me, std::to_string(i).c_str(), i % 10 == 0));
        welcomes = false;
        open();
        introduce(peer);
        shake(DIM_HANDSHAKE_SUCCESS, key, station);
        for (auto each = sealed.rbegin(); each != sealed.rend(); ++each)
            line.send(*each);
        clock.advance(0.2);
        ASSERT_TRUE(shown.empty());
        clock.toil(0.1);
    }
    // One turn of the loop: what has come is read, and one timer fires.
    void
    turn()
    {
        support::settle();
        clock.step();
    }
};

TEST_F(SlicesTest, TheLoopHasItsTurnBetweenAFewLinesOfABacklog)
{
    constexpr size_t COUNT = 60;
    size_t most = 0, turns = 0;

    come_back(COUNT);
    for (int i = 0; i < 1000 && shown.size() < COUNT; i++) {
        const size_t before = shown.size();

        turn();
        most = std::max(most, shown.size() - before);
        turns += shown.size() > before;
    }
    EXPECT_EQ(shown, numbers(COUNT)) << "sorted as a whole";
    EXPECT_EQ(most, 3u) << "10 ms a turn";
    EXPECT_EQ(turns, COUNT / 3);
}

TEST_F(SlicesTest, WhatWasShownBeforeTheLineFellIsNotShownAgain)
{
    come_back(60);
    for (int i = 0; i < 1000 && shown.size() < 20; i++)
        turn();
    ASSERT_LT(shown.size(), 30u);
    close();
    welcomes = true;
    open();
    clock.advance(3);
    EXPECT_EQ(shown, numbers(60));
}

TEST_F(SlicesTest, ADiskThatIsFullInTheMidstOfABacklogCostsNoLine)
{
    come_back(60);
    for (int i = 0; i < 1000 && shown.size() < 20; i++)
        turn();
    full = true;
    clock.advance(2);
    EXPECT_EQ(shown, numbers(60)) << "shown all the same";
    full = false;
    close();
    welcomes = true;
    open();
    clock.advance(3);
    EXPECT_EQ(shown, numbers(60)) << "and once";
}

// The rest of that turn is shown, but not taken for kept: the last line brought a key.
TEST_F(SlicesTest, WhatTheLinesOfAFailedTurnBroughtIsTakenInWhenTheyComeAgain)
{
    OWNED(DimCipherKey) talk(dim_cipher_key_new());
    Person::Oddity with_key, without_key;
    std::string all;

    with_key.talk = without_key.talk = talk.get();
    without_key.without_key = true;
    open();
    introduce(peer);
    clock.advance(5);
    for (int i = 0; i < 5; i++)
        all += peer.say(me, std::to_string(i).c_str(), false) + "\n";
    all += peer.say(me, "5", with_key);
    full = true;
    line.send(all);
    for (int i = 0; i < 1000 && shown.size() < 3; i++)
        turn();
    full = false;
    clock.advance(1);
    close();
    open();
    clock.advance(5);
    const guint64 again = line.send(all);
    clock.advance(1);
    EXPECT_TRUE(line.is_acknowledged(again));
    line.send(peer.say(me, "6", without_key));
    clock.advance(1);
    EXPECT_EQ(shown, numbers(7));
}

// What comes in the meantime is sorted in its own time, behind.
TEST_F(SlicesTest, WhatComesMeanwhileIsShownBehind)
{
    come_back(30);
    for (int i = 0; i < 1000 && shown.size() < 9; i++)
        turn();
    ASSERT_LT(shown.size(), 15u);
    line.send(peer.say(me, "30", false));
    const guint64 serial = line.send(peer.say(me, "31", false));

    turn();
    EXPECT_FALSE(line.is_acknowledged(serial));
    clock.advance(2);
    EXPECT_EQ(shown, numbers(32));
    EXPECT_TRUE(line.is_acknowledged(serial));
}

class KillTest : public OnDisk<SlicesTest> {
  protected:
    static std::vector<std::string>
    numbers_from(int first, int count)
    {
        std::vector<std::string> all = numbers(count);

        return { all.begin() + first, all.end() };
    }
};

TEST_F(KillTest, InTheMidstOfABacklogShowsNoLineAgainButTheLast)
{
    killed_at = 20; // the second of its turn
    come_back(60);
    clock.advance(3);
    EXPECT_EQ(shown, numbers(60));
    revive();
    EXPECT_EQ(shown, numbers_from(19, 60));
    EXPECT_EQ(std::filesystem::file_size(copy.file("store.db-shown")), 0u)
        << "it is in the store";
}

// He would wait for it for ever: the first life had no time to say it.
TEST_F(KillTest, BetweenALineAndItsReceiptStillConfirmsIt)
{
    open();
    introduce(peer);
    clock.advance(5);
    const std::string all = peer.say(me, "0", false) + "\n" + peer.say(me, "1", false);
    killed_at = 2;
    line.send(all);
    clock.advance(1);
    const size_t before = count_answers(peer);
    revive();
    line.send(all);
    clock.advance(1);
    EXPECT_EQ(shown, numbers_from(1, 2)) << "the one before the kill was shown";
    EXPECT_EQ(count_answers(peer) - before, 2u);
}

// What else a message says was undone: it is worked off when it comes again.
TEST_F(KillTest, InATalkDoesNotForgetTheKeyThatCameWithALine)
{
    OWNED(DimCipherKey) talk(dim_cipher_key_new());
    Person::Oddity with_key, without_key;

    with_key.talk = without_key.talk = talk.get();
    without_key.without_key = true;
    open();
    introduce(peer);
    clock.advance(5);
    const std::string first = peer.say(me, "0", with_key);
    const std::string second = peer.say(me, "1", with_key);
    killed_at = 2;
    line.send(first + "\n" + second);
    clock.advance(1);
    revive();
    line.send(first + "\n" + second);
    line.send(peer.say(me, "2", without_key));
    clock.advance(2);
    EXPECT_EQ(shown, numbers_from(1, 3));
}
} // namespace
