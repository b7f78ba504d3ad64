// SPDX-License-Identifier: GPL-2.0-or-later
// Group history that comes in: judged by the bulletin in the book, kept across restarts, and refused with a word.
#include <algorithm>

#include "tests/unit/command/group_desk.hh"

namespace {

class HistoryCommand : public GroupDeskTest {};

TEST_F(HistoryCommand, OnlyMembersMaySpeak)
{
    found();
    EXPECT_TRUE(may_speak(stranger().id())); // nothing is known yet
    EXPECT_TRUE(tell(peer().id(), "reset", 100, THREE));
    EXPECT_TRUE(may_speak(stranger().id()));
    EXPECT_TRUE(tell(peer().id(), "reset", 90, TWO));
    EXPECT_FALSE(may_speak(stranger().id()));
    EXPECT_TRUE(may_speak(peer().id()));
    EXPECT_TRUE(replies.empty());
}

TEST_F(HistoryCommand, IsKept)
{
    found();
    EXPECT_TRUE(tell(peer().id(), "reset", 100, THREE));
    EXPECT_TRUE(tell(stranger().id(), "quit", 90));
    EXPECT_EQ(kept(), 1u);
    book.reset(dim_book_new(store.get(), clock.get()));
    desk.book = book.get();
    EXPECT_FALSE(may_speak(stranger().id()));
    EXPECT_FALSE(tell(peer().id(), "reset", 101, THREE));
    EXPECT_EQ(replies, Words{ "peer: Command expired." });
}

TEST_F(HistoryCommand, WhoMustNotIsTold)
{
    found();
    EXPECT_TRUE(tell(peer().id(), "reset", 100, THREE));
    EXPECT_FALSE(tell(stranger().id(), "reset", 90, TWO));
    EXPECT_TRUE(failed_with(error, DIM_ERROR_NOT_ALLOWED));
    EXPECT_FALSE(tell(peer().id(), "quit", 90));
    EXPECT_FALSE(tell(peer().id(), "reset", 90, R"(,"members":["<me>","<peer>"])"));
    EXPECT_FALSE(tell(peer().id(), "reset", -1900, TWO));
    EXPECT_EQ(replies, (Words{ "stranger: Permission denied.", "peer: Permission denied.",
                               "peer: Command error.", "peer: Command error." }));
    EXPECT_TRUE(may_speak(stranger().id()));
}

TEST_F(HistoryCommand, NobodyIsToldOfWhatWentToAll)
{
    found();
    EXPECT_FALSE(tell(stranger().id(), "reset", 90, TWO, dim_id_anyone()));
    EXPECT_TRUE(replies.empty());
}

TEST_F(HistoryCommand, AdministratorsAreThoseOfTheBulletin)
{
    found(R"({"founder":"<peer>","administrators":["<stranger>",7,"???"]})");
    EXPECT_FALSE(tell(me().id(), "reset", 100, THREE));
    EXPECT_TRUE(tell(stranger().id(), "reset", 100, THREE));
    EXPECT_EQ(kept(), 1u);
}

TEST_F(HistoryCommand, WithoutABulletinNothingIsBelieved)
{
    group.reset(made_id("group", DIM_TYPE_GROUP).release());
    EXPECT_FALSE(tell(peer().id(), "reset", 100, THREE));
    EXPECT_EQ(replies, Words{ "peer: Group empty." });
    EXPECT_EQ(kept(), 0u);
}

TEST_F(HistoryCommand, GroupsWithoutMeAreNotKept)
{
    found();
    EXPECT_TRUE(tell(peer().id(), "reset", 100, R"(,"members":["<peer>","<stranger>"])"));
    EXPECT_EQ(kept(), 0u);
    EXPECT_TRUE(tell(peer().id(), "reset", 90, THREE));
    EXPECT_EQ(kept(), 1u);
    EXPECT_TRUE(tell(peer().id(), "reset", 80, R"(,"members":["<peer>","<stranger>"])"));
    EXPECT_FALSE(may_speak(me().id())); // put out, and it is known
}

TEST_F(HistoryCommand, WishesAndDeprecatedCommandsChangeNothing)
{
    found();
    EXPECT_TRUE(tell(peer().id(), "reset", 100, THREE));
    EXPECT_TRUE(tell(peer().id(), "expel", 90, R"(,"members":["<stranger>"])"));
    EXPECT_TRUE(tell(bot(), "join", 90));
    EXPECT_TRUE(tell(stranger().id(), "invite", 90, R"(,"member":"<station>")"));
    EXPECT_TRUE(may_speak(stranger().id()));
    EXPECT_FALSE(may_speak(bot()));
}

TEST_F(HistoryCommand, WhatWasSignedForAllIsKeptAsItCame)
{
    found();
    EXPECT_TRUE(tell_all(peer(), "reset", 100, THREE));
    EXPECT_TRUE(tell_all(stranger(), "invite", 90, R"(,"member":"<station>")"));
    EXPECT_TRUE(tell(stranger().id(), "join", 80));     // proves nothing to others
    EXPECT_TRUE(tell_all(peer(), "reset", 100, THREE)); // known
    EXPECT_FALSE(tell_all(stranger(), "reset", 70, TWO));
    OWNED(GPtrArray) texts = evidence();
    ASSERT_EQ(texts->len, 2u);
    for (guint i = 0; i < texts->len; i++) {
        const Identity &who = i == 0 ? peer() : stranger();
        OWNED(DimMessage)
        message(dim_message_parse(static_cast<const char *>(texts->pdata[i]), -1, nullptr));
        OWNED(GPtrArray) keys(g_ptr_array_new());

        ASSERT_NE(message, nullptr);
        g_ptr_array_add(keys.get(), dim_meta_key(who.meta()));
        EXPECT_TRUE(dim_seal_verify(message.get(), keys.get()));
        EXPECT_TRUE(dim_id_equal(dim_message_sender(message.get()), who.id()));
    }
    EXPECT_TRUE(tell_all(peer(), "reset", 60, TWO));
    EXPECT_EQ(evidence()->len, 1u); // the others count no more
}

TEST_F(HistoryCommand, TheFrontHearsOfNewMembersOnce)
{
    found();
    EXPECT_TRUE(tell_all(peer(), "reset", 100, THREE));
    EXPECT_TRUE(tell_all(peer(), "reset", 100, THREE));
    EXPECT_TRUE(tell_all(stranger(), "invite", 90, R"(,"member":"<station>")")); // a wish
    EXPECT_TRUE(tell_all(stranger(), "quit", 80));
    const std::string news = std::string("members of ") + dim_id_text(group.get());
    EXPECT_EQ(done, (Words{ news, news }));
}

TEST_F(HistoryCommand, TheWebClientsSpellingIsRead)
{
    found();
    EXPECT_TRUE(tell_all(peer(), "reset", 100, THREE, 136));
    EXPECT_TRUE(tell_all(stranger(), "quit", 90, "", 136));
    EXPECT_TRUE(tell_all(peer(), "expel", 85, R"(,"member":"<me>")", 136));
    EXPECT_FALSE(may_speak(stranger().id()));
    EXPECT_TRUE(may_speak(me().id()));
}

TEST_F(HistoryCommand, WhoLeadsTheGroupMaySayThatNothingIsNew)
{
    const std::string no_news = R"("command":"receipt","text":"Group history not updated.")"
                                R"(,"origin":{"sn":5},"group":")";

    found(R"({"founder":"<peer>","administrators":["<stranger>"]})");
    const std::string id = dim_id_text(group.get());
    for (const Identity *who : { &peer(), &stranger(), &me() })
        EXPECT_TRUE(say(who->id(), no_news + id + "\""));
    EXPECT_TRUE(say(peer().id(), no_news + "everyone@everywhere\""));
    EXPECT_EQ(std::count(done.begin(), done.end(), "members of " + id), 2);
}

TEST_F(HistoryCommand, ABulletinOfWhoLeadsTheGroupIsNews)
{
    found();
    const std::string id = dim_id_text(group.get());
    const std::string bulletin = R"("command":"document","did":")" + id + R"(","document":)"
                                 + json_of(dim_book_document(book.get(), group.get()));
    EXPECT_TRUE(say(stranger().id(), bulletin));
    EXPECT_EQ(done, Words{ "learned " + id });
    EXPECT_TRUE(say(peer().id(), bulletin));
    EXPECT_EQ(done.back(), "members of " + id);
}

TEST_F(HistoryCommand, RefusesHistoryOfNoGroup)
{
    for (const char *rest :
         { "", R"(,"group":"<peer>")", R"(,"group":"everyone@everywhere")" }) {
        EXPECT_FALSE(hear(peer().id(),
                          std::string(R"({"type":137,"sn":1,"time":<now>,"command":"reset")")
                              + rest + "}"))
            << rest;
        EXPECT_TRUE(failed_with(error, DIM_ERROR_MALFORMED)) << rest;
    }
    EXPECT_TRUE(replies.empty());
}

TEST_F(HistoryCommand, ASpoiltRowBeginsAnew)
{
    found();
    OWNED(GBytes) rubbish(g_bytes_new_static("{\"records\"", 10));
    const DimRecord row = { dim_id_text(group.get()), 0, nullptr, nullptr, rubbish.get() };
    ASSERT_TRUE(dim_store_save(store.get(), DIM_TABLE_GROUPS, &row, nullptr));
    EXPECT_TRUE(may_speak(stranger().id()));
    EXPECT_TRUE(tell(peer().id(), "reset", 100, TWO));
    EXPECT_FALSE(may_speak(stranger().id()));
}

} // namespace
