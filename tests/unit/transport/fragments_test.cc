// SPDX-License-Identifier: GPL-2.0-or-later
// Pieces become messages in any order, and a hostile sender of pieces gets no more room and time than the bounds give.
#include "transport/fragments.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <random>
#include <string>
#include <vector>

#include "tests/support/autoptr.hh"

namespace {

const gsize kRoom = 64 * 1024;

class Pieces {
  public:
    Pieces() : fragments_(dim_fragments_new(kRoom))
    {
    }
    // The message that became whole, or "" .
    std::string
    add(guint64 serial, guint32 pages, guint32 index, const std::string &body)
    {
        DimPacket piece = {};
        DimPacket whole = {};
        OWNED(GBytes) bytes(g_bytes_new(body.data(), body.size()));
        std::string text;

        piece.type = DIM_PACKET_FRAGMENT;
        piece.has_serial = TRUE;
        piece.serial = serial;
        piece.pages = pages;
        piece.index = index;
        piece.body = bytes.get();
        if (!dim_fragments_add(fragments_.get(), &piece, &whole))
            return "";
        EXPECT_EQ(whole.type, DIM_PACKET_MESSAGE);
        EXPECT_EQ(whole.serial, serial);
        EXPECT_EQ(whole.pages, pages);
        EXPECT_EQ(whole.joined, pages > 1);
        gsize size = 0;
        const auto *data = static_cast<const char *>(g_bytes_get_data(whole.body, &size));
        text.assign(data == nullptr ? "" : data, size);
        dim_packet_clear(&whole);
        return text;
    }
    void
    age(gint64 seconds)
    {
        dim_fragments_age(fragments_.get(), seconds * G_USEC_PER_SEC);
    }

  private:
    OWNED(DimFragments) fragments_;
};

} // namespace

TEST(Fragments, JoinInAnyOrder)
{
    for (unsigned seed = 0; seed < 50; seed++) {
        std::vector<guint32> order;
        std::string whole;
        std::string got;
        Pieces pieces;

        for (guint32 i = 0; i < 20; i++) {
            order.push_back(i);
            whole += "piece " + std::to_string(i) + " ";
        }
        std::shuffle(order.begin(), order.end(), std::mt19937(seed));
        for (guint32 i : order) {
            ASSERT_EQ(got, "");
            got = pieces.add(5, 20, i, "piece " + std::to_string(i) + " ");
        }
        EXPECT_EQ(got, whole);
    }
}

TEST(Fragments, OnePageIsAMessage)
{
    Pieces pieces;

    EXPECT_EQ(pieces.add(5, 1, 0, "all"), "all");
}

TEST(Fragments, OfSeveralMessagesDoNotMix)
{
    Pieces pieces;

    EXPECT_EQ(pieces.add(1, 2, 0, "a"), "");
    EXPECT_EQ(pieces.add(2, 2, 1, "D"), "");
    EXPECT_EQ(pieces.add(2, 2, 0, "C"), "CD");
    EXPECT_EQ(pieces.add(1, 2, 1, "b"), "ab");
}

TEST(Fragments, ARepeatedPieceChangesNothing)
{
    Pieces pieces;

    EXPECT_EQ(pieces.add(1, 2, 0, "first"), "");
    EXPECT_EQ(pieces.add(1, 2, 0, "other"), "");
    EXPECT_EQ(pieces.add(1, 2, 1, "."), "first.");
}

TEST(Fragments, AnotherNumberOfPagesBeginsAnew)
{
    Pieces pieces;

    EXPECT_EQ(pieces.add(1, 3, 0, "x"), "");
    EXPECT_EQ(pieces.add(1, 2, 0, "a"), "");
    EXPECT_EQ(pieces.add(1, 2, 1, "b"), "ab");
}

TEST(Fragments, TheOldestOfSeventeenIsForgotten)
{
    Pieces pieces;

    for (guint64 serial = 1; serial <= 17; serial++)
        EXPECT_EQ(pieces.add(serial, 2, 0, "a"), "");
    EXPECT_EQ(pieces.add(2, 2, 1, "b"), "ab");
    EXPECT_EQ(pieces.add(1, 2, 1, "b"), "") << "its first piece is gone";
}

TEST(Fragments, TakeNoMoreRoomThanAllowed)
{
    Pieces pieces;
    const std::string half(kRoom / 2, 'x');

    EXPECT_EQ(pieces.add(1, 3, 0, half), "");
    EXPECT_EQ(pieces.add(2, 2, 0, half), "") << "the first is forgotten for it";
    EXPECT_EQ(pieces.add(2, 2, 1, "end"), half + "end");
    EXPECT_EQ(pieces.add(1, 3, 1, "b"), "");
    EXPECT_EQ(pieces.add(1, 3, 2, "c"), "");
    EXPECT_EQ(pieces.add(1, 3, 0, "a"), "abc");
}

TEST(Fragments, AMessageTooLargeIsForgottenAlone)
{
    Pieces pieces;
    const std::string third(kRoom / 3, 'x');

    EXPECT_EQ(pieces.add(1, 4, 0, third), "");
    EXPECT_EQ(pieces.add(1, 4, 1, third), "");
    EXPECT_EQ(pieces.add(1, 4, 2, third), "") << "beyond the bound, with what a piece costs";
    EXPECT_EQ(pieces.add(1, 4, 3, third), "");
    EXPECT_EQ(pieces.add(2, 2, 0, "a"), "");
    EXPECT_EQ(pieces.add(2, 2, 1, "b"), "ab");
}

TEST(Fragments, EmptyPiecesAreNotFree)
{
    Pieces pieces;

    // 2,097,152 pages are claimed; without a price for empty pieces all would be kept.
    for (guint32 i = 0; i < 200000; i++)
        ASSERT_EQ(pieces.add(1, 2097152, i, ""), "");
    EXPECT_EQ(pieces.add(2, 2, 0, "a"), "");
    EXPECT_EQ(pieces.add(2, 2, 1, "b"), "ab");
    for (guint32 i = 0; i < 999; i++)
        ASSERT_EQ(pieces.add(3, 1000, i, ""), "");
    EXPECT_EQ(pieces.add(3, 1000, 999, "x"), "") << "999 empty pieces are more than 64 KiB";
}

TEST(Fragments, LiveFor300Seconds)
{
    Pieces pieces;

    pieces.age(1000);
    EXPECT_EQ(pieces.add(1, 2, 0, "a"), "");
    pieces.age(1200);
    EXPECT_EQ(pieces.add(2, 2, 0, "c"), "");
    pieces.age(1299);
    EXPECT_EQ(pieces.add(1, 2, 1, "b"), "ab");
    EXPECT_EQ(pieces.add(3, 2, 0, "e"), "");
    pieces.age(1500);
    EXPECT_EQ(pieces.add(2, 2, 1, "d"), "") << "300 s old";
    EXPECT_EQ(pieces.add(3, 2, 1, "f"), "ef") << "201 s old";
}
