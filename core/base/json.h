/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one gate for JSON: RFC 8259 grammar, depth and size before json-glib sees a byte; lenient typed reads; writing. */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define DIM_JSON_MAX_DEPTH 64
#define DIM_JSON_MAX_SIZE  (4u * 1024 * 1024)

/* TRUE if text is exactly one RFC 8259 value: depth <= 64, size <= 4 MiB, valid UTF-8, no duplicate keys, no NUL
 * (raw or \u0000), no lone surrogates, no number outside a double's range. Else FALSE with DIM_ERROR_MALFORMED.
 * O(length); never recurses. */
gboolean dim_json_check(const char *text, gsize length, GError **error);

/* Gate, then json-glib; the value must be an object. Integers above 2^63-1, which json-glib turns negative, arrive as
 * strings of digits, so that dim_json_serial() still reads them. Returns (transfer full), or NULL with DIM_ERROR_MALFORMED. */
JsonObject *dim_json_parse(const char *text, gssize length, GError **error);

/* Compact JSON text, UTF-8, "/" and non-ASCII unescaped. New string. */
char *dim_json_write(JsonObject *object);
void dim_json_append(GString *out, JsonObject *object);
/* Appends a quoted JSON string. */
void dim_json_append_string(GString *out, const char *text);
/* Appends a number that at most six decimals tell exactly, as short as can be: times are such. FALSE, and nothing
 * appended, for others, and for those below 1 or from 4e9 on. */
gboolean dim_json_append_decimal(GString *out, double value);

/* Typed reads, lenient as protocol §0.4 says; none fails: absent or unusable gives NULL, 0 or the fallback. Borrowed results. */
const char *dim_json_text(JsonObject *object, const char *name);
/* The first of two spellings that is there ("did"/"ID", "command"/"cmd"). */
const char *dim_json_text2(JsonObject *object, const char *name, const char *old_name);
gint64 dim_json_integer(JsonObject *object, const char *name, gint64 fallback);
guint64 dim_json_serial(JsonObject *object, const char *name); /* 0 = absent */
double
dim_json_time(JsonObject *object,
              const char *name); /* seconds since 1970; 0 = absent, negative or unusable */
gboolean dim_json_flag(JsonObject *object, const char *name);
JsonObject *dim_json_object(JsonObject *object, const char *name);
JsonArray *dim_json_array(JsonObject *object, const char *name);
/* Any TED form (protocol §1.7), string or {"algorithm","data"}. New bytes; NULL without error if absent,
 * NULL with DIM_ERROR_MALFORMED if it is there and wrong. */
GBytes *dim_json_bytes(JsonObject *object, const char *name, GError **error);

/* Overwrites the text of a member, so that a secret in it does not outlive the object. The member is then "". */
void dim_json_wipe_text(JsonObject *object, const char *name);

/* Deep enough copy to alter: a new object whose members are shared. */
JsonObject *dim_json_copy(JsonObject *object);

G_END_DECLS
