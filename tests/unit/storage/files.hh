// SPDX-License-Identifier: GPL-2.0-or-later
// The files of a store in a folder of their own: written, read and damaged byte by byte.
#pragma once

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sstream>
#include <string>

#include "tests/support/folder.hh"
#include "tests/unit/storage/rows.hh"

namespace fs = std::filesystem;

namespace {

inline std::string
read_file(const std::string &path)
{
    std::ifstream in(path, std::ios::binary);
    std::stringstream all;

    all << in.rdbuf();
    return all.str();
}

inline void
write_file(const std::string &path, const std::string &content)
{
    std::ofstream(path, std::ios::binary) << content;
}

inline bool
run_sql(const std::string &path, const char *sql)
{
    sqlite3 *db = nullptr;
    const bool good = sqlite3_open(path.c_str(), &db) == SQLITE_OK
                      && sqlite3_exec(db, sql, nullptr, nullptr, nullptr) == SQLITE_OK;

    sqlite3_close(db);
    return good;
}

inline gint64
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

inline bool
save(DimStore *store, DimTable table, const char *key, const std::string &value)
{
    OWNED(GBytes) bytes(g_bytes_new(value.data(), value.size()));
    DimRecord record = { key, 1, nullptr, nullptr, bytes.get() };

    return dim_store_save(store, table, &record, nullptr);
}

/* The kept-aside file's name, "" if there is none. */
inline std::string
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
