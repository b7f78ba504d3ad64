// SPDX-License-Identifier: GPL-2.0-or-later
// Handshakes: what the station's steps ask of the desk, and whose handshake is none.
#include "tests/unit/command/desk.hh"

namespace {

using namespace support;

class HandshakeCommand : public DeskTest {};

const std::string KEY(64, 'a');
const char AGAIN[] = R"("command":"handshake","title":"DIM?","session":"key")";
const char SUCCESS[] = R"("command":"handshake","title":"DIM!","session":"key")";

TEST_F(HandshakeCommand, HandsTheStationsStepsOn)
{
    EXPECT_TRUE(say(station(), AGAIN));
    EXPECT_TRUE(say(station(), SUCCESS));
    EXPECT_EQ(done, (Words{ "challenged by station key", "greeted by station key" }));
    EXPECT_TRUE(replies.empty());
}

// As 2.1.1 and 1.6.0 write them, and the white paper's form.
TEST_F(HandshakeCommand, ReadsEverySpelling)
{
    EXPECT_TRUE(hear(
        station(), R"({"type":136,"sn":1,"time":<now>,"command":"handshake","title":"DIM?",)"
                   R"("message":"DIM?","session":")"
                       + KEY + R"(","remote_address":["127.0.0.1",48474],"cmd":"handshake"})"));
    EXPECT_TRUE(
        hear(station(), R"({"type":"136","cmd":"handshake","message":"DIM?","session":"k"})"));
    EXPECT_TRUE(
        hear(station(), R"({"type":136,"cmd":"handshake","message":"DIM!","session":"k"})"));
    EXPECT_EQ(done, (Words{ "challenged by station " + KEY, "challenged by station k",
                            "greeted by station k" }));
}

TEST_F(HandshakeCommand, TheStationMayAskAgainAtAnyTime)
{
    known_station = station();
    EXPECT_TRUE(say(station(), std::string(AGAIN) + R"(,"force":true)"));
    EXPECT_TRUE(say(station(), SUCCESS));
    EXPECT_EQ(done, (Words{ "challenged by station key", "greeted by station key" }));
}

TEST_F(HandshakeCommand, RefusesAllWhoAreNoStation)
{
    for (DimId *who : { peer().id(), me().id(), bot() }) {
        EXPECT_TRUE(refuses(who, AGAIN, DIM_ERROR_UNVERIFIED));
        EXPECT_TRUE(refuses(who, SUCCESS, DIM_ERROR_UNVERIFIED));
    }
    EXPECT_TRUE(replies.empty());
}

// Anybody can make himself an ID that says "station".
TEST_F(HandshakeCommand, RefusesAnotherStationOnceOursIsKnown)
{
    EXPECT_TRUE(say(other_station(), AGAIN));
    known_station = station();
    EXPECT_TRUE(refuses(other_station(), AGAIN, DIM_ERROR_UNVERIFIED));
    EXPECT_TRUE(refuses(other_station(), SUCCESS, DIM_ERROR_UNVERIFIED));
    EXPECT_TRUE(say(station(), SUCCESS));
    EXPECT_EQ(done, (Words{ "challenged by other station key", "greeted by station key" }));
}

TEST_F(HandshakeCommand, RefusesAStepWithoutAUsableKey)
{
    const Words keys = { "",
                         R"(,"session":"")",
                         R"(,"session":null)",
                         R"(,"session":7)",
                         R"(,"session":["key"])",
                         R"(,"session":{"key":"key"})",
                         R"(,"session":")" + std::string(257, 'a') + "\"" };

    for (const std::string &key : keys) {
        EXPECT_TRUE(refuses(station(), R"("command":"handshake","title":"DIM?")" + key,
                            DIM_ERROR_MALFORMED));
        EXPECT_TRUE(refuses(station(), R"("command":"handshake","title":"DIM!")" + key,
                            DIM_ERROR_MALFORMED));
    }
}

TEST_F(HandshakeCommand, AnythingElseFromAStationIsNothing)
{
    for (const char *title : { R"("Hello world!")", R"("Nice to meet you too!")", R"("dim!")",
                               "\"\"", "null", "7", "true", R"(["DIM!"])", R"({"DIM!":1})" }) {
        EXPECT_TRUE(
            ignores(station(), std::string(R"("command":"handshake","title":)") + title));
        EXPECT_TRUE(ignores(
            station(), std::string(R"("command":"handshake","session":"k","title":)") + title));
    }
}

} // namespace
