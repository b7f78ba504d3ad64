// SPDX-License-Identifier: GPL-2.0-or-later
// A desk that lives long: what is told of a group is known at once, and kept when the transaction ends, all of it.
#include "command/keeping.h"

#include "people/records.h"

#include "tests/unit/command/group_desk.hh"

namespace {

class Keeping : public GroupDeskTest {
  protected:
    void
    SetUp() override
    {
        GroupDeskTest::SetUp();
        desk.groups = dim_group_cache_new();
        found();
        EXPECT_TRUE(tell_all(peer(), "reset", 900, THREE));
    }
    void
    TearDown() override
    {
        dim_group_cache_free(desk.groups);
        GroupDeskTest::TearDown();
    }
    void
    begin()
    {
        ASSERT_TRUE(dim_store_begin(store.get(), nullptr));
    }
    static std::string
    invited(int number)
    {
        char text[96];

        g_snprintf(text, sizeof text, R"(,"members":["0x%040d"])", 7000 + number);
        return text;
    }
    // The peer lets so many in.
    void
    invite(int count)
    {
        for (int i = 0; i < count; i++)
            EXPECT_TRUE(tell_all(peer(), "invite", 800 - i, invited(i)));
    }
    static OWNED(DimId) guest(int number)
    {
        char text[64];

        g_snprintf(text, sizeof text, "0x%040d", 7000 + number);
        return id_of(text);
    }
    std::string
    row()
    {
        char *text = dim_groups_load(store.get(), group.get(), nullptr);

        return text != nullptr ? Text(text).get() : "";
    }
    // A stranger's group; the lower, the longer it has not changed.
    void
    put(const DimId *which, double rank)
    {
        DimRecord record = {};

        record.key = dim_id_text(which);
        record.rank = rank;
        ASSERT_TRUE(dim_record_save_text(store.get(), DIM_TABLE_GROUPS, &record,
                                         R"({"records":[]})", nullptr));
    }
    // One that is remembered, and as many more as there may be beside the one that was founded: it will make room for that one.
    OWNED(DimId)
    crowd()
    {
        OWNED(DimId) old = id_of("old@everywhere");
        OWNED(DimHistory) history(dim_history_new());

        put(old.get(), 1);
        for (int i = 0; i < DIM_GROUPS_MAX_STRANGERS - 1; i++)
            put(guest(i).get(), 2 + i);
        dim_group_remember(&desk, old.get(), history.get());
        return old;
    }
    bool
    is_remembered(const DimId *which)
    {
        return OWNED(DimHistory)(dim_group_recall(&desk, which)) != nullptr;
    }
    // As the next start sees it.
    DimStanding
    standing_on_disk(const DimId *who)
    {
        DimGroupCache *cache = desk.groups;

        desk.groups = nullptr;
        const DimStanding found = standing(who);
        desk.groups = cache;
        return found;
    }
};

TEST_F(Keeping, ManyRecordsAreWrittenOnce)
{
    const std::string before = row();

    begin();
    invite(50);
    EXPECT_EQ(standing(guest(49).get()), DIM_STANDING_MEMBER);
    EXPECT_EQ(row(), before);
    EXPECT_TRUE(dim_group_keep_all(&desk, nullptr));
    EXPECT_TRUE(dim_store_commit(store.get(), nullptr));
    EXPECT_EQ(standing_on_disk(guest(0).get()), DIM_STANDING_MEMBER);
    EXPECT_EQ(standing_on_disk(guest(49).get()), DIM_STANDING_MEMBER);
    EXPECT_EQ(evidence()->len, 51u);
}

// One message may hold many records: it is kept once, and as one.
TEST_F(Keeping, AMessageOfManyRecordsIsKeptOnce)
{
    const std::string head = R"({"type":137,"sn":7,"command":"invite","group":")"
                             + std::string(dim_id_text(group.get())) + R"(","time":)";
    OWNED(DimContent) carrier(dim_content_new_text("both"));
    OWNED(DimMessage)
    instant(dim_message_new(peer().id(), dim_id_anyone(), nullptr, carrier.get()));
    DimSealing how = {};
    DimUnsealing opening = {};

    how.signer = dim_user_signer(peer().user.get());
    OWNED(DimMessage) sealed(dim_seal(instant.get(), &how, nullptr));
    OWNED(DimMessage) opened(dim_unseal(sealed.get(), &opening, nullptr, nullptr));

    begin();
    for (int i = 0; i < 5; i++) {
        const std::string text =
            head + std::to_string(clock.now() - 800 + i) + invited(i) + "}";
        OWNED(DimContent) one(dim_content_parse(text.c_str(), -1, nullptr));

        ASSERT_NE(one, nullptr) << text;
        EXPECT_TRUE(dim_handle_history(&desk, opened.get(), one.get(), nullptr));
        EXPECT_NE(dim_group_awaits(&desk, group.get(), opened.get()), nullptr);
    }
    EXPECT_TRUE(dim_group_keep_all(&desk, nullptr));
    EXPECT_TRUE(dim_store_commit(store.get(), nullptr));
    EXPECT_EQ(dim_group_awaits(&desk, group.get(), opened.get()), nullptr);
    EXPECT_EQ(evidence()->len, 2u);
    EXPECT_EQ(standing_on_disk(guest(4).get()), DIM_STANDING_MEMBER);
}

TEST_F(Keeping, WithoutATransactionEachIsWrittenAtOnce)
{
    invite(1);
    EXPECT_EQ(standing_on_disk(guest(0).get()), DIM_STANDING_MEMBER);
    EXPECT_EQ(evidence()->len, 2u);
}

TEST_F(Keeping, WhatWaitsHasAnEnd)
{
    begin();
    invite(99);
    EXPECT_EQ(standing_on_disk(guest(98).get()), DIM_STANDING_OUTSIDER);
    EXPECT_TRUE(tell_all(peer(), "invite", 100, invited(99)));
    EXPECT_EQ(standing_on_disk(guest(99).get()), DIM_STANDING_MEMBER);
    dim_store_rollback(store.get());
}

TEST_F(Keeping, WhatWaitsHasAnEndInBytes)
{
    const std::string much = R"(,"more":")" + std::string(140000, 'x') + "\"";

    begin();
    EXPECT_TRUE(tell_all(peer(), "invite", 800, invited(0) + much));
    EXPECT_EQ(standing_on_disk(guest(0).get()), DIM_STANDING_OUTSIDER);
    EXPECT_TRUE(tell_all(peer(), "invite", 700, invited(1) + much));
    EXPECT_EQ(standing_on_disk(guest(1).get()), DIM_STANDING_MEMBER);
    dim_store_rollback(store.get());
}

TEST_F(Keeping, AGroupThatMadeRoomIsRememberedNoMore)
{
    OWNED(DimId) old = crowd();

    EXPECT_TRUE(is_remembered(old.get()));
    begin();
    invite(1);
    EXPECT_TRUE(is_remembered(old.get()));
    EXPECT_TRUE(dim_group_keep_all(&desk, nullptr));
    EXPECT_FALSE(dim_store_has(store.get(), DIM_TABLE_GROUPS, dim_id_text(old.get())));
    EXPECT_FALSE(is_remembered(old.get()));
    EXPECT_TRUE(dim_store_commit(store.get(), nullptr));
}

TEST_F(Keeping, AGroupThatMadeRoomAtOnceIsRememberedNoMore)
{
    OWNED(DimId) old = crowd();

    invite(1);
    EXPECT_FALSE(dim_store_has(store.get(), DIM_TABLE_GROUPS, dim_id_text(old.get())));
    EXPECT_FALSE(is_remembered(old.get()));
}

TEST_F(Keeping, WhatWasTakenBackNeverWas)
{
    begin();
    invite(3);
    EXPECT_EQ(standing(guest(0).get()), DIM_STANDING_MEMBER);
    dim_store_rollback(store.get());
    EXPECT_EQ(standing(guest(0).get()), DIM_STANDING_OUTSIDER);
    begin();
    EXPECT_TRUE(dim_group_keep_all(&desk, nullptr));
    EXPECT_TRUE(dim_store_commit(store.get(), nullptr));
    EXPECT_EQ(standing_on_disk(guest(0).get()), DIM_STANDING_OUTSIDER);
    EXPECT_EQ(evidence()->len, 1u);
}

TEST_F(Keeping, AGroupThatMadeRoomIsNotWrittenAgain)
{
    begin();
    invite(1);
    EXPECT_TRUE(
        dim_store_remove(store.get(), DIM_TABLE_GROUPS, dim_id_text(group.get()), nullptr));
    EXPECT_TRUE(dim_group_keep_all(&desk, nullptr));
    EXPECT_TRUE(dim_store_commit(store.get(), nullptr));
    EXPECT_EQ(row(), "");
}

// Groups of so many names, of which nobody has told anything.
class LargeGroups : public Keeping {
  protected:
    static OWNED(DimId) group_of(int number)
    {
        return id_of(("group" + std::to_string(number) + "@everywhere").c_str());
    }
    // In records of 5000 at most.
    static OWNED(DimHistory) history_of(int number, int names)
    {
        std::string records;

        for (int from = 0; from < names; from += 5000) {
            records += std::string(from > 0 ? "," : "") + R"({"type":137,"sn":1,"command":")"
                       + (from > 0 ? "invite" : "reset")
                       + R"(","actor":"0x0000000000000000000000000000000000000001","time":)"
                       + std::to_string(number + from + 1) + R"(,"members":[)";
            for (int i = from; i < names && i < from + 5000; i++) {
                char who[64];

                g_snprintf(who, sizeof who, "%s\"0x%040x\"", i > from ? "," : "", i + 1);
                records += who;
            }
            records += "]}";
        }
        return OWNED(DimHistory)(
            dim_history_from_text((R"({"records":[)" + records + "]}").c_str(), -1, nullptr));
    }
    bool
    is_known(int number)
    {
        return OWNED(DimHistory)(dim_group_recall(&desk, group_of(number).get())) != nullptr;
    }
    void
    remember(int number, int names)
    {
        dim_group_remember(&desk, group_of(number).get(), history_of(number, names).get());
    }
    // Something new in it.
    void
    keep(int number, int names)
    {
        keep(number, history_of(number, names).get());
    }
    void
    keep(int number, DimHistory *history)
    {
        OWNED(DimId) which = group_of(number);
        OWNED(DimContent) content(dim_content_new_text("x"));
        OWNED(DimMessage)
        message(dim_message_new(peer().id(), dim_id_anyone(), nullptr, content.get()));
        DimGroupPage page = {};
        DimGroupSigned news = {};

        page.history = history;
        page.held = TRUE;
        page.rules.group = which.get();
        EXPECT_TRUE(dim_group_keep(&desk, &page, message.get(), &news, nullptr));
    }
    bool
    is_written(int number, int names)
    {
        const Text text(dim_groups_load(store.get(), group_of(number).get(), nullptr));

        return text != nullptr && std::string(text.get()).size() > static_cast<size_t>(names);
    }
};

TEST_F(LargeGroups, TheOneThatNobodyAskedForLongestIsForgottenFirst)
{
    for (int i = 0; i < 15; i++) // and the one that was founded
        remember(i, 1);
    EXPECT_TRUE(is_known(0));
    remember(15, 1); // that one goes
    remember(16, 1);
    EXPECT_TRUE(is_known(0));
    EXPECT_FALSE(is_known(1));
    for (int i = 2; i < 17; i++)
        EXPECT_TRUE(is_known(i)) << i;
}

TEST_F(LargeGroups, SoManyNamesAreRemembered)
{
    for (int i = 0; i < 6; i++)
        remember(i, 20000);
    for (int i = 0; i < 6; i++)
        EXPECT_EQ(is_known(i), i > 0) << i;
    remember(6, 1);
    EXPECT_TRUE(is_known(6));
    EXPECT_FALSE(is_known(1)) << "100,000 in all";
    EXPECT_TRUE(is_known(2));
}

// To write out sixteen of them at once would take the tenth of a second.
TEST_F(LargeGroups, WhatIsNewInThemIsNotKeptForTheEndOfTheTurn)
{
    for (int i = 0; i < 3; i++)
        keep(i, 1); // each has its row
    begin();
    keep(0, 15000);
    EXPECT_FALSE(is_written(0, 15000));
    keep(0, 15000);
    EXPECT_FALSE(is_written(0, 15000));
    keep(1, 6000);
    EXPECT_TRUE(is_written(0, 15000));
    EXPECT_FALSE(is_written(1, 6000)) << "it waits in the other's place";
    keep(2, 14000);
    EXPECT_FALSE(is_written(1, 6000)) << "20,000 in all";
    dim_store_rollback(store.get());
}

TEST_F(LargeGroups, WhatGrowsMeanwhileIsNotKeptForTheEndEither)
{
    OWNED(DimId) which = group_of(0);
    OWNED(DimId) owner = id_of("0x0000000000000000000000000000000000000001");
    OWNED(DimHistory) history = history_of(0, 15000);
    DimHistoryRules rules = { which.get(), owner.get(), nullptr, 0, clock.now() };
    OWNED(DimContent)
    more(dim_content_parse((R"({"type":137,"sn":1,"command":"invite","time":90000,"group":")"
                            + std::string(dim_id_text(which.get())) + R"(","members":[)"
                            + std::string(dim_id_text(owner.get())).insert(0, 1, '"') + "\"]}")
                               .c_str(),
                           -1, nullptr));

    keep(0, 1);
    keep(1, 1);
    begin();
    keep(0, history.get());
    keep(1, 5000);
    EXPECT_FALSE(is_written(0, 15000));
    EXPECT_EQ(dim_history_add(history.get(), &rules, owner.get(), more.get(), nullptr),
              DIM_HISTORY_APPLIED);
    keep(0, history.get());
    EXPECT_TRUE(is_written(0, 15000) && is_written(1, 5000)) << "20,001";
    dim_store_rollback(store.get());
}

TEST_F(LargeGroups, OfSixteenSmallOnesWhatIsNewIsKeptToo)
{
    for (int i = 0; i < 16; i++)
        keep(i, 1); // each has its row
    begin();
    for (int i = 0; i < 15; i++)
        keep(i, 40);
    EXPECT_FALSE(is_written(0, 1000));
    keep(15, 40);
    for (int i = 0; i < 16; i++)
        EXPECT_TRUE(is_written(i, 1000)) << i;
    dim_store_rollback(store.get());
}

// What the last bulletin said is remembered: a newer one counts from the moment it is there.
TEST_F(Keeping, ANewerBulletinCountsAtOnce)
{
    g_auto(DimGroupPage) page = {};

    EXPECT_TRUE(dim_group_page_read(&desk, group.get(), &page, nullptr));
    EXPECT_EQ(page.administrators->len, 0u);
    clock.advance(2000);
    found(R"({"founder":"<peer>","administrators":["<stranger>"]})");
    for (int i = 0; i < 2; i++) {
        g_auto(DimGroupPage) next = {};

        EXPECT_TRUE(dim_group_page_read(&desk, group.get(), &next, nullptr));
        EXPECT_TRUE(next.owner != nullptr && dim_id_equal(next.owner, peer().id()));
        EXPECT_TRUE(dim_group_page_leads(&next, stranger().id()));
    }
}

} // namespace
