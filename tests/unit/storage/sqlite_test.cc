// SPDX-License-Identifier: GPL-2.0-or-later
// DimStore as a file: one level of transaction, full disks, damage kept aside and never overwritten, forked children.
#include "storage/sqlite.h"

#include <csignal>
#include <map>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/storage/files.hh"

TEST_F(Store, CommitsAllOrRollsBackAll)
{
    ASSERT_TRUE(dim_store_begin(store, &error));
    EXPECT_TRUE(dim_store_in_transaction(store));
    ASSERT_TRUE(dim_store_begin(store, &error)); /* one level: changes nothing */
    ASSERT_TRUE(save(store, DIM_TABLE_METAS, "a", 0, "1", &error));
    ASSERT_TRUE(save(store, DIM_TABLE_DOCUMENTS, "a", 0, "1", &error));
    ASSERT_TRUE(dim_store_commit(store, &error));
    EXPECT_FALSE(dim_store_in_transaction(store));

    ASSERT_TRUE(dim_store_begin(store, &error));
    ASSERT_TRUE(save(store, DIM_TABLE_METAS, "a", 0, "2", &error));
    ASSERT_TRUE(dim_store_remove(store, DIM_TABLE_DOCUMENTS, "a", &error));
    EXPECT_FALSE(dim_store_has(store, DIM_TABLE_DOCUMENTS, "a"));
    dim_store_rollback(store);
    OWNED(GBytes) value(dim_store_load(store, DIM_TABLE_METAS, "a", &error));
    ASSERT_NE(value, nullptr);
    EXPECT_EQ(text_of(value.get()), "1");
    EXPECT_TRUE(dim_store_has(store, DIM_TABLE_DOCUMENTS, "a"));
    dim_store_rollback(store); /* without one: nothing */
    EXPECT_TRUE(dim_store_commit(store, &error));
}

// Both of those who remember rows are told, each once.
TEST(StoreFile, TellsThatItTookSomethingBack)
{
    OWNED(DimStore) store(dim_store_open_memory());
    guint one = 0;
    guint other = 0;
    Error error;

    EXPECT_FALSE(dim_store_was_undone(store.get(), &one));
    ASSERT_TRUE(dim_store_begin(store.get(), &error));
    ASSERT_TRUE(save(store.get(), DIM_TABLE_METAS, "a", 0, "1", &error));
    ASSERT_TRUE(dim_store_commit(store.get(), &error));
    EXPECT_FALSE(dim_store_was_undone(store.get(), &one));
    ASSERT_TRUE(dim_store_begin(store.get(), &error));
    dim_store_rollback(store.get());
    EXPECT_TRUE(dim_store_was_undone(store.get(), &one));
    EXPECT_FALSE(dim_store_was_undone(store.get(), &one));
    EXPECT_TRUE(dim_store_was_undone(store.get(), &other));
}

// A power cut cannot be tried here: that each commit waits for the disk is asked of the library.
TEST(StoreFile, WaitsForTheDiskAtEachCommit)
{
    support::Folder folder;
    Error error;
    OWNED(DimStore) store(dim_store_open(folder.file("store.db").c_str(), &error));

    ASSERT_NE(store, nullptr) << error.message();
    EXPECT_EQ(number_of(store->db, "PRAGMA synchronous"), 2); // FULL
    EXPECT_EQ(number_of(store->db,
                        "SELECT count(*) FROM pragma_journal_mode WHERE journal_mode = 'wal'"),
              1);
}

TEST(StoreFile, RollsBackWhatIsOpenWhenItCloses)
{
    support::Folder folder;
    const std::string path = folder.file("store.db");
    Error error;

    {
        OWNED(DimStore) store(dim_store_open(path.c_str(), &error));
        ASSERT_NE(store, nullptr) << error.message();
        ASSERT_TRUE(save(store.get(), DIM_TABLE_SELF, "kept", 0, "x", &error));
        ASSERT_TRUE(dim_store_begin(store.get(), &error));
        ASSERT_TRUE(save(store.get(), DIM_TABLE_SELF, "lost", 0, "x", &error));
    }
    OWNED(DimStore) again(dim_store_open(path.c_str(), &error));
    ASSERT_NE(again, nullptr) << error.message();
    EXPECT_TRUE(dim_store_has(again.get(), DIM_TABLE_SELF, "kept"));
    EXPECT_FALSE(dim_store_has(again.get(), DIM_TABLE_SELF, "lost"));
}

TEST(StoreFile, UndoesATransactionWhenTheDiskIsFullAndGoesOn)
{
    support::Folder folder;
    Error error;
    OWNED(DimStore) store(dim_store_open(folder.file("store.db").c_str(), &error));
    const std::string big(3000000, 'x');

    ASSERT_NE(store, nullptr) << error.message();
    ASSERT_EQ(sqlite3_exec(store->db, "PRAGMA max_page_count = 200", nullptr, nullptr, nullptr),
              SQLITE_OK);
    ASSERT_TRUE(dim_store_begin(store.get(), &error));
    ASSERT_TRUE(save(store.get(), DIM_TABLE_METAS, "before", 0, "x", &error));
    EXPECT_FALSE(save(store.get(), DIM_TABLE_METAS, "big", 0, big, &error));
    EXPECT_TRUE(failed_with(error, DIM_ERROR_STORAGE));
    EXPECT_NE(error.message().find("no room"), std::string::npos) << error.message();
    EXPECT_FALSE(save(store.get(), DIM_TABLE_METAS, "after", 0, "x", &error));
    EXPECT_TRUE(failed_with(error, DIM_ERROR_STORAGE));
    EXPECT_FALSE(dim_store_commit(store.get(), &error));
    EXPECT_TRUE(failed_with(error, DIM_ERROR_STORAGE));
    EXPECT_FALSE(dim_store_in_transaction(store.get()));
    EXPECT_EQ(dim_store_count(store.get(), DIM_TABLE_METAS), 0U);

    EXPECT_FALSE(
        save(store.get(), DIM_TABLE_METAS, "big", 0, big, &error)); /* no transaction */
    EXPECT_TRUE(save(store.get(), DIM_TABLE_METAS, "small", 0, "x", &error)) << error.message();
    EXPECT_EQ(keys(store.get(), DIM_TABLE_METAS), "small ");
}

TEST(StoreFile, UndoesATransactionWhenWritingFails)
{
    support::Folder folder;
    Error error;
    OWNED(DimStore) store(dim_store_open(folder.file("store.db").c_str(), &error));
    struct rlimit before;
    struct rlimit tight;

    ASSERT_NE(store, nullptr) << error.message();
    ASSERT_TRUE(save(store.get(), DIM_TABLE_METAS, "kept", 0, "x", &error));
    ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
    tight = before;
    tight.rlim_cur = 256 * 1024; /* of any file: the write-ahead log hits it */
    signal(SIGXFSZ, SIG_IGN);
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &tight), 0);
    const bool begun = dim_store_begin(store.get(), &error);
    const bool first = save(store.get(), DIM_TABLE_METAS, "first", 0, "x", &error);
    const bool second =
        save(store.get(), DIM_TABLE_METAS, "second", 0, std::string(1000000, 'y'), &error);
    const bool committed = dim_store_commit(store.get(), &error);
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, SIG_DFL);

    EXPECT_TRUE(begun && first);
    EXPECT_FALSE(second && committed);
    EXPECT_TRUE(failed_with(error, DIM_ERROR_STORAGE));
    EXPECT_EQ(keys(store.get(), DIM_TABLE_METAS), "kept ");
    EXPECT_TRUE(save(store.get(), DIM_TABLE_METAS, "later", 0, "x", &error)) << error.message();
    EXPECT_EQ(keys(store.get(), DIM_TABLE_METAS), "kept later ");
}

TEST_F(Files, ThatAreNoDatabaseAreKeptAsideUnchanged)
{
    const std::string junk(5000, '\x5a');

    write_file(path, junk);
    write_file(path + "-wal", "log");
    EXPECT_EQ(dim_store_open(path.c_str(), &error), nullptr);
    EXPECT_TRUE(failed_with(error, DIM_ERROR_STORAGE));
    const std::string aside = aside_in(folder);
    ASSERT_NE(aside, "");
    EXPECT_NE(error.message().find(aside), std::string::npos) << error.message();
    EXPECT_EQ(read_file(folder.file(aside)), junk);
    EXPECT_EQ(read_file(folder.file(aside) + "-wal"), "log");
    EXPECT_FALSE(fs::exists(path));
    EXPECT_FALSE(fs::exists(path + "-wal"));
}

TEST_F(Files, TheNewestKeptAsideIsFound)
{
    EXPECT_EQ(support::Text(dim_store_kept_aside(path.c_str())), nullptr);
    for (const char *tail : { ".damaged-20250101-000000", ".damaged-20260101-000000",
                              ".damaged-20260101-000000-wal", "x.damaged-20270101-000000" })
        ASSERT_TRUE(g_file_set_contents((path + tail).c_str(), "", 0, nullptr));
    EXPECT_STREQ(support::Text(dim_store_kept_aside(path.c_str())).get(),
                 "store.db.damaged-20260101-000000");
}

TEST_F(Files, KeptAsideDoNotOverwriteEachOther)
{
    std::map<std::string, int> seen;

    for (int i = 0; i < 3; i++) { /* within one second, mostly */
        write_file(path, std::string(5000, static_cast<char>('a' + i)));
        ASSERT_EQ(dim_store_open(path.c_str(), &error), nullptr);
    }
    for (const auto &entry : fs::directory_iterator(folder.path())) {
        if (entry.path().filename().string().rfind("store.db.damaged-", 0) == 0)
            seen[read_file(entry.path())]++;
    }
    EXPECT_EQ(seen.size(), 3U);
}

/* A flip is either seen (and the file kept aside as it is) or harmless to the structure; never a crash, and the private
 * key is never silently something else or gone. */
TEST_F(Files, WithRandomPagesDamagedAreNeverOverwritten)
{
    GRand *chance = g_rand_new_with_seed(7);
    int kept = 0;

    make(300);
    const std::string good = read_file(path);
    ASSERT_GT(good.size(), 40U * 4096);
    for (int round = 0; round < 60; round++) {
        std::string bad = good;
        const auto page = static_cast<size_t>(
            g_rand_int_range(chance, 0, static_cast<int>(good.size() / 4096)));

        for (int i = 0; i < 64; i++) /* the head of a page is its structure */
            bad[page * 4096
                + static_cast<size_t>(g_rand_int_range(chance, 0, i < 8 ? 12 : 4096))] ^=
                static_cast<char>(g_rand_int_range(chance, 1, 256));
        write_file(path, bad);
        OWNED(DimStore) store(dim_store_open(path.c_str(), &error));
        if (store == nullptr) {
            const std::string aside = aside_in(folder);

            EXPECT_TRUE(failed_with(error, DIM_ERROR_STORAGE));
            if (aside != "") {
                kept++;
                EXPECT_EQ(read_file(folder.file(aside)), bad) << "page " << page;
                fs::remove(folder.file(aside));
            } else {
                EXPECT_EQ(read_file(path), bad) << "page " << page;
            }
        }
        store.reset();
        for (const char *tail : { "", "-wal", "-shm" })
            fs::remove(path + tail);
    }
    g_rand_free(chance);
    EXPECT_GT(kept, 40);
}

TEST_F(Files, CutShortAreKeptAside)
{
    make(300);
    const std::string good = read_file(path);

    for (size_t size : { good.size() / 2, good.size() - 4096, size_t{ 8192 }, size_t{ 100 } }) {
        write_file(path, good.substr(0, size));
        EXPECT_EQ(dim_store_open(path.c_str(), &error), nullptr) << size;
        const std::string aside = aside_in(folder);
        ASSERT_NE(aside, "") << size << ": " << error.message();
        EXPECT_EQ(read_file(folder.file(aside)).size(), size);
        fs::remove(folder.file(aside));
    }
}

/* Large files are looked at as a whole only after a close that was not clean. */
TEST_F(Files, AreLookedAtAsAWholeAfterAnUncleanClose)
{
    make(3000);
    std::string bad = read_file(path);
    ASSERT_GT(bad.size(), 2U * 1024 * 1024);
    EXPECT_EQ(read_file(path + ".lock"), "");
    const size_t middle = bad.size() / 2 / 4096 * 4096;
    bad.replace(middle, 200, std::string(200, '\xee'));
    write_file(path, bad);
    {
        OWNED(DimStore) store(dim_store_open(path.c_str(), &error));
        ASSERT_NE(store, nullptr) << error.message();
        EXPECT_EQ(read_file(path + ".lock"), "open\n");
    }
    EXPECT_EQ(read_file(path + ".lock"), "");
    write_file(path + ".lock", "open\n"); /* as a killed program leaves it */
    EXPECT_EQ(dim_store_open(path.c_str(), &error), nullptr);
    EXPECT_NE(aside_in(folder), "") << error.message();
}

TEST_F(Files, WhereDamageIsReadAreLookedAtNextTime)
{
    auto ignore = [](const DimRecord *, gpointer) -> gboolean { return TRUE; };

    make(3000);
    std::string bad = read_file(path);
    const size_t middle = bad.size() / 2 / 4096 * 4096;
    bad.replace(middle, 200, std::string(200, '\xee'));
    write_file(path, bad);
    {
        OWNED(DimStore) store(dim_store_open(path.c_str(), &error));
        ASSERT_NE(store, nullptr) << error.message();
        EXPECT_FALSE(
            dim_store_list(store.get(), DIM_TABLE_METAS, TRUE, ignore, nullptr, &error));
        EXPECT_TRUE(failed_with(error, DIM_ERROR_STORAGE));
    }
    EXPECT_EQ(read_file(path + ".lock"), "open\n");
    EXPECT_EQ(dim_store_open(path.c_str(), &error), nullptr);
    EXPECT_NE(aside_in(folder), "") << error.message();
}

/* A child that lets go must not say for its parent that all was closed well. */
TEST_F(Files, AForkedChildLeavesThemAlone)
{
    OWNED(DimStore) store(dim_store_open(path.c_str(), &error));
    int status = -1;

    ASSERT_NE(store, nullptr) << error.message();
    const std::string mark = read_file(path + ".lock");
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        dim_store_unref(store.get());
        _exit(0);
    }
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
    EXPECT_NE(mark, "");
    EXPECT_EQ(read_file(path + ".lock"), mark);
    EXPECT_TRUE(save(store.get(), DIM_TABLE_SELF, "still", "mine"));
}

TEST_F(Files, HoldNothingThatWasRemoved)
{
    const std::string secret = "a private key that was removed";
    OWNED(DimStore) store(dim_store_open(path.c_str(), &error));

    ASSERT_NE(store, nullptr) << error.message();
    ASSERT_TRUE(save(store.get(), DIM_TABLE_SELF, "key", secret));
    ASSERT_TRUE(save(store.get(), DIM_TABLE_SELF, "other", "stays"));
    store.reset();
    EXPECT_NE(read_file(path).find(secret), std::string::npos);
    store.reset(dim_store_open(path.c_str(), &error));
    ASSERT_TRUE(dim_store_remove(store.get(), DIM_TABLE_SELF, "key", &error));
    store.reset();
    EXPECT_EQ(read_file(path).find(secret), std::string::npos);
    EXPECT_NE(read_file(path).find("stays"), std::string::npos);
}

/* A forked child that lets go of the store must not close the parent's file. */
TEST(StoreCrash, IsLeftAloneByAForkedChild)
{
    support::Folder folder;
    const std::string path = folder.file("store.db");
    Error error;
    OWNED(DimStore) store(dim_store_open(path.c_str(), &error));
    int status = -1;

    ASSERT_NE(store, nullptr) << error.message();
    ASSERT_TRUE(dim_store_begin(store.get(), &error));
    ASSERT_TRUE(save(store.get(), DIM_TABLE_METAS, "mine", "1"));
    const pid_t child = fork();
    if (child == 0) {
        dim_store_unref(store.release());
        _exit(0);
    }
    waitpid(child, &status, 0);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    EXPECT_TRUE(dim_store_commit(store.get(), &error)) << error.message();
    EXPECT_EQ(dim_store_open(path.c_str(), &error), nullptr) << "the lock went with the child";
    EXPECT_TRUE(support::failed_with(error, DIM_ERROR_BUSY));
}
