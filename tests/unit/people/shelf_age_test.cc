// SPDX-License-Identifier: GPL-2.0-or-later
// DimShelf: what others said is forgotten when it waited for eight days of ours, whatever the clock shows meanwhile.
#include <gtest/gtest.h>

#include "people/shelf.h"

#include "tests/support/fake_clock.hh"
#include "tests/support/identities.hh"
#include "tests/support/matchers.hh"

namespace {

constexpr double HOUR = 3600;
constexpr double DAY = 24 * HOUR;

class ShelfAge : public ::testing::Test {
  protected:
    support::FakeClock clock;
    OWNED(DimStore) store{ dim_store_open_memory() };
    OWNED(DimShelf) shelf{ dim_shelf_new(store.get(), clock.get()) };
    OWNED(DimId) bob = support::id_of("0x0000000000000000000000000000000000000001");
    support::Error error;

    void
    restart()
    {
        shelf.reset(dim_shelf_new(store.get(), clock.get()));
    }
    void
    park(const char *text, DimShelfSide side = DIM_SHELF_INCOMING)
    {
        ASSERT_TRUE(dim_shelf_park(shelf.get(), side, bob.get(), text, &error))
            << error.message();
    }
    // Looks each five minutes, as a session that is online does.
    void
    run(double seconds)
    {
        for (double gone = 0; gone < seconds; gone += 300) {
            clock.advance(300);
            ASSERT_TRUE(dim_shelf_prune(shelf.get(), &error)) << error.message();
        }
    }
    guint
    waiting()
    {
        return dim_store_count(store.get(), DIM_TABLE_WAITING);
    }
    std::string
    take(DimShelfSide side = DIM_SHELF_INCOMING)
    {
        std::string joined;

        for (int i = 0; i < 10; i++) {
            support::Text text(dim_shelf_take_first(shelf.get(), side, bob.get(), nullptr));

            if (text)
                joined += text.get() + std::string(" ");
        }
        return joined;
    }
};

TEST_F(ShelfAge, ForgetsAfterEightDaysWhatOthersSaid)
{
    park("old");
    park("old", DIM_SHELF_OUTGOING);
    run(7.9 * DAY);
    park("new");
    EXPECT_EQ(waiting(), 3U);
    EXPECT_FALSE(dim_shelf_take_lost(shelf.get()));
    run(0.2 * DAY);
    EXPECT_TRUE(dim_shelf_take_lost(shelf.get()));
    EXPECT_EQ(take(), "new ");
    EXPECT_EQ(take(DIM_SHELF_OUTGOING), "old ") << "mine waits";
}

TEST_F(ShelfAge, OfWhomAllWasForgottenNobodyWaits)
{
    park("old");
    EXPECT_TRUE(dim_shelf_has(shelf.get(), DIM_SHELF_INCOMING, bob.get()));
    run(8.1 * DAY);
    EXPECT_FALSE(dim_shelf_has(shelf.get(), DIM_SHELF_INCOMING, bob.get()));
    OWNED(GPtrArray) persons(dim_shelf_persons(shelf.get(), DIM_SHELF_INCOMING));
    EXPECT_EQ(persons->len, 0U);
}

TEST_F(ShelfAge, ForgetsNothingWhileNobodyIsThereToHearTheAnswer)
{
    park("old");
    for (int days = 0; days < 30; days++) {
        run(HOUR);
        restart();
        clock.advance(DAY);
    }
    EXPECT_EQ(take(), "old ");
}

TEST_F(ShelfAge, CountsTheDaysOfAllRunsTogether)
{
    park("old");
    for (int days = 0; days < 8; days++) {
        EXPECT_EQ(waiting(), 1U) << days;
        restart();
        run(DAY);
    }
    run(HOUR);
    EXPECT_EQ(waiting(), 0U);
}

// By an hour, a year, or since 1970: until somebody sets it.
TEST_F(ShelfAge, WhatCameWhileTheClockWasBehindIsNotOldWhenItIsSet)
{
    const double now = clock.now();

    for (double behind : { HOUR, 365 * DAY, now - 5000 }) {
        clock.sleep(-behind);
        restart();
        park("early");
        run(HOUR);
        clock.sleep(behind);
        run(HOUR);
    }
    EXPECT_FALSE(dim_shelf_take_lost(shelf.get()));
    EXPECT_EQ(take(), "early early early ");
}

TEST_F(ShelfAge, WhatCameWhileTheClockWasAheadDoesNotStopTheForgetting)
{
    clock.sleep(400 * DAY);
    park("ahead");
    clock.sleep(-400 * DAY);
    run(4 * DAY);
    restart();
    park("after");
    run(4.1 * DAY);
    EXPECT_EQ(waiting(), 1U);
    run(4 * DAY);
    EXPECT_EQ(waiting(), 0U);
}

TEST_F(ShelfAge, AClockThatIsAheadMakesNothingOld)
{
    park("young");
    run(HOUR);
    for (int i = 0; i < 3; i++) {
        clock.sleep(400 * DAY);
        run(HOUR);
        clock.sleep(-400 * DAY);
        restart();
    }
    EXPECT_EQ(take(), "young ");
}

// What came while the clock was ahead is shown, but its marks lie there still.
TEST_F(ShelfAge, WhatComesAfterARestartIsNotAsOldAsWhatIsGone)
{
    clock.sleep(400 * DAY);
    park("ahead");
    run(HOUR);
    EXPECT_EQ(take(), "ahead ");
    clock.sleep(-400 * DAY);
    run(7 * DAY);
    restart();
    park("young");
    run(7.9 * DAY);
    EXPECT_EQ(waiting(), 1U);
    run(0.2 * DAY);
    EXPECT_EQ(waiting(), 0U);
}

} // namespace
