// SPDX-License-Identifier: GPL-2.0-or-later
// DimNotes: what one life noted the next one reads, until it is cleared; broken files, full ones and kills.
#include "people/notes.h"

#include <fstream>
#include <gtest/gtest.h>
#include <string>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include "tests/support/autoptr.hh"
#include "tests/support/folder.hh"
#include "tests/support/full_disk.hh"
#include "tests/support/matchers.hh"

using support::Error;
using Texts = std::vector<std::string>;

namespace {

class NotesTest : public ::testing::Test {
  protected:
    support::Folder folder;
    const std::string path = folder.file("store.db");
    const std::string file = path + "-shown";
    Error error;

    DimNotes *
    open()
    {
        return dim_notes_open(path.c_str(), &error);
    }
    Texts
    earlier()
    {
        OWNED(DimNotes) notes(open());
        Texts texts;

        for (guint i = 0; i < dim_notes_earlier(notes.get())->len; i++)
            texts.emplace_back(
                static_cast<char *>(g_ptr_array_index(dim_notes_earlier(notes.get()), i)));
        return texts;
    }
    void
    write(const std::string &bytes)
    {
        std::ofstream(file, std::ios::binary) << bytes;
    }
};

TEST_F(NotesTest, AreReadByTheNextLifeUntilTheyAreCleared)
{
    OWNED(DimNotes) notes(open());

    ASSERT_NE(notes, nullptr) << error.message();
    EXPECT_EQ(dim_notes_earlier(notes.get())->len, 0u);
    EXPECT_TRUE(dim_notes_add(notes.get(), "one"));
    EXPECT_TRUE(dim_notes_add(notes.get(), "two"));
    EXPECT_EQ(earlier(), (Texts{ "one", "two" }));
    notes.reset(open());
    EXPECT_TRUE(dim_notes_add(notes.get(), "three"));
    EXPECT_EQ(earlier(), (Texts{ "one", "two", "three" })) << "behind what was there";
    dim_notes_clear(notes.get());
    EXPECT_TRUE(earlier().empty());
    EXPECT_TRUE(dim_notes_add(notes.get(), "four"));
    EXPECT_EQ(earlier(), Texts{ "four" });
}

TEST_F(NotesTest, HalfALineIsNone)
{
    write("one\ntw");
    OWNED(DimNotes) notes(open());
    EXPECT_EQ(dim_notes_earlier(notes.get())->len, 1u);
    EXPECT_TRUE(dim_notes_add(notes.get(), "x"));
    EXPECT_EQ(earlier(), (Texts{ "one", "x" }));
    EXPECT_FALSE(dim_notes_add(notes.get(), "two\nlines"));
}

TEST_F(NotesTest, WhatAPowerCutLeftIsReadWithCare)
{
    write(std::string("\0\0\0\n", 4) + "\xff\xfe\ngood\n" + std::string(100, '\0'));
    EXPECT_EQ(earlier(), Texts{ "good" });
}

TEST_F(NotesTest, AreBounded)
{
    OWNED(DimNotes) notes(open());
    const std::string text(65535, 'x');

    for (guint i = 0; i < DIM_NOTES_MAX_BYTES / 65536; i++)
        ASSERT_TRUE(dim_notes_add(notes.get(), text.c_str()));
    EXPECT_FALSE(dim_notes_add(notes.get(), ""));
    EXPECT_EQ(earlier().size(), size_t{ DIM_NOTES_MAX_BYTES / 65536 });
    dim_notes_clear(notes.get());
    EXPECT_TRUE(dim_notes_add(notes.get(), "x"));
}

TEST_F(NotesTest, AFullDiskTakesNone)
{
    OWNED(DimNotes) notes(open());
    {
        support::FullDisk full;
        EXPECT_FALSE(dim_notes_add(notes.get(), "one"));
    }
    EXPECT_TRUE(dim_notes_add(notes.get(), "two"));
    EXPECT_EQ(earlier(), Texts{ "two" });
}

TEST_F(NotesTest, AreNobodyElses)
{
    struct stat info = {};

    write("one\n");
    ASSERT_EQ(chmod(file.c_str(), 0644), 0);
    EXPECT_EQ(earlier(), Texts{ "one" });
    ASSERT_EQ(stat(file.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0600u);
    ASSERT_EQ(unlink(file.c_str()), 0);
    ASSERT_EQ(symlink("elsewhere", file.c_str()), 0);
    EXPECT_EQ(open(), nullptr);
    EXPECT_TRUE(support::failed_with(error, DIM_ERROR_STORAGE));
}

TEST_F(NotesTest, AKillTakesNoneBack)
{
    const pid_t child = fork();

    if (child == 0) {
        DimNotes *notes = dim_notes_open(path.c_str(), nullptr);

        if (notes != nullptr && dim_notes_add(notes, "one") && dim_notes_add(notes, "two"))
            kill(getpid(), SIGKILL);
        _exit(1);
    }
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFSIGNALED(status));
    EXPECT_EQ(earlier(), (Texts{ "one", "two" }));
}

} // namespace
