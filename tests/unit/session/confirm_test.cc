// SPDX-License-Identifier: GPL-2.0-or-later
// What became of what left: bounds, receipts, giving up, and the same bytes again.
#include <algorithm>

#include "people/outbox.h"
#include "storage/sqlite.h"

#include "session_case.hh"

extern "C" {
#include "session/inner.h"
}

namespace {
class ConfirmTest : public SessionTest {
  protected:
    // The first words of what came for the peer, in the order in which it came, each message once.
    std::vector<std::string>
    heard_of() const
    {
        std::vector<std::string> found;
        std::set<std::string> known;

        for (DimMessage *message : talk_for(peer)) {
            if (known.insert(dim_message_signature_text(message)).second)
                found.push_back(first_word(message));
        }
        return found;
    }
    std::string
    first_word(DimMessage *message) const
    {
        const auto opened = peer.open(message);
        const std::string text =
            opened ? dim_content_text(dim_message_content(opened.get())) : "?";

        return text.substr(0, text.find(' '));
    }
    void
    say(int count, size_t size)
    {
        for (const std::string &number : numbers(count))
            ASSERT_TRUE(send(peer, (number + " " + std::string(size, 'x')).c_str()));
    }
};

TEST_F(ConfirmTest, OnlyTheStationAndTheReceiverConfirm)
{
    open();
    introduce(peer);
    ASSERT_TRUE(send(peer, "hello"));
    clock.advance(1);
    ASSERT_EQ(talk_for(peer).size(), 1u);
    DimMessage *sent = talk_for(peer)[0];

    deliveries.clear();
    receipt(stranger, "Message received.", sent);
    EXPECT_TRUE(deliveries.empty());
    receipt(station, "Message delivered.", sent);
    EXPECT_EQ(deliveries, std::vector<DimDelivery>{ DIM_DELIVERY_KEPT });
    receipt(peer, "Message received.", sent);
    receipt(station, "Message cached.", sent); // never a step back
    EXPECT_EQ(deliveries,
              (std::vector<DimDelivery>{ DIM_DELIVERY_KEPT, DIM_DELIVERY_DELIVERED }));
    EXPECT_EQ(dim_session_pending(session), 0u);
}

// A receipt that names no signature: the serial number is known to the receiver alone.
TEST_F(ConfirmTest, ASerialNumberConfirmsForTheReceiverOnly)
{
    open();
    introduce(peer);
    DimContent *content = dim_content_new_text("hello");
    ASSERT_TRUE(dim_session_send(session, peer.id(), content, nullptr));
    clock.advance(1);
    ASSERT_EQ(talk_for(peer).size(), 1u);
    DimMessage *unsigned_copy = dim_message_new(me.id(), peer.id(), nullptr, content);

    deliveries.clear();
    receipt(stranger, "Message received.", unsigned_copy);
    receipt(station, "Message delivered.", unsigned_copy);
    EXPECT_TRUE(deliveries.empty());
    receipt(peer, "Message received.", unsigned_copy);
    EXPECT_EQ(deliveries, std::vector<DimDelivery>{ DIM_DELIVERY_DELIVERED });
    EXPECT_EQ(dim_session_pending(session), 0u);
    receipt(peer, "Message received.", unsigned_copy); // late, once more
    EXPECT_EQ(deliveries.size(), 1u);
    dim_message_unref(unsigned_copy);
    dim_content_unref(content);
}

TEST_F(ConfirmTest, SendsTheSameBytesAgainUntilConfirmed)
{
    open();
    introduce(peer);
    ASSERT_TRUE(send(peer, "hello"));
    clock.advance(61);
    EXPECT_EQ(deliveries.back(), DIM_DELIVERY_UNCONFIRMED);
    clock.advance(20);
    ASSERT_EQ(talk_for(peer).size(), 2u);
    EXPECT_STREQ(dim_message_signature_text(talk_for(peer)[0]),
                 dim_message_signature_text(talk_for(peer)[1]));
    clock.advance(1000);
    EXPECT_EQ(talk_for(peer).size(), 4u); // and no more
}

TEST_F(ConfirmTest, GivesTheGateTwoHundredAndFiftySixAtOnce)
{
    open();
    introduce(peer);
    line.acknowledges = false;
    for (int i = 0; i < 300; i++)
        ASSERT_TRUE(send(peer, "hello"));
    clock.advance(1);
    EXPECT_EQ(talk_for(peer).size(), 256u);
    line.acknowledges = true;
    for (const Packet &packet : line.of_type(DIM_PACKET_MESSAGE))
        line.acknowledge(packet);
    clock.advance(1);
    EXPECT_EQ(talk_for(peer).size(), 300u);
    EXPECT_EQ(dim_session_pending(session), 300u) << "until a receipt comes";
}

// Those that the gate had are not waited for any more when its line has fallen.
TEST_F(ConfirmTest, AllThatTheGateTookGoesAgainOnTheNextLine)
{
    open();
    introduce(peer);
    line.acknowledges = false;
    for (int i = 0; i < 256; i++)
        ASSERT_TRUE(send(peer, "hello"));
    clock.advance(1);
    ASSERT_EQ(talk_for(peer).size(), 256u);
    line.acknowledges = true;
    line.hang_up();
    clock.advance(20);
    ASSERT_EQ(dim_session_state(session), DIM_STATE_ONLINE);
    EXPECT_EQ(talk_for(peer).size(), 512u);
    ASSERT_TRUE(send(peer, "one more"));
    clock.advance(1);
    EXPECT_EQ(talk_for(peer).size(), 513u);
}

// What goes out again needs no word of it on the disk: an acknowledgement is no receipt.
TEST_F(ConfirmTest, AnAcknowledgementWritesNothing)
{
    static int commits;

    open();
    introduce(peer);
    ASSERT_TRUE(send(peer, "hello"));
    commits = 0;
    sqlite3_commit_hook(
        me.store->db, [](void *) { return 0 * ++commits; }, nullptr);
    clock.advance(1);
    EXPECT_EQ(deliveries.back(), DIM_DELIVERY_SENT);
    EXPECT_EQ(commits, 0);
    sqlite3_commit_hook(me.store->db, nullptr, nullptr);
}

TEST_F(ConfirmTest, WhatWasNotConfirmedGoesAgainOnTheNextLine)
{
    open();
    introduce(peer);
    ASSERT_TRUE(send(peer, "one"));
    ASSERT_TRUE(send(peer, "two"));
    clock.advance(1);
    ASSERT_EQ(talk_for(peer).size(), 2u);
    receipt(station, "Message delivered.", talk_for(peer)[0]);
    close();
    open();
    clock.advance(1);
    ASSERT_EQ(talk_for(peer).size(), 3u) << "only what has no receipt";
    EXPECT_STREQ(dim_message_signature_text(talk_for(peer)[1]),
                 dim_message_signature_text(talk_for(peer)[2]));
    receipt(station, "Message delivered.", talk_for(peer)[2]);
    EXPECT_EQ(dim_session_pending(session), 0u);
}

TEST_F(ConfirmTest, SaysThatTheReceiverBlocksMe)
{
    static std::vector<std::string> words;

    words.clear();
    events.message_state = [](DimSession *, const DimId *, guint64, DimDelivery state,
                              const GError *error, gpointer self) {
        static_cast<SessionTest *>(self)->deliveries.push_back(state);
        if (error != nullptr)
            words.emplace_back(error->message);
    };
    open();
    introduce(peer);
    ASSERT_TRUE(send(peer, "hello"));
    clock.advance(1);
    receipt(station, "Message is blocked!", talk_for(peer)[0]);
    EXPECT_EQ(deliveries.back(), DIM_DELIVERY_FAILED);
    EXPECT_EQ(words, std::vector<std::string>{ "Message is blocked!" });
    EXPECT_EQ(dim_session_pending(session), 0u);
}

TEST_F(ConfirmTest, GivesUpWhatTheStationNeverAcknowledges)
{
    open();
    introduce(peer);
    line.acknowledges = false;
    ASSERT_TRUE(send(peer, "hello"));
    clock.advance(1000);
    EXPECT_EQ(deliveries, std::vector<DimDelivery>{ DIM_DELIVERY_FAILED });
    EXPECT_EQ(dim_session_pending(session), 0u);
    EXPECT_EQ(dim_session_state(session), DIM_STATE_ONLINE);
}

TEST_F(ConfirmTest, AReceiptEndsTheSendingAgain)
{
    open();
    introduce(peer);
    ASSERT_TRUE(send(peer, "hello"));
    clock.advance(50);
    receipt(peer, "Message received.", talk_for(peer)[0]);
    clock.advance(1000);
    EXPECT_EQ(talk_for(peer).size(), 1u);
    EXPECT_EQ(deliveries,
              (std::vector<DimDelivery>{ DIM_DELIVERY_SENT, DIM_DELIVERY_DELIVERED }));
}

// A tail too short to name one message names none.
TEST_F(ConfirmTest, AShortPieceOfASignatureNamesNothing)
{
    open();
    introduce(peer);
    ASSERT_TRUE(send(peer, "hello"));
    clock.advance(1);
    const std::string whole = dim_message_signature_text(talk_for(peer)[0]);
    deliveries.clear();
    for (size_t length : { size_t{ 1 }, size_t{ 15 }, size_t{ 16 } }) {
        const std::string json = "{\"type\":136,\"sn\":1,\"command\":\"receipt\",\"text\":"
                                 "\"Message received.\",\"origin\":{\"signature\":\""
                                 + whole.substr(whole.size() - length) + "\"}}";
        DimContent *content = dim_content_parse(json.c_str(), -1, nullptr);

        ASSERT_NE(content, nullptr);
        line.send(peer.seal(me, content, true));
        clock.advance(1);
        dim_content_unref(content);
        EXPECT_EQ(deliveries.size(), length < 16 ? 0u : 1u) << length;
    }
}

// Beyond 8 MiB a line is busy: what it does not take waits for its turn, not for the next login.
TEST_F(ConfirmTest, WhatTheGateHasNoRoomForLeavesLaterInItsOrder)
{
    open();
    introduce(peer);
    say(10, 900000);
    EXPECT_TRUE(heard_of().empty());
    clock.advance(5);
    EXPECT_EQ(heard_of(), numbers(10));
    EXPECT_EQ(std::count(deliveries.begin(), deliveries.end(), DIM_DELIVERY_SENT), 10);
}

TEST_F(ConfirmTest, AnOutboxBeyondTheRoomOfTheGateLeavesAfterTheLogin)
{
    open();
    introduce(peer);
    welcomes = false;
    line.hang_up();
    clock.advance(1);
    say(100, 100000);
    EXPECT_TRUE(heard_of().empty());
    welcomes = true;
    clock.advance(60);
    ASSERT_EQ(dim_session_state(session), DIM_STATE_ONLINE);
    EXPECT_EQ(heard_of(), numbers(100));
}

// A turn of many lines lasts over several iterations of the loop, and acknowledgements come in between.
TEST_F(ConfirmTest, NothingLeavesBeforeTheTurnThatKeepsItIsCommitted)
{
    open();
    introduce(peer);
    ASSERT_TRUE(send(peer, "kept"));
    dim_turn_touch(session);
    OWNED(DimContent) content(dim_content_new_text("not yet kept"));
    OWNED(DimMessage)
    sealed(dim_message_parse(me.seal(peer, content.get(), false).c_str(), -1, nullptr));
    guint64 tag = 0;
    ASSERT_TRUE(dim_outbox_put(
        session->outbox, peer.id(), 1, dim_message_signature_text(sealed.get()),
        support::Text(dim_message_to_text(sealed.get())).get(), 1, &tag, nullptr));
    dim_confirm_add(session, tag);
    dim_confirm_pump(session);
    EXPECT_EQ(g_hash_table_size(session->in_flight), 1u);
    clock.advance(1);
    EXPECT_EQ(g_hash_table_size(session->in_flight), 2u);
    EXPECT_EQ(talk_for(peer).size(), 2u);
}

TEST_F(ConfirmTest, AnAcknowledgementMakesRoomAtOnce)
{
    open();
    introduce(peer);
    say(10, 900000);
    clock.advance(0.5);
    EXPECT_EQ(heard_of(), numbers(10));
}

// The station reads and says OK to nothing: what is written makes room too.
TEST_F(ConfirmTest, GoesOnWhenTheLineIsWrittenThoughNothingIsAcknowledged)
{
    open();
    introduce(peer);
    line.acknowledges = false;
    say(10, 900000);
    clock.advance(5);
    EXPECT_EQ(heard_of(), numbers(10));
}

// 32 MiB may be on their way; what is given up there after three tries makes room like what is acknowledged.
TEST_F(ConfirmTest, WhatIsGivenUpMakesRoomAtOnce)
{
    open();
    introduce(peer);
    line.acknowledges = false;
    clock.advance(0.5); // not in step with what else looks each second
    say(40, 900000);
    clock.advance(5);
    const size_t before = heard_of().size();
    ASSERT_GT(before, 10u);
    ASSERT_LT(before, 40u);
    for (int i = 0; i < 10000 && deliveries.empty(); i++)
        clock.advance(0.05);
    ASSERT_FALSE(deliveries.empty());
    ASSERT_EQ(deliveries[0], DIM_DELIVERY_FAILED);
    clock.advance(0.05);
    EXPECT_GT(heard_of().size(), before);
}

// A row that another version wrote, or that was damaged.
TEST_F(ConfirmTest, WhatNoLineCanTakeDoesNotHoldUpTheRest)
{
    OWNED(DimOutbox) outbox(dim_outbox_new(me.store));
    const std::string huge(DIM_FRAME_MAX_BODY + 1, 'x');
    guint64 tag = 0;

    ASSERT_TRUE(dim_outbox_put(outbox.get(), peer.id(), 1, "a signature like others",
                               huge.c_str(), clock.now(), &tag, nullptr));
    open();
    introduce(peer);
    say(2, 10);
    clock.advance(5);
    EXPECT_EQ(heard_of(), numbers(2));
    EXPECT_EQ(std::count(deliveries.begin(), deliveries.end(), DIM_DELIVERY_FAILED), 1);
    EXPECT_EQ(dim_session_pending(session), 2u);
}
} // namespace
