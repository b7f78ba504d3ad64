// SPDX-License-Identifier: GPL-2.0-or-later
// SipHash-2-4 against the values that its authors published.
#include <array>
#include <gtest/gtest.h>

extern "C" {
#include "base/siphash.h"
}

namespace {

// Key 00 01 .. 0f, data 00 01 .. of each length.
guint64
hash_of_first(gsize size)
{
    std::array<guint8, DIM_SIPHASH_KEY> key{};
    std::array<guint8, 64> data{};

    for (size_t i = 0; i < key.size(); i++)
        key[i] = static_cast<guint8>(i);
    for (size_t i = 0; i < data.size(); i++)
        data[i] = static_cast<guint8>(i);
    return dim_siphash(key.data(), data.data(), size);
}

TEST(SipHash, SaysWhatItsAuthorsPublished)
{
    EXPECT_EQ(hash_of_first(0), G_GUINT64_CONSTANT(0x726fdb47dd0e0e31));
    EXPECT_EQ(hash_of_first(1), G_GUINT64_CONSTANT(0x74f839c593dc67fd));
    EXPECT_EQ(hash_of_first(7), G_GUINT64_CONSTANT(0xab0200f58b01d137));
    EXPECT_EQ(hash_of_first(8), G_GUINT64_CONSTANT(0x93f5f5799a932462));
    EXPECT_EQ(hash_of_first(15), G_GUINT64_CONSTANT(0xa129ca6149be45e5));
    EXPECT_EQ(hash_of_first(63), G_GUINT64_CONSTANT(0x958a324ceb064572));
}

TEST(SipHash, EachByteOfTheKeyCounts)
{
    const std::array<guint8, DIM_SIPHASH_KEY> zero{};
    const guint64 plain = dim_siphash(zero.data(), "name", 4);

    for (size_t i = 0; i < zero.size(); i++) {
        std::array<guint8, DIM_SIPHASH_KEY> key{};

        key[i] = 1;
        EXPECT_NE(dim_siphash(key.data(), "name", 4), plain) << i;
    }
}

} // namespace
