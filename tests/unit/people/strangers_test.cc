// SPDX-License-Identifier: GPL-2.0-or-later
// The book and strangers: nobody fills the disk, alone or with many IDs, and none pushes a contact out.
#include <gtest/gtest.h>

#include "people/book.h"
#include "people/contacts.h"
#include "people/keyring.h"
#include "people/station.h"
#include "people/told.h"

#include "tests/support/fake_clock.hh"
#include "tests/support/identities.hh"

using support::Error;
using support::id_of;

namespace {

constexpr guint MOST = 1024;

// Somebody with a meta of his own: a key and as many names as there are numbers.
class Crowd : public ::testing::Test {
  protected:
    support::FakeClock clock;
    OWNED(DimStore) store{ dim_store_open_memory() };
    OWNED(DimBook) book{ dim_book_new(store.get(), clock.get()) };
    OWNED(DimPrivateKey) key{ dim_private_key_new(DIM_KEY_ECC, 0, nullptr) };
    Error error;

    struct One {
        OWNED(DimMeta) meta;
        OWNED(DimId) id;
    };
    One
    one(int number)
    {
        One made;

        made.meta.reset(dim_meta_new(DIM_META_MKM, key.get(),
                                     ("n" + std::to_string(number)).c_str(), &error));
        EXPECT_TRUE(made.meta) << error.message();
        made.id.reset(dim_meta_make_id(made.meta.get(), 0, &error));
        return made;
    }
    OWNED(DimId)
    meet(int number)
    {
        One made = one(number);

        clock.sleep(1);
        EXPECT_TRUE(dim_book_save_meta(book.get(), made.id.get(), made.meta.get(), &error))
            << error.message();
        return std::move(made.id);
    }
    bool
    knows(int number)
    {
        return dim_book_meta(book.get(), one(number).id.get()) != nullptr;
    }
    guint
    metas()
    {
        return dim_store_count(store.get(), DIM_TABLE_METAS);
    }
};

TEST_F(Crowd, TheOldestStrangersGo)
{
    for (int i = 0; i < 1500; i++)
        meet(i);
    EXPECT_LE(metas(), MOST);
    EXPECT_GT(metas(), MOST / 2);
    EXPECT_FALSE(knows(0)) << "neither on disk nor in the cache";
    EXPECT_TRUE(knows(1499));
}

TEST_F(Crowd, ContactsStationsAndThoseWhoAnsweredStay)
{
    OWNED(DimContacts) contacts(dim_contacts_new(store.get()));
    OWNED(DimStation) station(dim_station_new("station.example", 9394));
    OWNED(DimId) contact = meet(0);
    OWNED(DimId) pinned = meet(1);
    OWNED(DimId) met = meet(2);

    ASSERT_TRUE(dim_contacts_add(contacts.get(), contact.get(), nullptr, &error));
    ASSERT_TRUE(dim_station_pin(station.get(), store.get(), pinned.get(), &error));
    dim_book_set_acquainted(book.get(), met.get());
    for (int i = 10; i < 1500; i++)
        meet(i);
    EXPECT_TRUE(knows(0));
    EXPECT_TRUE(knows(1));
    EXPECT_TRUE(knows(2));
    EXPECT_FALSE(knows(10));
}

TEST_F(Crowd, CountsOnAfterARestartAndARollback)
{
    for (int i = 0; i < 1000; i++)
        meet(i);
    book.reset(dim_book_new(store.get(), clock.get()));
    ASSERT_TRUE(dim_store_begin(store.get(), &error));
    for (int i = 1000; i < 1200; i++)
        meet(i);
    dim_store_rollback(store.get());
    EXPECT_EQ(metas(), 1000U);
    for (int i = 2000; i < 2200; i++)
        meet(i);
    EXPECT_LE(metas(), MOST);
    EXPECT_TRUE(knows(2199));
}

TEST_F(Crowd, DocumentsAndLoginsGoWithTheirOwner)
{
    support::Identity alice("Alice");

    ASSERT_TRUE(dim_book_save_meta(book.get(), alice.id(), alice.meta(), &error));
    for (const char *terminal : { "phone", "desk" })
        ASSERT_EQ(dim_book_save_document(book.get(), alice.id(),
                                         alice.visa(1000, "Alice", terminal).get(), &error),
                  DIM_BOOK_RECEIVED);
    ASSERT_TRUE(dim_book_save_login(book.get(), alice.id(), 1, "{}", &error));
    for (int i = 0; i < 1100; i++)
        meet(i);
    EXPECT_EQ(dim_book_meta(book.get(), alice.id()), nullptr);
    EXPECT_EQ(dim_book_document(book.get(), alice.id()), nullptr);
    EXPECT_EQ(dim_store_count(store.get(), DIM_TABLE_DOCUMENTS), 0U);
    EXPECT_EQ(dim_store_count(store.get(), DIM_TABLE_LOGINS), 0U);
}

TEST_F(Crowd, TalkKeysAndWhatWasToldGoWithTheirOwner)
{
    OWNED(DimContacts) contacts(dim_contacts_new(store.get()));
    OWNED(DimKeyring) keyring(dim_keyring_new(store.get(), clock.get()));
    OWNED(DimId) group = id_of("Team@2BspmtSsoMRUr7SUmAQUqLZ9GYUqbgJCkk");
    OWNED(DimId) contact = meet(0);
    OWNED(DimId) stranger = meet(1);

    ASSERT_TRUE(dim_contacts_add(contacts.get(), contact.get(), nullptr, &error));
    for (const DimId *one : { contact.get(), stranger.get() }) {
        OWNED(DimCipherKey) talk(dim_cipher_key_new());

        ASSERT_TRUE(dim_keyring_learn(keyring.get(), one, nullptr, talk.get(), &error));
        ASSERT_TRUE(dim_keyring_learn(keyring.get(), one, group.get(), talk.get(), &error));
        ASSERT_NE(dim_keyring_sending(keyring.get(), one, nullptr, &error), nullptr);
        ASSERT_TRUE(dim_told_first(store.get(), one, "dance", &error));
    }
    ASSERT_EQ(dim_store_count(store.get(), DIM_TABLE_TALK_KEYS), 6U);
    for (int i = 10; i < 1100; i++)
        meet(i);
    EXPECT_EQ(dim_store_count(store.get(), DIM_TABLE_TALK_KEYS), 3U);
    EXPECT_EQ(dim_store_count(store.get(), DIM_TABLE_SEEN), 1U);
    keyring.reset(dim_keyring_new(store.get(), clock.get()));
    EXPECT_NE(dim_keyring_receiving(keyring.get(), contact.get(), nullptr), nullptr);
    EXPECT_NE(dim_keyring_receiving(keyring.get(), contact.get(), group.get()), nullptr);
    EXPECT_EQ(dim_keyring_receiving(keyring.get(), stranger.get(), nullptr), nullptr);
}

TEST_F(Crowd, AStationKeepsEverybody)
{
    dim_book_keep_everybody(book.get());
    for (int i = 0; i < 1100; i++)
        meet(i);
    EXPECT_EQ(metas(), 1100U);
}

// What one person may put there.
class Disk : public Crowd {
  protected:
    support::Identity alice{ "Alice" };

    void
    introduce()
    {
        ASSERT_TRUE(dim_book_save_meta(book.get(), alice.id(), alice.meta(), &error));
    }
    DimBookVerdict
    save(DimDocument *document)
    {
        return dim_book_save_document(book.get(), alice.id(), document, &error);
    }
    const char *
    name()
    {
        return dim_book_name(book.get(), alice.id());
    }
};

TEST_F(Disk, KeepsNoLargeDocument)
{
    introduce();
    EXPECT_EQ(save(alice.visa(1000, std::string(60000, 'x').c_str()).get()), DIM_BOOK_RECEIVED);
    EXPECT_EQ(save(alice.visa(2000, std::string(70000, 'x').c_str()).get()), DIM_BOOK_REFUSED);
    EXPECT_EQ(std::string(name()).size(), 60000U);
}

TEST_F(Disk, KeepsNoLargeMeta)
{
    for (int size : { 20000, 10000 }) {
        OWNED(JsonObject) object(dim_meta_to_json(alice.meta()));
        json_object_set_string_member(object.get(), "note", std::string(size, 'x').c_str());
        OWNED(DimMeta) meta(dim_meta_from_json(object.get(), &error));
        ASSERT_NE(meta, nullptr);
        EXPECT_EQ(dim_book_save_meta(book.get(), alice.id(), meta.get(), &error) != FALSE,
                  size == 10000);
        EXPECT_EQ(dim_book_meta(book.get(), alice.id()) != nullptr, size == 10000);
    }
}

TEST_F(Disk, BoundsTheBytesOfOnePerson)
{
    const std::string much(30000, 'x');

    introduce();
    for (int i = 0; i < 10; i++)
        ASSERT_EQ(save(alice
                           .visa(1000 + i, (much + std::to_string(i)).c_str(),
                                 ("t" + std::to_string(i)).c_str())
                           .get()),
                  DIM_BOOK_RECEIVED);
    EXPECT_LE(dim_store_count(store.get(), DIM_TABLE_DOCUMENTS), 4U);
    EXPECT_STREQ(name(), (much + "9").c_str()) << "the newest stay";
    book.reset(dim_book_new(store.get(), clock.get()));
    EXPECT_STREQ(name(), (much + "9").c_str());
}

TEST_F(Disk, KeepsNoLargeLogin)
{
    const std::string much(70000, 'x');

    EXPECT_FALSE(dim_book_save_login(book.get(), alice.id(), 1, much.c_str(), &error));
    EXPECT_EQ(dim_book_login(book.get(), alice.id(), nullptr), nullptr);
}

} // namespace
