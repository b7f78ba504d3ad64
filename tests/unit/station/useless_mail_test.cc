// SPDX-License-Identifier: GPL-2.0-or-later
// Mail that costs the station much, or that nothing comes of: who sends it pays, the others do not wait.
#include <gtest/gtest.h>

#include "station/server_parts.h"

#include "tests/unit/station/dear.hh"
#include "tests/unit/station/house.hh"

using namespace station_test;

namespace {

// A message to the station with so many wrapped keys of chance, each named as if it were the station's.
std::string
crowded(const House &house, const Person &from, int count)
{
    const std::string me = dim_id_text(dim_server_id(house.server.get()));
    OWNED(DimContent) content(dim_content_new_text("open me"));
    JsonObject *object =
        dim_json_parse(seal(from, dim_server_id(house.server.get()), content.get(),
                            dim_document_key(dim_user_visa(house.user.get())), true)
                           .c_str(),
                       -1, nullptr);
    JsonObject *keys = json_object_new();

    for (int i = 0; i < count; i++) {
        guchar noise[128] = { 1, static_cast<guchar>(i), static_cast<guchar>(i >> 8), 7 };
        char *text = g_base64_encode(noise, sizeof noise);

        json_object_set_string_member(keys, (me + "/" + std::to_string(i)).c_str(), text);
        g_free(text);
    }
    json_object_set_object_member(object, "keys", keys);
    json_object_set_string_member(object, "key", "AAAA");
    std::string text = Text(dim_json_write(object)).get();
    json_object_unref(object);
    return text;
}

// Text in lines, as one payload.
std::string
lines(const std::string &one, int count)
{
    std::string all = one;

    for (int i = 1; i < count; i++)
        all += "\n" + one;
    return all;
}

TEST(Opening, DoesNotTryToOpenWhatIsLongBeforeLogin)
{
    House house;
    Person eve("Eve");
    auto e = house.caller(eve);
    const std::string much = crowded(house, eve, 1000);
    const std::string little = crowded(house, eve, 2);
    const gint64 start = g_get_monotonic_time();

    ASSERT_GT(much.size(), 200000U);
    EXPECT_TRUE(e->acknowledged(e->send(much), 20000));
    const double once = static_cast<double>(g_get_monotonic_time() - start);
    const gint64 again = g_get_monotonic_time();
    EXPECT_TRUE(e->acknowledged(e->send(little), 20000));
    const double few = static_cast<double>(g_get_monotonic_time() - again);
    EXPECT_LT(once, 20 * few + 20000) << "a thousand keys were tried";
}

TEST(Opening, SlowsDownWhoSendsWhatCannotBeOpened)
{
    House house([](DimSettings *settings) {
        settings->rate = 100;
        settings->burst = 150;
    });
    Person eve("Eve");
    auto e = house.caller(eve);
    Packet packet;

    ASSERT_TRUE(e->login());
    for (int i = 0; i < 2; i++)
        EXPECT_TRUE(e->acknowledged(e->send(crowded(house, eve, 2))));
    e->write(DIM_PACKET_COMMAND, 1, "PING");
    const gint64 start = g_get_monotonic_time();
    ASSERT_TRUE(e->next(&packet, 5000));
    EXPECT_EQ(packet.body, "PONG");
    EXPECT_GT(g_get_monotonic_time() - start, 50000) << "a debt of ten, a hundred a second";
}

TEST(Opening, SlowsDownWhoSendsWhatNobodySigned)
{
    House house([](DimSettings *settings) {
        settings->rate = 100;
        settings->burst = 150;
    });
    Person eve("Eve");
    Person mallory("Mallory");
    auto e = house.caller(eve);
    Packet packet;

    ASSERT_TRUE(e->login());
    auto m = house.caller(mallory); // has not logged in
    std::string forged = letter(mallory, eve, "I am Eve");
    forged.replace(forged.find(mallory.name()), mallory.name().size(), eve.name());
    const gint64 start = g_get_monotonic_time();
    EXPECT_TRUE(m->acknowledged(m->send(lines(forged, 80)), 20000));
    m->write(DIM_PACKET_COMMAND, 1, "PING");
    ASSERT_TRUE(m->next(&packet, 5000));
    EXPECT_EQ(packet.body, "PONG");
    EXPECT_GT(g_get_monotonic_time() - start, 500000)
        << "a line counts one, the two keys that were tried two: 240 of 150, a hundred a "
           "second";
}

TEST(Opening, HasAStrangerCutWhoWantsMoreThanAFewTries)
{
    House house;
    Person eve("Eve");
    Person anna("Anna");
    auto e = house.caller(eve);
    auto a = house.caller(anna);
    const guint64 serial = e->send(lines(crowded(house, eve, 2), 20));

    EXPECT_TRUE(e->closed()) << "after three";
    EXPECT_FALSE(e->acknowledged(serial, 10));
    ASSERT_TRUE(a->login()) << "who is honest needs one";
}

// One packet, whatever is in it, is worked off in parts; between them the others are heard.
TEST(Opening, LetsOthersSpeakBetweenTheLinesOfAPacket)
{
    House house;
    Person eve("Eve");
    Person anna("Anna");
    auto e = house.caller(eve);
    auto a = house.caller(anna);
    Packet packet;

    ASSERT_TRUE(e->login());
    ASSERT_TRUE(a->login());
    const guint64 serial = e->send(lines(crowded(house, eve, 2), 200));
    a->write(DIM_PACKET_COMMAND, 1, "PING");
    while (a->next(&packet, 5000) && packet.body != "PONG") {
    }
    EXPECT_EQ(packet.body, "PONG");
    EXPECT_FALSE(e->acknowledged(serial, 300))
        << "16,000 units of work, 2,000 at once and 500 a second";
}

// The line of whoever is not logged in, if there is only one.
DimLine *
line_of_the_stranger(const House &house)
{
    GHashTableIter iter;
    gpointer guest = nullptr;

    g_hash_table_iter_init(&iter, house.server->guests);
    while (g_hash_table_iter_next(&iter, &guest, nullptr)) {
        if (static_cast<DimGuest *>(guest)->account == nullptr)
            return static_cast<DimGuest *>(guest)->line;
    }
    return nullptr;
}

void
hardly_any_allowance(DimSettings *settings)
{
    settings->rate = 1;
    settings->burst = 150;
}

TEST(Opening, AGoodSignatureOfADearKeyIsPaid)
{
    House house(hardly_any_allowance);
    Person eve("Eve");
    DearPerson dear;
    OWNED(DimContent)
    thanks(dim_content_parse(R"({"type":136,"sn":1,"command":"receipt","text":"thanks"})", -1,
                             nullptr)); // is not answered
    auto e = house.caller(eve);

    ASSERT_TRUE(e->acknowledged(e->send(dear.said(thanks.get(), true, true))));
    const double before = line_of_the_stranger(house)->tokens;
    ASSERT_TRUE(e->acknowledged(e->send(dear.said(thanks.get(), false, false))));
    EXPECT_GT(before - line_of_the_stranger(house)->tokens, 1.5)
        << "one for the message, and one for the key";
}

TEST(Opening, WhatNobodySignedIsPaidByTheNextLineToo)
{
    House house(hardly_any_allowance);
    Person eve("Eve");
    Person mallory("Mallory");
    auto e = house.caller(eve);

    ASSERT_TRUE(e->login());
    auto m = house.caller(mallory);
    std::string forged = letter(mallory, eve, "I am Eve");
    forged.replace(forged.find(mallory.name()), mallory.name().size(), eve.name());
    ASSERT_TRUE(m->acknowledged(m->send(lines(forged, 30)), 20000));
    m.reset();
    e->wait(3000, [&] { return line_of_the_stranger(house) == nullptr; });
    auto next = house.caller(mallory);
    ASSERT_TRUE(e->wait(3000, [&] { return line_of_the_stranger(house) != nullptr; }));
    EXPECT_LT(line_of_the_stranger(house)->tokens, 150 - 40)
        << "thirty messages, two keys tried on each";
}

// A visa of Anna's that Mallory signed, so many times.
OWNED(DimContent)
forged_visas(const Person &anna, const Person &mallory, int count)
{
    DimDocument *mine = dim_user_visa(mallory.user.get());
    OWNED(DimDocument)
    forged(dim_document_new(anna.id(), "visa", dim_document_properties(mine),
                            dim_document_time(mine), dim_user_signer(mallory.user.get()),
                            nullptr));
    OWNED(DimContent) push(dim_document_command_new(anna.id(), nullptr, forged.get()));
    const std::string one = Text(dim_json_write(dim_content_json(push.get()))).get();
    std::string all = one;

    for (int i = 1; i < count; i++)
        all += "," + one;
    return OWNED(DimContent)(dim_content_parse(
        (R"({"type":202,"sn":6,"contents":[)" + all + "]}").c_str(), -1, nullptr));
}

TEST(Opening, DocumentsThatTheirOwnerDidNotSignArePaidByTheNextLineToo)
{
    House house(hardly_any_allowance);
    Person anna("Anna");
    Person mallory("Mallory");
    auto a = house.caller(anna);
    auto m = house.caller(mallory);

    ASSERT_TRUE(a->login());
    ASSERT_TRUE(m->login());
    ASSERT_TRUE(m->acknowledged(m->ask(forged_visas(anna, mallory, 60).get()), 20000));
    ASSERT_TRUE(m->receipt("Document not accepted."));
    m.reset();
    auto next = house.caller(mallory);
    ASSERT_TRUE(a->wait(3000, [&] { return line_of_the_stranger(house) != nullptr; }));
    EXPECT_LT(line_of_the_stranger(house)->tokens, 150 - 40)
        << "sixty documents, one for each beside what it costs to answer";
}

// A fresh line does not make its debts forgotten.
TEST(Opening, ADebtOutlivesItsLine)
{
    House house([](DimSettings *settings) {
        settings->rate = 50;
        settings->burst = 400;
    });
    Person eve("Eve");
    auto first = house.caller(eve);
    Packet packet;

    ASSERT_TRUE(first->login());
    first->send(lines(crowded(house, eve, 2), 20));
    first->wait(200, [] { return false; });
    first.reset();
    auto second = house.caller(eve);
    second->write(DIM_PACKET_COMMAND, 1, "PING");
    ASSERT_TRUE(second->next(&packet, 5000)) << "forty are left to each new one: a login";
    for (int i = 0; i < 60; i++)
        second->write(DIM_PACKET_COMMAND, 1, "PING");
    const gint64 start = g_get_monotonic_time();
    for (int i = 0; i < 60; i++)
        ASSERT_TRUE(second->next(&packet, 5000)) << i;
    EXPECT_GT(g_get_monotonic_time() - start, 200000) << "twenty at fifty a second";
}

} // namespace
