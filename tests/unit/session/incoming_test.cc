// SPDX-License-Identifier: GPL-2.0-or-later
// The way up: what is shown, once and only when it is genuine; what waits, what is asked.
#include "base/json.h"

#include "session_case.hh"

extern "C" {
#include "people/shelf.h"
}
#include "session/inner.h"

#include "tests/support/folder.hh"

namespace {
class IncomingTest : public SessionTest {
  protected:
    // The peer says "hello" in a group of that name or ID.
    void
    hear_in(const std::string &group)
    {
        hear(R"({"type":1,"sn":1,"text":"hello","group":")" + group + "\"}");
    }
    // A content of the peer's, with its serial and whatever else the text says.
    void
    hear(const std::string &json)
    {
        OWNED(DimContent) content(dim_content_parse(json.c_str(), -1, nullptr));

        line.send(peer.seal(me, content.get(), true));
        clock.advance(1);
    }
};

// With an identity on the disk, which another program takes up again from there.
class RestartTest : public SessionTest {
  protected:
    support::Folder folder;

    void
    SetUp() override
    {
        DimRegisterOptions options = {};

        SessionTest::SetUp();
        options.kind = DIM_META_ETH;
        options.identity_key = DIM_KEY_ECC;
        options.visa_bits = 1024;
        put_away();
        me.store = dim_store_open(path().c_str(), nullptr);
        ASSERT_NE(me.store, nullptr);
        me.user = dim_user_register(me.store, &options, nullptr);
        ASSERT_NE(me.user, nullptr);
    }
    void
    TearDown() override
    {
        SessionTest::TearDown();
        put_away();
        me.store = dim_store_open_memory();
    }
    // Nothing stays in memory: the file's lock would keep the next from opening it.
    void
    start_anew()
    {
        support::Error error;

        close();
        put_away();
        me.store = dim_store_open(path().c_str(), &error);
        ASSERT_NE(me.store, nullptr) << error.message();
        me.user = dim_user_load(me.store, &error);
        ASSERT_NE(me.user, nullptr) << error.message();
        open();
    }
    void
    send_often(const std::string &text)
    {
        for (int i = 0; i < 1000; i++)
            line.send(text);
        clock.advance(2);
    }

  private:
    void
    put_away()
    {
        g_clear_pointer(&me.user, dim_user_unref);
        g_clear_pointer(&me.store, dim_store_unref);
    }
    std::string
    path() const
    {
        return folder.file("mine/store.db");
    }
};

TEST_F(RestartTest, AThousandCopiesBeforeAndBehindItAreShownOnce)
{
    const std::string text = peer.say(me, "once");

    open();
    send_often(text);
    EXPECT_EQ(shown, std::vector<std::string>{ "once" });
    start_anew();
    send_often(text);
    EXPECT_EQ(shown, std::vector<std::string>{ "once" });
    line.send(peer.say(me, "another"));
    clock.advance(2);
    EXPECT_EQ(shown, (std::vector<std::string>{ "once", "another" }));
}

TEST_F(IncomingTest, NeverShowsAForgedMessage)
{
    open();
    line.send(peer.say(me, "forged", true, &stranger));
    clock.advance(2);
    EXPECT_TRUE(shown.empty());
    line.send(peer.say(me, "true"));
    clock.advance(2);
    EXPECT_EQ(shown, std::vector<std::string>{ "true" });
}

TEST_F(IncomingTest, AForgedCopyDoesNotHideTheTrueMessage)
{
    const std::string text = peer.say(me, "true");
    std::string forged = text;
    const size_t data = forged.find("\"data\":\"") + 8;

    forged[data] = forged[data] == 'A' ? 'B' : 'A'; // the same signature over other bytes
    open();
    line.send(forged);
    clock.advance(1);
    EXPECT_TRUE(shown.empty());
    line.send(text);
    clock.advance(1);
    EXPECT_EQ(shown, std::vector<std::string>{ "true" });
}

TEST_F(IncomingTest, ShowsWhatWaitedForItsSendersMeta)
{
    open();
    line.send(peer.say(me, "who am I?", false));
    clock.advance(2);
    EXPECT_TRUE(shown.empty());
    EXPECT_EQ(count_commands("meta"), 1);
    introduce(peer);
    EXPECT_EQ(shown, std::vector<std::string>{ "who am I?" });
}

// The window is one person's: an answer typed there does not go to the group.
TEST_F(IncomingTest, MarksWhatWasSaidInAGroup)
{
    DimId *group = dim_id_parse("Friends-7@everywhere", nullptr);
    const std::string name = group != nullptr ? dim_id_text(group) : "";

    g_clear_pointer(&group, dim_id_unref);
    open();
    hear_in(name);
    hear(R"({"type":1,"sn":2,"text":"hello you"})");
    EXPECT_EQ(shown, (std::vector<std::string>{ "[in group " + name + ", not confirmed] hello",
                                                "hello you" }));
}

TEST_F(IncomingTest, AnswersInAGroupsNameAlsoWithItsNickname)
{
    Person group(DIM_META_MKM, DIM_TYPE_STATION); // any ID with a document that has a name
    open();
    introduce(group);
    hear_in(dim_id_text(group.id()));
    EXPECT_EQ(shown, std::vector<std::string>{ "[in group somebody, not confirmed] hello" });
}

TEST_F(IncomingTest, TheNameOfAGroupTurnsNoLineAndHasAnEnd)
{
    Person group(DIM_META_MKM, DIM_TYPE_STATION);
    const std::string nickname = "\u202eF\u200e\u200br\u061ciends" + std::string(400, '!');

    ASSERT_TRUE(dim_user_set_nickname(group.user, group.store, nickname.c_str(),
                                      clock.now() + 1, nullptr));
    open();
    introduce(group);
    hear_in(dim_id_text(group.id()));
    EXPECT_EQ(shown, std::vector<std::string>{ "[in group Friends" + std::string(293, '!')
                                               + "…, not confirmed] hello" });
}

// The time of the sender's visa goes along with each message (SDT): a newer one is asked for.
TEST_F(IncomingTest, AsksForANewerVisaThanItHas)
{
    open();
    introduce(peer);
    const int before = count_commands("document") + count_commands("documents");

    line.send(peer.say(me, "old visa", false));
    clock.advance(1);
    EXPECT_EQ(count_commands("document") + count_commands("documents"), before);
    Person::Oddity newer;

    newer.visa_time = clock.now();
    const std::string text = peer.say(me, "new visa", newer);

    clock.advance(601);
    line.send(text);
    clock.advance(1);
    EXPECT_EQ(shown, (std::vector<std::string>{ "old visa", "new visa" }));
    EXPECT_EQ(count_commands("document") + count_commands("documents"), before + 1);
}

// No visa can be of the future: who announces one is asked when what is held is older than now, and not for ever.
TEST_F(IncomingTest, AVisaThatIsAnnouncedForTheFutureIsTakenForOneOfNow)
{
    const auto asked = [this] {
        return count_commands("document") + count_commands("documents");
    };
    Person::Oddity ahead;

    ASSERT_TRUE(
        dim_user_set_nickname(peer.user, peer.store, "early", clock.now() + 1000, nullptr));
    ahead.visa_time = clock.now() + 1e6;
    open();
    introduce(peer);
    clock.advance(601);
    const int before = asked();
    line.send(peer.say(me, "the visa is ahead", ahead));
    clock.advance(1);
    EXPECT_EQ(asked(), before);
    clock.advance(1000);
    line.send(peer.say(me, "no more", ahead));
    clock.advance(1);
    EXPECT_EQ(asked(), before + 1);
    EXPECT_EQ(shown, (std::vector<std::string>{ "the visa is ahead", "no more" }));
}

TEST_F(IncomingTest, LivesThroughGarbage)
{
    open();
    for (const std::string &bad :
         { std::string("x"), std::string("{}"), std::string("\n\n\n"), std::string(3, '\0'),
           std::string("{\"sender\":1}"), std::string(100000, '['),
           "{\"forward\":" + peer.say(me, "bare") + "}" })
        line.send(bad);
    clock.advance(1);
    EXPECT_EQ(dim_session_state(session), DIM_STATE_ONLINE);
    EXPECT_TRUE(shown.empty());
    EXPECT_TRUE(failures.empty());
    EXPECT_EQ(line.of_type(DIM_PACKET_MESSAGE_RESPONSE).size(), 9u)
        << "all of it is acknowledged, two handshakes too: it would come for ever";
    line.send(peer.say(me, "good"));
    clock.advance(1);
    EXPECT_EQ(shown, std::vector<std::string>{ "good" });
}

// A payload may hold several lines; what is bad among them spoils nothing.
TEST_F(IncomingTest, ReadsEveryLineOfAPayload)
{
    open();
    line.send(peer.say(me, "one") + "\n\nrubbish\n" + peer.say(me, "two") + "\n");
    clock.advance(1);
    EXPECT_EQ(shown, (std::vector<std::string>{ "one", "two" }));
}

// What contacts said in groups fills it, and makes room for nobody.
TEST_F(IncomingTest, WhatFindsNoRoomToWaitIsTold)
{
    const std::string big(4 * 1024 * 1024, 'x');
    OWNED(DimId) group(dim_id_parse("0x1111111111111111111111111111111111111111", nullptr));

    open();
    introduce(stranger);
    befriend(stranger);
    for (int i = 0; i < 16; i++)
        ASSERT_TRUE(dim_shelf_park_in(session->shelf, group.get(), stranger.id(), big.c_str(),
                                      nullptr));
    const guint before = dim_store_count(me.store, DIM_TABLE_WAITING);
    EXPECT_EQ(notices, std::vector<std::string>{});
    line.send(peer.say(me, "one too much", false));
    line.send(peer.say(me, "and another", false));
    clock.advance(2);
    EXPECT_EQ(dim_store_count(me.store, DIM_TABLE_WAITING), before);
    ASSERT_EQ(notices.size(), 1u); // in an hour
    EXPECT_NE(notices[0].find("are lost"), std::string::npos);
}

// Nobody signs a sender, and his key is not here yet.
TEST_F(IncomingTest, LinesInTheNameOfAContactLockHimNotOut)
{
    open();
    befriend(peer);
    for (const std::string &number : numbers(DIM_SHELF_MAX_PERSON))
        line.send(peer.say(me, number.c_str(), false, &stranger));
    clock.advance(2);
    line.send(peer.say(me, "true", false));
    clock.advance(2);
    EXPECT_EQ(notices.size(), 1u) << "something was lost";
    introduce(peer);
    clock.advance(20);
    EXPECT_EQ(shown, std::vector<std::string>{ "true" });
}

// IDs cost nothing, and a message of one without meta needs no signature.
TEST_F(IncomingTest, AFloodOfUnknownSendersIsNoFloodOfQuestions)
{
    open();
    const std::string one = peer.say(me, "hello", false);
    const std::string his = dim_id_text(peer.id());
    const int before = count_commands("meta");

    for (int i = 0; i < 150; i++) {
        char other[64];
        std::string text = one;

        g_snprintf(other, sizeof other, "0x%040d", i + 1);
        line.send(text.replace(text.find(his), his.size(), other));
    }
    clock.advance(2);
    EXPECT_EQ(dim_store_count(me.store, DIM_TABLE_WAITING), 150u);
    EXPECT_EQ(count_commands("meta"), before + 100);
    line.send(one);
    clock.advance(1);
    EXPECT_EQ(count_commands("meta"), before + 100);
    clock.advance(60);
    line.send(stranger.say(me, "hello", false));
    clock.advance(1);
    EXPECT_EQ(count_commands("meta"), before + 101);
    clock.advance(600);
    EXPECT_GE(count_commands("meta"), before + 152); // all others a little later
}

// Each comes with a good meta of its own, which proves who it is, and signed nothing.
TEST_F(IncomingTest, AFloodOfProvedSendersWhoSignedNothingIsNoFloodOfQuestions)
{
    open();
    const int before = count_commands("meta");

    for (int i = 0; i < 150; i++) {
        OWNED(DimPrivateKey) own(dim_private_key_new(DIM_KEY_ECC, 0, nullptr));
        OWNED(DimMeta) meta(dim_meta_new(DIM_META_ETH, own.get(), nullptr, nullptr));
        OWNED(DimId) who(dim_meta_make_id(meta.get(), 0, nullptr));
        OWNED(JsonObject) json(dim_meta_to_json(meta.get()));
        support::Text proof(dim_json_write(json.get()));

        line.send(std::string(R"({"sender":")") + dim_id_text(who.get()) + R"(","receiver":")"
                  + dim_id_text(me.id()) + R"(","data":"QUJD","signature":"QUJD","meta":)"
                  + proof.get() + "}");
    }
    clock.advance(20);
    EXPECT_EQ(count_commands("meta"), before + 100);
}

} // namespace
