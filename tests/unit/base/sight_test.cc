// SPDX-License-Identifier: GPL-2.0-or-later
// What the eye gets of a character.
#include <gtest/gtest.h>

extern "C" {
#include "base/sight.h"
}

namespace {

TEST(Sight, KnowsWhatIsNotSimplyDrawn)
{
    const struct {
        gunichar c;
        DimSight sight;
    } known[] = {
        { 'A', DIM_SIGHT_DRAWN },        { 0x5f20, DIM_SIGHT_DRAWN },
        { 0x1f469, DIM_SIGHT_DRAWN },    { 0xfe0f, DIM_SIGHT_SELECTOR },
        { 0x600, DIM_SIGHT_DRAWN },      { 0x10fffd, DIM_SIGHT_DRAWN },
        { '\t', DIM_SIGHT_BLANK },       { '\n', DIM_SIGHT_BLANK },
        { '\r', DIM_SIGHT_BLANK },       { ' ', DIM_SIGHT_BLANK },
        { 0xa0, DIM_SIGHT_BLANK },       { 0x2003, DIM_SIGHT_BLANK },
        { 0x3000, DIM_SIGHT_BLANK },     { 0x2800, DIM_SIGHT_BLANK },
        { 0x200c, DIM_SIGHT_JOINER },    { 0x200d, DIM_SIGHT_JOINER },
        { 0x200e, DIM_SIGHT_MARK },      { 0x61c, DIM_SIGHT_MARK },
        { 0x200b, DIM_SIGHT_UNSEEN },    { 0x3164, DIM_SIGHT_UNSEEN },
        { 0xe0100, DIM_SIGHT_SELECTOR }, { 0xe01ef, DIM_SIGHT_SELECTOR },
        { 0xe0067, DIM_SIGHT_UNSEEN },   { 0xe01f0, DIM_SIGHT_UNSEEN },
        { 0x180b, DIM_SIGHT_SELECTOR },  { 0x180e, DIM_SIGHT_JOINER },
        { 0xfe00, DIM_SIGHT_SELECTOR },  { 0xfdff, DIM_SIGHT_DRAWN },
        { 0xfe10, DIM_SIGHT_DRAWN },     { 0x16fe4, DIM_SIGHT_UNSEEN },
        { 0x1d159, DIM_SIGHT_UNSEEN },   { 0, DIM_SIGHT_HARMFUL },
        { 0x1f, DIM_SIGHT_HARMFUL },     { 0x7f, DIM_SIGHT_HARMFUL },
        { 0x9f, DIM_SIGHT_HARMFUL },     { 0x2028, DIM_SIGHT_HARMFUL },
        { 0x202e, DIM_SIGHT_HARMFUL },   { 0x2066, DIM_SIGHT_HARMFUL },
        { 0xfeff, DIM_SIGHT_HARMFUL },
    };

    for (const auto &each : known)
        EXPECT_EQ(dim_sight(each.c), each.sight) << std::hex << each.c;
}

TEST(Sight, WhatUnicodeCallsNoCharacterHarms)
{
    int found = 0;

    for (gunichar c = 0; c <= 0x10ffff; c++) {
        if ((c < 0xfdd0 || c > 0xfdef) && c % 0x10000 < 0xfffe)
            continue;
        EXPECT_EQ(dim_sight(c), DIM_SIGHT_HARMFUL) << std::hex << c;
        found++;
    }
    EXPECT_EQ(found, 66);
    for (gunichar beside : { 0xfdcf, 0xfdf0, 0xfffd, 0x10000, 0x1fffd, 0x20000 })
        EXPECT_EQ(dim_sight(beside), DIM_SIGHT_DRAWN) << std::hex << beside;
}

// A search by halves finds only what stands in order: the library's own classes are the second witness.
TEST(Sight, NoBlankAndNoFormatOfUnicodeIsTakenForDrawn)
{
    for (gunichar c = 0; c <= 0x10ffff; c++) {
        const GUnicodeType type = g_unichar_type(c);
        const bool drawn = dim_sight(c) == DIM_SIGHT_DRAWN;
        const bool before_a_number = (c >= 0x600 && c <= 0x605) || c == 0x6dd || c == 0x70f
                                     || c == 0x890 || c == 0x891 || c == 0x8e2 || c == 0x110bd
                                     || c == 0x110cd;

        if (type == G_UNICODE_SPACE_SEPARATOR) {
            EXPECT_EQ(dim_sight(c), DIM_SIGHT_BLANK) << std::hex << c;
        } else if (type == G_UNICODE_CONTROL || type == G_UNICODE_LINE_SEPARATOR
                   || type == G_UNICODE_PARAGRAPH_SEPARATOR) {
            EXPECT_FALSE(drawn) << std::hex << c;
        } else if (type == G_UNICODE_FORMAT) {
            EXPECT_EQ(drawn, before_a_number) << std::hex << c;
        }
    }
}

} // namespace
