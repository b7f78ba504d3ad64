// SPDX-License-Identifier: GPL-2.0-or-later
// What is told of messages that cannot be read: of a contact by name, of strangers, who cost nothing, by their number.
#include "base/json.h"

#include "session_case.hh"

namespace {

class Complaints : public SessionTest {
  protected:
    // A message that says it has a key for me, which it has not.
    void
    unreadable(const Person &from)
    {
        const std::string text = from.say(me, "x");
        OWNED(JsonObject) wire(dim_json_parse(text.c_str(), -1, nullptr));

        json_object_remove_member(wire.get(), "keys");
        json_object_set_string_member(wire.get(), "key", std::string(172, 'A').c_str());
        line.send(support::Text(dim_json_write(wire.get())).get());
        clock.advance(0.5);
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

} // namespace
