// SPDX-License-Identifier: GPL-2.0-or-later
// The station on a full disk: it acknowledges nothing that it has not kept, says so, goes on, and recovers.
#include <gtest/gtest.h>

#include "storage/sqlite.h"
#include "transport/ws_frame.h"

#include "tests/support/full_disk.hh"
#include "tests/unit/station/house.hh"

using namespace station_test;

namespace {
using support::FullDisk;

// What is warned of meanwhile.
class Warnings {
  public:
    Warnings()
    {
        before_ = g_log_set_default_handler(
            [](const char *, GLogLevelFlags level, const char *text, gpointer self) {
                if ((level & G_LOG_LEVEL_WARNING) != 0)
                    static_cast<Warnings *>(self)->texts.emplace_back(text);
            },
            this);
    }
    ~Warnings()
    {
        g_log_set_default_handler(before_, nullptr);
    }
    Warnings(const Warnings &) = delete;
    Warnings &operator=(const Warnings &) = delete;

    std::vector<std::string> texts;

  private:
    GLogFunc before_;
};

TEST(Disk, AFullOneAcknowledgesNothingAndIsSaidOnce)
{
    House house;
    Person anna("Anna");
    Person ben("Ben");
    auto a = house.caller(anna);
    auto b = house.caller(ben);
    const std::string first = letter(anna, ben, "first");
    Warnings warnings;

    ASSERT_TRUE(a->login());
    ASSERT_TRUE(b->login());
    house.settle_sessions(*b);
    {
        FullDisk disk;

        for (int i = 0; i < 5; i++) {
            auto again = i == 0 ? std::move(a) : house.caller(anna);

            if (i > 0 && !again->login())
                continue; // nothing can be kept of this line either
            EXPECT_FALSE(again->acknowledged(again->send(first), 300));
            EXPECT_FALSE(again->receipt("Message delivered.", 10));
        }
        EXPECT_EQ(house.queued(), 0U);
        b->wait(50, [] { return false; });
        EXPECT_TRUE(b->letters.empty()) << "what is not kept is not handed over";
        ASSERT_GE(warnings.texts.size(), 1U);
        EXPECT_LE(warnings.texts.size(), 1U) << "the log is on that disk as well";
    }
    // There is room again.
    auto later = house.caller(anna);
    ASSERT_TRUE(later->login());
    EXPECT_TRUE(later->acknowledged(later->send(first)));
    auto reader = house.caller(ben);
    if (b->closed(10)) {
        ASSERT_TRUE(reader->login());
    }
    EXPECT_TRUE(reader->wait(3000, [&] {
        b->wait(1, [] { return false; });
        return !b->letters.empty() || !reader->letters.empty();
    }));
}

// What somebody told of himself on a full disk is not "known already" when he comes again.
TEST(Disk, WhoCameOnAFullOneIsKeptTheNextTime)
{
    House house;
    Person anna("Anna");
    Warnings warnings;
    const guint before = dim_store_count(house.store.get(), DIM_TABLE_METAS);

    {
        FullDisk disk;
        auto a = house.caller(anna);

        EXPECT_FALSE(a->login());
    }
    EXPECT_EQ(dim_store_count(house.store.get(), DIM_TABLE_METAS), before);
    auto a = house.caller(anna);
    ASSERT_TRUE(a->login());
    EXPECT_EQ(dim_store_count(house.store.get(), DIM_TABLE_METAS), before + 1);
    EXPECT_EQ(dim_store_count(house.store.get(), DIM_TABLE_DOCUMENTS), before + 1);
}

// Nothing is on its way to him that he could acknowledge, so nothing of his brings the rest.
TEST(Disk, WhoseQueueCouldNotBeReadOnceGetsItSoonAfterwards)
{
    House house;
    Person anna("Anna");
    Person ben("Ben");
    Warnings warnings;
    auto a = house.caller(anna);
    auto b = house.caller(ben);
    int denied = 0;

    ASSERT_TRUE(a->login());
    ASSERT_TRUE(b->login());
    b.reset();
    ASSERT_TRUE(a->acknowledged(a->send(letter(anna, ben, "first"))));
    b = house.caller(ben);
    sqlite3_set_authorizer(
        house.store->db,
        [](void *count, int action, const char *table, const char *, const char *,
           const char *) {
            const bool queue = action == SQLITE_READ && table == std::string("queue");

            *static_cast<int *>(count) += queue;
            return queue ? SQLITE_DENY : SQLITE_OK;
        },
        &denied);
    ASSERT_TRUE(b->login());
    house.settle_sessions(*b);
    EXPECT_TRUE(b->wait(3000, [&] { return !warnings.texts.empty(); }));
    const int before = denied;
    EXPECT_TRUE(b->wait(5000, [&] { return denied > before; })) << "it is tried again";
    EXPECT_EQ(warnings.texts.size(), 1U) << "and said once";
    EXPECT_TRUE(b->letters.empty());
    sqlite3_set_authorizer(house.store->db, nullptr, nullptr);
    EXPECT_TRUE(b->wait(5000, [&] { return !b->letters.empty(); }));
}

// A payload that takes several turns has one OK for all of them: none if what one turn kept of it is lost.
TEST(Disk, APayloadOfWhichOneTurnWasLostIsNotAcknowledged)
{
    House house;
    Person anna("Anna");
    Person other("Other");
    auto a = house.caller(anna);
    Warnings warnings;
    std::string lines;

    ASSERT_TRUE(a->login());
    // Each is work; at what is said of another station nothing is said.
    for (int i = 0; i < 40; i++) {
        OWNED(DimContent)
        content(dim_login_new(anna.id(), "test", other.id(), "127.0.0.1", 9394));

        lines += a->sealed(content.get()) + "\n";
    }
    const guint64 serial = a->send(lines);
    {
        FullDisk disk;

        for (int i = 0; i < 1000 && warnings.texts.empty(); i++)
            g_main_context_iteration(nullptr, FALSE);
    }
    ASSERT_EQ(warnings.texts.size(), 1U) << "the first part was lost";
    EXPECT_FALSE(a->acknowledged(serial));
    EXPECT_TRUE(a->closed());
    a = house.caller(anna);
    ASSERT_TRUE(a->login());
    EXPECT_TRUE(a->acknowledged(a->send(lines))) << "there is room again";
}

// ---- what ends a line, in the same read as a message: the line's last words are no excuse to speak of it before it is kept ----

std::string
bytes_of(OWNED(GBytes) bytes)
{
    gsize size = 0;
    const auto *data = static_cast<const char *>(g_bytes_get_data(bytes.get(), &size));

    return std::string(data, size);
}

std::string
web_frame(DimWsOpcode opcode, const std::string &body)
{
    const guint8 mask[4] = { 9, 8, 7, 6 };

    return bytes_of(OWNED(GBytes)(dim_ws_write(opcode, mask, body.data(), body.size())));
}

class LastRead : public Neighbours {
  protected:
    void
    SetUp() override
    {
        Neighbours::SetUp();
        house.settle_sessions(*b);
        web = house.caller(anna, DIM_TRANSPORT_WEBSOCKET);
        ASSERT_TRUE(web->login());
    }
    // One packet with this message, and one that no station takes.
    static std::string
    message_and_overlong(const std::string &text)
    {
        return bytes_of(OWNED(GBytes)(
                   dim_frame_write(DIM_PACKET_MESSAGE, kSerial, text.data(), text.size())))
               + std::string("DIM\x22\xff\xff\xff\xff", 8);
    }
    static std::string
    message_and_close(const std::string &text)
    {
        return web_frame(DIM_WS_TEXT, text) + web_frame(DIM_WS_CLOSE, "\x03\xe8");
    }
    static void
    write(Caller &caller, const std::string &bytes)
    {
        EXPECT_TRUE(caller.write_raw(bytes.data(), bytes.size()));
    }

    static constexpr guint64 kSerial = 0x7777;
    std::unique_ptr<Caller> web;
};

TEST_F(LastRead, AnOverlongPacketBringsOutNoWordOfWhatIsNotKept)
{
    Warnings warnings;
    FullDisk disk;

    write(*a, message_and_overlong(letter(anna, ben, "lost")));
    EXPECT_TRUE(a->closed());
    EXPECT_FALSE(a->acknowledged(kSerial, 10));
    EXPECT_FALSE(a->receipt("Message delivered.", 10));
    EXPECT_EQ(house.queued(), 0U);
    EXPECT_TRUE(b->letters.empty());
}

TEST_F(LastRead, AWebSocketCloseBringsOutNoWordOfWhatIsNotKept)
{
    Warnings warnings;
    FullDisk disk;

    write(*web, message_and_close(letter(anna, ben, "lost")));
    EXPECT_TRUE(web->closed());
    EXPECT_FALSE(web->receipt("Message delivered.", 10));
    EXPECT_EQ(house.queued(), 0U);
    EXPECT_TRUE(b->letters.empty());
}

// The store cannot even begin: over WebSocket a PONG behind the message would say that it was read.
TEST_F(LastRead, WhatFindsTheStoreTakenBringsOutNoWord)
{
    Warnings warnings;
    sqlite3 *other = nullptr;
    const std::string path = house.folder.file("station/store.db");

    ASSERT_EQ(sqlite3_open(path.c_str(), &other), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
    EXPECT_FALSE(web->acknowledged(web->send(letter(anna, ben, "lost")), 20000));
    EXPECT_TRUE(web->closed());
    EXPECT_FALSE(a->acknowledged(a->send(letter(anna, ben, "lost too")), 20000));
    EXPECT_TRUE(a->closed());
    EXPECT_EQ(house.queued(), 0U);
    EXPECT_EQ(warnings.texts.size(), 1U);
    EXPECT_EQ(sqlite3_close(other), SQLITE_OK);
    a = house.caller(anna);
    ASSERT_TRUE(a->login());
    EXPECT_TRUE(a->acknowledged(a->send(letter(anna, ben, "kept"))));
}

TEST_F(LastRead, WhatIsKeptIsAcknowledgedBeforeTheLineIsClosed)
{
    write(*a, message_and_overlong(letter(anna, ben, "first")));
    EXPECT_TRUE(a->acknowledged(kSerial));
    EXPECT_TRUE(a->receipt("Message delivered."));
    EXPECT_TRUE(a->closed());
    write(*web, message_and_close(letter(anna, ben, "second")));
    EXPECT_TRUE(web->receipt("Message delivered."));
    EXPECT_TRUE(web->closed());
    EXPECT_EQ(web->last.substr(web->last.size() - 4), "\x88\x02\x03\xe8") << "and its answer";
    EXPECT_TRUE(b->wait(3000, [&] { return b->letters.size() == 2; }));
}

} // namespace
