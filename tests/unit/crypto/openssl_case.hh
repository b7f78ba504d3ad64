// SPDX-License-Identifier: GPL-2.0-or-later
// OpenSSL's own program, in a folder that goes with the test.
#pragma once

#include <fstream>
#include <gtest/gtest.h>
#include <sstream>

#include "helpers.hh"
#include "tests/support/folder.hh"

class OpenSslCase : public ::testing::Test {
  protected:
    support::Folder folder;

    // Runs the program in the folder; what it printed.
    std::string
    run(const std::string &arguments)
    {
        const std::string line = "openssl " + arguments;
        g_auto(GStrv) words = nullptr;
        g_autofree char *out = nullptr;
        g_autofree char *noise = nullptr;
        g_autoptr(GError) error = nullptr;
        int status = 0;

        EXPECT_TRUE(g_shell_parse_argv(line.c_str(), nullptr, &words, &error));
        EXPECT_TRUE(g_spawn_sync(folder.path().c_str(), words, nullptr, G_SPAWN_SEARCH_PATH,
                                 nullptr, nullptr, &out, &noise, &status, &error))
            << line;
        EXPECT_EQ(status, 0) << line << "\n" << (noise != nullptr ? noise : "");
        return out != nullptr ? out : "";
    }
    void
    write(const std::string &name, const std::string &bytes)
    {
        std::ofstream(folder.file(name), std::ios::binary) << bytes;
    }
    std::string
    read(const std::string &name)
    {
        std::ostringstream text;

        text << std::ifstream(folder.file(name), std::ios::binary).rdbuf();
        return text.str();
    }
};
