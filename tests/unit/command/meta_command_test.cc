// SPDX-License-Identifier: GPL-2.0-or-later
// Metas: who gets which answer, and whose meta is kept.
#include "tests/unit/command/desk.hh"

namespace {

using namespace support;

class MetaCommand : public DeskTest {
  protected:
    void
    expect_meta_of(const Identity &who)
    {
        ASSERT_EQ(told.size(), 1u);
        OWNED(DimId) id(dim_command_id(told[0].get(), nullptr));
        OWNED(DimMeta) meta(dim_command_meta(told[0].get(), nullptr));

        ASSERT_NE(meta, nullptr);
        EXPECT_TRUE(dim_id_equal(id.get(), who.id()));
        EXPECT_TRUE(dim_meta_matches(meta.get(), who.id()));
    }
};

TEST_F(MetaCommand, AnswersForMyself)
{
    EXPECT_TRUE(say(peer().id(), R"("command":"meta","did":"<me>")"));
    EXPECT_EQ(replies, Words{ "peer: meta" });
    expect_meta_of(me());
    EXPECT_TRUE(done.empty());
}

TEST_F(MetaCommand, TellsTheStationWhomItKnows)
{
    known_station = station();
    introduce(stranger());
    EXPECT_TRUE(say(station(), R"("command":"meta","did":"<stranger>")"));
    EXPECT_EQ(replies, Words{ "station: meta" });
    expect_meta_of(stranger());
}

TEST_F(MetaCommand, TellsNobodyElseWhomItKnows)
{
    introduce(stranger());
    EXPECT_TRUE(say(peer().id(), R"("command":"meta","did":"<stranger>")"));
    EXPECT_EQ(replies, Words{ "peer: Meta not found." });
}

TEST_F(MetaCommand, ReadsAQuestionInEverySpelling)
{
    const Words questions = {
        R"({"type":136,"sn":1,"time":<now>,"command":"meta","did":"<me>","cmd":"meta","ID":"<me>"})",
        R"({"type":"136","command":"meta","did":"<me>"})",
        R"({"type":136,"sn":1,"cmd":"meta","ID":"<me>"})",
        R"({"type":136,"sn":1,"cmd":"meta","ID":"<me>","meta":null})",
        R"({"type":136,"sn":1,"cmd":"meta","ID":"<me>/phone"})",
    };

    for (const std::string &question : questions) {
        forget();
        EXPECT_TRUE(hear(peer().id(), question));
        EXPECT_EQ(replies, Words{ "peer: meta" }) << question;
    }
}

TEST_F(MetaCommand, SaysToAPersonThatItIsNotFound)
{
    EXPECT_TRUE(say(peer().id(), R"("command":"meta","did":"<stranger>")"));
    EXPECT_EQ(replies, Words{ "peer: Meta not found." });
    // Stations and bots get no receipts, and what everybody was asked is not denied by everybody.
    EXPECT_TRUE(ignores(station(), R"("command":"meta","did":"<stranger>")"));
    EXPECT_TRUE(ignores(bot(), R"("command":"meta","did":"<stranger>")"));
    EXPECT_TRUE(ignores(me().id(), R"("command":"meta","did":"<stranger>")"));
    EXPECT_TRUE(say(peer().id(), R"("command":"meta","did":"<stranger>")", dim_id_everyone()));
    EXPECT_EQ(replies.size(), 1u);
}

TEST_F(MetaCommand, TellsNobodyHisOwn)
{
    introduce(peer());
    EXPECT_TRUE(ignores(peer().id(), R"("command":"meta","did":"<peer>")"));
    EXPECT_TRUE(ignores(me().id(), R"("command":"meta","did":"<me>")"));
    EXPECT_TRUE(ignores(me().id(), R"("command":"meta","did":"<peer>")"));
}

TEST_F(MetaCommand, TellsTheSameOnceInTenMinutes)
{
    for (int i = 0; i < 3; i++)
        EXPECT_TRUE(say(peer().id(), R"("command":"meta","did":"<me>")"));
    EXPECT_EQ(replies, Words{ "peer: meta" });
    EXPECT_TRUE(say(stranger().id(), R"("command":"meta","did":"<me>")"));
    clock.advance(601);
    EXPECT_TRUE(say(peer().id(), R"("command":"meta","did":"<me>")"));
    EXPECT_EQ(replies, (Words{ "peer: meta", "stranger: meta", "peer: meta" }));
}

TEST_F(MetaCommand, KeepsAMetaThatProvesItsId)
{
    EXPECT_TRUE(say(station(), R"("command":"meta","did":"<peer>","meta":<peer.meta>)"));
    EXPECT_EQ(done, Words{ "learned peer" });
    EXPECT_TRUE(replies.empty());
    ASSERT_NE(dim_book_meta(book.get(), peer().id()), nullptr);
    EXPECT_TRUE(dim_meta_matches(dim_book_meta(book.get(), peer().id()), peer().id()));
    // The same once more, by a person and in the oldest spelling.
    EXPECT_TRUE(say(stranger().id(), R"("cmd":"meta","ID":"<peer>","meta":<peer.meta>)"));
    EXPECT_EQ(replies, Words{ "stranger: Meta received." });
    EXPECT_EQ(rows(), (std::vector<guint>{ 1, 0, 0 }));
}

TEST_F(MetaCommand, RefusesTheMetaOfAnotherId)
{
    EXPECT_TRUE(refuses(peer().id(),
                        R"("command":"meta","did":"<peer>","meta":<stranger.meta>)",
                        DIM_ERROR_UNVERIFIED));
    EXPECT_TRUE(refuses(station(), R"("command":"meta","did":"<station>","meta":<peer.meta>)",
                        DIM_ERROR_UNVERIFIED));
    EXPECT_TRUE(refuses(station(),
                        R"("command":"meta","did":"everyone@everywhere","meta":<peer.meta>)",
                        DIM_ERROR_UNVERIFIED));
    EXPECT_EQ(replies, Words{ "peer: Meta not valid." });
    introduce(peer());
    EXPECT_TRUE(refuses(stranger().id(),
                        R"("command":"meta","did":"<peer>","meta":<stranger.meta>)",
                        DIM_ERROR_UNVERIFIED));
    EXPECT_TRUE(dim_meta_matches(dim_book_meta(book.get(), peer().id()), peer().id()));
}

TEST_F(MetaCommand, MyOwnMetaIsAtHome)
{
    EXPECT_TRUE(ignores(stranger().id(), R"("command":"meta","did":"<me>","meta":<me.meta>)"));
    EXPECT_TRUE(
        ignores(stranger().id(), R"("command":"meta","did":"<me>","meta":<stranger.meta>)"));
    EXPECT_TRUE(dim_meta_matches(dim_user_meta(me().user.get()), me().id()));
}

TEST_F(MetaCommand, RefusesWhatIsNoIdOrNoMeta)
{
    for (const char *id :
         { "", R"(,"did":"")", R"(,"did":"x")", R"(,"did":7)", R"(,"did":null)",
           R"(,"did":["<peer>"])", R"(,"did":{"ID":"<peer>"})", R"(,"ID":" <peer>")" }) {
        EXPECT_TRUE(
            refuses(peer().id(), std::string(R"("command":"meta")") + id, DIM_ERROR_MALFORMED));
        EXPECT_TRUE(refuses(peer().id(),
                            std::string(R"("command":"meta","meta":<peer.meta>)") + id,
                            DIM_ERROR_MALFORMED));
    }
    EXPECT_TRUE(replies.empty());
    for (const char *meta :
         { "\"\"", "\"x\"", "7", "true", "[]", "[<peer.meta>]", R"({"type":4,"key":7})",
           R"({"type":4,"key":{"algorithm":"ECC"}})" })
        EXPECT_TRUE(refuses(peer().id(),
                            std::string(R"("command":"meta","did":"<peer>","meta":)") + meta,
                            DIM_ERROR_MALFORMED));
    EXPECT_TRUE(refuses(peer().id(), R"("command":"meta","did":"<peer>","meta":{})",
                        DIM_ERROR_UNSUPPORTED));
    EXPECT_EQ(replies, Words(9, "peer: Meta not valid."));
}

} // namespace
