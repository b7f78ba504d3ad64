/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the three files of the hub share: its fields, one turn of it, what lines pay. Private to the hub. */
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
    GHashTable *lines;     /* set of DimLine */
    GHashTable *addresses; /* their addresses -> how many of each */
    GPtrArray *dirty;      /* something waits to go out since this turn */
    GPtrArray *starved;    /* over their allowance: not read */
    GPtrArray *doomed;
    gsize held[2]; /* bytes of unfinished packets of strangers, and of those who logged in */
    gsize waiting; /* bytes to go out, all lines */
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

/* TRUE if there is allowance for another packet: the line's own, and the one that strangers share. */
gboolean dim_hub_may_take(DimHub *hub, DimLine *line, gint64 now);
/* A packet of so many bytes was taken. */
void dim_hub_pay_packet(DimHub *hub, DimLine *line, gsize size);
/* Pays for the fragments that were read since the last time. */
void dim_hub_pay_pieces(DimHub *hub, DimLine *line);
