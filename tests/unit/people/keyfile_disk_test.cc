// SPDX-License-Identifier: GPL-2.0-or-later
// The file of an identity that is carried: its owner's alone, never over another, and nothing else is read as one.
#include <fstream>
#include <glib/gstdio.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "people/keyfile.h"

#include "tests/support/folder.hh"
#include "tests/support/full_disk.hh"
#include "tests/support/matchers.hh"

using support::Error;
using support::failed_with;

namespace {

class KeyfileDisk : public ::testing::Test {
  protected:
    std::string
    loaded(const std::string &name)
    {
        support::Text text(dim_keyfile_load(folder.file(name).c_str(), &error));

        return text != nullptr ? text.get() : "(none)";
    }
    support::Folder folder;
    Error error;
};

} // namespace

TEST_F(KeyfileDisk, IsForItsOwnerAlone)
{
    struct stat about = {};
    const mode_t mask = umask(0);

    ASSERT_TRUE(dim_keyfile_save(folder.file("me").c_str(), "text\n", &error));
    umask(mask);
    ASSERT_EQ(stat(folder.file("me").c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 07777, 0600u);
    EXPECT_EQ(loaded("me"), "text\n");
}

TEST_F(KeyfileDisk, NothingIsWrittenOver)
{
    ASSERT_TRUE(dim_keyfile_save(folder.file("me").c_str(), "first", &error));
    EXPECT_FALSE(dim_keyfile_save(folder.file("me").c_str(), "second", &error));
    EXPECT_TRUE(failed_with(error, DIM_ERROR_STORAGE));
    EXPECT_EQ(loaded("me"), "first");
    ASSERT_EQ(symlink("elsewhere", folder.file("link").c_str()), 0);
    EXPECT_FALSE(dim_keyfile_save(folder.file("link").c_str(), "text", &error));
    EXPECT_FALSE(g_file_test(folder.file("elsewhere").c_str(), G_FILE_TEST_EXISTS));
}

TEST_F(KeyfileDisk, OnAFullDiskNothingIsLeft)
{
    {
        support::FullDisk full;

        EXPECT_FALSE(dim_keyfile_save(folder.file("me").c_str(), "text", &error));
    }
    EXPECT_TRUE(failed_with(error, DIM_ERROR_STORAGE));
    EXPECT_FALSE(g_file_test(folder.file("me").c_str(), G_FILE_TEST_EXISTS));
    EXPECT_FALSE(dim_keyfile_save(folder.file("no/folder").c_str(), "text", &error));
}

TEST_F(KeyfileDisk, IsReadFromAPlainFileOfSomeSize)
{
    EXPECT_EQ(loaded("nothing"), "(none)");
    EXPECT_TRUE(failed_with(error, DIM_ERROR_STORAGE));
    EXPECT_EQ(loaded("."), "(none)");
    ASSERT_EQ(mkfifo(folder.file("pipe").c_str(), 0600), 0);
    EXPECT_EQ(loaded("pipe"), "(none)") << "and nobody waits";
    std::ofstream(folder.file("large")) << std::string(DIM_KEYFILE_MAX_SIZE, 'x');
    EXPECT_EQ(loaded("large").size(), DIM_KEYFILE_MAX_SIZE);
    std::ofstream(folder.file("large"), std::ios::app) << "x";
    EXPECT_EQ(loaded("large"), "(none)");
}
