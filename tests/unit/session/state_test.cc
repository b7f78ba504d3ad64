// SPDX-License-Identifier: GPL-2.0-or-later
// The login states: the whole table, and what is not in it.
#include <gtest/gtest.h>

extern "C" {
#include "session/state.h"
}

namespace {
struct Row {
    DimState state;
    DimInput input;
    DimState next;
    DimAction action;
};

DimState
step(DimState state, DimInput input)
{
    DimAction action;

    return dim_state_step(state, input, &action);
}

TEST(State, WalksFromOfflineToOnline)
{
    const Row walk[] = {
        { DIM_STATE_OFFLINE, DIM_INPUT_OPEN, DIM_STATE_CONNECTING, DIM_ACTION_DIAL },
        { DIM_STATE_CONNECTING, DIM_INPUT_LINE_UP, DIM_STATE_CONNECTED, DIM_ACTION_GREET },
        { DIM_STATE_CONNECTED, DIM_INPUT_CHALLENGED, DIM_STATE_HANDSHAKING, DIM_ACTION_ANSWER },
        { DIM_STATE_HANDSHAKING, DIM_INPUT_GREETED, DIM_STATE_ONLINE, DIM_ACTION_ENTER },
        { DIM_STATE_ONLINE, DIM_INPUT_CLOSE, DIM_STATE_OFFLINE, DIM_ACTION_HANG_UP },
    };

    for (const Row &row : walk) {
        DimAction action;

        EXPECT_EQ(dim_state_step(row.state, row.input, &action), row.next);
        EXPECT_EQ(action, row.action);
    }
}

TEST(State, EveryMiddleStateFallsToErrorWithTheLine)
{
    for (int state = DIM_STATE_CONNECTING; state <= DIM_STATE_ONLINE; state++) {
        DimAction action;

        EXPECT_EQ(dim_state_step(static_cast<DimState>(state), DIM_INPUT_LINE_DOWN, &action),
                  DIM_STATE_ERROR);
        EXPECT_EQ(action, DIM_ACTION_LOSE);
    }
}

TEST(State, ClosesFromEverywhere)
{
    for (int state = DIM_STATE_CONNECTING; state <= DIM_STATE_ERROR; state++) {
        DimAction action;

        EXPECT_EQ(dim_state_step(static_cast<DimState>(state), DIM_INPUT_CLOSE, &action),
                  DIM_STATE_OFFLINE);
        EXPECT_EQ(action, DIM_ACTION_HANG_UP);
    }
}

TEST(State, GreetsAgainWhenTheStationIsSilent)
{
    DimAction action;

    EXPECT_EQ(dim_state_step(DIM_STATE_HANDSHAKING, DIM_INPUT_TIMEOUT, &action),
              DIM_STATE_CONNECTED);
    EXPECT_EQ(action, DIM_ACTION_GREET);
    EXPECT_EQ(step(DIM_STATE_CONNECTED, DIM_INPUT_TIMEOUT), DIM_STATE_CONNECTED);
}

TEST(State, IsNotLetInWithoutALine)
{
    DimAction action;

    EXPECT_EQ(dim_state_step(DIM_STATE_OFFLINE, DIM_INPUT_GREETED, &action), DIM_STATE_OFFLINE);
    EXPECT_EQ(action, DIM_ACTION_NONE);
    EXPECT_EQ(step(DIM_STATE_CONNECTING, DIM_INPUT_GREETED), DIM_STATE_CONNECTING);
    EXPECT_EQ(step(DIM_STATE_ERROR, DIM_INPUT_GREETED), DIM_STATE_ERROR);
}

TEST(State, TheEndOfALineThatWasHungUpIsExpected)
{
    DimAction action;

    for (DimState state : { DIM_STATE_OFFLINE, DIM_STATE_ERROR }) {
        EXPECT_TRUE(dim_state_named(state, DIM_INPUT_LINE_DOWN));
        EXPECT_EQ(dim_state_step(state, DIM_INPUT_LINE_DOWN, &action), state);
        EXPECT_EQ(action, DIM_ACTION_NONE);
    }
}

TEST(State, UnnamedPairsChangeNothing)
{
    int named = 0;

    for (int state = DIM_STATE_OFFLINE; state <= DIM_STATE_ERROR; state++) {
        for (int input = 0; input < DIM_N_INPUTS; input++) {
            DimState s = static_cast<DimState>(state);
            DimInput i = static_cast<DimInput>(input);
            DimAction action;

            if (dim_state_named(s, i)) {
                named++;
                continue;
            }
            EXPECT_EQ(dim_state_step(s, i, &action), s);
            EXPECT_EQ(action, DIM_ACTION_NONE);
        }
    }
    EXPECT_EQ(named, 26);
}
} // namespace
