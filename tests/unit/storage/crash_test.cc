// SPDX-License-Identifier: GPL-2.0-or-later
// DimStore under kill -9: no torn pair, nothing lost that was acknowledged, no lock left behind.
#include <csignal>
#include <gtest/gtest.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

#include "storage/store.h"

#include "tests/support/autoptr.hh"
#include "tests/support/folder.hh"
#include "tests/support/matchers.hh"

using support::Error;

namespace {

const int rounds = 60;

std::string
value_of(int number)
{
    return std::to_string(number) + std::string(20000 + number % 7, static_cast<char>(number));
}

bool
save(DimStore *store, DimTable table, const std::string &key, int number)
{
    const std::string value = value_of(number);
    OWNED(GBytes) bytes(g_bytes_new(value.data(), value.size()));
    DimRecord record = { key.c_str(), static_cast<double>(number), nullptr, nullptr,
                         bytes.get() };

    return dim_store_save(store, table, &record, nullptr);
}

/* Writes pairs for ever, one transaction each, and says each number once it is committed. Never returns. */
[[noreturn]] void
write_pairs(const std::string &path, int first, int report)
{
    DimStore *store = dim_store_open(path.c_str(), nullptr);

    if (store == nullptr)
        _exit(10);
    for (int i = first;; i++) {
        const std::string key = "own" + std::to_string(i % 20);

        if (!dim_store_begin(store, nullptr) || !save(store, DIM_TABLE_METAS, "pair", i)
            || !save(store, DIM_TABLE_METAS, key, i)
            || !save(store, DIM_TABLE_DOCUMENTS, "pair", i)
            || !save(store, DIM_TABLE_DOCUMENTS, key, i) || !dim_store_commit(store, nullptr))
            _exit(11);
        if (write(report, &i, sizeof i) != sizeof i)
            _exit(12);
    }
}

int
rank_of(DimStore *store, DimTable table, const char *key)
{
    auto note = [](const DimRecord *record, gpointer data) -> gboolean {
        const std::string expected = value_of(static_cast<int>(record->rank));
        gsize size = 0;
        const auto *bytes = static_cast<const char *>(g_bytes_get_data(record->value, &size));

        *static_cast<int *>(data) = static_cast<int>(record->rank);
        EXPECT_EQ(std::string(bytes, size), expected) << "torn value";
        return TRUE;
    };
    int rank = -1;

    EXPECT_TRUE(dim_store_find(store, table, key, note, &rank, nullptr));
    return rank;
}

/* Kills the writer some time after its first words; returns the last number that it acknowledged. */
int
run_and_kill(const std::string &path, int first, useconds_t wait)
{
    int ends[2];
    int last = -1;
    int number;
    int status = 0;

    if (pipe(ends) != 0)
        return -1;
    const pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        write_pairs(path, first, ends[1]);
    }
    close(ends[1]);
    if (read(ends[0], &number, sizeof number) == sizeof number)
        last = number;
    usleep(wait);
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    while (read(ends[0], &number, sizeof number) == sizeof number)
        last = number;
    close(ends[0]);
    EXPECT_TRUE(WIFSIGNALED(status)) << "the writer gave up by itself: " << WEXITSTATUS(status);
    return last;
}

} // namespace

TEST(StoreCrash, LosesNothingAcknowledgedAndTearsNoPair)
{
    support::Folder folder;
    const std::string path = folder.file("store.db");
    GRand *chance = g_rand_new_with_seed(20260801);
    int next = 0;
    int ahead = 0;

    for (int round = 0; round < rounds; round++) {
        const auto wait = static_cast<useconds_t>(g_rand_int_range(chance, 0, 15000));
        const int acknowledged = run_and_kill(path, next, wait);
        Error error;

        ASSERT_GE(acknowledged, next);
        OWNED(DimStore) store(dim_store_open(path.c_str(), &error));
        ASSERT_NE(store, nullptr) << error.message();
        const int meta = rank_of(store.get(), DIM_TABLE_METAS, "pair");
        const int document = rank_of(store.get(), DIM_TABLE_DOCUMENTS, "pair");
        ASSERT_EQ(meta, document) << "a torn pair in round " << round;
        ASSERT_GE(meta, acknowledged) << "a commit was lost in round " << round;
        ASSERT_LE(meta, acknowledged + 1) << "a commit that nobody made";
        const std::string key = "own" + std::to_string(meta % 20);
        ASSERT_EQ(rank_of(store.get(), DIM_TABLE_METAS, key.c_str()), meta);
        ASSERT_EQ(rank_of(store.get(), DIM_TABLE_DOCUMENTS, key.c_str()), meta);
        ahead += meta > acknowledged;
        next = meta + 1;
    }
    RecordProperty("transactions", next);
    RecordProperty("committed_but_not_yet_told", ahead);
    g_rand_free(chance);
}
