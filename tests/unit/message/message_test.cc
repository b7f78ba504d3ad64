// SPDX-License-Identifier: GPL-2.0-or-later
// Envelopes read from text: kept to the letter, or refused.
#include "message/message.h"

#include <string>

#include "tests/support/autoptr.hh"
#include "tests/support/matchers.hh"

namespace {

const char *const alice = "0x98d548788b2b84f3F59224417855F40305779Bf2";
const char *const bob = "bob@18ivjthry5ycYZ1xqUDcC7qEW3xn42VQAX";

std::string
wire(const std::string &more, const char *receiver = bob)
{
    return std::string("{\"sender\":\"") + alice + "\",\"receiver\":\"" + receiver
           + "\",\"time\":1700000100.125" + more + "}";
}

TEST(Message, KeepsTheReceivedTextToTheLetter)
{
    std::string text = wire(" , \"data\" : "
                            "\"AAAA\",\"signature\":\"AAAAAAAAAAAAAAAAAAAAAAAA\",\"type\":"
                            "\"1\",\"SDT\":5,\"odd\":[1, 2],\"traces\":[\"x\"]");
    OWNED(DimMessage)
    message(dim_message_parse(text.data(), static_cast<gssize>(text.size()), nullptr));

    ASSERT_NE(nullptr, message);
    support::Text out(dim_message_to_text(message.get()));
    EXPECT_EQ(text, out.get());
    EXPECT_STREQ(alice, dim_id_text(dim_message_sender(message.get())));
    EXPECT_STREQ(bob, dim_id_text(dim_message_receiver(message.get())));
    EXPECT_EQ(1, dim_message_type(message.get()));
    EXPECT_EQ(5, dim_message_document_time(message.get()));
    EXPECT_EQ(1700000100.125, dim_message_shown_time(message.get()));
    EXPECT_FALSE(dim_message_is_broadcast(message.get()));
    EXPECT_FALSE(dim_message_has_key(message.get()));
    support::Text tag(dim_message_tag(message.get()));
    EXPECT_STREQ("AAAAAAAAAAAAAAAA:18ivjthry5ycYZ1xqUDcC7qEW3xn42VQAX", tag.get());
}

TEST(Message, HasOneTagHoweverTheSignatureIsBroken)
{
    std::string one = wire(",\"data\":\"AAAA\",\"signature\":\"AAAAAAAAAAAAAAAAAAAAAAAA\"");
    std::string two =
        wire(",\"data\":\"AAAA\",\"signature\":\"AAAAAAAAAAAAAAAAAAAAA\\n AAA \"");
    OWNED(DimMessage) a(dim_message_parse(one.c_str(), -1, nullptr));
    OWNED(DimMessage) b(dim_message_parse(two.c_str(), -1, nullptr));

    ASSERT_NE(nullptr, b);
    support::Text first(dim_message_tag(a.get()));
    support::Text second(dim_message_tag(b.get()));
    EXPECT_STREQ(first.get(), second.get());
}

TEST(Message, RestoresShortNames)
{
    std::string text = std::string("{\"F\":\"") + alice + "\",\"R\":\"" + bob
                       + "\",\"W\":7,\"T\":\"1\",\"D\":\"AAAA\",\"V\":\"AAAA\",\"K\":{\"" + bob
                       + "\":\"AAAA\"}}";
    OWNED(DimMessage) message(dim_message_parse(text.c_str(), -1, nullptr));

    ASSERT_NE(nullptr, message);
    EXPECT_EQ(7, dim_message_time(message.get()));
    EXPECT_TRUE(dim_message_has_key(message.get()));
    EXPECT_STREQ("AAAA", dim_message_signature_text(message.get()));
}

TEST(Message, IsABroadcastByReceiverOrGroup)
{
    const std::string broadcasts[] = {
        wire(",\"data\":\"{}\",\"signature\":\"AAAA\"", "station@anywhere"),
        wire(",\"data\":\"{}\",\"signature\":\"AAAA\",\"group\":\"stations@everywhere\""),
        std::string("{\"sender\":\"") + alice + "\",\"data\":\"{}\",\"signature\":\"AAAA\"}",
    };

    for (const std::string &text : broadcasts) {
        OWNED(DimMessage) message(dim_message_parse(text.c_str(), -1, nullptr));
        ASSERT_NE(nullptr, message) << text;
        EXPECT_TRUE(dim_message_is_broadcast(message.get())) << text;
    }
}

TEST(Message, RefusesWhatIsNone)
{
    const std::string bad[] = {
        "",
        "[]",
        "{}",
        "{",
        wire(""),
        wire(",\"data\":\"AAAA\""),
        wire(",\"signature\":\"AAAA\""),
        wire(",\"data\":\"\",\"signature\":\"AAAA\""),
        wire(",\"data\":\"no base64!\",\"signature\":\"AAAA\""),
        wire(",\"data\":\"{\\\"type\\\":1}\",\"signature\":\"AAAA\""),
        wire(",\"data\":\"AAAA\",\"signature\":\"AAA\""),
        wire(",\"data\":\"AAAA\",\"signature\":\"\""),
        wire(",\"data\":\"AAAA\",\"signature\":7"),
        wire(",\"data\":\"AAAA\",\"signature\":\"AAAA\",\"IV\":\"AAAA\""),
        wire(",\"data\":\"AAAA\",\"signature\":\"AAAA\",\"IV\":\"%\""),
        wire(",\"data\":\"AAAA\",\"signature\":\"AAAA\",\"group\":\"x\""),
        wire(",\"data\":\"AAAA\",\"signature\":\"AAAA\"", "nobody"),
        wire(",\"data\":\"AAAA\",\"signature\":\"AAAA\"") + wire(""),
        std::string("{\"receiver\":\"") + bob + "\",\"data\":\"AAAA\",\"signature\":\"AAAA\"}",
        std::string("{\"sender\":\"anyone@anywhere\",\"receiver\":\"") + bob
            + "\",\"data\":\"AAAA\",\"signature\":\"AAAA\"}",
    };

    for (const std::string &text : bad) {
        support::Error error;

        EXPECT_EQ(nullptr,
                  dim_message_parse(text.data(), static_cast<gssize>(text.size()), &error))
            << text;
        EXPECT_TRUE(support::failed_with(error, DIM_ERROR_MALFORMED)) << text;
    }
}

TEST(Message, ShowsTheContentsTimeFirst)
{
    OWNED(DimId) me(dim_id_parse(alice, nullptr));
    OWNED(DimId) you(dim_id_parse(bob, nullptr));
    OWNED(DimContent)
    content(
        dim_content_parse("{\"type\":1,\"sn\":4,\"time\":33.5,\"text\":\"x\"}", -1, nullptr));
    OWNED(DimMessage) message(dim_message_new(me.get(), you.get(), nullptr, content.get()));

    EXPECT_EQ(33.5, dim_message_shown_time(message.get()));
    EXPECT_EQ(33.5, dim_message_time(message.get()));
    EXPECT_EQ(4u, dim_message_serial(message.get()));
    EXPECT_EQ(content.get(), dim_message_content(message.get()));
    EXPECT_EQ(nullptr, dim_message_signature_text(message.get()));
}

} // namespace
