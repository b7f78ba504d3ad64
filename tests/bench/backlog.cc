// SPDX-License-Identifier: GPL-2.0-or-later
// A hundred thousand messages that waited at the station: how fast they come, what they cost in memory, and whether
// the windows of the host are drawn meanwhile.
#include <filesystem>
#include <unistd.h>

#include "session/inner.h"

#include "tests/bench/feeder.hh"
#include "tests/bench/host.hh"
#include "tests/bench/talk.hh"
#include "tests/support/folder.hh"
#include "tests/support/loopback.hh"

namespace bench {
namespace {

constexpr unsigned BACKLOG = 100000;
constexpr unsigned LIVE = 20000; // as many of them are enough for a rate
constexpr unsigned UNPACKED = 200;
constexpr unsigned ROUNDS = 3;
constexpr unsigned SETTLED = 3000; // milliseconds after a login, what comes is no backlog
constexpr gint64 PATIENCE = 120 * G_USEC_PER_SEC;
constexpr double LONGEST = 0.050;
constexpr double MIBI = 1024.0 * 1024.0;

struct Outcome {
    double seconds; // of CPU, a message
    double longest; // stretch without drawing
    double growth;  // bytes
};

// A login of the reader, from the first byte to the last receipt.
class Call {
  public:
    Call(const std::string &path, const Visit &visit) : visit_(visit)
    {
        support::Error error;

        store_.reset(dim_store_open(path.c_str(), &error));
        must(store_ != nullptr, error.message());
        user_.reset(dim_user_load(store_.get(), &error));
        must(user_ != nullptr, error.message());
    }
    Outcome
    run(DimUser *sender)
    {
        OWNED(GMainContext) context(g_main_context_new());
        gint64 end = g_get_monotonic_time() + PATIENCE;

        g_main_context_push_thread_default(context.get());
        open(sender);
        Growth growth;
        double start = cpu_seconds();
        Window window(context.get());
        dim_session_open(session_.get());
        while (!is_done()) {
            g_main_context_iteration(context.get(), TRUE);
            must(g_get_monotonic_time() < end, "the backlog does not end");
        }
        return { (cpu_seconds() - start) / visit_.count, window.longest, growth.bytes() };
    }

  private:
    void
    open(DimUser *sender)
    {
        support::Error error;
        OWNED(DimStation) station(dim_station_new("station.example", 9394));
        DimSessionOptions options{};

        dial_.connect = connect;
        dial_.cancel = [](gpointer, gpointer) {};
        dial_.data = this;
        events_.received = on_received;
        options.user = user_.get();
        options.station = station.get();
        options.store = store_.get();
        options.dial = &dial_;
        options.events = &events_;
        options.events_data = this;
        session_.reset(dim_session_new(&options));
        DimBook *book = dim_session_book(session_.get());
        must(dim_book_save_meta(book, dim_user_id(sender), dim_user_meta(sender), &error),
             error.message());
        must(dim_book_save_document(book, dim_user_id(sender), dim_user_visa(sender), &error)
                 == DIM_BOOK_RECEIVED,
             "a visa was refused");
        dim_book_set_acquainted(book, dim_user_id(sender));
        /* A stranger would be heard little by little. */
        must(dim_contacts_add(dim_session_contacts(session_.get()), dim_user_id(sender),
                              nullptr, &error),
             error.message());
    }
    bool
    is_done() const
    {
        return shown_ == visit_.count && session_->unanswered.length == 0
               && !dim_store_in_transaction(store_.get());
    }
    static gpointer
    connect(gpointer data, const char *, guint16, DimDialed done, gpointer done_data)
    {
        auto *self = static_cast<Call *>(data);
        auto *later = new std::function<void()>([self, done, done_data] {
            support::Connection line = support::wrap_socket(self->visit_.ours);

            done(G_IO_STREAM(line.get()), nullptr, done_data);
        });
        GSource *source = g_idle_source_new();

        g_source_set_callback(
            source,
            [](gpointer call) -> gboolean {
                (*static_cast<std::function<void()> *>(call))();
                return G_SOURCE_REMOVE;
            },
            later, nullptr);
        g_source_attach(source, g_main_context_get_thread_default());
        g_source_unref(source);
        return later;
    }
    static void
    on_received(DimSession *, const DimMessage *message, const char *text, gpointer data)
    {
        auto *self = static_cast<Call *>(data);

        must(self->visit_.pause > 0 || numbered_line(self->shown_) == text,
             "a line came out of its order");
        self->history_.add(dim_id_text(dim_message_sender(message)), text,
                           static_cast<time_t>(dim_message_shown_time(message)));
        self->shown_++;
    }

    const Visit &visit_;
    OWNED(DimStore) store_;
    OWNED(DimUser) user_;
    OWNED(DimSession) session_;
    DimDial dial_{};
    DimEvents events_{};
    History history_;
    unsigned shown_ = 0;
};

// Who talks, and whose station it is.
struct Cast {
    support::Folder folder;
    OWNED(DimStore) stores[3];
    OWNED(DimUser) station, sender, reader;

    Cast()
    {
        station = make(0, DIM_META_MKM, DIM_TYPE_STATION);
        sender = make(1, DIM_META_ETH, DIM_TYPE_USER);
        reader = make(2, DIM_META_ETH, DIM_TYPE_USER);
        for (auto &store : stores)
            store.reset(); // their files are whole now
    }
    std::string
    path(unsigned number) const
    {
        return folder.file(std::to_string(number)) + "/store.db";
    }
    // The reader's store as it was before any login.
    std::string
    copy(unsigned number) const
    {
        std::string fresh = folder.file("visit-" + std::to_string(number));

        std::filesystem::create_directory(fresh);
        std::filesystem::permissions(fresh, std::filesystem::perms::owner_all);
        std::filesystem::copy(path(2), fresh + "/store.db");
        return fresh + "/store.db";
    }

  private:
    OWNED(DimUser)
    make(unsigned number, DimMetaKind kind, guint8 network)
    {
        support::Error error;
        DimRegisterOptions options{};

        stores[number].reset(dim_store_open(path(number).c_str(), &error));
        must(stores[number] != nullptr, error.message());
        options.kind = kind;
        options.identity_key = DIM_KEY_ECC;
        options.visa_bits = 1024;
        options.network = network;
        options.seed = kind == DIM_META_MKM ? "station" : nullptr;
        options.nickname = "somebody";
        OWNED(DimUser) user(dim_user_register(stores[number].get(), &options, &error));
        must(user != nullptr, error.message());
        return user;
    }
};

// What the same texts cost a libpurple that got them from nowhere.
double
bare_history(const Cast &cast)
{
    double growth = 0;

    in_child(&growth, sizeof growth, [&](void *answer) {
        Growth now;
        History history;
        std::string who = dim_id_text(dim_user_id(cast.sender.get()));

        for (unsigned i = 0; i < BACKLOG; i++)
            history.add(who, numbered_line(i).c_str(), 0);
        *static_cast<double *>(answer) = now.bytes();
    });
    return growth;
}

Outcome
call(const Cast &cast, const Visit &visit, unsigned number)
{
    Outcome outcome{};
    std::string path = cast.copy(number);

    in_child(&outcome, sizeof outcome, [&](void *answer) {
        *static_cast<Outcome *>(answer) = Call(path, visit).run(cast.sender.get());
    });
    close(visit.ours);
    return outcome;
}

// Seconds for a text that is parsed, verified, decrypted and held against those that came before, without any disk.
double
bare_unpacking()
{
    Talk talk(DIM_KEY_ECC);
    std::vector<std::string> all;

    for (unsigned i = 0; i < UNPACKED; i++)
        all.emplace_back(talk.pack().get());
    return fastest({ [&] {
                        std::set<std::string> seen;

                        for (const std::string &text : all)
                            talk.unpack(text, true, seen);
                    },
                     UNPACKED });
}

} // namespace

void
measure_backlog(std::vector<Figure> &figures, std::vector<std::string> &notes)
{
    Cast cast;
    std::vector<Visit> visits;
    std::vector<Pair> pairs;
    std::vector<double> growths;
    double longest = 0;

    for (unsigned i = 0; i < ROUNDS; i++) {
        visits.push_back({ BACKLOG, 0 });
        visits.push_back({ LIVE, SETTLED });
    }
    Feeder feeder(cast.station.get(), cast.sender.get(), cast.reader.get(), visits);
    double history = bare_history(cast);
    for (unsigned i = 0; i < visits.size(); i += 2) {
        Outcome waited = call(cast, visits[i], i), fresh = call(cast, visits[i + 1], i + 1);

        pairs.push_back({ waited.seconds, fresh.seconds, waited.seconds / fresh.seconds });
        growths.push_back(waited.growth);
        longest = std::max(longest, waited.longest);
    }
    std::sort(pairs.begin(), pairs.end(),
              [](const Pair &a, const Pair &b) { return a.ratio < b.ratio; });
    const Pair &pair = pairs[pairs.size() / 2];
    figures.push_back(rate("each of 100,000 texts that waited, shown and confirmed",
                           "of 20,000 that come live", pair, 0.9));
    double bare = bare_unpacking();
    figures.push_back(
        rate("the same", "unpacked without a disk", { pair.ours, bare, pair.ours / bare }, 0));
    double more = (median(growths) - history) / MIBI;
    figures.push_back({ "memory at the height of that backlog, above the host's history",
                        mebibytes(more), "16 MiB", more / 16, Figure::AT_MOST, 1 });
    figures.push_back({ "longest time that a window waits to be drawn meanwhile",
                        milliseconds(longest), "50 ms", longest / LONGEST, Figure::AT_MOST,
                        1 });
    notes.push_back(
        "A backlog comes over a line from another process, 256 unanswered messages at a time, "
        "to a session that has just logged in; its sender is an ETH identity whose talk key is "
        "known. Each is checked, decrypted, sorted, shown, noted on disk, acknowledged and "
        "answered by a signed receipt; those that come live have all of this but the sorting. "
        "Receipt and notes are what \"unpacked without a disk\" has not: against that rate a "
        "tenth less is out of reach, for the receipt alone costs a signature. The middle one "
        "of three pairs of runs. The host keeps what libpurple keeps of a line, and a process "
        "that does only this is the floor of the memory (resident, at its highest). Windows "
        "are drawn at the priority of GTK.");
}

} // namespace bench
