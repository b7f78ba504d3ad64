/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimDesk: all that a command handler may ask for; records to read and write, and a few words to say. */
#pragma once

#include "base/clock.h"
#include "message/commands.h"
#include "people/book.h"
#include "people/contacts.h"
#include "people/user.h"

G_BEGIN_DECLS

/* Filled in by whoever owns the desk (the session, a test); everything is borrowed. No function may be NULL. */
struct _DimDesk {
    DimUser *user;
    DimBook *book;
    const DimClock *clock;

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

G_END_DECLS
