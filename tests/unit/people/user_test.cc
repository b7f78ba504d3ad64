// SPDX-License-Identifier: GPL-2.0-or-later
// DimUser: kept, loaded, renamed, rotated; never replaced when something is broken.
#include "people/user.h"

#include <gtest/gtest.h>

#include "tests/support/folder.hh"
#include "tests/support/identities.hh"
#include "tests/support/matchers.hh"
#include "tests/support/rotate.hh"

using support::can_read;
using support::Error;
using support::failed_with;
using support::Identity;

namespace {

gboolean
collect(const DimRecord *record, gpointer data)
{
    gsize size = 0;
    const auto *bytes = record->value == nullptr
                            ? nullptr
                            : static_cast<const char *>(g_bytes_get_data(record->value, &size));

    *static_cast<std::string *>(data) += std::string(record->key) + "="
                                         + std::string(bytes == nullptr ? "" : bytes, size)
                                         + "\n";
    return TRUE;
}

std::string
dump(DimStore *store)
{
    std::string all;

    EXPECT_TRUE(dim_store_list(store, DIM_TABLE_SELF, TRUE, collect, &all, nullptr));
    return all;
}

} // namespace

TEST(User, IsNeverPutOverAnother)
{
    Identity alice;
    Identity bob("Bob");
    Error error;
    const std::string before = dump(alice.store.get());

    EXPECT_FALSE(dim_user_save(bob.user.get(), alice.store.get(), &error));
    EXPECT_TRUE(failed_with(error, DIM_ERROR_NOT_ALLOWED));
    EXPECT_EQ(dump(alice.store.get()), before);
}

TEST(User, IsNotInventedForAnEmptyStore)
{
    OWNED(DimStore) store(dim_store_open_memory());
    Error error;

    EXPECT_EQ(dim_user_load(store.get(), &error), nullptr);
    EXPECT_TRUE(failed_with(error, DIM_ERROR_STORAGE));
    EXPECT_EQ(dim_store_count(store.get(), DIM_TABLE_SELF), 0U);
}

TEST(User, WhoseStoreWasKeptAsideIsToldFromOneThatNeverWas)
{
    support::Folder folder;
    const std::string path = folder.file("store.db");
    Error error;

    EXPECT_FALSE(dim_user_was_kept_aside(path.c_str(), &error)) << "a new one";
    ASSERT_TRUE(
        g_file_set_contents((path + ".damaged-20260101-000000").c_str(), "", 0, nullptr));
    EXPECT_TRUE(dim_user_was_kept_aside(path.c_str(), &error));
    EXPECT_TRUE(failed_with(error, DIM_ERROR_STORAGE));
    EXPECT_NE(error.message().find("put it back"), std::string::npos);
    ASSERT_TRUE(g_file_set_contents(path.c_str(), "", 0, nullptr));
    EXPECT_FALSE(dim_user_was_kept_aside(path.c_str(), nullptr)) << "the backup is back";
}

TEST(User, SaysWhenAPartIsBrokenAndTouchesNothing)
{
    for (const char *part : { "meta", "visa", "identity-key", "visa-key-1" }) {
        for (const char *junk :
             { "", "{}", "{\"algorithm\":\"ECC\",\"data\":\"00\"}", "\xff" }) {
            Identity alice;
            Error error;
            OWNED(GBytes) bytes(g_bytes_new(junk, strlen(junk)));
            DimRecord record = { part, 0, nullptr, nullptr, bytes.get() };

            ASSERT_TRUE(dim_store_save(alice.store.get(), DIM_TABLE_SELF, &record, &error));
            const std::string before = dump(alice.store.get());
            EXPECT_EQ(dim_user_load(alice.store.get(), &error), nullptr) << part << junk;
            EXPECT_TRUE(failed_with(error, DIM_ERROR_STORAGE)) << part;
            EXPECT_EQ(dump(alice.store.get()), before);
            EXPECT_EQ(error.message().find("BEGIN"), std::string::npos) << "no key in an error";
        }
        Identity alice;
        Error error;
        ASSERT_TRUE(dim_store_remove(alice.store.get(), DIM_TABLE_SELF, part, &error));
        EXPECT_EQ(dim_user_load(alice.store.get(), &error), nullptr) << part;
        EXPECT_TRUE(failed_with(error, DIM_ERROR_STORAGE)) << part;
    }
}

TEST(User, IsNotAMixtureOfTwo)
{
    Identity alice;
    Identity bob("Bob");
    OWNED(GPtrArray) alices(g_ptr_array_new());
    OWNED(GPtrArray) bobs(g_ptr_array_new());
    OWNED(GPtrArray) none(g_ptr_array_new());
    Error error;
    auto *identity = const_cast<DimPrivateKey *>(dim_user_signer(alice.user.get()));
    auto *other = const_cast<DimPrivateKey *>(dim_user_signer(bob.user.get()));
    DimDocument *visa = dim_user_visa(alice.user.get());
    auto make = [&](DimId *id, DimMeta *meta, DimDocument *document, DimPrivateKey *key,
                    GPtrArray *keys) {
        OWNED(DimUser) user(dim_user_new(id, meta, document, key, keys, &error));
        return user != nullptr;
    };

    g_ptr_array_add(alices.get(),
                    g_ptr_array_index(dim_user_decrypt_keys(alice.user.get()), 0));
    g_ptr_array_add(bobs.get(), g_ptr_array_index(dim_user_decrypt_keys(bob.user.get()), 0));
    EXPECT_TRUE(make(alice.id(), alice.meta(), visa, identity, alices.get()))
        << error.message();
    EXPECT_FALSE(make(bob.id(), alice.meta(), visa, identity, alices.get()));
    EXPECT_TRUE(failed_with(error, DIM_ERROR_UNVERIFIED));
    EXPECT_FALSE(make(alice.id(), bob.meta(), visa, identity, alices.get()));
    EXPECT_FALSE(
        make(alice.id(), alice.meta(), dim_user_visa(bob.user.get()), identity, alices.get()));
    EXPECT_FALSE(make(alice.id(), alice.meta(), visa, other, alices.get()));
    EXPECT_FALSE(make(alice.id(), alice.meta(), visa, identity, bobs.get()));
    EXPECT_FALSE(make(alice.id(), alice.meta(), visa, identity, none.get()));
    EXPECT_TRUE(failed_with(error, DIM_ERROR_UNVERIFIED));
    /* all of it hers, but signed by Bob */
    OWNED(DimDocument)
    forged(dim_document_new(alice.id(), "visa", dim_document_properties(visa), 1700000000,
                            other, nullptr));
    ASSERT_NE(forged, nullptr);
    EXPECT_FALSE(make(alice.id(), alice.meta(), forged.get(), identity, alices.get()));
    /* her own, but nobody could write to her: the key of her identity signs only */
    OWNED(JsonObject) keyless(dim_json_copy(dim_document_properties(visa)));
    json_object_remove_member(keyless.get(), "key");
    OWNED(DimDocument)
    mute(dim_document_new(alice.id(), "visa", keyless.get(), 1700000000, identity, nullptr));
    ASSERT_NE(mute, nullptr);
    EXPECT_FALSE(make(alice.id(), alice.meta(), mute.get(), identity, alices.get()));
    EXPECT_TRUE(failed_with(error, DIM_ERROR_UNVERIFIED));
}

TEST(User, KeepsItsKeysUnderANewNickname)
{
    Identity alice("Alice");
    Error error;
    const double before = dim_document_time(dim_user_visa(alice.user.get()));

    ASSERT_TRUE(dim_user_set_nickname(alice.user.get(), alice.store.get(), "Alicia",
                                      before - 100, &error))
        << error.message();
    EXPECT_GT(dim_document_time(dim_user_visa(alice.user.get())), before) << "never older";
    OWNED(DimUser) again(dim_user_load(alice.store.get(), &error));
    ASSERT_NE(again, nullptr) << error.message();
    EXPECT_STREQ(dim_document_name(dim_user_visa(again.get())), "Alicia");
    EXPECT_TRUE(can_read(again.get(), dim_document_key(dim_user_visa(alice.user.get()))));
    ASSERT_TRUE(dim_user_set_nickname(alice.user.get(), alice.store.get(), nullptr,
                                      before + 100, &error));
    EXPECT_EQ(dim_document_name(dim_user_visa(alice.user.get())), nullptr);
}

TEST(User, KnowsWhenItsKeysWereMade)
{
    Identity alice;
    Error error;
    const double start = dim_document_time(dim_user_visa(alice.user.get())), day = 24 * 3600;

    EXPECT_DOUBLE_EQ(dim_user_key_time(alice.user.get()), start);
    for (int i = 1; i <= 2; i++) {
        EXPECT_TRUE(dim_user_may_rotate(alice.user.get(), start + i * 10));
        ASSERT_TRUE(
            support::rotate(alice.user.get(), alice.store.get(), start + i * 10, &error));
    }
    ASSERT_TRUE(dim_user_set_nickname(alice.user.get(), alice.store.get(), "A", start + 5 * day,
                                      &error));
    OWNED(DimUser) again(dim_user_load(alice.store.get(), &error));
    for (const DimUser *user : { alice.user.get(), again.get() }) {
        EXPECT_DOUBLE_EQ(dim_user_key_time(user), start + 20);
        // the first is the one to go, and it was in use until the second was made
        EXPECT_FALSE(dim_user_may_rotate(user, start + 9 + day));
        EXPECT_TRUE(dim_user_may_rotate(user, start + 11 + day));
    }
}

TEST(User, IsDatedAnewWithAllItsKeys)
{
    Identity alice;
    Error error;
    DimUser *user = alice.user.get();
    const double start = dim_document_time(dim_user_visa(user)), day = 24 * 3600;

    EXPECT_FALSE(dim_user_is_ahead(user, start - 1799));
    EXPECT_TRUE(dim_user_is_ahead(user, start - 1801));
    for (int i = 1; i <= 2; i++)
        ASSERT_TRUE(support::rotate(user, alice.store.get(), start + i * 100 * day, &error));
    ASSERT_TRUE(dim_user_date_anew(user, alice.store.get(), start + day, &error))
        << error.message();
    OWNED(DimUser) again(dim_user_load(alice.store.get(), &error));
    ASSERT_NE(again, nullptr) << error.message();
    for (const DimUser *each : { user, again.get() }) {
        EXPECT_DOUBLE_EQ(dim_document_time(dim_user_visa(each)), start + day);
        EXPECT_TRUE(dim_document_verify(dim_user_visa(each), dim_user_meta(each)));
        EXPECT_DOUBLE_EQ(dim_user_key_time(each), start + day);
        EXPECT_EQ(dim_user_decrypt_keys(each)->len, 3U);
        EXPECT_TRUE(dim_user_may_rotate(each, start + 2 * day + 1));
    }
}

TEST(User, KeepsTheLastThreeVisaKeys)
{
    Identity alice;
    Error error;
    std::vector<OWNED(DimPublicKey)> told;
    const double start = dim_document_time(dim_user_visa(alice.user.get()));
    auto note = [&] {
        told.emplace_back(
            dim_public_key_ref(dim_document_key(dim_user_visa(alice.user.get()))));
    };

    note();
    for (int i = 1; i <= 3; i++) {
        ASSERT_TRUE(support::rotate(alice.user.get(), alice.store.get(), start + i, &error))
            << error.message();
        note();
    }
    OWNED(DimUser) again(dim_user_load(alice.store.get(), &error));
    ASSERT_NE(again, nullptr) << error.message();
    for (const DimUser *user : { alice.user.get(), again.get() }) {
        EXPECT_EQ(dim_user_decrypt_keys(user)->len, 3U);
        EXPECT_FALSE(can_read(user, told[0].get())) << "the fourth is gone";
        for (int i = 1; i <= 3; i++)
            EXPECT_TRUE(can_read(user, told[i].get())) << i;
    }
    EXPECT_STREQ(dim_document_name(dim_user_visa(again.get())), "Alice");
}
