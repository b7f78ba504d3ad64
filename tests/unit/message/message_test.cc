// SPDX-License-Identifier: GPL-2.0-or-later
// Envelopes read from text: kept to the letter, or refused.
#include "message/message.h"

#include <string>

#include "base/json.h"
#include "message/seal.h"

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

support::Text
tag_of(const std::string &text)
{
    OWNED(DimMessage) message(dim_message_parse(text.c_str(), -1, nullptr));

    return support::Text(message != nullptr ? dim_message_tag(message.get()) : nullptr);
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
    support::Text tag(dim_message_tag(message.get()));
    EXPECT_STREQ("cJ6AyISHokEeHuTfufIqhhSS:0x98d548788b2b84f3F59224417855F40305779Bf2",
                 tag.get())
        << "SHA-256 of three zero bytes";
}

TEST(Message, ReadsTheHintsAboutAGroup)
{
    OWNED(DimMessage)
    message(dim_message_parse(
        wire(",\"data\":\"AAAA\",\"signature\":\"AAAA\",\"GDT\":5.5,\"GHT\":\"7\"").c_str(), -1,
        nullptr));

    ASSERT_NE(nullptr, message);
    EXPECT_EQ(5.5, dim_message_bulletin_time(message.get()));
    EXPECT_EQ(7, dim_message_history_time(message.get()));
}

TEST(Message, EvidenceIsWhatWasSignedAndItsEnvelope)
{
    const std::string data = R"(,"data":"{\"type\":137,\"sn\":5,\"command\":\"quit\"}")";
    const std::string needed = R"(,"type":"137")" + data + R"(,"signature":"AAAA")";
    const DimUnsealing how = {};
    OWNED(DimMessage)
    message(dim_message_parse(
        wire(needed + R"(,"meta":{"x":1},"traces":["x"],"odd":7)", "anyone@anywhere").c_str(),
        -1, nullptr));

    ASSERT_NE(nullptr, message);
    support::Text tag(dim_message_tag(message.get()));
    OWNED(DimMessage) opened(dim_unseal(message.get(), &how, nullptr, nullptr));
    ASSERT_NE(nullptr, opened);
    support::Text evidence(dim_message_evidence(opened.get()));
    EXPECT_EQ(wire(needed, "anyone@anywhere"), evidence.get());
    EXPECT_STREQ(tag.get(), support::Text(dim_message_tag(opened.get())).get());
    OWNED(DimContent) content(dim_content_new_text("for one person"));
    OWNED(DimId) id(dim_id_parse(bob, nullptr));
    OWNED(DimMessage) mine(dim_message_new(id.get(), id.get(), nullptr, content.get()));
    EXPECT_EQ(nullptr, dim_message_evidence(mine.get()));
}

// What was sent again is told by what was signed: all else can be written anew by whoever passes it on, and an ECDSA
// signature has a second form that is as good.
TEST(Message, HasOneTagWhateverNobodySigned)
{
    std::string text = wire(",\"data\":\"AAAA\",\"signature\":\"AAAAAAAAAAAAAAAAAAAAAAAA\"");
    support::Text tag = tag_of(text);
    const std::string same[] = {
        wire(",\"data\":\"AAAA\",\"signature\":\"AAAAAAAAAAAAAAAAAAAAA\\n AAA \""),
        wire(",\"data\":\"AAAA\",\"signature\":\"AAAAAAAAAAAAAAAAAAAAAABB\""),
        wire(",\"data\":\"AA\\nAA\",\"signature\":\"AAAA\",\"type\":1,\"sn\":9"),
        wire(",\"data\":\"AAAA\",\"signature\":\"AAAA\"", alice),
    };
    const std::string others[] = {
        wire(",\"data\":\"AAAB\",\"signature\":\"AAAAAAAAAAAAAAAAAAAAAAAA\""),
        wire(",\"data\":\"AAAA\",\"signature\":\"AAAA\"", "anyone@anywhere"),
        std::string("{\"sender\":\"") + bob + "\",\"receiver\":\"" + bob
            + "\",\"data\":\"AAAA\",\"signature\":\"AAAA\"}",
    };

    for (const std::string &copy : same)
        EXPECT_STREQ(tag.get(), tag_of(copy).get()) << copy;
    for (const std::string &other : others)
        EXPECT_STRNE(tag.get(), tag_of(other).get()) << other;
}

TEST(Message, HasASecondTagOfWhatWasSaid)
{
    OWNED(DimId) me(dim_id_parse(alice, nullptr));
    OWNED(DimId) you(dim_id_parse(bob, nullptr));
    static const struct {
        const char *content, *tag;
    } rows[] = {
        { R"({"type":1,"sn":4,"time":33.5,"text":"x"})",
          "4@33.500000:0x98d548788b2b84f3F59224417855F40305779Bf2" },
        { R"({"type":1,"sn":18446744073709551615,"time":33.000001})",
          "18446744073709551615@33.000001:0x98d548788b2b84f3F59224417855F40305779Bf2" },
        { R"({"type":1,"sn":4,"text":"x"})", nullptr },
        { R"({"type":1,"time":33.5,"text":"x"})", nullptr },
    };

    for (const auto &row : rows) {
        OWNED(DimContent) content(dim_content_parse(row.content, -1, nullptr));
        OWNED(DimMessage) said(dim_message_new(me.get(), you.get(), nullptr, content.get()));
        support::Text tag(dim_message_content_tag(said.get()));

        EXPECT_STREQ(row.tag, tag.get()) << row.content;
    }
}

TEST(Message, RestoresShortNames)
{
    std::string text = std::string("{\"F\":\"") + alice + "\",\"R\":\"" + bob
                       + "\",\"W\":7,\"T\":\"1\",\"D\":\"AAAA\",\"V\":\"AAAA\",\"K\":{\"" + bob
                       + "\":\"AAAA\"}}";
    OWNED(DimMessage) message(dim_message_parse(text.c_str(), -1, nullptr));

    ASSERT_NE(nullptr, message);
    EXPECT_EQ(7, dim_message_time(message.get()));
    OWNED(DimId) reader(dim_id_parse(bob, nullptr));
    EXPECT_TRUE(dim_unseal_has_key(message.get(), reader.get()));
    EXPECT_STREQ("AAAA", dim_message_signature_text(message.get()));
}

TEST(Message, IsABroadcastByReceiverOrForAStationByGroup)
{
    const char *station = "station@x58Go1bBX7JBDH7tUk1meuj1GUbT4KcdG4";
    const std::string broadcasts[] = {
        wire(",\"data\":\"{}\",\"signature\":\"AAAA\"", "station@anywhere"),
        wire(",\"data\":\"{}\",\"signature\":\"AAAA\",\"group\":\"stations@everywhere\"",
             station),
        std::string("{\"sender\":\"") + alice + "\",\"data\":\"{}\",\"signature\":\"AAAA\"}",
    };

    for (const std::string &text : broadcasts) {
        OWNED(DimMessage) message(dim_message_parse(text.c_str(), -1, nullptr));
        ASSERT_NE(nullptr, message) << text;
        EXPECT_TRUE(dim_message_is_broadcast(message.get())) << text;
    }
    for (const char *receiver : { alice, bob, station }) {
        std::string text = wire(",\"data\":\"AAAA\",\"signature\":\"AAAA\"", receiver);
        OWNED(DimMessage) message(dim_message_parse(text.c_str(), -1, nullptr));
        ASSERT_NE(nullptr, message) << text;
        EXPECT_FALSE(dim_message_is_broadcast(message.get())) << text;
    }
    std::string forged =
        wire(",\"data\":\"AAAA\",\"signature\":\"AAAA\",\"group\":\"everyone@everywhere\"");
    OWNED(DimMessage) message(dim_message_parse(forged.c_str(), -1, nullptr));
    EXPECT_FALSE(dim_message_is_broadcast(message.get())) << "for one person";
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
        wire(",\"data\":\"AAAA\",\"signature\":\"AAAA\",\"iv\":\"AAAA\",\"IV\":\"\""),
        wire(",\"data\":\"AAAA\",\"signature\":\"AAAA\",\"IV\":7"),
        wire(",\"data\":\"AAAA\",\"signature\":\"AAAA\",\"group\":\"x\""),
        wire(",\"data\":\"AAAA\",\"signature\":\"AAAA\",\"group\":\" \""),
        wire(",\"data\":\"AAAA\",\"signature\":\"AAAA\",\"group\":[]"),
        wire(",\"data\":\"AAAA\",\"signature\":\"AAAA\"", ""),
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

// Some clients write "" where there is none; a receiver that is "" was named and is nobody (see RefusesWhatIsNone).
TEST(Message, AnEmptyGroupAndAnEmptyIvAreNone)
{
    for (const char *none : { "", ",\"group\":\"\"", ",\"G\":\"\"", ",\"group\":null",
                              ",\"IV\":\"\"", ",\"iv\":\"\"", ",\"IV\":\"\",\"iv\":null",
                              ",\"IV\":null,\"iv\":\"\",\"group\":\"\"" }) {
        std::string text =
            wire((std::string(",\"data\":\"AAAA\",\"signature\":\"AAAA\"") + none).c_str());
        support::Error error;
        OWNED(DimMessage) message(dim_message_parse(text.c_str(), -1, &error));

        ASSERT_NE(nullptr, message) << text << error.message();
        EXPECT_EQ(nullptr, dim_message_group(message.get())) << text;
        EXPECT_STREQ(bob, dim_id_text(dim_message_receiver(message.get())));
        support::Text again(dim_message_to_text(message.get()));
        EXPECT_EQ(text, again.get()) << "what was received stays as it was";
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
