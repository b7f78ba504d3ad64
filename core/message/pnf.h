/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimPnf: where the bytes of a file, a picture or a voice are: here, or behind a link (protocol §1.8). Immutable. */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef struct _DimPnf DimPnf;

/* Reads what a member holds, or a whole content of a file (protocol §5.3): text that is an address ("://" within its first 8
 * characters), a data URI, the object as JSON text, or bare base64 of 8 characters or more; or an object of "data" (any TED
 * form), "filename", "URL", "key" (once "password") and "IV". Texts over DIM_CONTENT_MAX bytes are refused before they are
 * decoded. New value; NULL with DIM_ERROR_MALFORMED, or DIM_ERROR_UNSUPPORTED where only the cipher of the key is strange. */
DimPnf *dim_pnf_parse(JsonNode *node, GError **error);
void dim_pnf_free(DimPnf *pnf);

/* The name as the sender gave it, of the object or of its data URI: it may hold a path. NULL if there is none; borrowed. */
const char *dim_pnf_filename(const DimPnf *pnf);
/* The address, of any scheme. NULL if there is none; borrowed. */
const char *dim_pnf_url(const DimPnf *pnf);
/* The bytes that came along, never empty. NULL if there are none; borrowed. */
GBytes *dim_pnf_data(const DimPnf *pnf);
/* TRUE if what lies at the address is encrypted with a key that came along; the plain key is none (protocol §1.5). */
gboolean dim_pnf_is_locked(const DimPnf *pnf);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DimPnf, dim_pnf_free)

G_END_DECLS
