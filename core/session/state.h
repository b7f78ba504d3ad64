/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The login states: one transition table (protocol §6.6). */
#pragma once

#include "types.h"

G_BEGIN_DECLS

typedef enum {
    DIM_INPUT_OPEN,       /* the front end wants to be online */
    DIM_INPUT_LINE_UP,    /* the gate has a line */
    DIM_INPUT_LINE_DOWN,  /* the line fell, or did not come up */
    DIM_INPUT_CHALLENGED, /* the station said DIM? */
    DIM_INPUT_GREETED,    /* the station said DIM! */
    DIM_INPUT_TIMEOUT,    /* the station said nothing for too long */
    DIM_INPUT_REFUSED,    /* we gave up, or must not talk to this station */
    DIM_INPUT_NEXT,       /* another station is to be tried */
    DIM_INPUT_CLOSE,      /* the front end wants to be offline */
    DIM_N_INPUTS,
} DimInput;

typedef enum {
    DIM_ACTION_NONE,
    DIM_ACTION_DIAL,      /* open the gate */
    DIM_ACTION_DIAL_NEXT, /* the gate's ladder of delays goes on */
    DIM_ACTION_GREET,     /* say Hello world! without a key */
    DIM_ACTION_ANSWER,    /* say Hello world! with the key */
    DIM_ACTION_ENTER,     /* we are in: visa, login, outbox */
    DIM_ACTION_LOSE,      /* tell that the line is lost */
    DIM_ACTION_HANG_UP,   /* close the gate */
} DimAction;

/* Pure. *action gets what is to be done on the way; an unnamed pair stays where it is and does nothing. */
DimState dim_state_step(DimState state, DimInput input, DimAction *action);
/* FALSE for a pair that the table does not name. */
gboolean dim_state_named(DimState state, DimInput input);
/* For the debug log. Static. */
const char *dim_state_name(DimState state);

G_END_DECLS
