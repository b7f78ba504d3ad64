// SPDX-License-Identifier: GPL-2.0-or-later
// Those to whom I wrote before the station knew them: asked for soon, then less and less often, and no longer when they are known.
#include "session_case.hh"

namespace {

class Awaiting : public SessionTest {
  protected:
    int
    questions() const
    {
        return count_commands("meta");
    }
    // After so many seconds more there was one question more, and not before.
    void
    expect_question_after(guint seconds)
    {
        const int before = questions();

        clock.advance(seconds - 1.5);
        EXPECT_EQ(questions(), before) << "too early, of " << seconds;
        clock.advance(1.5);
        EXPECT_EQ(questions(), before + 1) << "too late, of " << seconds;
    }
};

TEST_F(Awaiting, AreAskedForSoonAndThenLessAndLessOften)
{
    open();
    ASSERT_TRUE(send(peer, "hello"));
    clock.advance(1);
    EXPECT_EQ(questions(), 1);
    clock.advance(9.5);
    EXPECT_EQ(questions(), 2);
    for (guint seconds : { 20, 40, 80, 160, 300, 300, 300 })
        expect_question_after(seconds);
}

TEST_F(Awaiting, AreAskedForSoonWhenOneGoesOnWriting)
{
    open();
    ASSERT_TRUE(send(peer, "hello"));
    clock.advance(1000);
    const int before = questions();
    for (int i = 0; i < 5; i++) { // the question is not put off by them
        ASSERT_TRUE(send(peer, "still there?"));
        clock.advance(4);
    }
    EXPECT_EQ(questions(), before + 1);
}

TEST_F(Awaiting, AreAskedForNoMoreWhenTheyAreKnown)
{
    open();
    ASSERT_TRUE(send(peer, "hello"));
    ASSERT_TRUE(send(stranger, "hello"));
    clock.advance(12);
    EXPECT_EQ(questions(), 4);
    introduce(peer);
    clock.advance(2);
    EXPECT_EQ(talk_for(peer).size(), 1u);
    clock.advance(18);
    EXPECT_EQ(questions(), 5) << "of the other one alone";
    introduce(stranger);
    clock.advance(2000);
    EXPECT_EQ(questions(), 5);
}

TEST_F(Awaiting, AreAskedForAFewAtATime)
{
    const std::string one = peer.say(me, "hello", false);
    const std::string his = dim_id_text(peer.id());

    open();
    for (int i = 0; i < 250; i++) { // of half of them something came, the others are written to
        char other[64];
        std::string text = one;

        g_snprintf(other, sizeof other, "0x%040d", i + 1);
        if (i % 2 == 0) {
            line.send(text.replace(text.find(his), his.size(), other));
        } else {
            OWNED(DimId) who(dim_id_parse(other, nullptr));
            OWNED(DimContent) words(dim_content_new_text("hello"));

            ASSERT_TRUE(dim_session_send(session, who.get(), words.get(), nullptr));
        }
    }
    clock.advance(2);
    close();
    clock.advance(1000);
    const int start = questions();
    open();
    int before = questions();
    EXPECT_LT(before, start + 80) << "in the first moments";
    for (int i = 0; i < 20; i++) {
        clock.advance(0.1);
        EXPECT_LE(questions(), before + 5);
        before = questions();
    }
    clock.advance(6);
    EXPECT_EQ(questions(), start + 250);
}

// Of unknown senders a hundred a minute are asked for when they write; who came behind them has his turn all the same.
TEST_F(Awaiting, WhoWaitsBehindManyUnknownIsAskedForToo)
{
    const std::string one = peer.say(me, "hello", false);
    const std::string his = dim_id_text(peer.id());

    open();
    for (int i = 0; i < 210; i++) {
        char other[64];
        std::string text = one;

        g_snprintf(other, sizeof other, "0x%040d", i + 1);
        line.send(text.replace(text.find(his), his.size(), other));
    }
    line.send(one);
    clock.advance(2);
    EXPECT_EQ(questions(), 100);
    clock.advance(320);
    EXPECT_EQ(questions(), 211);
}

TEST_F(Awaiting, WhoseWordsWaitAreAskedForAgainAfterALogin)
{
    open();
    line.send(peer.say(me, "hello", false));
    clock.advance(2);
    const int before = questions();
    line.hang_up();
    clock.advance(60);
    ASSERT_EQ(dim_session_state(session), DIM_STATE_ONLINE);
    EXPECT_EQ(questions(), before + 1);
}

// To whom I wrote, and who wrote: each alone is reason enough.
TEST_F(Awaiting, WhoIsAwaitedForTwoReasonsIsAskedForOnce)
{
    open();
    ASSERT_TRUE(send(peer, "hello"));
    line.send(peer.say(me, "hello", false));
    clock.advance(2);
    close();
    clock.advance(1000);
    const int before = questions();
    open();
    clock.advance(2);
    EXPECT_EQ(questions(), before + 1);
}

TEST_F(Awaiting, AreAskedForAgainAfterALogin)
{
    open();
    ASSERT_TRUE(send(peer, "hello"));
    clock.advance(1000);
    close();
    clock.advance(1000);
    const int before = questions();
    open();
    clock.advance(1);
    EXPECT_EQ(questions(), before + 1);
    clock.advance(10);
    EXPECT_EQ(questions(), before + 2);
}

} // namespace
