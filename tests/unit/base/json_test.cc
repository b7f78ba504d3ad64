// SPDX-License-Identifier: GPL-2.0-or-later
// The JSON gate: what is one RFC 8259 value and what only looks like it; limits; what parsing and writing keep.
#include "base/json.h"

#include <clocale>
#include <cstdlib>
#include <cstring>
#include <gtest/gtest.h>
#include <limits>
#include <string>
#include <sys/mman.h>
#include <unistd.h>

#include "base/errors.h"

static bool
passes(const std::string &text)
{
    g_autoptr(GError) error = nullptr;
    bool good = dim_json_check(text.data(), text.size(), &error);

    EXPECT_EQ(good, error == nullptr) << text.substr(0, 80);
    EXPECT_TRUE(good || g_error_matches(error, DIM_ERROR, DIM_ERROR_MALFORMED));
    return good;
}

static std::string
repeat(const std::string &one, int times)
{
    std::string all;

    for (int i = 0; i < times; i++)
        all += one;
    return all;
}

static std::string
rewritten(const std::string &text)
{
    g_autoptr(JsonObject) object =
        dim_json_parse(text.data(), static_cast<gssize>(text.size()), nullptr);

    if (object == nullptr)
        return "(refused)";
    g_autofree char *again = dim_json_write(object);
    return again;
}

TEST(JsonGate, PassesEveryValue)
{
    for (const char *text : { "null",
                              "true",
                              "false",
                              "0",
                              "-0",
                              "12",
                              "-1.5",
                              "1e5",
                              "1E+5",
                              "1.25e-3",
                              "\"\"",
                              "\"a\"",
                              "[]",
                              "{}",
                              " [ 1 , 2 ] ",
                              "\t{\r\n\"a\" : [ { } , [ ] ] }\n",
                              "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\"",
                              "\"\\ud83d\\ude00\"",
                              "\"\xf0\x9f\x98\x80\xe4\xbd\xa0\xc3\xa9\"",
                              "\"\x7f\"",
                              "1e308",
                              "1e-999",
                              "9223372036854775808",
                              "{\"a\":{\"a\":1},\"b\":{\"a\":1}}",
                              "\"\xef\xbf\xbf\"" })
        EXPECT_TRUE(passes(text)) << text;
}

TEST(JsonGate, RefusesWhatIsNotJson)
{
    for (const char *text : { "",
                              " ",
                              "nul",
                              "nullx",
                              "True",
                              "NaN",
                              "Infinity",
                              "-",
                              "+1",
                              "01",
                              "-01",
                              "1.",
                              ".5",
                              "1e",
                              "1e+",
                              "0x1F",
                              "1 2",
                              "{} {}",
                              "[1,]",
                              "[,1]",
                              "[1 2]",
                              "[",
                              "]",
                              "{",
                              "}",
                              "{\"a\"}",
                              "{\"a\":}",
                              "{,}",
                              "{\"a\":1,}",
                              "{a:1}",
                              "{'a':1}",
                              "{1:1}",
                              "[1}",
                              "{\"a\":1]",
                              "// x\n1",
                              "/* x */1",
                              "var x = {};",
                              "\"a",
                              "\"",
                              "\"\\",
                              "\"\\x\"",
                              "\"\\u12\"",
                              "\"\\u12g4\"",
                              "\"\n\"",
                              "\"\t\"",
                              "\"\x01\"",
                              "\xef\xbb\xbf{}",
                              "'a'",
                              "{\"a\" 1}",
                              "[1];",
                              "\"\\u\"",
                              "\v1",
                              "{\"a\":1 \"b\":2}" })
        EXPECT_FALSE(passes(text)) << text;
}

TEST(JsonGate, RefusesWhatStandsWhereASignBelongs)
{
    for (const char *text :
         { "[1;2]", "[1xx]", "[1x]", "{\"a\";1}", "{\"a\"\"1}", "{'a\":1}", "{xa\":1}",
           "{1a\":1}", "nulL", "trux", "falze", "{\"a\":1;\"b\":2}" })
        EXPECT_FALSE(passes(text)) << text;
}

TEST(JsonGate, RefusesAControlCharacterWhereverItStands)
{
    std::string text = "\"" + std::string(30, 'a') + "\"";

    for (gsize i = 1; i < text.size() - 1; i++) {
        for (char c : { '\0', '\x01', '\n', '\x1f' }) {
            std::string bad = text;

            bad[i] = c;
            EXPECT_FALSE(passes(bad)) << i;
        }
    }
    EXPECT_TRUE(passes(text));
}

TEST(JsonGate, RefusesNulAndLoneSurrogates)
{
    EXPECT_FALSE(passes(std::string("\"\\\0\"", 4)));
    EXPECT_FALSE(passes(std::string("\"a\0b\"", 5)));
    EXPECT_FALSE(passes(std::string("{}\0", 3)));
    EXPECT_FALSE(passes(std::string("\0", 1)));
    for (const char *text :
         { "\"\\u0000\"", "\"\\ud800\"", "\"\\udc00\"", "\"\\ud800x\"", "\"\\ud800\\n\"",
           "\"\\ud800\\ud800\"", "\"\\ud83d\\u0041\"", "\"\\udc00\\ud800\"", "\"\\ud800\\u\"",
           "\"\\ud83dxxde00\"", "\"\\ud83d\\nde00\"", "\"\\ud83dxude00\"" })
        EXPECT_FALSE(passes(text)) << text;
}

TEST(JsonGate, RefusesBadUtf8)
{
    for (const char *text :
         { "\"\x80\"", "\"\xbf\"", "\"\xc0\x80\"", "\"\xc1\xbf\"", "\"\xc3\"",
           "\"\xe0\x80\x80\"", "\"\xe0\x9f\xbf\"", "\"\xe4\xbd\"", "\"\xed\xa0\x80\"",
           "\"\xed\xbf\xbf\"", "\"\xf0\x80\x80\x80\"", "\"\xf0\x8f\xbf\xbf\"",
           "\"\xe2\x82\x28\"", "\"\xf0\x9f\x98\x28\"", "\"\xf0\x9f\x28\x80\"",
           "\"\xf4\x90\x80\x80\"", "\"\xf5\x80\x80\x80\"", "\"\xff\"", "\"abcdefgh\xfe\"" })
        EXPECT_FALSE(passes(text));
    EXPECT_TRUE(passes("\"\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf\""));
}

TEST(JsonGate, RefusesNumbersBeyondADouble)
{
    EXPECT_FALSE(passes("1e999"));
    EXPECT_FALSE(passes("-1e309"));
    EXPECT_FALSE(passes("[1e400]"));
    EXPECT_FALSE(passes(std::string(400, '9')));
    EXPECT_TRUE(passes(std::string(300, '9')));
    EXPECT_TRUE(passes("0." + std::string(400, '0') + "1e400"));
    EXPECT_FALSE(passes("1e99999999999999999999"));
}

TEST(JsonGate, RefusesANameThatComesTwice)
{
    EXPECT_FALSE(passes("{\"a\":1,\"a\":2}"));
    EXPECT_FALSE(passes("{\"a\":1,\"\\u0061\":2}"));
    EXPECT_FALSE(passes("{\"\\ud83d\\ude00\":1,\"\xf0\x9f\x98\x80\":2}"));
    EXPECT_FALSE(passes("{\"\":1,\"\":2}"));
    EXPECT_FALSE(passes("[{\"x\":{\"a\":1},\"y\":0,\"x\":2}]"));
    EXPECT_FALSE(passes("{\"same head, long\":1,\"same head, long\":2}"));
    EXPECT_TRUE(passes("{\"same head, long\":1,\"same head, Long\":2}"));
    EXPECT_TRUE(passes("{\"a\":1,\"A\":2,\"a\\n\":3}"));
}

TEST(JsonGate, FindsADoubleNameAmongThousands)
{
    std::string text = "{";

    for (int i = 0; i < 9998; i++)
        text += "\"name number " + std::to_string(i) + "\":0,";
    EXPECT_TRUE(passes(text + "\"last\":0}"));
    EXPECT_FALSE(passes(text + "\"name number 5000\":0}"));
    EXPECT_TRUE(passes(text + "\"a\":0,\"b\":0}"));
    EXPECT_FALSE(passes(text + "\"a\":0,\"b\":0,\"c\":0}")) << "more than 10,000 members";
}

TEST(JsonGate, StopsAt64Levels)
{
    EXPECT_TRUE(passes(repeat("[", 64) + repeat("]", 64)));
    EXPECT_FALSE(passes(repeat("[", 65) + repeat("]", 65)));
    EXPECT_TRUE(passes(repeat("{\"a\":", 64) + "1" + repeat("}", 64)));
    EXPECT_FALSE(passes(repeat("{\"a\":", 65) + "1" + repeat("}", 65)));
    for (int depth : { 100, 10000, 1000000 })
        EXPECT_FALSE(passes(repeat("[", depth)));
}

TEST(JsonGate, StopsAtFourMebibytesAndAtTooManyValues)
{
    std::string text = "\"" + std::string(DIM_JSON_MAX_SIZE - 2, 'a') + "\"";

    EXPECT_TRUE(passes(text));
    EXPECT_FALSE(passes(text + " "));
    EXPECT_TRUE(passes("[" + repeat("1,", 59998) + "1]"));
    EXPECT_FALSE(passes("[" + repeat("1,", 59999) + "1]"));
    EXPECT_TRUE(passes("[" + repeat("{},", 29998) + "{}]"));
    EXPECT_FALSE(passes("[" + repeat("{},", 29999) + "{}]")) << "a tree of objects is dear";
    EXPECT_TRUE(passes("[" + repeat("{\"a\":1},", 14998) + "{\"a\":1}]"));
    EXPECT_FALSE(passes("[" + repeat("{\"a\":1},", 14999) + "{\"a\":1}]"))
        << "and so are names";
}

// Two pages, of which nobody may touch the second: a byte read too far ends the test.
TEST(JsonGate, ReadsNoByteBehindTheEnd)
{
    auto page = static_cast<gsize>(sysconf(_SC_PAGESIZE));
    void *room =
        mmap(nullptr, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ASSERT_NE(room, MAP_FAILED);
    char *edge = static_cast<char *>(room) + page;

    ASSERT_EQ(mprotect(edge, page, PROT_NONE), 0);
    for (const std::string text :
         { "{\"a\":[1.5e3,true,\"\\u00e9\\ud83d\\ude00\xc3\xa9\"]}", "[\"\xf0\x9f\x98\x80\"]",
           "[\"a text that is long enough for whole words\"]", "[null,false]",
           "{ \"a\" : -0.5 }" }) {
        for (gsize length = 0; length < text.size(); length++) {
            memcpy(edge - length, text.data(), length);
            EXPECT_FALSE(dim_json_check(edge - length, length, nullptr)) << length;
        }
        EXPECT_TRUE(passes(text));
    }
    munmap(room, 2 * page);
}

TEST(JsonParse, TakesObjectsOnly)
{
    for (const char *text : { "[]", "1", "\"a\"", "null", "", "[{}]", "{} []" }) {
        g_autoptr(GError) error = nullptr;

        EXPECT_EQ(dim_json_parse(text, -1, &error), nullptr) << text;
        EXPECT_TRUE(g_error_matches(error, DIM_ERROR, DIM_ERROR_MALFORMED)) << text;
    }
    EXPECT_EQ(rewritten(" {} "), "{}");
}

TEST(JsonParse, ReadsNothingThatTheGateRefuses)
{
    for (const char *text :
         { "{\"a\":1,\"a\":2}", "{\"a\":1e999}", "{\"a\":\"\\u0000\"}", "{\"a\":1" }) {
        g_autoptr(GError) error = nullptr;

        EXPECT_EQ(dim_json_parse(text, -1, &error), nullptr) << text;
        EXPECT_TRUE(g_error_matches(error, DIM_ERROR, DIM_ERROR_MALFORMED)) << text;
    }
}

TEST(JsonParse, KeepsEveryValueAndItsOrder)
{
    const char *text = "{\"z\":1,\"a\":[true,false,null,-5,1.5,\"x\"],\"m\":{\"k\":{}},\"e\":[]"
                       ",\"t\":1700000100.125}";

    EXPECT_EQ(rewritten(text), text);
}

TEST(JsonParse, UndoesEscapes)
{
    EXPECT_EQ(rewritten("{\"\\u0061\\/\":\"\\u00e9\\ud83d\\ude00\\n\\\"\\\\\\u0001\x7f\"}"),
              "{\"a/\":\"\xc3\xa9\xf0\x9f\x98\x80\\n\\\"\\\\\\u0001\\u007f\"}");
}

TEST(JsonParse, KeepsWholeNumbersThatJsonGlibWouldSpoil)
{
    EXPECT_EQ(rewritten("{\"a\":9223372036854775807,\"b\":-9223372036854775808}"),
              "{\"a\":9223372036854775807,\"b\":-9223372036854775808}");
    EXPECT_EQ(rewritten("{\"a\":9223372036854775808,\"b\":-9223372036854775809,\"c\":"
                        "18446744073709551616}"),
              "{\"a\":\"9223372036854775808\",\"b\":\"-9223372036854775809\",\"c\":"
              "\"18446744073709551616\"}");
    EXPECT_EQ(rewritten("{\"a\":1" + std::string(100, '0') + "}"),
              "{\"a\":\"1" + std::string(100, '0') + "\"}");
}

TEST(JsonParse, StopsAtTheGivenLength)
{
    g_autoptr(JsonObject) object = dim_json_parse("{\"a\":1}{", 7, nullptr);

    ASSERT_NE(object, nullptr);
    EXPECT_EQ(json_object_get_int_member(object, "a"), 1);
}

TEST(JsonWrite, FindsTheShortestDouble)
{
    const struct {
        double value;
        const char *text;
    } cases[] = { { 0.1, "0.1" },
                  { 1.0, "1.0" },
                  { -0.0, "-0.0" },
                  { 1700000100.125, "1700000100.125" },
                  { 1795260139.8092628, "1795260139.8092628" },
                  { 0.1 + 0.2, "0.30000000000000004" },
                  { 5e-324, "4.94065645841247e-324" },
                  { 1e300, "1e+300" },
                  { std::numeric_limits<double>::infinity(), "null" },
                  { std::numeric_limits<double>::quiet_NaN(), "null" } };

    for (const auto &one : cases) {
        g_autoptr(JsonObject) object = json_object_new();
        json_object_set_double_member(object, "d", one.value);
        g_autofree char *text = dim_json_write(object);
        EXPECT_EQ(std::string(text), std::string("{\"d\":") + one.text + "}");
    }
}

TEST(JsonWrite, DoesNotFollowTheLocale)
{
    // A locale of its own: the machine need not have one with a decimal comma.
    g_autofree char *folder = g_dir_make_tmp("dim-locale-XXXXXX", nullptr);
    g_autofree char *locale = g_build_filename(folder, "de_DE.UTF-8", nullptr);
    g_autofree char *make =
        g_strdup_printf("localedef -i de_DE -f UTF-8 '%s' && test -d '%s'", locale, locale);
    g_autofree char *before = g_strdup(setlocale(LC_NUMERIC, nullptr));
    g_autofree char *remove = g_strdup_printf("rm -r '%s'", folder);

    ASSERT_EQ(system(make), 0);
    g_setenv("LOCPATH", folder, TRUE);
    ASSERT_NE(setlocale(LC_NUMERIC, "de_DE.UTF-8"), nullptr);
    ASSERT_STREQ(localeconv()->decimal_point, ",");
    EXPECT_EQ(rewritten("{\"a\":1.5}"), "{\"a\":1.5}");
    setlocale(LC_NUMERIC, before);
    g_unsetenv("LOCPATH");
    EXPECT_EQ(system(remove), 0);
}

TEST(JsonWrite, WritesWhatTheGatePasses)
{
    for (guint c = 1; c < 0x80; c++) {
        const char text[2] = { static_cast<char>(c), '\0' };
        g_autoptr(JsonObject) object = json_object_new();
        json_object_set_string_member(object, text, text);
        g_autofree char *json = dim_json_write(object);
        g_autoptr(JsonObject) again = dim_json_parse(json, -1, nullptr);
        ASSERT_NE(again, nullptr) << json;
        EXPECT_STREQ(dim_json_text(again, text), text);
    }
}
