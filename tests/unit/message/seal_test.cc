// SPDX-License-Identifier: GPL-2.0-or-later
// Sealing, the way back, and the check of a signature.
#include "tests/unit/message/seal_case.hh"

namespace {

TEST_F(Seal, GoesRound)
{
    auto wire = sealed(bob_.get());
    support::Error error;
    DimCipherKey *key = nullptr;
    auto opened = open(wire.get(), error, nullptr, &key);
    OWNED(DimCipherKey) used(key);

    ASSERT_NE(nullptr, opened) << error.message();
    EXPECT_STREQ("hello, 世界", dim_content_text(dim_message_content(opened.get())));
    EXPECT_TRUE(dim_cipher_key_equal(used.get(), talk_.get()));
    EXPECT_EQ(dim_content_serial(content_.get()), dim_message_serial(opened.get()));
    EXPECT_STREQ(json_object_get_string_member(wire.get(), "signature"),
                 dim_message_signature_text(opened.get()));
}

TEST_F(Seal, WritesWhatEveryReaderKnows)
{
    auto wire = sealed(bob_.get());
    const char *bob = dim_id_text(bob_.get());
    JsonObject *keys = json_object_get_object_member(wire.get(), "keys");

    EXPECT_STREQ("0x98d548788b2b84f3F59224417855F40305779Bf2",
                 json_object_get_string_member(wire.get(), "sender"));
    EXPECT_STREQ("1", json_object_get_string_member(wire.get(), "type"));
    EXPECT_STREQ(json_object_get_string_member(keys, bob),
                 json_object_get_string_member(wire.get(), "key"));
    EXPECT_EQ(1700000000.7833745, json_object_get_double_member(wire.get(), "SDT"));
    EXPECT_EQ(dim_content_time(content_.get()),
              json_object_get_double_member(wire.get(), "time"));
    EXPECT_FALSE(json_object_has_member(wire.get(), "content"));
}

// One talk key serves many messages: equal words must not look alike.
TEST_F(Seal, TakesAFreshIvForEachMessageOfAKey)
{
    auto one = sealed(bob_.get());
    auto two = sealed(bob_.get());

    for (const char *member : { "IV", "data" })
        EXPECT_STRNE(json_object_get_string_member(one.get(), member),
                     json_object_get_string_member(two.get(), member))
            << member;
}

TEST_F(Seal, WrapsForTerminalsAndAlwaysForTheBareId)
{
    auto entries = wrap("phone");
    auto *first = static_cast<DimWrapped *>(entries->pdata[0]);
    auto *second = static_cast<DimWrapped *>(entries->pdata[1]);

    ASSERT_EQ(2u, entries->len);
    EXPECT_STREQ("bob@18ivjthry5ycYZ1xqUDcC7qEW3xn42VQAX", first->name);
    EXPECT_STREQ("bob@18ivjthry5ycYZ1xqUDcC7qEW3xn42VQAX/phone", second->name);
    auto any = wrap("*");
    EXPECT_EQ(1u, any->len);
}

TEST_F(Seal, PutsTheSignatureBeforeTheAttachments)
{
    OWNED(JsonObject) visa(json_object_new());
    json_object_set_string_member(visa.get(), "signature", "not this one");
    OWNED(DimMessage)
    instant(dim_message_new(alice_.get(), dim_id_any_station(), nullptr, content_.get()));
    DimSealing how = { signer, nullptr, nullptr, visa.get(), visa.get(), 0 };
    OWNED(DimMessage) message(dim_seal(instant.get(), &how, nullptr));
    support::Text text(dim_message_to_text(message.get()));
    std::string wire = text.get();
    OWNED(DimMessage) read(dim_message_parse(wire.c_str(), -1, nullptr));

    EXPECT_LT(wire.find("\"signature\""), wire.find("\"visa\""));
    EXPECT_EQ(std::string::npos, wire.find("\"SDT\""));
    ASSERT_NE(nullptr, read);
    EXPECT_NE(nullptr, dim_message_visa_json(read.get()));
    EXPECT_NE(nullptr, dim_message_meta_json(message.get()));
}

TEST_F(Seal, LeavesABroadcastReadable)
{
    OWNED(JsonObject) wire(sealed(dim_id_any_station()));
    support::Error error;
    auto opened = open(wire.get(), error);

    ASSERT_NE(nullptr, opened);
    EXPECT_STREQ("hello, 世界", dim_content_text(dim_message_content(opened.get())));
    for (const char *absent : { "key", "keys", "IV" })
        EXPECT_FALSE(json_object_has_member(wire.get(), absent)) << absent;
}

TEST_F(Seal, RefusesASignatureOfAnotherSender)
{
    OWNED(DimPrivateKey) other(dim_private_key_new(DIM_KEY_ECC, 256, nullptr));
    OWNED(GPtrArray) keys(g_ptr_array_new());
    auto wire = sealed(bob_.get());
    OWNED(DimMessage) message(dim_message_from_json(wire.get(), nullptr));

    EXPECT_FALSE(dim_seal_verify(message.get(), keys.get())) << "no key at all";
    g_ptr_array_add(keys.get(), dim_private_key_public(other.get()));
    EXPECT_FALSE(dim_seal_verify(message.get(), keys.get()));
    g_ptr_array_add(keys.get(),
                    dim_private_key_public(reader)); // another kind of key: no match, no fault
    EXPECT_FALSE(dim_seal_verify(message.get(), keys.get()));
    g_ptr_array_add(keys.get(), dim_private_key_public(signer));
    EXPECT_TRUE(dim_seal_verify(message.get(), keys.get()));
}

TEST_F(Seal, NoticesEachChangedCharacterOfDataAndSignature)
{
    for (DimId *receiver : { bob_.get(), dim_id_any_station() }) {
        auto wire = sealed(receiver);

        for (const char *member : { "data", "signature" }) {
            std::string good = json_object_get_string_member(wire.get(), member);

            for (size_t i = 0; i < good.size(); i++) {
                std::string bad = good;

                if ((bad[i] & 0x80) != 0)
                    continue; // would be no UTF-8, which no JSON text can carry
                bad[i] = bad[i] == 'A' ? 'B' : 'A';
                json_object_set_string_member(wire.get(), member, bad.c_str());
                OWNED(DimMessage) message(dim_message_from_json(wire.get(), nullptr));
                EXPECT_FALSE(message != nullptr
                             && dim_seal_verify(message.get(), verify_.get()))
                    << member << " " << i;
            }
            json_object_set_string_member(wire.get(), member, good.c_str());
        }
    }
}

} // namespace
