// SPDX-License-Identifier: GPL-2.0-or-later
// Rows of the shelf: which there are, one read without the others, one that has gone.
#include <gtest/gtest.h>

#include "people/shelf.h"

#include "tests/support/fake_clock.hh"
#include "tests/support/identities.hh"

using support::Error;
using support::id_of;

namespace {

class ShelfRows : public ::testing::Test {
  protected:
    support::FakeClock clock;
    OWNED(DimStore) store{ dim_store_open_memory() };
    OWNED(DimShelf) shelf{ dim_shelf_new(store.get(), clock.get()) };
    OWNED(DimId) group = id_of("0x1111111111111111111111111111111111111111");
    OWNED(DimId) bob = id_of("0x2222222222222222222222222222222222222222");
    OWNED(DimId) eve = id_of("0x3333333333333333333333333333333333333333");
    Error error;

    void
    say(const OWNED(DimId) & who, const char *text)
    {
        ASSERT_TRUE(dim_shelf_park_in(shelf.get(), group.get(), who.get(), text, &error))
            << error.message();
    }
    OWNED(GPtrArray)
    rows(DimShelfFunc wanted, const char *data)
    {
        OWNED(GPtrArray)
        all(dim_shelf_list(shelf.get(), DIM_SHELF_INCOMING, group.get(), wanted,
                           const_cast<char *>(data), &error));

        EXPECT_NE(all, nullptr) << error.message();
        return all;
    }
    // Each text and a space.
    std::string
    read(const OWNED(GPtrArray) & rows)
    {
        std::string all;

        for (guint i = 0; i < rows->len; i++) {
            support::Text text(
                dim_shelf_read(shelf.get(), static_cast<char *>(rows->pdata[i]), &error));

            all += text ? text.get() : "nothing";
            all += " ";
        }
        return all;
    }
};

gboolean
is_of(const char *sender, gpointer wanted)
{
    return g_strcmp0(sender, static_cast<const char *>(wanted)) == 0;
}

TEST_F(ShelfRows, AreInTheOrderTheyCame)
{
    for (const char *text : { "c", "b", "a" })
        say(bob, text);
    EXPECT_EQ(read(rows(nullptr, nullptr)), "c b a ");
}

TEST_F(ShelfRows, AreThoseThatAreWantedAlone)
{
    say(bob, "1");
    say(eve, "2");
    say(bob, "3");
    ASSERT_TRUE(dim_shelf_park(shelf.get(), DIM_SHELF_INCOMING, group.get(), "4", &error));
    EXPECT_EQ(read(rows(is_of, dim_id_text(bob.get()))), "1 3 ");
    EXPECT_EQ(read(rows(is_of, nullptr)), "4 ");
}

TEST_F(ShelfRows, ThatHaveGoneAreNoError)
{
    say(bob, "x");
    OWNED(GPtrArray) all = rows(nullptr, nullptr);
    const char *row = static_cast<char *>(all->pdata[0]);

    for (int i = 0; i < 2; i++)
        ASSERT_TRUE(dim_shelf_drop(shelf.get(), row, &error));
    EXPECT_FALSE(dim_shelf_has(shelf.get(), DIM_SHELF_INCOMING, group.get()));
    EXPECT_EQ(read(all), "nothing ");
    EXPECT_EQ(error.get(), nullptr);
}

TEST_F(ShelfRows, LeaveTheirRoomToOthers)
{
    for (int i = 0; i < DIM_SHELF_MAX_PERSON; i++)
        ASSERT_TRUE(dim_shelf_park(shelf.get(), DIM_SHELF_OUTGOING, bob.get(), "x", &error));
    EXPECT_FALSE(dim_shelf_park(shelf.get(), DIM_SHELF_OUTGOING, bob.get(), "y", &error));
    OWNED(GPtrArray)
    all(dim_shelf_list(shelf.get(), DIM_SHELF_OUTGOING, bob.get(), nullptr, nullptr, &error));
    ASSERT_TRUE(dim_shelf_drop(shelf.get(), static_cast<char *>(all->pdata[7]), &error));
    EXPECT_TRUE(dim_shelf_park(shelf.get(), DIM_SHELF_OUTGOING, bob.get(), "y", &error));
}

} // namespace
