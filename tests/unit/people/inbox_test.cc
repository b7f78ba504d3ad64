// SPDX-License-Identifier: GPL-2.0-or-later
// DimInbox: order by time, one row a text, bounds in messages and bytes, what a rollback and a restart leave.
#include "people/inbox.h"

#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "tests/support/folder.hh"
#include "tests/support/matchers.hh"

using support::Error;
using support::failed_with;
using support::no_error;

namespace {

class Inbox : public ::testing::Test {
  protected:
    OWNED(DimStore) store{ dim_store_open_memory() };
    OWNED(DimInbox) inbox{ dim_inbox_new(store.get()) };
    Error error;

    bool
    put(const std::string &text, double time = 1700000000)
    {
        const support::Text key(
            dim_inbox_put(inbox.get(), text.data(), text.size(), time, &error));

        return key != nullptr;
    }
    std::vector<std::string>
    keys()
    {
        OWNED(GPtrArray) list(dim_inbox_list(inbox.get(), &error));
        std::vector<std::string> found;

        EXPECT_NE(list, nullptr) << error.message();
        for (guint i = 0; list && i < list->len; i++)
            found.emplace_back(static_cast<char *>(g_ptr_array_index(list.get(), i)));
        return found;
    }
    std::vector<std::string>
    texts()
    {
        std::vector<std::string> found;

        for (const std::string &key : keys()) {
            OWNED(GBytes) bytes(dim_inbox_read(inbox.get(), key.c_str(), &error));
            gsize size = 0;
            const auto *data =
                bytes ? static_cast<const char *>(g_bytes_get_data(bytes.get(), &size))
                      : nullptr;

            EXPECT_NE(bytes, nullptr) << error.message();
            found.emplace_back(data != nullptr ? data : "", size);
        }
        return found;
    }
};

} // namespace

TEST_F(Inbox, GivesBackInOrderOfTimeNotOfComing)
{
    EXPECT_TRUE(texts().empty());
    ASSERT_TRUE(put("third", 30.5));
    ASSERT_TRUE(put("first", 10));
    ASSERT_TRUE(put("second", 30.25));
    EXPECT_EQ(texts(), (std::vector<std::string>{ "first", "second", "third" }));
}

TEST_F(Inbox, KeepsTheBytesAsTheyWere)
{
    const std::string odd("{\"a\":\"\xe9\xa9\xac\"}\0 ' \xff", 16);

    ASSERT_TRUE(put(odd));
    EXPECT_EQ(texts(), std::vector<std::string>{ odd });
}

TEST_F(Inbox, KeepsTheSameTextOnce)
{
    for (int i = 0; i < 5; i++)
        ASSERT_TRUE(put("again", i));
    ASSERT_TRUE(put("again!", 0));
    EXPECT_EQ(texts().size(), 2U);
}

TEST_F(Inbox, SeemsFullBeforeItRefuses)
{
    const std::string big(DIM_INBOX_MAX_BYTES / 4, 'x');

    for (int i = 0; i < 4; i++) {
        EXPECT_FALSE(dim_inbox_seems_full(inbox.get(), 1)) << i;
        std::string text = big;
        text[0] = static_cast<char>('a' + i);
        ASSERT_TRUE(put(text));
    }
    EXPECT_TRUE(dim_inbox_seems_full(inbox.get(), 1));
    EXPECT_FALSE(put("one more"));
    EXPECT_TRUE(failed_with(error, DIM_ERROR_NOT_ALLOWED));
    EXPECT_FALSE(put("and one"));
    ASSERT_TRUE(dim_inbox_drop(inbox.get(), keys()[0].c_str(), &error));
    EXPECT_TRUE(put("one more"));
    EXPECT_FALSE(dim_inbox_seems_full(inbox.get(), 1));
}

TEST_F(Inbox, SeemsFullWhereATextOfThatSizeFindsNoRoom)
{
    ASSERT_TRUE(put(std::string(DIM_INBOX_MAX_BYTES - 1000, 'x')));
    EXPECT_FALSE(dim_inbox_seems_full(inbox.get(), 1000));
    EXPECT_TRUE(dim_inbox_seems_full(inbox.get(), 1001));
    EXPECT_FALSE(put(std::string(1001, 'y')));
    EXPECT_TRUE(put(std::string(1000, 'y')));
}

TEST_F(Inbox, SaysAbsentWithoutAnErrorAndDropsTwice)
{
    ASSERT_TRUE(put("one"));
    const std::string key = keys()[0];
    EXPECT_EQ(dim_inbox_read(inbox.get(), "nothing", &error), nullptr);
    EXPECT_TRUE(no_error(error));
    EXPECT_TRUE(dim_inbox_drop(inbox.get(), key.c_str(), &error));
    EXPECT_TRUE(dim_inbox_drop(inbox.get(), key.c_str(), &error));
    EXPECT_TRUE(texts().empty());
    EXPECT_TRUE(put("one"));
    EXPECT_EQ(keys(), std::vector<std::string>{ key });
}

TEST(InboxFile, SurvivesReopening)
{
    support::Folder folder;
    const std::string path = folder.file("store.db");
    Error error;

    for (int round = 0; round < 3; round++) {
        OWNED(DimStore) store(dim_store_open(path.c_str(), &error));
        ASSERT_NE(store, nullptr) << error.message();
        OWNED(DimInbox) inbox(dim_inbox_new(store.get()));
        const std::string text = "message " + std::to_string(round);

        const support::Text key(
            dim_inbox_put(inbox.get(), text.data(), text.size(), round, &error));
        ASSERT_NE(key, nullptr) << error.message();
        OWNED(GPtrArray) list(dim_inbox_list(inbox.get(), &error));
        ASSERT_NE(list, nullptr) << error.message();
        EXPECT_EQ(list->len, static_cast<guint>(round) + 1);
    }
}

TEST_F(Inbox, IsBoundedInMessages)
{
    ASSERT_TRUE(dim_store_begin(store.get(), &error));
    for (int i = 0; i < DIM_INBOX_MAX_MESSAGES; i++)
        ASSERT_TRUE(put(std::to_string(i), i)) << i << ": " << error.message();
    EXPECT_FALSE(put("one too many", 0));
    EXPECT_TRUE(failed_with(error, DIM_ERROR_NOT_ALLOWED));
    const std::vector<std::string> all = keys();
    EXPECT_EQ(all.size(), static_cast<size_t>(DIM_INBOX_MAX_MESSAGES));
    ASSERT_TRUE(dim_inbox_drop(inbox.get(), all[0].c_str(), &error));
    EXPECT_TRUE(put("there is room again", 0));
    EXPECT_FALSE(put("and no more", 0));
}

TEST_F(Inbox, IsBoundedInBytes)
{
    const size_t each = 4U * 1024 * 1024;
    std::string text(each, 'x');

    ASSERT_TRUE(dim_store_begin(store.get(), &error));
    for (size_t i = 0; i < DIM_INBOX_MAX_BYTES / each; i++) {
        text[0] = static_cast<char>('a' + i);
        ASSERT_TRUE(put(text, static_cast<double>(i))) << i << ": " << error.message();
    }
    EXPECT_FALSE(put("x"));
    EXPECT_TRUE(failed_with(error, DIM_ERROR_NOT_ALLOWED));
    // A new one on the same store knows what lies there.
    inbox.reset(dim_inbox_new(store.get()));
    EXPECT_FALSE(put("x"));
    ASSERT_TRUE(dim_inbox_drop(inbox.get(), keys()[0].c_str(), &error));
    EXPECT_TRUE(put("x")) << error.message();
}

// What was counted and then rolled back takes no room for ever.
TEST_F(Inbox, CountsAgainAfterARollback)
{
    ASSERT_TRUE(dim_store_begin(store.get(), &error));
    for (int i = 0; i < DIM_INBOX_MAX_MESSAGES; i++)
        ASSERT_TRUE(put(std::to_string(i)));
    dim_store_rollback(store.get());
    EXPECT_TRUE(put("the first that stays")) << error.message();
    EXPECT_EQ(texts(), std::vector<std::string>{ "the first that stays" });
}
