// SPDX-License-Identifier: GPL-2.0-or-later
// What waits here though nothing is lacking any more is looked for again: soon, while online, and at the next login.
#include <algorithm>

#include "storage/sqlite.h"

#include "session_case.hh"

extern "C" {
#include "people/inbox.h"
#include "people/shelf.h"
}

namespace {
constexpr double DAY = 24 * 3600.0;

class WakingTest : public SessionTest {
  protected:
    const std::string large = std::string(700000, 'x');

    bool
    waits(const Person &who)
    {
        OWNED(DimShelf) shelf(dim_shelf_new(me.store, clock));

        return dim_shelf_has(shelf.get(), DIM_SHELF_INCOMING, who.id());
    }
    // The stranger's key comes while a login has filled the inbox: what he said goes back on the shelf.
    void
    meet_a_full_inbox()
    {
        const std::string old(DIM_INBOX_MAX_BYTES - 2500000, 'x');
        OWNED(DimInbox) inbox(dim_inbox_new(me.store));

        open();
        introduce(peer);
        line.send(stranger.say(me, ("his " + large).c_str(), false));
        clock.advance(2);
        close();
        support::Text row(dim_inbox_put(inbox.get(), old.data(), old.size(), 0, nullptr));
        ASSERT_NE(row, nullptr);
        welcomes = false;
        open();
        shake(DIM_HANDSHAKE_SUCCESS, key, station);
        line.send(peer.say(me, ("one " + large).c_str()));
        line.send(peer.say(me, ("two " + large).c_str()));
        introduce(stranger);
        welcomes = true;
        clock.advance(5);
        ASSERT_EQ(shown.size(), 2u);
        ASSERT_TRUE(waits(stranger));
    }
    // From now on the disk gives nothing of the inbox, where that is counted.
    void
    refuse()
    {
        sqlite3_set_authorizer(
            me.store->db,
            [](void *self, int what, const char *table, const char *, const char *,
               const char *) {
                int &count = static_cast<WakingTest *>(self)->refused;
                const bool deny =
                    count >= 0 && what == SQLITE_READ && g_strcmp0(table, "queue") == 0;

                count += deny;
                return deny ? SQLITE_DENY : SQLITE_OK;
            },
            this);
    }
    void
    let_something_wait()
    {
        welcomes = false;
        open();
        introduce(peer);
        shake(DIM_HANDSHAKE_SUCCESS, key, station);
        line.send(peer.say(me, "hello"));
        clock.advance(0.2);
    }
    void
    see_it_tried_less_and_less_often()
    {
        clock.advance(5);
        EXPECT_EQ(refused, 1);
        clock.advance(1000); // after 10 + 20 + 40 + 80 + 160 + 320 + 320 seconds
        EXPECT_EQ(refused, 8);
        EXPECT_TRUE(shown.empty());
        refused = -1;
        clock.advance(400);
        EXPECT_EQ(shown, std::vector<std::string>{ "hello" });
        sqlite3_set_authorizer(me.store->db, nullptr, nullptr);
    }
    // Online; the next login begins.
    void
    stay_a_day()
    {
        clock.advance(301);
        close();
        grow_old(DAY);
        open();
        clock.advance(2);
    }
    // A turn is lost, for the disk is full while it lasts.
    void
    lose_a_turn()
    {
        sqlite3_commit_hook(
            me.store->db,
            [](void *self) { return ++static_cast<WakingTest *>(self)->lost > 0 ? 1 : 0; },
            this);
        line.send(stranger.say(me, "who am I?", false));
        clock.advance(0.1);
        sqlite3_commit_hook(me.store->db, nullptr, nullptr);
    }
    int refused = -1; // times; negative: nothing is
    int lost = 0;     // turns
};

TEST_F(WakingTest, WhatFoundTheInboxFullWhenItsKeyCameIsShownWhileOnline)
{
    meet_a_full_inbox();
    clock.advance(301);
    ASSERT_EQ(shown.size(), 3u);
    EXPECT_EQ(shown[2].substr(0, 4), "his ");
    EXPECT_FALSE(waits(stranger));
}

TEST_F(WakingTest, WhatFoundTheInboxFullWhenItsKeyCameIsShownAtTheNextLogin)
{
    meet_a_full_inbox();
    close();
    open();
    clock.advance(5);
    EXPECT_EQ(shown.size(), 3u);
    EXPECT_FALSE(waits(stranger));
}

// Else it would never be eight days old.
TEST_F(WakingTest, WhatWaitsForItsTalkKeyIsNotMadeYoungByALogin)
{
    Person::Oddity odd;

    odd.without_key = true;
    open();
    introduce(peer);
    line.send(peer.say(me, "closed", odd));
    clock.advance(2);
    for (int days = 0; days < 9; days++) {
        EXPECT_EQ(waits(peer), days < 8) << days;
        stay_a_day();
    }
    EXPECT_FALSE(waits(peer));
    EXPECT_TRUE(shown.empty());
}

TEST_F(WakingTest, WhoIsNotKnownYetGoesOnWaiting)
{
    open();
    line.send(stranger.say(me, "who am I?", false));
    clock.advance(2);
    for (int days = 0; days < 9; days++) {
        EXPECT_EQ(waits(stranger), days < 8) << days;
        stay_a_day();
    }
}

// The station has its OK for what lies in the inbox, and does not send it again.
TEST_F(WakingTest, WhatLayInTheInboxWhenItsTurnWasLostIsTakenUpAgain)
{
    static bool full; // the disk

    full = false;
    sqlite3_commit_hook(
        me.store->db, [](void *) { return full ? 1 : 0; }, nullptr);
    welcomes = false;
    open();
    const guint64 serial = line.send(stranger.say(me, "hello", false));
    clock.advance(0.1);
    shake(DIM_HANDSHAKE_SUCCESS, key, station);
    clock.advance(0.2);
    ASSERT_TRUE(line.is_acknowledged(serial));
    full = true;
    clock.advance(1);
    full = false;
    introduce(stranger);
    EXPECT_TRUE(shown.empty());
    clock.advance(30);
    EXPECT_EQ(shown, std::vector<std::string>{ "hello" });
    sqlite3_commit_hook(me.store->db, nullptr, nullptr);
}

TEST_F(WakingTest, AnInboxThatCouldNotBeListedIsListedAgainLessAndLessOften)
{
    let_something_wait();
    refuse(); // what was prepared before is prepared anew
    refused = 0;
    see_it_tried_less_and_less_often();
}

TEST_F(WakingTest, AnInboxThatCouldNotBeReadIsReadAgainLessAndLessOften)
{
    refuse();
    let_something_wait();
    refused = 0;
    see_it_tried_less_and_less_often();
}

// Each line that falls begins anew.
TEST_F(WakingTest, TheFirstPauseAfterALoginIsShortAgain)
{
    refuse();
    let_something_wait();
    welcomes = true;
    refused = 0;
    clock.advance(80);
    EXPECT_EQ(refused, 4) << "at once, and after 10 + 20 + 40 seconds";
    line.hang_up();
    for (int i = 0; i < 600 && dim_session_state(session) == DIM_STATE_ONLINE; i++)
        clock.advance(0.1);
    for (int i = 0; i < 600 && dim_session_state(session) != DIM_STATE_ONLINE; i++)
        clock.advance(0.1);
    ASSERT_EQ(dim_session_state(session), DIM_STATE_ONLINE);
    refused = 0;
    clock.advance(5);
    EXPECT_EQ(refused, 1);
    clock.advance(10);
    EXPECT_EQ(refused, 2);
    sqlite3_set_authorizer(me.store->db, nullptr, nullptr);
}

TEST_F(WakingTest, NothingWakesASessionThatIsClosed)
{
    open();
    lose_a_turn();
    ASSERT_EQ(lost, 1);
    close();
    EXPECT_EQ(clock.timers(), 0u);
    EXPECT_EQ(clock.unknown_cancels(), 0u);
}

TEST_F(WakingTest, OfTwoTurnsThatAreLostOneTimerIsLeft)
{
    open();
    lose_a_turn();
    const size_t timers = clock.timers();
    lose_a_turn();
    ASSERT_EQ(lost, 2);
    EXPECT_EQ(clock.timers(), timers);
    close();
    EXPECT_EQ(clock.timers(), 0u);
}

// The login will take it up, sorted with all that it brings.
TEST_F(WakingTest, NothingIsTakenUpBeforeALogin)
{
    welcomes = false;
    open();
    line.send(peer.say(me, "hello"));
    clock.advance(0.1);
    lose_a_turn();
    ASSERT_EQ(lost, 1);
    clock.advance(15);
    ASSERT_NE(dim_session_state(session), DIM_STATE_ONLINE);
    EXPECT_TRUE(shown.empty());
    shake(DIM_HANDSHAKE_SUCCESS, key, station);
    clock.advance(3);
    EXPECT_EQ(shown, std::vector<std::string>{ "hello" });
}

// The station may ask once more who we are, and send what it kept.
TEST_F(WakingTest, WhatASecondLoginBringsIsTakenUpWhenAllOfItIsThere)
{
    open();
    clock.advance(5);
    lose_a_turn();
    ASSERT_EQ(lost, 1);
    clock.advance(9.7);
    shake(DIM_HANDSHAKE_AGAIN, key, station);
    clock.advance(0.05);
    ASSERT_EQ(dim_session_state(session), DIM_STATE_ONLINE);
    line.send(peer.say(me, "hello"));
    clock.advance(0.17);
    EXPECT_TRUE(shown.empty()) << "ten seconds have gone, and the backlog may go on";
    clock.advance(2);
    EXPECT_EQ(shown, std::vector<std::string>{ "hello" });
}

TEST_F(WakingTest, WhatIsTooOldIsForgottenWhileOnlineAndThatIsTold)
{
    open();
    line.send(stranger.say(me, "who am I?", false));
    clock.advance(7.9 * DAY);
    EXPECT_TRUE(waits(stranger));
    EXPECT_TRUE(notices.empty());
    clock.advance(0.2 * DAY);
    EXPECT_FALSE(waits(stranger));
    EXPECT_EQ(notices.size(), 1u);
}

// As a computer begins whose clock has no battery; the time comes from the network then.
TEST_F(WakingTest, WhatCameByAClockThatWasBehindIsNotOldWhenItIsSet)
{
    open();
    close();
    clock.sleep(-365 * DAY);
    station_ahead = 365 * DAY;
    open();
    line.send(stranger.say(me, "who am I?", false));
    clock.advance(2);
    clock.sleep(365 * DAY);
    station_ahead = 0;
    clock.advance(301);
    ASSERT_EQ(dim_session_state(session), DIM_STATE_ONLINE);
    EXPECT_TRUE(waits(stranger));
    close();
    open();
    clock.advance(301);
    EXPECT_TRUE(waits(stranger));
}

// Nobody could have answered.
TEST_F(WakingTest, WhoIsAwayForAYearLosesNothing)
{
    open();
    line.send(stranger.say(me, "who am I?", false));
    clock.advance(301);
    close();
    clock.advance(365 * DAY);
    open();
    clock.advance(301);
    EXPECT_TRUE(waits(stranger));
}

// The station knows that it is no year later.
TEST_F(WakingTest, AClockThatIsAYearAheadForgetsNothing)
{
    open();
    line.send(stranger.say(me, "who am I?", false));
    clock.advance(2);
    close();
    clock.sleep(365 * DAY);
    station_ahead = -365 * DAY;
    open();
    clock.advance(301);
    ASSERT_EQ(dim_session_state(session), DIM_STATE_ONLINE);
    EXPECT_TRUE(waits(stranger));
}

TEST_F(WakingTest, AClockThatIsSetWhileOnlineForgetsNothing)
{
    open();
    line.send(stranger.say(me, "who am I?", false));
    clock.advance(2);
    clock.sleep(365 * DAY);
    station_ahead = -365 * DAY;
    clock.advance(301);
    ASSERT_EQ(dim_session_state(session), DIM_STATE_ONLINE);
    EXPECT_TRUE(waits(stranger));
}
} // namespace
