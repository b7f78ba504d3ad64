// SPDX-License-Identifier: GPL-2.0-or-later
// One account with a store of its own that sends and receives bursts, and the longest step of that.
#pragma once

#include <memory>

#include "session/inner.h"

#include "tests/bench/figures.hh"
#include "tests/support/autoptr.hh"

namespace bench {
namespace {

constexpr unsigned BURST = 1000;

// Seconds that the longest single step took: what a window of the host would freeze. CPU time, since nothing is waited
// for here (files in memory), and what else the machine does is not ours.
struct Longest {
    double seconds = 0;
    std::string what = "nothing";

    void
    take(double since, const char *name)
    {
        double took = cpu_seconds() - since;

        if (took > seconds) {
            seconds = took;
            what = name;
        }
    }
};

// One account with a store of its own.
class Party {
  public:
    Party(const std::string &path, DimKeyKind kind, const char *name)
    {
        support::Error error;
        DimRegisterOptions options{};

        store_.reset(dim_store_open(path.c_str(), &error));
        must(store_ != nullptr, error.message());
        options.kind = kind == DIM_KEY_RSA ? DIM_META_MKM : DIM_META_ETH;
        options.identity_key = kind;
        options.visa_bits = 1024;
        options.seed = kind == DIM_KEY_RSA ? name : nullptr;
        options.nickname = name;
        user_.reset(dim_user_register(store_.get(), &options, &error));
        must(user_ != nullptr, error.message());
    }
    // A fresh login on the same store; what an earlier one left is forgotten.
    void
    open(const Party &other)
    {
        support::Error error;
        DimSessionOptions options{};

        session_.reset();
        for (DimTable table : { DIM_TABLE_OUTBOX, DIM_TABLE_SEEN })
            must(dim_store_prune(store_.get(), table, G_MAXDOUBLE, &error), error.message());
        OWNED(DimStation) station(dim_station_new("127.0.0.1", 1));
        options.user = user_.get();
        options.station = station.get();
        options.store = store_.get();
        options.dial = dim_dial_direct();
        options.events = &events_;
        options.events_data = this;
        session_.reset(dim_session_new(&options));
        DimBook *book = dim_session_book(session_.get());
        must(dim_book_save_meta(book, other.id(), dim_user_meta(other.user_.get()), &error),
             error.message());
        DimBookVerdict verdict =
            dim_book_save_document(book, other.id(), dim_user_visa(other.user_.get()), &error);
        must(verdict == DIM_BOOK_RECEIVED || verdict == DIM_BOOK_NOT_CHANGED,
             "a visa was refused");
        dim_book_set_acquainted(book, other.id());
        // Who is on no list is heard little by little when he writes very much.
        must(
            dim_contacts_add(dim_session_contacts(session_.get()), other.id(), nullptr, &error),
            error.message());
        received_ = 0;
    }
    // What is said and expected from now on.
    void
    talk(size_t letters)
    {
        line_.assign(letters, 'x');
    }
    // Any content, which lies in the outbox then.
    void
    say(const Party &to, DimContent *content)
    {
        support::Error error;

        must(dim_session_send(session_.get(), to.id(), content, &error), error.message());
    }
    void
    send(const Party &to, Longest *longest, unsigned count = BURST)
    {
        support::Error error;

        for (unsigned i = 0; i < count; i++) {
            double start = cpu_seconds();
            OWNED(DimContent) content(dim_content_new_text(line_.c_str()));
            must(dim_session_send(session_.get(), to.id(), content.get(), &error),
                 error.message());
            longest->take(start, "sending one text");
        }
        must(dim_store_count(store_.get(), DIM_TABLE_OUTBOX) == count, "the outbox lost some");
    }
    // What lies in the outbox, as it would leave.
    std::vector<std::string>
    outbox() const
    {
        std::vector<std::string> all;
        support::Error error;
        auto keep = [](const DimOutboxItem *item, gpointer data) -> gboolean {
            gsize size = 0;
            auto *text = static_cast<const char *>(g_bytes_get_data(item->payload, &size));

            static_cast<std::vector<std::string> *>(data)->emplace_back(text, size);
            return TRUE;
        };

        must(dim_outbox_each(session_->outbox, keep, &all, &error), error.message());
        return all;
    }
    // As if the gate had handed them up; receipts are sealed, and end at the gate, which has no line. How many turns of
    // the loop it took, each of which is a transaction.
    unsigned
    receive(const std::vector<std::string> &packets, Longest *longest)
    {
        guint64 serial = 1;
        unsigned turns = 0;

        session_->state = DIM_STATE_ONLINE;
        for (const std::string &packet : packets) {
            GBytes *body = g_bytes_new(packet.data(), packet.size());

            dim_turn_take(session_.get(), body, serial++);
            g_bytes_unref(body);
        }
        for (bool more = true; more && turns < BURST; turns += more) {
            double start = cpu_seconds();

            more = g_main_context_iteration(nullptr, FALSE) != FALSE;
            longest->take(start, "a turn of a receiving burst");
        }
        must(received_ == packets.size(), "a message did not come out");
        return turns;
    }
    // They came before anything was known of their sender.
    void
    park(const Party &from, const std::vector<std::string> &packets)
    {
        support::Error error;

        must(dim_store_begin(store_.get(), &error), error.message());
        for (const std::string &packet : packets)
            must(dim_shelf_park(session_->shelf, DIM_SHELF_INCOMING, from.id(), packet.c_str(),
                                &error),
                 error.message());
        must(dim_store_commit(store_.get(), &error), error.message());
    }
    // Now it is, and all of them are shown.
    void
    learn(const Party &from, size_t count, Longest *longest)
    {
        double start = cpu_seconds();
        size_t turns = 0;

        session_->state = DIM_STATE_ONLINE;
        dim_incoming_learned(session_.get(), from.id());
        longest->take(start, "the news of who wrote what was parked");
        for (bool more = true; more && turns < 100 * count; turns++) {
            start = cpu_seconds();
            more = g_main_context_iteration(nullptr, FALSE) != FALSE;
            longest->take(start, "a turn that works off what was parked");
        }
        must(received_ == count, "a parked message did not come out");
    }
    // What says many things and has no line.
    void
    obey(const std::string &packet, Longest *longest, const char *what)
    {
        OWNED(GBytes) body(g_bytes_new(packet.data(), packet.size()));
        bool more = true;

        session_->state = DIM_STATE_ONLINE;
        dim_turn_take(session_.get(), body.get(), 1);
        for (size_t turns = 0; more && turns < BURST; turns++) {
            double start = cpu_seconds();

            more = g_main_context_iteration(nullptr, FALSE) != FALSE;
            longest->take(start, what);
        }
        must(!more, "it has no end");
    }
    const DimDesk *
    desk() const
    {
        return &session_->desk;
    }
    const DimUser *
    user() const
    {
        return user_.get();
    }
    DimId *
    id() const
    {
        return dim_user_id(user_.get());
    }

  private:
    static void
    on_received(DimSession *, const DimMessage *, const char *text, gpointer data)
    {
        auto *self = static_cast<Party *>(data);

        must(self->line_ == text, "another text came out");
        self->received_++;
    }
    static DimEvents
    listen()
    {
        DimEvents events{};

        events.received = on_received;
        return events;
    }

    OWNED(DimStore) store_;
    OWNED(DimUser) user_;
    OWNED(DimSession) session_;
    DimEvents events_ = listen();
    std::string line_ = std::string(100, 'x');
    unsigned received_ = 0;
};

} // namespace
} // namespace bench
