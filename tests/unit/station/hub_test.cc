// SPDX-License-Identifier: GPL-2.0-or-later
// The hub by itself: what one line, and all strangers together, may cost in memory and in work.
#include "station/hub.h"

#include <gtest/gtest.h>
#include <memory>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

#include "station/guest.h"

#include "tests/support/autoptr.hh"
#include "tests/support/fake_clock.hh"

namespace {

// The other end of a line.
struct Peer {
    int fd = -1;
    DimLine *line = nullptr;

    ~Peer()
    {
        close(fd);
    }
    bool
    is_cut()
    {
        char byte;

        support::settle();
        return recv(fd, &byte, 1, MSG_DONTWAIT | MSG_PEEK) == 0;
    }
};

class Hub : public ::testing::Test {
  protected:
    Hub()
    {
        events_.opened = [](DimLine *line, gpointer self) {
            static_cast<Hub *>(self)->fresh_ = line;
        };
        events_.arrived = [](DimLine *, const DimPacket *packet, gpointer self) {
            static_cast<Hub *>(self)->arrived_ += packet->type == DIM_PACKET_MESSAGE ? 1 : 0;
        };
        events_.drained = [](DimLine *, gpointer) {};
        events_.closed = [](DimLine *, gpointer) {};
        events_.tick = [](gpointer) {};
        events_.settle = [](gpointer) -> gboolean { return TRUE; };
        settings_->idle_seconds = 86400;
        settings_->handshake_seconds = 3600;
        hub_ = dim_hub_new(settings_.get(), clock_, &events_, this, nullptr);
    }
    ~Hub() override
    {
        dim_hub_free(hub_);
    }
    std::unique_ptr<Peer>
    peer(const char *host = "192.0.2.1")
    {
        int pair[2];
        auto end = std::make_unique<Peer>();

        EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
        fresh_ = nullptr;
        dim_hub_adopt(hub_, pair[0], host, 1);
        end->fd = pair[1];
        end->line = fresh_;
        return end;
    }
    // Everything or what fits before the other side stops reading; returns the bytes that went.
    static size_t
    write(Peer &end, const std::string &bytes)
    {
        size_t done = 0;

        while (done < bytes.size()) {
            const ssize_t count =
                send(end.fd, bytes.data() + done, MIN(bytes.size() - done, 32768U),
                     MSG_NOSIGNAL | MSG_DONTWAIT);

            if (count > 0)
                done += static_cast<size_t>(count);
            else if (errno != EAGAIN)
                break;
            support::settle();
            if (count <= 0 && ++stuck_ > 3)
                break;
        }
        stuck_ = 0;
        support::settle();
        return done;
    }
    static std::string
    piece(guint64 serial, guint32 index, const std::string &body, guint32 pages = 1000)
    {
        DimPacket packet{};
        gsize size = 0;

        packet.type = DIM_PACKET_FRAGMENT;
        packet.has_serial = TRUE;
        packet.serial = serial;
        packet.pages = pages;
        packet.index = index;
        packet.body = g_bytes_new(body.data(), body.size());
        GBytes *bytes = dim_frame_write_packet(&packet);
        auto *data = static_cast<const char *>(g_bytes_get_data(bytes, &size));
        const std::string text(data, size);
        g_bytes_unref(bytes);
        dim_packet_clear(&packet);
        return text;
    }
    static std::string
    message(guint64 serial, const std::string &body)
    {
        GBytes *bytes = dim_frame_write(DIM_PACKET_MESSAGE, serial, body.data(), body.size());
        gsize size = 0;
        auto *data = static_cast<const char *>(g_bytes_get_data(bytes, &size));
        const std::string text(data, size);

        g_bytes_unref(bytes);
        return text;
    }

    static inline int stuck_ = 0;
    support::FakeClock clock_;
    OWNED(DimSettings) settings_{ dim_settings_new() };
    DimHubEvents events_{};
    DimHub *hub_ = nullptr;
    DimLine *fresh_ = nullptr;
    int arrived_ = 0;
};

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
    GBytes *body = g_bytes_new_take(g_malloc0(1024 * 1024 - 1), 1024 * 1024 - 1);
    std::vector<DimGuest *> guests;
    gsize total = 0;
    int kept = 0;

    for (int i = 0; i < 100; i++) {
        guests.push_back(dim_guest_new(nullptr));
        kept += dim_guest_keep(guests.back(), body, 1, &total);
    }
    EXPECT_EQ(kept, 64);
    dim_kept_free(dim_guest_recall(guests.front(), &total));
    EXPECT_TRUE(dim_guest_keep(guests.back(), body, 1, &total));
    EXPECT_EQ(dim_guest_recall(guests.front(), &total), nullptr);
    for (DimGuest *guest : guests)
        dim_guest_free(guest);
    g_bytes_unref(body);
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

} // namespace
