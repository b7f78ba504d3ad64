/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimSession: one login of one user at one station; joins people and wire, tells events (protocol §6.6). */
#pragma once

#include "base/clock.h"
#include "message/content.h"
#include "people/book.h"
#include "people/contacts.h"
#include "people/station.h"
#include "people/user.h"
#include "transport/dial.h"

#include "events.h"

G_BEGIN_DECLS

typedef struct {
    DimUser *user;       /* the session takes its own reference */
    DimStation *station; /* likewise */
    DimStore *store;     /* likewise */
    /* (nullable) of DimStation: tried when that one fails, or when quicker */
    GPtrArray *others;
    const DimDial *dial;     /* must outlive the session */
    const DimClock *clock;   /* (nullable) must outlive the session; NULL: the real one */
    const DimEvents *events; /* must outlive the session */
    gpointer events_data;
    DimTransport transport; /* how the line is framed */
    const char *agent;      /* (nullable) program name and version for the login command */
    /* the host program reconnects by itself: after a lost line `failed` is told and nothing is retried */
    gboolean single;
} DimSessionOptions;

/* (transfer full). Nothing happens before dim_session_open(). */
DimSession *dim_session_new(const DimSessionOptions *options);
DimSession *dim_session_ref(DimSession *session);
void dim_session_unref(DimSession *session);
void dim_session_open(DimSession *session); /* news come by events */
void dim_session_close(
    DimSession *session); /* no event after this returns; what is kept stays kept */
DimState dim_session_state(const DimSession *session);

/* Keeps the message and sends it as soon as it can; TRUE also when offline or when the receiver's key must be asked for first. The serial
 * of `content` names it in message_state. FALSE with NOT_ALLOWED (to a broadcast or unknown address, too long: 1 MiB) or STORAGE. */
gboolean dim_session_send(DimSession *session,
                          const DimId *to,
                          DimContent *content,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Shelves a front end may read and write; borrowed for the session's life. */
DimBook *dim_session_book(DimSession *session);
DimContacts *dim_session_contacts(DimSession *session);
/* Asks for the meta and documents of a person, if it is time to ask again. */
void dim_session_ask(DimSession *session, const DimId *id);
/* Announces my visa and nickname after a change. */
gboolean dim_session_set_nickname(DimSession *session, const char *nickname, GError **error);
/* Makes another key for others to write to me with, and tells them; a notice says when. bits: of RSA, 0: as now. FALSE with
 * NOT_ALLOWED while one is being made, or while it would drop one that was in use within the last day. */
gboolean dim_session_renew_key(DimSession *session, guint bits, GError **error);
/* How many messages of mine wait to leave. */
guint dim_session_pending(DimSession *session);

/* Services of the network (protocol §5.13). The answer, if one comes, is told by the event `notice`. All FALSE with OFFLINE. */
/* Who has these words in name or ID; NULL: who is online. */
gboolean dim_session_search(DimSession *session, const char *words, GError **error);
/* The IDs behind names of services, which stand apart by blanks. */
gboolean dim_session_find_name(DimSession *session, const char *names, GError **error);
/* Tells the stations whom I do not want to hear (element type DimId, the whole list), or asks for that list (NULL). */
gboolean dim_session_block(DimSession *session, const GPtrArray *ids, GError **error);
/* The same for those about whom no telephone of mine should ring. */
gboolean dim_session_mute(DimSession *session, const GPtrArray *ids, GError **error);
/* My contacts to the archivist, locked for me alone, and back. Also FALSE with STORAGE or CRYPTO. */
gboolean dim_session_back_up(DimSession *session, GError **error);
gboolean dim_session_restore(DimSession *session, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DimSession, dim_session_unref)

G_END_DECLS
