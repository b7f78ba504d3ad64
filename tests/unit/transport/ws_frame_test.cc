// SPDX-License-Identifier: GPL-2.0-or-later
// WebSocket frames: the examples of RFC 6455, every length's form, any chunks, and what is refused.
#include "transport/ws_frame.h"

#include <gtest/gtest.h>
#include <random>
#include <string>
#include <vector>

#include "base/codec.h"

#include "tests/support/matchers.hh"

namespace {

using support::Error;
using support::failed_with;

std::string
text_of(GBytes *bytes)
{
    gsize size = 0;
    const auto *data = static_cast<const char *>(g_bytes_get_data(bytes, &size));

    return size == 0 ? "" : std::string(data, size);
}

std::string
from_hex(const std::string &text)
{
    Error error;
    OWNED(GBytes) bytes(dim_hex_decode(text.c_str(), &error));

    return bytes ? text_of(bytes.get()) : "not hex";
}

struct Seen {
    int opcode;
    std::string body;
    bool joined = false;

    bool
    operator==(const Seen &other) const
    {
        return opcode == other.opcode && body == other.body && joined == other.joined;
    }
};
using All = std::vector<Seen>;

class Reader {
  public:
    explicit Reader(bool masked = false, gsize max_body = 1 << 22)
        : reader_(dim_ws_reader_new(max_body, masked))
    {
    }
    All
    all_of(const std::string &bytes)
    {
        All seen;
        DimWsMessage message;

        dim_ws_reader_feed(get(), bytes.data(), bytes.size());
        while (dim_ws_reader_next(get(), &message, &error)) {
            seen.push_back({ message.opcode, text_of(message.body), message.joined != FALSE });
            dim_ws_message_clear(&message);
        }
        EXPECT_EQ(message.body, nullptr);
        return seen;
    }
    DimWsReader *
    get() const
    {
        return reader_.get();
    }
    Error error;

  private:
    OWNED(DimWsReader) reader_;
};

const guint8 kMask[4] = { 0x37, 0xfa, 0x21, 0x3d };

std::string
written(DimWsOpcode opcode, const std::string &body, const guint8 *mask = nullptr)
{
    OWNED(GBytes) bytes(dim_ws_write(opcode, mask, body.data(), body.size()));

    return text_of(bytes.get());
}

// By hand: any first byte, any form of the length.
std::string
frame(guint8 first, const std::string &body)
{
    return std::string(1, static_cast<char>(first)) + static_cast<char>(body.size()) + body;
}

::testing::AssertionResult
refuses(const std::string &bytes, bool masked = false, gsize max_body = 1 << 22)
{
    Reader reader(masked, max_body);
    const All seen = reader.all_of(bytes);

    if (!seen.empty())
        return ::testing::AssertionFailure() << "read: " << seen[0].body;
    if (!failed_with(reader.error, DIM_ERROR_MALFORMED))
        return failed_with(reader.error, DIM_ERROR_MALFORMED);
    if (dim_ws_reader_held(reader.get()) != 0)
        return ::testing::AssertionFailure() << "still holds something";
    reader.all_of(frame(0x81, "later"));
    return failed_with(reader.error, DIM_ERROR_MALFORMED);
}

} // namespace

TEST(WsFrame, ReadsTheExamplesOfTheStandard)
{
    EXPECT_EQ(Reader().all_of(from_hex("810548656c6c6f")), (All{ { DIM_WS_TEXT, "Hello" } }));
    EXPECT_EQ(Reader(true).all_of(from_hex("818537fa213d7f9f4d5158")),
              (All{ { DIM_WS_TEXT, "Hello" } }));
    EXPECT_EQ(Reader().all_of(from_hex("010348656c") + from_hex("80026c6f")),
              (All{ { DIM_WS_TEXT, "Hello", true } }));
    EXPECT_EQ(Reader().all_of(from_hex("890548656c6c6f")), (All{ { DIM_WS_PING, "Hello" } }));
    EXPECT_EQ(Reader(true).all_of(from_hex("8a8537fa213d7f9f4d5158")),
              (All{ { DIM_WS_PONG, "Hello" } }));
    EXPECT_EQ(Reader().all_of(from_hex("827e0100") + std::string(256, 'x')),
              (All{ { DIM_WS_BINARY, std::string(256, 'x') } }));
    EXPECT_EQ(Reader().all_of(from_hex("827f0000000000010000") + std::string(65536, 'y')),
              (All{ { DIM_WS_BINARY, std::string(65536, 'y') } }));
}

TEST(WsFrame, NothingIsAMessageToo)
{
    for (int opcode : { DIM_WS_TEXT, DIM_WS_BINARY, DIM_WS_PING, DIM_WS_CLOSE })
        EXPECT_EQ(Reader().all_of(frame(static_cast<guint8>(0x80 | opcode), "")),
                  (All{ { opcode, "" } }));
    EXPECT_EQ(Reader().all_of(frame(0x01, "") + frame(0x80, "")),
              (All{ { DIM_WS_TEXT, "", true } }));
}

TEST(WsFrame, WritesTheExamplesOfTheStandard)
{
    EXPECT_EQ(written(DIM_WS_TEXT, "Hello"), from_hex("810548656c6c6f"));
    EXPECT_EQ(written(DIM_WS_TEXT, "Hello", kMask), from_hex("818537fa213d7f9f4d5158"));
    EXPECT_EQ(written(DIM_WS_PONG, "Hello", kMask), from_hex("8a8537fa213d7f9f4d5158"));
    EXPECT_EQ(written(DIM_WS_CLOSE, ""), from_hex("8800"));
    EXPECT_EQ(written(DIM_WS_BINARY, std::string(256, 'x')).substr(0, 4), from_hex("827e0100"));
    EXPECT_EQ(written(DIM_WS_BINARY, std::string(65536, 'x')).substr(0, 10),
              from_hex("827f0000000000010000"));
}

TEST(WsFrame, ReadsWhatItWritesAtEveryFormOfLength)
{
    for (size_t size : { 0, 1, 3, 4, 5, 125, 126, 127, 65535, 65536, 1 << 22 }) {
        const std::string body(size, 'b');

        EXPECT_EQ(Reader().all_of(written(DIM_WS_TEXT, body)), (All{ { DIM_WS_TEXT, body } }));
        EXPECT_EQ(Reader(true).all_of(written(DIM_WS_TEXT, body, kMask)),
                  (All{ { DIM_WS_TEXT, body } }));
    }
}

TEST(WsFrame, GivesTheSameMessagesWhateverTheChunks)
{
    const std::string all = written(DIM_WS_TEXT, "one") + frame(0x01, "tw")
                            + written(DIM_WS_PING, "now") + frame(0x00, "") + frame(0x80, "o")
                            + written(DIM_WS_BINARY, std::string(70000, 'z'))
                            + written(DIM_WS_TEXT, "");
    const All expected = { { DIM_WS_TEXT, "one" },
                           { DIM_WS_PING, "now" },
                           { DIM_WS_TEXT, "two", true },
                           { DIM_WS_BINARY, std::string(70000, 'z') },
                           { DIM_WS_TEXT, "" } };

    for (unsigned seed = 0; seed < 300; seed++) {
        std::mt19937 plan(seed);
        const size_t most = seed == 0 ? all.size() : seed < 5 ? 1 : 1 + plan() % 3000;
        Reader reader;
        All seen;

        for (size_t at = 0; at < all.size();) {
            const size_t size = MIN(all.size() - at, seed == 0 ? most : 1 + plan() % most);

            for (const Seen &one : reader.all_of(all.substr(at, size)))
                seen.push_back(one);
            ASSERT_FALSE(reader.error);
            at += size;
        }
        ASSERT_EQ(seen, expected) << "seed " << seed;
        ASSERT_EQ(dim_ws_reader_held(reader.get()), 0u);
    }
}

TEST(WsFrame, CountsThePiecesOfAMessage)
{
    Reader reader;
    guint64 bytes = 1;

    reader.all_of(written(DIM_WS_TEXT, "whole"));
    EXPECT_EQ(dim_ws_reader_pieces(reader.get(), &bytes), 0u);
    EXPECT_EQ(bytes, 0u);
    reader.all_of(frame(0x02, "abc") + frame(0x00, "") + frame(0x00, "de"));
    EXPECT_EQ(dim_ws_reader_pieces(reader.get(), &bytes), 3u);
    EXPECT_EQ(bytes, 5u);
    EXPECT_EQ(dim_ws_reader_held(reader.get()), 5u);
}

TEST(WsFrame, RefusesAWrongMask)
{
    EXPECT_TRUE(refuses(written(DIM_WS_TEXT, "Hello", kMask), false));
    EXPECT_TRUE(refuses(written(DIM_WS_TEXT, "Hello"), true));
}

TEST(WsFrame, RefusesExtensionsAndUnknownKinds)
{
    for (int first : { 0xC1, 0xA1, 0x91, 0x83, 0x84, 0x85, 0x86, 0x87, 0x8B, 0x8C, 0x8F })
        EXPECT_TRUE(refuses(frame(static_cast<guint8>(first), "x"))) << first;
}

TEST(WsFrame, RefusesControlFramesThatAreLongOrTorn)
{
    EXPECT_TRUE(refuses(frame(0x09, "x"))) << "not final";
    EXPECT_TRUE(refuses(from_hex("897e0080") + std::string(128, 'x')));
    EXPECT_EQ(Reader().all_of(frame(0x89, std::string(125, 'x'))).size(), 1u);
}

TEST(WsFrame, RefusesPiecesOutOfOrder)
{
    EXPECT_TRUE(refuses(frame(0x80, "x"))) << "nothing to go on with";
    EXPECT_TRUE(refuses(frame(0x01, "x") + frame(0x81, "y"))) << "the first is not finished";
    EXPECT_TRUE(refuses(frame(0x01, "x") + frame(0x02, "y")));
}

TEST(WsFrame, RefusesALengthThatIsNotTheShortest)
{
    EXPECT_TRUE(refuses(from_hex("817e007d") + std::string(125, 'x')));
    EXPECT_TRUE(refuses(from_hex("817f000000000000ffff") + std::string(65535, 'x')));
    EXPECT_EQ(Reader().all_of(from_hex("817e007e") + std::string(126, 'x')).size(), 1u);
}

TEST(WsFrame, RefusesWhatIsTooLongBeforeItCame)
{
    EXPECT_TRUE(refuses(from_hex("817e0400"), false, 1023));
    EXPECT_FALSE(refuses(from_hex("817e0400"), false, 1024));
    EXPECT_TRUE(refuses(from_hex("817f8000000000000001")));
    EXPECT_TRUE(refuses(from_hex("817fffffffffffffffff")));
    EXPECT_TRUE(refuses(from_hex("81fe0400"), true, 1023)) << "and before its mask came";
    EXPECT_TRUE(refuses(frame(0x01, "123") + from_hex("0003"), false, 5)) << "joined";
    EXPECT_FALSE(refuses(frame(0x01, "123") + from_hex("0002"), false, 5));
}

// RFC 6455, section 8.1; a character may be torn between two frames.
TEST(WsFrame, TextIsUtf8AndNothingElse)
{
    const std::string good[] = { "",
                                 "a",
                                 std::string("a\0b", 3),
                                 "\xc3\xa4",
                                 "\xf4\x8f\xbf\xbf",
                                 "\xed\x9f\xbf",
                                 "\xef\xbf\xbf",
                                 "\xe4\xbd\xa0\xe5\xa5\xbd" };
    const std::string bad[] = { "\x80",
                                "\xc0\xaf",
                                "\xc1\xbf",
                                "\xed\xa0\x80",
                                "\xed\xbf\xbf",
                                "\xf4\x90\x80\x80",
                                "\xf5\x80\x80\x80",
                                "\xff",
                                "ok\xc3",
                                "\xe0\x80\x80",
                                std::string("a\0\xe4\xbd", 4),
                                "\xfc\x80\x80\x80" };

    for (const std::string &text : good) {
        EXPECT_EQ(Reader().all_of(frame(0x81, text)), (All{ { DIM_WS_TEXT, text } }));
        for (size_t cut = 0; cut <= text.size(); cut++)
            EXPECT_EQ(Reader().all_of(frame(0x01, text.substr(0, cut))
                                      + frame(0x80, text.substr(cut))),
                      (All{ { DIM_WS_TEXT, text, true } }));
    }
    for (const std::string &text : bad) {
        EXPECT_TRUE(refuses(frame(0x81, text)));
        for (size_t cut = 0; cut <= text.size(); cut++)
            EXPECT_TRUE(
                refuses(frame(0x01, text.substr(0, cut)) + frame(0x80, text.substr(cut))));
        EXPECT_EQ(Reader().all_of(frame(0x82, text)), (All{ { DIM_WS_BINARY, text } }))
            << "binary is anything";
        EXPECT_EQ(Reader().all_of(frame(0x89, text)), (All{ { DIM_WS_PING, text } }));
    }
}

// RFC 6455, sections 5.5.1 and 7.4.
TEST(WsFrame, AFarewellHasALawfulCodeAndWords)
{
    auto farewell = [](int code, const std::string &words) {
        return frame(0x88, std::string(1, static_cast<char>(code >> 8))
                               + static_cast<char>(code) + words);
    };

    for (int code : { 1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014,
                      3000, 3999, 4000, 4999 })
        EXPECT_EQ(Reader().all_of(farewell(code, "wor\xc3\xa4s")).size(), 1u) << code;
    EXPECT_EQ(Reader().all_of(frame(0x88, "")), (All{ { DIM_WS_CLOSE, "" } }));
    EXPECT_TRUE(refuses(frame(0x88, "\x03"))) << "half a code";
    for (int code : { 0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535 })
        EXPECT_TRUE(refuses(farewell(code, ""))) << code;
    EXPECT_TRUE(refuses(farewell(1000, "\xc3")));
}

TEST(WsFrame, TellsTheOtherEndWhatWasWrong)
{
    const std::pair<std::string, DimWsStatus> cases[] = {
        { frame(0x81, "x"), DIM_WS_NO_STATUS },
        { frame(0x83, "x"), DIM_WS_PROTOCOL_ERROR },
        { frame(0xC1, "x"), DIM_WS_PROTOCOL_ERROR },
        { frame(0x80, "x"), DIM_WS_PROTOCOL_ERROR },
        { frame(0x88, "x"), DIM_WS_PROTOCOL_ERROR },
        { frame(0x81, "\xff"), DIM_WS_BAD_TEXT },
        { frame(0x88, "\x03\xe8\xff"), DIM_WS_BAD_TEXT },
        { from_hex("827e0401"), DIM_WS_TOO_LONG },
    };

    for (const auto &[bytes, status] : cases) {
        Reader reader(false, 1024);

        reader.all_of(bytes);
        EXPECT_EQ(dim_ws_reader_fault(reader.get()), status) << bytes;
    }
}

TEST(WsFrame, ReadsAStreamInTimeThatGrowsWithItsLength)
{
    const std::string one = written(DIM_WS_TEXT, std::string(1000, 'x'));
    Reader reader;
    size_t count = 0;
    const gint64 start = g_get_monotonic_time();

    for (int i = 0; i < 2000; i++) {
        for (char byte : one)
            count += reader.all_of(std::string(1, byte)).size();
    }
    EXPECT_EQ(count, 2000u);
    EXPECT_LT(g_get_monotonic_time() - start, 20 * G_USEC_PER_SEC);
}
