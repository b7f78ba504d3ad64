/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who is present, and what is on its way to whom. */
#include "station/relay.h"

#include <string.h>

#include "crypto/cipher.h"

#define WINDOW       256                    /* unacknowledged messages on one line */
#define PUMP_BYTES   (512 * 1024)           /* from the queue at once */
#define REPEAT_AFTER (120 * G_USEC_PER_SEC) /* protocol §6.2 */
#define TRIES        3

struct _DimRelay {
    DimHub *hub;
    DimQueue *queue;
    const DimClock *clock;
    GHashTable *present; /* DimId -> GPtrArray of DimGuest */
    guint64 serial;
};

DimRelay *
dim_relay_new(DimHub *hub, DimQueue *queue, const DimClock *clock)
{
    DimRelay *relay = g_new0(DimRelay, 1);

    relay->hub = hub;
    relay->queue = queue;
    relay->clock = clock;
    relay->present =
        g_hash_table_new_full(dim_id_hash, dim_id_equal_func, (GDestroyNotify)dim_id_unref,
                              (GDestroyNotify)g_ptr_array_unref);
    dim_random_nonce((guint8 *)&relay->serial, sizeof relay->serial);
    return relay;
}

void
dim_relay_free(DimRelay *relay)
{
    if (relay == NULL)
        return;
    g_hash_table_unref(relay->present);
    g_free(relay);
}

static guint64
next_serial(DimRelay *relay)
{
    relay->serial++;
    if (relay->serial == 0) /* means "absent" on the wire */
        relay->serial = 1;
    return relay->serial;
}

static GPtrArray *
sessions_of(DimRelay *relay, const DimId *account)
{
    return g_hash_table_lookup(relay->present, account);
}

void
dim_relay_enter(DimRelay *relay, DimGuest *guest, DimId *account)
{
    GPtrArray *sessions = sessions_of(relay, account);

    if (guest->account != NULL)
        return;
    if (sessions == NULL) {
        sessions = g_ptr_array_new();
        g_hash_table_insert(relay->present, dim_id_ref(account), sessions);
    }
    g_ptr_array_add(sessions, guest);
    guest->account = dim_id_ref(account);
    guest->active = TRUE;
    guest->login_at = dim_clock_monotonic(relay->clock);
    dim_hub_trust(relay->hub, guest->line);
}

void
dim_relay_leave(DimRelay *relay, DimGuest *guest)
{
    GPtrArray *sessions;

    if (guest->account == NULL)
        return;
    sessions = sessions_of(relay, guest->account);
    g_ptr_array_remove(sessions, guest);
    if (sessions->len == 0)
        g_hash_table_remove(relay->present, guest->account);
}

guint
dim_relay_sessions(DimRelay *relay, const DimId *account)
{
    GPtrArray *sessions = sessions_of(relay, account);

    return sessions != NULL ? sessions->len : 0;
}

gboolean
dim_relay_is_present(DimRelay *relay, const DimId *account)
{
    GPtrArray *sessions = sessions_of(relay, account);

    for (guint i = 0; sessions != NULL && i < sessions->len; i++) {
        const DimGuest *guest = sessions->pdata[i];

        if (guest->active)
            return TRUE;
    }
    return FALSE;
}

void
dim_relay_each_present(DimRelay *relay, DimPresentFunc func, gpointer data)
{
    GHashTableIter iter;
    gpointer account;

    g_hash_table_iter_init(&iter, relay->present);
    while (g_hash_table_iter_next(&iter, &account, NULL)) {
        if (dim_relay_is_present(relay, account) && !func(account, data))
            return;
    }
}

/* ---- handing over ---- */

static gboolean
has_room(const DimGuest *guest)
{
    return g_hash_table_size(guest->flights) < WINDOW && !dim_hub_is_full(guest->line);
}

static gboolean
hand_over(DimRelay *relay, DimGuest *guest, const DimQueueItem *item)
{
    guint64 serial = next_serial(relay);
    gsize size = 0;
    const void *data = g_bytes_get_data(item->payload, &size);

    if (!dim_hub_send(relay->hub, guest->line, DIM_PACKET_MESSAGE, serial, data, size))
        return FALSE;
    dim_guest_take_off(guest, serial, item->key, item->rank, dim_clock_monotonic(relay->clock));
    guest->cursor = item->rank;
    return TRUE;
}

guint
dim_relay_pass(DimRelay *relay, const DimId *reader, const DimQueueItem *item)
{
    GPtrArray *sessions = sessions_of(relay, reader);
    guint count = 0;

    for (guint i = 0; sessions != NULL && i < sessions->len; i++) {
        DimGuest *guest = sessions->pdata[i];

        if (guest->active && guest->settled && guest->caught_up && has_room(guest)
            && hand_over(relay, guest, item))
            count++;
        else
            guest->caught_up = FALSE;
    }
    return count;
}

void
dim_relay_pump(DimRelay *relay, DimGuest *guest)
{
    if (!guest->active || !guest->settled)
        return;
    while (!guest->caught_up && has_room(guest)) {
        gboolean end = FALSE;
        guint room = WINDOW - g_hash_table_size(guest->flights);
        g_autoptr(GPtrArray) items = dim_queue_next(relay->queue, guest->account, guest->cursor,
                                                    guest->flying, room, PUMP_BYTES, &end);

        for (guint i = 0; i < items->len; i++) {
            if (!hand_over(relay, guest, items->pdata[i]))
                return;
        }
        guest->caught_up = end;
        if (items->len == 0)
            break;
    }
}

void
dim_relay_settle(DimRelay *relay, DimGuest *guest)
{
    if (guest->settled || guest->account == NULL)
        return;
    guest->settled = TRUE;
    dim_relay_pump(relay, guest);
}

void
dim_relay_set_active(DimRelay *relay, DimGuest *guest, gboolean active)
{
    gboolean woken = active && !guest->active;

    guest->active = active;
    if (!woken)
        return;
    guest->cursor = 0;
    guest->caught_up = FALSE;
    dim_relay_pump(relay, guest);
}

/* ---- acknowledged, or not ---- */

/* TRUE if another session of the account, maybe another device of this person, has yet to take the message. If that one leaves
 * without it, the message waits for the next login. */
static gboolean
is_awaited(DimRelay *relay, const DimGuest *guest, const DimFlight *flight)
{
    GPtrArray *sessions = sessions_of(relay, guest->account);

    for (guint i = 0; sessions != NULL && i < sessions->len; i++) {
        const DimGuest *other = sessions->pdata[i];

        if (other != guest && dim_guest_awaits(other, flight->key, flight->rank))
            return TRUE;
    }
    return FALSE;
}

gboolean
dim_relay_confirm(DimRelay *relay, DimGuest *guest, guint64 serial, GError **error)
{
    DimFlight *flight = g_hash_table_lookup(guest->flights, &serial);
    gboolean removed = TRUE;

    if (flight == NULL)
        return TRUE;
    if (!is_awaited(relay, guest, flight))
        removed = dim_queue_remove(relay->queue, flight->key, error);
    g_hash_table_remove(guest->flying, flight->key);
    g_hash_table_remove(guest->flights, &serial);
    if (!guest->caught_up && g_hash_table_size(guest->flights) <= WINDOW / 2)
        dim_relay_pump(relay, guest);
    return removed;
}

/* FALSE: the flight is over. */
static gboolean
repeat_one(DimRelay *relay, DimGuest *guest, DimFlight *flight, gint64 now)
{
    g_autoptr(GBytes) payload = dim_queue_load(relay->queue, flight->key);
    gsize size = 0;
    const void *data;

    if (payload == NULL) /* it waited too long and was forgotten */
        return FALSE;
    if (flight->tries >= TRIES) {
        dim_hub_cut(relay->hub, guest->line, "acknowledges nothing");
        return TRUE;
    }
    flight->tries++;
    flight->sent_at = now;
    data = g_bytes_get_data(payload, &size);
    dim_hub_send(relay->hub, guest->line, DIM_PACKET_MESSAGE, flight->serial, data, size);
    return TRUE;
}

void
dim_relay_repeat(DimRelay *relay, DimGuest *guest)
{
    gint64 now = dim_clock_monotonic(relay->clock);
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, guest->flights);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        DimFlight *flight = value;

        if (now - flight->sent_at < REPEAT_AFTER || dim_hub_is_full(guest->line)
            || repeat_one(relay, guest, flight, now))
            continue;
        g_hash_table_remove(guest->flying, flight->key);
        g_hash_table_iter_remove(&iter);
    }
}

void
dim_relay_say(DimRelay *relay, DimGuest *guest, const char *text)
{
    dim_hub_send(relay->hub, guest->line, DIM_PACKET_MESSAGE, next_serial(relay), text,
                 strlen(text));
}
