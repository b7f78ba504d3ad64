/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimDocument: a signed profile, visa or bulletin (protocol §3). Immutable, refcounted. */
#pragma once

#include "identity/meta.h"

G_BEGIN_DECLS

/* did/ID, type, data, signature. `owner` is the ID in the enclosing command or message (nullable if the document names one); when the
 * document names one it must be the same account, inside the data too. data must be JSON through the gate, and no content of a message
 * (the same key signs those). Not yet verified. (transfer full), or NULL with MALFORMED or UNVERIFIED (other owner). */
DimDocument *dim_document_from_json(JsonObject *object, const DimId *owner, GError **error);
/* Signs `properties` (takes nothing; sets type and time, and created_time if absent) with the identity key. `now` in seconds. */
DimDocument *dim_document_new(const DimId *owner,
                              const char *type,
                              JsonObject *properties,
                              double now,
                              const DimPrivateKey *signer,
                              GError **error);
/* Emission: did and ID, type, data as it stands, signature, terminal. New object. */
JsonObject *dim_document_to_json(const DimDocument *document);
DimDocument *dim_document_ref(DimDocument *document);
void dim_document_unref(DimDocument *document);

/* The meta must match the owner and its key must verify the data (protocol §3.3 rules 1-3). */
gboolean dim_document_verify(const DimDocument *document,
                             const DimMeta *meta) G_GNUC_WARN_UNUSED_RESULT;

DimId *dim_document_owner(const DimDocument *document);     /* borrowed */
const char *dim_document_type(const DimDocument *document); /* "visa" or "bulletin" */
/* (nullable) The device: `terminal`, or that of did or ID, inside the data. What stands beside the data (protocol §3.1) is signed
 * by nobody and is not read. */
const char *dim_document_terminal(const DimDocument *document);
double dim_document_time(const DimDocument *document);      /* 0 = absent */
const char *dim_document_name(const DimDocument *document); /* (nullable) nickname or title */
DimPublicKey *
dim_document_key(const DimDocument *document); /* (nullable) the encryption key, parsed once */
JsonObject *dim_document_properties(const DimDocument *document); /* borrowed, read only */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DimDocument, dim_document_unref)

G_END_DECLS
