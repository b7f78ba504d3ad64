// SPDX-License-Identifier: GPL-2.0-or-later
// dim-bench: measures each figure beside its floor, compares with the official client, prints and keeps the table.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <gio/gio.h>
#include <unistd.h>

#include "base/json.h"
#include "crypto/cipher.h"

#include "tests/bench/figures.hh"
#include "tests/support/autoptr.hh"
#include "tests/support/folder.hh"

namespace {

using bench::Figure;

constexpr unsigned PYTHON_SAMPLES = 5;
constexpr int EXIT_SKIPPED = 77;

struct Options {
    bool check = false;
    std::string output;
    std::string venv = DIM_BENCH_VENV;
    std::string only; // a group's name; empty: all of them
};

// A group of figures. Those that run processes of their own come last.
struct Group {
    const char *name;
    void (*measure)(std::vector<Figure> &figures, std::vector<std::string> &notes);
};
constexpr Group groups[] = {
    { "pack", bench::measure_pack },       { "store", bench::measure_store },
    { "stream", bench::measure_stream },   { "backlog", bench::measure_backlog },
    { "station", bench::measure_station },
};
constexpr const char *OFFICIAL = "official"; // the last group

int
run(const std::vector<std::string> &words, std::string *output)
{
    std::vector<const char *> argv;
    support::Error error;
    char *text = nullptr;
    gsize size = 0;

    for (const std::string &word : words)
        argv.push_back(word.c_str());
    argv.push_back(nullptr);
    GSubprocess *child =
        g_subprocess_newv(argv.data(),
                          static_cast<GSubprocessFlags>(G_SUBPROCESS_FLAGS_STDOUT_PIPE
                                                        | G_SUBPROCESS_FLAGS_STDERR_SILENCE),
                          &error);
    if (child == nullptr)
        return -1;
    GBytes *got = nullptr;
    int status = -1;
    if (g_subprocess_communicate(child, nullptr, nullptr, &got, nullptr, &error)
        && g_subprocess_get_if_exited(child))
        status = g_subprocess_get_exit_status(child);
    if (got != nullptr) {
        text = static_cast<char *>(g_bytes_unref_to_data(got, &size));
        if (output != nullptr)
            output->assign(text, size);
        g_free(text);
    }
    g_object_unref(child);
    return status;
}

// One process of the official client: packs and unpacks a second.
bool
official_rates(const Options &options, const std::string &folder, bench::OwnRates *rates)
{
    std::string out;
    support::Error error;

    if (run({ options.venv + "/bin/python3", DIM_BENCH_INTEROP "/pack_bench.py", "--identity",
              "eth", "--count", "500", "--data", folder },
            &out)
        != 0)
        return false;
    OWNED(JsonObject)
    object(dim_json_parse(out.c_str(), static_cast<gssize>(out.size()), &error));
    if (object == nullptr)
        return false;
    rates->pack = json_object_get_double_member_with_default(object.get(), "pack_per_s", 0);
    rates->unpack = json_object_get_double_member_with_default(object.get(), "unpack_per_s", 0);
    return rates->pack > 0 && rates->unpack > 0;
}

void
keep_best(bench::OwnRates &best, const bench::OwnRates &one)
{
    best.pack = std::max(best.pack, one.pack);
    best.unpack = std::max(best.unpack, one.unpack);
    best.verify = std::max(best.verify, one.verify);
}

std::string
bound(double verify, double theirs)
{
    char text[32];

    g_snprintf(text, sizeof text, "%.1f", verify / theirs);
    return text;
}

Figure
against(const char *what, double ours, double theirs)
{
    return { what,
             bench::per_second(1 / ours),
             "official client: " + bench::per_second(1 / theirs),
             ours / theirs,
             Figure::AT_LEAST,
             15 };
}

// FALSE when the official packages cannot be had.
bool
measure_official(const Options &options,
                 std::vector<Figure> &figures,
                 std::vector<std::string> &notes)
{
    bench::OwnRates theirs{}, ours{};
    support::Folder folder;

    if (!g_file_test((options.venv + "/bin/python3").c_str(), G_FILE_TEST_EXISTS)
        && run({ DIM_BENCH_INTEROP "/setup.sh", options.venv }, nullptr) == EXIT_SKIPPED) {
        notes.emplace_back(
            "The official client was **not measured**: its packages were out of reach.");
        return false;
    }
    for (unsigned i = 0; i < PYTHON_SAMPLES; i++) {
        bench::OwnRates one{};

        keep_best(ours, bench::own_rates());
        if (!official_rates(options, folder.path(), &one)) {
            notes.emplace_back("The official client was **not measured**: it did not run.");
            return false;
        }
        keep_best(theirs, one);
    }
    figures.push_back(against("pack a text, ETH identity", ours.pack, theirs.pack));
    figures.push_back(against("unpack a text, key wrapped anew", ours.unpack, theirs.unpack));
    notes.emplace_back(
        "Beside the official client the fastest of many bursts counts, in CPU time, on both "
        "sides alike. Both parse, verify, decrypt and read the same kind of message; it "
        "unwraps the key with RSA each time, we try the last one first. Our unpacking is "
        "bounded by `secp256k1_ecdsa_verify`: that call alone would stand at "
        + bound(ours.verify, theirs.unpack) + ".");
    return true;
}

std::string
processor()
{
    support::Text all;
    char *text = nullptr;
    std::string name = "an unknown processor";

    if (!g_file_get_contents("/proc/cpuinfo", &text, nullptr, nullptr))
        return name;
    all.reset(text);
    const char *at = strstr(text, "model name");
    at = at == nullptr ? nullptr : strchr(at, ':');
    if (at != nullptr)
        name.assign(at + 2, strcspn(at + 2, "\n"));
    return name;
}

std::string
page(const std::string &figures)
{
    GDateTime *now = g_date_time_new_now_utc();
    support::Text day(g_date_time_format(now, "%Y-%m-%d"));
    std::string text = "# Figures\n\nWritten by `./check --bench` on " + std::string(day.get())
                       + ", " + processor() + ".\n\n"
                       + "Each line is measured beside its floor in one run: medians of "
                       + std::to_string(bench::SAMPLES)
                       + " alternating samples of CPU time. Floors are bare library calls "
                         "(`tests/bench/floors.c`). Files lie in memory, so that no disk is "
                         "waited for. A line below 0.9 of its target fails the run.\n\n";

    g_date_time_unref(now);
    return text + figures;
}

bool
is_group(const std::string &name)
{
    return name == OFFICIAL
           || std::any_of(std::begin(groups), std::end(groups),
                          [&](const Group &group) { return name == group.name; });
}

std::string
group_names()
{
    std::string names;

    for (const Group &group : groups)
        names += std::string(" ") + group.name;
    return names + " " + OFFICIAL;
}

Options
read_options(int argc, char **argv)
{
    Options options;

    for (int i = 1; i < argc; i++) {
        std::string word = argv[i];

        if (word == "--check")
            options.check = true;
        else if (word == "--output" && i + 1 < argc)
            options.output = argv[++i];
        else if (word == "--venv" && i + 1 < argc)
            options.venv = argv[++i];
        else if (word == "--only" && i + 1 < argc && is_group(argv[i + 1]))
            options.only = argv[++i];
        else
            throw std::runtime_error("usage: dim-bench [--check] [--output FILE.md] "
                                     "[--venv DIR] [--only GROUP]; groups:"
                                     + group_names());
    }
    return options;
}

int
measure(const Options &options)
{
    std::vector<Figure> figures;
    std::vector<std::string> notes;
    auto wanted = [&](const char *name) {
        return options.only.empty() || options.only == name;
    };
    bool missed = false;

    dim_cipher_key_unref(
        dim_cipher_key_new()); // core sets libgcrypt up, the floors are its guests
    for (const Group &group : groups) {
        if (wanted(group.name))
            group.measure(figures, notes);
    }
    bool compared = !wanted(OFFICIAL) || measure_official(options, figures, notes);
    std::string text = bench::table(figures, notes);
    fputs(text.c_str(), stdout);
    if (!options.output.empty()) {
        std::string whole = page(text);

        bench::must(g_file_set_contents(options.output.c_str(), whole.c_str(), -1, nullptr),
                    "cannot write " + options.output);
    }
    for (const Figure &figure : figures)
        missed = missed || figure.failed();
    if (missed)
        fputs("dim-bench: a figure is below 0.9 of its target\n", stderr);
    if (!compared && g_getenv("CI") != nullptr) {
        fputs("dim-bench: CI: the official client was not measured, which is a failure here\n",
              stderr);
        missed = true;
    }
    return options.check && missed ? EXIT_FAILURE : EXIT_SUCCESS;
}

} // namespace

int
main(int argc, char **argv)
{
    /* Figures are CPU time: files in memory spare the waiting, and make the floors of the disk lower, not higher. */
    if (g_getenv("TMPDIR") == nullptr && access("/dev/shm", W_OK) == 0)
        g_setenv("TMPDIR", "/dev/shm", TRUE);
    try {
        return measure(read_options(argc, argv));
    } catch (const std::exception &failure) {
        fprintf(stderr, "dim-bench: %s\n", failure.what());
        return EXIT_FAILURE;
    }
}
