// SPDX-License-Identifier: GPL-2.0-or-later
// Armour: every dress that is on the network, and what only looks like one.
#include "crypto/pem.h"

#include <gtest/gtest.h>

#include "helpers.hh"
#include "sample_keys.hh"

static std::string
read(const std::string &text, gboolean want_private = FALSE)
{
    return take(dim_pem_read(text.c_str(), want_private, nullptr));
}

TEST(Pem, WritesAsTheOfficialClientsDo)
{
    std::string der = read(sample::RSA_SPKI);

    EXPECT_EQ(take(dim_pem_write("PUBLIC KEY", u8(der), der.size())), sample::RSA_SPKI);
    EXPECT_EQ(take(dim_pem_write("X", nullptr, 0)), "-----BEGIN X-----\n-----END X-----");
}

TEST(Pem, ReadsEveryWrapping)
{
    std::string want = read(sample::RSA_SPKI);
    std::string text = sample::RSA_SPKI;
    std::string body = replaced(text.substr(27, text.size() - 27 - 25), "\n", "");

    ASSERT_EQ(want.size(), 162u);
    for (const std::string &one :
         { text + "\n", "\n  " + text + "\r\n", replaced(text, "\n", "\r\n"),
           replaced(text, "\n", "\n\t "), body,
           "-----BEGIN RSA PUBLIC KEY-----" + body + "-----END RSA PUBLIC KEY-----",
           "-----BEGIN PUBLIC KEY-----\r\n" + body + "\r\n-----END PUBLIC KEY-----" })
        EXPECT_EQ(read(one), want) << one;
}

TEST(Pem, FindsTheHalfThatIsWanted)
{
    std::string joined = std::string(sample::RSA_SPKI) + "\r\n" + sample::RSA_PKCS1;
    std::string turned = std::string(sample::RSA_PKCS1) + "\n" + sample::RSA_SPKI;

    for (const auto &text : { joined, turned }) {
        EXPECT_EQ(read(text, TRUE), read(sample::RSA_PKCS1, TRUE));
        EXPECT_EQ(read(text, FALSE), read(sample::RSA_SPKI));
    }
}

TEST(Pem, RefusesBrokenArmour)
{
    std::string text = sample::RSA_SPKI;

    for (const std::string &one :
         { std::string("-----BEGIN PUBLIC KEY-----"), text.substr(0, text.size() - 30),
           text.substr(0, 100), replaced(text, "PUBLIC", "PRIVATE"), replaced(text, "M", "*"),
           std::string("-----BEGIN "), std::string("-----BEGIN PUBLIC KEY"),
           replaced(text, "-----\nM", "-----\nProc-Type: 4,ENCRYPTED\n\nM") })
        EXPECT_EQ(read(one), "(none)") << one;
}
