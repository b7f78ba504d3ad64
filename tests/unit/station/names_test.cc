// SPDX-License-Identifier: GPL-2.0-or-later
// Names of services: the configuration's, the station's own, and questions that ask too much.
#include "station/names.h"

#include "tests/unit/station/answers.hh"
#include "tests/unit/station/house.hh"

using namespace station_test;

namespace {

using Names = Answers;

TEST_F(Names, OfTheConfigurationAreToldAndOthersMissed)
{
    g_hash_table_insert(settings_->names, g_strdup("archivist"), dim_id_ref(ben_.id()));
    const auto texts =
        answers(anna_, R"({"type":136,"sn":1,"command":"ans","names":"archivist nosuch"})");

    ASSERT_EQ(texts.size(), 1u);
    EXPECT_NE(texts[0].find("\"records\":{\"archivist\":\"" + ben_.name() + "\"}"),
              std::string::npos)
        << texts[0];
    EXPECT_NE(texts[0].find("\"missed\":[\"nosuch\"]"), std::string::npos);
    EXPECT_EQ(words(answers(anna_, R"({"type":136,"sn":1,"command":"ans","names":""})")),
              Words{ "ANS command error." });
}

TEST_F(Names, TheStationIsTheArchivistWhereNobodyElseIs)
{
    const auto asked = R"({"type":136,"sn":1,"command":"ans","names":"archivist founder"})";
    auto archivist = [&] {
        OWNED(JsonObject) json = answer(anna_, asked);
        return std::string(dim_json_text(dim_json_object(json.get(), "records"), "archivist"));
    };

    EXPECT_EQ(archivist(), dim_id_text(dim_clerk_me(clerk_)));
    g_hash_table_insert(settings_->names, g_strdup("archivist"), dim_id_ref(ben_.id()));
    EXPECT_EQ(archivist(), ben_.name());
}

TEST_F(Names, AnAnswerIsNotAnswered)
{
    EXPECT_TRUE(
        answers(anna_, R"({"type":136,"sn":1,"command":"ans","names":"all","records":{}})")
            .empty());
}

TEST_F(Names, OnlyTheFirstSixtyFourOfAQuestionAndNoneThatIsTooLong)
{
    std::string many;

    for (int i = 0; i < 1000; i++)
        many += "n" + std::to_string(i) + " ";
    OWNED(JsonObject)
    json = answer(anna_, R"({"type":136,"sn":1,"command":"ans","names":")"
                             + std::string(65, 'x') + " \\t " + many + "\"}");
    EXPECT_EQ(json_array_get_length(dim_json_array(json.get(), "missed")), 64u);
    EXPECT_STREQ(json_array_get_string_element(dim_json_array(json.get(), "missed"), 0), "n0");
    EXPECT_EQ(std::string(dim_json_text(json.get(), "names")).substr(0, 6), "n0 n1 ");
}

TEST(Service, ALetterToANameReachesItsOwnerOrTheStationItself)
{
    Person anna("Anna");
    Person bot("Bot");
    OWNED(DimId) archivist(dim_id_parse("archivist@anywhere", nullptr));
    OWNED(DimContent)
    question(dim_content_parse(R"({"type":136,"sn":5,"command":"storage","title":"contacts"})",
                               -1, nullptr));

    for (const bool other : { false, true }) {
        House house([&](DimSettings *settings) {
            if (other)
                g_hash_table_insert(settings->names, g_strdup("archivist"),
                                    dim_id_ref(bot.id()));
        });
        auto caller = house.caller(anna);

        ASSERT_TRUE(caller->login());
        ASSERT_TRUE(caller->acknowledged(
            caller->send(seal(anna, archivist.get(), question.get(), nullptr, false))));
        EXPECT_TRUE(caller->receipt(other ? "Message cached." : "Contacts not found."));
        EXPECT_EQ(house.queued(), other ? 1u : 0u);
    }
}

} // namespace
