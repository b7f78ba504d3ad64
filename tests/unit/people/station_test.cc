// SPDX-License-Identifier: GPL-2.0-or-later
// DimStation: an address as a value; the identity met there first stays until it is unpinned.
#include "people/station.h"

#include <gtest/gtest.h>

#include "tests/support/identities.hh"
#include "tests/support/matchers.hh"

using support::Error;
using support::failed_with;
using support::id_of;

TEST(Station, HasADefaultPort)
{
    OWNED(DimStation) station(dim_station_new("Example.org", 0));

    EXPECT_STREQ(dim_station_host(station.get()), "Example.org");
    EXPECT_EQ(dim_station_port(station.get()), 9394);
}

TEST(Station, KeepsTheIdentityMetFirst)
{
    OWNED(DimStore) store(dim_store_open_memory());
    OWNED(DimStation) station(dim_station_new("Example.org", 9394));
    OWNED(DimStation) same(dim_station_new("example.ORG", 0));
    OWNED(DimStation) other(dim_station_new("example.org", 9395));
    OWNED(DimId) first = id_of("0x1111111111111111111111111111111111111111");
    OWNED(DimId) second = id_of("0x2222222222222222222222222222222222222222");
    Error error;

    EXPECT_EQ(dim_station_pinned(station.get(), store.get(), nullptr), nullptr);
    ASSERT_TRUE(dim_station_pin(station.get(), store.get(), first.get(), &error));
    OWNED(DimId) pinned(dim_station_pinned(same.get(), store.get(), nullptr));
    ASSERT_NE(pinned, nullptr);
    EXPECT_TRUE(dim_id_equal(pinned.get(), first.get()));
    EXPECT_EQ(dim_station_pinned(other.get(), store.get(), nullptr), nullptr);

    EXPECT_TRUE(dim_station_pin(station.get(), store.get(), first.get(), &error));
    EXPECT_FALSE(dim_station_pin(station.get(), store.get(), second.get(), &error));
    EXPECT_TRUE(failed_with(error, DIM_ERROR_NOT_ALLOWED));
    ASSERT_TRUE(dim_station_unpin(station.get(), store.get(), &error));
    EXPECT_TRUE(dim_station_pin(station.get(), store.get(), second.get(), &error));
}

TEST(Station, SaysWhenWhoItWasCannotBeRead)
{
    OWNED(DimStore) store(dim_store_open_memory());
    OWNED(DimStation) station(dim_station_new("example.org", 9394));
    DimRecord broken = {};
    Error error;

    broken.key = "example.org:9394";
    broken.label = "no ID";
    ASSERT_TRUE(dim_store_save(store.get(), DIM_TABLE_STATIONS, &broken, &error));
    EXPECT_EQ(dim_station_pinned(station.get(), store.get(), &error), nullptr);
    EXPECT_TRUE(failed_with(error, DIM_ERROR_STORAGE));
}

TEST(Station, RemembersHowQuickItWasWithoutForgettingWhoItIs)
{
    OWNED(DimStore) store(dim_store_open_memory());
    OWNED(DimStation) station(dim_station_new("example.org", 9394));
    OWNED(DimId) first = id_of("0x1111111111111111111111111111111111111111");
    OWNED(DimId) second = id_of("0x2222222222222222222222222222222222222222");
    Error error;

    EXPECT_DOUBLE_EQ(dim_station_measure(station.get(), store.get()), 0);
    ASSERT_TRUE(dim_station_set_measure(station.get(), store.get(), -1700000000.5, &error));
    EXPECT_EQ(dim_station_pinned(station.get(), store.get(), nullptr), nullptr);
    ASSERT_TRUE(dim_station_pin(station.get(), store.get(), first.get(), &error));
    EXPECT_DOUBLE_EQ(dim_station_measure(station.get(), store.get()), -1700000000.5);
    ASSERT_TRUE(dim_station_set_measure(station.get(), store.get(), 0.25, &error));
    OWNED(DimId) pinned(dim_station_pinned(station.get(), store.get(), nullptr));
    ASSERT_NE(pinned, nullptr);
    EXPECT_TRUE(dim_id_equal(pinned.get(), first.get()));
    EXPECT_FALSE(dim_station_pin(station.get(), store.get(), second.get(), &error));
}

TEST(Station, ReadsAListAsPeopleWriteIt)
{
    Error error;
    OWNED(GPtrArray)
    list(dim_station_list(" a.example , b.example:9395,[::1]:80,fe80::1,, A.example:9394 ",
                          9394, &error));
    const std::pair<const char *, guint16> wanted[] = {
        { "a.example", 9394 }, { "b.example", 9395 }, { "::1", 80 }, { "fe80::1", 9394 }
    };

    ASSERT_NE(list, nullptr) << error.message();
    ASSERT_EQ(list->len, 4u);
    for (guint i = 0; i < list->len; i++) {
        auto *one = static_cast<DimStation *>(list->pdata[i]);

        EXPECT_STREQ(dim_station_host(one), wanted[i].first);
        EXPECT_EQ(dim_station_port(one), wanted[i].second);
    }
    std::string many;
    for (int i = 0; i < 17; i++)
        many += "h" + std::to_string(i) + ",";
    for (const char *bad : { "", " , ", "a:0", "a:65536", "a:x", ":80", "a b", "http://a",
                             "[::1", "[::1]x", "u@a", many.c_str() }) {
        OWNED(GPtrArray) none(dim_station_list(bad, 9394, &error));

        EXPECT_EQ(none, nullptr) << bad;
        EXPECT_TRUE(failed_with(error, DIM_ERROR_MALFORMED)) << bad;
    }
}
