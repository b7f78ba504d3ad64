// SPDX-License-Identifier: GPL-2.0-or-later
// Another key for others to write to me with: made aside, kept, told, and what was locked for the ones before still opens.
#include "storage/sqlite.h"

#include "session_case.hh"
#include "tests/support/autoptr.hh"
#include "tests/support/matchers.hh"
#include "tests/support/rotate.hh"

extern "C" {
#include "session/inner.h"
}

namespace {

constexpr double YEAR = 365 * 24 * 3600.0;

class RenewTest : public SessionTest {
  protected:
    DimPublicKey *
    my_key() const
    {
        return dim_document_key(dim_user_visa(me.user));
    }
    // A key is made in real time, on a thread.
    bool
    wait_for_word()
    {
        for (int i = 0; i < 2000 && notices.empty(); i++) {
            g_usleep(5000);
            clock.advance(0.001);
        }
        clock.advance(2);
        return !notices.empty();
    }
    int
    visas_for(const DimId *who) const
    {
        int count = 0;

        for (DimMessage *message : heard)
            count += dim_id_equal(dim_message_receiver(message), who)
                     && dim_message_type(message) == DIM_CONTENT_COMMAND
                     && dim_message_time(message) > since;
        return count;
    }
    double since = 0;
};

TEST_F(RenewTest, TellsStationAndContactsAndReadsWhatIsStillOnItsWay)
{
    OWNED(DimPublicKey) before(dim_public_key_ref(my_key()));
    const std::string late = peer.say(me, "to the old key");
    support::Error error;

    open();
    befriend(peer);
    line.send(peer.say(me, "we know each other"));
    clock.advance(1);
    const int announced = count_commands("document");
    for (DimMessage *message : heard)
        dim_message_unref(message);
    heard.clear();
    ASSERT_TRUE(dim_session_renew_key(session, 0, &error)) << error.message();
    EXPECT_FALSE(dim_session_renew_key(session, 0, &error)) << "one at a time";
    EXPECT_TRUE(support::failed_with(error, DIM_ERROR_NOT_ALLOWED));
    ASSERT_TRUE(wait_for_word());
    EXPECT_NE(notices[0].find("new key"), std::string::npos) << notices[0];
    EXPECT_FALSE(dim_public_key_equal(before.get(), my_key()));
    EXPECT_EQ(dim_public_key_bits(before.get()), dim_public_key_bits(my_key()));
    EXPECT_GE(announced, 1);
    EXPECT_EQ(count_commands("document"), 1) << "to everybody, that is to the station";
    EXPECT_EQ(visas_for(peer.id()), 1);
    EXPECT_EQ(visas_for(stranger.id()), 0);
    line.send(late);
    line.send(peer.say(me, "to the new key"));
    clock.advance(1);
    EXPECT_EQ(shown, (std::vector<std::string>{ "we know each other", "to the old key",
                                                "to the new key" }));
    OWNED(DimUser) again(dim_user_load(me.store, &error));
    ASSERT_NE(again, nullptr) << error.message();
    EXPECT_TRUE(dim_public_key_equal(dim_document_key(dim_user_visa(again.get())), my_key()));
}

// Of a key that a turn takes back others would hear, and what they write to it nobody could read.
TEST_F(RenewTest, IsOnDiskBeforeAnybodyHearsOfIt)
{
    OWNED(DimPublicKey) before(dim_public_key_ref(my_key()));

    open();
    befriend(peer);
    const int announced = count_commands("document");
    ASSERT_TRUE(dim_session_renew_key(session, 0, nullptr));
    dim_turn_touch(session); // a turn is open, and its end does not come before the key
    sqlite3_commit_hook(
        me.store->db, [](void *) { return 1; }, nullptr);
    for (int i = 0; i < 2000 && session->making != nullptr; i++) {
        g_usleep(5000);
        support::settle();
    }
    ASSERT_EQ(session->making, nullptr);
    clock.advance(1);
    sqlite3_commit_hook(me.store->db, nullptr, nullptr);
    EXPECT_TRUE(dim_public_key_equal(before.get(), my_key()));
    EXPECT_EQ(count_commands("document"), announced);
    ASSERT_FALSE(notices.empty());
    EXPECT_NE(notices.back().find("No new key could be made"), std::string::npos)
        << notices.back();
    notices.clear();
    clock.advance(60); // the disk takes it again
    ASSERT_TRUE(dim_session_renew_key(session, 0, nullptr));
    ASSERT_TRUE(wait_for_word());
    EXPECT_FALSE(dim_public_key_equal(before.get(), my_key()));
}

TEST_F(RenewTest, DropsNoKeyThatWasInUseToday)
{
    support::Error error;

    open();
    for (int i = 0; i < 2; i++)
        ASSERT_TRUE(support::rotate(me.user, me.store, clock.now(), &error));
    EXPECT_FALSE(dim_session_renew_key(session, 0, &error));
    EXPECT_TRUE(support::failed_with(error, DIM_ERROR_NOT_ALLOWED));
    clock.sleep(24 * 3600 + 1);
    EXPECT_TRUE(dim_session_renew_key(session, 0, &error)) << error.message();
    EXPECT_TRUE(wait_for_word());
}

TEST_F(RenewTest, ReplacesAKeyOfThreeMonthsByItself)
{
    OWNED(DimPublicKey) before(dim_public_key_ref(my_key()));

    clock.sleep(89 * 24 * 3600.0);
    open();
    clock.advance(1);
    close();
    EXPECT_TRUE(dim_public_key_equal(before.get(), my_key()));
    clock.sleep(2 * 24 * 3600.0);
    open();
    ASSERT_TRUE(wait_for_word());
    EXPECT_FALSE(dim_public_key_equal(before.get(), my_key()));
    EXPECT_GT(dim_user_key_time(me.user), clock.now() - 3600);
    notices.clear();
    clock.advance(700); // twice at the door of the same question
    EXPECT_TRUE(notices.empty());
}

TEST_F(RenewTest, TellsNobodyWhenItWasClosedMeanwhile)
{
    OWNED(DimPublicKey) before(dim_public_key_ref(my_key()));

    open();
    ASSERT_TRUE(dim_session_renew_key(session, 2048, nullptr));
    close();
    for (int i = 0; i < 400; i++) { // such a key takes half a second at most
        g_usleep(5000);
        support::settle();
    }
    EXPECT_TRUE(notices.empty());
    EXPECT_TRUE(dim_public_key_equal(before.get(), my_key()));
}

TEST_F(RenewTest, AClockThatIsYearsAheadIsToldOnceAndMakesNoKeyOld)
{
    clock.sleep(10 * YEAR);
    station_ahead = -10 * YEAR;
    open();
    EXPECT_EQ(dim_session_state(session), DIM_STATE_ONLINE) << "the station is known";
    line.hang_up();
    clock.advance(700); // in again, and its hourly duties
    ASSERT_EQ(notices.size(), 1u);
    EXPECT_NE(notices[0].find("The clock of this computer is 3650 days ahead"),
              std::string::npos)
        << notices[0];
    EXPECT_TRUE(dim_session_renew_key(session, 0, nullptr)) << "one is being made already";
}

TEST_F(RenewTest, ClocksThatAreHalfAnHourApartAreTold)
{
    station_ahead = -1700;
    open();
    clock.advance(1);
    EXPECT_TRUE(notices.empty());
    close();
    station_ahead = -1900;
    open();
    clock.advance(1);
    ASSERT_EQ(notices.size(), 1u);
    EXPECT_NE(notices[0].find("32 minutes ahead"), std::string::npos) << notices[0];
}

// Nobody takes such a visa, nor a later one of it (protocol §3.3).
TEST_F(RenewTest, WhatAWrongClockDatedIsDatedAnewWhenTheStationSaysThatTheClockIsRight)
{
    OWNED(DimPublicKey) before(dim_public_key_ref(my_key()));

    ASSERT_TRUE(
        dim_user_set_nickname(me.user, me.store, "Doc", clock.now() + 10 * YEAR, nullptr));
    open();
    clock.advance(1);
    EXPECT_EQ(dim_session_state(session), DIM_STATE_ONLINE);
    EXPECT_LE(dim_document_time(dim_user_visa(me.user)), clock.now());
    OWNED(DimUser) again(dim_user_load(me.store, nullptr));
    ASSERT_NE(again, nullptr);
    EXPECT_LE(dim_document_time(dim_user_visa(again.get())), clock.now());
    EXPECT_STREQ(dim_document_name(dim_user_visa(again.get())), "Doc");
    EXPECT_TRUE(
        dim_public_key_equal(dim_document_key(dim_user_visa(again.get())), before.get()));
}

// It has nobody's key to answer with.
TEST_F(RenewTest, AStationThatIsSilentGetsAVisaOfToday)
{
    line.on_packet = nullptr;
    ASSERT_TRUE(
        dim_user_set_nickname(me.user, me.store, "Doc", clock.now() + 2 * 3600, nullptr));
    open();
    EXPECT_GT(dim_document_time(dim_user_visa(me.user)), clock.now() + 3600)
        << "no clock was judged yet";
    clock.advance(11);
    EXPECT_LE(dim_document_time(dim_user_visa(me.user)), clock.now());
}

// As a computer without a battery for its clock begins.
TEST_F(RenewTest, AClockThatNobodyHasSetDatesNothingAnew)
{
    const double made = dim_document_time(dim_user_visa(me.user));
    const double back = clock.now() - 5000;

    line.on_packet = nullptr;
    clock.sleep(-back);
    open();
    clock.advance(11);
    EXPECT_EQ(dim_document_time(dim_user_visa(me.user)), made);
    EXPECT_GE(dim_user_key_time(me.user), made - 60);
}

// The time that it is told is the one that my own greeting said: it judges nothing.
TEST_F(RenewTest, AChallengeDatesNothingAnewByAClockThatNobodyHasSet)
{
    const double made = dim_document_time(dim_user_visa(me.user));
    const double back = clock.now() - 5000;

    clock.sleep(-back);
    open();
    clock.advance(1);
    ASSERT_NE(session->session_key, nullptr) << "the challenge was heard";
    EXPECT_EQ(dim_document_time(dim_user_visa(me.user)), made);
}

// It keeps no visa of its future, and so can let nobody in whom it does not know otherwise.
TEST_F(RenewTest, AStationThatChallengesAndIsSilentThenMeansTheClock)
{
    welcomes = false;
    station_ahead = -3600;
    open();
    clock.advance(1);
    ASSERT_EQ(notices.size(), 1u) << "told at once";
    EXPECT_TRUE(failures.empty()) << "perhaps it is only slow";
    clock.advance(30);
    ASSERT_EQ(failures.size(), 1u);
    EXPECT_NE(failures[0].find("60 minutes ahead of the station's: please set it"),
              std::string::npos)
        << failures[0];
    line.on_packet = nullptr; // another line, on which nobody speaks
    dim_session_open(session);
    clock.advance(32);
    ASSERT_EQ(failures.size(), 2u);
    EXPECT_NE(failures[1].find("Nothing came"), std::string::npos) << failures[1];
}

} // namespace
