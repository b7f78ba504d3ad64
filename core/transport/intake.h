/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimIntake: bytes of a stream that were not read yet, whatever chunks they came in; for the readers of frames. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
    GByteArray *bytes;
    gsize start; /* bytes before it are done with */
} DimIntake;

void dim_intake_init(DimIntake *intake);
void dim_intake_clear(DimIntake *intake);
void dim_intake_feed(DimIntake *intake, const void *data, gsize size);
/* Gives back room when that costs no more than what was read since the last time; for a reader that has had its fill. */
void dim_intake_compact(DimIntake *intake);
/* Forgets all of it. */
void dim_intake_drop(DimIntake *intake);

static inline gsize
dim_intake_size(const DimIntake *intake)
{
    return intake->bytes->len - intake->start;
}

/* Borrowed until the next feed; dim_intake_size() bytes. */
static inline guint8 *
dim_intake_data(const DimIntake *intake)
{
    return intake->bytes->data + intake->start;
}

/* size of them are read. */
static inline void
dim_intake_skip(DimIntake *intake, gsize size)
{
    g_return_if_fail(size <= dim_intake_size(intake));
    intake->start += size;
}

G_END_DECLS
