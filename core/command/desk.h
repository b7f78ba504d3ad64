/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimDesk: all that a command handler may ask for; records to read and write, and a few words to say. */
#pragma once

#include "base/clock.h"
#include "message/commands.h"
#include "people/book.h"
#include "people/contacts.h"
#include "people/user.h"

G_BEGIN_DECLS

typedef struct _DimGroupCache DimGroupCache;

/* What is expected when the program asks, in silence, which ID the archivist has. */
#define DIM_ANS_ARCHIVIST "ans archivist"

/* Filled in by whoever owns the desk (the session, a test); everything is borrowed. No function may be NULL. */
struct _DimDesk {
    DimUser *user;
    DimBook *book;
    DimContacts *contacts;
    DimStore *store;
    const DimClock *clock;
    DimGroupCache *groups; /* (nullable) what was read of groups; see standing.h */

    /* The station that has proved itself on this line; NULL before its first challenge. Borrowed. */
    DimId *(*station)(gpointer data);
    /* Leaves by the one way down. */
    void (*reply)(gpointer data, const DimId *to, DimContent *content);
    /* A meta or visa of this person is new: what waits for it may go on. */
    void (*learned)(gpointer data, const DimId *id);
    /* A newer document was kept. */
    void (*document)(gpointer data, DimDocument *document);
    /* The station asks for the session key back ("DIM?"), or lets us in ("DIM!"). */
    void (*challenged)(gpointer data, const DimMessage *message, const char *session_key);
    void (*greeted)(gpointer data, const DimMessage *message, const char *session_key);
    /* Somebody confirms a message of ours. */
    void (*confirmed)(gpointer data, const DimMessage *message, const DimContent *receipt);
    /* This person gave a sign of life. */
    void (*alive)(gpointer data, const DimId *who, double when);
    /* TRUE once if this was asked of the network a short while ago: an answer nobody waits for is none. */
    gboolean (*expected)(gpointer data, const char *command);
    /* A sentence that a person should read once. */
    void (*tell)(gpointer data, const char *text);
    /* TRUE if the station told that this is a service, under whatever name. */
    gboolean (*serves)(gpointer data, const DimId *who);
    /* The station knows this service by this name. */
    void (*named)(gpointer data, const char *name, const DimId *id);
    /* A line that I said on another device of mine. */
    void (*said)(gpointer data, DimMessage *message);
    /* The members of this group may be others now, or somebody who must know said that they are not: what waits for that may go on. */
    void (*members)(gpointer data, const DimId *group);
    gpointer data;
};

static inline void
dim_desk_reply(DimDesk *desk, const DimId *to, DimContent *content)
{
    desk->reply(desk->data, to, content);
}

static inline void
dim_desk_learned(DimDesk *desk, const DimId *id)
{
    desk->learned(desk->data, id);
}

/* TRUE if this sender may answer for the network: the station of this line, or a service that it named; and somebody waits for it. */
gboolean dim_desk_takes_answer(DimDesk *desk, const DimMessage *message, const char *command);
/* "nickname ID, ID and 3 more": at most 20 of these persons (element type DimId). New string. */
char *dim_desk_list_people(const DimDesk *desk, const GPtrArray *ids);

gboolean dim_desk_is_me(const DimDesk *desk, const DimId *id);
/* My own meta, or the book's. (nullable) borrowed until the book is asked again. */
DimMeta *dim_desk_meta(const DimDesk *desk, const DimId *id);
/* My own visa, or all that the book holds, newest first (element type DimDocument). New array, maybe empty. */
GPtrArray *dim_desk_documents(const DimDesk *desk, const DimId *id);

/* TRUE if this asker may learn whether anything is known of that person: of me everybody, of himself he, of all others my station
 * alone. Whom I know is nobody's business. */
gboolean dim_desk_may_know(const DimDesk *desk, const DimId *asker, const DimId *about);
/* TRUE if who asks this may be told: nobody is told what is his own, nor the same thing (what, about whom, of what time)
 * twice within the throttle of protocol §8. Counts as told from now on. */
gboolean dim_desk_may_tell(DimDesk *desk,
                           const DimMessage *question,
                           const char *what,
                           const DimId *about,
                           double time);
/* TRUE if receipts and polite refusals may go to this sender: a person, not me, no station and no bot (protocol §5.12), for two
 * programs would answer each other for ever. */
gboolean dim_desk_answers(const DimDesk *desk, const DimId *who);
/* One word about a command to the person who sent it, if he is answered at all, and ten in ten minutes at most; what went to
 * everybody is not confirmed by everybody. */
void dim_desk_receipt(DimDesk *desk, const DimMessage *about, const char *text);

/* Reads the meta of a meta or document command about this ID, if it has one (*told), and keeps it; mine is at home. FALSE with
 * MALFORMED, UNSUPPORTED, UNVERIFIED (not that ID's) or STORAGE, and the sender was told so. */
gboolean dim_desk_take_meta(DimDesk *desk,
                            const DimMessage *message,
                            const DimContent *content,
                            const DimId *id,
                            gboolean *told,
                            GError **error);

/* When a command says that it was made, in seconds, never later than now. FALSE with MALFORMED if it does not say, with
 * UNVERIFIED if that is more than 30 minutes ahead. */
gboolean dim_desk_read_time(const DimDesk *desk,
                            const DimContent *content,
                            double *when,
                            GError **error);

G_END_DECLS
