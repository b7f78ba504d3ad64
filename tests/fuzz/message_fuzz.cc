// SPDX-License-Identifier: GPL-2.0-or-later
// Random text as a message: read, judged and opened by somebody who has a key; what is taken is kept to the letter.
#include <cstdint>
#include <cstring>

#include "message/seal.h"

#include "tests/support/fixed_user.hh"

static GPtrArray *
my_keys()
{
    static GPtrArray *keys = nullptr;

    if (keys == nullptr) {
        keys = g_ptr_array_new();
        g_ptr_array_add(keys, dim_private_key_new(DIM_KEY_ECC, 256, nullptr));
        g_ptr_array_add(keys, support::fixed_key(support::fixed_rsa).release());
    }
    return keys;
}

extern "C" int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    DimMessage *message = dim_message_parse(reinterpret_cast<const char *>(data),
                                            static_cast<gssize>(size), nullptr);

    if (message == nullptr)
        return 0;
    static DimCipherKey *known = dim_cipher_key_new();
    static GPtrArray *strangers = g_ptr_array_new();
    char *text = dim_message_to_text(message);
    char *tag = dim_message_tag(message);
    JsonObject *object = dim_message_to_json(message);
    DimMessage *again = dim_message_from_json(object, nullptr);
    const DimUnsealing how = { dim_message_receiver(message), known, my_keys() };
    DimCipherKey *used = nullptr;
    DimMessage *opened = dim_unseal(message, &how, &used, nullptr);

    if (strangers->len == 0)
        g_ptr_array_add(strangers, dim_private_key_public(
                                       static_cast<DimPrivateKey *>(my_keys()->pdata[0])));
    g_assert(strlen(text) == size && memcmp(text, data, size) == 0);
    g_assert(again != nullptr);
    g_assert(!dim_seal_verify(message, strangers));
    g_assert(opened == nullptr || dim_message_is_broadcast(message) || used != nullptr);
    dim_cipher_key_unref(used);
    dim_message_unref(opened);
    dim_message_unref(again);
    dim_message_unref(message);
    json_object_unref(object);
    g_free(text);
    g_free(tag);
    return 0;
}
