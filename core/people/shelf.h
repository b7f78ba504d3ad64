/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimShelf: messages parked until something about a person is known; on disk, bounded, so that a crash loses none. */
#pragma once

#include "base/clock.h"
#include "identity/id.h"
#include "storage/store.h"

G_BEGIN_DECLS

typedef struct _DimShelf DimShelf;

typedef enum {
    DIM_SHELF_INCOMING, /* text: a reliable message as received, waits for its sender's meta or visa */
    DIM_SHELF_OUTGOING, /* text: a content of mine, waits for its receiver's visa */
} DimShelfSide;

#define DIM_SHELF_MAX_PERSON    1000 /* messages parked for one person, each side */
#define DIM_SHELF_MAX_STRANGERS 256  /* incoming: persons waited for at once */

DimShelf *dim_shelf_new(DimStore *store, const DimClock *clock);
void dim_shelf_free(DimShelf *shelf);
/* When the incoming side is full, the oldest messages of strangers (no contacts, or without a meta here) make room, first those
 * of one who has very many there. FALSE with NOT_ALLOWED when there is no room all the same, STORAGE otherwise. */
gboolean dim_shelf_park(DimShelf *shelf,
                        DimShelfSide side,
                        const DimId *person,
                        const char *text,
                        GError **error);
/* The same for a message that waits for something else than its sender's keys, mostly about a group: incoming, sender tells whose it
 * is. */
gboolean dim_shelf_park_in(DimShelf *shelf,
                           const DimId *group,
                           const DimId *sender,
                           const char *text,
                           GError **error);
/* TRUE once after messages of others were forgotten, too old or too many: it is told, and begins anew. */
gboolean dim_shelf_take_lost(DimShelf *shelf);
/* sender: (nullable) of what dim_shelf_park_in() put there. */
typedef gboolean (*DimShelfFunc)(const char *sender, gpointer data);
/* What waits for one person or group, all or (wanted: nullable) what is wanted, in the order it came: rows (element type char*).
 * New array, maybe empty; NULL with STORAGE. It reads no text. */
GPtrArray *dim_shelf_list(DimShelf *shelf,
                          DimShelfSide side,
                          const DimId *person,
                          DimShelfFunc wanted,
                          gpointer data,
                          GError **error);
/* The text of such a row. New string; NULL: it has gone without error, or STORAGE. */
char *dim_shelf_read(DimShelf *shelf, const char *row, GError **error);
/* Takes it off; TRUE too if it has gone. FALSE with STORAGE. Inside the caller's transaction. */
gboolean dim_shelf_drop(DimShelf *shelf, const char *row, GError **error);
/* Takes the oldest of one person's off. New string; NULL: none left, or STORAGE. Inside the caller's transaction. */
char *
dim_shelf_take_first(DimShelf *shelf, DimShelfSide side, const DimId *person, GError **error);
/* TRUE if something waits for this person or group on this side. */
gboolean dim_shelf_has(DimShelf *shelf, DimShelfSide side, const DimId *person);
/* The persons waited for on this side, longest first (element type DimId). New array; empty if the store is not readable. */
GPtrArray *dim_shelf_persons(DimShelf *shelf, DimShelfSide side);
/* Forgets what waits for others' answers longer than 8 days, of those that we were there: what a session's shelf was looked at
 * counts, whatever the clock shows (storage/ages.h); so call it every few minutes. What I said waits until it can leave. FALSE with
 * STORAGE. */
gboolean dim_shelf_prune(DimShelf *shelf, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DimShelf, dim_shelf_free)

G_END_DECLS
