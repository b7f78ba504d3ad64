// SPDX-License-Identifier: GPL-2.0-or-later
// What the disk has a part in: bursts through a session, opening a large roster, memory, the longest turn of the loop.
#include <algorithm>
#include <malloc.h>
#include <memory>

#include "session/inner.h"

#include "tests/bench/figures.hh"
#include "tests/bench/floors.h"
#include "tests/support/autoptr.hh"
#include "tests/support/folder.hh"

namespace bench {
namespace {

constexpr unsigned BURST = 1000;
constexpr unsigned CONTACTS = 10000;
constexpr unsigned NOTES =
    2; // rows that tell a message again: one of its bytes, one of its content
constexpr double LONGEST_TURN = 0.050; // seconds

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
    void
    send(const Party &to, Longest *longest)
    {
        support::Error error;

        for (unsigned i = 0; i < BURST; i++) {
            double start = cpu_seconds();
            OWNED(DimContent) content(dim_content_new_text(line_.c_str()));
            must(dim_session_send(session_.get(), to.id(), content.get(), &error),
                 error.message());
            longest->take(start, "sending one text");
        }
        must(dim_store_count(store_.get(), DIM_TABLE_OUTBOX) == BURST, "the outbox lost some");
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
    void
    close()
    {
        session_.reset();
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

Figure
sending_burst(const support::Folder &folder,
              DimKeyKind kind,
              void (*sign)(),
              double target,
              Longest *longest)
{
    std::string name = kind == DIM_KEY_RSA ? "RSA-1024" : "secp256k1";
    Party from(folder.file("from-" + name + "/store.db"), kind, "alice");
    Party to(folder.file("to-" + name + "/store.db"), DIM_KEY_ECC, "bob");
    FloorStore *bare = floor_store_open(folder.file("bare-" + name + ".db").c_str());
    gsize size = 0;

    from.open(to);
    from.send(to, longest);
    size = from.outbox().front().size();
    Work ours{ [&] { from.send(to, longest); }, BURST, [&] { from.open(to); } };
    Work floor{ [&] {
                   for (unsigned i = 0; i < BURST; i++) {
                       sign();
                       floor_store_write(bare, 1, size);
                   }
               },
                BURST };
    Pair pair = alternate(ours, floor);
    floor_store_close(bare);
    return cost("each of 1,000 texts sent and kept, " + name, "signature and transaction", pair,
                target);
}

// What every receiver must do: look at the signature, sign the receipt, note what came. As many transactions as ours were.
Figure
receiving_burst(const support::Folder &folder,
                DimKeyKind kind,
                void (*verify)(),
                double target,
                Longest *longest)
{
    std::string name = kind == DIM_KEY_RSA ? "RSA-1024" : "secp256k1";
    Party from(folder.file("sender-" + name + "/store.db"), kind, "alice");
    Party to(folder.file("receiver-" + name + "/store.db"), DIM_KEY_ECC, "bob");
    FloorStore *bare = floor_store_open(folder.file("bare-seen-" + name + ".db").c_str());
    Longest unused;
    unsigned turns = 1;

    from.open(to);
    from.send(to, &unused);
    std::vector<std::string> packets = from.outbox();
    Work ours{ [&] { turns = to.receive(packets, longest); }, BURST, [&] { to.open(from); } };
    Work floor{ [&] {
                   for (unsigned i = 0; i < BURST; i++) {
                       verify();
                       floor_ecc_sign();
                   }
                   for (unsigned i = 0; i < turns; i++)
                       floor_store_note(bare, NOTES * BURST / turns);
               },
                BURST, [&] { floor_store_empty(bare); } };
    Pair pair = alternate(ours, floor);
    floor_store_close(bare);
    return cost("each of 1,000 texts received, noted and confirmed, " + name,
                "verification, signature of the receipt, and the " + std::to_string(turns)
                    + " transactions",
                pair, target);
}

void
fill_roster(const std::string &path)
{
    support::Error error;
    OWNED(DimStore) store(dim_store_open(path.c_str(), &error));

    must(store != nullptr, error.message());
    OWNED(DimContacts) contacts(dim_contacts_new(store.get()));
    must(dim_store_begin(store.get(), &error), error.message());
    for (guint32 i = 0; i < CONTACTS; i++) {
        guint8 point[64] = {};
        std::string alias = "friend " + std::to_string(i);

        memcpy(point, &i, sizeof i);
        support::Text address(dim_address_eth(point, sizeof point));
        OWNED(DimId) id(dim_id_parse(address.get(), &error));
        must(id != nullptr, error.message());
        must(dim_contacts_add(contacts.get(), id.get(), alias.c_str(), &error),
             error.message());
    }
    must(dim_store_commit(store.get(), &error), error.message());
}

// A store with its contacts read, and how many there were.
struct Roster {
    OWNED(DimStore) store;
    OWNED(DimContacts) contacts;
    unsigned count = 0;

    void
    open(const std::string &path)
    {
        support::Error error;
        auto count_one = [](const DimContact *, gpointer data) {
            ++*static_cast<unsigned *>(data);
        };

        store.reset(dim_store_open(path.c_str(), &error));
        must(store != nullptr, error.message());
        contacts.reset(dim_contacts_new(store.get()));
        count = 0;
        must(dim_contacts_each(contacts.get(), count_one, &count, &error), error.message());
    }
    void
    close()
    {
        contacts.reset();
        store.reset();
    }
};

size_t
bytes_in_use()
{
    struct mallinfo2 info = mallinfo2();

    return info.uordblks + info.hblkhd;
}

// Bytes of heap that one contact costs while its store is open.
Figure
memory(const std::string &full, const std::string &empty)
{
    Roster with, without;

    without.open(empty); // what a first use allocates for good is not a contact's
    without.close();
    size_t before = bytes_in_use();
    without.open(empty);
    size_t none = bytes_in_use() - before;
    without.close();
    before = bytes_in_use();
    with.open(full);
    size_t all = bytes_in_use() - before;
    must(with.count == CONTACTS, "a contact is missing");
    double each = (static_cast<double>(all) - static_cast<double>(none)) / CONTACTS;
    return { "memory for a contact, of 10,000",
             std::to_string(static_cast<long>(each)) + " bytes",
             "1 KiB",
             each / 1024,
             Figure::AT_MOST,
             1 };
}

void
measure_roster(const support::Folder &folder, std::vector<Figure> &figures, Longest *longest)
{
    std::string full = folder.file("full/store.db"), empty = folder.file("empty/store.db");
    Roster roster;
    FloorStore *bare = nullptr;
    auto close = [&] {
        roster.close();
        g_clear_pointer(&bare, floor_store_close);
    };

    fill_roster(full);
    Work ours{ [&] {
                  double start = cpu_seconds();

                  roster.open(full);
                  longest->take(start, "opening a store of 10,000 contacts");
                  must(roster.count == CONTACTS, "a contact is missing");
              },
               1, close };
    Work floor{ [&] { must(floor_store_select(bare) == CONTACTS, "a row is missing"); }, 1,
                [&] {
                    close();
                    bare = floor_store_open(folder.file("reader.db").c_str());
                    floor_store_attach(bare, full.c_str());
                } };
    figures.push_back(cost("open a store of 10,000 contacts", "bare SELECT of its columns",
                           alternate(ours, floor), 20));
    close();
    figures.push_back(memory(full, empty));
}

} // namespace

void
measure_store(std::vector<Figure> &figures, std::vector<std::string> &notes)
{
    support::Folder folder;
    Longest longest;

    floor_init();
    figures.push_back(sending_burst(folder, DIM_KEY_RSA, floor_rsa_sign, 1.3, &longest));
    figures.push_back(sending_burst(folder, DIM_KEY_ECC, floor_ecc_sign, 1.3, &longest));
    figures.push_back(receiving_burst(folder, DIM_KEY_RSA, floor_rsa_verify, 0, &longest));
    figures.push_back(receiving_burst(folder, DIM_KEY_ECC, floor_ecc_verify, 0, &longest));
    floor_clear();
    measure_roster(folder, figures, &longest);
    figures.push_back({ "longest step on the main loop", milliseconds(longest.seconds), "50 ms",
                        longest.seconds / LONGEST_TURN, Figure::AT_MOST, 1 });
    notes.emplace_back(
        "Who receives pays for more than is bare: message and content are parsed and "
        "decrypted, "
        "the line is in a file before the next is shown (a write each), its two rows are "
        "looked "
        "for before they are written and stand in an index by age, and the receipt quotes, is "
        "bound, encrypted and packed like any other message. Those two lines are not judged "
        "therefore; their floor writes as many rows in as many transactions.");
    notes.push_back("The longest step was " + longest.what + " (CPU time; files in memory).");
}

} // namespace bench
