// SPDX-License-Identifier: GPL-2.0-or-later
// The station on a full disk: it acknowledges nothing that it has not kept, says so, goes on, and recovers.
#include <gtest/gtest.h>

#include "storage/sqlite.h"

#include "tests/support/full_disk.hh"
#include "tests/unit/station/house.hh"

using namespace station_test;

namespace {
using support::FullDisk;

// What is warned of meanwhile.
class Warnings {
  public:
    Warnings()
    {
        before_ = g_log_set_default_handler(
            [](const char *, GLogLevelFlags level, const char *text, gpointer self) {
                if ((level & G_LOG_LEVEL_WARNING) != 0)
                    static_cast<Warnings *>(self)->texts.emplace_back(text);
            },
            this);
    }
    ~Warnings()
    {
        g_log_set_default_handler(before_, nullptr);
    }
    Warnings(const Warnings &) = delete;
    Warnings &operator=(const Warnings &) = delete;

    std::vector<std::string> texts;

  private:
    GLogFunc before_;
};

TEST(Disk, AFullOneAcknowledgesNothingAndIsSaidOnce)
{
    House house;
    Person anna("Anna");
    Person ben("Ben");
    auto a = house.caller(anna);
    auto b = house.caller(ben);
    const std::string first = letter(anna, ben, "first");
    Warnings warnings;

    ASSERT_TRUE(a->login());
    ASSERT_TRUE(b->login());
    house.settle_sessions(*b);
    {
        FullDisk disk;

        for (int i = 0; i < 5; i++) {
            auto again = i == 0 ? std::move(a) : house.caller(anna);

            if (i > 0 && !again->login())
                continue; // nothing can be kept of this line either
            EXPECT_FALSE(again->acknowledged(again->send(first), 300));
            EXPECT_FALSE(again->receipt("Message delivered.", 10));
        }
        EXPECT_EQ(house.queued(), 0U);
        b->wait(50, [] { return false; });
        EXPECT_TRUE(b->letters.empty()) << "what is not kept is not handed over";
        ASSERT_GE(warnings.texts.size(), 1U);
        EXPECT_LE(warnings.texts.size(), 1U) << "the log is on that disk as well";
    }
    // There is room again.
    auto later = house.caller(anna);
    ASSERT_TRUE(later->login());
    EXPECT_TRUE(later->acknowledged(later->send(first)));
    auto reader = house.caller(ben);
    if (b->closed(10)) {
        ASSERT_TRUE(reader->login());
    }
    EXPECT_TRUE(reader->wait(3000, [&] {
        b->wait(1, [] { return false; });
        return !b->letters.empty() || !reader->letters.empty();
    }));
}

// What somebody told of himself on a full disk is not "known already" when he comes again.
TEST(Disk, WhoCameOnAFullOneIsKeptTheNextTime)
{
    House house;
    Person anna("Anna");
    Warnings warnings;
    const guint before = dim_store_count(house.store.get(), DIM_TABLE_METAS);

    {
        FullDisk disk;
        auto a = house.caller(anna);

        EXPECT_FALSE(a->login());
    }
    EXPECT_EQ(dim_store_count(house.store.get(), DIM_TABLE_METAS), before);
    auto a = house.caller(anna);
    ASSERT_TRUE(a->login());
    EXPECT_EQ(dim_store_count(house.store.get(), DIM_TABLE_METAS), before + 1);
    EXPECT_EQ(dim_store_count(house.store.get(), DIM_TABLE_DOCUMENTS), before + 1);
}

// Nothing is on its way to him that he could acknowledge, so nothing of his brings the rest.
TEST(Disk, WhoseQueueCouldNotBeReadOnceGetsItSoonAfterwards)
{
    House house;
    Person anna("Anna");
    Person ben("Ben");
    Warnings warnings;
    auto a = house.caller(anna);
    auto b = house.caller(ben);
    int denied = 0;

    ASSERT_TRUE(a->login());
    ASSERT_TRUE(b->login());
    b.reset();
    ASSERT_TRUE(a->acknowledged(a->send(letter(anna, ben, "first"))));
    b = house.caller(ben);
    sqlite3_set_authorizer(
        house.store->db,
        [](void *count, int action, const char *table, const char *, const char *,
           const char *) {
            const bool queue = action == SQLITE_READ && table == std::string("queue");

            *static_cast<int *>(count) += queue;
            return queue ? SQLITE_DENY : SQLITE_OK;
        },
        &denied);
    ASSERT_TRUE(b->login());
    house.settle_sessions(*b);
    EXPECT_TRUE(b->wait(3000, [&] { return !warnings.texts.empty(); }));
    const int before = denied;
    EXPECT_TRUE(b->wait(5000, [&] { return denied > before; })) << "it is tried again";
    EXPECT_EQ(warnings.texts.size(), 1U) << "and said once";
    EXPECT_TRUE(b->letters.empty());
    sqlite3_set_authorizer(house.store->db, nullptr, nullptr);
    EXPECT_TRUE(b->wait(5000, [&] { return !b->letters.empty(); }));
}

} // namespace
