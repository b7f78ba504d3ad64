// SPDX-License-Identifier: GPL-2.0-or-later
// A session against a scripted station: persons with keys, and what each of them puts on the wire.
#pragma once

#include <gtest/gtest.h>

extern "C" {
#include "base/errors.h"
#include "base/json.h"
#include "message/commands.h"
#include "message/seal.h"
#include "session/session.h"
#include "storage/ages.h"
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

    // In what a message may depart from the usual.
    struct Oddity {
        const Person *forger = nullptr;     // signs in the sender's place
        const Person *locked_for = nullptr; // instead of the receiver
        DimCipherKey *talk = nullptr;       // instead of a new one
        bool without_key = false;
        double visa_time = 0;
    };

    // What this person would put on the wire.
    std::string
    seal(const Person &to, DimContent *content, bool attach, const Oddity &odd) const
    {
        const Person &reader = odd.locked_for != nullptr ? *odd.locked_for : to;
        OWNED(DimCipherKey)
        talk(odd.talk != nullptr ? dim_cipher_key_ref(odd.talk) : dim_cipher_key_new());
        OWNED(GPtrArray) keys(g_ptr_array_new());
        OWNED(DimMessage) instant(dim_message_new(id(), to.id(), nullptr, content));
        OWNED(JsonObject) meta(attach ? dim_meta_to_json(dim_user_meta(user)) : nullptr);
        OWNED(JsonObject) visa(attach ? dim_document_to_json(dim_user_visa(user)) : nullptr);
        OWNED(GPtrArray) wrapped;
        DimSealing how = {};

        g_ptr_array_add(keys.get(), dim_document_key(dim_user_visa(reader.user)));
        if (!odd.without_key)
            wrapped.reset(dim_seal_wrap(talk.get(), reader.id(), keys.get(), nullptr, nullptr));
        how.signer = dim_user_signer(odd.forger != nullptr ? odd.forger->user : user);
        how.talk = talk.get();
        how.wrapped = wrapped.get();
        how.meta = meta.get();
        how.visa = visa.get();
        how.visa_time = odd.visa_time;
        OWNED(DimMessage) sealed(dim_seal(instant.get(), &how, nullptr));
        return support::Text(dim_message_to_text(sealed.get())).get();
    }
    std::string
    seal(const Person &to,
         DimContent *content,
         bool attach,
         const Person *forger = nullptr) const
    {
        Oddity odd;

        odd.forger = forger;
        return seal(to, content, attach, odd);
    }
    std::string
    say(const Person &to, const char *text, const Oddity &odd) const
    {
        OWNED(DimContent) content(dim_content_new_text(text));

        return seal(to, content.get(), false, odd);
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

    // What this person reads of a sealed message; NULL where none of the keys opens it.
    OWNED(DimMessage) open(DimMessage *sealed) const
    {
        DimUnsealing how = { id(), nullptr, dim_user_decrypt_keys(user) };

        return OWNED(DimMessage)(dim_unseal(sealed, &how, nullptr, nullptr));
    }
};

class SessionTest : public ::testing::Test {
  public:
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
    std::vector<std::string> notices;
    std::vector<DimMessage *> heard;  // by the station, opened where it can
    std::set<std::string> introduced; // commands among them that came with meta and visa
    std::string key = std::string(64, 'a');
    bool welcomes = true;
    double station_ahead = 0; // seconds: its clock
    DimTransport transport = DIM_TRANSPORT_MTP;

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
        events.notice = [](DimSession *, const char *text, gpointer self) {
            static_cast<SessionTest *>(self)->notices.emplace_back(text);
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
    // "0" and so on.
    static std::vector<std::string>
    numbers(int count)
    {
        std::vector<std::string> all;

        for (int i = 0; i < count; i++)
            all.push_back(std::to_string(i));
        return all;
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
        options.transport = transport;
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
    // As if a session, none of which is there now, were online so long.
    void
    grow_old(double seconds)
    {
        OWNED(DimAges) ages(dim_ages_new(me.store, clock, 365 * 86400.0));
        double last = 0;
        double old = 0;

        ASSERT_EQ(session, nullptr);
        ASSERT_TRUE(dim_ages_last(ages.get(), &last, nullptr));
        for (double gone = 0; gone < seconds; gone += 300) {
            clock.advance(300);
            ASSERT_TRUE(dim_ages_look(ages.get(), last, &old, nullptr));
        }
    }

    // Of the rows that wait, when they came.
    std::vector<double>
    dates() const
    {
        std::vector<double> all;

        dim_store_list(
            me.store, DIM_TABLE_WAITING, FALSE,
            [](const DimRecord *record, gpointer dates) -> gboolean {
                static_cast<std::vector<double> *>(dates)->push_back(record->rank);
                return TRUE;
            },
            &all, nullptr);
        return all;
    }
    void
    shake(DimHandshakeStep step, const std::string &session_key, const Person &from)
    {
        OWNED(DimContent) bare(dim_handshake_new(step, session_key.c_str()));
        JsonObject *dated = dim_json_copy(dim_content_json(bare.get()));

        json_object_set_double_member(dated, "time", clock.now() + station_ahead);
        OWNED(DimContent) content(dim_content_new_take(DIM_CONTENT_COMMAND, dated));
        line.send(from.seal(me, content.get(), true));
    }

    void
    answer(const Packet &packet)
    {
        if (packet.type != DIM_PACKET_MESSAGE)
            return;
        OWNED(DimMessage) message(dim_message_parse(packet.body.c_str(), -1, nullptr));

        ASSERT_NE(message, nullptr);
        auto opened = station.open(message.get());
        if (opened) {
            const char *command = dim_content_command(dim_message_content(opened.get()));

            if (command != nullptr && dim_message_meta_json(message.get()) != nullptr
                && dim_message_visa_json(message.get()) != nullptr)
                introduced.insert(command);
            if (g_strcmp0(command, "handshake") == 0)
                greet(dim_handshake_step(dim_message_content(opened.get())));
            message = std::move(opened);
        }
        heard.push_back(message.release());
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
    // Commands and receipts to this person that the station was given.
    size_t
    count_answers(const Person &to) const
    {
        size_t count = 0;

        for (DimMessage *message : heard)
            count += dim_id_equal(dim_message_receiver(message), to.id())
                     && dim_message_type(message) == DIM_CONTENT_COMMAND;
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
    befriend(const Person &who)
    {
        ASSERT_TRUE(
            dim_contacts_add(dim_session_contacts(session), who.id(), nullptr, nullptr));
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
} // namespace
