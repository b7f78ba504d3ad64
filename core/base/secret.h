/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimSecret: bytes that wipe themselves when the last reference goes; comparison in constant time. */
#pragma once

#include "types.h"

G_BEGIN_DECLS

/* Copies size bytes (a NUL is kept behind them, so that text can be read in place). */
DimSecret *dim_secret_new(const void *data, gsize size);
/* The same of bytes that are taken; where nobody else holds them, they are wiped. */
DimSecret *dim_secret_new_take(GBytes *bytes);
/* size bytes to be filled in by the caller through dim_secret_writable(). */
DimSecret *dim_secret_new_blank(gsize size);
guint8 *dim_secret_writable(DimSecret *secret);
DimSecret *dim_secret_ref(DimSecret *secret);
void dim_secret_unref(DimSecret *secret);
const guint8 *dim_secret_data(const DimSecret *secret);
gsize dim_secret_size(const DimSecret *secret);

/* Overwrites memory in a way that the compiler keeps. */
void dim_wipe(void *data, gsize size);
/* Wipes a NUL-terminated string, then frees it; NULL is fine. */
void dim_wipe_string(char *text);
/* TRUE if both hold the same size bytes; time depends on size alone. */
gboolean dim_memory_equal(const void *a, const void *b, gsize size);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DimSecret, dim_secret_unref)

G_END_DECLS
