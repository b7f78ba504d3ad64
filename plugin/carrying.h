/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An identity carried from one machine to another: a file under a passphrase, written and read. */
#pragma once

#include "plugin/enrol.h"

/* ---- for verbs, menus and the login ---- */

/* Asks for a passphrase, then writes my identity and contacts into a new file and tells where. typed: as for dim_carry_place(). */
void dim_carry_export(DimLogin *login, const char *typed);
/* Asks for the passphrase of that file (typed "": for the file too), then brings it over: contacts that are new if it is mine, else the
 * identity and its contacts, to be added as an account of its own. Tells what became of it. */
void dim_carry_import(DimLogin *login, const char *typed);
/* Account menu: the same, asking for the file where the host can. */
void dim_carry_export_ask(PurplePluginAction *action);
void dim_carry_import_ask(PurplePluginAction *action);
/* The keys of this ID are not here: looks for its file in the usual place, else asks for it, then for its passphrase. made is called
 * once, as for a new identity. */
void dim_carry_import_for(DimLogin *login, const DimId *id, DimMade made);
/* The login ends: nobody waits any more. */
void dim_carry_clear(DimLogin *login);

/* ---- what both ways share ---- */

/* Outlives its login if need be: a worker answers once, also when it was cancelled. Counted by questions and workers. */
struct _DimCarry {
    gint refs;
    DimLogin *login; /* NULL: cancelled */
    GCancellable *cancellable;
    char *path;          /* (nullable) not known yet */
    DimKeyfile *keyfile; /* (nullable) what was read */
    DimId *id;           /* (nullable) whose keys the login wants */
    DimMade made;        /* (nullable) the login that waits */
};

DimCarry *dim_carry_new(DimLogin *login);
DimCarry *dim_carry_ref(DimCarry *carry);
void dim_carry_unref(gpointer carry);
/* A worker begins: the login knows it from now on, and the worker's reference is given. NULL, and the person told under this title, if
 * another one works. */
DimCarry *dim_carry_begin(DimCarry *carry, const char *title);
/* It is done. NULL if nobody waits; the worker's reference stays the caller's. */
DimLogin *dim_carry_end(DimCarry *carry);
/* Where a file of this identity is looked for and laid if nothing else is said. New string. */
char *dim_carry_usual_place(const DimId *id);
/* The file that was typed: as it is, or below the person's home; in bitlbee, which may serve strangers, a name in the folder of the
 * identities. New string, or NULL with a sentence. */
char *dim_carry_place(const char *typed, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DimCarry, dim_carry_unref)
