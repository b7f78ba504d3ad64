// SPDX-License-Identifier: GPL-2.0-or-later
// DimBook: which metas and documents are taken in, which keys come out, and how often one may ask.
#include "people/book.h"

#include <gtest/gtest.h>

#include "tests/support/fake_clock.hh"
#include "tests/support/folder.hh"
#include "tests/support/identities.hh"
#include "tests/support/matchers.hh"

using support::Error;
using support::failed_with;
using support::Identity;

namespace {

class Book : public ::testing::Test {
  protected:
    support::FakeClock clock;
    OWNED(DimStore) store{ dim_store_open_memory() };
    OWNED(DimBook) book{ dim_book_new(store.get(), clock.get()) };
    Identity alice{ "Alice" };
    Identity mallory{ "Mallory" };
    Error error;

    void
    restart()
    {
        book.reset(dim_book_new(store.get(), clock.get()));
    }
    void
    introduce()
    {
        ASSERT_TRUE(dim_book_save_meta(book.get(), alice.id(), alice.meta(), &error))
            << error.message();
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

} // namespace

TEST_F(Book, KeepsTheFirstMetaForEver)
{
    EXPECT_EQ(dim_book_meta(book.get(), alice.id()), nullptr);
    EXPECT_FALSE(dim_book_save_meta(book.get(), alice.id(), mallory.meta(), &error));
    EXPECT_TRUE(failed_with(error, DIM_ERROR_UNVERIFIED));
    EXPECT_EQ(dim_book_meta(book.get(), alice.id()), nullptr);
    introduce();
    introduce();
    restart();
    DimMeta *meta = dim_book_meta(book.get(), alice.id());
    ASSERT_NE(meta, nullptr);
    EXPECT_TRUE(dim_meta_matches(meta, alice.id()));
    EXPECT_FALSE(dim_book_save_meta(book.get(), alice.id(), mallory.meta(), &error));
    EXPECT_EQ(dim_store_count(store.get(), DIM_TABLE_METAS), 1U);
}

/* For one signature there are two secp256k1 keys that fit (and, with RSA, as many as one likes): the seed is signed by
 * both, the address is the same, and only the first is ever believed. */
TEST_F(Book, DoesNotTakeAnotherKeyThatFitsTheSameFingerprint)
{
    static const char fingerprint[] = "MEUCIQCJpODemFCABHIhqjrdfvFHAFeBwfpAiPxABchFiipSnwIgblI2"
                                      "BsJLXv4hRYfG/NbUDHu50McVzHio/QybqYImYZ8=";
    static const char *const points[] = {
        "04ac32c37dfce0988126bed795ae0488398496d8721ae4bcdb097c6f81a965c970"
        "12bad888a8180286cb2719430c080540ba5ea839b417894673afa211527db3d7",
        "047a493eb04484cfb459ceed86c5b47ba5059c79755ca06146d3ea8e20ba976fe6"
        "c1fe2f6279c2ec79958530198564149df3c33a0fa0b01b9898e889b6ed058e76",
    };
    OWNED(DimMeta) metas[2];

    for (int i = 0; i < 2; i++) {
        support::Text text(
            g_strdup_printf("{\"type\":1,\"seed\":\"alice\",\"fingerprint\":\"%s\","
                            "\"key\":{\"algorithm\":\"ECC\",\"data\":\"%s\"}}",
                            fingerprint, points[i]));
        OWNED(JsonObject) object(dim_json_parse(text.get(), -1, &error));
        metas[i].reset(dim_meta_from_json(object.get(), &error));
        ASSERT_NE(metas[i], nullptr) << error.message();
    }
    OWNED(DimId) id(dim_meta_make_id(metas[0].get(), 0, &error));
    ASSERT_TRUE(dim_meta_matches(metas[1].get(), id.get()));
    ASSERT_TRUE(dim_book_save_meta(book.get(), id.get(), metas[0].get(), &error));
    EXPECT_TRUE(dim_book_save_meta(book.get(), id.get(), metas[1].get(), &error));
    restart();
    EXPECT_TRUE(dim_public_key_equal(dim_meta_key(dim_book_meta(book.get(), id.get())),
                                     dim_meta_key(metas[0].get())));
}

TEST_F(Book, RefusesADocumentWithoutAMeta)
{
    OWNED(DimDocument) visa = alice.visa(clock.now());

    EXPECT_EQ(save(visa.get()), DIM_BOOK_REFUSED);
    introduce();
    EXPECT_EQ(save(visa.get()), DIM_BOOK_RECEIVED);
    restart();
    EXPECT_STREQ(name(), "Alice");
}

TEST_F(Book, RefusesAnotherSignerOrOwner)
{
    OWNED(DimDocument) hers = mallory.visa(clock.now(), "Alice");

    introduce();
    EXPECT_EQ(save(hers.get()), DIM_BOOK_REFUSED);
    /* Mallory's signature under Alice's name */
    OWNED(JsonObject) forged(dim_document_to_json(hers.get()));
    json_object_set_string_member(forged.get(), "did", dim_id_text(alice.id()));
    json_object_set_string_member(forged.get(), "ID", dim_id_text(alice.id()));
    OWNED(DimDocument) document(dim_document_from_json(forged.get(), alice.id(), &error));
    ASSERT_NE(document, nullptr) << error.message();
    EXPECT_EQ(save(document.get()), DIM_BOOK_REFUSED);
    EXPECT_EQ(dim_book_document(book.get(), alice.id()), nullptr);
}

TEST_F(Book, TakesThirtyMinutesAheadAndNoMore)
{
    OWNED(DimDocument) near = alice.visa(clock.now() + 1799, "near");
    OWNED(DimDocument) far = alice.visa(clock.now() + 1801, "far");

    introduce();
    EXPECT_EQ(save(far.get()), DIM_BOOK_REFUSED);
    EXPECT_EQ(save(near.get()), DIM_BOOK_RECEIVED);
    EXPECT_STREQ(name(), "near");
}

TEST_F(Book, NeverGoesBackToAnOlderVisa)
{
    OWNED(DimDocument) older = alice.visa(clock.now() - 10, "older");
    OWNED(DimDocument) newer = alice.visa(clock.now(), "newer");
    OWNED(DimDocument) equal = alice.visa(clock.now(), "equal");

    introduce();
    EXPECT_EQ(save(newer.get()), DIM_BOOK_RECEIVED);
    EXPECT_EQ(save(older.get()), DIM_BOOK_NOT_CHANGED);
    EXPECT_EQ(save(newer.get()), DIM_BOOK_NOT_CHANGED);
    restart();
    EXPECT_EQ(save(older.get()), DIM_BOOK_NOT_CHANGED);
    EXPECT_STREQ(name(), "newer");
    EXPECT_EQ(save(equal.get()), DIM_BOOK_RECEIVED) << "equal time replaces";
    EXPECT_STREQ(name(), "equal");
    EXPECT_EQ(dim_store_count(store.get(), DIM_TABLE_DOCUMENTS), 1U);
}

TEST_F(Book, NeverGoesBackByWayOfAVisaWithoutATime)
{
    OWNED(DimDocument) timeless = alice.visa(0, "timeless");
    OWNED(DimDocument) newer = alice.visa(clock.now(), "newer");

    introduce();
    EXPECT_EQ(save(timeless.get()), DIM_BOOK_RECEIVED);
    EXPECT_EQ(save(newer.get()), DIM_BOOK_RECEIVED);
    EXPECT_EQ(save(timeless.get()), DIM_BOOK_NOT_CHANGED);
    EXPECT_STREQ(name(), "newer");
}

// A station that was kept from nothing could bring an old key back to life, under the mark of a device that never was.
TEST_F(Book, TakesNoOlderVisaUnderAMarkThatNobodySigned)
{
    OWNED(DimDocument) older = alice.visa(clock.now() - 10, "older");
    OWNED(DimDocument) newer = alice.visa(clock.now(), "newer");
    OWNED(JsonObject) object(dim_document_to_json(older.get()));
    std::string tailed = std::string(dim_id_text(alice.id())) + "/evil";

    introduce();
    ASSERT_EQ(save(newer.get()), DIM_BOOK_RECEIVED);
    json_object_set_string_member(object.get(), "terminal", "evil");
    for (const char *name : { "did", "ID" })
        json_object_set_string_member(object.get(), name, tailed.c_str());
    OWNED(DimDocument) again(dim_document_from_json(object.get(), alice.id(), &error));
    ASSERT_NE(again, nullptr) << error.message();
    EXPECT_EQ(save(again.get()), DIM_BOOK_NOT_CHANGED);
    OWNED(GPtrArray) documents(dim_book_documents(book.get(), alice.id()));
    EXPECT_EQ(documents->len, 1U);
}

TEST_F(Book, KeepsOneVisaForEachTerminal)
{
    OWNED(DimDocument) plain = alice.visa(clock.now() - 5, "plain");
    OWNED(DimDocument) phone = alice.visa(clock.now(), "phone", "phone");
    OWNED(DimDocument) old_phone = alice.visa(clock.now() - 1, "old", "phone");
    OWNED(GPtrArray) terminals;
    GPtrArray *out = nullptr;

    introduce();
    EXPECT_EQ(save(plain.get()), DIM_BOOK_RECEIVED);
    EXPECT_EQ(save(phone.get()), DIM_BOOK_RECEIVED);
    EXPECT_EQ(save(old_phone.get()), DIM_BOOK_NOT_CHANGED);
    restart();
    EXPECT_STREQ(name(), "phone") << "the newest";
    OWNED(GPtrArray) documents(dim_book_documents(book.get(), alice.id()));
    EXPECT_EQ(documents->len, 2U);
    OWNED(GPtrArray) keys(dim_book_encrypt_keys(book.get(), alice.id(), &out));
    terminals.reset(out);
    ASSERT_EQ(keys->len, 2U);
    ASSERT_EQ(terminals->len, 2U);
    EXPECT_STREQ(static_cast<char *>(g_ptr_array_index(terminals.get(), 0)), "phone");
    EXPECT_EQ(g_ptr_array_index(terminals.get(), 1), nullptr);
}

TEST_F(Book, AlsoAddressesTheNakedIdWhenAllVisasHaveTerminals)
{
    OWNED(DimDocument) phone = alice.visa(clock.now(), "phone", "phone");
    GPtrArray *out = nullptr;

    introduce();
    ASSERT_EQ(save(phone.get()), DIM_BOOK_RECEIVED);
    OWNED(GPtrArray) keys(dim_book_encrypt_keys(book.get(), alice.id(), &out));
    OWNED(GPtrArray) terminals(out);
    ASSERT_EQ(keys->len, 2U);
    EXPECT_EQ(g_ptr_array_index(terminals.get(), 0), nullptr);
    EXPECT_STREQ(static_cast<char *>(g_ptr_array_index(terminals.get(), 1)), "phone");
}

TEST_F(Book, BoundsTheTerminalsOfOnePerson)
{
    introduce();
    for (int i = 0; i < 40; i++) {
        OWNED(DimDocument)
        visa = alice.visa(clock.now() - 100 + i, "x", ("t" + std::to_string(i)).c_str());
        ASSERT_EQ(save(visa.get()), DIM_BOOK_RECEIVED);
    }
    EXPECT_EQ(dim_store_count(store.get(), DIM_TABLE_DOCUMENTS), 16U);
    OWNED(GPtrArray) documents(dim_book_documents(book.get(), alice.id()));
    ASSERT_EQ(documents->len, 16U);
    EXPECT_STREQ(dim_document_terminal(
                     static_cast<DimDocument *>(g_ptr_array_index(documents.get(), 0))),
                 "t39");
}

TEST_F(Book, GivesTheKeysOfEachRole)
{
    OWNED(DimDocument) visa = alice.visa(clock.now());

    OWNED(GPtrArray) none(dim_book_verify_keys(book.get(), alice.id()));
    EXPECT_EQ(none->len, 0U);
    introduce();
    OWNED(GPtrArray) nothing(dim_book_encrypt_keys(book.get(), alice.id(), nullptr));
    EXPECT_EQ(nothing->len, 0U) << "a secp256k1 key cannot encrypt";
    ASSERT_EQ(save(visa.get()), DIM_BOOK_RECEIVED);
    OWNED(GPtrArray) verify(dim_book_verify_keys(book.get(), alice.id()));
    ASSERT_EQ(verify->len, 2U);
    EXPECT_TRUE(
        dim_public_key_equal(static_cast<DimPublicKey *>(g_ptr_array_index(verify.get(), 0)),
                             dim_meta_key(alice.meta())))
        << "the identity key comes first";
    OWNED(GPtrArray) encrypt(dim_book_encrypt_keys(book.get(), alice.id(), nullptr));
    ASSERT_EQ(encrypt->len, 1U);
    EXPECT_TRUE(
        dim_public_key_equal(static_cast<DimPublicKey *>(g_ptr_array_index(encrypt.get(), 0)),
                             dim_document_key(visa.get())));
}

TEST_F(Book, FallsBackToAnRsaIdentityKey)
{
    OWNED(DimStore) own(dim_store_open_memory());
    DimRegisterOptions options = {};

    options.kind = DIM_META_MKM;
    options.identity_key = DIM_KEY_RSA;
    options.visa_bits = 1024;
    options.seed = "carol";
    OWNED(DimUser) carol(dim_user_register(own.get(), &options, &error));
    ASSERT_NE(carol, nullptr) << error.message();
    ASSERT_TRUE(dim_book_save_meta(book.get(), dim_user_id(carol.get()),
                                   dim_user_meta(carol.get()), &error));
    OWNED(GPtrArray) keys(dim_book_encrypt_keys(book.get(), dim_user_id(carol.get()), nullptr));
    ASSERT_EQ(keys->len, 1U);
    EXPECT_TRUE(
        dim_public_key_equal(static_cast<DimPublicKey *>(g_ptr_array_index(keys.get(), 0)),
                             dim_meta_key(dim_user_meta(carol.get()))));
}

TEST_F(Book, CountsABrokenRecordAsMissing)
{
    OWNED(DimDocument) visa = alice.visa(clock.now());
    OWNED(GBytes) junk(g_bytes_new("{\"half\":", 8));
    DimRecord meta = { dim_id_text(alice.id()), 0, nullptr, nullptr, junk.get() };
    DimRecord document = { "x", 1, dim_id_text(alice.id()), "visa", junk.get() };

    ASSERT_TRUE(dim_store_save(store.get(), DIM_TABLE_METAS, &meta, &error));
    ASSERT_TRUE(dim_store_save(store.get(), DIM_TABLE_DOCUMENTS, &document, &error));
    EXPECT_EQ(dim_book_meta(book.get(), alice.id()), nullptr);
    EXPECT_EQ(dim_book_document(book.get(), alice.id()), nullptr);
    introduce(); /* a good one takes its place */
    EXPECT_EQ(save(visa.get()), DIM_BOOK_RECEIVED);
    EXPECT_STREQ(name(), "Alice");
}

TEST_F(Book, NeverTrustsAMetaThatWasPutUnderAnotherId)
{
    OWNED(JsonObject) object(dim_meta_to_json(mallory.meta()));
    support::Text text(dim_json_write(object.get()));
    OWNED(GBytes) bytes(g_bytes_new(text.get(), strlen(text.get())));
    DimRecord record = { dim_id_text(alice.id()), 0, nullptr, nullptr, bytes.get() };

    ASSERT_TRUE(dim_store_save(store.get(), DIM_TABLE_METAS, &record, &error));
    EXPECT_EQ(dim_book_meta(book.get(), alice.id()), nullptr);
}

TEST_F(Book, ServesMorePeopleThanItCaches)
{
    introduce();
    for (int i = 0; i < 500; i++) {
        char text[64];
        g_snprintf(text, sizeof text, "0x%040d", i);
        EXPECT_EQ(dim_book_meta(book.get(), support::id_of(text).get()), nullptr);
    }
    EXPECT_NE(dim_book_meta(book.get(), alice.id()), nullptr);
}

TEST_F(Book, AsksOnceInTenMinutes)
{
    EXPECT_TRUE(dim_book_may_ask(book.get(), "document", alice.id()));
    EXPECT_FALSE(dim_book_may_ask(book.get(), "document", alice.id()));
    EXPECT_TRUE(dim_book_may_ask(book.get(), "meta", alice.id()));
    EXPECT_TRUE(dim_book_may_ask(book.get(), "document", mallory.id()));
    clock.advance(599);
    EXPECT_FALSE(dim_book_may_ask(book.get(), "document", alice.id()));
    clock.advance(2);
    EXPECT_TRUE(dim_book_may_ask(book.get(), "document", alice.id()));
    EXPECT_TRUE(dim_book_may_ask(book.get(), "meta", alice.id()));
    dim_book_forget_asked(book.get(), "document", alice.id());
    EXPECT_TRUE(dim_book_may_ask(book.get(), "document", alice.id()));
    EXPECT_FALSE(dim_book_may_ask(book.get(), "meta", alice.id())) << "another question";
}

TEST_F(Book, PushesAVisaOnceAnHour)
{
    EXPECT_TRUE(dim_book_may_push(book.get(), alice.id()));
    EXPECT_FALSE(dim_book_may_push(book.get(), alice.id()));
    EXPECT_TRUE(dim_book_may_push(book.get(), mallory.id()));
    dim_book_forget_asked(book.get(), "document", alice.id());
    EXPECT_FALSE(dim_book_may_push(book.get(), alice.id())) << "a new login changes nothing";
    clock.advance(3599);
    EXPECT_FALSE(dim_book_may_push(book.get(), alice.id()));
    clock.advance(2);
    EXPECT_TRUE(dim_book_may_push(book.get(), alice.id()));
}

TEST_F(Book, KnowsWhoAnsweredInThisRun)
{
    EXPECT_FALSE(dim_book_is_acquainted(book.get(), alice.id()));
    dim_book_set_acquainted(book.get(), alice.id());
    EXPECT_TRUE(dim_book_is_acquainted(book.get(), alice.id()));
    restart();
    EXPECT_FALSE(dim_book_is_acquainted(book.get(), alice.id()));
}

TEST_F(Book, KeepsTheNewestLogin)
{
    double when = 0;

    EXPECT_EQ(dim_book_login(book.get(), alice.id(), &when), nullptr);
    EXPECT_TRUE(dim_book_save_login(book.get(), alice.id(), 100, "first", &error));
    EXPECT_FALSE(dim_book_save_login(book.get(), alice.id(), 99, "older", &error));
    EXPECT_TRUE(support::no_error(error));
    EXPECT_TRUE(dim_book_save_login(book.get(), alice.id(), 101, "second", &error));
    restart();
    support::Text text(dim_book_login(book.get(), alice.id(), &when));
    EXPECT_STREQ(text.get(), "second");
    EXPECT_EQ(when, 101);
}

TEST_F(Book, AnotherTypeOfDocumentIsNoNewerVisa)
{
    OWNED(DimDocument) visa = alice.visa(clock.now() - 10, "visa");
    OWNED(DimDocument)
    bulletin(dim_document_new(alice.id(), "bulletin", dim_document_properties(visa.get()),
                              clock.now(), dim_user_signer(alice.user.get()), &error));

    introduce();
    ASSERT_NE(bulletin, nullptr) << error.message();
    EXPECT_EQ(save(bulletin.get()), DIM_BOOK_RECEIVED);
    EXPECT_EQ(save(visa.get()), DIM_BOOK_RECEIVED);
    EXPECT_STREQ(name(), "visa");
}

TEST_F(Book, RemembersOnlySoManyQuestions)
{
    EXPECT_TRUE(dim_book_may_ask(book.get(), "document", alice.id()));
    for (int i = 0; i < 5000; i++) {
        char text[64];
        g_snprintf(text, sizeof text, "0x%040d", i);
        EXPECT_TRUE(dim_book_may_ask(book.get(), "document", support::id_of(text).get()));
    }
    EXPECT_TRUE(dim_book_may_ask(book.get(), "document", alice.id()))
        << "asking twice is better than growing";
}
