// SPDX-License-Identifier: GPL-2.0-or-later
// How much of a group's records and wishes is kept.
#include <cstring>
#include <ctime>

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

// The names of ten thousand are not looked through for each of them.
TEST_F(History, AWishInALargeGroupCostsLittle)
{
    std::string many = ids("ab");
    const auto measure = [](const auto &work) {
        timespec from = {}, to = {};

        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
        work();
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &to);
        return static_cast<double>(to.tv_sec - from.tv_sec)
               + static_cast<double>(to.tv_nsec - from.tv_nsec) / 1e9;
    };

    many.pop_back();
    for (int i = 0; i < 9998; i++)
        many += ",\"person" + std::to_string(i) + "@1BjHgY1PjNSSUoytNXcFdJWbxrj74rpJN2\"";
    EXPECT_EQ(DIM_HISTORY_APPLIED,
              hear('a', std::string("\"command\":\"reset\",\"group\":\"") + GROUP_TEXT
                            + "\",\"time\":" + std::to_string(now - 4000)
                            + ",\"members\":" + many + "]"));
    for (int i = 0; i < 10; i++)
        EXPECT_EQ(DIM_HISTORY_PENDING, hear('z', "join", 3000 - i));
    const double all = measure([this] { Text(dim_history_to_text(history.get())); });
    const double wishes = measure([this] {
        for (int i = 0; i < 100; i++)
            hear('z', "join", 2000 - i);
    });
    EXPECT_LT(wishes, 20 * all) << "a hundred, against the writing of all";
    EXPECT_EQ(DIM_HISTORY_PENDING, hear('z', "quit", 1000)) << "nobody let him in";
    EXPECT_EQ(dim_history_names(history.get()), 10000u);
}

// A farewell is a wish until somebody is invited: then no wishes of others take its place.
TEST_F(History, WhoWasNamedIsAskedOfTheRecordsThatCount)
{
    EXPECT_EQ(DIM_HISTORY_APPLIED, hear('a', "reset", 4000, "ab"));
    for (int i = 0; i < 12; i++)
        EXPECT_EQ(DIM_HISTORY_PENDING,
                  hear('z', "quit", 3000 - i, "", std::to_string(i).c_str()));
    for (int i = 0; i < 12; i++)
        EXPECT_EQ(keeps(std::to_string(i)), i >= 4) << i;
    EXPECT_EQ(DIM_HISTORY_APPLIED, hear('a', "invite", 1000, "z"));
    for (int i = 0; i < 9 * 8; i++)
        EXPECT_EQ(DIM_HISTORY_PENDING, hear(static_cast<char>('A' + i / 8), "join", 900 - i));
    for (int i = 4; i < 12; i++)
        EXPECT_TRUE(keeps(std::to_string(i))) << i;
    for (int i = 20; i < 32; i++)
        hear('z', "quit", 90 - i, "", std::to_string(i).c_str());
    for (int i = 20; i < 32; i++)
        EXPECT_TRUE(keeps(std::to_string(i))) << i;
    EXPECT_EQ("ab", members());
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

// Strangers may wish. Names in it would be weight that what counts has to make room for.
TEST_F(History, WhoComesOrGoesForHimselfNamesNobody)
{
    const std::string wish =
        std::string("\"command\":\"join\",\"group\":\"") + GROUP_TEXT + "\",\"members\":[";
    std::string many;

    for (int i = 0; i < 9999; i++)
        many += "\"guest" + std::to_string(i) + "@1BjHgY1PjNSSUoytNXcFdJWbxrj74rpJN2\",";
    many += "\"" + id_of('z') + "\"],\"time\":";
    EXPECT_EQ(DIM_HISTORY_APPLIED, hear('a', "reset", 4000, "abcd"));
    EXPECT_EQ(DIM_HISTORY_APPLIED, hear('c', "quit", 3900, "abd"));
    EXPECT_EQ(DIM_HISTORY_APPLIED, hear('b', "invite", 3800, "e"));
    for (int i = 0; i < 3; i++)
        EXPECT_EQ(DIM_HISTORY_PENDING, hear('z', wish + many + std::to_string(now - i)));
    EXPECT_EQ(dim_history_names(history.get()), 5u);
    EXPECT_EQ("abde", members());
}

// Sixty-four of a hundred would take the place of who was invited.
TEST_F(History, WhereNamesAreTooManyWishesGoFirst)
{
    const auto people = [](const std::string &name, int count) {
        std::string text;

        for (int i = 0; i < count; i++)
            text += ",\"" + name + std::to_string(i) + "@1BjHgY1PjNSSUoytNXcFdJWbxrj74rpJN2\"";
        return text;
    };
    const auto tell = [this](char who, const char *command, double ago,
                             const std::string &all) {
        return hear(who, std::string("\"command\":\"") + command + "\",\"group\":\""
                             + GROUP_TEXT + "\",\"time\":" + std::to_string(now - ago)
                             + ",\"members\":[" + all + "]");
    };
    std::string first = ids("abcdefghijklm");

    first.pop_back();
    EXPECT_EQ(DIM_HISTORY_APPLIED,
              tell('a', "reset", 4000, first.substr(1) + people("one", 9900)));
    EXPECT_EQ(DIM_HISTORY_APPLIED, tell('a', "invite", 3900, people("two", 9000).substr(1)));
    for (int i = 0; i < 64; i++)
        EXPECT_EQ(DIM_HISTORY_PENDING,
                  tell(static_cast<char>('d' + i / 8), "invite", 3000 - i,
                       people("wish" + std::to_string(i) + "of", 100).substr(1)));
    EXPECT_LE(dim_history_names(history.get()), 20000u);
    EXPECT_EQ(dim_history_members(history.get(), &rules)->len, 13u + 9900u + 9000u);
}

TEST_F(History, WhoWishesTooOftenMakesRoomForHimselfWhereOthersWishLittle)
{
    EXPECT_EQ(DIM_HISTORY_APPLIED, hear('a', "reset", 4000, "abc"));
    EXPECT_EQ(DIM_HISTORY_PENDING, hear('B', "join", 3900, "", "other"));
    for (int i = 0; i < 12; i++)
        EXPECT_EQ(DIM_HISTORY_PENDING,
                  hear('A', "join", 3000 - i, "", std::to_string(i).c_str()));
    for (int i = 0; i < 12; i++)
        EXPECT_EQ(keeps(std::to_string(i)), i >= 4) << i;
    EXPECT_TRUE(keeps("other"));
}

// A tag ends with the ID of who signed: what was written with the longest one is read again, else all would be forgotten.
TEST_F(History, WhoHasTheLongestNameMakesNobodyForgotten)
{
    std::string name;

    for (int i = 0; i < 93; i++)
        name += "\U00020000";
    const std::string id = name + "@1BjHgY1PjNSSUoytNXcFdJWbxrj74rpJN2";
    const std::string tag = std::string(24, 'A') + "!" + id;
    const std::string about = std::string(R"({"type":137,"sn":5,"group":")") + GROUP_TEXT
                              + R"(","time":)" + std::to_string(now - 3900);
    OWNED(DimId) who(dim_id_parse(id.c_str(), nullptr));
    OWNED(DimContent)
    quit(dim_content_parse((about + R"(,"command":"quit"})").c_str(), -1, nullptr));

    EXPECT_EQ(DIM_HISTORY_APPLIED, hear('a', "reset", 4000, "abcd"));
    EXPECT_EQ(DIM_HISTORY_APPLIED,
              hear('a', std::string(R"("command":"invite","group":")") + GROUP_TEXT
                            + R"(","time":)" + std::to_string(now - 3950) + R"(,"members":[")"
                            + id + "\"]"));
    EXPECT_EQ(DIM_HISTORY_APPLIED,
              dim_history_add(history.get(), &rules, who.get(), quit.get(), tag.c_str()));
    for (int many : { 0, 510 }) { // among the records, and folded
        for (int i = 0; i < many; i++)
            EXPECT_EQ(DIM_HISTORY_APPLIED, hear('b', "invite", 3000 - i, "d"));
        Text text(dim_history_to_text(history.get()));
        history.reset(dim_history_from_text(text.get(), -1, nullptr));
        ASSERT_NE(history, nullptr) << text.get();
        EXPECT_EQ("abcd", members());
        EXPECT_TRUE(keeps(tag)) << many;
    }
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
    EXPECT_LE(count, 500u);
    EXPECT_GE(count, 400u);
    EXPECT_EQ("abcd", members());
}

// What one record did to many, of whom each has a name that begins so.
class HistoryBytes : public History {
  protected:
    static std::string
    people(const std::string &name, int count)
    {
        std::string text;

        for (int i = 0; i < count; i++)
            text += (i > 0 ? ",\"" : "\"") + name + std::to_string(i)
                    + "@1BjHgY1PjNSSUoytNXcFdJWbxrj74rpJN2\"";
        return text;
    }
    static std::string
    repeat(const std::string &text, int count)
    {
        std::string all;

        for (int i = 0; i < count; i++)
            all += text;
        return all;
    }
    DimHistoryVerdict
    tell(const char *command, double ago, const std::string &all, const char *tag = nullptr)
    {
        return hear('a',
                    std::string("\"command\":\"") + command + "\",\"group\":\"" + GROUP_TEXT
                        + "\",\"time\":" + std::to_string(now - ago) + ",\"members\":[" + all
                        + "]",
                    tag);
    }
    std::string
    leaders(const std::string &letters) const
    {
        const std::string text = ids(letters);

        return text.substr(1, text.size() - 2);
    }
    guint
    count()
    {
        return dim_history_members(history.get(), &rules)->len;
    }
    bool
    has(const std::string &name)
    {
        OWNED(DimId)
        who(dim_id_parse((name + "@1BjHgY1PjNSSUoytNXcFdJWbxrj74rpJN2").c_str(), nullptr));

        return dim_history_has(history.get(), &rules, who.get());
    }
    // The text has as many members.
    void
    expect_to_be_read()
    {
        Text text(dim_history_to_text(history.get()));
        const guint before = count();

        EXPECT_LE(strlen(text.get()), 3670016u + 100u);
        history.reset(dim_history_from_text(text.get(), -1, nullptr));
        ASSERT_NE(history, nullptr) << strlen(text.get());
        EXPECT_EQ(before, count());
    }
};

TEST_F(HistoryBytes, OfTheLongestNamesAreWrittenAsManyAsCanBeRead)
{
    const std::string name = repeat("\U00020000", 88);

    EXPECT_EQ(DIM_HISTORY_APPLIED,
              tell("reset", 4000, leaders("ab") + "," + people(name + "r", 2300)));
    for (int i = 0; i < 6; i++) {
        const std::string guest = name + static_cast<char>('A' + i);

        EXPECT_EQ(DIM_HISTORY_APPLIED, tell("invite", 3000 - i, people(guest, 2300)));
        EXPECT_TRUE(has(guest + "2299")) << "the newest stay";
        EXPECT_TRUE(has(name + "r2299")) << "and whom the reset names";
        expect_to_be_read();
    }
    EXPECT_GT(count(), 6000u) << "no more goes than must";
}

TEST_F(HistoryBytes, WhatMustBeEscapedIsCounted)
{
    const std::string name = repeat("\\\"", 87);

    EXPECT_EQ(DIM_HISTORY_APPLIED, tell("reset", 4000, leaders("abcd")));
    for (int i = 0; i < 5; i++) {
        EXPECT_EQ(DIM_HISTORY_APPLIED,
                  tell("invite", 3000 - i, people(name + static_cast<char>('A' + i), 3900)));
        expect_to_be_read();
    }
}

TEST_F(HistoryBytes, ARecordLongerThanAnyMessageIsRefused)
{
    EXPECT_EQ(DIM_HISTORY_APPLIED, tell("reset", 4000, leaders("abcd")));
    EXPECT_EQ(
        DIM_HISTORY_MALFORMED,
        tell("reset", 3000, leaders("ab") + "," + people(repeat("\U00020000", 88), 4000)));
    EXPECT_EQ(
        DIM_HISTORY_APPLIED,
        tell("reset", 3000, leaders("ab") + "," + people(repeat("\U00020000", 88), 3600)));
    expect_to_be_read();
    EXPECT_EQ(count(), 3602u);
}

TEST_F(HistoryBytes, TheTagOfManyIsCountedOnce)
{
    EXPECT_EQ(DIM_HISTORY_APPLIED, tell("reset", 4000, leaders("abcd")));
    EXPECT_EQ(DIM_HISTORY_APPLIED,
              tell("invite", 3900, people("guest", 9900), std::string(500, 't').c_str()));
    for (int i = 0; i < 510; i++)
        EXPECT_EQ(DIM_HISTORY_APPLIED, hear('b', "invite", 3000 - i, "d"));
    EXPECT_EQ(count(), 9904u);
    EXPECT_TRUE(keeps(std::string(500, 't')));
    expect_to_be_read();
}

// Of two whom a record named one goes: the tag stays.
TEST_F(HistoryBytes, ATagGoesWithTheLastOfThoseOfItsRecord)
{
    const std::string place = "@1BjHgY1PjNSSUoytNXcFdJWbxrj74rpJN2";
    std::string text = R"({"version":2,"records":[],"folded":[)";

    for (int i = 0; i < 6400; i++) {
        const std::string number = std::to_string(i);

        text += (i > 0 ? ",\"+" : "\"+") + std::to_string(now - 4000 + i * 0.125) + "\\nmember"
                + number + place + " guest" + number + place + "\\n" + std::string(500, 't')
                + "\"";
    }
    history.reset(dim_history_from_text((text + "]}").c_str(), -1, nullptr));
    ASSERT_NE(history, nullptr) << text.size();
    EXPECT_EQ(DIM_HISTORY_APPLIED,
              tell("reset", 4000, leaders("ab") + "," + people("member", 6400)));
    expect_to_be_read();
    EXPECT_TRUE(has("member0"));
    EXPECT_TRUE(has("guest6399"));
}

TEST_F(HistoryBytes, AnInvitationOlderThanWhatWasFoldedDoesNotBringBackWhoLeft)
{
    EXPECT_EQ(DIM_HISTORY_APPLIED,
              tell("reset", 4000, leaders("abc") + "," + people("one", 9000)));
    EXPECT_EQ(DIM_HISTORY_APPLIED, hear('c', "quit", 3000));
    EXPECT_EQ(DIM_HISTORY_APPLIED, tell("invite", 2900, people("two", 9000)));
    EXPECT_EQ(DIM_HISTORY_APPLIED, tell("invite", 2800, people("one", 2500)));
    EXPECT_LE(dim_history_names(history.get()), 20000u);
    EXPECT_EQ(count(), 2u + 9000u + 9000u) << "and they are known";
    EXPECT_EQ(DIM_HISTORY_APPLIED, hear('b', "invite", 3500, "ce"));
    EXPECT_FALSE(has("personc"));
    EXPECT_TRUE(has("persone"));
}

// Who may decide does not leave by a farewell, neither while it is a record nor when it has made room.
TEST_F(HistoryBytes, AFarewellOfWhoCameToDecideIsNotFolded)
{
    EXPECT_EQ(DIM_HISTORY_APPLIED, hear('a', "reset", 4000, "abcd"));
    EXPECT_EQ(DIM_HISTORY_APPLIED, hear('c', "quit", 3900));
    EXPECT_EQ(members(), "abd");
    g_ptr_array_add(administrators.get(), dim_id_parse(id_of('c').c_str(), nullptr));
    EXPECT_EQ(members(), "abcd");
    for (int i = 0; i < 510; i++)
        EXPECT_EQ(DIM_HISTORY_APPLIED, hear('b', "invite", 3000 - i, "d"));
    EXPECT_EQ(members(), "abcd");
}

} // namespace
