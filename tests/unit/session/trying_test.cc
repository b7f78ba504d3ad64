// SPDX-License-Identifier: GPL-2.0-or-later
// A new talk key is tried on what waits closed where that lies: honest lines are found, and new keys cost their sender, not others.
#include "storage/sqlite.h"

#include "session_case.hh"

extern "C" {
#include "session/inner.h"
}

namespace {

constexpr int MISSES =
    8; // rows that a key may not open, and as many more for each that it opens
constexpr size_t KIB32 = 32 * 1024; // for which a row counts like one more
constexpr double EACH = 0.0007;     // seconds that a row takes which is read or moved

class TryingTest : public SessionTest {
  protected:
    const std::string picture = std::string(300000, 'x');
    int tries = 0, moves = 0;
    int said = 0;

    void
    SetUp() override
    {
        SessionTest::SetUp();
        open();
        introduce(peer);
        introduce(stranger);
        befriend(stranger);
    }
    void
    TearDown() override
    {
        unwatch();
        SessionTest::TearDown();
    }
    // From now on rows of the shelf are counted, and take their time.
    void
    watch()
    {
        sqlite3_trace_v2(
            me.store->db, SQLITE_TRACE_STMT,
            [](unsigned, void *self, void *, void *sql) {
                auto *test = static_cast<TryingTest *>(self);
                const char *text = static_cast<const char *>(sql);
                const bool read = g_str_has_prefix(text, "SELECT value FROM waiting");
                const bool move = g_str_has_prefix(text, "DELETE FROM waiting");

                test->tries += read;
                test->moves += move;
                if (read || move)
                    test->clock.toil(EACH);
                return 0;
            },
            this);
    }
    void
    unwatch()
    {
        sqlite3_trace_v2(me.store->db, 0, nullptr, nullptr);
    }
    static Person::Oddity
    of(const OWNED(DimCipherKey) & talk, bool without_key)
    {
        Person::Oddity odd;

        odd.talk = talk.get();
        odd.without_key = without_key;
        return odd;
    }
    // The peer says so much, each with a key of its own that never comes.
    void
    say_junk(int count, const std::string &text = "junk")
    {
        Person::Oddity odd;

        odd.without_key = true;
        for (int i = 0; i < count; i++) {
            line.send(peer.say(me, text.c_str(), odd));
            if (i % 50 == 0)
                clock.advance(60); // he is a stranger
        }
        clock.advance(60);
    }
    void
    say(const OWNED(DimCipherKey) & talk, const char *text, bool without_key)
    {
        line.send(peer.say(me, text, of(talk, without_key)));
        clock.advance(1);
    }
    std::vector<std::string>
    sorted() const
    {
        std::vector<std::string> all = shown;

        std::sort(all.begin(), all.end());
        return all;
    }
    // What the peer says now has a new key each.
    void
    say_with_new_keys(int count)
    {
        for (int i = 0; i < count; i++) {
            OWNED(DimCipherKey) other(dim_cipher_key_new());

            line.send(peer.say(me, "new", of(other, false)));
        }
    }
    // Seconds until it is shown.
    double
    wait_for(const char *text)
    {
        const double from = clock.now();

        for (int i = 0; i < 20000 && std::count(shown.begin(), shown.end(), text) == 0; i++) {
            support::settle();
            clock.step();
        }
        EXPECT_EQ(std::count(shown.begin(), shown.end(), text), 1);
        return clock.now() - from;
    }
};

TEST_F(TryingTest, AKeyThatOpensNothingIsTriedOnAFewOfAThousand)
{
    OWNED(DimCipherKey) other(dim_cipher_key_new());

    say_junk(990);
    const std::vector<double> came = dates();
    ASSERT_EQ(came.size(), 990u);
    watch();
    say(other, "x", false);
    EXPECT_EQ(tries, MISSES);
    EXPECT_EQ(moves, 0);
    EXPECT_EQ(dates(), came) << "as old as they were";
    EXPECT_EQ(shown, std::vector<std::string>{ "x" });
}

TEST_F(TryingTest, OfWhatAKeyOpensTheOldestGoesFirstWhereNotAllHasRoom)
{
    OWNED(DimCipherKey) talk(dim_cipher_key_new());
    const std::string large(700000, 'x'), old(DIM_INBOX_MAX_BYTES - 3200000, 'x');
    std::string order;

    for (int i = 0; i < 4; i++)
        say(talk, (std::to_string(i) + large).c_str(), true);
    ASSERT_EQ(dates().size(), 4u);
    support::Text row(dim_inbox_put(session->inbox, old.data(), old.size(), 0, nullptr));
    ASSERT_NE(row, nullptr);
    say(talk, "k", false);
    clock.advance(5);
    ASSERT_EQ(dates().size(), 1u) << "for one there was no room";
    clock.advance(600);
    for (const std::string &text : shown)
        order += text[0];
    EXPECT_EQ(order, "012k3");
}

// The same key again tells nothing new.
TEST_F(TryingTest, AKeyIsTriedOnce)
{
    OWNED(DimCipherKey) other(dim_cipher_key_new());

    say_junk(20);
    say(other, "x", false);
    watch();
    say(other, "y", false);
    EXPECT_EQ(tries, 0);
}

TEST_F(TryingTest, AContactsLineBehindManyNewKeysOfAStrangerComesSoon)
{
    say_junk(300);
    watch();
    say_with_new_keys(250);
    line.send(stranger.say(me, "honest", true));
    EXPECT_LT(wait_for("honest"), 1);
    EXPECT_EQ(moves, 0);
}

// Who is on the list has no measure.
TEST_F(TryingTest, AContactsLineBehindManyNewKeysOfAnotherContactComesSoon)
{
    say_junk(300);
    befriend(peer);
    watch();
    say_with_new_keys(250);
    line.send(stranger.say(me, "honest", true));
    EXPECT_LT(wait_for("honest"), 2);
    EXPECT_EQ(tries, 250 * MISSES);
    EXPECT_EQ(moves, 0);
}

// 500 at once: a message and the rows that its key is tried on.
TEST_F(TryingTest, EachRowThatIsTriedCountsLikeAMessageOfAStranger)
{
    say_junk(20);
    clock.advance(60);
    say_with_new_keys(100);
    clock.advance(0.5);
    EXPECT_EQ(shown.size(), 500u / (1 + MISSES) + 1);
    clock.advance(300);
    EXPECT_EQ(shown.size(), 100u) << "little by little";
}

TEST_F(TryingTest, ALargeRowCountsLikeSeveralMessagesOfAStranger)
{
    say_junk(2, picture);
    clock.advance(60);
    say_with_new_keys(100);
    clock.advance(0.5);
    EXPECT_GT(shown.size(), 1u);
    EXPECT_LT(shown.size(), 500u / (1 + 2 * picture.size() / KIB32));
}

TEST_F(TryingTest, OfLargeRowsAKeyIsTriedOnFewer)
{
    OWNED(DimCipherKey) other(dim_cipher_key_new());

    befriend(peer);
    say_junk(10, picture);
    watch();
    say(other, "x", false);
    EXPECT_EQ(tries, 2);
}

TEST_F(TryingTest, ALargeRowThatNothingOpensHidesNoLine)
{
    OWNED(DimCipherKey) talk(dim_cipher_key_new());

    say_junk(1, picture);
    say(talk, "before", true);
    say(talk, "now", false);
    EXPECT_EQ(sorted(), (std::vector<std::string>{ "before", "now" }));
}

// What was worked off in a turn lies in the inbox until its end: who is met meanwhile makes nobody's line wait twice.
TEST_F(TryingTest, WhatWaitsDoesSoOnceHoweverManyAreMetMeanwhile)
{
    constexpr int CLOSED = 300;
    OWNED(DimCipherKey) talk(dim_cipher_key_new());
    const Person others[4];

    befriend(peer);
    for (const Person &each : others)
        line.send(each.say(me, "before", false));
    clock.advance(5);
    ASSERT_EQ(dates().size(), 4u);
    close();
    welcomes = false;
    open();
    for (int i = 0; i < CLOSED; i++)
        line.send(peer.say(me, "closed", of(talk, true)));
    for (const Person &each : others)
        line.send(each.say(me, "after", true));
    clock.advance(1);
    shake(DIM_HANDSHAKE_SUCCESS, key, station);
    clock.advance(10);
    EXPECT_EQ(shown.size(), 8u);
    EXPECT_EQ(dates().size(), static_cast<size_t>(CLOSED));
    EXPECT_EQ(notices, std::vector<std::string>());
    say(talk, "key", false);
    clock.advance(10);
    EXPECT_EQ(shown.size(), 8u + CLOSED + 1);
}

// Of what was parked for the second of them nothing is a message: the inbox is taken up in mid-batch, and holds nothing new.
TEST_F(TryingTest, ABatchStaysInOrderThoughNothingNewIsTakenUpInItsMidst)
{
    const Person early, late;
    OWNED(DimShelf) shelf(dim_shelf_new(me.store, clock));

    line.send(early.say(me, "1", false));
    clock.advance(5);
    ASSERT_EQ(dates().size(), 1u);
    close();
    ASSERT_TRUE(dim_shelf_park(shelf.get(), DIM_SHELF_INCOMING, late.id(), "7", nullptr));
    welcomes = false;
    open();
    line.send(early.say(me, "2", true));
    line.send(late.say(me, "3", true));
    clock.advance(1);
    shake(DIM_HANDSHAKE_SUCCESS, key, station);
    clock.advance(10);
    EXPECT_EQ(dates().size(), 0u);
    EXPECT_EQ(shown, (std::vector<std::string>{ "1", "2", "3" }));
}

// One that each key opens must not be a pass to all the others.
TEST_F(TryingTest, AKeyThatOpensOneIsNotTriedOnAll)
{
    OWNED(DimCipherKey) other(dim_cipher_key_new());

    say(other, "first", true);
    say_junk(200);
    watch();
    say(other, "last", false);
    EXPECT_EQ(moves, 1);
    EXPECT_LE(tries, 2 * MISSES + 2) << "one of them is read again as it is moved";
    EXPECT_EQ(sorted(), (std::vector<std::string>{ "first", "last" }));
}

TEST_F(TryingTest, LinesThatCameBeforeTheirKeyAreFoundBehindOldOnes)
{
    OWNED(DimCipherKey) talk(dim_cipher_key_new());

    say_junk(100);
    for (const std::string &each : numbers(10))
        say(talk, each.c_str(), true);
    say(talk, "a", false);
    std::vector<std::string> expected = numbers(10);
    expected.push_back("a");
    EXPECT_EQ(sorted(), expected);
    EXPECT_EQ(dates().size(), 100u);
}

TEST_F(TryingTest, LinesThatCameBeforeTheirKeyAreFoundBeforeNewOnes)
{
    OWNED(DimCipherKey) talk(dim_cipher_key_new());

    for (const std::string &each : numbers(10))
        say(talk, each.c_str(), true);
    say_junk(100);
    say(talk, "a", false);
    EXPECT_EQ(shown.size(), 11u);
    EXPECT_EQ(dates().size(), 100u);
}

// Each of them has a key of its own.
TEST_F(TryingTest, LinesOfTwoDevicesAreOpenedByTheirKeys)
{
    OWNED(DimCipherKey) one(dim_cipher_key_new());
    OWNED(DimCipherKey) two(dim_cipher_key_new());
    std::vector<std::string> expected{ "here is one" };

    for (int i = 0; i < 40; i++)
        say(i % 4 == 0 ? one : two, (i % 4 == 0 ? "one" : "two"), true);
    say(one, "here is one", false);
    expected.insert(expected.end(), 10, "one");
    EXPECT_EQ(sorted(), expected);
    EXPECT_EQ(dates().size(), 30u);
    say(two, "here is two", false);
    EXPECT_EQ(shown.size(), 42u);
    EXPECT_EQ(dates().size(), 0u);
}

// Visas cost their sender as little as keys, and no talk key comes with them.
TEST_F(TryingTest, ANewVisaMovesNothingThatWaitsForItsTalkKey)
{
    say_junk(20);
    const std::vector<double> came = dates();

    ASSERT_TRUE(dim_user_set_nickname(peer.user, peer.store, "other", clock.now(), nullptr));
    watch();
    introduce(peer);
    EXPECT_EQ(tries + moves, 0);
    EXPECT_EQ(dates(), came);
}
} // namespace
