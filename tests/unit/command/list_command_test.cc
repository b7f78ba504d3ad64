// SPDX-License-Identifier: GPL-2.0-or-later
// Whom the station says that I block or mute, and what it says of a list of mine.
#include "tests/unit/command/desk.hh"

namespace {

using namespace support;

class ListCommand : public DeskTest {
  protected:
    void
    SetUp() override
    {
        DeskTest::SetUp();
        known_station = station();
        service = bot();
    }
};

TEST_F(ListCommand, TellsTheListThatWasAskedFor)
{
    asked = { "mute", "block" };
    EXPECT_TRUE(say(station(), R"("command":"mute","list":["<peer>"])"));
    EXPECT_TRUE(say(station(), R"("command":"block","list":[])"));
    EXPECT_EQ(done, (Words{ fill("told: The station's mute list: <peer>"),
                            "told: The station's block list: nobody" }));
}

TEST_F(ListCommand, OthersListsAreNoNews)
{
    EXPECT_TRUE(ignores(station(), R"("command":"mute","list":["<peer>"])"));
    asked = { "mute" };
    EXPECT_TRUE(ignores(peer().id(), R"("command":"mute","list":["<me>"])"));
    EXPECT_TRUE(ignores(station(), R"("command":"mute")"));
    EXPECT_TRUE(ignores(station(), R"("command":"mute","list":"<me>")"));
}

// {"origin"} as the official station writes it, with my own ID as the sender.
std::string
receipt(const char *text)
{
    return std::string(R"("command":"receipt","text":")") + text
           + R"(","origin":{"sender":"<me>","receiver":"stations@everywhere","sn":3})";
}

TEST_F(ListCommand, WhatBecameOfAListIsToldOnce)
{
    asked = { "block", "mute", "storage" };
    EXPECT_TRUE(say(station(), receipt("Block received.")));
    EXPECT_TRUE(say(station(), receipt("Mute not changed.")));
    EXPECT_TRUE(say(bot(), receipt("Contacts received.")));
    EXPECT_EQ(done, (Words{ "told: The list of those whom you block is kept.",
                            "told: The network answers: Mute not changed.",
                            "told: Your contacts are kept, locked for you alone." }));
    EXPECT_TRUE(ignores(station(), receipt("Block received.")));
    asked = { "block" };
    service = nullptr;
    for (const DimId *who : { peer().id(), bot() })
        EXPECT_TRUE(ignores(who, receipt("Block received.")));
    EXPECT_TRUE(say(station(), receipt("Block received.")));
    EXPECT_EQ(done.size(), 4u);
}

} // namespace
