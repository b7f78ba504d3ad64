// SPDX-License-Identifier: GPL-2.0-or-later
// A reader on a hostile or slow stream: any chunks, garbage, lies about lengths, and the time it takes.
#include <gtest/gtest.h>
#include <random>
#include <string>
#include <vector>

#include "base/errors.h"
#include "transport/frame.h"

#include "tests/support/log_witness.hh"
#include "tests/unit/transport/frame_reading.hh"

using namespace framing;

TEST(FrameStream, GivesTheSamePacketsWhateverTheChunks)
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

TEST(FrameStream, FindsItsWayBackAfterGarbage)
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

TEST(FrameStream, GivesUpAfter64KiBWithoutAHeader)
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

TEST(FrameStream, SaysOnceInTheDebugLogThatJunkIsSkipped)
{
    support::LogWitness log("dim-transport");
    Reader reader;
    const std::string packet = written(message(1, "x"));

    EXPECT_EQ(reader.all_of(packet).size(), 1u);
    EXPECT_TRUE(log.lines.empty());
    for (const char *junk : { "GET /", " HTTP/1.1\r\n", "DIMDIM\xff" })
        EXPECT_TRUE(reader.all_of(junk).empty());
    ASSERT_EQ(log.lines.size(), 1u) << "a line for the run, not for each byte or chunk";
    EXPECT_NE(log.lines[0].find("is no packet"), std::string::npos);
    EXPECT_EQ(reader.all_of(packet).size(), 1u);
    EXPECT_EQ(reader.all_of("?" + packet).size(), 1u);
    EXPECT_EQ(log.lines.size(), 2u) << "another run";
}

TEST(FrameStream, EveryPacketMakesJunkForgotten)
{
    Reader reader;
    const std::string junk(40000, '?');

    for (guint64 serial = 1; serial <= 5; serial++)
        EXPECT_EQ(reader.all_of(junk + written(message(serial, "x"))).size(), 1u);
    EXPECT_FALSE(reader.error);
}

TEST(FrameStream, RefusesBodiesThatAreTooLong)
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

TEST(FrameStream, HoldsNoMoreThanItWasGiven)
{
    Reader reader;

    // 4 MiB are announced, ten bytes come.
    reader.feed(from_hex("44494d42010203040506070800400000") + "0123456789");
    EXPECT_TRUE(reader.all().empty());
    EXPECT_FALSE(reader.error);
    EXPECT_EQ(dim_frame_reader_pending(reader.get()), 26u);
}

TEST(FrameStream, TakesLinearTime)
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

TEST(FrameStream, TakesLinearTimeWithABacklogInFront)
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
