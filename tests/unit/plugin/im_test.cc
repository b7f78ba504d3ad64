// SPDX-License-Identifier: GPL-2.0-or-later
// How a line is dated: the sender's time, unless there is none or it is not here yet, and a mark on what is old.
#include <gtest/gtest.h>

extern "C" {
#include "plugin/views/im.h"
}

namespace {

constexpr time_t NOW = 1700000000;

struct Dated {
    time_t when;
    PurpleMessageFlags flags;
};

Dated
date(double then)
{
    Dated dated{};

    dated.flags = dim_im_date(then, NOW, &dated.when);
    return dated;
}

TEST(Im, WhatIsOldIsMarked)
{
    EXPECT_EQ(date(NOW - 60).flags, 0);
    EXPECT_EQ(date(NOW - 60).when, NOW - 60);
    EXPECT_EQ(date(NOW - 61).flags, PURPLE_MESSAGE_DELAYED);
    EXPECT_EQ(date(NOW - 61).when, NOW - 61);
}

TEST(Im, ATimeToComeIsThatOfItsComing)
{
    EXPECT_EQ(date(NOW + 599.5).when, NOW + 599);
    for (double then : { NOW + 600.0, NOW + 86400.0, 1e300 }) {
        EXPECT_EQ(date(then).when, NOW) << then;
        EXPECT_EQ(date(then).flags, 0) << then;
    }
}

TEST(Im, WhoSaysNoTimeSpeaksNow)
{
    for (double then : { 0.0, -1.0, -1e300 }) {
        EXPECT_EQ(date(then).when, NOW) << then;
        EXPECT_EQ(date(then).flags, 0) << then;
    }
}

} // namespace
