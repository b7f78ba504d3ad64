// SPDX-License-Identifier: GPL-2.0-or-later
// Random bytes as something that a passphrase locks: read with care, opened or refused, never taken on trust.
#include <cstdint>
#include <cstring>
#include <string>

#include "crypto/key.h"
#include "crypto/pbes2.h"

// What the door allows may still take two seconds: here only what costs next to nothing is tried.
static bool
is_dear(const uint8_t *data, size_t size)
{
    for (size_t at = 0; at + 2 < size; at++) {
        const size_t length = data[at + 1];
        uint32_t value = 0;

        if (data[at] != 0x02 || length > 4 || at + 2 + length > size)
            continue;
        for (size_t i = 0; i < length; i++)
            value = value << 8 | data[at + 2 + i];
        if (value > (length == 1 ? 16 : 2048))
            return true;
    }
    return false;
}

extern "C" int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (is_dear(data, size))
        return 0;
    DimSecret *word = dim_secret_new("word", 4);
    DimSecret *plain = dim_pbes2_unlock(data, size, word, nullptr);
    char *code = g_base64_encode(data, size);
    const std::string pem = std::string("-----BEGIN ENCRYPTED PRIVATE KEY-----\n") + code
                            + "\n-----END ENCRYPTED PRIVATE KEY-----\n";
    DimPrivateKey *key = dim_private_key_unlock(pem.c_str(), word, nullptr);

    g_assert(key == nullptr || plain != nullptr);
    dim_private_key_unref(key);
    dim_secret_unref(plain);
    dim_secret_unref(word);
    g_free(code);
    return 0;
}
