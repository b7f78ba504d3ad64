// SPDX-License-Identifier: GPL-2.0-or-later
// The queue of messages: order, once each, bounds, age, and what a restart finds.
#include "station/queue.h"

#include <gtest/gtest.h>

#include "tests/support/fake_clock.hh"
#include "tests/support/matchers.hh"

namespace {

constexpr double HOUR = 3600;
constexpr double DAY = 24 * HOUR;

struct Box {
    Box()
    {
        open();
    }
    void
    open()
    {
        queue.reset(dim_queue_new(store.get(), settings.get(), clock, &error));
        EXPECT_TRUE(queue) << error.message();
    }
    DimQueueVerdict
    put(const DimId *reader, const std::string &signature, const std::string &text = "{}")
    {
        GBytes *payload = g_bytes_new(text.data(), text.size());
        DimQueueItem *item = nullptr;
        const DimQueueVerdict verdict =
            dim_queue_put(queue.get(), reader, signature.c_str(), payload, &item, &error);

        last = item != nullptr ? item->key : "";
        dim_queue_item_free(item);
        g_bytes_unref(payload);
        return verdict;
    }
    std::vector<std::string>
    next(const DimId *reader, double *after, guint count, bool *end = nullptr)
    {
        gboolean done = FALSE;
        GPtrArray *items =
            dim_queue_next(queue.get(), reader, *after, nullptr, count, 1 << 20, &done);
        std::vector<std::string> texts;

        for (guint i = 0; i < items->len; i++) {
            auto *item = static_cast<DimQueueItem *>(items->pdata[i]);
            gsize size = 0;
            auto *data = static_cast<const char *>(g_bytes_get_data(item->payload, &size));

            texts.emplace_back(data, size);
            *after = item->rank;
        }
        g_ptr_array_unref(items);
        if (end != nullptr)
            *end = done != FALSE;
        return texts;
    }
    // Looks for what is old again and again, as the station does.
    void
    run(double seconds)
    {
        for (double gone = 0; gone < seconds; gone += 300) {
            clock.advance(300);
            ASSERT_TRUE(dim_queue_expire(queue.get(), &error)) << error.message();
        }
    }
    guint
    waiting() const
    {
        return static_cast<guint>(dim_queue_total(queue.get()));
    }
    // So many wait for these days on, and a little longer none.
    void
    forget(guint count, double days)
    {
        run((days - 0.1) * DAY);
        EXPECT_EQ(waiting(), count);
        run(0.2 * DAY);
        EXPECT_EQ(waiting(), 0u);
    }
    support::FakeClock clock;
    support::Error error;
    OWNED(DimSettings) settings{ dim_settings_new() };
    OWNED(DimStore) store{ dim_store_open_memory() };
    OWNED(DimQueue) queue;
    OWNED(DimId) ben{ dim_id_parse("0x4b3B4D5F4C1c6D4A4F1a0F1bE4c1C2D3e4F5a6B7", nullptr) };
    OWNED(DimId) eve{ dim_id_parse("0x1111111111111111111111111111111111111111", nullptr) };
    std::string last;
};

TEST(Queue, GivesMessagesBackInTheirOrderPieceByPiece)
{
    Box box;
    std::vector<std::string> all;
    std::vector<std::string> got;
    double after = 0;
    bool end = false;

    for (int i = 0; i < 50; i++) {
        all.push_back("{\"n\":" + std::to_string(i) + "}");
        // Signatures that sort the other way round, and a clock that is set back.
        EXPECT_EQ(box.put(box.ben.get(), "s" + std::to_string(99 - i), all.back()),
                  DIM_QUEUE_KEPT);
        box.put(box.eve.get(), "e" + std::to_string(i));
        box.clock.sleep(i == 25 ? -3600 : 0.001);
    }
    while (!end) {
        for (const std::string &text : box.next(box.ben.get(), &after, 7, &end))
            got.push_back(text);
    }
    EXPECT_EQ(got, all);
}

TEST(Queue, KeepsTheSameMessageOfAReaderOnce)
{
    Box box;

    EXPECT_EQ(box.put(box.ben.get(), "same"), DIM_QUEUE_KEPT);
    EXPECT_EQ(box.put(box.ben.get(), "same"), DIM_QUEUE_THERE);
    EXPECT_EQ(box.put(box.eve.get(), "same"), DIM_QUEUE_KEPT);
    EXPECT_EQ(dim_queue_count(box.queue.get(), box.ben.get()), 1u);
    EXPECT_EQ(dim_queue_total(box.queue.get()), 2u);
}

TEST(Queue, RemovesOnceAndForgives)
{
    Box box;

    box.put(box.ben.get(), "one");
    const std::string key = box.last;
    EXPECT_TRUE(dim_queue_remove(box.queue.get(), key.c_str(), &box.error));
    EXPECT_TRUE(dim_queue_remove(box.queue.get(), key.c_str(), &box.error));
    EXPECT_EQ(dim_queue_total(box.queue.get()), 0u);
    EXPECT_EQ(dim_queue_load(box.queue.get(), key.c_str()), nullptr);
}

TEST(Queue, IsBoundedForEachReaderAndAltogether)
{
    Box box;

    box.settings->queue_messages = 3;
    box.settings->queue_bytes = 100;
    box.settings->total_messages = 5;
    for (int i = 0; i < 3; i++)
        EXPECT_EQ(box.put(box.ben.get(), std::to_string(i)), DIM_QUEUE_KEPT);
    EXPECT_EQ(box.put(box.ben.get(), "3"), DIM_QUEUE_FULL);
    EXPECT_EQ(box.put(box.eve.get(), "big", std::string(101, 'x')), DIM_QUEUE_FULL);
    EXPECT_EQ(box.put(box.eve.get(), "a"), DIM_QUEUE_KEPT);
    EXPECT_EQ(box.put(box.eve.get(), "b"), DIM_QUEUE_KEPT);
    EXPECT_EQ(box.put(box.eve.get(), "c"), DIM_QUEUE_FULL);
    EXPECT_TRUE(dim_queue_remove(box.queue.get(), box.last.c_str(), &box.error));
}

TEST(Queue, IsBoundedInAllItsBytes)
{
    Box box;

    box.settings->total_bytes = 100;
    EXPECT_EQ(box.put(box.ben.get(), "one", std::string(60, 'x')), DIM_QUEUE_KEPT);
    EXPECT_EQ(box.put(box.eve.get(), "two", std::string(41, 'x')), DIM_QUEUE_FULL);
    EXPECT_EQ(box.put(box.eve.get(), "two", std::string(40, 'x')), DIM_QUEUE_KEPT);
}

TEST(Queue, CountsAnewAfterARestartAndAfterWhatWasUndone)
{
    Box box;

    box.settings->queue_messages = 3;
    box.put(box.ben.get(), "1");
    box.put(box.ben.get(), "2");
    ASSERT_TRUE(dim_store_begin(box.store.get(), nullptr));
    box.put(box.ben.get(), "3");
    EXPECT_EQ(box.put(box.ben.get(), "4"), DIM_QUEUE_FULL);
    dim_store_rollback(box.store.get());
    EXPECT_EQ(box.put(box.ben.get(), "3"), DIM_QUEUE_KEPT);
    const std::string third = box.last;
    EXPECT_EQ(box.put(box.ben.get(), "4"), DIM_QUEUE_FULL);
    ASSERT_TRUE(dim_store_begin(box.store.get(), nullptr));
    ASSERT_TRUE(dim_queue_remove(box.queue.get(), third.c_str(), nullptr));
    dim_store_rollback(box.store.get());
    EXPECT_EQ(box.put(box.ben.get(), "5"), DIM_QUEUE_FULL);
    box.queue.reset();
    box.open();
    EXPECT_EQ(dim_queue_count(box.queue.get(), box.ben.get()), 3u);
    EXPECT_EQ(box.put(box.ben.get(), "4"), DIM_QUEUE_FULL);
}

TEST(Queue, ForgetsAfterSevenDays)
{
    Box box;

    box.put(box.ben.get(), "old");
    box.run(6.9 * DAY);
    box.put(box.ben.get(), "new");
    box.run(0.05 * DAY);
    EXPECT_EQ(box.waiting(), 2u);
    box.run(0.1 * DAY);
    EXPECT_EQ(box.waiting(), 1u);
    box.forget(1, 6.85);
}

TEST(Queue, ForgetsAfterTheDaysOfItsSetting)
{
    Box box;

    box.settings->queue_days = 1;
    box.open();
    box.put(box.ben.get(), "old");
    box.forget(1, 1);
}

TEST(Queue, ForgetsAlsoWhereTheStationIsStartedAgainEachHour)
{
    Box box;

    box.put(box.ben.get(), "old");
    for (int hours = 0; hours < 31 * 24; hours++) {
        EXPECT_EQ(box.waiting(), hours <= 7 * 24 ? 1u : 0u) << hours;
        box.open();
        box.run(HOUR);
    }
}

// As a clock without a battery begins, in 1970 or in the year of its firmware, until somebody sets it.
TEST(Queue, WhatCameWhileTheClockWasBehindIsNotOldWhenItIsSet)
{
    Box box;
    const double now = box.clock.now();

    for (double behind : { 400 * DAY, now - 100 }) {
        box.clock.sleep(-behind);
        box.open();
        box.put(box.ben.get(), std::to_string(behind));
        box.run(HOUR);
        box.clock.sleep(behind);
    }
    box.put(box.ben.get(), "of today");
    box.forget(3, 7);
}

TEST(Queue, AClockThatIsAheadMakesNothingOld)
{
    Box box;

    box.put(box.ben.get(), "young");
    box.clock.sleep(400 * DAY);
    box.open(); // begins with it
    box.run(DAY);
    box.clock.sleep(-400 * DAY);
    for (int i = 0; i < 3; i++) { // jumps while it runs
        box.clock.sleep(400 * DAY);
        box.run(HOUR);
        box.clock.sleep(-400 * DAY);
        box.run(HOUR);
    }
    EXPECT_EQ(box.waiting(), 1u);
    box.open(); // and the first look is late
    box.clock.advance(3700);
    box.clock.sleep(400 * DAY);
    box.run(300);
    EXPECT_EQ(box.waiting(), 1u);
    box.run(6 * DAY);
    EXPECT_EQ(box.waiting(), 0u);
}

TEST(Queue, WhatCameWhileTheClockWasAheadDoesNotStopTheForgetting)
{
    Box box;

    box.clock.sleep(400 * DAY);
    box.put(box.ben.get(), "ahead");
    box.clock.sleep(-400 * DAY);
    box.put(box.ben.get(), "after");
    box.run(3.5 * DAY);
    box.open();
    box.put(box.eve.get(), "later");
    box.run(3.6 * DAY);
    EXPECT_EQ(box.waiting(), 1u);
    box.run(3.5 * DAY);
    EXPECT_EQ(box.waiting(), 0u);
}

// Its readers have all that came while the clock was ahead, but its marks lie there still.
TEST(Queue, WhatComesAfterARestartIsNotAsOldAsWhatIsGone)
{
    Box box;

    box.clock.sleep(400 * DAY);
    box.put(box.ben.get(), "ahead");
    box.run(HOUR);
    ASSERT_TRUE(dim_queue_remove(box.queue.get(), box.last.c_str(), nullptr));
    box.clock.sleep(-400 * DAY);
    box.run(6 * DAY);
    box.open();
    box.put(box.ben.get(), "young");
    box.forget(1, 7);
}

} // namespace
