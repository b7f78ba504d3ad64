// SPDX-License-Identifier: GPL-2.0-or-later
// Who has a name and who is here: pages, bounds, switches, and who is not told of.
#include "station/search.h"

#include "station/server_parts.h"

#include "tests/unit/station/answers.hh"
#include "tests/unit/station/house.hh"

using namespace station_test;

namespace {

using Words = std::vector<std::string>;

Words
users_of(JsonObject *json)
{
    JsonArray *array = dim_json_array(json, "users");
    Words users;

    for (guint i = 0; array != nullptr && i < json_array_get_length(array); i++)
        users.emplace_back(json_array_get_string_element(array, i));
    return users;
}

std::string
ask_for(const std::string &members)
{
    return R"({"type":136,"sn":1,"command":"search")" + members + "}";
}

class Search : public Answers {
  protected:
    void
    SetUp() override
    {
        answers(anna_, ask_for("")); // they introduce themselves
        answers(ben_, ask_for(""));
    }
    Words
    users(const std::string &members)
    {
        return users_of(answer(anna_, ask_for(members)).get());
    }
};

TEST_F(Search, TellsWhoHasTheWordsInTheFormOfTheArchivist)
{
    OWNED(JsonObject)
    json = answer(anna_, ask_for(R"(,"keywords":" BEN  ","start":0,"limit":9)"));

    EXPECT_STREQ(dim_json_text(json.get(), "command"), "search");
    EXPECT_STREQ(dim_json_text(json.get(), "keywords"), " BEN  ");
    EXPECT_EQ(dim_json_integer(json.get(), "limit", 0), 9);
    EXPECT_STREQ(dim_json_text(json.get(), "station"), dim_id_text(dim_clerk_me(clerk_)));
    EXPECT_EQ(users_of(json.get()), Words{ ben_.name() });
    EXPECT_EQ(users(R"(,"keywords":")" + anna_.name() + "\""), Words{ anna_.name() });
    EXPECT_EQ(users(R"(,"keywords":"anna ben")"), Words{});
    EXPECT_EQ(users(R"(,"keywords":"station")"), Words{}) << "the station is not listed";
}

TEST_F(Search, ANewNameIsFoundAtOnce)
{
    OWNED(JsonObject) properties(json_object_new());
    support::Error error;

    json_object_set_string_member(properties.get(), "name", "Benjamin");
    OWNED(DimDocument)
    visa(dim_document_new(ben_.id(), "visa", properties.get(),
                          dim_document_time(dim_user_visa(ben_.user.get())) + 1,
                          dim_user_signer(ben_.user.get()), nullptr));
    ASSERT_EQ(dim_clerk_save_document(clerk_, ben_.id(), visa.get(), &error),
              DIM_BOOK_RECEIVED);
    EXPECT_EQ(users(R"(,"keywords":"benjamin")"), Words{ ben_.name() });
}

TEST_F(Search, PagesAreShortAndEndAtAThousand)
{
    guint8 seed[4] = {};

    for (int i = 0; i < 1500; i++) {
        memcpy(seed, &i, sizeof i);
        OWNED(DimId) id(dim_id_parse(Text(dim_address_btc(seed, 4, 0x08)).get(), nullptr));
        dim_directory_put(dim_clerk_directory(clerk_), id.get(), "crowd");
    }
    EXPECT_EQ(users(R"(,"keywords":"crowd")").size(), 50u);
    EXPECT_EQ(users(R"(,"keywords":"crowd","limit":-1)").size(), 50u);
    EXPECT_EQ(users(R"(,"keywords":"crowd","limit":1000000)").size(), 100u);
    EXPECT_EQ(users(R"(,"keywords":"crowd","limit":7,"start":-5)").size(), 7u);
    EXPECT_EQ(users(R"(,"keywords":"crowd","start":990,"limit":100)").size(), 10u);
    EXPECT_EQ(users(R"(,"keywords":"crowd","start":1000,"limit":100)").size(), 0u);
    EXPECT_EQ(users(R"(,"keywords":"crowd","start":9223372036854775807)").size(), 0u);
    EXPECT_NE(users(R"(,"keywords":"crowd","start":50)").at(0),
              users(R"(,"keywords":"crowd")").at(0));
    users(R"(,"keywords":"nobody")");
    EXPECT_GT(work_, 2.9) << "looking at all of them is paid for";
}

TEST_F(Search, WantsWordsAndNotTooMany)
{
    for (const std::string &words : { std::string(), std::string("  "),
                                      std::string("a b c d e f g h i"), std::string(257, 'x') })
        EXPECT_EQ(this->words(answers(anna_, ask_for(R"(,"keywords":")" + words + "\""))),
                  Words{ "Search command error." })
            << words;
    for (const char *members :
         { "", R"(,"keywords":null)", R"(,"keywords":["a"])", R"(,"keywords":{"a":1})" })
        EXPECT_EQ(this->words(answers(anna_, ask_for(members))),
                  Words{ "Search command error." })
            << members;
    EXPECT_TRUE(answers(anna_, ask_for(R"(,"keywords":"a","users":[])")).empty())
        << "an answer is not answered";
}

TEST_F(Search, CanBeSwitchedOff)
{
    settings_->search = FALSE;
    EXPECT_EQ(words(answers(anna_, ask_for(R"(,"keywords":"ben")"))),
              Words{ "Command not support." });
    EXPECT_EQ(users(R"(,"keywords":"users")"), Words{}) << "who is here is another switch";
    settings_->search = TRUE;
    settings_->online = FALSE;
    EXPECT_EQ(words(answers(anna_, R"({"type":136,"sn":1,"command":"users"})")),
              Words{ "Command not support." });
    EXPECT_EQ(words(answers(anna_, ask_for(R"(,"keywords":"users")"))),
              Words{ "Command not support." });
    EXPECT_EQ(users(R"(,"keywords":"ben")"), Words{ ben_.name() });
}

TEST(Searching, IsPaidByWhoAsks)
{
    House house([](DimSettings *settings) {
        settings->rate = 1;
        settings->burst = 30;
    });
    Person anna("Anna");
    auto caller = house.caller(anna);
    OWNED(DimContent)
    search(dim_content_parse(ask_for(R"(,"keywords":"nobody")").c_str(), -1, nullptr));
    guint8 seed[4] = {};

    for (int i = 0; i < 30000; i++) {
        memcpy(seed, &i, sizeof i);
        OWNED(DimId) id(dim_id_parse(Text(dim_address_btc(seed, 4, 0x08)).get(), nullptr));
        dim_directory_put(dim_clerk_directory(house.server->clerk), id.get(), "crowd");
    }
    ASSERT_TRUE(caller->login());
    EXPECT_TRUE(caller->acknowledged(caller->ask(search.get())));
    EXPECT_FALSE(caller->acknowledged(caller->ask(search.get()), 500));
}

// The last answer with people in it.
Words
listed(Caller &caller, const char *question)
{
    const size_t before = caller.commands.size();
    OWNED(DimContent) content(dim_content_parse(question, -1, nullptr));
    Words users{ "(no answer)" };

    caller.ask(content.get());
    caller.wait(3000, [&] { return caller.commands.size() > before; });
    if (caller.commands.size() > before) {
        OWNED(JsonObject) json(dim_json_parse(caller.commands.back().c_str(), -1, nullptr));
        users = users_of(json.get());
    }
    std::sort(users.begin(), users.end());
    return users;
}

const char WHO[] = R"({"type":136,"sn":1,"command":"users"})";

using Online = Neighbours;

TEST_F(Online, TellsWhoTakesMessagesNow)
{
    Person cleo("Cleo");
    OWNED(DimContent) offline(dim_report_new("offline"));
    Words both{ anna.name(), ben.name() };

    std::sort(both.begin(), both.end());
    house.caller(cleo)->greet(); // known, and not logged in
    EXPECT_EQ(listed(*a, WHO), both);
    EXPECT_EQ(listed(*a, R"({"type":136,"sn":1,"command":"search","keywords":"users"})"), both);
    EXPECT_EQ(listed(*a, R"({"type":136,"sn":1,"command":"users","limit":1})").size(), 1u);
    EXPECT_EQ(listed(*a, R"({"type":136,"sn":1,"command":"users","start":2})"), Words{});
    ASSERT_TRUE(b->acknowledged(b->ask(offline.get())));
    EXPECT_EQ(listed(*a, WHO), Words{ anna.name() });
}

TEST_F(Online, WhoBlocksSomebodyIsNotSeenByHim)
{
    OWNED(DimContent)
    list(dim_content_parse(
        (R"({"type":136,"sn":1,"command":"block","list":[")" + anna.name() + R"("]})").c_str(),
        -1, nullptr));
    b->ask(list.get());
    ASSERT_TRUE(b->receipt("Block received."));
    EXPECT_EQ(listed(*a, WHO), Words{ anna.name() });
    EXPECT_EQ(listed(*b, WHO).size(), 2u);
}

TEST_F(Online, AStrangerIsToldNothing)
{
    Person eve("Eve");
    auto e = house.caller(eve);

    e->greet();
    ASSERT_TRUE(e->wait(3000, [&] { return !e->session.empty(); }));
    for (const char *question :
         { WHO, R"({"type":136,"sn":1,"command":"search","keywords":"anna"})",
           R"({"type":136,"sn":1,"command":"block"})",
           R"({"type":136,"sn":1,"command":"storage","title":"contacts"})" }) {
        OWNED(DimContent) content(dim_content_parse(question, -1, nullptr));
        e->ask(content.get());
    }
    EXPECT_TRUE(e->wait(3000, [&] { return e->forced; }));
    e->wait(200, [] { return false; });
    EXPECT_TRUE(e->receipts.empty());
    for (const std::string &said : e->commands)
        EXPECT_NE(said.find("handshake"), std::string::npos) << said;
}

} // namespace
