/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the store's file looks like: names of tables, versions, migrations, and whether it is well. Private to storage/. */
#pragma once

#include <sqlite3.h>

#include "storage/store.h"

G_BEGIN_DECLS

/* One migration: SQL that brings a file from the version of its place in the list (0 = an empty file) to the next. */
typedef const char *DimMigration;

/* The file's name for a table. */
const char *dim_schema_table(DimTable table);

/* Runs the migrations that the file has not seen, each in a transaction of its own with its user_version. FALSE with
 * DIM_ERROR_STORAGE: from a newer version than count, not a file of ours (both untouched), or a step failed (that step is undone). */
gboolean dim_schema_upgrade(sqlite3 *db,
                            const DimMigration *migrations,
                            guint count,
                            const char *name,
                            GError **error);
/* The same with the migrations of this version. */
gboolean dim_schema_bring_up(sqlite3 *db, const char *name, GError **error);

typedef enum {
    DIM_SCHEMA_WELL,
    DIM_SCHEMA_DAMAGED, /* no error is set: the file is to be kept aside */
    DIM_SCHEMA_FAILED,  /* with an error: from a newer version, or it could not be looked at */
} DimSchemaState;

/* Looks at a file before anything is written to it: its version, then for damage in the table of private keys, or in all
 * of the file (always before a migration). */
DimSchemaState dim_schema_look(sqlite3 *db, gboolean whole, const char *name, GError **error);

/* TRUE for the codes that mean damage, not circumstances. */
gboolean dim_schema_is_damage(int code);
/* Sets DIM_ERROR_STORAGE with a sentence for SQLite's code; name is the file's base name. Returns FALSE. */
gboolean dim_schema_fail(sqlite3 *db, int code, const char *name, GError **error);

G_END_DECLS
