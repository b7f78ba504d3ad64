/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of a DimUser that register.c makes and user.c keeps. Private to people/. */
#pragma once

#include "people/user.h"

G_BEGIN_DECLS

/* At most this many visa keys are kept (protocol §3.4). */
#define DIM_USER_MAX_VISA_KEYS 3

/* Makes keys, meta and visa: pure and slow. NULL with NOT_ALLOWED, UNSUPPORTED or CRYPTO. */
DimUser *dim_user_make(const DimRegisterOptions *options, double now, GError **error);

G_END_DECLS
