/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the eye gets of a character, so that two names cannot look alike, and nothing moves its neighbours (threat T14). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
    DIM_SIGHT_DRAWN,
    DIM_SIGHT_BLANK, /* stands between words: a blank of any width, tab, line break */
    DIM_SIGHT_JOINER, /* U+200C, U+200D, U+180E: what stands around it may look different, or not */
    DIM_SIGHT_SELECTOR, /* likewise what stands before it */
    DIM_SIGHT_MARK,   /* orders its neighbours only; running text of both directions needs it */
    DIM_SIGHT_UNSEEN, /* drawn as nothing */
    DIM_SIGHT_HARMFUL, /* controls, what turns, breaks or hides all that follows, and noncharacters */
} DimSight;

DimSight dim_sight(gunichar c);

G_END_DECLS
