// SPDX-License-Identifier: GPL-2.0-or-later
// What the disk has a part in: bursts through a session, opening a large roster, memory, the longest turn of the loop.
#include <algorithm>
#include <malloc.h>
#include <memory>

#include "tests/bench/crowd.hh"
#include "tests/bench/floors.h"
#include "tests/bench/party.hh"
#include "tests/support/autoptr.hh"
#include "tests/support/folder.hh"

namespace bench {
namespace {

constexpr unsigned CONTACTS = 10000;
// Rows that tell a message again: one of its bytes, one of its content.
constexpr unsigned NOTES = 2;
constexpr double LONGEST_TURN = 0.050; // seconds

// Who writes and who reads, and the store of the floor beside theirs.
struct Couple {
    std::string name;
    Party from, to;
    FloorStore *bare;

    Couple(const support::Folder &folder, const std::string &what, DimKeyKind kind)
        : name(kind == DIM_KEY_RSA ? "RSA-1024" : "secp256k1"),
          from(folder.file(what + "-from-" + name + "/store.db"), kind, "alice"),
          to(folder.file(what + "-to-" + name + "/store.db"), DIM_KEY_ECC, "bob"),
          bare(floor_store_open(folder.file(what + "-bare-" + name + ".db").c_str()))
    {
    }
    Couple(const Couple &) = delete;
    Couple &operator=(const Couple &) = delete;
    ~Couple()
    {
        floor_store_close(bare);
    }
};

Figure
sending_burst(const support::Folder &folder,
              DimKeyKind kind,
              void (*sign)(),
              double target,
              Longest *longest)
{
    Couple two(folder, "sending", kind);
    gsize size = 0;

    two.from.open(two.to);
    two.from.send(two.to, longest);
    size = two.from.outbox().front().size();
    Work ours{ [&] { two.from.send(two.to, longest); }, BURST, [&] { two.from.open(two.to); } };
    Work floor{ [&] {
                   for (unsigned i = 0; i < BURST; i++) {
                       sign();
                       floor_store_write(two.bare, 1, size);
                   }
               },
                BURST };
    return cost("each of 1,000 texts sent and kept, " + two.name, "signature and transaction",
                alternate(ours, floor), target);
}

// Bytes that are encrypted in a message, and in the receipt about it: what it says and its padding.
struct Sizes {
    gsize data, receipt;

    explicit Sizes(const std::string &packet)
    {
        support::Error error;
        OWNED(DimMessage)
        message(dim_message_parse(packet.data(), static_cast<gssize>(packet.size()), &error));

        must(message != nullptr, error.message());
        data = dim_message_size(message.get());
        OWNED(DimContent) content(dim_receipt_new("Message received.", message.get()));
        support::Text text(dim_content_to_text(content.get()));
        receipt = strlen(text.get()) / 16 * 16 + 16;
    }
};

// What every receiver must do: look at the signature, decrypt; encrypt the receipt, sign it; note what came. As many transactions
// as ours were.
Figure
receiving_burst(const support::Folder &folder,
                DimKeyKind kind,
                void (*verify)(),
                double target,
                Longest *longest)
{
    Couple two(folder, "receiving", kind);
    Longest unused;
    unsigned turns = 1;

    two.from.open(two.to);
    two.from.send(two.to, &unused);
    std::vector<std::string> packets = two.from.outbox();
    Sizes sizes(packets.front());
    Work ours{ [&] { turns = two.to.receive(packets, longest); }, BURST,
               [&] { two.to.open(two.from); } };
    Work floor{ [&] {
                   for (unsigned i = 0; i < BURST; i++) {
                       floor_sha256(sizes.data);
                       verify();
                       floor_aes_decrypt(sizes.data);
                       floor_aes_encrypt(sizes.receipt);
                       floor_sha256(sizes.receipt);
                       floor_ecc_sign();
                   }
                   for (unsigned i = 0; i < turns; i++)
                       floor_store_note(two.bare, NOTES * BURST / turns);
               },
                BURST, [&] { floor_store_empty(two.bare); } };
    Pair pair = alternate(ours, floor);
    return cost("each of 1,000 texts received, noted and confirmed, " + two.name,
                "SHA-256, verification, AES; the receipt's; and the " + std::to_string(turns)
                    + " transactions",
                pair, target);
}

// As many as may wait for one person, and as many bytes as may wait for all: the move to the inbox, and all that follows.
void
unparking(const support::Folder &folder, size_t letters, unsigned count, Longest *longest)
{
    Couple two(folder, "parked-" + std::to_string(count), DIM_KEY_ECC);
    Longest unused;

    two.from.talk(letters);
    two.to.talk(letters);
    two.from.open(two.to);
    two.from.send(two.to, &unused, count);
    two.to.open(two.from);
    two.to.park(two.from, two.from.outbox());
    two.to.learn(two.from, count, longest);
}

// One message of as many records as are read, by turns in more groups than are remembered, each as large as one can be.
void
large_groups(const support::Folder &folder, Longest *longest)
{
    constexpr unsigned GROUPS = 19, ROUNDS = 5;
    Couple two(folder, "groups", DIM_KEY_ECC);
    std::vector<std::unique_ptr<Crowd>> crowds;

    two.from.open(two.to);
    two.to.open(two.from);
    for (unsigned i = 0; i < GROUPS; i++)
        crowds.push_back(std::make_unique<Crowd>(two.from, two.to, i));
    two.from.say(two.to, invitations(crowds, ROUNDS).get());
    two.to.obey(two.from.outbox().front(), longest, "a turn with records of large groups");
    for (const auto &crowd : crowds)
        must(crowd->grew(two.to, ROUNDS), "an invitation was lost");
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
    unparking(folder, 3500, DIM_SHELF_MAX_PERSON, &longest);
    unparking(folder, 950000, 45, &longest);
    large_groups(folder, &longest);
    floor_clear();
    measure_roster(folder, figures, &longest);
    figures.push_back({ "longest step on the main loop", milliseconds(longest.seconds), "50 ms",
                        longest.seconds / LONGEST_TURN, Figure::AT_MOST, 1 });
    notes.emplace_back(
        "Who receives pays for more than is bare: message, envelope and content are parsed, "
        "the line is in a file before the next is shown (a write each), its two rows are "
        "looked for before they are written and stand in an index by age, both envelopes are "
        "bound by a digest, and the receipt quotes and is packed like any other message. "
        "Beside an RSA signature that takes a hundredth of a millisecond this is more than "
        "three tenths, and beside secp256k1 it is about as much: those two lines are not "
        "judged therefore. Their floor decrypts, encrypts and digests as many bytes, and "
        "writes as many rows in as many transactions.");
    notes.push_back("The longest step was " + longest.what + " (CPU time; files in memory).");
}

} // namespace bench
