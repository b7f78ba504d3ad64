/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The name of the one error domain. */
#include "base/errors.h"

/* An underscore, not a hyphen: clang-format would turn a hyphen into a subtraction. */
G_DEFINE_QUARK(dim_error, dim_error)
