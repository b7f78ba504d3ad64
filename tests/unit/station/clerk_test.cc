// SPDX-License-Identifier: GPL-2.0-or-later
// The clerk alone: whose signature counts, what a message costs to open, who has room, what is sealed for whom.
#include "station/clerk.h"

#include <gtest/gtest.h>
#include <vector>

#include "base/clock.h"
#include "base/codec.h"
#include "crypto/pem.h"

#include "tests/support/matchers.hh"
#include "tests/unit/station/caller.hh"
#include "tests/unit/station/dear.hh"

using namespace station_test;
using support::failed_with;

namespace {

class Clerk : public ::testing::Test {
  protected:
    Clerk()
    {
        user = station_in(store.get());
        book = dim_book_new(store.get(), dim_clock_system());
        clerk = dim_clerk_new(user.get(), book, settings.get(), store.get(), &error);
    }
    ~Clerk() override
    {
        dim_clerk_free(clerk);
        dim_book_free(book);
    }
    DimPublicKey *
    key() const
    {
        return dim_document_key(dim_user_visa(user.get()));
    }
    OWNED(DimMessage)
    said(const Person &who, bool introduce, const char *words = "hello")
    {
        OWNED(DimContent) content(dim_content_new_text(words));
        const std::string text =
            seal(who, dim_user_id(user.get()), content.get(), key(), introduce);

        return OWNED(DimMessage)(dim_message_parse(text.c_str(), -1, nullptr));
    }
    DimClerkVerdict
    check(const DimMessage *message)
    {
        return dim_clerk_check(clerk, message, &paid);
    }
    // The same message with one text for another.
    static OWNED(DimMessage) turned(const OWNED(DimMessage) & message,
                                    const std::string &from,
                                    const std::string &to)
    {
        std::string text = Text(dim_message_to_text(message.get())).get();

        for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
            text.replace(at, from.size(), to);
        return OWNED(DimMessage)(dim_message_parse(text.c_str(), -1, nullptr));
    }

    // The same message with a visa that another signed in its sender's name.
    static std::string
    with_visa_of(const OWNED(DimMessage) & message, const Person &other)
    {
        OWNED(JsonObject)
        json(dim_json_parse(Text(dim_message_to_text(message.get())).get(), -1, nullptr));
        JsonObject *visa = dim_document_to_json(dim_user_visa(other.user.get()));

        json_object_set_string_member(visa, "did",
                                      dim_id_text(dim_message_sender(message.get())));
        json_object_set_object_member(json.get(), "visa", visa);
        return Text(dim_json_write(json.get())).get();
    }

    support::Error error;
    OWNED(DimSettings) settings{ dim_settings_new() };
    OWNED(DimStore) store{ dim_store_open_memory() };
    OWNED(DimUser) user;
    DimBook *book = nullptr;
    DimClerk *clerk = nullptr;
    Person anna{ "Anna" }, ben{ "Ben" };
    guint paid = 0; // what the last check cost
};

// A visa whose key is an RSA modulus of so many bytes, a new one each time.
OWNED(DimDocument)
dear_visa(const Person &who, size_t size, int mark)
{
    guint8 e[] = { 0xff, 0xff, 0xff, 0xff };
    std::vector<guint8> n(size, 0xff);
    OWNED(JsonObject) properties(json_object_new());
    JsonObject *key = json_object_new();
    support::Error error;

    n[1] = static_cast<guint8>(mark);
    g_autoptr(GBytes) der = dim_der_write_rsa_public({ n.data(), size }, { e, sizeof e });
    g_autofree char *text = dim_base64_encode(
        static_cast<const guint8 *>(g_bytes_get_data(der, nullptr)), g_bytes_get_size(der));
    json_object_set_string_member(key, "algorithm", "RSA");
    json_object_set_string_member(key, "data", text);
    json_object_set_object_member(properties.get(), "key", key);
    json_object_set_string_member(properties.get(), "terminal", std::to_string(mark).c_str());
    return OWNED(DimDocument)(dim_document_new(who.id(), "visa", properties.get(),
                                               dim_clock_now(dim_clock_system()) + 1 + mark,
                                               dim_user_signer(who.user.get()), &error));
}

TEST_F(Clerk, KnowsItself)
{
    ASSERT_NE(clerk, nullptr) << error.message();
    EXPECT_TRUE(dim_id_equal(dim_clerk_me(clerk), dim_user_id(user.get())));
    EXPECT_EQ(dim_clerk_book(clerk), book);
    EXPECT_NE(dim_book_meta(book, dim_clerk_me(clerk)), nullptr);
    EXPECT_NE(dim_book_document(book, dim_clerk_me(clerk)), nullptr);
}

TEST_F(Clerk, TellsStrangersFromForgers)
{
    EXPECT_EQ(check(said(anna, false).get()), DIM_CLERK_STRANGER);
    EXPECT_EQ(check(said(anna, true).get()), DIM_CLERK_GOOD);
    EXPECT_EQ(check(said(anna, false).get()), DIM_CLERK_GOOD) << "she is known now";
    EXPECT_EQ(check(turned(said(ben, false), ben.name(), anna.name()).get()), DIM_CLERK_FORGED);
    EXPECT_EQ(check(turned(said(ben, true), ben.name(), anna.name()).get()), DIM_CLERK_FORGED)
        << "his meta is not hers";
    EXPECT_EQ(dim_book_meta(book, ben.id()), nullptr);
}

TEST_F(Clerk, SaysWhatAWrongSignatureCost)
{
    const auto forged = [this] { return turned(said(ben, false), ben.name(), anna.name()); };
    EXPECT_EQ(check(said(anna, false).get()), DIM_CLERK_STRANGER);
    EXPECT_EQ(paid, 0u);
    EXPECT_EQ(check(said(anna, true).get()), DIM_CLERK_GOOD);
    EXPECT_EQ(paid, 0u) << "one ordinary signature";
    EXPECT_EQ(check(forged().get()), DIM_CLERK_FORGED);
    EXPECT_EQ(paid, 2u) << "two ordinary keys";
    EXPECT_EQ(check(turned(said(ben, true), ben.name(), anna.name()).get()), DIM_CLERK_FORGED);
    EXPECT_GE(paid, 1u) << "a meta that is not hers";
    for (int i = 0; i < 16; i++) {
        OWNED(DimDocument) visa = dear_visa(anna, 512, i);
        ASSERT_TRUE(visa);
        ASSERT_EQ(dim_clerk_save_document(clerk, anna.id(), visa.get(), &error),
                  DIM_BOOK_RECEIVED);
    }
    EXPECT_EQ(check(forged().get()), DIM_CLERK_FORGED);
    EXPECT_EQ(paid, 1u + 4 * 4) << "four of sixteen, each as four";
    EXPECT_EQ(check(said(anna, false).get()), DIM_CLERK_GOOD);
    EXPECT_EQ(paid, 0u) << "the first key was right";
}

TEST_F(Clerk, SaysWhatAGoodSignatureOfADearKeyCostAndBothAttachments)
{
    DearPerson dear;
    OWNED(DimContent) content(dim_content_new_text("hello"));
    const auto cost = [&](bool with_meta, bool with_visa) {
        const std::string text = dear.said(content.get(), with_meta, with_visa);
        OWNED(DimMessage) message(dim_message_parse(text.c_str(), -1, nullptr));

        EXPECT_EQ(check(message.get()), DIM_CLERK_GOOD);
        return paid;
    };

    EXPECT_EQ(cost(true, true), 3 * DearPerson::MORE);
    EXPECT_EQ(cost(true, false), 2 * DearPerson::MORE) << "a meta is checked each time";
    EXPECT_EQ(cost(false, true), 2 * DearPerson::MORE) << "and so is a visa";
    EXPECT_EQ(cost(false, false), DearPerson::MORE);
}

// A group's meta is as good as a person's, but a group says nothing by itself.
TEST_F(Clerk, NobodySpeaksForAllOrForAGroup)
{
    OWNED(DimPrivateKey) secret(dim_private_key_new(DIM_KEY_ECC, 256, &error));
    OWNED(DimMeta) meta(dim_meta_new(DIM_META_MKM, secret.get(), "friends", &error));
    OWNED(DimId) group(dim_meta_make_id(meta.get(), DIM_TYPE_GROUP, &error));
    OWNED(DimContent) content(dim_content_new_text("from all of us"));
    OWNED(GPtrArray) keys(g_ptr_array_new());
    OWNED(DimCipherKey) talk(dim_cipher_key_new());
    OWNED(JsonObject) attached(dim_meta_to_json(meta.get()));
    DimSealing how{};

    ASSERT_NE(group, nullptr) << error.message();
    g_ptr_array_add(keys.get(), key());
    OWNED(GPtrArray)
    wrapped(dim_seal_wrap(talk.get(), dim_clerk_me(clerk), keys.get(), nullptr, &error));
    how.signer = secret.get();
    how.talk = talk.get();
    how.wrapped = wrapped.get();
    how.meta = attached.get();
    OWNED(DimMessage)
    instant(dim_message_new(group.get(), dim_clerk_me(clerk), nullptr, content.get()));
    OWNED(DimMessage) sealed(dim_seal(instant.get(), &how, &error));
    ASSERT_NE(sealed, nullptr) << error.message();
    EXPECT_EQ(check(sealed.get()), DIM_CLERK_FORGED);
    EXPECT_EQ(dim_book_meta(book, group.get()), nullptr);
    auto shouted = turned(said(anna, false), anna.name(), "everyone@everywhere");
    if (shouted != nullptr) {
        EXPECT_EQ(check(shouted.get()), DIM_CLERK_FORGED);
    }
}

TEST_F(Clerk, HasRoomForSoManyAccounts)
{
    settings->max_accounts = 1; // beside the station's own
    EXPECT_EQ(check(said(anna, true).get()), DIM_CLERK_GOOD);
    EXPECT_EQ(check(said(ben, true).get()), DIM_CLERK_FORGED);
    EXPECT_FALSE(dim_clerk_save_meta(clerk, ben.id(), dim_user_meta(ben.user.get()), &error));
    EXPECT_TRUE(failed_with(error, DIM_ERROR_NOT_ALLOWED));
    EXPECT_TRUE(dim_clerk_save_meta(clerk, anna.id(), dim_user_meta(anna.user.get()), &error))
        << "whom it knows";
    EXPECT_EQ(check(said(anna, true).get()), DIM_CLERK_GOOD);
}

// Metas that prove nothing cost nobody anything, and must not keep a newcomer out.
TEST_F(Clerk, HasRoomAsLongAsNobodyTookIt)
{
    settings->max_accounts = 1;
    for (int i = 0; i < 3; i++)
        EXPECT_FALSE(
            dim_clerk_save_meta(clerk, anna.id(), dim_user_meta(ben.user.get()), nullptr));
    EXPECT_TRUE(dim_clerk_save_meta(clerk, anna.id(), dim_user_meta(anna.user.get()), &error))
        << error.message();
    EXPECT_FALSE(dim_clerk_save_meta(clerk, ben.id(), dim_user_meta(ben.user.get()), &error));
    EXPECT_TRUE(failed_with(error, DIM_ERROR_NOT_ALLOWED));
}

TEST_F(Clerk, SaysWhatOpeningCost)
{
    guint first = 0, second = 0, failed = 0;
    auto message = said(anna, true);
    OWNED(DimContent) content(dim_clerk_open(clerk, message.get(), FALSE, &first, &error));

    ASSERT_NE(content, nullptr) << error.message();
    EXPECT_STREQ(dim_content_text(content.get()), "hello");
    OWNED(DimContent) again(dim_clerk_open(clerk, message.get(), FALSE, &second, &error));
    EXPECT_NE(again, nullptr);
    OWNED(DimContent) letter_content(dim_content_new_text("for Ben"));
    const std::string text = seal(anna, dim_user_id(user.get()), letter_content.get(),
                                  dim_document_key(dim_user_visa(ben.user.get())), false);
    OWNED(DimMessage) wrong(dim_message_parse(text.c_str(), -1, nullptr));
    EXPECT_EQ(dim_clerk_open(clerk, wrong.get(), FALSE, &failed, &error), nullptr);
    EXPECT_TRUE(failed_with(error, DIM_ERROR_NO_KEY));
    EXPECT_EQ(second, 0u) << "the last key is tried first";
    EXPECT_GT(first, 0u);
    EXPECT_GT(failed, first) << "several tries";
    EXPECT_EQ(dim_clerk_open(clerk, wrong.get(), TRUE, &second, nullptr), nullptr);
    EXPECT_LT(second, failed) << "fewer of them";
}

TEST_F(Clerk, SealsForWhomItHasAKeyAlone)
{
    OWNED(DimContent) content(dim_content_new_text("from the station"));

    EXPECT_EQ(dim_clerk_seal(clerk, anna.id(), content.get(), FALSE, &error), nullptr);
    EXPECT_TRUE(failed_with(error, DIM_ERROR_UNKNOWN_PERSON));
    ASSERT_EQ(check(said(anna, true).get()), DIM_CLERK_GOOD);
    for (const bool introduce : { false, true }) {
        Text text(dim_clerk_seal(clerk, anna.id(), content.get(), introduce, &error));
        ASSERT_NE(text, nullptr) << error.message();
        OWNED(DimMessage) message(dim_message_parse(text.get(), -1, nullptr));
        OWNED(GPtrArray) keys(dim_book_verify_keys(book, dim_clerk_me(clerk)));
        DimUnsealing how = { anna.id(), nullptr, dim_user_decrypt_keys(anna.user.get()) };
        OWNED(DimMessage) opened(dim_unseal(message.get(), &how, nullptr, nullptr));

        EXPECT_TRUE(dim_seal_verify(message.get(), keys.get()));
        ASSERT_NE(opened, nullptr);
        EXPECT_STREQ(dim_content_text(dim_message_content(opened.get())), "from the station");
        EXPECT_EQ(dim_message_meta_json(message.get()) != nullptr, introduce);
        EXPECT_EQ(dim_message_visa_json(message.get()) != nullptr, introduce);
    }
}

TEST_F(Clerk, SealsForAVisaOfTheFutureThatItsOwnerSignedAndKeepsNothingOfIt)
{
    OWNED(DimContent) content(dim_content_new_text("from the station"));
    const double now = dim_clock_now(dim_clock_system());
    const auto seal_ahead = [&](const OWNED(DimMessage) & message, double at) {
        return Text(dim_clerk_seal_ahead(clerk, message.get(), content.get(), at, &error));
    };

    ASSERT_TRUE(dim_user_date_anew(anna.user.get(), anna.store.get(), now + 7200, nullptr));
    const auto message = said(anna, true);
    EXPECT_EQ(seal_ahead(message, now), nullptr) << "nobody's meta is known";
    ASSERT_EQ(check(message.get()), DIM_CLERK_GOOD);
    EXPECT_EQ(dim_book_document(book, anna.id()), nullptr);
    Text text = seal_ahead(message, now);
    ASSERT_NE(text, nullptr) << error.message();
    OWNED(DimMessage) answer(dim_message_parse(text.get(), -1, nullptr));
    DimUnsealing how = { anna.id(), nullptr, dim_user_decrypt_keys(anna.user.get()) };
    OWNED(DimMessage) opened(dim_unseal(answer.get(), &how, nullptr, nullptr));
    EXPECT_NE(opened, nullptr);
    EXPECT_NE(dim_message_visa_json(answer.get()), nullptr) << "who the station is";
    EXPECT_EQ(dim_clerk_seal(clerk, anna.id(), content.get(), FALSE, nullptr), nullptr)
        << "the key is forgotten";

    EXPECT_EQ(seal_ahead(said(anna, false), now), nullptr) << "no visa";
    EXPECT_TRUE(failed_with(error, DIM_ERROR_UNKNOWN_PERSON));
    EXPECT_EQ(seal_ahead(message, now + 7000), nullptr) << "not of the future";
    Person eve("Eve");
    ASSERT_TRUE(dim_user_date_anew(eve.user.get(), eve.store.get(), now + 7200, nullptr));
    OWNED(DimMessage)
    forged(dim_message_parse(with_visa_of(message, eve).c_str(), -1, nullptr));
    ASSERT_EQ(check(forged.get()), DIM_CLERK_GOOD) << "its text is hers";
    EXPECT_EQ(seal_ahead(forged, now), nullptr) << "a key that another gives her";
    EXPECT_TRUE(failed_with(error, DIM_ERROR_UNKNOWN_PERSON));
}

} // namespace
