// SPDX-License-Identifier: GPL-2.0-or-later
// Users whose keys are the same in each run, so that what a fuzzer finds can be played again.
#pragma once

#include <cstring>
#include <string>

#include "base/clock.h"
#include "people/user.h"

#include "tests/support/autoptr.hh"

namespace support {

// Bob's visa key of the repository's vectors (thrown away, as all keys there).
inline const char fixed_rsa[] =
    "{\"algorithm\":\"RSA\",\"data\":\""
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

inline OWNED(DimPrivateKey) fixed_key(const std::string &text)
{
    OWNED(DimSecret) secret(dim_secret_new(text.data(), text.size()));
    OWNED(DimPrivateKey) key(dim_private_key_from_secret(secret.get(), nullptr));

    g_assert(key != nullptr);
    return key;
}

// digit: one of hexadecimal, of which the key of the identity is made. seed: (nullable) of an MKM meta, else it is of ETH.
inline OWNED(DimUser)
    fixed_user(char digit, const char *nickname, const char *seed = nullptr, guint8 network = 0)
{
    auto identity =
        fixed_key("{\"algorithm\":\"ECC\",\"data\":\"" + std::string(64, digit) + "\"}");
    auto lock = fixed_key(fixed_rsa);
    OWNED(DimMeta)
    meta(dim_meta_new(seed != nullptr ? DIM_META_MKM : DIM_META_ETH, identity.get(), seed,
                      nullptr));
    OWNED(DimId) id(dim_meta_make_id(meta.get(), network, nullptr));
    OWNED(JsonObject) properties(json_object_new());
    OWNED(GPtrArray) keys(g_ptr_array_new());

    json_object_set_string_member(properties.get(), "name", nickname);
    json_object_set_object_member(properties.get(), "key",
                                  dim_public_key_to_json(dim_private_key_public(lock.get())));
    OWNED(DimDocument)
    visa(dim_document_new(id.get(), "visa", properties.get(), dim_clock_now(dim_clock_system()),
                          identity.get(), nullptr));
    g_ptr_array_add(keys.get(), lock.get());
    OWNED(DimUser)
    user(dim_user_new(id.get(), meta.get(), visa.get(), identity.get(), keys.get(), nullptr));
    g_assert(user != nullptr);
    return user;
}

} // namespace support
