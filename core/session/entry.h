/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The doors between the rooms of a login: which station, who is at the other end, and with which key I come. Private to session. */
#pragma once

#include "message/message.h"
#include "session/session.h"
#include "session/state.h"
#include "transport/gate.h"

G_BEGIN_DECLS

/* ---- renew.c: another key ---- */
/* Starts making one if the present one is old: not by a clock that the station's disagrees with. */
void dim_renew_if_old(DimSession *session);
/* A visa that a wrong clock dated far ahead is nothing to anybody: signed anew as of now. */
void dim_renew_ahead(DimSession *session);
void dim_renew_clear(DimSession *session);

/* ---- choice.c: which station ---- */
void dim_choice_init(DimSession *session, const DimSessionOptions *options);
void dim_choice_clear(DimSession *session);
/* A new round: session->station is the best of all. */
void dim_choice_first(DimSession *session);
gboolean dim_choice_has_other(const DimSession *session);
/* Logged in: how long it took is kept. */
void dim_choice_entered(DimSession *session);
/* The present one failed. TRUE if session->station is another now, to be dialled at once. */
gboolean dim_choice_next(DimSession *session, const GError *error);

/* ---- handshake.c: who is at the other end ---- */
/* TRUE if this is the station at the other end; before the first challenge of a line any station may be it. */
gboolean dim_handshake_is_station(const DimSession *session, const DimId *who);
/* "DIM?": the first one of a line says who it is. */
void dim_handshake_challenged(DimSession *session, const DimMessage *message, const char *key);
/* "DIM!": counts with the key of this line's challenge. */
void dim_handshake_greeted(DimSession *session, const DimMessage *message, const char *key);
/* What the person is to be told of the clock, by the last challenge of this line; NULL: nothing. New string. */
char *dim_handshake_clock_text(const DimSession *session);

/* ---- login.c: from the line to being online ---- */
void dim_login_input(DimSession *session, DimInput input, const GError *error);
void dim_login_clear(DimSession *session);
void dim_login_announce(DimSession *session);
const DimGateEvents *dim_login_gate_events(void);

G_END_DECLS
