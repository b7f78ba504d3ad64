// SPDX-License-Identifier: GPL-2.0-or-later
// What came before, in another dress: shown once.
#include <algorithm>

#include "base/codec.h"
#include "base/json.h"

#include "tests/unit/session/session_case.hh"

namespace {

using Bytes = std::vector<guint8>;

constexpr double year = 365 * 86400.0;

// The other form of an ECDSA signature that verifies as well: n - s for s, as strict DER again.
Bytes
other_form(const Bytes &der)
{
    static const guint8 order[] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe,
                                    0xba, 0xae, 0xdc, 0xe6, 0xaf, 0x48, 0xa0, 0x3b,
                                    0xbf, 0xd2, 0x5e, 0x8c, 0xd0, 0x36, 0x41, 0x41 };
    size_t r_size = der[3];
    Bytes r(der.begin() + 4, der.begin() + 4 + static_cast<long>(r_size));
    Bytes s(der.begin() + 6 + static_cast<long>(r_size), der.end());
    Bytes turned(sizeof order);
    int borrow = 0;

    for (size_t i = 1; i <= sizeof order; i++) {
        int digit = order[sizeof order - i] - (i <= s.size() ? s[s.size() - i] : 0) - borrow;

        borrow = digit < 0;
        turned[sizeof order - i] = static_cast<guint8>(digit);
    }
    while (turned[0] == 0 && turned[1] < 0x80)
        turned.erase(turned.begin());
    if (turned[0] >= 0x80)
        turned.insert(turned.begin(), 0);
    Bytes result = { 0x30, static_cast<guint8>(4 + r.size() + turned.size()), 0x02,
                     static_cast<guint8>(r.size()) };

    result.insert(result.end(), r.begin(), r.end());
    result.push_back(0x02);
    result.push_back(static_cast<guint8>(turned.size()));
    result.insert(result.end(), turned.begin(), turned.end());
    return result;
}

std::string
with_other_signature(const std::string &text)
{
    OWNED(JsonObject) wire(dim_json_parse(text.c_str(), -1, nullptr));
    OWNED(GBytes) proof(dim_json_bytes(wire.get(), "signature", nullptr));
    gsize size = 0;
    auto *data = static_cast<const guint8 *>(g_bytes_get_data(proof.get(), &size));
    Bytes turned = other_form(Bytes(data, data + size));
    support::Text signature(dim_base64_encode(turned.data(), turned.size()));

    json_object_set_string_member(wire.get(), "signature", signature.get());
    return support::Text(dim_json_write(wire.get())).get();
}

class AgainTest : public SessionTest {
  protected:
    void
    SetUp() override
    {
        SessionTest::SetUp();
        open();
        introduce(peer);
    }
};

// Anybody on the way can write the other form; the key for it is not needed.
TEST_F(AgainTest, TheOtherFormOfASignatureIsNoNewMessage)
{
    std::string text = peer.say(me, "pay me ten");
    std::string copy = with_other_signature(text);
    OWNED(DimMessage) message(dim_message_parse(copy.c_str(), -1, nullptr));
    OWNED(GPtrArray) keys(dim_book_verify_keys(dim_session_book(session), peer.id()));

    ASSERT_NE(text, copy);
    ASSERT_TRUE(dim_seal_verify(message.get(), keys.get())) << "it is as good";
    line.send(text);
    clock.advance(2);
    line.send(copy);
    clock.advance(2);
    EXPECT_EQ(shown, std::vector<std::string>{ "pay me ten" });
}

// As clients do that kept the content, not the message, for want of a receipt.
TEST_F(AgainTest, AContentThatWasSealedTwiceIsShownOnce)
{
    OWNED(DimContent) content(dim_content_new_text("once"));
    std::string first = peer.seal(me, content.get(), false);
    std::string second = peer.seal(me, content.get(), false);

    ASSERT_NE(first, second);
    line.send(first + "\n" + second);
    clock.advance(2);
    close();
    open();
    line.send(peer.seal(me, content.get(), true));
    clock.advance(2);
    EXPECT_EQ(shown, std::vector<std::string>{ "once" });
    line.send(peer.say(me, "once"));
    clock.advance(2);
    EXPECT_EQ(shown, (std::vector<std::string>{ "once", "once" })) << "said again";
}

// The signature says nothing of the IV: a relay may have spoilt one copy, and the next one is good.
TEST_F(AgainTest, ASpoiltCopyDoesNotHideTheGoodOne)
{
    const std::string good = peer.say(me, "good");
    OWNED(JsonObject) wire(dim_json_parse(good.c_str(), -1, nullptr));

    json_object_set_string_member(wire.get(), "IV", "AAAAAAAAAAAAAAAAAAAAAA==");
    json_object_set_string_member(wire.get(), "iv", "AAAAAAAAAAAAAAAAAAAAAA==");
    const std::string spoilt = support::Text(dim_json_write(wire.get())).get();

    for (int i = 0; i < 3; i++)
        line.send(spoilt);
    clock.advance(1);
    EXPECT_TRUE(shown.empty());
    line.send(good);
    clock.advance(1);
    EXPECT_EQ(shown, std::vector<std::string>{ "good" });
}

// Private keys cost the most: what none of them opened is not tried again, unless something in it is new (nobody signs the keys).
TEST_F(AgainTest, NoPrivateKeyIsTriedOnTheSameBytesTwice)
{
    Person::Oddity odd;
    gpointer *mine = dim_user_decrypt_keys(me.user)->pdata;
    gpointer *his = dim_user_decrypt_keys(stranger.user)->pdata;

    odd.locked_for = &stranger;
    OWNED(JsonObject)
    wire(dim_json_parse(peer.say(me, "locked for another key", odd).c_str(), -1, nullptr));
    OWNED(JsonObject) keys(json_object_ref(dim_json_object(wire.get(), "keys")));
    const char *wrapped = dim_json_text(keys.get(), dim_id_text(stranger.id()));
    ASSERT_NE(wrapped, nullptr);
    json_object_set_string_member(wire.get(), "key", wrapped);
    const std::string text = support::Text(dim_json_write(wire.get())).get();
    line.send(text);
    clock.advance(1);
    std::swap(*mine, *his); // now it would open
    line.send(text);
    clock.advance(1);
    EXPECT_TRUE(shown.empty());
    json_object_set_string_member(wire.get(), "key", "");
    json_object_set_string_member(keys.get(), dim_id_text(me.id()), wrapped);
    line.send(support::Text(dim_json_write(wire.get())).get());
    clock.advance(1);
    EXPECT_EQ(shown, std::vector<std::string>{ "locked for another key" });
    std::swap(*mine, *his);
}
// The tags of what was shown are no older than we were online since.
TEST_F(AgainTest, AClockThatIsAYearAheadForgetsNotWhatWasSeen)
{
    const std::string one = peer.say(me, "pay me ten", false);
    line.send(one);
    clock.advance(2);
    ASSERT_EQ(shown.size(), 1u);
    close();
    clock.sleep(year);
    station_ahead = -year;
    open();
    ASSERT_EQ(dim_session_state(session), DIM_STATE_ONLINE);
    line.send(peer.say(me, "other", false));
    clock.advance(2);
    close();
    clock.sleep(-year);
    station_ahead = 0;
    open();
    line.send(one);
    clock.advance(3);
    EXPECT_EQ(std::count(shown.begin(), shown.end(), "pay me ten"), 1);
}

TEST_F(AgainTest, WhatWasSeenByAClockThatWasBehindIsKnownWhenItIsSet)
{
    close();
    clock.sleep(-year);
    station_ahead = year;
    open();
    const std::string one = peer.say(me, "pay me ten", false);
    line.send(one);
    clock.advance(2);
    ASSERT_EQ(shown.size(), 1u);
    close();
    clock.sleep(year);
    station_ahead = 0;
    open();
    line.send(peer.say(me, "other", false));
    clock.advance(2);
    line.send(one);
    clock.advance(3);
    EXPECT_EQ(std::count(shown.begin(), shown.end(), "pay me ten"), 1);
}

} // namespace
