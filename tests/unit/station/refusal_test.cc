// SPDX-License-Identifier: GPL-2.0-or-later
// What the station does not do for strangers, and what it does for those it knows only so often and so much.
#include <gtest/gtest.h>

#include "identity/address.h"

#include "tests/unit/station/house.hh"

using namespace station_test;

namespace {

// The content, seen from outside; for whoever it is, from whoever logged in.
std::string
to_station(const Person &from, const std::string &json)
{
    OWNED(DimContent) content(dim_content_parse(json.c_str(), -1, nullptr));

    return seal(from, dim_id_any_station(), content.get(), nullptr, true);
}

std::string
forwarded(const Person &from, const std::string &message)
{
    return to_station(from, R"({"type":255,"sn":1,"forward":)" + message + "}");
}

TEST(Refusal, AnswersNoReportBeforeALogin)
{
    House house;
    Person anna("Anna");
    auto a = house.caller(anna);

    a->send(to_station(anna, R"({"type":136,"sn":1,"command":"report","title":"online"})"));
    a->send(to_station(anna, R"({"type":1,"sn":2,"text":"hello"})"));
    EXPECT_FALSE(a->receipt("Online received.", 300));
    EXPECT_FALSE(a->receipt("Content not support.", 10));
    ASSERT_TRUE(a->login());
    EXPECT_TRUE(a->receipt("Online received."));
    EXPECT_TRUE(a->receipt("Content not support."));
}

TEST(Refusal, GivesEachLineAChallengeOfItsOwn)
{
    House house;
    Person anna("Anna");
    auto one = house.caller(anna);
    auto two = house.caller(anna);

    ASSERT_TRUE(one->login());
    ASSERT_TRUE(two->login());
    EXPECT_NE(one->session, two->session);
}

TEST(Refusal, KeepsNoMailForGroupsAndStations)
{
    House house;
    Person anna("Anna");
    Person ben("Ben");
    auto a = house.caller(anna);

    ASSERT_TRUE(a->login());
    for (guint8 network : { 0x00, 0x10, 0x88 }) { /* a user, a group, a station */
        guint8 seed[4] = { 1, 2, 3, 4 };
        Text address(dim_address_btc(seed, sizeof seed, network));
        OWNED(DimId) id(dim_id_parse((std::string("x@") + address.get()).c_str(), nullptr));
        OWNED(DimContent) content(dim_content_new_text("hello"));
        const guint before = house.queued();

        EXPECT_TRUE(a->acknowledged(
            a->send(seal(anna, id.get(), content.get(),
                         dim_document_key(dim_user_visa(ben.user.get())), false))));
        EXPECT_EQ(house.queued() - before, network == 0x00 ? 1u : 0u) << int(network);
    }
}

TEST(Refusal, OpensForwardsFourLevelsDeep)
{
    House house;
    Person anna("Anna");
    Person ben("Ben");
    auto a = house.caller(anna);
    std::string four = letter(anna, ben, "four");
    std::string five = letter(anna, ben, "five");

    ASSERT_TRUE(a->login());
    for (int i = 0; i < 5; i++)
        five = forwarded(anna, five);
    EXPECT_TRUE(a->acknowledged(a->send(five)));
    EXPECT_EQ(house.queued(), 0u);
    for (int i = 0; i < 4; i++)
        four = forwarded(anna, four);
    EXPECT_TRUE(a->acknowledged(a->send(four)));
    EXPECT_EQ(house.queued(), 1u);
}

TEST(Refusal, OpensNoForwardOfHundreds)
{
    House house;
    Person anna("Anna");
    Person ben("Ben");
    auto a = house.caller(anna);
    const std::string one = letter(anna, ben, "one");
    std::string few = one, many = one;

    for (int i = 1; i < 257; i++)
        many += "," + one;
    ASSERT_TRUE(a->login());
    for (const std::string &list : { many, few }) {
        EXPECT_EQ(house.queued(), 0u);
        EXPECT_TRUE(a->acknowledged(
            a->send(to_station(anna, R"({"type":255,"sn":1,"secrets":[)" + list + "]}"))));
    }
    EXPECT_EQ(house.queued(), 1u);
}

TEST(Refusal, RemembersThirtyTwoMessagesOfAStranger)
{
    House house;
    Person anna("Anna");
    Person ben("Ben");
    auto a = house.caller(anna);

    a->greet();
    for (int i = 0; i < 40; i++)
        a->send(letter(anna, ben, std::to_string(i)));
    ASSERT_TRUE(a->login());
    house.settle_sessions(*a);
    EXPECT_EQ(house.queued(), 32u);
}

TEST(Refusal, RemembersAMebibyteOfAStranger)
{
    House house;
    Person anna("Anna");
    Person ben("Ben");
    auto a = house.caller(anna);

    a->greet();
    for (int i = 0; i < 8; i++)
        a->send(letter(anna, ben, std::string(150 * 1000, 'x')));
    ASSERT_TRUE(a->login());
    house.settle_sessions(*a);
    EXPECT_EQ(house.queued(), 5u) << "200 KB each on the wire";
}

TEST(Refusal, HasRoomForSoManyAccounts)
{
    House house([](DimSettings *settings) { settings->max_accounts = 1; });
    Person anna("Anna");
    Person ben("Ben");
    auto a = house.caller(anna);
    auto b = house.caller(ben);

    ASSERT_TRUE(a->login()) << "the station does not count";
    b->greet();
    b->wait(300, [] { return false; });
    EXPECT_TRUE(b->session.empty());
}

// The visa of the future is of use for the station's time in the challenge, and for nothing else.
TEST(Refusal, GivesWhoseClockIsAheadTheChallengeAlone)
{
    House house;
    Person anna("Anna");
    Person ben("Ben");
    const double now = dim_clock_now(dim_clock_system());
    const guint before = dim_store_count(house.store.get(), DIM_TABLE_DOCUMENTS);
    auto a = house.caller(anna);

    ASSERT_TRUE(dim_user_date_anew(anna.user.get(), anna.store.get(), now + 7200, nullptr));
    a->greet();
    ASSERT_TRUE(a->wait(3000, [&] { return !a->session.empty(); })) << "and who the station is";
    EXPECT_EQ(dim_store_count(house.store.get(), DIM_TABLE_DOCUMENTS), before);
    OWNED(DimContent)
    restart(dim_handshake_new(DIM_HANDSHAKE_RESTART, a->session.c_str()));
    a->send(seal(anna, dim_id_any_station(), restart.get(), nullptr, true));
    a->send(to_station(anna, R"({"type":136,"sn":1,"command":"report","title":"online"})"));
    EXPECT_FALSE(a->acknowledged(a->send(letter(anna, ben, "hello")), 300)) << "is not in";
    EXPECT_FALSE(a->running);
    EXPECT_TRUE(a->receipts.empty());
    EXPECT_EQ(house.queued(), 0U);
    ASSERT_TRUE(dim_user_date_anew(anna.user.get(), anna.store.get(), now, nullptr));
    EXPECT_TRUE(a->login()) << "the clock was set";
    EXPECT_EQ(dim_store_count(house.store.get(), DIM_TABLE_DOCUMENTS), before + 1);
}

TEST(Refusal, CutsALineThatFallsSilent)
{
    House house([](DimSettings *settings) { settings->idle_seconds = 1; });
    Person anna("Anna");
    auto a = house.caller(anna);

    ASSERT_TRUE(a->login());
    EXPECT_TRUE(a->closed(4000));
}

TEST(Refusal, ReadsNoFasterThanItsAllowanceOfBytes)
{
    House house([](DimSettings *settings) {
        settings->byte_burst = 20000;
        settings->byte_rate = 200000;
    });
    Person anna("Anna");
    Person ben("Ben");
    auto a = house.caller(anna);
    guint64 last = 0;

    ASSERT_TRUE(a->login());
    const gint64 start = g_get_monotonic_time();
    for (int i = 0; i < 10; i++)
        last = a->send(letter(anna, ben, std::string(20000, 'x')));
    EXPECT_TRUE(a->acknowledged(last, 10000));
    EXPECT_GT(g_get_monotonic_time() - start, 500000);
}

TEST(Refusal, SavesUpNoMoreThanAtOnceIsAllowed)
{
    House house([](DimSettings *settings) {
        settings->rate = 50;
        settings->burst = 40;
    });
    Person anna("Anna");
    auto a = house.caller(anna);
    Packet packet;
    int answers = 0;

    ASSERT_TRUE(a->login());
    a->wait(1500, [] { return false; });
    const gint64 start = g_get_monotonic_time();
    for (int i = 0; i < 200; i++)
        a->write(DIM_PACKET_COMMAND, 1, "PING");
    while (g_get_monotonic_time() - start < 300000 && a->next(&packet, 10))
        answers++;
    const double seconds = static_cast<double>(g_get_monotonic_time() - start) / G_USEC_PER_SEC;
    EXPECT_LE(answers, 40 + 50 * seconds + 5);
}

} // namespace
