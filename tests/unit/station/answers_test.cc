// SPDX-License-Identifier: GPL-2.0-or-later
// Each command in, and the station's answer out, in the official words.
#include "tests/unit/station/answers.hh"

#include "identity/address.h"
#include "message/commands.h"

#include "tests/support/rotate.hh"

using namespace station_test;

namespace {

TEST_F(Answers, HandshakeByTitleAndSession)
{
    OWNED(DimContent) start(dim_handshake_new(DIM_HANDSHAKE_START, nullptr));
    OWNED(DimContent) wrong(dim_handshake_new(DIM_HANDSHAKE_RESTART, "1234"));
    OWNED(DimContent) right(dim_handshake_new(DIM_HANDSHAKE_RESTART, SESSION));
    OWNED(DimContent) success(dim_handshake_new(DIM_HANDSHAKE_SUCCESS, SESSION));

    for (DimContent *content : { start.get(), wrong.get() }) {
        const auto texts = answers(anna_, content);
        ASSERT_EQ(texts.size(), 1u);
        EXPECT_NE(texts[0].find("\"DIM?\""), std::string::npos);
        EXPECT_NE(texts[0].find(SESSION), std::string::npos);
        EXPECT_NE(texts[0].find("[\"127.0.0.1\",5678]"), std::string::npos) << texts[0];
        EXPECT_EQ(effect_, DIM_EFFECT_NONE);
    }
    EXPECT_NE(answers(anna_, right.get()).at(0).find("\"DIM!\""), std::string::npos);
    EXPECT_EQ(effect_, DIM_EFFECT_LOGIN);
    EXPECT_EQ(words(answers(anna_, success.get())), Words{ "Command not support." });
    EXPECT_EQ(effect_, DIM_EFFECT_NONE);
}

TEST_F(Answers, MetaAskedForAndPushed)
{
    OWNED(DimContent) query(dim_meta_query_new(ben_.id()));
    OWNED(DimContent) push(dim_meta_command_new(ben_.id(), dim_user_meta(ben_.user.get())));
    OWNED(DimContent) wrong(dim_meta_command_new(ben_.id(), dim_user_meta(anna_.user.get())));
    OWNED(DimContent) mine(dim_meta_query_new(dim_user_id(user_.get())));

    EXPECT_EQ(words(answers(anna_, query.get())), Words{ "Meta not found." });
    EXPECT_EQ(words(answers(anna_, wrong.get())), Words{ "Meta not valid." });
    EXPECT_EQ(words(answers(anna_, push.get())), Words{ "Meta received." });
    EXPECT_NE(answers(anna_, query.get()).at(0).find("\"key\""), std::string::npos);
    EXPECT_NE(answers(anna_, mine.get()).at(0).find("\"fingerprint\""), std::string::npos);
}

TEST_F(Answers, DocumentAskedForAndPushed)
{
    DimMeta *meta = dim_user_meta(ben_.user.get());
    DimDocument *visa = dim_user_visa(ben_.user.get());
    const double time = dim_document_time(visa);
    OWNED(DimContent) query(dim_document_query_new(ben_.id(), 0));
    OWNED(DimContent) same(dim_document_query_new(ben_.id(), time));
    OWNED(DimContent) older(dim_document_query_new(ben_.id(), time - 10));
    OWNED(DimContent) bare(dim_document_command_new(ben_.id(), nullptr, visa));
    OWNED(DimContent) push(dim_document_command_new(ben_.id(), meta, visa));

    EXPECT_EQ(words(answers(anna_, query.get())), Words{ "Document not found." });
    EXPECT_EQ(words(answers(anna_, bare.get())), Words{ "Meta not found." });
    EXPECT_EQ(words(answers(anna_, push.get())), Words{ "Document received." });
    EXPECT_EQ(words(answers(anna_, bare.get())), Words{ "Document received." });
    EXPECT_EQ(words(answers(anna_, same.get())), Words{ "Document not updated." });
    for (DimContent *content : { query.get(), older.get() }) {
        const auto texts = answers(anna_, content);
        ASSERT_EQ(texts.size(), 1u);
        EXPECT_NE(texts[0].find("\"document\":{"), std::string::npos);
        EXPECT_NE(texts[0].find("\"meta\":{"), std::string::npos);
    }
}

TEST_F(Answers, DocumentsThatAreNotAccepted)
{
    const double now = dim_clock_now(dim_clock_system());
    JsonObject *properties = json_object_new();
    OWNED(DimDocument)
    forged(dim_document_new(ben_.id(), "visa", properties, now,
                            dim_user_signer(anna_.user.get()), nullptr));
    OWNED(DimDocument)
    future(dim_document_new(ben_.id(), "visa", properties, now + 2400,
                            dim_user_signer(ben_.user.get()), nullptr));
    OWNED(DimDocument)
    old(dim_document_new(ben_.id(), "visa", properties, now - 2400,
                         dim_user_signer(ben_.user.get()), nullptr));
    OWNED(DimContent)
    first(dim_document_command_new(ben_.id(), dim_user_meta(ben_.user.get()),
                                   dim_user_visa(ben_.user.get())));
    OWNED(DimContent) one(dim_document_command_new(ben_.id(), nullptr, forged.get()));
    OWNED(DimContent) two(dim_document_command_new(ben_.id(), nullptr, future.get()));
    OWNED(DimContent) three(dim_document_command_new(ben_.id(), nullptr, old.get()));

    answers(anna_, first.get());
    EXPECT_EQ(words(answers(anna_, one.get())), Words{ "Document not accepted." });
    EXPECT_EQ(words(answers(anna_, two.get())), Words{ "Document not changed." });
    EXPECT_EQ(words(answers(anna_, three.get())), Words{ "Document not changed." });
    json_object_unref(properties);
}

TEST_F(Answers, LoginNewestWinsAndIsForwarded)
{
    OWNED(DimContent) early(dim_login_new(ben_.id(), "one", nullptr, "127.0.0.1", 1));
    g_usleep(2000);
    OWNED(DimContent) late(dim_login_new(ben_.id(), "two", nullptr, "127.0.0.1", 1));
    OWNED(DimContent) of_another(dim_login_new(anna_.id(), "three", nullptr, "127.0.0.1", 1));
    OWNED(DimContent) query(dim_document_query_new(ben_.id(), 0));

    EXPECT_EQ(words(answers(ben_, late.get())), Words{ "Login received." });
    EXPECT_EQ(effect_, DIM_EFFECT_ACTIVE);
    EXPECT_EQ(answers(ben_, early.get()).size(), 0u);
    EXPECT_EQ(answers(ben_, of_another.get()).size(), 0u);
    const auto texts = answers(anna_, query.get());
    ASSERT_EQ(texts.size(), 2u);
    EXPECT_NE(texts[1].find("\"type\":255"), std::string::npos);
    EXPECT_NE(texts[1].find("two"), std::string::npos);
}

TEST_F(Answers, DocumentsArePaidByWhoSendsThem)
{
    OWNED(DimContent)
    first(dim_document_command_new(ben_.id(), dim_user_meta(ben_.user.get()),
                                   dim_user_visa(ben_.user.get())));
    OWNED(JsonObject) visa(dim_document_to_json(dim_user_visa(ben_.user.get())));
    const std::string one = Text(dim_json_write(visa.get())).get();
    std::string all = one;

    answers(anna_, first.get());
    EXPECT_GE(work_, 2) << "one is paid for";
    for (int i = 1; i < 100; i++)
        all += "," + one;
    answers(anna_, R"({"type":136,"sn":24,"time":1700000000.5,"command":"documents","did":")"
                       + std::string(dim_id_text(ben_.id())) + R"(","documents":[)" + all
                       + "]}");
    EXPECT_GE(work_, 2 * DIM_COMMAND_DOCUMENTS);
    EXPECT_LE(work_, 4 * DIM_COMMAND_DOCUMENTS) << "and more than so many are not looked at";
}

// An RSA key of half as long again as an ordinary one costs twice as much.
TEST_F(Answers, DocumentsOfDearKeysArePaidByTheirWork)
{
    OWNED(DimPrivateKey) dear(dim_private_key_new(DIM_KEY_RSA, 3072, nullptr));
    OWNED(DimMeta) meta(dim_meta_new(DIM_META_MKM, dear.get(), "dear", nullptr));
    OWNED(DimId) id(dim_meta_make_id(meta.get(), DIM_TYPE_USER, nullptr));
    auto push = [&](const DimId *whose, const DimPrivateKey *signer) {
        OWNED(DimDocument)
        document(dim_document_new(whose, "visa",
                                  dim_document_properties(dim_user_visa(ben_.user.get())),
                                  dim_clock_now(dim_clock_system()), signer, nullptr));
        OWNED(DimContent)
        content(dim_document_command_new(whose, meta.get(), document.get()));

        return words(answers(anna_, content.get()));
    };

    EXPECT_EQ(push(id.get(), dear.get()), Words{ "Document received." });
    EXPECT_NEAR(work_, 1 + 2 * 2 + 1, 0.1)
        << "the meta, the document here and at the book, and the answer";
    EXPECT_EQ(wasted_, 0);
    EXPECT_EQ(push(id.get(), dim_user_signer(anna_.user.get())),
              Words{ "Document not accepted." });
    EXPECT_NEAR(work_, 1 + 1, 0.1);
    EXPECT_EQ(wasted_, 2);
    EXPECT_EQ(push(ben_.id(), dear.get()), Words{ "Meta not valid." });
    EXPECT_EQ(wasted_, 2);
}

TEST_F(Answers, JudgesWhoSentAMessage)
{
    OWNED(DimContent) hello(dim_report_new("online"));
    auto judge = [this](const std::string &text) {
        OWNED(DimMessage) message(dim_message_parse(text.c_str(), -1, nullptr));
        guint work;
        return dim_clerk_check(clerk_, message.get(), &work);
    };
    auto replaced = [](std::string text, const std::string &from, const std::string &to) {
        const size_t at = text.find(from);
        EXPECT_NE(at, std::string::npos);
        return text.replace(at, from.size(), to);
    };
    const std::string bare = seal(anna_, dim_id_any_station(), hello.get(), nullptr, false);
    const std::string full = seal(anna_, dim_id_any_station(), hello.get(), nullptr, true);
    OWNED(JsonObject) right(dim_meta_to_json(dim_user_meta(anna_.user.get())));
    OWNED(JsonObject) wrong(dim_meta_to_json(dim_user_meta(ben_.user.get())));
    Text from(dim_json_write(right.get()));
    Text to(dim_json_write(wrong.get()));
    guint8 seed[4] = { 1, 2, 3, 4 };
    Text group(dim_address_btc(seed, sizeof seed, 0x10));

    EXPECT_EQ(judge(bare), DIM_CLERK_STRANGER);
    EXPECT_EQ(judge(replaced(bare, anna_.name(), std::string("x@") + group.get())),
              DIM_CLERK_FORGED);
    EXPECT_EQ(judge(replaced(full, from.get(), to.get())), DIM_CLERK_FORGED);
    EXPECT_EQ(judge(full), DIM_CLERK_GOOD);
    EXPECT_EQ(judge(bare), DIM_CLERK_GOOD) << "known by now";
    EXPECT_EQ(judge(replaced(full, from.get(), to.get())), DIM_CLERK_FORGED)
        << "and still strict";
}

TEST_F(Answers, LoginOfTheFutureIsIgnored)
{
    auto login = [this](double ahead) {
        Text text(
            g_strdup_printf(R"({"type":136,"sn":1,"time":%.0f,"command":"login","did":"%s"})",
                            dim_clock_now(dim_clock_system()) + ahead, ben_.name().c_str()));
        return answers(ben_, std::string(text.get())).size();
    };

    EXPECT_EQ(login(3600), 0u);
    EXPECT_EQ(effect_, DIM_EFFECT_NONE);
    EXPECT_EQ(login(0), 1u);
    EXPECT_EQ(effect_, DIM_EFFECT_ACTIVE);
}

TEST_F(Answers, AnArrayIsAnsweredSixtyFourTimes)
{
    std::string list = R"({"type":136,"sn":2,"command":"report","title":"online"})";

    for (int i = 1; i < 100; i++)
        list += R"(,{"type":136,"sn":2,"command":"report","title":"online"})";
    EXPECT_EQ(answers(anna_, R"({"type":202,"sn":1,"contents":[)" + list + "]}").size(), 64u);
    EXPECT_EQ(answers(anna_, R"({"type":202,"sn":1,"contents":[{"type":202,"sn":2,"contents":[)"
                                 + list + "]}]}")
                  .size(),
              0u);
}

TEST_F(Answers, SealsForTheNewestKeyOfItsReader)
{
    OWNED(DimContent) hello(dim_report_new("online"));
    support::Error error;
    auto wrapped = [&] {
        Text text(dim_clerk_seal(clerk_, ben_.id(), hello.get(), FALSE, &error));
        OWNED(JsonObject) object(dim_json_parse(text.get(), -1, nullptr));
        return std::string(
            dim_json_text(dim_json_object(object.get(), "keys"), ben_.name().c_str()));
    };

    answers(ben_, hello.get()); /* he introduces himself */
    const std::string first = wrapped();
    EXPECT_EQ(wrapped(), first);
    ASSERT_TRUE(support::rotate(ben_.user.get(), ben_.store.get(),
                                dim_clock_now(dim_clock_system()), &error));
    EXPECT_EQ(
        dim_clerk_save_document(clerk_, ben_.id(), dim_user_visa(ben_.user.get()), &error),
        DIM_BOOK_RECEIVED);
    EXPECT_NE(wrapped(), first);
}

TEST_F(Answers, ForgetsWhatItRefusedAfterThousands)
{
    const std::string first =
        seal(anna_, dim_id_any_station(),
             OWNED(DimContent)(dim_content_new_text("what?")).get(), nullptr, true);

    EXPECT_EQ(answers_to(first).size(), 1u);
    for (int i = 0; i < 4100; i++) {
        OWNED(DimContent) text(dim_content_new_text("what?"));
        ASSERT_EQ(
            answers_to(seal(anna_, dim_id_any_station(), text.get(), nullptr, false)).size(),
            1u);
    }
    EXPECT_EQ(answers_to(first).size(), 1u) << "answering twice is better than growing";
}

TEST_F(Answers, Report)
{
    OWNED(DimContent) online(dim_report_new("online"));
    OWNED(DimContent) offline(dim_report_new("offline"));

    EXPECT_EQ(words(answers(anna_, online.get())), Words{ "Online received." });
    EXPECT_EQ(effect_, DIM_EFFECT_ACTIVE);
    EXPECT_TRUE(answers(anna_, offline.get()).empty());
    EXPECT_EQ(effect_, DIM_EFFECT_INACTIVE);
    EXPECT_EQ(words(answers(anna_, R"({"type":136,"sn":1,"command":"report","title":"x"})")),
              Words{ "Command not support." });
}

TEST_F(Answers, WhatItDoesNotSupportOnceAndReceiptsNever)
{
    OWNED(DimContent) text(dim_content_new_text("hello station"));
    const std::string payload = seal(anna_, dim_id_any_station(), text.get(), nullptr, true);

    EXPECT_EQ(words(answers_to(payload)), Words{ "Content not support." });
    EXPECT_TRUE(answers_to(payload).empty()) << "the same message is not answered again";
    for (const char *command : { "broadcast", "push", "register", "searches" })
        EXPECT_EQ(words(answers(anna_, std::string(R"({"type":136,"sn":1,"command":")")
                                           + command + "\"}")),
                  Words{ "Command not support." });
    EXPECT_TRUE(
        answers(anna_, R"({"type":136,"sn":1,"command":"receipt","text":"Message received."})")
            .empty());
    EXPECT_TRUE(answers(anna_, R"({"type":202,"sn":1,"contents":[]})").empty());
    EXPECT_EQ(answers(anna_, R"({"type":202,"sn":1,"contents":[
                  {"type":136,"sn":2,"command":"report","title":"online"},
                  {"type":202,"sn":3,"contents":[]},
                  {"type":136,"sn":4,"command":"ans","names":"all"}]})")
                  .size(),
              2u);
}

TEST_F(Answers, AMemberOfAnyKindGetsOneAnswerAtMost)
{
    const std::vector<std::string> values{
        "null",  "true", "-1",     "1e300", "\"\"",
        "\"x\"", "[]",   "[[[]]]", "{}",    "[null,{\"a\":[]}]"
    };
    const char *commands[] = { "search", "users",   "ans",      "block",
                               "mute",   "storage", "contacts", "private_key" };
    const char *members[] = { "keywords", "users", "start", "limit",    "names", "records",
                              "list",     "title", "data",  "contacts", "key",   "time" };

    for (const char *command : commands) {
        for (const char *member : members) {
            for (const std::string &value : values) {
                const std::string text = std::string(R"({"type":136,"sn":1,"command":")")
                                         + command + R"(",")" + member + "\":" + value + "}";
                EXPECT_LE(answers(anna_, text).size(), 1u) << text;
            }
        }
    }
}

} // namespace
