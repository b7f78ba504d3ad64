// SPDX-License-Identifier: GPL-2.0-or-later
// Random text at the decoders: what is taken is canonical, so that encoding gives the text again.
#include "base/codec.h"

#include <cstdint>
#include <cstring>
#include <string>

using Encode = char *(const guint8 *, gsize);

static std::string
encoded(Encode *encode, GBytes *bytes)
{
    gsize size = 0;
    const auto *data = static_cast<const guint8 *>(g_bytes_get_data(bytes, &size));
    char *text = encode(data, size);
    std::string result = text;

    g_free(text);
    g_bytes_unref(bytes);
    return result;
}

static std::string
without_blanks(const std::string &text)
{
    std::string result;

    for (char c : text) {
        if (strchr(" \t\r\n", c) == nullptr)
            result.push_back(c);
    }
    return result;
}

extern "C" int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const std::string text(reinterpret_cast<const char *>(data),
                           strnlen(reinterpret_cast<const char *>(data), size));
    GBytes *bytes = dim_base64_decode(reinterpret_cast<const char *>(data),
                                      static_cast<gssize>(size), nullptr);

    if (bytes != nullptr) {
        g_assert(text.size() == size);
        g_assert(encoded(dim_base64_encode, bytes) == without_blanks(text));
    }
    bytes = dim_base58_decode(text.c_str(), nullptr);
    if (bytes != nullptr)
        g_assert(encoded(dim_base58_encode, bytes) == text);
    bytes = dim_hex_decode(text.c_str(), nullptr);
    if (bytes != nullptr)
        g_assert(g_ascii_strcasecmp(encoded(dim_hex_encode, bytes).c_str(), text.c_str()) == 0);
    bytes = dim_ted_decode(text.c_str(), nullptr);
    g_bytes_unref(bytes);
    return 0;
}
