/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the store's file looks like: its tables, its versions and the steps between them, and whether it is well. */
#include "storage/schema.h"

#include <errno.h>

#include "base/errors.h"
#include "base/words.h"

/* "DIM1": tells our files from other SQLite files. */
#define APPLICATION_ID 0x44494D31

static const char *const table_names[DIM_N_TABLES] = {
    [DIM_TABLE_SELF] = "self",           [DIM_TABLE_METAS] = "metas",
    [DIM_TABLE_DOCUMENTS] = "documents", [DIM_TABLE_CONTACTS] = "contacts",
    [DIM_TABLE_TALK_KEYS] = "talk_keys", [DIM_TABLE_STATIONS] = "stations",
    [DIM_TABLE_SEEN] = "seen",           [DIM_TABLE_OUTBOX] = "outbox",
    [DIM_TABLE_WAITING] = "waiting",     [DIM_TABLE_LOGINS] = "logins",
    [DIM_TABLE_QUEUE] = "queue",         [DIM_TABLE_GROUPS] = "groups",
    [DIM_TABLE_KEPT] = "kept",           [DIM_TABLE_GROUP_RECORDS] = "group_records",
    [DIM_TABLE_AGES] = "ages",
};

/* The value comes last, so that lists of columns do not walk its overflow pages. Indexes only where a table grows long:
 * by rank to age and to sort, by label to find what belongs to one person; the contacts' holds the whole roster. */
#define TABLE(name)                                                                         \
    "CREATE TABLE " name " (key TEXT PRIMARY KEY NOT NULL, rank REAL NOT NULL, label TEXT," \
    " note TEXT, value BLOB);"
#define BY_RANK(name)  "CREATE INDEX " name "_by_rank ON " name " (rank, key);"
#define BY_LABEL(name) "CREATE INDEX " name "_by_label ON " name " (label, rank, key);"

/* Never change a step that was released: add one. */
static const DimMigration migrations[] = {
    /* 0 -> 1 */
    TABLE("self") TABLE("metas") TABLE("documents") TABLE("contacts") TABLE("talk_keys")
        TABLE("stations") TABLE("seen") TABLE("outbox") TABLE("waiting") TABLE("logins") TABLE(
            "queue") BY_LABEL("documents") BY_RANK("seen") BY_RANK("outbox") BY_LABEL("outbox")
            BY_RANK("waiting") BY_LABEL("waiting") BY_RANK("queue") BY_LABEL(
                "queue") "CREATE INDEX contacts_roster ON contacts (rank, key, label, note);"
                         "PRAGMA application_id = 0x44494D31;",
    /* 1 -> 2 */
    TABLE("groups"),
    /* 2 -> 3 */
    TABLE("kept"),
    /* 3 -> 4 */
    TABLE("group_records") BY_LABEL("group_records"),
    /* 4 -> 5: whoever sends pays for each index with a page in the log; the outbox is short and is only read as a whole */
    "DROP INDEX IF EXISTS outbox_by_rank; DROP INDEX IF EXISTS outbox_by_label;",
    /* 5 -> 6: what was seen was ranked by a clock, from now on by how long the program ran; what never goes stays */
    TABLE("ages") "UPDATE seen SET rank = 0 WHERE rank < 1e10;",
};

const char *
dim_schema_table(DimTable table)
{
    return table_names[table];
}

gboolean
dim_schema_is_damage(int code)
{
    return (code & 0xff) == SQLITE_CORRUPT || (code & 0xff) == SQLITE_NOTADB;
}

/* A full disk shows first where SQLite makes its shared memory, and is then called an I/O error. */
static gboolean
is_full(sqlite3 *db, int code)
{
    int number = db != NULL ? sqlite3_system_errno(db) : 0;

    return (code & 0xff) == SQLITE_FULL
           || ((code & 0xff) == SQLITE_IOERR && (number == ENOSPC || number == EDQUOT));
}

gboolean
dim_schema_fail(sqlite3 *db, int code, const char *name, GError **error)
{
    switch (is_full(db, code) ? SQLITE_FULL : code & 0xff) {
    case SQLITE_FULL:
        g_set_error(error, DIM_ERROR, DIM_ERROR_STORAGE,
                    _("There is no room left on the disk for “%s”"), name);
        break;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        g_set_error(error, DIM_ERROR, DIM_ERROR_STORAGE, _("The file “%s” is damaged (%s)"),
                    name, sqlite3_errstr(code));
        break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        g_set_error(error, DIM_ERROR, DIM_ERROR_STORAGE,
                    _("Another program is writing into the file “%s”"), name);
        break;
    default:
        g_set_error(error, DIM_ERROR, DIM_ERROR_STORAGE, _("Cannot use the file “%s”: %s"),
                    name, db != NULL ? sqlite3_errmsg(db) : sqlite3_errstr(code));
        break;
    }
    return FALSE;
}

/* One number that SQL yields; SQLITE_OK or the code of the failure. */
static int
read_number(sqlite3 *db, const char *sql, gint64 *number)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);

    *number = 0;
    if (code == SQLITE_OK)
        code = sqlite3_step(statement);
    if (code == SQLITE_ROW)
        *number = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return code == SQLITE_ROW ? SQLITE_OK : code;
}

static gboolean
refuse_newer(gint64 version, guint count, const char *name, GError **error)
{
    if (version <= count)
        return TRUE;
    g_set_error(
        error, DIM_ERROR, DIM_ERROR_STORAGE,
        _("The file “%s” was written by a newer version of this program; it was left as "
          "it is. Please install that version again"),
        name);
    return FALSE;
}

/* FALSE with an error for a file of another program; nothing was written. */
static gboolean
refuse_foreign(sqlite3 *db, const char *name, GError **error)
{
    gint64 id;
    gint64 tables = 0;
    int code = read_number(db, "PRAGMA application_id", &id);

    if (code == SQLITE_OK)
        code = read_number(db, "SELECT count(*) FROM sqlite_master", &tables);
    if (code != SQLITE_OK)
        return dim_schema_fail(db, code, name, error);
    if (tables == 0 || id == APPLICATION_ID)
        return TRUE;
    g_set_error(error, DIM_ERROR, DIM_ERROR_STORAGE,
                _("The file “%s” belongs to another program; it was left as it is"), name);
    return FALSE;
}

static gboolean
upgrade_one(sqlite3 *db, const char *migration, guint to, const char *name, GError **error)
{
    g_autofree char *sql =
        g_strdup_printf("BEGIN IMMEDIATE; %s; PRAGMA user_version = %u; COMMIT", migration, to);
    int code = sqlite3_exec(db, sql, NULL, NULL, NULL);

    if (code == SQLITE_OK)
        return TRUE;
    dim_schema_fail(db, code, name, error);
    if (sqlite3_get_autocommit(db) == 0)
        sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    return FALSE;
}

gboolean
dim_schema_upgrade(sqlite3 *db,
                   const DimMigration *steps,
                   guint count,
                   const char *name,
                   GError **error)
{
    gint64 version;
    int code = read_number(db, "PRAGMA user_version", &version);

    if (code != SQLITE_OK)
        return dim_schema_fail(db, code, name, error);
    if (!refuse_newer(version, count, name, error) || !refuse_foreign(db, name, error))
        return FALSE;
    for (guint i = (guint)MAX(version, 0); i < count; i++) {
        if (!upgrade_one(db, steps[i], i + 1, name, error))
            return FALSE;
    }
    return TRUE;
}

gboolean
dim_schema_bring_up(sqlite3 *db, const char *name, GError **error)
{
    return dim_schema_upgrade(db, migrations, G_N_ELEMENTS(migrations), name, error);
}

/* SQLite's quick look: structure of pages and rows, not whether indexes agree. */
static DimSchemaState
quick_check(sqlite3 *db, const char *sql, const char *name, GError **error)
{
    sqlite3_stmt *statement = NULL;
    DimSchemaState state = DIM_SCHEMA_DAMAGED;
    int code = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);

    if (code == SQLITE_OK)
        code = sqlite3_step(statement);
    if (code == SQLITE_ROW) {
        const char *verdict = (const char *)sqlite3_column_text(statement, 0);

        if (g_strcmp0(verdict, "ok") == 0)
            state = DIM_SCHEMA_WELL;
        else
            g_debug("“%s” is damaged: %s", name, verdict);
    } else if (!dim_schema_is_damage(code)) {
        dim_schema_fail(db, code, name, error);
        state = DIM_SCHEMA_FAILED;
    }
    sqlite3_finalize(statement);
    return state;
}

DimSchemaState
dim_schema_look(sqlite3 *db, gboolean whole, const char *name, GError **error)
{
    gint64 version;
    int code = read_number(db, "PRAGMA user_version", &version);

    if (dim_schema_is_damage(code))
        return DIM_SCHEMA_DAMAGED;
    if (code != SQLITE_OK) {
        dim_schema_fail(db, code, name, error);
        return DIM_SCHEMA_FAILED;
    }
    if (!refuse_newer(version, G_N_ELEMENTS(migrations), name, error))
        return DIM_SCHEMA_FAILED;
    if (whole || version < (gint64)G_N_ELEMENTS(migrations))
        return quick_check(db, "PRAGMA quick_check(1)", name, error);
    return quick_check(db, "PRAGMA quick_check('self')", name, error);
}
