// SPDX-License-Identifier: GPL-2.0-or-later
// Records that make room change nothing of the members: their last word of each person stays.
#include <algorithm>
#include <cstring>
#include <set>

#include "tests/unit/message/history_case.hh"

namespace {

class Fold : public History {
  protected:
    // All that was said since the reset, and never anything dropped.
    struct Said {
        double time;
        bool leaves;
        char who;
    };
    std::vector<Said> all;
    std::string reset;

    std::string
    expected() const
    {
        std::vector<Said> sorted = all;
        std::set<char> in(reset.begin(), reset.end());

        std::stable_sort(sorted.begin(), sorted.end(), [](const Said &a, const Said &b) {
            return a.time < b.time || (a.time == b.time && a.leaves < b.leaves);
        });
        for (const Said &said : sorted) {
            if (!said.leaves)
                in.insert(said.who);
            else if (said.who != 'a' && said.who != 'b')
                in.erase(said.who);
        }
        return std::string(in.begin(), in.end());
    }
    std::string
    sorted_members()
    {
        std::string letters = members();

        EXPECT_EQ(letters.substr(0, 1), "a") << "the owner is first";
        std::sort(letters.begin(), letters.end());
        return letters;
    }
    void
    begin(double ago)
    {
        static const char *const more = "ABCDEFGHIJKLM";

        reset = "abcdefghijklm";
        all.clear();
        ASSERT_EQ(DIM_HISTORY_APPLIED, hear('a', "reset", ago, reset));
        ASSERT_EQ(DIM_HISTORY_APPLIED, hear('b', "invite", ago, more)); // named, whoever leaves
        for (const char *who = more; *who != '\0'; who++)
            all.push_back({ now - ago, false, *who });
    }
    // One of those who are named comes, leaves, or wishes to come.
    void
    tell_any(GRand *dice, double ago)
    {
        // Two are restless; of the others the last word is often an old one.
        const int number = g_rand_int_range(dice, 0, 9) > 0 ? g_rand_int_range(dice, 3, 5)
                                                            : g_rand_int_range(dice, 0, 26);
        const char who = static_cast<char>(number < 13 ? 'a' + number : 'A' + number - 13);
        const int what = g_rand_int_range(dice, 0, 10);

        if (what < 4) {
            const char by = g_rand_boolean(dice) ? 'a' : 'b';

            for (int k = 0; k < (what == 0 ? 2 : 1); k++)
                hear(by, "invite", ago, { who, 'd' });
            all.push_back({ now - ago, false, who });
            all.push_back({ now - ago, false, 'd' });
        } else if (what < 9) {
            hear(who, "quit", ago);
            all.push_back({ now - ago, true, who });
        } else {
            hear('z', "join", ago);
        }
    }
    void
    read_again()
    {
        Text text(dim_history_to_text(history.get()));

        history.reset(dim_history_from_text(text.get(), -1, nullptr));
        ASSERT_NE(history, nullptr) << text.get();
        EXPECT_STREQ(text.get(), Text(dim_history_to_text(history.get())).get());
    }
    void
    crowd(double ago, int count)
    {
        for (int i = 0; i < count; i++)
            EXPECT_EQ(DIM_HISTORY_APPLIED, hear('b', "invite", ago - i, "d"));
    }
};

// Whole seconds: many are said at the same time. Some come late, by up to a thousand records, and some twice.
TEST_F(Fold, MembersAreThoseOfAHistoryWithoutEnd)
{
    GRand *dice = g_rand_new_with_seed(21);

    rules.bulletin_time = now - 9000;
    for (int round = 0; round < 2; round++) {
        history.reset(dim_history_new());
        begin(4500);
        for (int i = 0; i < 2000; i++) {
            const int late = std::min(i, i % 4 == 0 ? 1000 : 20);

            if (round == 1 && i == 1400)
                begin(3001); // and what is older is expired
            else if (round < 1 || i < 1400)
                tell_any(dice, 4400 - i + g_rand_int_range(dice, 0, late + 1));
            else
                tell_any(dice, 4400 - i);
            if (i % 100 != 99)
                continue;
            ASSERT_EQ(expected(), sorted_members()) << round << " " << i;
            read_again();
            ASSERT_EQ(expected(), sorted_members()) << round << " " << i << ", read again";
        }
    }
    g_rand_free(dice);
}

// Two devices hear the same in other orders, and begin anew in between; those who were put out tell old records again.
TEST_F(Fold, OrderOfArrivalDoesNotMatterHoweverManyCome)
{
    struct Record {
        char actor;
        const char *command;
        double ago;
        std::string people;
    };
    GRand *dice = g_rand_new_with_seed(22);

    for (int round = 0; round < 2; round++) {
        std::vector<Record> records;

        history.reset(dim_history_new());
        begin(4400);
        for (int i = 0; i < 1000; i++) {
            const double ago = g_rand_int_range(dice, 0, 4400);
            const int what = g_rand_int_range(dice, 0, 10);
            // Of six there are farewells: so few that none must go before what it answers.
            const char who =
                static_cast<char>('c' + g_rand_int_range(dice, 0, what < 4 ? 6 : 11));

            if (what < 4) {
                records.push_back({ who, "quit", ago, "" });
                all.push_back({ now - ago, true, who });
            } else if (what < 9) {
                records.push_back({ i % 2 > 0 ? 'a' : 'b', "invite", ago, { who } });
                all.push_back({ now - ago, false, who });
            } else {
                records.push_back(
                    { i % 2 > 0 ? 'z' : 'c', i % 2 > 0 ? "join" : "invite", ago, "zy" });
            }
        }
        if (round > 0)
            records.push_back({ 'a', "reset", 2200.5, "abcdefghijklm" });
        if (round > 0)
            all.erase(
                std::remove_if(all.begin(), all.end(),
                               [this](const Said &said) { return said.time < now - 2200.5; }),
                all.end());
        for (int device = 0; device < 2; device++) {
            for (size_t i = records.size(); i > 1; i--)
                std::swap(records[i - 1],
                          records[g_rand_int_range(dice, 0, static_cast<gint32>(i))]);
            history.reset(dim_history_new());
            hear('a', "reset", 4400, "abcdefghijklm");
            hear('b', "invite", 4400, "ABCDEFGHIJKLM");
            for (size_t i = 0; i < records.size() * 5 / 4; i++) {
                const Record &record = records[i % records.size()];

                hear(record.actor, record.command, record.ago, record.people);
                if (i % 256 == 0)
                    read_again();
            }
            ASSERT_EQ(expected(), sorted_members()) << round << " " << device;
        }
    }
    g_rand_free(dice);
}

TEST_F(Fold, WhoQuitStaysOutAndWhoWasInvitedStaysIn)
{
    EXPECT_EQ(DIM_HISTORY_APPLIED, hear('a', "reset", 4000, "abcd", "reset"));
    EXPECT_EQ(DIM_HISTORY_APPLIED, hear('c', "quit", 3900, "", "farewell"));
    EXPECT_EQ(DIM_HISTORY_APPLIED, hear('b', "invite", 3800, "ef", "invitation"));
    EXPECT_EQ(DIM_HISTORY_APPLIED, hear('e', "quit", 3700, "", "another"));
    crowd(3000, 700);
    EXPECT_EQ("abdf", members());
    EXPECT_TRUE(keeps("reset") && keeps("farewell") && keeps("invitation") && keeps("another"))
        << "what still counts can be shown to others";
    read_again();
    EXPECT_EQ("abdf", members());
    EXPECT_TRUE(keeps("farewell") && keeps("invitation") && keeps("another"));
}

TEST_F(Fold, WhatCountsNoMoreIsNotKept)
{
    EXPECT_EQ(DIM_HISTORY_APPLIED, hear('a', "reset", 4000, "abcd"));
    EXPECT_EQ(DIM_HISTORY_APPLIED, hear('c', "quit", 3900, "", "farewell"));
    EXPECT_EQ(DIM_HISTORY_APPLIED, hear('b', "invite", 3800, "c", "invitation"));
    crowd(3000, 500);
    EXPECT_FALSE(keeps("farewell"));
    EXPECT_TRUE(keeps("invitation"));
    EXPECT_EQ(DIM_HISTORY_APPLIED, hear('a', "reset", 100, "abc"));
    EXPECT_FALSE(keeps("invitation"));
    EXPECT_EQ("abc", members());
}

TEST_F(Fold, AnOlderWordThatComesLateChangesNothing)
{
    EXPECT_EQ(DIM_HISTORY_APPLIED, hear('a', "reset", 4000, "abcd"));
    EXPECT_EQ(DIM_HISTORY_APPLIED, hear('c', "quit", 3800));
    crowd(3000, 500);
    EXPECT_EQ(DIM_HISTORY_KNOWN, hear('c', "quit", 3800)) << "told again";
    EXPECT_EQ(DIM_HISTORY_KNOWN, hear('b', "invite", 3900, "c"));
    EXPECT_EQ("abd", members());
    EXPECT_EQ(DIM_HISTORY_APPLIED, hear('b', "invite", 3900, "ce"));
    EXPECT_EQ("abde", members()) << "of him it is news";
    EXPECT_EQ(DIM_HISTORY_APPLIED, hear('b', "invite", 3700, "c"));
    EXPECT_EQ("abcde", [this] {
        std::string letters = members();

        std::sort(letters.begin(), letters.end());
        return letters;
    }());
}

TEST_F(Fold, AnotherBulletinJudgesWhatComesAndNotWhatWasFolded)
{
    EXPECT_EQ(DIM_HISTORY_APPLIED, hear('a', "reset", 4000, "abcd"));
    EXPECT_EQ(DIM_HISTORY_APPLIED, hear('b', "invite", 3900, "e"));
    crowd(3000, 500);
    g_ptr_array_set_size(administrators.get(), 0);
    EXPECT_EQ("abcde", members());
    EXPECT_EQ(DIM_HISTORY_PENDING, hear('b', "invite", 100, "f"));
    EXPECT_EQ("abcde", members());
    EXPECT_EQ(DIM_HISTORY_APPLIED, hear('a', "reset", 50, "abcd"));
    EXPECT_EQ("abcd", members());
}

TEST_F(Fold, AnOlderRecordBesideItChangesNothing)
{
    const auto record = [](char who, const char *what, int time) {
        return R"({"type":137,"sn":1,"time":)" + std::to_string(time) + R"(,"actor":")"
               + id_of(who) + R"(","command":")" + what;
    };
    const std::string text = R"({"version":2,"records":[)" + record('a', "reset", 2)
                             + R"(","members":)" + ids("abcd") + "}," + record('c', "quit", 4)
                             + "\"}," + record('a', "invite", 4) + R"(","members":)" + ids("de")
                             + R"(}],"folded":["+5\n)" + id_of('c') + R"(","-5\n)" + id_of('d')
                             + "\"]}";

    history.reset(dim_history_from_text(text.c_str(), -1, nullptr));
    ASSERT_NE(history, nullptr) << text;
    EXPECT_EQ("abce", members());
}

TEST_F(Fold, AResetForgetsWhatIsOlderThanItself)
{
    EXPECT_EQ(DIM_HISTORY_APPLIED, hear('a', "reset", 4000, "abcd"));
    EXPECT_EQ(DIM_HISTORY_APPLIED, hear('c', "quit", 3900));
    EXPECT_EQ(DIM_HISTORY_APPLIED, hear('b', "invite", 3800, "e"));
    crowd(3000, 500);
    EXPECT_EQ(DIM_HISTORY_APPLIED, hear('a', "reset", 3800, "abcd")) << "comes late";
    EXPECT_EQ("abcde", members());
}

TEST_F(Fold, AResignationStaysHoweverManyComeBehindIt)
{
    EXPECT_EQ(DIM_HISTORY_APPLIED, hear('a', "reset", 4000, "abcd"));
    for (int i = 0; i < 600; i++)
        EXPECT_EQ(DIM_HISTORY_APPLIED, hear('b', "resign", 3900 - i));
    for (int i = 0; i < 600; i++)
        EXPECT_EQ(DIM_HISTORY_APPLIED, hear('a', "invite", 3000 - i, "d"));
    EXPECT_EQ(DIM_HISTORY_PENDING, hear('b', "invite", 3899, "e"));
    EXPECT_EQ(DIM_HISTORY_DENIED, hear('b', "reset", 100, "abz"));
    EXPECT_EQ("abcd", members());
    rules.bulletin_time = now - 3302;
    EXPECT_EQ(DIM_HISTORY_DENIED, hear('b', "reset", 90, "abz")) << "the last one counts still";
}

// Twenty thousand persons in all: what says no more than the reset makes room first.
TEST_F(Fold, HasAnEndInPersons)
{
    const auto many = [](const char *name, int count) {
        std::string people;

        for (int i = 0; i < count; i++)
            people += std::string(i > 0 ? "," : "") + "\"" + name + std::to_string(i)
                      + "@1BjHgY1PjNSSUoytNXcFdJWbxrj74rpJN2\"";
        return people;
    };
    const auto tell = [this](const char *command, double ago, const std::string &people) {
        return hear('a', std::string("\"command\":\"") + command + "\",\"group\":\""
                             + GROUP_TEXT + "\",\"time\":" + std::to_string(now - ago)
                             + ",\"members\":[" + people + "]");
    };
    std::string leaders = ids("abc");

    leaders = leaders.substr(1, leaders.size() - 2);
    EXPECT_EQ(DIM_HISTORY_APPLIED, tell("reset", 4000, leaders + "," + many("one", 9990)));
    EXPECT_EQ(DIM_HISTORY_APPLIED, hear('c', "quit", 3900));
    EXPECT_EQ(DIM_HISTORY_APPLIED, tell("invite", 3800, many("one", 5000)));
    EXPECT_EQ(DIM_HISTORY_APPLIED, tell("invite", 3700, many("two", 9000)));
    EXPECT_LE(dim_history_names(history.get()), 20000u);
    EXPECT_EQ(dim_history_members(history.get(), &rules)->len, 9992u + 9000u);
    EXPECT_EQ(DIM_HISTORY_APPLIED, tell("invite", 3600, many("three", 9000)));
    EXPECT_LE(dim_history_names(history.get()), 20000u);
}

TEST_F(Fold, OldTextsAreReadAndBadOnesAreNot)
{
    const auto reads = [](const std::string &text) {
        g_autoptr(GError) error = nullptr;
        OWNED(DimHistory) read(dim_history_from_text(text.c_str(), -1, &error));

        EXPECT_EQ(read == nullptr, error != nullptr) << text;
        return read != nullptr;
    };
    const auto folded = [](const std::string &list) {
        return R"({"records":[],"version":2,"folded":[)" + list + "]}";
    };
    const std::string id = id_of('c');

    EXPECT_TRUE(reads(R"({"records":[]})"));
    EXPECT_TRUE(reads(folded(R"("-5\n)" + id + R"(\nany tag")")));
    EXPECT_TRUE(reads(folded(R"("+5.5\n)" + id + " " + id_of('d') + R"(")")));
    for (const std::string &bad :
         { R"({"records":[],"version":1,"folded":["-5\n)" + id + R"("]})",
           R"({"records":[],"version":3,"folded":["-5\n)" + id + R"("]})",
           R"({"records":[],"folded":["-5\n)" + id + R"("]})",
           std::string(R"({"records":[],"version":2})"),
           std::string(R"({"records":[],"version":2,"folded":7})"),
           folded(""),
           folded("7"),
           folded("[]"),
           folded(R"("")"),
           folded(R"("-5")"),
           folded(R"("-5\n")"),
           folded(R"("-5\n)" + id + R"( 7")"),
           folded(R"("-5\n)" + id + R"( ")"),
           folded(R"("-5\n)" + id + R"(","+6\n)" + id + R"(")"),
           folded(R"("-5\n)" + id + " " + id + R"(")"),
           folded(R"("5\n)" + id + R"(")"),
           folded(R"("-0\n)" + id + R"(")"),
           folded(R"("--5\n)" + id + R"(")"),
           folded(R"("-5x\n)" + id + R"(")"),
           folded(R"("+inf\n)" + id + R"(")"),
           folded(R"("+1e999\n)" + id + R"(")"),
           folded(R"("-5\n)" + id + "\\n" + std::string(545, 'x') + R"(")") })
        EXPECT_FALSE(reads(bad)) << bad;
}

// Values and bytes of a text have an end, beyond which it would not be read again.
TEST_F(Fold, WhatIsWrittenOfManyCanBeRead)
{
    const auto fill = [this](size_t count, const std::string &name, const std::string &tag) {
        std::string text = R"({"version":2,"records":[],"folded":[)";

        for (size_t i = 0; i < count; i++)
            text += (i > 0 ? ",\"+" : "\"+") + std::to_string(now - 4000 + i * 0.125) + "\\n"
                    + name + std::to_string(i) + "@1BjHgY1PjNSSUoytNXcFdJWbxrj74rpJN2\\n" + tag
                    + "\"";
        history.reset(dim_history_from_text((text + "]}").c_str(), -1, nullptr));
        ASSERT_NE(history, nullptr);
        ASSERT_EQ(dim_history_names(history.get()), count);
        EXPECT_EQ(DIM_HISTORY_APPLIED, hear('a', "reset", 4000, "abcd"));
    };

    fill(12000, "person", "a tag of each");
    crowd(900, 510);
    EXPECT_GT(dim_history_names(history.get()), 12000u) << "nothing had to go";
    read_again();
    fill(11000, std::string(80, 'x'), std::string(200, 't'));
    crowd(900, 510);
    Text text(dim_history_to_text(history.get()));
    EXPECT_LT(strlen(text.get()), 3670016u);
    EXPECT_GT(dim_history_names(history.get()), 8000u);
    read_again();
}

} // namespace
