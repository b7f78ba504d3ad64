// SPDX-License-Identifier: GPL-2.0-or-later
// What is said in a group opens in each form: hidden, with the group on the envelope, or for the group as a whole.
#include "group_case.hh"

namespace {

class Opening : public GroupTest {
  protected:
    OWNED(DimCipherKey) talk{ dim_cipher_key_new() };
    Way way;

    void
    SetUp() override
    {
        GroupTest::SetUp();
        way.talk = talk.get();
    }
};

TEST_F(Opening, TheGroupMayStandOnTheEnvelopeOrNot)
{
    enter();
    tell({ &peer, &me });
    say(peer, "hidden");
    send_in(peer, "open", way);
    way.whole = true;
    send_in(peer, "for all", way);
    EXPECT_EQ(shown, (Lines{ "[in group Friends] hidden", "[in group Friends] open",
                             "[in group Friends] for all" }));
}

TEST_F(Opening, AGroupsTalkKeyIsUsedAgain)
{
    enter();
    tell({ &peer, &me });
    way.with_key = false;
    send_in(peer, "no key yet", way);
    EXPECT_EQ(shown, Lines{});
    EXPECT_EQ(waiting(), 1u);
    way.with_key = true;
    send_in(peer, "with its key", way);
    EXPECT_EQ(shown.size(), 2u); // the first one too
    hear(peer, R"({"type":1,"sn":9,"text":"another key for me alone"})");
    close();
    open();
    way.with_key = false;
    send_in(peer, "without any", way);
    way.whole = true;
    send_in(peer, "nor here", way);
    EXPECT_EQ(shown.size(), 5u);
    EXPECT_EQ(shown.back(), "[in group Friends] nor here");
}

TEST_F(Opening, KeysOfGroupsThatNobodyKnowsAreNotKeptByName)
{
    enter();
    send_in(stranger, "one", way);
    clock.advance(30);
    EXPECT_EQ(shown.size(), 1u);
    const std::string row = std::string("from ") + dim_id_text(stranger.id());
    EXPECT_TRUE(dim_store_has(me.store, DIM_TABLE_TALK_KEYS, row.c_str()));
    EXPECT_FALSE(dim_store_has(me.store, DIM_TABLE_TALK_KEYS, (row + " " + id).c_str()));
    tell({ &peer, &me });
    send_in(peer, "two", way);
    const std::string his = std::string("from ") + dim_id_text(peer.id()) + " " + id;
    EXPECT_TRUE(dim_store_has(me.store, DIM_TABLE_TALK_KEYS, his.c_str()));
}

TEST_F(Opening, WhatIsForAGroupMustSayItInside)
{
    enter();
    tell({ &peer, &me });
    way.whole = true;
    line.send(seal(peer, R"({"type":1,"sn":1,"time":1700000001,"text":"for me alone"})", way));
    clock.advance(1);
    EXPECT_EQ(shown, Lines{});
}

TEST_F(Opening, WhoWasPutOutReadsNothingForTheWholeGroup)
{
    enter();
    tell({ &peer, &me });
    tell({ &peer, &stranger }, 20);
    way.whole = true;
    send_in(peer, "without you", way);
    EXPECT_EQ(shown, Lines{});
    EXPECT_EQ(waiting(), 0u);
}

} // namespace
