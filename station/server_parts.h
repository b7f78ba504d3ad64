/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the two files of the server share: its fields, and taking in a payload. Private to the server. */
#pragma once

#include "station/answers.h"
#include "station/hub.h"
#include "station/relay.h"
#include "station/server.h"

struct _DimServer {
    const DimSettings *settings;
    const DimClock *clock;
    DimStore *store;
    DimHub *hub;
    DimBook *book;
    DimClerk *clerk;
    DimQueue *queue;
    DimRelay *relay;
    DimAnswers *answers;
    GHashTable *guests; /* set */
    gsize kept;         /* bytes that strangers said and that wait for their login */
    guint ticks;
    gint64 complained_at; /* 0: not yet */
};

/* Takes in one payload: answers it, relays it or keeps it for after login; acknowledges it if that may be done. Within the
 * turn's transaction. */
void dim_server_take(DimServer *server, DimGuest *guest, GBytes *body, guint64 serial);
/* The disk does not take what it should keep: says so, once a minute at most, for each message would meet the same and the log may
 * lie on the same disk. */
void dim_server_complain(DimServer *server, const char *what, const GError *error);
