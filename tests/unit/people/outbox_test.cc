// SPDX-License-Identifier: GPL-2.0-or-later
// DimOutbox: order, tags that never come twice, crashes.
#include "people/outbox.h"

#include <csignal>
#include <gtest/gtest.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include "tests/support/folder.hh"
#include "tests/support/identities.hh"
#include "tests/support/matchers.hh"

using support::Error;
using support::id_of;

namespace {

struct Copy {
    guint64 tag, serial;
    std::string signature, receiver, payload;
    double time;
};

gboolean
collect(const DimOutboxItem *item, gpointer data)
{
    gsize size = 0;
    const auto *bytes = static_cast<const char *>(g_bytes_get_data(item->payload, &size));

    static_cast<std::vector<Copy> *>(data)->push_back({ item->tag, item->serial,
                                                        item->signature, item->receiver,
                                                        std::string(bytes, size), item->time });
    return TRUE;
}

std::vector<Copy>
all_of(DimOutbox *outbox)
{
    std::vector<Copy> items;
    Error error;

    EXPECT_TRUE(dim_outbox_each(outbox, collect, &items, &error)) << error.message();
    return items;
}

const char *const long_signature =
    "MEUCIQDabcdefghijklmnopqrstuvwxyz0123456789+/ABCDEFGHIJKLMNOPQRSTUVWX==";

class Outbox : public ::testing::Test {
  protected:
    OWNED(DimStore) store{ dim_store_open_memory() };
    OWNED(DimOutbox) outbox{ dim_outbox_new(store.get()) };
    OWNED(DimId) bob = id_of("bob@0x1111111111111111111111111111111111111111");
    Error error;

    guint64
    put(const std::string &signature, const std::string &payload = "{}", guint64 serial = 7)
    {
        guint64 tag = 0;

        EXPECT_TRUE(dim_outbox_put(outbox.get(), bob.get(), serial, signature.c_str(),
                                   payload.c_str(), 1700000000.125, &tag, &error))
            << error.message();
        return tag;
    }
};

} // namespace

TEST_F(Outbox, GivesBackAllOfAMessageInOrderOfSending)
{
    const guint64 big = G_MAXUINT64;
    const guint64 first = put(long_signature, "{\"a\":\"马\"}", big);
    const guint64 second = put("second signature, long enough");

    EXPECT_GT(first, 0U);
    EXPECT_GT(second, first);
    EXPECT_EQ(dim_outbox_count(outbox.get()), 2U);
    const std::vector<Copy> items = all_of(outbox.get());
    ASSERT_EQ(items.size(), 2U);
    EXPECT_EQ(items[0].tag, first);
    EXPECT_EQ(items[0].serial, big);
    EXPECT_EQ(items[0].signature, long_signature);
    EXPECT_EQ(items[0].receiver, dim_id_text(bob.get()));
    EXPECT_EQ(items[0].payload, "{\"a\":\"马\"}");
    EXPECT_EQ(items[0].time, 1700000000.125);
    EXPECT_EQ(items[1].tag, second);
}

TEST_F(Outbox, ReadsARowThatAnOlderVersionWrote)
{
    OWNED(GBytes) payload(g_bytes_new("payload", 7));
    DimRecord record = { "00000000000000000042", 42, nullptr,
                         "1\n7\n1700000000\n@me\nsignature", payload.get() };

    ASSERT_TRUE(dim_store_save(store.get(), DIM_TABLE_OUTBOX, &record, &error));
    const std::vector<Copy> items = all_of(outbox.get());
    ASSERT_EQ(items.size(), 1U);
    EXPECT_EQ(items[0].tag, 42U);
    EXPECT_EQ(items[0].serial, 7U);
    EXPECT_EQ(items[0].time, 1700000000);
    EXPECT_EQ(items[0].receiver, "@me");
    EXPECT_EQ(items[0].signature, "signature");
}

TEST_F(Outbox, ARowThatCannotBeReadHidesNoOther)
{
    const guint64 first = put("first");
    DimRecord broken = { "00000000000000000050", 50, nullptr, "of nobody", nullptr };

    ASSERT_TRUE(dim_store_save(store.get(), DIM_TABLE_OUTBOX, &broken, &error));
    outbox.reset(dim_outbox_new(store.get()));
    const guint64 last = put("last");
    ASSERT_GT(last, 50U);
    const std::vector<Copy> items = all_of(outbox.get());
    ASSERT_EQ(items.size(), 2U);
    EXPECT_EQ(items[0].tag, first);
    EXPECT_EQ(items[1].tag, last);
}

TEST_F(Outbox, FindsOneByItsTag)
{
    const guint64 first = put("first");
    const guint64 second = put("second");
    std::vector<Copy> found;

    EXPECT_TRUE(dim_outbox_find(outbox.get(), second, collect, &found));
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].tag, second);
    EXPECT_EQ(found[0].signature, "second");
    EXPECT_FALSE(dim_outbox_find(outbox.get(), second + 1, collect, &found));
    ASSERT_TRUE(dim_outbox_remove(outbox.get(), first, &error));
    EXPECT_FALSE(dim_outbox_find(outbox.get(), first, collect, &found));
    EXPECT_EQ(found.size(), 1U);
}

TEST_F(Outbox, NeverGivesATagTwice)
{
    const guint64 first = put(long_signature);

    ASSERT_TRUE(dim_outbox_remove(outbox.get(), first, &error));
    outbox.reset(dim_outbox_new(store.get()));
    const guint64 second = put(long_signature);
    EXPECT_GT(second, first);

    ASSERT_TRUE(dim_store_begin(store.get(), &error));
    const guint64 undone = put(long_signature);
    dim_store_rollback(store.get());
    EXPECT_EQ(dim_outbox_count(outbox.get()), 1U);
    EXPECT_GT(put(long_signature), undone);
}

TEST_F(Outbox, MayBeChangedWhileItIsWalked)
{
    auto drop = [](const DimOutboxItem *item, gpointer data) -> gboolean {
        auto *self = static_cast<DimOutbox *>(data);

        EXPECT_TRUE(dim_outbox_remove(self, item->tag, nullptr));
        EXPECT_TRUE(dim_outbox_remove(self, item->tag + 1, nullptr));
        EXPECT_GE(g_bytes_get_size(item->payload), 2U); /* still ours to read */
        return TRUE;
    };

    for (int i = 0; i < 5; i++)
        put(long_signature);
    EXPECT_TRUE(dim_outbox_each(outbox.get(), drop, outbox.get(), &error));
    EXPECT_EQ(dim_outbox_count(outbox.get()), 0U);
}

/* kill -9 at 50 points of put and removed: whatever was acknowledged is there, whole, in order; no tag comes twice. */
TEST(OutboxCrash, LosesNothingAcknowledged)
{
    support::Folder folder;
    const std::string path = folder.file("store.db");
    OWNED(DimId) bob = id_of("0x1111111111111111111111111111111111111111");
    GRand *chance = g_rand_new_with_seed(50);
    guint64 highest = 0;

    for (int round = 0; round < 50; round++) {
        int ends[2];
        guint64 tag = 0;
        Error error;

        ASSERT_EQ(pipe(ends), 0);
        const pid_t child = fork();
        if (child == 0) {
            DimStore *store = dim_store_open(path.c_str(), nullptr);
            DimOutbox *outbox = store != nullptr ? dim_outbox_new(store) : nullptr;

            for (guint64 i = 0; outbox != nullptr; i++) {
                const std::string payload(5000 + i, 'p');
                guint64 made = 0;

                if (!dim_outbox_put(outbox, bob.get(), i, long_signature, payload.c_str(), 1,
                                    &made, nullptr)
                    || write(ends[1], &made, sizeof made) != sizeof made
                    || (made > 3 && !dim_outbox_remove(outbox, made - 3, nullptr)))
                    break;
            }
            _exit(1);
        }
        close(ends[1]);
        guint64 last = 0;
        if (read(ends[0], &tag, sizeof tag) == sizeof tag)
            last = tag;
        usleep(static_cast<useconds_t>(g_rand_int_range(chance, 0, 6000)));
        kill(child, SIGKILL);
        waitpid(child, nullptr, 0);
        while (read(ends[0], &tag, sizeof tag) == sizeof tag)
            last = tag;
        close(ends[0]);
        ASSERT_GT(last, highest) << "a tag came twice";

        OWNED(DimStore) store(dim_store_open(path.c_str(), &error));
        ASSERT_NE(store, nullptr) << error.message();
        OWNED(DimOutbox) outbox(dim_outbox_new(store.get()));
        const std::vector<Copy> items = all_of(outbox.get());
        bool found = false;
        guint64 before = 0;
        for (const Copy &item : items) {
            EXPECT_GT(item.tag, before);
            EXPECT_GE(item.payload.size(), 5000U);
            EXPECT_EQ(item.payload.find_first_not_of('p'), std::string::npos);
            before = item.tag;
            found |= item.tag == last;
        }
        EXPECT_TRUE(found) << "an acknowledged message was lost in round " << round;
        highest = before;
    }
    g_rand_free(chance);
}
