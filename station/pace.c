/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whose turn it is: what one line may have worked off before the others come, who waits for his allowance, who only for the
 * others. */
#include "station/hub_parts.h"

#define STRANGER_MAX (256 * 1024) /* of a packet before login: meta and visa fit well */
#define HELD_MAX     ((gsize)512 * 1024 * 1024) /* unfinished packets of all who logged in */
#define STRANGE_MAX  ((gsize)128 * 1024 * 1024) /* and of all who did not */
#define STARVED_MS   20
/* Of one line in one turn: what a read of small messages costs fits well. */
#define TURN_WORK     100
#define STRANGER_WORK 4 /* of one stranger: all of them share one allowance */

void
dim_hub_count_held(DimHub *hub, DimLine *line)
{
    gsize held = dim_framer_held(line->framer);

    hub->held[line->trusted] += held - line->held;
    line->held = held;
    if (line->trusted ? hub->held[TRUE] > HELD_MAX && held > DIM_HUB_READ_SIZE
                      : held > STRANGER_MAX || (hub->held[FALSE] > STRANGE_MAX && held > 0))
        dim_hub_cut(hub, line, "announced too large a packet");
}

static gboolean feed_starved(gpointer data);

/* Not read until there is allowance again. */
static void
starve(DimHub *hub, DimLine *line)
{
    if (line->starved)
        return;
    line->starved = TRUE;
    dim_hub_watch(hub, line, FALSE);
    g_ptr_array_add(hub->starved, line);
    if (hub->starved_timer == 0)
        hub->starved_timer = dim_clock_after(hub->clock, STARVED_MS, feed_starved, hub);
}

/* Goes on at once, after the others. */
static void
rest(DimHub *hub, DimLine *line)
{
    line->resting = TRUE;
    g_ptr_array_add(hub->resting, line);
    g_source_set_ready_time(hub->source, 0);
}

/* FALSE if nothing whole is there. */
static gboolean
take_packet(DimHub *hub, DimLine *line)
{
    g_autoptr(GError) error = NULL;
    g_auto(DimPacket) packet = { 0 };
    gboolean found = dim_framer_next(line->framer, &packet, &error);

    dim_hub_talk(hub, line);
    dim_hub_pay_pieces(hub, line);
    if (found) {
        if (!packet.joined) /* else it was paid for piece by piece */
            dim_hub_pay_packet(hub, line, g_bytes_get_size(packet.body));
        hub->events->arrived(line, &packet, hub->data);
    } else if (error != NULL) {
        g_debug("%s:%u: %s", line->host, line->port, error->message);
        /* What its framing said about it is said, but not before this turn is settled. */
        line->parting = line->doomed == NULL;
        dim_hub_cut(hub, line, "sent what is no packet");
    }
    return found;
}

/* Has so much worked off as the line may still spend on, and not more than `most`: what is left of a packet, then packets. */
static void
take_packets(DimHub *hub, DimLine *line, double most)
{
    gint64 now = dim_clock_monotonic(hub->clock);

    line->spent = 0;
    while (line->doomed == NULL) {
        if (!dim_hub_may_take(hub, line, now)) {
            starve(hub, line);
            break;
        }
        if (line->spent >= most) {
            if (line->trusted)
                rest(hub, line);
            else
                starve(hub, line);
            break;
        }
        if (!hub->events->resumed(line, hub->data) && !take_packet(hub, line))
            break;
    }
    dim_hub_count_held(hub, line);
}

/* Strangers who wait come before one who has just spoken: nobody is overtaken for ever. */
static gboolean
must_queue(const DimHub *hub, const DimLine *line)
{
    for (guint i = 0; !line->trusted && i < hub->starved->len; i++) {
        const DimLine *other = hub->starved->pdata[i];

        if (!other->trusted)
            return TRUE;
    }
    return FALSE;
}

void
dim_hub_serve(DimHub *hub, DimLine *line)
{
    if (must_queue(hub, line))
        starve(hub, line);
    else
        take_packets(hub, line, TURN_WORK);
}

void
dim_hub_serve_rested(DimHub *hub)
{
    g_autoptr(GPtrArray) rested = hub->resting;

    hub->resting = g_ptr_array_new();
    for (guint i = 0; i < rested->len; i++) {
        DimLine *line = rested->pdata[i];

        line->resting = FALSE;
        take_packets(hub, line, TURN_WORK);
    }
}

static gboolean
feed_starved(gpointer data)
{
    DimHub *hub = data;
    g_autoptr(GPtrArray) starved = hub->starved;
    GPtrArray *refused = g_ptr_array_new();
    gint64 now = dim_clock_monotonic(hub->clock);

    hub->in_turn = TRUE;
    hub->starved = g_ptr_array_new();
    for (guint i = 0; i < starved->len; i++) {
        DimLine *line = starved->pdata[i];

        if (!dim_hub_may_take(hub, line, now)) {
            g_ptr_array_add(refused, line);
            continue;
        }
        line->starved = FALSE;
        dim_hub_watch(hub, line, FALSE);
        take_packets(hub, line, line->trusted ? TURN_WORK : STRANGER_WORK);
    }
    /* Whoever got nothing is first the next time. */
    g_ptr_array_extend_and_steal(refused, hub->starved);
    hub->starved = refused;
    if (hub->starved->len == 0)
        hub->starved_timer = 0;
    dim_hub_end_turn(hub);
    return hub->starved_timer != 0;
}
