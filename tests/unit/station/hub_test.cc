// SPDX-License-Identifier: GPL-2.0-or-later
// The hub by itself: what one line, and all together, may cost in memory, and how many come from one address.
#include "tests/unit/station/hub_case.hh"

namespace {

TEST_F(Hub, CutsAStrangerWhoseFragmentsFillMemory)
{
    auto end = peer();

    for (guint32 i = 0; i < 3; i++)
        write(*end, piece(1, i, std::string(60000, 'x')));
    EXPECT_FALSE(end->is_cut()) << "a meta and a visa may come in pieces";
    EXPECT_GT(dim_hub_held(hub_), 180000U);
    for (guint32 i = 3; i < 6; i++)
        write(*end, piece(1, i, std::string(60000, 'x')));
    EXPECT_TRUE(end->is_cut());
    EXPECT_EQ(dim_hub_held(hub_), 0U);
}

TEST_F(Hub, CutsAStrangerWhoseEmptyFragmentsFillMemory)
{
    settings_->burst = settings_->rate = settings_->stranger_rate = 100000;
    auto end = peer();
    std::string many;

    for (guint32 i = 0; i < 6000; i++)
        many += piece(1, i, "", 100000);
    write(*end, many);
    EXPECT_TRUE(end->is_cut());
}

TEST_F(Hub, JoinsTheFragmentsOfAStranger)
{
    auto end = peer();

    for (guint32 i = 0; i < 3; i++)
        write(*end, piece(1, i, "part", 3));
    EXPECT_EQ(arrived_, 1);
    EXPECT_EQ(dim_hub_held(hub_), 0U);
}

TEST_F(Hub, ForgetsFragmentsThatDoNotBecomeWhole)
{
    auto end = peer();

    dim_hub_trust(hub_, end->line);
    write(*end, piece(1, 0, std::string(50000, 'x')));
    clock_.advance(290);
    EXPECT_GT(dim_hub_held(hub_), 50000U);
    clock_.advance(20);
    EXPECT_EQ(dim_hub_held(hub_), 0U);
    EXPECT_FALSE(end->is_cut());
}

TEST_F(Hub, CountsOnWhatALineHeldBeforeItsLogin)
{
    auto end = peer();

    write(*end, piece(1, 0, std::string(50000, 'x')));
    dim_hub_trust(hub_, end->line);
    EXPECT_GT(dim_hub_held(hub_), 50000U);
    end.reset();
    support::settle();
    EXPECT_EQ(dim_hub_held(hub_), 0U) << "nothing is left of a line that went away";
}

TEST_F(Hub, AsksTheSamePriceForPiecesAsForPackets)
{
    settings_->rate = 10;
    settings_->burst = 50;
    auto end = peer();
    std::string pieces;

    dim_hub_trust(hub_, end->line);
    for (guint32 i = 0; i < 100; i++)
        pieces += piece(1, i, "x");
    write(*end, pieces);
    write(*end, message(2, "{}"));
    EXPECT_EQ(arrived_, 0) << "100 pieces are paid with 50 at once and 10 a second";
    clock_.advance(4);
    EXPECT_EQ(arrived_, 0);
    clock_.advance(2);
    EXPECT_EQ(arrived_, 1) << "read later, not lost";
}

TEST_F(Hub, TakesInOnlySoManyFromOneAddress)
{
    settings_->max_address = 2;
    auto one = peer("2001:db8:0:1::1");
    auto two = peer("2001:db8:0:1:ffff::2");
    auto three = peer("2001:db8:0:1::3");
    auto elsewhere = peer("2001:db8:0:2::1");
    auto four = peer("192.0.2.4");

    EXPECT_FALSE(one->is_cut());
    EXPECT_FALSE(two->is_cut());
    EXPECT_TRUE(three->is_cut()) << "one /64 is one caller";
    EXPECT_FALSE(elsewhere->is_cut());
    EXPECT_FALSE(four->is_cut());
    one.reset();
    support::settle();
    EXPECT_FALSE(peer("2001:db8:0:1::3")->is_cut()) << "there is room again";
}

TEST_F(Hub, CountsWhatStrangersSaidBeforeTheirLoginTogether)
{
    DimPacket packet{};
    DimPacket first{};
    std::vector<DimGuest *> guests;
    gsize total = 0;
    int kept = 0;

    packet.body = g_bytes_new_take(g_malloc0(1024 * 1024 - 1), 1024 * 1024 - 1);
    for (int i = 0; i < 100; i++) {
        guests.push_back(dim_guest_new(nullptr));
        kept += dim_guest_keep(guests.back(), &packet, &total);
    }
    EXPECT_EQ(kept, 64);
    EXPECT_TRUE(dim_guest_recall(guests.front(), &first, &total));
    dim_packet_clear(&first);
    EXPECT_TRUE(dim_guest_keep(guests.back(), &packet, &total));
    EXPECT_FALSE(dim_guest_recall(guests.front(), &first, &total));
    for (DimGuest *guest : guests)
        dim_guest_free(guest);
    dim_packet_clear(&packet);
}

TEST_F(Hub, CutsSlowReadersWhenAllTogetherWaitForTooMuch)
{
    const std::string text(400 * 1024, 'x');
    std::vector<std::unique_ptr<Peer>> slow;
    auto quick = peer("192.0.2.200");

    settings_->send_total = 4 * 1024 * 1024;
    dim_hub_trust(hub_, quick->line);
    for (int i = 0; i < 12; i++) {
        slow.push_back(peer());
        dim_hub_trust(hub_, slow.back()->line);
        for (int n = 0; n < 3; n++)
            dim_hub_send(hub_, slow.back()->line, DIM_PACKET_MESSAGE, 1, text.data(),
                         text.size());
        support::settle();
    }
    EXPECT_TRUE(dim_hub_send(hub_, quick->line, DIM_PACKET_MESSAGE, 1, "hello", 5));
    support::settle();
    EXPECT_LT(dim_hub_count(hub_), 13U);
    EXPECT_GT(dim_hub_count(hub_), 3U);
    EXPECT_FALSE(quick->is_cut()) << "who reads is served";
}

// He is heard, so that it is not silence for which he is cut.
TEST_F(Hub, CutsWhoSpeaksAndDoesNotRead)
{
    const std::string text(1024 * 1024, 'x');
    auto deaf = peer("192.0.2.1");
    auto slow = peer("192.0.2.2");
    const DimLine *cut = deaf->line;

    settings_->idle_seconds = 100;
    for (Peer *each : { deaf.get(), slow.get() }) {
        dim_hub_trust(hub_, each->line);
        dim_hub_send(hub_, each->line, DIM_PACKET_MESSAGE, 1, text.data(), text.size());
    }
    clock_.advance(60);
    read(*slow);
    for (Peer *each : { deaf.get(), slow.get() })
        write(*each, message(1, "{}"));
    clock_.advance(60);
    EXPECT_EQ(closed_, std::vector<const DimLine *>{ cut }) << "who reads a part is served";
}

} // namespace
