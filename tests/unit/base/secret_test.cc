// SPDX-License-Identifier: GPL-2.0-or-later
// Secrets: what goes in comes out, nothing is compared early, nothing is left behind.
#include "base/secret.h"

#include <cstring>
#include <gtest/gtest.h>

#include "tests/unit/wipe_witness.hh"

TEST(Secret, HoldsACopyThatIsReadableAsText)
{
    char text[] = "key";
    g_autoptr(DimSecret) secret = dim_secret_new(text, 3);

    memset(text, 'x', 3);
    EXPECT_EQ(dim_secret_size(secret), 3u);
    EXPECT_STREQ(reinterpret_cast<const char *>(dim_secret_data(secret)), "key");
}

TEST(Secret, TakesBytesAndWipesThem)
{
    GBytes *bytes = g_bytes_new("the talk key", 12);

    wiped.clear();
    g_autoptr(DimSecret) secret = dim_secret_new_take(bytes);
    EXPECT_EQ(wiped, "the talk key");
    EXPECT_STREQ(reinterpret_cast<const char *>(dim_secret_data(secret)), "the talk key");
    GBytes *shared = g_bytes_new("another", 7);
    g_autoptr(GBytes) kept = g_bytes_ref(shared);
    g_autoptr(DimSecret) copy = dim_secret_new_take(shared);
    EXPECT_STREQ(reinterpret_cast<const char *>(dim_secret_data(copy)), "another");
    EXPECT_EQ(memcmp(g_bytes_get_data(kept, nullptr), "another", 7), 0)
        << "it is not mine alone";
}

TEST(Secret, HoldsNothingAtAll)
{
    g_autoptr(DimSecret) secret = dim_secret_new(nullptr, 0);

    EXPECT_EQ(dim_secret_size(secret), 0u);
    EXPECT_EQ(dim_secret_data(secret)[0], 0);
}

TEST(Secret, LivesAsLongAsItsLastOwner)
{
    DimSecret *secret = dim_secret_new_blank(4);

    memcpy(dim_secret_writable(secret), "abcd", 4);
    g_autoptr(DimSecret) other = dim_secret_ref(secret);
    dim_secret_unref(secret);
    EXPECT_EQ(memcmp(dim_secret_data(other), "abcd", 4), 0);
    dim_secret_unref(nullptr);
}

TEST(Secret, WipesMemory)
{
    guint8 bytes[64];

    memset(bytes, 0x5a, sizeof bytes);
    dim_wipe(bytes + 1, 62);
    EXPECT_EQ(bytes[0], 0x5a);
    EXPECT_EQ(bytes[63], 0x5a);
    for (int i = 1; i < 63; i++)
        EXPECT_EQ(bytes[i], 0) << i;
    dim_wipe(nullptr, 0);
    dim_wipe_string(nullptr);
    dim_wipe_string(g_strdup("secret"));
}

TEST(Secret, IsWipedWhenItsLastOwnerLetsGo)
{
    DimSecret *secret = dim_secret_new("the private key", 15);

    wiped.clear();
    dim_secret_unref(dim_secret_ref(secret));
    EXPECT_EQ(wiped, "");
    dim_secret_unref(secret);
    EXPECT_EQ(wiped, "the private key");
}

TEST(Secret, StringIsWipedBeforeItIsFreed)
{
    wiped.clear();
    dim_wipe_string(g_strdup("the passphrase"));
    EXPECT_EQ(wiped, "the passphrase");
}

TEST(Secret, ComparesEveryByte)
{
    guint8 one[33] = { 0 };
    guint8 other[33] = { 0 };

    EXPECT_TRUE(dim_memory_equal(one, other, sizeof one));
    EXPECT_TRUE(dim_memory_equal(one, other, 0));
    for (gsize i = 0; i < sizeof one; i++) {
        other[i] = 0x80;
        EXPECT_FALSE(dim_memory_equal(one, other, sizeof one)) << i;
        other[i] = 0;
    }
}
