// SPDX-License-Identifier: GPL-2.0-or-later
// Small words for expectations: bytes as hex, and "failed with this code of DIM_ERROR".
#pragma once

#include <gtest/gtest.h>
#include <string>

#include "base/errors.h"

#include "tests/support/autoptr.hh"

namespace support {

inline std::string
hex(const void *data, size_t size)
{
    static const char digits[] = "0123456789abcdef";
    const auto *bytes = static_cast<const unsigned char *>(data);
    std::string text;

    for (size_t i = 0; i < size; i++) {
        text += digits[bytes[i] >> 4];
        text += digits[bytes[i] & 15];
    }
    return text;
}

inline std::string
hex(GBytes *bytes)
{
    gsize size = 0;
    const void *data = g_bytes_get_data(bytes, &size);

    return hex(data, size);
}

// EXPECT_TRUE(failed_with(error, DIM_ERROR_MALFORMED))
inline ::testing::AssertionResult
failed_with(const Error &error, int code)
{
    if (!error)
        return ::testing::AssertionFailure() << "no error was set";
    if (!error.is(DIM_ERROR, code))
        return ::testing::AssertionFailure() << "error " << g_quark_to_string(error->domain)
                                             << " " << error->code << ": " << error->message;
    return ::testing::AssertionSuccess();
}

inline ::testing::AssertionResult
no_error(const Error &error)
{
    if (error)
        return ::testing::AssertionFailure() << error.message();
    return ::testing::AssertionSuccess();
}

} // namespace support
