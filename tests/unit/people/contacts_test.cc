// SPDX-License-Identifier: GPL-2.0-or-later
// DimContacts: who is on the list, what they are called, and the list read at login.
#include "people/contacts.h"

#include <gtest/gtest.h>
#include <map>

#include "tests/support/folder.hh"
#include "tests/support/identities.hh"
#include "tests/support/matchers.hh"

using support::Error;
using support::id_of;

namespace {

struct Copy {
    std::string alias, name;
    double seen;
};
using List = std::map<std::string, Copy>;

List
list_of(DimContacts *contacts)
{
    auto add = [](const DimContact *contact, gpointer data) {
        (*static_cast<List *>(data))[contact->id] = {
            contact->alias != nullptr ? contact->alias : "-",
            contact->name != nullptr ? contact->name : "-", contact->seen
        };
    };
    List list;
    Error error;

    EXPECT_TRUE(dim_contacts_each(contacts, add, &list, &error)) << error.message();
    return list;
}

class Contacts : public ::testing::Test {
  protected:
    OWNED(DimStore) store{ dim_store_open_memory() };
    OWNED(DimContacts) contacts{ dim_contacts_new(store.get()) };
    OWNED(DimId) bob = id_of("0x1111111111111111111111111111111111111111");
    Error error;
};

} // namespace

TEST_F(Contacts, KeepAliasNameAndLastSign)
{
    ASSERT_TRUE(dim_contacts_add(contacts.get(), bob.get(), nullptr, &error));
    ASSERT_TRUE(dim_contacts_set_alias(contacts.get(), bob.get(), "Bobby", &error));
    ASSERT_TRUE(dim_contacts_set_name(contacts.get(), bob.get(), "马克", &error));
    ASSERT_TRUE(dim_contacts_set_seen(contacts.get(), bob.get(), 500.5, &error));
    ASSERT_TRUE(dim_contacts_set_seen(contacts.get(), bob.get(), 400, &error)); /* older */
    const List list = list_of(contacts.get());
    ASSERT_EQ(list.size(), 1U);
    EXPECT_EQ(list.begin()->first, dim_id_text(bob.get()));
    EXPECT_EQ(list.begin()->second.alias, "Bobby");
    EXPECT_EQ(list.begin()->second.name, "马克");
    EXPECT_EQ(list.begin()->second.seen, 500.5);
}

TEST_F(Contacts, AddedTwiceKeepTheirAlias)
{
    ASSERT_TRUE(dim_contacts_add(contacts.get(), bob.get(), "Bobby", &error));
    ASSERT_TRUE(dim_contacts_add(contacts.get(), bob.get(), nullptr, &error));
    EXPECT_EQ(list_of(contacts.get()).begin()->second.alias, "Bobby");
    ASSERT_TRUE(dim_contacts_set_alias(contacts.get(), bob.get(), "", &error));
    EXPECT_EQ(list_of(contacts.get()).begin()->second.alias, "-");
}

TEST_F(Contacts, OfAnotherTerminalAreTheSame)
{
    OWNED(DimId) phone = id_of("0x1111111111111111111111111111111111111111/phone");

    ASSERT_TRUE(dim_contacts_add(contacts.get(), phone.get(), nullptr, &error));
    EXPECT_TRUE(dim_contacts_has(contacts.get(), bob.get()));
    EXPECT_EQ(list_of(contacts.get()).size(), 1U);
    ASSERT_TRUE(dim_contacts_remove(contacts.get(), bob.get(), &error));
    EXPECT_FALSE(dim_contacts_has(contacts.get(), phone.get()));
}

TEST_F(Contacts, WhoAreNotOnTheListAreNotPutThereByTheirNews)
{
    EXPECT_TRUE(dim_contacts_set_name(contacts.get(), bob.get(), "Bob", &error));
    EXPECT_TRUE(dim_contacts_set_seen(contacts.get(), bob.get(), 1, &error));
    EXPECT_TRUE(dim_contacts_set_alias(contacts.get(), bob.get(), "B", &error));
    EXPECT_FALSE(dim_contacts_has(contacts.get(), bob.get()));
}

TEST(ContactsFile, TenThousandSurviveARestart)
{
    support::Folder folder;
    const std::string path = folder.file("store.db");
    Error error;

    for (int run = 0; run < 2; run++) {
        OWNED(DimStore) store(dim_store_open(path.c_str(), &error));
        ASSERT_NE(store, nullptr) << error.message();
        OWNED(DimContacts) contacts(dim_contacts_new(store.get()));
        ASSERT_TRUE(dim_store_begin(store.get(), &error));
        for (int i = 0; run == 0 && i < 10000; i++) {
            char text[64];
            g_snprintf(text, sizeof text, "0x%040d", i);
            OWNED(DimId) id = id_of(text);
            ASSERT_TRUE(dim_contacts_add(contacts.get(), id.get(), "alias", &error));
        }
        ASSERT_TRUE(dim_store_commit(store.get(), &error));
        EXPECT_EQ(list_of(contacts.get()).size(), 10000U);
    }
}
