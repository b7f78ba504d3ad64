// SPDX-License-Identifier: GPL-2.0-or-later
// The way down: what is attached, asked, parked, and told of the visa.
#include <algorithm>

#include "storage/sqlite.h"

#include "session_case.hh"

namespace {
class OutgoingTest : public SessionTest {
  protected:
    int words = 0; // that a key has not come

    void
    SetUp() override
    {
        SessionTest::SetUp();
        events.message_state = [](DimSession *, const DimId *, guint64, DimDelivery state,
                                  const GError *error, gpointer self) {
            auto *test = static_cast<OutgoingTest *>(static_cast<SessionTest *>(self));

            test->deliveries.push_back(state);
            test->words += g_error_matches(error, DIM_ERROR, DIM_ERROR_UNKNOWN_PERSON);
        };
    }
    // Lines that wait for the peer's key, and the key while they still do.
    void
    park(int count)
    {
        for (const std::string &text : numbers(count))
            ASSERT_TRUE(send(peer, text.c_str()));
        clock.advance(1);
        learn_slowly();
    }
    // The host is slow to take note of the visa: what waits for it is left for later turns.
    void
    learn_slowly()
    {
        events.document_changed = [](DimSession *, const DimDocument *, gpointer self) {
            static_cast<SessionTest *>(self)->clock.toil(0.02);
        };
        OWNED(DimContent)
        visa(dim_document_command_new(peer.id(), dim_user_meta(peer.user),
                                      dim_user_visa(peer.user)));
        line.send(station.seal(me, visa.get(), true));
        for (int i = 0; i < 50 && !is_known(); i++) {
            support::settle();
            clock.step();
        }
        ASSERT_TRUE(is_known());
    }
    // So that the parked lines do not leave in one turn.
    void
    slow_down_the_disk()
    {
        sqlite3_trace_v2(
            me.store->db, SQLITE_TRACE_STMT,
            [](unsigned, void *self, void *, void *) {
                static_cast<OutgoingTest *>(self)->clock.toil(0.005);
                return 0;
            },
            this);
    }
    bool
    is_known() const
    {
        return dim_book_document(dim_session_book(session), peer.id()) != nullptr;
    }
    // What he reads of what I said.
    std::vector<std::string>
    opened_by_peer() const
    {
        std::vector<std::string> found;

        for (DimMessage *message : talk_for(peer)) {
            const auto opened = peer.open(message);

            found.emplace_back(opened ? dim_content_text(dim_message_content(opened.get()))
                                      : "?");
        }
        return found;
    }
};

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
        dim_session_ask(session, peer.id());
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
    open();
    for (const std::string &text : numbers(30))
        ASSERT_TRUE(send(peer, text.c_str()));
    introduce(peer);
    clock.advance(2);
    EXPECT_EQ(opened_by_peer(), numbers(30));
}

// Gone between the turn that kept the key and those that seal: the next login asks for no key that it has.
TEST_F(OutgoingTest, ParkedLinesWhoseKeyIsKnownLeaveAfterTheNextLogin)
{
    open();
    park(5);
    close();
    ASSERT_LT(talk_for(peer).size(), 5u);
    open();
    clock.advance(10);
    EXPECT_EQ(opened_by_peer(), numbers(5));
}

TEST_F(OutgoingTest, NoLineOvertakesThoseThatWaitWithTheirKeyKnown)
{
    open();
    park(5);
    ASSERT_TRUE(send(peer, "5"));
    close();
    open();
    ASSERT_TRUE(send(peer, "6"));
    clock.advance(10);
    EXPECT_EQ(opened_by_peer(), numbers(7));
}

// Neither a turn after the other nor a word for each of them, as long as the disk is full.
TEST_F(OutgoingTest, AFullDiskPutsParkedLinesOff)
{
    static bool full;

    open();
    park(5);
    full = true;
    sqlite3_commit_hook(
        me.store->db, [](void *) { return full ? 1 : 0; }, nullptr);
    slow_down_the_disk();
    clock.advance(10);
    EXPECT_LE(notices.size(), 2u);
    EXPECT_EQ(words, 0) << "the key is not what is missing";
    full = false;
    clock.advance(40); // the next time that somebody looks
    EXPECT_EQ(opened_by_peer(), numbers(5));
    sqlite3_commit_hook(me.store->db, nullptr, nullptr);
    sqlite3_trace_v2(me.store->db, 0, nullptr, nullptr);
}

// Whoever is told that a line failed writes it once more.
TEST_F(OutgoingTest, ALineThatTheDiskPutsOffIsNotToldAsFailed)
{
    open();
    for (const std::string &text : numbers(5))
        ASSERT_TRUE(send(peer, text.c_str()));
    clock.advance(1);
    deliveries.clear();
    sqlite3_set_authorizer(
        me.store->db,
        [](void *, int what, const char *table, const char *, const char *, const char *) {
            return what == SQLITE_INSERT && g_strcmp0(table, "outbox") == 0 ? SQLITE_DENY
                                                                            : SQLITE_OK;
        },
        nullptr);
    introduce(peer);
    EXPECT_FALSE(notices.empty()) << "it is told what is wrong";
    sqlite3_set_authorizer(me.store->db, nullptr, nullptr);
    introduce(peer); // the station has no OK for it
    clock.advance(40);
    EXPECT_EQ(opened_by_peer(), numbers(5));
    EXPECT_EQ(std::count(deliveries.begin(), deliveries.end(), DIM_DELIVERY_FAILED), 0);
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
