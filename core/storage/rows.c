/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rows of a DimStore: cached statements that save, find, list, age and count. */
#include "storage/schema.h"
#include "storage/sqlite.h"

/* SQL before and after the table's name. */
static const struct {
    const char *before, *after;
} verbs[N_VERBS] = {
    [VERB_SAVE] = { "INSERT INTO ",
                    " (key, rank, label, note, value) VALUES (?1, ?2, ?3, ?4, ?5)"
                    " ON CONFLICT (key) DO UPDATE SET rank = ?2, label = ?3, note = ?4,"
                    " value = ?5" },
    [VERB_LOAD] = { "SELECT value FROM ", " WHERE key = ?1" },
    [VERB_FIND] = { "SELECT key, rank, label, note, value FROM ", " WHERE key = ?1" },
    [VERB_HAS] = { "SELECT 1 FROM ", " WHERE key = ?1" },
    [VERB_REMOVE] = { "DELETE FROM ", " WHERE key = ?1" },
    [VERB_LIST] = { "SELECT key, rank, label, note, value FROM ", " ORDER BY rank, key" },
    [VERB_LIST_COLUMNS] = { "SELECT key, rank, label, note FROM ", " ORDER BY rank, key" },
    [VERB_LIST_LABEL] = { "SELECT key, rank, label, note, value FROM ",
                          " WHERE label = ?1 ORDER BY rank, key" },
    [VERB_LIST_LABEL_COLUMNS] = { "SELECT key, rank, label, note FROM ",
                                  " WHERE label = ?1 ORDER BY rank, key" },
    [VERB_PRUNE] = { "DELETE FROM ", " WHERE rank < ?1" },
    [VERB_COUNT] = { "SELECT count(*) FROM ", "" },
};

/* An idle statement, or a new one; goes back with put_back(). NULL with an error. */
static sqlite3_stmt *
take(DimStore *store, DimTable table, Verb verb, GError **error)
{
    sqlite3_stmt *statement = g_steal_pointer(&store->statements[table][verb]);
    g_autofree char *sql = NULL;
    int code;

    if (statement != NULL)
        return statement;
    sql = g_strconcat(verbs[verb].before, dim_schema_table(table), verbs[verb].after, NULL);
    code = sqlite3_prepare_v3(store->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL);
    if (code == SQLITE_OK)
        return statement;
    store->suspect |= dim_schema_is_damage(code);
    dim_schema_fail(store->db, code, store->name, error);
    return NULL;
}

static void
put_back(DimStore *store, DimTable table, Verb verb, sqlite3_stmt *statement)
{
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    if (store->statements[table][verb] == NULL)
        store->statements[table][verb] = statement;
    else
        sqlite3_finalize(statement); /* a list inside a list */
}

static void
bind_text(sqlite3_stmt *statement, int place, const char *text)
{
    sqlite3_bind_text(statement, place, text, -1, SQLITE_STATIC);
}

/* Hands each row to func (nullable); FALSE with an error if SQLite fails, TRUE if func stops it. */
static gboolean
read_rows(DimStore *store,
          sqlite3_stmt *statement,
          DimRecordFunc func,
          gpointer data,
          GError **error)
{
    gboolean with_values = sqlite3_column_count(statement) > 4;
    int code;

    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        g_autoptr(GBytes) value = NULL;
        DimRecord record = {
            .key = (const char *)sqlite3_column_text(statement, 0),
            .rank = sqlite3_column_double(statement, 1),
            .label = (const char *)sqlite3_column_text(statement, 2),
            .note = (const char *)sqlite3_column_text(statement, 3),
        };

        if (with_values && sqlite3_column_type(statement, 4) != SQLITE_NULL) {
            const void *bytes = sqlite3_column_blob(statement, 4);

            value = g_bytes_new(bytes, (gsize)sqlite3_column_bytes(statement, 4));
        }
        record.value = value;
        if (!func(&record, data))
            return TRUE;
    }
    if (code == SQLITE_DONE)
        return TRUE;
    store->suspect |= dim_schema_is_damage(code);
    return dim_schema_fail(store->db, code, store->name, error);
}

/* All of a transaction is undone at once when one of its writes fails, and the rest of it refused: half a transaction must
 * not reach the disk as single writes. Returns FALSE. */
static gboolean
doom(DimStore *store)
{
    dim_sqlite_undo(store);
    store->doomed = store->in_transaction;
    return FALSE;
}

/* As take(), for a verb that writes. */
static sqlite3_stmt *
take_writer(DimStore *store, DimTable table, Verb verb, GError **error)
{
    sqlite3_stmt *statement;

    if (store->doomed) {
        dim_sqlite_say_doomed(store, error);
        return NULL;
    }
    statement = take(store, table, verb, error);
    if (statement == NULL)
        doom(store);
    return statement;
}

/* Runs a bound statement that writes, and puts it back. */
static gboolean
write_and_put_back(DimStore *store,
                   DimTable table,
                   Verb verb,
                   sqlite3_stmt *statement,
                   GError **error)
{
    int code = sqlite3_step(statement);

    if (code != SQLITE_DONE) {
        store->suspect |= dim_schema_is_damage(code);
        dim_schema_fail(store->db, code, store->name, error);
    }
    put_back(store, table, verb, statement);
    return code == SQLITE_DONE || doom(store);
}

/* ---- the contract ---- */

static void
bind_value(sqlite3_stmt *statement, int place, GBytes *value)
{
    gsize size = 0;
    const void *bytes;

    if (value == NULL)
        return; /* bindings start as NULL */
    bytes = g_bytes_get_data(value, &size);
    /* SQLite takes a NULL pointer for no value at all; empty bytes are one. */
    sqlite3_bind_blob64(statement, place, size > 0 ? bytes : "", size, SQLITE_STATIC);
}

gboolean
dim_store_save(DimStore *store, DimTable table, const DimRecord *record, GError **error)
{
    sqlite3_stmt *statement;

    g_return_val_if_fail(record->key != NULL, FALSE);
    statement = take_writer(store, table, VERB_SAVE, error);
    if (statement == NULL)
        return FALSE;
    bind_text(statement, 1, record->key);
    sqlite3_bind_double(statement, 2, record->rank);
    bind_text(statement, 3, record->label);
    bind_text(statement, 4, record->note);
    bind_value(statement, 5, record->value);
    return write_and_put_back(store, table, VERB_SAVE, statement, error);
}

GBytes *
dim_store_load(DimStore *store, DimTable table, const char *key, GError **error)
{
    sqlite3_stmt *statement = take(store, table, VERB_LOAD, error);
    GBytes *value = NULL;
    int code;

    if (statement == NULL)
        return NULL;
    bind_text(statement, 1, key);
    code = sqlite3_step(statement);
    if (code == SQLITE_ROW && sqlite3_column_type(statement, 0) != SQLITE_NULL) {
        const void *bytes = sqlite3_column_blob(statement, 0);

        value = g_bytes_new(bytes, (gsize)sqlite3_column_bytes(statement, 0));
    } else if (code != SQLITE_ROW && code != SQLITE_DONE) {
        store->suspect |= dim_schema_is_damage(code);
        dim_schema_fail(store->db, code, store->name, error);
    }
    put_back(store, table, VERB_LOAD, statement);
    return value;
}

/* A verb that reads, with an optional text to look for. */
static gboolean
read_verb(DimStore *store,
          DimTable table,
          Verb verb,
          const char *text,
          DimRecordFunc func,
          gpointer data,
          GError **error)
{
    sqlite3_stmt *statement = take(store, table, verb, error);
    gboolean done;

    if (statement == NULL)
        return FALSE;
    if (text != NULL)
        bind_text(statement, 1, text);
    done = read_rows(store, statement, func, data, error);
    put_back(store, table, verb, statement);
    return done;
}

gboolean
dim_store_find(DimStore *store,
               DimTable table,
               const char *key,
               DimRecordFunc func,
               gpointer data,
               GError **error)
{
    g_return_val_if_fail(key != NULL && func != NULL, FALSE);
    return read_verb(store, table, VERB_FIND, key, func, data, error);
}

gboolean
dim_store_list(DimStore *store,
               DimTable table,
               gboolean with_values,
               DimRecordFunc func,
               gpointer data,
               GError **error)
{
    g_return_val_if_fail(func != NULL, FALSE);
    return read_verb(store, table, with_values ? VERB_LIST : VERB_LIST_COLUMNS, NULL, func,
                     data, error);
}

gboolean
dim_store_list_label(DimStore *store,
                     DimTable table,
                     const char *label,
                     gboolean with_values,
                     DimRecordFunc func,
                     gpointer data,
                     GError **error)
{
    g_return_val_if_fail(label != NULL && func != NULL, FALSE);
    return read_verb(store, table, with_values ? VERB_LIST_LABEL : VERB_LIST_LABEL_COLUMNS,
                     label, func, data, error);
}

gboolean
dim_store_remove(DimStore *store, DimTable table, const char *key, GError **error)
{
    sqlite3_stmt *statement = take_writer(store, table, VERB_REMOVE, error);

    if (statement == NULL)
        return FALSE;
    bind_text(statement, 1, key);
    return write_and_put_back(store, table, VERB_REMOVE, statement, error);
}

gboolean
dim_store_prune(DimStore *store, DimTable table, double before, GError **error)
{
    sqlite3_stmt *statement = take_writer(store, table, VERB_PRUNE, error);

    if (statement == NULL)
        return FALSE;
    sqlite3_bind_double(statement, 1, before);
    return write_and_put_back(store, table, VERB_PRUNE, statement, error);
}

/* One number; 0 and a warning when SQLite fails, for the two questions that take no GError. */
static gint64
ask_number(DimStore *store, DimTable table, Verb verb, const char *key)
{
    g_autoptr(GError) error = NULL;
    sqlite3_stmt *statement = take(store, table, verb, &error);
    gint64 number = 0;
    int code = SQLITE_DONE;

    if (statement != NULL) {
        if (key != NULL)
            bind_text(statement, 1, key);
        code = sqlite3_step(statement);
        if (code == SQLITE_ROW)
            number = sqlite3_column_int64(statement, 0);
        else if (code != SQLITE_DONE)
            dim_schema_fail(store->db, code, store->name, &error);
        store->suspect |= dim_schema_is_damage(code);
        put_back(store, table, verb, statement);
    }
    if (error != NULL)
        g_warning("%s", error->message);
    return number;
}

gboolean
dim_store_has(DimStore *store, DimTable table, const char *key)
{
    g_return_val_if_fail(key != NULL, FALSE);
    return ask_number(store, table, VERB_HAS, key) != 0;
}

guint
dim_store_count(DimStore *store, DimTable table)
{
    return (guint)ask_number(store, table, VERB_COUNT, NULL);
}
