/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimClerk: checks everybody's signature, opens the station's own mail, seals its answers (protocol §4.3, §4.7). */
#pragma once

#include "message/message.h"
#include "people/book.h"
#include "people/user.h"
#include "station/directory.h"
#include "station/settings.h"

G_BEGIN_DECLS

typedef struct _DimClerk DimClerk;

/* All is borrowed. The station's own meta and visa are put into the book. NULL with STORAGE. */
DimClerk *dim_clerk_new(DimUser *user,
                        DimBook *book,
                        const DimSettings *limits,
                        DimStore *store,
                        GError **error);
void dim_clerk_free(DimClerk *clerk);
/* Borrowed. */
DimId *dim_clerk_me(const DimClerk *clerk);
DimBook *dim_clerk_book(const DimClerk *clerk);
/* Of those whose visa was saved. Borrowed. */
DimDirectory *dim_clerk_directory(const DimClerk *clerk);

typedef enum {
    DIM_CLERK_GOOD,
    DIM_CLERK_STRANGER, /* nothing proves who sent it: no meta known or attached */
    DIM_CLERK_FORGED,   /* the signature or an attachment is wrong */
} DimClerkVerdict;
/* Takes attachments in, strictly, then verifies the signature. *work (out): what it cost beyond one good signature of an
 * ordinary key, measured in those. */
DimClerkVerdict dim_clerk_check(DimClerk *clerk, const DimMessage *message, guint *work);

/* The content of a checked message to the station, or a plain one. (transfer full), or NULL with NO_KEY or MALFORMED.
 * sparing: two wrapped keys are tried and not eight. *work (out): what it cost, measured in verified signatures. */
DimContent *dim_clerk_open(DimClerk *clerk,
                           const DimMessage *message,
                           gboolean sparing,
                           guint *work,
                           GError **error);
/* Seals a content of the station for somebody; `introduce` attaches the station's meta and visa. The message's JSON, or NULL
 * with UNKNOWN_PERSON (no key to encrypt to) or CRYPTO. */
char *dim_clerk_seal(DimClerk *clerk,
                     const DimId *to,
                     DimContent *content,
                     gboolean introduce,
                     GError **error);
/* For somebody without a key in the book, because his clock is ahead and his visa of the future was refused: seals an answer to a
 * checked message for the key of the visa attached to it, with the station's own meta and visa. He reads the station's time
 * in it; nothing of his is kept. now: seconds since 1970. The message's JSON, or NULL with UNKNOWN_PERSON (no such visa of
 * his own) or CRYPTO. */
char *dim_clerk_seal_ahead(DimClerk *clerk,
                           const DimMessage *message,
                           DimContent *content,
                           double now,
                           GError **error);

/* By how many ordinary signatures one of this key is dearer to check. */
guint dim_clerk_dearness(const DimPublicKey *key);

/* The same as the book's, within the bound of accounts; what was cached about the person is forgotten. */
gboolean dim_clerk_save_meta(DimClerk *clerk, const DimId *id, DimMeta *meta, GError **error);
DimBookVerdict dim_clerk_save_document(DimClerk *clerk,
                                       const DimId *id,
                                       DimDocument *document,
                                       GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DimClerk, dim_clerk_free)

G_END_DECLS
