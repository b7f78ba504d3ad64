// SPDX-License-Identifier: GPL-2.0-or-later
// Typed reads: lenient where protocol §0.4 is, never wrong.
#include <gtest/gtest.h>
#include <memory>
#include <string>

#include "base/errors.h"
#include "base/json.h"

struct Freer {
    void
    operator()(JsonObject *object) const
    {
        json_object_unref(object);
    }
};
using Object = std::unique_ptr<JsonObject, Freer>;

static Object
parse(const std::string &text)
{
    return Object(dim_json_parse(text.c_str(), -1, nullptr));
}

static Object
with(const std::string &value)
{
    return parse("{\"v\":" + value + "}");
}

TEST(JsonText, IsTextOnly)
{
    Object object = parse("{\"a\":\"x\",\"b\":1,\"c\":null,\"d\":[],\"e\":{}}");

    EXPECT_STREQ(dim_json_text(object.get(), "a"), "x");
    for (const char *name : { "b", "c", "d", "e", "f" })
        EXPECT_EQ(dim_json_text(object.get(), name), nullptr) << name;
}

TEST(JsonText, PrefersTheNewSpelling)
{
    Object both = parse("{\"did\":\"new\",\"ID\":\"old\"}");
    Object old = parse("{\"ID\":\"old\"}");

    EXPECT_STREQ(dim_json_text2(both.get(), "did", "ID"), "new");
    EXPECT_STREQ(dim_json_text2(old.get(), "did", "ID"), "old");
    EXPECT_EQ(dim_json_text2(old.get(), "x", "y"), nullptr);
}

TEST(JsonInteger, ComesInAnyDress)
{
    for (const char *value :
         { "136", "136.0", "136.9", "\"136\"", "\" 136 \"", "\"136.0\"", "1.36e2" })
        EXPECT_EQ(dim_json_integer(with(value).get(), "v", -7), 136) << value;
    EXPECT_EQ(dim_json_integer(with("true").get(), "v", -7), 1);
    EXPECT_EQ(dim_json_integer(with("\"-9223372036854775808\"").get(), "v", 0), G_MININT64);
    EXPECT_EQ(dim_json_integer(with("\"9223372036854775807\"").get(), "v", 0), G_MAXINT64);
}

TEST(JsonInteger, FallsBack)
{
    for (const char *value :
         { "null", "\"\"", "\"x\"", "\"12x\"", "[1]", "{}", "1e30", "-1e30", "\"0x10\"",
           "\"inf\"", "\"nan\"", "9223372036854775808", "\"-\"", "\"1 2\"" })
        EXPECT_EQ(dim_json_integer(with(value).get(), "v", -7), -7) << value;
    EXPECT_EQ(dim_json_integer(with("1").get(), "w", -7), -7);
}

TEST(JsonSerial, HoldsAllSixtyFourBits)
{
    EXPECT_EQ(dim_json_serial(with("18446744073709551615").get(), "v"), G_MAXUINT64);
    EXPECT_EQ(dim_json_serial(with("\"18446744073709551615\"").get(), "v"), G_MAXUINT64);
    EXPECT_EQ(dim_json_serial(with("9223372036854775808").get(), "v"), 9223372036854775808u);
    EXPECT_EQ(dim_json_serial(with("5").get(), "v"), 5u);
    EXPECT_EQ(dim_json_serial(with("5.0").get(), "v"), 5u);
    for (const char *value :
         { "-1", "0", "\"-5\"", "null", "\"x\"", "18446744073709551616", "1e40" })
        EXPECT_EQ(dim_json_serial(with(value).get(), "v"), 0u) << value;
}

TEST(JsonTime, IsSecondsOrAbsent)
{
    EXPECT_EQ(dim_json_time(with("1700000100.125").get(), "v"), 1700000100.125);
    EXPECT_EQ(dim_json_time(with("1700000100").get(), "v"), 1700000100.0);
    EXPECT_EQ(dim_json_time(with("\"1700000100.5\"").get(), "v"), 1700000100.5);
    for (const char *value :
         { "-1", "-0.5", "0", "\"x\"", "null", "1e300", "[]", "\"-5\"", "1795260139809262" })
        EXPECT_EQ(dim_json_time(with(value).get(), "v"), 0.0) << value;
}

TEST(JsonFlag, KnowsTheWords)
{
    for (const char *value :
         { "true", "1", "5", "\"1\"", "\"yes\"", "\"True\"", "\"ON\"", "1.5" })
        EXPECT_TRUE(dim_json_flag(with(value).get(), "v")) << value;
    for (const char *value :
         { "false", "0", "\"0\"", "\"no\"", "\"False\"", "\"off\"", "\"null\"", "\"none\"",
           "\"\"", "\"undefined\"", "null", "[]", "{}", "0.0" })
        EXPECT_FALSE(dim_json_flag(with(value).get(), "v")) << value;
    EXPECT_FALSE(dim_json_flag(with("1").get(), "w"));
}

TEST(JsonObjectRead, GivesContainersOfTheRightKind)
{
    Object object = parse("{\"o\":{\"x\":1},\"a\":[1],\"s\":\"{}\"}");

    EXPECT_NE(dim_json_object(object.get(), "o"), nullptr);
    EXPECT_NE(dim_json_array(object.get(), "a"), nullptr);
    for (const char *name : { "a", "s", "n" })
        EXPECT_EQ(dim_json_object(object.get(), name), nullptr);
    for (const char *name : { "o", "s", "n" })
        EXPECT_EQ(dim_json_array(object.get(), name), nullptr);
}

TEST(JsonBytes, ReadEveryFormOfEncodedData)
{
    for (const char *value :
         { "\"SGVsbG8=\"", "\"hex,48656c6c6f\"", "\"data:;base64,SGVsbG8=\"",
           "{\"algorithm\":\"base64\",\"data\":\"SGVsbG8=\"}",
           "{\"algorithm\":\"hex\",\"data\":\"48656c6c6f\"}",
           "{\"algorithm\":\"base58\",\"data\":\"9Ajdvzr\"}", "{\"data\":\"SGVsbG8=\"}" }) {
        g_autoptr(GError) error = nullptr;
        g_autoptr(GBytes) bytes = dim_json_bytes(with(value).get(), "v", &error);
        ASSERT_NE(bytes, nullptr) << value;
        gsize size;
        auto data = static_cast<const char *>(g_bytes_get_data(bytes, &size));
        EXPECT_EQ(std::string(data, size), "Hello") << value;
    }
}

TEST(JsonBytes, TellAbsentFromBroken)
{
    for (const char *value : { "null" }) {
        g_autoptr(GError) error = nullptr;
        EXPECT_EQ(dim_json_bytes(with(value).get(), "v", &error), nullptr);
        EXPECT_EQ(dim_json_bytes(with(value).get(), "w", &error), nullptr);
        EXPECT_EQ(error, nullptr);
    }
    for (const char *value :
         { "\"*\"", "5", "true", "[]", "{}", "{\"algorithm\":\"rot13\",\"data\":\"SGVsbG8=\"}",
           "{\"algorithm\":\"hex\",\"data\":5}", "{\"algorithm\":\"hex\",\"data\":\"4\"}" }) {
        g_autoptr(GError) error = nullptr;
        EXPECT_EQ(dim_json_bytes(with(value).get(), "v", &error), nullptr) << value;
        EXPECT_TRUE(g_error_matches(error, DIM_ERROR, DIM_ERROR_MALFORMED)) << value;
    }
}

TEST(JsonCopy, CanBeAlteredAlone)
{
    Object object = parse("{\"b\":1,\"a\":{\"x\":[1]}}");
    Object copy(dim_json_copy(object.get()));

    json_object_set_int_member(copy.get(), "b", 2);
    json_object_set_int_member(copy.get(), "c", 3);
    g_autofree char *before = dim_json_write(object.get());
    g_autofree char *after = dim_json_write(copy.get());
    EXPECT_STREQ(before, "{\"b\":1,\"a\":{\"x\":[1]}}");
    EXPECT_STREQ(after, "{\"b\":2,\"a\":{\"x\":[1]},\"c\":3}");
}

TEST(JsonWipe, LeavesNothingOfTheText)
{
    Object object = parse("{\"data\":\"secret\",\"n\":5}");
    const char *text = dim_json_text(object.get(), "data");

    dim_json_wipe_text(object.get(), "data");
    for (int i = 0; i < 6; i++)
        EXPECT_EQ(text[i], '\0');
    dim_json_wipe_text(object.get(), "n");
    dim_json_wipe_text(object.get(), "absent");
    EXPECT_EQ(dim_json_integer(object.get(), "n", 0), 5);
}
