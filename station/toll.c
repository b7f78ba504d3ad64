/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a line may still cost, and what all strangers together may. */
#include "station/hub_parts.h"

#define SMALL         (16 * 1024) /* bytes: a message so much larger costs as much as another one */
#define STRANGE_BURST 4 /* what strangers may have at once: a quarter of a second's allowance */

#define LEAST 40 /* what a new line may spend, whatever others of its address did: a login */

/* Who calls from one address, and what they wasted: that does not go with the line. */
typedef struct {
    guint lines;
    double wasted; /* goes down as an allowance goes up */
    gint64 at;     /* when it was counted */
} Address;

void
dim_hub_charge(DimHub *hub, DimLine *line, double work)
{
    line->tokens -= work;
    line->spent += work;
    if (!line->trusted)
        hub->strange_tokens -= work;
}

static double
wasted(const DimHub *hub, Address *address)
{
    gint64 now = dim_clock_monotonic(hub->clock);
    double seconds = (double)(now - address->at) / G_USEC_PER_SEC;

    address->at = now;
    address->wasted = MAX(address->wasted - seconds * hub->limits->rate, 0);
    return address->wasted;
}

void
dim_hub_waste(DimHub *hub, DimLine *line, double work)
{
    Address *address = g_hash_table_lookup(hub->addresses, line->address);

    dim_hub_charge(hub, line, work);
    address->wasted = MIN(wasted(hub, address) + work, 2.0 * hub->limits->burst);
}

gboolean
dim_hub_is_wasteful(DimHub *hub, const DimLine *line)
{
    return wasted(hub, g_hash_table_lookup(hub->addresses, line->address))
           >= hub->limits->burst;
}

guint
dim_hub_lines_of(DimHub *hub, const char *address)
{
    const Address *known = g_hash_table_lookup(hub->addresses, address);

    return known != NULL ? known->lines : 0;
}

void
dim_hub_enter_address(DimHub *hub, DimLine *line)
{
    Address *address = g_hash_table_lookup(hub->addresses, line->address);

    if (address == NULL) {
        address = g_new0(Address, 1);
        g_hash_table_insert(hub->addresses, g_strdup(line->address), address);
    }
    address->lines++;
    line->tokens = MAX(line->tokens - wasted(hub, address), MIN(line->tokens, LEAST));
}

void
dim_hub_leave_address(DimHub *hub, DimLine *line)
{
    Address *address = g_hash_table_lookup(hub->addresses, line->address);

    address->lines--;
    if (address->lines == 0 && wasted(hub, address) <= 0)
        g_hash_table_remove(hub->addresses, line->address);
}

static gboolean
is_forgotten(G_GNUC_UNUSED gpointer key, gpointer value, gpointer hub)
{
    return ((Address *)value)->lines == 0 && wasted(hub, value) <= 0;
}

void
dim_hub_forget_addresses(DimHub *hub)
{
    g_hash_table_foreach_remove(hub->addresses, is_forgotten, hub);
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
