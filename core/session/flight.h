/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimFlight: one message of the outbox on its way; private to confirm.c and receipts.c. */
#pragma once

#include "session/inner.h"

G_BEGIN_DECLS

#define DIM_FLIGHT_TAIL 16 /* characters: a shorter piece of a signature names nothing */

typedef struct _DimFlight DimFlight;

struct _DimFlight {
    guint64 tag;
    guint64 serial;
    DimId *peer;
    char *tail;        /* last characters of the signature */
    DimDelivery state; /* the best that is known */
    gboolean waiting;  /* the gate has not yet acknowledged it */
    gint64 due;        /* monotonic microseconds; 0: nothing more to do */
    guint resends;
    gboolean finished; /* its row is gone; kept for late receipts only */
};

/* What DimFlight.tail is of a signature. Borrowed from it. */
const char *dim_flight_tail(const char *signature);
/* Tells it, unless something better is known. */
void dim_flight_set_state(DimSession *session,
                          DimFlight *flight,
                          DimDelivery state,
                          const GError *error);
/* The row leaves the outbox; late receipts still find the flight for a while. */
void dim_flight_finish(DimSession *session, DimFlight *flight);

G_END_DECLS
