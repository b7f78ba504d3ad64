// SPDX-License-Identifier: GPL-2.0-or-later
// Rows as text, JSON and secrets; a transaction of one's own inside another's.
#include "people/records.h"

#include <cstring>
#include <gtest/gtest.h>
#include <string>

#include "base/json.h"

#include "tests/support/matchers.hh"

using support::Error;
using support::failed_with;
using support::no_error;
using support::Text;

namespace {

class Records : public ::testing::Test {
  protected:
    OWNED(DimStore) store{ dim_store_open_memory() };
    Error error;

    bool
    save(const char *key, const char *text)
    {
        DimRecord columns = {};

        columns.key = key;
        return dim_record_save_text(store.get(), DIM_TABLE_SELF, &columns, text, &error);
    }
    std::string
    load(const char *key)
    {
        Text text(dim_record_load_text(store.get(), DIM_TABLE_SELF, key, &error));

        return text ? text.get() : "(null)";
    }
    bool
    has(const char *key)
    {
        return dim_store_has(store.get(), DIM_TABLE_SELF, key);
    }
};

} // namespace

TEST_F(Records, KeepText)
{
    ASSERT_TRUE(save("a", "马 'x'"));
    ASSERT_TRUE(save("empty", ""));
    EXPECT_EQ(load("a"), "马 'x'");
    EXPECT_EQ(load("empty"), "");
    EXPECT_EQ(load("nothing"), "(null)");
    EXPECT_TRUE(no_error(error)) << "absent is no error";
}

TEST_F(Records, KeepNoTextAsNothing)
{
    ASSERT_TRUE(save("none", nullptr));
    EXPECT_TRUE(has("none"));
    EXPECT_EQ(load("none"), "(null)");
    EXPECT_TRUE(no_error(error));
}

TEST_F(Records, KeepSecrets)
{
    const guint8 bytes[] = { 0, 1, 0xff, 0, 'k' };
    OWNED(DimSecret) secret(dim_secret_new(bytes, sizeof bytes));
    DimRecord columns = {};

    columns.key = "key";
    ASSERT_TRUE(
        dim_record_save_secret(store.get(), DIM_TABLE_SELF, &columns, secret.get(), &error));
    secret.reset();
    OWNED(DimSecret)
    again(dim_record_load_secret(store.get(), DIM_TABLE_SELF, "key", &error));
    ASSERT_NE(again, nullptr);
    ASSERT_EQ(dim_secret_size(again.get()), sizeof bytes);
    EXPECT_EQ(memcmp(dim_secret_data(again.get()), bytes, sizeof bytes), 0);
    EXPECT_EQ(dim_record_load_secret(store.get(), DIM_TABLE_SELF, "other", &error), nullptr);
    EXPECT_TRUE(no_error(error));
}

TEST_F(Records, KeepJson)
{
    OWNED(JsonObject) object(json_object_new());
    DimRecord columns = {};

    columns.key = "json";
    json_object_set_string_member(object.get(), "name", "马");
    ASSERT_TRUE(
        dim_record_save_json(store.get(), DIM_TABLE_SELF, &columns, object.get(), &error));
    EXPECT_EQ(load("json"), "{\"name\":\"马\"}");
    OWNED(JsonObject)
    again(dim_record_load_json(store.get(), DIM_TABLE_SELF, "json", &error));
    ASSERT_NE(again, nullptr);
    EXPECT_STREQ(dim_json_text(again.get(), "name"), "马");
    EXPECT_EQ(dim_record_load_json(store.get(), DIM_TABLE_SELF, "nothing", &error), nullptr);
    EXPECT_TRUE(no_error(error));
}

TEST_F(Records, ReadJsonThroughTheGate)
{
    const std::string deep = std::string(100, '[') + std::string(100, ']');

    for (const std::string &bad :
         { std::string(""), std::string("[]"), std::string("{\"a\":1,\"a\":2}"),
           std::string("{\"a\":NaN}"), "{\"a\":" + deep + "}", std::string("{}x") }) {
        ASSERT_TRUE(save("bad", bad.c_str()));
        EXPECT_EQ(dim_record_load_json(store.get(), DIM_TABLE_SELF, "bad", &error), nullptr)
            << bad;
        EXPECT_TRUE(failed_with(error, DIM_ERROR_STORAGE)) << bad;
    }
}

TEST_F(Records, AreFoundWithAllTheirColumns)
{
    OWNED(GBytes) value(g_bytes_new("v", 1));
    DimRecord record = { "k", 2.5, "label", "note", value.get() };
    g_auto(DimRow) row = {};
    g_auto(DimRow) none = {};

    ASSERT_TRUE(dim_store_save(store.get(), DIM_TABLE_CONTACTS, &record, &error));
    ASSERT_TRUE(dim_row_find(store.get(), DIM_TABLE_CONTACTS, "k", &row, &error));
    EXPECT_TRUE(row.found);
    EXPECT_STREQ(row.key, "k");
    EXPECT_STREQ(row.label, "label");
    EXPECT_STREQ(row.note, "note");
    EXPECT_EQ(row.rank, 2.5);
    EXPECT_EQ(support::hex(row.value), "76");
    memset(&none, 0xee, sizeof none); // whatever stood there before
    ASSERT_TRUE(dim_row_find(store.get(), DIM_TABLE_CONTACTS, "nobody", &none, &error));
    EXPECT_FALSE(none.found);
    EXPECT_EQ(none.key, nullptr);
    EXPECT_EQ(none.value, nullptr);
    dim_row_clear(&row);
    EXPECT_EQ(row.key, nullptr) << "may be cleared twice";
}

TEST_F(Records, AreRemovedAllOrNone)
{
    GPtrArray *keys = g_ptr_array_new_with_free_func(g_free);
    const auto list = [&] {
        g_ptr_array_set_size(keys, 0);
        return dim_store_list(store.get(), DIM_TABLE_SELF, FALSE, dim_record_note_key, keys,
                              &error);
    };

    EXPECT_TRUE(dim_records_remove(store.get(), DIM_TABLE_SELF, keys, &error)) << "none at all";
    ASSERT_TRUE(save("a", "1") && save("b", "2") && list());
    ASSERT_EQ(keys->len, 2U);
    ASSERT_TRUE(save("c", "3"));
    ASSERT_TRUE(dim_store_begin(store.get(), &error));
    EXPECT_TRUE(dim_records_remove(store.get(), DIM_TABLE_SELF, keys, &error));
    dim_store_rollback(store.get());
    EXPECT_TRUE(has("a") && has("b")) << "the caller's transaction decides";
    EXPECT_TRUE(dim_records_remove(store.get(), DIM_TABLE_SELF, keys, &error));
    EXPECT_FALSE(has("a") || has("b"));
    EXPECT_TRUE(has("c"));
    EXPECT_FALSE(dim_store_in_transaction(store.get()));
    g_ptr_array_unref(keys);
}

TEST_F(Records, EndATransactionOfTheirOwn)
{
    gboolean mine = FALSE;

    ASSERT_TRUE(dim_records_begin(store.get(), &mine, &error));
    EXPECT_TRUE(mine);
    ASSERT_TRUE(save("a", "1"));
    EXPECT_TRUE(dim_records_end(store.get(), mine, TRUE, &error));
    EXPECT_FALSE(dim_store_in_transaction(store.get()));
    EXPECT_TRUE(has("a"));

    ASSERT_TRUE(dim_records_begin(store.get(), &mine, &error));
    ASSERT_TRUE(save("b", "1"));
    EXPECT_FALSE(dim_records_end(store.get(), mine, FALSE, &error));
    EXPECT_FALSE(dim_store_in_transaction(store.get()));
    EXPECT_FALSE(has("b"));
}

TEST_F(Records, LeaveTheTransactionOfAnotherOpen)
{
    gboolean mine = TRUE;

    ASSERT_TRUE(dim_store_begin(store.get(), &error));
    ASSERT_TRUE(dim_records_begin(store.get(), &mine, &error));
    EXPECT_FALSE(mine);
    ASSERT_TRUE(save("a", "1"));
    EXPECT_TRUE(dim_records_end(store.get(), mine, TRUE, &error));
    EXPECT_TRUE(dim_store_in_transaction(store.get()));
    EXPECT_FALSE(dim_records_end(store.get(), mine, FALSE, &error));
    EXPECT_TRUE(dim_store_in_transaction(store.get())) << "its owner decides";
    dim_store_rollback(store.get());
    EXPECT_FALSE(has("a"));
}
