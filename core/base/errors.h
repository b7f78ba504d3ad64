/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DIM_ERROR: the one error domain; a code exists only where the caller then does something different. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define DIM_ERROR (dim_error_quark())

typedef enum {
    DIM_ERROR_MALFORMED,      /* drop it */
    DIM_ERROR_UNSUPPORTED,    /* say so to the sender, show a short note */
    DIM_ERROR_UNVERIFIED,     /* drop it, log; never show it */
    DIM_ERROR_ALTERED,        /* drop it, and warn: somebody on the way changed it */
    DIM_ERROR_UNKNOWN_PERSON, /* park it, ask for meta and document */
    DIM_ERROR_NO_KEY,         /* park it, ask the sender to attach the key */
    DIM_ERROR_NOT_ALLOWED,    /* tell the user */
    DIM_ERROR_NOT_LOCAL,      /* not for us: drop */
    DIM_ERROR_OFFLINE,        /* keep it in the outbox */
    DIM_ERROR_REFUSED,        /* the station said no: show it, stop retrying */
    DIM_ERROR_EXPIRED,        /* retries gave up: mark the message failed */
    DIM_ERROR_STORAGE,        /* show it once */
    DIM_ERROR_BUSY,           /* another process holds this identity: try again later */
    DIM_ERROR_CRYPTO,         /* a crypto library failed: report */
} DimError;

GQuark dim_error_quark(void);

G_END_DECLS
