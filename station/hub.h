/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimHub: who is connected. One epoll descriptor inside the GLib loop; what happens between two waits is one turn, and
 * nothing leaves before the turn is settled. */
#pragma once

#include "base/clock.h"
#include "station/line.h"

G_BEGIN_DECLS

typedef struct _DimHub DimHub;

/* Called in a turn; none may be NULL. */
typedef struct {
    void (*opened)(DimLine *line, gpointer data);
    void (*arrived)(DimLine *line, const DimPacket *packet, gpointer data);
    /* Before the next packet, as often as it returns TRUE: a part of what an earlier one left, which it charges for. */
    gboolean (*resumed)(DimLine *line, gpointer data);
    /* Much waited to go out and little is left: there is room again. It may send, and must not change the store. */
    void (*drained)(DimLine *line, gpointer data);
    /* Freed after this. Must not send. */
    void (*closed)(DimLine *line, gpointer data);
    /* Once a second. */
    void (*tick)(gpointer data);
    /* The end of a turn: commit. FALSE: nothing said in this turn may leave; lines that were spoken to are cut. */
    gboolean (*settle)(gpointer data);
} DimHubEvents;

/* All is borrowed and must outlive the hub; it works in the thread-default main context of now. NULL with
 * DIM_ERROR_STORAGE when the system has no descriptor for it. */
DimHub *dim_hub_new(const DimSettings *limits,
                    const DimClock *clock,
                    const DimHubEvents *events,
                    gpointer data,
                    GError **error);
/* Closes every line without a word. */
void dim_hub_free(DimHub *hub);
/* Port 0: any that is free. FALSE with GIO's error: nobody can listen there. */
gboolean dim_hub_listen(DimHub *hub, const char *host, guint16 port, GError **error);
/* What it listens on; 0 before. */
guint16 dim_hub_port(const DimHub *hub);
/* No new lines from now on. */
void dim_hub_stop_listening(DimHub *hub);
/* Takes a connected, non-blocking descriptor as if it had come in. */
void dim_hub_adopt(DimHub *hub, int fd, const char *host, guint16 port);
guint dim_hub_count(const DimHub *hub);
/* Bytes of unfinished packets, fragments among them, of all lines. */
gsize dim_hub_held(const DimHub *hub);

/* Queues a packet; it leaves at the end of this turn (or of the next, outside of one). FALSE if the line is going to be
 * closed, maybe because its reader is too slow. */
gboolean dim_hub_send(DimHub *hub,
                      DimLine *line,
                      DimPacketType type,
                      guint64 serial,
                      const void *body,
                      gsize size);
/* "OK" to a message that came in (its body is not looked at), or to each of its fragments; where the framing knows such answers.
 * As dim_hub_send(). */
gboolean dim_hub_acknowledge(DimHub *hub, DimLine *line, const DimPacket *message);
/* What came in on this line took as much work as so many small messages: its allowance goes down, and the one that all
 * strangers share if it is one of them. A line in debt is not read. */
void dim_hub_charge(DimHub *hub, DimLine *line, double work);
/* The same for work that nobody honest causes: a line that comes later from this address has less to spend, too. */
void dim_hub_waste(DimHub *hub, DimLine *line, double work);
/* TRUE if lines of this address wasted as much as one may spend at once, a short while ago. */
gboolean dim_hub_is_wasteful(DimHub *hub, const DimLine *line);
/* Closes it at the end of this turn; what waits is lost. `why` is static. */
void dim_hub_cut(DimHub *hub, DimLine *line, const char *why);
/* From now on it is no stranger: larger packets and silence are allowed. */
void dim_hub_trust(DimHub *hub, DimLine *line);
/* A stranger said something acceptable: his time starts again. */
void dim_hub_hear_out(DimHub *hub, DimLine *line);
/* TRUE if so much waits for this reader that more should be kept back. */
gboolean dim_hub_is_full(const DimLine *line);
/* Writes what waits, for at most so long; settled turns only. For the end of the program. */
void dim_hub_flush_all(DimHub *hub, guint milliseconds);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DimHub, dim_hub_free)

G_END_DECLS
