/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimKeyring: talk keys, one for each direction, with the wrapped bytes that go with it (protocol §4.3, §8). */
#pragma once

#include "base/clock.h"
#include "crypto/cipher.h"
#include "identity/id.h"
#include "storage/store.h"

G_BEGIN_DECLS

DimKeyring *dim_keyring_new(DimStore *store, const DimClock *clock);
void dim_keyring_free(DimKeyring *keyring);
/* My key towards `to` (a user, or a group): the kept one, or a fresh one after 7 days or 10,000 messages. Borrowed until the next call.
 * A fresh one is kept in the store before it is returned. *fresh (nullable out) tells. NULL with STORAGE. */
DimCipherKey *
dim_keyring_sending(DimKeyring *keyring, const DimId *to, gboolean *fresh, GError **error);
/* Wrapped bytes cached in memory for (to, keys): opaque to the keyring; dropped with its key. `keys`, of DimPublicKey, are
 * those of the receiver that they were made for (a changed visa changes them). (nullable) borrowed. */
GPtrArray *dim_keyring_wrapped(DimKeyring *keyring, const DimId *to, const GPtrArray *keys);
void dim_keyring_keep_wrapped(DimKeyring *keyring,
                              const DimId *to,
                              GPtrArray *keys,
                              GPtrArray *wrapped);
/* The last key that decrypted something from `from` (to me or to `group`, nullable). (nullable) borrowed. */
DimCipherKey *dim_keyring_receiving(DimKeyring *keyring, const DimId *from, const DimId *group);
/* Keeps it if it changed. Once a day, and after 512 new keys, old ones go: mine that are worn, and those of people who are no
 * contacts, after 90 days or when there are more than 4,096. */
gboolean dim_keyring_learn(DimKeyring *keyring,
                           const DimId *from,
                           const DimId *group,
                           DimCipherKey *key,
                           GError **error);

/* Removes the keys from and to these persons (a set of ID texts) from the store, those in groups as well, in one pass; what a
 * keyring has in memory it keeps for this run. FALSE with STORAGE. */
gboolean dim_keyring_forget(DimStore *store, GHashTable *persons, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DimKeyring, dim_keyring_free)

G_END_DECLS
