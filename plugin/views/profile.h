/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who somebody is: user info, tooltip, and the fingerprints that two people compare. */
#pragma once

#include "plugin/views/bridge.h"

/* prpl: get_info, tooltip_text. */
void dim_profile_show(PurpleConnection *gc, const char *who);
void dim_profile_tooltip(PurpleBuddy *buddy, PurpleNotifyUserInfo *info, gboolean full);
/* My identity key and the peer's, as plain lines. New string. */
char *dim_profile_fingerprints(DimLogin *login, const char *peer);
