/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Talk between two people: the way down from a conversation window, and the way up into it. */
#pragma once

#include "plugin/views/bridge.h"

void dim_im_init(DimLogin *login);
void dim_im_clear(DimLogin *login);
/* prpl: send_im. 1: libpurple shows the line; else an error line is there already. */
int
dim_im_send(PurpleConnection *gc, const char *who, const char *html, PurpleMessageFlags flags);
void dim_im_received(DimLogin *login, const DimMessage *message, const char *text);
void dim_im_delivery(DimLogin *login,
                     const DimId *peer,
                     guint64 serial,
                     DimDelivery state,
                     const GError *error);
/* A line about the conversation (PURPLE_MESSAGE_SYSTEM or _ERROR), plain text, visible in every host. */
void
dim_im_say(PurpleAccount *account, const char *who, const char *text, PurpleMessageFlags kind);
