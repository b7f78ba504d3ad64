// SPDX-License-Identifier: GPL-2.0-or-later
// The way down: what is attached, asked, parked, and told of the visa.
#include "session_case.hh"

namespace {
using OutgoingTest = SessionTest;

TEST_F(OutgoingTest, KeepsMyMessageUntilTheReceiversKeyIsKnown)
{
    open();
    ASSERT_TRUE(send(peer, "hello"));
    clock.advance(1);
    EXPECT_TRUE(talk_for(peer).empty());
    EXPECT_EQ(deliveries, std::vector<DimDelivery>{ DIM_DELIVERY_QUEUED });
    close();
    open(); // it survives the program's end
    introduce(peer);
    EXPECT_EQ(talk_for(peer).size(), 1u);
}

// Correction 1: official clients lose the first message of somebody whose meta they do not have.
TEST_F(OutgoingTest, AttachesMetaAndVisaUntilTheReceiverHasAnswered)
{
    open();
    introduce(peer);
    ASSERT_TRUE(send(peer, "first"));
    ASSERT_TRUE(send(peer, "second"));
    clock.advance(1);
    line.send(peer.say(me, "I know you now"));
    clock.advance(1);
    ASSERT_TRUE(send(peer, "third"));
    clock.advance(1);
    const std::vector<DimMessage *> sent = talk_for(peer);
    ASSERT_EQ(sent.size(), 3u);
    for (int i = 0; i < 2; i++) {
        DimMeta *meta = dim_meta_from_json(dim_message_meta_json(sent[i]), nullptr);

        ASSERT_NE(meta, nullptr) << i;
        EXPECT_TRUE(dim_meta_matches(meta, me.id()));
        EXPECT_NE(dim_message_visa_json(sent[i]), nullptr) << i;
        dim_meta_unref(meta);
    }
    EXPECT_EQ(dim_message_meta_json(sent[2]), nullptr);
    EXPECT_EQ(dim_message_visa_json(sent[2]), nullptr);
}

// My visa, sent to somebody whose message I cannot open, is read by nobody who does not know me.
TEST_F(OutgoingTest, AttachesThemToCommandsForStrangersToo)
{
    open();
    introduce(peer);
    std::string lost = peer.say(stranger, "lost");
    const std::string from = dim_id_text(stranger.id());
    for (size_t at; (at = lost.find(from)) != std::string::npos;)
        lost.replace(at, from.size(), dim_id_text(me.id()));
    line.send(lost);
    clock.advance(1);
    int found = 0;
    for (DimMessage *message : heard) {
        if (!dim_id_equal(dim_message_receiver(message), peer.id()))
            continue;
        found++;
        EXPECT_NE(dim_message_meta_json(message), nullptr);
        EXPECT_NE(dim_message_visa_json(message), nullptr);
    }
    EXPECT_EQ(found, 1);
}

TEST_F(OutgoingTest, TellsTheTimeOfItsVisaWithTalkAlone)
{
    open();
    introduce(peer);
    ASSERT_TRUE(send(peer, "hello"));
    clock.advance(1);
    ASSERT_EQ(talk_for(peer).size(), 1u);
    EXPECT_EQ(dim_message_document_time(talk_for(peer)[0]),
              dim_document_time(dim_user_visa(me.user)));
    for (DimMessage *message : heard) {
        if (message != talk_for(peer)[0]) {
            EXPECT_EQ(dim_message_document_time(message), 0);
        }
    }
}

TEST_F(OutgoingTest, AsksForAPersonOnceInTenMinutes)
{
    open();
    for (int i = 0; i < 5; i++)
        ASSERT_TRUE(send(peer, "hello?"));
    clock.advance(1);
    dim_session_ask(session, peer.id());
    clock.advance(590);
    dim_session_ask(session, peer.id());
    clock.advance(1);
    EXPECT_EQ(count_commands("meta"), 1);
    clock.advance(20);
    dim_session_ask(session, peer.id());
    clock.advance(1);
    EXPECT_EQ(count_commands("meta"), 2);
}

TEST_F(OutgoingTest, DoesNotAskForTheMetaThatItHas)
{
    open();
    introduce(peer);
    const int before = count_commands("documents") + count_commands("document");
    dim_session_ask(session, peer.id());
    clock.advance(1);
    EXPECT_EQ(count_commands("meta"), 0);
    EXPECT_EQ(count_commands("documents") + count_commands("document"), before + 1);
}

TEST_F(OutgoingTest, ParkedLinesLeaveInTheirOrder)
{
    std::vector<std::string> expected, found;

    open();
    for (int i = 0; i < 30; i++) {
        expected.push_back("line " + std::to_string(i));
        ASSERT_TRUE(send(peer, expected.back().c_str()));
    }
    introduce(peer);
    clock.advance(2);
    for (DimMessage *message : talk_for(peer)) {
        DimUnsealing how = { peer.id(), nullptr, dim_user_decrypt_keys(peer.user) };
        DimMessage *opened = dim_unseal(message, &how, nullptr, nullptr);

        ASSERT_NE(opened, nullptr);
        found.emplace_back(dim_content_text(dim_message_content(opened)));
        dim_message_unref(opened);
    }
    EXPECT_EQ(found, expected);
}

// RSA is dear: one wrapped copy serves all messages of a key.
TEST_F(OutgoingTest, WrapsATalkKeyOnce)
{
    open();
    introduce(peer);
    ASSERT_TRUE(send(peer, "one"));
    ASSERT_TRUE(send(peer, "two"));
    clock.advance(1);
    ASSERT_EQ(talk_for(peer).size(), 2u);
    std::vector<std::string> keys;
    for (DimMessage *message : talk_for(peer)) {
        char *text = dim_message_to_text(message);
        const char *wrapped = strstr(text, "\"key\":\"");

        ASSERT_NE(wrapped, nullptr);
        keys.emplace_back(wrapped, 100);
        g_free(text);
    }
    EXPECT_EQ(keys[0], keys[1]);
}
} // namespace
