// SPDX-License-Identifier: GPL-2.0-or-later
// A stranger who writes very much is heard little by little; nothing is lost up to his share, and nobody else waits for it.
#include "base/json.h"

#include "session_case.hh"

extern "C" {
#include "people/inbox.h"
}

namespace {

constexpr int BURST = 500; // messages of a stranger at once
constexpr int RATE = 10;   // a second from then on

class PacingTest : public SessionTest {
  protected:
    OWNED(DimCipherKey) talk{ dim_cipher_key_new() };

    void
    SetUp() override
    {
        SessionTest::SetUp();
        open();
        introduce(peer);
        introduce(stranger);
        clock.advance(5);
    }
    void
    flood(const Person &from, int first, int count)
    {
        Person::Oddity odd;
        std::string all;

        odd.talk = talk.get();
        for (int i = first; i < first + count; i++)
            all += from.say(me, std::to_string(i).c_str(), odd) + "\n";
        line.send(all);
    }
    // Messages whose envelope says that they are commands, which nobody signs, and which no key of mine opens.
    void
    junk(const Person &from, int count)
    {
        Person::Oddity odd;
        std::string all;

        odd.without_key = true;
        for (int i = 0; i < count; i++) {
            OWNED(JsonObject)
            wire(dim_json_parse(from.say(me, std::to_string(i).c_str(), odd).c_str(), -1,
                                nullptr));

            json_object_set_int_member(wire.get(), "type", DIM_CONTENT_COMMAND);
            json_object_set_string_member(wire.get(), "key", std::string(172, 'A').c_str());
            all += std::string(support::Text(dim_json_write(wire.get())).get()) + "\n";
        }
        line.send(all);
        clock.advance(0.5);
    }
    void
    send_large(const Person &from, int count)
    {
        Person::Oddity odd;

        odd.talk = talk.get();
        for (int i = 0; i < count; i++)
            line.send(from.say(
                me, std::string(512UL * 1024, static_cast<char>('a' + i)).c_str(), odd));
        clock.advance(0.1);
    }
    gsize
    waiting() const
    {
        return dim_store_count(me.store, DIM_TABLE_QUEUE);
    }
};

TEST_F(PacingTest, AStrangerIsHeardLittleByLittleAndNothingIsLost)
{
    flood(stranger, 0, BURST + 3 * RATE);
    clock.advance(0.5);
    EXPECT_EQ(shown, numbers(BURST));
    ASSERT_EQ(notices.size(), 1u) << "and that is said once";
    EXPECT_NE(notices[0].find(dim_id_text(stranger.id())), std::string::npos);
    line.send(stranger.say(me, "behind all of it"));
    line.send(peer.say(me, "another"));
    clock.advance(0.1);
    EXPECT_EQ(shown.size(), BURST + 1u);
    EXPECT_EQ(shown.back(), "another") << "nobody else waits for it";
    clock.advance(1);
    EXPECT_GT(shown.size(), BURST + 2u);
    EXPECT_LT(shown.size(), BURST + 2u * RATE);
    clock.advance(10);
    EXPECT_EQ(shown.size(), BURST + 3u * RATE + 2);
    EXPECT_EQ(shown.back(), "behind all of it");
    EXPECT_EQ(dim_store_count(me.store, DIM_TABLE_QUEUE), 0u);
    EXPECT_EQ(notices.size(), 1u);
}

TEST_F(PacingTest, AnArrayCountsForAllThatItSays)
{
    std::string contents;

    for (int i = 0; i < 100; i++)
        contents += std::string(i > 0 ? "," : "") + R"({"type":1,"sn":1,"text":"x"})";
    for (int i = 0; i < 8; i++) {
        OWNED(DimContent)
        array(dim_content_parse((R"({"type":202,"sn":)" + std::to_string(i + 1)
                                 + R"(,"contents":[)" + contents + "]}")
                                    .c_str(),
                                -1, nullptr));
        line.send(stranger.seal(me, array.get(), false));
    }
    clock.advance(0.5);
    EXPECT_EQ(shown.size(), 500u);
    clock.advance(2);
    EXPECT_EQ(shown.size(), 800u);
    line.send(stranger.say(me, "behind all of it"));
    clock.advance(20);
    EXPECT_EQ(shown.size(), 800u) << "those that waited are paid for too";
    clock.advance(20);
    EXPECT_EQ(shown.size(), 801u);
}

TEST_F(PacingTest, WhatWaitsIsShownAfterARestart)
{
    flood(stranger, 0, BURST + 2 * RATE);
    clock.advance(0.5);
    ASSERT_EQ(shown, numbers(BURST));
    close();
    open();
    clock.advance(5);
    EXPECT_EQ(shown, numbers(BURST + 2 * RATE));
}

TEST_F(PacingTest, FriendsAreHeardAtOnce)
{
    befriend(peer);
    flood(peer, 0, BURST + 50);
    clock.advance(0.5);
    EXPECT_EQ(shown, numbers(BURST + 50));
    EXPECT_TRUE(notices.empty());
}

TEST_F(PacingTest, WhomIWroteToIsHeardAtOnce)
{
    ASSERT_TRUE(send(peer, "what news?"));
    flood(peer, 0, BURST + 50);
    clock.advance(0.5);
    EXPECT_EQ(shown, numbers(BURST + 50));
}

TEST_F(PacingTest, WhatWaitsOfWhomIAnswerComesBeforeWhatHeSaysNext)
{
    flood(stranger, 0, BURST + 3 * RATE);
    clock.advance(0.1);
    ASSERT_EQ(shown.size(), BURST + 0u);
    ASSERT_TRUE(send(stranger, "who are you?"));
    line.send(stranger.say(me, std::to_string(BURST + 3 * RATE).c_str()));
    clock.advance(1.1);
    EXPECT_EQ(shown, numbers(BURST + 3 * RATE + 1))
        << "in order, and no longer little by little";
    EXPECT_EQ(waiting(), 0u);
}

TEST_F(PacingTest, ACopyOfWhatWaitsIsNoMoreOfIt)
{
    Person::Oddity odd;

    odd.talk = talk.get();
    flood(stranger, 0, BURST);
    const std::string one = stranger.say(me, "once", odd);

    for (int i = 0; i < 20; i++)
        line.send(one);
    clock.advance(30);
    EXPECT_EQ(shown.size(), BURST + 1u);
}

// The type of an ID is the choice of whoever makes it.
TEST_F(PacingTest, NoTypeOfAnIdEscapesIt)
{
    for (const guint8 type : { DIM_TYPE_BOT, DIM_TYPE_STATION }) {
        Person odd{ DIM_META_MKM, type };

        introduce(odd);
        shown.clear();
        flood(odd, 0, BURST + RATE);
        clock.advance(0.5);
        EXPECT_EQ(shown, numbers(BURST)) << dim_id_text(odd.id());
        clock.advance(10);
        EXPECT_EQ(shown, numbers(BURST + RATE));
    }
}

TEST_F(PacingTest, MyStationIsNoStranger)
{
    flood(station, 0, BURST + RATE);
    clock.advance(0.5);
    EXPECT_EQ(shown, numbers(BURST + RATE));
}

TEST_F(PacingTest, WhatDoesNotOpenIsHeldWhateverItSaysThatItIs)
{
    junk(stranger, 600);
    EXPECT_GE(waiting(), 540u) << "the dearest that a message can be counts for ten";
    clock.advance(30);
    EXPECT_GE(waiting(), 500u) << "one a second, not ten";
    line.send(peer.say(me, "another"));
    clock.advance(0.1);
    EXPECT_EQ(shown, std::vector<std::string>{ "another" });
}

TEST_F(PacingTest, CommandsThatOpenAreNotHeld)
{
    flood(stranger, 0, BURST + RATE);
    clock.advance(0.1);
    ASSERT_EQ(waiting(), static_cast<gsize>(RATE));
    OWNED(DimContent) question(dim_meta_query_new(me.id()));
    line.send(stranger.seal(me, question.get(), true));
    clock.advance(0.1);
    EXPECT_EQ(waiting(), static_cast<gsize>(RATE));
    EXPECT_GE(count_answers(stranger), 1u);
}

TEST_F(PacingTest, AStrangerFillsNoMoreThanHisShareOfTheInbox)
{
    constexpr gsize ROOM = 8UL * 1024 * 1024;

    junk(stranger, 60); // his measure is used up
    const gsize before = waiting();
    ASSERT_GT(before, 0u);
    ASSERT_EQ(notices.size(), 1u) << "he is slowed down";
    send_large(stranger, 20);
    EXPECT_GT(waiting(), before + 8);
    EXPECT_LE((waiting() - before) * 512 * 1024, ROOM);
    ASSERT_EQ(notices.size(), 2u) << "that some of it is lost is said once";
    EXPECT_NE(notices[1].find(dim_id_text(stranger.id())), std::string::npos);
    const gsize kept = waiting() - before;
    clock.advance(200);
    EXPECT_EQ(waiting(), 0u);
    EXPECT_EQ(shown.size(), kept) << "what was kept is shown";
    line.send(stranger.say(me, "there is room again"));
    clock.advance(1);
    EXPECT_EQ(shown.back(), "there is room again");
}

// IDs cost nothing: a notice for each of them were a flood of its own.
TEST_F(PacingTest, OfManyStrangersOneIsToldAndTheOthersAreCounted)
{
    std::vector<std::unique_ptr<Person>> crowd;

    for (int i = 0; i < 10; i++) {
        crowd.push_back(std::make_unique<Person>());
        introduce(*crowd.back());
        junk(*crowd.back(), 60);
    }
    ASSERT_EQ(notices.size(), 1u);
    EXPECT_NE(notices[0].find(dim_id_text(crowd[0]->id())), std::string::npos);
    for (int i = 0; i < 3; i++)
        send_large(*crowd[i], 20);
    ASSERT_EQ(notices.size(), 2u) << "that something is lost is told beside it";
    EXPECT_NE(notices[1].find(dim_id_text(crowd[0]->id())), std::string::npos);
    clock.advance(600);
    ASSERT_EQ(notices.size(), 4u);
    EXPECT_NE(notices[2].find(": 9. It is shown"), std::string::npos) << notices[2];
    EXPECT_NE(notices[3].find(": 2. Some of it"), std::string::npos) << notices[3];
    clock.advance(3600);
    EXPECT_EQ(notices.size(), 4u) << "of nothing nothing is told";
    junk(stranger, 60);
    ASSERT_EQ(notices.size(), 5u) << "the next one is told by name again";
    EXPECT_NE(notices[4].find(dim_id_text(stranger.id())), std::string::npos);
}

TEST_F(PacingTest, StrangersTogetherLeaveRoomInTheInbox)
{
    constexpr gsize ROOM = DIM_INBOX_MAX_BYTES / 2;
    std::vector<std::unique_ptr<Person>> crowd;

    for (int i = 0; i < 5; i++) {
        crowd.push_back(std::make_unique<Person>());
        introduce(*crowd.back());
        junk(*crowd.back(), 60);
        send_large(*crowd.back(), 13);
    }
    gsize bytes = 0;
    OWNED(DimInbox) inbox(dim_inbox_new(me.store));
    OWNED(GPtrArray) keys(dim_inbox_list(inbox.get(), nullptr));
    for (guint i = 0; i < keys->len; i++) {
        OWNED(GBytes)
        text(dim_inbox_read(inbox.get(), static_cast<char *>(keys->pdata[i]), nullptr));

        bytes += g_bytes_get_size(text.get());
    }
    EXPECT_GT(bytes, ROOM - 2 * 1024 * 1024) << "it is used";
    EXPECT_LE(bytes, ROOM);
}
} // namespace
