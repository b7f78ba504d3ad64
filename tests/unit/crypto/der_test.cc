// SPDX-License-Identifier: GPL-2.0-or-later
// DER of keys and signatures: what is written, what is read again, and what only looks like a key.
#include <gtest/gtest.h>

#include "base/errors.h"
#include "crypto/pem.h"

#include "helpers.hh"
#include "sample_keys.hh"

static std::string
read(const std::string &text, gboolean want_private = FALSE)
{
    return take(dim_pem_read(text.c_str(), want_private, nullptr));
}

static DimSpan
span(const std::string &bytes)
{
    return { u8(bytes), bytes.size() };
}

static std::string
text_of(DimSpan bytes)
{
    return std::string(reinterpret_cast<const char *>(bytes.data), bytes.size);
}

TEST(Der, WritesAsOpensslDoes)
{
    const std::string rsa = read(sample::RSA_SPKI), private_rsa = read(sample::RSA_PKCS1, TRUE);
    const std::string ecc = read(sample::ECC_SPKI);
    std::string secret = read(sample::ECC_PKCS8, TRUE);
    DimRsaNumbers numbers;
    DimSpan point, scalar;

    ASSERT_TRUE(dim_der_read_rsa_public(span(rsa), &numbers, nullptr));
    EXPECT_EQ(to_hex(text_of(numbers.e)), "010001");
    EXPECT_EQ(numbers.n.data[0], 0xdd) << "the sign's zero is not part of the number";
    EXPECT_EQ(take(dim_der_write_rsa_public(numbers.n, numbers.e)), rsa);
    ASSERT_TRUE(dim_der_read_ecc_public(span(ecc), &point, nullptr));
    EXPECT_EQ(take(dim_der_write_ecc_public(point)), ecc);
    ASSERT_TRUE(dim_der_read_ecc_private(span(secret), &scalar, nullptr));
    EXPECT_EQ(scalar.size, 32u);
    secret[5] = 0; // the sample says version 1
    EXPECT_EQ(take(dim_der_write_ecc_private(scalar, point)), secret);
    ASSERT_TRUE(dim_der_read_rsa_private(span(private_rsa), &numbers, nullptr));
    EXPECT_EQ(numbers.p.size, 64u);
    EXPECT_EQ(numbers.q.size, 64u);
}

// Zero, a number with its highest bit set, and lengths on both sides of the long forms.
TEST(Der, WritesEveryNumberSoThatItIsReadAgain)
{
    for (size_t size : { 1u, 2u, 118u, 119u, 127u, 128u, 129u, 255u, 256u, 512u, 1024u }) {
        for (char first : { '\x01', '\x7f', '\x80', '\xff' }) {
            const std::string n = first + std::string(size - 1, '\x5a');
            const std::string one = "\x01", zero;
            const DimSpan eight[8] = { span(n),   span(one), span(n),   span(one),
                                       span(one), span(n),   span(one), span(zero) };
            const std::string pub = take(dim_der_write_rsa_public(span(n), span(one)));
            const std::string priv = take(dim_der_write_rsa_private(eight));
            DimRsaNumbers numbers;

            ASSERT_TRUE(dim_der_read_rsa_public(span(pub), &numbers, nullptr)) << size;
            EXPECT_EQ(text_of(numbers.n), n);
            EXPECT_EQ(text_of(numbers.e), one);
            ASSERT_TRUE(dim_der_read_rsa_private(span(priv), &numbers, nullptr)) << size;
            EXPECT_EQ(text_of(numbers.d), n);
            EXPECT_EQ(text_of(numbers.q), one);
        }
    }
}

TEST(Der, ReadsTheTwoNumbersOfASignature)
{
    const std::string der = from_hex("3009020200ff0203123456");
    DimSpan r, s;

    ASSERT_TRUE(dim_der_read_signature(span(der), &r, &s));
    EXPECT_EQ(to_hex(text_of(r)), "ff");
    EXPECT_EQ(to_hex(text_of(s)), "123456");
    const std::string zero = from_hex("3006020100020101");
    ASSERT_TRUE(dim_der_read_signature(span(zero), &r, &s));
    EXPECT_EQ(r.size, 0u) << "zero, which no signature has, is left to who computes";
    const std::string negative = from_hex("3006020180020101");
    EXPECT_FALSE(dim_der_read_signature(span(negative), &r, &s));
}

TEST(Der, IsRefusedWhereverItIsCut)
{
    for (const char *text : { sample::RSA_SPKI, sample::RSA_PUBLIC_PKCS1 }) {
        std::string der = read(text);
        DimRsaNumbers numbers;
        ASSERT_TRUE(dim_der_read_rsa_public(span(der), &numbers, nullptr));
        EXPECT_EQ(numbers.n.size, 128u);
        for (gsize length = 0; length < der.size(); length++)
            EXPECT_FALSE(
                dim_der_read_rsa_public(span(der.substr(0, length)), &numbers, nullptr))
                << length;
        EXPECT_FALSE(dim_der_read_rsa_public(span(der + '\0'), &numbers, nullptr));
    }
}

TEST(Der, SurvivesEveryChangedByte)
{
    std::string shapes[] = { read(sample::RSA_SPKI), read(sample::RSA_PKCS8, TRUE),
                             read(sample::ECC_SPKI), read(sample::ECC_PKCS8, TRUE),
                             read(sample::ECC_SEC1, TRUE) };

    for (const auto &der : shapes) {
        for (gsize i = 0; i < der.size(); i++) {
            for (int value : { 0x00, 0x01, 0x7f, 0x80, 0x81, 0x84, 0xff }) {
                std::string bad = der;
                DimRsaNumbers numbers;
                DimSpan out, other;
                bad[i] = static_cast<char>(value);
                /* whatever they answer, what they point to is inside */
                if (dim_der_read_rsa_public(span(bad), &numbers, nullptr)) {
                    EXPECT_LE(numbers.n.data + numbers.n.size, u8(bad) + bad.size());
                }
                if (dim_der_read_rsa_private(span(bad), &numbers, nullptr)) {
                    EXPECT_LE(numbers.q.data + numbers.q.size, u8(bad) + bad.size());
                }
                if (dim_der_read_ecc_public(span(bad), &out, nullptr)) {
                    EXPECT_LE(out.data + out.size, u8(bad) + bad.size());
                }
                if (dim_der_read_ecc_private(span(bad), &out, nullptr)) {
                    EXPECT_LE(out.data + out.size, u8(bad) + bad.size());
                }
                dim_der_read_signature(span(bad), &out, &other);
            }
        }
    }
}

TEST(Der, RefusesLengthsThatAreNotMinimalOrTooLong)
{
    DimSpan r, s;

    EXPECT_TRUE(dim_der_read_signature(span(from_hex("3006020101020102")), &r, &s));
    for (const char *hex : { "30050200020101", "30060201010202", "3006020180020101",
                             "308106020101020102", "30820006020101020102", "3006028101010201",
                             "3080020101020102", "30840000000602010102",
                             "3006020101020102"
                             "00",
                             "30060201010201", "3106020101020102", "3006020181020102",
                             "300702020001020102", "3005020002010",
                             "3008020101020102"
                             "0500",
                             "30ff020101020102", "300602010102" })
        EXPECT_FALSE(dim_der_read_signature(span(from_hex(hex)), &r, &s)) << hex;
}

TEST(Der, TellsForeignKeysFromBrokenOnes)
{
    g_autoptr(GError) curve = nullptr;
    g_autoptr(GError) kind = nullptr;
    DimSpan point;
    DimRsaNumbers numbers;

    EXPECT_FALSE(dim_der_read_ecc_public(span(read(sample::P256_SPKI)), &point, &curve));
    EXPECT_TRUE(g_error_matches(curve, DIM_ERROR, DIM_ERROR_UNSUPPORTED));
    EXPECT_FALSE(dim_der_read_rsa_public(span(read(sample::ECC_SPKI)), &numbers, &kind));
    EXPECT_TRUE(g_error_matches(kind, DIM_ERROR, DIM_ERROR_UNSUPPORTED));
}

static std::string
tlv(char tag, const std::string &content)
{
    std::string head(1, tag);

    if (content.size() >= 0x80)
        head += '\x81';
    return head + static_cast<char>(content.size()) + content;
}

static const std::string RSA_KIND = from_hex("300d06092a864886f70d0101010500");
static const std::string ECC_KIND = from_hex("301006072a8648ce3d020106052b8104000a");

static bool
reads_rsa(const std::string &content)
{
    DimRsaNumbers numbers;
    std::string der = tlv(0x30, content);

    return dim_der_read_rsa_public(span(der), &numbers, nullptr);
}

TEST(Der, RefusesAPublicKeyWithAnythingMore)
{
    std::string three = tlv(2, "\x03"), numbers = three + tlv(2, "\x05");
    std::string zero(1, '\0'), one = zero + tlv(0x30, numbers);
    std::string more = zero + tlv(0x30, numbers + three);

    EXPECT_TRUE(reads_rsa(numbers));
    EXPECT_FALSE(reads_rsa(numbers + three));
    EXPECT_TRUE(reads_rsa(RSA_KIND + tlv(3, one)));
    EXPECT_FALSE(reads_rsa(RSA_KIND + tlv(3, one) + three));
    EXPECT_FALSE(reads_rsa(RSA_KIND + tlv(3, more)));
    EXPECT_FALSE(reads_rsa(RSA_KIND + tlv(3, "\x01" + one.substr(1)))) << "unused bits";
    EXPECT_FALSE(reads_rsa(RSA_KIND + tlv(3, "")));
}

TEST(Der, RefusesALengthWithAZeroInFront)
{
    std::string big = tlv(2, std::string(0x70, 1)) + tlv(2, std::string(0x10, 1));
    DimRsaNumbers numbers;
    std::string good = from_hex("308184") + big, bad = from_hex("30820084") + big;

    ASSERT_EQ(big.size(), 0x84u);
    EXPECT_TRUE(dim_der_read_rsa_public(span(good), &numbers, nullptr));
    EXPECT_FALSE(dim_der_read_rsa_public(span(bad), &numbers, nullptr));
}

static bool
reads_private(const std::string &content)
{
    DimRsaNumbers numbers;
    std::string der = tlv(0x30, content);

    return dim_der_read_rsa_private(span(der), &numbers, nullptr);
}

TEST(Der, RefusesAPrivateKeyOfAnotherVersionOrWithMore)
{
    std::string zero = tlv(2, std::string(1, '\0')), one = tlv(2, "\x01"), two = tlv(2, "\x02");
    std::string numbers = one + one + one + one + one + one + one + one;
    std::string wrapped = RSA_KIND + tlv(4, tlv(0x30, zero + numbers));

    EXPECT_TRUE(reads_private(zero + numbers));
    EXPECT_FALSE(reads_private(one + numbers)) << "more than two primes";
    EXPECT_FALSE(reads_private(zero + numbers + one));
    EXPECT_TRUE(reads_private(zero + wrapped));
    EXPECT_TRUE(reads_private(one + wrapped));
    EXPECT_FALSE(reads_private(two + wrapped));
    EXPECT_FALSE(reads_private(tlv(2, std::string(2, '\0')) + wrapped));
}

TEST(Der, RefusesASecretOfAnotherCurve)
{
    std::string one = tlv(2, "\x01"), secret = tlv(4, std::string(32, 1));
    auto reads = [](const std::string &content) {
        std::string der = tlv(0x30, content);
        DimSpan out;
        return dim_der_read_ecc_private(span(der), &out, nullptr) != FALSE;
    };

    EXPECT_TRUE(reads(one + secret));
    EXPECT_TRUE(reads(one + secret + tlv('\xa0', from_hex("06052b8104000a"))));
    EXPECT_FALSE(reads(one + secret + tlv('\xa0', from_hex("06082a8648ce3d030107"))));
    EXPECT_FALSE(reads(one + secret + tlv('\xa0', from_hex("0500"))));
    EXPECT_TRUE(reads(one + ECC_KIND + tlv(4, tlv(0x30, one + secret))));
    EXPECT_FALSE(reads(one + RSA_KIND + tlv(4, tlv(0x30, one + secret))));
}
