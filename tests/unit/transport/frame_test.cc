// SPDX-License-Identifier: GPL-2.0-or-later
// Packets out of bytes and back: the reference's vectors, any chunks, garbage, lies about lengths, and the time it takes.
#include "transport/frame.h"

#include <gtest/gtest.h>
#include <random>
#include <string>
#include <vector>

#include "base/codec.h"
#include "base/errors.h"
#include "base/json.h"

#include "tests/support/autoptr.hh"
#include "tests/support/matchers.hh"

namespace {

using support::Error;

struct Seen {
    int type;
    bool has_serial;
    guint64 serial;
    guint32 pages;
    guint32 index;
    bool joined;
    std::string body;

    bool
    operator==(const Seen &other) const
    {
        return type == other.type && has_serial == other.has_serial && serial == other.serial
               && pages == other.pages && index == other.index && joined == other.joined
               && body == other.body;
    }
};

std::string
text_of(GBytes *bytes)
{
    gsize size = 0;
    const auto *data = static_cast<const char *>(g_bytes_get_data(bytes, &size));

    return size == 0 ? "" : std::string(data, size);
}

std::string
from_hex(const char *text)
{
    Error error;
    OWNED(GBytes) bytes(dim_hex_decode(text, &error));

    return bytes ? text_of(bytes.get()) : "not hex";
}

class Reader {
  public:
    explicit Reader(gsize max_body = DIM_FRAME_MAX_BODY)
        : reader_(dim_frame_reader_new(max_body))
    {
    }
    void
    feed(const std::string &bytes)
    {
        dim_frame_reader_feed(get(), bytes.data(), bytes.size());
    }
    // All packets that are whole; error tells why there are no more.
    std::vector<Seen>
    all()
    {
        std::vector<Seen> seen;
        DimPacket packet;

        while (dim_frame_reader_next(get(), &packet, &error)) {
            seen.push_back({ packet.type, packet.has_serial != FALSE, packet.serial,
                             packet.pages, packet.index, packet.joined != FALSE,
                             text_of(packet.body) });
            dim_packet_clear(&packet);
        }
        EXPECT_EQ(packet.body, nullptr);
        return seen;
    }
    std::vector<Seen>
    all_of(const std::string &bytes)
    {
        feed(bytes);
        return all();
    }
    DimFrameReader *
    get() const
    {
        return reader_.get();
    }
    Error error;

  private:
    OWNED(DimFrameReader) reader_;
};

std::string
written(DimPacketType type, guint64 serial, const std::string &body)
{
    OWNED(GBytes) bytes(dim_frame_write(type, serial, body.data(), body.size()));

    return text_of(bytes.get());
}

std::string
written(const Seen &seen)
{
    DimPacket packet = {};
    OWNED(GBytes) body(g_bytes_new(seen.body.data(), seen.body.size()));

    packet.type = static_cast<DimPacketType>(seen.type);
    packet.has_serial = seen.has_serial;
    packet.serial = seen.serial;
    packet.pages = seen.pages;
    packet.index = seen.index;
    packet.body = body.get();
    OWNED(GBytes) bytes(dim_frame_write_packet(&packet));
    return text_of(bytes.get());
}

const guint64 kSerial = G_GUINT64_CONSTANT(0x0102030405060708);

Seen
message(guint64 serial, const std::string &body)
{
    return { DIM_PACKET_MESSAGE, serial != 0, serial, 1, 0, false, body };
}

Seen
fragment(guint64 serial, guint32 pages, guint32 index, const std::string &body)
{
    return { DIM_PACKET_FRAGMENT, true, serial, pages, index, false, body };
}

} // namespace

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

TEST(Frame, GivesTheSamePacketsWhateverTheChunks)
{
    std::mt19937 chance(1);
    std::string all = "junk DI";
    std::vector<Seen> expected;

    for (int i = 0; i < 60; i++) {
        const Seen seen = message(chance() % 5 ? i + 1 : 0, std::string(chance() % 300, 'x'));

        expected.push_back(seen);
        all += written(seen);
        if (i % 7 == 0)
            all += "DDIDIM";
        if (i % 9 == 0)
            all += written(fragment(100, 7, i / 9, "piece " + std::to_string(i)));
    }
    // The seven pieces are whole with the last of them, and so is its place among the others.
    std::string joined;
    for (int i = 0; i < 60; i += 9)
        joined += "piece " + std::to_string(i);
    expected.insert(expected.begin() + 55,
                    { DIM_PACKET_MESSAGE, true, 100, 7, 0, true, joined });

    for (unsigned seed = 0; seed < 1000; seed++) {
        Reader reader;
        std::vector<Seen> seen;
        const size_t most = seed == 0 ? all.size() : 1 + (seed * 7919) % 700;
        std::mt19937 plan(seed);

        for (size_t at = 0; at < all.size();) {
            const size_t size = seed == 0 ? all.size() : 1 + plan() % most;

            for (const Seen &one : reader.all_of(all.substr(at, size)))
                seen.push_back(one);
            ASSERT_FALSE(reader.error);
            at += size;
        }
        ASSERT_EQ(seen, expected) << "seed " << seed;
    }
}

TEST(Frame, FindsItsWayBackAfterGarbage)
{
    for (unsigned seed = 0; seed < 200; seed++) {
        std::mt19937 chance(seed);
        std::string garbage(chance() % 60000, '\0');
        Reader reader;

        for (char &byte : garbage) {
            byte = static_cast<char>(chance());
            if (byte == 'M')
                byte = 'm'; // no header by chance
        }
        EXPECT_EQ(reader.all_of(garbage + written(message(9, "after"))),
                  (std::vector<Seen>{ message(9, "after") }));
    }
}

TEST(Frame, GivesUpAfter64KiBWithoutAHeader)
{
    for (size_t chunk : { size_t{ 1 }, size_t{ 1000 }, size_t{ 200000 } }) {
        Reader reader;
        const std::string junk(65536, 'D');

        for (size_t at = 0; at < junk.size(); at += chunk)
            ASSERT_TRUE(reader.all_of(junk.substr(at, chunk)).empty());
        EXPECT_FALSE(reader.error) << "exactly 64 KiB may be junk";
        EXPECT_LE(dim_frame_reader_pending(reader.get()), 3u);
        EXPECT_EQ(reader.all_of(written(message(1, "still alive"))).size(), 1u);

        const std::string more = junk + "D" + written(message(2, "too late"));
        for (size_t at = 0; at < more.size(); at += chunk)
            EXPECT_TRUE(reader.all_of(more.substr(at, chunk)).empty());
        EXPECT_TRUE(support::failed_with(reader.error, DIM_ERROR_MALFORMED));
        EXPECT_TRUE(reader.all_of(written(message(3, "never"))).empty()) << "it stays dead";
        EXPECT_TRUE(support::failed_with(reader.error, DIM_ERROR_MALFORMED));
        EXPECT_EQ(dim_frame_reader_pending(reader.get()), 0u);
    }
}

TEST(Frame, EveryPacketMakesJunkForgotten)
{
    Reader reader;
    const std::string junk(40000, '?');

    for (guint64 serial = 1; serial <= 5; serial++)
        EXPECT_EQ(reader.all_of(junk + written(message(serial, "x"))).size(), 1u);
    EXPECT_FALSE(reader.error);
}

TEST(Frame, RefusesBodiesThatAreTooLong)
{
    for (const char *length : { "00000401", "00400001", "40000000", "7fffffff", "ffffffff" }) {
        Reader reader(1024);
        const std::string head = from_hex("44494d420102030405060708") + from_hex(length);

        EXPECT_TRUE(reader.all_of(head).empty());
        EXPECT_TRUE(support::failed_with(reader.error, DIM_ERROR_MALFORMED)) << length;
    }
    Reader reader(1024);
    EXPECT_EQ(reader.all_of(written(message(1, std::string(1024, 'x')))).size(), 1u);
    EXPECT_FALSE(reader.error);
}

TEST(Frame, HoldsNoMoreThanItWasGiven)
{
    Reader reader;

    // 4 MiB are announced, ten bytes come.
    reader.feed(from_hex("44494d42010203040506070800400000") + "0123456789");
    EXPECT_TRUE(reader.all().empty());
    EXPECT_FALSE(reader.error);
    EXPECT_EQ(dim_frame_reader_pending(reader.get()), 26u);
}

TEST(Frame, TakesLinearTime)
{
    // One byte at a time, a question after each: 1 MiB in one body takes about what 1,024 bodies take.
    const auto seconds = [](size_t bodies, size_t size) {
        std::string all;
        Reader reader;
        size_t seen = 0;
        DimPacket packet;

        for (size_t i = 0; i < bodies; i++)
            all += written(message(i + 1, std::string(size, 'D')));
        const gint64 start = g_get_monotonic_time();
        for (const char byte : all) {
            dim_frame_reader_feed(reader.get(), &byte, 1);
            while (dim_frame_reader_next(reader.get(), &packet, nullptr)) {
                dim_packet_clear(&packet);
                seen++;
            }
        }
        EXPECT_EQ(seen, bodies);
        return static_cast<double>(g_get_monotonic_time() - start) / G_USEC_PER_SEC;
    };

    seconds(1, 100000); // warm
    const double small = seconds(1024, 1024);
    const double large = seconds(1, 1 << 20);

    // Quadratic time would be thousands of times slower.
    EXPECT_LT(large, small * 20 + 0.5);
}

TEST(Frame, TakesLinearTimeWithABacklogInFront)
{
    const std::string one = written(message(1, "body"));
    std::string backlog;
    DimPacket packet;
    Reader reader;

    for (int i = 0; i < 100000; i++)
        backlog += one;
    reader.feed(backlog);
    const gint64 start = g_get_monotonic_time();
    for (int i = 0; i < 100000; i++) {
        ASSERT_TRUE(dim_frame_reader_next(reader.get(), &packet, nullptr));
        dim_packet_clear(&packet);
        reader.feed("D"); // whoever moves the backlog each time, moves 100 GB
        if (i == 0)
            reader.feed("IM");
    }
    EXPECT_LT(g_get_monotonic_time() - start, 2 * G_USEC_PER_SEC);
}
