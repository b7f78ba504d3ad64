// SPDX-License-Identifier: GPL-2.0-or-later
// Words and numbers of content types, short names of members, and how times are written.
#include "message/content_types.h"

#include <string>

#include "base/json.h"

#include "tests/support/autoptr.hh"
#include "tests/support/matchers.hh"

namespace {

int
type_of(const std::string &members)
{
    OWNED(JsonObject) object(dim_json_parse(("{" + members + "}").c_str(), -1, nullptr));

    return object != nullptr ? dim_content_type_of(object.get()) : -100;
}

std::string
time_of(double seconds)
{
    GString *out = g_string_new(nullptr);

    dim_append_time(out, seconds);
    std::string text = out->str;
    g_string_free(out, TRUE);
    return text;
}

TEST(ContentTypes, KnowEveryWordOfTheProtocol)
{
    static const struct {
        const char *word;
        int type;
    } words[] = {
        { "*", 0 },           { "text", 0x01 },
        { "file", 0x10 },     { "image", 0x12 },
        { "audio", 0x14 },    { "video", 0x16 },
        { "page", 0x20 },     { "card", 0x33 },
        { "quote", 0x37 },    { "money", 0x40 },
        { "transfer", 0x41 }, { "command", 0x88 },
        { "history", 0x89 },  { "application", 0xa0 },
        { "array", 0xca },    { "customized", 0xcc },
        { "combine", 0xcf },  { "forward", 0xff },
    };

    for (const auto &row : words) {
        support::Text loud(g_ascii_strup(row.word, -1));

        EXPECT_EQ(type_of(std::string("\"type\":\"") + row.word + "\""), row.type) << row.word;
        EXPECT_EQ(type_of(std::string("\"type\":\"") + loud.get() + "\""), row.type)
            << loud.get();
        EXPECT_EQ(type_of("\"type\":" + std::to_string(row.type)), row.type);
        EXPECT_EQ(type_of("\"type\":\"" + std::to_string(row.type) + "\""), row.type);
    }
}

TEST(ContentTypes, AreNoneWhereNoneIsTold)
{
    for (const char *bad :
         { "", "\"type\":null", "\"type\":-1", "\"type\":\"\"", "\"type\":\"-5\"",
           "\"type\":[]", "\"type\":{}", "\"type\":99999999999" })
        EXPECT_EQ(type_of(bad), -1) << bad;
}

TEST(ContentTypes, AreGuessedBehindAStrangeWord)
{
    EXPECT_EQ(type_of("\"type\":\"USDT\",\"amount\":3"), DIM_CONTENT_MONEY);
    EXPECT_EQ(type_of("\"type\":\"receipt\",\"text\":\"a\",\"origin\":{}"), DIM_CONTENT_QUOTE);
    EXPECT_EQ(type_of("\"type\":\"note\",\"text\":\"a\""), DIM_CONTENT_TEXT);
    EXPECT_EQ(type_of("\"type\":\"odd\",\"cmd\":\"x\",\"text\":\"a\""), DIM_CONTENT_COMMAND);
    EXPECT_EQ(type_of("\"type\":\"odd\""), DIM_CONTENT_ANY);
}

TEST(ContentTypes, SomeAreKnownByNumberAlone)
{
    for (int number : { 66, 72, 73, 74 }) {
        OWNED(DimContent)
        content(dim_content_parse(
            ("{\"sn\":1,\"type\":\"" + std::to_string(number) + "\"}").c_str(), -1, nullptr));

        ASSERT_NE(content, nullptr) << number;
        EXPECT_EQ(dim_content_type(content.get()), number);
        EXPECT_EQ(dim_content_is_known(content.get()), number != 74) << number;
    }
}

TEST(ContentTypes, ShortNamesNeverReplaceLongOnes)
{
    static const DimShortName names[] = { { "T", "type" }, { "N", "sn" } };
    OWNED(JsonObject)
    object(dim_json_parse("{\"T\":5,\"type\":1,\"N\":9,\"x\":2}", -1, nullptr));

    dim_restore_names(object.get(), names, G_N_ELEMENTS(names));
    EXPECT_EQ(dim_json_integer(object.get(), "type", -1), 1);
    EXPECT_EQ(dim_json_integer(object.get(), "sn", -1), 9);
    EXPECT_FALSE(json_object_has_member(object.get(), "N"));
    EXPECT_EQ(dim_json_integer(object.get(), "x", -1), 2);
}

TEST(ContentTypes, WriteTimesWithoutLosingADigit)
{
    EXPECT_EQ(time_of(1700000000), "1700000000");
    EXPECT_EQ(time_of(1700000000.5), "1700000000.5");
    EXPECT_EQ(time_of(1700000000.783374), "1700000000.783374");
    for (double odd : { 0.0, 0.1, 1e300, 1700000000.1234567, 5e9, -1.5 })
        EXPECT_EQ(g_ascii_strtod(time_of(odd).c_str(), nullptr), odd) << time_of(odd);
}

TEST(ContentTypes, NameAMemberBehindOthers)
{
    GString *out = g_string_new("{\"a\":1");

    dim_append_name(out, "b");
    EXPECT_STREQ(out->str, "{\"a\":1,\"b\":");
    g_string_free(out, TRUE);
}

} // namespace
