// SPDX-License-Identifier: GPL-2.0-or-later
// DimSeen: what was shown once is known for eight days of being online, over restarts, and forgotten later.
#include "people/seen.h"

#include <gtest/gtest.h>

#include "tests/support/autoptr.hh"
#include "tests/support/folder.hh"
#include "tests/support/matchers.hh"

using support::Error;

namespace {
const double day = 24 * 3600;

// The program, in all (storage/ages.h).
bool
ran(DimStore *store, double seconds)
{
    DimRecord total = { "total", seconds, nullptr, nullptr, nullptr };

    return dim_store_save(store, DIM_TABLE_AGES, &total, nullptr) != FALSE;
}
} // namespace

TEST(Seen, KnowsATagAfterARestart)
{
    support::Folder folder;
    const std::string path = folder.file("store.db");
    Error error;

    for (int run = 0; run < 2; run++) {
        OWNED(DimStore) store(dim_store_open(path.c_str(), &error));
        ASSERT_NE(store, nullptr) << error.message();
        OWNED(DimSeen) seen(dim_seen_new(store.get()));
        EXPECT_EQ(dim_seen_has(seen.get(), "abcd:0x1"), run == 1);
        EXPECT_FALSE(dim_seen_has(seen.get(), "abcd:0x2"));
        ASSERT_TRUE(dim_seen_add(seen.get(), "abcd:0x1", &error));
    }
}

TEST(Seen, ForgetsWhatItsTransactionDoes)
{
    OWNED(DimStore) store(dim_store_open_memory());
    OWNED(DimSeen) seen(dim_seen_new(store.get()));
    Error error;

    ASSERT_TRUE(dim_store_begin(store.get(), &error));
    ASSERT_TRUE(dim_seen_add(seen.get(), "x", &error));
    EXPECT_TRUE(dim_seen_has(seen.get(), "x"));
    dim_store_rollback(store.get());
    EXPECT_FALSE(dim_seen_has(seen.get(), "x"));
}

TEST(Seen, KeepsAWeekAndPrunesAfterEightDays)
{
    OWNED(DimStore) store(dim_store_open_memory());
    OWNED(DimSeen) seen(dim_seen_new(store.get()));
    Error error;

    ASSERT_TRUE(dim_seen_add(seen.get(), "old", &error));
    ASSERT_TRUE(ran(store.get(), 7.5 * day));
    for (int i = 0; i < 1000; i++)
        ASSERT_TRUE(dim_seen_add(seen.get(), ("n" + std::to_string(i)).c_str(), &error));
    EXPECT_TRUE(dim_seen_has(seen.get(), "old"));
    ASSERT_TRUE(ran(store.get(), 8.5 * day));
    for (int i = 0; i < 1000; i++)
        ASSERT_TRUE(dim_seen_add(seen.get(), ("m" + std::to_string(i)).c_str(), &error));
    EXPECT_FALSE(dim_seen_has(seen.get(), "old"));
    EXPECT_TRUE(dim_seen_has(seen.get(), "n0"));
}
