// SPDX-License-Identifier: GPL-2.0-or-later
// DimUser: made, kept, loaded, renamed, rotated; never replaced when something is broken.
#include "people/user.h"

#include <gtest/gtest.h>

#include "people/accounts.h"

#include "tests/support/folder.hh"
#include "tests/support/identities.hh"
#include "tests/support/matchers.hh"

using support::Error;
using support::failed_with;
using support::Identity;

namespace {

DimRegisterOptions
options_of(DimMetaKind kind, DimKeyKind key, guint8 network = 0, const char *seed = nullptr)
{
    DimRegisterOptions options = {};

    options.kind = kind;
    options.identity_key = key;
    options.visa_bits = 1024;
    options.network = network;
    options.seed = seed;
    options.nickname = "Nick 马";
    return options;
}

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

/* What a peer wraps for the visa's key comes out again. */
bool
can_read(const DimUser *user, DimPublicKey *key)
{
    Error error;
    OWNED(DimSecret) plain(dim_secret_new("talk key", 8));
    OWNED(GBytes) wrapped(dim_public_key_encrypt(key, plain.get(), &error));
    GPtrArray *keys = dim_user_decrypt_keys(user);

    for (guint i = 0; wrapped && i < keys->len; i++) {
        gsize size = 0;
        const auto *bytes = static_cast<const guint8 *>(g_bytes_get_data(wrapped.get(), &size));
        OWNED(DimSecret)
        opened(dim_private_key_decrypt(static_cast<DimPrivateKey *>(g_ptr_array_index(keys, i)),
                                       bytes, size, &error));
        if (opened && dim_secret_size(opened.get()) == 8)
            return true;
    }
    return false;
}

} // namespace

TEST(User, OfEveryKindIsMadeAndLoadedAgain)
{
    const DimRegisterOptions kinds[] = {
        options_of(DIM_META_ETH, DIM_KEY_ECC),
        options_of(DIM_META_BTC, DIM_KEY_ECC),
        options_of(DIM_META_MKM, DIM_KEY_ECC, 0, "alice"),
        options_of(DIM_META_MKM, DIM_KEY_RSA, 0, "old-alice"),
        options_of(DIM_META_MKM, DIM_KEY_ECC, DIM_TYPE_STATION, "gsp-s001"),
    };

    for (const DimRegisterOptions &options : kinds) {
        OWNED(DimStore) store(dim_store_open_memory());
        Error error;
        OWNED(DimUser) made(dim_user_register(store.get(), &options, &error));
        ASSERT_NE(made, nullptr) << error.message();
        OWNED(DimUser) user(dim_user_load(store.get(), &error));
        ASSERT_NE(user, nullptr) << error.message();
        EXPECT_TRUE(dim_id_equal(dim_user_id(user.get()), dim_user_id(made.get())));
        EXPECT_STREQ(dim_id_name(dim_user_id(user.get())), options.seed);
        EXPECT_EQ(dim_meta_kind(dim_user_meta(user.get())), options.kind);
        EXPECT_STREQ(dim_document_name(dim_user_visa(user.get())), "Nick 马");
        EXPECT_TRUE(dim_document_verify(dim_user_visa(user.get()), dim_user_meta(user.get())));
        EXPECT_EQ(dim_id_is_station(dim_user_id(user.get())) != FALSE, options.network == 2);
        EXPECT_EQ(dim_user_decrypt_keys(user.get())->len,
                  options.identity_key == DIM_KEY_RSA ? 2U : 1U);
        EXPECT_TRUE(can_read(user.get(), dim_document_key(dim_user_visa(made.get()))));
    }
}

TEST(User, IsNotMadeFromBadOptions)
{
    DimRegisterOptions odd = options_of(DIM_META_MKM, DIM_KEY_ECC, 0, "bob");
    odd.visa_bits = 1536;
    const DimRegisterOptions bad[] = {
        odd,
        options_of(DIM_META_MKM, DIM_KEY_ECC, 0, nullptr),
        options_of(DIM_META_MKM, DIM_KEY_ECC, 0, "a"),
        options_of(DIM_META_MKM, DIM_KEY_ECC, 0, "a@b"),
        options_of(DIM_META_MKM, DIM_KEY_ECC, 0, "a b"),
        options_of(DIM_META_MKM, DIM_KEY_ECC, 0, "123456789012345678901234567890123"),
        options_of(DIM_META_ETH, DIM_KEY_ECC, 0, "named"),
        options_of(DIM_META_ETH, DIM_KEY_ECC, 2, nullptr),
        options_of(DIM_META_ETH, DIM_KEY_RSA, 0, nullptr),
    };

    for (const DimRegisterOptions &options : bad) {
        OWNED(DimStore) store(dim_store_open_memory());
        Error error;
        EXPECT_EQ(dim_user_register(store.get(), &options, &error), nullptr);
        EXPECT_TRUE(failed_with(error, DIM_ERROR_NOT_ALLOWED));
        EXPECT_EQ(dim_store_count(store.get(), DIM_TABLE_SELF), 0U);
    }
}

TEST(User, PutsFurtherPropertiesIntoItsVisa)
{
    OWNED(DimStore) store(dim_store_open_memory());
    OWNED(JsonObject) properties(json_object_new());
    DimRegisterOptions options = options_of(DIM_META_ETH, DIM_KEY_ECC);
    Error error;

    json_object_set_string_member(properties.get(), "app", "purple-dim");
    options.properties = properties.get();
    OWNED(DimUser) user(dim_user_register(store.get(), &options, &error));
    ASSERT_NE(user, nullptr) << error.message();
    JsonObject *signed_part = dim_document_properties(dim_user_visa(user.get()));
    EXPECT_STREQ(dim_json_text(signed_part, "app"), "purple-dim");
    EXPECT_FALSE(json_object_has_member(properties.get(), "key"))
        << "the caller's stays as it was";
}

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
        ASSERT_TRUE(
            dim_user_rotate(alice.user.get(), alice.store.get(), 1024, start + i, &error))
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

namespace {

struct Outcome {
    GMainLoop *loop;
    OWNED(DimUser) user;
    OWNED(DimStore) store;
    Error error;
};

void
finished(GObject *, GAsyncResult *result, gpointer data)
{
    auto *outcome = static_cast<Outcome *>(data);
    DimStore *store = nullptr;

    outcome->user.reset(dim_user_register_finish(result, &store, &outcome->error));
    outcome->store.reset(store);
    g_main_loop_quit(outcome->loop);
}

} // namespace

TEST(User, IsMadeOnAWorkerIntoAStoreNamedByItsAddress)
{
    support::Folder folder;
    Outcome outcome = { g_main_loop_new(nullptr, FALSE), nullptr, nullptr, {} };
    const DimRegisterOptions options = options_of(DIM_META_ETH, DIM_KEY_ECC);

    dim_user_register_async(folder.path().c_str(), &options, nullptr, finished, &outcome);
    EXPECT_EQ(outcome.user, nullptr) << "not before the loop runs";
    g_main_loop_run(outcome.loop);
    g_main_loop_unref(outcome.loop);
    ASSERT_NE(outcome.user, nullptr) << outcome.error.message();
    ASSERT_NE(outcome.store, nullptr);
    const std::string expected =
        folder.file(std::string(dim_id_address(dim_user_id(outcome.user.get()))) + "/store.db");
    EXPECT_EQ(dim_store_path(outcome.store.get()), expected);
    OWNED(DimUser) again(dim_user_load(outcome.store.get(), &outcome.error));
    EXPECT_NE(again, nullptr) << outcome.error.message();
}

TEST(User, LeavesNothingBehindWhenCancelled)
{
    support::Folder folder;
    Outcome outcome = { g_main_loop_new(nullptr, FALSE), nullptr, nullptr, {} };
    const DimRegisterOptions options = options_of(DIM_META_ETH, DIM_KEY_ECC);
    OWNED(GCancellable) cancellable(g_cancellable_new());

    dim_user_register_async(folder.path().c_str(), &options, cancellable.get(), finished,
                            &outcome);
    g_cancellable_cancel(cancellable.get());
    g_main_loop_run(outcome.loop);
    g_main_loop_unref(outcome.loop);
    EXPECT_EQ(outcome.user, nullptr);
    EXPECT_TRUE(outcome.error.is(G_IO_ERROR, G_IO_ERROR_CANCELLED)) << outcome.error.message();
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}
