/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One growing buffer, read from its front. */
#include "transport/intake.h"

#define KEPT_BUFFER 65536u /* a larger buffer is given back once it is empty */

void
dim_intake_init(DimIntake *intake)
{
    intake->bytes = g_byte_array_new();
    intake->start = 0;
}

void
dim_intake_clear(DimIntake *intake)
{
    g_clear_pointer(&intake->bytes, g_byte_array_unref);
}

/* Moves what is left to the front. */
void
dim_intake_compact(DimIntake *intake)
{
    gsize left = dim_intake_size(intake);

    if (intake->start == 0 || intake->start < left)
        return;
    if (left == 0 && intake->bytes->len > KEPT_BUFFER) {
        g_byte_array_unref(intake->bytes);
        intake->bytes = g_byte_array_new();
    } else {
        g_byte_array_remove_range(intake->bytes, 0, (guint)intake->start);
    }
    intake->start = 0;
}

void
dim_intake_feed(DimIntake *intake, const void *data, gsize size)
{
    dim_intake_compact(intake);
    g_byte_array_append(intake->bytes, data, (guint)size);
}

void
dim_intake_drop(DimIntake *intake)
{
    g_byte_array_set_size(intake->bytes, 0);
    intake->start = 0;
}
