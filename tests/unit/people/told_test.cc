// SPDX-License-Identifier: GPL-2.0-or-later
// What a person was told once is never told again: over restarts, after years, and however many things there are.
#include "people/told.h"

#include <gtest/gtest.h>

#include "people/seen.h"

#include "tests/support/autoptr.hh"
#include "tests/support/folder.hh"
#include "tests/support/matchers.hh"

using support::Error;

namespace {

class ToldTest : public ::testing::Test {
  protected:
    support::Folder folder;
    Error error;
    OWNED(DimId) anna{ dim_id_parse("0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf", nullptr) };
    OWNED(DimId) ben{ dim_id_parse("0x98d548788b2b84f3F59224417855F40305779Bf2", nullptr) };
    OWNED(DimStore) store{ open() };

    DimStore *
    open()
    {
        return dim_store_open(folder.file("store.db").c_str(), nullptr);
    }
    // The program, in all (storage/ages.h).
    void
    ran(double seconds)
    {
        DimRecord total = { "total", seconds, nullptr, nullptr, nullptr };

        ASSERT_TRUE(dim_store_save(store.get(), DIM_TABLE_AGES, &total, &error));
    }
    bool
    first(const DimId *who, const std::string &thing)
    {
        return dim_told_first(store.get(), who, thing.c_str(), &error) != FALSE;
    }
};

TEST_F(ToldTest, EachThingOnceForEachPerson)
{
    EXPECT_TRUE(first(anna.get(), "dance"));
    EXPECT_FALSE(first(anna.get(), "dance"));
    EXPECT_TRUE(first(anna.get(), "sing"));
    EXPECT_TRUE(first(ben.get(), "dance"));
    EXPECT_FALSE(first(ben.get(), "dance"));
    EXPECT_FALSE(error) << error.message();
}

TEST_F(ToldTest, IsRememberedOverRestartsAndForYears)
{
    DimRecord known = { dim_id_text(anna.get()), 1, nullptr, nullptr, nullptr };

    ASSERT_TRUE(dim_store_save(store.get(), DIM_TABLE_METAS, &known, &error));
    ASSERT_TRUE(first(anna.get(), "dance"));
    ASSERT_TRUE(first(ben.get(), "dance"));
    store.reset();
    store.reset(open());
    ran(10.0 * 365 * 24 * 3600);
    OWNED(DimSeen) seen(dim_seen_new(store.get()));
    for (int i = 0; i < 600; i++) // prunes what is old
        ASSERT_TRUE(dim_seen_add(seen.get(), std::to_string(i).c_str(), &error));
    EXPECT_FALSE(first(anna.get(), "dance"));
    EXPECT_TRUE(first(ben.get(), "dance")) << "no meta of his is kept: nothing would ever go";
}

TEST_F(ToldTest, AFewThingsForEachPersonAndNoMore)
{
    for (int i = 0; i < 100; i++)
        EXPECT_EQ(first(anna.get(), std::to_string(i)), i < DIM_TOLD_MAX) << i;
    EXPECT_EQ(dim_store_count(store.get(), DIM_TABLE_SEEN), 1u);
    EXPECT_TRUE(first(ben.get(), "0"));
}

TEST_F(ToldTest, IsUndoneWithItsTransaction)
{
    ASSERT_TRUE(dim_store_begin(store.get(), &error));
    EXPECT_TRUE(first(anna.get(), "dance"));
    dim_store_rollback(store.get());
    EXPECT_TRUE(first(anna.get(), "dance"));
}

} // namespace
