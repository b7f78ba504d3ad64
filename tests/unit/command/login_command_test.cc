// SPDX-License-Identifier: GPL-2.0-or-later
// Logins: the newest of each person is kept, and nobody logs in for another.
#include "tests/unit/command/desk.hh"

namespace {

using namespace support;

class LoginCommand : public DeskTest {
  protected:
    // A login of the peer, made so long ago.
    std::string
    login(double ago, const std::string &rest = "") const
    {
        return at(std::to_string(clock.now() - ago), rest);
    }
    std::string
    at(const std::string &time, const std::string &rest = "") const
    {
        return R"({"type":136,"sn":7,"command":"login","did":"<peer>","agent":"DIMP/1.0",)"
               R"("station":{"did":"<station>","host":"127.0.0.1","port":9394},"time":)"
               + time + rest + "}";
    }
    double
    kept() const // so long ago
    {
        double when = 0;
        Text text(dim_book_login(book.get(), peer().id(), &when));

        return text ? clock.now() - when : -1;
    }
};

TEST_F(LoginCommand, IsKeptAndASignOfLife)
{
    EXPECT_TRUE(hear(peer().id(), login(30), dim_id_everyone()));
    EXPECT_EQ(done, Words{ "alive peer 30 s ago" });
    EXPECT_NEAR(kept(), 30, 0.01);
    Text text(dim_book_login(book.get(), peer().id(), nullptr));
    EXPECT_NE(std::string(text.get()).find("9394"), std::string::npos);
    EXPECT_TRUE(replies.empty());
}

TEST_F(LoginCommand, ReadsEverySpelling)
{
    const Words bodies = {
        R"("command":"login","cmd":"login","did":"<peer>","ID":"<peer>","terminal":"Pidgin")",
        R"("cmd":"login","ID":"<peer>")",
        R"("command":"login","did":"<peer>/phone")",
        R"("command":"login","login":{"account":"<peer>","station":{"ID":"<station>"}})",
        R"("command":"login","login":{"ID":"<peer>"})",
        // What nobody needs here may be anything.
        R"("command":"login","did":"<peer>","station":7,"agent":[],"provider":null)",
    };

    for (const std::string &body : bodies) {
        forget();
        EXPECT_TRUE(say(peer().id(), body)) << error.message();
        EXPECT_EQ(done, Words{ "alive peer 0 s ago" }) << body;
        EXPECT_EQ(rows(), (std::vector<guint>{ 0, 0, 1 }));
    }
}

TEST_F(LoginCommand, AnOlderOneIsIgnored)
{
    EXPECT_TRUE(hear(peer().id(), login(100)));
    EXPECT_TRUE(hear(peer().id(), login(200)));
    EXPECT_NEAR(kept(), 100, 0.01);
    EXPECT_TRUE(hear(peer().id(), login(50)));
    EXPECT_NEAR(kept(), 50, 0.01);
    EXPECT_EQ(done, (Words{ "alive peer 100 s ago", "alive peer 50 s ago" }));
}

TEST_F(LoginCommand, AClockThatIsALittleAheadMeansNow)
{
    EXPECT_TRUE(hear(peer().id(), login(-600)));
    EXPECT_EQ(done, Words{ "alive peer 0 s ago" });
    EXPECT_NEAR(kept(), 0, 0.01);
}

// One of the year 2100 would be a sign of life whenever somebody plays it again.
TEST_F(LoginCommand, RefusesTheFuture)
{
    EXPECT_FALSE(hear(peer().id(), login(-1900)));
    EXPECT_TRUE(failed_with(error, DIM_ERROR_UNVERIFIED));
    EXPECT_TRUE(done.empty());
    EXPECT_EQ(kept(), -1);
}

TEST_F(LoginCommand, RefusesOneWithoutATime)
{
    for (const char *time : { "0", "-5", "null", "\"soon\"", "[]", "{}", "1e300" }) {
        EXPECT_FALSE(hear(peer().id(), at(time))) << time;
        EXPECT_TRUE(failed_with(error, DIM_ERROR_MALFORMED)) << time;
    }
    EXPECT_TRUE(done.empty());
    EXPECT_EQ(kept(), -1);
}

TEST_F(LoginCommand, NobodyLogsInForAnother)
{
    for (DimId *who : { stranger().id(), me().id(), station(), bot() })
        EXPECT_TRUE(refuses(who, R"("command":"login","did":"<peer>")", DIM_ERROR_UNVERIFIED));
    EXPECT_TRUE(
        refuses(stranger().id(), R"("command":"login","did":"<me>")", DIM_ERROR_UNVERIFIED));
    EXPECT_TRUE(refuses(stranger().id(), R"("command":"login","login":{"account":"<peer>"})",
                        DIM_ERROR_UNVERIFIED));
    // The newer spelling counts.
    EXPECT_TRUE(refuses(stranger().id(),
                        R"("command":"login","did":"<peer>","ID":"<stranger>")",
                        DIM_ERROR_UNVERIFIED));
}

TEST_F(LoginCommand, RefusesWhatIsNoId)
{
    for (const char *id :
         { "", R"(,"did":"")", R"(,"did":"x")", R"(,"did":7)", R"(,"did":["<peer>"])",
           R"(,"login":7)", R"(,"login":{"account":{}})" })
        EXPECT_TRUE(refuses(peer().id(), std::string(R"("command":"login")") + id,
                            DIM_ERROR_MALFORMED));
}

TEST_F(LoginCommand, MineOnAnotherDeviceIsNoNews)
{
    EXPECT_TRUE(ignores(me().id(), R"("command":"login","did":"<me>")"));
}

} // namespace
