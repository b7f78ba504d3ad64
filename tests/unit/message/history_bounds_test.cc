// SPDX-License-Identifier: GPL-2.0-or-later
// How much of a group's records and wishes is kept.
#include "tests/unit/message/history_case.hh"

namespace {

TEST_F(History, WishesHaveAnEnd)
{
    EXPECT_EQ(DIM_HISTORY_APPLIED, hear('a', "reset", 4000, "abc"));
    EXPECT_EQ(DIM_HISTORY_APPLIED, hear('c', "quit", 3900, "", "farewell"));
    for (int i = 0; i < 26 * 12; i++) {
        const std::string tag = std::to_string(i);
        EXPECT_EQ(DIM_HISTORY_PENDING,
                  hear(static_cast<char>('A' + i / 12), i % 2 != 0 ? "join" : "quit", 3000 - i,
                       "", tag.c_str()));
    }
    guint kept = 0, of_the_last = 0;
    for (int i = 0; i < 26 * 12; i++) {
        kept += keeps(std::to_string(i));
        of_the_last += i >= 25 * 12 && keeps(std::to_string(i));
    }
    EXPECT_EQ(kept, 64u);
    EXPECT_EQ(of_the_last, 8u);
    EXPECT_TRUE(keeps("farewell")); // what counts makes no room for wishes
    EXPECT_EQ("ab", members());
    EXPECT_EQ(DIM_HISTORY_DENIED, hear('b', "quit", 10));
}

TEST_F(History, AWishForAHundredPersonsAtMost)
{
    std::string many;

    for (int i = 0; i < 101; i++)
        many += "\"guest" + std::to_string(i) + "@1BjHgY1PjNSSUoytNXcFdJWbxrj74rpJN2\",";
    many.pop_back();
    const std::string invitation = std::string("\"command\":\"invite\",\"group\":\"")
                                   + GROUP_TEXT + "\",\"time\":" + std::to_string(now - 1)
                                   + ",\"members\":[";
    EXPECT_EQ(DIM_HISTORY_APPLIED, hear('a', "reset", 100, "abc"));
    EXPECT_EQ(DIM_HISTORY_DENIED, hear('c', invitation + many + "]"));
    many.erase(many.rfind(','));
    EXPECT_EQ(DIM_HISTORY_PENDING, hear('c', invitation + many + "]"));
    EXPECT_EQ("abc", members());
}

TEST_F(History, HasAnEnd)
{
    EXPECT_EQ(DIM_HISTORY_APPLIED, hear('a', "reset", 4000, "abcd"));
    for (int i = 0; i < 700; i++)
        EXPECT_EQ(DIM_HISTORY_APPLIED, hear('b', "invite", 3000 - i, "d"));
    Text text(dim_history_to_text(history.get()));
    const std::string kept = text.get();
    size_t count = 0;

    for (size_t at = 0; (at = kept.find("\"actor\"", at)) != std::string::npos; at++)
        count++;
    EXPECT_EQ(500u, count);
    EXPECT_EQ("abcd", members());
}

} // namespace
