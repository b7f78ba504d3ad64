// SPDX-License-Identifier: GPL-2.0-or-later
// Group history that comes in: judged by the bulletin in the book, kept across restarts, and refused with a word.
#include "tests/unit/command/desk.hh"

namespace {

using namespace support;

class HistoryCommand : public DeskTest {
  protected:
    OWNED(DimId) group;

    // A group of the peer's, with its meta and bulletin in the book.
    void
    found(const std::string &properties)
    {
        const DimPrivateKey *key = dim_user_signer(peer().user.get());
        OWNED(DimMeta)
        meta(dim_meta_new(DIM_META_MKM, key, "group", nullptr));

        group.reset(dim_meta_make_id(meta.get(), DIM_TYPE_GROUP, nullptr));
        ASSERT_TRUE(group && dim_id_is_group(group.get()));
        ASSERT_TRUE(dim_book_save_meta(book.get(), group.get(), meta.get(), nullptr));
        OWNED(JsonObject) members(dim_json_parse(fill(properties).c_str(), -1, nullptr));
        OWNED(DimDocument)
        bulletin(dim_document_new(group.get(), "bulletin", members.get(), clock.now() - 1000,
                                  key, nullptr));
        ASSERT_EQ(dim_book_save_document(book.get(), group.get(), bulletin.get(), nullptr),
                  DIM_BOOK_RECEIVED);
    }
    void
    found()
    {
        found(R"({"founder":"<peer>","name":"Friends"})");
    }
    bool
    tell(const DimId *from,
         const std::string &command,
         double ago,
         const std::string &rest = "",
         const DimId *to = me().id())
    {
        return hear(from,
                    R"({"type":137,"sn":7,"time":)" + std::to_string(clock.now() - ago)
                        + R"(,"command":")" + command + R"(","group":")"
                        + dim_id_text(group.get()) + "\"" + rest + "}",
                    to);
    }
    bool
    may_speak(const DimId *who)
    {
        return dim_may_speak_in(&desk, group.get(), who);
    }
    guint
    kept() const
    {
        return dim_store_count(store.get(), DIM_TABLE_GROUPS);
    }
};

const char THREE[] = R"(,"members":["<peer>","<me>","<stranger>"])";
const char TWO[] = R"(,"members":["<peer>","<me>"])";

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
