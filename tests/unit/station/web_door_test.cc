// SPDX-License-Identifier: GPL-2.0-or-later
// The station's second door is on the same port: WebSockets log in, talk with everybody, and are bounded like everybody.
#include <gtest/gtest.h>

#include "transport/upgrade.h"
#include "transport/ws_frame.h"

#include "tests/unit/station/house.hh"

using namespace station_test;

namespace {

const DimTransport kWeb = DIM_TRANSPORT_WEBSOCKET;

// Bytes from somebody who has not even asked for a WebSocket, or has.
class Raw {
  public:
    explicit Raw(House &house, bool upgraded = true) : caller_(house.caller(nobody_))
    {
        if (upgraded)
            write(owned(
                dim_upgrade_request("station.example", 9394, "dGhlIHNhbXBsZSBub25jZQ==")));
    }
    bool
    write(const std::string &bytes)
    {
        return caller_->write_raw(bytes.data(), bytes.size());
    }
    bool
    closed(int milliseconds = 3000)
    {
        return caller_->closed(milliseconds);
    }
    const std::string &
    last_words() const
    {
        return caller_->last;
    }
    static std::string
    frame(DimWsOpcode opcode, const std::string &body)
    {
        const guint8 mask[4] = { 9, 8, 7, 6 };
        OWNED(GBytes) bytes(dim_ws_write(opcode, mask, body.data(), body.size()));
        gsize size = 0;
        const auto *data = static_cast<const char *>(g_bytes_get_data(bytes.get(), &size));

        return std::string(data, size);
    }

  private:
    static std::string
    owned(char *text)
    {
        const std::string copy = text;

        g_free(text);
        return copy;
    }

    Person nobody_{ "Nobody" };
    std::unique_ptr<Caller> caller_;
};

} // namespace

TEST(WebDoor, LetsWebSocketsIn)
{
    House house;
    Person anna("Anna");
    auto caller = house.caller(anna, kWeb);

    ASSERT_TRUE(caller->login());
    EXPECT_EQ(caller->session.size(), 64u);
    EXPECT_TRUE(caller->acknowledged(0)) << "a PING has its PONG";
}

TEST(WebDoor, IsInTheSameHouseAsTheOther)
{
    House house;
    Person anna("Anna");
    Person ben("Ben");
    auto a = house.caller(anna, kWeb);
    auto b = house.caller(ben);
    const std::string there = letter(anna, ben, "你好 <b>&\"");
    const std::string back = letter(ben, anna, "hello");

    ASSERT_TRUE(a->login());
    ASSERT_TRUE(b->login());
    house.settle_sessions(*a);
    house.settle_sessions(*b);
    EXPECT_TRUE(a->acknowledged(a->send(there)));
    EXPECT_TRUE(b->acknowledged(b->send(back)));
    EXPECT_TRUE(b->wait(3000, [&] { return !b->raw.empty(); }));
    EXPECT_TRUE(a->wait(3000, [&] { return !a->raw.empty(); }));
    EXPECT_EQ(b->raw, std::vector<std::string>{ there });
    EXPECT_EQ(a->raw, std::vector<std::string>{ back });
    EXPECT_TRUE(a->receipt("Message delivered."));
    EXPECT_TRUE(b->receipt("Message delivered."));
    EXPECT_TRUE(a->wait(3000, [&] { return house.queued() == 0; })) << "both have said OK";
}

TEST(WebDoor, KeepsWhatWasNotAcknowledged)
{
    House house;
    Person anna("Anna");
    Person ben("Ben");
    auto a = house.caller(anna);
    auto b = house.caller(ben, kWeb);
    std::vector<std::string> texts;

    ASSERT_TRUE(a->login());
    ASSERT_TRUE(b->login());
    house.settle_sessions(*b);
    b->acknowledge = false;
    for (int i = 0; i < 300; i++) {
        texts.push_back("line " + std::to_string(i));
        ASSERT_TRUE(a->acknowledged(a->send(letter(anna, ben, texts.back()))));
    }
    EXPECT_TRUE(b->wait(5000, [&] { return b->letters.size() >= 256; }));
    EXPECT_FALSE(b->wait(300, [&] { return b->letters.size() > 256; })) << "a window full";
    EXPECT_EQ(house.queued(), 300u);
    b = house.caller(ben, kWeb);
    ASSERT_TRUE(b->login());
    house.settle_sessions(*b);
    EXPECT_TRUE(b->wait(10000, [&] { return b->letters.size() >= 300; }));
    EXPECT_EQ(b->letters, texts);
    EXPECT_TRUE(b->wait(3000, [&] { return house.queued() == 0; }));
}

TEST(WebDoor, ClosesOnWhatIsNoRequestForIt)
{
    House house;

    for (const char *head :
         { "GET / HTTP/1.1\r\nHost: station.example\r\n\r\n", "GET index.html\r\n\r\n" }) {
        Raw raw(house, false);

        EXPECT_TRUE(raw.write(head));
        EXPECT_TRUE(raw.closed()) << head;
    }
    Raw endless(house, false);
    EXPECT_TRUE(endless.write("GET / HTTP/1.1\r\nX: " + std::string(DIM_UPGRADE_MAX, 'x')));
    EXPECT_TRUE(endless.closed());
}

TEST(WebDoor, ClosesOnWhatIsNoFrame)
{
    House house;

    for (const std::string &bytes :
         { std::string("\x81\x02hi"), std::string("\xc1\x80\1\2\3\4"), std::string("DIM  "),
           Raw::frame(DIM_WS_CLOSE, "\x03\xe8"),
           std::string("\x81\xff\x00\x00\x00\x00\x00\x40\x00\x01\1\2\3\4", 14) }) {
        Raw raw(house);

        EXPECT_TRUE(raw.write(bytes));
        EXPECT_TRUE(raw.closed()) << bytes[0];
    }
    Raw quiet(house);
    EXPECT_FALSE(quiet.closed(300)) << "and only then";
}

TEST(WebDoor, SaysWhyItCloses)
{
    House house;
    Raw bad_text(house);
    Raw bad_frame(house);

    ASSERT_FALSE(bad_text.closed(100)) << "the answer to the upgrade is in";
    EXPECT_TRUE(bad_text.write(Raw::frame(DIM_WS_TEXT, "\xff")));
    EXPECT_TRUE(bad_text.closed());
    EXPECT_EQ(bad_text.last_words(), "\x88\x02\x03\xef");
    ASSERT_FALSE(bad_frame.closed(100));
    EXPECT_TRUE(bad_frame.write("\x81\x02hi"));
    EXPECT_TRUE(bad_frame.closed());
    EXPECT_EQ(bad_frame.last_words(), "\x88\x02\x03\xea");
}

TEST(WebDoor, HoldsNoMoreForStrangersThanTheOther)
{
    House house;
    Raw raw(house);
    const std::string most = Raw::frame(DIM_WS_TEXT, std::string(1 << 20, 'x'));

    EXPECT_TRUE(raw.write(most.substr(0, 200 * 1024)));
    EXPECT_FALSE(raw.closed(300));
    raw.write(most.substr(200 * 1024, 200 * 1024));
    EXPECT_TRUE(raw.closed());
}

TEST(WebDoor, TakesAPriceForWhatIsNoMessage)
{
    House house;
    std::string pings;

    house.settings->rate = 100;
    house.settings->burst = 100;
    for (int i = 0; i < 1000; i++)
        pings += Raw::frame(DIM_WS_PING, "");
    Person anna("Anna");
    auto caller = house.caller(anna, kWeb);
    ASSERT_TRUE(caller->login());
    caller->write_raw(pings.data(), pings.size());
    EXPECT_TRUE(caller->acknowledged(0, 30000)) << "what came with them is still read";
    const gint64 start = g_get_monotonic_time();
    EXPECT_TRUE(caller->acknowledged(0, 30000));
    EXPECT_GT(g_get_monotonic_time() - start, 5 * G_USEC_PER_SEC) << "in debt for 1000 frames";
}
