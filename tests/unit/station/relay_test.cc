// SPDX-License-Identifier: GPL-2.0-or-later
// Who is present and what is on its way: windows, acknowledgements, repetition, sessions that come and go.
#include "station/relay.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <memory>
#include <set>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/fake_clock.hh"
#include "tests/support/matchers.hh"

namespace {

// The other end of a line in the hub: reads packets, says nothing by itself.
struct End {
    int fd = -1;
    DimGuest *guest = nullptr;
    DimFrameReader *reader = dim_frame_reader_new(DIM_FRAME_MAX_BODY);
    std::vector<std::pair<guint64, std::string>> got;

    ~End()
    {
        dim_frame_reader_free(reader);
        close(fd);
    }
    // FALSE when the line is closed.
    bool
    read()
    {
        char buffer[65536];
        DimPacket packet{};
        ssize_t count;

        while ((count = recv(fd, buffer, sizeof buffer, MSG_DONTWAIT)) > 0) {
            dim_frame_reader_feed(reader, buffer, static_cast<gsize>(count));
            while (dim_frame_reader_next(reader, &packet, nullptr)) {
                gsize size = 0;
                auto *data = static_cast<const char *>(g_bytes_get_data(packet.body, &size));

                got.emplace_back(packet.serial, std::string(data, size));
                dim_packet_clear(&packet);
            }
        }
        return count != 0;
    }
};

class Relay : public ::testing::Test {
  protected:
    Relay()
    {
        events_.opened = [](DimLine *line, gpointer self) {
            static_cast<Relay *>(self)->fresh_ = dim_guest_new(line);
            line->guest = static_cast<Relay *>(self)->fresh_;
        };
        events_.arrived = [](DimLine *line, const DimPacket *packet, gpointer self) {
            EXPECT_TRUE(dim_relay_confirm(static_cast<Relay *>(self)->relay_,
                                          static_cast<DimGuest *>(line->guest), packet->serial,
                                          nullptr));
        };
        events_.resumed = [](DimLine *, gpointer) -> gboolean { return FALSE; };
        events_.drained = [](DimLine *line, gpointer self) {
            dim_relay_pump(static_cast<Relay *>(self)->relay_,
                           static_cast<DimGuest *>(line->guest));
        };
        events_.closed = [](DimLine *line, gpointer self) {
            auto *guest = static_cast<DimGuest *>(line->guest);

            dim_relay_leave(static_cast<Relay *>(self)->relay_, guest);
            static_cast<Relay *>(self)->guests_.erase(guest);
            dim_guest_free(guest);
        };
        events_.tick = [](gpointer self) {
            for (DimGuest *guest : static_cast<Relay *>(self)->guests_)
                dim_relay_repeat(static_cast<Relay *>(self)->relay_, guest);
        };
        events_.settle = [](gpointer) -> gboolean { return TRUE; };
        settings_->idle_seconds = 86400;
        hub_ = dim_hub_new(settings_.get(), clock_, &events_, this, nullptr);
        queue_ = dim_queue_new(store_.get(), settings_.get(), clock_, nullptr);
        relay_ = dim_relay_new(hub_, queue_, clock_);
    }
    ~Relay() override
    {
        dim_hub_free(hub_);
        dim_relay_free(relay_);
        dim_queue_free(queue_);
    }
    std::unique_ptr<End>
    enter(DimId *account)
    {
        int pair[2];
        auto end = std::make_unique<End>();

        EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
        dim_hub_adopt(hub_, pair[0], "test", 1);
        end->fd = pair[1];
        end->guest = fresh_;
        guests_.insert(fresh_);
        dim_relay_enter(relay_, fresh_, account);
        dim_relay_settle(relay_, fresh_);
        return end;
    }
    guint
    put(const DimId *reader, const std::string &text)
    {
        GBytes *payload = g_bytes_new(text.data(), text.size());
        DimQueueItem *item = nullptr;

        EXPECT_EQ(dim_queue_put(queue_, reader, text.c_str(), payload, &item, nullptr),
                  DIM_QUEUE_KEPT);
        const guint count = dim_relay_pass(relay_, reader, item);
        dim_queue_item_free(item);
        g_bytes_unref(payload);
        return count;
    }
    void
    acknowledge(End &end, guint64 serial)
    {
        GBytes *bytes = dim_frame_write(DIM_PACKET_MESSAGE_RESPONSE, serial, "OK", 2);
        gsize size = 0;
        const void *data = g_bytes_get_data(bytes, &size);

        EXPECT_EQ(send(end.fd, data, size, MSG_NOSIGNAL), static_cast<ssize_t>(size));
        g_bytes_unref(bytes);
        support::settle();
    }

    support::FakeClock clock_;
    OWNED(DimSettings) settings_{ dim_settings_new() };
    OWNED(DimStore) store_{ dim_store_open_memory() };
    OWNED(DimId) ben_{ dim_id_parse("0x4b3B4D5F4C1c6D4A4F1a0F1bE4c1C2D3e4F5a6B7", nullptr) };
    OWNED(DimId)
    ben_here_{ dim_id_parse("0x4b3B4D5F4C1c6D4A4F1a0F1bE4c1C2D3e4F5a6B7/phone", nullptr) };
    DimHubEvents events_{};
    DimHub *hub_ = nullptr;
    DimQueue *queue_ = nullptr;
    DimRelay *relay_ = nullptr;
    DimGuest *fresh_ = nullptr;
    std::set<DimGuest *> guests_;
};

TEST_F(Relay, HandsToEverySessionAndForgetsWhenAllHaveIt)
{
    auto one = enter(ben_.get());
    auto two = enter(ben_here_.get());

    EXPECT_EQ(dim_relay_sessions(relay_, ben_.get()), 2u);
    EXPECT_EQ(put(ben_.get(), "hello"), 2u);
    support::settle();
    one->read();
    two->read();
    ASSERT_EQ(one->got.size(), 1u);
    ASSERT_EQ(two->got.size(), 1u);
    acknowledge(*one, one->got[0].first + 1000); // of something else
    EXPECT_EQ(dim_queue_total(queue_), 1u);
    acknowledge(*one, one->got[0].first);
    EXPECT_EQ(dim_queue_total(queue_), 1u) << "the phone has it, the desk has not";
    acknowledge(*two, two->got[0].first);
    EXPECT_EQ(dim_queue_total(queue_), 0u);
}

TEST_F(Relay, RepeatsAfterTwoMinutesAndGivesUpAfterThreeTries)
{
    auto end = enter(ben_.get());

    put(ben_.get(), "hello");
    clock_.advance(119);
    end->read();
    EXPECT_EQ(end->got.size(), 1u);
    clock_.advance(3);
    end->read();
    ASSERT_EQ(end->got.size(), 2u);
    EXPECT_EQ(end->got[0], end->got[1]) << "the same serial";
    clock_.advance(250);
    EXPECT_FALSE(end->read()) << "the line is cut";
    EXPECT_EQ(end->got.size(), 3u);
    EXPECT_EQ(dim_queue_total(queue_), 1u) << "and the message stays";
    EXPECT_FALSE(dim_relay_is_present(relay_, ben_.get()));
}

TEST_F(Relay, RepeatsToTheSessionThatHasItNotAlone)
{
    auto one = enter(ben_.get());
    auto two = enter(ben_.get());

    put(ben_.get(), "hello");
    support::settle();
    one->read();
    acknowledge(*one, one->got.at(0).first);
    clock_.advance(125);
    EXPECT_TRUE(one->read());
    EXPECT_TRUE(two->read());
    EXPECT_EQ(one->got.size(), 1u);
    EXPECT_EQ(two->got.size(), 2u);
}

TEST_F(Relay, ASessionThatIsCutOffGetsItAtItsNextLogin)
{
    auto one = enter(ben_.get());
    auto two = enter(ben_.get());

    put(ben_.get(), "hello");
    support::settle();
    one->read();
    acknowledge(*one, one->got.at(0).first);
    two.reset();
    support::settle();
    EXPECT_EQ(dim_queue_total(queue_), 1u);
    two = enter(ben_.get());
    support::settle();
    two->read();
    ASSERT_EQ(two->got.size(), 1u);
    acknowledge(*two, two->got[0].first);
    EXPECT_EQ(dim_queue_total(queue_), 0u);
    one->read();
    EXPECT_EQ(one->got.size(), 1u) << "it came once";
}

TEST_F(Relay, KeepsWhatASlowSessionHasNotReachedYet)
{
    for (int i = 0; i < 600; i++)
        put(ben_.get(), "message " + std::to_string(i));
    auto slow = enter(ben_.get()); // has a window of 256 before it and acknowledges nothing yet
    auto fast = enter(ben_.get());
    size_t done = 0;

    support::settle();
    for (fast->read(); done < fast->got.size(); fast->read())
        acknowledge(*fast, fast->got[done++].first);
    EXPECT_EQ(done, 600u);
    EXPECT_EQ(dim_queue_total(queue_), 600u);
    done = 0;
    for (slow->read(); done < slow->got.size(); slow->read())
        acknowledge(*slow, slow->got[done++].first);
    EXPECT_EQ(done, 600u);
    EXPECT_EQ(dim_queue_total(queue_), 0u);
}

TEST_F(Relay, DoesNotWaitForASessionThatIsInactive)
{
    auto one = enter(ben_.get());
    auto two = enter(ben_.get());

    dim_relay_set_active(relay_, two->guest, FALSE);
    put(ben_.get(), "hello");
    support::settle();
    one->read();
    acknowledge(*one, one->got.at(0).first);
    EXPECT_EQ(dim_queue_total(queue_), 0u);
}

TEST_F(Relay, HasAtMostAWindowUnacknowledged)
{
    std::vector<std::string> sent;
    std::vector<std::string> got;
    size_t done = 0;

    for (int i = 0; i < 1000; i++) {
        sent.push_back("message " + std::to_string(i));
        put(ben_.get(), sent.back());
    }
    auto end = enter(ben_.get());
    support::settle();
    end->read();
    EXPECT_EQ(end->got.size(), 256u);
    while (done < end->got.size()) {
        got.push_back(end->got[done].second);
        acknowledge(*end, end->got[done].first);
        done++;
        end->read();
        EXPECT_LE(end->got.size() - done, 256u);
    }
    EXPECT_EQ(got, sent) << "all, once, in order";
    EXPECT_EQ(dim_queue_total(queue_), 0u);
}

TEST_F(Relay, PushesWhatCameWhileASessionWasInactive)
{
    auto end = enter(ben_.get());

    dim_relay_set_active(relay_, end->guest, FALSE);
    EXPECT_FALSE(dim_relay_is_present(relay_, ben_.get()));
    EXPECT_EQ(put(ben_.get(), "first"), 0u);
    dim_relay_set_active(relay_, end->guest, TRUE);
    put(ben_.get(), "second");
    support::settle();
    end->read();
    ASSERT_EQ(end->got.size(), 2u);
    EXPECT_EQ(end->got[0].second, "first");
    EXPECT_EQ(end->got[1].second, "second");
}

// What is on its way to somebody who acknowledges nothing may be forgotten meanwhile: it holds no place before what came later.
TEST_F(Relay, WhatIsForgottenOnItsWayGivesItsPlaceToTheNext)
{
    auto end = enter(ben_.get());

    for (int i = 0; i < 257; i++)
        put(ben_.get(), "message " + std::to_string(i));
    support::settle();
    end->read();
    ASSERT_EQ(end->got.size(), 256u);
    for (int i = 0; i < 256; i++) {
        const std::string key =
            std::string(dim_id_text(ben_.get())) + " message " + std::to_string(i);

        ASSERT_TRUE(dim_queue_remove(queue_, key.c_str(), nullptr));
    }
    ASSERT_EQ(dim_queue_total(queue_), 1u);
    clock_.advance(125);
    dim_relay_pump(relay_, end->guest);
    clock_.advance(1);
    EXPECT_TRUE(end->read());
    ASSERT_EQ(end->got.size(), 257u) << "none of them again";
    EXPECT_EQ(end->got.back().second, "message 256");
    acknowledge(*end, end->got.back().first);
    EXPECT_EQ(dim_queue_total(queue_), 0u);
}

} // namespace
