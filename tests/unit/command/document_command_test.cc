// SPDX-License-Identifier: GPL-2.0-or-later
// Documents: who gets which answer, whose document is kept, and that a bad one changes nothing.
#include "base/codec.h"

#include "tests/unit/command/desk.hh"

namespace {

using namespace support;

class DocumentCommand : public DeskTest {
  protected:
    // A push of this document as one that names the peer.
    std::string
    push(const std::string &document) const
    {
        return R"("command":"document","did":"<peer>","document":)" + document;
    }
    // The peer's visa, an hour old, and so on.
    std::string
    visa(double ago, const char *nickname = "Peer", const char *terminal = nullptr) const
    {
        return json_of(peer().visa(clock.now() - ago, nickname, terminal).get());
    }
    // A visa of the peer that somebody else has signed.
    std::string
    forged() const
    {
        OWNED(JsonObject) object(dim_document_to_json(dim_user_visa(stranger().user.get())));

        json_object_set_string_member(object.get(), "did", dim_id_text(peer().id()));
        json_object_set_string_member(object.get(), "ID", dim_id_text(peer().id()));
        return json_of(object.release());
    }
    // As the oldest clients signed theirs.
    std::string
    timeless() const
    {
        const std::string data = R"({"name":"Peter"})";
        OWNED(GBytes)
        signature(dim_private_key_sign(dim_user_signer(peer().user.get()), data.data(),
                                       data.size(), nullptr));
        gsize size = 0;
        const auto *bytes =
            static_cast<const guint8 *>(g_bytes_get_data(signature.get(), &size));

        return R"({"did":"<peer>","data":)" + quoted(data) + R"(,"signature":")"
               + Text(dim_base64_encode(bytes, size)).get() + R"("})";
    }
    void
    know_meta()
    {
        ASSERT_TRUE(dim_book_save_meta(book.get(), peer().id(), peer().meta(), nullptr));
    }
    std::string
    nickname()
    {
        const char *text = dim_book_name(book.get(), peer().id());

        return text != nullptr ? text : "";
    }
};

// ---- asked

TEST_F(DocumentCommand, AnswersForMyselfWithMetaAndVisa)
{
    EXPECT_TRUE(say(peer().id(), R"("command":"document","did":"<me>")"));
    EXPECT_EQ(replies, Words{ "peer: document" });
    OWNED(DimMeta) meta(dim_command_meta(told[0].get(), nullptr));
    OWNED(GPtrArray) documents(dim_command_documents(told[0].get(), me().id()));
    ASSERT_NE(meta, nullptr);
    ASSERT_EQ(documents->len, 1u);
    EXPECT_TRUE(
        dim_document_verify(static_cast<DimDocument *>(documents->pdata[0]), meta.get()));
    EXPECT_TRUE(done.empty());
}

TEST_F(DocumentCommand, ReadsAQuestionInEverySpelling)
{
    for (const char *name : { "document", "documents", "visa", "profile" }) {
        for (const char *rest :
             { R"(","did":"<me>","cmd":"document","ID":"<me>")", R"(","did":"<me>")",
               R"(","ID":"<me>")", R"(","ID":"<me>/phone")",
               R"(","ID":"<me>","document":null,"documents":null,"meta":null)" }) {
            forget();
            EXPECT_TRUE(say(peer().id(), R"("command":")" + std::string(name) + rest));
            EXPECT_EQ(replies, Words{ "peer: document" }) << name << rest;
        }
    }
}

TEST_F(DocumentCommand, AnswersWithOneCommandForEachTerminal)
{
    known_station = station();
    introduce(peer());
    ASSERT_TRUE(say(station(), push(visa(30, "Phone", "phone"))));
    ASSERT_TRUE(say(station(), push(visa(20, "Tablet", "tablet"))));
    EXPECT_TRUE(say(station(), R"("command":"document","did":"<peer>")"));
    EXPECT_EQ(replies, Words(3, "station: document"));
    for (const auto &reply : told) {
        OWNED(GPtrArray) documents(dim_command_documents(reply.get(), peer().id()));
        EXPECT_EQ(documents->len, 1u);
    }
}

TEST_F(DocumentCommand, TellsOnlyWhatIsNewerThanWhatTheAskerHolds)
{
    const double mine = dim_document_time(dim_user_visa(me().user.get()));
    const std::map<std::string, std::string> cases = {
        { std::to_string(mine - 1), "document" },
        { std::to_string(mine + 1), "Document not updated." },
        { "\"" + std::to_string(mine + 1) + "\"", "Document not updated." },
        { "1e300", "document" }, // no time
        { "0", "document" },
        { "-5", "document" },
        { "null", "document" },
        { "\"soon\"", "document" },
        { "[1]", "document" },
        { "{}", "document" },
    };

    for (const auto &row : cases) {
        forget();
        EXPECT_TRUE(
            say(peer().id(), R"("command":"document","did":"<me>","last_time":)" + row.first));
        EXPECT_EQ(replies, Words{ "peer: " + row.second }) << row.first;
    }
    // Exactly the one that I have.
    OWNED(JsonObject) query(json_object_new());
    json_object_set_double_member(query.get(), "last_time", mine);
    const std::string member = json_of(query.release());
    forget();
    EXPECT_TRUE(say(peer().id(), R"("command":"document","did":"<me>",)"
                                     + member.substr(1, member.size() - 2)));
    EXPECT_EQ(replies, Words{ "peer: Document not updated." });
}

TEST_F(DocumentCommand, OneWithoutATimeIsAlwaysTold)
{
    known_station = station();
    know_meta();
    ASSERT_TRUE(say(station(), push(timeless())));
    EXPECT_EQ(nickname(), "Peter");
    EXPECT_TRUE(say(station(), R"("command":"document","did":"<peer>","last_time":<now>)"));
    EXPECT_EQ(replies, Words{ "station: document" });
}

TEST_F(DocumentCommand, SaysToAPersonThatNoneIsFound)
{
    EXPECT_TRUE(say(peer().id(), R"("command":"document","did":"<stranger>")"));
    EXPECT_EQ(replies, Words{ "peer: Document not found." });
    EXPECT_TRUE(ignores(station(), R"("command":"document","did":"<stranger>")"));
    EXPECT_TRUE(ignores(bot(), R"("command":"document","did":"<stranger>")"));
    EXPECT_TRUE(
        say(peer().id(), R"("command":"document","did":"<stranger>")", dim_id_everyone()));
    EXPECT_EQ(replies.size(), 1u);
}

TEST_F(DocumentCommand, TellsNobodyHisOwn)
{
    introduce(peer());
    EXPECT_TRUE(ignores(peer().id(), R"("command":"document","did":"<peer>")"));
    EXPECT_TRUE(ignores(me().id(), R"("command":"document","did":"<me>")"));
}

TEST_F(DocumentCommand, TellsTheSameOnceInTenMinutesAndANewOneAtOnce)
{
    known_station = station();
    introduce(peer());
    for (int i = 0; i < 3; i++)
        EXPECT_TRUE(say(station(), R"("command":"document","did":"<peer>")"));
    EXPECT_EQ(replies.size(), 1u);
    ASSERT_TRUE(say(station(), push(visa(1, "Paula"))));
    EXPECT_TRUE(say(station(), R"("command":"document","did":"<peer>")"));
    EXPECT_EQ(replies.size(), 2u);
    clock.advance(601);
    EXPECT_TRUE(say(station(), R"("command":"document","did":"<peer>")"));
    EXPECT_EQ(replies, Words(3, "station: document"));
}

TEST_F(DocumentCommand, TellsNobodyButTheStationWhomItKnows)
{
    introduce(peer());
    EXPECT_TRUE(say(stranger().id(), R"("command":"document","did":"<peer>")"));
    EXPECT_EQ(replies, Words{ "stranger: Document not found." });
    forget();
    EXPECT_TRUE(
        say(stranger().id(), R"("command":"document","did":"<peer>","last_time":<now>)"));
    EXPECT_EQ(replies, Words{ "stranger: Document not found." });
}

// ---- told

TEST_F(DocumentCommand, KeepsADocumentInEverySpelling)
{
    OWNED(JsonObject) object(dim_document_to_json(dim_user_visa(peer().user.get())));
    const std::string text = quoted(json_object_get_string_member(object.get(), "data"));
    const std::string signature =
        quoted(json_object_get_string_member(object.get(), "signature"));
    const Words payloads = {
        R"("document":<peer.visa>)",
        R"("documents":[<peer.visa>])",
        R"("document":<peer.visa>,"documents":[<peer.visa>])",
        R"("profile":<peer.visa>)",
        R"("profile":)" + text + R"(,"signature":)" + signature,
        R"("document":{"data":)" + text + R"(,"signature":)" + signature + "}",
    };

    for (const char *name : { "document", "documents", "visa", "profile" }) {
        for (const std::string &payload : payloads) {
            const std::string head =
                R"("cmd":")" + std::string(name) + R"(","meta":<peer.meta>,)";

            forget();
            EXPECT_TRUE(say(station(), head + R"("ID":"<peer>",)" + payload))
                << error.message();
            EXPECT_EQ(done[0], "document peer Peer") << name << payload;
            EXPECT_EQ(done.back(), "learned peer") << name << payload;
            EXPECT_EQ(rows(), (std::vector<guint>{ 1, 1, 0 }));
        }
    }
    EXPECT_TRUE(replies.empty());
}

// The answer of a 2.1.1 station, as it lies inside an array.
TEST_F(DocumentCommand, KeepsWhatANewStationAnswers)
{
    EXPECT_TRUE(hear(
        station(), R"({"type":"136","sn":5,"time":<now>,"command":"documents","did":"<peer>",)"
                   R"("meta":<peer.meta>,"documents":[<peer.visa>]})"));
    EXPECT_EQ(done, (Words{ "document peer Peer", "learned peer" }));
}

TEST_F(DocumentCommand, APersonIsToldWhatBecameOfHisPush)
{
    EXPECT_TRUE(say(peer().id(), R"("meta":<peer.meta>,)" + push("<peer.visa>")));
    EXPECT_EQ(replies, Words{ "peer: Document received." });
    EXPECT_TRUE(say(peer().id(), push("<peer.visa>"), dim_id_everyone()));
    EXPECT_EQ(replies.size(), 1u);
    // A receipt tells of which message.
    OWNED(DimId)
    origin(dim_id_parse(dim_json_text(dim_receipt_origin(told[0].get()), "sender"), nullptr));
    EXPECT_TRUE(dim_id_equal(origin.get(), peer().id()));
    EXPECT_EQ(dim_receipt_serial(told[0].get()), 7u);
    EXPECT_NE(dim_content_serial(told[0].get()), 7u);
}

TEST_F(DocumentCommand, MetaAloneIsKept)
{
    EXPECT_TRUE(say(station(), R"("command":"document","did":"<peer>","meta":<peer.meta>)"));
    EXPECT_EQ(done, Words{ "learned peer" });
    EXPECT_EQ(rows(), (std::vector<guint>{ 1, 0, 0 }));
}

TEST_F(DocumentCommand, RefusesADocumentOfOneWhoseMetaIsUnknown)
{
    EXPECT_TRUE(refuses(peer().id(), push("<peer.visa>"), DIM_ERROR_UNVERIFIED));
    EXPECT_EQ(replies, Words{ "peer: Document not accepted." });
}

TEST_F(DocumentCommand, RefusesTheMetaOfAnotherAndAllThatComesWithIt)
{
    EXPECT_TRUE(refuses(peer().id(), R"("meta":<stranger.meta>,)" + push("<peer.visa>"),
                        DIM_ERROR_UNVERIFIED));
    EXPECT_TRUE(refuses(peer().id(), R"("meta":<stranger.meta>,)" + push(forged()),
                        DIM_ERROR_UNVERIFIED));
    EXPECT_TRUE(
        refuses(peer().id(), R"("meta":"x",)" + push("<peer.visa>"), DIM_ERROR_MALFORMED));
    EXPECT_EQ(replies, Words(3, "peer: Meta not valid."));
}

TEST_F(DocumentCommand, RefusesAnotherSigner)
{
    introduce(peer());
    EXPECT_TRUE(refuses(stranger().id(), push(forged()), DIM_ERROR_UNVERIFIED));
    EXPECT_EQ(replies, Words{ "stranger: Document not accepted." });
    EXPECT_EQ(nickname(), "Peer");
}

TEST_F(DocumentCommand, RefusesAChangedText)
{
    std::string changed = fill("<peer.visa>");
    const size_t at = changed.find("Peer");

    ASSERT_NE(at, std::string::npos);
    changed.replace(at, 4, "Paul");
    know_meta();
    EXPECT_TRUE(refuses(station(), push(changed), DIM_ERROR_UNVERIFIED));
}

TEST_F(DocumentCommand, RefusesADocumentThatNamesAnotherId)
{
    introduce(peer());
    ASSERT_TRUE(dim_book_save_meta(book.get(), stranger().id(), stranger().meta(), nullptr));
    EXPECT_TRUE(refuses(station(), push("<stranger.visa>"), DIM_ERROR_MALFORMED));
    EXPECT_TRUE(refuses(station(), push("<me.visa>"), DIM_ERROR_MALFORMED));
    EXPECT_EQ(nickname(), "Peer");
    EXPECT_EQ(dim_book_document(book.get(), stranger().id()), nullptr);
}

TEST_F(DocumentCommand, KeepsTheNewerOfTwo)
{
    know_meta();
    EXPECT_TRUE(say(peer().id(), push(visa(100, "Second"))));
    EXPECT_TRUE(say(peer().id(), push(visa(200, "First"))));
    EXPECT_EQ(nickname(), "Second");
    EXPECT_TRUE(say(peer().id(), push(visa(50, "Third"))));
    EXPECT_EQ(nickname(), "Third");
    EXPECT_EQ(replies, (Words{ "peer: Document received.", "peer: Document not changed.",
                               "peer: Document received." }));
    EXPECT_EQ(done, (Words{ "document peer Second", "learned peer", "learned peer",
                            "document peer Third", "learned peer" }));
}

TEST_F(DocumentCommand, RefusesADocumentOfTheFuture)
{
    know_meta();
    EXPECT_TRUE(refuses(station(), push(visa(-1900)), DIM_ERROR_UNVERIFIED));
    EXPECT_TRUE(say(station(), push(visa(-1200, "Early"))));
    EXPECT_EQ(nickname(), "Early");
}

TEST_F(DocumentCommand, ABadDocumentDoesNotSpoilAGoodOne)
{
    know_meta();
    EXPECT_FALSE(say(peer().id(), R"("command":"documents","did":"<peer>","documents":[)"
                                      + forged() + ",7,null,{},<stranger.visa>,<peer.visa>]"));
    EXPECT_TRUE(failed_with(error, DIM_ERROR_UNVERIFIED));
    EXPECT_EQ(done, (Words{ "document peer Peer", "learned peer" }));
    EXPECT_EQ(replies, Words{ "peer: Document not accepted." });
}

TEST_F(DocumentCommand, LooksAtAFewDocumentsOfOneCommand)
{
    std::string list;

    know_meta();
    for (int i = 0; i < 16; i++)
        list += forged() + ",";
    EXPECT_TRUE(
        refuses(peer().id(),
                R"("command":"documents","did":"<peer>","documents":[)" + list + "<peer.visa>]",
                DIM_ERROR_UNVERIFIED));
    EXPECT_EQ(replies, Words{ "peer: Document not accepted." });
}

TEST_F(DocumentCommand, AnUnreadableDocumentIsNoQuestion)
{
    introduce(peer());
    for (const char *payload :
         { R"("document":{})", R"("document":7)", R"("document":"x")", R"("document":true)",
           R"("document":{"data":"{}"})", R"("document":{"data":"[]","signature":"AAAA"})",
           R"("document":{"data":"{","signature":"AAAA"})",
           R"("document":{"data":"{}","signature":"*"})",
           R"("document":{"did":"x","data":"{}","signature":"AAAA"})", R"("documents":[7])",
           R"("documents":{})", R"("documents":"x")", R"("profile":"{}")", R"("profile":[])" })
        EXPECT_TRUE(refuses(station(),
                            std::string(R"("command":"document","did":"<peer>",)") + payload,
                            DIM_ERROR_MALFORMED));
    EXPECT_TRUE(replies.empty());
    // The web client's empty push.
    EXPECT_TRUE(
        ignores(stranger().id(), R"("command":"documents","did":"<peer>","documents":[])"));
}

TEST_F(DocumentCommand, MyOwnAreAtHome)
{
    const DimDocument *mine = dim_user_visa(me().user.get());

    EXPECT_TRUE(
        ignores(stranger().id(), R"("command":"document","did":"<me>","document":<me.visa>)"));
    EXPECT_TRUE(ignores(stranger().id(),
                        R"("command":"document","did":"<me>","meta":<stranger.meta>,)"
                        R"("document":<stranger.visa>)"));
    EXPECT_EQ(dim_user_visa(me().user.get()), mine);
}

TEST_F(DocumentCommand, RefusesWhatIsNoId)
{
    for (const char *id : { "", R"(,"did":"")", R"(,"did":"x")", R"(,"did":7)",
                            R"(,"did":null)", R"(,"did":["<peer>"])", R"(,"ID":"<peer> ")" }) {
        EXPECT_TRUE(refuses(peer().id(), std::string(R"("command":"document")") + id,
                            DIM_ERROR_MALFORMED));
        EXPECT_TRUE(refuses(peer().id(),
                            R"("command":"document","meta":<peer.meta>,"document":<peer.visa>)"
                                + std::string(id),
                            DIM_ERROR_MALFORMED));
    }
    EXPECT_TRUE(replies.empty());
}

} // namespace
