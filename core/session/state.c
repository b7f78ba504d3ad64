/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The login states as a table of (state, input) -> (state, action).
 *
 *   OFFLINE --open--> CONNECTING --line up--> CONNECTED --DIM?--> HANDSHAKING --DIM!--> ONLINE
 *      ^                  |  ^                  |  ^ timeout: greet again |              | DIM?: answer
 *      |                  v  | line up          v  |                      v              v
 *      +-----close------ ERROR <----------- line down, refused ------------------------------
 */
#include "session/state.h"

typedef struct {
    DimState state;
    DimInput input;
    DimState next;
    DimAction action;
} DimStateRow;

static const DimStateRow dim_state_table[] = {
    { DIM_STATE_OFFLINE, DIM_INPUT_OPEN, DIM_STATE_CONNECTING, DIM_ACTION_DIAL },
    /* The line that we hung up ourselves. */
    { DIM_STATE_OFFLINE, DIM_INPUT_LINE_DOWN, DIM_STATE_OFFLINE, DIM_ACTION_NONE },

    { DIM_STATE_CONNECTING, DIM_INPUT_LINE_UP, DIM_STATE_CONNECTED, DIM_ACTION_GREET },
    { DIM_STATE_CONNECTING, DIM_INPUT_LINE_DOWN, DIM_STATE_ERROR, DIM_ACTION_LOSE },
    { DIM_STATE_CONNECTING, DIM_INPUT_CLOSE, DIM_STATE_OFFLINE, DIM_ACTION_HANG_UP },

    { DIM_STATE_CONNECTED, DIM_INPUT_CHALLENGED, DIM_STATE_HANDSHAKING, DIM_ACTION_ANSWER },
    { DIM_STATE_CONNECTED, DIM_INPUT_GREETED, DIM_STATE_ONLINE, DIM_ACTION_ENTER },
    { DIM_STATE_CONNECTED, DIM_INPUT_TIMEOUT, DIM_STATE_CONNECTED, DIM_ACTION_GREET },
    { DIM_STATE_CONNECTED, DIM_INPUT_REFUSED, DIM_STATE_ERROR, DIM_ACTION_HANG_UP },
    { DIM_STATE_CONNECTED, DIM_INPUT_LINE_DOWN, DIM_STATE_ERROR, DIM_ACTION_LOSE },
    { DIM_STATE_CONNECTED, DIM_INPUT_CLOSE, DIM_STATE_OFFLINE, DIM_ACTION_HANG_UP },

    { DIM_STATE_HANDSHAKING, DIM_INPUT_CHALLENGED, DIM_STATE_HANDSHAKING, DIM_ACTION_ANSWER },
    { DIM_STATE_HANDSHAKING, DIM_INPUT_GREETED, DIM_STATE_ONLINE, DIM_ACTION_ENTER },
    { DIM_STATE_HANDSHAKING, DIM_INPUT_TIMEOUT, DIM_STATE_CONNECTED, DIM_ACTION_GREET },
    { DIM_STATE_HANDSHAKING, DIM_INPUT_REFUSED, DIM_STATE_ERROR, DIM_ACTION_HANG_UP },
    { DIM_STATE_HANDSHAKING, DIM_INPUT_LINE_DOWN, DIM_STATE_ERROR, DIM_ACTION_LOSE },
    { DIM_STATE_HANDSHAKING, DIM_INPUT_CLOSE, DIM_STATE_OFFLINE, DIM_ACTION_HANG_UP },

    { DIM_STATE_ONLINE, DIM_INPUT_CHALLENGED, DIM_STATE_HANDSHAKING, DIM_ACTION_ANSWER },
    { DIM_STATE_ONLINE, DIM_INPUT_REFUSED, DIM_STATE_ERROR, DIM_ACTION_HANG_UP },
    { DIM_STATE_ONLINE, DIM_INPUT_LINE_DOWN, DIM_STATE_ERROR, DIM_ACTION_LOSE },
    { DIM_STATE_ONLINE, DIM_INPUT_CLOSE, DIM_STATE_OFFLINE, DIM_ACTION_HANG_UP },

    { DIM_STATE_ERROR, DIM_INPUT_LINE_UP, DIM_STATE_CONNECTED, DIM_ACTION_GREET },
    /* The same after a refusal. */
    { DIM_STATE_ERROR, DIM_INPUT_LINE_DOWN, DIM_STATE_ERROR, DIM_ACTION_NONE },
    { DIM_STATE_ERROR, DIM_INPUT_OPEN, DIM_STATE_CONNECTING, DIM_ACTION_DIAL },
    { DIM_STATE_ERROR, DIM_INPUT_NEXT, DIM_STATE_CONNECTING, DIM_ACTION_DIAL_NEXT },
    { DIM_STATE_ERROR, DIM_INPUT_CLOSE, DIM_STATE_OFFLINE, DIM_ACTION_HANG_UP },
};

static const DimStateRow *
find(DimState state, DimInput input)
{
    for (gsize i = 0; i < G_N_ELEMENTS(dim_state_table); i++) {
        if (dim_state_table[i].state == state && dim_state_table[i].input == input)
            return &dim_state_table[i];
    }
    return NULL;
}

gboolean
dim_state_named(DimState state, DimInput input)
{
    return find(state, input) != NULL;
}

DimState
dim_state_step(DimState state, DimInput input, DimAction *action)
{
    const DimStateRow *row = find(state, input);

    *action = row != NULL ? row->action : DIM_ACTION_NONE;
    return row != NULL ? row->next : state;
}

const char *
dim_state_name(DimState state)
{
    switch (state) {
    case DIM_STATE_OFFLINE:
        return "offline";
    case DIM_STATE_CONNECTING:
        return "connecting";
    case DIM_STATE_CONNECTED:
        return "connected";
    case DIM_STATE_HANDSHAKING:
        return "shaking hands";
    case DIM_STATE_ONLINE:
        return "online";
    case DIM_STATE_ERROR:
        return "failed";
    }
    return "?";
}
