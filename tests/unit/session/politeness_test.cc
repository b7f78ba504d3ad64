// SPDX-License-Identifier: GPL-2.0-or-later
// What a session says of commands that it does not know: once, to persons, and nothing to what is said to all.
#include "people/told.h"

#include "refusal_case.hh"

namespace {

TEST_F(RefusalTest, SaysOnceThatItDoesNotKnowACommand)
{
    open();
    introduce(peer);
    for (int i = 0; i < 3; i++)
        line.send(seal_json(peer, me, DIM_CONTENT_COMMAND, "{\"command\":\"dance\"}"));
    clock.advance(2);
    EXPECT_EQ(count_for(heard, peer), 1);
}

TEST_F(RefusalTest, SaysItNeverAgainAlsoAfterARestart)
{
    const char *const dance = "{\"command\":\"dance\"}";

    open();
    introduce(peer);
    line.send(seal_json(peer, me, DIM_CONTENT_COMMAND, dance));
    clock.advance(2);
    ASSERT_EQ(count_for(heard, peer), 1);
    close();
    clock.sleep(30.0 * 24 * 3600);
    open();
    line.send(seal_json(peer, me, DIM_CONTENT_COMMAND, dance));
    clock.advance(2);
    EXPECT_EQ(count_for(heard, peer), 1);
    for (int i = 0; i < 20; i++)
        line.send(seal_json(peer, me, DIM_CONTENT_COMMAND,
                            "{\"command\":\"dance" + std::to_string(i) + "\"}"));
    clock.advance(2);
    EXPECT_EQ(count_for(heard, peer), DIM_TOLD_MAX) << "whatever he thinks of";
}

// All who hear it would answer.
TEST_F(RefusalTest, SaysNothingAboutWhatWentToEverybody)
{
    open();
    introduce(peer);
    OWNED(DimContent)
    content(dim_content_parse("{\"type\":136,\"sn\":4,\"command\":\"dance\"}", -1, nullptr));
    line.send(shout(peer, content.get()));
    clock.advance(2);
    EXPECT_EQ(count_for(heard, peer), 0);
}

TEST_F(RefusalTest, NeverAnswersAReceiptWhateverIsInIt)
{
    open();
    introduce(peer);
    for (const char *json : { "{\"command\":\"receipt\"}", "{\"cmd\":\"receipt\",\"text\":7}",
                              "{\"command\":\"receipt\",\"origin\":[]}",
                              "{\"command\":\"receipt\",\"text\":\"Command not support.\"}" }) {
        line.send(seal_json(peer, me, DIM_CONTENT_COMMAND, json));
        line.send(seal_json(peer, me, DIM_CONTENT_HISTORY, json));
    }
    clock.advance(2);
    EXPECT_EQ(count_for(heard, peer), 0);
}

TEST_F(RefusalTest, DoesNotTalkBackToABot)
{
    Person bot(DIM_META_MKM, DIM_TYPE_BOT);

    open();
    introduce(bot);
    line.send(seal_json(bot, me, DIM_CONTENT_COMMAND, "{\"command\":\"dance\"}"));
    line.send(bot.say(me, "beep"));
    clock.advance(2);
    EXPECT_EQ(shown, std::vector<std::string>{ "beep" });
    EXPECT_EQ(count_for(heard, bot), 0);
}

} // namespace
