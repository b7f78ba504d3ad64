// SPDX-License-Identifier: GPL-2.0-or-later
// DimStore's rows: round trip, order, ageing, lists, transactions, and what happens when the disk is full.
#include "storage/store.h"

#include <csignal>
#include <gtest/gtest.h>
#include <string>
#include <sys/resource.h>
#include <vector>

#include "storage/sqlite.h"

#include "tests/support/autoptr.hh"
#include "tests/support/folder.hh"
#include "tests/support/matchers.hh"

using support::Error;
using support::failed_with;
using support::no_error;

namespace {

std::string
text_of(GBytes *bytes)
{
    gsize size = 0;
    const auto *data = static_cast<const char *>(g_bytes_get_data(bytes, &size));

    return std::string(data == nullptr ? "" : data, size);
}

struct Row {
    std::string key;
    double rank;
    std::string label, note, value;
    bool has_label, has_value;
};

gboolean
collect(const DimRecord *record, gpointer data)
{
    static_cast<std::vector<Row> *>(data)->push_back(
        { record->key, record->rank, record->label != nullptr ? record->label : "",
          record->note != nullptr ? record->note : "",
          record->value != nullptr ? text_of(record->value) : "", record->label != nullptr,
          record->value != nullptr });
    return TRUE;
}

bool
save(DimStore *store,
     DimTable table,
     const char *key,
     double rank,
     const std::string &value,
     GError **error = nullptr,
     const char *label = nullptr,
     const char *note = nullptr)
{
    OWNED(GBytes) bytes(g_bytes_new(value.data(), value.size()));
    DimRecord record = { key, rank, label, note, bytes.get() };

    return dim_store_save(store, table, &record, error);
}

std::string
keys(DimStore *store, DimTable table, const char *label = nullptr)
{
    std::vector<Row> rows;
    std::string joined;
    Error error;

    if (label == nullptr)
        EXPECT_TRUE(dim_store_list(store, table, FALSE, collect, &rows, &error));
    else
        EXPECT_TRUE(dim_store_list_label(store, table, label, collect, &rows, &error));
    for (const Row &row : rows)
        joined += row.key + " ";
    return joined;
}

class Store : public ::testing::Test {
  protected:
    OWNED(DimStore) store_{ dim_store_open_memory() };
    DimStore *store = store_.get();
    Error error;
};

} // namespace

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
