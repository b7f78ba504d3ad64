// SPDX-License-Identifier: GPL-2.0-or-later
// Random text as a message: read, judged and opened by somebody who has a key; what is taken is kept to the letter.
#include <cstdint>
#include <cstring>

#include "message/seal.h"

// Bob's visa key of the repository's vectors (thrown away, as all keys there).
static const char bob[] = "{\"algorithm\":\"RSA\",\"data\":\""
                          "-----BEGIN RSA PRIVATE KEY-----\\n"
                          "MIICWwIBAAKBgQCwFaix7Wv962GP4hm9PE/oU+ZE8edGaLgq3Ma1Ninq6DdAeqoV\\n"
                          "cvaHOTkydWSILuLClUgI9/YWrlE/fXqljNkTCZh3xWvUUH52VHIzPqsIpgbhtkJm\\n"
                          "jn5L59RdSvYflyEfVRG+yH203Uzg/lZLkX3sCX3OWwYsyWo6JqhBUJUrgQIDAQAB\\n"
                          "AoGAXR8nNunL2d54myJE4Hob/E8akU2pNOg+tZRKlh0N8Ahc6AG3H17MF9lgcVn6\\n"
                          "D7dT/vn5vZx9DaOknkIa8aBaT8EBc+OhV06Qsii4gZXznurBsP3/Eu2FTCU3o/8G\\n"
                          "1BL7YXewpKBjLqOIDsO+D2GHyf70hgli9Bu1fx0wtBCtGf0CQQDjhjC64XGP00vo\\n"
                          "28owce2AY3ovCRIcywosPVVB9vunlXZDCYdS/fs4/qWQJYJIHpt6kUA7KO6h+GTw\\n"
                          "JBUT94jbAkEAxh9b/OsrEYDyrFSaoPEmcfh+8AMdh8armJhyriWmyrqn41uJ3+CJ\\n"
                          "WkaEyskvkwyEsTyZmnYVMUOPL62QPmjN0wJAIG66d4k3ZOcbxP+/nJRA5LJJcnb6\\n"
                          "i/wtYQ0FIDgSu1rE1t1+2se1jfROqXOPVLR4OUqHO2ekTJZZ3Rlnn8cDTQJAEDZy\\n"
                          "vaC09oq50RZfTPpO7haqtJNcsEa2thcLk2qrWn2pzXYpMzPZqZSJu1p5VSw6E5Lk\\n"
                          "8vnkxBJGPl2SpzjGVwJAKG5qoN6Cg4Zsf0j1IH36nAzVOQadKQTo6g/CHDFj5vVN\\n"
                          "GYvH8MI/DatxkFfprLRo6khEFcwzAoOS0xTnBqgMDw==\\n"
                          "-----END RSA PRIVATE KEY-----\\n"
                          "\"}";

static DimPrivateKey *
rsa_key()
{
    DimSecret *secret = dim_secret_new(bob, strlen(bob));
    DimPrivateKey *key = dim_private_key_from_secret(secret, nullptr);

    dim_secret_unref(secret);
    g_assert(key != nullptr);
    return key;
}

static GPtrArray *
my_keys()
{
    static GPtrArray *keys = nullptr;

    if (keys == nullptr) {
        keys = g_ptr_array_new();
        g_ptr_array_add(keys, dim_private_key_new(DIM_KEY_ECC, 256, nullptr));
        g_ptr_array_add(keys, rsa_key());
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
