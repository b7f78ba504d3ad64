// SPDX-License-Identifier: GPL-2.0-or-later
// dim-station in a process of its own: what relaying a message costs it, and what a thousand silent clients do.
#include <glib-unix.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "tests/bench/figures.hh"
#include "tests/bench/floors.h"
#include "tests/unit/station/house.hh"

namespace bench {
namespace {

using station_test::Caller;
using station_test::House;
using station_test::Person;

constexpr unsigned LETTERS = 10000;
constexpr unsigned BATCH = 100;
constexpr unsigned ROUNDS = 3;
constexpr unsigned VERIFIED = 2000;
constexpr unsigned ACCOUNTS = 20;
constexpr unsigned SESSIONS = 50; // of each
constexpr unsigned SILENCE = 5;   // seconds
constexpr double IDLE = 0.001;    // of one processor

// What the station's process has used so far.
struct Usage {
    double seconds;
    long wakes;
};

// The station; each byte that comes over the line of orders is answered by what it has used.
class Outpost {
  public:
    Outpost()
    {
        int ends[2];

        must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0, "no sockets");
        child_ = fork();
        must(child_ >= 0, "no process");
        if (child_ == 0) {
            close(ends[0]);
            serve(ends[1]);
        }
        close(ends[1]);
        orders_ = ends[0];
        must(read(orders_, &port, sizeof port) == sizeof port, "the station does not start");
    }
    Outpost(const Outpost &) = delete;
    Outpost &operator=(const Outpost &) = delete;
    ~Outpost()
    {
        close(orders_);
        waitpid(child_, nullptr, 0);
    }
    Usage
    used() const
    {
        Usage usage{};

        must(::write(orders_, "?", 1) == 1
                 && read(orders_, &usage, sizeof usage) == sizeof usage,
             "the station is gone");
        return usage;
    }
    guint16 port = 0;

  private:
    static gboolean
    on_order(gint fd, GIOCondition, gpointer running)
    {
        char order;
        rusage all{};

        if (read(fd, &order, 1) != 1) {
            *static_cast<bool *>(running) = false;
            return G_SOURCE_REMOVE;
        }
        getrusage(RUSAGE_SELF, &all);
        Usage usage{ cpu_seconds(), all.ru_nvcsw };
        return ::write(fd, &usage, sizeof usage) == sizeof usage;
    }
    [[noreturn]] static void
    serve(int orders)
    {
        try {
            House house([](DimSettings *limits) {
                limits->rate = limits->burst = 1000000;
                limits->byte_rate = limits->byte_burst = G_MAXINT32;
                limits->max_address = 2 * ACCOUNTS * SESSIONS;
            });
            guint16 port = dim_server_port(house.server.get());
            bool running = true;

            g_unix_fd_add(orders, G_IO_IN, on_order, &running);
            must(::write(orders, &port, sizeof port) == sizeof port, "nobody listens");
            while (running)
                g_main_context_iteration(nullptr, TRUE);
        } catch (const std::exception &failure) {
            fprintf(stderr, "dim-bench: %s\n", failure.what());
        }
        _exit(EXIT_SUCCESS);
    }

    pid_t child_ = -1;
    int orders_ = -1;
};

void
enter(Caller &caller)
{
    OWNED(DimContent) online(dim_report_new("online"));

    must(caller.login(), "a client was not let in");
    must(caller.acknowledged(caller.ask(online.get())), "a client was not heard");
}

// Takes what comes, with an OK to each message, until there were so many packets of a type.
void
take(Caller &caller, DimPacketType type, unsigned count)
{
    station_test::Packet packet;

    while (count > 0) {
        must(caller.next(&packet, 20000), "the station fell silent");
        if (packet.type == DIM_PACKET_MESSAGE)
            caller.write(DIM_PACKET_MESSAGE_RESPONSE, packet.serial, "OK");
        count -= packet.type == type;
    }
}

// Seconds of the station for a letter: taken in, kept, handed over, forgotten, and its receipt.
double
relay(const Outpost &station, Caller &sender, Caller &reader)
{
    std::vector<std::string> letters;

    for (unsigned i = 0; i < LETTERS; i++)
        letters.push_back(letter(sender.person(), reader.person(), std::string(100, 'x')));
    double before = station.used().seconds;
    for (unsigned i = 0; i < LETTERS; i += BATCH) {
        for (unsigned k = i; k < i + BATCH; k++)
            sender.send(letters[k]);
        take(reader, DIM_PACKET_MESSAGE, BATCH);
        take(sender, DIM_PACKET_MESSAGE_RESPONSE, BATCH);
    }
    return (station.used().seconds - before) / LETTERS;
}

Figure
measure_relay()
{
    Outpost station;
    Person alice("alice"), bob("bob");
    Caller sender(station.port, alice), reader(station.port, bob);
    std::vector<double> ours, bare, ratios;

    enter(sender);
    enter(reader);
    for (unsigned i = 0; i < ROUNDS; i++) {
        ours.push_back(relay(station, sender, reader));
        bare.push_back(fastest({ [] {
                                    for (unsigned k = 0; k < VERIFIED; k++)
                                        floor_ecc_verify();
                                },
                                 VERIFIED }));
        ratios.push_back(ours.back() / bare.back());
    }
    return cost(
        "dim-station: each of 10,000 texts relayed, kept until it was taken, and answered",
        "`secp256k1_ecdsa_verify`", { median(ours), median(bare), median(ratios) }, 4);
}

Figure
measure_silence()
{
    Outpost station;
    std::vector<std::unique_ptr<Person>> persons;
    std::vector<std::unique_ptr<Caller>> callers;

    for (unsigned i = 0; i < ACCOUNTS; i++) {
        persons.push_back(std::make_unique<Person>("somebody"));
        for (unsigned k = 0; k < SESSIONS; k++) {
            callers.push_back(std::make_unique<Caller>(station.port, *persons.back()));
            enter(*callers.back());
        }
    }
    Usage before = station.used();
    g_usleep(SILENCE * G_USEC_PER_SEC);
    Usage after = station.used();
    double share = (after.seconds - before.seconds) / SILENCE;
    return { "dim-station with " + std::to_string(callers.size())
                 + " clients that say nothing, for " + std::to_string(SILENCE) + " s",
             milliseconds(after.seconds - before.seconds) + ", "
                 + std::to_string(after.wakes - before.wakes) + " wake-ups",
             "0.1 % of one processor",
             share / IDLE,
             Figure::AT_MOST,
             1 };
}

} // namespace

void
measure_station(std::vector<Figure> &figures, std::vector<std::string> &notes)
{
    floor_init();
    figures.push_back(measure_relay());
    floor_clear();
    figures.push_back(measure_silence());
    notes.push_back(
        "The station is a process of its own, reached over loopback; its CPU time is told by "
        "itself. A text that it relays is parsed and verified, kept in its store, handed over, "
        "forgotten when the reader's OK comes, and its sender gets a signed receipt.");
}

} // namespace bench
