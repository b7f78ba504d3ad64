// SPDX-License-Identifier: GPL-2.0-or-later
// The WebSocket row of the table of framings, each end against the other: what is a packet, and what is said besides.
#include "transport/acks.h"
#include "transport/upgrade.h"

#include "tests/unit/transport/framing_ends.hh"

using namespace ends;

TEST(WebSocket, IsAgreedOnBeforeAnythingElseIsSaid)
{
    End client(DIM_TRANSPORT_WEBSOCKET);
    End station;
    const std::string request = client.said();

    EXPECT_EQ(request.substr(0, 16), "GET / HTTP/1.1\r\n");
    EXPECT_NE(request.find("\r\nHost: station.example:9394\r\n"), std::string::npos);
    EXPECT_EQ(request.substr(request.size() - 4), "\r\n\r\n");
    EXPECT_FALSE(dim_framer_is_ready(client.get()));
    EXPECT_FALSE(dim_framer_is_numbered(client.get()));
    EXPECT_EQ(station.hear_bytewise(request), All{});
    EXPECT_TRUE(dim_framer_is_ready(station.get()));
    EXPECT_EQ(dim_framer_pieces(station.get(), nullptr), 1u) << "it has its price";
    EXPECT_EQ(client.hear_bytewise(station.said()), All{});
    EXPECT_FALSE(client.error) << client.error.message();
    EXPECT_TRUE(dim_framer_is_ready(client.get()));
    EXPECT_EQ(dim_framer_held(client.get()), 0u);
    EXPECT_EQ(dim_framer_held(station.get()), 0u);
}

TEST(WebSocket, AsksWithAnotherKeyEachTime)
{
    End one(DIM_TRANSPORT_WEBSOCKET);
    support::FakeClock clock;
    DimFramerOptions options = {};

    clock.seed(2);
    options.clock = clock;
    options.caller = TRUE;
    options.host = "station.example";
    options.port = 9394;
    options.max_body = 100;
    OWNED(DimFramer) other(dim_framer_new(DIM_TRANSPORT_WEBSOCKET, &options));
    EXPECT_NE(owned(dim_framer_talk(other.get())), one.said());
}

TEST(WebSocket, TakesTheAnswerToItsOwnKeyOnly)
{
    End client(DIM_TRANSPORT_WEBSOCKET);
    g_autofree char *wrong = dim_upgrade_response("dGhlIHNhbXBsZSBub25jZQ==");

    client.hear(wrong);
    EXPECT_TRUE(failed_with(client.error, DIM_ERROR_MALFORMED));
    EXPECT_FALSE(dim_framer_is_ready(client.get()));
    EXPECT_EQ(client.hear(frame(DIM_WS_TEXT, "{}")), All{});
}

TEST(WebSocket, WaitsForNoHeadWithoutEnd)
{
    End station, client(DIM_TRANSPORT_WEBSOCKET);
    const std::string most(DIM_UPGRADE_MAX - 1, 'x');

    station.hear("GET /" + most.substr(5));
    EXPECT_FALSE(station.error);
    station.hear("x");
    EXPECT_TRUE(failed_with(station.error, DIM_ERROR_MALFORMED));
    client.hear(most);
    EXPECT_FALSE(client.error);
    client.hear("x");
    EXPECT_TRUE(failed_with(client.error, DIM_ERROR_MALFORMED));
}

TEST(WebSocket, ReadsFramesThatCameWithTheHead)
{
    End client(DIM_TRANSPORT_WEBSOCKET);
    End station;

    EXPECT_EQ(station.hear(client.said() + frame(DIM_WS_BINARY, "{}", true)),
              (All{ { DIM_PACKET_MESSAGE, "{}", 1 } }));
    EXPECT_EQ(client.hear(station.said() + frame(DIM_WS_TEXT, "[]")),
              (All{ { DIM_PACKET_MESSAGE, "[]", 1 } }));
}

TEST(WebSocket, CarriesOnePayloadAFrame)
{
    Pair pair;

    const std::string wire = pair.client.write(DIM_PACKET_MESSAGE, payload("S1"), 5);
    EXPECT_EQ(wire[0], '\x81');
    EXPECT_EQ(wire[1], static_cast<char>(0x80 | payload("S1").size()));
    EXPECT_EQ(wire.find("sender"), std::string::npos) << "masked";
    EXPECT_EQ(pair.station.hear(wire), (All{ { DIM_PACKET_MESSAGE, payload("S1"), 1 } }));
    EXPECT_EQ(pair.client.hear(pair.station.write(DIM_PACKET_MESSAGE, payload("S2"), 6)),
              (All{ { DIM_PACKET_MESSAGE, payload("S2"), 1 } }));
    EXPECT_EQ(pair.station.write(DIM_PACKET_MESSAGE, payload("S2"), 6),
              frame(DIM_WS_TEXT, payload("S2")));
    EXPECT_EQ(pair.station.answer(1), "nothing") << "the station says no OK";
}

TEST(WebSocket, BeatsItsHeartInWords)
{
    Pair pair;

    EXPECT_EQ(pair.station.hear(pair.client.write(DIM_PACKET_COMMAND, "PING")),
              (All{ { DIM_PACKET_COMMAND, "PING" } }));
    EXPECT_EQ(pair.station.write(DIM_PACKET_COMMAND_RESPONSE, "PONG"),
              frame(DIM_WS_TEXT, "PONG"));
    EXPECT_EQ(pair.client.hear(frame(DIM_WS_TEXT, "PONG")),
              (All{ { DIM_PACKET_COMMAND_RESPONSE, "PONG" } }));
    EXPECT_EQ(pair.client.hear(frame(DIM_WS_BINARY, "PING")),
              (All{ { DIM_PACKET_COMMAND, "PING" } }));
    for (const char *noise : { "", "NOOP", "OK" })
        EXPECT_EQ(pair.client.hear(frame(DIM_WS_TEXT, noise)), All{}) << noise;
    EXPECT_EQ(dim_framer_pieces(pair.client.get(), nullptr), 3u) << "they are counted";
}

TEST(WebSocket, AcknowledgesBySignature)
{
    Pair pair;
    const std::string first = pair.station.write(DIM_PACKET_MESSAGE, payload("S1"), 71);
    const std::string second = pair.station.write(DIM_PACKET_MESSAGE, payload("S2"), 72);

    pair.client.hear(first + second);
    const std::string ack = pair.client.answer(2);
    EXPECT_EQ(ack[0], '\x81');
    EXPECT_EQ(pair.client.answer(2), "nothing") << "once";
    EXPECT_EQ(pair.client.answer(99), "nothing");
    EXPECT_EQ(pair.station.hear(ack), (All{ { DIM_PACKET_MESSAGE_RESPONSE, "OK", 72 } }));
    EXPECT_EQ(
        pair.station.hear(frame(DIM_WS_TEXT, R"(ACK:{"time":1.5,"signature":"S1"})", true)),
        (All{ { DIM_PACKET_MESSAGE_RESPONSE, "OK", 71 } }));
    EXPECT_EQ(
        pair.station.hear(frame(DIM_WS_TEXT, R"(ACK:{"time":1.5,"signature":"S3"})", true)),
        All{});
}

TEST(WebSocket, WritesTheAcknowledgementAsTheOfficialStationReadsIt)
{
    Pair pair;

    pair.client.hear(frame(DIM_WS_TEXT, payload("MEUC+/=")));
    DimWsMessage message;
    OWNED(DimWsReader) reader(dim_ws_reader_new(1000, TRUE));
    const std::string wire = pair.client.answer(1);
    dim_ws_reader_feed(reader.get(), wire.data(), wire.size());
    ASSERT_TRUE(dim_ws_reader_next(reader.get(), &message, nullptr));
    EXPECT_EQ(text_of(message.body), R"(ACK:{"time":1.5,"signature":"MEUC+/="})");
    dim_ws_message_clear(&message);
}

TEST(WebSocket, HasNoWordForAMessageWithoutSignature)
{
    Pair pair;

    EXPECT_EQ(pair.client.hear(frame(DIM_WS_TEXT, "{}")).size(), 1u);
    EXPECT_EQ(pair.client.answer(1), "nothing");
}

TEST(WebSocket, BelievesWhoNeverAcknowledgesWhenHeTalksOn)
{
    Pair pair;
    const std::string ping = pair.client.write(DIM_PACKET_COMMAND, "PING");
    const Seen beat = { DIM_PACKET_COMMAND, "PING" };
    const double patience = static_cast<double>(DIM_ACKS_PATIENCE) / G_USEC_PER_SEC;

    pair.station.write(DIM_PACKET_MESSAGE, payload("S1"), 71);
    pair.station.clock.advance(patience - 1);
    EXPECT_EQ(pair.station.hear(ping), All{ beat });
    pair.station.clock.advance(1);
    EXPECT_EQ(pair.station.hear(""), All{}) << "he must be heard";
    EXPECT_EQ(pair.station.hear(ping),
              (All{ beat, { DIM_PACKET_MESSAGE_RESPONSE, "OK", 71 } }));
}

TEST(WebSocket, AnswersThePingAndTheCloseOfTheStandard)
{
    Pair pair;

    EXPECT_EQ(pair.station.hear(frame(DIM_WS_PING, "beat", true)), All{});
    EXPECT_EQ(pair.station.said(), frame(DIM_WS_PONG, "beat"));
    EXPECT_EQ(pair.client.hear(frame(DIM_WS_PONG, "beat")), All{});
    EXPECT_EQ(pair.client.said(), "");
    EXPECT_EQ(pair.client.hear(frame(DIM_WS_CLOSE, "\x03\xe8") + frame(DIM_WS_TEXT, "{}")),
              All{});
    EXPECT_TRUE(pair.client.error.is(G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED));
    EXPECT_EQ(pair.station.hear(pair.client.said()), All{});
    EXPECT_TRUE(pair.station.error.is(G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED));
    EXPECT_FALSE(dim_framer_is_ready(pair.client.get()));
}

TEST(WebSocket, SaysGoodBye)
{
    Pair pair;
    End early(DIM_TRANSPORT_WEBSOCKET);

    dim_framer_leave(pair.client.get());
    EXPECT_FALSE(dim_framer_is_ready(pair.client.get()));
    pair.client.hear("");
    EXPECT_EQ(pair.station.hear(pair.client.said()), All{});
    EXPECT_TRUE(pair.station.error.is(G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED));
    EXPECT_EQ(pair.station.said(), frame(DIM_WS_CLOSE, "\x03\xe8")) << "and has it back";
    early.said();
    dim_framer_leave(early.get());
    early.hear("");
    EXPECT_EQ(early.said(), "") << "not before the upgrade";
}

TEST(WebSocket, EndsWithWhatIsNoFrame)
{
    Pair pair;

    EXPECT_EQ(pair.station.hear(frame(DIM_WS_TEXT, "{}", true) + frame(DIM_WS_TEXT, "{}")),
              (All{ { DIM_PACKET_MESSAGE, "{}", 1 } }));
    EXPECT_TRUE(failed_with(pair.station.error, DIM_ERROR_MALFORMED)) << "without a mask";
    EXPECT_EQ(pair.station.said(), frame(DIM_WS_CLOSE, "\x03\xea")) << "1002";
    EXPECT_FALSE(dim_framer_is_ready(pair.station.get()));
    EXPECT_EQ(pair.station.hear(frame(DIM_WS_PING, "beat", true)), All{});
    EXPECT_EQ(pair.station.said(), "") << "nothing follows a farewell";
}

TEST(WebSocket, SaysWhyItGoes)
{
    const std::pair<std::string, const char *> faults[] = {
        { frame(DIM_WS_TEXT, "{\"a\":\"\xff\"}", true), "\x03\xef" },         // 1007
        { frame(DIM_WS_TEXT, std::string(1u << 21, 'x'), true), "\x03\xf1" }, // 1009
        { frame(DIM_WS_CLOSE, "\x03\xee", true), "\x03\xea" }, // 1006 is for nobody
    };

    for (const auto &[bytes, code] : faults) {
        Pair pair;

        EXPECT_EQ(pair.station.hear(bytes), All{});
        EXPECT_TRUE(failed_with(pair.station.error, DIM_ERROR_MALFORMED));
        EXPECT_EQ(pair.station.said(), frame(DIM_WS_CLOSE, code));
    }
}

TEST(WebSocket, SaysWhichVersionIsSpokenHere)
{
    End station;

    station.hear(
        "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 8\r\n\r\n");
    EXPECT_TRUE(failed_with(station.error, DIM_ERROR_MALFORMED));
    const std::string said = station.said();

    EXPECT_EQ(said.substr(0, 13), "HTTP/1.1 426 ");
    EXPECT_NE(said.find("\r\nSec-WebSocket-Version: 13\r\n"), std::string::npos);
    EXPECT_EQ(said.substr(said.size() - 4), "\r\n\r\n");
}

// Who sends pings and reads nothing must not make us remember all the answers.
TEST(WebSocket, DoesNotGatherAnswersThatNobodyReads)
{
    Pair pair;
    const std::string ping = frame(DIM_WS_PING, std::string(125, 'x'), true);
    std::string flood;

    for (int i = 0; i < 5000; i++)
        flood += ping;
    EXPECT_EQ(pair.station.hear(flood), All{});
    const size_t kept = pair.station.said().size();

    EXPECT_GT(kept, 60000u);
    EXPECT_LT(kept, 66000u);
    pair.station.hear(ping);
    EXPECT_EQ(pair.station.said(), frame(DIM_WS_PONG, std::string(125, 'x')))
        << "he reads again";
}

TEST(WebSocket, JoinsFramesAndCountsThem)
{
    Pair pair;
    guint64 bytes = 0;

    EXPECT_EQ(pair.client.hear(std::string("\x01\x02{\"") + frame(DIM_WS_PING, "")
                               + std::string("\x00\x01"
                                             "a",
                                             3)
                               + "\x80\x02\"}"),
              (All{ { DIM_PACKET_MESSAGE, "{\"a\"}", 1 } }));
    EXPECT_EQ(dim_framer_pieces(pair.client.get(), &bytes), 4u);
    EXPECT_EQ(bytes, 5u);
}
