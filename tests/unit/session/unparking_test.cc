// SPDX-License-Identifier: GPL-2.0-or-later
// What was parked moves to the inbox a slice a turn: all of it, once, in order, whatever comes or breaks in between.
#include "storage/sqlite.h"

#include "session_case.hh"
#include "tests/support/folder.hh"

extern "C" {
#include "people/inbox.h"
#include "people/shelf.h"
}

namespace {

constexpr double EACH =
    0.004; // seconds that the disk takes for a row of the shelf, or of the inbox

class UnparkingTest : public SessionTest {
  protected:
    OWNED(DimCipherKey) talk{ dim_cipher_key_new() };
    Person::Oddity with_key, without_key;
    double reading = 0; // seconds that it takes to read a row of the shelf
    bool full = false;  // the disk
    int commits = 0;

    void
    SetUp() override
    {
        SessionTest::SetUp();
        with_key.talk = without_key.talk = talk.get();
        without_key.without_key = true;
        watch();
    }
    void
    TearDown() override
    {
        SessionTest::TearDown();
        unwatch();
    }
    void
    watch()
    {
        sqlite3_trace_v2(
            me.store->db, SQLITE_TRACE_STMT,
            [](unsigned, void *self, void *, void *sql) {
                const char *text = static_cast<const char *>(sql);

                if (g_str_has_prefix(text, "SELECT value FROM waiting"))
                    static_cast<UnparkingTest *>(self)->clock.toil(
                        static_cast<UnparkingTest *>(self)->reading);
                if (g_str_has_prefix(text, "DELETE FROM waiting")
                    || g_str_has_prefix(text, "SELECT value FROM queue"))
                    static_cast<UnparkingTest *>(self)->clock.toil(EACH);
                return 0;
            },
            this);
        sqlite3_commit_hook(
            me.store->db,
            [](void *self) {
                auto *test = static_cast<UnparkingTest *>(self);

                test->commits++;
                return test->full ? 1 : 0;
            },
            this);
    }
    void
    unwatch()
    {
        sqlite3_trace_v2(me.store->db, 0, nullptr, nullptr);
        sqlite3_commit_hook(me.store->db, nullptr, nullptr);
    }
    // Rows that say of whom something is left to be moved.
    size_t
    marks() const
    {
        size_t count = 0;

        dim_store_list(
            me.store, DIM_TABLE_SELF, FALSE,
            [](const DimRecord *record, gpointer sum) -> gboolean {
                *static_cast<size_t *>(sum) +=
                    g_str_has_prefix(record->key, "unparking ") != FALSE;
                return TRUE;
            },
            &count, nullptr);
        return count;
    }
    // Online; the peer, of whom nothing is known yet, said so many lines.
    void
    let_wait(int count)
    {
        open();
        for (const std::string &each : numbers(count))
            line.send(peer.say(me, each.c_str(), with_key));
        clock.advance(5);
        ASSERT_EQ(dates().size(), static_cast<size_t>(count));
        ASSERT_TRUE(shown.empty());
    }
    // What brings his meta is on the line.
    void
    meet()
    {
        OWNED(DimContent)
        content(dim_document_command_new(peer.id(), dim_user_meta(peer.user),
                                         dim_user_visa(peer.user)));

        line.send(station.seal(me, content.get(), true));
    }
    void
    turn()
    {
        support::settle();
        clock.step();
    }
    // Turns until no more than so many wait.
    void
    move_until(size_t left)
    {
        for (int i = 0; i < 2000 && dates().size() > left; i++)
            turn();
        ASSERT_LE(dates().size(), left);
        ASSERT_GT(dates().size(), 0u);
        EXPECT_TRUE(shown.empty()) << "it is sorted as a whole";
    }
    // He is known, and said so many lines, whose key comes with the next one.
    void
    let_wait_closed(int count)
    {
        open();
        introduce(peer);
        for (const std::string &each : numbers(count))
            line.send(peer.say(me, each.c_str(), without_key));
        clock.advance(5);
        ASSERT_EQ(dates().size(), static_cast<size_t>(count));
    }
    // The key of what he says now is tried on twenty over several turns; the first is over.
    std::string
    begin_to_try(const char *text, const Person::Oddity &odd)
    {
        let_wait_closed(20);
        const std::string wire = peer.say(me, text, odd);

        reading = EACH;
        line.send(wire);
        for (int i = 0; i < 100 && marks() == 0; i++)
            turn();
        EXPECT_EQ(marks(), 1u);
        EXPECT_EQ(dates().size(), 20u) << "nothing was moved yet";
        return wire;
    }
};

TEST_F(UnparkingTest, AThousandLinesOfAPersonMoveAFewATurnAndComeInTheirOrder)
{
    size_t most = 0, turns = 0;

    let_wait(DIM_SHELF_MAX_PERSON);
    meet();
    for (int i = 0; i < 2000 && shown.empty(); i++) {
        const size_t before = dates().size();

        turn();
        most = std::max(most, before - dates().size());
        turns += dates().size() < before;
    }
    EXPECT_EQ(most, 3u) << "10 ms a turn";
    EXPECT_GE(turns, DIM_SHELF_MAX_PERSON / 3u);
    clock.advance(5);
    EXPECT_EQ(shown, numbers(DIM_SHELF_MAX_PERSON));
    EXPECT_EQ(marks(), 0u);
}

// So many lines are sorted at once: one more in between would go to the wrong thousand.
TEST_F(UnparkingTest, ALineThatComesBetweenTwoSlicesIsShownBehind)
{
    let_wait(DIM_SHELF_MAX_PERSON);
    meet();
    move_until(10);
    const guint64 live = line.send(peer.say(me, "1000", with_key));

    turn();
    EXPECT_GT(dates().size(), 0u);
    clock.advance(5);
    EXPECT_EQ(shown, numbers(DIM_SHELF_MAX_PERSON + 1));
    EXPECT_TRUE(line.is_acknowledged(live));
}

// Those that still lack something are not moved again in the same go.
TEST_F(UnparkingTest, WhatIsParkedMeanwhileIsNotMovedAgain)
{
    OWNED(DimCipherKey) other(dim_cipher_key_new());
    Person::Oddity odd;

    odd.talk = other.get();
    let_wait_closed(20);
    const std::vector<double> came = dates();

    line.send(peer.say(me, "another key", odd));
    clock.advance(5);
    EXPECT_EQ(dates().size(), came.size());
    EXPECT_EQ(shown, std::vector<std::string>{ "another key" });
    EXPECT_LT(commits, 200);
    EXPECT_EQ(marks(), 0u);
}

// Three of four find room.
TEST_F(UnparkingTest, AFullInboxLeavesTheRestWhereItIsAndAsOldAsItIs)
{
    const std::string large(700000, 'x'), old(DIM_INBOX_MAX_BYTES - 3200000, 'x');

    open();
    for (const std::string &each : numbers(4))
        line.send(peer.say(me, (each + " " + large).c_str(), with_key));
    clock.advance(5);
    const std::vector<double> came = dates();
    ASSERT_EQ(came.size(), 4u);
    close();
    OWNED(DimInbox) inbox(dim_inbox_new(me.store));
    support::Text row(dim_inbox_put(inbox.get(), old.data(), old.size(), 0, nullptr));
    ASSERT_NE(row, nullptr);
    clock.sleep(24 * 3600);
    welcomes = false;
    open();
    introduce(peer);
    clock.advance(1);
    ASSERT_EQ(shown.size(), 3u);
    for (size_t i = 0; i < 3; i++)
        EXPECT_EQ(shown[i].substr(0, 2), std::to_string(i) + " ");
    EXPECT_EQ(dates(), std::vector<double>{ came[3] });
    shake(DIM_HANDSHAKE_SUCCESS, key, station);
    clock.advance(5);
    ASSERT_EQ(shown.size(), 4u) << "there is room again";
    EXPECT_EQ(shown[3].substr(0, 2), "3 ");
    EXPECT_EQ(marks(), 0u);
}

TEST_F(UnparkingTest, ALineThatFallsBetweenTwoSlicesLosesNothing)
{
    let_wait(20);
    meet();
    move_until(10);
    close();
    open();
    clock.advance(5);
    EXPECT_EQ(shown, numbers(20));
    EXPECT_EQ(marks(), 0u);
}

// It stays full for a while: nothing is tried again and again.
TEST_F(UnparkingTest, ADiskThatIsFullBetweenTwoSlicesLosesNothing)
{
    let_wait_closed(100);
    const std::string last = peer.say(me, "100", with_key);

    line.send(last);
    move_until(90);
    const size_t left = dates().size();

    full = true;
    commits = 0;
    clock.advance(4);
    EXPECT_LT(commits, 10);
    EXPECT_EQ(dates().size(), left);
    full = false;
    clock.advance(310);
    EXPECT_EQ(dates().size(), 0u);
    close();
    open();
    line.send(last);
    clock.advance(5);
    std::sort(shown.begin(), shown.end());
    std::vector<std::string> expected = numbers(101);
    std::sort(expected.begin(), expected.end());
    EXPECT_EQ(shown, expected);
}

TEST_F(UnparkingTest, WhatIsLeftClosedLeavesNoMark)
{
    begin_to_try("another key", Person::Oddity());
    clock.advance(5);
    EXPECT_EQ(marks(), 0u);
    EXPECT_EQ(dates().size(), 20u);
}

TEST_F(UnparkingTest, ALineThatFallsBetweenTwoTriesLosesNothing)
{
    const std::string another = begin_to_try("another key", Person::Oddity());

    close();
    open();
    line.send(another); // nobody acknowledged it
    clock.advance(5);
    EXPECT_EQ(marks(), 0u);
    EXPECT_EQ(dates().size(), 20u);
    line.send(peer.say(me, "20", with_key));
    clock.advance(5);
    EXPECT_EQ(shown.size(), 22u);
    EXPECT_EQ(dates().size(), 0u);
}

TEST_F(UnparkingTest, AMarkOfSomebodyOfWhomNothingWaitsGoes)
{
    const std::string row = std::string("unparking ") + dim_id_text(peer.id());
    DimRecord record = {};

    record.key = row.c_str();
    ASSERT_TRUE(dim_store_save(me.store, DIM_TABLE_SELF, &record, nullptr));
    EXPECT_EQ(marks(), 1u);
    open();
    clock.advance(2);
    EXPECT_EQ(marks(), 0u);
}

// On a file, with what kill -9 would leave of it between two turns.
class UnparkingKillTest : public UnparkingTest {
  protected:
    support::Folder folder, copy;
    DimStore *memory = nullptr;

    void
    SetUp() override
    {
        memory = me.store;
        me.store = dim_store_open(folder.file("store.db").c_str(), nullptr);
        ASSERT_NE(me.store, nullptr);
        UnparkingTest::SetUp();
    }
    void
    TearDown() override
    {
        close();
        unwatch();
        dim_store_unref(me.store);
        me.store = memory;
        UnparkingTest::TearDown();
    }
    // The next life, which knows what is on the disk.
    void
    kill()
    {
        for (const char *name : { "store.db", "store.db-wal" })
            std::filesystem::copy(folder.file(name), copy.file(name));
        close();
        unwatch();
        dim_store_unref(me.store);
        me.store = dim_store_open(copy.file("store.db").c_str(), nullptr);
        ASSERT_NE(me.store, nullptr);
        watch();
        shown.clear();
        open();
        clock.advance(5);
    }
};

TEST_F(UnparkingKillTest, BetweenTwoSlicesLosesAndDoublesNothing)
{
    let_wait(20);
    meet();
    move_until(10);
    kill();
    EXPECT_EQ(shown, numbers(20));
    EXPECT_EQ(marks(), 0u);
}

// The station repeats what brought the key, and by then it is known.
TEST_F(UnparkingKillTest, DoesNotForgetWhatTheKeyOpensThatCameBefore)
{
    let_wait_closed(20);
    const std::string last = peer.say(me, "20", with_key);

    line.send(last);
    move_until(10);
    EXPECT_EQ(marks(), 1u);
    kill();
    EXPECT_EQ(shown, numbers(20));
    line.send(last);
    clock.advance(2);
    EXPECT_EQ(shown, numbers(21));
    EXPECT_EQ(marks(), 0u);
    EXPECT_EQ(dates().size(), 0u);
}

TEST_F(UnparkingKillTest, BetweenTwoTriesForgetsNothingThatTheKeyOpens)
{
    const std::string last = begin_to_try("20", with_key);

    kill();
    EXPECT_EQ(shown, numbers(20));
    line.send(last);
    clock.advance(2);
    EXPECT_EQ(shown, numbers(21));
    EXPECT_EQ(marks(), 0u);
    EXPECT_EQ(dates().size(), 0u);
}
} // namespace
