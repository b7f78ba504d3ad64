// SPDX-License-Identifier: GPL-2.0-or-later
// Questions to the network's services: to whom they go, and which answers are told.
#include "message/services.h"

#include "session_case.hh"

namespace {

class AskingTest : public SessionTest {
  protected:
    void
    answer_with(const Person &from, const std::string &members)
    {
        DimContent *content = dim_content_parse(
            (R"({"type":136,"sn":77,"time":1700000000,)" + members + "}").c_str(), -1, nullptr);

        ASSERT_NE(content, nullptr);
        line.send(from.seal(me, content, true));
        dim_content_unref(content);
        clock.advance(1);
    }
    // "receiver command" of each question of this name that left.
    std::vector<std::string>
    asked(const char *name) const
    {
        std::vector<std::string> found;

        for (DimMessage *message : heard) {
            DimContent *content = dim_message_content(message);

            if (content != nullptr && g_strcmp0(dim_content_command(content), name) == 0)
                found.emplace_back(dim_id_text(dim_message_receiver(message)));
        }
        return found;
    }
};

using Words = std::vector<std::string>;

TEST_F(AskingTest, ASearchGoesToTheArchivistAndItsAnswerIsTold)
{
    const std::string users = std::string(R"("users":[")") + dim_id_text(peer.id()) + "\"]";

    open();
    ASSERT_TRUE(dim_session_search(session, "bob", nullptr));
    clock.advance(1);
    EXPECT_EQ(asked("search"), Words{ "archivist@anywhere" });
    answer_with(stranger, R"("command":"search",)" + users);
    EXPECT_TRUE(notices.empty());
    answer_with(station, R"("command":"search",)" + users);
    answer_with(station, R"("command":"search",)" + users);
    EXPECT_EQ(notices, Words{ std::string("1 found: ") + dim_id_text(peer.id()) });
}

// The archivist may be a program that never heard of me, and drops what it cannot verify.
TEST_F(AskingTest, AServiceCalledByItsNameIsToldWhoAsks)
{
    open();
    ASSERT_TRUE(dim_session_search(session, "bob", nullptr));
    ASSERT_TRUE(dim_session_mute(session, nullptr, nullptr));
    ASSERT_TRUE(dim_session_block(session, nullptr, nullptr));
    clock.advance(1);
    EXPECT_EQ(asked("mute").size() + asked("block").size(), 2u);
    EXPECT_EQ(introduced, (std::set<std::string>{ "handshake", "search" }));
}

TEST_F(AskingTest, AnAnswerThatComesTooLateIsNone)
{
    open();
    ASSERT_TRUE(dim_session_search(session, nullptr, nullptr));
    clock.advance(61);
    answer_with(station, R"("command":"users","users":[])");
    EXPECT_TRUE(notices.empty());
    EXPECT_EQ(asked("users"), Words{ "archivist@anywhere" });
}

TEST_F(AskingTest, AServiceThatIsKnownIsAddressedByItsId)
{
    Person archivist{ DIM_META_MKM, DIM_TYPE_BOT };

    open();
    introduce(archivist);
    ASSERT_TRUE(dim_session_find_name(session, "archivist", nullptr));
    clock.advance(1);
    answer_with(station, std::string(R"("command":"ans","records":{"archivist":")")
                             + dim_id_text(archivist.id()) + "\"}");
    EXPECT_EQ(notices, Words{ std::string("archivist is ") + dim_id_text(archivist.id()) });
    ASSERT_TRUE(dim_session_search(session, "bob", nullptr));
    clock.advance(1);
    EXPECT_TRUE(asked("search").empty()); // locked for the archivist
    EXPECT_TRUE(dim_id_equal(dim_message_receiver(heard.back()), archivist.id()));
}

// The station is asked who that is, and knows before any answer can come.
TEST_F(AskingTest, TheArchivistAnswersAndNoOtherBot)
{
    const std::string users = std::string(R"("users":[")") + dim_id_text(peer.id()) + "\"]";
    Person archivist{ DIM_META_MKM, DIM_TYPE_BOT }, liar{ DIM_META_MKM, DIM_TYPE_BOT };

    open();
    ASSERT_TRUE(dim_session_search(session, "bob", nullptr));
    ASSERT_TRUE(dim_session_search(session, "bob", nullptr));
    clock.advance(1);
    EXPECT_EQ(asked("ans"), Words{ "station@anywhere" }) << "once";
    answer_with(liar, R"("command":"search",)" + users);
    answer_with(station,
                std::string(R"("command":"ans","names":"archivist","records":{"archivist":")")
                    + dim_id_text(archivist.id()) + "\"}");
    answer_with(liar, R"("command":"search",)" + users);
    EXPECT_TRUE(notices.empty()) << "nor is told what nobody asked";
    answer_with(archivist, R"("command":"search",)" + users);
    EXPECT_EQ(notices, Words{ std::string("1 found: ") + dim_id_text(peer.id()) });
}

TEST_F(AskingTest, ListsGoToAllStationsAndToMine)
{
    GPtrArray *ids = g_ptr_array_new();

    g_ptr_array_add(ids, peer.id());
    open();
    ASSERT_TRUE(dim_session_block(session, ids, nullptr));
    ASSERT_TRUE(dim_session_mute(session, nullptr, nullptr));
    clock.advance(1);
    EXPECT_EQ(asked("block"), Words{ "stations@everywhere" });
    EXPECT_EQ(asked("mute"), Words{ "station@anywhere" });
    answer_with(station, R"("command":"mute","list":[])");
    EXPECT_EQ(notices, Words{ "The station's mute list: nobody" });
    g_ptr_array_unref(ids);
}

TEST_F(AskingTest, ABackupComesBackToAnEmptyList)
{
    open();
    befriend(peer);
    ASSERT_TRUE(dim_session_back_up(session, nullptr));
    clock.advance(1);
    ASSERT_EQ(asked("storage"), Words{ "archivist@anywhere" });
    DimContent *kept = dim_content_ref(dim_message_content(heard.back()));

    ASSERT_TRUE(dim_contacts_remove(dim_session_contacts(session), peer.id(), nullptr));
    ASSERT_TRUE(dim_session_restore(session, nullptr));
    clock.advance(1);
    line.send(station.seal(me, kept, true));
    dim_content_unref(kept);
    clock.advance(1);
    EXPECT_EQ(notices.size(), 1u);
    EXPECT_TRUE(dim_contacts_has(dim_session_contacts(session), peer.id()));
}

TEST_F(AskingTest, NobodyIsAskedWhileThereIsNoStation)
{
    GError *error = nullptr;

    welcomes = false;
    open();
    EXPECT_FALSE(dim_session_search(session, "bob", &error));
    EXPECT_TRUE(g_error_matches(error, DIM_ERROR, DIM_ERROR_OFFLINE));
    g_clear_error(&error);
    EXPECT_FALSE(dim_session_restore(session, nullptr));
    EXPECT_TRUE(asked("search").empty());
}

} // namespace
