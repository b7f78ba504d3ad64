// SPDX-License-Identifier: GPL-2.0-or-later
// RSA keys: every shape, sizes and exponents that are usable, numbers that fit, and keys made anew.
#include <gtest/gtest.h>

#include "base/errors.h"
#include "crypto/rsa.h"

#include "helpers.hh"
#include "quiet_jitter.hh"
#include "sample_keys.hh"

static std::string
bytes(size_t count, int value)
{
    return std::string(count, static_cast<char>(value));
}

static std::string
unwrap(const PrivateKey &key, const std::string &data, GError **error = nullptr)
{
    return take(dim_private_key_decrypt(key.get(), u8(data), data.size(), error));
}

TEST(RsaKey, IsReadFromEveryShape)
{
    PublicKey want = public_key("RSA", sample::RSA_SPKI);
    std::string spki = sample::RSA_SPKI, pkcs1 = sample::RSA_PUBLIC_PKCS1;

    ASSERT_NE(want, nullptr);
    EXPECT_EQ(dim_public_key_bits(want.get()), 1024u);
    EXPECT_TRUE(dim_public_key_can_encrypt(want.get()));
    for (const std::string &text :
         { spki, pkcs1, replaced(pkcs1, "RSA PUBLIC", "PUBLIC"),
           replaced(spki, "PUBLIC", "RSA PUBLIC"), replaced(spki, "\n", "\r\n"),
           replaced(replaced(pkcs1, "\n", ""), "KEY-----MI", "KEY-----\r\nMI") }) {
        PublicKey key = public_key("SHA256withRSA", text);
        ASSERT_NE(key, nullptr) << text;
        EXPECT_TRUE(dim_public_key_equal(want.get(), key.get()));
    }
    for (const std::string &text :
         { std::string(sample::RSA_PKCS1), std::string(sample::RSA_PKCS8),
           spki + "\r\n" + sample::RSA_PKCS1, std::string(sample::RSA_PKCS8) + "\n" + spki }) {
        PrivateKey key = private_key("RSA", text);
        ASSERT_NE(key, nullptr) << text;
        EXPECT_TRUE(dim_public_key_equal(want.get(), dim_private_key_public(key.get())));
        EXPECT_EQ(to_hex(sign(key, "hello world")), sample::RSA_SIGNATURE);
    }
}

static std::string
der_key(const std::string &n, const std::string &e)
{
    auto integer = [](std::string value) {
        if ((value[0] & 0x80) != 0)
            value = std::string(1, '\0') + value;
        guint8 head[] = { 0x02, 0x82, static_cast<guint8>(value.size() >> 8),
                          static_cast<guint8>(value.size()) };
        if (value.size() < 0x80)
            return std::string({ 0x02, static_cast<char>(value.size()) }) + value;
        if (value.size() < 0x100)
            return std::string(
                       { 0x02, static_cast<char>(0x81), static_cast<char>(value.size()) })
                   + value;
        return std::string(reinterpret_cast<char *>(head), 4) + value;
    };
    std::string body = integer(n) + integer(e);
    guint8 head[] = { 0x30, 0x82, static_cast<guint8>(body.size() >> 8),
                      static_cast<guint8>(body.size()) };
    if (body.size() < 0x100)
        body = std::string({ 0x30, static_cast<char>(0x81), static_cast<char>(body.size()) })
               + body;
    else
        body = std::string(reinterpret_cast<char *>(head), 4) + body;
    g_autofree char *text = dim_base64_encode(u8(body), body.size());
    return text;
}

TEST(RsaKey, HasAUsableSizeAndExponent)
{
    std::string n = from_hex(sample::RSA_MODULUS), e = from_hex("010001");
    std::string odd = bytes(126, 0xff), top = "\x7f" + bytes(127, 0xff);

    EXPECT_NE(public_key("RSA", der_key(n, e)), nullptr);
    EXPECT_NE(public_key("RSA", der_key(n, bytes(1, 3))), nullptr);
    EXPECT_NE(public_key("RSA", der_key(odd, e)), nullptr) << "1008 bits";
    PublicKey of_1023_bits = public_key("RSA", der_key(top, e));
    ASSERT_NE(of_1023_bits, nullptr);
    EXPECT_EQ(dim_public_key_bits(of_1023_bits.get()), 1023u);
    EXPECT_NE(public_key("RSA", der_key(bytes(512, 0xff), e)), nullptr) << "4096 bits";
    EXPECT_NE(public_key("RSA", der_key(n, bytes(4, 0xff))), nullptr) << "e of 32 bits";
    const struct {
        std::string data;
        DimError code;
    } bad[] = {
        { der_key("\x7f" + bytes(125, 0xff), e), DIM_ERROR_UNSUPPORTED },
        { der_key(bytes(513, 0xff), e), DIM_ERROR_UNSUPPORTED },
        { der_key("\x01" + bytes(512, 0xff), e), DIM_ERROR_UNSUPPORTED },
        { der_key(n, "\x01" + bytes(4, 0xff)), DIM_ERROR_UNSUPPORTED },
        { der_key(bytes(1024, 0xff), bytes(8, 0xff)), DIM_ERROR_UNSUPPORTED },
        { der_key(n, n), DIM_ERROR_UNSUPPORTED },
        { der_key(n, bytes(1, 1)), DIM_ERROR_MALFORMED },
        { der_key(n, bytes(1, 4)), DIM_ERROR_MALFORMED },
        { der_key(n, bytes(1, 0)), DIM_ERROR_MALFORMED },
        { der_key(bytes(127, 0xff) + bytes(1, 0xfe), e), DIM_ERROR_MALFORMED },
        { sample::RSA_512_SPKI, DIM_ERROR_UNSUPPORTED },
        { sample::ECC_SPKI, DIM_ERROR_UNSUPPORTED },
    };
    for (const auto &one : bad) {
        g_autoptr(GError) error = nullptr;
        EXPECT_EQ(public_key("RSA", one.data, &error), nullptr);
        EXPECT_TRUE(g_error_matches(error, DIM_ERROR, one.code))
            << (error != nullptr ? error->message : "");
    }
}

/* Each byte of the DER changed in turn: a key whose numbers do not fit must not come to life. */
TEST(RsaKey, HasNumbersThatFit)
{
    std::string text = sample::RSA_PKCS1;
    std::string body = replaced(text.substr(32, text.size() - 32 - 30), "\n", "");
    std::string der = take(dim_base64_decode(body.c_str(), -1, nullptr));
    int lived = 0;

    ASSERT_GT(der.size(), 500u);
    for (size_t i = 0; i < der.size(); i += 3) {
        std::string bad = der;
        bad[i] = static_cast<char>(bad[i] ^ 4);
        g_autofree char *coded = dim_base64_encode(u8(bad), bad.size());
        PrivateKey key = private_key("RSA", coded);
        if (key == nullptr)
            continue;
        lived++; /* dp, dq and qinv are made anew, so changes in them mend themselves */
        EXPECT_EQ(to_hex(sign(key, "hello world")), sample::RSA_SIGNATURE) << i;
    }
    EXPECT_LT(lived, 70);
}

/* One of the primes 1: all else fits, and the exponent modulo p - 1 would be a division by zero. */
TEST(RsaKey, RefusesPrimesThatAreNone)
{
    std::string n = from_hex(sample::RSA_MODULUS), one = bytes(1, 1);
    auto read = [](const std::string &modulus, const std::string &d, const std::string &p,
                   const std::string &q) {
        std::string e = from_hex("010001"), other = bytes(1, 1);
        DimSpan numbers[8];
        const std::string *parts[] = { &modulus, &e, &d, &p, &q, &other, &other, &other };

        for (int i = 0; i < 8; i++)
            numbers[i] = { u8(*parts[i]), parts[i]->size() };
        std::string der = take(dim_der_write_rsa_private(numbers));
        g_autofree char *text = dim_base64_encode(u8(der), der.size());
        return private_key("RSA", text);
    };

    EXPECT_EQ(read(n, one, one, n), nullptr);
    EXPECT_EQ(read(n, one, n, one), nullptr);
    EXPECT_EQ(read(n, one, bytes(1, 0), n), nullptr);
    EXPECT_EQ(read(bytes(128, 0xfe), one, bytes(1, 2), bytes(128, 0x7f)), nullptr);
}

/* d may be as long as one likes, modulo p - 1 and q - 1 it stays the same; where it is written there is room for what is
 * shorter than the modulus. */
TEST(RsaKey, HasNoNumberLongerThanItsModulus)
{
    std::string text = sample::RSA_PKCS1;
    std::string body = replaced(text.substr(32, text.size() - 32 - 30), "\n", "");
    std::string der = take(dim_base64_decode(body.c_str(), -1, nullptr));
    DimRsaNumbers is;
    ASSERT_TRUE(dim_der_read_rsa_private({ u8(der), der.size() }, &is, nullptr));
    auto read = [&](unsigned shift) {
        g_autoptr(DimMpi) d = dim_rsa_scan(is.d.data, is.d.size);
        g_autoptr(DimMpi) p = dim_rsa_scan(is.p.data, is.p.size);
        g_autoptr(DimMpi) q = dim_rsa_scan(is.q.data, is.q.size);
        guint8 one = 1;
        gcry_mpi_sub_ui(p, p, 1);
        gcry_mpi_sub_ui(q, q, 1);
        gcry_mpi_mul(p, p, q);
        gcry_mpi_mul_2exp(p, p, shift);
        if (shift > 0)
            gcry_mpi_add(d, d, p);
        std::string longer((gcry_mpi_get_nbits(d) + 7) / 8, '\0');
        EXPECT_TRUE(dim_rsa_print(d, reinterpret_cast<guint8 *>(longer.data()), longer.size()));
        DimSpan other = { &one, 1 };
        DimSpan numbers[] = { is.n,  is.e, { u8(longer), longer.size() }, is.p, is.q, other,
                              other, other };
        std::string made = take(dim_der_write_rsa_private(numbers));
        g_autofree char *coded = dim_base64_encode(u8(made), made.size());
        return private_key("RSA", coded);
    };

    EXPECT_NE(read(0), nullptr);
    for (unsigned shift : { 8u, 4096u, 24000u })
        EXPECT_EQ(read(shift), nullptr) << shift;
}

TEST(RsaKey, IsMadeInTheUsualSizes)
{
    for (guint bits : { 1024u, 2048u }) {
        PrivateKey key(dim_private_key_new(DIM_KEY_RSA, bits, nullptr));
        ASSERT_NE(key, nullptr);
        PublicKey pub = public_half(key);
        g_autoptr(DimSecret) plain = dim_secret_new("wrapped", 7);
        EXPECT_EQ(dim_public_key_bits(pub.get()), bits);
        EXPECT_TRUE(verifies(pub, "text", sign(key, "text")));
        EXPECT_EQ(unwrap(key, take(dim_public_key_encrypt(pub.get(), plain, nullptr))),
                  "wrapped");
        g_autoptr(DimSecret) kept = dim_private_key_to_secret(key.get(), nullptr);
        PrivateKey again(dim_private_key_from_secret(kept, nullptr));
        ASSERT_NE(again, nullptr);
        EXPECT_EQ(sign(again, "text"), sign(key, "text"));
    }
    for (guint bits : { 0u, 512u, 4097u, 100000u }) {
        g_autoptr(GError) error = nullptr;
        EXPECT_EQ(dim_private_key_new(DIM_KEY_RSA, bits, &error), nullptr);
        EXPECT_TRUE(g_error_matches(error, DIM_ERROR, DIM_ERROR_UNSUPPORTED));
    }
}

// What we tell others of a key is canonical, whatever dress it came in; what signs a meta stays as it stood.
TEST(RsaKey, IsToldInOneShape)
{
    const std::string texts[] = { sample::RSA_SPKI, sample::RSA_PUBLIC_PKCS1 };
    std::string der[2], data[2];

    for (int i = 0; i < 2; i++) {
        g_autoptr(GError) error = nullptr;
        gpointer pub = dim_rsa_public_read(nullptr, texts[i].c_str(), &error);

        ASSERT_NE(pub, nullptr) << error->message;
        EXPECT_EQ(dim_rsa_public_bits(pub), 1024u);
        der[i] = take(dim_rsa_public_der(pub));
        data[i] = take(dim_rsa_public_data(pub));
        dim_rsa_public_free(pub);
    }
    EXPECT_EQ(der[0], der[1]);
    EXPECT_EQ(der[0], data[0]);
    EXPECT_NE(data[0], data[1]);
}

TEST(RsaKey, PrintsANumberIntoItsPlaceOrNotAtAll)
{
    const guint8 number[] = { 0, 0, 0x12, 0x34 };
    guint8 out[4];

    dim_crypto_init();
    g_autoptr(DimMpi) mpi = dim_rsa_scan(number, sizeof number);
    g_autoptr(DimMpi) zero = dim_rsa_scan(number, 2);
    ASSERT_NE(mpi, nullptr);
    memset(out, 0xee, sizeof out);
    EXPECT_TRUE(dim_rsa_print(mpi, out, 4));
    EXPECT_EQ(memcmp(out, number, 4), 0);
    EXPECT_TRUE(dim_rsa_print(mpi, out, 2));
    EXPECT_EQ(out[0], 0x12);
    EXPECT_FALSE(dim_rsa_print(mpi, out, 1));
    EXPECT_TRUE(dim_rsa_print(zero, out, 3));
    EXPECT_EQ(out[0] | out[1] | out[2], 0);
}

TEST(RsaKey, GivesItsPublicHalfAndAKeyOutsideOfSecureMemory)
{
    g_autoptr(GError) error = nullptr;
    auto *priv =
        static_cast<DimRsaPrivate *>(dim_rsa_private_read(nullptr, sample::RSA_PKCS8, &error));
    ASSERT_NE(priv, nullptr) << error->message;
    gpointer pub = dim_rsa_private_public(priv);
    gpointer spki = dim_rsa_public_read(nullptr, sample::RSA_SPKI, nullptr);
    gcry_sexp_t plain = dim_rsa_private_plain_sexp(priv);

    EXPECT_EQ(take(dim_rsa_public_der(pub)), take(dim_rsa_public_der(spki)));
    ASSERT_NE(plain, nullptr);
    EXPECT_EQ(gcry_pk_testkey(plain), 0u);
    gcry_sexp_release(plain);
    dim_rsa_private_free(priv);
    EXPECT_EQ(dim_rsa_public_bits(pub), 1024u) << "the half is a key of its own";
    dim_rsa_public_free(pub);
    dim_rsa_public_free(spki);
    dim_rsa_public_free(nullptr);
    dim_rsa_private_free(nullptr);
}
