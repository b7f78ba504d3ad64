// SPDX-License-Identifier: GPL-2.0-or-later
// Published vectors of the digests that libgcrypt computes.
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
