// SPDX-License-Identifier: GPL-2.0-or-later
// The station as clients see it, over real loopback sockets: handshake, relay, waiting messages, several sessions.
#include <gtest/gtest.h>

#include "base/errors.h"

#include "tests/support/fake_clock.hh"
#include "tests/unit/station/house.hh"

using namespace station_test;

namespace {

TEST(Server, AnswersTheHandshakeWithAChallengeAndItsMetaAndVisa)
{
    House house;
    Person anna("Anna");
    auto caller = house.caller(anna);

    caller->greet();
    ASSERT_TRUE(caller->wait(3000, [&] { return !caller->session.empty(); }));
    EXPECT_EQ(caller->session.size(), 64u);
    EXPECT_FALSE(caller->running);
    EXPECT_FALSE(caller->forced);
    EXPECT_NE(caller->commands.at(0).find("remote_address"), std::string::npos);
    caller->say(DIM_HANDSHAKE_RESTART);
    EXPECT_TRUE(caller->wait(3000, [&] { return caller->running; }));
}

TEST(Server, KeepsTheChallengeOfALine)
{
    House house;
    Person anna("Anna");
    auto one = house.caller(anna);
    auto other = house.caller(anna);

    ASSERT_TRUE(one->login());
    const std::string first = one->session;
    ASSERT_TRUE(one->login());
    EXPECT_EQ(one->session, first);
    ASSERT_TRUE(other->login());
    EXPECT_NE(other->session, first);
}

TEST(Server, RefusesAWrongChallenge)
{
    House house;
    Person anna("Anna");
    auto caller = house.caller(anna);

    caller->greet();
    ASSERT_TRUE(caller->wait(3000, [&] { return !caller->session.empty(); }));
    caller->session = std::string(64, 'a');
    caller->say(DIM_HANDSHAKE_RESTART);
    EXPECT_FALSE(caller->wait(300, [&] { return caller->running; }));
}

TEST_F(Neighbours, RelaysByteForByteAndTellsTheSender)
{
    const std::string payload = letter(anna, ben, "你好 <b>&\"");

    house.settle_sessions(*b);
    EXPECT_TRUE(a->acknowledged(a->send(payload)));
    EXPECT_TRUE(b->wait(3000, [&] { return !b->raw.empty(); }));
    EXPECT_EQ(b->raw, std::vector<std::string>{ payload });
    EXPECT_TRUE(a->receipt("Message delivered."));
    // Acknowledged by the reader: nothing is left.
    EXPECT_TRUE(a->wait(3000, [&] { return house.queued() == 0; }));
}

TEST(Server, KeepsMessagesForOneWhoIsAwayInOrder)
{
    House house;
    Person anna("Anna");
    Person ben("Ben");
    auto a = house.caller(anna);
    std::vector<std::string> texts;

    ASSERT_TRUE(a->login());
    for (int i = 0; i < 600; i++) {
        texts.push_back("line " + std::to_string(i));
        ASSERT_TRUE(a->acknowledged(a->send(letter(anna, ben, texts.back()))));
    }
    EXPECT_TRUE(a->receipt("Message cached."));
    EXPECT_EQ(house.queued(), 600u);
    auto b = house.caller(ben);
    ASSERT_TRUE(b->login());
    EXPECT_TRUE(b->wait(10000, [&] { return b->letters.size() >= 600; }));
    EXPECT_EQ(b->letters, texts);
    EXPECT_TRUE(b->wait(3000, [&] { return house.queued() == 0; }));
}

TEST(Server, GivesEachSessionOfAnAccountEachMessage)
{
    House house;
    Person anna("Anna");
    Person ben("Ben");
    auto a = house.caller(anna);
    auto first = house.caller(ben);
    auto second = house.caller(ben);

    ASSERT_TRUE(a->login());
    ASSERT_TRUE(first->login());
    ASSERT_TRUE(second->login());
    house.settle_sessions(*first);
    house.settle_sessions(*second);
    a->send(letter(anna, ben, "for both"));
    EXPECT_TRUE(first->wait(3000, [&] { return first->letters.size() == 1; }));
    EXPECT_TRUE(second->wait(3000, [&] { return second->letters.size() == 1; }));
}

TEST_F(Neighbours, SendsWhatWasNotAcknowledgedAgainAtTheNextLogin)
{
    house.settle_sessions(*b);
    b->acknowledge = false;
    a->send(letter(anna, ben, "hold me"));
    ASSERT_TRUE(b->wait(3000, [&] { return b->letters.size() == 1; }));
    EXPECT_EQ(house.queued(), 1u);
    b.reset();
    b = house.caller(ben);
    ASSERT_TRUE(b->login());
    EXPECT_TRUE(b->wait(5000, [&] { return b->letters.size() == 1; }));
    EXPECT_TRUE(b->wait(3000, [&] { return house.queued() == 0; }));
}

TEST(Server, ProcessesWhatCameBeforeLoginAfterIt)
{
    House house;
    Person anna("Anna");
    Person ben("Ben");
    {
        auto before = house.caller(anna);

        ASSERT_TRUE(before->login());
    }
    auto a = house.caller(anna);
    const guint64 serial = a->send(letter(anna, ben, "too early"));

    EXPECT_TRUE(a->wait(3000, [&] { return a->forced; }));
    EXPECT_FALSE(a->acknowledged(serial, 200)) << "nothing holds it yet";
    ASSERT_TRUE(a->login());
    EXPECT_TRUE(a->acknowledged(serial));
    EXPECT_EQ(house.queued(), 1u);
}

TEST(Server, StoresAMessageSentTwiceOnce)
{
    House house;
    Person anna("Anna");
    Person ben("Ben");
    auto a = house.caller(anna);
    const std::string payload = letter(anna, ben, "once");

    ASSERT_TRUE(a->login());
    EXPECT_TRUE(a->acknowledged(a->send(payload)));
    EXPECT_TRUE(a->acknowledged(a->send(payload)));
    EXPECT_EQ(house.queued(), 1u);
}

TEST_F(Neighbours, PushesNothingToASessionThatReportedOffline)
{
    OWNED(DimContent) offline(dim_report_new("offline"));
    OWNED(DimContent) online(dim_report_new("online"));

    ASSERT_TRUE(b->acknowledged(b->ask(offline.get())));
    a->send(letter(anna, ben, "later"));
    EXPECT_TRUE(a->receipt("Message cached."));
    EXPECT_FALSE(b->wait(200, [&] { return !b->letters.empty(); }));
    b->ask(online.get());
    EXPECT_TRUE(b->wait(3000, [&] { return b->letters.size() == 1; }));
    EXPECT_TRUE(b->receipt("Online received."));
}

TEST(Server, AnswersPingAndTakesSeveralLinesInOnePayload)
{
    House house;
    Person anna("Anna");
    Person ben("Ben");
    auto a = house.caller(anna);
    Packet packet;

    ASSERT_TRUE(a->login());
    while (a->next(&packet, 100)) {
    }
    a->write(DIM_PACKET_COMMAND, 77, "PING");
    ASSERT_TRUE(a->next(&packet));
    EXPECT_EQ(packet.type, DIM_PACKET_COMMAND_RESPONSE);
    EXPECT_EQ(packet.serial, 77u);
    EXPECT_EQ(packet.body, "PONG");
    EXPECT_TRUE(a->acknowledged(
        a->send(letter(anna, ben, "one") + "\n" + letter(anna, ben, "two") + "\n")));
    EXPECT_EQ(house.queued(), 2u);
}

// A payload as the pieces of one message, the last of them first.
std::vector<std::string>
in_pieces(const std::string &payload, guint64 serial, guint32 pages)
{
    const size_t size = (payload.size() + pages - 1) / pages;
    std::vector<std::string> pieces;

    for (guint32 index = pages; index-- > 0;) {
        const std::string part = payload.substr(index * size, size);
        DimPacket packet{ DIM_PACKET_FRAGMENT, TRUE, serial, pages, index, FALSE, nullptr };

        packet.body = g_bytes_new(part.data(), part.size());
        OWNED(GBytes) bytes(dim_frame_write_packet(&packet));
        gsize length = 0;
        const auto *data = static_cast<const char *>(g_bytes_get_data(bytes.get(), &length));
        pieces.emplace_back(data, length);
        dim_packet_clear(&packet);
    }
    return pieces;
}

TEST_F(Neighbours, EachFragmentIsAcknowledgedOnceTheWholeIsKept)
{
    const std::string payload = letter(anna, ben, "in three pieces");
    const std::vector<std::string> pieces = in_pieces(payload, 77, 3);

    house.settle_sessions(*b);
    a->write_raw(pieces[0].data(), pieces[0].size());
    a->write_raw(pieces[1].data(), pieces[1].size());
    EXPECT_FALSE(a->acknowledged(77, 200)) << "nothing holds it yet";
    a->write_raw(pieces[2].data(), pieces[2].size());
    EXPECT_TRUE(a->wait(3000, [&] { return a->pieces[77] == "0/3 1/3 2/3 "; }));
    EXPECT_TRUE(b->wait(3000, [&] { return !b->raw.empty(); }));
    EXPECT_EQ(b->raw, std::vector<std::string>{ payload });
    const std::string noop = in_pieces("NOOP", 78, 2)[0] + in_pieces("NOOP", 78, 2)[1];
    a->write_raw(noop.data(), noop.size());
    EXPECT_TRUE(a->wait(3000, [&] { return a->pieces[78] == "0/2 1/2 "; }));
    const guint64 whole = a->send(letter(anna, ben, "whole"));
    EXPECT_TRUE(a->wait(3000, [&] { return a->pieces[whole] == "0/1 "; }));
}

TEST(Server, FragmentsThatCameBeforeLoginAreAcknowledgedAfterIt)
{
    House house;
    Person anna("Anna");
    Person ben("Ben");
    {
        auto before = house.caller(anna);

        ASSERT_TRUE(before->login());
    }
    auto a = house.caller(anna);
    for (const std::string &piece : in_pieces(letter(anna, ben, "too early"), 77, 2))
        a->write_raw(piece.data(), piece.size());
    EXPECT_TRUE(a->wait(3000, [&] { return a->forced; }));
    EXPECT_FALSE(a->acknowledged(77, 200));
    ASSERT_TRUE(a->login());
    EXPECT_TRUE(a->wait(3000, [&] { return a->pieces[77] == "0/2 1/2 "; }));
    EXPECT_EQ(house.queued(), 1u);
}

TEST_F(Neighbours, ShowsDocumentsAndLoginOfOthers)
{
    OWNED(DimContent) login(dim_login_new(ben.id(), "test", nullptr, "127.0.0.1", 9394));
    OWNED(DimContent) query(dim_document_query_new(ben.id(), 0));

    b->send(seal(ben, dim_id_everyone(), login.get(), nullptr, false));
    EXPECT_TRUE(b->receipt("Login received."));
    a->commands.clear();
    a->ask(query.get());
    ASSERT_TRUE(a->wait(3000, [&] { return a->commands.size() >= 2; }));
    EXPECT_NE(a->commands[0].find("\"document\""), std::string::npos);
    EXPECT_NE(a->commands[0].find("\"meta\""), std::string::npos);
    EXPECT_NE(a->commands[1].find("\"forward\""), std::string::npos);
}

// Who pinned the identity in the damaged file would take the new one for somebody else's.
TEST(Server, MakesNoIdentityBesideADamagedStore)
{
    support::Folder folder;
    support::Error error;
    const std::string aside = folder.file("store.db.damaged-20260101-000000");
    OWNED(DimSettings) settings(dim_settings_new());
    OWNED(DimStore) store(dim_store_open(folder.file("store.db").c_str(), &error));

    ASSERT_TRUE(g_file_set_contents(aside.c_str(), "", 0, nullptr));
    OWNED(DimUser) none(dim_server_identity(store.get(), settings.get(), "h", 1, &error));
    EXPECT_EQ(none, nullptr);
    EXPECT_TRUE(error.is(DIM_ERROR, DIM_ERROR_STORAGE));
    EXPECT_NE(error.message().find("store.db.damaged-20260101-000000"), std::string::npos);
    std::filesystem::remove(aside);
    OWNED(DimUser) fresh(dim_server_identity(store.get(), settings.get(), "h", 1, nullptr));
    EXPECT_NE(fresh, nullptr) << "moved away on purpose";
}

// A station on a clock that the test turns; its callers agree with it about the time of day.
class Hours : public ::testing::Test {
  protected:
    void
    SetUp() override
    {
        clock.sleep(dim_clock_now(dim_clock_system()) - clock.now());
        ASSERT_TRUE(a->login());
    }

    support::FakeClock clock;
    House house{ [](DimSettings *settings) {
                    settings->idle_seconds = 86400;
                    settings->queue_days = 1;
                },
                 clock };
    Person anna{ "Anna" };
    Person ben{ "Ben" };
    std::unique_ptr<Caller> a = house.caller(anna);
};

TEST_F(Hours, WhatNobodyAcknowledgedIsSentAgainAfterTwoMinutes)
{
    auto b = house.caller(ben);

    ASSERT_TRUE(b->login());
    house.settle_sessions(*b);
    b->acknowledge = false;
    ASSERT_TRUE(a->acknowledged(a->send(letter(anna, ben, "hello"))));
    ASSERT_TRUE(b->wait(3000, [&] { return b->letters.size() == 1; }));
    clock.advance(125);
    EXPECT_TRUE(b->wait(3000, [&] { return b->letters.size() == 2; }));
    EXPECT_EQ(b->raw.front(), b->raw.back());
}

TEST_F(Hours, WhatNobodyFetchedIsForgottenAfterItsDays)
{
    ASSERT_TRUE(a->acknowledged(a->send(letter(anna, ben, "hello"))));
    clock.advance(65);
    EXPECT_EQ(house.queued(), 1u);
    clock.sleep(8 * 86400.0);
    clock.advance(0.9 * 86400);
    EXPECT_EQ(house.queued(), 1u) << "the clock may be wrong";
    clock.advance(0.2 * 86400);
    EXPECT_EQ(house.queued(), 0u);
}

} // namespace
