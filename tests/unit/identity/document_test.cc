// SPDX-License-Identifier: GPL-2.0-or-later
// Documents signed, read and tampered with.
#include "identity/document.h"

#include <cstring>
#include <string>

#include "base/codec.h"
#include "base/json.h"

#include "tests/support/autoptr.hh"
#include "tests/support/matchers.hh"

namespace {

class Document : public ::testing::Test {
  protected:
    void
    SetUp() override
    {
        key_.reset(dim_private_key_new(DIM_KEY_ECC, 256, nullptr));
        meta_.reset(dim_meta_new(DIM_META_ETH, key_.get(), nullptr, nullptr));
        id_.reset(dim_meta_make_id(meta_.get(), 0, nullptr));
        OWNED(JsonObject) properties(json_object_new());
        json_object_set_string_member(properties.get(), "name", "Alice");
        json_object_set_object_member(
            properties.get(), "key",
            dim_public_key_to_json(dim_private_key_public(key_.get())));
        visa_.reset(dim_document_new(id_.get(), "visa", properties.get(), 1700000000.5,
                                     key_.get(), nullptr));
        ASSERT_NE(nullptr, visa_);
        json_.reset(dim_document_to_json(visa_.get()));
    }
    OWNED(JsonObject) signed_with(const char *data);
    OWNED(DimPrivateKey) key_;
    OWNED(DimMeta) meta_;
    OWNED(DimId) id_;
    OWNED(DimDocument) visa_;
    OWNED(JsonObject) json_;
};

TEST_F(Document, GoesRound)
{
    OWNED(DimDocument) read(dim_document_from_json(json_.get(), id_.get(), nullptr));

    ASSERT_NE(nullptr, read);
    EXPECT_TRUE(dim_document_verify(read.get(), meta_.get()));
    EXPECT_STREQ("visa", dim_document_type(read.get()));
    EXPECT_STREQ("Alice", dim_document_name(read.get()));
    EXPECT_EQ(1700000000.5, dim_document_time(read.get()));
    EXPECT_EQ(1700000000.5, json_object_get_double_member(dim_document_properties(read.get()),
                                                          "created_time"));
    EXPECT_TRUE(
        dim_public_key_equal(dim_document_key(read.get()), dim_private_key_public(key_.get())));
    EXPECT_STREQ(dim_id_text(id_.get()), json_object_get_string_member(json_.get(), "did"));
    EXPECT_STREQ(dim_id_text(id_.get()), json_object_get_string_member(json_.get(), "ID"));
}

TEST_F(Document, NoticesEachChangedCharacter)
{
    for (const char *member : { "data", "signature" }) {
        std::string good = json_object_get_string_member(json_.get(), member);

        for (size_t i = 0; i < good.size(); i++) {
            std::string bad = good;

            bad[i] = bad[i] == 'A' ? 'B' : 'A';
            json_object_set_string_member(json_.get(), member, bad.c_str());
            OWNED(DimDocument) read(dim_document_from_json(json_.get(), id_.get(), nullptr));
            EXPECT_FALSE(read != nullptr && dim_document_verify(read.get(), meta_.get()))
                << member << " " << i;
        }
        json_object_set_string_member(json_.get(), member, good.c_str());
    }
}

TEST_F(Document, BelongsToNobodyElse)
{
    support::Error error;
    OWNED(DimPrivateKey) other(dim_private_key_new(DIM_KEY_ECC, 256, nullptr));
    OWNED(DimMeta) meta(dim_meta_new(DIM_META_ETH, other.get(), nullptr, nullptr));
    OWNED(DimId) stranger(dim_meta_make_id(meta.get(), 0, nullptr));

    EXPECT_EQ(nullptr, dim_document_from_json(json_.get(), stranger.get(), &error));
    EXPECT_TRUE(support::failed_with(error, DIM_ERROR_UNVERIFIED));
    EXPECT_FALSE(dim_document_verify(visa_.get(), meta.get()));
}

// One key can have several addresses; a document is of one of them.
TEST_F(Document, BelongsToOneAddressOfItsKey)
{
    OWNED(DimMeta) named(dim_meta_new(DIM_META_MKM, key_.get(), "alice", nullptr));

    ASSERT_NE(nullptr, named);
    EXPECT_TRUE(dim_document_verify(visa_.get(), meta_.get()));
    EXPECT_FALSE(dim_document_verify(visa_.get(), named.get()));
}

TEST_F(Document, IsNoneWithoutTextOrSignature)
{
    for (const char *member : { "data", "signature" }) {
        support::Error error;
        OWNED(JsonObject) part(dim_document_to_json(visa_.get()));

        json_object_remove_member(part.get(), member);
        EXPECT_EQ(nullptr, dim_document_from_json(part.get(), id_.get(), &error)) << member;
        EXPECT_TRUE(support::failed_with(error, DIM_ERROR_MALFORMED)) << member;
    }
}

TEST_F(Document, TakesTheOwnerFromEitherSpellingOrTheContext)
{
    json_object_remove_member(json_.get(), "did");
    OWNED(DimDocument) by_id(dim_document_from_json(json_.get(), nullptr, nullptr));
    EXPECT_NE(nullptr, by_id);
    json_object_remove_member(json_.get(), "ID");
    json_object_remove_member(json_.get(), "type");
    OWNED(DimDocument) by_context(dim_document_from_json(json_.get(), id_.get(), nullptr));
    ASSERT_NE(nullptr, by_context);
    EXPECT_STREQ("visa", dim_document_type(by_context.get()));
    support::Error error;
    EXPECT_EQ(nullptr, dim_document_from_json(json_.get(), nullptr, &error));
    EXPECT_TRUE(support::failed_with(error, DIM_ERROR_MALFORMED));
}

// Signed by the same key, with members of the test's choice.
OWNED(JsonObject)
Document::signed_with(const char *data)
{
    OWNED(GBytes) proof(dim_private_key_sign(key_.get(), data, strlen(data), nullptr));
    gsize size = 0;
    auto *bytes = static_cast<const guint8 *>(g_bytes_get_data(proof.get(), &size));
    support::Text signature(dim_base64_encode(bytes, size));
    OWNED(JsonObject) object(json_object_new());

    json_object_set_string_member(object.get(), "did", dim_id_text(id_.get()));
    json_object_set_string_member(object.get(), "data", data);
    json_object_set_string_member(object.get(), "signature", signature.get());
    return object;
}

// Whoever passes it on can write the rest: under another mark an old visa would be that of another device.
TEST_F(Document, TakesTheTerminalFromWhatIsSignedAlone)
{
    std::string tailed = std::string(dim_id_text(id_.get())) + "/desk";

    json_object_set_string_member(json_.get(), "terminal", "desk");
    json_object_set_string_member(json_.get(), "did", tailed.c_str());
    json_object_set_string_member(json_.get(), "ID", tailed.c_str());
    OWNED(DimId) context(dim_id_parse(tailed.c_str(), nullptr));
    OWNED(DimDocument) read(dim_document_from_json(json_.get(), context.get(), nullptr));
    ASSERT_NE(nullptr, read);
    EXPECT_EQ(nullptr, dim_document_terminal(read.get()));
    EXPECT_TRUE(dim_document_verify(read.get(), meta_.get()));

    const std::pair<std::string, const char *> rows[] = {
        { R"({"type":"visa","terminal":"phone"})", "phone" },
        { R"({"type":"visa","terminal":"*"})", nullptr },
        { R"({"type":"visa","terminal":""})", nullptr },
        { R"({"type":"visa","terminal":7})", nullptr },
        { R"({"type":"visa","terminal":")" + std::string(64, 'x') + "\"}",
          "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" },
        { R"({"type":"visa","terminal":")" + std::string(65, 'x') + "\"}", nullptr },
        { "{\"type\":\"visa\",\"did\":\"" + tailed + "\"}", "desk" },
        { "{\"type\":\"visa\",\"ID\":\"" + tailed + "\",\"terminal\":\"phone\"}", "phone" },
    };
    for (const auto &row : rows) {
        auto object = signed_with(row.first.c_str());
        support::Error error;
        OWNED(DimDocument) one(dim_document_from_json(object.get(), nullptr, &error));

        ASSERT_NE(nullptr, one) << row.first << error.message();
        EXPECT_STREQ(row.second, dim_document_terminal(one.get())) << row.first;
        OWNED(JsonObject) written(dim_document_to_json(one.get()));
        EXPECT_STREQ(row.second, dim_json_text(written.get(), "terminal")) << row.first;
    }
}

// One key signs documents and messages: what she said to everybody is newer than her visa, and has no key.
TEST_F(Document, IsNoContentOfAMessage)
{
    for (const char *data :
         { R"({"type":136,"sn":7,"time":1800000000,"command":"login","did":"x"})",
           R"({"T":136,"N":7,"W":1800000000,"C":"login"})" }) {
        auto object = signed_with(data);
        support::Error error;

        EXPECT_EQ(nullptr, dim_document_from_json(object.get(), nullptr, &error)) << data;
        EXPECT_TRUE(support::failed_with(error, DIM_ERROR_MALFORMED)) << data;
    }
}

// One key can be behind several names (MKM): the visa of one is not that of the other.
TEST_F(Document, IsOfNobodyElseThanItsDataSay)
{
    auto object = signed_with(R"({"did":"hulk@4YeVEN3aUnvC1DNUufCq1bs9zoBSJTzVEj"})");
    support::Error error;

    EXPECT_EQ(nullptr, dim_document_from_json(object.get(), nullptr, &error));
    EXPECT_TRUE(support::failed_with(error, DIM_ERROR_UNVERIFIED));
}

TEST_F(Document, RefusesDataThatIsNoObject)
{
    for (const char *data : { "", "[]", "{\"a\":1}{}", "{\"a\":1,\"a\":2}", "text" }) {
        support::Error error;

        json_object_set_string_member(json_.get(), "data", data);
        EXPECT_EQ(nullptr, dim_document_from_json(json_.get(), id_.get(), &error)) << data;
        EXPECT_TRUE(support::failed_with(error, DIM_ERROR_MALFORMED)) << data;
    }
    json_object_remove_member(json_.get(), "data");
    support::Error error;
    EXPECT_EQ(nullptr, dim_document_from_json(json_.get(), id_.get(), &error));
    EXPECT_TRUE(support::failed_with(error, DIM_ERROR_MALFORMED));
}

} // namespace
