// SPDX-License-Identifier: GPL-2.0-or-later
// Whose turn it is in the hub: allowances of one line, of an address and of all strangers, and shares of one turn.
#include "tests/unit/station/hub_case.hh"

namespace {

TEST_F(Hub, LetsStrangersTogetherCostNoMoreThanTheirShare)
{
    settings_->stranger_rate = 100;
    auto stranger = peer("192.0.2.1");
    auto other = peer("192.0.2.2");
    auto guest = peer("192.0.2.3");

    dim_hub_trust(hub_, guest->line);
    write(*stranger, message(1, "{}"));
    EXPECT_EQ(arrived_, 1);
    dim_hub_charge(hub_, stranger->line,
                   225); // what remains of a second's quarter, and two seconds
    write(*other, message(2, "{}"));
    EXPECT_EQ(arrived_, 1) << "strangers wait for one another";
    write(*guest, message(3, "{}"));
    EXPECT_EQ(arrived_, 2) << "who has logged in does not wait for them";
    clock_.advance(3);
    EXPECT_EQ(arrived_, 3) << "read later, not lost";
}

// They all draw on one allowance: whoever floods must not have it all, turn after turn.
TEST_F(Hub, AFloodOfStrangersLeavesANewcomerHisTurn)
{
    settings_->stranger_rate = 100;
    settings_->rate = settings_->burst = 100000;
    std::vector<std::unique_ptr<Peer>> flood;
    std::string many;

    for (guint64 i = 0; i < 500; i++)
        many += message(i + 1, "{}");
    for (int i = 0; i < 5; i++) {
        flood.push_back(peer());
        write(*flood.back(), many);
    }
    auto newcomer = peer("192.0.2.9");
    DimLine *line = newcomer->line;
    static DimLine *awaited;
    static bool heard;

    awaited = line;
    heard = false;
    events_.arrived = [](DimLine *from, const DimPacket *, gpointer) {
        heard |= from == awaited;
    };
    write(*newcomer, message(1, "{}"));
    clock_.advance(1);
    EXPECT_TRUE(heard);
}

TEST_F(Hub, DoesNotReadALineInDebt)
{
    settings_->rate = 10;
    settings_->burst = 20;
    auto guest = peer();

    dim_hub_trust(hub_, guest->line);
    dim_hub_charge(hub_, guest->line, 40);
    write(*guest, message(1, "{}"));
    clock_.advance(1.5);
    EXPECT_EQ(arrived_, 0);
    clock_.advance(1.5);
    EXPECT_EQ(arrived_, 1);
}

// What one packet brings is worked off in parts, and the others are heard in between.
TEST_F(Hub, LetsOthersSpeakBetweenThePartsOfOnePacket)
{
    static DimLine *busy;
    static DimHub *hub;
    static std::string order;

    events_.resumed = [](DimLine *line, gpointer) -> gboolean {
        if (line != busy || order.empty() || order.size() > 40)
            return FALSE;
        order += 'b';
        dim_hub_charge(hub, line, 60);
        return TRUE;
    };
    events_.arrived = [](DimLine *line, const DimPacket *, gpointer) {
        order += line == busy ? 'B' : 'o';
    };
    hub = hub_;
    order.clear();
    auto first = peer("192.0.2.1");
    auto other = peer("192.0.2.2");
    dim_hub_trust(hub_, first->line);
    dim_hub_trust(hub_, other->line);
    busy = first->line;
    const std::string one = message(1, "{}");
    ASSERT_EQ(send(first->fd, one.data(), one.size(), 0), static_cast<ssize_t>(one.size()));
    ASSERT_EQ(send(other->fd, one.data(), one.size(), 0), static_cast<ssize_t>(one.size()));
    support::settle();
    clock_.advance(10);
    EXPECT_LT(order.find('o'), 6U) << order;
    EXPECT_GT(order.size(), 40U) << "and it goes on: " << order;
}

// They come in the order in which they began to wait.
TEST_F(Hub, AStrangerIsNotOvertakenByOneWhoCameLater)
{
    static DimLine *first;
    static DimHub *hub;
    static std::string order;

    settings_->stranger_rate = 100;
    hub = hub_;
    order.clear();
    auto greedy = peer("192.0.2.1");
    auto waiting = peer("192.0.2.2");
    first = waiting->line;
    write(*greedy, message(1, "{}"));
    dim_hub_charge(hub_, greedy->line, 23.6); // half a message is left of a quarter second's
    events_.arrived = [](DimLine *line, const DimPacket *, gpointer) {
        order += line == first ? 'f' : 'l';
        dim_hub_charge(hub, line, 100);
    };
    write(*waiting, message(1, "{}"));
    EXPECT_EQ(order, "");
    clock_.advance(0.010); // there is allowance again, and nobody was called yet
    auto fresh = peer("192.0.2.3");
    write(*fresh, message(1, "{}"));
    EXPECT_EQ(order, "");
    clock_.advance(5);
    EXPECT_EQ(order, "fl");
}

// What an address wasted is not forgotten with the line; what it spent honestly is.
TEST_F(Hub, WhatAnAddressWastedOutlivesTheLine)
{
    auto honest = peer("192.0.2.1");
    auto wasteful = peer("192.0.2.2");

    dim_hub_charge(hub_, honest->line, 1500);
    dim_hub_waste(hub_, wasteful->line, 1500);
    EXPECT_FALSE(dim_hub_is_wasteful(hub_, wasteful->line));
    dim_hub_waste(hub_, wasteful->line, 1500);
    EXPECT_TRUE(dim_hub_is_wasteful(hub_, wasteful->line));
    honest.reset();
    wasteful.reset();
    support::settle();
    EXPECT_EQ(dim_hub_count(hub_), 0U);
    EXPECT_DOUBLE_EQ(peer("192.0.2.1")->line->tokens, settings_->burst);
    EXPECT_LE(peer("192.0.2.2")->line->tokens, 40) << "enough for a login";
    EXPECT_GE(peer("192.0.2.2")->line->tokens, 1);
    support::settle();
    clock_.advance(2.0 * settings_->burst / settings_->rate + 1);
    EXPECT_DOUBLE_EQ(peer("192.0.2.2")->line->tokens, settings_->burst) << "paid by waiting";
}

// Whoever is cut while he waits for the others leaves no turn behind that is always due.
TEST_F(Hub, IsIdleAfterALineWithSomethingLeftWasCut)
{
    static DimHub *hub;
    static int counted;
    auto guest = peer();
    std::string many;

    hub = hub_;
    counted = 0;
    dim_hub_trust(hub_, guest->line);
    events_.arrived = [](DimLine *line, const DimPacket *, gpointer) {
        counted++;
        dim_hub_send(hub, line, DIM_PACKET_MESSAGE_RESPONSE, 1, "OK", 2);
    };
    events_.settle = [](gpointer) -> gboolean { return FALSE; };
    for (guint64 i = 0; i < 300; i++)
        many += message(i + 1, "{}");
    write(*guest, many);
    EXPECT_GT(counted, 0);
    EXPECT_LT(counted, 300) << "the rest was for another turn";
    EXPECT_TRUE(guest->is_cut());
    EXPECT_TRUE(support::settle()) << "it works all the time on nothing";
}

} // namespace
