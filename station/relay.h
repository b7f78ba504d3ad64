/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimRelay: who is present, and how queued messages reach every session of their reader (protocol §7.1-7.3, §6.2). */
#pragma once

#include "station/guest.h"
#include "station/hub.h"
#include "station/queue.h"

G_BEGIN_DECLS

typedef struct _DimRelay DimRelay;

/* All is borrowed. */
DimRelay *dim_relay_new(DimHub *hub, DimQueue *queue, const DimClock *clock);
void dim_relay_free(DimRelay *relay);

/* The guest has proved that he is this account. What waits for him is pushed once he has settled. */
void dim_relay_enter(DimRelay *relay, DimGuest *guest, DimId *account);
/* His line is going to be closed; what he did not acknowledge stays in the queue. */
void dim_relay_leave(DimRelay *relay, DimGuest *guest);
/* Pushing on or off; on: what waits is pushed, what was never acknowledged once more. */
void dim_relay_set_active(DimRelay *relay, DimGuest *guest, gboolean active);
/* He may be pushed to now. */
void dim_relay_settle(DimRelay *relay, DimGuest *guest);
/* A message was put into the queue: hands it to every session that can take it now; returns to how many. */
guint dim_relay_pass(DimRelay *relay, const DimId *reader, const DimQueueItem *item);
/* TRUE if a session of this account takes messages. */
gboolean dim_relay_is_present(DimRelay *relay, const DimId *account);
/* Each account that takes messages now, until func returns FALSE; in no order. */
typedef gboolean (*DimPresentFunc)(const DimId *account, gpointer data);
void dim_relay_each_present(DimRelay *relay, DimPresentFunc func, gpointer data);
guint dim_relay_sessions(DimRelay *relay, const DimId *account);
/* Goes on with what waits for him, as much as his line takes. */
void dim_relay_pump(DimRelay *relay, DimGuest *guest);
/* He has acknowledged a packet: a queued message leaves the queue once every session of the account that takes messages has
 * it. FALSE with STORAGE. */
gboolean dim_relay_confirm(DimRelay *relay, DimGuest *guest, guint64 serial, GError **error);
/* Sends again what he did not acknowledge for 120 s; cuts his line after three tries. */
void dim_relay_repeat(DimRelay *relay, DimGuest *guest);
/* A message of the station's own; not kept. */
void dim_relay_say(DimRelay *relay, DimGuest *guest, const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DimRelay, dim_relay_free)

G_END_DECLS
