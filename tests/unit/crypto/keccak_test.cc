// SPDX-License-Identifier: GPL-2.0-or-later
// Keccak-256 as Ethereum froze it: published vectors, every border of a block, and that it is not SHA3.
#include <gtest/gtest.h>
#include <set>

#include "crypto/digest.h"

#include "helpers.hh"

static std::string
keccak(const std::string &text)
{
    std::string out(32, '\0');

    dim_keccak256(text.data(), text.size(), reinterpret_cast<guint8 *>(&out[0]));
    return to_hex(out);
}

TEST(Keccak, KnowsItsVectors)
{
    EXPECT_EQ(keccak(""), "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");
    EXPECT_EQ(keccak("abc"),
              "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45");
    EXPECT_EQ(keccak("The quick brown fox jumps over the lazy dog"),
              "4d741b6f1eb29cb2a9b9911c82f56fa8d73b04959d3d9d222895df6c0b28aa15");
}

/* The address of the secret 1 (protocol appendix B.3) is made from 64 bytes; blocks have 136. */
TEST(Keccak, PadsAtEveryBorder)
{
    std::string point =
        from_hex("79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
                 "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8");
    EXPECT_EQ(keccak(point).substr(24), "7e5f4552091a69125d5dfcb7b8c2659029395bdf");
    EXPECT_EQ(keccak(std::string(135, 'a')),
              "34367dc248bbd832f4e3e69dfaac2f92638bd0bbd18f2912ba4ef454919cf446");
    EXPECT_EQ(keccak(std::string(136, 'a')),
              "a6c4d403279fe3e0af03729caada8374b5ca54d8065329a3ebcaeb4b60aa386e");
    EXPECT_EQ(keccak(std::string(137, 'a')),
              "d869f639c7046b4929fc92a4d988a8b22c55fbadb802c0c66ebcd484f1915f39");
}

// The vectors of the submission (ShortMsgKAT_256), and a long one.
TEST(Keccak, KnowsTheVectorsOfTheSubmission)
{
    EXPECT_EQ(keccak("\xcc"),
              "eead6dbfc7340a56caedc044696a168870549a6a7f6f56961e84a54bd9970b8a");
    EXPECT_EQ(keccak("\x41\xfb"),
              "a8eaceda4d47b3281a795ad9e1ea2122b407baf9aabcb9e18b5717b7873537d2");
    EXPECT_EQ(keccak(std::string(1000000, 'a')),
              "fadae6b49f129bbb812be8407b7b2894f34aecf6dbd1f9b0f0c7e9853098fc96");
}

TEST(Keccak, IsNotSha3)
{
    EXPECT_NE(keccak(""), "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a");
    EXPECT_NE(keccak("abc"),
              "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532");
}

// Zeros are what a block is filled with: only the padding tells their number.
TEST(Keccak, CountsEveryByte)
{
    std::set<std::string> seen;

    for (size_t size = 0; size <= 300; size++)
        seen.insert(keccak(std::string(size, '\0')));
    EXPECT_EQ(seen.size(), 301u);
}

TEST(Keccak, ReadsFromAnyAddress)
{
    const std::string text = "0123456789" + std::string(500, 'x');

    for (size_t at = 0; at < 9; at++) {
        guint8 out[32];

        dim_keccak256(text.data() + at, 400, out);
        EXPECT_EQ(to_hex(std::string(reinterpret_cast<char *>(out), 32)),
                  keccak(text.substr(at, 400)));
    }
}
