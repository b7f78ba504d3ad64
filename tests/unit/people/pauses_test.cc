// SPDX-License-Identifier: GPL-2.0-or-later
// DimBook: a pause is as long as it should be, however many people there are.
#include <gtest/gtest.h>

#include "people/book.h"
#include "people/contacts.h"

#include "tests/support/autoptr.hh"
#include "tests/support/fake_clock.hh"
#include "tests/support/identities.hh"

namespace {

constexpr int MANY = 4096;

class Pauses : public ::testing::Test {
  protected:
    support::FakeClock clock;
    OWNED(DimStore) store{ dim_store_open_memory() };
    OWNED(DimBook) book{ dim_book_new(store.get(), clock.get()) };
    OWNED(DimId) alice = person(MANY);

    static OWNED(DimId) person(int number)
    {
        char text[64];

        g_snprintf(text, sizeof text, "0x%040d", number);
        return support::id_of(text);
    }
};

// Each of them costs a stranger no more than a new identity.
TEST_F(Pauses, AnHourIsNotShortenedByManyWhoAsk)
{
    EXPECT_TRUE(dim_book_may_push(book.get(), alice.get()));
    EXPECT_TRUE(dim_book_may_warn(book.get(), alice.get(), "closed"));
    clock.advance(660);
    for (int i = 0; i < MANY; i++) {
        EXPECT_TRUE(dim_book_may_ask(book.get(), "document", person(i).get()));
        EXPECT_EQ(dim_book_may_push(book.get(), person(i).get()), i < MANY - 2) << i;
    }
    EXPECT_TRUE(dim_book_may_ask(book.get(), "document", alice.get()));
    EXPECT_FALSE(dim_book_may_push(book.get(), alice.get()));
    EXPECT_FALSE(dim_book_may_warn(book.get(), alice.get(), "closed"));
    clock.advance(3000); // hers is over, theirs are not
    EXPECT_FALSE(dim_book_may_push(book.get(), person(0).get()));
    EXPECT_TRUE(dim_book_may_push(book.get(), alice.get()));
    EXPECT_TRUE(dim_book_may_warn(book.get(), alice.get(), "closed"));
    EXPECT_FALSE(dim_book_may_push(book.get(), alice.get()));
}

TEST_F(Pauses, TheHourOfAContactOutlivesARestart)
{
    OWNED(DimContacts) contacts(dim_contacts_new(store.get()));
    OWNED(DimId) bob = person(1);
    const auto restart = [&] { book.reset(dim_book_new(store.get(), clock.get())); };

    ASSERT_TRUE(dim_contacts_add(contacts.get(), alice.get(), nullptr, nullptr));
    EXPECT_TRUE(dim_book_may_push(book.get(), alice.get()));
    EXPECT_TRUE(dim_book_may_push(book.get(), bob.get()));
    clock.advance(3500);
    restart();
    EXPECT_FALSE(dim_book_may_push(book.get(), alice.get()));
    EXPECT_TRUE(dim_book_may_push(book.get(), bob.get())) << "a stranger leaves no row";
    clock.advance(200);
    EXPECT_TRUE(dim_book_may_push(book.get(), alice.get())) << "the hour is over";
    EXPECT_FALSE(dim_book_may_push(book.get(), alice.get()));
    clock.sleep(-10 * 24 * 3600.0);
    restart();
    EXPECT_TRUE(dim_book_may_push(book.get(), alice.get())) << "a clock that went back";
    EXPECT_EQ(dim_store_count(store.get(), DIM_TABLE_SEEN), 1u);
}

// What is asked for again costs little, a person who is never asked for much.
TEST_F(Pauses, QuestionsAreForgottenOnlyWhenThereAreTooMany)
{
    for (int i = 0; i < MANY; i++)
        EXPECT_TRUE(dim_book_may_ask(book.get(), "document", person(i).get()));
    EXPECT_FALSE(dim_book_may_ask(book.get(), "document", person(0).get()));
    EXPECT_TRUE(dim_book_may_ask(book.get(), "document", alice.get()));
    EXPECT_FALSE(dim_book_may_ask(book.get(), "document", alice.get()));
}
} // namespace
