// SPDX-License-Identifier: GPL-2.0-or-later
// Block and mute lists: kept, given back to their owner, obeyed, and what a blocked sender is told.
#include "station/lists.h"

#include "message/services.h"

#include "tests/unit/station/answers.hh"
#include "tests/unit/station/house.hh"

using namespace station_test;

namespace {

using Words = std::vector<std::string>;

std::string
list_of(const char *command, const std::string &list, double time = 0)
{
    char text[64] = "";

    if (time > 0)
        g_snprintf(text, sizeof text, R"(,"time":%.3f)", time);
    return std::string(R"({"type":136,"sn":77,"command":")") + command + "\"" + text
           + (list.empty() ? "" : R"(,"list":)" + list) + "}";
}

using Lists = Answers;

TEST_F(Lists, AreKeptAndGivenBackToTheirOwner)
{
    const double now = dim_clock_now(dim_clock_system());

    for (const char *command : { "block", "mute" }) {
        const std::string name = command == std::string("block") ? "Block" : "Mute";

        EXPECT_EQ(words(answers(anna_, list_of(command, "[\"" + ben_.name() + "\"]", now))),
                  Words{ name + " received." });
        OWNED(JsonObject) json = answer(anna_, list_of(command, ""));
        EXPECT_STREQ(dim_json_text(json.get(), "command"), command);
        EXPECT_EQ(dim_json_serial(json.get(), "sn"), 77u);
        EXPECT_NEAR(dim_json_time(json.get(), "time"), now, 0.01);
        ASSERT_EQ(json_array_get_length(dim_json_array(json.get(), "list")), 1u);
        EXPECT_STREQ(json_array_get_string_element(dim_json_array(json.get(), "list"), 0),
                     ben_.name().c_str());
        OWNED(JsonObject) other = answer(ben_, list_of(command, ""));
        ASSERT_NE(dim_json_array(other.get(), "list"), nullptr);
        EXPECT_EQ(json_array_get_length(dim_json_array(other.get(), "list")), 0u);
    }
}

// A small message must not make the station seal megabytes in one turn, for nothing.
TEST_F(Lists, ArePaidByWhoAsksForThem)
{
    const std::string question = list_of("block", "");
    std::string ids = "[\"" + ben_.name() + "\"";
    std::string all = R"({"type":202,"sn":6,"contents":[)" + question;

    answers(anna_, question);
    EXPECT_LT(work_, 1.1) << "there is none yet";
    for (int i = 1; i < 2000; i++) {
        g_autofree char *id = g_strdup_printf(",\"0x%040x\"", 0x5000000 + i);
        ids += id;
    }
    ASSERT_EQ(
        words(answers(anna_, list_of("block", ids + "]", dim_clock_now(dim_clock_system())))),
        Words{ "Block received." });
    answers(anna_, question);
    EXPECT_GT(work_, 80000 / 16384.0);
    EXPECT_LT(work_, 1 + 120000 / 16384.0);
    for (int i = 0; i < 63; i++)
        all += "," + question;
    const size_t count = answers(anna_, all + "]}").size();
    EXPECT_GE(count, 2u);
    EXPECT_LT(count, 30u) << "an array stops where it has cost enough";
}

TEST_F(Lists, AnOlderOneChangesNothing)
{
    const double now = dim_clock_now(dim_clock_system());

    answers(anna_, list_of("block", "[\"" + ben_.name() + "\"]", now));
    EXPECT_EQ(words(answers(anna_, list_of("block", "[]", now - 1))),
              Words{ "Block not changed." });
    EXPECT_TRUE(dim_keeper_blocks(keeper_.get(), anna_.id(), ben_.id(), nullptr));
    EXPECT_EQ(words(answers(anna_, list_of("block", "[]", now + 1))),
              Words{ "Block received." });
    EXPECT_FALSE(dim_keeper_blocks(keeper_.get(), anna_.id(), ben_.id(), nullptr));
}

TEST_F(Lists, OnlyIdsAreKeptOfWhatStandsInThem)
{
    answers(anna_,
            list_of("mute", "[\"" + ben_.name() + R"(",7,null,{"a":1},["b"],"x","a b",""])"));
    OWNED(JsonObject) json = answer(anna_, list_of("mute", ""));
    EXPECT_EQ(json_array_get_length(dim_json_array(json.get(), "list")), 1u);
}

TEST_F(Lists, WhatIsNoListIsAnErrorAndNullAQuestion)
{
    for (const char *list : { "7", "\"x\"", "{}", "true" })
        EXPECT_EQ(words(answers(anna_, list_of("mute", list))), Words{ "Mute error." }) << list;
    OWNED(JsonObject) json = answer(anna_, list_of("mute", "null"));
    EXPECT_NE(dim_json_array(json.get(), "list"), nullptr);
}

TEST_F(Lists, ThoseThatAreTooLongAreNotAccepted)
{
    auto ids = [](int count) {
        std::string list = "[";
        guint8 seed[4] = {};

        for (int i = 0; i < count; i++) {
            memcpy(seed, &i, sizeof seed);
            list += (i > 0 ? ",\"" : "\"")
                    + std::string(Text(dim_address_btc(seed, sizeof seed, 0x08)).get()) + "\"";
        }
        return list + "]";
    };

    EXPECT_EQ(words(answers(anna_, list_of("block", ids(2001)))),
              Words{ "Block not accepted." });
    EXPECT_EQ(words(answers(anna_, list_of("block", ids(2000)))), Words{ "Block received." });
    settings_->kept_bytes = 1024;
    EXPECT_EQ(words(answers(anna_, list_of("block", ids(100)))),
              Words{ "Block not accepted." });
}

// ---- obeyed ----

void
tell_list(Caller &caller, const char *command, const std::string &list)
{
    OWNED(DimContent) content(dim_content_parse(list_of(command, list).c_str(), -1, nullptr));
    const std::string payload =
        seal(caller.person(), dim_id_every_station(), content.get(), nullptr, false);

    ASSERT_TRUE(caller.acknowledged(caller.send(payload)));
}

using Blocked = Neighbours;

TEST_F(Blocked, NothingOfHimIsRelayedAndHeIsToldByWhom)
{
    house.settle_sessions(*b);
    tell_list(*b, "block", "[\"" + anna.name() + "\"]");
    ASSERT_TRUE(b->receipt("Block received."));
    EXPECT_TRUE(a->acknowledged(a->send(letter(anna, ben, "are you there?"))));
    EXPECT_TRUE(a->receipt("Message is blocked by \"Ben\""));
    EXPECT_EQ(house.queued(), 0u);
    /* The other way, and after he is let in again. */
    house.settle_sessions(*a);
    EXPECT_TRUE(b->acknowledged(b->send(letter(ben, anna, "no"))));
    EXPECT_TRUE(a->wait(3000, [&] { return a->letters == Words{ "no" }; }));
    tell_list(*b, "block", "[]");
    EXPECT_TRUE(a->acknowledged(a->send(letter(anna, ben, "and now?"))));
    EXPECT_TRUE(b->wait(3000, [&] { return !b->letters.empty(); }));
    EXPECT_EQ(b->letters, Words{ "and now?" });
}

TEST_F(Blocked, AMutedSenderIsHeard)
{
    house.settle_sessions(*b);
    tell_list(*b, "mute", "[\"" + anna.name() + "\"]");
    ASSERT_TRUE(b->receipt("Mute received."));
    a->send(letter(anna, ben, "hello"));
    EXPECT_TRUE(b->wait(3000, [&] { return b->letters == Words{ "hello" }; }));
}

TEST_F(Lists, TheReceiptNamesTheReaderAndTheGroup)
{
    OWNED(DimContent) text(dim_content_new_text("x"));
    guint8 seed[4] = { 1, 2, 3, 4 };
    const std::string group =
        std::string("club@") + Text(dim_address_btc(seed, sizeof seed, 0x10)).get();
    const std::string sealed = seal(anna_, ben_.id(), text.get(), nullptr, false);
    auto receipt = [&](const std::string &payload) {
        OWNED(DimMessage) message(dim_message_parse(payload.c_str(), -1, nullptr));
        OWNED(DimContent) content(dim_lists_blocked_new(book_, message.get(), ben_.id()));

        EXPECT_NE(dim_receipt_signature(content.get()), nullptr);
        EXPECT_EQ(dim_content_group(content.get()) != nullptr, payload != sealed);
        return std::string(dim_content_text(content.get()));
    };

    EXPECT_EQ(receipt(sealed), "Message is blocked by \"" + ben_.name() + "\"");
    answers(ben_, list_of("block", ""));
    EXPECT_EQ(receipt(sealed), "Message is blocked by \"Ben\"");
    EXPECT_EQ(receipt(R"({"group":")" + group + "\"," + sealed.substr(1)),
              "Message is blocked by \"Ben\" in group \"" + group + "\"");
}

} // namespace
