/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimStore: one SQLite file per local user; tables of key, columns and bytes; knows nothing of DIM. */
#pragma once

#include "types.h"

G_BEGIN_DECLS

/* One row. `rank` sorts and ages (a time, a counter); `label` and `note` are short columns that a list can read without the value. */
typedef struct {
    const char *key;
    double rank;
    const char *label; /* (nullable) */
    const char *note;  /* (nullable) */
    GBytes *value;     /* (nullable) in lists of columns: always NULL */
} DimRecord;

/* The tables there are; the file's names for them and the migrations live in sqlite.c. */
typedef enum {
    DIM_TABLE_SELF, /* my keys and settings; written with synchronous FULL like all else */
    DIM_TABLE_METAS,
    DIM_TABLE_DOCUMENTS,
    DIM_TABLE_CONTACTS,
    DIM_TABLE_TALK_KEYS,
    DIM_TABLE_STATIONS,
    DIM_TABLE_SEEN,
    DIM_TABLE_OUTBOX,
    DIM_TABLE_WAITING,
    DIM_TABLE_LOGINS,
    DIM_TABLE_QUEUE,         /* the station's messages kept for their readers */
    DIM_TABLE_GROUPS,        /* who belongs to them */
    DIM_TABLE_KEPT,          /* lists and backups that the station keeps for its users */
    DIM_TABLE_GROUP_RECORDS, /* the signed messages that say who belongs to a group */
    DIM_TABLE_AGES,          /* how long what waits has waited: see ages.h */
    DIM_N_TABLES,
} DimTable;

/* Return FALSE to stop. The record is borrowed for the call; the store must not be written meanwhile. */
typedef gboolean (*DimRecordFunc)(const DimRecord *record, gpointer data);

/* Opens or makes the file (0600) and its folder (0700, refuses one that others can write) and takes an exclusive lock that lives
 * as long as the store (a lock file beside it). WAL, synchronous FULL, user_version migrations.
 * NULL with DIM_ERROR_BUSY if another process holds it, DIM_ERROR_STORAGE if it is damaged (the file is kept aside under a name that
 * the message tells, never overwritten), from a newer version, or cannot be opened. */
DimStore *dim_store_open(const char *path, GError **error);
/* The base name of the newest file that was kept aside as damaged beside this path, or NULL. New string. Where one lies, a store
 * without an identity must get no new one unasked: people would take it for another. */
char *dim_store_kept_aside(const char *path);
/* For tests and for a login without disk: the same in memory. */
DimStore *dim_store_open_memory(void);
DimStore *dim_store_ref(DimStore *store);
void dim_store_unref(DimStore *store); /* an open transaction is rolled back */
/* (nullable) the file's path. */
const char *dim_store_path(const DimStore *store);

/* One level of transaction; begin inside one is a no-op that returns TRUE. Without one each write commits by itself. */
gboolean dim_store_begin(DimStore *store, GError **error);
gboolean dim_store_commit(DimStore *store, GError **error);
void dim_store_rollback(DimStore *store);
gboolean dim_store_in_transaction(const DimStore *store);
/* TRUE if something that was written has been taken back since this was last asked with this *since (0 at first): what the
 * caller remembers of rows may then be of rows that never were. Whoever keeps rows in memory asks before each use. */
gboolean dim_store_was_undone(const DimStore *store, guint *since);

/* Insert or replace by key. */
gboolean
dim_store_save(DimStore *store, DimTable table, const DimRecord *record, GError **error);
/* The value (new bytes), or NULL: absent without error, or with DIM_ERROR_STORAGE. */
GBytes *dim_store_load(DimStore *store, DimTable table, const char *key, GError **error);
/* One row; calls func once if it is there. */
gboolean dim_store_find(DimStore *store,
                        DimTable table,
                        const char *key,
                        DimRecordFunc func,
                        gpointer data,
                        GError **error);
gboolean dim_store_has(DimStore *store, DimTable table, const char *key);
gboolean dim_store_remove(DimStore *store, DimTable table, const char *key, GError **error);
/* Rows in order of rank, then key. With_values FALSE reads columns only (fast: protocol of the roster). */
gboolean dim_store_list(DimStore *store,
                        DimTable table,
                        gboolean with_values,
                        DimRecordFunc func,
                        gpointer data,
                        GError **error);
/* Rows with this label, in order of rank. With_values FALSE reads columns only. */
gboolean dim_store_list_label(DimStore *store,
                              DimTable table,
                              const char *label,
                              gboolean with_values,
                              DimRecordFunc func,
                              gpointer data,
                              GError **error);
/* Removes rows with rank < before. */
gboolean dim_store_prune(DimStore *store, DimTable table, double before, GError **error);
guint dim_store_count(DimStore *store, DimTable table);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DimStore, dim_store_unref)

G_END_DECLS
