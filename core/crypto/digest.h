/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The four digests of the protocol (§1.6); each fills the caller's buffer and cannot fail. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

void dim_sha256(const void *data, gsize size, guint8 out[32]);
void dim_ripemd160(const void *data, gsize size, guint8 out[20]);
void dim_keccak256(const void *data,
                   gsize size,
                   guint8 out[32]); /* original padding 0x01, not SHA3 */
void dim_md5(const void *data, gsize size, guint8 out[16]);

G_END_DECLS
