// SPDX-License-Identifier: GPL-2.0-or-later
// Random text as key data of every algorithm, public and private: a key that comes to life is the same once written.
#include "crypto/key.h"

#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <string>

#include "base/json.h"

static void
try_public(JsonObject *object)
{
    static const guint8 junk[1024] = { 1 };
    DimPublicKey *key = dim_public_key_from_json(object, nullptr);
    guint8 fingerprint[32];

    if (key == nullptr)
        return;
    JsonObject *written = dim_public_key_to_json(key);
    DimPublicKey *again = dim_public_key_from_json(written, nullptr);

    g_assert(again != nullptr && dim_public_key_equal(key, again));
    g_assert(!dim_public_key_verify(key, "text", 4, junk, dim_public_key_bits(key) / 8));
    dim_public_key_fingerprint(key, fingerprint);
    g_bytes_unref(dim_public_key_data(key));
    json_object_unref(written);
    dim_public_key_unref(again);
    dim_public_key_unref(key);
}

static void
try_private(JsonObject *object)
{
    char *text = dim_json_write(object);
    DimSecret *secret = dim_secret_new(text, strlen(text));
    DimPrivateKey *key = dim_private_key_from_secret(secret, nullptr);

    g_free(text);
    dim_secret_unref(secret);
    if (key == nullptr)
        return;
    secret = dim_private_key_to_secret(key, nullptr);
    DimPrivateKey *again = dim_private_key_from_secret(secret, nullptr);

    g_assert(
        again != nullptr
        && dim_public_key_equal(dim_private_key_public(key), dim_private_key_public(again)));
    dim_secret_unref(secret);
    dim_private_key_unref(again);
    dim_private_key_unref(key);
}

extern "C" int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const std::string text(reinterpret_cast<const char *>(data), size);

    for (const char *algorithm : { "RSA", "ECC" }) {
        /* as PEM text, and as bare DER, which the fuzzer changes with less effort */
        char *coded = g_base64_encode(data, size);
        for (const char *key_data : { text.c_str(), static_cast<const char *>(coded) }) {
            JsonObject *object = json_object_new();

            json_object_set_string_member(object, "algorithm", algorithm);
            json_object_set_string_member(object, "data", key_data);
            try_public(object);
            try_private(object);
            json_object_unref(object);
        }
        g_free(coded);
    }
    return 0;
}
