// SPDX-License-Identifier: GPL-2.0-or-later
// DimStore's rows: round trip, order, labels, ageing, lists inside lists, and lists of columns from an index alone.
#include "tests/unit/storage/rows.hh"

#include "storage/sqlite.h"

#include "tests/support/folder.hh"

TEST_F(Store, GivesBackWhatWasSavedInEveryTable)
{
    const std::string bytes("\0\1\2 \xff value", 10);

    for (int table = 0; table < DIM_N_TABLES; table++) {
        auto which = static_cast<DimTable>(table);
        std::vector<Row> rows;

        ASSERT_TRUE(save(store, which, "k'; --", 12.125, bytes, &error, "马", "n\"%s"))
            << error.message();
        ASSERT_TRUE(dim_store_find(store, which, "k'; --", collect, &rows, &error));
        ASSERT_EQ(rows.size(), 1U);
        EXPECT_EQ(rows[0].key, "k'; --");
        EXPECT_EQ(rows[0].rank, 12.125);
        EXPECT_EQ(rows[0].label, "马");
        EXPECT_EQ(rows[0].note, "n\"%s");
        EXPECT_EQ(rows[0].value, bytes);
        EXPECT_TRUE(dim_store_has(store, which, "k'; --"));
        EXPECT_EQ(dim_store_count(store, which), 1U);
    }
}

TEST_F(Store, TellsNoValueFromAnEmptyOne)
{
    DimRecord bare = { "bare", 0, nullptr, nullptr, nullptr };
    std::vector<Row> rows;

    ASSERT_TRUE(dim_store_save(store, DIM_TABLE_SELF, &bare, &error));
    ASSERT_TRUE(save(store, DIM_TABLE_SELF, "empty", 1, "", &error));
    ASSERT_TRUE(dim_store_list(store, DIM_TABLE_SELF, TRUE, collect, &rows, &error));
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_FALSE(rows[0].has_value);
    EXPECT_FALSE(rows[0].has_label);
    EXPECT_TRUE(rows[1].has_value);
    OWNED(GBytes) empty(dim_store_load(store, DIM_TABLE_SELF, "empty", &error));
    ASSERT_NE(empty, nullptr);
    EXPECT_EQ(g_bytes_get_size(empty.get()), 0U);
}

TEST_F(Store, SaysAbsentWithoutAnError)
{
    std::vector<Row> rows;

    EXPECT_EQ(dim_store_load(store, DIM_TABLE_METAS, "nobody", &error), nullptr);
    EXPECT_TRUE(no_error(error));
    EXPECT_TRUE(dim_store_find(store, DIM_TABLE_METAS, "nobody", collect, &rows, &error));
    EXPECT_TRUE(rows.empty());
    EXPECT_FALSE(dim_store_has(store, DIM_TABLE_METAS, "nobody"));
    EXPECT_TRUE(dim_store_remove(store, DIM_TABLE_METAS, "nobody", &error));
}

TEST_F(Store, ReplacesAllColumnsOfAKey)
{
    std::vector<Row> rows;

    ASSERT_TRUE(save(store, DIM_TABLE_CONTACTS, "a", 5, "old", &error, "label", "note"));
    ASSERT_TRUE(save(store, DIM_TABLE_CONTACTS, "a", 6, "new", &error));
    ASSERT_TRUE(dim_store_list(store, DIM_TABLE_CONTACTS, TRUE, collect, &rows, &error));
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].value, "new");
    EXPECT_EQ(rows[0].rank, 6);
    EXPECT_FALSE(rows[0].has_label);
}

TEST_F(Store, ListsByRankThenKey)
{
    for (const char *key : { "d", "b", "c" })
        ASSERT_TRUE(save(store, DIM_TABLE_OUTBOX, key, 2, "", &error));
    ASSERT_TRUE(save(store, DIM_TABLE_OUTBOX, "z", 1.5, "", &error));
    ASSERT_TRUE(save(store, DIM_TABLE_OUTBOX, "a", 1e300, "", &error));
    EXPECT_EQ(keys(store, DIM_TABLE_OUTBOX), "z b c d a ");
}

TEST_F(Store, ListsOneLabelInOrderOfRank)
{
    ASSERT_TRUE(save(store, DIM_TABLE_WAITING, "3", 3, "", &error, "bob"));
    ASSERT_TRUE(save(store, DIM_TABLE_WAITING, "1", 1, "", &error, "bob"));
    ASSERT_TRUE(save(store, DIM_TABLE_WAITING, "2", 2, "", &error, "eve"));
    ASSERT_TRUE(save(store, DIM_TABLE_WAITING, "0", 0, "", &error));
    EXPECT_EQ(keys(store, DIM_TABLE_WAITING, "bob"), "1 3 ");
    EXPECT_EQ(keys(store, DIM_TABLE_WAITING, "nobody"), "");
}

TEST_F(Store, PrunesWhatIsOlderAndKeepsTheBorder)
{
    ASSERT_TRUE(save(store, DIM_TABLE_SEEN, "old", 9.999, "", &error));
    ASSERT_TRUE(save(store, DIM_TABLE_SEEN, "border", 10, "", &error));
    ASSERT_TRUE(save(store, DIM_TABLE_SEEN, "new", 11, "", &error));
    ASSERT_TRUE(dim_store_prune(store, DIM_TABLE_SEEN, 10, &error));
    EXPECT_EQ(keys(store, DIM_TABLE_SEEN), "border new ");
}

TEST_F(Store, StopsAListWhenAsked)
{
    auto first_only = [](const DimRecord *record, gpointer data) -> gboolean {
        *static_cast<std::string *>(data) += record->key;
        return FALSE;
    };
    std::string seen;

    ASSERT_TRUE(save(store, DIM_TABLE_SEEN, "a", 1, "", &error));
    ASSERT_TRUE(save(store, DIM_TABLE_SEEN, "b", 2, "", &error));
    EXPECT_TRUE(dim_store_list(store, DIM_TABLE_SEEN, FALSE, first_only, &seen, &error));
    EXPECT_EQ(seen, "a");
    EXPECT_TRUE(save(store, DIM_TABLE_SEEN, "c", 3, "", &error)); /* nothing left open */
}

TEST_F(Store, ListsInsideAList)
{
    struct Inner {
        DimStore *store;
        int rows;
    } inner = { store, 0 };
    auto nested = [](const DimRecord *, gpointer data) -> gboolean {
        auto *self = static_cast<Inner *>(data);
        std::vector<Row> rows;

        EXPECT_TRUE(
            dim_store_list(self->store, DIM_TABLE_SEEN, FALSE, collect, &rows, nullptr));
        self->rows += static_cast<int>(rows.size());
        return TRUE;
    };

    for (const char *key : { "a", "b", "c" })
        ASSERT_TRUE(save(store, DIM_TABLE_SEEN, key, 1, "", &error));
    ASSERT_TRUE(dim_store_list(store, DIM_TABLE_SEEN, FALSE, nested, &inner, &error));
    EXPECT_EQ(inner.rows, 9);
}

TEST(StoreFile, ListsTenThousandContactsByColumns)
{
    support::Folder folder;
    const std::string path = folder.file("store.db");
    const std::string blob(2000, 'b');
    std::vector<Row> rows;
    Error error;

    {
        OWNED(DimStore) store(dim_store_open(path.c_str(), &error));
        ASSERT_NE(store, nullptr) << error.message();
        ASSERT_TRUE(dim_store_begin(store.get(), &error));
        for (int i = 0; i < 10000; i++) {
            const std::string key = "0x" + std::to_string(1000000 + i);
            ASSERT_TRUE(save(store.get(), DIM_TABLE_CONTACTS, key.c_str(), i, blob, &error,
                             "alias", "name"));
        }
        ASSERT_TRUE(dim_store_commit(store.get(), &error));
    }
    OWNED(DimStore) store(dim_store_open(path.c_str(), &error));
    ASSERT_NE(store, nullptr) << error.message();
    const gint64 begin = g_get_monotonic_time();
    ASSERT_TRUE(dim_store_list(store.get(), DIM_TABLE_CONTACTS, FALSE, collect, &rows, &error));
    RecordProperty("microseconds", static_cast<int>(g_get_monotonic_time() - begin));
    ASSERT_EQ(rows.size(), 10000U);
    EXPECT_EQ(rows[0].key, "0x1000000");
    EXPECT_EQ(rows[9999].key, "0x1009999");
    EXPECT_EQ(rows[42].label, "alias");
    EXPECT_EQ(rows[42].note, "name");
    EXPECT_FALSE(rows[42].has_value);
}

/* The list of columns must be answered from an index alone, else it reads the pages of the values too. */
TEST(StoreFile, AnswersTheRosterFromItsIndexAlone)
{
    OWNED(DimStore) store(dim_store_open_memory());
    sqlite3_stmt *statement = nullptr;

    ASSERT_EQ(sqlite3_prepare_v2(store->db,
                                 "EXPLAIN QUERY PLAN SELECT key, rank, label, note FROM "
                                 "contacts ORDER BY rank, key",
                                 -1, &statement, nullptr),
              SQLITE_OK);
    ASSERT_EQ(sqlite3_step(statement), SQLITE_ROW);
    EXPECT_STREQ(reinterpret_cast<const char *>(sqlite3_column_text(statement, 3)),
                 "SCAN contacts USING COVERING INDEX contacts_roster");
    EXPECT_EQ(sqlite3_step(statement), SQLITE_DONE);
    sqlite3_finalize(statement);
}

TEST_F(Store, FindsNothingThatIsNotThere)
{
    std::vector<Row> rows;

    EXPECT_TRUE(dim_store_find(store, DIM_TABLE_LOGINS, "", collect, &rows, &error));
    EXPECT_TRUE(rows.empty());
    EXPECT_EQ(dim_store_count(store, DIM_TABLE_LOGINS), 0U);
    EXPECT_TRUE(dim_store_prune(store, DIM_TABLE_LOGINS, 1e300, &error));
}

// One table is not another, whatever the key.
TEST_F(Store, KeepsItsTablesApart)
{
    for (int table = 0; table < DIM_N_TABLES; table++)
        ASSERT_TRUE(save(store, static_cast<DimTable>(table), "same", table,
                         std::to_string(table), &error));
    ASSERT_TRUE(dim_store_remove(store, DIM_TABLE_METAS, "same", &error));
    for (int table = 0; table < DIM_N_TABLES; table++) {
        OWNED(GBytes)
        value(dim_store_load(store, static_cast<DimTable>(table), "same", &error));

        EXPECT_EQ(value != nullptr ? text_of(value.get()) : "gone",
                  table == DIM_TABLE_METAS ? "gone" : std::to_string(table));
    }
}

TEST_F(Store, SaysWhenATableCannotBeRead)
{
    std::vector<Row> rows;

    ASSERT_EQ(sqlite3_exec(store->db, "DROP TABLE logins", nullptr, nullptr, nullptr),
              SQLITE_OK);
    EXPECT_FALSE(save(store, DIM_TABLE_LOGINS, "k", 0, "", &error));
    EXPECT_TRUE(failed_with(error, DIM_ERROR_STORAGE));
    EXPECT_EQ(dim_store_load(store, DIM_TABLE_LOGINS, "k", &error), nullptr);
    EXPECT_TRUE(failed_with(error, DIM_ERROR_STORAGE));
    EXPECT_FALSE(dim_store_list(store, DIM_TABLE_LOGINS, TRUE, collect, &rows, &error));
    EXPECT_TRUE(failed_with(error, DIM_ERROR_STORAGE));
    EXPECT_FALSE(dim_store_remove(store, DIM_TABLE_LOGINS, "k", &error));
    EXPECT_TRUE(save(store, DIM_TABLE_SELF, "k", 0, "", &error)) << "the others go on";
}
