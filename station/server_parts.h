/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the server share: its fields, taking in a payload, carrying a message on. Private to the server. */
#pragma once

#include "station/answers.h"
#include "station/hub.h"
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
    DimKeeper *keeper;
    DimAnswers *answers;
    GHashTable *guests; /* set */
    gsize kept;         /* bytes that strangers said and that wait for their login */
    guint ticks;
    gint64 complained_at; /* 0: not yet */
};

/* Begins with a payload, while none is being worked off: each message is answered, relayed or kept for after login, and the last
 * one acknowledges all if that may be done. Within the turn's transaction. */
void dim_server_take(DimServer *server, DimGuest *guest, const DimPacket *packet);
/* The next message of the payload that was begun. FALSE if there is none. */
gboolean dim_server_go_on(DimServer *server, DimGuest *guest);
/* A checked message of somebody who logged in, not for the station. */
DimTaken dim_server_carry(DimServer *server,
                          DimGuest *guest,
                          const DimMessage *message,
                          const char *text,
                          gsize size);
/* TRUE if this is name@anywhere and the station itself renders that service. */
gboolean dim_server_is_service(DimServer *server, const DimId *receiver);
/* Says a content of the station's to this person on this line; introduce attaches the station's meta and visa. FALSE if
 * there is no key to lock it for him. */
gboolean dim_server_answer(DimServer *server,
                           DimGuest *guest,
                           const DimId *to,
                           DimContent *content,
                           gboolean introduce);
/* The disk does not take what it should keep: says so, once a minute at most, for each message would meet the same and the log may
 * lie on the same disk. */
void dim_server_complain(DimServer *server, const char *what, const GError *error);
