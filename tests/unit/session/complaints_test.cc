// SPDX-License-Identifier: GPL-2.0-or-later
// What is told of messages that cannot be read: of a contact by name, of strangers, who cost nothing, by their number.
#include "base/json.h"
#include "people/pauses.h"

#include "session_case.hh"
#include "tests/support/identities.hh"

namespace {

class Complaints : public SessionTest {
  protected:
    using Change = void (*)(JsonObject *);

    static void
    close_it(JsonObject *wire)
    {
        json_object_remove_member(wire, "keys");
        json_object_set_string_member(wire, "key", std::string(172, 'A').c_str());
    }
    static void
    alter_it(JsonObject *wire)
    {
        json_object_set_double_member(wire, "time", 1700000000);
    }
    static void
    call_it_a_command(JsonObject *wire)
    {
        json_object_set_string_member(wire, "type", "136");
    }
    void
    arrive(const std::string &text, std::initializer_list<Change> changes)
    {
        OWNED(JsonObject) wire(dim_json_parse(text.c_str(), -1, nullptr));

        for (Change change : changes)
            change(wire.get());
        line.send(support::Text(dim_json_write(wire.get())).get());
        clock.advance(0.5);
    }
    // A message that says it has a key for me, which it has not.
    void
    unreadable(const Person &from)
    {
        arrive(from.say(me, "x"), { close_it });
    }
    // One that was sealed under another time.
    void
    altered(const Person &from)
    {
        arrive(from.say(me, "x"), { alter_it });
    }
    bool
    last_tells(const std::string &words) const
    {
        return !notices.empty() && notices.back().find(words) != std::string::npos;
    }
};

TEST_F(Complaints, OfStrangersTheFirstIsToldAndTheOthersAreCounted)
{
    open();
    for (int i = 0; i < 20; i++) {
        const Person one;

        unreadable(one);
        if (i == 0) {
            ASSERT_EQ(notices.size(), 1u);
            EXPECT_NE(notices[0].find(dim_id_text(one.id())), std::string::npos);
        }
    }
    EXPECT_EQ(notices.size(), 1u);
    clock.advance(600);
    ASSERT_EQ(notices.size(), 2u);
    EXPECT_NE(notices[1].find(": 19."), std::string::npos) << notices[1];
    unreadable(stranger);
    EXPECT_EQ(notices.size(), 2u) << "ten minutes begin with each notice";
    clock.advance(600);
    EXPECT_EQ(notices.size(), 3u);
    clock.advance(3600);
    EXPECT_EQ(notices.size(), 3u) << "of nothing nothing is told";
    unreadable(stranger);
    EXPECT_EQ(notices.size(), 4u);
}

TEST_F(Complaints, OfAContactItIsToldWhateverStrangersDo)
{
    open();
    befriend(peer);
    unreadable(stranger);
    unreadable(stranger);
    ASSERT_EQ(notices.size(), 1u);
    unreadable(peer);
    unreadable(peer);
    ASSERT_EQ(notices.size(), 2u) << "once an hour";
    EXPECT_NE(notices[1].find(dim_id_text(peer.id())), std::string::npos);
    clock.advance(3600);
    notices.clear();
    unreadable(peer);
    EXPECT_EQ(notices.size(), 1u);
}

// Strangers who cost nothing must not hide it among their junk.
TEST_F(Complaints, ThatAMessageWasChangedIsToldBesideOfWhatCannotBeRead)
{
    open();
    unreadable(stranger);
    ASSERT_EQ(notices.size(), 1u);
    altered(stranger);
    ASSERT_EQ(notices.size(), 2u);
    EXPECT_TRUE(last_tells("changed on its way")) << notices[1];
    EXPECT_TRUE(last_tells(dim_id_text(stranger.id())));
    const std::string second = stranger.say(me, "y");

    for (int i = 0; i < 3; i++)
        arrive(second, { alter_it });
    altered(stranger);
    EXPECT_EQ(notices.size(), 2u);
    clock.advance(600);
    ASSERT_EQ(notices.size(), 3u) << "of what cannot be read there was no other";
    EXPECT_TRUE(last_tells("were changed")) << notices[2];
    EXPECT_TRUE(last_tells(": 2.")) << "each once, however many copies came: " << notices[2];
}

TEST_F(Complaints, ThatAMessageOfMyStationWasChangedIsTold)
{
    open();
    unreadable(station);
    EXPECT_EQ(notices.size(), 0u);
    altered(station);
    ASSERT_EQ(notices.size(), 1u);
    EXPECT_TRUE(last_tells("changed on its way"));
    EXPECT_TRUE(last_tells(dim_id_text(station.id())));
    altered(station);
    EXPECT_EQ(notices.size(), 1u) << "once an hour";
}

// My visa is told to whoever writes what I cannot read, once an hour, and to so many.
TEST_F(Complaints, ThatAMessageWasChangedIsToldHoweverManyStrangersGetMyVisa)
{
    open();
    befriend(peer);
    for (int i = 0; i < DIM_PAUSES_MAX; i++) {
        char text[64];

        g_snprintf(text, sizeof text, "0x%040d", i);
        ASSERT_TRUE(dim_book_may_push(dim_session_book(session), support::id_of(text).get()));
    }
    altered(peer);
    ASSERT_EQ(notices.size(), 1u);
    EXPECT_TRUE(last_tells("changed on its way"));
    EXPECT_TRUE(last_tells(dim_id_text(peer.id())));
    altered(station);
    ASSERT_EQ(notices.size(), 2u);
    EXPECT_TRUE(last_tells(dim_id_text(station.id())));
    altered(peer);
    altered(station);
    EXPECT_EQ(notices.size(), 2u) << "once an hour";
}

TEST_F(Complaints, NobodyPassesForMyStationBeforeTheLogin)
{
    const Person another{ DIM_META_MKM, DIM_TYPE_STATION };
    const std::string early = another.say(me, "x");

    line.on_packet = nullptr; // it does not answer
    open();
    ASSERT_NE(dim_session_state(session), DIM_STATE_ONLINE);
    arrive(early, { alter_it, call_it_a_command }); // else it waits for the login
    EXPECT_EQ(notices.size(), 0u);
}

TEST_F(Complaints, ACopyOfWhichNothingIsToldSilencesNone)
{
    open();
    befriend(peer);
    const std::string first = peer.say(me, "x"), second = peer.say(me, "y");

    arrive(first, { close_it, call_it_a_command });
    EXPECT_EQ(notices.size(), 0u);
    arrive(first, { close_it });
    ASSERT_EQ(notices.size(), 1u);
    arrive(second, { close_it });
    EXPECT_EQ(notices.size(), 1u) << "once an hour";
    clock.advance(3600);
    arrive(second, { close_it });
    EXPECT_EQ(notices.size(), 2u);
    clock.advance(3600);
    arrive(second, { close_it });
    EXPECT_EQ(notices.size(), 2u) << "it was told";
}

TEST_F(Complaints, ACopyThatCannotBeReadSilencesNoneThatWasChanged)
{
    open();
    befriend(peer);
    const std::string said = peer.say(me, "x");

    arrive(said, { close_it });
    ASSERT_EQ(notices.size(), 1u);
    EXPECT_TRUE(last_tells("could not be decrypted"));
    arrive(said, { alter_it });
    ASSERT_EQ(notices.size(), 2u);
    EXPECT_TRUE(last_tells("changed on its way"));
    arrive(said, { alter_it });
    EXPECT_EQ(notices.size(), 2u);
    arrive(said, {});
    EXPECT_EQ(shown, std::vector<std::string>{ "x" });
}

} // namespace
