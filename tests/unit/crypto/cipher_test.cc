// SPDX-License-Identifier: GPL-2.0-or-later
// Talk keys: the vector of appendix B.4, padding looked at in full, key objects in every form.
#include "crypto/cipher.h"

#include <gtest/gtest.h>

#include "base/errors.h"

#include "helpers.hh"
#include "tests/unit/wipe_witness.hh"

static const char KEY_TEXT[] =
    "{\"algorithm\":\"AES\",\"data\":\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\"}";
static const guint8 IV[16] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };

static DimCipherKey *
from_text(const std::string &text, GError **error = nullptr)
{
    Object object(dim_json_parse(text.c_str(), -1, nullptr));
    return dim_cipher_key_from_json(object.get(), error);
}

static DimCipherKey *
from_secret(const std::string &text, GError **error = nullptr)
{
    g_autoptr(DimSecret) secret = dim_secret_new(text.data(), text.size());
    return dim_cipher_key_from_secret(secret, error);
}

static std::string
encrypt(const DimCipherKey *key, const std::string &text)
{
    return take(dim_cipher_key_encrypt(key, text.data(), text.size(), IV, nullptr));
}

static std::string
decrypt(const DimCipherKey *key, const std::string &data, GError **error = nullptr)
{
    return take(dim_cipher_key_decrypt(key, data.data(), data.size(), IV, error));
}

TEST(Cipher, KnowsTheVectorOfTheProtocol)
{
    g_autoptr(DimCipherKey) key = from_text(KEY_TEXT);
    std::string text = "{\"type\":1,\"sn\":1,\"text\":\"hi\"}";
    std::string data =
        take(dim_base64_decode("TyWJyXLZ09V0s3BGV5zJADkly/T8I8NhJAEmV+eBdK4=", -1, nullptr));

    EXPECT_EQ(encrypt(key, text), data);
    EXPECT_EQ(decrypt(key, data), text);
}

TEST(Cipher, ReadsBackTextsOfEveryLength)
{
    g_autoptr(DimCipherKey) key = dim_cipher_key_new();

    for (gsize length = 0; length < 70; length++) {
        std::string text(length, static_cast<char>(length));
        std::string data = encrypt(key, text);
        EXPECT_EQ(data.size(), (length / 16 + 1) * 16);
        EXPECT_EQ(decrypt(key, data), text);
    }
}

/* CBC: changing a byte of the block before changes the same byte of the padding. */
TEST(Cipher, LooksAtEveryByteOfThePadding)
{
    g_autoptr(DimCipherKey) key = dim_cipher_key_new();
    std::string data = encrypt(key, "0123456789abcdef0123"); // 12 bytes of padding

    for (gsize i = 4; i < 16; i++) {
        g_autoptr(GError) error = nullptr;
        std::string bad = data;
        bad[i] ^= 0x20;
        EXPECT_EQ(decrypt(key, bad, &error), "(none)") << i;
        EXPECT_TRUE(g_error_matches(error, DIM_ERROR, DIM_ERROR_NO_KEY));
    }
    data[3] ^= 0x20;
    EXPECT_NE(decrypt(key, data), "(none)");
}

TEST(Cipher, RefusesPaddingOfNothingAndOfTooMuch)
{
    g_autoptr(DimCipherKey) key = dim_cipher_key_new();
    std::string data =
        encrypt(key, "0123456789abcdef"); // a whole block of padding, 16 times 0x10

    for (guint last : { 0x00u, 0x11u, 0x20u, 0xffu }) {
        std::string bad = data;
        for (gsize i = 0; i < 16; i++)
            bad[i] = static_cast<char>(data[i] ^ 0x10 ^ static_cast<char>(last));
        EXPECT_EQ(decrypt(key, bad), "(none)") << last;
    }
}

TEST(Cipher, RefusesPartsOfBlocksAndNothing)
{
    g_autoptr(DimCipherKey) key = dim_cipher_key_new();
    std::string data = encrypt(key, "0123456789abcdef");

    for (gsize length = 0; length < data.size(); length++) {
        g_autoptr(GError) error = nullptr;
        if (length % 16 == 0 && length > 0)
            continue;
        {
            EXPECT_EQ(decrypt(key, data.substr(0, length), &error), "(none)") << length;
        }
        EXPECT_TRUE(g_error_matches(error, DIM_ERROR, DIM_ERROR_NO_KEY));
    }
}

TEST(Cipher, AWrongKeyOpensNothing)
{
    g_autoptr(DimCipherKey) key = dim_cipher_key_new();
    std::string text(64, 'x');
    std::string data = encrypt(key, text);

    for (int i = 0; i < 200; i++) {
        g_autoptr(DimCipherKey) other = dim_cipher_key_new();
        EXPECT_FALSE(dim_cipher_key_equal(key, other));
        EXPECT_NE(decrypt(other, data), text);
    }
}

TEST(PlainKey, ChangesNothing)
{
    g_autoptr(DimCipherKey) key = dim_cipher_key_plain();
    g_autoptr(DimCipherKey) parsed = from_text("{\"algorithm\":\"PLAIN\"}");

    EXPECT_EQ(encrypt(key, "text"), "text");
    EXPECT_EQ(decrypt(key, "text"), "text");
    EXPECT_TRUE(dim_cipher_key_is_plain(parsed));
    EXPECT_TRUE(dim_cipher_key_equal(key, parsed));
}

TEST(CipherKey, ComesInEveryForm)
{
    g_autoptr(DimCipherKey) want = from_text(KEY_TEXT);

    ASSERT_NE(want, nullptr);
    EXPECT_FALSE(dim_cipher_key_is_plain(want));
    EXPECT_EQ(dim_cipher_key_iv(want), nullptr);
    for (const char *text :
         { "{\"algorithm\":\"AES/CBC/"
           "PKCS7Padding\",\"data\":\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\"}",
           "{\"A\":\"AES\",\"D\":\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\",\"I\":"
           "\"AAECAwQFBgcICQoLDA0ODw==\"}",
           "{\"algorithm\":\"AES\",\"data\":\"hex,"
           "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\","
           "\"iv\":\"AAECAwQFBgcICQoLDA0ODw==\",\"mode\":\"CBC\",\"padding\":\"PKCS7\","
           "\"keySize\":32}",
           "{\"algorithm\":\"AES\",\"IV\":null,\"data\":{\"algorithm\":\"base64\",\"data\":"
           "\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\"}}" }) {
        g_autoptr(DimCipherKey) key = from_text(text);
        ASSERT_NE(key, nullptr) << text;
        EXPECT_TRUE(dim_cipher_key_equal(want, key)) << text;
        if (dim_cipher_key_iv(key) != nullptr) {
            EXPECT_EQ(memcmp(dim_cipher_key_iv(key), IV, 16), 0);
        }
    }
}

TEST(CipherKey, RefusesBrokenAndForeignObjects)
{
    const struct {
        const char *text;
        DimError code;
    } cases[] = {
        { "{}", DIM_ERROR_MALFORMED },
        { "{\"algorithm\":\"AES\"}", DIM_ERROR_MALFORMED },
        { "{\"algorithm\":\"AES\",\"data\":\"*\"}", DIM_ERROR_MALFORMED },
        { "{\"algorithm\":\"AES\",\"data\":5}", DIM_ERROR_MALFORMED },
        { "{\"algorithm\":\"AES\",\"data\":\"\"}", DIM_ERROR_UNSUPPORTED },
        { "{\"algorithm\":\"AES\",\"data\":\"AAECAwQFBgcICQoLDA0ODw==\"}",
          DIM_ERROR_UNSUPPORTED },
        { "{\"algorithm\":\"AES\",\"data\":\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g\"}",
          DIM_ERROR_UNSUPPORTED },
        { "{\"algorithm\":\"AES\",\"data\":\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\","
          "\"iv\":\"AA==\"}",
          DIM_ERROR_MALFORMED },
        { "{\"algorithm\":\"AES\",\"data\":\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\","
          "\"iv\":\"*\"}",
          DIM_ERROR_MALFORMED },
        { "{\"algorithm\":\"DES\",\"data\":\"AAECAwQFBgc=\"}", DIM_ERROR_UNSUPPORTED },
        { "{\"algorithm\":\"DES\",\"data\":\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\"}",
          DIM_ERROR_UNSUPPORTED },
    };

    for (const auto &one : cases) {
        g_autoptr(GError) error = nullptr;
        g_autoptr(DimCipherKey) key = from_text(one.text, &error);
        EXPECT_EQ(key, nullptr) << one.text;
        EXPECT_TRUE(g_error_matches(error, DIM_ERROR, one.code)) << one.text;
    }
}

TEST(CipherKey, IsWrappedAsTheOfficialClientsDo)
{
    g_autoptr(DimCipherKey) key = from_text(KEY_TEXT);
    std::string text = take(dim_cipher_key_to_secret(key));
    g_autoptr(DimCipherKey) again = from_secret(text);

    EXPECT_EQ(text, KEY_TEXT);
    EXPECT_EQ(text.size(), 73u);
    ASSERT_NE(again, nullptr);
    EXPECT_TRUE(dim_cipher_key_equal(key, again));
}

TEST(CipherKey, UnwrapsInOneWayOrNot)
{
    for (const std::string &text :
         { std::string(), std::string("x"), std::string("[]"), std::string("{}"),
           std::string(KEY_TEXT) + "x", std::string(KEY_TEXT) + KEY_TEXT,
           std::string("{\"algorithm\":\"PLAIN\"}"),
           std::string("{\"algorithm\":\"AES\",\"data\":\"AAEC\"}"), std::string("\xff\xfe", 2),
           std::string(3, '\0') }) {
        g_autoptr(GError) error = nullptr;
        g_autoptr(DimCipherKey) key = from_secret(text, &error);
        EXPECT_EQ(key, nullptr) << text;
        EXPECT_TRUE(g_error_matches(error, DIM_ERROR, DIM_ERROR_MALFORMED)) << text;
        EXPECT_STREQ(error->message, "not a wrapped key");
    }
}

TEST(CipherKey, IsWipedWhenItsLastOwnerLetsGo)
{
    DimCipherKey *key = from_text(KEY_TEXT);
    std::string bytes = from_hex("000102030405060708090a0b0c0d0e0f"
                                 "101112131415161718191a1b1c1d1e1f");

    wiped.clear();
    dim_cipher_key_unref(dim_cipher_key_ref(key));
    EXPECT_EQ(wiped, "");
    dim_cipher_key_unref(key);
    EXPECT_NE(wiped.find(bytes), std::string::npos);
}

TEST(Chance, NeverComesTwice)
{
    guint8 one[32], other[32];

    dim_random_strong(one, sizeof one);
    dim_random_strong(other, sizeof other);
    EXPECT_NE(memcmp(one, other, sizeof one), 0);
    dim_random_nonce(one, sizeof one);
    dim_random_nonce(other, sizeof other);
    EXPECT_NE(memcmp(one, other, sizeof one), 0);
}
