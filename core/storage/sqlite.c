/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimStore on SQLite: opening a file safely, closing it, one level of transaction. */
#include "storage/sqlite.h"

#include <glib/gstdio.h>

#include "base/errors.h"
#include "base/words.h"
#include "storage/schema.h"

/* Up to this size the whole file is looked at on every open (about a millisecond); a larger one only when the last
 * program did not close it, else its private keys alone. */
#define SMALL_FILE (1024 * 1024)

static gboolean
execute(DimStore *store, const char *sql, GError **error)
{
    int code = sqlite3_exec(store->db, sql, NULL, NULL, NULL);

    if (code == SQLITE_OK)
        return TRUE;
    return dim_schema_fail(store->db, code, store->name, error);
}

/* The same for what runs once a transaction: the statement is made on first use, at *place. */
static gboolean
execute_often(DimStore *store, const char *sql, sqlite3_stmt **place, GError **error)
{
    int code = SQLITE_OK;

    if (*place == NULL)
        code = sqlite3_prepare_v3(store->db, sql, -1, SQLITE_PREPARE_PERSISTENT, place, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(*place);
    if (code != SQLITE_DONE)
        dim_schema_fail(store->db, code, store->name, error);
    sqlite3_reset(*place);
    return code == SQLITE_DONE;
}

static DimStore *
store_new(const char *path, const char *name)
{
    DimStore *store = g_new0(DimStore, 1);

    g_atomic_ref_count_init(&store->refs);
    store->path = g_strdup(path);
    store->name = g_strdup(name);
    return store;
}

static gboolean
connect_file(DimStore *store, const char *path, GError **error)
{
    int code =
        sqlite3_open_v2(path, &store->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);

    if (code != SQLITE_OK)
        return dim_schema_fail(store->db, code, store->name, error);
    sqlite3_extended_result_codes(store->db, 1);
    sqlite3_busy_timeout(store->db, 50); /* milliseconds; nobody else should be there */
    /* Until the file is known to be ours and well, closing must not write its WAL back. */
    sqlite3_db_config(store->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    sqlite3_db_config(store->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(store->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    return TRUE;
}

/* A file that is known to be well: journal, safety, tables of this version. */
static gboolean
set_up(DimStore *store, GError **error)
{
    sqlite3_db_config(store->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, NULL);
    return execute(store,
                   "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                   "PRAGMA journal_size_limit = 4194304; PRAGMA temp_store = MEMORY;"
                   "PRAGMA secure_delete = FAST; PRAGMA cell_size_check = ON",
                   error)
           && dim_schema_bring_up(store->db, store->name, error);
}

/* Always FALSE with DIM_ERROR_STORAGE: what happened to the damaged file. */
static gboolean
keep_aside(DimStore *store, GError **error)
{
    g_autofree char *aside = NULL;

    sqlite3_close(store->db);
    store->db = NULL;
    aside = dim_lock_keep_aside(store->path, error);
    if (aside == NULL)
        return FALSE;
    dim_lock_set_clean(store->lock);
    g_set_error(
        error, DIM_ERROR, DIM_ERROR_STORAGE,
        _("The file “%s” is damaged. It was kept as “%s” in the same folder; nothing in it "
          "was changed. If you have a backup, put it back"),
        store->name, aside);
    return FALSE;
}

static gboolean
open_file(DimStore *store, GError **error)
{
    GStatBuf info;
    gboolean whole;

    if (!dim_lock_make_private(store->path, error) || !connect_file(store, store->path, error))
        return FALSE;
    whole = dim_lock_was_unclean(store->lock) || g_stat(store->path, &info) != 0
            || info.st_size <= SMALL_FILE;
    switch (dim_schema_look(store->db, whole, store->name, error)) {
    case DIM_SCHEMA_DAMAGED:
        return keep_aside(store, error);
    case DIM_SCHEMA_FAILED:
        return FALSE;
    case DIM_SCHEMA_WELL:
        break;
    }
    if (!set_up(store, error))
        return FALSE;
    store->suspect = FALSE;
    return TRUE;
}

DimStore *
dim_store_open(const char *path, GError **error)
{
    g_autoptr(DimStore) store = NULL;
    g_autofree char *folder = NULL;
    g_autofree char *name = NULL;

    g_return_val_if_fail(path != NULL, NULL);
    folder = g_path_get_dirname(path);
    name = g_path_get_basename(path);
    store = store_new(path, name);
    store->suspect = TRUE;
    if (!dim_lock_folder(folder, error))
        return NULL;
    store->lock = dim_lock_take(path, error);
    if (store->lock == NULL || !open_file(store, error))
        return NULL;
    return g_steal_pointer(&store);
}

char *
dim_store_kept_aside(const char *path)
{
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *name = g_path_get_basename(path);
    g_autofree char *prefix = g_strconcat(name, ".damaged-", NULL);
    g_autoptr(GDir) files = g_dir_open(folder, 0, NULL);
    g_autofree char *newest = NULL;
    const char *each = NULL;

    while (files != NULL && (each = g_dir_read_name(files)) != NULL) {
        if (!g_str_has_prefix(each, prefix) || g_str_has_suffix(each, "-wal")
            || g_str_has_suffix(each, "-shm") || g_strcmp0(each, newest) <= 0)
            continue;
        g_free(newest);
        newest = g_strdup(each);
    }
    return g_steal_pointer(&newest);
}

DimStore *
dim_store_open_memory(void)
{
    g_autoptr(GError) error = NULL;
    DimStore *store = store_new(NULL, "memory");

    if (!connect_file(store, ":memory:", &error) || !set_up(store, &error))
        g_error("no memory for a store: %s", error->message);
    return store;
}

DimStore *
dim_store_ref(DimStore *store)
{
    g_atomic_ref_count_inc(&store->refs);
    return store;
}

static void
close_database(DimStore *store)
{
    int code;

    dim_store_rollback(store);
    for (guint table = 0; table < DIM_N_TABLES; table++) {
        for (guint verb = 0; verb < N_VERBS; verb++)
            sqlite3_finalize(store->statements[table][verb]);
    }
    sqlite3_finalize(store->begin);
    sqlite3_finalize(store->commit);
    code = sqlite3_close(store->db);
    if (code != SQLITE_OK)
        g_warning("“%s” did not close: %s", store->name, sqlite3_errstr(code));
    else if (store->lock != NULL && !store->suspect)
        dim_lock_set_clean(store->lock);
}

void
dim_store_unref(DimStore *store)
{
    if (!g_atomic_ref_count_dec(&store->refs))
        return;
    /* A forked child must not touch the parent's file: SQLite forbids it, and the lock stayed with the parent. */
    if (store->db != NULL && (store->lock == NULL || dim_lock_is_ours(store->lock)))
        close_database(store);
    dim_lock_free(store->lock);
    g_free(store->name);
    g_free(store->path);
    g_free(store);
}

const char *
dim_store_path(const DimStore *store)
{
    return store->path;
}

/* ---- transactions ---- */

gboolean
dim_store_begin(DimStore *store, GError **error)
{
    if (store->in_transaction)
        return TRUE;
    if (!execute_often(store, "BEGIN IMMEDIATE", &store->begin, error))
        return FALSE;
    store->in_transaction = TRUE;
    return TRUE;
}

gboolean
dim_sqlite_say_doomed(DimStore *store, GError **error)
{
    g_set_error(error, DIM_ERROR, DIM_ERROR_STORAGE,
                _("Nothing was written to “%s”, because a change before failed"), store->name);
    return FALSE;
}

gboolean
dim_store_commit(DimStore *store, GError **error)
{
    gboolean doomed = store->doomed;

    if (!store->in_transaction)
        return TRUE;
    if (!doomed && execute_often(store, "COMMIT", &store->commit, error)) {
        store->in_transaction = FALSE;
        return TRUE;
    }
    dim_store_rollback(store);
    return doomed ? dim_sqlite_say_doomed(store, error) : FALSE;
}

void
dim_sqlite_undo(DimStore *store)
{
    g_autoptr(GError) error = NULL;

    store->undone++;
    if (sqlite3_get_autocommit(store->db) == 0 && !execute(store, "ROLLBACK", &error))
        g_warning("cannot roll back: %s", error->message);
}

void
dim_store_rollback(DimStore *store)
{
    dim_sqlite_undo(store);
    store->in_transaction = FALSE;
    store->doomed = FALSE;
}

gboolean
dim_store_in_transaction(const DimStore *store)
{
    return store->in_transaction;
}

gboolean
dim_store_was_undone(const DimStore *store, guint *since)
{
    gboolean undone = *since != store->undone;

    *since = store->undone;
    return undone;
}
