// SPDX-License-Identifier: GPL-2.0-or-later
// Reports: "online" in every spelling is a sign of life of its sender, when he gave it.
#include "tests/unit/command/desk.hh"

namespace {

using namespace support;

class ReportCommand : public DeskTest {};

TEST_F(ReportCommand, OnlineIsASignOfLife)
{
    const Words words = {
        R"("command":"report","title":"online")",
        R"("command":"report","cmd":"report","title":"online")",
        R"("cmd":"report","title":"online")",
        R"("cmd":"report","state":"foreground")",
        R"("cmd":"broadcast","title":"report","state":"foreground")",
        R"("cmd":"broadcast","title":"online")",
        R"("cmd":"online")",
        R"("command":"online")",
    };

    for (const std::string &word : words) {
        done.clear();
        EXPECT_TRUE(say(peer().id(), word));
        EXPECT_EQ(done, Words{ "alive peer 0 s ago" }) << word;
    }
    EXPECT_TRUE(replies.empty());
}

TEST_F(ReportCommand, AnythingElseIsNone)
{
    for (const char *word :
         { R"("command":"report","title":"offline")", R"("cmd":"report","state":"background")",
           R"("cmd":"offline")", R"("cmd":"broadcast")", R"("command":"report")",
           R"("command":"report","title":"apns","device_token":"00")",
           R"("command":"report","title":"Online")", R"("command":"report","title":"")",
           R"("command":"report","title":null)", R"("command":"report","title":7)",
           R"("command":"report","title":["online"])",
           R"("command":"report","state":{"title":"online"})" })
        EXPECT_TRUE(ignores(peer().id(), word));
}

TEST_F(ReportCommand, ItIsAsOldAsItSays)
{
    EXPECT_TRUE(hear(peer().id(), R"({"type":136,"command":"report","title":"online","time":)"
                                      + std::to_string(clock.now() - 3600) + "}"));
    EXPECT_TRUE(hear(peer().id(), R"({"type":136,"command":"report","title":"online","time":)"
                                      + std::to_string(clock.now() + 600) + "}"));
    EXPECT_EQ(done, (Words{ "alive peer 3600 s ago", "alive peer 0 s ago" }));
}

TEST_F(ReportCommand, RefusesOneOfNoTimeOrOfTheFuture)
{
    for (const std::string &time :
         { std::string("0"), std::string("-1"), std::string("\"now\""), std::string("null"),
           std::to_string(clock.now() + 1900) })
        EXPECT_FALSE(
            hear(peer().id(),
                 R"({"type":136,"command":"report","title":"online","time":)" + time + "}"))
            << time;
    EXPECT_FALSE(hear(peer().id(), R"({"type":136,"command":"report","title":"online"})"));
    EXPECT_TRUE(failed_with(error, DIM_ERROR_MALFORMED));
    EXPECT_TRUE(done.empty());
}

TEST_F(ReportCommand, MineOnAnotherDeviceIsNoNews)
{
    EXPECT_TRUE(ignores(me().id(), R"("command":"report","title":"online")"));
}

} // namespace
