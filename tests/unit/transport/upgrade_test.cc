// SPDX-License-Identifier: GPL-2.0-or-later
// How a line becomes a WebSocket: the standard's example, what the official station says, and everything that is a little wrong.
#include "transport/upgrade.h"

#include <gtest/gtest.h>
#include <string>

#include "tests/support/matchers.hh"

namespace {

using support::Error;
using support::failed_with;

const char *const kKey = "dGhlIHNhbXBsZSBub25jZQ==";
const char *const kAccept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

std::string
owned(char *text)
{
    const std::string copy = text != nullptr ? text : "nothing";

    g_free(text);
    return copy;
}

gsize
head_size(const std::string &text)
{
    return dim_upgrade_head_size(reinterpret_cast<const guint8 *>(text.data()), text.size());
}

bool
check(const std::string &head, GError **error)
{
    return dim_upgrade_check_response(reinterpret_cast<const guint8 *>(head.data()),
                                      head.size(), kKey, error)
           != FALSE;
}

std::string
key_of(const std::string &head, GError **error)
{
    return owned(dim_upgrade_read_request(reinterpret_cast<const guint8 *>(head.data()),
                                          head.size(), error));
}

std::string
replaced(std::string text, const std::string &what, const std::string &with)
{
    const size_t at = text.find(what);

    EXPECT_NE(at, std::string::npos) << what;
    return text.replace(at, what.size(), with);
}

const std::string kResponse = std::string("HTTP/1.1 101 Switching Protocol\r\n"
                                          "Server: DIM-Station\r\n"
                                          "Upgrade: websocket\r\n"
                                          "Connection: Upgrade\r\n"
                                          "WebSocket-Protocol: DIMP\r\n"
                                          "Sec-WebSocket-Accept: ")
                              + kAccept + "\r\n\r\n";

// As a browser writes it.
const std::string kRequest = std::string("GET /chat?x=1 HTTP/1.1\r\n"
                                         "Host: station.example:9394\r\n"
                                         "User-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\n"
                                         "sec-websocket-version:\t13 \r\n"
                                         "Origin: https://app.example\r\n"
                                         "Sec-WebSocket-Extensions: permessage-deflate\r\n"
                                         "Sec-WebSocket-Key: ")
                             + kKey
                             + "\r\n"
                               "Connection: keep-alive, Upgrade\r\n"
                               "Cookie:\r\n"
                               "Upgrade: WebSocket\r\n\r\n";

} // namespace

TEST(Upgrade, KnowsWhereAHeadEnds)
{
    EXPECT_EQ(head_size(""), 0u);
    EXPECT_EQ(head_size("GET / HTTP/1.1\r\n\r"), 0u);
    EXPECT_EQ(head_size("a\r\n\r\n"), 5u);
    EXPECT_EQ(head_size("a\r\nb\r\r\n\r\nframe\r\n\r\n"), 9u);
    EXPECT_EQ(head_size("a\n\nb"), 0u);
}

TEST(Upgrade, AsksAndAnswersLikeTheStandard)
{
    const guint8 nonce[] = "the sample nonce";

    EXPECT_EQ(owned(dim_upgrade_key(nonce)), kKey);
    EXPECT_EQ(owned(dim_upgrade_request("station.example", 9394, kKey)),
              std::string("GET / HTTP/1.1\r\n"
                          "Host: station.example:9394\r\n"
                          "Upgrade: websocket\r\n"
                          "Connection: Upgrade\r\n"
                          "Sec-WebSocket-Key: ")
                  + kKey + "\r\nSec-WebSocket-Version: 13\r\n\r\n");
    EXPECT_NE(owned(dim_upgrade_response(kKey))
                  .find(std::string("Sec-WebSocket-Accept: ") + kAccept + "\r\n"),
              std::string::npos);
}

TEST(Upgrade, UnderstandsItself)
{
    Error error;

    EXPECT_TRUE(check(owned(dim_upgrade_response(kKey)), &error)) << error.message();
    EXPECT_EQ(key_of(owned(dim_upgrade_request("::1", 80, kKey)), &error), kKey)
        << error.message();
}

TEST(Upgrade, LetsNoHostWriteALineOfItsOwn)
{
    for (const char *host : { "a\r\nEvil: 1", "a b", "", "a/b", "a\tb", "a\"b" }) {
        EXPECT_NE(owned(dim_upgrade_request(host, 1, kKey)).find("\r\nHost: station:1\r\n"),
                  std::string::npos)
            << host;
    }
    EXPECT_NE(
        owned(dim_upgrade_request("2001:db8::1", 1, kKey)).find("Host: [2001:db8::1]:1\r"),
        std::string::npos);
    EXPECT_NE(owned(dim_upgrade_request("b\xc3\xbc"
                                        "cher.example",
                                        1, kKey))
                  .find("Host: xn--bcher-kva.example:1\r"),
              std::string::npos);
}

TEST(Upgrade, TakesTheAnswerOfTheOfficialStation)
{
    Error error;

    EXPECT_TRUE(check(kResponse, &error)) << error.message();
    EXPECT_TRUE(check(replaced(kResponse, "101 Switching Protocol", "101"), &error));
    EXPECT_TRUE(
        check(replaced(kResponse, "Upgrade: websocket", "UPGRADE:WebSocket  "), &error));
}

TEST(Upgrade, RefusesAnAnswerThatIsNotToItsRequest)
{
    const std::pair<const char *, const char *> wrong[] = {
        { "Sec-WebSocket-Accept: s", "Sec-WebSocket-Accept: S" },
        { "Sec-WebSocket-Accept: s", "Sec-WebSocket-Accept: ss" },
        { "Sec-WebSocket-Accept", "Sec-WebSocket-Accepted" },
        { "WebSocket-Protocol: DIMP", "Sec-WebSocket-Accept: x" },
        { "WebSocket-Protocol", "Sec-WebSocket-Protocol" },
        { "WebSocket-Protocol", "Sec-WebSocket-Extensions" },
        { "Upgrade: websocket", "Upgrade: h2c" },
        { "Upgrade: websocket\r\n", "" },
        { "Connection: Upgrade", "Connection: close" },
        { "Connection: Upgrade\r\n", "" },
        { "HTTP/1.1", "ICY/1.1" },
        { "Server: DIM", "Server DIM" },
        { "Server: DIM", " Server: DIM" },
        { "Server: DIM", "Ser ver: DIM" },
        { "Server: DIM", ": DIM" },
        { "Server: DIM", "Server: \nDIM" },
        { "Server: DIM", "Server: \rDIM" },
        { "Server: DIM", "Server: \x01"
                         "DIM" },
        { "Server: DIM", "Server: \x7f"
                         "DIM" },
    };

    for (const auto &[what, with] : wrong) {
        Error error;

        EXPECT_FALSE(check(replaced(kResponse, what, with), &error)) << with;
        EXPECT_TRUE(failed_with(error, DIM_ERROR_MALFORMED)) << with;
    }
    Error error;
    EXPECT_FALSE(check(replaced(kResponse, "Server", std::string("Ser\0ver", 7)), &error));
    EXPECT_TRUE(failed_with(error, DIM_ERROR_MALFORMED));
}

TEST(Upgrade, TellsWhatElseIsThere)
{
    Error error;

    EXPECT_FALSE(check("HTTP/1.1 502 Bad Gateway \xc3\xa4\r\n\r\n", &error));
    EXPECT_TRUE(failed_with(error, DIM_ERROR_OFFLINE));
    EXPECT_EQ(error.message(),
              "It did not take the WebSocket. Is the address right? It answered: "
              "HTTP/1.1 502 Bad Gateway ??");
    // Whatever speaks HTTP but no WebSocket: a server that is old, or does not understand the request.
    EXPECT_FALSE(check("HTTP/1.0 400 Bad Request\r\n\r\n", &error));
    EXPECT_TRUE(failed_with(error, DIM_ERROR_OFFLINE));
    EXPECT_NE(
        error.message().find("Is the address right? It answered: HTTP/1.0 400 Bad Request"),
        std::string::npos);
    EXPECT_FALSE(check(replaced(kResponse, "HTTP/1.1", "HTTP/1.0"), &error));
    EXPECT_TRUE(failed_with(error, DIM_ERROR_OFFLINE));
    EXPECT_FALSE(check(replaced(kResponse, "101 ", "1010 "), &error));
    EXPECT_FALSE(check("HTTP/1.1 " + std::string(4000, 'x') + "\r\n\r\n", &error));
    EXPECT_LT(error.message().size(), 140u);
    EXPECT_FALSE(check("\r\n\r\n", &error));
    EXPECT_TRUE(failed_with(error, DIM_ERROR_MALFORMED));
}

TEST(Upgrade, ReadsTheRequestOfABrowser)
{
    Error error;

    EXPECT_EQ(key_of(kRequest, &error), kKey) << error.message();
}

TEST(Upgrade, RefusesARequestForSomethingElse)
{
    const std::pair<const char *, const char *> wrong[] = {
        { "GET /", "POST /" },
        { "GET /", "GET http://station.example/" },
        { "/chat?x=1 HTTP/1.1", "/chat" },
        { "/chat?x=1 HTTP/1.1", "/chat x HTTP/1.1" },
        { "HTTP/1.1", "HTTP/1.0" },
        { "HTTP/1.1", "HTTP/1.1 " },
        { "Host", "Most" },
        { "\t13 ", "8" },
        { "\t13 ", "13, 8" },
        { "sec-websocket-version", "x" },
        { "Upgrade: WebSocket", "Upgrade: TLS/1.0" },
        { "keep-alive, Upgrade", "keep-alive" },
        { "Sec-WebSocket-Key: ", "Sec-WebSocket-Key: A" },
        { "Sec-WebSocket-Key: d", "Sec-WebSocket-Key: *" },
        { "25jZQ==", "25jZQ=" },
        { "25jZQ==", "25jZR==" },
        { "25jZQ==", "25j" },
        { "Sec-WebSocket-Key", "Sec-WebSocket-Lock" },
        { "Cookie:", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==" },
        { "Cookie:", "Cookie" },
    };

    for (const auto &[what, with] : wrong) {
        Error error;

        EXPECT_EQ(key_of(replaced(kRequest, what, with), &error), "nothing") << with;
        EXPECT_TRUE(failed_with(error, DIM_ERROR_MALFORMED)) << with;
    }
}
