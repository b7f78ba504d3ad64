// SPDX-License-Identifier: GPL-2.0-or-later
// Members of a group out of signed records: in any order, by right, and never of the past or of the future.
#include <algorithm>

#include "tests/unit/message/history_case.hh"

namespace {

TEST_F(History, MembersAreTheResetAndWhatWasApplied)
{
    EXPECT_EQ("", members());
    EXPECT_EQ(DIM_HISTORY_APPLIED, hear('a', "reset", 100, "abcd"));
    EXPECT_EQ("abcd", members());
    EXPECT_EQ(DIM_HISTORY_APPLIED, hear('c', "quit", 90));
    EXPECT_EQ(DIM_HISTORY_APPLIED, hear('b', "invite", 80, "efd"));
    EXPECT_EQ("abdef", members());
    EXPECT_EQ(DIM_HISTORY_APPLIED, hear('a', "invite", 70, "c"));
    EXPECT_EQ("abdefc", members());
    EXPECT_EQ(DIM_HISTORY_APPLIED, hear('a', "reset", 60, "abz"));
    EXPECT_EQ("abz", members());
}

// The members are not worked out anew for each record: they are always those that the records make, in their order.
TEST_F(History, MembersThatFollowedAreThoseOfTheRecords)
{
    static const char *const commands[] = { "invite", "invite", "quit",
                                            "join",   "reset",  "resign" };
    GRand *dice = g_rand_new_with_seed(20);

    for (int round = 0; round < 60; round++) {
        history.reset(dim_history_new());
        hear('a', "reset", 1000, "abcd");
        for (int i = 0; i < 20; i++) {
            const int which = g_rand_int_range(dice, 0, i % 5 == 0 ? 6 : 4);
            const char actor = static_cast<char>('a' + g_rand_int_range(dice, 0, 6));
            std::string people = which == 4 ? "ab" : "";

            for (int k = 0; k < 2; k++)
                people += static_cast<char>('c' + g_rand_int_range(dice, 0, 8));
            members(); // so that there is something to follow
            hear(actor, commands[which], 900 - 20 * i + g_rand_int_range(dice, 0, 60), people);

            const std::string followed = members();
            Text text(dim_history_to_text(history.get()));
            OWNED(DimHistory) again(dim_history_from_text(text.get(), -1, nullptr));
            std::swap(history, again);
            EXPECT_EQ(followed, members()) << commands[which] << " " << round << " " << i;
            std::swap(history, again);
        }
    }
    g_rand_free(dice);
}

TEST_F(History, WithoutTheOwnersResetNobodyIsInWhoeverIsInvited)
{
    EXPECT_EQ("", members());
    hear('a', "invite", 90, "cd");
    hear('b', "invite", 80, "e");
    EXPECT_EQ("", members());
    hear('a', "reset", 70, "abc");
    EXPECT_EQ("abc", members());
}

// What was worked out by one bulletin does not answer for another.
TEST_F(History, MembersFollowTheBulletin)
{
    OWNED(DimId) other(dim_id_parse(id_of('c').c_str(), nullptr));

    ASSERT_EQ(DIM_HISTORY_APPLIED, hear('a', "reset", 100, "abcd"));
    ASSERT_EQ(DIM_HISTORY_APPLIED, hear('b', "invite", 90, "e"));
    ASSERT_EQ(DIM_HISTORY_APPLIED, hear('c', "quit", 80));
    EXPECT_EQ("abde", members());
    EXPECT_EQ("abde", members()) << "asked again";
    dim_id_unref(static_cast<DimId *>(g_ptr_array_index(administrators.get(), 0)));
    g_ptr_array_index(administrators.get(), 0) = dim_id_ref(other.get());
    EXPECT_EQ("abcd", members()) << "who leads invites and does not quit";
    g_ptr_array_set_size(administrators.get(), 0);
    EXPECT_EQ("abd", members());
    rules.owner = nullptr;
    EXPECT_EQ("", members());
    rules.owner = owner.get();
    EXPECT_EQ("abd", members());
}

TEST_F(History, MembersFollowTheTimeOfTheBulletin)
{
    ASSERT_EQ(DIM_HISTORY_APPLIED, hear('a', "reset", 100, "abcd"));
    ASSERT_EQ(DIM_HISTORY_APPLIED, hear('b', "resign", 90));
    ASSERT_EQ(DIM_HISTORY_APPLIED, hear('b', "quit", 80));
    EXPECT_EQ("acd", members());
    rules.bulletin_time = now - 85;
    EXPECT_EQ("abcd", members()) << "named anew, he leads, and his farewell is none";
}

// A bulletin may be taken back with its turn: what followed by it does not answer for the one before.
TEST_F(History, AnInvitationByAnotherBulletinIsNotFollowed)
{
    OWNED(DimId) other(dim_id_parse(id_of('c').c_str(), nullptr));

    ASSERT_EQ(DIM_HISTORY_APPLIED, hear('a', "reset", 100, "abcd"));
    EXPECT_EQ("abcd", members());
    g_ptr_array_add(administrators.get(), dim_id_ref(other.get()));
    ASSERT_EQ(DIM_HISTORY_APPLIED, hear('c', "invite", 90, "e"));
    g_ptr_array_set_size(administrators.get(), 1);
    EXPECT_EQ("abcd", members());
}

TEST_F(History, OrderOfArrivalDoesNotMatter)
{
    struct Said {
        char actor;
        const char *command;
        double ago;
        const char *people;
    };
    std::vector<Said> said = { { 'a', "reset", 100, "abcd" },
                               { 'c', "quit", 90, "" },
                               { 'b', "invite", 80, "e" },
                               { 'e', "quit", 70, "" },
                               { 'a', "invite", 60, "c" } };
    std::vector<int> order = { 0, 1, 2, 3, 4 };

    do {
        history.reset(dim_history_new());
        for (int i : order)
            hear(said[i].actor, said[i].command, said[i].ago, said[i].people);
        EXPECT_EQ("abdc", members());
    } while (std::next_permutation(order.begin(), order.end()));
}

// Old clients write whole seconds. Older than the reset is what is strictly before it; who is invited and leaves is out.
TEST_F(History, OrderOfArrivalDoesNotMatterAtTheSameTime)
{
    struct Said {
        char actor;
        const char *command;
        const char *people;
    };
    std::vector<Said> said = { { 'a', "reset", "abcd" },
                               { 'b', "invite", "ec" },
                               { 'e', "quit", "" },
                               { 'd', "quit", "" },
                               { 'a', "invite", "f" } };
    std::vector<int> order = { 0, 1, 2, 3, 4 };

    do {
        history.reset(dim_history_new());
        for (int i : order) {
            hear(said[i].actor, said[i].command, 100, said[i].people);
            members(); // so that there is something to follow
        }
        EXPECT_EQ("abcf", members());
        Text text(dim_history_to_text(history.get()));
        history.reset(dim_history_from_text(text.get(), -1, nullptr));
        EXPECT_EQ("abcf", members()) << "read again";
    } while (std::next_permutation(order.begin(), order.end()));
}

TEST_F(History, OlderThanTheResetIsExpired)
{
    EXPECT_EQ(DIM_HISTORY_APPLIED, hear('a', "reset", 100, "abc"));
    EXPECT_EQ(DIM_HISTORY_EXPIRED, hear('c', "quit", 101));
    EXPECT_EQ(DIM_HISTORY_EXPIRED, hear('a', "reset", 101, "abz"));
    EXPECT_EQ(DIM_HISTORY_EXPIRED, hear('a', "invite", 101, "z"));
    EXPECT_EQ("abc", members());
    EXPECT_EQ(DIM_HISTORY_APPLIED, hear('a', "reset", 100, "abd")); // not strictly before
    EXPECT_EQ("abd", members());
}

TEST_F(History, OfTheFutureIsRefused)
{
    EXPECT_EQ(DIM_HISTORY_FUTURE, hear('a', "reset", -1801, "ab"));
    EXPECT_EQ("", members());
    EXPECT_EQ(DIM_HISTORY_APPLIED, hear('a', "reset", -1799, "ab"));
}

TEST_F(History, EachActorHasItsRights)
{
    EXPECT_EQ(DIM_HISTORY_DENIED, hear('c', "reset", 100, "abc"));
    EXPECT_EQ(DIM_HISTORY_APPLIED, hear('b', "reset", 100, "abc"));
    EXPECT_EQ(DIM_HISTORY_DENIED, hear('z', "reset", 90, "abz"));
    EXPECT_EQ(DIM_HISTORY_DENIED, hear('z', "invite", 90, "z"));
    EXPECT_EQ(DIM_HISTORY_PENDING, hear('c', "invite", 90, "d"));
    EXPECT_EQ(DIM_HISTORY_PENDING, hear('z', "join", 90));
    EXPECT_EQ(DIM_HISTORY_IGNORED, hear('c', "join", 90));
    EXPECT_EQ(DIM_HISTORY_DENIED, hear('a', "quit", 90));
    EXPECT_EQ(DIM_HISTORY_DENIED, hear('b', "quit", 90));
    EXPECT_EQ(DIM_HISTORY_PENDING, hear('z', "quit", 90)); // he may have been invited
    EXPECT_EQ(DIM_HISTORY_DENIED, hear('c', "resign", 90));
    EXPECT_EQ("abc", members());
}

TEST_F(History, WhoResignedDecidesNothingAnyMore)
{
    EXPECT_EQ(DIM_HISTORY_APPLIED, hear('a', "reset", 100, "abc"));
    EXPECT_EQ(DIM_HISTORY_EXPIRED, hear('b', "resign", 5001));
    EXPECT_EQ(DIM_HISTORY_APPLIED, hear('b', "resign", 90));
    EXPECT_EQ(DIM_HISTORY_PENDING, hear('b', "invite", 80, "z"));
    EXPECT_EQ(DIM_HISTORY_DENIED, hear('b', "reset", 80, "abz"));
    EXPECT_EQ(DIM_HISTORY_APPLIED, hear('b', "quit", 70));
    EXPECT_EQ("ac", members());
    // A newer bulletin that names him makes him one again.
    rules.bulletin_time = now - 50;
    EXPECT_EQ(DIM_HISTORY_APPLIED, hear('b', "reset", 40, "abz"));
}

TEST_F(History, AResetDoesNotGiveBackWhatWasResigned)
{
    EXPECT_EQ(DIM_HISTORY_APPLIED, hear('a', "reset", 100, "abc"));
    EXPECT_EQ(DIM_HISTORY_APPLIED, hear('b', "resign", 90));
    EXPECT_EQ(DIM_HISTORY_APPLIED, hear('a', "reset", 80, "acd")); // he need not be in it
    EXPECT_EQ(DIM_HISTORY_DENIED, hear('b', "reset", 70, "abz"));
    Text text(dim_history_to_text(history.get()));
    history.reset(dim_history_from_text(text.get(), -1, nullptr));
    EXPECT_EQ(DIM_HISTORY_DENIED, hear('b', "reset", 70, "abz"));
    EXPECT_EQ("acd", members());
}

TEST_F(History, AResignationIsAsOldAsTheBulletinAtMost)
{
    EXPECT_EQ(DIM_HISTORY_APPLIED, hear('a', "reset", 100, "abc"));
    EXPECT_EQ(DIM_HISTORY_APPLIED, hear('b', "resign", 200)); // comes late, and counts
    EXPECT_EQ(DIM_HISTORY_DENIED, hear('b', "reset", 90, "abz"));
    EXPECT_EQ("abc", members());
}

TEST_F(History, AFarewellMayComeBeforeTheInvitation)
{
    EXPECT_EQ(DIM_HISTORY_APPLIED, hear('a', "reset", 100, "abc"));
    EXPECT_EQ(DIM_HISTORY_PENDING, hear('e', "quit", 80));
    EXPECT_EQ(DIM_HISTORY_APPLIED, hear('b', "invite", 90, "e"));
    EXPECT_EQ("abc", members());
    EXPECT_EQ(DIM_HISTORY_APPLIED, hear('b', "invite", 70, "e"));
    EXPECT_EQ("abce", members());
}

TEST_F(History, WishesAreKeptAndGrantNothing)
{
    EXPECT_EQ(DIM_HISTORY_APPLIED, hear('a', "reset", 100, "abc", "reset"));
    EXPECT_EQ(DIM_HISTORY_PENDING, hear('c', "invite", 90, "d", "invitation"));
    EXPECT_EQ(DIM_HISTORY_PENDING, hear('z', "join", 80, "", "application"));
    EXPECT_EQ(DIM_HISTORY_DENIED, hear('z', "invite", 80, "y", "nonsense"));
    EXPECT_EQ("abc", members());
    EXPECT_TRUE(keeps("reset") && keeps("invitation") && keeps("application"));
    EXPECT_FALSE(keeps("nonsense"));
    EXPECT_EQ(now - 100, dim_history_time(history.get())) << "of the reset";
    Text text(dim_history_to_text(history.get()));
    history.reset(dim_history_from_text(text.get(), -1, nullptr));
    EXPECT_TRUE(keeps("reset") && keeps("invitation") && keeps("application"));
    EXPECT_EQ("abc", members()) << "worked out anew";
    // The owner has seen them all: what he did not grant is over.
    EXPECT_EQ(DIM_HISTORY_APPLIED, hear('a', "reset", 70, "abcd", "newer"));
    EXPECT_FALSE(keeps("reset") || keeps("invitation") || keeps("application"));
    EXPECT_TRUE(keeps("newer"));
}

TEST_F(History, AResetNamesTheOwnerFirstAndEveryAdministrator)
{
    for (const char *people : { "", "b", "ba", "ac", "c" })
        EXPECT_EQ(DIM_HISTORY_MALFORMED, hear('a', "reset", 100, people)) << people;
    EXPECT_EQ("", members());
}

TEST_F(History, DeprecatedCommandsChangeNothing)
{
    EXPECT_EQ(DIM_HISTORY_APPLIED, hear('a', "reset", 100, "abc"));
    for (const char *command : { "expel", "found", "abdicate", "hire", "fire" })
        EXPECT_EQ(DIM_HISTORY_IGNORED, hear('a', command, 90, "c"));
    EXPECT_EQ("abc", members());
}

TEST_F(History, WithoutAnOwnerNothingIsBelieved)
{
    rules.owner = nullptr;
    EXPECT_EQ(DIM_HISTORY_DENIED, hear('a', "reset", 100, "abc"));
    EXPECT_EQ("", members());
}

TEST_F(History, RefusesWhatIsNoRecordOfThisGroup)
{
    const std::string time = "\"time\":" + std::to_string(now);
    const std::string group_is = std::string("\"group\":\"") + GROUP_TEXT + "\"";
    const std::string reset = "\"command\":\"reset\",\"members\":" + ids("ab");

    EXPECT_EQ(DIM_HISTORY_MALFORMED, hear('a', reset + "," + time));
    EXPECT_EQ(DIM_HISTORY_MALFORMED,
              hear('a', reset + "," + time + ",\"group\":\"other@everywhere\""));
    EXPECT_EQ(DIM_HISTORY_MALFORMED, hear('a', reset + "," + group_is));
    EXPECT_EQ(DIM_HISTORY_MALFORMED, hear('a', reset + "," + group_is + ",\"time\":\"x\""));
    EXPECT_EQ(DIM_HISTORY_MALFORMED, hear('a', time + "," + group_is));
    for (const char *members : { "7", "null", "\"x\"", "{}", "[7]" })
        EXPECT_EQ(DIM_HISTORY_MALFORMED,
                  hear('a', std::string("\"command\":\"reset\",") + group_is + "," + time
                                + ",\"members\":" + members))
            << members;
    EXPECT_EQ(DIM_HISTORY_MALFORMED, hear('a', "mystery", 10, "ab"));
}

TEST_F(History, TheOldSpellingOfOneMemberIsRead)
{
    EXPECT_EQ(DIM_HISTORY_APPLIED, hear('a', "reset", 100, "ab"));
    EXPECT_EQ(DIM_HISTORY_APPLIED,
              hear('a', std::string("\"command\":\"invite\",\"group\":\"") + GROUP_TEXT
                            + "\",\"time\":" + std::to_string(now - 90) + ",\"member\":\""
                            + id_of('d') + "\""));
    EXPECT_EQ("abd", members());
}

TEST_F(History, IsTheSameAfterItWasKept)
{
    EXPECT_EQ(DIM_HISTORY_APPLIED, hear('a', "reset", 100.125, "abcd"));
    EXPECT_EQ(DIM_HISTORY_APPLIED, hear('c', "quit", 90));
    EXPECT_EQ(DIM_HISTORY_PENDING, hear('d', "invite", 80, "z"));
    Text text(dim_history_to_text(history.get()));
    history.reset(dim_history_from_text(text.get(), -1, nullptr));
    ASSERT_NE(history, nullptr);
    EXPECT_EQ("abd", members());
    EXPECT_STREQ(text.get(), Text(dim_history_to_text(history.get())).get());
    EXPECT_EQ(DIM_HISTORY_EXPIRED, hear('a', "invite", 100.2, "z"));
    for (const char *bad : { "", "{}", "[]", "{\"records\":7}" })
        EXPECT_EQ(nullptr, dim_history_from_text(bad, -1, nullptr)) << bad;
}

} // namespace
