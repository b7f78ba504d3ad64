// SPDX-License-Identifier: GPL-2.0-or-later
// Alice writes to Bob: her keys, his keys, and what goes over the wire, to be tampered with.
#pragma once

#include <cstring>
#include <string>

#include "base/codec.h"
#include "base/json.h"
#include "message/seal.h"

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

inline std::string
base64_of(GBytes *value)
{
    gsize size = 0;
    auto *bytes = static_cast<const guint8 *>(g_bytes_get_data(value, &size));

    return support::Text(dim_base64_encode(bytes, size)).get();
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
    // What a client that writes no binding makes of this content.
    OWNED(JsonObject)
    by_others(const std::string &plain)
    {
        auto wire = sealed(bob_.get());
        OWNED(GBytes) iv(dim_json_bytes(wire.get(), "IV", nullptr));
        OWNED(GBytes)
        data(dim_cipher_key_encrypt(
            talk_.get(), plain.data(), plain.size(),
            static_cast<const guint8 *>(g_bytes_get_data(iv.get(), nullptr)), nullptr));
        gsize size = 0;
        auto *bytes = static_cast<const guint8 *>(g_bytes_get_data(data.get(), &size));
        OWNED(GBytes) proof(dim_private_key_sign(signer, bytes, size, nullptr));

        json_object_set_string_member(wire.get(), "data", base64_of(data.get()).c_str());
        json_object_set_string_member(wire.get(), "signature", base64_of(proof.get()).c_str());
        return wire;
    }
    OWNED(JsonObject)
    by_others()
    {
        return by_others(support::Text(dim_content_to_text(content_.get())).get());
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
    static inline DimPrivateKey *signer, *reader, *older;
    OWNED(DimId) alice_, bob_;
    OWNED(DimCipherKey) talk_;
    OWNED(DimContent) content_;
    OWNED(GPtrArray) verify_, mine_;
};

} // namespace
