/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a line may still cost, and what all strangers together may. */
#include "station/hub_parts.h"

#define SMALL         (16 * 1024) /* bytes: a message so much larger costs as much as another one */
#define STRANGE_BURST 4 /* what strangers may have at once: a quarter of a second's allowance */

void
dim_hub_charge(DimHub *hub, DimLine *line, double work)
{
    line->tokens -= work;
    if (!line->trusted)
        hub->strange_tokens -= work;
}

gboolean
dim_hub_may_take(DimHub *hub, DimLine *line, gint64 now)
{
    guint rate = hub->limits->stranger_rate;
    double seconds = (double)(now - hub->strange_filled_at) / G_USEC_PER_SEC;

    if (!dim_line_refill(line, hub->limits, now))
        return FALSE;
    if (line->trusted)
        return TRUE;
    hub->strange_filled_at = now;
    hub->strange_tokens =
        MIN(hub->strange_tokens + seconds * rate, (double)rate / STRANGE_BURST);
    return hub->strange_tokens >= 1;
}

static void
pay(DimHub *hub, DimLine *line, guint64 packets, guint64 bytes)
{
    /* Bytes may go into debt: a packet larger than what is left is not torn. */
    line->byte_tokens -= (double)bytes;
    dim_hub_charge(hub, line, (double)packets + (double)bytes / SMALL);
}

void
dim_hub_pay_packet(DimHub *hub, DimLine *line, gsize size)
{
    pay(hub, line, 1, size);
}

/* The framer says nothing of fragments and control frames, it only counts them. */
void
dim_hub_pay_pieces(DimHub *hub, DimLine *line)
{
    guint64 bytes = 0;
    guint64 pieces = dim_framer_pieces(line->framer, &bytes);

    pay(hub, line, pieces - line->pieces, bytes - line->piece_bytes);
    line->pieces = pieces;
    line->piece_bytes = bytes;
}
