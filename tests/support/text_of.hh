// SPDX-License-Identifier: GPL-2.0-or-later
// Bytes as a string, which may hold any byte.
#pragma once

#include <glib.h>
#include <string>

namespace support {

inline std::string
text_of(GBytes *bytes)
{
    gsize size = 0;
    const auto *data = static_cast<const char *>(g_bytes_get_data(bytes, &size));

    return size == 0 ? std::string() : std::string(data, size);
}

} // namespace support
