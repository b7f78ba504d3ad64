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
 * dim_waking_resume() or, of a group, dim_membership_resume(). */
void dim_unparking_begin(DimSession *session, const DimId *id);
/* The same of that alone whose sender is wanted: all are asked for before this returns. */
void dim_unparking_begin_of(DimSession *session,
                            const DimId *id,
                            DimShelfFunc wanted,
                            gpointer data);
/* Moves one row; FALSE when none is left. Nothing else may be taken in before. */
gboolean dim_unparking_step(DimSession *session);
/* The turn is over: TRUE if more is left. What was moved is committed by itself then, as one commit of all would take as long as the
 * move. */
gboolean dim_unparking_goes_on(DimSession *session);
/* Writes into the open transaction of whom something is left to be moved. FALSE with STORAGE. */
gboolean dim_unparking_mark(DimSession *session, GError **error);
/* Goes on with them, after a crash or when the inbox had no room. */
void dim_unparking_resume(DimSession *session);

G_END_DECLS
