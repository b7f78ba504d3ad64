// SPDX-License-Identifier: GPL-2.0-or-later
// DimSeen: what was shown once is known for eight days, over restarts, and forgotten later.
#include "people/seen.h"

#include <gtest/gtest.h>

#include "tests/support/autoptr.hh"
#include "tests/support/fake_clock.hh"
#include "tests/support/folder.hh"
#include "tests/support/matchers.hh"

using support::Error;

namespace {
const double day = 24 * 3600;
}

TEST(Seen, KnowsATagAfterARestart)
{
    support::Folder folder;
    support::FakeClock clock;
    const std::string path = folder.file("store.db");
    Error error;

    for (int run = 0; run < 2; run++) {
        OWNED(DimStore) store(dim_store_open(path.c_str(), &error));
        ASSERT_NE(store, nullptr) << error.message();
        OWNED(DimSeen) seen(dim_seen_new(store.get(), clock.get()));
        EXPECT_EQ(dim_seen_has(seen.get(), "abcd:0x1"), run == 1);
        EXPECT_FALSE(dim_seen_has(seen.get(), "abcd:0x2"));
        ASSERT_TRUE(dim_seen_add(seen.get(), "abcd:0x1", &error));
    }
}

TEST(Seen, ForgetsWhatItsTransactionDoes)
{
    support::FakeClock clock;
    OWNED(DimStore) store(dim_store_open_memory());
    OWNED(DimSeen) seen(dim_seen_new(store.get(), clock.get()));
    Error error;

    ASSERT_TRUE(dim_store_begin(store.get(), &error));
    ASSERT_TRUE(dim_seen_add(seen.get(), "x", &error));
    EXPECT_TRUE(dim_seen_has(seen.get(), "x"));
    dim_store_rollback(store.get());
    EXPECT_FALSE(dim_seen_has(seen.get(), "x"));
}

TEST(Seen, KeepsAWeekAndPrunesAfterEightDays)
{
    support::FakeClock clock;
    OWNED(DimStore) store(dim_store_open_memory());
    OWNED(DimSeen) seen(dim_seen_new(store.get(), clock.get()));
    Error error;

    ASSERT_TRUE(dim_seen_add(seen.get(), "old", &error));
    clock.sleep(7.5 * day);
    for (int i = 0; i < 1000; i++)
        ASSERT_TRUE(dim_seen_add(seen.get(), ("n" + std::to_string(i)).c_str(), &error));
    EXPECT_TRUE(dim_seen_has(seen.get(), "old"));
    clock.sleep(1 * day);
    for (int i = 0; i < 1000; i++)
        ASSERT_TRUE(dim_seen_add(seen.get(), ("m" + std::to_string(i)).c_str(), &error));
    EXPECT_FALSE(dim_seen_has(seen.get(), "old"));
    EXPECT_TRUE(dim_seen_has(seen.get(), "n0"));
}
