// SPDX-License-Identifier: GPL-2.0-or-later
// Packets out of bytes and back: the reference's vectors, every shape of a header, and wrong ones.
#include "transport/frame.h"

#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "base/errors.h"
#include "base/json.h"

#include "tests/unit/transport/frame_reading.hh"

using namespace framing;

TEST(Frame, ReadsAndWritesThePackagesOfTheReference)
{
    const struct {
        const char *hex;
        DimPacketType type;
        const char *body;
    } cases[] = {
        { "44494d4001020304050607080000000450494e47", DIM_PACKET_COMMAND, "PING" },
        { "44494d41010203040506070800000004504f4e47", DIM_PACKET_COMMAND_RESPONSE, "PONG" },
        { "44494d420102030405060708000000077b2261223a317d", DIM_PACKET_MESSAGE, "{\"a\":1}" },
        { "44494d43010203040506070800000002"
          "4f4b",
          DIM_PACKET_MESSAGE_RESPONSE, "OK" },
    };

    for (const auto &one : cases) {
        Reader reader;
        const Seen expected = { one.type, true, kSerial, 1, 0, false, one.body };

        EXPECT_EQ(reader.all_of(from_hex(one.hex)), std::vector<Seen>{ expected }) << one.hex;
        EXPECT_EQ(written(one.type, kSerial, one.body), from_hex(one.hex));
    }
}

TEST(Frame, AgreesWithTheVectorFile)
{
    g_autofree char *text = nullptr;
    Error error;
    int ran = 0;

    ASSERT_TRUE(g_file_get_contents(DIM_VECTORS "/ref_frames.json", &text, nullptr, &error));
    g_autofree char *object = g_strdup_printf("{\"all\":%s}", text);
    g_autoptr(JsonObject) root = dim_json_parse(object, -1, &error);
    ASSERT_TRUE(support::no_error(error));
    JsonArray *all = dim_json_array(root, "all");
    for (guint i = 0; i < json_array_get_length(all); i++) {
        JsonObject *one = json_array_get_object_element(all, i);
        const char *name = dim_json_text(one, "name");
        const char *hex = dim_json_text(one, "hex");

        if (hex == nullptr || !g_str_has_prefix(name, "MTP"))
            continue;
        const std::string bytes = from_hex(hex);
        Reader reader;
        const auto seen = reader.all_of(bytes);

        ASSERT_EQ(seen.size(), 1u) << name;
        EXPECT_EQ(written(seen[0]), bytes) << name;
        if (dim_json_text(one, "payload") != nullptr) {
            EXPECT_EQ(seen[0].body, dim_json_text(one, "payload")) << name;
        }
        if (dim_json_text(one, "sn") != nullptr) {
            EXPECT_EQ(seen[0].serial, kSerial) << name;
        }
        ran++;
    }
    EXPECT_GE(ran, 5);
}

TEST(Frame, ReadsTheShortHeadAndTheFragment)
{
    Reader reader;

    EXPECT_EQ(reader.all_of(from_hex("44494d200000000450494e47")),
              (std::vector<Seen>{ { DIM_PACKET_COMMAND, false, 0, 1, 0, false, "PING" } }));

    // Page 1 of 3 of the reference, with the pages that are missing.
    reader.feed(from_hex("44494d6a0102030405060708000000030000000100000003"
                         "78797a"));
    EXPECT_TRUE(reader.all().empty());
    reader.feed(written(fragment(kSerial, 3, 2, "end")));
    EXPECT_TRUE(reader.all().empty());
    reader.feed(written(fragment(kSerial, 3, 0, "begin ")));
    EXPECT_EQ(reader.all(), (std::vector<Seen>{ { DIM_PACKET_MESSAGE, true, kSerial, 3, 0, true,
                                                  "begin xyzend" } }));
    EXPECT_FALSE(reader.error);
}

TEST(Frame, SerialZeroMeansThatThereIsNone)
{
    Reader reader;
    const auto seen = reader.all_of(written(DIM_PACKET_MESSAGE, 0, "hello"));

    ASSERT_EQ(seen.size(), 1u);
    EXPECT_FALSE(seen[0].has_serial);
}

TEST(Frame, RoundTripsEveryShape)
{
    std::string all;
    std::vector<Seen> expected;
    Reader reader;

    for (int type : { 0, 1, 2, 3 }) {
        for (guint64 serial : { guint64{ 0 }, guint64{ 1 }, ~guint64{ 0 } }) {
            for (size_t size : { 0, 1, 511, 512, 70000 }) {
                for (guint32 pages : { 1u, 2097152u }) {
                    const Seen seen = { type,  serial != 0,           serial, pages, pages - 1,
                                        false, std::string(size, 'D') };

                    expected.push_back(seen);
                    all += written(seen);
                }
            }
        }
    }
    EXPECT_EQ(reader.all_of(all), expected);
    EXPECT_EQ(dim_frame_reader_pending(reader.get()), 0u);
}

TEST(Frame, SkipsHeadersThatNameNoLength)
{
    // 4, 12 and 20 bytes: only a datagram says where their bodies end.
    for (const char *head : { "44494d12", "44494d320102030405060708",
                              "44494d5a01020304050607080000000300000001" }) {
        Reader reader;

        EXPECT_EQ(reader.all_of(from_hex(head) + "body" + written(message(7, "next"))),
                  (std::vector<Seen>{ message(7, "next") }))
            << head;
        EXPECT_FALSE(reader.error);
    }
}

TEST(Frame, SkipsHeadersThatAreWrong)
{
    for (const char *head : { "44494d02",                                         // no words
                              "44494d7201020304050607080102030405060708090a0b0c", // 7 words
                              "44494df2",
                              "44494d4401020304050607080000000161", // unknown type
                              "44494d4b01020304050607080000000161",
                              "44494d620102030405060708000000000000000000000001"
                              "61", // no pages
                              "44494d620102030405060708000000030000000300000001"
                              "61", // index = pages
                              "44494d620102030405060708002000010000000000000001"
                              "61", // too many pages
                              "44", "4449", "44494444494d" }) {
        Reader reader;

        EXPECT_EQ(reader.all_of(from_hex(head) + written(message(7, "next"))),
                  (std::vector<Seen>{ message(7, "next") }))
            << head;
        EXPECT_FALSE(reader.error);
    }
}
