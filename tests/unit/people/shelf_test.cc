// SPDX-License-Identifier: GPL-2.0-or-later
// DimShelf: parked messages come back in their order, once; strangers cannot fill it.
#include "people/shelf.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <vector>

#include "people/contacts.h"

#include "tests/support/fake_clock.hh"
#include "tests/support/folder.hh"
#include "tests/support/identities.hh"
#include "tests/support/matchers.hh"

using support::Error;
using support::failed_with;
using support::id_of;

namespace {

class Shelf : public ::testing::Test {
  protected:
    support::FakeClock clock;
    OWNED(DimStore) store{ dim_store_open_memory() };
    OWNED(DimShelf) shelf{ dim_shelf_new(store.get(), clock.get()) };
    OWNED(DimId) bob = person(1);
    OWNED(DimId) eve = person(2);
    Error error;

    static OWNED(DimId) person(int number)
    {
        char text[64];

        g_snprintf(text, sizeof text, "0x%040d", number);
        return id_of(text);
    }
    bool
    put_on_the_list(DimId *id)
    {
        OWNED(DimContacts) contacts(dim_contacts_new(store.get()));

        return dim_contacts_add(contacts.get(), id, nullptr, &error) != FALSE;
    }
    bool
    make_contact(DimId *id)
    {
        DimRecord known = { dim_id_text(id), 1, nullptr, nullptr, nullptr };

        return put_on_the_list(id)
               && dim_store_save(store.get(), DIM_TABLE_METAS, &known, &error) != FALSE;
    }
    bool
    say_in(DimId *group, DimId *who, const char *text)
    {
        return dim_shelf_park_in(shelf.get(), group, who, text, &error) != FALSE;
    }
    // The first words there: "hi" of a contact, "new" of a stranger.
    void
    begin_talk(DimId *group)
    {
        OWNED(DimId) friend_of_mine = person(3);

        ASSERT_TRUE(make_contact(friend_of_mine.get()));
        ASSERT_TRUE(say_in(group, friend_of_mine.get(), "hi"));
        ASSERT_TRUE(say_in(group, bob.get(), "new"));
    }
    std::string
    take(DimShelfSide side, DimId *id)
    {
        OWNED(GPtrArray) rows(dim_shelf_list(shelf.get(), side, id, nullptr, nullptr, &error));
        std::string joined;

        EXPECT_NE(rows, nullptr) << error.message();
        for (guint i = 0; rows && i < rows->len; i++) {
            const char *row = static_cast<char *>(g_ptr_array_index(rows.get(), i));

            joined += std::string(support::Text(dim_shelf_read(shelf.get(), row, &error)).get())
                      + " ";
            EXPECT_TRUE(dim_shelf_drop(shelf.get(), row, &error)) << error.message();
        }
        return joined;
    }
};

} // namespace

TEST_F(Shelf, GivesBackInOrderAndOnce)
{
    for (const char *text : { "c", "a", "b" })
        ASSERT_TRUE(dim_shelf_park(shelf.get(), DIM_SHELF_INCOMING, bob.get(), text, &error));
    ASSERT_TRUE(dim_shelf_park(shelf.get(), DIM_SHELF_OUTGOING, bob.get(), "mine", &error));
    ASSERT_TRUE(dim_shelf_park(shelf.get(), DIM_SHELF_INCOMING, eve.get(), "hers", &error));
    EXPECT_TRUE(dim_shelf_has(shelf.get(), DIM_SHELF_INCOMING, bob.get()));
    EXPECT_EQ(take(DIM_SHELF_INCOMING, bob.get()), "c a b ");
    EXPECT_EQ(take(DIM_SHELF_INCOMING, bob.get()), "");
    EXPECT_FALSE(dim_shelf_has(shelf.get(), DIM_SHELF_INCOMING, bob.get()));
    EXPECT_TRUE(dim_shelf_has(shelf.get(), DIM_SHELF_OUTGOING, bob.get()));
    EXPECT_FALSE(dim_shelf_has(shelf.get(), DIM_SHELF_OUTGOING, eve.get()));
    EXPECT_EQ(take(DIM_SHELF_OUTGOING, bob.get()), "mine ");
    EXPECT_EQ(take(DIM_SHELF_INCOMING, eve.get()), "hers ");
}

TEST_F(Shelf, KeepsTheOrderWhenTheClockGoesBack)
{
    ASSERT_TRUE(dim_shelf_park(shelf.get(), DIM_SHELF_OUTGOING, bob.get(), "1", &error));
    clock.sleep(-5000);
    ASSERT_TRUE(dim_shelf_park(shelf.get(), DIM_SHELF_OUTGOING, bob.get(), "2", &error));
    shelf.reset(dim_shelf_new(store.get(), clock.get()));
    ASSERT_TRUE(dim_shelf_park(shelf.get(), DIM_SHELF_OUTGOING, bob.get(), "3", &error));
    EXPECT_EQ(take(DIM_SHELF_OUTGOING, bob.get()), "1 2 3 ");
}

TEST_F(Shelf, NamesThePersonsOfOneSide)
{
    ASSERT_TRUE(dim_shelf_park(shelf.get(), DIM_SHELF_INCOMING, bob.get(), "x", &error));
    ASSERT_TRUE(dim_shelf_park(shelf.get(), DIM_SHELF_INCOMING, bob.get(), "y", &error));
    ASSERT_TRUE(dim_shelf_park(shelf.get(), DIM_SHELF_OUTGOING, eve.get(), "z", &error));
    OWNED(GPtrArray) incoming(dim_shelf_persons(shelf.get(), DIM_SHELF_INCOMING));
    ASSERT_EQ(incoming->len, 1U);
    EXPECT_TRUE(
        dim_id_equal(static_cast<DimId *>(g_ptr_array_index(incoming.get(), 0)), bob.get()));
    OWNED(GPtrArray) outgoing(dim_shelf_persons(shelf.get(), DIM_SHELF_OUTGOING));
    ASSERT_EQ(outgoing->len, 1U);
}

TEST_F(Shelf, NamesWhoWaitsLongestFirst)
{
    std::vector<OWNED(DimId)> all;

    for (int i = 0; i < 20; i++) {
        all.emplace_back(
            dim_id_parse(("p" + std::to_string(i * 7 % 20) + "@anywhere").c_str(), nullptr));
        ASSERT_TRUE(
            dim_shelf_park(shelf.get(), DIM_SHELF_OUTGOING, all.back().get(), "x", &error));
    }
    for (int round = 0; round < 2; round++) {
        OWNED(GPtrArray) named(dim_shelf_persons(shelf.get(), DIM_SHELF_OUTGOING));
        ASSERT_EQ(named->len, 20U);
        for (guint i = 0; i < 20; i++)
            EXPECT_TRUE(dim_id_equal(static_cast<DimId *>(named->pdata[i]), all[i].get()));
        shelf.reset(dim_shelf_new(store.get(), clock.get()));
    }
}

TEST_F(Shelf, IsBoundedForEachPerson)
{
    ASSERT_TRUE(make_contact(bob.get()));
    for (int i = 0; i < DIM_SHELF_MAX_PERSON; i++)
        ASSERT_TRUE(dim_shelf_park(shelf.get(), DIM_SHELF_INCOMING, bob.get(), "x", &error));
    EXPECT_FALSE(dim_shelf_park(shelf.get(), DIM_SHELF_INCOMING, bob.get(), "x", &error));
    EXPECT_TRUE(failed_with(error, DIM_ERROR_NOT_ALLOWED));
    EXPECT_EQ(error.message(), "Too many messages wait for this person already");
    EXPECT_TRUE(dim_shelf_park(shelf.get(), DIM_SHELF_OUTGOING, bob.get(), "x", &error));
    EXPECT_TRUE(dim_shelf_park(shelf.get(), DIM_SHELF_INCOMING, eve.get(), "x", &error));
    shelf.reset(dim_shelf_new(store.get(), clock.get())); /* also after a restart */
    EXPECT_FALSE(dim_shelf_park(shelf.get(), DIM_SHELF_INCOMING, bob.get(), "x", &error));
    take(DIM_SHELF_INCOMING, bob.get());
    EXPECT_TRUE(dim_shelf_park(shelf.get(), DIM_SHELF_INCOMING, bob.get(), "x", &error));
}

TEST_F(Shelf, ForgetsTheOldestOfAStrangerWhoSaysTooMuch)
{
    for (int i = 0; i < 2 * DIM_SHELF_MAX_PERSON; i++)
        ASSERT_TRUE(dim_shelf_park(shelf.get(), DIM_SHELF_INCOMING, eve.get(),
                                   std::to_string(i).c_str(), &error));
    const std::string all = take(DIM_SHELF_INCOMING, eve.get());
    EXPECT_EQ(all.find("0 1 2 "), std::string::npos);
    EXPECT_NE(all.find(" 1998 1999 "), std::string::npos);
    EXPECT_LE(std::count(all.begin(), all.end(), ' '), DIM_SHELF_MAX_PERSON);
}

// Nobody signs a sender: until his meta is known, these may be anybody's words.
TEST_F(Shelf, TheNameOfAContactWhoseMetaIsUnknownIsNoPass)
{
    const std::string big(4 * 1024 * 1024, 'x');

    ASSERT_TRUE(put_on_the_list(bob.get()));
    for (int i = 0; i < DIM_SHELF_MAX_PERSON; i++)
        ASSERT_TRUE(
            dim_shelf_park(shelf.get(), DIM_SHELF_INCOMING, bob.get(), "forged", &error));
    ASSERT_TRUE(dim_shelf_park(shelf.get(), DIM_SHELF_INCOMING, bob.get(), "true", &error))
        << error.message();
    EXPECT_TRUE(dim_shelf_take_lost(shelf.get()));
    for (int i = 0; i < 40; i++)
        ASSERT_TRUE(
            dim_shelf_park(shelf.get(), DIM_SHELF_INCOMING, bob.get(), big.c_str(), &error));
    ASSERT_TRUE(dim_shelf_park(shelf.get(), DIM_SHELF_INCOMING, eve.get(), "hers", &error));
    ASSERT_TRUE(dim_shelf_park(shelf.get(), DIM_SHELF_INCOMING, bob.get(), "last", &error));
    EXPECT_EQ(take(DIM_SHELF_INCOMING, eve.get()), "hers ");
    const std::string all = take(DIM_SHELF_INCOMING, bob.get());
    EXPECT_EQ(all.substr(all.size() - 5), "last ");
}

TEST_F(Shelf, TheOldestStrangerMakesRoomForTheNext)
{
    OWNED(DimId) friend_of_mine = person(3);

    ASSERT_TRUE(make_contact(friend_of_mine.get()));
    ASSERT_TRUE(
        dim_shelf_park(shelf.get(), DIM_SHELF_INCOMING, friend_of_mine.get(), "hi", &error));
    ASSERT_TRUE(dim_shelf_park(shelf.get(), DIM_SHELF_OUTGOING, eve.get(), "mine", &error));
    for (int i = 0; i < 2 * DIM_SHELF_MAX_STRANGERS; i++) {
        OWNED(DimId) id = person(100 + i);

        ASSERT_TRUE(dim_shelf_park(shelf.get(), DIM_SHELF_INCOMING, id.get(), "x", &error))
            << error.message();
        ASSERT_TRUE(dim_shelf_park(shelf.get(), DIM_SHELF_INCOMING, id.get(), "y", &error));
    }
    ASSERT_TRUE(dim_shelf_park(shelf.get(), DIM_SHELF_INCOMING, bob.get(), "x", &error));
    OWNED(GPtrArray) persons(dim_shelf_persons(shelf.get(), DIM_SHELF_INCOMING));
    EXPECT_LE(persons->len, static_cast<guint>(DIM_SHELF_MAX_STRANGERS));
    EXPECT_EQ(take(DIM_SHELF_INCOMING, person(100).get()), "") << "the oldest went, with all";
    EXPECT_EQ(take(DIM_SHELF_INCOMING, bob.get()), "x ");
    EXPECT_EQ(take(DIM_SHELF_INCOMING, friend_of_mine.get()), "hi ") << "a contact stays";
    EXPECT_EQ(take(DIM_SHELF_OUTGOING, eve.get()), "mine ") << "and so do my own words";
}

TEST_F(Shelf, ContactsAloneCanFillIt)
{
    for (int i = 0; i < DIM_SHELF_MAX_STRANGERS; i++) {
        OWNED(DimId) id = person(100 + i);

        ASSERT_TRUE(make_contact(id.get()));
        ASSERT_TRUE(dim_shelf_park(shelf.get(), DIM_SHELF_INCOMING, id.get(), "x", &error));
    }
    EXPECT_FALSE(dim_shelf_park(shelf.get(), DIM_SHELF_INCOMING, bob.get(), "x", &error));
    EXPECT_TRUE(failed_with(error, DIM_ERROR_NOT_ALLOWED));
    EXPECT_EQ(error.message(), "Messages of too many people wait already");
}

TEST_F(Shelf, IsBoundedInBytes)
{
    const std::string big(4 * 1024 * 1024, 'x');
    int parked = 0;

    ASSERT_TRUE(make_contact(bob.get()));
    while (parked < 100
           && dim_shelf_park(shelf.get(), DIM_SHELF_INCOMING, bob.get(), big.c_str(), &error))
        parked++;
    EXPECT_EQ(parked, 16);
    EXPECT_TRUE(failed_with(error, DIM_ERROR_NOT_ALLOWED));
    EXPECT_EQ(error.message(), "Too much waits already");
}

TEST_F(Shelf, TheOldestBytesOfStrangersMakeRoom)
{
    const std::string big(4 * 1024 * 1024, 'x');

    for (int i = 0; i < 40; i++) {
        OWNED(DimId) id = person(100 + i);

        ASSERT_TRUE(
            dim_shelf_park(shelf.get(), DIM_SHELF_INCOMING, id.get(), big.c_str(), &error));
    }
    EXPECT_LE(dim_store_count(store.get(), DIM_TABLE_WAITING), 16U);
    EXPECT_EQ(take(DIM_SHELF_INCOMING, person(139).get()), big + " ");
}

TEST_F(Shelf, CountsAgainAfterARollback)
{
    ASSERT_TRUE(dim_store_begin(store.get(), &error));
    for (int i = 0; i < DIM_SHELF_MAX_PERSON; i++)
        ASSERT_TRUE(dim_shelf_park(shelf.get(), DIM_SHELF_INCOMING, bob.get(), "x", &error));
    dim_store_rollback(store.get());
    EXPECT_TRUE(dim_shelf_park(shelf.get(), DIM_SHELF_INCOMING, bob.get(), "x", &error));
    EXPECT_EQ(take(DIM_SHELF_INCOMING, bob.get()), "x ");
}

TEST_F(Shelf, GivesNothingTwiceWhenTakingIsRolledBack)
{
    ASSERT_TRUE(dim_shelf_park(shelf.get(), DIM_SHELF_INCOMING, bob.get(), "x", &error));
    ASSERT_TRUE(dim_store_begin(store.get(), &error));
    EXPECT_EQ(take(DIM_SHELF_INCOMING, bob.get()), "x ");
    dim_store_rollback(store.get());
    EXPECT_EQ(take(DIM_SHELF_INCOMING, bob.get()), "x ") << "it was never taken";
    EXPECT_EQ(take(DIM_SHELF_INCOMING, bob.get()), "");
}

TEST_F(Shelf, WhoSaysMostInAGroupMakesRoomForTheOthers)
{
    OWNED(DimId) group = person(4);

    begin_talk(group.get());
    EXPECT_FALSE(dim_shelf_take_lost(shelf.get()));
    for (int i = 0; i < 2 * DIM_SHELF_MAX_PERSON; i++)
        ASSERT_TRUE(say_in(group.get(), eve.get(), std::to_string(i).c_str()));
    EXPECT_TRUE(dim_shelf_take_lost(shelf.get()));
    EXPECT_FALSE(dim_shelf_take_lost(shelf.get())) << "that is told once";
    EXPECT_LE(dim_store_count(store.get(), DIM_TABLE_WAITING), guint{ DIM_SHELF_MAX_PERSON });
    const std::string all = take(DIM_SHELF_INCOMING, group.get());
    EXPECT_EQ(all.find("hi new "), 0U) << all.substr(0, 20);
    EXPECT_NE(all.find(" 1998 1999 "), std::string::npos);
}

TEST_F(Shelf, OfManyWhoSayLittleInAGroupTheOldestGoButNoContact)
{
    OWNED(DimId) group = person(4);

    begin_talk(group.get());
    for (int i = 0; i < DIM_SHELF_MAX_PERSON; i++)
        ASSERT_TRUE(say_in(group.get(), person(100 + i).get(), "x"));
    EXPECT_EQ(take(DIM_SHELF_INCOMING, group.get()).find("hi x "), 0U);
}

// To look reads all that waits: a crowd in front of a full shelf must not have it read for each of them.
TEST_F(Shelf, LooksForRoomNoMoreThanOnceAMinuteWhereThereIsNone)
{
    OWNED(DimContacts) contacts(dim_contacts_new(store.get()));
    OWNED(DimId) group = person(4);

    ASSERT_TRUE(make_contact(bob.get()));
    for (int i = 0; i < DIM_SHELF_MAX_PERSON; i++)
        ASSERT_TRUE(say_in(group.get(), bob.get(), "hi"));
    EXPECT_FALSE(say_in(group.get(), eve.get(), "no room"));
    EXPECT_TRUE(failed_with(error, DIM_ERROR_NOT_ALLOWED));
    ASSERT_TRUE(dim_contacts_remove(contacts.get(), bob.get(), &error));
    clock.sleep(59);
    EXPECT_FALSE(say_in(group.get(), eve.get(), "not looked for"));
    EXPECT_TRUE(failed_with(error, DIM_ERROR_NOT_ALLOWED));
    clock.sleep(2);
    EXPECT_TRUE(say_in(group.get(), eve.get(), "found")) << error.message();
}

// Where one pile is full of contacts' words, that says nothing of the others.
TEST_F(Shelf, LooksForRoomForOthersThoughOnePileHasNone)
{
    OWNED(DimId) group = person(4);

    ASSERT_TRUE(make_contact(bob.get()));
    for (int i = 0; i < DIM_SHELF_MAX_PERSON; i++)
        ASSERT_TRUE(say_in(group.get(), bob.get(), "hi"));
    for (int i = 0; i < DIM_SHELF_MAX_STRANGERS - 1; i++)
        ASSERT_TRUE(say_in(person(100 + i).get(), eve.get(), "x"));
    EXPECT_FALSE(say_in(group.get(), eve.get(), "no room"));
    EXPECT_TRUE(failed_with(error, DIM_ERROR_NOT_ALLOWED));
    EXPECT_TRUE(say_in(person(99).get(), eve.get(), "x")) << error.message();
}

TEST_F(Shelf, WhoSaysMostBytesMakesRoomForTheOthers)
{
    const std::string big(4 * 1024 * 1024, 'x');
    OWNED(DimId) group = person(4);

    ASSERT_TRUE(dim_shelf_park(shelf.get(), DIM_SHELF_INCOMING, bob.get(), "bob", &error));
    ASSERT_TRUE(say_in(group.get(), bob.get(), "new"));
    for (int i = 0; i < 40; i++)
        ASSERT_TRUE(say_in(group.get(), eve.get(), big.c_str()));
    EXPECT_LE(dim_store_count(store.get(), DIM_TABLE_WAITING), 18U);
    EXPECT_EQ(take(DIM_SHELF_INCOMING, bob.get()), "bob ");
    EXPECT_EQ(take(DIM_SHELF_INCOMING, group.get()).find("new "), 0U);
}

TEST_F(Shelf, CountsWhatIsTakenOneByOne)
{
    ASSERT_TRUE(make_contact(bob.get()));
    for (int i = 0; i < DIM_SHELF_MAX_PERSON; i++)
        ASSERT_TRUE(dim_shelf_park(shelf.get(), DIM_SHELF_INCOMING, bob.get(),
                                   std::to_string(i).c_str(), &error));
    for (const char *expected : { "0", "1" }) {
        support::Text text(
            dim_shelf_take_first(shelf.get(), DIM_SHELF_INCOMING, bob.get(), &error));
        EXPECT_STREQ(text.get(), expected);
        ASSERT_TRUE(dim_shelf_park(shelf.get(), DIM_SHELF_INCOMING, bob.get(), "x", &error));
        EXPECT_FALSE(dim_shelf_park(shelf.get(), DIM_SHELF_INCOMING, bob.get(), "x", &error));
    }
}
