// SPDX-License-Identifier: GPL-2.0-or-later
// The station and those who mean it no good: oversize, garbage, forged, unsigned, wrong sender, floods, silence.
#include <gtest/gtest.h>

#include "tests/unit/station/house.hh"

using namespace station_test;

namespace {

// A member of the outer object set to another text.
std::string
with(const std::string &payload, const char *member, const char *value)
{
    JsonObject *object = dim_json_parse(payload.c_str(), -1, nullptr);
    std::string text;

    if (value != nullptr)
        json_object_set_string_member(object, member, value);
    else
        json_object_remove_member(object, member);
    text = Text(dim_json_write(object)).get();
    json_object_unref(object);
    return text;
}

TEST(Hostile, DropsALineThatAnnouncesTooLargeAPacket)
{
    House house;
    Person anna("Anna");
    auto caller = house.caller(anna);
    const unsigned char head[] = {
        'D', 'I', 'M', 0x42, 0, 0, 0, 0, 0, 0, 0, 1, 0x00, 0x40, 0, 1
    };

    caller->write_raw(head, sizeof head);
    EXPECT_TRUE(caller->closed());
    EXPECT_EQ(dim_server_connections(house.server.get()), 0u);
}

TEST(Hostile, DropsAStrangerWhoFillsMemory)
{
    House house;
    Person anna("Anna");
    auto caller = house.caller(anna);
    std::string much("DIM\x42\0\0\0\0\0\0\0\1\0\x20\0\0", 16); // 2 MiB announced

    much += std::string(400 * 1024, '{');
    caller->write_raw(much.data(), much.size());
    EXPECT_TRUE(caller->closed());
}

TEST(Hostile, DropsALineOfGarbage)
{
    House house;
    Person anna("Anna");
    auto caller = house.caller(anna);
    const std::string garbage(200 * 1024, 'x');

    caller->write_raw(garbage.data(), garbage.size());
    EXPECT_TRUE(caller->closed());
}

TEST(Hostile, TakesHalfPacketsAndJunkBeforeAHeader)
{
    House house;
    Person anna("Anna");
    auto caller = house.caller(anna);
    const unsigned char first[] = { 'j', 'u', 'n', 'k', 'D', 'I', 'M', 0x40, 0, 0 };
    const unsigned char second[] = { 0, 0, 0, 0, 0, 7, 0, 0, 0, 4, 'P', 'I' };
    Packet packet;

    caller->write_raw(first, sizeof first);
    EXPECT_FALSE(caller->next(&packet, 50));
    caller->write_raw(second, sizeof second);
    EXPECT_FALSE(caller->next(&packet, 50));
    caller->write_raw("NG", 2);
    ASSERT_TRUE(caller->next(&packet));
    EXPECT_EQ(packet.body, "PONG");
}

TEST(Hostile, KeepsNothingForgedUnsignedOrOfAnotherSender)
{
    House house;
    Person anna("Anna");
    Person ben("Ben");
    Person eve("Eve");
    auto a = house.caller(anna);
    auto e = house.caller(eve);
    const std::string good = letter(anna, ben, "mine");
    const std::string other = letter(anna, ben, "other");
    OWNED(DimMessage) parsed(dim_message_parse(other.c_str(), -1, nullptr));

    ASSERT_TRUE(a->login());
    ASSERT_TRUE(e->login());
    // A good message on the line of somebody else, and with his name on it.
    EXPECT_TRUE(e->acknowledged(e->send(good)));
    EXPECT_TRUE(e->acknowledged(e->send(with(good, "sender", eve.name().c_str()))));
    // Another message's signature, none at all, what is no signature.
    EXPECT_TRUE(a->acknowledged(
        a->send(with(good, "signature", dim_message_signature_text(parsed.get())))));
    EXPECT_TRUE(a->acknowledged(a->send(with(good, "signature", nullptr))));
    EXPECT_TRUE(a->acknowledged(a->send(with(good, "signature", "AAAA"))));
    EXPECT_TRUE(a->acknowledged(a->send(with(good, "data", "AAAA"))));
    EXPECT_EQ(house.queued(), 0u);
    EXPECT_TRUE(a->acknowledged(a->send(good)));
    EXPECT_EQ(house.queued(), 1u);
}

TEST(Hostile, SurvivesTextThatIsNoMessage)
{
    House house;
    Person anna("Anna");
    auto a = house.caller(anna);
    const std::string deep =
        "{\"data\":" + std::string(100000, '[') + std::string(100000, ']') + "}";

    ASSERT_TRUE(a->login());
    for (const std::string &text :
         { std::string("{"), std::string("{}"), std::string("{}\n{}\n\n"), std::string("[1]"),
           std::string("{\"sender\":1,\"data\":{},\"signature\":[]}"), std::string(4, '\0'),
           std::string("{\"sender\":\"x\",\"data\":\"\",\"signature\":\"\"}"), std::string(),
           deep, std::string("{\"a\":\"\xff\xfe\"}") })
        EXPECT_TRUE(a->acknowledged(a->send(text))) << text.substr(0, 40);
    EXPECT_EQ(house.queued(), 0u);
}

TEST(Hostile, RefusesAMetaThatDoesNotBelongToTheSender)
{
    House house;
    Person anna("Anna");
    Person eve("Eve");
    auto e = house.caller(eve);
    OWNED(DimContent) hello(dim_handshake_new(DIM_HANDSHAKE_START, nullptr));
    const std::string payload = seal(eve, dim_id_any_station(), hello.get(), nullptr, true);

    e->send(with(payload, "sender", anna.name().c_str()));
    EXPECT_FALSE(e->wait(300, [&] { return !e->session.empty(); }));
}

TEST(Hostile, TellsNothingToOneWhoSendsWithoutAnIntroduction)
{
    House house;
    Person anna("Anna");
    Person ben("Ben");
    auto a = house.caller(anna);
    const guint64 serial = a->send(letter(anna, ben, "who am I"));

    EXPECT_FALSE(a->acknowledged(serial, 300));
    EXPECT_TRUE(a->commands.empty());
    EXPECT_EQ(house.queued(), 0u);
}

TEST(Hostile, SendsNothingToUnknownNamesGroupsAndOtherStations)
{
    House house;
    Person anna("Anna");
    auto a = house.caller(anna);
    const char *receivers[] = { "nobody@anywhere", "somebody@everywhere",
                                "Group-1@7yVJskndB17nGzPM7Cf5HUh6CHrt3FxBfj", "x@unknown" };

    ASSERT_TRUE(a->login());
    for (const char *text : receivers) {
        OWNED(DimId) id(dim_id_parse(text, nullptr));
        OWNED(DimContent) content(dim_content_new_text("anybody there?"));
        const bool broadcast = id && dim_id_is_broadcast(id.get());

        if (!id)
            continue;
        EXPECT_TRUE(a->acknowledged(a->send(seal(
            anna, id.get(), content.get(),
            broadcast ? nullptr : dim_document_key(dim_user_visa(anna.user.get())), false))))
            << text;
    }
    EXPECT_EQ(house.queued(), 0u);
}

TEST(Hostile, SlowsAFloodDownAndGoesOnServing)
{
    House house([](DimSettings *settings) {
        settings->rate = 50;
        settings->burst = 40;
    });
    Person anna("Anna");
    Person ben("Ben");
    auto flood = house.caller(anna);
    auto other = house.caller(ben);
    Packet packet;
    int answers = 0;

    for (int i = 0; i < 200; i++)
        flood->write(DIM_PACKET_COMMAND, 1, "PING");
    const gint64 start = g_get_monotonic_time();
    ASSERT_TRUE(other->login());
    while (flood->next(&packet, 10))
        answers++;
    const double seconds = static_cast<double>(g_get_monotonic_time() - start) / G_USEC_PER_SEC;
    EXPECT_GE(answers, 40);
    EXPECT_LE(answers, 40 + 50 * seconds + 5) << "more than was allowed at once and since then";
    while (answers < 200 && flood->next(&packet, 5000))
        answers++;
    EXPECT_EQ(answers, 200) << "read later, not lost";
}

TEST(Hostile, CutsStrangersWhoDoNotLogIn)
{
    House house([](DimSettings *settings) { settings->handshake_seconds = 1; });
    Person anna("Anna");
    Person ben("Ben");
    auto stranger = house.caller(anna);
    auto guest = house.caller(ben);

    ASSERT_TRUE(guest->login());
    EXPECT_TRUE(stranger->closed(4000));
    EXPECT_FALSE(guest->closed(50));
}

TEST(Hostile, TakesInNoMoreThanConfigured)
{
    House house([](DimSettings *settings) { settings->max_connections = 2; });
    Person anna("Anna");
    auto one = house.caller(anna);
    auto two = house.caller(anna);

    ASSERT_TRUE(one->login());
    ASSERT_TRUE(two->login());
    auto three = house.caller(anna);
    EXPECT_TRUE(three->closed());
    one.reset();
    two->wait(50, [] { return false; });
    auto four = house.caller(anna);
    EXPECT_TRUE(four->login());
}

TEST(Hostile, CutsAReaderWhoDoesNotReadAndKeepsHisMessages)
{
    House house([](DimSettings *settings) { settings->send_buffer = 64 * 1024; });
    Person anna("Anna");
    Person ben("Ben");
    auto a = house.caller(anna);
    auto b = house.caller(ben);

    ASSERT_TRUE(a->login());
    ASSERT_TRUE(b->login());
    house.settle_sessions(*b);
    for (int i = 0; i < 12; i++)
        ASSERT_TRUE(a->acknowledged(a->send(letter(anna, ben, std::string(500 * 1024, 'x')))));
    EXPECT_EQ(house.queued(), 12u);
    EXPECT_TRUE(b->closed());
}

TEST(Hostile, DoesNotAcknowledgeWhatItHasNoRoomFor)
{
    House house([](DimSettings *settings) { settings->queue_messages = 2; });
    Person anna("Anna");
    Person ben("Ben");
    auto a = house.caller(anna);

    ASSERT_TRUE(a->login());
    EXPECT_TRUE(a->acknowledged(a->send(letter(anna, ben, "one"))));
    EXPECT_TRUE(a->acknowledged(a->send(letter(anna, ben, "two"))));
    EXPECT_FALSE(a->acknowledged(a->send(letter(anna, ben, "three")), 300));
    EXPECT_EQ(house.queued(), 2u);
}

TEST(Hostile, AcknowledgesNoPayloadOfWhichOneMessageFoundNoRoom)
{
    House house([](DimSettings *settings) { settings->queue_messages = 1; });
    Person anna("Anna");
    Person ben("Ben");
    Person carl("Carl");
    auto a = house.caller(anna);

    ASSERT_TRUE(a->login());
    EXPECT_TRUE(a->acknowledged(a->send(letter(anna, ben, "one"))));
    EXPECT_FALSE(a->acknowledged(
        a->send(letter(anna, ben, "two") + "\n" + letter(anna, carl, "hello")), 300));
    EXPECT_EQ(house.queued(), 2U) << "the good one is kept, and will not be a second time";
}

TEST(Hostile, TakesNoMoreThanSomeMessagesInOnePacket)
{
    House house;
    Person anna("Anna");
    Person ben("Ben");
    auto a = house.caller(anna);
    const std::string one = letter(anna, ben, "one");
    std::string many = one;

    ASSERT_TRUE(a->login());
    for (int i = 0; i < 255; i++)
        many += "\n" + one;
    many += "\n" + letter(anna, ben, "one too many");
    EXPECT_FALSE(a->acknowledged(a->send(many), 500));
    EXPECT_TRUE(a->acknowledged(a->send(one + "\n" + letter(anna, ben, "two"))));
    EXPECT_EQ(house.queued(), 2U);
}

TEST(Hostile, AsksThePriceOfEveryMessageInAPacketAndOfOneOnlyOnce)
{
    House house([](DimSettings *settings) {
        settings->rate = 1;
        settings->burst = 100;
    });
    Person anna("Anna");
    Person ben("Ben");
    auto a = house.caller(anna);
    Packet packet;
    std::string many = letter(anna, ben, "one");

    ASSERT_TRUE(a->login());
    const std::string line = "\n" + many;
    a->acknowledge = false; // that costs as well
    for (int i = 1; i < 60; i++)
        ASSERT_TRUE(a->acknowledged(a->send(many), 300))
            << "a hundred at once, one each: " << i;
    house.settings->rate = 100;
    a->wait(1100, [] { return false; }); // the allowance is whole again
    for (int i = 1; i < 200; i++)
        many += line;
    const gint64 start = g_get_monotonic_time(); // on a busy machine the debt shrinks meanwhile
    ASSERT_TRUE(a->acknowledged(a->send(many)));
    a->write(DIM_PACKET_COMMAND, 1, "PING");
    while (a->next(&packet, 5000) && packet.body != "PONG") {
    }
    EXPECT_EQ(packet.body, "PONG");
    EXPECT_GT(g_get_monotonic_time() - start, G_USEC_PER_SEC / 2) << "a debt of a hundred";
}

} // namespace
