/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The inside of a DimStore, for the two files that make it: sqlite.c and rows.c. Private to storage/. */
#pragma once

#include <sqlite3.h>

#include "storage/lock.h"
#include "storage/store.h"

G_BEGIN_DECLS

/* What is done with a table; one cached statement each. */
typedef enum {
    VERB_SAVE,
    VERB_LOAD,
    VERB_FIND,
    VERB_HAS,
    VERB_REMOVE,
    VERB_LIST,
    VERB_LIST_COLUMNS,
    VERB_LIST_LABEL,
    VERB_LIST_LABEL_COLUMNS,
    VERB_PRUNE,
    VERB_COUNT,
    N_VERBS,
} Verb;

struct _DimStore {
    gatomicrefcount refs;
    char *path; /* NULL in memory */
    char *name; /* what errors call it */
    DimLock *lock;
    sqlite3 *db;
    sqlite3_stmt *statements[DIM_N_TABLES][N_VERBS]; /* idle ones, made on first use */
    sqlite3_stmt *begin, *commit;                    /* made on first use, idle */
    gboolean in_transaction;
    gboolean doomed;  /* a write of this transaction failed: it is undone and takes no more */
    guint undone;     /* how often something was taken back */
    gboolean suspect; /* not known to be well: the next open looks at all of the file */
};

/* Rolls back if SQLite has a transaction open (with a full disk it did so by itself). */
void dim_sqlite_undo(DimStore *store);
/* Sets the error of writes after a failed one. Returns FALSE. */
gboolean dim_sqlite_say_doomed(DimStore *store, GError **error);

G_END_DECLS
