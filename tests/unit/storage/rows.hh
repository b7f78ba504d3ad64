// SPDX-License-Identifier: GPL-2.0-or-later
// Rows of a store as C++ values.
#pragma once

#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "storage/store.h"

#include "tests/support/autoptr.hh"
#include "tests/support/matchers.hh"

using support::Error;
using support::failed_with;
using support::no_error;

namespace {

inline std::string
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

inline gboolean
collect(const DimRecord *record, gpointer data)
{
    static_cast<std::vector<Row> *>(data)->push_back(
        { record->key, record->rank, record->label != nullptr ? record->label : "",
          record->note != nullptr ? record->note : "",
          record->value != nullptr ? text_of(record->value) : "", record->label != nullptr,
          record->value != nullptr });
    return TRUE;
}

inline bool
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

inline std::string
keys(DimStore *store, DimTable table, const char *label = nullptr)
{
    std::vector<Row> rows;
    std::string joined;
    Error error;

    if (label == nullptr)
        EXPECT_TRUE(dim_store_list(store, table, FALSE, collect, &rows, &error));
    else
        EXPECT_TRUE(dim_store_list_label(store, table, label, TRUE, collect, &rows, &error));
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
