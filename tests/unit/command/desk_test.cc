// SPDX-License-Identifier: GPL-2.0-or-later
// What all handlers share: whom they know, who may be told what, words to a sender, metas taken in, times believed.
#include "tests/unit/command/desk.hh"

using namespace support;

namespace {

class Desk : public DeskTest {
  protected:
    OWNED(DimMessage)
    said_by(const DimId *from,
            const std::string &members = "\"command\":\"meta\"",
            const DimId *to = me().id())
    {
        OWNED(DimContent)
        content(dim_content_parse(fill("{\"type\":136,\"sn\":7," + members + "}").c_str(), -1,
                                  nullptr));

        EXPECT_NE(content, nullptr) << members;
        return OWNED(DimMessage)(dim_message_new(from, to, nullptr, content.get()));
    }
    bool
    takes_meta(const std::string &members, const DimId *about, gboolean *there)
    {
        auto message = said_by(peer().id(), members);

        return dim_desk_take_meta(&desk, message.get(), dim_message_content(message.get()),
                                  about, there, &error);
    }
    double
    time_of(const std::string &members)
    {
        auto message = said_by(peer().id(), "\"command\":\"login\"" + members);
        double when = -1;

        return dim_desk_read_time(&desk, dim_message_content(message.get()), &when, &error)
                   ? when
                   : -1;
    }
};

TEST_F(Desk, KnowsMeWithoutTheBook)
{
    EXPECT_TRUE(dim_desk_is_me(&desk, me().id()));
    EXPECT_FALSE(dim_desk_is_me(&desk, peer().id()));
    EXPECT_EQ(dim_desk_meta(&desk, me().id()), me().meta());
    EXPECT_EQ(dim_desk_meta(&desk, peer().id()), nullptr);
    OWNED(GPtrArray) mine(dim_desk_documents(&desk, me().id()));
    OWNED(GPtrArray) none(dim_desk_documents(&desk, peer().id()));
    ASSERT_EQ(mine->len, 1u);
    EXPECT_EQ(g_ptr_array_index(mine.get(), 0), dim_user_visa(me().user.get()));
    EXPECT_EQ(none->len, 0u);
    introduce(peer());
    OWNED(GPtrArray) his(dim_desk_documents(&desk, peer().id()));
    EXPECT_NE(dim_desk_meta(&desk, peer().id()), nullptr);
    EXPECT_EQ(his->len, 1u);
}

TEST_F(Desk, WhomIKnowIsTheStationsBusinessAlone)
{
    EXPECT_TRUE(dim_desk_may_know(&desk, stranger().id(), me().id()));
    EXPECT_TRUE(dim_desk_may_know(&desk, peer().id(), peer().id()));
    EXPECT_FALSE(dim_desk_may_know(&desk, stranger().id(), peer().id()));
    EXPECT_FALSE(dim_desk_may_know(&desk, station(), peer().id())) << "before its challenge";
    known_station = station();
    EXPECT_TRUE(dim_desk_may_know(&desk, station(), peer().id()));
    EXPECT_FALSE(dim_desk_may_know(&desk, other_station(), peer().id()));
    EXPECT_FALSE(dim_desk_may_know(&desk, stranger().id(), peer().id()));
}

TEST_F(Desk, TellsTheSameThingOnceInTenMinutes)
{
    auto by_peer = said_by(peer().id());
    auto by_stranger = said_by(stranger().id());
    auto tell = [this](const OWNED(DimMessage) & question, const char *what, DimId *about,
                       double time) {
        return dim_desk_may_tell(&desk, question.get(), what, about, time) != FALSE;
    };

    EXPECT_TRUE(tell(by_peer, "visa", me().id(), 5));
    EXPECT_FALSE(tell(by_peer, "visa", me().id(), 5));
    EXPECT_TRUE(tell(by_peer, "visa", me().id(), 6)) << "a newer one";
    EXPECT_TRUE(tell(by_peer, "meta", me().id(), 5)) << "another thing";
    EXPECT_TRUE(tell(by_peer, "visa", stranger().id(), 5)) << "about another";
    EXPECT_TRUE(tell(by_stranger, "visa", me().id(), 5)) << "to another";
    clock.advance(599);
    EXPECT_FALSE(tell(by_peer, "visa", me().id(), 5));
    clock.advance(2);
    EXPECT_TRUE(tell(by_peer, "visa", me().id(), 5));
    EXPECT_FALSE(tell(by_peer, "visa", peer().id(), 5)) << "nobody is told what is his own";
    EXPECT_FALSE(tell(said_by(me().id()), "visa", peer().id(), 5));
}

TEST_F(Desk, AnswersPersonsOnly)
{
    for (const DimId *to : { station(), other_station(), bot(), me().id() })
        dim_desk_receipt(&desk, said_by(to).get(), "Well.");
    dim_desk_receipt(
        &desk, said_by(peer().id(), "\"command\":\"meta\"", dim_id_everyone()).get(), "Well.");
    EXPECT_TRUE(replies.empty());
    dim_desk_receipt(&desk, said_by(peer().id()).get(), "Well.");
    EXPECT_EQ(replies, Words{ "peer: Well." });
}

TEST_F(Desk, SaysTenWordsToAPersonInTenMinutesAtMost)
{
    auto by_peer = said_by(peer().id());

    for (int i = 0; i < 1000; i++)
        dim_desk_receipt(&desk, by_peer.get(), std::to_string(i).c_str());
    EXPECT_EQ(replies.size(), 10u);
    dim_desk_receipt(&desk, said_by(stranger().id()).get(), "Well.");
    EXPECT_EQ(replies.back(), "stranger: Well.") << "nobody else waits for that";
    clock.advance(601);
    dim_desk_receipt(&desk, by_peer.get(), "Well.");
    EXPECT_EQ(replies.back(), "peer: Well.");
    EXPECT_EQ(replies.size(), 12u);
}

TEST_F(Desk, TakesAMetaThatProvesItsId)
{
    gboolean there = FALSE;

    EXPECT_TRUE(takes_meta("\"command\":\"meta\",\"did\":\"<peer>\",\"meta\":<peer.meta>",
                           peer().id(), &there));
    EXPECT_TRUE(there);
    EXPECT_NE(dim_book_meta(book.get(), peer().id()), nullptr);
    EXPECT_TRUE(takes_meta("\"command\":\"meta\",\"did\":\"<peer>\"", peer().id(), &there));
    EXPECT_FALSE(there) << "there was none";
    EXPECT_TRUE(replies.empty());
}

TEST_F(Desk, RefusesTheMetaOfAnotherAndSaysSo)
{
    gboolean there = FALSE;

    EXPECT_FALSE(takes_meta("\"command\":\"meta\",\"did\":\"<peer>\",\"meta\":<stranger.meta>",
                            peer().id(), &there));
    EXPECT_TRUE(failed_with(error, DIM_ERROR_UNVERIFIED));
    EXPECT_EQ(dim_book_meta(book.get(), peer().id()), nullptr);
    EXPECT_FALSE(takes_meta("\"command\":\"meta\",\"did\":\"<peer>\",\"meta\":{\"type\":1}",
                            peer().id(), &there));
    EXPECT_EQ(replies, (Words{ "peer: Meta not valid.", "peer: Meta not valid." }));
}

TEST_F(Desk, MyOwnMetaIsNotPutIntoTheBook)
{
    gboolean there = FALSE;
    const std::vector<guint> before = rows();

    EXPECT_TRUE(takes_meta("\"command\":\"meta\",\"did\":\"<me>\",\"meta\":<me.meta>",
                           me().id(), &there));
    EXPECT_TRUE(there);
    EXPECT_EQ(rows(), before);
}

TEST_F(Desk, BelievesTimesUpToHalfAnHourAhead)
{
    const double now = clock.now();
    auto at = [](double time) {
        char text[64];

        g_snprintf(text, sizeof text, ",\"time\":%.3f", time);
        return std::string(text);
    };

    EXPECT_NEAR(time_of(at(now - 100)), now - 100, 0.01);
    EXPECT_NEAR(time_of(at(now + 1790)), now, 0.01) << "never later than now";
    EXPECT_EQ(time_of(at(now + 1810)), -1);
    EXPECT_TRUE(failed_with(error, DIM_ERROR_UNVERIFIED));
    for (const char *none : { "", ",\"time\":0", ",\"time\":-5", ",\"time\":\"soon\"" }) {
        EXPECT_EQ(time_of(none), -1) << none;
        EXPECT_TRUE(failed_with(error, DIM_ERROR_MALFORMED)) << none;
    }
}

} // namespace
