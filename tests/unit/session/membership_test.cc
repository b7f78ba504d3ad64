// SPDX-License-Identifier: GPL-2.0-or-later
// Who belongs to a group: asked for before a line is believed or refused, and never asked for without end.
#include <ctime>

#include "people/groups.h"
#include "storage/sqlite.h"

#include "group_case.hh"

namespace {

class Membership : public GroupTest {};

TEST_F(Membership, TalkInAGroupThatIsNotKnownWaitsForItsMembers)
{
    enter();
    const int asked_before = count_commands("meta");
    say(peer, "hello");
    EXPECT_EQ(shown, Lines{});
    EXPECT_EQ(waiting(), 1u);
    EXPECT_EQ(asked(peer, "query"), 1);
    EXPECT_EQ(count_commands("meta"), asked_before + 1); // of the group: it is not known
    tell({ &peer, &me });
    EXPECT_EQ(shown, Lines{ "[in group Friends] hello" });
    EXPECT_EQ(waiting(), 0u);
    say(peer, "again");
    EXPECT_EQ(shown.back(), "[in group Friends] again");
    EXPECT_EQ(asked(peer, "query"), 1);
}

TEST_F(Membership, WhatNobodyConfirmsIsShownWithADoubt)
{
    enter();
    say(peer, "hello");
    clock.advance(15);
    EXPECT_EQ(shown, Lines{});
    clock.advance(10);
    EXPECT_EQ(shown, Lines{ "[in group " + id + ", not confirmed] hello" });
    say(peer, "at once");
    EXPECT_EQ(shown.back(), "[in group " + id + ", not confirmed] at once");
    EXPECT_EQ(asked(peer, "query"), 1);
    clock.advance(700);
    say(peer, "later it is tried again");
    EXPECT_EQ(shown.size(), 2u);
    EXPECT_EQ(asked(peer, "query"), 2);
}

TEST_F(Membership, AnOutsiderIsRefusedWhenTheOwnerKnowsNoMore)
{
    enter();
    tell({ &peer, &me });
    say(stranger, "let me in");
    clock.advance(60);
    EXPECT_EQ(shown, Lines{});
    EXPECT_EQ(waiting(), 1u);
    EXPECT_EQ(asked(peer, "query"), 1);
    EXPECT_EQ(asked(stranger, "query"), 0);
    hear(peer, about(R"({"type":136,"command":"receipt","text":"Group history not updated.")"
                     R"(,"origin":{"signature":"AAAA"})",
                     0));
    clock.advance(10); // more could come
    EXPECT_EQ(shown, Lines{});
    EXPECT_EQ(waiting(), 0u);
    say(stranger, "once more"); // that is known for now
    EXPECT_EQ(waiting(), 0u);
    EXPECT_EQ(asked(peer, "query"), 1);
    clock.advance(700);
    say(stranger, "and later");
    EXPECT_EQ(waiting(), 1u);
    EXPECT_EQ(asked(peer, "query"), 2);
    EXPECT_EQ(shown, Lines{});
}

TEST_F(Membership, AnOutsiderIsShownWhenTheOwnerLetHimIn)
{
    enter();
    tell({ &peer, &me });
    say(stranger, "I am new");
    EXPECT_EQ(shown, Lines{});
    tell({ &peer, &me, &stranger }, 20);
    EXPECT_EQ(shown, Lines{ "[in group Friends] I am new" });
    EXPECT_EQ(waiting(), 0u);
}

TEST_F(Membership, TheOwnersOldHistoryIsAnAnswerToo)
{
    enter();
    const std::string told = record(peer, reset(50, { &peer, &me }));
    forward(peer, { told_bulletin(peer, 100), told });
    say(stranger, "let me in");
    EXPECT_EQ(waiting(), 1u);
    forward(peer, { told_bulletin(peer, 100), told }); // the same bytes as before
    clock.advance(10);
    EXPECT_EQ(shown, Lines{});
    EXPECT_EQ(waiting(), 0u);
}

TEST_F(Membership, OnlyWhoLeadsTheGroupSettlesIt)
{
    enter();
    const std::string told = record(peer, reset(50, { &peer, &me }));
    forward(peer, { told_bulletin(peer, 100), told });
    say(stranger, "let me in");
    hear(stranger,
         about(R"({"type":136,"command":"receipt","text":"Group history not updated.")"
               R"(,"origin":{"signature":"AAAA"})",
               0));
    forward(stranger, { told_bulletin(stranger, 100), told });
    EXPECT_EQ(waiting(), 1u);
    EXPECT_EQ(shown, Lines{});
}

TEST_F(Membership, WhatWaitsSurvivesARestart)
{
    enter();
    tell({ &peer, &me });
    say(stranger, "I am new");
    close();
    open();
    clock.advance(5);
    EXPECT_EQ(shown, Lines{});
    EXPECT_EQ(asked(peer, "query"), 2); // a new login asks anew
    tell({ &peer, &me, &stranger }, 20);
    EXPECT_EQ(shown, Lines{ "[in group Friends] I am new" });
}

TEST_F(Membership, RecordsMayComeBeforeTheBulletin)
{
    enter();
    forward(peer, { record(peer, reset(50, { &peer, &me, &stranger })) });
    say(stranger, "hello");
    EXPECT_EQ(shown, Lines{});
    forward(peer, { told_bulletin(peer, 100) });
    EXPECT_EQ(shown, Lines{ "[in group Friends] hello" });
    EXPECT_EQ(waiting(), 0u);
}

TEST_F(Membership, ABulletinCountsAsSoonAsItsFounderIsKnown)
{
    open();
    introduce(stranger);
    say(stranger, "hello");
    const int before = count_commands("meta");
    forward(stranger, { told_bulletin(stranger, 100) });
    clock.advance(2);
    EXPECT_EQ(count_commands("meta"), before + 1); // of the peer, whom it names
    EXPECT_EQ(asked(peer, "query"), 0);
    EXPECT_EQ(shown, Lines{});
    introduce(peer);
    clock.advance(2);
    EXPECT_EQ(asked(peer, "query"), 1);
    EXPECT_EQ(shown, Lines{});
    forward(peer, { record(peer, reset(50, { &peer, &me, &stranger })) });
    EXPECT_EQ(shown, Lines{ "[in group Friends] hello" });
}

TEST_F(Membership, AHistoryIsReadAgainWhenItIsToldAgain)
{
    enter();
    const std::string told = record(peer, reset(50, { &peer, &me }));
    forward(peer, { told_bulletin(peer, 100), told });
    ASSERT_TRUE(dim_store_remove(me.store, DIM_TABLE_GROUPS, id.c_str(), nullptr));
    forward(peer, { told });
    EXPECT_EQ(dim_store_count(me.store, DIM_TABLE_GROUPS), 1u);
    ASSERT_TRUE(dim_store_remove(me.store, DIM_TABLE_GROUPS, id.c_str(), nullptr));
    line.send(told); // not told by anybody: a copy
    clock.advance(1);
    EXPECT_EQ(dim_store_count(me.store, DIM_TABLE_GROUPS), 0u);
}

TEST_F(Membership, GroupsWithoutEndMakeNobodyWait)
{
    enter();
    std::vector<std::string> said;
    for (int i = 0; i < 40; i++) {
        OWNED(DimPrivateKey) his_key(dim_private_key_new(DIM_KEY_ECC, 256, nullptr));
        OWNED(DimMeta) meta(dim_meta_new(DIM_META_MKM, his_key.get(), "group", nullptr));
        OWNED(DimId) other(dim_meta_make_id(meta.get(), DIM_TYPE_GROUP, nullptr));

        OWNED(DimContent)
        content = content_of(R"({"type":1,"text":"spam","time":1700000001,"sn":)"
                             + std::to_string(i + 1) + ",\"group\":\""
                             + dim_id_text(other.get()) + "\"}");
        line.send(stranger.seal(me, content.get(), false));
    }
    clock.advance(2);
    EXPECT_EQ(waiting(), 32u);
    EXPECT_EQ(shown.size(), 8u);
    EXPECT_EQ(asked(stranger, "query"), 32);
    clock.advance(30);
    EXPECT_EQ(waiting(), 0u); // none is lost
    EXPECT_EQ(shown.size(), 40u);
}

TEST_F(Membership, AnArrayWaitsAsAWhole)
{
    enter();
    hear(peer, R"({"type":202,"sn":1,"time":1700000001,"contents":[)" + line_of("one")
                   + R"(,{"type":1,"sn":2,"text":"two"}]})");
    EXPECT_EQ(shown, Lines{});
    tell({ &peer, &me });
    EXPECT_EQ(shown, (Lines{ "[in group Friends] one", "two" }));
}

TEST_F(Membership, HintsOfSomethingNewerAreFollowedOnce)
{
    Way way;

    enter();
    tell({ &peer, &me, &stranger });
    way.more = ",\"GHT\":" + std::to_string(clock.now() - 60)
               + ",\"GDT\":" + std::to_string(clock.now() - 200);
    send_in(stranger, "nothing new", way);
    EXPECT_EQ(asked(peer, "query") + asked(stranger, "query"), 0);
    way.more = ",\"GHT\":" + std::to_string(clock.now() - 10) + ",\"GDT\":99999999999";
    send_in(stranger, "news", way);
    send_in(stranger, "news again", way);
    EXPECT_EQ(asked(peer, "query"), 1);
    EXPECT_EQ(asked(stranger, "query"), 1);
    EXPECT_EQ(shown.size(), 3u);
}

TEST_F(Membership, HintsOfTheFutureAreOfNow)
{
    const auto documents = [this] {
        return count_commands("document") + count_commands("documents");
    };
    Way way;

    way.more = ",\"GHT\":99999999999,\"GDT\":99999999999";
    enter();
    forward(peer, { told_bulletin(peer, -900),
                    record(peer, reset(-900, { &peer, &me, &stranger })) });
    clock.advance(601);
    const int before = documents();
    send_in(stranger, "both are ahead", way);
    EXPECT_EQ(asked(peer, "query") + asked(stranger, "query"), 0);
    EXPECT_EQ(documents(), before);
    clock.advance(900);
    send_in(stranger, "no more", way);
    EXPECT_EQ(asked(peer, "query"), 1);
    EXPECT_EQ(asked(stranger, "query"), 1);
    EXPECT_GT(documents(), before);
    EXPECT_EQ(shown.size(), 2u);
}

TEST_F(Membership, HintsOfWhoIsNoMemberAreNotFollowed)
{
    Way way;

    enter();
    tell({ &peer, &me });
    way.more = ",\"GHT\":" + std::to_string(clock.now() - 10)
               + ",\"GDT\":" + std::to_string(clock.now() - 10);
    send_in(stranger, "let me in", way);
    hear(peer, about(R"({"type":136,"command":"receipt","text":"Group history not updated.")"
                     R"(,"origin":{"signature":"AAAA"})",
                     0));
    clock.advance(60);
    EXPECT_EQ(waiting(), 0u);
    send_in(stranger, "please", way);
    clock.advance(60);
    EXPECT_EQ(shown, Lines{});
    EXPECT_EQ(asked(stranger, "query"), 0);
    EXPECT_EQ(asked(peer, "query"), 1) << "whether he was let in";
}

// Anybody may wish, and date his wish ahead.
TEST_F(Membership, AWishHidesNothingThatIsNewer)
{
    Way way;

    enter();
    tell({ &peer, &me });
    hear(stranger, about(R"({"type":137,"command":"join")", -1700, ""));
    way.more = ",\"GHT\":" + std::to_string(clock.now() - 10);
    send_in(peer, "news", way);
    EXPECT_EQ(asked(peer, "query"), 1);
}

// A hundred records cost about what one costs: to write a large history is what is dear.
TEST_F(Membership, RecordsOfOneMessageAreWrittenOnce)
{
    auto ids = [](int from, int count) {
        std::string all;

        for (int i = from; i < from + count; i++) {
            char who[64];

            g_snprintf(who, sizeof who, "%s\"0x%040x\"", i == from ? "" : ",", 0x5000000 + i);
            all += who;
        }
        return all;
    };
    auto invite = [&](int number) {
        return about(R"({"type":137,"command":"invite")", 40 - number * 0.01,
                     ",\"members\":[" + ids(20000 + number, 1) + "]");
    };
    auto cost = [&](const std::string &json) {
        OWNED(DimContent) content = content_of(json);
        const std::string wire = peer.seal(me, content.get(), false);
        const clock_t start = std::clock();

        line.send(wire);
        clock.advance(1);
        return std::clock() - start;
    };
    std::string all;

    enter();
    tell({ &peer, &me });
    hear(peer, about(R"({"type":137,"command":"reset")", 45,
                     ",\"members\":[" + quoted(peer.id()) + "," + quoted(me.id()) + ","
                         + ids(0, 9000) + "]"));
    hear(peer, about(R"({"type":137,"command":"invite")", 44,
                     ",\"members\":[" + ids(9000, 9000) + "]"));
    clock_t one = 0;
    for (int i = 0; i < 5; i++)
        one = std::max(one, cost(invite(i)));
    for (int i = 10; i < 110; i++)
        all += (i == 10 ? "" : ",") + invite(i);
    EXPECT_LT(cost(R"({"type":202,"sn":9,"contents":[)" + all + "]}"), 10 * one);

    // and it is one write, however fast the disk is
    static int writes;
    all.clear();
    for (int i = 200; i < 300; i++)
        all += (i == 200 ? "" : ",") + invite(i);
    writes = 0;
    sqlite3_update_hook(
        me.store->db,
        [](void *, int, const char *, const char *table, sqlite3_int64) {
            writes += g_strcmp0(table, "groups") == 0;
        },
        nullptr);
    cost(R"({"type":202,"sn":10,"contents":[)" + all + "]}");
    sqlite3_update_hook(me.store->db, nullptr, nullptr);
    EXPECT_EQ(writes, 1);

    // all of them are on disk
    Text text(dim_groups_load(me.store, group.get(), nullptr));
    for (int i = 10; i < 110; i++)
        EXPECT_NE(std::string(text.get()).find(ids(20000 + i, 1)), std::string::npos) << i;
}

} // namespace
