// SPDX-License-Identifier: GPL-2.0-or-later
// Identities for tests, made on the spot: secp256k1 with an RSA visa key, each in a store in memory.
#pragma once

#include <stdexcept>
#include <string>

#include "base/json.h"
#include "people/user.h"

#include "tests/support/autoptr.hh"

namespace support {
namespace { // the owners below are each file's own

inline OWNED(DimId) id_of(const std::string &text)
{
    Error error;
    OWNED(DimId) id(dim_id_parse(text.c_str(), &error));

    if (!id)
        throw std::runtime_error(text + ": " + error.message());
    return id;
}

struct Identity {
    explicit Identity(const char *nickname = "Alice")
    {
        DimRegisterOptions options = {};
        Error error;

        options.kind = DIM_META_ETH;
        options.identity_key = DIM_KEY_ECC;
        options.visa_bits = 1024;
        options.nickname = nickname;
        user.reset(dim_user_register(store.get(), &options, &error));
        if (!user)
            throw std::runtime_error(error.message());
    }
    DimId *
    id() const
    {
        return dim_user_id(user.get());
    }
    DimMeta *
    meta() const
    {
        return dim_user_meta(user.get());
    }
    // A visa of this person with a time and a terminal of the test's choice.
    OWNED(DimDocument)
    visa(double time, const char *name = "Alice", const char *terminal = nullptr) const
    {
        Error error;
        OWNED(JsonObject)
        properties(dim_json_copy(dim_document_properties(dim_user_visa(user.get()))));

        json_object_set_string_member(properties.get(), "name", name);
        if (terminal != nullptr)
            json_object_set_string_member(properties.get(), "terminal", terminal);
        OWNED(DimDocument)
        document(dim_document_new(id(), "visa", properties.get(), time,
                                  dim_user_signer(user.get()), &error));
        if (!document)
            throw std::runtime_error(error.message());
        return document;
    }

    OWNED(DimStore) store{ dim_store_open_memory() };
    OWNED(DimUser) user;
};

// A list of one public key that nobody else has.
inline OWNED(GPtrArray) one_lock()
{
    Error error;
    OWNED(DimPrivateKey) key(dim_private_key_new(DIM_KEY_ECC, 0, &error));
    OWNED(GPtrArray)
    list(g_ptr_array_new_with_free_func(
        [](gpointer each) { dim_public_key_unref(static_cast<DimPublicKey *>(each)); }));

    if (!key)
        throw std::runtime_error(error.message());
    g_ptr_array_add(list.get(), dim_public_key_ref(dim_private_key_public(key.get())));
    return list;
}

// TRUE if what a peer wraps for that key comes out again.
inline bool
can_read(const DimUser *user, DimPublicKey *key)
{
    Error error;
    OWNED(DimSecret) plain(dim_secret_new("talk key", 8));
    OWNED(GBytes) wrapped(dim_public_key_encrypt(key, plain.get(), &error));
    GPtrArray *keys = dim_user_decrypt_keys(user);

    for (guint i = 0; wrapped && i < keys->len; i++) {
        gsize size = 0;
        const auto *bytes = static_cast<const guint8 *>(g_bytes_get_data(wrapped.get(), &size));
        OWNED(DimSecret)
        opened(dim_private_key_decrypt(static_cast<DimPrivateKey *>(g_ptr_array_index(keys, i)),
                                       bytes, size, &error));
        if (opened && dim_secret_size(opened.get()) == 8)
            return true;
    }
    return false;
}

} // namespace
} // namespace support
