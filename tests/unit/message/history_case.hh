// SPDX-License-Identifier: GPL-2.0-or-later
// Records of a group, each by a person of one letter.
#pragma once

#include <string>
#include <vector>

#include "message/history.h"

#include "tests/support/autoptr.hh"
#include "tests/support/matchers.hh"

namespace {

using namespace support;

// One ID for each letter.
inline std::string
id_of(char who)
{
    return std::string("person") + who + "@1BjHgY1PjNSSUoytNXcFdJWbxrj74rpJN2";
}

// "abc" for the members a, b and c.
class History : public ::testing::Test {
  protected:
    const double now = 1700000000;
    OWNED(DimHistory) history{ dim_history_new() };
    OWNED(DimId) group{ dim_id_parse(GROUP_TEXT, nullptr) };
    OWNED(DimId) owner{ dim_id_parse(id_of('a').c_str(), nullptr) };
    OWNED(GPtrArray)
    administrators{ g_ptr_array_new_with_free_func(
        [](gpointer id) { dim_id_unref((DimId *)id); }) };
    DimHistoryRules rules = {};

    static constexpr const char *GROUP_TEXT = "group@everywhere";

    void
    SetUp() override
    {
        g_ptr_array_add(administrators.get(), dim_id_parse(id_of('b').c_str(), nullptr));
        rules = { group.get(), owner.get(), administrators.get(), now - 5000, now };
    }
    static std::string
    ids(const std::string &people)
    {
        std::string text;

        for (char who : people)
            text += (text.empty() ? "\"" : ",\"") + id_of(who) + "\"";
        return "[" + text + "]";
    }
    // tag: of the message that the record came in.
    DimHistoryVerdict
    hear(char actor, const std::string &members, const char *tag = nullptr)
    {
        OWNED(DimId) who(dim_id_parse(id_of(actor).c_str(), nullptr));
        OWNED(DimContent)
        content(dim_content_parse(("{\"type\":137,\"sn\":5," + members + "}").c_str(), -1,
                                  nullptr));

        EXPECT_NE(content, nullptr) << members;
        return dim_history_add(history.get(), &rules, who.get(), content.get(), tag);
    }
    // ago: seconds before now.
    DimHistoryVerdict
    hear(char actor,
         const std::string &command,
         double ago,
         const std::string &people = "",
         const char *tag = nullptr)
    {
        return hear(actor,
                    "\"command\":\"" + command + "\",\"group\":\"" + GROUP_TEXT
                        + "\",\"time\":" + std::to_string(now - ago)
                        + (people.empty() ? "" : ",\"members\":" + ids(people)),
                    tag);
    }
    bool
    keeps(const std::string &tag) const
    {
        return dim_history_keeps(history.get(), tag.c_str());
    }
    std::string
    members()
    {
        GPtrArray *people = dim_history_members(history.get(), &rules);
        std::string letters;

        for (guint i = 0; i < people->len; i++)
            letters += dim_id_text((DimId *)g_ptr_array_index(people, i))[6];
        return letters;
    }
};

} // namespace
