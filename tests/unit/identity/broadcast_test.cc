// SPDX-License-Identifier: GPL-2.0-or-later
// Broadcast groups belong to whom the rule says.
#include "identity/broadcast.h"

#include <gtest/gtest.h>
#include <string>

#include "tests/support/autoptr.hh"

namespace {

std::string
people_of(const char *group)
{
    OWNED(DimId) id(dim_id_parse(group, nullptr));
    OWNED(DimId) owner(dim_broadcast_owner(id.get()));
    OWNED(GPtrArray) members(dim_broadcast_members(id.get()));
    std::string text = owner ? dim_id_text(owner.get()) : "nobody";

    for (guint i = 0; i < members->len; i++)
        text += std::string(" ") + dim_id_text(static_cast<DimId *>(members->pdata[i]));
    return text;
}

TEST(Broadcast, OwnerAndMembersAreThoseOfTheRule)
{
    const std::string all = "anyone@anywhere anyone@anywhere";

    EXPECT_EQ(people_of("everyone@everywhere"), all);
    EXPECT_EQ(people_of("Everyone@everywhere"), all);
    EXPECT_EQ(people_of("stations@everywhere"),
              "stations.owner@anywhere stations.owner@anywhere stations.member@anywhere");
    EXPECT_EQ(people_of("gsp@everywhere"),
              "gsp.owner@anywhere gsp.owner@anywhere gsp.member@anywhere");
}

TEST(Broadcast, OtherIdsHaveNoRule)
{
    for (const char *id :
         { "station@anywhere", "anyone@anywhere", "group@1BjHgY1PjNSSUoytNXcFdJWbxrj74rpJN2",
           "0x0000000000000000000000000000000000000001" })
        EXPECT_EQ(people_of(id), "nobody") << id;
}

} // namespace
