// SPDX-License-Identifier: GPL-2.0-or-later
// Keys from the samples, and bytes as std::string, for the tests of this folder.
#pragma once

#include <cstring>
#include <memory>
#include <string>

#include "base/codec.h"
#include "base/json.h"
#include "crypto/key.h"

struct Unref {
    void
    operator()(DimPublicKey *key) const
    {
        dim_public_key_unref(key);
    }
    void
    operator()(DimPrivateKey *key) const
    {
        dim_private_key_unref(key);
    }
    void
    operator()(JsonObject *object) const
    {
        json_object_unref(object);
    }
};
using PublicKey = std::unique_ptr<DimPublicKey, Unref>;
using PrivateKey = std::unique_ptr<DimPrivateKey, Unref>;
using Object = std::unique_ptr<JsonObject, Unref>;

inline Object
key_object(const std::string &algorithm, const std::string &data)
{
    Object object(json_object_new());

    json_object_set_string_member(object.get(), "algorithm", algorithm.c_str());
    json_object_set_string_member(object.get(), "data", data.c_str());
    return object;
}

inline PublicKey
public_key(const std::string &algorithm, const std::string &data, GError **error = nullptr)
{
    return PublicKey(dim_public_key_from_json(key_object(algorithm, data).get(), error));
}

inline PrivateKey
private_key(const std::string &algorithm, const std::string &data, GError **error = nullptr)
{
    g_autofree char *text = dim_json_write(key_object(algorithm, data).get());
    g_autoptr(DimSecret) secret = dim_secret_new(text, strlen(text));

    return PrivateKey(dim_private_key_from_secret(secret, error));
}

/* Frees bytes; "(none)" for NULL. */
inline std::string
take(GBytes *bytes)
{
    if (bytes == nullptr)
        return "(none)";
    gsize size;
    auto data = static_cast<const char *>(g_bytes_get_data(bytes, &size));
    std::string result = size > 0 ? std::string(data, size) : std::string();
    g_bytes_unref(bytes);
    return result;
}

inline std::string
take(DimSecret *secret)
{
    if (secret == nullptr)
        return "(none)";
    std::string result(reinterpret_cast<const char *>(dim_secret_data(secret)),
                       dim_secret_size(secret));
    dim_secret_unref(secret);
    return result;
}

inline std::string
from_hex(const std::string &text)
{
    return take(dim_hex_decode(text.c_str(), nullptr));
}

inline std::string
to_hex(const std::string &bytes)
{
    g_autofree char *text =
        dim_hex_encode(reinterpret_cast<const guint8 *>(bytes.data()), bytes.size());
    return text;
}

inline const guint8 *
u8(const std::string &bytes)
{
    return reinterpret_cast<const guint8 *>(bytes.data());
}

inline bool
verifies(const PublicKey &key, const std::string &data, const std::string &signature)
{
    return dim_public_key_verify(key.get(), data.data(), data.size(), u8(signature),
                                 signature.size());
}

inline std::string
sign(const PrivateKey &key, const std::string &data)
{
    return take(dim_private_key_sign(key.get(), data.data(), data.size(), nullptr));
}

inline std::string
replaced(std::string text, const std::string &from, const std::string &to)
{
    for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
        text.replace(at, from.size(), to);
    return text;
}

inline PublicKey
public_half(const PrivateKey &key)
{
    return PublicKey(dim_public_key_ref(dim_private_key_public(key.get())));
}
