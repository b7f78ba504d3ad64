// SPDX-License-Identifier: GPL-2.0-or-later
// Making an identity: every kind, refused wishes, what goes into the visa, on a worker, and cancelled.
#include <filesystem>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "people/accounts.h"
#include "people/own.h"

#include "tests/support/folder.hh"
#include "tests/support/identities.hh"
#include "tests/support/matchers.hh"

using support::can_read;
using support::Error;
using support::failed_with;

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

TEST(Register, MakesEveryKindAndItIsLoadedAgain)
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

TEST(Register, RefusesBadOptions)
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

TEST(Register, PutsFurtherPropertiesIntoTheVisa)
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

TEST(Register, WorksAsideIntoAStoreNamedByTheAddress)
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

TEST(Register, LeavesNothingBehindWhenCancelled)
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

// The caller may let go of everything while the worker works.
TEST(Register, KeepsItsOwnCopyOfTheWishes)
{
    support::Folder folder;
    Outcome outcome = { g_main_loop_new(nullptr, FALSE), nullptr, nullptr, {} };
    DimRegisterOptions options = options_of(DIM_META_MKM, DIM_KEY_ECC);
    char *seed = g_strdup("alice");
    char *nickname = g_strdup("Alice");
    JsonObject *properties = json_object_new();

    json_object_set_string_member(properties, "app", "mine");
    options.seed = seed;
    options.nickname = nickname;
    options.properties = properties;
    dim_user_register_async(folder.path().c_str(), &options, nullptr, finished, &outcome);
    memset(seed, 'x', 5);
    g_free(seed);
    memset(nickname, 'x', 5);
    g_free(nickname);
    json_object_set_string_member(properties, "app", "another's");
    json_object_unref(properties);
    memset(&options, 0, sizeof options);
    g_main_loop_run(outcome.loop);
    g_main_loop_unref(outcome.loop);
    ASSERT_NE(outcome.user, nullptr) << outcome.error.message();
    EXPECT_STREQ(dim_id_name(dim_user_id(outcome.user.get())), "alice");
    DimDocument *visa = dim_user_visa(outcome.user.get());
    EXPECT_STREQ(dim_document_name(visa), "Alice");
    EXPECT_STREQ(dim_json_text(dim_document_properties(visa), "app"), "mine");
}

TEST(Register, SaysARefusalThroughTheWorkerToo)
{
    support::Folder folder;
    Outcome outcome = { g_main_loop_new(nullptr, FALSE), nullptr, nullptr, {} };
    const DimRegisterOptions options = options_of(DIM_META_ETH, DIM_KEY_ECC, 0, "named");

    dim_user_register_async(folder.path().c_str(), &options, nullptr, finished, &outcome);
    g_main_loop_run(outcome.loop);
    g_main_loop_unref(outcome.loop);
    EXPECT_EQ(outcome.user, nullptr);
    EXPECT_EQ(outcome.store, nullptr);
    EXPECT_TRUE(failed_with(outcome.error, DIM_ERROR_NOT_ALLOWED));
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(Register, PutsNoKeysWhereOthersMayWrite)
{
    support::Folder folder;
    Outcome outcome = { g_main_loop_new(nullptr, FALSE), nullptr, nullptr, {} };
    const DimRegisterOptions options = options_of(DIM_META_ETH, DIM_KEY_ECC);

    ASSERT_EQ(chmod(folder.path().c_str(), 0777), 0);
    dim_user_register_async(folder.path().c_str(), &options, nullptr, finished, &outcome);
    g_main_loop_run(outcome.loop);
    g_main_loop_unref(outcome.loop);
    EXPECT_EQ(outcome.user, nullptr);
    EXPECT_TRUE(failed_with(outcome.error, DIM_ERROR_STORAGE));
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(Register, DatesTheVisaAndMakesNoTwoAlike)
{
    const DimRegisterOptions options = options_of(DIM_META_BTC, DIM_KEY_ECC);
    Error error;
    OWNED(DimUser) one(dim_user_make(&options, 1234567890.5, &error));
    OWNED(DimUser) other(dim_user_make(&options, 1234567890.5, &error));

    ASSERT_NE(one, nullptr) << error.message();
    ASSERT_NE(other, nullptr);
    EXPECT_EQ(dim_document_time(dim_user_visa(one.get())), 1234567890.5);
    EXPECT_FALSE(dim_id_equal(dim_user_id(one.get()), dim_user_id(other.get())));
}

TEST(Register, GivesNoNameWhereNoneIsWished)
{
    DimRegisterOptions options = options_of(DIM_META_ETH, DIM_KEY_ECC);
    Error error;

    for (const char *none : { static_cast<const char *>(nullptr), "" }) {
        options.nickname = none;
        OWNED(DimUser) user(dim_user_make(&options, 1700000000, &error));
        ASSERT_NE(user, nullptr) << error.message();
        EXPECT_EQ(dim_document_name(dim_user_visa(user.get())), nullptr);
    }
}

TEST(Register, NamesAreTwoToThirtyTwoSimpleLetters)
{
    Error error;

    for (const char *good : { "ab", "A-b_c.9", "12345678901234567890123456789012" }) {
        const DimRegisterOptions options = options_of(DIM_META_MKM, DIM_KEY_ECC, 0, good);
        OWNED(DimUser) user(dim_user_make(&options, 1700000000, &error));
        ASSERT_NE(user, nullptr) << good << ": " << error.message();
        EXPECT_STREQ(dim_id_name(dim_user_id(user.get())), good);
    }
    for (const char *bad : { "", "马马", "a/b", "ab\n", "a\tb" }) {
        const DimRegisterOptions options = options_of(DIM_META_MKM, DIM_KEY_ECC, 0, bad);
        EXPECT_EQ(dim_user_make(&options, 1700000000, &error), nullptr) << bad;
        EXPECT_TRUE(failed_with(error, DIM_ERROR_NOT_ALLOWED));
    }
}
