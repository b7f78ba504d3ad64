/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the two files of the hub share: its fields and one turn of it. Private to the hub. */
#pragma once

#include "station/door.h"
#include "station/hub.h"

#define DIM_HUB_READ_SIZE (64 * 1024) /* of one line in one turn */

typedef struct {
    GSource base;
    DimHub *hub;
} HubSource;

struct _DimHub {
    const DimSettings *limits;
    const DimClock *clock;
    const DimHubEvents *events;
    gpointer data;
    int epoll;
    GSource *source;
    DimListener *listener;
    GHashTable *lines;  /* set of DimLine */
    GPtrArray *dirty;   /* something waits to go out since this turn */
    GPtrArray *starved; /* over their allowance: not read */
    GPtrArray *doomed;
    gsize held[2]; /* bytes of unfinished packets of strangers, and of those who logged in */
    double strange_tokens; /* what strangers together may still cost */
    gint64 strange_filled_at;
    guint tick, starved_timer;
    gboolean in_turn;
    guint8 buffer[DIM_HUB_READ_SIZE];
};

/* One turn: what epoll has to say. */
void dim_hub_turn(DimHub *hub);
/* One turn: deadlines, and the server's tick. */
void dim_hub_tick(DimHub *hub);
