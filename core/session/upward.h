/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The doors between the rooms of the way up: whose message it is, what opens it, what it says and who may say that. */
#pragma once

#include "message/message.h"
#include "session/session.h"

G_BEGIN_DECLS

/* What is told of strangers together. */
typedef enum {
    DIM_CROWD_CLOSED,  /* messages that cannot be read */
    DIM_CROWD_ALTERED, /* messages that were changed on their way */
    DIM_CROWD_FAST,    /* who writes very much at once */
    DIM_CROWD_LOST,    /* whose messages are more than is kept */
    DIM_CROWD_KINDS,
} DimCrowdReason;

typedef struct {
    DimSession *session;
    DimCrowdReason why;
    guint more; /* since something was last told of them */
    guint timer;
} DimCrowd;

/* ---- incoming.c: the way up ---- */
/* One reliable message as text; FALSE if it is none. Depth counts forwards. */
gboolean dim_incoming_text(DimSession *session, const char *text, gsize size);
void dim_incoming_message(DimSession *session, DimMessage *message, guint depth);
/* All that it says was worked on: it is noted, and what it hints at is followed. */
void dim_incoming_done(DimSession *session,
                       DimMessage *message,
                       DimMessage *instant,
                       const char *tag);
/* What waits for this person goes on, both ways. */
void dim_incoming_learned(DimSession *session, const DimId *id);

/* ---- opening.c: which key opens it ---- */
void dim_opening_init(DimSession *session);
void dim_opening_clear(DimSession *session);
/* (transfer full), or NULL with NO_KEY or ALTERED, and the sender is told my visa (at most once an hour). The talk key that opened it
 * is kept for the next one. No private key is tried on the same bytes twice. */
DimMessage *dim_opening_open(DimSession *session, DimMessage *message, GError **why);
/* TRUE if a talk key that is known by now says what becomes of this message: no private key is used. */
gboolean dim_opening_fits(DimSession *session, const DimMessage *message);

/* ---- complaints.c: messages that cannot be read, and strangers who write too much ---- */
/* TRUE if this one is to be told at once, by name; the others within ten minutes are counted, each reason by itself, and told by their
 * number. Whoever makes an ID could open a window of mine with it. */
gboolean dim_complaints_of_stranger(DimSession *session, DimCrowdReason why);
/* Tells the person of one that did not open: of a contact once an hour, of strangers together once in ten minutes, whatever was wrong
 * with keys and data in the same words, and nothing of what calls itself a command or is my station's. That somebody changed it
 * (ALTERED) is another matter with an hour and a number of its own, and told whatever it is called, of my station too as soon as the
 * login says which that is. Of a bot too: I wait for what it writes. TRUE if it was told or counted. */
gboolean dim_complaints_make(DimSession *session, const DimMessage *message, const GError *why);
void dim_complaints_clear(DimSession *session);

/* ---- contents.c: what an opened message says ---- */
/* One content of this message, no array. */
void
dim_contents_take(DimSession *session, DimMessage *instant, DimContent *content, guint depth);
/* The content itself, or what is in an array through all levels (element type DimContent): none below the fourth, counted from this
 * depth, and 100 at most, arrays among them; behind them a line that says so, where something is left out. New array. */
GPtrArray *dim_contents_unpack(DimContent *content, guint depth);
/* (nullable) new string: by what a content is known again that is sealed a second time. None of commands, which may say the same
 * again. A recall bears the number of what it takes back, and has a tag of its own. */
char *dim_contents_tag(const DimMessage *message);
/* An instant message that another device of mine sent: shown once, as said by me. */
void dim_contents_show_mine(DimSession *session, DimMessage *message);
/* The receipt about a line that was shown and kept; none to stations, bots and myself. */
void dim_contents_answer(DimSession *session, const DimMessage *message);

/* ---- membership.c: who belongs to a group ---- */
void dim_membership_init(DimSession *session);
void dim_membership_clear(DimSession *session);
/* The line fell: what waits is judged anew after the next login. */
void dim_membership_fall(DimSession *session);
void dim_membership_resume(DimSession *session);
/* (nullable) borrowed: the group for whose sake this content of an opened message must wait: for a while, if nothing is known of it;
 * until those who lead it have answered, if the sender is no member as far as is known. */
const DimId *dim_membership_waits_for(DimSession *session,
                                      const DimMessage *instant,
                                      const DimContent *content);
/* TRUE if the reliable message lies on the shelf of this group now. */
gboolean
dim_membership_holds(DimSession *session, const DimId *group, const DimMessage *message);
/* Asks those who lead the group, and (nullable) who speaks there, where he can know. */
void dim_membership_ask(DimSession *session, const DimId *group, const DimId *speaker);
/* Who belongs to this group is known now: what waits for that goes on. */
void dim_membership_told(DimSession *session, const DimId *group);
/* Its bulletin is. */
void dim_membership_bulletin(DimSession *session, const DimId *group);
/* Something of this person is known now: a bulletin that names him as founder may count. */
void dim_membership_founder(DimSession *session, const DimId *who);
/* Asks for what the sender knows already of his group (P-060). */
void
dim_membership_hints(DimSession *session, const DimMessage *message, const DimMessage *instant);

/* ---- settling.c: outsiders ---- */
void dim_settling_init(DimSession *session);
void dim_settling_fall(DimSession *session);
void dim_settling_clear(DimSession *session);
/* TRUE while what an outsider says in this group may still be a member's: those who lead it are asked, and have not answered all. */
gboolean dim_settling_waits(DimSession *session, const DimId *group);
/* Something of their answer is known now: whom it lets in is heard within a second. */
void dim_settling_answered(DimSession *session, const DimId *group);

G_END_DECLS
