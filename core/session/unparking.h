/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the shelf to the inbox: rows that wait to be moved (unparking.c), for the other files of this folder. */
#pragma once

#include "session/inner.h"

G_BEGIN_DECLS

void dim_unparking_init(DimSession *session);
/* The line fell: what is left lies on the shelf. */
void dim_unparking_clear(DimSession *session);
/* What is parked for the sake of this person or group, and nothing that is parked from now on, is worked on like a backlog as soon as
 * all of it lies in the inbox, or as much as has room there, the oldest first. What has none stays where it is, and is found again by
 * dim_waking_resume() or, of a group, dim_membership_resume(). What waits for a person's talk key stays, too: dim_trying_begin(). */
void dim_unparking_begin(DimSession *session, const DimId *id);
/* The same of that alone whose sender is wanted: all are asked for before this returns. */
void dim_unparking_begin_of(DimSession *session,
                            const DimId *id,
                            DimShelfFunc wanted,
                            gpointer data);
/* One row more of this person, in a step that dim_unparking_step() makes. */
void dim_unparking_add(DimSession *session, const DimId *id, const char *row);
/* Moves or tries one row; FALSE when none is left. Nothing else may be taken in before. */
gboolean dim_unparking_step(DimSession *session);
/* The turn is over: TRUE if more is left. What was moved is committed by itself then, as one commit of all would take as long as the
 * move. */
gboolean dim_unparking_goes_on(DimSession *session);
/* Writes into the open transaction of whom something is left to be moved. FALSE with STORAGE. */
gboolean dim_unparking_mark(DimSession *session, GError **error);
/* Goes on with them, after a crash or when the inbox had no room. */
void dim_unparking_resume(DimSession *session);

/* ---- trying.c: what waits for a talk key is moved if one opens it ---- */

/* What of one sender is still to be tried. */
typedef struct {
    DimId *sender;
    GPtrArray *rows;  /* of char*: rows of the shelf, oldest first */
    gboolean *open;   /* which of them the key opens */
    guint first, end; /* of those that were not tried yet, and behind them */
    gboolean newest;  /* the next one is the last of them */
    guint misses;     /* that there may still be */
} DimTry;

/* The line fell. */
void dim_trying_clear(DimSession *session);
/* Another talk key of this sender is known: it is tried on what of his waits closed, in steps, and moved is what it opens. Of
 * the rest only so many are tried. */
void dim_trying_begin(DimSession *session, const DimId *sender);
/* TRUE if something of this sender is still to be tried. */
gboolean dim_trying_has(const DimSession *session, const DimId *sender);
/* Tries one row. (nullable) new reference: of whom; NULL when none is left. */
DimId *dim_trying_step(DimSession *session);

G_END_DECLS
