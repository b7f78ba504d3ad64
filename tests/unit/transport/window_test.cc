// SPDX-License-Identifier: GPL-2.0-or-later
// The order in which packets leave, when they leave again, and when they are given up.
#include "transport/window.h"

#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "tests/support/autoptr.hh"

namespace {

const gsize kAll = 1u << 30;

gint64
at(double seconds)
{
    return static_cast<gint64>(seconds * G_USEC_PER_SEC);
}

class Window {
  public:
    Window() : window_(dim_window_new())
    {
    }
    bool
    message(guint64 serial,
            const std::string &packet,
            DimPriority priority = DIM_PRIORITY_NORMAL)
    {
        OWNED(GBytes) bytes(g_bytes_new(packet.data(), packet.size()));

        return dim_window_queue_message(get(), serial, serial + 1000, bytes.get(), priority)
               != FALSE;
    }
    bool
    once(const std::string &packet)
    {
        OWNED(GBytes) bytes(g_bytes_new(packet.data(), packet.size()));

        return dim_window_queue(get(), bytes.get(), DIM_PRIORITY_URGENT) != FALSE;
    }
    std::string
    fill(gint64 now, gsize size = kAll)
    {
        GByteArray *out = g_byte_array_new();

        dim_window_fill(get(), out, size, now);
        std::string text(out->len ? reinterpret_cast<char *>(out->data) : "", out->len);
        g_byte_array_unref(out);
        return text;
    }
    // The tag, or 0.
    guint64
    acknowledge(guint64 serial)
    {
        guint64 tag = 0;

        return dim_window_acknowledge(get(), serial, &tag) ? tag : 0;
    }
    std::vector<guint64>
    give_up(gint64 now)
    {
        std::vector<guint64> tags;
        guint64 tag;

        while (dim_window_give_up(get(), now, &tag))
            tags.push_back(tag);
        return tags;
    }
    DimWindow *
    get() const
    {
        return window_.get();
    }

  private:
    OWNED(DimWindow) window_;
};

} // namespace

TEST(Window, WritesByPriorityAndThenByAge)
{
    Window window;

    EXPECT_TRUE(window.message(1, "c1 ", DIM_PRIORITY_SLOWER));
    EXPECT_TRUE(window.message(2, "b1 "));
    EXPECT_TRUE(window.message(3, "a1 ", DIM_PRIORITY_URGENT));
    EXPECT_TRUE(window.message(4, "b2 "));
    EXPECT_TRUE(window.once("a2 "));
    EXPECT_EQ(window.fill(0), "a1 a2 b1 b2 c1 ");
    EXPECT_EQ(window.fill(0), "");
    EXPECT_FALSE(dim_window_has_queued(window.get()));
}

TEST(Window, FillsNoMoreThanAPacketBeyondTheSize)
{
    Window window;

    for (guint64 serial = 1; serial <= 5; serial++)
        window.message(serial, "0123456789");
    EXPECT_EQ(window.fill(0, 15).size(), 20u);
    window.message(9, "urgent", DIM_PRIORITY_URGENT);
    EXPECT_EQ(window.fill(0, 1), "urgent") << "it overtakes what was not written";
}

TEST(Window, SendsAgainAfter120SecondsThreeTimesInAll)
{
    Window window;

    window.message(1, "hello");
    EXPECT_EQ(dim_window_due(window.get()), G_MAXINT64) << "nothing is counted before it left";
    EXPECT_EQ(window.fill(at(10)), "hello");
    EXPECT_EQ(dim_window_due(window.get()), at(130));
    EXPECT_TRUE(window.give_up(at(129.9)).empty());
    EXPECT_EQ(window.fill(at(129.9)), "");
    EXPECT_TRUE(window.give_up(at(130)).empty());
    EXPECT_EQ(window.fill(at(131)), "hello");
    EXPECT_TRUE(window.give_up(at(250)).empty());
    EXPECT_EQ(window.fill(at(250)), "") << "119 s";
    EXPECT_TRUE(window.give_up(at(251)).empty());
    EXPECT_EQ(window.fill(at(251)), "hello");
    EXPECT_TRUE(window.give_up(at(370)).empty());
    EXPECT_EQ(window.give_up(at(371)), std::vector<guint64>{ 1001 });
    EXPECT_EQ(window.fill(at(371)), "");
    EXPECT_EQ(window.acknowledge(1), 0u) << "too late";
    EXPECT_EQ(dim_window_due(window.get()), G_MAXINT64);
}

TEST(Window, AnAcknowledgedMessageIsNotSentAgain)
{
    Window window;

    window.message(1, "one ");
    window.message(2, "two ");
    EXPECT_EQ(window.acknowledge(1), 0u) << "it never left";
    window.fill(0);
    EXPECT_EQ(window.acknowledge(1), 1001u);
    EXPECT_EQ(window.acknowledge(1), 0u) << "once";
    EXPECT_EQ(window.acknowledge(77), 0u) << "never sent";
    EXPECT_TRUE(window.give_up(at(120)).empty());
    EXPECT_EQ(window.acknowledge(2), 1002u) << "while it waits to leave again";
    EXPECT_EQ(window.fill(at(121)), "");
    EXPECT_EQ(dim_window_due(window.get()), G_MAXINT64);
}

TEST(Window, EveryMessageHasItsOwnTime)
{
    Window window;

    window.message(1, "one ");
    window.fill(at(0));
    window.message(2, "two ");
    window.fill(at(50));
    EXPECT_TRUE(window.give_up(at(120)).empty());
    EXPECT_EQ(window.fill(at(120)), "one ");
    EXPECT_EQ(dim_window_due(window.get()), at(170));
    EXPECT_TRUE(window.give_up(at(170)).empty());
    EXPECT_EQ(window.fill(at(170)), "two ");
}

TEST(Window, IsBounded)
{
    Window window;
    const std::string mebibyte(1 << 20, 'x');
    guint64 serial = 0;

    for (int i = 0; i < 8; i++)
        EXPECT_TRUE(window.message(++serial, mebibyte));
    EXPECT_FALSE(window.message(100, "one more"));
    EXPECT_TRUE(window.once("OK")) << "answers have room of their own";
    EXPECT_TRUE(window.once(mebibyte));
    EXPECT_FALSE(window.once(mebibyte)) << "but not without end";
    EXPECT_EQ(window.fill(0).size(), mebibyte.size() * 9 + 2);

    for (int i = 0; i < 24; i++) {
        EXPECT_TRUE(window.message(++serial, mebibyte));
        window.fill(0);
    }
    EXPECT_FALSE(window.message(101, "one more")) << "32 MiB unacknowledged";
    EXPECT_EQ(window.acknowledge(3), 1003u);
    EXPECT_TRUE(window.message(102, "now"));
}
