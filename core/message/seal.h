/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Encrypt and sign; verify and decrypt: both ways between instant and reliable, as pure functions (protocol §4.3, §4.7). */
#pragma once

#include "crypto/cipher.h"
#include "crypto/key.h"
#include "message/message.h"

G_BEGIN_DECLS

/* The talk key wrapped for one key of a receiver: an entry of `keys`. */
typedef struct {
    char *name; /* receiver's ID, without terminal, or ID/terminal */
    GBytes *bytes;
} DimWrapped;
DimWrapped *dim_wrapped_new(const char *name, GBytes *bytes);
void dim_wrapped_free(DimWrapped *wrapped);
/* Wraps `talk` for the receiver: one entry for each key (element type DimPublicKey); terminals (nullable) runs parallel to keys.
 * New array of DimWrapped, or NULL with the crypto error. The caller may keep it and use it for every message of that key. */
GPtrArray *dim_seal_wrap(const DimCipherKey *talk,
                         const DimId *receiver,
                         GPtrArray *keys,
                         GPtrArray *terminals,
                         GError **error);

typedef struct {
    const DimPrivateKey *signer;
    const DimCipherKey *talk; /* ignored for broadcasts */
    /* of DimWrapped; ignored for broadcasts. The first is also written as `key` for one receiver */
    GPtrArray *wrapped;
    JsonObject *meta, *visa; /* (nullable) attachments */
    double visa_time;        /* SDT; 0: leave out (commands) */
} DimSealing;

/* instant -> reliable. Fresh IV, and a binding to it and the envelope in whatever is encrypted. The envelope type is a string.
 * Broadcasts stay plain text (protocol §4.2). (transfer full) */
DimMessage *dim_seal(const DimMessage *instant, const DimSealing *how, GError **error);

/* TRUE if one of the keys (element type DimPublicKey) verifies the data. */
gboolean dim_seal_verify(const DimMessage *reliable, GPtrArray *keys) G_GNUC_WARN_UNUSED_RESULT;
/* The same. *tried (out): how many of the keys, from the first on, were looked at. */
gboolean dim_seal_verify_counting(const DimMessage *reliable,
                                  GPtrArray *keys,
                                  guint *tried) G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
    const DimId *me; /* names the entries of `keys` that may be mine */
    /* (nullable) the talk key last used from this sender: tried first (no RSA then) */
    const DimCipherKey *known;
    GPtrArray *keys; /* my private keys that decrypt, newest first */
} DimUnsealing;

/* reliable (already verified) -> instant. *used (nullable out, transfer full) gets the talk key when it decrypted well, NULL for
 * broadcasts. PLAIN keys are refused for what is not broadcast. At most 8 private-key operations, whatever `keys` holds. NULL with
 * NO_KEY when no key there is fits (one way for all causes); MALFORMED when the plaintext of a broadcast is no content; ALTERED when
 * IV or envelope are not those that the content which a good key opened was sealed with (threats T3, T4). */
DimMessage *dim_unseal(const DimMessage *reliable,
                       const DimUnsealing *how,
                       DimCipherKey **used,
                       GError **error);
/* The same with at most so many private-key operations. */
DimMessage *dim_unseal_within(const DimMessage *reliable,
                              const DimUnsealing *how,
                              guint attempts,
                              DimCipherKey **used,
                              GError **error);

/* TRUE if anything came along where a talk key for me stands, whether it is one or not: an entry of `keys` for me, or `key`
 * (protocol §4.4). Without it another message of the sender may still bring the key. */
gboolean dim_unseal_has_key(const DimMessage *reliable, const DimId *me);

G_END_DECLS
