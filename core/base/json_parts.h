/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files behind json.h share: spans of text, one character at a time; scalars. Private to base. */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* A member of the outermost object, as places in its text. */
typedef struct {
    gsize name; /* behind the opening quote */
    gsize name_size;
    gsize value; /* at its first byte, quotes and all */
    gsize value_size;
    gboolean name_escaped;
    gboolean value_escaped; /* a string with escapes */
} DimJsonSpan;

/* dim_json_check(), and where the members of the outermost object stand: appended to spans (nullable, of DimJsonSpan;
 * of no meaning after a refusal, empty if the value is no object). */
gboolean dim_json_check_spans(const char *text, gsize length, GArray *spans, GError **error);

/* Makes the value that text holds. Only for text that dim_json_check() has passed and that starts with '{' or '['
 * (that is what makes reading without a bound safe). Integers beyond gint64 become strings. (transfer full) */
JsonNode *dim_json_build(const char *text, gsize size);

/* Decodes one escape behind a backslash that dim_json_check() has passed; appends it as UTF-8 and returns what follows. */
const char *dim_json_unescape(GString *out, const char *text);

/* Walks over a string from behind its opening quote to behind its closing one, never past end. *escaped says whether
 * escapes occur. FALSE if it is not a string; then *place is at the fault and *why says what it is. */
gboolean
dim_json_scan_string(const char **place, const char *end, gboolean *escaped, const char **why);

/* A value that is no container. */
typedef struct {
    enum {
        DIM_JSON_NOTHING, /* absent, null, or a container */
        DIM_JSON_TEXT,
        DIM_JSON_INTEGER,
        DIM_JSON_REAL,
        DIM_JSON_FLAG,
    } kind;
    const char *text; /* borrowed */
    gint64 integer;   /* of a flag too: 0 or 1 */
    double real;
} DimJsonScalar;

/* Reads a number that dim_json_check() has passed; returns what follows. An integer beyond gint64 is NOTHING. */
const char *dim_json_read_number(const char *text, DimJsonScalar *number);

/* What json.h promises for a member that is this. */
gint64 dim_json_scalar_integer(const DimJsonScalar *scalar, gint64 fallback);
guint64 dim_json_scalar_serial(const DimJsonScalar *scalar);
double dim_json_scalar_time(const DimJsonScalar *scalar);
gboolean dim_json_scalar_flag(const DimJsonScalar *scalar);
/* Bytes of {"algorithm","data"}. */
GBytes *dim_json_object_bytes(JsonObject *object, GError **error);

G_END_DECLS
