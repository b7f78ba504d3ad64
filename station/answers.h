/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the station answers: contents in, contents out, and what they do to the session that asked (protocol §5.8-5.13). */
#pragma once

#include "base/clock.h"
#include "station/clerk.h"
#include "station/keeper.h"
#include "station/relay.h"

G_BEGIN_DECLS

typedef struct _DimAnswers DimAnswers;

typedef enum {
    DIM_EFFECT_NONE,
    DIM_EFFECT_LOGIN, /* the sender has answered the challenge */
    DIM_EFFECT_ACTIVE,
    DIM_EFFECT_INACTIVE,
} DimEffect;

/* One content of a checked message, and who asks. */
typedef struct {
    const char *session; /* the challenge of his line */
    const char *host;    /* where he calls from */
    guint16 port;
    const DimMessage *message;
    const char *text; /* the message as it was received */
    DimContent *content;
    GPtrArray *replies; /* element type DimContent; see dim_answers_add() */
    DimEffect effect;
    double work;   /* what the answer took, measured in verified signatures */
    double wasted; /* what it took to find out that somebody did not sign what he should have */
} DimQuestion;

/* What the answers work with; all is borrowed. */
typedef struct {
    DimClerk *clerk;
    const DimSettings *settings;
    const DimClock *clock;
    DimKeeper *keeper;
    DimRelay *relay; /* NULL: nobody is here */
} DimOffice;

DimAnswers *dim_answers_new(const DimOffice *office);
void dim_answers_free(DimAnswers *answers);
/* TRUE if this content is answered to those who are not logged in as well. */
gboolean dim_answers_is_open(const DimContent *content);
void dim_answers_give(DimAnswers *answers, DimQuestion *question);
/* The challenge, asked for at another time than at login. (transfer full) */
DimContent *dim_answers_challenge(const char *session, const char *host, guint16 port);

/* Borrowed. */
const DimOffice *dim_answers_office(const DimAnswers *answers);

/* For the files of the answers: adds one (transfer full) and what it costs, by its size, to the question's work. */
void dim_answers_add(DimQuestion *question, DimContent *content);
/* The same with a receipt about the question's message; template (nullable) has ${name} in it, which value
 * replaces (protocol §4.9). */
void dim_answers_receipt(DimQuestion *question,
                         const char *text,
                         const char *template_text,
                         const char *name,
                         const char *value);
/* The same, once about a message: two programs that do not understand each other must not go on for ever. */
void dim_answers_refuse(DimAnswers *answers,
                        DimQuestion *question,
                        const char *text,
                        const char *template_text,
                        const char *name,
                        const char *value);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DimAnswers, dim_answers_free)

G_END_DECLS
