/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Talk between two people: the way down from a conversation window, and the way up into it. */
#pragma once

#include "plugin/views/bridge.h"

void dim_im_init(DimLogin *login);
void dim_im_clear(DimLogin *login);
/* prpl: send_im. 1: libpurple shows the line; else an error line is there already. */
int
dim_im_send(PurpleConnection *gc, const char *who, const char *html, PurpleMessageFlags flags);
/* How a line is dated whose sender says that it is of then (seconds since 1970; 0: says nothing): *when is the time beside it. Returns
 * PURPLE_MESSAGE_DELAYED or nothing. */
PurpleMessageFlags dim_im_date(double then, time_t now, time_t *when);
void dim_im_received(DimLogin *login, const DimMessage *message, const char *text);
void dim_im_delivery(DimLogin *login,
                     const DimId *peer,
                     guint64 serial,
                     DimDelivery state,
                     const GError *error);
/* A line about the conversation (PURPLE_MESSAGE_SYSTEM or _ERROR), plain text, visible in every host. */
void
dim_im_say(PurpleAccount *account, const char *who, const char *text, PurpleMessageFlags kind);
