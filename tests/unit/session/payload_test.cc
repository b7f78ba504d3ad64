// SPDX-License-Identifier: GPL-2.0-or-later
// A payload of many lines, and what a line of it holds inside: in order, a few a turn, acknowledged as a whole.
#include <set>

#include "storage/sqlite.h"

#include "session_case.hh"

namespace {

constexpr double EACH =
    0.004; // seconds that a message takes here: two or three of them are a turn

class PayloadTest : public SessionTest {
  protected:
    int left = 0; // commits that succeed before one does not
    bool bounded = false;

    void
    SetUp() override
    {
        SessionTest::SetUp();
        // Called in the middle of the work on a line of talk.
        events.presence = [](DimSession *, const DimId *, double, gpointer self) {
            static_cast<PayloadTest *>(self)->clock.toil(EACH);
        };
        sqlite3_commit_hook(
            me.store->db,
            [](void *self) {
                auto *test = static_cast<PayloadTest *>(self);

                return test->bounded && test->left-- == 0 ? 1 : 0;
            },
            this);
    }
    void
    TearDown() override
    {
        SessionTest::TearDown();
        sqlite3_commit_hook(me.store->db, nullptr, nullptr);
    }
    std::string
    lines(int count)
    {
        std::string all;

        for (int i = 0; i < count; i++)
            all += peer.say(me, std::to_string(i).c_str(), false) + "\n";
        return all;
    }
    // One turn of the loop: what has come is read, and one timer fires.
    void
    turn()
    {
        support::settle();
        clock.step();
    }
    std::string
    forward(const std::string &secrets)
    {
        const std::string json = "{\"type\":255,\"sn\":5,\"secrets\":[" + secrets + "]}";
        OWNED(DimContent) content(dim_content_parse(json.c_str(), -1, nullptr));

        return peer.seal(me, content.get(), false);
    }
};

TEST_F(PayloadTest, IsSpreadOverTurnsOfTheLoopAndAcknowledgedAtItsEnd)
{
    constexpr int COUNT = 60;

    open();
    introduce(peer);
    clock.advance(5); // the backlog of the login is over
    const guint64 serial = line.send(lines(COUNT));

    for (int i = 0; i < 100 && shown.size() < 4; i++)
        turn();
    EXPECT_LT(shown.size(), 10u) << "a turn works as long as a turn may";
    EXPECT_FALSE(line.is_acknowledged(serial)) << "most of it is not read";
    clock.advance(1);
    EXPECT_TRUE(line.is_acknowledged(serial));
    EXPECT_EQ(shown, numbers(COUNT));
}

TEST_F(PayloadTest, IsNotAcknowledgedWhenOneOfItsTurnsWasUndone)
{
    open();
    introduce(peer);
    clock.advance(5);
    const std::string all = lines(30);

    bounded = true;
    left = 1;
    const guint64 lost = line.send(all);

    clock.advance(1);
    bounded = false;
    clock.advance(1);
    EXPECT_FALSE(line.is_acknowledged(lost)) << "the disk was full in the middle of it";
    const guint64 again = line.send(all);

    clock.advance(1);
    EXPECT_TRUE(line.is_acknowledged(again));
    EXPECT_EQ(std::set<std::string>(shown.begin(), shown.end()).size(), 30u)
        << "nothing is lost";
}

TEST_F(PayloadTest, IsNotAcknowledgedWhenItsLineFallsInTheMiddle)
{
    open();
    introduce(peer);
    clock.advance(5);
    const std::string all = lines(20);

    line.send(all);
    for (int i = 0; i < 100 && shown.empty(); i++)
        turn();
    ASSERT_LT(shown.size(), 10u);
    close();
    open();
    clock.advance(5);
    const guint64 again = line.send(all);

    clock.advance(1);
    EXPECT_TRUE(line.is_acknowledged(again));
    EXPECT_EQ(shown, numbers(20)) << "each once, in order";
}

TEST_F(PayloadTest, ALineBehindAForwardComesAfterWhatWasInside)
{
    open();
    introduce(peer);
    clock.advance(5);
    const std::string deep =
        forward(forward(peer.say(me, "0", false) + "," + peer.say(me, "1", false)) + ","
                + peer.say(me, "2", false));
    const guint64 serial =
        line.send(deep + "\n" + peer.say(me, "3", false) + "\n"
                  + forward(peer.say(me, "4", false)) + "\n" + peer.say(me, "5", false));

    clock.advance(1);
    EXPECT_EQ(shown, numbers(6));
    EXPECT_TRUE(line.is_acknowledged(serial));
}

TEST_F(PayloadTest, ForwardsInAnArrayAreReadInItsOrder)
{
    const std::string json = R"({"type":202,"sn":7,"contents":[)"
                             R"({"type":255,"sn":8,"secrets":[)"
                             + peer.say(me, "0", false) + "," + peer.say(me, "1", false)
                             + R"(]},{"type":255,"sn":9,"forward":)" + peer.say(me, "2", false)
                             + "}]}";
    OWNED(DimContent) content(dim_content_parse(json.c_str(), -1, nullptr));

    open();
    introduce(peer);
    clock.advance(5);
    line.send(peer.seal(me, content.get(), false) + "\n" + peer.say(me, "3", false));
    clock.advance(1);
    EXPECT_EQ(shown, numbers(4));
}

// It costs little however long the list is, and nothing in it that is no message stops the rest.
TEST_F(PayloadTest, AForwardOfTooManyMessagesIsReadInPart)
{
    std::string secrets = "7," + peer.say(me, "0", false) + ",null,[],{}";

    open();
    introduce(peer);
    clock.advance(5);
    for (int i = 0; i < 9995; i++)
        secrets += ",{}";
    secrets += "," + peer.say(me, "too far behind", false);
    line.send(forward(secrets));
    line.send(peer.say(me, "1", false));
    clock.advance(2);
    ASSERT_EQ(shown.size(), 3u);
    EXPECT_NE(shown[0].find("Not all of this message is shown"), std::string::npos);
    EXPECT_EQ(shown[1], "0");
    EXPECT_EQ(shown[2], "1");
}

TEST_F(PayloadTest, OneWordAnHourSaysThatMessagesOfSomebodyDoNotOpen)
{
    Person::Oddity wrong;
    std::vector<std::string> closed;

    wrong.locked_for = &stranger;
    open();
    befriend(peer);
    introduce(peer);
    clock.advance(5);
    for (int i = 0; i < 20; i++) {
        std::string sealed = peer.say(me, std::to_string(i).c_str(), wrong);
        const std::string other = dim_id_text(stranger.id()), mine = dim_id_text(me.id());

        for (size_t at; (at = sealed.find(other)) != std::string::npos;)
            sealed.replace(at, other.size(), mine); // a key for me, which is none
        closed.push_back(sealed);
    }
    for (size_t i = 1; i < closed.size(); i++)
        line.send(closed[i]);
    clock.advance(1);
    EXPECT_EQ(notices.size(), 1u);
    clock.advance(3600);
    line.send(closed[0]);
    clock.advance(1);
    EXPECT_EQ(notices.size(), 2u);
}
} // namespace
