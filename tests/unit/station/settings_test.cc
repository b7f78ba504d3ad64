// SPDX-License-Identifier: GPL-2.0-or-later
// Reading the station's configuration file.
#include "station/settings.h"

#include <fstream>
#include <gtest/gtest.h>

#include "tests/support/folder.hh"
#include "tests/support/matchers.hh"

namespace {

struct File {
    explicit File(const std::string &text)
    {
        std::ofstream(path) << text;
    }
    bool
    read()
    {
        return dim_settings_read(settings.get(), path.c_str(), &error) != FALSE;
    }
    support::Folder folder;
    std::string path = folder.file("station.conf");
    OWNED(DimSettings) settings{ dim_settings_new() };
    support::Error error;
};

TEST(Settings, ReadsEveryKindOfKey)
{
    File file("[station]\nname = My Station\nport=80\nkey-bits = 2048\n"
              "[ans]\narchivist = 0x4b3B4D5F4C1c6D4A4F1a0F1bE4c1C2D3e4F5a6B7\n"
              "[limits]\nconnections = 7\ntotal-bytes = 70000\n"
              "[services]\nsearch = no\nonline = yes\n");

    ASSERT_TRUE(file.read()) << file.error.message();
    EXPECT_STREQ(file.settings->name, "My Station");
    EXPECT_EQ(file.settings->port, 80);
    EXPECT_EQ(file.settings->visa_bits, 2048u);
    EXPECT_EQ(file.settings->max_connections, 7u);
    EXPECT_EQ(file.settings->total_bytes, 70000u);
    EXPECT_NE(dim_settings_resolve(file.settings.get(), "archivist"), nullptr);
    EXPECT_EQ(dim_settings_resolve(file.settings.get(), "nobody"), nullptr);
    EXPECT_EQ(dim_settings_resolve(file.settings.get(), "everyone"), dim_id_everyone());
    EXPECT_STREQ(file.settings->seed, "station");
    EXPECT_FALSE(file.settings->search);
    EXPECT_TRUE(file.settings->online);
}

TEST(Settings, NamesWhatItDoesNotUnderstand)
{
    const char *wrong[] = { "[limits]\nconections = 7\n",
                            "[limits]\nrate = many\n",
                            "[limits]\nrate = 0\n",
                            "[station]\nkey-bits = 1500\n",
                            "[station]\nseed = a@b\n",
                            "[station]\nname =\n",
                            "[ans]\nbot = word\n",
                            "[ans]\nbot = station@anywhere\n",
                            "[colours]\nred = 1\n",
                            "[services]\nsearch = 1\n",
                            "[limits]\nkept-bytes = 9999999\n" };

    for (const char *text : wrong) {
        File file(text);

        EXPECT_FALSE(file.read()) << text;
        EXPECT_TRUE(support::failed_with(file.error, DIM_ERROR_MALFORMED)) << text;
    }
}

TEST(Settings, FailsWithoutAFile)
{
    OWNED(DimSettings) settings(dim_settings_new());
    support::Error error;

    EXPECT_FALSE(dim_settings_read(settings.get(), "/nonexistent/station.conf", &error));
    EXPECT_TRUE(error);
}

} // namespace
