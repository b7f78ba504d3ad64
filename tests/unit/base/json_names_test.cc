// SPDX-License-Identifier: GPL-2.0-or-later
// Objects of many names: those that make a table slow are refused, and no others.
#include <ctime>
#include <gtest/gtest.h>

extern "C" {
#include "base/json.h"
}

#include "tests/support/autoptr.hh"
#include "tests/unit/base/colliding.hh"

namespace {

std::string
object_of(const std::vector<std::string> &names)
{
    std::string text;

    for (const std::string &name : names)
        text += (text.empty() ? "{\"" : ",\"") + name + "\":1";
    return text + "}";
}

bool
is_taken(const std::vector<std::string> &names)
{
    OWNED(JsonObject) object(dim_json_parse(object_of(names).c_str(), -1, nullptr));

    return object != nullptr;
}

TEST(JsonNames, ThatAllWantOnePlaceOfATableAreRefused)
{
    for (const size_t count : { 100, 1000, 10000 })
        EXPECT_FALSE(is_taken(support::colliding_names(count))) << count;
    EXPECT_TRUE(is_taken(support::colliding_names(40)));
    EXPECT_FALSE(is_taken(support::crowding_names(10000, 16381)));
    EXPECT_FALSE(is_taken(support::crowding_names(5000, 8191)));
    EXPECT_FALSE(is_taken(support::crowding_names(400, 509)));
}

TEST(JsonNames, SpelledWithEscapesCollideAsWell)
{
    std::vector<std::string> names = support::colliding_names(100);

    for (std::string &name : names)
        name.replace(0, 1, name[0] == 'A' ? "\\u0041" : "\\u0042");
    EXPECT_FALSE(is_taken(names));
}

// Numbered, with one word before, in hexadecimal, of a few letters: what programs and people make.
TEST(JsonNames, OfManyMembersAreTaken)
{
    for (const size_t count : { 33, 65, 129, 257, 1000, 2500, 5000, 10000 }) {
        std::vector<std::vector<std::string>> kinds(5);

        for (size_t i = 0; i < count; i++) {
            char text[64];

            kinds[0].push_back(std::to_string(i));
            g_snprintf(text, sizeof text, "member%06zu@0x0123456789", i);
            kinds[1].emplace_back(text);
            g_snprintf(text, sizeof text, "0x%040zx", i * 7919); // a step that has many meet
            kinds[2].emplace_back(text);
            g_snprintf(text, sizeof text, "%c%c%c%c", 'a' + static_cast<char>(i % 26),
                       'a' + static_cast<char>(i / 26 % 26),
                       'a' + static_cast<char>(i / 676 % 26), 'z');
            kinds[3].emplace_back(text);
            kinds[4].push_back("\xc3\xa9" + std::to_string(i * 33)); // a negative signed char
        }
        for (size_t kind = 0; kind < kinds.size(); kind++)
            EXPECT_TRUE(is_taken(kinds[kind])) << kind << " " << count;
    }
}

// A parse that the names of a stranger make a hundred times slower stops the program that shows windows.
TEST(JsonNames, NoNamesMakeAParseMuchSlower)
{
    auto cost = [](const std::string &text) {
        clock_t least = 0;

        for (int i = 0; i < 3; i++) {
            const clock_t start = std::clock();

            OWNED(JsonObject) object(dim_json_parse(text.c_str(), -1, nullptr));
            const clock_t took = std::clock() - start;
            least = i == 0 ? took : std::min(least, took);
        }
        return least;
    };
    std::vector<std::string> ordinary;

    for (size_t i = 0; i < 10000; i++)
        ordinary.push_back("name-of-twenty-eight-" + std::to_string(1000000 + i));
    const clock_t usual = cost(object_of(ordinary));
    EXPECT_LT(cost(object_of(support::colliding_names(10000))), 8 * usual);
    EXPECT_LT(cost(object_of(support::crowding_names(10000, 16381))), 8 * usual);
    EXPECT_LT(cost(object_of(support::crowding_names(10000, 8191))), 8 * usual);
    EXPECT_LT(cost(object_of(support::crowding_names(10000, 4093))), 8 * usual);
}

} // namespace
