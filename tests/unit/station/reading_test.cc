// SPDX-License-Identifier: GPL-2.0-or-later
// DimReading: a payload cut into messages, what forwards put in front of the rest, and where it ends.
#include "station/reading.h"

#include <gtest/gtest.h>

#include "base/json.h"

#include "tests/support/autoptr.hh"

namespace {

class Payload {
  public:
    explicit Payload(const std::string &text)
    {
        DimPacket packet{};

        packet.body = g_bytes_new(text.data(), text.size());
        reading_.reset(dim_reading_new(&packet));
        dim_packet_clear(&packet);
    }
    // "-" when nothing is left; the depth in front of what a forward held.
    std::string
    next()
    {
        guint depth = 0;
        support::Text text(dim_reading_next(reading_.get(), &depth));

        if (!text)
            return "-";
        return (depth > 0 ? std::to_string(depth) + " " : "") + text.get();
    }
    void
    add(const char *json, guint depth)
    {
        JsonObject *object = dim_json_parse(json, -1, nullptr);

        dim_reading_add(reading_.get(), object, depth);
        json_object_unref(object);
    }
    bool
    done() const
    {
        return dim_reading_is_done(reading_.get()) != FALSE;
    }
    const DimReading *
    get() const
    {
        return reading_.get();
    }

  private:
    OWNED(DimReading) reading_;
};

} // namespace

TEST(Reading, GivesOneLineAfterTheOther)
{
    Payload payload("{1}\r\n\n\n{2}\n{3}\r\n\n");

    for (const char *text : { "{1}", "{2}", "{3}" }) {
        EXPECT_FALSE(payload.done());
        EXPECT_EQ(payload.next(), text);
    }
    EXPECT_TRUE(payload.done());
    EXPECT_EQ(payload.next(), "-");
    EXPECT_EQ(payload.get()->worst, DIM_TAKEN_DONE);
    EXPECT_EQ(payload.get()->count, 3U);
}

TEST(Reading, PutsWhatAForwardHoldsBeforeTheNextLine)
{
    Payload payload("{1}\n{2}");

    EXPECT_EQ(payload.next(), "{1}");
    payload.add("{\"b\":1}", 1);
    payload.add("{\"a\":1}", 1); // the last first
    EXPECT_EQ(payload.next(), "1 {\"a\":1}");
    payload.add("{\"c\":1}", 2);
    EXPECT_EQ(payload.next(), "2 {\"c\":1}");
    EXPECT_EQ(payload.next(), "1 {\"b\":1}");
    EXPECT_EQ(payload.next(), "{2}");
    EXPECT_TRUE(payload.done());
    payload.add("{\"d\":1}", 1);
    EXPECT_FALSE(payload.done()) << "and what is in the last line's";
}

TEST(Reading, EndsAfterSoManyMessages)
{
    std::string text;

    for (guint i = 0; i <= DIM_READING_MAX; i++)
        text += "{}\n";
    Payload payload(text);
    for (guint i = 0; i < DIM_READING_MAX; i++)
        ASSERT_EQ(payload.next(), "{}") << i;
    EXPECT_EQ(payload.next(), "-");
    EXPECT_TRUE(payload.done());
    EXPECT_EQ(payload.get()->worst, DIM_TAKEN_NOT);
}

TEST(Reading, HasNothingInAnEmptyPayload)
{
    for (const char *text : { "", "\n", "\r\n\r\n" }) {
        Payload payload(text);

        EXPECT_TRUE(payload.done());
        EXPECT_EQ(payload.next(), "-");
    }
}
