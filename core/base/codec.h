/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytes <-> text: hex, base58, base64; strict on the way in. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Lower-case hex. Returns a new string. */
char *dim_hex_encode(const guint8 *data, gsize size);
/* Either case, even length. Returns new bytes, or NULL with DIM_ERROR_MALFORMED. */
GBytes *dim_hex_decode(const char *text, GError **error);

/* Base58, Bitcoin alphabet (protocol §1.6). Bounded: texts over 256 characters are refused. */
char *dim_base58_encode(const guint8 *data, gsize size);
GBytes *dim_base58_decode(const char *text, GError **error);

/* Standard base64 with padding (RFC 4648 §4). Decoding skips CR, LF, tab and space only (protocol §0.4),
 * and refuses everything else that is not canonical: other characters, missing padding, stray bits. */
char *dim_base64_encode(const guint8 *data, gsize size);
GBytes *dim_base64_decode(const char *text, gssize length, GError **error);

/* Transportable encoded data in text form (protocol §1.7, forms 0-2): bare base64, "alg,text", data URI. */
GBytes *dim_ted_decode(const char *text, GError **error);

G_END_DECLS
