// SPDX-License-Identifier: GPL-2.0-or-later
// Another visa key for a user of a test, made on the spot: the product makes it on a worker and then takes it the same way.
#pragma once

extern "C" {
#include "people/user.h"
}

#include "tests/support/autoptr.hh"

namespace support {
namespace {

// FALSE with the error, like dim_user_take_key().
[[maybe_unused]] bool
rotate(DimUser *user, DimStore *store, double now, GError **error)
{
    OWNED(DimPrivateKey) fresh(dim_private_key_new(DIM_KEY_RSA, 1024, error));

    return fresh != nullptr && dim_user_take_key(user, store, fresh.get(), now, error);
}

} // namespace
} // namespace support
