// SPDX-License-Identifier: GPL-2.0-or-later
// Writing numbers and strings: as short as can be, and the same when read again.
#include <cmath>
#include <cstring>
#include <gtest/gtest.h>
#include <string>

#include "base/json.h"

// What a tree with this number in it is written as.
static std::string
written(double value)
{
    g_autoptr(JsonObject) object = json_object_new();

    json_object_set_double_member(object, "v", value);
    g_autofree char *text = dim_json_write(object);
    return std::string(text).substr(5, strlen(text) - 6);
}

// The shortest text that reads back the same, by printf alone.
static std::string
shortest(double value)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];

    for (const char *format : { "%.15g", "%.16g", "%.17g" }) {
        g_ascii_formatd(text, sizeof text, format, value);
        if (g_ascii_strtod(text, nullptr) == value)
            break;
    }
    return strpbrk(text, ".e") == nullptr ? std::string(text) + ".0" : text;
}

static std::string
decimal(double value)
{
    GString *out = g_string_new("=");
    bool done = dim_json_append_decimal(out, value);
    std::string text = out->str;

    g_string_free(out, TRUE);
    EXPECT_EQ(done, text != "=");
    return text;
}

TEST(JsonNumber, IsWrittenAsShortAsCanBe)
{
    EXPECT_EQ(written(1700000000), "1700000000.0");
    EXPECT_EQ(written(1700000000.5), "1700000000.5");
    EXPECT_EQ(written(1700000000.000001), "1700000000.000001");
    EXPECT_EQ(written(1795275681.907532), "1795275681.907532");
    EXPECT_EQ(written(0), "0.0");
    EXPECT_EQ(written(-2.5), "-2.5");
    EXPECT_EQ(written(0.1), "0.1");
    EXPECT_EQ(written(1e300), "1e+300");
    EXPECT_EQ(written(HUGE_VAL), "null");
    EXPECT_EQ(written(std::nan("")), "null");
}

TEST(JsonNumber, IsTheSameAsByPrintf)
{
    g_autoptr(GRand) chance = g_rand_new_with_seed(7);

    for (double value : { 1.0, 1.000001, 1.0000001, 0.999999, 3999999999.999999, 4e9, 4e9 + 0.5,
                          1.5, 123456.789, 2147483648.000001, 4294967295.5 })
        EXPECT_EQ(written(value), shortest(value));
    for (int i = 0; i < 10000; i++) {
        double any = g_rand_double_range(chance, 0, 4.3e9);
        double exact = std::floor(any * 1e6) / 1e6;
        double near = std::nextafter(exact, i % 2 == 0 ? 0 : 1e10);
        double small = g_rand_double_range(chance, 0, 3);

        for (double value : { any, exact, near, small, std::floor(small * 1e6) / 1e6 })
            ASSERT_EQ(written(value), shortest(value));
    }
}

TEST(JsonNumber, IsADecimalOnlyWithinItsBounds)
{
    EXPECT_EQ(decimal(1), "=1");
    EXPECT_EQ(decimal(1700000000.25), "=1700000000.25");
    EXPECT_EQ(decimal(3999999999.5), "=3999999999.5");
    for (double value :
         { 0.0, -1.0, 0.5, 1.0000001, 4e9, 1e300, -HUGE_VAL, HUGE_VAL, std::nan("") })
        EXPECT_EQ(decimal(value), "=") << value;
}

TEST(JsonString, EscapesWhatMustBe)
{
    for (int c = 1; c < 256; c++) {
        std::string text =
            std::string("ab") + static_cast<char>(c) + static_cast<char>(c) + "z";
        GString *out = g_string_new(nullptr);

        dim_json_append_string(out, text.c_str());
        bool escaped = strchr(out->str, '\\') != nullptr;
        EXPECT_EQ(escaped, c < 0x20 || c == '"' || c == '\\' || c == 0x7f) << c;
        if (c < 0x80) {
            std::string whole = std::string("{\"v\":") + out->str + "}";
            g_autoptr(JsonObject) object = dim_json_parse(whole.c_str(), -1, nullptr);

            ASSERT_NE(object, nullptr) << c;
            EXPECT_EQ(text, dim_json_text(object, "v")) << c;
        }
        g_string_free(out, TRUE);
    }
}

TEST(JsonNumber, IsReadToTheBit)
{
    g_autoptr(GRand) chance = g_rand_new_with_seed(11);

    for (int i = 0; i < 50000; i++) {
        std::string number = i % 3 == 0 ? "-" : "";
        int whole = 1 + i % 20, places = i / 20 % 20;

        number += static_cast<char>('1' + g_rand_int_range(chance, 0, 9));
        for (int k = 1; k < whole; k++)
            number += static_cast<char>('0' + g_rand_int_range(chance, 0, 10));
        number += ".";
        for (int k = 0; k <= places; k++)
            number += static_cast<char>('0' + g_rand_int_range(chance, 0, 10));
        if (i % 7 == 0)
            number += "e-3";
        std::string text = "{\"v\":" + number + "}";
        g_autoptr(JsonObject) object = dim_json_parse(text.c_str(), -1, nullptr);
        ASSERT_NE(object, nullptr) << text;
        ASSERT_EQ(json_object_get_double_member(object, "v"),
                  g_ascii_strtod(number.c_str(), nullptr))
            << text;
    }
}
