// SPDX-License-Identifier: GPL-2.0-or-later
// Versions of the store's file: migrations step by step, files of newer versions and of other programs, and sentences.
#include "storage/schema.h"

#include <cerrno>
#include <set>

#include "tests/unit/storage/files.hh"

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
    EXPECT_EQ(number_of(db, "PRAGMA user_version"), 6);
    EXPECT_EQ(number_of(db, "SELECT count(*) FROM sqlite_master WHERE type = 'table'"),
              DIM_N_TABLES);
    sqlite3_close(db);
}

TEST_F(Files, OfVersionTwoKeepTheirRowsAndGetAPlaceForUsersLists)
{
    {
        OWNED(DimStore) store(dim_store_open(path.c_str(), &error));
        ASSERT_NE(store, nullptr) << error.message();
        ASSERT_TRUE(save(store.get(), DIM_TABLE_QUEUE, "a", "b"));
    }
    ASSERT_TRUE(run_sql(
        path,
        "DROP TABLE kept; DROP TABLE group_records; DROP TABLE ages; PRAGMA user_version = 2"));
    OWNED(DimStore) store(dim_store_open(path.c_str(), &error));
    ASSERT_NE(store, nullptr) << error.message();
    EXPECT_TRUE(dim_store_has(store.get(), DIM_TABLE_QUEUE, "a"));
    EXPECT_TRUE(save(store.get(), DIM_TABLE_KEPT, "block somebody", "{}"));
    EXPECT_EQ(dim_store_count(store.get(), DIM_TABLE_KEPT), 1u);
}

TEST_F(Files, OfVersionThreeKeepTheirGroups)
{
    make(3);
    ASSERT_TRUE(run_sql(path,
                        "DROP TABLE group_records; DROP TABLE ages; PRAGMA user_version = 3;"
                        "INSERT INTO groups VALUES ('g', 5, NULL, NULL, 'kept')"));
    OWNED(DimStore) store(dim_store_open(path.c_str(), &error));
    ASSERT_NE(store, nullptr) << error.message();
    EXPECT_TRUE(dim_store_has(store.get(), DIM_TABLE_GROUPS, "g"));
    EXPECT_EQ(dim_store_count(store.get(), DIM_TABLE_GROUP_RECORDS), 0u);
    EXPECT_TRUE(save(store.get(), DIM_TABLE_GROUP_RECORDS, "a", "b"));
    store.reset();
    store.reset(dim_store_open(path.c_str(), &error));
    ASSERT_NE(store, nullptr) << error.message();
    EXPECT_TRUE(dim_store_has(store.get(), DIM_TABLE_GROUP_RECORDS, "a"));
}

TEST_F(Files, OfVersionFourKeepTheirOutboxAndLoseItsIndexes)
{
    sqlite3 *db = nullptr;

    make(3);
    ASSERT_TRUE(run_sql(
        path, "CREATE INDEX outbox_by_rank ON outbox (rank, key);"
              "CREATE INDEX outbox_by_label ON outbox (label, rank, key);"
              "DROP TABLE ages; INSERT INTO outbox VALUES ('2', 2, NULL, 'n', 'second'),"
              " ('1', 1, NULL, 'n', 'first'); PRAGMA user_version = 4"));
    OWNED(DimStore) store(dim_store_open(path.c_str(), &error));
    ASSERT_NE(store, nullptr) << error.message();
    EXPECT_EQ(keys(store.get(), DIM_TABLE_OUTBOX), "1 2 ");
    store.reset();
    ASSERT_EQ(sqlite3_open(path.c_str(), &db), SQLITE_OK);
    EXPECT_EQ(number_of(db, "PRAGMA user_version"), 6);
    EXPECT_EQ(number_of(db, "SELECT count(*) FROM sqlite_master WHERE type = 'index'"
                            " AND tbl_name = 'outbox' AND sql IS NOT NULL"),
              0);
    sqlite3_close(db);
}

TEST(Schema, NamesEachTableOnce)
{
    std::set<std::string> names;

    for (int table = 0; table < DIM_N_TABLES; table++)
        names.insert(dim_schema_table(static_cast<DimTable>(table)));
    EXPECT_EQ(names.size(), static_cast<size_t>(DIM_N_TABLES));
}

TEST(Schema, TellsDamageFromCircumstances)
{
    for (int code :
         { SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_CORRUPT_INDEX, SQLITE_CORRUPT_VTAB })
        EXPECT_TRUE(dim_schema_is_damage(code)) << code;
    for (int code : { SQLITE_OK, SQLITE_BUSY, SQLITE_FULL, SQLITE_IOERR, SQLITE_CANTOPEN,
                      SQLITE_NOMEM, SQLITE_READONLY, SQLITE_PERM })
        EXPECT_FALSE(dim_schema_is_damage(code)) << code;
}

TEST(Schema, SaysWhatHappenedInASentence)
{
    static const struct {
        int code;
        const char *words;
    } rows[] = { { SQLITE_FULL, "no room left" },      { SQLITE_CORRUPT, "is damaged" },
                 { SQLITE_NOTADB, "is damaged" },      { SQLITE_BUSY, "Another program" },
                 { SQLITE_LOCKED, "Another program" }, { SQLITE_CANTOPEN, "Cannot use" } };

    for (const auto &row : rows) {
        Error error;

        EXPECT_FALSE(dim_schema_fail(nullptr, row.code, "store.db", &error));
        EXPECT_TRUE(failed_with(error, DIM_ERROR_STORAGE));
        EXPECT_NE(error.message().find(row.words), std::string::npos) << error.message();
        EXPECT_NE(error.message().find("store.db"), std::string::npos) << error.message();
    }
}

TEST_F(Files, AreLookedAtBeforeTheyAreTouched)
{
    sqlite3 *db = nullptr;

    make(300);
    ASSERT_EQ(sqlite3_open(path.c_str(), &db), SQLITE_OK);
    EXPECT_EQ(dim_schema_look(db, TRUE, "x", &error), DIM_SCHEMA_WELL);
    EXPECT_EQ(dim_schema_look(db, FALSE, "x", &error), DIM_SCHEMA_WELL);
    sqlite3_exec(db, "PRAGMA user_version = 7", nullptr, nullptr, nullptr);
    EXPECT_EQ(dim_schema_look(db, TRUE, "x", &error), DIM_SCHEMA_FAILED);
    EXPECT_TRUE(failed_with(error, DIM_ERROR_STORAGE));
    sqlite3_exec(db, "PRAGMA user_version = 6", nullptr, nullptr, nullptr);
    sqlite3_close(db);

    std::string bad = read_file(path);
    bad.replace(bad.size() / 2 / 4096 * 4096, 200, std::string(200, '\xee'));
    write_file(path, bad);
    ASSERT_EQ(sqlite3_open(path.c_str(), &db), SQLITE_OK);
    Error none;
    EXPECT_EQ(dim_schema_look(db, TRUE, "x", &none), DIM_SCHEMA_DAMAGED);
    EXPECT_TRUE(no_error(none));
    sqlite3_close(db);
}
