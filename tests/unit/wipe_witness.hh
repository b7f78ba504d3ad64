// SPDX-License-Identifier: GPL-2.0-or-later
// Sees what is wiped: stands in the place of the C library's explicit_bzero() in the program that includes it, once.
#pragma once

#include <cstddef>
#include <string>

/* All that was wiped since it was last cleared. What is freed cannot be looked at any more; this can. */
inline std::string wiped;

extern "C" void witness_wipe(void *data, size_t size) __asm__("explicit_bzero");
/* What the first is called in hardened builds. */
extern "C" void
witness_wipe_checked(void *data, size_t size, size_t) __asm__("__explicit_bzero_chk");

extern "C" void
witness_wipe(void *data, size_t size)
{
    auto *bytes = static_cast<volatile char *>(data);

    wiped.append(static_cast<char *>(data), size);
    while (size-- > 0)
        *bytes++ = 0;
}

extern "C" void
witness_wipe_checked(void *data, size_t size, size_t)
{
    witness_wipe(data, size);
}
