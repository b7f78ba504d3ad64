// SPDX-License-Identifier: GPL-2.0-or-later
// Who somebody is in a group: by its history, by the rule, or nobody knows.
#include "command/keeping.h"

#include "tests/unit/command/group_desk.hh"

namespace {

class Standing : public GroupDeskTest {};

TEST_F(Standing, IsKnownOnceThereAreMembers)
{
    found();
    EXPECT_EQ(standing(peer().id()), DIM_STANDING_UNKNOWN);
    EXPECT_TRUE(tell(peer().id(), "reset", 100, TWO));
    EXPECT_EQ(standing(peer().id()), DIM_STANDING_MEMBER);
    EXPECT_EQ(standing(me().id()), DIM_STANDING_MEMBER);
    EXPECT_EQ(standing(stranger().id()), DIM_STANDING_OUTSIDER);
}

TEST_F(Standing, InABroadcastGroupFollowsTheRule)
{
    group = id_of("everyone@everywhere");
    EXPECT_EQ(standing(peer().id()), DIM_STANDING_MEMBER);
    group = id_of("friends@everywhere");
    EXPECT_EQ(standing(peer().id()), DIM_STANDING_UNKNOWN);
    EXPECT_EQ(standing(id_of("friends.member@anywhere").get()), DIM_STANDING_MEMBER);
}

TEST_F(Standing, NobodyFoundsAGroupInAnothersName)
{
    introduce(stranger());
    found(R"({"founder":"<stranger>","administrators":["<peer>"]})"); // with the peer's key
    EXPECT_FALSE(
        tell(peer().id(), "reset", 100, R"(,"members":["<stranger>","<me>","<peer>"])"));
    EXPECT_EQ(replies, Words{ "peer: Group empty." });
    EXPECT_EQ(kept(), 0u);
    introduce(peer());
    found();
    EXPECT_TRUE(tell(peer().id(), "reset", 100, TWO));
}

TEST_F(Standing, NobodyIsTheFounderBeforeHisMetaIsKnown)
{
    g_auto(DimGroupPage) page = {};

    publish(R"({"founder":"<peer>","administrators":["<stranger>"]})");
    ASSERT_TRUE(dim_group_page_read(&desk, group.get(), &page, nullptr));
    EXPECT_EQ(page.owner, nullptr);
    EXPECT_EQ(page.administrators->len, 0u);
    ASSERT_TRUE(dim_id_equal(page.founder, peer().id()));
    dim_group_page_clear(&page);
    EXPECT_FALSE(tell(peer().id(), "reset", 100, THREE));
    EXPECT_EQ(kept(), 0u);
    introduce(peer());
    ASSERT_TRUE(dim_group_page_read(&desk, group.get(), &page, nullptr));
    EXPECT_TRUE(dim_id_equal(page.owner, peer().id()));
    EXPECT_EQ(page.founder, nullptr);
    EXPECT_TRUE(tell(peer().id(), "reset", 100, THREE));
    EXPECT_EQ(standing(peer().id()), DIM_STANDING_MEMBER);
}

TEST_F(Standing, IsReadAnewWhenTheStoreWentBack)
{
    DimGroupCache *cache = dim_group_cache_new();

    desk.groups = cache;
    found();
    EXPECT_TRUE(tell(peer().id(), "reset", 100, THREE));
    ASSERT_TRUE(dim_store_begin(store.get(), nullptr));
    EXPECT_EQ(standing(stranger().id()), DIM_STANDING_MEMBER);
    EXPECT_TRUE(tell(peer().id(), "reset", 90, TWO));
    EXPECT_EQ(standing(stranger().id()), DIM_STANDING_OUTSIDER);
    dim_store_rollback(store.get());
    EXPECT_EQ(standing(stranger().id()), DIM_STANDING_MEMBER);
    dim_group_cache_free(cache);
    desk.groups = nullptr;
}

TEST_F(Standing, LeadersAreTheOwnerAndTheAdministrators)
{
    g_auto(DimGroupPage) page = {};

    found(R"({"founder":"<peer>","administrators":["<me>"]})");
    ASSERT_TRUE(dim_group_page_read(&desk, group.get(), &page, nullptr));
    EXPECT_TRUE(dim_group_page_leads(&page, peer().id()));
    EXPECT_TRUE(dim_group_page_leads(&page, me().id()));
    EXPECT_FALSE(dim_group_page_leads(&page, stranger().id()));
    dim_group_page_clear(&page);
    group = made_id("group", DIM_TYPE_GROUP);
    ASSERT_TRUE(dim_group_page_read(&desk, group.get(), &page, nullptr));
    EXPECT_FALSE(page.held || dim_group_page_leads(&page, peer().id()));
}

} // namespace
