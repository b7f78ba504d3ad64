// SPDX-License-Identifier: GPL-2.0-or-later
// What is kept for users: one of a kind each, the newest, bounded, after a restart and after a failed turn; who is blocked.
#include "station/keeper.h"

#include "tests/support/fake_clock.hh"
#include "tests/support/matchers.hh"
#include "tests/unit/station/person.hh"

using namespace station_test;

namespace {

struct Room {
    Room()
    {
        open();
    }
    void
    open()
    {
        keeper.reset(dim_keeper_new(store.get(), settings.get(), clock, &error));
        EXPECT_TRUE(keeper) << error.message();
    }
    DimKeeperVerdict
    put(const Person &who, const char *kind, double time, const std::string &text)
    {
        return dim_keeper_put(keeper.get(), kind, who.id(), time, text.c_str(), &error);
    }
    DimKeeperVerdict
    block(const Person &who, const std::string &ids, double time = 0)
    {
        return put(who, "block", time,
                   R"({"type":136,"sn":1,"command":"block","list":[)" + ids + "]}");
    }
    std::string
    get(const Person &who, const char *kind)
    {
        Text text(dim_keeper_get(keeper.get(), kind, who.id()));

        return text ? text.get() : "(nothing)";
    }
    bool
    blocks(const Person &reader, const DimId *sender, const DimId *group = nullptr)
    {
        return dim_keeper_blocks(keeper.get(), reader.id(), sender, group) != FALSE;
    }
    support::FakeClock clock;
    support::Error error;
    OWNED(DimSettings) settings{ dim_settings_new() };
    OWNED(DimStore) store{ dim_store_open_memory() };
    OWNED(DimKeeper) keeper;
    Person anna{ "Anna" };
    Person ben{ "Ben" };
    Person cleo{ "Cleo" };
};

std::string
quoted(const std::string &text)
{
    return "\"" + text + "\"";
}

TEST(Keeper, KeepsOneOfAKindForEachOwner)
{
    Room room;

    EXPECT_EQ(room.put(room.anna, "contacts", 0, "one"), DIM_KEEPER_KEPT);
    EXPECT_EQ(room.put(room.anna, "private_key", 0, "two"), DIM_KEEPER_KEPT);
    EXPECT_EQ(room.put(room.ben, "contacts", 0, "three"), DIM_KEEPER_KEPT);
    EXPECT_EQ(room.get(room.anna, "contacts"), "one");
    EXPECT_EQ(room.get(room.anna, "private_key"), "two");
    EXPECT_EQ(room.get(room.ben, "contacts"), "three");
    EXPECT_EQ(room.get(room.ben, "private_key"), "(nothing)");
    EXPECT_EQ(room.get(room.cleo, "contacts"), "(nothing)");
}

TEST(Keeper, TheNewestStaysWhateverComesAfterIt)
{
    Room room;
    const double now = dim_clock_now(room.clock);

    EXPECT_EQ(room.put(room.anna, "mute", now - 10, "new"), DIM_KEEPER_KEPT);
    EXPECT_EQ(room.put(room.anna, "mute", now - 11, "old"), DIM_KEEPER_OLDER);
    EXPECT_EQ(room.put(room.anna, "mute", now + 1801, "of the future"), DIM_KEEPER_OLDER);
    EXPECT_EQ(room.get(room.anna, "mute"), "new");
    EXPECT_EQ(room.put(room.anna, "mute", now - 10, "again"), DIM_KEEPER_KEPT);
    EXPECT_EQ(room.put(room.anna, "mute", 0, "without a time"), DIM_KEEPER_KEPT);
    EXPECT_EQ(room.get(room.anna, "mute"), "without a time");
    EXPECT_EQ(room.put(room.anna, "mute", now - 1, "before it"), DIM_KEEPER_OLDER);
}

TEST(Keeper, ABoundForOneAndForAll)
{
    Room room;

    room.settings->kept_bytes = 100;
    room.settings->kept_total = 250;
    EXPECT_EQ(room.put(room.anna, "mute", 0, std::string(101, 'x')), DIM_KEEPER_FULL);
    EXPECT_EQ(room.put(room.anna, "mute", 0, std::string(100, 'x')), DIM_KEEPER_KEPT);
    EXPECT_EQ(room.put(room.ben, "mute", 0, std::string(100, 'x')), DIM_KEEPER_KEPT);
    EXPECT_EQ(room.put(room.cleo, "mute", 0, std::string(51, 'x')), DIM_KEEPER_FULL);
    EXPECT_EQ(room.put(room.anna, "mute", 0, std::string(99, 'y')), DIM_KEEPER_KEPT)
        << "what it replaces does not count";
    EXPECT_EQ(room.put(room.cleo, "mute", 0, std::string(51, 'x')), DIM_KEEPER_KEPT);
    room.open();
    EXPECT_EQ(room.put(room.cleo, "block", 0, "x"), DIM_KEEPER_FULL) << "counted at the start";
    EXPECT_EQ(room.put(room.ben, "mute", 0, "x"), DIM_KEEPER_KEPT);
    EXPECT_EQ(room.put(room.cleo, "block", 0, "x"), DIM_KEEPER_KEPT);
}

TEST(Keeper, AFailedTurnIsForgotten)
{
    Room room;

    room.settings->kept_total = 960;
    ASSERT_EQ(room.block(room.anna, ""), DIM_KEEPER_KEPT);
    EXPECT_FALSE(room.blocks(room.anna, room.ben.id()));
    ASSERT_TRUE(dim_store_begin(room.store.get(), &room.error));
    EXPECT_EQ(room.put(room.anna, "mute", 0, std::string(900, 'x')), DIM_KEEPER_KEPT);
    EXPECT_EQ(room.block(room.anna, quoted(room.ben.name())), DIM_KEEPER_FULL);
    dim_store_rollback(room.store.get());
    ASSERT_TRUE(dim_store_begin(room.store.get(), &room.error));
    EXPECT_EQ(room.block(room.anna, quoted(room.ben.name())), DIM_KEEPER_KEPT);
    EXPECT_TRUE(room.blocks(room.anna, room.ben.id()));
    dim_store_rollback(room.store.get());
    EXPECT_FALSE(room.blocks(room.anna, room.ben.id()));
}

TEST(Keeper, BlocksSendersAndGroupsOfAListFromItsNextMessageOn)
{
    Room room;
    guint8 seed[4] = { 1, 2, 3, 4 };
    Text address(dim_address_btc(seed, sizeof seed, 0x10));
    OWNED(DimId) group(dim_id_parse((std::string("club@") + address.get()).c_str(), nullptr));
    OWNED(DimId) phone(dim_id_parse((room.ben.name() + "/phone").c_str(), nullptr));

    EXPECT_FALSE(room.blocks(room.anna, room.ben.id()));
    ASSERT_EQ(
        room.block(room.anna, quoted(room.ben.name()) + "," + quoted(dim_id_text(group.get()))),
        DIM_KEEPER_KEPT);
    EXPECT_TRUE(room.blocks(room.anna, room.ben.id()));
    EXPECT_TRUE(room.blocks(room.anna, phone.get())) << "whatever the terminal";
    EXPECT_FALSE(room.blocks(room.anna, room.cleo.id()));
    EXPECT_TRUE(room.blocks(room.anna, room.cleo.id(), group.get()));
    EXPECT_TRUE(room.blocks(room.anna, room.ben.id(), dim_id_everyone()))
        << "whatever group he names";
    EXPECT_FALSE(room.blocks(room.ben, room.anna.id())) << "the other way it is open";
    room.open();
    EXPECT_TRUE(room.blocks(room.anna, room.ben.id()));
    ASSERT_EQ(room.block(room.anna, ""), DIM_KEEPER_KEPT);
    EXPECT_FALSE(room.blocks(room.anna, room.ben.id()));
}

TEST(Keeper, AMutedSenderIsNotBlocked)
{
    Room room;

    ASSERT_EQ(room.put(room.anna, "mute", 0,
                       R"({"type":136,"sn":1,"command":"mute","list":[")" + room.ben.name()
                           + R"("]})"),
              DIM_KEEPER_KEPT);
    EXPECT_FALSE(room.blocks(room.anna, room.ben.id()));
}

TEST(Keeper, WhatCannotBeReadBlocksNobody)
{
    Room room;

    for (const char *text : { "", "{", R"({"type":136,"sn":1,"command":"block"})",
                              R"({"type":136,"sn":1,"command":"block","list":"x"})",
                              R"({"type":136,"sn":1,"command":"block","list":[1,{},null]})" }) {
        ASSERT_EQ(room.put(room.anna, "block", 0, text), DIM_KEEPER_KEPT);
        EXPECT_FALSE(room.blocks(room.anna, room.ben.id())) << text;
    }
}

TEST(Keeper, MoreListsThanItRemembersAreReadAgain)
{
    Room room;
    std::string list = quoted(room.ben.name());
    guint8 seed[4] = {};

    for (int i = 0; i < 1999; i++) {
        memcpy(seed, &i, sizeof seed);
        list += "," + quoted(Text(dim_address_btc(seed, sizeof seed, 0x08)).get());
    }
    /* More IDs than are remembered at once: each list is read again, and right. */
    for (int i = 0; i < 150; i++) {
        memcpy(seed, &i, sizeof seed);
        OWNED(DimId)
        owner(dim_id_parse(Text(dim_address_btc(seed, sizeof seed, 0x08)).get(), nullptr));
        ASSERT_EQ(
            dim_keeper_put(
                room.keeper.get(), "block", owner.get(), 0,
                (R"({"type":136,"sn":1,"command":"block","list":[)" + list + "]}").c_str(),
                &room.error),
            DIM_KEEPER_KEPT);
        ASSERT_TRUE(dim_keeper_blocks(room.keeper.get(), owner.get(), room.ben.id(), nullptr));
        ASSERT_FALSE(
            dim_keeper_blocks(room.keeper.get(), owner.get(), room.anna.id(), nullptr));
    }
    for (int i = 0; i < 17000; i++) {
        memcpy(seed, &i, sizeof seed);
        OWNED(DimId)
        owner(dim_id_parse(Text(dim_address_btc(seed, sizeof seed, 0x08)).get(), nullptr));
        ASSERT_EQ(dim_keeper_blocks(room.keeper.get(), owner.get(), room.ben.id(), nullptr),
                  i < 150);
    }
}

} // namespace
