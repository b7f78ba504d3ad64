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
        close();
        clock.sleep(DAY);
        open();
        clock.advance(2);
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
        close();
        clock.sleep(DAY);
        open();
        clock.advance(2);
    }
}
} // namespace
