// SPDX-License-Identifier: GPL-2.0-or-later
// Has libgcrypt allocate its jitter generator once, out of LeakSanitizer's sight: it is never freed, by design.
#pragma once

#include "crypto/libgcrypt.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/lsan_interface.h>

static const bool jitter_is_quiet = [] {
    guint8 byte;

    __lsan_disable();
    dim_crypto_init();
    gcry_randomize(&byte, sizeof byte, GCRY_VERY_STRONG_RANDOM);
    __lsan_enable();
    return true;
}();
#endif
