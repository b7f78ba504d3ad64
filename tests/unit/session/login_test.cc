// SPDX-License-Identifier: GPL-2.0-or-later
// From an open line to being online: who is believed to be the station, how often it is greeted, what is kept of it.
#include "session_case.hh"
#include "tests/support/log_witness.hh"
#include "tests/support/translation.hh"

namespace {
using LoginTest = SessionTest;

TEST_F(LoginTest, LogsInAndAnnouncesItself)
{
    open();
    EXPECT_EQ(dim_session_state(session), DIM_STATE_ONLINE);
    EXPECT_EQ(count_commands("handshake"), 2);
    EXPECT_EQ(count_commands("login"), 1);
    EXPECT_EQ(count_commands("document"), 1);
    clock.advance(301);
    EXPECT_EQ(count_commands("login"), 2);
}

TEST_F(LoginTest, IsNotLetInByTheKeyOfAnotherSession)
{
    welcomes = false;
    open();
    shake(DIM_HANDSHAKE_SUCCESS, std::string(64, 'b'), station);
    clock.advance(1);
    EXPECT_NE(dim_session_state(session), DIM_STATE_ONLINE);
    shake(DIM_HANDSHAKE_SUCCESS, key, station);
    clock.advance(1);
    EXPECT_EQ(dim_session_state(session), DIM_STATE_ONLINE);
}

TEST_F(LoginTest, IsNotLetInByAPerson)
{
    welcomes = false;
    open();
    shake(DIM_HANDSHAKE_SUCCESS, key, stranger);
    clock.advance(1);
    EXPECT_NE(dim_session_state(session), DIM_STATE_ONLINE);
}

// Anybody can make himself an ID of a station's kind.
TEST_F(LoginTest, AStrangerWhoCallsHimselfAStationDoesNotThrowItOut)
{
    Person other(DIM_META_MKM, DIM_TYPE_STATION);

    open();
    shake(DIM_HANDSHAKE_AGAIN, key, other);
    shake(DIM_HANDSHAKE_SUCCESS, key, other);
    clock.advance(1);
    EXPECT_EQ(dim_session_state(session), DIM_STATE_ONLINE);
    EXPECT_TRUE(failures.empty());
    EXPECT_EQ(count_commands("handshake"), 2);
    // Ours may ask again at any time.
    key = std::string(64, 'c');
    shake(DIM_HANDSHAKE_AGAIN, key, station);
    clock.advance(1);
    EXPECT_EQ(dim_session_state(session), DIM_STATE_ONLINE);
    EXPECT_EQ(count_commands("handshake"), 3);
}

TEST_F(LoginTest, RefusesAnotherStationAtAKnownAddress)
{
    Person other(DIM_META_MKM, DIM_TYPE_STATION);

    ASSERT_TRUE(dim_station_pin(address, me.store, other.id(), nullptr));
    open();
    EXPECT_EQ(dim_session_state(session), DIM_STATE_ERROR);
    ASSERT_EQ(failures.size(), 1u);
    EXPECT_NE(failures[0].find(dim_id_text(other.id())), std::string::npos);
}

TEST_F(LoginTest, BelievesNoStationWhileItCannotReadWhoItWas)
{
    DimRecord broken = {};

    broken.key = "station.example:9394";
    broken.label = "no ID";
    ASSERT_TRUE(dim_store_save(me.store, DIM_TABLE_STATIONS, &broken, nullptr));
    open();
    EXPECT_EQ(dim_session_state(session), DIM_STATE_ERROR);
    ASSERT_EQ(failures.size(), 1u);
    EXPECT_NE(failures[0].find("cannot be read"), std::string::npos) << failures[0];
}

TEST_F(LoginTest, GivesUpOnAStationThatSaysNothing)
{
    line.on_packet = nullptr;
    open();
    clock.advance(60);
    EXPECT_EQ(dim_session_state(session), DIM_STATE_ERROR);
    ASSERT_FALSE(failures.empty());
    EXPECT_NE(failures[0].find("Is the address right"), std::string::npos);
}

TEST_F(LoginTest, SaysWhatFailedInTheLanguageOfThePerson)
{
    support::Translation language(
        "msgid \"Nothing came that a DIM station says. Is the address right, and the clock of "
        "this computer?\"\n"
        "msgstr \"Es kam nichts.\"\n");

    ASSERT_TRUE(language.works);
    line.on_packet = nullptr;
    open();
    clock.advance(60);
    ASSERT_FALSE(failures.empty());
    EXPECT_NE(failures[0].find("port 9394: Es kam nichts."), std::string::npos) << failures[0];
}

TEST_F(LoginTest, TellsOfALineThatNeverSpokeThatTheAddressMayBeWrong)
{
    line.on_packet = nullptr;
    open();
    line.hang_up();
    support::settle();
    ASSERT_FALSE(failures.empty());
    EXPECT_NE(failures[0].find("without a word of a DIM station"), std::string::npos)
        << failures[0];
    EXPECT_EQ(failures[0].find(dim_station_host(address)), 0u) << failures[0];
}

TEST_F(LoginTest, BlamesNoAddressForALineThatHadSpoken)
{
    open();
    ASSERT_EQ(dim_session_state(session), DIM_STATE_ONLINE);
    line.hang_up();
    support::settle();
    ASSERT_FALSE(failures.empty());
    EXPECT_EQ(failures[0].find("without a word"), std::string::npos) << failures[0];
}

TEST_F(LoginTest, TellsEachStateOnce)
{
    static std::vector<DimState> states;

    states.clear();
    events.state_changed = [](DimSession *, DimState state, gpointer) {
        states.push_back(state);
    };
    open();
    EXPECT_EQ(states, (std::vector<DimState>{ DIM_STATE_CONNECTING, DIM_STATE_CONNECTED,
                                              DIM_STATE_HANDSHAKING, DIM_STATE_ONLINE }));
    states.clear();
    dim_session_close(session);
    EXPECT_TRUE(states.empty()) << "who closes it knows";
}

TEST_F(LoginTest, WritesEachStateToTheDebugLogAndNoSecret)
{
    support::LogWitness log("dim-session");
    const std::string place = "station.example, port 9394: ";

    open();
    line.hang_up();
    support::settle();
    std::vector<std::string> told;
    for (const auto &each : log.lines) {
        EXPECT_EQ(each.find(key), std::string::npos) << each;
        if (each.rfind(place, 0) == 0)
            told.push_back(each.substr(place.size()));
    }
    ASSERT_GE(told.size(), 5u);
    told.resize(5);
    EXPECT_EQ(told, (std::vector<std::string>{ "connecting", "connected", "shaking hands",
                                               "online", "failed" }));
}

// From the first welcome on, this host and port mean this ID.
TEST_F(LoginTest, PinsTheStationAtTheFirstWelcome)
{
    Person other(DIM_META_MKM, DIM_TYPE_STATION);

    welcomes = false;
    open();
    EXPECT_EQ(dim_station_pinned(address, me.store, nullptr), nullptr)
        << "a challenge proves nothing";
    shake(DIM_HANDSHAKE_SUCCESS, key, station);
    clock.advance(1);
    DimId *pinned = dim_station_pinned(address, me.store, nullptr);
    ASSERT_NE(pinned, nullptr);
    EXPECT_TRUE(dim_id_equal(pinned, station.id()));
    dim_id_unref(pinned);
    close();

    line.on_packet = nullptr;
    open();
    shake(DIM_HANDSHAKE_AGAIN, key, other);
    clock.advance(1);
    EXPECT_EQ(dim_session_state(session), DIM_STATE_ERROR);
    ASSERT_EQ(failures.size(), 1u);
    EXPECT_NE(failures[0].find(dim_id_text(station.id())), std::string::npos);
}

// What a person typed takes the place of what is known once it is proved, and not before.
TEST_F(LoginTest, TheWantedStationMustProveItselfBeforeItIsPinned)
{
    Person other(DIM_META_MKM, DIM_TYPE_STATION);
    auto is_pinned = [this](const Person &who) {
        OWNED(DimId) pinned(dim_station_pinned(address, me.store, nullptr));
        return pinned != nullptr && dim_id_equal(pinned.get(), who.id());
    };

    line.on_packet = nullptr;
    ASSERT_TRUE(dim_station_pin(address, me.store, station.id(), nullptr));
    dim_station_set_wanted(address, other.id());
    open();
    shake(DIM_HANDSHAKE_AGAIN, key, station);
    clock.advance(1);
    EXPECT_EQ(dim_session_state(session), DIM_STATE_ERROR);
    ASSERT_EQ(failures.size(), 1u);
    for (const char *part : { dim_id_text(station.id()), dim_id_text(other.id()), "option" })
        EXPECT_NE(failures[0].find(part), std::string::npos) << failures[0];
    EXPECT_EQ(failures[0].find("until now"), std::string::npos) << "it never was";
    EXPECT_TRUE(is_pinned(station));
    close();

    open();
    shake(DIM_HANDSHAKE_AGAIN, key, other);
    clock.advance(1);
    EXPECT_TRUE(is_pinned(station)) << "a challenge proves nothing";
    shake(DIM_HANDSHAKE_SUCCESS, key, other);
    clock.advance(1);
    EXPECT_EQ(dim_session_state(session), DIM_STATE_ONLINE);
    EXPECT_TRUE(is_pinned(other));
}

TEST_F(LoginTest, GreetsThreeTimesTenSecondsApart)
{
    auto greetings = [this] { return line.of_type(DIM_PACKET_MESSAGE).size(); };

    line.on_packet = nullptr;
    open();
    EXPECT_EQ(greetings(), 1u);
    clock.advance(8);
    EXPECT_EQ(greetings(), 1u);
    clock.advance(2);
    EXPECT_EQ(greetings(), 2u);
    clock.advance(10);
    EXPECT_EQ(greetings(), 3u);
    EXPECT_TRUE(failures.empty());
    clock.advance(10);
    EXPECT_EQ(greetings(), 3u);
    EXPECT_EQ(failures.size(), 1u);
}

// A late answer of a slow station: from the second greeting on it goes on as from the first.
TEST_F(LoginTest, IsLetInAtTheSecondGreeting)
{
    line.on_packet = nullptr;
    open();
    line.on_packet = [this](const Packet &packet) { answer(packet); };
    clock.advance(11);
    EXPECT_EQ(dim_session_state(session), DIM_STATE_ONLINE);
    clock.advance(60);
    EXPECT_EQ(dim_session_state(session), DIM_STATE_ONLINE) << "its patience ended with that";
    EXPECT_TRUE(failures.empty());
}

TEST_F(LoginTest, ANewLineNeedsANewWelcome)
{
    open();
    ASSERT_EQ(dim_session_state(session), DIM_STATE_ONLINE);
    const int before = count_commands("handshake");

    welcomes = false;
    key = std::string(64, 'd');
    line.hang_up();
    clock.advance(9);
    EXPECT_EQ(count_commands("handshake"), before + 2) << "greeted and answered anew";
    shake(DIM_HANDSHAKE_SUCCESS, std::string(64, 'a'), station); // of the line before
    clock.advance(1);
    EXPECT_NE(dim_session_state(session), DIM_STATE_ONLINE);
    shake(DIM_HANDSHAKE_SUCCESS, key, station);
    clock.advance(1);
    EXPECT_EQ(dim_session_state(session), DIM_STATE_ONLINE);
    EXPECT_EQ(count_commands("login"), 2);
}

TEST_F(LoginTest, AsksAtOnceForWhomSomethingWaits)
{
    open();
    ASSERT_TRUE(send(peer, "hello"));
    line.send(stranger.say(me, "who am I?", false));
    clock.advance(1);
    EXPECT_EQ(count_commands("meta"), 2);
    line.hang_up();
    clock.advance(8); // far less than the ten minutes between two questions
    EXPECT_EQ(dim_session_state(session), DIM_STATE_ONLINE);
    EXPECT_EQ(count_commands("meta"), 4);
}

TEST_F(LoginTest, ReportsThatItIsThereAndThatItGoes)
{
    open();
    EXPECT_EQ(count_commands("report"), 1);
    dim_session_close(session);
    support::settle();
    EXPECT_EQ(count_commands("report"), 2);
    EXPECT_EQ(dim_session_state(session), DIM_STATE_OFFLINE);
}
} // namespace
