// SPDX-License-Identifier: GPL-2.0-or-later
// Sealing and opening: both ways, with wrong keys, wrong signatures and changed bytes.
#include "message/seal.h"

#include <cstring>
#include <string>

#include "base/codec.h"
#include "base/json.h"

#include "tests/support/autoptr.hh"
#include "tests/support/matchers.hh"

namespace {

DimSecret *
secret_of(const std::string &text)
{
    return dim_secret_new(text.data(), text.size());
}

// A key of the repository's vectors: libgcrypt's key maker keeps memory that a leak checker cannot follow.
DimPrivateKey *
rsa_key(const char *name)
{
    OWNED(JsonParser) parser(json_parser_new());

    if (!json_parser_load_from_file(parser.get(), DIM_VECTORS_DIR "/ref_keys.json", nullptr))
        return nullptr;
    JsonObject *keys = json_object_get_object_member(
        json_node_get_object(json_parser_get_root(parser.get())), "keys");
    support::Text text(dim_json_write(
        json_object_get_object_member(json_object_get_object_member(keys, name), "private")));
    OWNED(DimSecret) secret(secret_of(text.get()));
    return dim_private_key_from_secret(secret.get(), nullptr);
}

class Seal : public ::testing::Test {
  protected:
    static void
    SetUpTestSuite()
    {
        signer = dim_private_key_new(DIM_KEY_ECC, 256, nullptr);
        reader = rsa_key("rsa_b");
        older = rsa_key("rsa_a");
        ASSERT_TRUE(reader != nullptr && older != nullptr);
    }
    static void
    TearDownTestSuite()
    {
        dim_private_key_unref(signer);
        dim_private_key_unref(reader);
        dim_private_key_unref(older);
    }
    void
    SetUp() override
    {
        alice_.reset(dim_id_parse("0x98d548788b2b84f3F59224417855F40305779Bf2/desk", nullptr));
        bob_.reset(dim_id_parse("bob@18ivjthry5ycYZ1xqUDcC7qEW3xn42VQAX", nullptr));
        talk_.reset(dim_cipher_key_new());
        content_.reset(dim_content_new_text("hello, 世界"));
        verify_.reset(g_ptr_array_new());
        g_ptr_array_add(verify_.get(), dim_private_key_public(signer));
        mine_.reset(g_ptr_array_new());
        g_ptr_array_add(mine_.get(), signer); // cannot decrypt: must not stop the search
        g_ptr_array_add(mine_.get(), older);
        g_ptr_array_add(mine_.get(), reader);
    }
    OWNED(GPtrArray)
    wrap(const char *terminal = nullptr)
    {
        OWNED(GPtrArray) keys(g_ptr_array_new());
        OWNED(GPtrArray) terminals(g_ptr_array_new());

        g_ptr_array_add(keys.get(), dim_private_key_public(reader));
        g_ptr_array_add(terminals.get(), const_cast<char *>(terminal));
        return OWNED(GPtrArray)(
            dim_seal_wrap(talk_.get(), bob_.get(), keys.get(), terminals.get(), nullptr));
    }
    // What goes over the wire, with a tree to tamper with.
    OWNED(JsonObject)
    sealed(DimId *receiver, JsonObject *attachment = nullptr)
    {
        OWNED(DimMessage)
        instant(dim_message_new(alice_.get(), receiver, nullptr, content_.get()));
        auto wrapped = wrap();
        DimSealing how = { signer,     talk_.get(), wrapped.get(),
                           attachment, attachment,  1700000000.7833745 };
        OWNED(DimMessage) message(dim_seal(instant.get(), &how, nullptr));
        support::Text text(dim_message_to_text(message.get()));

        return OWNED(JsonObject)(dim_json_parse(text.get(), -1, nullptr));
    }
    OWNED(DimMessage)
    open(JsonObject *wire,
         support::Error &error,
         const DimCipherKey *known = nullptr,
         DimCipherKey **used = nullptr)
    {
        OWNED(DimMessage) message(dim_message_from_json(wire, nullptr));
        DimUnsealing how = { bob_.get(), known, mine_.get() };

        if (message == nullptr || !dim_seal_verify(message.get(), verify_.get()))
            return nullptr;
        return OWNED(DimMessage)(dim_unseal(message.get(), &how, used, &error));
    }
    // A wrapped key of my own making under `key`, nothing under `keys`.
    void
    replace_key(JsonObject *wire, const std::string &key_json)
    {
        OWNED(DimSecret) secret(secret_of(key_json));
        OWNED(GBytes)
        bytes(dim_public_key_encrypt(dim_private_key_public(reader), secret.get(), nullptr));
        gsize size = 0;
        auto *data = static_cast<const guint8 *>(g_bytes_get_data(bytes.get(), &size));
        support::Text text(dim_base64_encode(data, size));

        json_object_remove_member(wire, "keys");
        json_object_set_string_member(wire, "key", text.get());
    }
    static DimPrivateKey *signer, *reader, *older;
    OWNED(DimId) alice_, bob_;
    OWNED(DimCipherKey) talk_;
    OWNED(DimContent) content_;
    OWNED(GPtrArray) verify_, mine_;
};
DimPrivateKey *Seal::signer, *Seal::reader, *Seal::older;

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

TEST_F(Seal, FindsItsKeyUnderEveryName)
{
    const char *bob = dim_id_text(bob_.get());
    const std::string forms[] = { bob, std::string(bob) + "/phone", std::string(bob) + "/*" };

    for (const std::string &name : forms) {
        auto wire = sealed(bob_.get());
        JsonObject *keys = json_object_new();

        json_object_set_string_member(keys, "digest", "AAAAAAAA");
        json_object_set_string_member(keys, "carol@18ivjthry5ycYZ1xqUDcC7qEW3xn42VQAX", "AAAA");
        json_object_set_string_member(keys, name.c_str(),
                                      json_object_get_string_member(wire.get(), "key"));
        json_object_set_object_member(wire.get(), "keys", keys);
        json_object_remove_member(wire.get(), "key");
        support::Error error;
        EXPECT_NE(nullptr, open(wire.get(), error)) << name;
    }
    auto old = sealed(bob_.get());
    json_object_remove_member(old.get(), "keys");
    support::Error error;
    EXPECT_NE(nullptr, open(old.get(), error));
}

TEST_F(Seal, ReadsTheIvOfTheMessageThenOfTheKeyThenZeros)
{
    auto wire = sealed(bob_.get());
    std::string iv = json_object_get_string_member(wire.get(), "IV");
    OWNED(DimSecret) plain(dim_cipher_key_to_secret(talk_.get()));
    std::string key(reinterpret_cast<const char *>(dim_secret_data(plain.get())),
                    dim_secret_size(plain.get()));
    support::Error error;

    json_object_remove_member(wire.get(), "IV");
    EXPECT_EQ(nullptr, open(wire.get(), error));
    EXPECT_TRUE(support::failed_with(error, DIM_ERROR_NO_KEY));
    replace_key(wire.get(), key.substr(0, key.size() - 1) + ",\"iv\":\"" + iv + "\"}");
    EXPECT_NE(nullptr, open(wire.get(), error)) << error.message();
    auto small = sealed(bob_.get());
    json_object_set_string_member(small.get(), "iv",
                                  json_object_get_string_member(small.get(), "IV"));
    json_object_remove_member(small.get(), "IV");
    EXPECT_NE(nullptr, open(small.get(), error));
}

TEST_F(Seal, OpensWithTheKnownKeyWithoutAnyWrappedOne)
{
    auto wire = sealed(bob_.get());
    support::Error error;
    DimCipherKey *key = nullptr;

    json_object_remove_member(wire.get(), "keys");
    json_object_remove_member(wire.get(), "key");
    EXPECT_EQ(nullptr, open(wire.get(), error));
    EXPECT_TRUE(support::failed_with(error, DIM_ERROR_NO_KEY));
    EXPECT_NE(nullptr, open(wire.get(), error, talk_.get(), &key));
    OWNED(DimCipherKey) used(key);
    EXPECT_TRUE(dim_cipher_key_equal(used.get(), talk_.get()));
}

TEST_F(Seal, FallsBackWhenTheKnownKeyIsOutOfDate)
{
    auto wire = sealed(bob_.get());
    OWNED(DimCipherKey) stale(dim_cipher_key_new());
    support::Error error;
    DimCipherKey *key = nullptr;

    EXPECT_NE(nullptr, open(wire.get(), error, stale.get(), &key));
    OWNED(DimCipherKey) used(key);
    EXPECT_TRUE(dim_cipher_key_equal(used.get(), talk_.get()));
}

// What is public and signed (a broadcast's text) must not pass for a private message by a plain key (threat T5).
TEST_F(Seal, RefusesThePlainKeyForAPrivateMessage)
{
    auto wire = sealed(bob_.get());
    OWNED(DimMessage)
    instant(dim_message_new(alice_.get(), dim_id_any_station(), nullptr, content_.get()));
    DimSealing how = { signer, nullptr, nullptr, nullptr, nullptr, 0 };
    OWNED(DimMessage) said(dim_seal(instant.get(), &how, nullptr));
    OWNED(JsonObject) open_wire(dim_message_to_json(said.get()));
    const char *words = json_object_get_string_member(open_wire.get(), "data");
    support::Text data(
        dim_base64_encode(reinterpret_cast<const guint8 *>(words), strlen(words)));
    support::Error error;

    json_object_set_string_member(wire.get(), "data", data.get());
    json_object_set_string_member(wire.get(), "signature",
                                  json_object_get_string_member(open_wire.get(), "signature"));
    replace_key(wire.get(), "{\"algorithm\":\"PLAIN\"}");
    OWNED(DimMessage) signed_one(dim_message_from_json(wire.get(), nullptr));
    ASSERT_TRUE(dim_seal_verify(signed_one.get(), verify_.get()));
    EXPECT_EQ(nullptr, open(wire.get(), error));
    EXPECT_TRUE(support::failed_with(error, DIM_ERROR_NO_KEY));
    OWNED(DimCipherKey) plain(dim_cipher_key_plain());
    EXPECT_EQ(nullptr, open(wire.get(), error, plain.get()));
}

TEST_F(Seal, RefusesAnotherTypeOnTheEnvelope)
{
    auto wire = sealed(bob_.get());
    support::Error error;

    json_object_set_string_member(wire.get(), "type", "136");
    EXPECT_EQ(nullptr, open(wire.get(), error));
    json_object_set_int_member(wire.get(), "type", 1);
    EXPECT_NE(nullptr, open(wire.get(), error));
    json_object_remove_member(wire.get(), "type");
    EXPECT_NE(nullptr, open(wire.get(), error));
}

TEST_F(Seal, TellsEveryWrongKeyAlike)
{
    const std::string keys[] = {
        "{}", "no JSON", "{\"algorithm\":\"AES\"}", "{\"algorithm\":\"AES\",\"data\":\"AAAA\"}",
        "{\"algorithm\":\"AES\",\"data\":\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\"}"
    };
    std::string first;

    for (const std::string &key : keys) {
        auto wire = sealed(bob_.get());
        support::Error error;

        replace_key(wire.get(), key);
        EXPECT_EQ(nullptr, open(wire.get(), error)) << key;
        EXPECT_TRUE(support::failed_with(error, DIM_ERROR_NO_KEY)) << key;
        if (first.empty())
            first = error.message();
        EXPECT_EQ(first, error.message());
    }
    auto wire = sealed(bob_.get());
    support::Error error;
    json_object_remove_member(wire.get(), "keys");
    json_object_set_string_member(wire.get(), "key", "AAAA");
    EXPECT_EQ(nullptr, open(wire.get(), error));
    EXPECT_EQ(first, error.message());
}

TEST_F(Seal, RefusesABroadcastThatIsNoContent)
{
    const char *data = "just words";
    OWNED(GBytes) proof(dim_private_key_sign(signer, data, strlen(data), nullptr));
    gsize size = 0;
    auto *bytes = static_cast<const guint8 *>(g_bytes_get_data(proof.get(), &size));
    support::Text signature(dim_base64_encode(bytes, size));
    auto wire = sealed(dim_id_any_station());
    support::Error error;

    json_object_set_string_member(wire.get(), "data", data);
    json_object_set_string_member(wire.get(), "signature", signature.get());
    EXPECT_EQ(nullptr, open(wire.get(), error));
    EXPECT_TRUE(support::failed_with(error, DIM_ERROR_MALFORMED));
}

// A wrong key gives a content by chance once in more than 2^100 tries: here it must give none in many.
TEST_F(Seal, TakesNoWrongKnownKeyForTheRightOne)
{
    auto wire = sealed(bob_.get());
    support::Error error;

    json_object_remove_member(wire.get(), "keys");
    json_object_remove_member(wire.get(), "key");
    for (int i = 0; i < 5000; i++) {
        OWNED(DimCipherKey) wrong(dim_cipher_key_new());
        ASSERT_EQ(nullptr, open(wire.get(), error, wrong.get()));
    }
}

} // namespace
