/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PurpleConnection <-> DimSession, buddy name <-> DimId. */
#pragma once

#include <purple.h>

#include "dim.h"

#define DIM_PRPL_ID "prpl-dim"

typedef struct _DimMaking DimMaking;
typedef struct _DimCarry DimCarry;

/* What one login of one account holds; lives as the protocol data of its PurpleConnection. */
typedef struct {
    PurpleConnection *gc;
    PurpleAccount *account;
    DimDial dial;
    DimMaking *making;   /* (nullable) a new identity is being made */
    DimCarry *carry;     /* (nullable) an identity is being locked or unlocked */
    DimStore *store;     /* (nullable) open and locked */
    DimUser *user;       /* (nullable) */
    DimSession *session; /* (nullable) */
    GHashTable *unsure;  /* serial -> start of a text of mine whose fate is open */
    GQueue unsure_order; /* the same serials, oldest first */
    char *last_notice;   /* (nullable) what core told last, and when (monotonic microseconds) */
    gint64 last_notice_at;
    GSList *asks;  /* questions that are open (plugin/ask.c) */
    gboolean over; /* an error was told, libpurple is about to call close() */
} DimLogin;

/* (nullable) borrowed. */
DimLogin *dim_bridge_login(PurpleConnection *gc);
/* (nullable) borrowed; NULL before the login has its session. */
DimSession *dim_bridge_session(PurpleConnection *gc);
/* The user's ID behind an account that is logged in, or NULL. Borrowed; also offered to others as the plugin's call "identity". */
const char *dim_bridge_identity(PurpleAccount *account);
/* What stands behind a leading "dim:", or all of it. Borrowed. */
const char *dim_bridge_bare(const char *name);
/* A person from what was typed or stands in a buddy's name; blanks around and a leading "dim:" are dropped.
 * (transfer full), or NULL with DIM_ERROR_MALFORMED or NOT_ALLOWED (no person) and a sentence for people. */
DimId *dim_bridge_person(const char *who, GError **error);
/* prpl: one name for one person, whatever the terminal. */
const char *dim_bridge_normalize(const PurpleAccount *account, const char *who);
/* TRUE in a host that shows neither dialogs nor system lines and does not read /commands (bitlbee). */
gboolean dim_bridge_is_plain_host(void);
/* A sentence for the host's own places (errors, notices): one line, and escaped where the host drops tags now (bitlbee, once this login
 * is complete). New string. */
char *dim_bridge_words(const DimLogin *login, const char *text);
/* What a person answered to a question of ours: as it was typed, though the host escapes it now (bitlbee, once this login is complete).
 * New string. */
char *dim_bridge_typed(const DimLogin *login, const char *text);
/* A message about the account itself: a dialog, or a line where the host has no dialogs. */
void dim_bridge_tell(DimLogin *login, const char *title, const char *text);
/* The same of what is told only once: its dialog stays when this login ends. last: stands on a line of its own, where no host breaks it
 * in two. */
void dim_bridge_tell_for_good(DimLogin *login,
                              const char *title,
                              const char *text,
                              const char *last);
