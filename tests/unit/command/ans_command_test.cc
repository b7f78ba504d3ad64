// SPDX-License-Identifier: GPL-2.0-or-later
// Names of services: told by our station alone, when asked, and never a word that means something else.
#include "tests/unit/command/desk.hh"

namespace {

using namespace support;

class AnsCommand : public DeskTest {
  protected:
    void
    SetUp() override
    {
        DeskTest::SetUp();
        known_station = station();
        asked = { "ans" };
    }
};

TEST_F(AnsCommand, KeepsAndTellsTheNames)
{
    const std::string id = dim_id_text(bot());

    EXPECT_TRUE(say(station(), R"("command":"ans","names":"archivist assistant x",)"
                               R"("records":{"archivist":")"
                                   + id + R"(","assistant":")" + id + R"("},"missed":["x"])"));
    EXPECT_EQ(done, (Words{ "archivist is bot", "assistant is bot",
                            "told: archivist is " + id + ", assistant is " + id }));
}

TEST_F(AnsCommand, BelievesOurStationOnly)
{
    for (const DimId *who : { peer().id(), bot(), other_station() })
        EXPECT_TRUE(refuses(who, R"("command":"ans","records":{"archivist":"<peer>"})",
                            DIM_ERROR_UNVERIFIED));
    known_station = nullptr;
    EXPECT_TRUE(refuses(station(), R"("command":"ans","records":{"archivist":"<peer>"})",
                        DIM_ERROR_UNVERIFIED));
}

TEST_F(AnsCommand, WhatNobodyAskedForIsNoAnswer)
{
    asked.clear();
    EXPECT_TRUE(ignores(station(), R"("command":"ans","records":{"archivist":"<peer>"})"));
}

// The program asks too, whenever somebody is to be searched for.
TEST_F(AnsCommand, WhatNoPersonAskedForIsKeptInSilence)
{
    const std::string answer = std::string(R"("command":"ans","names":"archivist","records":{)")
                               + R"("archivist":")" + dim_id_text(bot()) + "\"}";

    asked = { "ans archivist" };
    EXPECT_TRUE(say(station(), answer));
    EXPECT_EQ(done, Words{ "archivist is bot" });
    EXPECT_TRUE(ignores(station(), answer)) << "once";
    asked = { "ans", "ans archivist" };
    EXPECT_TRUE(say(station(), R"("command":"ans","names":"x","records":{"x":"<peer>"})"));
    EXPECT_EQ(done.back(), fill("told: x is <peer>")) << "another question, of a person";
    EXPECT_EQ(asked.size(), 1u);
}

TEST_F(AnsCommand, LeavesOutReservedWordsAndWhatIsNoService)
{
    EXPECT_TRUE(say(station(),
                    R"("command":"ans","records":{"everyone":"<peer>",)"
                    R"("station":"<peer>","admin":"<peer>","a b":"<peer>","":"<peer>",)"
                    R"("x":"everyone@everywhere","y":"???","z":7,"w":null})"));
    EXPECT_EQ(done, Words{ "told: The station knows no such name." });
}

TEST_F(AnsCommand, TakesTwentyAtMost)
{
    std::string records;

    for (int i = 0; i < 50; i++)
        records += std::string(i ? "," : "") + "\"bot" + std::to_string(i) + "\":\"<peer>\"";
    EXPECT_TRUE(say(station(), R"("command":"ans","records":{)" + records + "}"));
    EXPECT_EQ(done.size(), 21u);
}

TEST_F(AnsCommand, AQuestionIsForTheStation)
{
    EXPECT_TRUE(ignores(peer().id(), R"("command":"ans","names":"archivist")"));
    EXPECT_TRUE(ignores(peer().id(), R"("command":"ans","records":[])"));
}

} // namespace
