/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Logging in and out: from a PurpleAccount to an open DimSession and back to nothing. */
#pragma once

#include "plugin/views/bridge.h"

/* A fresh login record, put into the connection of this account. */
DimLogin *dim_signon_new(PurpleAccount *account);
/* prpl: login and close. After close no callback of ours comes for this connection. */
void dim_signon(PurpleAccount *account);
void dim_signoff(PurpleConnection *gc);
/* Ends the login with a sentence for people, in the class (try again, or stay off) that the error belongs to. */
void dim_signon_fail(DimLogin *login, const GError *error);
/* Where identities live. New string. */
char *dim_signon_folder(void);
