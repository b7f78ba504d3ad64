// SPDX-License-Identifier: GPL-2.0-or-later
// What an opened message says: recalls, contents that no program here knows, and what I said on another device.
#include "session_case.hh"

namespace {

class ContentsTest : public SessionTest {
  protected:
    std::vector<std::string> receivers; // of what was shown

    void
    SetUp() override
    {
        SessionTest::SetUp();
        events.received = [](DimSession *, const DimMessage *message, const char *text,
                             gpointer self) {
            auto *test = static_cast<ContentsTest *>(self);

            test->shown.emplace_back(text);
            test->receivers.emplace_back(dim_id_text(dim_message_receiver(message)));
        };
    }
    void
    hear(const Person &from, const std::string &json)
    {
        DimContent *content = dim_content_parse(json.c_str(), -1, nullptr);

        ASSERT_NE(content, nullptr);
        line.send(from.seal(me, content, true));
        dim_content_unref(content);
        clock.advance(1);
    }
    // Texts of the receipts that this person was sent.
    std::vector<std::string>
    receipts_for(const Person &who) const
    {
        std::vector<std::string> texts;

        for (DimMessage *message : heard) {
            if (!dim_id_equal(dim_message_receiver(message), who.id()))
                continue;
            const auto opened = who.open(message);
            DimContent *content = opened ? dim_message_content(opened.get()) : nullptr;

            if (content != nullptr && g_strcmp0(dim_content_command(content), "receipt") == 0)
                texts.emplace_back(dim_content_text(content));
        }
        return texts;
    }
};

TEST_F(ContentsTest, ReadsAHundredContentsOfAnArray)
{
    std::string contents;

    for (int i = 1; i <= 101; i++)
        contents += R"({"type":1,"sn":)" + std::to_string(i) + R"(,"text":")"
                    + std::to_string(i) + R"("},)";
    contents.back() = ']';
    open();
    hear(peer, R"({"type":202,"sn":200,"contents":[)" + contents + "}");
    ASSERT_EQ(shown.size(), 101U);
    EXPECT_EQ(shown[99], "100");
    EXPECT_NE(shown.back().find("Not all of this message is shown"), std::string::npos);
}

TEST_F(ContentsTest, WhatIsNoContentTakesRoomInAnArrayToo)
{
    std::string nothing;

    for (int i = 0; i < 99; i++)
        nothing += "7,";
    open();
    hear(peer,
         R"({"type":202,"sn":200,"contents":[)" + nothing
             + R"({"type":1,"sn":1,"text":"the hundredth"},{"type":1,"sn":2,"text":"x"}]})");
    ASSERT_EQ(shown.size(), 2U) << "it, and that there was more";
    EXPECT_EQ(shown[0], "the hundredth");
    EXPECT_NE(shown[1], "x");
}

// However they are put into one another.
TEST_F(ContentsTest, ReadsAHundredContentsOfArraysInArrays)
{
    std::string ten;
    std::string arrays;

    for (int i = 1; i <= 10; i++)
        ten += std::string(i == 1 ? "" : ",") + R"({"type":1,"sn":)" + std::to_string(i)
               + R"(,"text":"x"})";
    for (int i = 0; i < 20; i++)
        arrays +=
            std::string(i == 0 ? "" : ",") + R"({"type":202,"sn":30,"contents":[)" + ten + "]}";
    open();
    hear(peer, R"({"type":202,"sn":200,"contents":[)" + arrays + "]}");
    EXPECT_EQ(shown.size(),
              91U); // nine arrays with all ten, the head of one more, and that there was more
    hear(peer, R"({"type":1,"sn":201,"text":"and on"})");
    EXPECT_EQ(shown.back(), "and on");
}

TEST_F(ContentsTest, OfArraysThatAreNestedTooDeepALineIsLeft)
{
    std::string deep = R"({"type":1,"sn":1,"text":"x"})";

    for (int i = 0; i < 6; i++)
        deep =
            R"({"type":202,"sn":2,"group":"0x1111111111111111111111111111111111111111","contents":[)"
            + deep + "]}";
    open();
    hear(peer, deep);
    ASSERT_EQ(shown.size(), 1U);
    EXPECT_NE(shown[0].find("Not all of this message is shown"), std::string::npos);
    EXPECT_EQ(shown[0].find("[in group 0x1111"), 0U) << "where the message belongs";
}

// One line of each, whatever it holds instead; what is a message beside it is read.
TEST_F(ContentsTest, OfAForwardWithoutMessagesALineIsLeft)
{
    const std::string group = R"("group":"0x1111111111111111111111111111111111111111",)";
    const std::string inner = peer.say(me, "inside");

    open();
    for (const std::string &each : { std::string(R"("x":1)"), std::string(R"("forward":"x")"),
                                     std::string(R"("secrets":[7,null,{},{"signature":"x"}])"),
                                     R"("secrets":[7,)" + inner + "]" }) {
        shown.clear();
        hear(peer, R"({"type":255,"sn":2,)" + group + each + "}");
        ASSERT_EQ(shown.size(), each.find(inner) == std::string::npos ? 1U : 2U) << each;
        EXPECT_NE(shown[0].find("Something was forwarded"), std::string::npos);
        EXPECT_EQ(shown[0].find("[in group 0x1111"), 0U) << "where the forward belongs";
    }
    EXPECT_EQ(shown.back(), "inside");
}

TEST_F(ContentsTest, ARecallIsALineOfItsOwn)
{
    const std::string said = R"("sn":9,"time":1700000000.5,)";

    open();
    hear(peer, R"({"type":1,)" + said + R"("text":"oops"})");
    hear(peer, R"({"type":1,)" + said + R"("action":"recall","text":"gone"})");
    hear(peer, R"({"type":1,)" + said + R"("action":"recall","text":"gone again"})");
    EXPECT_EQ(shown, (std::vector<std::string>{ "oops", "[Message recalled]" }));
}

TEST_F(ContentsTest, ARecallOfAnothersMessageSaysSo)
{
    const std::string said = R"("sn":9,"time":1700000000.5,)";

    open();
    hear(peer, R"({"type":1,)" + said + R"("text":"mine"})");
    hear(stranger, R"({"type":1,)" + said + R"("action":"recall"})");
    EXPECT_EQ(shown, (std::vector<std::string>{
                         "mine", "[Message recalled: one that is not known here]" }));
}

TEST_F(ContentsTest, AnUnknownContentIsShownAndRefusedOnce)
{
    const std::string what = R"("app":"a.b","mod":"m","act":"x"})";

    open();
    introduce(peer);
    hear(peer, R"({"type":204,"sn":1,"time":1700000001,)" + what);
    hear(peer, R"({"type":204,"sn":2,"time":1700000002,)" + what);
    EXPECT_EQ(shown, std::vector<std::string>(2, "[Customized] a.b/m/x"));
    EXPECT_EQ(receipts_for(peer), std::vector<std::string>{ "Content not support." });
    for (int i = 10; i < 22; i++)
        hear(peer, R"({"type":204,"sn":)" + std::to_string(i)
                       + R"(,"time":1700000002,"text":"words )" + std::to_string(i) + "\","
                       + what);
    EXPECT_EQ(shown.back(), "[Customized] a.b/m/x words 21");
    EXPECT_EQ(receipts_for(peer).size(), 1u) << "whatever words stand in it";
    hear(peer, R"({"type":204,"sn":22,"time":1700000002,"app":"a.b","mod":"m","act":"y"})");
    EXPECT_EQ(receipts_for(peer).size(), 2u) << "another act is another matter";
    hear(peer, R"({"type":99,"sn":3,"time":1700000003,"text":"a hologram"})");
    hear(peer, R"({"type":99,"sn":4,"time":1700000004,"text":"another"})");
    EXPECT_EQ(receipts_for(peer), std::vector<std::string>(3, "Content not support."));
    hear(peer, R"({"type":1,"sn":5,"time":1700000005,"text":"words"})");
    EXPECT_EQ(receipts_for(peer).back(), "Message received.");
    hear(peer, R"({"type":66,"sn":6,"time":1700000006,"amount":8.88,"currency":"CNY"})");
    EXPECT_EQ(shown.back(), "[Lucky money] 8.88 CNY");
    EXPECT_EQ(receipts_for(peer).back(), "Message received.");
    EXPECT_EQ(receipts_for(peer).size(), 5u);
}

// Whatever stands where the name should be, in whatever it comes, and from whomever.
TEST_F(ContentsTest, ACommandWithoutANameIsRefusedOnceAndHarmsNobody)
{
    open();
    introduce(peer);
    hear(peer, R"({"type":136,"sn":6,"time":1700000006})");
    EXPECT_EQ(receipts_for(peer), std::vector<std::string>{ "Command not support." });
    for (const char *type : { "136", "137" }) {
        for (const char *name : { "", R"("command":null,)", R"("command":7,)", R"("cmd":{},)",
                                  R"("command":[],)", R"("command":true,)", R"("command":"",)",
                                  R"("cmd":null,"group":"group@everywhere",)" }) {
            const std::string command =
                std::string(R"({"type":)") + type + "," + name + R"("sn":7,"time":1700000007})";

            hear(peer, command);
            hear(peer, R"({"type":202,"sn":8,"time":1700000008,"contents":[)" + command + "]}");
            line.send(stranger.seal(
                me, OWNED(DimContent)(dim_content_parse(command.c_str(), -1, nullptr)).get(),
                true));
            clock.advance(1);
        }
    }
    EXPECT_EQ(shown, std::vector<std::string>{});
    EXPECT_EQ(receipts_for(peer).size(), 1u) << "never a second word";
    EXPECT_EQ(dim_session_state(session), DIM_STATE_ONLINE);
    line.send(peer.say(me, "still here?"));
    clock.advance(1);
    EXPECT_EQ(shown, std::vector<std::string>{ "still here?" });
}

// IDs cost nothing, and each of them is told eight things.
TEST_F(ContentsTest, RefusalsHaveAnEnd)
{
    std::string commands;
    size_t told = 0;

    for (int i = 0; i < 8; i++)
        commands += (i > 0 ? "," : "") + (R"({"type":136,"sn":)" + std::to_string(i + 1))
                    + R"(,"command":"dance)" + std::to_string(i) + "\"}";
    open();
    for (int i = 0; i < 26; i++) {
        Person one;

        introduce(one);
        hear(one, R"({"type":202,"sn":9,"contents":[)" + commands + "]}");
        for (const std::string &text : receipts_for(one))
            told += text == "Command not support.";
    }
    EXPECT_EQ(told, 200u);
}

// What it says would be small enough: it is the rest that costs.
TEST_F(ContentsTest, WhatIsLargerOnTheWireThanAMessageMayBeIsDropped)
{
    const auto padded = [this](const char *text, size_t size) {
        std::string wire = peer.say(me, text);

        wire.pop_back();
        wire += R"(,"x":")";
        return wire + std::string(size - wire.size() - 2, 'x') + "\"}";
    };

    open();
    introduce(peer);
    shown.clear();
    line.send(padded("more", DIM_MESSAGE_MAX + 1));
    line.send(padded("all", DIM_MESSAGE_MAX));
    clock.advance(1);
    EXPECT_EQ(shown, std::vector<std::string>{ "all" });
}

TEST_F(ContentsTest, WhatProgramsOfAGroupAskOneAnotherIsNoLine)
{
    OWNED(DimMeta)
    meta(dim_meta_new(DIM_META_MKM, dim_user_signer(peer.user), "group", nullptr));
    OWNED(DimId) group(dim_meta_make_id(meta.get(), DIM_TYPE_GROUP, nullptr));
    const std::string head = R"({"type":204,"time":1700000001,"app":"chat.dim.group","group":")"
                             + std::string(dim_id_text(group.get())) + "\"";

    open();
    introduce(peer);
    hear(peer, head + R"(,"sn":1,"mod":"history","act":"query"})");
    hear(peer, head + R"(,"sn":2,"mod":"history","act":"query"})");
    EXPECT_EQ(receipts_for(peer), std::vector<std::string>{ "Content not support." });
    int serial = 10;
    for (const char *act : { "query", "update", "request", "respond" })
        hear(peer, head + R"(,"sn":)" + std::to_string(serial++) + R"(,"mod":"keys","act":")"
                       + act + "\"}");
    EXPECT_EQ(receipts_for(peer).size(), 5u);
    clock.advance(60); // nor did it wait for the group's members
    EXPECT_EQ(shown, std::vector<std::string>());
    hear(peer,
         R"({"type":202,"sn":4,"contents":[)" + head
             + R"(,"sn":5,"mod":"history","act":"query"},{"type":1,"sn":6,"text":"talk"}]})");
    EXPECT_EQ(shown, std::vector<std::string>{ "talk" });
}

std::string
sync(const Person &from, const std::string &to, int serial)
{
    return R"({"type":204,"sn":)" + std::to_string(serial)
           + R"(,"time":1700000005,"app":"chat.dim.messenger","mod":"chat_history",)"
             R"("act":"sync_message","message":{"sender":")"
           + dim_id_text(from.id()) + R"(","receiver":")" + to
           + R"(","content":{"type":1,"sn":5,"time":1700000004,"text":"from my telephone"}}})";
}

TEST_F(ContentsTest, WhatISaidElsewhereIsShownOnceAsMine)
{
    open();
    hear(me, sync(me, dim_id_text(peer.id()), 1));
    hear(me, sync(me, dim_id_text(peer.id()), 2));
    EXPECT_EQ(shown, std::vector<std::string>{ "from my telephone" });
    EXPECT_EQ(receivers, std::vector<std::string>{ dim_id_text(peer.id()) });
    close();
    open();
    hear(me, sync(me, dim_id_text(peer.id()), 3));
    EXPECT_EQ(shown.size(), 1u);
}

TEST_F(ContentsTest, WhatISaidElsewhereInAGroupIsShownWithItsName)
{
    OWNED(DimMeta)
    meta(dim_meta_new(DIM_META_MKM, dim_user_signer(peer.user), "group", nullptr));
    OWNED(DimId) id(dim_meta_make_id(meta.get(), DIM_TYPE_GROUP, nullptr));
    const std::string group = dim_id_text(id.get());

    open();
    hear(me, sync(me, group, 1));
    hear(me, sync(me, group, 2));
    EXPECT_EQ(shown, std::vector<std::string>{ "[in group " + group + "] from my telephone" });
    EXPECT_EQ(receivers, std::vector<std::string>{ group });
}

TEST_F(ContentsTest, NobodyElsePutsWordsIntoMyMouth)
{
    open();
    hear(peer, sync(me, dim_id_text(peer.id()), 1));
    hear(peer, sync(peer, dim_id_text(me.id()), 2));
    EXPECT_TRUE(shown.empty());
}

// Signed by the actor for all to see, and carried inside a forward.
std::string
record(const Person &actor, const std::string &json)
{
    DimContent *content = dim_content_parse(json.c_str(), -1, nullptr);
    DimMessage *instant = dim_message_new(actor.id(), dim_id_anyone(), nullptr, content);
    DimSealing how = {};

    how.signer = dim_user_signer(actor.user);
    DimMessage *sealed = dim_seal(instant, &how, nullptr);
    char *text = dim_message_to_text(sealed);
    std::string result = std::string(R"({"type":255,"sn":3,"secrets":[)") + text + "]}";

    g_free(text);
    dim_message_unref(sealed);
    dim_message_unref(instant);
    dim_content_unref(content);
    return result;
}

TEST_F(ContentsTest, WhoWasPutOutOfAGroupIsNotHeardThere)
{
    const DimPrivateKey *signer = dim_user_signer(peer.user);
    const double now = clock.now();
    DimMeta *meta = dim_meta_new(DIM_META_MKM, signer, "group", nullptr);
    DimId *group = dim_meta_make_id(meta, DIM_TYPE_GROUP, nullptr);
    const std::string id = dim_id_text(group), owner = dim_id_text(peer.id()),
                      mine = dim_id_text(me.id()), other = dim_id_text(stranger.id());
    JsonObject *properties = json_object_new();
    const std::string line_of_his =
        R"({"type":1,"text":"hi","group":")" + id + R"(","time":1700000001,"sn":)";
    const std::string reset = R"({"type":137,"sn":4,"command":"reset","group":")" + id
                              + R"(","time":)" + std::to_string(now - 10) + R"(,"members":[")"
                              + owner + R"(",")" + mine + R"(")";

    json_object_set_string_member(properties, "founder", owner.c_str());
    DimDocument *bulletin =
        dim_document_new(group, "bulletin", properties, now - 100, signer, nullptr);
    DimContent *told = dim_document_command_new(group, meta, bulletin);
    open();
    line.send(station.seal(me, told, true));
    introduce(peer);
    hear(peer, record(peer, reset + R"(,")" + other + "\"]}"));
    hear(stranger, line_of_his + "1}");
    EXPECT_EQ(shown, std::vector<std::string>{ "[in group " + id + "] hi" });
    hear(stranger, record(stranger, reset + "]}")); // not his to say
    hear(stranger, line_of_his + "2}");
    EXPECT_EQ(shown.size(), 2u);
    hear(peer, record(peer, reset + "]}"));
    hear(stranger, line_of_his + "3}");
    EXPECT_EQ(shown.size(), 2u);
    dim_content_unref(told);
    dim_document_unref(bulletin);
    json_object_unref(properties);
    dim_id_unref(group);
    dim_meta_unref(meta);
}

TEST_F(ContentsTest, AnotherDeviceOfMineNeedsNoAttachments)
{
    DimContent *content =
        dim_content_parse(sync(me, dim_id_text(peer.id()), 1).c_str(), -1, nullptr);

    open();
    line.send(me.seal(me, content, false));
    dim_content_unref(content);
    clock.advance(1);
    EXPECT_EQ(shown, std::vector<std::string>{ "from my telephone" });
}

} // namespace
