// SPDX-License-Identifier: GPL-2.0-or-later
// The name of the error domain.
#include "base/errors.h"

#include <gtest/gtest.h>

TEST(Errors, HaveOneDomainWithAName)
{
    EXPECT_EQ(dim_error_quark(), DIM_ERROR);
    EXPECT_STREQ(g_quark_to_string(DIM_ERROR), "dim_error");
}
