// SPDX-License-Identifier: GPL-2.0-or-later
// secp256k1: every shape of key, foreign signatures, and signatures that are almost right.
#include <gtest/gtest.h>

#include "base/errors.h"
#include "crypto/pem.h"

#include "helpers.hh"
#include "sample_keys.hh"

static const char ORDER[] = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";

/* The parts of a DER signature whose numbers have at most 127 bytes. */
static std::string
integer(std::string bytes)
{
    size_t zeros = 0;
    while (zeros + 1 < bytes.size() && bytes[zeros] == '\0')
        zeros++;
    bytes = bytes.substr(zeros);
    if ((bytes[0] & 0x80) != 0)
        bytes = std::string(1, '\0') + bytes;
    return std::string("\x02", 1) + static_cast<char>(bytes.size()) + bytes;
}

static std::string
sequence(const std::string &content)
{
    return std::string("\x30", 1) + static_cast<char>(content.size()) + content;
}

/* order - value, both 32 bytes */
static std::string
negated(const std::string &value)
{
    std::string order = from_hex(ORDER), out(32, '\0');
    int borrow = 0;

    for (int i = 31; i >= 0; i--) {
        int digit = static_cast<guint8>(order[i]) - static_cast<guint8>(value[i]) - borrow;
        borrow = digit < 0;
        out[i] = static_cast<char>(digit + (borrow ? 256 : 0));
    }
    return out;
}

static void
split(const std::string &der, std::string *r, std::string *s)
{
    size_t r_size = static_cast<size_t>(der[3]), s_size = static_cast<size_t>(der[5 + r_size]);
    std::string zeros(32, '\0');

    *r = zeros + der.substr(4, r_size);
    *s = zeros + der.substr(6 + r_size, s_size);
    *r = r->substr(r->size() - 32);
    *s = s->substr(s->size() - 32);
}

TEST(Ecc, ReadsEveryShapeOfAPublicKey)
{
    PublicKey want = public_key("ECC", sample::ECC_SPKI);
    std::string point = sample::ECC_POINT;
    std::string parity = static_cast<guint8>(from_hex(point).back()) % 2 == 0 ? "02" : "03";

    ASSERT_NE(want, nullptr);
    EXPECT_EQ(dim_public_key_kind(want.get()), DIM_KEY_ECC);
    EXPECT_EQ(dim_public_key_bits(want.get()), 256u);
    EXPECT_FALSE(dim_public_key_can_encrypt(want.get()));
    for (const std::string &text :
         { point, point.substr(2), parity + point.substr(2, 64), " " + point + "\n",
           std::string(sample::ECC_SPKI_COMPRESSED), std::string(sample::ECC_SPKI) }) {
        PublicKey key = public_key("SHA256withECDSA", text);
        ASSERT_NE(key, nullptr) << text;
        EXPECT_TRUE(dim_public_key_equal(want.get(), key.get()));
        EXPECT_EQ(to_hex(take(dim_public_key_data(key.get()))), point);
        EXPECT_TRUE(verifies(key, "hello world", from_hex(sample::ECC_SIGNATURE)));
    }
}

static std::string
spki_of(const std::string &point)
{
    std::string der = take(dim_der_write_ecc_public({ u8(point), point.size() }));
    g_autofree char *text = dim_base64_encode(u8(der), der.size());

    return text;
}

TEST(Ecc, RefusesPointsThatAreNone)
{
    std::string point = sample::ECC_POINT;

    for (const std::string &text :
         { std::string(), point.substr(1), point + "00", "06" + point.substr(2),
           "07" + point.substr(2), "05" + point.substr(2), "00" + point.substr(2),
           "04" + point.substr(2, 126) + "00", "04" + std::string(128, '0'),
           "02" + std::string(64, 'f'), spki_of(from_hex(point) + "x"),
           spki_of(from_hex(point).substr(0, 64)), std::string(128, 'f'), point.substr(0, 66),
           std::string(sample::RSA_SPKI), std::string("00") }) {
        g_autoptr(GError) error = nullptr;
        EXPECT_EQ(public_key("ECC", text, &error), nullptr) << text;
        EXPECT_NE(error, nullptr);
    }
    g_autoptr(GError) error = nullptr;
    EXPECT_EQ(public_key("ECC", sample::P256_SPKI, &error), nullptr);
    EXPECT_TRUE(g_error_matches(error, DIM_ERROR, DIM_ERROR_UNSUPPORTED));
}

TEST(Ecc, MakesShortKeyDataOnlyIfTold)
{
    Object object = key_object("ECC", sample::ECC_POINT);

    json_object_set_int_member(object.get(), "compressed", 1);
    PublicKey key(dim_public_key_from_json(object.get(), nullptr));
    ASSERT_NE(key, nullptr);
    EXPECT_EQ(take(dim_public_key_data(key.get())).size(), 33u);
}

TEST(Ecc, ReadsEveryShapeOfAPrivateKey)
{
    PublicKey want = public_key("ECC", sample::ECC_SPKI);

    for (const char *text : { sample::ECC_PKCS8, sample::ECC_SEC1, sample::ECC_SECRET }) {
        PrivateKey key = private_key("ECC", text);
        ASSERT_NE(key, nullptr) << text;
        EXPECT_TRUE(dim_public_key_equal(want.get(), dim_private_key_public(key.get())));
        g_autoptr(DimSecret) kept = dim_private_key_to_secret(key.get(), nullptr);
        PrivateKey again(dim_private_key_from_secret(kept, nullptr));
        ASSERT_NE(again, nullptr);
        EXPECT_EQ(sign(again, "x"), sign(key, "x"));
    }
}

TEST(Ecc, RefusesSecretsOutOfRange)
{
    EXPECT_EQ(private_key("ECC", std::string(64, '0')), nullptr);
    EXPECT_EQ(private_key("ECC", ORDER), nullptr);
    EXPECT_EQ(private_key("ECC", std::string(64, 'f')), nullptr);
    EXPECT_EQ(private_key("ECC", std::string(63, '1')), nullptr);
    EXPECT_EQ(private_key("ECC", std::string(64, 'g')), nullptr);
    EXPECT_EQ(private_key("ECC", std::string(63, '0') + "g"), nullptr);
    EXPECT_EQ(private_key("ECC", "g" + std::string(63, '1')), nullptr);
    for (size_t size : { 0, 31, 32, 33, 40 }) {
        std::string secret(size, 1);
        std::string der =
            take(dim_der_write_ecc_private({ u8(secret), secret.size() }, { u8(secret), 1 }));
        g_autofree char *text = dim_base64_encode(u8(der), der.size());

        EXPECT_EQ(private_key("ECC", text) != nullptr, size == 31 || size == 32) << size;
    }
    EXPECT_EQ(private_key("ECC", sample::RSA_PKCS1), nullptr);
    EXPECT_NE(private_key("ECC", std::string(63, '0') + "1"), nullptr);
}

/* Public vector of RFC 6979 for secp256k1: secret 1, "Satoshi Nakamoto". */
TEST(Ecc, SignsByRfc6979WithALowS)
{
    PrivateKey key = private_key("ECC", std::string(63, '0') + "1");
    std::string r, s;

    std::string signature = sign(key, "Satoshi Nakamoto");
    split(signature, &r, &s);
    EXPECT_EQ(to_hex(r), "934b1ea10a4b3c1757e2b0c017d0b6143ce3c9a7e6a4a49860d7a6ab210ee3d8");
    EXPECT_EQ(to_hex(s), "2442ce9d2b916064108014783e923ec36b49743e2ffa1c4496f01a512aafd9e5");
    EXPECT_TRUE(verifies(public_half(key), "Satoshi Nakamoto", signature));
}

TEST(Ecc, AcceptsAHighS)
{
    PublicKey key = public_key("ECC", sample::ECC_SPKI);
    std::string r, s;

    split(from_hex(sample::ECC_SIGNATURE), &r, &s);
    EXPECT_TRUE(verifies(key, "hello world", sequence(integer(r) + integer(s))));
    EXPECT_TRUE(verifies(key, "hello world", sequence(integer(r) + integer(negated(s)))));
}

TEST(Ecc, RefusesSignaturesThatAreAlmostRight)
{
    PublicKey key = public_key("ECC", sample::ECC_SPKI);
    std::string good = from_hex(sample::ECC_SIGNATURE), zero(1, '\0'), r, s;

    split(good, &r, &s);
    EXPECT_FALSE(verifies(key, "hello worlds", good));
    EXPECT_FALSE(verifies(key, "hello world", r + s));
    EXPECT_FALSE(verifies(key, "hello world", good + zero));
    EXPECT_FALSE(verifies(key, "hello world", std::string()));
    EXPECT_FALSE(verifies(key, "hello world", sequence(integer(r) + integer(zero))));
    EXPECT_FALSE(verifies(key, "hello world", sequence(integer(zero) + integer(s))));
    EXPECT_FALSE(verifies(key, "hello world", sequence(integer(r) + integer(from_hex(ORDER)))));
    EXPECT_FALSE(
        verifies(key, "hello world", sequence(integer(r) + "\x02\x21" + zero + s + zero)));
    EXPECT_FALSE(verifies(key, "hello world",
                          sequence(integer(r) + std::string("\x02\x22\0\0", 4) + s)));
    EXPECT_FALSE(verifies(key, "hello world", sequence(integer(r) + integer("\x01" + s))));
    EXPECT_FALSE(verifies(key, "hello world", sequence(integer(r) + integer(s + "\x01"))));
    EXPECT_FALSE(verifies(key, "hello world", sequence(integer(r + "\x01") + integer(s))));
    for (size_t i = 0; i < good.size(); i++) {
        for (char bit : { 0x01, 0x10, -0x80 }) {
            std::string bad = good;
            bad[i] = static_cast<char>(bad[i] ^ bit);
            EXPECT_FALSE(verifies(key, "hello world", bad)) << i;
        }
        EXPECT_FALSE(verifies(key, "hello world", good.substr(0, i))) << i;
    }
}

TEST(Ecc, CannotWrapOrUnwrap)
{
    PrivateKey key = private_key("ECC", sample::ECC_SECRET);
    g_autoptr(DimSecret) plain = dim_secret_new("x", 1);
    g_autoptr(GError) wrap = nullptr;
    g_autoptr(GError) unwrap = nullptr;

    EXPECT_EQ(dim_public_key_encrypt(dim_private_key_public(key.get()), plain, &wrap), nullptr);
    EXPECT_TRUE(g_error_matches(wrap, DIM_ERROR, DIM_ERROR_UNSUPPORTED));
    EXPECT_EQ(
        dim_private_key_decrypt(key.get(), reinterpret_cast<const guint8 *>("x"), 1, &unwrap),
        nullptr);
    EXPECT_TRUE(g_error_matches(unwrap, DIM_ERROR, DIM_ERROR_NO_KEY));
}

TEST(Ecc, MakesKeysThatWork)
{
    for (int i = 0; i < 20; i++) {
        PrivateKey key(dim_private_key_new(DIM_KEY_ECC, 256, nullptr));
        ASSERT_NE(key, nullptr);
        EXPECT_TRUE(verifies(public_half(key), "text", sign(key, "text")));
    }
    g_autoptr(GError) error = nullptr;
    EXPECT_EQ(dim_private_key_new(DIM_KEY_ECC, 384, &error), nullptr);
    EXPECT_TRUE(g_error_matches(error, DIM_ERROR, DIM_ERROR_UNSUPPORTED));
}
