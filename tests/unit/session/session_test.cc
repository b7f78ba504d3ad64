// SPDX-License-Identifier: GPL-2.0-or-later
// A session against a scripted station on a loopback: who is let in, what is shown, what is kept.
#include <gtest/gtest.h>

extern "C" {
#include "base/errors.h"
#include "message/commands.h"
#include "message/seal.h"
#include "session/session.h"
}

#include "tests/support/autoptr.hh"
#include "tests/support/fake_clock.hh"
#include "tests/support/fake_station.hh"

namespace {
using support::FakeClock;
using support::FakeStation;
using support::Packet;

struct Person {
    DimStore *store = dim_store_open_memory();
    DimUser *user = nullptr;

    explicit Person(DimMetaKind kind = DIM_META_ETH, guint8 network = 0)
    {
        DimRegisterOptions options = {};

        options.kind = kind;
        options.identity_key = DIM_KEY_ECC;
        options.visa_bits = 1024;
        options.network = network;
        options.seed = kind == DIM_META_MKM ? "station" : nullptr;
        options.nickname = "somebody";
        user = dim_user_register(store, &options, nullptr);
    }
    Person(const Person &) = delete;
    Person &operator=(const Person &) = delete;
    ~Person()
    {
        dim_user_unref(user);
        dim_store_unref(store);
    }

    DimId *
    id() const
    {
        return dim_user_id(user);
    }

    // What this person would put on the wire.
    std::string
    seal(const Person &to,
         DimContent *content,
         bool attach,
         const Person *forger = nullptr) const
    {
        DimSealing how = {};
        DimCipherKey *talk = dim_cipher_key_new();
        GPtrArray *keys = g_ptr_array_new();
        DimMessage *instant = dim_message_new(id(), to.id(), nullptr, content);

        g_ptr_array_add(keys, dim_document_key(dim_user_visa(to.user)));
        how.signer = dim_user_signer(forger != nullptr ? forger->user : user);
        how.talk = talk;
        how.wrapped = dim_seal_wrap(talk, to.id(), keys, nullptr, nullptr);
        how.meta = attach ? dim_meta_to_json(dim_user_meta(user)) : nullptr;
        how.visa = attach ? dim_document_to_json(dim_user_visa(user)) : nullptr;
        DimMessage *sealed = dim_seal(instant, &how, nullptr);
        char *text = dim_message_to_text(sealed);
        std::string result = text;

        g_free(text);
        dim_message_unref(sealed);
        dim_message_unref(instant);
        g_ptr_array_unref(how.wrapped);
        g_ptr_array_unref(keys);
        g_clear_pointer(&how.meta, json_object_unref);
        g_clear_pointer(&how.visa, json_object_unref);
        dim_cipher_key_unref(talk);
        return result;
    }

    std::string
    say(const Person &to,
        const char *text,
        bool attach = true,
        const Person *forger = nullptr) const
    {
        DimContent *content = dim_content_new_text(text);
        std::string result = seal(to, content, attach, forger);

        dim_content_unref(content);
        return result;
    }
};

class SessionTest : public ::testing::Test {
  protected:
    FakeClock clock;
    FakeStation line;
    Person me, peer, stranger;
    Person station{ DIM_META_MKM, DIM_TYPE_STATION };
    DimStation *address = dim_station_new("station.example", 9394);
    DimEvents events = {};
    DimSession *session = nullptr;
    std::vector<std::string> shown;
    std::vector<DimDelivery> deliveries;
    std::vector<std::string> failures;
    std::vector<DimMessage *> heard; // by the station, opened where it can
    std::string key = std::string(64, 'a');
    bool welcomes = true;

    void
    SetUp() override
    {
        clock.sleep(static_cast<double>(g_get_real_time()) / G_USEC_PER_SEC
                    - clock.now()); // visas are of today
        events.received = [](DimSession *, const DimMessage *, const char *text,
                             gpointer self) {
            static_cast<SessionTest *>(self)->shown.emplace_back(text);
        };
        events.message_state = [](DimSession *, const DimId *, guint64, DimDelivery state,
                                  const GError *, gpointer self) {
            static_cast<SessionTest *>(self)->deliveries.push_back(state);
        };
        events.failed = [](DimSession *, const GError *error, gpointer self) {
            static_cast<SessionTest *>(self)->failures.emplace_back(error->message);
        };
        line.on_packet = [this](const Packet &packet) { answer(packet); };
    }
    void
    TearDown() override
    {
        close();
        for (DimMessage *message : heard)
            dim_message_unref(message);
        dim_station_unref(address);
    }

    void
    open()
    {
        DimSessionOptions options = {};

        options.user = me.user;
        options.station = address;
        options.store = me.store;
        options.dial = line.dial.get();
        options.clock = clock.get();
        options.events = &events;
        options.events_data = this;
        session = dim_session_new(&options);
        dim_session_open(session);
        clock.advance(1);
    }
    void
    close()
    {
        if (session != nullptr)
            dim_session_unref(session);
        session = nullptr;
        support::settle();
    }

    void
    shake(DimHandshakeStep step, const std::string &session_key, const Person &from)
    {
        DimContent *content = dim_handshake_new(step, session_key.c_str());

        line.send(from.seal(me, content, true));
        dim_content_unref(content);
    }

    void
    answer(const Packet &packet)
    {
        if (packet.type != DIM_PACKET_MESSAGE)
            return;
        DimMessage *message = dim_message_parse(packet.body.c_str(), -1, nullptr);
        DimUnsealing how = { station.id(), nullptr, dim_user_decrypt_keys(station.user) };
        DimMessage *opened =
            message != nullptr ? dim_unseal(message, &how, nullptr, nullptr) : nullptr;

        ASSERT_NE(message, nullptr);
        if (opened != nullptr) {
            const char *command = dim_content_command(dim_message_content(opened));

            if (g_strcmp0(command, "handshake") == 0)
                greet(dim_handshake_step(dim_message_content(opened)));
            dim_message_unref(message);
            message = opened;
        }
        heard.push_back(message);
    }
    void
    greet(DimHandshakeStep step)
    {
        if (step == DIM_HANDSHAKE_START)
            shake(DIM_HANDSHAKE_AGAIN, key, station);
        else if (welcomes)
            shake(DIM_HANDSHAKE_SUCCESS, key, station);
    }

    int
    count_commands(const char *name) const
    {
        int count = 0;

        for (DimMessage *message : heard) {
            DimContent *content = dim_message_content(message);

            count += content != nullptr && g_strcmp0(dim_content_command(content), name) == 0;
        }
        return count;
    }
    // Sealed messages for this person that the station was given.
    std::vector<DimMessage *>
    talk_for(const Person &who) const
    {
        std::vector<DimMessage *> found;

        for (DimMessage *message : heard) {
            if (dim_id_equal(dim_message_receiver(message), who.id())
                && dim_message_type(message) == DIM_CONTENT_TEXT)
                found.push_back(message);
        }
        return found;
    }
    bool
    send(const Person &to, const char *text)
    {
        DimContent *content = dim_content_new_text(text);
        gboolean good = dim_session_send(session, to.id(), content, nullptr);

        dim_content_unref(content);
        return good;
    }
    void
    introduce(const Person &who)
    {
        DimContent *content = dim_document_command_new(who.id(), dim_user_meta(who.user),
                                                       dim_user_visa(who.user));

        line.send(station.seal(me, content, true));
        dim_content_unref(content);
        clock.advance(1);
    }
    void
    receipt(const Person &from, const char *text, const DimMessage *about)
    {
        DimContent *content = dim_receipt_new(text, about);

        line.send(from.seal(me, content, true));
        dim_content_unref(content);
        clock.advance(1);
    }
};

TEST_F(SessionTest, LogsInAndAnnouncesItself)
{
    open();
    EXPECT_EQ(dim_session_state(session), DIM_STATE_ONLINE);
    EXPECT_EQ(count_commands("handshake"), 2);
    EXPECT_EQ(count_commands("login"), 1);
    EXPECT_EQ(count_commands("document"), 1);
    clock.advance(301);
    EXPECT_EQ(count_commands("login"), 2);
}

TEST_F(SessionTest, IsNotLetInByTheKeyOfAnotherSession)
{
    welcomes = false;
    open();
    shake(DIM_HANDSHAKE_SUCCESS, std::string(64, 'b'), station);
    clock.advance(1);
    EXPECT_NE(dim_session_state(session), DIM_STATE_ONLINE);
    shake(DIM_HANDSHAKE_SUCCESS, key, station);
    clock.advance(1);
    EXPECT_EQ(dim_session_state(session), DIM_STATE_ONLINE);
}

TEST_F(SessionTest, IsNotLetInByAPerson)
{
    welcomes = false;
    open();
    shake(DIM_HANDSHAKE_SUCCESS, key, stranger);
    clock.advance(1);
    EXPECT_NE(dim_session_state(session), DIM_STATE_ONLINE);
}

// Anybody can make himself an ID of a station's kind.
TEST_F(SessionTest, AStrangerWhoCallsHimselfAStationDoesNotThrowItOut)
{
    Person other(DIM_META_MKM, DIM_TYPE_STATION);

    open();
    shake(DIM_HANDSHAKE_AGAIN, key, other);
    shake(DIM_HANDSHAKE_SUCCESS, key, other);
    clock.advance(1);
    EXPECT_EQ(dim_session_state(session), DIM_STATE_ONLINE);
    EXPECT_TRUE(failures.empty());
    EXPECT_EQ(count_commands("handshake"), 2);
    // Ours may ask again at any time.
    key = std::string(64, 'c');
    shake(DIM_HANDSHAKE_AGAIN, key, station);
    clock.advance(1);
    EXPECT_EQ(dim_session_state(session), DIM_STATE_ONLINE);
    EXPECT_EQ(count_commands("handshake"), 3);
}

TEST_F(SessionTest, RefusesAnotherStationAtAKnownAddress)
{
    Person other(DIM_META_MKM, DIM_TYPE_STATION);

    ASSERT_TRUE(dim_station_pin(address, me.store, other.id(), nullptr));
    open();
    EXPECT_EQ(dim_session_state(session), DIM_STATE_ERROR);
    ASSERT_EQ(failures.size(), 1u);
    EXPECT_NE(failures[0].find(dim_id_text(other.id())), std::string::npos);
}

TEST_F(SessionTest, GivesUpOnAStationThatSaysNothing)
{
    line.on_packet = nullptr;
    open();
    clock.advance(60);
    EXPECT_EQ(dim_session_state(session), DIM_STATE_ERROR);
    ASSERT_FALSE(failures.empty());
    EXPECT_NE(failures[0].find("not as a DIM station"), std::string::npos);
}

TEST_F(SessionTest, ShowsAMessageOnceAlsoAfterARestart)
{
    const std::string text = peer.say(me, "once");

    open();
    for (int i = 0; i < 1000; i++)
        line.send(text);
    clock.advance(2);
    close();
    open();
    line.send(text);
    clock.advance(2);
    EXPECT_EQ(shown, std::vector<std::string>{ "once" });
}

TEST_F(SessionTest, NeverShowsAForgedMessage)
{
    open();
    line.send(peer.say(me, "forged", true, &stranger));
    clock.advance(2);
    EXPECT_TRUE(shown.empty());
    line.send(peer.say(me, "true"));
    clock.advance(2);
    EXPECT_EQ(shown, std::vector<std::string>{ "true" });
}

TEST_F(SessionTest, AForgedCopyDoesNotHideTheTrueMessage)
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

TEST_F(SessionTest, ShowsWhatWaitedForItsSendersMeta)
{
    open();
    line.send(peer.say(me, "who am I?", false));
    clock.advance(2);
    EXPECT_TRUE(shown.empty());
    EXPECT_EQ(count_commands("meta"), 1);
    introduce(peer);
    EXPECT_EQ(shown, std::vector<std::string>{ "who am I?" });
}

TEST_F(SessionTest, SortsWhatTheStationKept)
{
    welcomes = false;
    open();
    const std::string first = peer.say(me, "first");
    const std::string second = peer.say(me, "second");
    const std::string third = peer.say(me, "third");

    line.send(second);
    line.send(third);
    shake(DIM_HANDSHAKE_SUCCESS, key, station);
    line.send(first);
    clock.advance(3);
    EXPECT_EQ(shown, (std::vector<std::string>{ "first", "second", "third" }));
}

TEST_F(SessionTest, WhatWasNotShownWhenItClosedComesAgain)
{
    const std::string text = peer.say(me, "late");

    open();
    line.send(text);
    // Taken in, but closed before the turn ends.
    for (int i = 0; i < 3; i++)
        g_main_context_iteration(nullptr, FALSE);
    close();
    shown.clear();
    open();
    line.send(text);
    clock.advance(2);
    EXPECT_EQ(shown, std::vector<std::string>{ "late" });
}

TEST_F(SessionTest, KeepsMyMessageUntilTheReceiversKeyIsKnown)
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

TEST_F(SessionTest, OnlyTheStationAndTheReceiverConfirm)
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
TEST_F(SessionTest, ASerialNumberConfirmsForTheReceiverOnly)
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

TEST_F(SessionTest, SendsTheSameBytesAgainUntilConfirmed)
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

TEST_F(SessionTest, RefusesWhatIsNoPerson)
{
    open();
    DimContent *content = dim_content_new_text("hello");

    EXPECT_FALSE(dim_session_send(session, dim_id_everyone(), content, nullptr));
    EXPECT_FALSE(dim_session_send(session, me.id(), content, nullptr));
    dim_content_unref(content);
}
} // namespace
