// SPDX-License-Identifier: GPL-2.0-or-later
// What names a message on a WebSocket, as the official station finds it, and who waits for its name.
#include "transport/acks.h"

#include <gtest/gtest.h>
#include <string>

#include "tests/support/autoptr.hh"

namespace {

const guint8 *
bytes(const std::string &text)
{
    return reinterpret_cast<const guint8 *>(text.data());
}

std::string
owned(char *text)
{
    const std::string copy = text != nullptr ? text : "nothing";

    g_free(text);
    return copy;
}

std::string
line(const std::string &payload)
{
    return owned(dim_ack_line(bytes(payload), payload.size()));
}

std::string
name(const std::string &payload)
{
    return owned(dim_ack_name(bytes(payload), payload.size()));
}

class Acks {
  public:
    void
    add(const std::string &payload, guint64 serial, gint64 now = 0)
    {
        dim_acks_add(acks_.get(), bytes(payload), payload.size(), serial, now);
    }
    guint64
    take(const std::string &line)
    {
        return dim_acks_take(acks_.get(), bytes(line), line.size());
    }
    guint64
    take_old(gint64 now)
    {
        return dim_acks_take_old(acks_.get(), now);
    }

  private:
    OWNED(DimAcks) acks_{ dim_acks_new() };
};

std::string
signed_by(const std::string &signature)
{
    return R"({"time":1.5,"data":"x","signature":")" + signature + R"(","type":1})";
}

} // namespace

TEST(Acks, NameAMessageByItsSignature)
{
    EXPECT_EQ(line(R"({"sender":"a","time":1795264547.76,"signature":"MEUC+/=","meta":{}})"),
              R"(ACK:{"time":1795264547.76,"signature":"MEUC+/="})");
    EXPECT_EQ(line(R"({"signature": "MEUC", "time": 17})"),
              R"(ACK:{"time":17,"signature": "MEUC"})");
    EXPECT_EQ(line(R"({"signature":"MEUC"})"), R"(ACK:{"time":0,"signature":"MEUC"})");
    EXPECT_EQ(line(R"({"time":1})"), "nothing");
    EXPECT_EQ(line(R"({"signature")"), "nothing");
    EXPECT_EQ(line(R"({"signature":)"), "nothing");
    EXPECT_EQ(line(R"({"signature":,)"), "nothing");
    EXPECT_EQ(line(""), "nothing");
    EXPECT_EQ(line("signatur"), "nothing");
}

TEST(Acks, AreFoundByWhoeverLooksForWordsOnly)
{
    for (const char *payload : {
             R"({"time":1,"signature":"plain","x":1})",
             R"({"time":1,"signature": "spaced" , "x":1})",
             R"({"time":1,"x":2,"signature":"last"})",
             R"({"visa":{"data":"{}","signature":"nested"},"signature":"outer","time":2})",
             R"({"data":"{\"signature\":\"quoted\",\"a\":1}","signature":"outer","time":2})",
             R"({"a":"signature","b":"c","time":3})",
         }) {
        EXPECT_EQ(name(line(payload)), name(payload)) << payload;
        EXPECT_NE(name(payload), "nothing") << payload;
    }
    EXPECT_EQ(name(R"({"time":1,"signature": "spaced" , "x":1})"), "spaced");
}

TEST(Acks, RepeatNothingThatIsNotPrintableOrLong)
{
    EXPECT_EQ(line("{\"signature\":\"a\nb\",\"time\":1}"), "nothing");
    EXPECT_EQ(line("{\"signature\":\"a\xff\",\"time\":1}"), "nothing");
    EXPECT_EQ(line(std::string("{\"signature\":\"a\0\",\"time\":1}", 27)), "nothing");
    EXPECT_EQ(line(signed_by(std::string(1023, 'x'))), "nothing");
    EXPECT_NE(line(signed_by(std::string(1022, 'x'))), "nothing");
    EXPECT_EQ(line(R"({"time":"evil\"","signature":"s","x":1})"),
              R"(ACK:{"time":0,"signature":"s"})");
    EXPECT_EQ(line("{\"time\":" + std::string(33, '1') + ",\"signature\":\"s\",\"x\":1}"),
              R"(ACK:{"time":0,"signature":"s"})");
    EXPECT_EQ(line(R"({"time": ,"signature":"s","x":1})"), R"(ACK:{"time":0,"signature":"s"})");
}

TEST(Acks, FindTheMessageThatIsMeant)
{
    Acks acks;

    acks.add(signed_by("one"), 1);
    acks.add(signed_by("two"), 2);
    acks.add("{}", 3);
    EXPECT_EQ(acks.take(R"(ACK:{"time":1,"signature":"two"})"), 2u);
    EXPECT_EQ(acks.take(R"(ACK:{"time":1,"signature":"two"})"), 0u) << "once";
    EXPECT_EQ(acks.take(R"(ACK:{"time":1,"signature":"three"})"), 0u);
    EXPECT_EQ(acks.take("ACK:"), 0u);
    EXPECT_EQ(acks.take(R"(ACK:{"signature":"one","time":1})"), 1u);
}

TEST(Acks, MeanTheLastOfTheSameName)
{
    Acks acks;

    acks.add(signed_by("one"), 1);
    acks.add(signed_by("one"), 7);
    EXPECT_EQ(acks.take(line(signed_by("one"))), 7u);
    EXPECT_EQ(acks.take(line(signed_by("one"))), 0u);
}

TEST(Acks, ForgetTheOldestOfTooMany)
{
    Acks acks;

    for (guint64 i = 1; i <= DIM_ACKS_MAX + 1; i++)
        acks.add(signed_by("number " + std::to_string(i)), i);
    EXPECT_EQ(acks.take(line(signed_by("number 1"))), 0u);
    EXPECT_EQ(acks.take(line(signed_by("number 2"))), 2u);
    EXPECT_EQ(acks.take(line(signed_by("number " + std::to_string(DIM_ACKS_MAX + 1)))),
              DIM_ACKS_MAX + 1u);
}

TEST(Acks, AreNotWaitedForWhereNobodySaysThem)
{
    Acks acks;

    acks.add(signed_by("one"), 1, 0);
    acks.add(signed_by("two"), 2, 10);
    EXPECT_EQ(acks.take_old(DIM_ACKS_PATIENCE - 1), 0u);
    EXPECT_EQ(acks.take_old(DIM_ACKS_PATIENCE), 1u);
    EXPECT_EQ(acks.take_old(DIM_ACKS_PATIENCE), 0u);
    acks.take("ACK:{}");
    EXPECT_EQ(acks.take_old(DIM_ACKS_PATIENCE * 10), 0u) << "he says them";
}
