/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The buddy list: our contacts in the host's list, and the host's changes in our store. */
#pragma once

#include "plugin/views/bridge.h"

/* After login: every contact is a buddy and every buddy a contact. */
void dim_roster_fill(DimLogin *login);
/* A person's nickname became known or changed (nullable: none). The person's own alias for them stays. */
void dim_roster_name(DimLogin *login, const DimId *who, const char *nickname);
void dim_roster_seen(DimLogin *login, const DimId *who, double when);
/* prpl: add_buddy, remove_buddy, alias_buddy. */
void dim_roster_add(PurpleConnection *gc, PurpleBuddy *buddy, PurpleGroup *group);
void dim_roster_remove(PurpleConnection *gc, PurpleBuddy *buddy, PurpleGroup *group);
void dim_roster_alias(PurpleConnection *gc, const char *who, const char *alias);
/* prpl: add_deny, rem_deny. What a blocked person writes is not shown, see dim_im_received(). */
void dim_roster_deny(PurpleConnection *gc, const char *who);
void dim_roster_allow(PurpleConnection *gc, const char *who);
