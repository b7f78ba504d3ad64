// SPDX-License-Identifier: GPL-2.0-or-later
// DimPauses, and DimBook with them: a pause is as long as it should be, however many people there are.
#include "people/pauses.h"

#include <gtest/gtest.h>

#include "people/book.h"
#include "people/contacts.h"

#include "tests/support/autoptr.hh"
#include "tests/support/fake_clock.hh"
#include "tests/support/identities.hh"

namespace {

constexpr int MANY = DIM_PAUSES_MAX;

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
        EXPECT_EQ(dim_book_may_push(book.get(), person(i).get()), i < MANY - 1) << i;
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

// Who is told my visa may be anybody; the person is warned of contacts and of the station.
TEST_F(Pauses, NoWarningStaysOutForOthers)
{
    for (int i = 0; i < MANY; i++)
        ASSERT_TRUE(dim_book_may_push(book.get(), person(i).get())) << i;
    ASSERT_FALSE(dim_book_may_push(book.get(), alice.get()));
    EXPECT_TRUE(dim_book_may_warn(book.get(), alice.get(), "altered"));
    EXPECT_FALSE(dim_book_may_warn(book.get(), alice.get(), "altered"));
    for (int i = 0; i < MANY; i++)
        EXPECT_TRUE(dim_book_may_warn(book.get(), person(i).get(), "closed")) << i;
    EXPECT_FALSE(dim_book_may_warn(book.get(), person(MANY - 1).get(), "closed"));
    EXPECT_TRUE(dim_book_may_warn(book.get(), alice.get(), "altered"))
        << "the oldest made room";
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
TEST_F(Pauses, OfTooManyQuestionsTheOldestAloneIsForgotten)
{
    for (int i = 0; i < MANY; i++)
        EXPECT_TRUE(dim_book_may_ask(book.get(), "document", person(i).get()));
    EXPECT_FALSE(dim_book_may_ask(book.get(), "document", person(0).get()));
    EXPECT_TRUE(dim_book_may_ask(book.get(), "document", alice.get()));
    for (int i = 1; i <= MANY; i++)
        EXPECT_FALSE(dim_book_may_ask(book.get(), "document", person(i).get())) << i;
    EXPECT_TRUE(dim_book_may_ask(book.get(), "document", person(0).get()));
    EXPECT_TRUE(dim_book_may_ask(book.get(), "document", person(1).get())) << "the next oldest";
}

TEST_F(Pauses, TenAnswersToAPersonHoweverManyQuestionsAreAsked)
{
    for (int i = 0; i < 10; i++)
        EXPECT_TRUE(dim_book_may_answer(book.get(), alice.get())) << i;
    for (int i = 0; i < 2 * MANY; i++)
        EXPECT_TRUE(dim_book_may_ask(book.get(), "document", person(i).get()));
    EXPECT_FALSE(dim_book_may_answer(book.get(), alice.get()));
    EXPECT_TRUE(dim_book_may_answer(book.get(), person(0).get()));
    clock.advance(600);
    EXPECT_TRUE(dim_book_may_answer(book.get(), alice.get()));
}

TEST_F(Pauses, AThrongOfPersonsGetsNobodyAnEleventhAnswer)
{
    int answers = 0;

    for (int i = 0; i < 10; i++)
        EXPECT_TRUE(dim_book_may_answer(book.get(), alice.get()));
    clock.advance(300);
    for (int i = 0; i < MANY; i++)
        answers += dim_book_may_answer(book.get(), person(i).get());
    EXPECT_EQ(answers, MANY - 10);
    EXPECT_FALSE(dim_book_may_answer(book.get(), alice.get()));
    clock.advance(300); // hers are over, theirs are not
    EXPECT_TRUE(dim_book_may_answer(book.get(), alice.get()));
}

class PausesAlone : public ::testing::Test {
  protected:
    support::FakeClock clock;
    OWNED(DimPauses) yielding{ dim_pauses_new(clock.get(), 60, DIM_PAUSES_YIELD) };
    OWNED(DimPauses) refusing{ dim_pauses_new(clock.get(), 60, DIM_PAUSES_REFUSE) };
};

TEST_F(PausesAlone, LastTheirSecondsAndNoLonger)
{
    EXPECT_TRUE(dim_pauses_may(yielding.get(), "a"));
    clock.advance(59.9);
    EXPECT_FALSE(dim_pauses_may(yielding.get(), "a")) << "and that is no new beginning";
    EXPECT_TRUE(dim_pauses_may(yielding.get(), "b"));
    clock.advance(0.2);
    EXPECT_TRUE(dim_pauses_may(yielding.get(), "a"));
    EXPECT_FALSE(dim_pauses_may(yielding.get(), "b"));
}

TEST_F(PausesAlone, EndWhenTheyAreForgotten)
{
    for (DimPauses *pauses : { yielding.get(), refusing.get() }) {
        EXPECT_TRUE(dim_pauses_may(pauses, "a"));
        EXPECT_TRUE(dim_pauses_may(pauses, "b"));
        dim_pauses_forget(pauses, "a");
        dim_pauses_forget(pauses, "never heard of");
        EXPECT_TRUE(dim_pauses_may(pauses, "a"));
        EXPECT_FALSE(dim_pauses_may(pauses, "b"));
    }
}

// One of them goes, not all: else whoever asks often enough ends everybody's pause.
TEST_F(PausesAlone, BeyondTheBoundOneYieldsOrTheNewIsRefused)
{
    for (DimPauses *pauses : { yielding.get(), refusing.get() }) {
        const bool yields = pauses == yielding.get();

        for (int i = 0; i < MANY; i++)
            ASSERT_TRUE(dim_pauses_may(pauses, std::to_string(i).c_str())) << i;
        EXPECT_EQ(dim_pauses_may(pauses, "new"), yields);
        for (int i = 1; i < MANY; i++)
            ASSERT_FALSE(dim_pauses_may(pauses, std::to_string(i).c_str())) << i;
        EXPECT_EQ(dim_pauses_may(pauses, "0"), yields);
    }
}
} // namespace
