// SPDX-License-Identifier: GPL-2.0-or-later
// My contacts come back: from a bot or our station, when asked for, and locked for me.
#include "message/services.h"

#include "tests/unit/command/desk.hh"

namespace {

using namespace support;

class StorageCommand : public DeskTest {
  protected:
    void
    SetUp() override
    {
        DeskTest::SetUp();
        service = bot();
    }
    // A backup of these IDs that this person can open, as the text of a command.
    static std::string
    backup(std::initializer_list<const DimId *> people, const Identity &owner)
    {
        return backup(people, owner, owner);
    }
    static std::string
    backup(std::initializer_list<const DimId *> people,
           const Identity &owner,
           const Identity &maker)
    {
        OWNED(GPtrArray) ids(g_ptr_array_new());

        for (const DimId *id : people)
            g_ptr_array_add(ids.get(), const_cast<DimId *>(id));
        OWNED(DimContent)
        content(dim_storage_new(ids.get(), dim_document_key(dim_user_visa(owner.user.get())),
                                dim_user_signer(maker.user.get()), nullptr));
        return Text(dim_content_to_text(content.get())).get();
    }
};

TEST_F(StorageCommand, AddsWhoIsMissing)
{
    ASSERT_TRUE(dim_contacts_add(contacts.get(), peer().id(), "my friend", nullptr));
    asked = { "storage" };
    EXPECT_TRUE(hear(bot(), backup({ peer().id(), stranger().id(), me().id() }, me())));
    EXPECT_EQ(
        done,
        Words{ "told: Contacts in the backup: 3. New ones: 1; they will be in your list after "
               "the next login." });
    EXPECT_TRUE(dim_contacts_has(contacts.get(), stranger().id()));
    EXPECT_FALSE(dim_contacts_has(contacts.get(), me().id()));
    EXPECT_EQ(dim_store_count(store.get(), DIM_TABLE_CONTACTS), 2u);
}

TEST_F(StorageCommand, WhatNobodyAskedForChangesNothing)
{
    EXPECT_TRUE(hear(bot(), backup({ stranger().id() }, me())));
    asked = { "storage" };
    EXPECT_TRUE(hear(peer().id(), backup({ stranger().id() }, me())));
    EXPECT_TRUE(ignores(bot(), R"("command":"storage","title":"contacts")"));
    EXPECT_TRUE(ignores(bot(), R"("command":"storage","title":"private_key","data":"AAAA")"));
    EXPECT_TRUE(done.empty());
    EXPECT_EQ(dim_store_count(store.get(), DIM_TABLE_CONTACTS), 0u);
}

// Anybody can lock a list for my public key.
TEST_F(StorageCommand, WhatSomebodyElseMadeForMeIsNotMine)
{
    asked = { "storage" };
    EXPECT_TRUE(hear(bot(), backup({ stranger().id() }, me(), peer())));
    std::string changed = backup({ stranger().id() }, me());
    changed.replace(changed.find("\"signature\""), 11, "\"signatur3\"");
    asked = { "storage" };
    EXPECT_TRUE(hear(bot(), changed));
    EXPECT_EQ(done,
              Words(2, "told: A backup of contacts came that you have not signed: nothing "
                       "was taken from it."));
    EXPECT_EQ(dim_store_count(store.get(), DIM_TABLE_CONTACTS), 0u);
}

TEST_F(StorageCommand, SaysThatItCannotBeRead)
{
    asked = { "storage" };
    EXPECT_FALSE(hear(bot(), backup({ stranger().id() }, peer())));
    EXPECT_TRUE(failed_with(error, DIM_ERROR_NO_KEY));
    asked = { "storage" };
    EXPECT_FALSE(say(bot(), R"("command":"contacts","data":"AAAA","key":"AAAA")"));
    EXPECT_EQ(done, Words(2, "told: The backup of your contacts cannot be read."));
    EXPECT_EQ(dim_store_count(store.get(), DIM_TABLE_CONTACTS), 0u);
}

} // namespace
