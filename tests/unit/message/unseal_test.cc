// SPDX-License-Identifier: GPL-2.0-or-later
// Opening: which keys are tried and which not, and what is refused whatever the unsigned members say.
#include "tests/unit/message/unseal_case.hh"

namespace {

TEST_F(Unseal, FindsItsKeyUnderEveryName)
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

TEST_F(Unseal, KnowsWhetherAKeyForMeCameAlong)
{
    const std::string me = dim_id_text(bob_.get());
    const struct {
        std::string more;
        bool has;
    } rows[] = {
        { "{}", false },
        { "{\"key\":\"AAAA\"}", true },
        { "{\"key\":null}", false },
        { "{\"key\":\"\"}", false },
        { "{\"key\":7}", true },
        { "{\"key\":\"no base64\"}", true },
        { "{\"key\":[]}", true },
        { "{\"keys\":{}}", false },
        { "{\"keys\":null,\"key\":null}", false },
        { "{\"keys\":{\"digest\":\"AAAA\"}}", false },
        { "{\"keys\":{\"digest\":\"AAAA\"},\"key\":\"AAAA\"}", true },
        { "{\"keys\":{\"carol@18ivjthry5ycYZ1xqUDcC7qEW3xn42VQAX\":\"AAAA\"}}", false },
        { "{\"keys\":{\"" + me + "\":\"\"}}", false },
        { "{\"keys\":{\"" + me + "\":\"AAAA\"}}", true },
        { "{\"keys\":{\"" + me + "/desk\":\"AAAA\"}}", true },
        { "{\"keys\":{\"" + me + "/*\":\"AAAA\"}}", true },
    };

    for (const auto &row : rows) {
        auto wire = sealed(bob_.get());
        OWNED(JsonObject) more(dim_json_parse(row.more.c_str(), -1, nullptr));
        json_object_remove_member(wire.get(), "key");
        json_object_remove_member(wire.get(), "keys");
        for (const char *name : { "key", "keys" })
            if (json_object_has_member(more.get(), name))
                json_object_set_member(wire.get(), name,
                                       json_object_dup_member(more.get(), name));
        OWNED(DimMessage) message(dim_message_from_json(wire.get(), nullptr));
        ASSERT_NE(nullptr, message) << row.more;
        EXPECT_EQ(row.has, dim_unseal_has_key(message.get(), bob_.get()) != FALSE) << row.more;
    }
}

TEST_F(Unseal, ReadsTheIvOfTheMessageThenOfTheKeyThenZeros)
{
    auto wire = by_others();
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
    auto small = by_others();
    json_object_set_string_member(small.get(), "iv",
                                  json_object_get_string_member(small.get(), "IV"));
    json_object_remove_member(small.get(), "IV");
    EXPECT_NE(nullptr, open(small.get(), error));
    for (auto *none : { wire.get(), small.get() }) {
        json_object_set_string_member(none, "IV", "");
        EXPECT_NE(nullptr, open(none, error)) << error.message();
    }
}

TEST_F(Unseal, OpensWithTheKnownKeyWithoutAnyWrappedOne)
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

TEST_F(Unseal, FallsBackWhenTheKnownKeyIsOutOfDate)
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
TEST_F(Unseal, RefusesThePlainKeyForAPrivateMessage)
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

TEST_F(Unseal, RefusesAnotherTypeOnTheEnvelope)
{
    auto wire = sealed(bob_.get());
    support::Error error;

    json_object_set_string_member(wire.get(), "type", "136");
    EXPECT_EQ(nullptr, open(wire.get(), error));
    EXPECT_TRUE(support::failed_with(error, DIM_ERROR_ALTERED)) << "the key was good";
    json_object_set_int_member(wire.get(), "type", 1);
    EXPECT_NE(nullptr, open(wire.get(), error));
    auto old = by_others();
    json_object_set_string_member(old.get(), "type", "136");
    EXPECT_EQ(nullptr, open(old.get(), error));
    EXPECT_TRUE(support::failed_with(error, DIM_ERROR_ALTERED));
    json_object_remove_member(old.get(), "type");
    EXPECT_NE(nullptr, open(old.get(), error));
}

// One bit of the IV turns a text's type into a 0.
TEST_F(Unseal, RefusesAContentOfNoTypeUnderAnEnvelopeThatTellsOne)
{
    support::Error error;

    content_.reset(dim_content_new_take(DIM_CONTENT_ANY, json_object_new()));
    auto wire = by_others();
    json_object_set_int_member(wire.get(), "type", 1);
    EXPECT_EQ(nullptr, open(wire.get(), error));
    EXPECT_TRUE(support::failed_with(error, DIM_ERROR_ALTERED));
    json_object_set_int_member(wire.get(), "type", 0);
    EXPECT_NE(nullptr, open(wire.get(), error));
}

// As everything that a wrong key could give by chance.
TEST_F(Unseal, RefusesAPlaintextWithoutASerial)
{
    static const struct {
        const char *plain;
        bool good;
    } rows[] = {
        { R"({"type":1,"sn":7,"text":"x"})", true },
        { R"({"type":1,"text":"x"})", false },
        { R"({"type":1,"sn":0,"text":"x"})", false },
        { R"({"sn":7,"text":"x"})", false },
        { R"(["type",1])", false },
        { "words", false },
    };

    for (const auto &row : rows) {
        auto wire = sealed(bob_.get());
        guint8 iv[DIM_IV_SIZE] = { 7 };
        OWNED(GBytes)
        data(dim_cipher_key_encrypt(talk_.get(), row.plain, strlen(row.plain), iv, nullptr));
        gsize size = 0;
        auto *bytes = static_cast<const guint8 *>(g_bytes_get_data(data.get(), &size));
        OWNED(GBytes) proof(dim_private_key_sign(signer, bytes, size, nullptr));
        support::Error error;

        set_bytes(wire.get(), "data", data.get());
        set_bytes(wire.get(), "signature", proof.get());
        json_object_set_string_member(wire.get(), "IV",
                                      support::Text(dim_base64_encode(iv, sizeof iv)).get());
        EXPECT_EQ(row.good, open(wire.get(), error) != nullptr) << row.plain;
        EXPECT_TRUE(row.good || support::failed_with(error, DIM_ERROR_NO_KEY)) << row.plain;
    }
}

TEST_F(Unseal, TellsEveryWrongKeyAlike)
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

TEST_F(Unseal, RefusesABroadcastThatIsNoContent)
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

TEST_F(Unseal, RefusesAContentWithoutASerialNumber)
{
    OWNED(JsonObject) none(json_object_new());
    support::Error error;

    json_object_set_int_member(none.get(), "sn", 0);
    json_object_set_string_member(none.get(), "text", "which one?");
    content_.reset(dim_content_new_take(DIM_CONTENT_TEXT, json_object_ref(none.get())));
    auto wire = sealed(bob_.get());
    EXPECT_EQ(nullptr, open(wire.get(), error));
    EXPECT_TRUE(support::failed_with(error, DIM_ERROR_NO_KEY));
}

// A wrong key gives a content by chance once in more than 2^100 tries: here it must give none in many.
TEST_F(Unseal, TakesNoWrongKnownKeyForTheRightOne)
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

// The group is signed by nobody: with it a station could turn what she said to all into a word to him alone (threat T5).
TEST_F(Unseal, TakesNoPlainTextForOnePersonWhateverTheGroup)
{
    const char *content = R"({"type":1,"sn":7,"time":5,"text":"said to everybody"})";
    support::Error error;

    auto forged = said(content, dim_id_text(bob_.get()), "everyone@everywhere");
    EXPECT_EQ(nullptr, open(forged.get(), error));
    auto plain = said(content, "everyone@everywhere", nullptr);
    EXPECT_NE(nullptr, open(plain.get(), error)) << error.message();
    auto encoded = said(content, dim_id_text(bob_.get()), "everyone@everywhere");
    support::Text data(
        dim_base64_encode(reinterpret_cast<const guint8 *>(content), strlen(content)));
    json_object_set_string_member(encoded.get(), "data", data.get());
    EXPECT_EQ(nullptr, open(encoded.get(), error));
    EXPECT_TRUE(support::failed_with(error, DIM_ERROR_NO_KEY));
}

TEST_F(Unseal, OpensACiphertextWhateverTheGroup)
{
    auto wire = by_others();
    support::Error error;

    json_object_set_string_member(wire.get(), "group", "everyone@everywhere");
    EXPECT_NE(nullptr, open(wire.get(), error)) << error.message();
}

// A visa is signed JSON with a type, too.
TEST_F(Unseal, TakesNoVisaForABroadcast)
{
    auto wire = said(R"({"type":"visa","time":5,"name":"Alice","key":{}})",
                     "everyone@everywhere", nullptr);
    support::Error error;

    EXPECT_EQ(nullptr, open(wire.get(), error));
    EXPECT_TRUE(support::failed_with(error, DIM_ERROR_MALFORMED));
}

} // namespace
