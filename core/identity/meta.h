/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimMeta: the proof that a key owns an ID (protocol §2.5). Immutable, refcounted; one that exists is valid in itself. */
#pragma once

#include "crypto/key.h"
#include "identity/id.h"

G_BEGIN_DECLS

typedef enum {
    DIM_META_MKM = 1,
    DIM_META_BTC = 2,
    DIM_META_ETH = 4,
} DimMetaKind;

/* Parses and verifies (MKM: fingerprint over seed; others: neither present). `type`/`version`, int, digits or word.
 * (transfer full), or NULL with MALFORMED, UNSUPPORTED or UNVERIFIED. */
DimMeta *dim_meta_from_json(JsonObject *object, GError **error);
/* Makes one; seed for MKM only. NULL with CRYPTO or UNSUPPORTED (ETH with RSA). */
DimMeta *
dim_meta_new(DimMetaKind kind, const DimPrivateKey *key, const char *seed, GError **error);
/* Emission form: type and version as integers, other members as received (protocol §9). New object. */
JsonObject *dim_meta_to_json(const DimMeta *meta);
DimMeta *dim_meta_ref(DimMeta *meta);
void dim_meta_unref(DimMeta *meta);
DimMetaKind dim_meta_kind(const DimMeta *meta);
DimPublicKey *dim_meta_key(const DimMeta *meta); /* borrowed */
/* TRUE if this meta proves that ID: name equals seed, address comes out the same with the ID's own network byte. */
gboolean dim_meta_matches(const DimMeta *meta, const DimId *id);
/* The ID that it proves with this network byte (0 for ETH). (transfer full) */
DimId *dim_meta_make_id(const DimMeta *meta, guint8 network, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DimMeta, dim_meta_unref)

G_END_DECLS
