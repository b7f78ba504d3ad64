// SPDX-License-Identifier: GPL-2.0-or-later
// What the archivist found: told once, to whoever asked, and from our station or a service that it named only.
#include "tests/unit/command/desk.hh"

namespace {

using namespace support;

class SearchCommand : public DeskTest {
  protected:
    void
    SetUp() override
    {
        DeskTest::SetUp();
        known_station = station();
        service = bot();
    }
};

const char FOUND[] = R"("command":"search","keywords":"x","users":["<peer>","<stranger>"])";

TEST_F(SearchCommand, TellsWhoWasFound)
{
    introduce(peer());
    asked = { "search" };
    EXPECT_TRUE(say(bot(), FOUND));
    EXPECT_EQ(done, Words{ fill("told: 2 found: Peer <peer>, <stranger>") });
    EXPECT_TRUE(ignores(bot(), FOUND)); // the second time nobody waits
    EXPECT_TRUE(replies.empty());
}

TEST_F(SearchCommand, TellsWhoIsOnlineAndThatThereIsNobody)
{
    asked = { "users", "search" };
    EXPECT_TRUE(say(station(), R"("command":"users","users":["<peer>"])"));
    EXPECT_TRUE(say(station(), R"("command":"search","users":[])"));
    EXPECT_EQ(done, (Words{ fill("told: 1 found: <peer>"), "told: Nobody was found." }));
}

TEST_F(SearchCommand, SaysWhichOfThemIsMe)
{
    asked = { "search" };
    EXPECT_TRUE(say(bot(), R"("command":"search","keywords":"x","users":["<peer>","<me>"])"));
    EXPECT_EQ(done, Words{ fill("told: 2 found: <peer>, <me> (you)") });
}

TEST_F(SearchCommand, WhoIsOnlineComesAsASearchForThatWord)
{
    const char *text = R"("command":"search","keywords":"users","users":["<peer>"])";

    asked = { "users" };
    EXPECT_TRUE(say(station(), text));
    EXPECT_EQ(done, Words{ fill("told: 1 found: <peer>") });
    EXPECT_TRUE(ignores(station(), text));
    asked = { "search" }; // whoever searches for the word itself is answered alike
    EXPECT_TRUE(say(station(), text));
    EXPECT_EQ(done.size(), 2u);
}

TEST_F(SearchCommand, AnswersOfPersonsAndOfOtherStationsAreNone)
{
    asked = { "search" };
    for (const DimId *who : { peer().id(), me().id(), other_station() })
        EXPECT_TRUE(ignores(who, FOUND));
    EXPECT_EQ(asked.size(), 1u); // the true one may still come
}

// Whoever makes an ID can make it a bot's.
TEST_F(SearchCommand, NoBotAnswersWhomTheStationDidNotName)
{
    service = nullptr;
    asked = { "search" };
    EXPECT_TRUE(ignores(bot(), FOUND));
    service = peer().id(); // whom it names serves, of whatever type his ID is
    EXPECT_TRUE(ignores(bot(), FOUND));
    EXPECT_TRUE(say(peer().id(), FOUND)) << "the true one is still waited for";
    EXPECT_EQ(done, Words{ fill("told: 2 found: <peer>, <stranger>") });
}

TEST_F(SearchCommand, AQuestionIsNotForUs)
{
    asked = { "search" };
    for (const char *text :
         { R"("command":"search","keywords":"x")", R"("command":"search","users":null)",
           R"("command":"search","users":"<peer>")", R"("command":"search","users":{})" })
        EXPECT_TRUE(ignores(bot(), text));
}

TEST_F(SearchCommand, TellsTwentyAtMostAndCountsTheRest)
{
    std::string users;

    for (int i = 0; i < 23; i++)
        users += std::string(i ? "," : "") + "\"<peer>\"";
    asked = { "search" };
    EXPECT_TRUE(say(bot(), R"("command":"search","users":[)" + users + "]"));
    ASSERT_EQ(done.size(), 1u);
    EXPECT_NE(done[0].find("23 found: "), std::string::npos);
    EXPECT_EQ(done[0].substr(done[0].size() - 11), " and 3 more");
}

} // namespace
