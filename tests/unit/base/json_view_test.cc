// SPDX-License-Identifier: GPL-2.0-or-later
// Views of JSON objects: whatever a tree says of a member, a view says too; what the tree's gate refuses, it refuses.
#include "base/json_view.h"

#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "base/errors.h"
#include "base/json.h"

static const std::vector<std::string> VALUES = {
    "null",
    "true",
    "false",
    "0",
    "-0",
    "7",
    "-7",
    "1.5",
    "1e3",
    "1E-2",
    "1700000000.25",
    "253402300800",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "-9223372036854775809",
    "18446744073709551615",
    "18446744073709551616",
    "99999999999999999999999",
    "\"\"",
    "\"x\"",
    "\"136\"",
    "\" 12 \"",
    "\"1.5\"",
    "\"true\"",
    "\"inf\"",
    "\"QUJD\"",
    "\"QUJ\"",
    "\"QUJD=\"",
    "\"data:text/plain;base64,QUJD\"",
    "\"base58,5Q\"",
    "\"hex,0aF0\"",
    "\"QUJ\\u0044\"",
    "\"\\u0041\\n\\\"\\\\\\/\\uD83D\\ude00 \\u4f60\xe5\xa5\xbd\"",
    "\"\\u0031\\u0032\"",
    "[]",
    "[1,{\"a\":\"b\"}]",
    "{}",
    "{\"v\":\"inner\",\"w\":[\"]\"]}",
    "{\"algorithm\":\"base64\",\"data\":\"QUJD\"}",
    "{\"algorithm\":\"hex\",\"data\":\"4\\u0031\"}",
    "{\"algorithm\":\"rot13\",\"data\":\"QUJD\"}",
};

static std::string
text_of(const char *text)
{
    return text == nullptr ? "(none)" : text;
}

static std::string
bytes_of(GBytes *bytes, GError *error)
{
    gsize size = 0;

    EXPECT_TRUE(bytes == nullptr || error == nullptr);
    if (error != nullptr)
        return std::string("(refused) ") + error->message;
    if (bytes == nullptr)
        return "(none)";
    auto *data = static_cast<const char *>(g_bytes_get_data(bytes, &size));
    return std::string(data, size);
}

static int
kind_of(JsonObject *tree, const char *name)
{
    JsonNode *node = json_object_get_member(tree, name);

    if (node == nullptr)
        return -1;
    if (JSON_NODE_HOLDS_OBJECT(node))
        return '{';
    if (JSON_NODE_HOLDS_ARRAY(node))
        return '[';
    if (JSON_NODE_HOLDS_NULL(node))
        return 'n';
    switch (json_node_get_value_type(node)) {
    case G_TYPE_STRING:
        return '"';
    case G_TYPE_BOOLEAN:
        return json_node_get_boolean(node) ? 't' : 'f';
    default:
        return 0;
    }
}

static void
compare(const std::string &text, const char *name)
{
    g_autoptr(GError) error = nullptr;
    g_autoptr(GError) other = nullptr;
    g_autoptr(JsonObject) tree =
        dim_json_parse(text.data(), static_cast<gssize>(text.size()), nullptr);
    g_autoptr(DimJsonView) view =
        dim_json_view_new(text.data(), static_cast<gssize>(text.size()), nullptr);

    ASSERT_NE(tree, nullptr) << text;
    ASSERT_NE(view, nullptr) << text;
    EXPECT_EQ(text_of(dim_json_view_text(view, name)), text_of(dim_json_text(tree, name)))
        << text;
    EXPECT_EQ(dim_json_view_integer(view, name, -99), dim_json_integer(tree, name, -99))
        << text;
    EXPECT_EQ(dim_json_view_serial(view, name), dim_json_serial(tree, name)) << text;
    EXPECT_EQ(dim_json_view_time(view, name), dim_json_time(tree, name)) << text;
    g_autoptr(GBytes) seen = dim_json_view_bytes(view, name, &error);
    g_autoptr(GBytes) grown = dim_json_bytes(tree, name, &other);
    EXPECT_EQ(bytes_of(seen, error), bytes_of(grown, other)) << text;
    /* digits beyond gint64 are a number as written and text as read */
    if (dim_json_view_kind(view, name) != 0)
        EXPECT_EQ(dim_json_view_kind(view, name), kind_of(tree, name)) << text;
    else
        EXPECT_TRUE(kind_of(tree, name) == 0 || kind_of(tree, name) == '"') << text;
}

TEST(JsonView, SaysWhatTheTreeSays)
{
    for (const std::string &value : VALUES) {
        compare("{\"v\":" + value + "}", "v");
        compare(" {\n\"v\" :\t" + value + " } ", "v");
        compare("{\"a\":{\"v\":1},\"v\":" + value + ",\"z\":[{\"v\":2}]}", "v");
        compare("{\"\\u0076\":" + value + "}", "v");
        compare("{\"w\":" + value + "}", "v");
        for (const std::string &before : VALUES)
            compare("{\"u\":" + before + ",\"v\":" + value + "}", "v");
    }
}

TEST(JsonView, ReadsAllMembersOfMany)
{
    std::string text = "{";

    for (int i = 0; i < 300; i++)
        text += (i > 0 ? ",\"" : "\"") + std::to_string(i) + "\":\"\\u003"
                + std::to_string(i % 10) + "\"";
    text += "}";
    g_autoptr(DimJsonView) view = dim_json_view_new(text.c_str(), -1, nullptr);
    ASSERT_NE(view, nullptr);
    for (int i = 0; i < 300; i++)
        EXPECT_EQ(dim_json_view_integer(view, std::to_string(i).c_str(), -1), i % 10);
    EXPECT_EQ(dim_json_view_kind(view, "300"), -1);
    EXPECT_EQ(dim_json_view_kind(view, ""), -1);
}

TEST(JsonView, PrefersTheNewSpelling)
{
    g_autoptr(DimJsonView) both =
        dim_json_view_new("{\"cmd\":\"old\",\"command\":\"new\"}", -1, nullptr);
    g_autoptr(DimJsonView) old = dim_json_view_new("{\"cmd\":\"old\"}", -1, nullptr);

    EXPECT_STREQ(dim_json_view_text2(both, "command", "cmd"), "new");
    EXPECT_STREQ(dim_json_view_text2(old, "command", "cmd"), "old");
    EXPECT_EQ(dim_json_view_text2(old, "x", "y"), nullptr);
}

TEST(JsonView, RenamesUnlessTheNameIsTaken)
{
    g_autoptr(DimJsonView) view =
        dim_json_view_new("{\"D\":\"a\",\"T\":1,\"type\":2,\"X\":3}", -1, nullptr);

    dim_json_view_rename(view, "D", "data");
    dim_json_view_rename(view, "T", "type");
    dim_json_view_rename(view, "Q", "quiet");
    EXPECT_STREQ(dim_json_view_text(view, "data"), "a");
    EXPECT_EQ(dim_json_view_kind(view, "D"), -1);
    EXPECT_EQ(dim_json_view_integer(view, "type", 0), 2);
    EXPECT_EQ(dim_json_view_integer(view, "T", 0), 1);
    EXPECT_EQ(dim_json_view_kind(view, "quiet"), -1);
    EXPECT_EQ(dim_json_view_integer(view, "X", 0), 3);
}

TEST(JsonView, LeavesTheGivenTextAlone)
{
    const std::string text = "{\"a\":\"\\u0041\",\"b\":[1],\"c\":2}";
    std::string given = text;
    g_autoptr(DimJsonView) view =
        dim_json_view_new(given.data(), static_cast<gssize>(given.size()), nullptr);

    EXPECT_EQ(given, text);
    given.assign(given.size(), 'x');
    EXPECT_STREQ(dim_json_view_text(view, "a"), "A");
}

TEST(JsonView, RefusesWhatTheTreesGateRefuses)
{
    const std::string deep = "{\"a\":" + std::string(70, '[') + std::string(70, ']') + "}";

    for (const std::string &text : std::vector<std::string>{ "",
                                                             " ",
                                                             "[]",
                                                             "[{\"a\":1}]",
                                                             "1",
                                                             "\"a\"",
                                                             "null",
                                                             "{",
                                                             "{\"a\"",
                                                             "{\"a\":}",
                                                             "{\"a\":1,}",
                                                             "{\"a\":1}x",
                                                             "{\"a\":1 \"b\":2}",
                                                             "{\"a\":01}",
                                                             "{\"a\":\"\\ud800\"}",
                                                             "{\"a\":\"\\u0000\"}",
                                                             "{\"a\":\"\xff\"}",
                                                             "{\"a\":1,\"\\u0061\":2}",
                                                             "{\"a\":1e999}",
                                                             std::string("{\"a\":\"\0\"}", 9),
                                                             deep }) {
        g_autoptr(GError) error = nullptr;
        g_autoptr(GError) other = nullptr;

        EXPECT_EQ(dim_json_view_new(text.data(), static_cast<gssize>(text.size()), &error),
                  nullptr)
            << text;
        EXPECT_EQ(dim_json_parse(text.data(), static_cast<gssize>(text.size()), &other),
                  nullptr)
            << text;
        ASSERT_TRUE(g_error_matches(error, DIM_ERROR, DIM_ERROR_MALFORMED)) << text;
        EXPECT_STREQ(error->message, other->message);
    }
}
