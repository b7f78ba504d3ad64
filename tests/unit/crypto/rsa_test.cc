// SPDX-License-Identifier: GPL-2.0-or-later
// RSA: foreign signatures and ciphertexts, and every forgery that a lazy reader of PKCS#1 lets through.
#include <gtest/gtest.h>

#include "base/errors.h"
#include "crypto/digest.h"
#include "crypto/libgcrypt.h"
#include "crypto/pem.h"

#include "helpers.hh"
#include "quiet_jitter.hh"
#include "sample_keys.hh"

static const size_t SIZE = 128;

static std::string
bytes(size_t count, int value)
{
    return std::string(count, static_cast<char>(value));
}

/* base^exponent mod n, all hex but the base; as SIZE bytes */
static std::string
power(const std::string &base, const std::string &exponent_hex, const std::string &modulus_hex)
{
    g_autoptr(DimMpi) b = nullptr;
    g_autoptr(DimMpi) e = nullptr;
    g_autoptr(DimMpi) n = nullptr;
    std::string exponent = from_hex(exponent_hex), modulus = from_hex(modulus_hex);

    dim_crypto_init();
    gcry_mpi_scan(&b, GCRYMPI_FMT_USG, base.data(), base.size(), nullptr);
    gcry_mpi_scan(&e, GCRYMPI_FMT_USG, exponent.data(), exponent.size(), nullptr);
    gcry_mpi_scan(&n, GCRYMPI_FMT_USG, modulus.data(), modulus.size(), nullptr);
    gcry_mpi_powm(b, b, e, n);
    std::string out(SIZE + 8, '\0');
    size_t written = 0;
    gcry_mpi_print(GCRYMPI_FMT_USG, reinterpret_cast<guint8 *>(&out[0]), out.size(), &written,
                   b);
    return std::string(SIZE - written, '\0') + out.substr(0, written);
}

static std::string
forge(const std::string &block)
{
    return power(block, sample::RSA_EXPONENT, sample::RSA_MODULUS);
}

static std::string
wrap(const std::string &block)
{
    return power(block, "010001", sample::RSA_MODULUS);
}

static std::string
digest_of(const std::string &text)
{
    std::string out(32, '\0');

    dim_sha256(text.data(), text.size(), reinterpret_cast<guint8 *>(&out[0]));
    return out;
}

static const std::string INFO = from_hex("3031300d060960864801650304020105000420");

TEST(RsaSignature, IsTheOneThatOthersMake)
{
    PrivateKey key = private_key("RSA", sample::RSA_PKCS1);
    PublicKey pub = public_key("RSA", sample::RSA_SPKI);

    EXPECT_EQ(to_hex(sign(key, "hello world")), sample::RSA_SIGNATURE);
    EXPECT_TRUE(verifies(pub, "hello world", from_hex(sample::RSA_SIGNATURE)));
    EXPECT_FALSE(verifies(pub, "hello worlds", from_hex(sample::RSA_SIGNATURE)));
    EXPECT_FALSE(verifies(pub, "", from_hex(sample::RSA_SIGNATURE)));
}

/* This key has its smaller prime first, as PyCryptodome writes it. Given to libgcrypt in the wrong order, one signature
 * in some hundred came out as n - s. */
TEST(RsaSignature, IsGoodEveryTimeWhicheverPrimeComesFirst)
{
    PrivateKey key = private_key("RSA", sample::RSA_PKCS1);

    for (int i = 0; i < 1500; i++)
        ASSERT_EQ(to_hex(sign(key, "hello world")), sample::RSA_SIGNATURE) << i;
}

TEST(RsaSignature, FailsWithEveryChangedByteAndLength)
{
    PublicKey pub = public_key("RSA", sample::RSA_SPKI);
    std::string good = from_hex(sample::RSA_SIGNATURE);

    for (size_t i = 0; i < good.size(); i++) {
        std::string bad = good;
        bad[i] = static_cast<char>(bad[i] ^ 1);
        EXPECT_FALSE(verifies(pub, "hello world", bad)) << i;
        EXPECT_FALSE(verifies(pub, "hello world", good.substr(0, i))) << i;
        EXPECT_FALSE(verifies(pub, "hello world", good.substr(i + 1))) << i;
    }
    EXPECT_FALSE(verifies(pub, "hello world", good + bytes(1, 0)));
    EXPECT_FALSE(verifies(pub, "hello world", bytes(1, 0) + good));
    EXPECT_FALSE(verifies(pub, "hello world", bytes(SIZE, 0)));
    EXPECT_FALSE(verifies(pub, "hello world", bytes(SIZE, 0xff)));
    EXPECT_FALSE(verifies(pub, "hello world", bytes(SIZE - 1, 0) + bytes(1, 1)));
}

TEST(RsaSignature, IsComparedInFull)
{
    PublicKey pub = public_key("RSA", sample::RSA_SPKI);
    std::string hash = digest_of("hello world");
    std::string zero = bytes(1, 0), one = bytes(1, 1);
    std::string no_null = from_hex("302f300b0609608648016503040201") + from_hex("0420");
    std::string sha1 = from_hex("3021300906052b0e03021a05000414") + hash.substr(0, 20);
    const struct {
        const char *what;
        std::string block;
    } bad[] = {
        { "digest only", zero + one + bytes(SIZE - 35, 0xff) + zero + hash },
        { "without NULL",
          zero + one + bytes(SIZE - 3 - no_null.size() - 32, 0xff) + zero + no_null + hash },
        { "garbage at the end",
          zero + one + bytes(8, 0xff) + zero + INFO + hash + bytes(SIZE - 62, 0) },
        { "garbage inside the padding",
          zero + one + bytes(71, 0xff) + bytes(3, 0xfe) + zero + INFO + hash },
        { "no separator", zero + one + bytes(75, 0xff) + INFO + hash },
        { "type 2", zero + bytes(1, 2) + bytes(74, 0xff) + zero + INFO + hash },
        { "type 0", zero + zero + bytes(74, 0) + zero + INFO + hash },
        { "another hash", zero + one + bytes(SIZE - 3 - sha1.size(), 0xff) + zero + sha1 },
        { "another hash of that size", zero + one + bytes(74, 0xff) + zero + INFO.substr(0, 14)
                                           + bytes(1, 4) + INFO.substr(15) + hash },
        { "wrong first byte", one + one + bytes(74, 0xff) + zero + INFO + hash },
    };

    ASSERT_TRUE(
        verifies(pub, "hello world", forge(zero + one + bytes(74, 0xff) + zero + INFO + hash)));
    for (const auto &one_bad : bad) {
        ASSERT_EQ(one_bad.block.size(), SIZE) << one_bad.what;
        EXPECT_FALSE(verifies(pub, "hello world", forge(one_bad.block))) << one_bad.what;
    }
}

/* s + n has the same power as s, and some libraries take it. */
TEST(RsaSignature, MustBeReduced)
{
    PrivateKey key = private_key("RSA", sample::RSA_PKCS1);
    PublicKey pub = public_half(key);
    std::string n = from_hex(sample::RSA_MODULUS);

    for (int i = 0; i < 1000; i++) {
        std::string text = std::to_string(i), s = sign(key, text), sum(SIZE, '\0');
        int carry = 0;
        for (size_t at = SIZE; at-- > 0;) {
            int digit = static_cast<guint8>(s[at]) + static_cast<guint8>(n[at]) + carry;
            sum[at] = static_cast<char>(digit);
            carry = digit >> 8;
        }
        if (carry != 0)
            continue;
        EXPECT_TRUE(verifies(pub, text, s));
        EXPECT_FALSE(verifies(pub, text, sum));
        return;
    }
    FAIL() << "no signature was small enough";
}

TEST(RsaWrap, OpensWhatOthersWrapped)
{
    PrivateKey key = private_key("RSA", sample::RSA_PKCS1);
    std::string data = from_hex(sample::RSA_CIPHERTEXT);

    EXPECT_EQ(take(dim_private_key_decrypt(key.get(), u8(data), data.size(), nullptr)),
              "hello world");
}

static std::string
unwrap(const PrivateKey &key, const std::string &data, GError **error = nullptr)
{
    return take(dim_private_key_decrypt(key.get(), u8(data), data.size(), error));
}

TEST(RsaWrap, HoldsUpToElevenBytesLessThanTheModulus)
{
    PrivateKey key = private_key("RSA", sample::RSA_PKCS1);

    for (size_t length : { size_t(0), size_t(1), size_t(73), size_t(116), size_t(117) }) {
        std::string text(length, 'x');
        g_autoptr(DimSecret) plain = dim_secret_new(text.data(), text.size());
        std::string data =
            take(dim_public_key_encrypt(dim_private_key_public(key.get()), plain, nullptr));
        EXPECT_EQ(data.size(), SIZE);
        EXPECT_EQ(unwrap(key, data), text);
    }
    g_autoptr(DimSecret) big = dim_secret_new_blank(118);
    g_autoptr(GError) error = nullptr;
    EXPECT_EQ(dim_public_key_encrypt(dim_private_key_public(key.get()), big, &error), nullptr);
    EXPECT_TRUE(g_error_matches(error, DIM_ERROR, DIM_ERROR_CRYPTO));
}

TEST(RsaWrap, IsNeverTheSameTwice)
{
    PublicKey pub = public_key("RSA", sample::RSA_SPKI);
    g_autoptr(DimSecret) plain = dim_secret_new("x", 1);

    EXPECT_NE(take(dim_public_key_encrypt(pub.get(), plain, nullptr)),
              take(dim_public_key_encrypt(pub.get(), plain, nullptr)));
}

TEST(RsaWrap, RefusesEveryBrokenBlockInOneWay)
{
    PrivateKey key = private_key("RSA", sample::RSA_PKCS1);
    std::string zero = bytes(1, 0), two = bytes(1, 2), n = from_hex(sample::RSA_MODULUS);
    std::string good = wrap(zero + two + bytes(8, 0xaa) + zero + bytes(117, 'x'));
    const struct {
        const char *what;
        std::string data;
    } bad[] = {
        { "seven bytes of padding",
          wrap(zero + two + bytes(7, 0xaa) + zero + bytes(118, 'x')) },
        { "no padding", wrap(zero + two + zero + bytes(125, 'x')) },
        { "no separator", wrap(zero + two + bytes(126, 0xaa)) },
        { "type 1", wrap(zero + bytes(1, 1) + bytes(8, 0xff) + zero + bytes(117, 'x')) },
        { "type 0", wrap(zero + zero + bytes(8, 0xff) + zero + bytes(117, 'x')) },
        { "first byte not zero",
          wrap(bytes(1, 1) + two + bytes(8, 0xaa) + zero + bytes(117, 'x')) },
        { "all zero", bytes(SIZE, 0) },
        { "one", bytes(SIZE - 1, 0) + bytes(1, 1) },
        { "the modulus", n },
        { "above the modulus", bytes(SIZE, 0xff) },
        { "too long", good + zero },
        { "too long in front", zero + good },
        { "too short", good.substr(0, SIZE - 1) },
        { "nothing", std::string() },
    };

    ASSERT_EQ(unwrap(key, good), bytes(117, 'x'));
    ASSERT_EQ(unwrap(key, wrap(zero + two + bytes(125, 0xaa) + zero)), "");
    for (const auto &one : bad) {
        g_autoptr(GError) error = nullptr;
        EXPECT_EQ(unwrap(key, one.data, &error), "(none)") << one.what;
        EXPECT_TRUE(g_error_matches(error, DIM_ERROR, DIM_ERROR_NO_KEY)) << one.what;
        EXPECT_STREQ(error->message, "the key does not open this") << one.what;
    }
}

/* A zero in the padding would cut the text short; one byte in 256 is one. */
TEST(RsaWrap, PadsWithoutAZero)
{
    PrivateKey key = private_key("RSA", sample::RSA_PKCS1);
    g_autoptr(DimSecret) plain = dim_secret_new("x", 1);

    for (int i = 0; i < 50; i++) {
        std::string data =
            take(dim_public_key_encrypt(dim_private_key_public(key.get()), plain, nullptr));
        ASSERT_EQ(unwrap(key, data), "x") << i;
    }
}

/* c + n is the same text in other bytes. */
TEST(RsaWrap, RefusesACiphertextThatIsNotReduced)
{
    PrivateKey key = private_key("RSA", sample::RSA_PKCS1);
    std::string n = from_hex(sample::RSA_MODULUS), zero = bytes(1, 0);

    for (int fill = 1; fill < 256; fill++) {
        std::string good = wrap(zero + bytes(1, 2) + bytes(120, fill) + zero + "text!");
        std::string sum = good;
        int carry = 0;

        for (size_t i = SIZE; i > 0; i--) {
            int digit =
                static_cast<guint8>(good[i - 1]) + static_cast<guint8>(n[i - 1]) + carry;
            sum[i - 1] = static_cast<char>(digit);
            carry = digit >> 8;
        }
        if (carry != 0)
            continue;
        EXPECT_EQ(unwrap(key, good), "text!");
        EXPECT_EQ(unwrap(key, sum), "(none)");
        return;
    }
    FAIL() << "no ciphertext was small enough";
}
