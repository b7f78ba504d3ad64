/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimKeyfile: one identity and its contacts as one text under a passphrase, to carry to another machine. The private keys are blocks
 * that `openssl pkey` reads; meta, visa and contacts stand in a block of their own, locked in the same way and signed by the identity. */
#pragma once

#include <gio/gio.h>

#include "people/contacts.h"
#include "people/user.h"

G_BEGIN_DECLS

#define DIM_KEYFILE_MAX_SIZE (16u * 1024 * 1024) /* bytes of text that are read */

typedef struct _DimKeyfile DimKeyfile;

/* Locks on a worker, a quarter of a second for each key; done is called once, in the caller's main context. What is to be locked is
 * read before this returns. */
void dim_keyfile_write_async(const DimUser *user,
                             DimContacts *contacts,
                             const char *passphrase,
                             GCancellable *cancellable,
                             GAsyncReadyCallback done,
                             gpointer user_data);
/* New text, or NULL with NOT_ALLOWED (no passphrase), STORAGE, CRYPTO or cancelled. */
char *dim_keyfile_write_finish(GAsyncResult *result, GError **error);

/* Unlocks on a worker. */
void dim_keyfile_read_async(const char *text,
                            const char *passphrase,
                            GCancellable *cancellable,
                            GAsyncReadyCallback done,
                            gpointer user_data);
/* What was in it, verified strictly, or NULL: MALFORMED or UNSUPPORTED if it is no such text, NO_KEY if the passphrase is wrong or
 * the text was changed, UNVERIFIED if its parts do not belong together. */
DimKeyfile *dim_keyfile_read_finish(GAsyncResult *result, GError **error);
void dim_keyfile_free(DimKeyfile *keyfile);
/* (transfer none) */
DimUser *dim_keyfile_user(const DimKeyfile *keyfile);
/* How many contacts are in it. */
guint dim_keyfile_count(const DimKeyfile *keyfile);
/* Puts the identity, with the contacts, what I call them and what they called themselves, into `folder`/<address>/store.db, all or nothing. The store, open and
 * locked; NULL with NOT_ALLOWED if it holds an identity already, BUSY or STORAGE. */
DimStore *dim_keyfile_keep(const DimKeyfile *keyfile, const char *folder, GError **error);
/* Puts the contacts alone into my store, all or nothing; who is on my list stays as he is there. How many were new in *added. FALSE
 * with STORAGE. */
gboolean
dim_keyfile_merge(const DimKeyfile *keyfile, DimStore *store, guint *added, GError **error);

/* Lays the text into a new file (0600), on disk when this returns. FALSE with STORAGE and a sentence if it cannot be written, or
 * something of this name is there already: nothing is written over, and nothing is left of half a file. */
gboolean dim_keyfile_save(const char *path, const char *text, GError **error);
/* The text of a plain file of DIM_KEYFILE_MAX_SIZE bytes at most. New string, or NULL with STORAGE. */
char *dim_keyfile_load(const char *path, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DimKeyfile, dim_keyfile_free)

G_END_DECLS
