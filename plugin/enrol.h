/* SPDX-License-Identifier: GPL-2.0-or-later */
/* New identities: keys made off the main thread, for "Create this new account on the server" and for first logins. */
#pragma once

#include "plugin/views/bridge.h"

/* user and store on success (borrowed), or error. Not called after dim_making_cancel(). */
typedef void (*DimMade)(DimLogin *login, DimUser *user, DimStore *store, const GError *error);

/* TRUE if a new identity may be called nick. FALSE with a sentence for people if that is an ID, or looks like one that
 * was not written well: it must not become a nickname unnoticed. */
gboolean dim_making_takes(const char *nick, GError **error);
/* Starts to make an identity as the account's options say; login->making holds it. */
void dim_making_start(DimLogin *login, const char *nick, DimMade made);
/* Nobody waits any more. */
void dim_making_cancel(DimMaking *making);
/* prpl: register_user. The account is named by its new ID and enabled afterwards. */
void dim_register_user(PurpleAccount *account);
/* Forgets accounts that were to be enabled; before the plugin is unloaded. */
void dim_register_unload(void);
