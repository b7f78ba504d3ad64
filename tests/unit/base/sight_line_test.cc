// SPDX-License-Identifier: GPL-2.0-or-later
// Of a name stays what is seen: honest names as they are, and of two that look alike both the same.
#include <gtest/gtest.h>
#include <string>

#include "tests/support/names.hh"

extern "C" {
#include "base/sight_line.h"
}

namespace {

std::string
line(const std::string &text, gulong limit = 300, bool *fits = nullptr)
{
    g_autoptr(GString) out = g_string_new("> ");
    const gboolean all = dim_sight_line(out, text.c_str(), limit);

    EXPECT_TRUE(g_utf8_validate(out->str, -1, nullptr));
    EXPECT_LE(g_utf8_strlen(out->str, -1), glong(limit) + 2);
    if (fits != nullptr)
        *fits = all;
    else
        EXPECT_TRUE(all) << text;
    return out->str + 2;
}

TEST(SightLine, HonestNamesStayAsTheyAre)
{
    for (const std::string &name : support::honest_names)
        EXPECT_EQ(line(name), name);
}

TEST(SightLine, WhatNobodySeesMakesNoSecondName)
{
    for (const std::string &mark : support::unseen) {
        EXPECT_EQ(line("Ann" + mark), "Ann") << mark;
        EXPECT_EQ(line(mark + "Ann"), "Ann") << mark;
        EXPECT_EQ(line("A" + mark + "nn"), "Ann") << mark;
        EXPECT_EQ(line(mark + " Ann" + mark + " " + mark + "B" + mark + " "), "Ann B") << mark;
        EXPECT_EQ(line(mark), "");
    }
}

TEST(SightLine, NothingStaysWhereItChangesNothing)
{
    for (const auto &[hostile, seen] : support::lookalikes) {
        EXPECT_EQ(line(hostile), seen);
        EXPECT_EQ(line(seen), seen);
    }
}

TEST(SightLine, BlanksOfAnyWidthAreOneAndNoneAtTheEnds)
{
    for (const std::string blank : { " ", "\t", "\n", "\u00a0", "\u2003", "\u3000", "\u2800" })
        EXPECT_EQ(line(blank + "Ann" + blank + " " + blank + "Bob" + blank), "Ann Bob");
    EXPECT_EQ(line(" \u3000 "), "");
}

// Whatever the limit, nothing that waits for a neighbour stands without it.
TEST(SightLine, IsCutBetweenCharacters)
{
    bool fits = true;

    EXPECT_EQ(line("Ann", 2, &fits), "An");
    EXPECT_FALSE(fits);
    EXPECT_EQ(line("Ann \u200b\u200d", 3, &fits), "Ann") << "only what nobody sees is behind";
    EXPECT_TRUE(fits);
    EXPECT_EQ(line("Ann Bob", 4, &fits), "Ann");
    EXPECT_EQ(line("\U0001f468\u200d\U0001f469", 2, &fits), "\U0001f468");
    EXPECT_EQ(line("\u8fbb\U000e0100", 1, &fits), "\u8fbb");
    EXPECT_FALSE(fits);
    EXPECT_EQ(line("A\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", 7,
                   &fits),
              "A");
    EXPECT_FALSE(fits);
    EXPECT_EQ(line("", 0, &fits), "");
    EXPECT_TRUE(fits);
}

// Once is enough: what stays is seen, so a second look finds nothing.
TEST(SightLine, ASecondLookFindsNothingMore)
{
    const std::string parts[] = { "A",          "1",          " ",          "\u200c",
                                  "\u200d",     "\ufe0f",     "\ufe0e",     "\u20e3",
                                  "\u8fbb",     "\U000e0100", "\u06cc",     "\u0631",
                                  "\u0915",     "\u094d",     "\u0d28",     "\u0d4d",
                                  "\u182d",     "\u180b",     "\u180e",     "\u2764",
                                  "\U0001f468", "\U0001f3f4", "\U000e0067", "\u0301" };

    for (const std::string &a : parts)
        for (const std::string &b : parts)
            for (const std::string &c : parts)
                for (const std::string &d : parts) {
                    const std::string once = line(a + b + c + d);

                    ASSERT_EQ(line(once), once) << a + b + c + d;
                }
}

} // namespace
