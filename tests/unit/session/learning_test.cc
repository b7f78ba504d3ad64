// SPDX-License-Identifier: GPL-2.0-or-later
// What a session learns of others, by which way ever, and what goes on because of it.
#include <algorithm>

#include "base/json.h"

#include "session_case.hh"

namespace {

class LearningTest : public SessionTest {
  protected:
    std::vector<std::pair<std::string, double>> presences; // who, how long ago

    void
    SetUp() override
    {
        SessionTest::SetUp();
        events.presence = [](DimSession *, const DimId *who, double when, gpointer data) {
            auto *self = static_cast<LearningTest *>(static_cast<SessionTest *>(data));

            self->presences.emplace_back(dim_id_text(who), self->clock.now() - when);
        };
    }

    // A login that this person has signed for all; `of` is whom it names.
    std::string
    login(const Person &signer, const Person &of, double ago)
    {
        JsonObject *object = json_object_new();

        json_object_set_string_member(object, "command", "login");
        json_object_set_string_member(object, "did", dim_id_text(of.id()));
        json_object_set_double_member(object, "time", clock.now() - ago);
        DimContent *content = dim_content_new_take(DIM_CONTENT_COMMAND, object);
        DimMessage *instant = dim_message_new(signer.id(), dim_id_everyone(), nullptr, content);
        DimSealing how = {};

        how.signer = dim_user_signer(signer.user);
        DimMessage *sealed = dim_seal(instant, &how, nullptr);
        const support::Text text(dim_message_to_text(sealed));

        dim_message_unref(sealed);
        dim_message_unref(instant);
        dim_content_unref(content);
        return text.get();
    }
    static std::string
    written(JsonObject *object)
    {
        const support::Text text(dim_json_write(object));

        json_object_unref(object);
        return text.get();
    }
    // The station answers with one array, as the 2.1.1 one does: the documents, and where he is.
    void
    answer_about(const Person &who, const std::string &secret)
    {
        const std::string text =
            R"({"contents":[{"type":"136","sn":1,"command":"documents","did":")"
            + std::string(dim_id_text(who.id())) + R"(","meta":)"
            + written(dim_meta_to_json(dim_user_meta(who.user))) + R"(,"documents":[)"
            + written(dim_document_to_json(dim_user_visa(who.user)))
            + R"(]},{"type":"255","sn":2,"secrets":[)" + secret + "]}]}";
        DimContent *content =
            dim_content_new_take(DIM_CONTENT_ARRAY, dim_json_parse(text.c_str(), -1, nullptr));

        line.send(station.seal(me, content, true));
        dim_content_unref(content);
        clock.advance(1);
    }
};

// What comes with his own message is as good as the station's answer.
TEST_F(LearningTest, WhatWaitsForAKeyGoesOnWhenItsOwnerWrites)
{
    open();
    ASSERT_TRUE(send(peer, "hello"));
    line.send(peer.say(me, "first", false));
    clock.advance(1);
    EXPECT_TRUE(talk_for(peer).empty());
    EXPECT_TRUE(shown.empty());
    line.send(peer.say(me, "second"));
    clock.advance(1);
    std::sort(shown.begin(), shown.end());
    EXPECT_EQ(shown, (std::vector<std::string>{ "first", "second" }));
    EXPECT_EQ(talk_for(peer).size(), 1u);
}

// A meta for signing only locks nothing: what waits goes on waiting, until the visa is there.
TEST_F(LearningTest, WhatWaitsForAKeyIsNotLostWhenTheMetaComesAlone)
{
    open();
    ASSERT_TRUE(send(peer, "hello"));
    clock.advance(1);
    DimContent *meta = dim_meta_command_new(peer.id(), dim_user_meta(peer.user));
    line.send(station.seal(me, meta, true));
    dim_content_unref(meta);
    clock.advance(1);
    EXPECT_TRUE(talk_for(peer).empty());
    EXPECT_EQ(deliveries.back(), DIM_DELIVERY_QUEUED);
    introduce(peer);
    EXPECT_EQ(talk_for(peer).size(), 1u);
}

// Who is unknown today may come to the station later, and the station tells nobody by itself.
TEST_F(LearningTest, TheStationIsAskedAgainNowAndThenWhileALineWaitsToBeRead)
{
    open();
    line.send(peer.say(me, "hello", false));
    clock.advance(1);
    const int first = count_commands("meta");
    EXPECT_EQ(first, 1);
    clock.advance(540);
    EXPECT_EQ(count_commands("meta"), first);
    clock.advance(400);
    EXPECT_EQ(count_commands("meta"), first + 1);
    introduce(peer);
    clock.advance(2);
    EXPECT_EQ(shown.size(), 1u);
    clock.advance(2000);
    EXPECT_EQ(count_commands("meta"), first + 1);
}

TEST_F(LearningTest, ANewStationsAnswerBringsDocumentsAndWhereHeIs)
{
    open();
    ASSERT_TRUE(send(peer, "hello"));
    clock.advance(1);
    EXPECT_TRUE(talk_for(peer).empty());
    answer_about(peer, login(peer, peer, 100));
    EXPECT_EQ(talk_for(peer).size(), 1u);
    ASSERT_EQ(presences.size(), 1u);
    EXPECT_EQ(presences[0].first, dim_id_text(peer.id()));
    EXPECT_NEAR(presences[0].second, 100, 5);
}

TEST_F(LearningTest, AForwardedLoginMustBeHisOwnAndNewer)
{
    open();
    introduce(stranger);
    answer_about(peer, login(peer, peer, 100));
    ASSERT_EQ(presences.size(), 1u);
    answer_about(peer, login(peer, peer, 200));
    answer_about(peer, login(stranger, peer, 10));
    std::string forged = login(stranger, peer, 10);
    const std::string name = dim_id_text(stranger.id());
    forged.replace(forged.find(name), name.size(), dim_id_text(peer.id()));
    answer_about(peer, forged);
    EXPECT_EQ(presences.size(), 1u);
    answer_about(peer, login(peer, peer, 50));
    EXPECT_EQ(presences.size(), 2u);
    double when = 0;
    const support::Text kept(dim_book_login(dim_session_book(session), peer.id(), &when));
    ASSERT_NE(kept, nullptr);
    EXPECT_NEAR(clock.now() - when, 50, 10);
}

} // namespace
