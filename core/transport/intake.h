/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimIntake: bytes of a stream that were not read yet, whatever chunks they came in; for the readers of frames. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
    guint8 *bytes;
    gsize room;   /* of them are allocated */
    gsize end;    /* of them are there */
    gsize start;  /* bytes before it are done with */
    gsize wanted; /* with fewer than these there is nothing to look at anew */
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
    return intake->end - intake->start;
}

/* The reader has looked, and can go on when there are so many bytes: what comes one by one is not looked at each time. */
static inline void
dim_intake_want(DimIntake *intake, gsize size)
{
    intake->wanted = size;
}

static inline gboolean
dim_intake_is_short(const DimIntake *intake)
{
    return dim_intake_size(intake) < intake->wanted;
}

/* Borrowed until the next feed; dim_intake_size() bytes. */
static inline guint8 *
dim_intake_data(const DimIntake *intake)
{
    return intake->bytes + intake->start;
}

/* size of them are read. */
static inline void
dim_intake_skip(DimIntake *intake, gsize size)
{
    g_return_if_fail(size <= dim_intake_size(intake));
    intake->start += size;
    intake->wanted = 0;
}

G_END_DECLS
