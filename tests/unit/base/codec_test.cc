// SPDX-License-Identifier: GPL-2.0-or-later
// Text to bytes and back: fixed vectors, round trips, and everything that is nearly right.
#include "base/codec.h"

#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "base/errors.h"

static std::string
take(GBytes *bytes)
{
    if (bytes == nullptr)
        return "(refused)";
    gsize size;
    auto data = static_cast<const char *>(g_bytes_get_data(bytes, &size));
    std::string result = size > 0 ? std::string(data, size) : std::string();
    g_bytes_unref(bytes);
    return result;
}

static std::string
take(char *text)
{
    std::string result = text;
    g_free(text);
    return result;
}

static const guint8 *
bytes_of(const std::string &text)
{
    return reinterpret_cast<const guint8 *>(text.data());
}

static bool
refuses(GBytes *(*decode)(const char *, GError **), const std::string &text)
{
    g_autoptr(GError) error = nullptr;
    g_autoptr(GBytes) bytes = decode(text.c_str(), &error);

    return bytes == nullptr && g_error_matches(error, DIM_ERROR, DIM_ERROR_MALFORMED);
}

static GBytes *
base64(const char *text, GError **error)
{
    return dim_base64_decode(text, -1, error);
}

/* Deterministic bytes of every length up to 100. */
static std::vector<std::string>
samples()
{
    std::vector<std::string> all;
    guint32 state = 7;

    for (gsize length = 0; length <= 100; length++) {
        std::string one;
        for (gsize i = 0; i < length; i++) {
            state = state * 1664525u + 1013904223u;
            one.push_back(i < length / 10 ? '\0' : static_cast<char>(state >> 24));
        }
        all.push_back(one);
    }
    return all;
}

TEST(Codec, ReadsBackWhatItWrites)
{
    for (const auto &one : samples()) {
        EXPECT_EQ(take(dim_hex_decode(take(dim_hex_encode(bytes_of(one), one.size())).c_str(),
                                      nullptr)),
                  one);
        EXPECT_EQ(take(dim_base58_decode(
                      take(dim_base58_encode(bytes_of(one), one.size())).c_str(), nullptr)),
                  one);
        EXPECT_EQ(
            take(base64(take(dim_base64_encode(bytes_of(one), one.size())).c_str(), nullptr)),
            one);
    }
}

TEST(Hex, IsLowerCaseOutAndEitherCaseIn)
{
    EXPECT_EQ(take(dim_hex_encode(bytes_of("\x01\xab\xff"), 3)), "01abff");
    EXPECT_EQ(take(dim_hex_decode("01aBFf", nullptr)), "\x01\xab\xff");
    EXPECT_EQ(take(dim_hex_decode("", nullptr)), "");
}

TEST(Hex, RefusesOddAndForeignText)
{
    for (const char *text : { "0", "0g", "0x01", " 01", "01 ", "-1", "\xc3\xa9" })
        EXPECT_TRUE(refuses(dim_hex_decode, text)) << text;
}

TEST(Base58, KnowsTheVectorsOfBitcoin)
{
    const struct {
        const char *hex;
        const char *text;
    } cases[] = {
        { "", "" },
        { "61", "2g" },
        { "626262", "a3gV" },
        { "516b6fcd0f", "ABnLTmg" },
        { "bf4f89001e670274dd", "3SEo3LWLoPntC" },
        { "00000000000000000000", "1111111111" },
        { "00eb15231dfceb60925886b67d065299925915aeb172c06647",
          "1NS17iag9jJgTHD1VXjvLCEnZuQ3rJDE9L" },
        { "572e4794", "3EFU7m" },
    };

    for (const auto &one : cases) {
        std::string bytes = take(dim_hex_decode(one.hex, nullptr));

        EXPECT_EQ(take(dim_base58_encode(bytes_of(bytes), bytes.size())), one.text);
        EXPECT_EQ(take(dim_base58_decode(one.text, nullptr)), bytes);
    }
}

TEST(Base58, RefusesForeignDigitsAndLongText)
{
    for (const char *text : { "0", "O", "I", "l", "2g ", " 2g", "2-g" })
        EXPECT_TRUE(refuses(dim_base58_decode, text)) << text;
    EXPECT_FALSE(refuses(dim_base58_decode, std::string(256, 'z')));
    EXPECT_FALSE(refuses(dim_base58_decode, std::string(256, '1')));
    EXPECT_TRUE(refuses(dim_base58_decode, std::string(257, '1')));
    EXPECT_TRUE(refuses(dim_base58_decode, std::string(100000, 'z')));
}

TEST(Base64, KnowsTheVectorsOfRfc4648)
{
    const char *plain[] = { "", "f", "fo", "foo", "foob", "fooba", "foobar" };
    const char *coded[] = { "", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy" };

    for (int i = 0; i < 7; i++) {
        EXPECT_EQ(take(dim_base64_encode(bytes_of(plain[i]), static_cast<gsize>(i))), coded[i]);
        EXPECT_EQ(take(base64(coded[i], nullptr)), plain[i]);
    }
}

TEST(Base64, IsWrittenAsGLibDoes)
{
    std::vector<guint8> bytes;

    EXPECT_EQ(take(dim_base64_encode(nullptr, 0)), "");
    for (unsigned size = 1; size < 300; size++) {
        bytes.push_back(static_cast<guint8>(size * 151 + size / 7));
        g_autofree char *ours = dim_base64_encode(bytes.data(), bytes.size());
        g_autofree char *glib = g_base64_encode(bytes.data(), bytes.size());

        ASSERT_STREQ(ours, glib);
    }
}

TEST(Base64, SkipsBlanksAnywhere)
{
    EXPECT_EQ(take(base64(" Zm\r\n9v\tYg =\n= ", nullptr)), "foob");
    EXPECT_EQ(take(base64(" \r\n", nullptr)), "");
}

TEST(Base64, StopsAtTheGivenLength)
{
    EXPECT_EQ(take(dim_base64_decode("Zm9vYmFy", 4, nullptr)), "foo");
    EXPECT_EQ(take(dim_base64_decode("Zm9v\0Zm9v", 9, nullptr)), "(refused)");
}

TEST(Base64, RefusesWhatIsNotCanonical)
{
    for (const char *text :
         { "Z",    "Zg",   "Zg=",      "Zg===", "Zm8",         "Zm9v=",     "Zm9v====",
           "=",    "====", "Zg==Zg==", "Zm=8",  "Zh==",        "Zm9=",      "Zm9-",
           "Zm9_", "QU*J", "QUJ!",     "Zm\vv", "Zm\xc2\xa0v", "Zm9vYmFyZ", "Z=g=" })
        EXPECT_TRUE(refuses(base64, text)) << text;
}

TEST(Ted, ReadsTheThreeTextForms)
{
    for (const char *text :
         { "SGVsbG8=", "base64,SGVsbG8=", "hex,48656c6c6f", "HEX,48656C6C6F", "base58,9Ajdvzr",
           "data:text/plain;base64,SGVsbG8=", "data:image/png;filename=a.png;base64,SGVsbG8=",
           "data:,Hello", "data:text/plain;charset=utf-8,Hello" })
        EXPECT_EQ(take(dim_ted_decode(text, nullptr)), "Hello") << text;
}

TEST(Ted, RefusesBrokenForms)
{
    for (const char *text : { "data:text/plain;base64", "data:;base64,*", "hex,4", "base58,0",
                              "base64,a", "rot13,SGVsbG8=", "{\"data\":\"SGVsbG8=\"}" })
        EXPECT_TRUE(refuses(dim_ted_decode, text)) << text;
}
