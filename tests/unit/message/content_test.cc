// SPDX-License-Identifier: GPL-2.0-or-later
// Contents read in every spelling, written in both.
#include "message/content.h"

#include <string>

#include "base/json.h"

#include "tests/support/autoptr.hh"
#include "tests/support/matchers.hh"

namespace {

TEST(Content, OwnTextGoesRound)
{
    const char *words = "你好 <b>&\" \\ \n 🐉";
    OWNED(DimContent) mine(dim_content_new_text(words));
    support::Text text(dim_content_to_text(mine.get()));
    OWNED(DimContent) read(dim_content_parse(text.get(), -1, nullptr));

    ASSERT_NE(nullptr, read) << text.get();
    EXPECT_EQ(DIM_CONTENT_TEXT, dim_content_type(read.get()));
    EXPECT_STREQ(words, dim_content_text(read.get()));
    EXPECT_EQ(dim_content_serial(mine.get()), dim_content_serial(read.get()));
    EXPECT_EQ(dim_content_time(mine.get()), dim_content_time(read.get()));
    EXPECT_STREQ(words, json_object_get_string_member(dim_content_json(mine.get()), "text"));
    EXPECT_EQ(nullptr, dim_content_command(read.get()));
    EXPECT_FALSE(dim_content_is_command(read.get()));
}

TEST(Content, ReadsTypeInEverySpelling)
{
    static const struct {
        const char *text;
        int type;
    } known[] = {
        { "{\"type\":1,\"sn\":1}", 1 },
        { "{\"type\":\"1\",\"sn\":1}", 1 },
        { "{\"type\":\"TEXT\",\"sn\":1}", 1 },
        { "{\"T\":1,\"N\":1}", 1 },
        { "{\"type\":\"history\",\"sn\":1}", 137 },
        { "{\"type\":77,\"sn\":1}", 77 },
        { "{\"type\":\"sticker\",\"sn\":1}", 0 },
        { "{\"type\":\"USDT\",\"sn\":1,\"amount\":3}", DIM_CONTENT_MONEY },
        { "{\"type\":\"receipt\",\"sn\":1,\"text\":\"a\",\"origin\":{}}", DIM_CONTENT_QUOTE },
        { "{\"type\":\"136\",\"command\":\"documents\",\"sn\":1}", 136 },
    };

    for (const auto &row : known) {
        OWNED(DimContent) content(dim_content_parse(row.text, -1, nullptr));

        ASSERT_NE(nullptr, content) << row.text;
        EXPECT_EQ(row.type, dim_content_type(content.get())) << row.text;
        EXPECT_EQ(1u, dim_content_serial(content.get()));
    }
}

TEST(Content, RestoresShortNames)
{
    OWNED(DimContent)
    content(dim_content_parse("{\"T\":136,\"N\":\"18446744073709551615\",\"W\":5.5,\"C\":"
                              "\"meta\",\"G\":\"stations@everywhere\"}",
                              -1, nullptr));

    ASSERT_NE(nullptr, content);
    EXPECT_STREQ("meta", dim_content_command(content.get()));
    EXPECT_EQ(G_MAXUINT64, dim_content_serial(content.get()));
    EXPECT_EQ(5.5, dim_content_time(content.get()));
    EXPECT_TRUE(dim_id_equal(dim_content_group(content.get()), dim_id_every_station()));
}

TEST(Content, RefusesWhatIsNone)
{
    for (const char *text :
         { "", "[]", "null", "{}", "{\"sn\":1}", "{\"type\":null}", "{\"type\":-4}",
           "{\"type\":1}{\"type\":2}", "{\"type\":1,\"type\":2}",
           "{\"type\":1,\"group\":\"x\"}", "{\"type\":1,\"group\":7}", "{\"type\":\"\"}" }) {
        support::Error error;

        EXPECT_EQ(nullptr, dim_content_parse(text, -1, &error)) << text;
        EXPECT_TRUE(support::failed_with(error, DIM_ERROR_MALFORMED)) << text;
    }
}

// It has passed the gate with what it stands in, and is not written to be read again.
TEST(Content, InsideAnotherIsReadLikeByItself)
{
    const char *texts[] = {
        R"({"type":1,"sn":7,"time":1700000000.25,"text":"hi","x":[1,{"a":null}]})",
        R"({"T":"text","N":"8","W":5,"text":"hi","action":"recall"})",
        R"({"T":136,"N":9,"cmd":"meta","G":"stations@everywhere"})",
        R"({"type":"sticker","sn":1,"text":"hi","origin":{}})",
        R"({"type":1,"sn":1,"text":7,"group":null,"binding":"AAAAAAAAAAAAAAAAAAAAAAAA"})",
        R"({"type":1,"sn":1,"binding":"short"})",
        R"({"type":1,"sn":1,"text":"hi","group":""})",
    };
    const auto all = [](const DimContent *content) {
        support::Text text(dim_content_to_text(content));
        const DimId *group = dim_content_group(content);
        const char *const parts[] = { dim_content_text(content), dim_content_command(content),
                                      dim_content_binding(content),
                                      group != nullptr ? dim_id_text(group) : nullptr };
        std::string line = text.get();

        for (const char *part : parts)
            line += std::string("|") + (part != nullptr ? part : "-");
        return line + "|" + std::to_string(dim_content_type(content)) + "|"
               + std::to_string(dim_content_serial(content)) + "|"
               + std::to_string(dim_content_time(content));
    };

    for (const std::string text : texts) {
        OWNED(DimContent) alone(dim_content_parse(text.c_str(), -1, nullptr));
        OWNED(JsonObject) outer(dim_json_parse(("{\"in\":" + text + "}").c_str(), -1, nullptr));
        OWNED(JsonObject) again(dim_json_parse(("{\"in\":" + text + "}").c_str(), -1, nullptr));
        OWNED(DimContent)
        inner(dim_content_from_json(dim_json_object(outer.get(), "in"), nullptr));

        ASSERT_NE(nullptr, alone) << text;
        ASSERT_NE(nullptr, inner) << text;
        EXPECT_EQ(all(alone.get()), all(inner.get()));
        EXPECT_STREQ(support::Text(dim_json_write(outer.get())).get(),
                     support::Text(dim_json_write(again.get())).get())
            << "what it stands in stays as it was";
    }
    for (const char *text : { "{}", R"({"sn":1})", R"({"type":null})",
                              R"({"type":1,"group":"x"})", R"({"type":1,"group":7})" }) {
        OWNED(JsonObject) object(dim_json_parse(text, -1, nullptr));
        support::Error error;

        EXPECT_EQ(nullptr, dim_content_from_json(object.get(), &error)) << text;
        EXPECT_TRUE(support::failed_with(error, DIM_ERROR_MALFORMED)) << text;
    }
}

TEST(Content, WritesBothSpellings)
{
    JsonObject *object = json_object_new();
    json_object_set_string_member(object, "command", "login");
    json_object_set_string_member(object, "did", "anyone@anywhere");
    OWNED(DimContent) login(dim_content_new_take(DIM_CONTENT_COMMAND, object));
    JsonObject *json = dim_content_json(login.get());

    EXPECT_STREQ("login", json_object_get_string_member(json, "cmd"));
    EXPECT_STREQ("anyone@anywhere", json_object_get_string_member(json, "ID"));
    EXPECT_EQ(136, json_object_get_int_member(json, "type"));
    EXPECT_GT(json_object_get_int_member(json, "sn"), 0);
    support::Text text(dim_content_to_text(login.get()));
    EXPECT_EQ(0u, std::string(text.get()).find("{\"type\":136,\"sn\":"));
}

TEST(Content, CountsSerialsUp)
{
    guint64 first = dim_content_next_serial();
    guint64 second = dim_content_next_serial();

    EXPECT_GE(first, 1u);
    EXPECT_LE(first, static_cast<guint64>(G_MAXINT32));
    EXPECT_EQ(first == G_MAXINT32 ? 1 : first + 1, second);
}

} // namespace
