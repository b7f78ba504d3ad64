/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files behind json.h share: spans of text, one character at a time. Private to base. */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Makes the value that text holds. Only for text that dim_json_check() has passed and that starts with '{' or '['
 * (that is what makes reading without a bound safe). Integers beyond gint64 become strings. (transfer full) */
JsonNode *dim_json_build(const char *text, gsize size);

/* Decodes one escape behind a backslash that dim_json_check() has passed; appends it as UTF-8 and returns what follows. */
const char *dim_json_unescape(GString *out, const char *text);

/* Walks over a string from behind its opening quote to behind its closing one, never past end. *escaped says whether
 * escapes occur. FALSE if it is not a string; then *place is at the fault and *why says what it is. */
gboolean
dim_json_scan_string(const char **place, const char *end, gboolean *escaped, const char **why);

G_END_DECLS
