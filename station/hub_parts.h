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
    GHashTable *addresses; /* their addresses -> Address (toll.c) */
    GPtrArray *dirty;      /* something waits to go out since this turn */
    GPtrArray *starved;    /* over their allowance: not read */
    GPtrArray *resting;    /* had their share of this turn: not read before they go on */
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

/* ---- toll.c: how many lines an address has, and what it owes ---- */
guint dim_hub_lines_of(DimHub *hub, const char *address);
void dim_hub_enter_address(DimHub *hub, DimLine *line);
void dim_hub_leave_address(DimHub *hub, DimLine *line);
/* Those without lines and debts. */
void dim_hub_forget_addresses(DimHub *hub);

/* ---- pace.c: whose turn it is ---- */
/* Something came in: takes of it what the line may spend in this turn. */
void dim_hub_serve(DimHub *hub, DimLine *line);
/* Those who had their share of the last turn go on. */
void dim_hub_serve_rested(DimHub *hub);
/* Weighs what the line has sent of unfinished packets. */
void dim_hub_count_held(DimHub *hub, DimLine *line);

/* ---- hub_turn.c ---- */
/* Listens to the line as its state wants it; add: for the first time. */
void dim_hub_watch(DimHub *hub, DimLine *line, gboolean add);
/* Queues what the framing itself has to say. */
void dim_hub_talk(DimHub *hub, DimLine *line);
/* Settles, writes, closes. */
void dim_hub_end_turn(DimHub *hub);
