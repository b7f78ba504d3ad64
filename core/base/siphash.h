/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SipHash-2-4 (Aumasson, Bernstein 2012): a short hash with a key. Private to base. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define DIM_SIPHASH_KEY 16 /* bytes */

guint64 dim_siphash(const guint8 key[DIM_SIPHASH_KEY], const void *data, gsize size);

G_END_DECLS
