// SPDX-License-Identifier: GPL-2.0-or-later
// Accounts of the station's tests, and what they seal.
#pragma once

#include <gtest/gtest.h>
#include <stdexcept>
#include <string>

#include "message/seal.h"

#include "tests/support/identities.hh"

namespace station_test {
namespace { // the owners of C values are local to each file

using support::Text;

// An account of a test.
struct Person : support::Identity {
    using support::Identity::Identity;

    std::string
    name() const
    {
        return dim_id_text(id());
    }
};

// The identity of a station, kept in this store.
inline OWNED(DimUser) station_in(DimStore *store)
{
    DimRegisterOptions options{};
    support::Error error;

    options.kind = DIM_META_MKM;
    options.identity_key = DIM_KEY_ECC;
    options.visa_bits = 1024;
    options.network = DIM_TYPE_STATION;
    options.seed = "station";
    OWNED(DimUser) user(dim_user_register(store, &options, &error));
    if (!user)
        throw std::runtime_error(error.message());
    return user;
}

// A sealed message; with the receiver's key NULL a plain one for a broadcast ID.
inline std::string
seal(const Person &from,
     const DimId *to,
     DimContent *content,
     DimPublicKey *key,
     bool introduce)
{
    OWNED(DimCipherKey) talk(dim_cipher_key_new());
    OWNED(DimMessage) instant(dim_message_new(from.id(), to, nullptr, content));
    support::Error error;
    DimSealing how{};
    JsonObject *meta = introduce ? dim_meta_to_json(dim_user_meta(from.user.get())) : nullptr;
    JsonObject *visa =
        introduce ? dim_document_to_json(dim_user_visa(from.user.get())) : nullptr;
    GPtrArray *keys = g_ptr_array_new();
    GPtrArray *wrapped = nullptr;
    std::string text;

    if (key != nullptr) {
        g_ptr_array_add(keys, key);
        wrapped = dim_seal_wrap(talk.get(), to, keys, nullptr, &error);
    }
    how.signer = dim_user_signer(from.user.get());
    how.talk = talk.get();
    how.wrapped = wrapped;
    how.meta = meta;
    how.visa = visa;
    OWNED(DimMessage) sealed(dim_seal(instant.get(), &how, &error));
    if (sealed)
        text = Text(dim_message_to_text(sealed.get())).get();
    else
        ADD_FAILURE() << error.message();
    g_ptr_array_unref(keys);
    g_clear_pointer(&wrapped, g_ptr_array_unref);
    g_clear_pointer(&meta, json_object_unref);
    g_clear_pointer(&visa, json_object_unref);
    return text;
}

// A text for another person.
inline std::string
letter(const Person &from, const Person &to, const std::string &text)
{
    OWNED(DimContent) content(dim_content_new_text(text.c_str()));

    return seal(from, to.id(), content.get(), dim_document_key(dim_user_visa(to.user.get())),
                false);
}

} // namespace
} // namespace station_test
