/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimReading: a payload that is being worked off, one message after the other: its lines, and what the forwards in them hold. */
#pragma once

#include <json-glib/json-glib.h>

#include "transport/frame.h"

#include "types.h"

G_BEGIN_DECLS

#define DIM_READING_MAX 256 /* messages in one payload, and in one forward */

/* What to do with the packet that messages came in; the worst of them decides. */
typedef enum {
    DIM_TAKEN_DONE,  /* acknowledge it: it is kept, answered, or worth nothing */
    DIM_TAKEN_LATER, /* after login */
    DIM_TAKEN_NOT,   /* no acknowledgement: the sender may try again */
} DimTaken;

typedef struct {
    DimPacket packet;
    DimTaken worst;
    guint since;  /* see dim_store_was_undone() */
    gsize at;     /* bytes of the body that were read */
    guint count;  /* messages that came out of it */
    GQueue inner; /* what forwards hold and is next */
} DimReading;

/* Of a message that came in; keeps its body. */
DimReading *dim_reading_new(const DimPacket *packet);
void dim_reading_free(DimReading *reading);
/* The next message as text (new string), or NULL: that was all. *depth (out) counts the forwards around it. A payload of too
 * many ends there, and is DIM_TAKEN_NOT. */
char *dim_reading_next(DimReading *reading, guint *depth);
/* TRUE if nothing is left. */
gboolean dim_reading_is_done(const DimReading *reading);
/* A message in a forward: the next one, before all that is left. */
void dim_reading_add(DimReading *reading, JsonObject *message, guint depth);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DimReading, dim_reading_free)

G_END_DECLS
