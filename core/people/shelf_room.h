/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Room on the shelf: which parked messages of others go first. Private to the shelf. */
#pragma once

#include "storage/store.h"

G_BEGIN_DECLS

/* What shall become free, of strangers' messages; all 0: nothing. */
typedef struct {
    const char *only; /* (nullable) of this label alone: rows, and not bytes */
    guint persons;    /* the oldest ones, with all that they said */
    guint rows;
    guint64 bytes;
} DimShelfRoom;

/* TRUE if the row is what somebody else said, FALSE if what I say to him. */
gboolean dim_shelf_label_is_incoming(const char *label);
/* The note of a row: its bytes, and who said it where the label does not tell. New string. */
char *dim_shelf_note_new(gsize bytes, const char *sender);
guint64 dim_shelf_note_bytes(const char *note);
/* (nullable) Points into the note. */
const char *dim_shelf_note_sender(const char *note);
/* The oldest words of strangers make room, of one stranger alone if he has so much there: whoever writes most, or makes many IDs,
 * must not shut the door for all others. Those of my contacts stay, unless no meta of theirs is known: then nobody has verified
 * whose words they are. *gone: adds what went. FALSE with STORAGE; less room than wanted is success. */
gboolean
dim_shelf_make_room(DimStore *store, const DimShelfRoom *wanted, guint *gone, GError **error);
/* Removes what others said whose rank is this or less. *gone: adds what went. FALSE with STORAGE. */
gboolean dim_shelf_forget_until(DimStore *store, double old, guint *gone, GError **error);

G_END_DECLS
