// SPDX-License-Identifier: GPL-2.0-or-later
// DimStore's files: modes, folder, lock, versions and their migrations, damage kept aside and never overwritten.
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <sqlite3.h>
#include <sstream>
#include <string>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "storage/lock.h"
#include "storage/schema.h"
#include "storage/store.h"

#include "tests/support/autoptr.hh"
#include "tests/support/folder.hh"
#include "tests/support/matchers.hh"

using support::Error;
using support::failed_with;
namespace fs = std::filesystem;

namespace {

unsigned
mode_of(const std::string &path)
{
    struct stat info;

    return stat(path.c_str(), &info) == 0 ? info.st_mode & 07777 : 0;
}

std::string
read_file(const std::string &path)
{
    std::ifstream in(path, std::ios::binary);
    std::stringstream all;

    all << in.rdbuf();
    return all.str();
}

void
write_file(const std::string &path, const std::string &content)
{
    std::ofstream(path, std::ios::binary) << content;
}

bool
run_sql(const std::string &path, const char *sql)
{
    sqlite3 *db = nullptr;
    const bool good = sqlite3_open(path.c_str(), &db) == SQLITE_OK
                      && sqlite3_exec(db, sql, nullptr, nullptr, nullptr) == SQLITE_OK;

    sqlite3_close(db);
    return good;
}

gint64
number_of(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *statement = nullptr;
    gint64 number = -1;

    if (sqlite3_prepare_v2(db, sql, -1, &statement, nullptr) == SQLITE_OK
        && sqlite3_step(statement) == SQLITE_ROW)
        number = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return number;
}

bool
save(DimStore *store, DimTable table, const char *key, const std::string &value)
{
    OWNED(GBytes) bytes(g_bytes_new(value.data(), value.size()));
    DimRecord record = { key, 1, nullptr, nullptr, bytes.get() };

    return dim_store_save(store, table, &record, nullptr);
}

/* The kept-aside file's name, "" if there is none. */
std::string
aside_in(const support::Folder &folder)
{
    for (const auto &entry : fs::directory_iterator(folder.path())) {
        const std::string name = entry.path().filename();

        if (name.rfind("store.db.damaged-", 0) == 0 && name.find("-wal") == std::string::npos
            && name.find("-shm") == std::string::npos)
            return name;
    }
    return "";
}

class Files : public ::testing::Test {
  protected:
    support::Folder folder;
    const std::string path = folder.file("store.db");
    Error error;

    /* A well-closed store with a key and rows enough for several pages. */
    void
    make(int rows)
    {
        OWNED(DimStore) store(dim_store_open(path.c_str(), &error));

        ASSERT_NE(store, nullptr) << error.message();
        ASSERT_TRUE(dim_store_begin(store.get(), &error));
        ASSERT_TRUE(save(store.get(), DIM_TABLE_SELF, "key", "private"));
        for (int i = 0; i < rows; i++)
            ASSERT_TRUE(save(store.get(), DIM_TABLE_METAS, std::to_string(i).c_str(),
                             std::string(900, 'm')));
        ASSERT_TRUE(dim_store_commit(store.get(), &error)) << error.message();
    }
};

} // namespace

TEST_F(Files, ArePrivateWhateverTheUmask)
{
    const std::string deep = folder.file("one/two/store.db");
    const mode_t before = umask(0);

    {
        OWNED(DimStore) store(dim_store_open(deep.c_str(), &error));
        ASSERT_NE(store, nullptr) << error.message();
        ASSERT_TRUE(save(store.get(), DIM_TABLE_SELF, "a", "b"));
        EXPECT_STREQ(dim_store_path(store.get()), deep.c_str());
        EXPECT_EQ(mode_of(folder.file("one")), 0700U);
        EXPECT_EQ(mode_of(folder.file("one/two")), 0700U);
        for (const char *tail : { "", "-wal", "-shm", ".lock" })
            EXPECT_EQ(mode_of(deep + tail), 0600U) << tail;
    }
    umask(before);
    EXPECT_EQ(mode_of(deep), 0600U);
}

TEST_F(Files, AreMadePrivateWhenTheyWereNot)
{
    make(1);
    ASSERT_EQ(chmod(path.c_str(), 0644), 0);
    OWNED(DimStore) store(dim_store_open(path.c_str(), &error));
    ASSERT_NE(store, nullptr) << error.message();
    EXPECT_EQ(mode_of(path), 0600U);
}

TEST_F(Files, AreNotPutWhereOthersMayWrite)
{
    for (mode_t mode : { 0770, 0702, 01777 }) {
        ASSERT_EQ(chmod(folder.path().c_str(), mode), 0);
        EXPECT_EQ(dim_store_open(path.c_str(), &error), nullptr);
        EXPECT_TRUE(failed_with(error, DIM_ERROR_STORAGE));
        EXPECT_FALSE(fs::exists(path));
    }
    ASSERT_EQ(chmod(folder.path().c_str(), 0755), 0); /* others may look at the names: fine */
    OWNED(DimStore) store(dim_store_open(path.c_str(), &error));
    EXPECT_NE(store, nullptr) << error.message();
}

TEST_F(Files, AreNotAFolderOrADevice)
{
    fs::create_directory(path);
    EXPECT_EQ(dim_store_open(path.c_str(), &error), nullptr);
    EXPECT_TRUE(failed_with(error, DIM_ERROR_STORAGE));
    EXPECT_EQ(dim_store_open("/dev/null/x/store.db", &error), nullptr);
    EXPECT_TRUE(failed_with(error, DIM_ERROR_STORAGE));
}

TEST_F(Files, AreLockedAgainstThisProcess)
{
    OWNED(DimStore) store(dim_store_open(path.c_str(), &error));
    const std::string other = folder.file("./store.db");

    ASSERT_NE(store, nullptr) << error.message();
    EXPECT_EQ(dim_store_open(path.c_str(), &error), nullptr);
    EXPECT_TRUE(failed_with(error, DIM_ERROR_BUSY));
    EXPECT_EQ(dim_store_open(other.c_str(), &error), nullptr); /* another spelling */
    EXPECT_TRUE(failed_with(error, DIM_ERROR_BUSY));
    OWNED(DimStore) neighbour(dim_store_open(folder.file("other.db").c_str(), &error));
    EXPECT_NE(neighbour, nullptr) << error.message();
    dim_store_unref(dim_store_ref(store.get())); /* not the last one: still locked */
    EXPECT_EQ(dim_store_open(path.c_str(), &error), nullptr);
    store.reset();
    OWNED(DimStore) again(dim_store_open(path.c_str(), &error));
    EXPECT_NE(again, nullptr) << error.message();
}

TEST_F(Files, AreLockedAgainstOtherProcesses)
{
    auto in_child = [this]() -> int { /* 0 opened, 1 busy, 2 anything else */
                                      const pid_t child = fork();
                                      int status = 0;

                                      if (child == 0) {
                                          execl("/proc/self/exe", "files_test", "--open",
                                                path.c_str(), nullptr);
                                          _exit(3);
                                      }
                                      waitpid(child, &status, 0);
                                      return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    };

    EXPECT_EQ(in_child(), 0);
    OWNED(DimStore) store(dim_store_open(path.c_str(), &error));
    ASSERT_NE(store, nullptr) << error.message();
    EXPECT_EQ(in_child(), 1);
    EXPECT_EQ(in_child(), 1) << "asking must not take the lock away";
    store.reset();
    EXPECT_EQ(in_child(), 0);
}

TEST_F(Files, OfANewerVersionAreRefusedAndLeftUntouched)
{
    make(3);
    ASSERT_TRUE(run_sql(path, "PRAGMA user_version = 99; CREATE TABLE future (x)"));
    const std::string before = read_file(path);

    for (int i = 0; i < 2; i++) {
        EXPECT_EQ(dim_store_open(path.c_str(), &error), nullptr);
        EXPECT_TRUE(failed_with(error, DIM_ERROR_STORAGE));
        EXPECT_NE(error.message().find("newer version"), std::string::npos);
    }
    EXPECT_EQ(read_file(path), before);
    EXPECT_EQ(aside_in(folder), "");
}

TEST_F(Files, OfANewerVersionKeepTheirUnwrittenLog)
{
    sqlite3 *db = nullptr;

    make(3);
    ASSERT_EQ(sqlite3_open(path.c_str(), &db), SQLITE_OK);
    sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    ASSERT_EQ(sqlite3_exec(db, "PRAGMA user_version = 99", nullptr, nullptr, nullptr),
              SQLITE_OK);
    sqlite3_close(db);
    const std::string file = read_file(path);
    const std::string log = read_file(path + "-wal");
    ASSERT_FALSE(log.empty());
    EXPECT_EQ(dim_store_open(path.c_str(), &error), nullptr);
    EXPECT_NE(error.message().find("newer version"), std::string::npos) << error.message();
    EXPECT_EQ(read_file(path), file);
    EXPECT_EQ(read_file(path + "-wal"), log);
}

TEST_F(Files, OfOtherProgramsAreRefusedAndLeftUntouched)
{
    ASSERT_TRUE(run_sql(path, "CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1)"));
    EXPECT_EQ(dim_store_open(path.c_str(), &error), nullptr);
    EXPECT_NE(error.message().find("another program"), std::string::npos) << error.message();
    EXPECT_EQ(aside_in(folder), "");
    sqlite3 *db = nullptr;
    ASSERT_EQ(sqlite3_open(path.c_str(), &db), SQLITE_OK);
    EXPECT_EQ(number_of(db, "SELECT x FROM theirs"), 1);
    EXPECT_EQ(number_of(db, "SELECT count(*) FROM sqlite_master"), 1);
    sqlite3_close(db);
}

TEST_F(Files, ThatAreEmptyBecomeStores)
{
    write_file(path, "");
    OWNED(DimStore) store(dim_store_open(path.c_str(), &error));
    ASSERT_NE(store, nullptr) << error.message();
    EXPECT_TRUE(save(store.get(), DIM_TABLE_SELF, "a", "b"));
}

TEST(Migrations, BringAnOlderFileUpStepByStep)
{
    static const DimMigration steps[] = {
        "CREATE TABLE people (name TEXT); PRAGMA application_id = 0x44494D31",
        "ALTER TABLE people ADD COLUMN age INTEGER DEFAULT 7",
        "UPDATE people SET age = age + 1",
    };
    sqlite3 *db = nullptr;
    Error error;

    ASSERT_EQ(sqlite3_open(":memory:", &db), SQLITE_OK);
    ASSERT_TRUE(dim_schema_upgrade(db, steps, 1, "x", &error)) << error.message();
    EXPECT_EQ(number_of(db, "PRAGMA user_version"), 1);
    sqlite3_exec(db, "INSERT INTO people (name) VALUES ('bob')", nullptr, nullptr, nullptr);
    ASSERT_TRUE(dim_schema_upgrade(db, steps, 3, "x", &error)) << error.message();
    EXPECT_EQ(number_of(db, "PRAGMA user_version"), 3);
    EXPECT_EQ(number_of(db, "SELECT age FROM people"), 8);
    ASSERT_TRUE(dim_schema_upgrade(db, steps, 3, "x", &error)); /* nothing twice */
    EXPECT_EQ(number_of(db, "SELECT age FROM people"), 8);
    EXPECT_FALSE(dim_schema_upgrade(db, steps, 2, "x", &error)); /* an older program */
    EXPECT_TRUE(failed_with(error, DIM_ERROR_STORAGE));
    sqlite3_close(db);
}

TEST(Migrations, AreUndoneWhenAStepFails)
{
    static const DimMigration steps[] = {
        "CREATE TABLE people (name TEXT); PRAGMA application_id = 0x44494D31",
        "INSERT INTO people VALUES ('half'); INSERT INTO nowhere VALUES (1)",
    };
    sqlite3 *db = nullptr;
    Error error;

    ASSERT_EQ(sqlite3_open(":memory:", &db), SQLITE_OK);
    EXPECT_FALSE(dim_schema_upgrade(db, steps, 2, "x", &error));
    EXPECT_TRUE(failed_with(error, DIM_ERROR_STORAGE));
    EXPECT_EQ(number_of(db, "PRAGMA user_version"), 1);
    EXPECT_EQ(number_of(db, "SELECT count(*) FROM people"), 0);
    EXPECT_NE(sqlite3_get_autocommit(db), 0);
    sqlite3_close(db);
}

TEST_F(Files, OfVersionZeroGetTheirTables)
{
    ASSERT_TRUE(run_sql(path, "PRAGMA journal_mode = DELETE; VACUUM"));
    OWNED(DimStore) store(dim_store_open(path.c_str(), &error));
    ASSERT_NE(store, nullptr) << error.message();
    EXPECT_TRUE(save(store.get(), DIM_TABLE_QUEUE, "a", "b"));
    store.reset();
    sqlite3 *db = nullptr;
    ASSERT_EQ(sqlite3_open(path.c_str(), &db), SQLITE_OK);
    EXPECT_EQ(number_of(db, "PRAGMA user_version"), 1);
    EXPECT_EQ(number_of(db, "SELECT count(*) FROM sqlite_master WHERE type = 'table'"),
              DIM_N_TABLES);
    sqlite3_close(db);
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

int
main(int count, char **words)
{
    if (count == 3 && std::string(words[1]) == "--open") {
        Error error;
        OWNED(DimStore) store(dim_store_open(words[2], &error));

        if (store != nullptr)
            return 0;
        return error.is(DIM_ERROR, DIM_ERROR_BUSY) ? 1 : 2;
    }
    ::testing::InitGoogleTest(&count, words);
    return RUN_ALL_TESTS();
}

/* As root things can be given away, else the system's own are another's. */
TEST_F(Files, AreNotKeptInWhatBelongsToAnother)
{
    const std::string inside = folder.file("theirs/store.db");
    const std::string theirs = folder.file("theirs.db");

    fs::create_directory(folder.file("theirs"));
    if (geteuid() == 0) {
        write_file(theirs, "");
        ASSERT_EQ(chown(folder.file("theirs").c_str(), 65534, 65534), 0);
        ASSERT_EQ(chown(theirs.c_str(), 65534, 65534), 0);
    } else {
        fs::create_symlink("/etc/hostname", theirs);
    }
    EXPECT_EQ(dim_store_open(geteuid() == 0 ? inside.c_str() : "/etc/store.db", &error),
              nullptr);
    EXPECT_TRUE(failed_with(error, DIM_ERROR_STORAGE));
    EXPECT_EQ(dim_store_open(theirs.c_str(), &error), nullptr);
    EXPECT_TRUE(failed_with(error, DIM_ERROR_STORAGE));
    EXPECT_FALSE(fs::exists(inside));
}

TEST_F(Files, ALockThatIsALinkIsNotFollowed)
{
    const std::string precious = folder.file("precious");

    write_file(precious, "untouched");
    fs::create_symlink(precious, path + ".lock");
    EXPECT_EQ(dim_store_open(path.c_str(), &error), nullptr);
    EXPECT_TRUE(failed_with(error, DIM_ERROR_STORAGE));
    EXPECT_EQ(read_file(precious), "untouched");
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
