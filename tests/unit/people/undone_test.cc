// SPDX-License-Identifier: GPL-2.0-or-later
// What the rooms of people/ remember of rows does not outlive the transaction that wrote them.
#include <gtest/gtest.h>

#include "people/book.h"
#include "people/keyring.h"
#include "people/outbox.h"
#include "people/shelf.h"
#include "people/strangers.h"

#include "tests/support/fake_clock.hh"
#include "tests/support/folder.hh"
#include "tests/support/full_disk.hh"
#include "tests/support/identities.hh"
#include "tests/support/matchers.hh"

using support::Error;
using support::id_of;
using support::Identity;

namespace {

class Undone : public ::testing::Test {
  protected:
    support::FakeClock clock;
    OWNED(DimStore) store{ dim_store_open_memory() };
    OWNED(DimBook) book{ dim_book_new(store.get(), clock.get()) };
    OWNED(DimKeyring) keyring{ dim_keyring_new(store.get(), clock.get()) };
    Identity alice{ "Alice" };
    OWNED(DimId) bob = id_of("0x1111111111111111111111111111111111111111");
    Error error;

    void
    begin()
    {
        ASSERT_TRUE(dim_store_begin(store.get(), &error));
    }
    bool
    meet()
    {
        return dim_book_save_meta(book.get(), alice.id(), alice.meta(), &error);
    }
    DimBookVerdict
    save_visa()
    {
        return dim_book_save_document(book.get(), alice.id(), alice.visa(1000, "Alice").get(),
                                      &error);
    }
};

} // namespace

TEST_F(Undone, MetasAndVisasAreKeptTheNextTime)
{
    begin();
    ASSERT_TRUE(meet());
    ASSERT_EQ(save_visa(), DIM_BOOK_RECEIVED);
    ASSERT_NE(dim_book_document(book.get(), alice.id()), nullptr);
    dim_store_rollback(store.get());
    EXPECT_EQ(dim_book_meta(book.get(), alice.id()), nullptr);
    ASSERT_TRUE(meet());
    EXPECT_EQ(save_visa(), DIM_BOOK_RECEIVED) << "not said to be there already";
    EXPECT_EQ(dim_store_count(store.get(), DIM_TABLE_METAS), 1U);
    EXPECT_EQ(dim_store_count(store.get(), DIM_TABLE_DOCUMENTS), 1U);
}

// SQLite undoes all of a transaction when one write fails; the rest of the turn reads what is there then.
TEST_F(Undone, MetasAreForgottenWithTheWriteThatFails)
{
    support::Folder folder;
    const std::string big(4000000, 'x');
    OWNED(GBytes) value(g_bytes_new_static(big.data(), big.size()));
    DimRecord record = {};

    store.reset(dim_store_open(folder.file("store.db").c_str(), &error));
    book.reset(dim_book_new(store.get(), clock.get()));
    begin();
    ASSERT_TRUE(meet());
    record.key = "much";
    record.value = value.get();
    {
        support::FullDisk disk;
        for (int i = 0; i < 3; i++)
            dim_store_save(store.get(), DIM_TABLE_QUEUE, &record, nullptr);
        EXPECT_EQ(dim_book_meta(book.get(), alice.id()), nullptr);
        EXPECT_FALSE(dim_store_commit(store.get(), nullptr));
    }
    ASSERT_TRUE(meet());
    EXPECT_EQ(dim_store_count(store.get(), DIM_TABLE_METAS), 1U);
}

TEST_F(Undone, TalkKeysAreMadeAndLearnedAgain)
{
    OWNED(DimCipherKey) heard(dim_cipher_key_new());
    gboolean fresh = FALSE;
    OWNED(GPtrArray) wrapped(g_ptr_array_new());
    OWNED(GPtrArray) locks = support::one_lock();

    begin();
    ASSERT_NE(dim_keyring_sending(keyring.get(), bob.get(), nullptr, &error), nullptr);
    dim_keyring_keep_wrapped(keyring.get(), bob.get(), locks.get(), wrapped.get());
    ASSERT_TRUE(dim_keyring_learn(keyring.get(), bob.get(), nullptr, heard.get(), &error));
    dim_store_rollback(store.get());
    EXPECT_EQ(dim_keyring_wrapped(keyring.get(), bob.get(), locks.get()), nullptr);
    EXPECT_EQ(dim_keyring_receiving(keyring.get(), bob.get(), nullptr), nullptr);
    ASSERT_NE(dim_keyring_sending(keyring.get(), bob.get(), &fresh, &error), nullptr);
    EXPECT_TRUE(fresh);
    ASSERT_TRUE(dim_keyring_learn(keyring.get(), bob.get(), nullptr, heard.get(), &error));
    EXPECT_EQ(dim_store_count(store.get(), DIM_TABLE_TALK_KEYS), 2U);
}

TEST_F(Undone, TakingFromTheShelfLeavesItAsFullAsItWas)
{
    OWNED(DimShelf) shelf(dim_shelf_new(store.get(), clock.get()));

    for (int i = 0; i < DIM_SHELF_MAX_PERSON; i++)
        ASSERT_TRUE(dim_shelf_park(shelf.get(), DIM_SHELF_OUTGOING, bob.get(), "x", &error));
    begin();
    OWNED(GPtrArray)
    rows(dim_shelf_list(shelf.get(), DIM_SHELF_OUTGOING, bob.get(), nullptr, nullptr, &error));
    for (guint i = 0; i < rows->len; i++)
        ASSERT_TRUE(dim_shelf_drop(shelf.get(), static_cast<char *>(rows->pdata[i]), &error));
    EXPECT_FALSE(dim_shelf_has(shelf.get(), DIM_SHELF_OUTGOING, bob.get()));
    dim_store_rollback(store.get());
    EXPECT_FALSE(dim_shelf_park(shelf.get(), DIM_SHELF_OUTGOING, bob.get(), "x", nullptr));
    EXPECT_EQ(dim_store_count(store.get(), DIM_TABLE_WAITING), guint{ DIM_SHELF_MAX_PERSON });
}

// The oldest strangers who made room are there again.
// The tags that a row covers were not covered if that row was taken back: the process would give them out again after a kill.
TEST_F(Undone, TagsOfTheOutboxAreCoveredTheNextTime)
{
    guint64 first = 0, second = 0, third = 0;
    auto put = [&](DimOutbox *outbox, guint64 *tag) {
        return dim_outbox_put(outbox, bob.get(), 1, "signature", "{}", 1, tag, &error);
    };
    OWNED(DimOutbox) outbox(dim_outbox_new(store.get()));

    begin();
    ASSERT_TRUE(put(outbox.get(), &first));
    dim_store_rollback(store.get());
    ASSERT_TRUE(put(outbox.get(), &second));
    EXPECT_GT(second, first);
    ASSERT_TRUE(dim_outbox_remove(outbox.get(), second, &error));
    OWNED(DimOutbox) later(dim_outbox_new(store.get()));
    ASSERT_TRUE(put(later.get(), &third));
    EXPECT_GT(third, second);
}

TEST_F(Undone, StrangersAreCountedAgain)
{
    DimRecord record = {};

    for (int i = 0; i < DIM_STRANGERS_MAX; i++) {
        const std::string id = "0x" + std::string(36, '2') + std::to_string(1000 + i);

        record.key = id.c_str();
        ASSERT_TRUE(dim_store_save(store.get(), DIM_TABLE_METAS, &record, &error));
    }
    for (int i = 0; i < 3; i++) {
        begin();
        ASSERT_TRUE(meet());
        EXPECT_LE(dim_store_count(store.get(), DIM_TABLE_METAS), guint{ DIM_STRANGERS_MAX });
        dim_store_rollback(store.get());
    }
}
