// SPDX-License-Identifier: GPL-2.0-or-later
// Backups: given back to their owner as they came, to nobody else, bounded, after a restart; our client's own opens again.
#include "station/backup.h"

#include "message/services.h"

#include "tests/unit/station/answers.hh"
#include "tests/unit/station/house.hh"

using namespace station_test;

namespace {

using Words = std::vector<std::string>;
using Backup = Answers;

std::string
storage(const std::string &members)
{
    return R"({"type":136,"sn":5,"command":"storage")" + members + "}";
}

TEST_F(Backup, ComesBackAsItCameToItsOwnerAlone)
{
    for (const auto &[title, name] :
         { std::pair{ "contacts", "Contacts" }, std::pair{ "private_key", "Private key" } }) {
        const std::string members = std::string(R"(,"title":")") + title + "\"";
        const std::string kept =
            members + R"(,"data":"AAECAw==","key":"BAUG","IV":"Bwg=","hint":7)";

        EXPECT_EQ(words(answers(anna_, storage(members))),
                  Words{ std::string(name) + " not found." });
        EXPECT_EQ(words(answers(anna_, storage(kept))),
                  Words{ std::string(name) + " received." });
        OWNED(JsonObject) json = answer(anna_, storage(members));
        EXPECT_STREQ(dim_json_text(json.get(), "command"), "storage");
        EXPECT_STREQ(dim_json_text(json.get(), "title"), title);
        EXPECT_STREQ(dim_json_text(json.get(), "data"), "AAECAw==");
        EXPECT_STREQ(dim_json_text(json.get(), "key"), "BAUG");
        EXPECT_STREQ(dim_json_text(json.get(), "IV"), "Bwg=");
        EXPECT_EQ(dim_json_integer(json.get(), "hint", 0), 7);
        for (const std::string &whose :
             { std::string(),
               R"(,"did":")" + anna_.name() + R"(","ID":")" + anna_.name() + "\"" })
            EXPECT_EQ(words(answers(ben_, storage(members + whose))),
                      Words{ std::string(name) + " not found." });
    }
}

TEST_F(Backup, TheOlderCommandsAreTheTitles)
{
    EXPECT_EQ(
        words(answers(anna_, R"({"type":136,"sn":1,"command":"contacts","data":"AA=="})")),
        Words{ "Contacts received." });
    EXPECT_STREQ(dim_json_text(answer(anna_, storage(R"(,"title":"contacts")")).get(), "data"),
                 "AA==");
    EXPECT_EQ(words(answers(anna_, R"({"type":136,"sn":1,"command":"private_key"})")),
              Words{ "Private key not found." });
    EXPECT_EQ(words(answers(anna_, storage(R"(,"title":"contacts","contacts":["x"])"))),
              Words{ "Contacts received." });
}

TEST_F(Backup, AnotherTitleIsNotSupported)
{
    for (const char *members : { "", R"(,"title":"pictures","data":"AA==")", R"(,"title":7)",
                                 R"(,"title":null)", R"(,"title":["contacts"])" })
        EXPECT_EQ(words(answers(anna_, storage(members))), Words{ "Command not support." })
            << members;
}

TEST_F(Backup, AnOlderOneAndOneThatIsTooLargeChangeNothing)
{
    const std::string title = R"(,"title":"contacts")";
    const std::string now = std::to_string(dim_clock_now(dim_clock_system()));
    const std::string early = std::to_string(dim_clock_now(dim_clock_system()) - 5);

    EXPECT_EQ(words(answers(anna_, storage(title + R"(,"data":"AA==","time":)" + now))),
              Words{ "Contacts received." });
    EXPECT_EQ(words(answers(anna_, storage(title + R"(,"data":"BB==","time":)" + early))),
              Words{ "Contacts not changed." });
    settings_->kept_bytes = 2000;
    EXPECT_EQ(
        words(answers(anna_, storage(title + R"(,"data":")" + std::string(2000, 'A') + "\""))),
        Words{ "Contacts not accepted." });
    EXPECT_STREQ(dim_json_text(answer(anna_, storage(title)).get(), "data"), "AA==");
}

// A small message must not make the station lock megabytes in one turn.
TEST_F(Backup, IsNotGivenBackADozenTimesInOneAnswer)
{
    const std::string title = R"(,"title":"contacts")";
    const std::string question = storage(title);
    std::string all = R"({"type":202,"sn":6,"contents":[)" + question;

    EXPECT_EQ(words(answers(
                  anna_, storage(title + R"(,"data":")" + std::string(400000, 'A') + R"(")"))),
              Words{ "Contacts received." });
    for (int i = 0; i < 40; i++)
        all += "," + question;
    all += "]}";
    const size_t count = answers(anna_, all).size();
    EXPECT_GE(count, 2u);
    EXPECT_LE(count, 6u);
    EXPECT_LT(work_, 150);
}

TEST_F(Backup, OfOurClientOpensWithItsOwnersKeyAgain)
{
    support::Error error;
    GPtrArray *people = g_ptr_array_new();
    GPtrArray *keys = dim_user_decrypt_keys(anna_.user.get());

    g_ptr_array_add(people, ben_.id());
    OWNED(DimContent)
    made(dim_storage_new(people, dim_document_key(dim_user_visa(anna_.user.get())),
                         dim_user_signer(anna_.user.get()), &error));
    OWNED(DimContent) question(dim_storage_new(nullptr, nullptr, nullptr, &error));
    EXPECT_EQ(words(answers(anna_, made.get())), Words{ "Contacts received." });
    const std::vector<std::string> texts = answers(anna_, question.get());
    ASSERT_EQ(texts.size(), 1u);
    OWNED(DimContent) back(dim_content_parse(texts[0].c_str(), -1, nullptr));
    GPtrArray *found = dim_storage_contacts(back.get(), keys, &error);
    ASSERT_NE(found, nullptr) << error.message();
    ASSERT_EQ(found->len, 1u);
    EXPECT_TRUE(dim_id_equal(static_cast<DimId *>(found->pdata[0]), ben_.id()));
    g_ptr_array_unref(found);
    g_ptr_array_unref(people);
}

// What the station says to a question that is sealed for it.
std::string
told(Caller &caller, const std::string &question)
{
    const size_t before = caller.commands.size();
    OWNED(DimContent) content(dim_content_parse(question.c_str(), -1, nullptr));

    caller.ask(content.get());
    caller.wait(3000, [&] { return caller.commands.size() > before; });
    return caller.commands.size() > before ? caller.commands.back() : "(no answer)";
}

TEST(Kept, IsThereAfterARestartOfTheStation)
{
    House house;
    Person anna("Anna");
    Person ben("Ben");
    support::Error error;
    const std::string title = R"(,"title":"contacts")";

    {
        auto caller = house.caller(anna);
        ASSERT_TRUE(caller->login());
        EXPECT_NE(told(*caller, storage(title + R"(,"data":"AAECAw==")")).find("received"),
                  std::string::npos);
        EXPECT_NE(told(*caller, R"({"type":136,"sn":1,"command":"block","list":[")" + ben.name()
                                    + "\"]}")
                      .find("received"),
                  std::string::npos);
    }
    house.server.reset();
    house.store.reset();
    house.store.reset(dim_store_open(house.folder.file("station/store.db").c_str(), &error));
    ASSERT_TRUE(house.store) << error.message();
    house.server.reset(dim_server_new(house.settings.get(), dim_clock_system(),
                                      house.store.get(), "127.0.0.1", 0, &error));
    ASSERT_TRUE(house.server) << error.message();
    ASSERT_TRUE(dim_server_open(house.server.get(), house.user.get(), &error))
        << error.message();
    auto a = house.caller(anna);
    auto b = house.caller(ben);
    ASSERT_TRUE(a->login());
    ASSERT_TRUE(b->login());
    EXPECT_NE(told(*a, storage(title)).find("AAECAw=="), std::string::npos);
    b->send(letter(ben, anna, "hello"));
    EXPECT_TRUE(b->receipt("Message is blocked by \"Anna\""));
    EXPECT_NE(told(*b, R"({"type":136,"sn":1,"command":"search","keywords":"anna"})")
                  .find(anna.name()),
              std::string::npos)
        << "who was known is found";
}

} // namespace
