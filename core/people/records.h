/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Small words of this folder for rows: text, JSON and secrets in and out, and a transaction of one's own. Private to people/. */
#pragma once

#include <json-glib/json-glib.h>

#include "base/secret.h"
#include "storage/store.h"

G_BEGIN_DECLS

/* Saves a row whose value is text (nullable). */
gboolean dim_record_save_text(DimStore *store,
                              DimTable table,
                              const DimRecord *columns,
                              const char *text,
                              GError **error);
/* Saves a row whose value is a secret; the bytes are borrowed from it, not copied. */
gboolean dim_record_save_secret(DimStore *store,
                                DimTable table,
                                const DimRecord *columns,
                                DimSecret *secret,
                                GError **error);
gboolean dim_record_save_json(DimStore *store,
                              DimTable table,
                              const DimRecord *columns,
                              JsonObject *object,
                              GError **error);

/* New string, or NULL: absent without error, or with STORAGE. */
char *dim_record_load_text(DimStore *store, DimTable table, const char *key, GError **error);
/* The same as a secret; the copy on the way is wiped. */
DimSecret *
dim_record_load_secret(DimStore *store, DimTable table, const char *key, GError **error);
/* The same through the JSON gate; text that is no JSON is STORAGE too. */
JsonObject *
dim_record_load_json(DimStore *store, DimTable table, const char *key, GError **error);

/* The text that is a row's value; "" if it has none. New string. */
char *dim_record_text(GBytes *value);
/* A DimRecordFunc: adds a copy of the row's key to an array of strings. */
gboolean dim_record_note_key(const DimRecord *record, gpointer keys);

/* A copy of a row's columns; dim_row_clear() frees. */
typedef struct {
    char *key, *label, *note;
    double rank;
    GBytes *value;
    gboolean found;
} DimRow;
gboolean
dim_row_find(DimStore *store, DimTable table, const char *key, DimRow *row, GError **error);
void dim_row_clear(DimRow *row);

/* Begins a transaction unless the caller's is open: *mine tells whose it is. */
gboolean dim_records_begin(DimStore *store, gboolean *mine, GError **error);
/* Commits if it is mine and done, rolls back if it is mine and not done. Returns TRUE if all of it is kept. */
gboolean dim_records_end(DimStore *store, gboolean mine, gboolean done, GError **error);
/* Removes the rows with these keys (element type char*), all or none of them. */
gboolean
dim_records_remove(DimStore *store, DimTable table, const GPtrArray *keys, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DimRow, dim_row_clear)

G_END_DECLS
