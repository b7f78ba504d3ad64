/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimPauses: what was done within a pause and is not done again before it is over (protocol §8); bounded. */
#pragma once

#include "base/clock.h"

G_BEGIN_DECLS

#define DIM_PAUSES_MAX 4096

typedef enum {
    DIM_PAUSES_YIELD, /* what was done longest ago makes room: doing it twice is better than not doing the new */
    DIM_PAUSES_REFUSE, /* the new is not done: nobody's pause is shortened by others */
} DimPausesBound;

typedef struct _DimPauses DimPauses;

/* The clock is borrowed and must outlive it; the length is in seconds. The bound is what happens beyond DIM_PAUSES_MAX. */
DimPauses *dim_pauses_new(const DimClock *clock, gint64 seconds, DimPausesBound bound);
void dim_pauses_free(DimPauses *pauses);

/* TRUE: do it now; its pause begins. FALSE: its last one is not over, or there is no room. */
gboolean dim_pauses_may(DimPauses *pauses, const char *what);
/* Ends its pause. */
void dim_pauses_forget(DimPauses *pauses, const char *what);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DimPauses, dim_pauses_free)

G_END_DECLS
