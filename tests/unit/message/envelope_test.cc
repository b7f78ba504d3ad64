// SPDX-License-Identifier: GPL-2.0-or-later
// The wire form of a sealed message, member by member, and the envelope around an opened one.
#include "message/envelope.h"

#include <string>

#include "base/json.h"
#include "message/seal.h"

#include "tests/support/autoptr.hh"
#include "tests/support/matchers.hh"

namespace {

const char *const alice = "0x98d548788b2b84f3F59224417855F40305779Bf2";
const char *const bob = "bob@18ivjthry5ycYZ1xqUDcC7qEW3xn42VQAX";

class Envelope : public ::testing::Test {
  protected:
    OWNED(DimId) alice_{ dim_id_parse((std::string(alice) + "/desk").c_str(), nullptr) };
    OWNED(DimId) bob_{ dim_id_parse((std::string(bob) + "/phone").c_str(), nullptr) };
    OWNED(DimContent) content_{ dim_content_new_text("hello") };
    OWNED(GPtrArray)
    wrapped_{ g_ptr_array_new_with_free_func(
        [](gpointer entry) { dim_wrapped_free(static_cast<DimWrapped *>(entry)); }) };
    DimAttachments attachments = {};

    void
    wrap(const std::string &name, const std::string &bytes)
    {
        OWNED(GBytes) copy(g_bytes_new(bytes.data(), bytes.size()));

        g_ptr_array_add(wrapped_.get(), dim_wrapped_new(name.c_str(), copy.get()));
        attachments.wrapped = wrapped_.get();
    }
    // Closed with data "data", IV of 16 times 'i' and the signature "proof".
    OWNED(DimMessage)
    close(double document_time = 0, const DimId *group = nullptr)
    {
        OWNED(DimMessage)
        instant(dim_message_new(alice_.get(), bob_.get(), group, content_.get()));
        const std::string iv(16, 'i');

        return OWNED(DimMessage)(
            dim_envelope_close(instant.get(), g_bytes_new("data", 4),
                               "ZGF0YQ==", reinterpret_cast<const guint8 *>(iv.data()),
                               g_bytes_new("proof", 5), document_time, &attachments));
    }
    std::string
    text(const OWNED(DimMessage) & message)
    {
        support::Text text(dim_message_to_text(message.get()));

        return text.get();
    }
    OWNED(JsonObject)
    tree(const OWNED(DimMessage) & message)
    {
        return OWNED(JsonObject)(dim_json_parse(text(message).c_str(), -1, nullptr));
    }
};

TEST_F(Envelope, IsWrittenToTheLetter)
{
    OWNED(JsonObject) meta(dim_json_parse("{\"type\":4}", -1, nullptr));
    OWNED(JsonObject) visa(dim_json_parse("{\"did\":\"x\"}", -1, nullptr));

    wrap(bob, "k");
    attachments.meta = meta.get();
    attachments.visa = visa.get();
    auto message = close(1700000000.5);
    GString *stamp = g_string_new(nullptr);
    ASSERT_TRUE(dim_json_append_decimal(stamp, dim_message_time(message.get())));

    EXPECT_EQ(text(message),
              std::string("{\"sender\":\"") + alice + "\",\"receiver\":\"" + bob
                  + "\",\"time\":" + stamp->str
                  + ",\"type\":\"1\",\"SDT\":1700000000.5,\"IV\":\"aWlpaWlpaWlpaWlpaWlpaQ==\","
                    "\"data\":\"ZGF0YQ==\",\"keys\":{\""
                  + bob
                  + "\":\"aw==\"},\"key\":\"aw==\",\"signature\":\"cHJvb2Y=\","
                    "\"meta\":{\"type\":4},\"visa\":{\"did\":\"x\"}}");
    g_string_free(stamp, TRUE);
    EXPECT_TRUE(dim_unseal_has_key(message.get(), bob_.get()));
    EXPECT_STREQ(dim_message_signature_text(message.get()), "cHJvb2Y=");
}

TEST_F(Envelope, IsReadAgainAsItWasClosed)
{
    wrap(bob, "k");
    auto message = close(1700000000.5);
    OWNED(DimMessage) read(dim_message_parse(text(message).c_str(), -1, nullptr));

    ASSERT_NE(read, nullptr);
    EXPECT_TRUE(dim_id_equal(dim_message_sender(read.get()), alice_.get()));
    EXPECT_TRUE(dim_id_equal(dim_message_receiver(read.get()), bob_.get()));
    EXPECT_EQ(dim_message_time(read.get()), dim_message_time(message.get()));
    EXPECT_EQ(dim_message_document_time(read.get()), 1700000000.5);
    EXPECT_EQ(dim_message_type(read.get()), DIM_CONTENT_TEXT);
    EXPECT_TRUE(dim_unseal_has_key(read.get(), bob_.get()));
    support::Text tag(dim_message_tag(read.get())), own(dim_message_tag(message.get()));
    EXPECT_STREQ(tag.get(), own.get());
}

TEST_F(Envelope, LeavesOutWhatIsNotThere)
{
    auto message = close();
    auto object = tree(message);

    for (const char *name : { "SDT", "keys", "key", "meta", "visa", "group" })
        EXPECT_FALSE(json_object_has_member(object.get(), name)) << name;
    EXPECT_FALSE(dim_unseal_has_key(message.get(), bob_.get()));
}

TEST_F(Envelope, NamesItsGroup)
{
    OWNED(DimId) group(dim_id_parse("stations@everywhere/x", nullptr));

    EXPECT_STREQ(dim_json_text(tree(close(0, group.get())).get(), "group"),
                 "stations@everywhere");
}

// Clients of 2025 read `key` alone: it must be one that the receiver can open.
TEST_F(Envelope, WritesKeyOnlyForTheReceiverItself)
{
    wrap(std::string(bob) + "/phone", "own");
    wrap(std::string(alice) + "/desk", "other");
    auto object = tree(close());
    JsonObject *keys = dim_json_object(object.get(), "keys");

    EXPECT_STREQ(dim_json_text(object.get(), "key"), "b3du");
    ASSERT_NE(keys, nullptr);
    EXPECT_EQ(json_object_get_size(keys), 2u);
    EXPECT_STREQ(dim_json_text(keys, (std::string(alice) + "/desk").c_str()), "b3RoZXI=");

    for (const std::string &stranger : { std::string(alice), std::string(bob) + "x" }) {
        g_ptr_array_set_size(wrapped_.get(), 0);
        wrap(stranger, "k");
        EXPECT_FALSE(json_object_has_member(tree(close()).get(), "key")) << stranger;
    }
}

TEST_F(Envelope, EscapesTheNamesOfTerminals)
{
    const std::string odd = std::string(bob) + "/a\"b\\c\n";

    wrap(odd, "k");
    auto object = tree(close());
    ASSERT_NE(object, nullptr) << "what we write is JSON";
    EXPECT_STREQ(dim_json_text(dim_json_object(object.get(), "keys"), odd.c_str()), "aw==");
}

TEST_F(Envelope, OpenedTellsWhatWasSigned)
{
    const std::string wire = std::string("{\"sender\":\"") + alice + "\",\"receiver\":\"" + bob
                             + "\",\"time\":1700000100,\"type\":\"8\",\"sn\":5,\"data\":"
                               "\"AAAA\",\"signature\":\"BBBB\"}";
    OWNED(DimMessage) reliable(dim_message_parse(wire.c_str(), -1, nullptr));
    ASSERT_NE(reliable, nullptr);
    DimContent *content =
        dim_content_parse("{\"type\":1,\"sn\":77,\"text\":\"x\"}", -1, nullptr);
    OWNED(DimMessage) opened(dim_envelope_open(reliable.get(), content));

    EXPECT_EQ(dim_message_type(opened.get()), 1) << "the envelope's type is not signed";
    EXPECT_EQ(dim_message_serial(opened.get()), 77u);
    EXPECT_EQ(dim_message_content(opened.get()), content);
    EXPECT_STREQ(dim_message_signature_text(opened.get()), "BBBB");
    EXPECT_TRUE(dim_id_equal(dim_message_sender(opened.get()), alice_.get()));
    EXPECT_EQ(dim_message_time(opened.get()), 1700000100);

    OWNED(DimMessage)
    silent(dim_envelope_open(reliable.get(),
                             dim_content_parse("{\"type\":0,\"sn\":0}", -1, nullptr)));
    EXPECT_EQ(dim_message_type(silent.get()), 8) << "what the content does not tell";
    EXPECT_EQ(dim_message_serial(silent.get()), 5u);
}

} // namespace
