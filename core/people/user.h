/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimUser: who I am; my private keys, meta and visa, kept in my store (protocol §2.6, §3.4). Refcounted; its visa may be replaced. */
#pragma once

#include <gio/gio.h>

#include "crypto/key.h"
#include "identity/document.h"
#include "storage/store.h"

G_BEGIN_DECLS

typedef struct {
    DimMetaKind kind;        /* ETH (default), MKM or BTC */
    DimKeyKind identity_key; /* ECC; for MKM also RSA */
    guint visa_bits;         /* RSA visa key: 1024 (the network's default) or 2048 */
    guint8 network;          /* address byte: 0 user, 2 station; ETH needs 0 */
    const char *seed;        /* MKM: the ID's name; else NULL */
    const char *nickname;    /* (nullable) goes into the visa */
    /* (nullable, borrowed) further visa properties: app, sys, host, port */
    JsonObject *properties;
} DimRegisterOptions;

/* Makes keys, meta and visa on a worker, then a store in `folder`/<address>/store.db and puts all into it in one transaction.
 * Calls done once, in the caller's main context. */
void dim_user_register_async(const char *folder,
                             const DimRegisterOptions *options,
                             GCancellable *cancellable,
                             GAsyncReadyCallback done,
                             gpointer user_data);
/* The new user, its store open and locked in *store (out, transfer full). NULL with CRYPTO, STORAGE, NOT_ALLOWED (bad seed) or cancelled. */
DimUser *dim_user_register_finish(GAsyncResult *result, DimStore **store, GError **error);
/* The same at once, into a given store (the station, tests). */
DimUser *dim_user_register(DimStore *store, const DimRegisterOptions *options, GError **error);
/* From a store. NULL with STORAGE if the store holds no identity or a broken one. */
DimUser *dim_user_load(DimStore *store, GError **error);
/* To be asked before the store of this path is opened, which would make an empty one. TRUE, with STORAGE and the sentence of
 * dim_user_load(), if the store was kept aside as damaged and nothing has taken its place. */
gboolean dim_user_was_kept_aside(const char *path, GError **error);
/* From given keys, verified strictly, without a store (tests, vectors, import). visa_keys: element type DimPrivateKey, newest first. */
DimUser *dim_user_new(const DimId *id,
                      DimMeta *meta,
                      DimDocument *visa,
                      DimPrivateKey *identity,
                      GPtrArray *visa_keys,
                      GError **error);
/* Puts it into an empty store in one transaction. */
gboolean dim_user_save(DimUser *user, DimStore *store, GError **error);
DimUser *dim_user_ref(DimUser *user);
void dim_user_unref(DimUser *user);

/* Borrowed. */
DimId *dim_user_id(const DimUser *user);
DimMeta *dim_user_meta(const DimUser *user);
DimDocument *dim_user_visa(const DimUser *user);
const DimPrivateKey *dim_user_signer(const DimUser *user);
GPtrArray *dim_user_decrypt_keys(
    const DimUser *user); /* visa keys newest first (at most 3), then the identity key if RSA */
/* Signs a new visa with this nickname (keys stay), keeps it. */
gboolean dim_user_set_nickname(DimUser *user,
                               DimStore *store,
                               const char *nickname,
                               double now,
                               GError **error);
/* TRUE for a visa that lies more than 30 minutes ahead: nobody takes it (protocol §3.3). A clock was wrong, or is. */
gboolean dim_user_is_ahead(const DimUser *user, double now);
/* Signs the same visa again as of now, however late it was dated, and keeps it; no key counts as made later than now. For a visa that
 * nobody can have taken. */
gboolean dim_user_date_anew(DimUser *user, DimStore *store, double now, GError **error);
/* When the key was made that others write to me with, seconds since 1970. */
double dim_user_key_time(const DimUser *user);
/* FALSE while another new key would drop one that was in use within the last day: three are kept. */
gboolean dim_user_may_rotate(const DimUser *user, double now);
/* A visa with this RSA key, kept in one transaction; the last three private keys stay (P-035). */
gboolean dim_user_take_key(DimUser *user,
                           DimStore *store,
                           const DimPrivateKey *fresh,
                           double now,
                           GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DimUser, dim_user_unref)

G_END_DECLS
