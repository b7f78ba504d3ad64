// SPDX-License-Identifier: GPL-2.0-or-later
// Who is at the other end of a line: his challenge, what he said too early, what is on its way to him.
#include "station/guest.h"

#include <array>
#include <cstring>
#include <gtest/gtest.h>
#include <set>
#include <string>

#include "tests/support/autoptr.hh"

namespace {

class Guest : public ::testing::Test {
  protected:
    DimGuest *guest = dim_guest_new(nullptr);
    gsize total = 0;

    ~Guest() override
    {
        dim_guest_free(guest);
    }
    bool
    keep(gsize size, guint64 serial = 1)
    {
        const std::string text(size, 'x');
        DimPacket packet{};

        packet.serial = serial;
        packet.pages = 3;
        packet.joined = TRUE;
        packet.body = g_bytes_new(text.data(), text.size());
        const bool kept = dim_guest_keep(guest, &packet, &total) != FALSE;
        dim_packet_clear(&packet);
        return kept;
    }
    // How long the first of what he said is; -1: there is none.
    gssize
    recall(guint64 *serial = nullptr)
    {
        DimPacket packet{};

        if (!dim_guest_recall(guest, &packet, &total))
            return -1;
        EXPECT_EQ(packet.pages, 3u);
        EXPECT_TRUE(packet.joined);
        if (serial != nullptr)
            *serial = packet.serial;
        const auto size = static_cast<gssize>(g_bytes_get_size(packet.body));
        dim_packet_clear(&packet);
        return size;
    }
};

TEST_F(Guest, HasAChallengeOfHisOwn)
{
    std::set<std::string> challenges;

    for (int i = 0; i < 100; i++) {
        DimGuest *other = dim_guest_new(nullptr);

        EXPECT_EQ(strspn(other->session, "0123456789abcdef"), 64u);
        EXPECT_EQ(strlen(other->session), 64u);
        challenges.insert(other->session);
        dim_guest_free(other);
    }
    EXPECT_EQ(challenges.size(), 100u);
    EXPECT_EQ(guest->account, nullptr);
    EXPECT_FALSE(guest->active);
}

TEST_F(Guest, GivesBackInOrderWhatWasSaidTooEarly)
{
    ASSERT_TRUE(keep(10, 1));
    ASSERT_TRUE(keep(20, 2));
    EXPECT_EQ(total, 30u);
    for (guint64 serial : { 1, 2 }) {
        guint64 first = 0;

        EXPECT_EQ(recall(&first), static_cast<gssize>(serial * 10));
        EXPECT_EQ(first, serial);
    }
    EXPECT_EQ(recall(), -1);
    EXPECT_EQ(total, 0u);
    EXPECT_EQ(guest->kept_size, 0u);
}

TEST_F(Guest, MaySayThirtyTwoThingsBefore)
{
    for (int i = 0; i < 32; i++)
        ASSERT_TRUE(keep(1));
    EXPECT_FALSE(keep(1));
    EXPECT_EQ(total, 32u) << "what was refused is not counted";
    EXPECT_EQ(recall(), 1);
    EXPECT_TRUE(keep(1));
}

TEST_F(Guest, MaySayAMebibyteBefore)
{
    EXPECT_FALSE(keep(1024 * 1024 + 1));
    EXPECT_TRUE(keep(1024 * 1024));
    EXPECT_FALSE(keep(1));
    EXPECT_TRUE(keep(0));
}

TEST_F(Guest, SharesSixtyFourMebibytesWithAllOthers)
{
    total = 64U * 1024 * 1024 - 5;
    EXPECT_FALSE(keep(6));
    EXPECT_TRUE(keep(5));
    EXPECT_EQ(total, 64U * 1024 * 1024);
}

TEST_F(Guest, WaitsForWhatFliesAndForWhatIsBehindHisCursor)
{
    guest->active = TRUE;
    guest->caught_up = TRUE;
    guest->cursor = 10;
    dim_guest_take_off(guest, 7, "flying", 5, 1000);
    EXPECT_TRUE(dim_guest_awaits(guest, "flying", 5));
    EXPECT_FALSE(dim_guest_awaits(guest, "landed", 5));
    EXPECT_FALSE(dim_guest_awaits(guest, "new", 11)) << "he has caught up";
    guest->caught_up = FALSE;
    EXPECT_TRUE(dim_guest_awaits(guest, "new", 11));
    EXPECT_FALSE(dim_guest_awaits(guest, "old", 10)) << "it was handed to him";
    guest->active = FALSE;
    EXPECT_FALSE(dim_guest_awaits(guest, "flying", 5)) << "he wants nothing";
    const auto *flight = static_cast<DimFlight *>(
        g_hash_table_lookup(guest->flights, std::array<guint64, 1>{ 7 }.data()));
    ASSERT_NE(flight, nullptr);
    EXPECT_STREQ(flight->key, "flying");
    EXPECT_EQ(flight->sent_at, 1000);
    EXPECT_EQ(flight->tries, 1u);
}

} // namespace
