// SPDX-License-Identifier: GPL-2.0-or-later
// DimBook: which keys of a person with many devices are tried on a signature.
#include <gtest/gtest.h>
#include <vector>

#include "people/book.h"

#include "tests/support/fake_clock.hh"
#include "tests/support/identities.hh"

using support::Identity;

TEST(BookKeys, AreThoseOfAFewVisasAlone)
{
    support::FakeClock clock;
    OWNED(DimStore) store(dim_store_open_memory());
    OWNED(DimBook) book(dim_book_new(store.get(), clock.get()));
    Identity alice("Alice");
    support::Error error;
    auto says = [&](DimPublicKey *key, int device) {
        OWNED(JsonObject) properties(json_object_new());

        json_object_set_object_member(properties.get(), "key", dim_public_key_to_json(key));
        json_object_set_string_member(properties.get(), "terminal",
                                      std::to_string(device).c_str());
        OWNED(DimDocument)
        visa(dim_document_new(alice.id(), "visa", properties.get(), clock.now() + device,
                              dim_user_signer(alice.user.get()), &error));
        EXPECT_EQ(dim_book_save_document(book.get(), alice.id(), visa.get(), &error),
                  DIM_BOOK_RECEIVED);
    };
    std::vector<OWNED(DimPrivateKey)> keys;

    ASSERT_TRUE(dim_book_save_meta(book.get(), alice.id(), alice.meta(), &error));
    for (int i = 0; i < 7; i++) {
        keys.emplace_back(dim_private_key_new(DIM_KEY_ECC, 0, &error));
        says(dim_private_key_public(keys.back().get()), i);
    }
    OWNED(GPtrArray) few(dim_book_verify_keys(book.get(), alice.id()));
    ASSERT_EQ(few->len, 5U);
    for (guint i = 1; i < few->len; i++)
        EXPECT_TRUE(dim_public_key_equal(static_cast<DimPublicKey *>(few->pdata[i]),
                                         dim_private_key_public(keys[7 - i].get())))
            << "the newest first: " << i;
    for (int i = 3; i < 7; i++)
        says(dim_private_key_public(keys[0].get()), 4 + i);
    OWNED(GPtrArray) once(dim_book_verify_keys(book.get(), alice.id()));
    ASSERT_EQ(once->len, 5U) << "one key of several devices is tried once";
    EXPECT_TRUE(dim_public_key_equal(static_cast<DimPublicKey *>(once->pdata[1]),
                                     dim_private_key_public(keys[0].get())));
    EXPECT_TRUE(dim_public_key_equal(static_cast<DimPublicKey *>(once->pdata[2]),
                                     dim_private_key_public(keys[6].get())));
}
