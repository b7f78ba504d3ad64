/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One growing buffer, read from its front. */
#include "transport/intake.h"

#include <string.h>

#define FIRST_BUFFER 256u
#define KEPT_BUFFER  65536u /* a larger buffer is given back once it is empty */

void
dim_intake_init(DimIntake *intake)
{
    *intake = (DimIntake){ NULL, 0, 0, 0, 0 };
}

void
dim_intake_clear(DimIntake *intake)
{
    g_free(intake->bytes);
    dim_intake_init(intake);
}

/* Moves what is left to the front. */
void
dim_intake_compact(DimIntake *intake)
{
    gsize left = dim_intake_size(intake);

    if (intake->start == 0 || intake->start < left)
        return;
    if (left == 0 && intake->room > KEPT_BUFFER) {
        dim_intake_clear(intake);
        return;
    }
    memmove(intake->bytes, dim_intake_data(intake), left);
    intake->end = left;
    intake->start = 0;
}

/* Twice as large each time, so that growing costs no more than copying all of it once. */
static void
grow(DimIntake *intake, gsize size)
{
    while (intake->room < size)
        intake->room = MAX(intake->room * 2, FIRST_BUFFER);
    intake->bytes = g_realloc(intake->bytes, intake->room);
}

void
dim_intake_feed(DimIntake *intake, const void *data, gsize size)
{
    dim_intake_compact(intake);
    if (size > intake->room - intake->end)
        grow(intake, intake->end + size);
    memcpy(intake->bytes + intake->end, data, size);
    intake->end += size;
}

void
dim_intake_drop(DimIntake *intake)
{
    intake->end = intake->start = intake->wanted = 0;
}
