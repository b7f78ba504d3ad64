// SPDX-License-Identifier: GPL-2.0-or-later
// Receipts: the three spellings of the origin, and receipts of nothing or of what is not mine.
#include "tests/unit/command/desk.hh"

namespace {

using namespace support;

class ReceiptCommand : public DeskTest {};

TEST_F(ReceiptCommand, IsHandedOnInEverySpelling)
{
    const Words origins = {
        R"("origin":{"sender":"<me>","receiver":"<peer>","type":"1","signature":"abc"})",
        R"("envelope":{"sender":"<me>","receiver":"<peer>","signature":"abc"})",
        R"("sender":"<me>","receiver":"<peer>","signature":"abc")",
        R"("signature":"abc")",
        R"("origin":{"sender":"<me>/phone","signature":"abc"})",
        R"("origin":null,"envelope":{"signature":"abc"})",
        R"("origin":{"sender":"<me>"},"signature":"abc")",
        R"("origin":{"sender":7,"signature":"abc"})",
    };

    for (const std::string &origin : origins) {
        done.clear();
        EXPECT_TRUE(
            say(peer().id(), R"("command":"receipt","text":"Message received.",)" + origin))
            << error.message();
        ASSERT_EQ(done.size(), 1u) << origin;
        EXPECT_EQ(done[0].substr(0, 21), "confirmed by peer abc") << origin;
    }
    EXPECT_TRUE(replies.empty());
}

// As a 2.1.1 station writes it, members of its relay and all.
TEST_F(ReceiptCommand, ReadsThatOfANewStation)
{
    const std::string origin =
        R"({"sender":"<me>","receiver":"<peer>","time":<now>,"SDT":<now>,)"
        R"("IV":"AAAA","type":"1","signature":"MEYC","from":"/","rcpt":"<peer>//",)"
        R"("traces":[{"ID":"<station>","did":"<station>","time":<now>}]})";

    EXPECT_TRUE(
        hear(station(), R"({"type":136,"sn":1347757266,"time":<now>,"command":"receipt",)"
                        R"("text":"Message delivered.","origin":)"
                            + origin + R"(,"recipient":"<peer>","cmd":"receipt","envelope":)"
                            + origin
                            + R"(,"sender":"<me>","receiver":"<peer>","signature":"MEYC"})"));
    EXPECT_EQ(done, Words{ "confirmed by station MEYC 0" });
}

// Of a message whose signature is not told, the serial number of the original speaks, never the receipt's own.
TEST_F(ReceiptCommand, TheSerialOfTheOriginalWillDo)
{
    EXPECT_TRUE(
        say(peer().id(), R"("command":"receipt","origin":{"sender":"<me>","sn":"412968873"})"));
    EXPECT_TRUE(say(peer().id(), R"("cmd":"receipt","envelope":{"sn":412968873})"));
    EXPECT_TRUE(say(peer().id(), R"("cmd":"receipt","sender":"<me>","receiver":"<peer>")"));
    EXPECT_EQ(done, (Words{ "confirmed by peer ? 412968873", "confirmed by peer ? 412968873",
                            "confirmed by peer ? 7" }));
}

TEST_F(ReceiptCommand, IsNeverAnswered)
{
    introduce(peer());
    for (const char *text :
         { "Message received.", "Content not support.", "Command not support.", "" })
        EXPECT_TRUE(
            say(peer().id(),
                R"("command":"receipt","origin":{"signature":"abc"},"text":)" + quoted(text)));
    EXPECT_EQ(done.size(), 4u);
    EXPECT_TRUE(replies.empty());
}

TEST_F(ReceiptCommand, RefusesAReceiptOfNothing)
{
    for (const char *origin :
         { "", R"(,"origin":null)", R"(,"origin":{})", R"(,"origin":7)", R"(,"origin":"abc")",
           R"(,"origin":["abc"])", R"(,"origin":{"sender":"<me>","signature":7})",
           R"(,"origin":{"sn":0})", R"(,"origin":{"sn":-1})", R"(,"origin":{"sn":"x"})",
           R"(,"envelope":{},"signature":null)" })
        EXPECT_TRUE(
            refuses(peer().id(),
                    std::string(R"("command":"receipt","text":"Message received.")") + origin,
                    DIM_ERROR_MALFORMED));
}

TEST_F(ReceiptCommand, RefusesThatOfSomebodyElsesMessage)
{
    EXPECT_TRUE(
        refuses(peer().id(),
                R"("command":"receipt","origin":{"sender":"<stranger>","signature":"abc"})",
                DIM_ERROR_UNVERIFIED));
    EXPECT_TRUE(refuses(station(),
                        R"("cmd":"receipt","envelope":{"sender":"<peer>","signature":"abc"})",
                        DIM_ERROR_UNVERIFIED));
    EXPECT_TRUE(refuses(
        peer().id(), R"("cmd":"receipt","sender":"<peer>","receiver":"<me>","signature":"abc")",
        DIM_ERROR_UNVERIFIED));
    EXPECT_TRUE(refuses(peer().id(),
                        R"("command":"receipt","origin":{"sender":"x","signature":"abc"})",
                        DIM_ERROR_MALFORMED));
}

} // namespace
