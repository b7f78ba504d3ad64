// SPDX-License-Identifier: GPL-2.0-or-later
// Who waits for our OK, once each, and what that OK looks like on the wire.
#include "transport/arrivals.h"

#include <gtest/gtest.h>
#include <string>

#include "tests/support/autoptr.hh"
#include "tests/support/matchers.hh"

namespace {

class Arrivals {
  public:
    Arrivals() : arrivals_(dim_arrivals_new())
    {
    }
    bool
    add(guint64 serial,
        gsize size = 1,
        guint32 pages = 1,
        guint32 index = 0,
        bool joined = false)
    {
        const std::string text(size, 'x');
        OWNED(GBytes) body(g_bytes_new(text.data(), size));
        DimPacket packet = {};

        packet.type = DIM_PACKET_MESSAGE;
        packet.has_serial = serial != 0;
        packet.serial = serial;
        packet.pages = pages;
        packet.index = index;
        packet.joined = joined;
        packet.body = body.get();
        return dim_arrivals_add(arrivals_.get(), &packet) != FALSE;
    }
    std::string
    take(guint64 serial)
    {
        DimPacket message;

        if (!dim_arrivals_take(arrivals_.get(), serial, &message))
            return "nobody";
        OWNED(GBytes) bytes(dim_arrivals_answer(&message));
        return support::hex(bytes.get());
    }
    bool
    is_full() const
    {
        return dim_arrivals_is_full(arrivals_.get()) != FALSE;
    }

  private:
    OWNED(DimArrivals) arrivals_;
};

} // namespace

TEST(Arrivals, AreAnsweredOnce)
{
    Arrivals arrivals;

    EXPECT_TRUE(arrivals.add(0x0102030405060708));
    EXPECT_FALSE(arrivals.add(0x0102030405060708)) << "sent again";
    EXPECT_EQ(arrivals.take(0x0102030405060708), "44494d430102030405060708000000024f4b");
    EXPECT_EQ(arrivals.take(0x0102030405060708), "nobody");
    EXPECT_TRUE(arrivals.add(0x0102030405060708)) << "again, after it was answered";
}

TEST(Arrivals, WithoutANumberAreAnsweredWithoutOne)
{
    Arrivals arrivals;

    EXPECT_TRUE(arrivals.add(0));
    EXPECT_TRUE(arrivals.add(0));
    EXPECT_EQ(arrivals.take(0), "44494d23000000024f4b");
    EXPECT_EQ(arrivals.take(0), "44494d23000000024f4b");
    EXPECT_EQ(arrivals.take(0), "nobody");
}

TEST(Arrivals, RepeatPagesAndIndex)
{
    Arrivals arrivals;

    EXPECT_TRUE(arrivals.add(1, 1, 3, 1));
    EXPECT_EQ(arrivals.take(1), "44494d6300000000000000010000000300000001000000024f4b");
    EXPECT_TRUE(arrivals.add(2, 1, 2, 0, true));
    EXPECT_EQ(arrivals.take(2), "44494d6300000000000000020000000200000000000000024f4b"
                                "44494d6300000000000000020000000200000001000000024f4b")
        << "each fragment is acknowledged";
}

TEST(Arrivals, AreFullAt1024MessagesOr8MiB)
{
    Arrivals many;
    Arrivals large;

    for (guint64 serial = 1; serial < DIM_ARRIVALS_MAX_MESSAGES; serial++)
        EXPECT_TRUE(many.add(serial));
    EXPECT_FALSE(many.is_full());
    EXPECT_TRUE(many.add(0)) << "those without a number count";
    EXPECT_TRUE(many.is_full());
    many.take(7);
    EXPECT_FALSE(many.is_full());

    EXPECT_TRUE(large.add(1, 4 << 20));
    EXPECT_FALSE(large.is_full());
    EXPECT_TRUE(large.add(0, 4 << 20));
    EXPECT_TRUE(large.is_full());
    large.take(0);
    EXPECT_FALSE(large.is_full());
}
