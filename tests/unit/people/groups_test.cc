// SPDX-License-Identifier: GPL-2.0-or-later
// Groups on disk: what counts stays, what does not goes, and strangers who found many take no friend's place.
#include "people/groups.h"

#include <gtest/gtest.h>
#include <set>
#include <vector>

#include "people/contacts.h"

#include "tests/support/identities.hh"
#include "tests/support/matchers.hh"

using support::Error;
using support::id_of;
using support::Text;

namespace {

class Groups : public ::testing::Test {
  protected:
    OWNED(DimStore) store{ dim_store_open_memory() };
    OWNED(DimId) me = person(1);
    OWNED(DimId) friendly = person(2);
    OWNED(DimId) stranger = person(3);
    std::set<std::string> wanted; // tags that count
    double now = 1700000000;
    gboolean others_went = FALSE; // when one was kept last
    Error error;

    static OWNED(DimId) person(int number)
    {
        char text[64];

        g_snprintf(text, sizeof text, "0x%040d", number);
        return id_of(text);
    }
    // Any ID will do for a group: what it is decides who calls.
    static OWNED(DimId) group(int number)
    {
        return person(1000 + number);
    }
    void
    SetUp() override
    {
        OWNED(DimContacts) contacts(dim_contacts_new(store.get()));

        ASSERT_TRUE(dim_contacts_add(contacts.get(), friendly.get(), nullptr, &error));
    }
    bool
    save(int number, const DimId *founder, const std::string &text = "{}")
    {
        return save(number, founder, text, nullptr, "", 0);
    }
    bool
    save(int number,
         const DimId *founder,
         const std::string &text,
         const char *tag,
         const std::string &message,
         double time)
    {
        OWNED(DimId) id = group(number);
        DimGroupNews news = {};

        news.group = id.get();
        news.founder = founder;
        news.me = me.get();
        news.now = now++;
        news.text = text.c_str();
        DimGroupSigned one = { const_cast<char *>(tag), const_cast<char *>(message.c_str()),
                               time };
        OWNED(GPtrArray) messages(g_ptr_array_new());
        if (tag != nullptr)
            g_ptr_array_add(messages.get(), &one);
        news.messages = messages.get();
        news.wants = [](const char *which, gpointer self) -> gboolean {
            return static_cast<Groups *>(self)->wanted.count(which) > 0;
        };
        news.data = this;
        return dim_groups_save(store.get(), &news, &others_went, &error) != FALSE;
    }
    std::string
    load(int number)
    {
        OWNED(DimId) id = group(number);
        char *text = dim_groups_load(store.get(), id.get(), &error);

        return text != nullptr ? Text(text).get() : "";
    }
    std::vector<std::string>
    messages(int number)
    {
        OWNED(DimId) id = group(number);
        OWNED(GPtrArray) texts(dim_groups_signed(store.get(), id.get(), &error));
        std::vector<std::string> all;

        for (guint i = 0; i < texts->len; i++)
            all.emplace_back(static_cast<const char *>(texts->pdata[i]));
        return all;
    }
    guint
    count(DimTable table) const
    {
        return dim_store_count(store.get(), table);
    }
};

using Messages = std::vector<std::string>;

TEST_F(Groups, AreKeptWithWhatWasSigned)
{
    wanted = { "reset", "invite" };
    EXPECT_EQ(load(1), "");
    EXPECT_TRUE(save(1, friendly.get(), "one", "invite", "the invitation", 20));
    EXPECT_TRUE(save(1, friendly.get(), "two", "reset", "the reset", 10));
    EXPECT_TRUE(save(2, friendly.get(), "other", "reset", "another reset", 10));
    EXPECT_EQ(load(1), "two");
    EXPECT_EQ(messages(1), (Messages{ "the reset", "the invitation" }));
    EXPECT_EQ(messages(2), Messages{ "another reset" });
    EXPECT_EQ(messages(3), Messages{});
}

TEST_F(Groups, WhatDoesNotCountAnyMoreGoes)
{
    wanted = { "a", "b" };
    EXPECT_TRUE(save(1, friendly.get(), "1", "a", "A", 1));
    EXPECT_TRUE(save(1, friendly.get(), "2", "b", "B", 2));
    EXPECT_TRUE(save(1, friendly.get(), "3", "c", "C", 3)); // never counted
    EXPECT_EQ(messages(1), (Messages{ "A", "B" }));
    wanted = { "d" };
    EXPECT_TRUE(save(1, friendly.get(), "4", "d", "D", 4));
    EXPECT_EQ(messages(1), Messages{ "D" });
    wanted = {};
    EXPECT_TRUE(save(1, friendly.get(), "5"));
    EXPECT_EQ(messages(1), Messages{});
    EXPECT_EQ(count(DIM_TABLE_GROUP_RECORDS), 0u);
}

TEST_F(Groups, SignedMessagesHaveAnEnd)
{
    const std::string half(DIM_GROUPS_MAX_SIGNED / 2, 'x');

    wanted = { "a", "b", "c" };
    EXPECT_TRUE(save(1, friendly.get(), "1", "a", half, 1));
    EXPECT_TRUE(save(1, friendly.get(), "2", "b", half, 2));
    EXPECT_TRUE(save(1, friendly.get(), "3", "c", "one byte too much", 3));
    EXPECT_EQ(messages(1), (Messages{ half, half }));
    EXPECT_EQ(load(1), "3"); // who belongs to it is known all the same
    wanted = { "b", "c" };
    EXPECT_TRUE(save(1, friendly.get(), "4", "c", "room again", 3));
    EXPECT_EQ(messages(1), (Messages{ half, "room again" }));
}

TEST_F(Groups, StrangersWhoFoundManyTakeNoFriendsPlace)
{
    wanted = { "a" };
    EXPECT_TRUE(save(0, friendly.get(), "friends", "a", "A", 1));
    EXPECT_TRUE(save(1, me.get(), "mine"));
    EXPECT_TRUE(save(2, stranger.get(), "first", "a", "A", 1));
    EXPECT_TRUE(save(3, nullptr, "second"));
    for (int i = 4; i < 2 + DIM_GROUPS_MAX_STRANGERS; i++)
        EXPECT_TRUE(save(i, stranger.get()));
    EXPECT_EQ(count(DIM_TABLE_GROUPS), 2u + DIM_GROUPS_MAX_STRANGERS);
    EXPECT_EQ(load(2), "first");
    EXPECT_TRUE(save(2, stranger.get(), "first, changed", "a", "A", 1));
    for (int i = 0; i < 5; i++)
        EXPECT_TRUE(save(2000 + i, stranger.get(), "one more"));
    EXPECT_EQ(count(DIM_TABLE_GROUPS), 2u + DIM_GROUPS_MAX_STRANGERS);
    EXPECT_EQ(load(0), "friends");
    EXPECT_EQ(load(1), "mine");
    EXPECT_EQ(load(2), "first, changed"); // the longest unchanged went
    EXPECT_EQ(load(3), "");
    EXPECT_EQ(load(2004), "one more");
}

TEST_F(Groups, HaveAnEndInAll)
{
    for (int i = 0; i < 5; i++)
        EXPECT_TRUE(save(i, stranger.get(), "a stranger's"));
    for (int i = 5; i < DIM_GROUPS_MAX; i++)
        EXPECT_TRUE(save(i, friendly.get()));
    EXPECT_TRUE(save(1000, friendly.get(), "one more"));
    EXPECT_EQ(count(DIM_TABLE_GROUPS), static_cast<guint>(DIM_GROUPS_MAX));
    EXPECT_EQ(load(0), "");
    EXPECT_EQ(load(1), "a stranger's");
    for (int i = 1001; i < 1005; i++)
        EXPECT_TRUE(save(i, friendly.get()));
    EXPECT_TRUE(save(1005, friendly.get(), "no place")); // and nobody to make any
    EXPECT_EQ(load(1005), "");
    EXPECT_TRUE(save(2000, stranger.get(), "no place either"));
    EXPECT_EQ(load(2000), "");
    EXPECT_EQ(count(DIM_TABLE_GROUPS), static_cast<guint>(DIM_GROUPS_MAX));
    EXPECT_TRUE(save(5, friendly.get(), "known ones go on"));
    EXPECT_EQ(load(5), "known ones go on");
}

// Each of them is small when it comes.
TEST_F(Groups, OfStrangersAreBoundedInBytesAlsoWhenTheyGrow)
{
    const std::string large(DIM_GROUPS_MAX_SIGNED - 1024, 'x');
    const int all = 80;

    wanted = { "a" };
    EXPECT_TRUE(save(0, friendly.get(), "friends", "a", large, 1));
    for (int i = 1; i <= all; i++)
        EXPECT_TRUE(save(i, stranger.get(), "small"));
    EXPECT_EQ(count(DIM_TABLE_GROUPS), 1u + all);
    EXPECT_FALSE(others_went);
    for (int i = 1; i <= all; i++)
        EXPECT_TRUE(save(i, stranger.get(), "large", "a", large, 1));
    EXPECT_EQ(count(DIM_TABLE_GROUPS), 1u + DIM_GROUPS_MAX_BYTES / DIM_GROUPS_MAX_SIGNED - 1);
    EXPECT_EQ(count(DIM_TABLE_GROUP_RECORDS), count(DIM_TABLE_GROUPS));
    EXPECT_EQ(load(0), "friends");
    EXPECT_EQ(load(1), ""); // the longest unchanged
    EXPECT_EQ(load(all), "large");
    EXPECT_TRUE(others_went);
}

TEST_F(Groups, OfStrangersAreBoundedInBytes)
{
    const std::string large(DIM_GROUPS_MAX_SIGNED - 1024, 'x');

    wanted = { "a" };
    EXPECT_TRUE(save(0, friendly.get(), large, "a", large, 1));
    for (int i = 1; i <= 40; i++)
        EXPECT_TRUE(save(i, stranger.get(), large, "a", large, 1));
    EXPECT_EQ(load(1), "");
    EXPECT_EQ(messages(1), Messages{}); // not even that
    EXPECT_EQ(load(0), large);
    EXPECT_EQ(load(40), large);
    EXPECT_LE(count(DIM_TABLE_GROUPS),
              1u + DIM_GROUPS_MAX_BYTES / (2 * (DIM_GROUPS_MAX_SIGNED - 1024)));
    EXPECT_EQ(count(DIM_TABLE_GROUP_RECORDS), count(DIM_TABLE_GROUPS));
}

} // namespace
