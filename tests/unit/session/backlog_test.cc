// SPDX-License-Identifier: GPL-2.0-or-later
// What waits: backlogs of a login, messages without a key, lines whose receiver is not known; all of it on disk.
#include <set>

#include "base/json.h"
#include "people/inbox.h"
#include "transport/arrivals.h"

#include "session_case.hh"

namespace {
using BacklogTest = SessionTest;

std::string
numbered(int number)
{
    return "line " + std::to_string(number);
}

TEST_F(BacklogTest, IsLetInBehindMoreTalkThanTheLineTakes)
{
    OWNED(DimCipherKey) talk(dim_cipher_key_new());
    Person::Oddity one_key;

    one_key.talk = talk.get();
    welcomes = false;
    open();
    line.send(peer.say(me, "the first", true));
    for (unsigned i = 0; i < DIM_ARRIVALS_MAX_MESSAGES; i++)
        line.send(peer.say(me, numbered(static_cast<int>(i)).c_str(), one_key));
    clock.advance(1);
    EXPECT_TRUE(shown.empty());
    shake(DIM_HANDSHAKE_SUCCESS, key, station);
    clock.advance(5);
    EXPECT_EQ(dim_session_state(session), DIM_STATE_ONLINE);
    EXPECT_EQ(shown.size(), DIM_ARRIVALS_MAX_MESSAGES + 1u);
}

// What comes behind it is not shown before it, and none is forgotten.
TEST_F(BacklogTest, IsTakenUpWhenTheInboxIsFull)
{
    const std::string filler(50000, 'x');
    std::string old(DIM_INBOX_MAX_BYTES - 4 * filler.size(), 'x');
    std::vector<std::string> expected;

    open();
    introduce(peer);
    close();
    OWNED(DimInbox) inbox(dim_inbox_new(me.store));
    support::Text row(dim_inbox_put(inbox.get(), old.data(), old.size(), 0, nullptr));
    ASSERT_NE(row, nullptr);
    welcomes = false;
    open();
    shake(DIM_HANDSHAKE_SUCCESS, key, station);
    for (int i = 0; i < 6; i++) {
        expected.push_back(numbered(i) + filler);
        line.send(peer.say(me, expected.back().c_str()));
    }
    clock.advance(10);
    ASSERT_EQ(shown.size(), expected.size());
    EXPECT_TRUE(shown == expected);
}

// The host needs its time for each line, and wants to draw in between.
TEST_F(BacklogTest, IsShownOverAsManyTurnsAsTheHostNeeds)
{
    constexpr int LINES = 20;

    open();
    introduce(peer);
    close();
    welcomes = false;
    open();
    for (int i = 0; i < LINES; i++)
        line.send(peer.say(me, numbered(i).c_str()));
    shake(DIM_HANDSHAKE_SUCCESS, key, station);
    events.received = [](DimSession *, const DimMessage *, const char *text, gpointer self) {
        auto *test = static_cast<SessionTest *>(self);

        test->shown.push_back(text + (" in turn " + std::to_string(test->clock.fired())));
        test->clock.toil(0.02);
    };
    clock.advance(10);
    ASSERT_EQ(shown.size(), static_cast<size_t>(LINES));
    const std::set<std::string> turns = [this] {
        std::set<std::string> found;

        for (const std::string &each : shown)
            found.insert(each.substr(each.find(" in turn ")));
        return found;
    }();
    EXPECT_EQ(turns.size(), static_cast<size_t>(LINES));
}

// A message that came beside a backlog is acknowledged when its line was shown, however long that takes.
TEST_F(BacklogTest, AcknowledgesNothingBeforeItIsShown)
{
    static guint64 live;
    static bool early;

    live = 0;
    early = false;
    open();
    introduce(peer);
    close();
    welcomes = false;
    open();
    for (int i = 0; i < 3; i++)
        line.send(peer.say(me, numbered(i).c_str()));
    shake(DIM_HANDSHAKE_SUCCESS, key, station);
    clock.advance(0.2);
    events.presence = [](DimSession *, const DimId *, double, gpointer self) {
        auto *test = static_cast<SessionTest *>(self);

        if (live != 0)
            return;
        live = test->line.send(test->peer.say(test->me, "live")); // comes in the next turn
        test->clock.toil(0.02);
    };
    events.received = [](DimSession *, const DimMessage *, const char *text, gpointer self) {
        auto *test = static_cast<SessionTest *>(self);

        for (const Packet &packet : test->line.of_type(DIM_PACKET_MESSAGE_RESPONSE))
            early |= live != 0 && packet.serial == live;
        test->shown.emplace_back(text);
        test->clock.toil(0.02);
    };
    clock.advance(10);
    EXPECT_EQ(shown.size(), 4u);
    EXPECT_FALSE(early);
    bool told = false;
    for (const Packet &packet : line.of_type(DIM_PACKET_MESSAGE_RESPONSE))
        told |= packet.serial == live;
    EXPECT_TRUE(told);
}

TEST_F(BacklogTest, IsSortedAsAWhole)
{
    std::vector<std::string> sealed, expected;

    for (int i = 0; i < 400; i++) {
        sealed.push_back(peer.say(me, numbered(i).c_str()));
        expected.push_back(numbered(i));
    }
    welcomes = false;
    open();
    shake(DIM_HANDSHAKE_SUCCESS, key, station);
    for (auto each = sealed.rbegin(); each != sealed.rend(); ++each)
        line.send(*each);
    clock.advance(10);
    EXPECT_EQ(shown, expected);
}

// The station has its acknowledgement: it will not send them again.
TEST_F(BacklogTest, OutlivesTheProgram)
{
    welcomes = false;
    open();
    line.send(peer.say(me, "kept"));
    clock.advance(1);
    close();
    EXPECT_TRUE(shown.empty());
    welcomes = true;
    open();
    clock.advance(1);
    EXPECT_EQ(shown, std::vector<std::string>{ "kept" });
    close();
    open();
    clock.advance(1);
    EXPECT_EQ(shown.size(), 1u);
}

// A backlog that takes many turns, and a line that falls in the midst of it.
TEST_F(BacklogTest, WhatWasTakenInWhenTheLineFellIsShownLater)
{
    events.presence = [](DimSession *, const DimId *, double, gpointer self) {
        auto *test = static_cast<SessionTest *>(self);

        test->clock.toil(0.02);
        test->line.hang_up();
    };
    welcomes = false;
    open();
    line.send(peer.say(me, "first"));
    line.send(peer.say(me, "second"));
    shake(DIM_HANDSHAKE_SUCCESS, key, station);
    clock.advance(1);
    ASSERT_FALSE(failures.empty());
    EXPECT_TRUE(shown.empty()); // the front end hears of the failure first, and listens no more
    close();
    welcomes = true;
    events.presence = nullptr;
    open();
    clock.advance(2);
    EXPECT_EQ(shown, (std::vector<std::string>{ "first", "second" }));
}

// As libpurple's automatic answers do; its own commit must not carry the lines behind it.
TEST_F(BacklogTest, AnAnswerFromTheCallbackAndAGoodbyeLoseNothing)
{
    static bool away;

    open();
    introduce(peer);
    away = true;
    events.received = [](DimSession *each, const DimMessage *message, const char *text,
                         gpointer self) {
        auto *test = static_cast<SessionTest *>(self);

        test->shown.emplace_back(text);
        if (!away)
            return;
        DimContent *answer = dim_content_new_text("I am away");

        EXPECT_TRUE(dim_session_send(each, dim_message_sender(message), answer, nullptr));
        dim_content_unref(answer);
        dim_session_close(each);
    };
    const std::string all =
        peer.say(me, "one") + "\n" + peer.say(me, "two") + "\n" + peer.say(me, "three");

    line.send(all);
    clock.advance(2);
    close();
    EXPECT_EQ(shown, std::vector<std::string>{ "one" });
    away = false;
    open();
    line.send(all);
    clock.advance(2);
    EXPECT_EQ(shown, (std::vector<std::string>{ "one", "two", "three" }));
}

TEST_F(BacklogTest, AMessageWithoutItsKeyWaitsForOneThatBringsIt)
{
    OWNED(DimCipherKey) talk(dim_cipher_key_new());
    Person::Oddity with_key, without_key;

    with_key.talk = without_key.talk = talk.get();
    without_key.without_key = true;
    open();
    introduce(peer);
    line.send(peer.say(me, "first", without_key));
    clock.advance(2);
    EXPECT_TRUE(shown.empty());
    line.send(peer.say(me, "second", with_key));
    clock.advance(2);
    std::sort(shown.begin(), shown.end());
    EXPECT_EQ(shown, (std::vector<std::string>{ "first", "second" }));
}

TEST_F(BacklogTest, ParkedLinesOfAPersonComeInTheirOrder)
{
    std::vector<std::string> expected;

    open();
    for (int i = 0; i < 300; i++) {
        expected.push_back(numbered(i));
        line.send(peer.say(me, expected.back().c_str(), false));
    }
    clock.advance(5);
    EXPECT_TRUE(shown.empty());
    introduce(peer);
    clock.advance(2);
    EXPECT_EQ(shown, expected);
}

TEST_F(BacklogTest, SaysThatNobodyKnowsTheReceiversKey)
{
    static std::vector<std::string> words;

    words.clear();
    events.message_state = [](DimSession *, const DimId *, guint64, DimDelivery,
                              const GError *error, gpointer) {
        if (error != nullptr)
            words.emplace_back(error->message);
    };
    open();
    ASSERT_TRUE(send(peer, "hello?"));
    clock.advance(2);
    EXPECT_TRUE(words.empty());
    clock.advance(10);
    ASSERT_TRUE(send(peer, "hello??"));
    clock.advance(10);
    ASSERT_EQ(words.size(), 1u);
    EXPECT_NE(words[0].find("wait here"), std::string::npos);
    introduce(peer);
    EXPECT_EQ(talk_for(peer).size(), 2u);
}

TEST_F(BacklogTest, SaysWhenTheStationNeverConfirmed)
{
    open();
    introduce(peer);
    ASSERT_TRUE(send(peer, "hello"));
    clock.advance(1000);
    EXPECT_EQ(dim_session_pending(session), 0u);
    EXPECT_EQ(deliveries.back(), DIM_DELIVERY_FAILED);
}

TEST_F(BacklogTest, AHandshakeInAForwardThrowsNobodyOut)
{
    Person other(DIM_META_MKM, DIM_TYPE_STATION);

    open();
    introduce(peer);
    DimContent *hello = dim_handshake_new(DIM_HANDSHAKE_AGAIN, std::string(64, 'b').c_str());
    const std::string inner = other.seal(me, hello, true);
    JsonObject *json = json_object_new();

    json_object_set_object_member(json, "forward", dim_json_parse(inner.c_str(), -1, nullptr));
    DimContent *forward = dim_content_new_take(DIM_CONTENT_FORWARD, json);

    line.send(peer.seal(me, forward, true));
    clock.advance(2);
    dim_content_unref(forward);
    dim_content_unref(hello);
    EXPECT_EQ(dim_session_state(session), DIM_STATE_ONLINE);
    EXPECT_TRUE(failures.empty());
}
TEST_F(BacklogTest, SaysThatTheClockIsWrong)
{
    clock.sleep(-50.0 * 365 * 24 * 3600);
    station_ahead = 50.0 * 365 * 24 * 3600;
    open();
    EXPECT_NE(dim_session_state(session), DIM_STATE_ONLINE);
    ASSERT_FALSE(failures.empty());
    EXPECT_NE(failures[0].find("The clock of this computer is 18250 days behind"),
              std::string::npos)
        << failures[0];
}

// Nothing of a stranger is kept before his message is genuine.
TEST_F(BacklogTest, WhatIsAttachedToAForgeryIsNotKept)
{
    open();
    line.send(peer.say(me, "forged", true, &stranger));
    clock.advance(1);
    EXPECT_EQ(dim_book_meta(dim_session_book(session), peer.id()), nullptr);
    line.send(peer.say(me, "true", true));
    clock.advance(1);
    EXPECT_NE(dim_book_meta(dim_session_book(session), peer.id()), nullptr);
    EXPECT_EQ(shown, std::vector<std::string>{ "true" });
}

// A later message brings the keys that an earlier one lacked.
TEST_F(BacklogTest, AnAttachedMetaFreesWhatWaitedForIt)
{
    open();
    line.send(peer.say(me, "first", false));
    clock.advance(1);
    EXPECT_TRUE(shown.empty());
    line.send(peer.say(me, "second", true));
    clock.advance(1);
    std::sort(shown.begin(), shown.end());
    EXPECT_EQ(shown, (std::vector<std::string>{ "first", "second" }));
}

TEST_F(BacklogTest, NothingWaitsAnyMoreWhenItIsClosed)
{
    welcomes = false;
    open();
    shake(DIM_HANDSHAKE_SUCCESS, key, station);
    do
        support::settle();
    while (clock.step());
    ASSERT_EQ(dim_session_state(session), DIM_STATE_ONLINE);
    ASSERT_GT(clock.timers(), 0u);
    close();
    EXPECT_EQ(clock.timers(), 0u);
}

// Talk that came before the line fell waits for the next login: the front end is told then.
TEST_F(BacklogTest, ALineThatFallsEndsTheWaitingForItsBacklog)
{
    welcomes = false;
    open();
    introduce(peer);
    shake(DIM_HANDSHAKE_SUCCESS, key, station);
    line.send(peer.say(me, "kept"));
    clock.advance(0.1);
    line.hang_up();
    clock.advance(0.5);
    EXPECT_TRUE(shown.empty());
    welcomes = true;
    clock.advance(20);
    EXPECT_EQ(shown, std::vector<std::string>{ "kept" });
}
} // namespace
