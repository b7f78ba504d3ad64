// SPDX-License-Identifier: GPL-2.0-or-later
// Nobody can make texts that collide: not those that do without a key, and none that outlive a run.
#include <gtest/gtest.h>
#include <iostream>
#include <set>

extern "C" {
#include "base/hash.h"
}

#include "tests/unit/base/colliding.hh"

namespace {

TEST(Hash, NamesMadeToCollideDoNot)
{
    std::set<guint> plain;
    std::set<guint> keyed;

    for (const std::string &name : support::colliding_names(8192)) {
        plain.insert(g_str_hash(name.c_str()));
        keyed.insert(dim_text_hash(name.c_str()));
    }
    EXPECT_EQ(plain.size(), 1u) << "else this test says nothing";
    EXPECT_GT(keyed.size(), 8180u);
}

// This program again, of which the child says what it has.
TEST(Hash, AnotherRunHasOtherValues)
{
    const std::string name = "DIM_TEST_TELLS_ITS_HASH";
    std::set<std::string> told;

    if (g_getenv(name.c_str()) != nullptr) {
        std::cout << "hash " << dim_text_hash("name") << std::endl;
        return;
    }
    g_setenv(name.c_str(), "1", TRUE);
    for (int i = 0; i < 3; i++) {
        const char *words[] = { "/proc/self/exe",
                                "--gtest_filter=Hash.AnotherRunHasOtherValues", nullptr };
        char *text = nullptr;

        ASSERT_TRUE(g_spawn_sync(nullptr, const_cast<char **>(words), nullptr, G_SPAWN_DEFAULT,
                                 nullptr, nullptr, &text, nullptr, nullptr, nullptr));
        const std::string said = text;
        const size_t at = said.find("hash ");
        g_free(text);
        ASSERT_NE(at, std::string::npos) << said;
        told.insert(said.substr(at, said.find('\n', at) - at));
    }
    g_unsetenv(name.c_str());
    EXPECT_GT(told.size(), 1u);
}

TEST(Hash, IsTheSameForTheSameText)
{
    const std::string one = "moki@4LA5FNbpxP38UresZVpfWroN2GVUmCWDdN";
    const std::string copy = one + "";

    EXPECT_EQ(dim_text_hash(one.c_str()), dim_text_hash(copy.c_str()));
    EXPECT_NE(dim_text_hash("a"), dim_text_hash("b"));
}

} // namespace
