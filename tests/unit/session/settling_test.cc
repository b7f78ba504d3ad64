// SPDX-License-Identifier: GPL-2.0-or-later
// What somebody says who is no member as far as is known: it waits for the whole of an answer, and not for ever.
#include <algorithm>

#include "group_case.hh"

extern "C" {
#include "people/shelf.h"
}

namespace {

class Settling : public GroupTest {
  protected:
    const double day = 24 * 3600;

    std::string
    invite(double ago, const Person &who)
    {
        return about(R"({"type":137,"command":"invite")", ago,
                     ",\"members\":[" + quoted(who.id()) + "]");
    }
    // The program ends, and starts again when it was online so long once more.
    void
    come_back(double seconds)
    {
        close();
        grow_old(seconds);
        open();
        clock.advance(5);
    }
};

const char *const LOST =
    "Messages that waited here until more was known of who wrote them are lost: there were "
    "too many, or nothing came in eight days of being online.";

TEST_F(Settling, WhatNobodyAnswersIsForgottenAfterItsDaysAndThatIsTold)
{
    enter();
    tell({ &peer, &me });
    say(stranger, "let me in");
    const std::vector<double> came = dates();
    ASSERT_EQ(came.size(), 1u);
    clock.advance(301);
    for (int days = 1; days < 8; days++) {
        come_back(day - 600);
        clock.advance(301);
        EXPECT_EQ(dates(), came) << days;
    }
    EXPECT_EQ(notices, Lines{});
    come_back(day + 3600);
    EXPECT_EQ(waiting(), 0u);
    EXPECT_EQ(shown, Lines{});
    EXPECT_EQ(notices, Lines{ LOST });
    come_back(day);
    EXPECT_EQ(notices.size(), 1u);
}

TEST_F(Settling, AnAnswerMayComeInSeveralMessages)
{
    enter();
    tell({ &peer, &me });
    say(stranger, "I am new");
    hear(peer, reset(20, { &peer, &me }));
    EXPECT_EQ(waiting(), 1u);
    hear(peer, invite(10, stranger));
    EXPECT_EQ(shown, Lines{ "[in group Friends] I am new" });
    EXPECT_EQ(waiting(), 0u);
}

TEST_F(Settling, WhatIsSaidBeforeAnAnswerIsWholeWaitsForTheRest)
{
    enter();
    tell({ &peer, &me });
    say(stranger, "let me in");
    hear(peer, reset(20, { &peer, &me }));
    say(stranger, "please");
    EXPECT_EQ(waiting(), 2u);
    clock.advance(10);
    EXPECT_EQ(waiting(), 0u);
    EXPECT_EQ(shown, Lines{});
}

TEST_F(Settling, NoAnswerIsWithoutEnd)
{
    enter();
    tell({ &peer, &me });
    say(stranger, "let me in");
    const std::vector<double> came = dates();
    ASSERT_EQ(came.size(), 1u);
    for (int i = 0; i < 20; i++) {
        hear(peer, reset(40 - i, { &peer, &me }));
        EXPECT_EQ(dates(), came) << i; // it lies where it was
    }
    for (int i = 0; i < 20; i++)
        hear(peer, reset(20 - i, { &peer, &me }));
    EXPECT_EQ(waiting(), 0u);
    EXPECT_EQ(shown, Lines{});
}

TEST_F(Settling, ALineThatFallsMeanwhileEndsNothing)
{
    enter();
    tell({ &peer, &me });
    say(stranger, "let me in");
    hear(peer, reset(20, { &peer, &me }));
    line.hang_up();
    clock.advance(60);
    EXPECT_EQ(waiting(), 0u);
    EXPECT_EQ(shown, Lines{});
}

// The keys of a group are known, and say nothing of who may speak there.
TEST_F(Settling, WhatWaitsInAGroupIsNotMadeYoungWhileOnline)
{
    enter();
    tell({ &peer, &me });
    say(stranger, "let me in");
    OWNED(DimShelf) shelf(dim_shelf_new(me.store, clock));
    OWNED(DimContent) unsaid = content_of(line_of("who said that?"));
    ASSERT_TRUE(dim_shelf_park(shelf.get(), DIM_SHELF_INCOMING, group.get(),
                               stranger.seal(me, unsaid.get(), false).c_str(), nullptr));
    const std::vector<double> came = dates();
    ASSERT_EQ(came.size(), 2u);
    clock.advance(650);
    EXPECT_EQ(dates(), came);
}

TEST_F(Settling, WhoWritesMostInAGroupPutsNobodyElseOut)
{
    Person newcomer;

    enter();
    introduce(newcomer);
    tell({ &peer, &me });
    say(newcomer, "I am new");
    for (int i = 0; i < 2 * DIM_SHELF_MAX_PERSON; i++) {
        line.send(stranger.seal(me, content_of(line_of(std::to_string(i))).get(), false));
        if (i % 10 == 0)
            clock.advance(1);
    }
    clock.advance(60);
    EXPECT_LE(waiting(), guint{ DIM_SHELF_MAX_PERSON });
    EXPECT_EQ(std::count(notices.begin(), notices.end(), LOST), 1);
    tell({ &peer, &me, &newcomer }, 20);
    EXPECT_EQ(shown, Lines{ "[in group Friends] I am new" });
}

TEST_F(Settling, WhatFindsNoRoomIsTold)
{
    enter();
    tell({ &peer, &me });
    befriend(stranger);
    for (int i = 0; i <= DIM_SHELF_MAX_PERSON; i++) {
        EXPECT_EQ(notices, Lines{});
        line.send(stranger.seal(me, content_of(line_of(std::to_string(i))).get(), false));
        if (i % 100 == 0)
            clock.advance(1);
    }
    clock.advance(5);
    EXPECT_EQ(waiting(), guint{ DIM_SHELF_MAX_PERSON });
    EXPECT_EQ(notices, Lines{ LOST });
}

} // namespace
