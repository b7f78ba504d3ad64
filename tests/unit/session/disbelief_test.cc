// SPDX-License-Identifier: GPL-2.0-or-later
// What a session does not believe, does not show, does not answer, and does not say.
#include "refusal_case.hh"
#include "tests/support/rotate.hh"

namespace {

TEST_F(RefusalTest, IsNotLetInWithoutAChallenge)
{
    line.on_packet = nullptr;
    open();
    shake(DIM_HANDSHAKE_SUCCESS, "", station);
    shake(DIM_HANDSHAKE_SUCCESS, key, station);
    clock.advance(1);
    EXPECT_NE(dim_session_state(session), DIM_STATE_ONLINE);
}

TEST_F(RefusalTest, AChallengeOfAPersonIsNotAnswered)
{
    line.on_packet = nullptr;
    open();
    shake(DIM_HANDSHAKE_AGAIN, key, stranger);
    clock.advance(1);
    EXPECT_EQ(dim_session_state(session), DIM_STATE_CONNECTED);
    shake(DIM_HANDSHAKE_AGAIN, "", station);
    clock.advance(1);
    EXPECT_EQ(dim_session_state(session), DIM_STATE_CONNECTED);
    shake(DIM_HANDSHAKE_AGAIN, key, station);
    clock.advance(1);
    EXPECT_EQ(dim_session_state(session), DIM_STATE_HANDSHAKING);
}

TEST_F(RefusalTest, NeverShowsWhatIsMeantForSomebodyElse)
{
    Person::Oddity locked_for_me;

    locked_for_me.locked_for = &me;
    open();
    introduce(peer);
    line.send(peer.say(stranger, "not for you", locked_for_me));
    clock.advance(1);
    EXPECT_TRUE(shown.empty());
}

TEST_F(RefusalTest, NeverShowsWhatWasSaidToEverybodyAsAPrivateWord)
{
    OWNED(DimContent) content(dim_content_new_text("to all"));
    const std::string text = shout(peer, content.get());
    // The envelope is not signed: whoever heard it can address it to me.
    const std::string turned = replaced(text, "\"receiver\":\"everyone@everywhere\"",
                                        "\"receiver\":\"" + std::string(dim_id_text(me.id()))
                                            + "\",\"group\":\"everyone@everywhere\"");

    ASSERT_NE(text, turned);
    open();
    line.send(text);
    line.send(turned);
    clock.advance(1);
    EXPECT_TRUE(shown.empty());
}

// The message with one attachment of somebody else's.
std::string
with_other(const std::string &text, JsonObject *right, JsonObject *wrong)
{
    OWNED(JsonObject) mine(right);
    OWNED(JsonObject) others(wrong);

    return replaced(text, support::Text(dim_json_write(right)).get(),
                    support::Text(dim_json_write(wrong)).get());
}

TEST_F(RefusalTest, AMetaOfSomebodyElseSpoilsTheMessage)
{
    const std::string text = peer.say(me, "who?");
    const std::string bad = with_other(text, dim_meta_to_json(dim_user_meta(peer.user)),
                                       dim_meta_to_json(dim_user_meta(stranger.user)));

    ASSERT_NE(text, bad);
    open();
    line.send(bad);
    clock.advance(1);
    EXPECT_TRUE(shown.empty());
    EXPECT_EQ(count_commands("meta"), 0); // it is not worth a question either
    line.send(text);
    clock.advance(1);
    EXPECT_EQ(shown, std::vector<std::string>{ "who?" });
}

TEST_F(RefusalTest, AVisaOfSomebodyElseSpoilsTheMessage)
{
    const std::string text = peer.say(me, "who?");
    const std::string bad = with_other(text, dim_document_to_json(dim_user_visa(peer.user)),
                                       dim_document_to_json(dim_user_visa(stranger.user)));

    ASSERT_NE(text, bad);
    open();
    introduce(peer);
    line.send(bad);
    clock.advance(1);
    EXPECT_TRUE(shown.empty());
}

// The key in an attached visa counts only if the sender's own key has signed the visa.
TEST_F(RefusalTest, AVisaOfAnotherSignerProvesNothing)
{
    JsonObject *properties = dim_json_copy(dim_document_properties(dim_user_visa(peer.user)));
    const DimPrivateKey *thief = dim_user_signer(stranger.user);

    json_object_set_object_member(properties, "key",
                                  dim_public_key_to_json(dim_private_key_public(thief)));
    DimDocument *forged =
        dim_document_new(peer.id(), "visa", properties, clock.now(), thief, nullptr);
    JsonObject *right = dim_document_to_json(dim_user_visa(peer.user));
    JsonObject *wrong = dim_document_to_json(forged);
    char *from = dim_json_write(right);
    char *to = dim_json_write(wrong);
    const std::string text = peer.say(me, "I am your friend", true, &stranger);
    const std::string bad = replaced(text, from, to);

    ASSERT_NE(text, bad);
    open();
    line.send(bad);
    introduce(peer);
    line.send(bad);
    clock.advance(1);
    EXPECT_TRUE(shown.empty());
    g_free(from);
    g_free(to);
    json_object_unref(right);
    json_object_unref(wrong);
    json_object_unref(properties);
    dim_document_unref(forged);
}

TEST_F(RefusalTest, ABrokenLineDoesNotTakeTheOthersAlongButManyEndThePayload)
{
    std::string junk;

    open();
    line.send("junk\n \t\r\n\n{}\n" + peer.say(me, "one") + "\n[]");
    clock.advance(1);
    EXPECT_EQ(shown, std::vector<std::string>{ "one" });
    for (int i = 0; i < 15; i++)
        junk += "junk\n";
    line.send(junk + peer.say(me, "two"));
    line.send(junk + "junk\n" + peer.say(me, "three"));
    line.send(std::string(1000, '\n') + peer.say(me, "four"));
    clock.advance(1);
    EXPECT_EQ(shown, (std::vector<std::string>{ "one", "two", "four" }));
}

// No meta will ever prove an address that is none: nothing waits for it, and nobody is asked.
TEST_F(RefusalTest, DropsWhatASenderWithoutARealAddressWrites)
{
    open();
    const size_t before = heard.size();
    line.send(
        replaced(peer.say(me, "who?", false), dim_id_text(peer.id()), std::string(34, '1')));
    clock.advance(1);
    EXPECT_TRUE(shown.empty());
    EXPECT_EQ(heard.size(), before);
    EXPECT_EQ(dim_store_count(me.store, DIM_TABLE_WAITING), 0u);
}

TEST_F(RefusalTest, DropsAMessageLargerThanAPersonMaySend)
{
    open();
    for (size_t size : { size_t(DIM_CONTENT_MAX), size_t(2 * DIM_CONTENT_MAX) }) {
        line.send(peer.say(me, std::string(size, 'x').c_str()));
        clock.advance(1);
        EXPECT_TRUE(shown.empty());
    }
    line.send(peer.say(me, std::string(DIM_CONTENT_MAX - 1024, 'x').c_str()));
    clock.advance(1);
    EXPECT_EQ(shown.size(), 1u);
}

// Each of these is three bytes of JSON or more; a text of the other kind of the same length leaves.
TEST_F(RefusalTest, DoesNotSendWhatNobodyWouldTake)
{
    open();
    introduce(peer);
    EXPECT_FALSE(send(peer, std::string(DIM_CONTENT_MAX, 'x').c_str()));
    EXPECT_FALSE(send(peer, std::string(DIM_CONTENT_MAX / 2, '"').c_str()));
    EXPECT_TRUE(send(peer, std::string(DIM_CONTENT_MAX / 2, 'x').c_str()));
}

TEST_F(RefusalTest, OpensForwardsFourLevelsDeep)
{
    std::string four = peer.say(me, "four");
    std::string five = peer.say(me, "five");

    for (int i = 0; i < 4; i++)
        four = seal_json(peer, me, DIM_CONTENT_FORWARD, "{\"forward\":" + four + "}");
    for (int i = 0; i < 5; i++)
        five = seal_json(peer, me, DIM_CONTENT_FORWARD, "{\"forward\":" + five + "}");
    open();
    line.send(five);
    line.send(four);
    clock.advance(2);
    ASSERT_EQ(shown.size(), 2U);
    EXPECT_NE(shown[0].find("Not all of this message is shown"), std::string::npos);
    EXPECT_EQ(shown[1], "four");
}

TEST_F(RefusalTest, OfForwardsThatAreNestedTooDeepOneLineIsLeft)
{
    const std::string head =
        R"({"group":"0x1111111111111111111111111111111111111111","secrets":[)";
    std::string deep = peer.say(me, "x") + "," + peer.say(me, "y");

    for (int i = 0; i < 5; i++)
        deep = seal_json(peer, me, DIM_CONTENT_FORWARD, head + deep + "]}");
    open();
    for (int copies = 0; copies < 2; copies++) {
        line.send(deep);
        clock.advance(60);
        ASSERT_EQ(shown.size(), 1U);
    }
    EXPECT_NE(shown[0].find("Not all of this message is shown"), std::string::npos);
    EXPECT_EQ(shown[0].find("[in group 0x1111"), 0U) << "where the forward belongs";
}

TEST_F(RefusalTest, OfWhatHoldsNothingNothingIsLeftOut)
{
    std::string array = R"({"contents":[]})", forward;

    for (int i = 0; i < 4; i++)
        array = R"({"contents":[{"type":202,"sn":1,)" + array.substr(1) + "]}";
    for (int i = 0; i < 5; i++)
        forward = seal_json(peer, me, DIM_CONTENT_FORWARD, R"({"secrets":[)" + forward + "]}");
    open();
    line.send(seal_json(peer, me, DIM_CONTENT_ARRAY, array));
    line.send(forward);
    clock.advance(2);
    EXPECT_EQ(shown, std::vector<std::string>());
}

TEST_F(RefusalTest, OpensArraysFourLevelsDeep)
{
    auto nested = [](const std::string &text, int levels) {
        std::string json = "{\"type\":1,\"sn\":1,\"text\":\"" + text + "\"}";

        for (int i = 1; i < levels; i++)
            json = "{\"type\":202,\"sn\":1,\"contents\":[" + json + "]}";
        return "{\"contents\":[" + json + "]}";
    };

    open();
    line.send(seal_json(peer, me, DIM_CONTENT_ARRAY, nested("five", 5)));
    line.send(seal_json(peer, me, DIM_CONTENT_ARRAY, nested("four", 4)));
    clock.advance(2);
    ASSERT_EQ(shown.size(), 2U);
    EXPECT_NE(shown[0].find("Not all of this message is shown"), std::string::npos);
    EXPECT_EQ(shown[1], "four");
}

TEST_F(RefusalTest, SendsItsVisaOnceToWhoeverWritesWhatItCannotRead)
{
    open();
    introduce(peer);
    for (int i = 0; i < 3; i++) // locked for the stranger, written to me
        line.send(replaced(peer.say(stranger, "lost"), dim_id_text(stranger.id()),
                           dim_id_text(me.id())));
    clock.advance(2);
    EXPECT_TRUE(shown.empty());
    EXPECT_EQ(count_for(heard, peer), 1);
}

// Wrapped bytes are kept for the keys that they were made for, and no others.
TEST_F(RefusalTest, LocksForTheNewestKeyOfTheReceiver)
{
    open();
    introduce(peer);
    ASSERT_TRUE(send(peer, "first"));
    clock.advance(1);
    ASSERT_TRUE(support::rotate(peer.user, peer.store, clock.now(), nullptr));
    introduce(peer);
    ASSERT_TRUE(send(peer, "second"));
    clock.advance(1);
    ASSERT_EQ(talk_for(peer).size(), 2u);
    GPtrArray *newest = g_ptr_array_new();
    DimUnsealing how = { peer.id(), nullptr, newest };

    g_ptr_array_add(newest, g_ptr_array_index(dim_user_decrypt_keys(peer.user), 0));
    DimMessage *first = dim_unseal(talk_for(peer)[0], &how, nullptr, nullptr);
    DimMessage *second = dim_unseal(talk_for(peer)[1], &how, nullptr, nullptr);
    EXPECT_EQ(first, nullptr);
    ASSERT_NE(second, nullptr);
    EXPECT_STREQ(dim_content_text(dim_message_content(second)), "second");
    dim_message_unref(second);
    g_ptr_array_unref(newest);
}

// Turns the bits of the IV that turn the 1 of `{"type":1,"sn":` into 136.
void
rewrite_type(JsonObject *wire)
{
    const std::string was = R"({"type":1,"sn":)", is = R"({"T":136 ,"sn":)";
    gsize size = 0;
    guchar *iv = g_base64_decode(json_object_get_string_member(wire, "IV"), &size);

    ASSERT_EQ(size, 16u);
    for (size_t i = 0; i < was.size(); i++)
        iv[i] = static_cast<guchar>(iv[i] ^ static_cast<guchar>(was[i] ^ is[i]));
    json_object_set_string_member(wire, "IV", support::Text(g_base64_encode(iv, size)).get());
    g_free(iv);
}

// Threats T3 and T4: a binding inside says which envelope it had. The station learns as much of it as of a wrong key.
TEST_F(RefusalTest, WarnsOfAnEnvelopeThatWasChangedAndShowsTheTrueOne)
{
    open();
    introduce(peer);
    const std::string genuine = peer.say(me, "as it was said", false);
    JsonObject *wire = dim_json_parse(genuine.c_str(), -1, nullptr);

    json_object_set_double_member(wire, "time", clock.now() - 3600);
    char *late = dim_json_write(wire);
    json_object_unref(wire);
    for (int i = 0; i < 3; i++)
        line.send(late);
    g_free(late);
    clock.advance(2);
    EXPECT_TRUE(shown.empty());
    ASSERT_EQ(notices.size(), 1u) << "one word is enough";
    EXPECT_NE(notices[0].find(dim_id_text(peer.id())), std::string::npos);
    EXPECT_NE(notices[0].find("changed on its way"), std::string::npos);
    EXPECT_EQ(count_for(heard, peer), 1) << "my visa, as after a message that does not open";
    line.send(genuine);
    clock.advance(1);
    EXPECT_EQ(shown, std::vector<std::string>{ "as it was said" });
}

// Nobody signs the type of an envelope, nor the IV, with which the type inside is rewritten: neither says that it was a command.
TEST_F(RefusalTest, WarnsOfAnEnvelopeThatWasChangedWhateverItIsCalled)
{
    const struct {
        const char *what, *type; // "": as it was; null: dropped
        double earlier;          // seconds
        bool rewritten;          // {"type":1,"sn":… becomes {"T":136 ,"sn":…
    } changes[] = {
        { "time", "", 3600, false },
        { "a file", "16", 0, false },
        { "no type", nullptr, 0, false },
        { "no type, and time", nullptr, 3600, false },
        { "a command", "136", 0, false },
        { "a record", "137", 0, false },
        { "a command, and time", "136", 3600, false },
        { "a command inside, too", "136", 0, true },
    };

    open();
    introduce(peer);
    for (const auto &change : changes) {
        const std::string genuine = peer.say(me, change.what, false);
        OWNED(JsonObject) wire(dim_json_parse(genuine.c_str(), -1, nullptr));

        if (change.type == nullptr)
            json_object_remove_member(wire.get(), "type");
        else if (*change.type != '\0')
            json_object_set_string_member(wire.get(), "type", change.type);
        if (change.earlier > 0)
            json_object_set_double_member(wire.get(), "time", clock.now() - change.earlier);
        if (change.rewritten)
            rewrite_type(wire.get());
        const std::string changed = support::Text(dim_json_write(wire.get())).get();

        notices.clear();
        for (int i = 0; i < 3; i++)
            line.send(changed);
        clock.advance(1);
        EXPECT_TRUE(shown.empty()) << change.what;
        ASSERT_EQ(notices.size(), 1u) << change.what;
        EXPECT_NE(notices[0].find("changed on its way"), std::string::npos) << change.what;
        clock.advance(3600);
    }
}
} // namespace
