/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimGuest: who is at the other end of a line: the challenge, the account once it has logged in, what is on its way to him. */
#pragma once

#include "station/line.h"
#include "station/reading.h"

G_BEGIN_DECLS

/* A queued message that was handed to him and not yet acknowledged. */
typedef struct {
    guint64 serial;
    char *key;      /* in the queue */
    double rank;    /* likewise */
    gint64 sent_at; /* monotonic microseconds */
    guint tries;
} DimFlight;

typedef struct {
    DimLine *line;
    char session[65]; /* 64 hex digits, fixed for this line (protocol §5.10) */
    DimId *account;   /* NULL before login */
    gboolean active;  /* wants messages pushed (report online, offline) */
    gboolean settled; /* logged in and spoke since then, or had a second's time to */
    gint64 login_at;
    DimReading *reading; /* (nullable) what he sent and is not yet worked off */
    guint opening;       /* what opening his mail has cost, see dim_clerk_open() */
    GQueue kept;         /* of DimPacket: what he sent before he had logged in */
    gsize kept_size;
    double cursor;       /* rank of the last message of the queue that was handed over */
    gboolean caught_up;  /* nothing waits behind the cursor */
    GHashTable *flights; /* serial -> DimFlight */
    GHashTable *flying;  /* set of the flights' keys */
} DimGuest;

/* With a fresh challenge. */
DimGuest *dim_guest_new(DimLine *line);
void dim_guest_free(DimGuest *guest);
/* FALSE if he has said too much already, or would with all others: *total (in out) is what all guests keep. */
gboolean dim_guest_keep(DimGuest *guest, const DimPacket *packet, gsize *total);
/* The first of what he said; clear it with dim_packet_clear(). FALSE: no more. */
gboolean dim_guest_recall(DimGuest *guest, DimPacket *packet, gsize *total);
/* Adds a flight that was just sent. */
void
dim_guest_take_off(DimGuest *guest, guint64 serial, const char *key, double rank, gint64 now);
/* TRUE if he is still going to take this message: it is on its way to him, or will be. */
gboolean dim_guest_awaits(const DimGuest *guest, const char *key, double rank);

G_END_DECLS
