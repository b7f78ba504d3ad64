// SPDX-License-Identifier: GPL-2.0-or-later
// The list of account names: IDs, addresses and bound nicks; a missing store never frees its name.
#include "people/accounts.h"

#include <fstream>
#include <gtest/gtest.h>
#include <sstream>
#include <sys/stat.h>

#include "tests/support/folder.hh"
#include "tests/support/identities.hh"
#include "tests/support/matchers.hh"

using support::Error;
using support::failed_with;
using support::id_of;
using support::no_error;
using support::Text;

namespace {

const char *const address = "0x1111111111111111111111111111111111111111";

class Accounts : public ::testing::Test {
  protected:
    support::Folder folder;
    OWNED(DimId) id = id_of(address);
    Error error;

    std::string
    find(const std::string &name)
    {
        Text path(dim_accounts_find(folder.path().c_str(), name.c_str(), &error));

        return path ? path.get() : "";
    }
    std::string
    store_path() const
    {
        return folder.file(std::string(address) + "/store.db");
    }
};

} // namespace

TEST_F(Accounts, KnowsNobodyAtFirst)
{
    EXPECT_EQ(find("bob"), "");
    EXPECT_TRUE(no_error(error));
    EXPECT_EQ(find(address), "");
    EXPECT_TRUE(no_error(error));
    EXPECT_EQ(find("ab@../../etc"), "");
    EXPECT_EQ(find(""), "");
}

TEST_F(Accounts, FindsAStoreByIdAddressAndNick)
{
    std::filesystem::create_directory(folder.file(address));
    EXPECT_EQ(find(address), store_path());
    EXPECT_EQ(find(std::string("any@") + address), store_path());
    EXPECT_EQ(find(std::string(address) + "/phone"), store_path());
    ASSERT_TRUE(dim_accounts_bind(folder.path().c_str(), "bob \"b\" 马", id.get(), &error))
        << error.message();
    EXPECT_EQ(find("bob \"b\" 马"), store_path());
    EXPECT_EQ(find("bob"), "");
}

TEST_F(Accounts, FindsAStoreByAnIdInSmallLetters)
{
    const char *const mixed = "0x98d548788b2b84f3F59224417855F40305779Bf2";

    std::filesystem::create_directory(folder.file(mixed));
    EXPECT_EQ(find("0x98d548788b2b84f3f59224417855f40305779bf2"),
              folder.file(std::string(mixed) + "/store.db"));
}

TEST_F(Accounts, NeverFreesTheNameOfAStoreThatIsGone)
{
    ASSERT_TRUE(dim_accounts_bind(folder.path().c_str(), "bob", id.get(), &error));
    EXPECT_EQ(find("bob"), store_path()) << "no folder, no file: still bound";
}

TEST_F(Accounts, AreNotReadNorWrittenWhereOthersMayWrite)
{
    std::filesystem::create_directory(folder.file(address));
    ASSERT_TRUE(dim_accounts_bind(folder.path().c_str(), "bob", id.get(), &error));
    for (mode_t mode : { 0777, 0770, 01777 }) {
        ASSERT_EQ(chmod(folder.path().c_str(), mode), 0);
        for (const char *name : { "bob", "nobody", address }) {
            EXPECT_EQ(find(name), "") << name;
            EXPECT_TRUE(failed_with(error, DIM_ERROR_STORAGE));
        }
        EXPECT_FALSE(dim_accounts_bind(folder.path().c_str(), "eve", id.get(), &error));
        EXPECT_TRUE(failed_with(error, DIM_ERROR_STORAGE));
    }
    ASSERT_EQ(chmod(folder.path().c_str(), 0755), 0);
    EXPECT_EQ(find("bob"), store_path());
    EXPECT_EQ(find("eve"), "");
    EXPECT_TRUE(no_error(error));
}

TEST_F(Accounts, KeepsOthersWhenOneIsBound)
{
    OWNED(DimId) other = id_of("0x2222222222222222222222222222222222222222");
    struct stat info;

    ASSERT_TRUE(dim_accounts_bind(folder.path().c_str(), "bob", id.get(), &error));
    ASSERT_TRUE(dim_accounts_bind(folder.path().c_str(), "eve", other.get(), &error));
    ASSERT_TRUE(dim_accounts_bind(folder.path().c_str(), "bob", other.get(), &error));
    EXPECT_NE(find("bob").find("0x2222"), std::string::npos);
    EXPECT_NE(find("eve").find("0x2222"), std::string::npos);
    ASSERT_EQ(stat(folder.file("accounts.ini").c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0600U);
}

TEST_F(Accounts, RefusesADamagedListAndLeavesIt)
{
    for (const char *junk :
         { "{", "no group", "[names]\nbob=nobody\n", "[names]\nbob", "\xff\xfe" }) {
        std::ofstream(folder.file("accounts.ini")) << junk;
        EXPECT_EQ(find("bob"), "") << junk;
        EXPECT_TRUE(failed_with(error, DIM_ERROR_STORAGE)) << junk;
        if (std::string(junk).find("nobody") == std::string::npos) {
            EXPECT_FALSE(dim_accounts_bind(folder.path().c_str(), "eve", id.get(), &error));
            EXPECT_TRUE(failed_with(error, DIM_ERROR_STORAGE)) << junk;
        }
        std::stringstream left;
        left << std::ifstream(folder.file("accounts.ini")).rdbuf();
        EXPECT_EQ(left.str(), junk);
    }
}
