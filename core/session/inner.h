/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of this folder share: the session's own record, and the doors between its rooms. */
#pragma once

#include "command/command.h"
#include "message/message.h"
#include "people/inbox.h"
#include "people/keyring.h"
#include "people/notes.h"
#include "people/outbox.h"
#include "people/seen.h"
#include "people/shelf.h"
#include "people/told.h"
#include "session/entry.h"
#include "session/session.h"
#include "session/state.h"
#include "session/upward.h"
#include "transport/gate.h"

G_BEGIN_DECLS

typedef struct _DimArrival DimArrival; /* private to turn.c */
typedef struct _DimParcel DimParcel;   /* private to parcel.c */

struct _DimSession {
    gint refs;
    /* given */
    gboolean single;
    DimUser *user;
    DimStation *station; /* the one of stations that is dialled or that we are with */
    DimStore *store;
    const DimClock *clock;
    const DimEvents *events;
    gpointer events_data;
    char *agent;
    /* shelves */
    DimBook *book;
    DimContacts *contacts;
    DimKeyring *keyring;
    DimSeen *seen;
    DimOutbox *outbox;
    DimShelf *shelf;
    DimInbox *inbox;
    DimDesk desk;
    /* login.c */
    DimGate *gate;
    DimId *station_id; /* (nullable) proved by its handshake on this line, or pinned */
    char *session_key; /* (nullable) */
    DimState state;
    guint patience; /* timer: the station should have answered */
    guint tries;    /* greetings without an answer */
    gboolean heard; /* a station spoke on this line */
    /* by the last challenge: the station's is more than 30 minutes away */
    gboolean clock_wrong;
    double clock_apart; /* seconds: how much later it was there */
    guint keep_online;  /* timer: login again */
    /* choice.c */
    GPtrArray *stations; /* of DimStation, as listed */
    guint32 tried;       /* a bit for each that was in this round */
    gint64 dialed;       /* monotonic microseconds */
    GError *failure;     /* (nullable) of this round: what will be told */
    /* turn.c */
    GQueue arrived;      /* of DimArrival: not yet looked at */
    DimArrival *reading; /* (nullable) the payload whose lines are being read */
    gboolean from_inbox; /* what is worked on lay in the inbox */
    guint undone;        /* turns that were undone */
    GArray *to_accept;   /* of guint64: packets whose commit is due */
    GQueue to_drop;      /* of char*: rows of the inbox that were worked on */
    guint turn;          /* the source that ends the turn */
    guint losses;        /* lines that fell and turns that were undone */
    GError *loss;        /* (nullable) why something of this turn could not be kept */
    /* parcel.c */
    GQueue inner;   /* of DimParcel: what the last line had inside, worked on first */
    GQueue *inside; /* (nullable) where messages go that stand in the content at work */
    /* backlog.c */
    guint settle;        /* timer: the backlog that a login brings should be in */
    gint64 settle_until; /* monotonic microseconds: not longer than this */
    GQueue backlog;      /* of char*: rows of the inbox that are due */
    gboolean sorting;    /* the lines are a backlog: shown in order of their time */
    gboolean halfway;    /* some of those lines are still to be shown, or their rows dropped */
    /* unparking.c */
    GQueue unparking;       /* of DimMove: rows of the shelf on their way to the inbox */
    guint unparking_undone; /* undone, when some of them, or of the next, were put there */
    gboolean unparked;      /* some of them were moved since the inbox was taken up */
    /* trying.c */
    GQueue trying; /* of DimTry: whose rows a new talk key may open */
    /* waking.c */
    guint wake;       /* timer: the inbox is due again */
    guint wake_pause; /* seconds that it runs, or ran last */
    /* outgoing.c */
    GQueue leaving;       /* of DimId: their keys are known now, parked lines go on */
    guint leaving_undone; /* undone, when one of them was put there */
    /* awaiting.c */
    guint await_word;       /* timer: say whose key has not come */
    GHashTable *await_told; /* persons of whom that was said */
    guint await_ask;        /* timer: ask for them again */
    guint await_pause;      /* seconds that it runs */
    GQueue await_queue;     /* of DimId: to be asked for, a few at a time */
    guint await_some;       /* timer: the next few */
    /* showing.c */
    GQueue talk;        /* of DimShow: lines for the front end at the end of the turn */
    GQueue news;        /* of DimShow: other news for it, after the lines */
    GQueue unanswered;  /* of DimMessage: shown, a receipt is due */
    GHashTable *noted;  /* tags of this turn, not yet in the store */
    GHashTable *shown;  /* tags of lines shown since the last commit */
    GHashTable *unkept; /* and of those whose commit failed, or did not come before a kill */
    DimNotes *notes;    /* (nullable) both of them, beside a store on disk */
    /* renew.c */
    GCancellable *making; /* (nullable) a key of mine is being made */
    GQueue to_tell;       /* of DimId: they have not got my new visa yet */
    guint telling;
    /* confirm.c */
    GQueue ready;          /* of guint64*: outbox tags not yet given to the gate on this line */
    GHashTable *in_flight; /* tag -> DimFlight */
    GHashTable *by_signature; /* last 16 characters -> DimFlight, of in_flight or of recent */
    GQueue recent;            /* of DimFlight: confirmed or given up, for late receipts */
    guint waiting;            /* how many in flight the gate has not yet acknowledged */
    guint confirm_timer;
    guint room_timer; /* the gate had no room for the first of ready */
    /* contents.c */
    guint told; /* how many unknown commands and contents were answered */
    /* membership.c */
    GHashTable *group_waits; /* group -> DimWait */
    guint group_timer;
    /* settling.c */
    GHashTable *answers; /* group that was asked for -> DimAnswer */
    guint answer_timer;
    /* pacing.c */
    GHashTable *paces;  /* ID -> Pace: how much a stranger may still say */
    GHashTable *penned; /* rows of the inbox that wait for that */
    GHashTable *spoken; /* IDs that I wrote to */
    gsize penned_bytes; /* of the rows in penned */
    guint pace_timer;
    /* incoming.c */
    guint unknown;        /* senders asked for in this minute, of whom nothing was known */
    gint64 unknown_since; /* monotonic microseconds: when it began */
    /* complaints.c */
    DimCrowd crowds[DIM_CROWD_KINDS];
    /* opening.c */
    GHashTable *refused; /* digests of messages that did not open -> why: a DimError */
    /* asking.c */
    /* command -> gint64: monotonic microseconds until which an answer is waited for */
    GHashTable *asked;
    GHashTable *names; /* name of a service -> DimId */
};

/* ---- accepting.c: what becomes of to_accept and to_drop ---- */

/* Kept: the station gets its acknowledgements. */
void dim_accept_all(DimSession *session);
/* Lost: what the station repeats on this line is taken as new, and the rows stay in the inbox. */
void dim_accept_none(DimSession *session);
/* Drops rows from the inbox until that moment (monotonic microseconds). FALSE: more are left. */
gboolean dim_accept_rows(DimSession *session, gint64 until);

/* ---- turn.c: one turn of the loop: take in, show, commit, acknowledge ---- */
void dim_turn_init(DimSession *session);
void dim_turn_free(DimSession *session);
/* A payload from the gate; worked on at the end of this turn. */
void dim_turn_take(DimSession *session, GBytes *body, guint64 serial);
/* The line fell: what was neither shown nor acknowledged comes again after the next login. */
void dim_turn_fall(DimSession *session);
/* The same, for good. */
void dim_turn_close(DimSession *session);
/* The store is about to be written: one transaction for all of this turn. */
void dim_turn_touch(DimSession *session);
/* Something that came in could not be kept: this turn will not be, nothing of it is acknowledged, all of it comes again. */
void dim_turn_lose(DimSession *session, const GError *error);
/* Commits what is open now. FALSE with STORAGE; told to the front end as well. */
gboolean dim_turn_commit(DimSession *session, GError **error);
void dim_turn_schedule(DimSession *session);

/* ---- parcel.c: what a message has inside ---- */
/* A message that was opened: if it says one thing that is done at once; many are done one a step, before what comes behind. It
 * counts as seen when the last of them is done. */
void dim_parcel_open(DimSession *session,
                     DimMessage *message,
                     DimMessage *instant,
                     const char *tag,
                     guint depth);
/* A message in a forward that is the content at work: looked at behind all contents of the message which holds it. FALSE: not at all,
 * for it lies below the fourth level. */
gboolean dim_parcel_put(DimSession *session, JsonObject *message, guint depth);
/* One content, or one message of a forward. FALSE if nothing is left. */
gboolean dim_parcel_step(DimSession *session);
/* The line fell: it comes again as a whole. */
void dim_parcel_clear(DimSession *session);

/* ---- backlog.c: what a login brings ---- */
void dim_backlog_init(DimSession *session);
void dim_backlog_clear(DimSession *session);
/* Online: what the station kept for us comes now. */
void dim_backlog_settle(DimSession *session);
/* All that lies in the inbox is due now. */
void dim_backlog_take_up(DimSession *session);
/* TRUE if this text is talk that came before we settled in: it lies in the inbox now. */
gboolean dim_backlog_holds(DimSession *session, const char *text, gsize size);
/* What lacks something of this person or group. TRUE if it lies on the shelf now, or comes again as it could not be written; FALSE
 * if there is no room for it. What made room for it is told as lost. */
gboolean dim_backlog_park(DimSession *session, const DimId *id, const DimMessage *message);
/* The same of what lacks its talk key, which only another message of its sender can bring. */
gboolean dim_backlog_park_closed(DimSession *session, const DimMessage *message);
/* Says that something of others is lost that waited; once an hour, and not of what. */
void dim_backlog_tell_lost(DimSession *session);

/* ---- waking.c: what waits here though nothing is lacking any more ---- */
/* At a login and then now and then: whose keys are known is heard; what is too old is forgotten, which is told. */
void dim_waking_resume(DimSession *session);
/* What lies in the inbox was worked on in vain, or could not be read: it is due again after a pause. */
void dim_waking_later(DimSession *session);
/* The line fell. */
void dim_waking_fall(DimSession *session);

/* ---- pacing.c: strangers who write very much ---- */
void dim_pacing_init(DimSession *session);
void dim_pacing_fall(DimSession *session);
void dim_pacing_clear(DimSession *session);
/* TRUE of who is not on the list, was not written to in this run, and is neither me nor my station. */
gboolean dim_pacing_is_stranger(DimSession *session, const DimId *who);
/* TRUE if its sender is beyond his measure: the message lies in the inbox now, and is taken out of it in time. */
gboolean dim_pacing_holds(DimSession *session, const DimMessage *message);
/* TRUE if this row of the inbox waits for its sender's measure. */
gboolean dim_pacing_pens(const DimSession *session, const char *row);
/* Whom I write to is no stranger, until the session ends. */
void dim_pacing_spoke_to(DimSession *session, const DimId *who);
/* A message of this sender did not open: that is the dearest that one can be, whatever its envelope told. */
void dim_pacing_closed(DimSession *session, const DimId *who);
/* A talk key of this sender was tried on one message that waited for it: it counts like so many, which cost as much. */
void dim_pacing_tried(DimSession *session, const DimId *who, guint count);
/* A message of this sender says so many things: each counts like a message. */
void dim_pacing_opened(DimSession *session, const DimId *who, guint contents);

/* ---- showing.c: events wait for the end of the turn, so that none comes from inside a call of the front end ---- */
void dim_showing_init(DimSession *session);
void dim_showing_clear(DimSession *session);
void dim_showing_free(DimSession *session);
/* TRUE if lines were shown in a turn that could not be kept. */
gboolean dim_showing_owes(const DimSession *session);
/* Writes into the open transaction that they were shown. */
void dim_showing_pay(DimSession *session);
/* The transaction ended; what was shown in one that was not kept will not be shown again. */
void dim_showing_settled(DimSession *session, gboolean kept);
/* Lines that were not shown are not noted either. */
void dim_showing_forget_lines(DimSession *session);
void dim_showing_line(DimSession *session, DimMessage *message, const char *text);
/* This message counts as seen once its lines, pushed just before, were shown. */
void dim_showing_note(DimSession *session, DimMessage *message, const char *tag);
/* TRUE if the last line is of this message. */
gboolean dim_showing_ends_with(const DimSession *session, const DimMessage *message);
/* Its lines, pushed just before and not noted, will not be shown: it comes again. */
void dim_showing_take_back(DimSession *session, const DimMessage *message);
/* TRUE if a message of this tag was shown, or will be at the end of this turn. */
gboolean dim_showing_knows(DimSession *session, const char *tag);
/* TRUE if that content was, in another message of the same sender. Never of a command. */
gboolean dim_showing_repeats(DimSession *session, const DimMessage *instant);
void dim_showing_delivery(DimSession *session,
                          const DimId *peer,
                          guint64 serial,
                          DimDelivery state,
                          const GError *error);
void dim_showing_notice(DimSession *session, const char *text);
void dim_showing_sort(DimSession *session);
/* Until that time (monotonic microseconds), one line at least. FALSE: more are left. */
gboolean dim_showing_lines(DimSession *session, gint64 until);
/* TRUE if a receipt is due and can leave: without a line it waits for the next one, as its message does not come again. */
gboolean dim_showing_may_answer(const DimSession *session);
/* Says "Message received." about one line that was shown and kept; FALSE when none is left that can be said now. */
gboolean dim_showing_answer(DimSession *session);
void dim_showing_news(DimSession *session);

/* ---- asking.c: questions to the network's services ---- */
void dim_asking_init(DimSession *session);
void dim_asking_clear(DimSession *session);
/* TRUE once if somebody waits for the answer to this command. */
gboolean dim_asking_expects(DimSession *session, const char *command);
void dim_asking_name(DimSession *session, const char *name, const DimId *id);
gboolean dim_asking_serves(const DimSession *session, const DimId *who);

/* ---- outgoing.c: the way down ---- */
/* A line of talk: kept in the outbox, or parked until the receiver's key is known. */
gboolean
dim_outgoing_talk(DimSession *session, const DimId *to, DimContent *content, GError **error);
/* A command or receipt: leaves now or never; a lost one is asked for again by whoever needs it. */
void dim_outgoing_command(DimSession *session, const DimId *to, DimContent *content);
/* Seals and writes one handshake or announcement. with_attachments: my meta and visa go along. */
gboolean dim_outgoing_write(DimSession *session,
                            const DimId *to,
                            DimContent *content,
                            gboolean with_attachments,
                            DimPriority priority,
                            GError **error);
/* Meta and documents of a person, unless asked a short while ago: TRUE if a question left. */
gboolean dim_outgoing_ask(DimSession *session, const DimId *id);
/* TRUE if a key to lock with is known. */
gboolean dim_outgoing_can_lock(DimSession *session, const DimId *who);
/* Behind the others, unless it is among them (element type DimId). */
void dim_outgoing_enqueue(GQueue *ids, const DimId *id);
/* What was parked for this person leaves if the key is known, a few lines a turn. */
void dim_outgoing_unpark(DimSession *session, const DimId *id);
/* Seals one parked line; FALSE when none is left. */
gboolean dim_outgoing_parked(DimSession *session);
void dim_outgoing_init(DimSession *session);
void dim_outgoing_clear(DimSession *session);

/* ---- awaiting.c: those of whom too little is known ---- */
void dim_awaiting_init(DimSession *session);
void dim_awaiting_clear(DimSession *session);
/* A text waits: says after a while whose key has not come, and asks for it again soon, then less and less often. */
void dim_awaiting_begin(DimSession *session);
/* A login: asks for all for whom or of whom something lies there. */
void dim_awaiting_resume(DimSession *session);
/* Now and then: asks for those of whom something lies there, if it is long enough since the last time. */
void dim_awaiting_look(DimSession *session);
/* The line fell. */
void dim_awaiting_fall(DimSession *session);

/* ---- confirm.c: what became of what left ---- */
void dim_confirm_init(DimSession *session);
void dim_confirm_clear(DimSession *session);
/* Everything in the outbox waits to be written again: a new line. */
void dim_confirm_reload(DimSession *session);
void dim_confirm_add(DimSession *session, guint64 tag);
/* Writes as much as the gate takes. */
void dim_confirm_pump(DimSession *session);
void dim_confirm_line_down(DimSession *session);
void dim_confirm_acknowledged(DimSession *session, guint64 tag);
void dim_confirm_expired(DimSession *session, guint64 tag);
void
dim_confirm_receipt(DimSession *session, const DimMessage *message, const DimContent *receipt);

G_END_DECLS
