// SPDX-License-Identifier: GPL-2.0-or-later
// Published vectors of the four digests, and sizes around the block borders.
#include "crypto/digest.h"

#include <gtest/gtest.h>

#include "helpers.hh"

using Digest = void (*)(const void *, gsize, guint8 *);

static std::string
hex_of(Digest digest, gsize size, const std::string &text)
{
    std::string out(size, '\0');

    digest(text.data(), text.size(), reinterpret_cast<guint8 *>(&out[0]));
    return to_hex(out);
}

TEST(Digest, Sha256KnowsItsVectors)
{
    EXPECT_EQ(hex_of(dim_sha256, 32, ""),
              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(hex_of(dim_sha256, 32, "abc"),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Digest, Ripemd160KnowsItsVectors)
{
    EXPECT_EQ(hex_of(dim_ripemd160, 20, ""), "9c1185a5c5e9fc54612808977ee8f548b2258d31");
    EXPECT_EQ(hex_of(dim_ripemd160, 20, "abc"), "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc");
    EXPECT_EQ(hex_of(dim_ripemd160, 20, "message digest"),
              "5d0689ef49d2fae572b881b123a85ffa21595f36");
}

TEST(Digest, Md5KnowsItsVectors)
{
    EXPECT_EQ(hex_of(dim_md5, 16, ""), "d41d8cd98f00b204e9800998ecf8427e");
    EXPECT_EQ(hex_of(dim_md5, 16, "hello world"), "5eb63bbbe01eeed093cb22bb8f5acdc3");
}

TEST(Digest, KeccakKnowsItsVectors)
{
    EXPECT_EQ(hex_of(dim_keccak256, 32, ""),
              "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");
    EXPECT_EQ(hex_of(dim_keccak256, 32, "abc"),
              "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45");
    EXPECT_EQ(hex_of(dim_keccak256, 32, "The quick brown fox jumps over the lazy dog"),
              "4d741b6f1eb29cb2a9b9911c82f56fa8d73b04959d3d9d222895df6c0b28aa15");
}

/* The address of the secret 1 (protocol appendix B.3) is made from 64 bytes; blocks have 136. */
TEST(Digest, KeccakPadsAtEveryBorder)
{
    std::string point =
        from_hex("79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
                 "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8");
    EXPECT_EQ(hex_of(dim_keccak256, 32, point).substr(24),
              "7e5f4552091a69125d5dfcb7b8c2659029395bdf");
    EXPECT_EQ(hex_of(dim_keccak256, 32, std::string(135, 'a')),
              "34367dc248bbd832f4e3e69dfaac2f92638bd0bbd18f2912ba4ef454919cf446");
    EXPECT_EQ(hex_of(dim_keccak256, 32, std::string(136, 'a')),
              "a6c4d403279fe3e0af03729caada8374b5ca54d8065329a3ebcaeb4b60aa386e");
    EXPECT_EQ(hex_of(dim_keccak256, 32, std::string(137, 'a')),
              "d869f639c7046b4929fc92a4d988a8b22c55fbadb802c0c66ebcd484f1915f39");
}
