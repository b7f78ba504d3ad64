// SPDX-License-Identifier: GPL-2.0-or-later
// Rules of the wire that are nobody's alone: silence before a login, dates of questions, serials of receipts, one answer to
// whatever cannot be read.
#include <set>

#include "base/codec.h"
#include "base/json.h"

#include "session_case.hh"

namespace {

class RulesTest : public SessionTest {
  protected:
    static std::string
    replaced(std::string text, const std::string &from, const std::string &to)
    {
        for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
            text.replace(at, from.size(), to);
        return text;
    }
    // What the station was given for this person.
    std::vector<DimMessage *>
    all_for(const Person &who) const
    {
        std::vector<DimMessage *> found;

        for (DimMessage *message : heard) {
            if (dim_id_equal(dim_message_receiver(message), who.id()))
                found.push_back(message);
        }
        return found;
    }
    static void
    set_bytes(JsonObject *wire, const char *member, GBytes *value)
    {
        gsize size = 0;
        auto *bytes = static_cast<const guint8 *>(g_bytes_get_data(value, &size));
        support::Text text(dim_base64_encode(bytes, size));

        json_object_set_string_member(wire, member, text.get());
    }
    // A message whose `data` and wrapped key are these bytes; its signature is good.
    std::string
    made_of(const Person &from, GBytes *data, GBytes *wrapped) const
    {
        const std::string text = from.say(me, "x", false);
        OWNED(JsonObject) wire(dim_json_parse(text.c_str(), -1, nullptr));
        gsize size = 0;
        const void *bytes = g_bytes_get_data(data, &size);
        OWNED(GBytes)
        proof(dim_private_key_sign(dim_user_signer(from.user), bytes, size, nullptr));

        json_object_remove_member(wire.get(), "keys");
        set_bytes(wire.get(), "key", wrapped);
        set_bytes(wire.get(), "data", data);
        set_bytes(wire.get(), "signature", proof.get());
        return support::Text(dim_json_write(wire.get())).get();
    }
    OWNED(GBytes)
    wrap(const std::string &key_text) const
    {
        OWNED(DimSecret) secret(dim_secret_new(key_text.data(), key_text.size()));
        DimPublicKey *mine = dim_document_key(dim_user_visa(me.user));

        return OWNED(GBytes)(dim_public_key_encrypt(mine, secret.get(), nullptr));
    }
};

std::string
text_of(const DimCipherKey *key)
{
    OWNED(DimSecret) secret(dim_cipher_key_to_secret(key));

    return { reinterpret_cast<const char *>(dim_secret_data(secret.get())),
             dim_secret_size(secret.get()) };
}

TEST_F(RulesTest, SaysNothingButItsGreetingBeforeItsLogin)
{
    open();
    introduce(peer);
    close();
    const size_t before = heard.size();
    welcomes = false;
    open();
    EXPECT_TRUE(send(peer, "early"));
    dim_session_ask(session, stranger.id());
    OWNED(DimContent) question(dim_meta_query_new(me.id()));
    line.send(peer.seal(me, question.get(), true));
    clock.advance(5);
    ASSERT_GT(heard.size(), before);
    for (size_t i = before; i < heard.size(); i++) {
        DimContent *content = dim_message_content(heard[i]);

        ASSERT_NE(content, nullptr);
        EXPECT_STREQ(dim_content_command(content), "handshake");
    }
    shake(DIM_HANDSHAKE_SUCCESS, key, station);
    clock.advance(1);
    EXPECT_EQ(talk_for(peer).size(), 1u) << "it waited";
}

TEST_F(RulesTest, AsksForWhatIsNewerThanTheVisaThatItHolds)
{
    open();
    introduce(peer);
    dim_session_ask(session, peer.id());
    clock.advance(1);
    int asked = 0;
    for (DimMessage *message : heard) {
        DimContent *content = dim_message_content(message);
        JsonObject *json = content != nullptr ? dim_content_json(content) : nullptr;

        if (json == nullptr
            || g_strcmp0(dim_json_text(json, "did"), dim_id_text(peer.id())) != 0)
            continue;
        asked++;
        EXPECT_EQ(dim_json_time(json, "last_time"),
                  dim_document_time(dim_user_visa(peer.user)));
    }
    EXPECT_EQ(asked, 1);
}

// They have neither meta nor documents.
TEST_F(RulesTest, NobodyIsAskedForABroadcastId)
{
    open();
    const size_t before = heard.size();

    for (const char *name : { "everyone@everywhere", "station@anywhere", "x@everywhere" }) {
        OWNED(DimId) id(dim_id_parse(name, nullptr));

        ASSERT_NE(id, nullptr);
        dim_session_ask(session, id.get());
    }
    clock.advance(1);
    EXPECT_EQ(heard.size(), before);
    dim_session_ask(session, peer.id());
    clock.advance(1);
    EXPECT_GT(heard.size(), before) << "a person is asked for";
}

// Some clients write the serial number of the original over that of the receipt.
TEST_F(RulesTest, ReceiptsOfOneSerialNumberAllCount)
{
    open();
    introduce(peer);
    ASSERT_TRUE(send(peer, "one"));
    ASSERT_TRUE(send(peer, "two"));
    clock.advance(1);
    ASSERT_EQ(talk_for(peer).size(), 2u);
    deliveries.clear();
    for (DimMessage *sent : talk_for(peer)) {
        const std::string json = std::string(R"({"type":136,"sn":5,"time":1700000000,)")
                                 + R"("command":"receipt","text":"Message received.",)"
                                   R"("origin":{"signature":")"
                                 + dim_message_signature_text(sent) + "\"}}";
        OWNED(DimContent) content(dim_content_parse(json.c_str(), -1, nullptr));

        ASSERT_NE(content, nullptr);
        line.send(peer.seal(me, content.get(), true));
    }
    clock.advance(1);
    EXPECT_EQ(deliveries, std::vector<DimDelivery>(2, DIM_DELIVERY_DELIVERED));
    EXPECT_EQ(dim_session_pending(session), 0u);
}

TEST_F(RulesTest, TakesWhatIsAddressedToADeviceOfMine)
{
    const std::string mine = std::string("\"receiver\":\"") + dim_id_text(me.id());
    const std::string text = peer.say(me, "to the phone");

    open();
    line.send(replaced(text, mine + "\"", mine + "/phone\""));
    clock.advance(1);
    EXPECT_EQ(shown, std::vector<std::string>{ "to the phone" });
}

// Not even a receipt tells him that I am there.
TEST_F(RulesTest, LooksAtNothingThatABlockedPersonSends)
{
    static const DimId *blocked, *mine;
    Person bot{ DIM_META_MKM, DIM_TYPE_BOT }, other{ DIM_META_MKM, DIM_TYPE_STATION };
    auto hear = [this](const Person &from, const char *text) {
        line.send(from.say(me, text));
        clock.advance(1);
    };

    blocked = peer.id();
    mine = station.id();
    events.wanted = [](DimSession *, const DimId *who, gpointer) {
        EXPECT_FALSE(dim_id_equal(who, mine)) << "without it there is no line";
        return static_cast<gboolean>(blocked == nullptr || !dim_id_equal(who, blocked));
    };
    open();
    ASSERT_EQ(dim_session_state(session), DIM_STATE_ONLINE);
    hear(peer, "blocked");
    hear(stranger, "not blocked");
    EXPECT_EQ(shown, std::vector<std::string>{ "not blocked" });
    EXPECT_TRUE(all_for(peer).empty());
    EXPECT_EQ(all_for(stranger).size(), 1u) << "his receipt";
    EXPECT_EQ(dim_book_meta(dim_session_book(session), peer.id()), nullptr);
    blocked = stranger.id();
    hear(peer, "heard again");
    EXPECT_EQ(shown, (std::vector<std::string>{ "not blocked", "heard again" }));
    for (const Person *each : { &bot, &other }) { // whoever makes an ID chooses its type
        shown.clear();
        blocked = each->id();
        hear(*each, "blocked");
        EXPECT_TRUE(shown.empty()) << dim_id_text(blocked);
        EXPECT_EQ(dim_book_meta(dim_session_book(session), blocked), nullptr);
        blocked = nullptr;
        hear(*each, "no longer blocked");
        EXPECT_EQ(shown, std::vector<std::string>{ "no longer blocked" });
    }
}

// A group has no key to sign with: who makes such an ID would escape whatever is done about persons.
TEST_F(RulesTest, NoGroupIsASender)
{
    open();
    for (const guint8 type : { DIM_TYPE_GROUP, DIM_TYPE_ISP, DIM_TYPE_ICP }) {
        const Person odd{ DIM_META_MKM, type };

        line.send(odd.say(me, "as a group"));
        clock.advance(1);
        EXPECT_TRUE(shown.empty()) << dim_id_text(odd.id());
        EXPECT_TRUE(all_for(odd).empty()) << dim_id_text(odd.id());
        EXPECT_EQ(dim_book_meta(dim_session_book(session), odd.id()), nullptr);
    }
    line.send(peer.say(me, "as a person"));
    clock.advance(1);
    EXPECT_EQ(shown, std::vector<std::string>{ "as a person" });
}

TEST_F(RulesTest, WhoCallsHimselfAStationGetsMyVisaAndIsComplainedOfLikeOthers)
{
    const Person other{ DIM_META_MKM, DIM_TYPE_STATION };

    open();
    introduce(other);
    for (const Person *each : { &other, static_cast<const Person *>(&station) }) {
        line.send(replaced(each->say(stranger, "lost"), dim_id_text(stranger.id()),
                           dim_id_text(me.id())));
        clock.advance(2);
    }
    EXPECT_EQ(all_for(other).size(), 1u) << "my visa: he may have an old one";
    ASSERT_EQ(notices.size(), 1u) << "and of my station nothing is said";
    EXPECT_NE(notices[0].find(dim_id_text(other.id())), std::string::npos);
}

// Whoever asks with broken messages must not learn how far they came (threats T6, T7).
TEST_F(RulesTest, TellsNobodyWhyItCouldNotRead)
{
    static const guint8 iv[DIM_IV_SIZE] = { 1, 2, 3 };
    OWNED(DimCipherKey) talk(dim_cipher_key_new());
    OWNED(DimCipherKey) other(dim_cipher_key_new());
    OWNED(GBytes) blocks(g_bytes_new(std::string(64, 'q').data(), 64));
    OWNED(GBytes) words(dim_cipher_key_encrypt(talk.get(), "no JSON", 7, iv, nullptr));
    OWNED(GBytes) junk(g_bytes_new(std::string(128, '\1').data(), 128));
    OWNED(GBytes) part(g_bytes_new(std::string(7, '\1').data(), 7));
    OWNED(GBytes) right = wrap(text_of(talk.get()));
    OWNED(GBytes) wrong = wrap(text_of(other.get()));
    OWNED(GBytes) no_key = wrap("no key");
    const std::pair<GBytes *, GBytes *> causes[] = {
        { words.get(), junk.get() },   // no padding around the key
        { words.get(), part.get() },   // not even of its length
        { words.get(), no_key.get() }, // something else inside
        { words.get(), wrong.get() },  // another key
        { blocks.get(), right.get() }, // no padding around the text
        { words.get(), right.get() },  // no content
    };
    std::set<std::string> sentences, answers;

    open();
    for (const auto &[data, wrapped] : causes) {
        Person asker;
        const std::string name = dim_id_text(asker.id());

        befriend(asker);
        introduce(asker);
        notices.clear();
        for (int i = 0; i < 3; i++)
            line.send(made_of(asker, data, wrapped));
        clock.advance(1);
        ASSERT_EQ(notices.size(), 1u);
        sentences.insert(replaced(notices[0], name, "*"));
        ASSERT_EQ(all_for(asker).size(), 1u);
        const auto opened = asker.open(all_for(asker)[0]);
        ASSERT_NE(opened, nullptr);
        OWNED(JsonObject)
        said(dim_json_copy(dim_content_json(dim_message_content(opened.get()))));
        for (const char *own : { "sn", "time", "binding" }) // of each message
            json_object_remove_member(said.get(), own);
        answers.insert(support::Text(dim_json_write(said.get())).get());
    }
    EXPECT_TRUE(shown.empty());
    EXPECT_EQ(sentences.size(), 1u);
    EXPECT_EQ(answers.size(), 1u) << "my visa, once to each";
}
} // namespace
