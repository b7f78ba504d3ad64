/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimBook: metas and documents of everybody; the only reader of those records; "may I ask again yet?" (protocol §2.5, §3.3, §8). */
#pragma once

#include "base/clock.h"
#include "identity/document.h"
#include "storage/store.h"

G_BEGIN_DECLS

/* Both are borrowed and must outlive the book. Parsed entries live in a bounded cache. */
DimBook *dim_book_new(DimStore *store, const DimClock *clock);
void dim_book_free(DimBook *book);
/* For stations: no bound of strangers. Else the book remembers some 1,000 people who are not among the contacts, and forgets
 * the oldest of them; they are asked again when they are needed. */
void dim_book_keep_everybody(DimBook *book);

/* (nullable) borrowed until the next call. */
DimMeta *dim_book_meta(DimBook *book, const DimId *id);
/* The first valid meta is permanent: a later one is success and changes nothing. FALSE with UNVERIFIED (does not match),
 * NOT_ALLOWED (more than 16 KiB) or STORAGE. */
gboolean dim_book_save_meta(DimBook *book, const DimId *id, DimMeta *meta, GError **error);

typedef enum {
    DIM_BOOK_RECEIVED,    /* new or newer: kept */
    DIM_BOOK_NOT_CHANGED, /* older than ours, or the same bytes */
    DIM_BOOK_REFUSED, /* no meta yet, wrong signer, wrong owner, more than 30 minutes ahead, more than 64 KiB */
    DIM_BOOK_FAILED, /* storage; *error is set */
} DimBookVerdict;
/* All rules of protocol §3.3. One visa a terminal is kept, of 16 terminals, 128 KiB together. */
DimBookVerdict
dim_book_save_document(DimBook *book, const DimId *id, DimDocument *document, GError **error);
/* The newest document of the ID's own type (visa or bulletin). (nullable) borrowed until the next call. */
DimDocument *dim_book_document(DimBook *book, const DimId *id);
/* All visas, newest first (element type DimDocument). New array, maybe empty. */
GPtrArray *dim_book_documents(DimBook *book, const DimId *id);

/* Keys to encrypt for this user (each visa's, else the meta's if RSA), element type DimPublicKey; empty if none is known.
 * *terminals (nullable out) parallel array of char* or NULL. New arrays. */
GPtrArray *dim_book_encrypt_keys(DimBook *book, const DimId *id, GPtrArray **terminals);
/* Keys that may verify a message of this user: the meta's key first (real clients sign with it), then those of the
 * newest visas, four at most: each costs whoever is sent a wrong signature. Empty if no meta. */
GPtrArray *dim_book_verify_keys(DimBook *book, const DimId *id);
/* Nickname of the visa, else NULL. Borrowed until the next call. */
const char *dim_book_name(DimBook *book, const DimId *id);

/* TRUE at most once in 600 s for each (what, id): ask now. Of more than 4,096 questions the oldest is forgotten. */
gboolean dim_book_may_ask(DimBook *book, const char *what, const DimId *id);
/* TRUE at most ten times in 600 s for each ID: answer what he sent by a receipt. FALSE as well while 4,096 receipts to others
 * are as young. */
gboolean dim_book_may_answer(DimBook *book, const DimId *id);
/* TRUE at most once an hour for each ID: whoever locks for an old key of mine is told my visa now (protocol §4.8). A contact's
 * hour outlives a restart. FALSE as well for a new one while 4,096 others are within their hour. */
gboolean dim_book_may_push(DimBook *book, const DimId *id);
/* TRUE at most once an hour for each (ID, what): warn of what this ID sent now. For people whom the person knows: of more than
 * 4,096 warnings the oldest is forgotten, so that none stays out for others. */
gboolean dim_book_may_warn(DimBook *book, const DimId *id, const char *what);
/* Forgets the throttle of that question about this ID: a fresh login may ask again, and who is waited for. */
void dim_book_forget_asked(DimBook *book, const char *what, const DimId *id);
/* TRUE if the peer has answered us since the session began; correction 1: until then attach meta and visa. */
gboolean dim_book_is_acquainted(DimBook *book, const DimId *id);
void dim_book_set_acquainted(DimBook *book, const DimId *id);

/* The newest login command of a user with its time; older ones are ignored (FALSE). The text is the whole signed message at a
 * station, which tells it on, and the command alone at a client. */
gboolean dim_book_save_login(DimBook *book,
                             const DimId *id,
                             double time,
                             const char *message_text,
                             GError **error);
char *dim_book_login(DimBook *book, const DimId *id, double *time); /* (nullable) new string */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DimBook, dim_book_free)

G_END_DECLS
