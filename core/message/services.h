/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bodies of the commands for services of the network: people, names, lists and backups (protocol §5.13). Builders return (transfer full). */
#pragma once

#include "base/secret.h"
#include "crypto/key.h"
#include "message/content.h"

G_BEGIN_DECLS

/* Who has these words in name or ID; NULL: who is online ("users"). At most 50 are asked for. */
DimContent *dim_search_new(const char *words);
/* The IDs behind names, which stand apart by blanks. */
DimContent *dim_ans_new(const char *names);
/* "block" or "mute": the whole list (element type DimId), or NULL to ask for it. */
DimContent *dim_list_new(const char *command, const GPtrArray *ids);
#define DIM_IDS_MAX 10000 /* of one list */
/* The IDs among the first max elements of an array; what is none is left out. New array of DimId. */
GPtrArray *dim_ids_read(JsonArray *array, guint max);
/* The IDs in this array of a content, such as "users" or "list"; what is none is left out, and what is behind the
 * first 10,000. New array of DimId, or NULL if there is no such array. */
GPtrArray *dim_command_ids(const DimContent *content, const char *name);

/* My contacts, locked for my own key: only I can read them; and signed, for anybody can lock something for a public key (others
 * look past it). ids NULL asks for them. NULL with CRYPTO or UNSUPPORTED. */
DimContent *dim_storage_new(const GPtrArray *ids,
                            const DimPublicKey *mine,
                            const DimPrivateKey *signer,
                            GError **error);
/* TRUE if this backup was made by who has that key. */
gboolean dim_storage_is_of(const DimContent *content, const DimPublicKey *maker);
/* Back again; keys are my own (element type DimPrivateKey). NULL with MALFORMED, NOT_ALLOWED if they are more than
 * 10,000, or NO_KEY in one way for all that is wrong with the lock. New array of DimId. */
GPtrArray *
dim_storage_contacts(const DimContent *content, const GPtrArray *keys, GError **error);

G_END_DECLS
