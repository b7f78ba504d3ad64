// SPDX-License-Identifier: GPL-2.0-or-later
// A stranger who writes very much is heard little by little; nothing is lost, and nobody else waits for it.
#include "session_case.hh"

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
        events.notice = [](DimSession *, const char *text, gpointer self) {
            static_cast<SessionTest *>(self)->failures.emplace_back(text);
        };
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
    static std::vector<std::string>
    numbers(int count)
    {
        std::vector<std::string> all;

        for (int i = 0; i < count; i++)
            all.push_back(std::to_string(i));
        return all;
    }
};

TEST_F(PacingTest, AStrangerIsHeardLittleByLittleAndNothingIsLost)
{
    flood(stranger, 0, BURST + 3 * RATE);
    clock.advance(0.5);
    EXPECT_EQ(shown, numbers(BURST));
    ASSERT_EQ(failures.size(), 1u) << "and that is said once";
    EXPECT_NE(failures[0].find(dim_id_text(stranger.id())), std::string::npos);
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
    EXPECT_EQ(failures.size(), 1u);
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
    GError *why = nullptr;

    ASSERT_TRUE(dim_contacts_add(dim_session_contacts(session), peer.id(), nullptr, &why));
    flood(peer, 0, BURST + 50);
    clock.advance(0.5);
    EXPECT_EQ(shown, numbers(BURST + 50));
    EXPECT_TRUE(failures.empty());
}

TEST_F(PacingTest, WhomIWroteToIsHeardAtOnce)
{
    ASSERT_TRUE(send(peer, "what news?"));
    flood(peer, 0, BURST + 50);
    clock.advance(0.5);
    EXPECT_EQ(shown, numbers(BURST + 50));
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
} // namespace
