/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What I call myself: told to everybody by a newly signed visa. */
#pragma once

#include "plugin/views/bridge.h"

/* A name for my own windows, as it is in my visa now, or my ID. New string. */
char *dim_nickname_shown(const DimUser *user);
/* Takes what was typed; without a letter the nickname is taken away. A sentence on what became of it; new string. */
char *dim_nickname_change(DimLogin *login, const char *typed, gboolean *done);
/* Account menu: asks for another one. */
void dim_nickname_ask(PurplePluginAction *action);
/* prpl: set_public_alias, get_public_alias. */
void dim_nickname_set(PurpleConnection *gc,
                      const char *nickname,
                      PurpleSetPublicAliasSuccessCallback good,
                      PurpleSetPublicAliasFailureCallback bad);
void dim_nickname_get(PurpleConnection *gc,
                      PurpleGetPublicAliasSuccessCallback good,
                      PurpleGetPublicAliasFailureCallback bad);
