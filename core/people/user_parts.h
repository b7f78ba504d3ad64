/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The inside of DimUser, for user.c and user_change.c alone. */
#pragma once

#include "people/own.h"

G_BEGIN_DECLS

struct _DimUser {
    gint refs;
    DimId *id;
    DimMeta *meta;
    DimDocument *visa;
    DimPrivateKey *identity;
    GPtrArray *visa_keys;                /* newest first */
    GPtrArray *decrypt_keys;             /* those, then the identity key if it is RSA */
    double made[DIM_USER_MAX_VISA_KEYS]; /* when each visa key was, seconds; 0 = not known */
};

/* Takes the array's elements by reference, at most the last three. */
void dim_user_set_visa_keys(DimUser *user, GPtrArray *visa_keys);
/* All of them anew: the newest is always number 1. */
gboolean
dim_user_save_visa_keys(DimStore *store, GPtrArray *keys, const double *made, GError **error);
gboolean dim_user_save_visa(DimStore *store, const DimDocument *visa, GError **error);

G_END_DECLS
