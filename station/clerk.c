/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checking signatures, opening the station's own mail, sealing its answers; talk keys live in memory alone. */
#include "station/clerk.h"

#include "base/errors.h"
#include "message/seal.h"

#define MAX_TALKS     20000 /* accounts whose talk keys are remembered at once */
#define TALK_MESSAGES 10000 /* after so many answers a fresh key is made */

/* An RSA decryption takes as long as so many signatures checked; a message that no key opens has had several tries. */
#define WORK_OPENED 10
#define TRIES       8 /* protocol §4.4: one is enough for what honest programs send */
#define FEW_TRIES   2

#define ORDINARY_BITS 2048 /* such an RSA key verifies as fast as secp256k1 does */

typedef struct {
    DimCipherKey *out;  /* the station's towards him; NULL: make one */
    GPtrArray *wrapped; /* for his keys as they are now */
    guint used, since;  /* how often; see dim_store_was_undone() */
    DimCipherKey *in;   /* the last that opened a message of his */
} Talk;

struct _DimClerk {
    DimUser *user;
    DimBook *book;
    DimStore *store;
    const DimSettings *limits;
    GHashTable *talks; /* DimId -> Talk */
    GPtrArray *keys;   /* the station's own that decrypt */
    DimDirectory *directory;
    guint metas; /* kept for accounts */
    guint since; /* see dim_store_was_undone() */
};

static void
talk_free(gpointer data)
{
    Talk *talk = data;

    g_clear_pointer(&talk->out, dim_cipher_key_unref);
    g_clear_pointer(&talk->wrapped, g_ptr_array_unref);
    g_clear_pointer(&talk->in, dim_cipher_key_unref);
    g_free(talk);
}

static gboolean
introduce_myself(DimClerk *clerk, GError **error)
{
    DimId *me = dim_user_id(clerk->user);
    DimDocument *visa = dim_user_visa(clerk->user);

    return dim_book_save_meta(clerk->book, me, dim_user_meta(clerk->user), error)
           && dim_book_save_document(clerk->book, me, visa, error) != DIM_BOOK_FAILED;
}

DimClerk *
dim_clerk_new(DimUser *user,
              DimBook *book,
              const DimSettings *limits,
              DimStore *store,
              GError **error)
{
    g_autoptr(DimClerk) clerk = g_new0(DimClerk, 1);

    clerk->user = dim_user_ref(user);
    clerk->book = book;
    clerk->store = store;
    clerk->limits = limits;
    clerk->talks = g_hash_table_new_full(dim_id_hash, dim_id_equal_func,
                                         (GDestroyNotify)dim_id_unref, talk_free);
    clerk->keys = dim_user_decrypt_keys(user);
    clerk->metas = dim_store_count(store, DIM_TABLE_METAS);
    clerk->directory = dim_directory_new(store, error);
    if (clerk->directory == NULL || !introduce_myself(clerk, error))
        return NULL;
    return g_steal_pointer(&clerk);
}

void
dim_clerk_free(DimClerk *clerk)
{
    if (clerk == NULL)
        return;
    g_clear_pointer(&clerk->directory, dim_directory_free);
    g_hash_table_unref(clerk->talks);
    dim_user_unref(clerk->user);
    g_free(clerk);
}

DimId *
dim_clerk_me(const DimClerk *clerk)
{
    return dim_user_id(clerk->user);
}

DimBook *
dim_clerk_book(const DimClerk *clerk)
{
    return clerk->book;
}

DimDirectory *
dim_clerk_directory(const DimClerk *clerk)
{
    return clerk->directory;
}

static Talk *
talk_with(DimClerk *clerk, const DimId *id)
{
    Talk *talk = g_hash_table_lookup(clerk->talks, id);
    g_autoptr(DimId) key = NULL;

    if (talk != NULL)
        return talk;
    if (g_hash_table_size(clerk->talks) >= MAX_TALKS)
        g_hash_table_remove_all(clerk->talks);
    talk = g_new0(Talk, 1);
    key = dim_id_parse(dim_id_text(id), NULL);
    g_hash_table_insert(clerk->talks, g_steal_pointer(&key), talk);
    return talk;
}

/* ---- what others say about themselves ---- */

gboolean
dim_clerk_save_meta(DimClerk *clerk, const DimId *id, DimMeta *meta, GError **error)
{
    gboolean known;

    if (dim_store_was_undone(clerk->store, &clerk->since))
        clerk->metas = dim_store_count(clerk->store, DIM_TABLE_METAS);
    known = dim_book_meta(clerk->book, id) != NULL;
    if (!known && clerk->metas >= clerk->limits->max_accounts) {
        g_set_error(error, DIM_ERROR, DIM_ERROR_NOT_ALLOWED, "no room for another account");
        return FALSE;
    }
    if (!dim_book_save_meta(clerk->book, id, meta, error))
        return FALSE;
    clerk->metas += known ? 0 : 1;
    return TRUE;
}

DimBookVerdict
dim_clerk_save_document(DimClerk *clerk, const DimId *id, DimDocument *document, GError **error)
{
    Talk *talk = g_hash_table_lookup(clerk->talks, id);
    DimBookVerdict verdict = dim_book_save_document(clerk->book, id, document, error);

    if (verdict != DIM_BOOK_RECEIVED)
        return verdict;
    /* He may have another key now, and another name. */
    if (talk != NULL)
        g_clear_pointer(&talk->wrapped, g_ptr_array_unref);
    if (dim_book_document(clerk->book, id) != NULL)
        dim_directory_put(clerk->directory, id, dim_book_name(clerk->book, id));
    return verdict;
}

/* With the square of its length, for exponents are short. */
guint
dim_clerk_dearness(const DimPublicKey *key)
{
    guint bits = dim_public_key_bits(key);

    if (dim_public_key_kind(key) != DIM_KEY_RSA || bits <= ORDINARY_BITS)
        return 0;
    return bits * bits / (ORDINARY_BITS * ORDINARY_BITS) - 1;
}

/* *work goes up by what the sender's identity key costs beyond an ordinary one: it proves both attachments. */
static gboolean
take_attachments(DimClerk *clerk, const DimMessage *message, guint *work, GError **error)
{
    DimId *sender = dim_message_sender(message);
    g_autoptr(DimMeta) meta = NULL;
    g_autoptr(DimDocument) visa = NULL;

    if (dim_message_meta_json(message) != NULL) {
        meta = dim_meta_from_json(dim_message_meta_json(message), error);
        *work += meta != NULL ? dim_clerk_dearness(dim_meta_key(meta)) : 0;
        if (meta == NULL || !dim_clerk_save_meta(clerk, sender, meta, error))
            return FALSE;
    }
    if (dim_message_visa_json(message) == NULL || dim_book_meta(clerk->book, sender) == NULL)
        return TRUE;
    *work += dim_clerk_dearness(dim_meta_key(dim_book_meta(clerk->book, sender)));
    visa = dim_document_from_json(dim_message_visa_json(message), sender, error);
    if (visa == NULL)
        return FALSE;
    /* A stale one is tolerated (protocol §4.7). */
    return dim_clerk_save_document(clerk, sender, visa, error) != DIM_BOOK_FAILED;
}

DimClerkVerdict
dim_clerk_check(DimClerk *clerk, const DimMessage *message, guint *work)
{
    DimId *sender = dim_message_sender(message);
    g_autoptr(GPtrArray) keys = NULL;
    g_autoptr(GError) error = NULL;
    gboolean good;
    guint tried;

    *work = 0;
    if (dim_id_is_broadcast(sender) || dim_id_is_group(sender))
        return DIM_CLERK_FORGED;
    if (!take_attachments(clerk, message, work, &error)) {
        (*work)++;
        g_debug("attachments of %s: %s", dim_id_text(sender), error->message);
        return DIM_CLERK_FORGED;
    }
    keys = dim_book_verify_keys(clerk->book, sender);
    if (keys->len == 0)
        return DIM_CLERK_STRANGER;
    good = dim_seal_verify_counting(message, keys, &tried);
    for (guint i = 0; i < tried; i++)
        *work += 1 + dim_clerk_dearness(g_ptr_array_index(keys, i));
    *work -= good ? 1 : 0;
    return good ? DIM_CLERK_GOOD : DIM_CLERK_FORGED;
}

/* ---- in ---- */

DimContent *
dim_clerk_open(DimClerk *clerk,
               const DimMessage *message,
               gboolean sparing,
               guint *work,
               GError **error)
{
    Talk *talk = talk_with(clerk, dim_message_sender(message));
    DimUnsealing how = { .me = dim_clerk_me(clerk), .known = talk->in, .keys = clerk->keys };
    guint tries = sparing ? FEW_TRIES : TRIES;
    g_autoptr(DimCipherKey) used = NULL;
    g_autoptr(DimMessage) instant = dim_unseal_within(message, &how, tries, &used, error);

    *work = used == NULL || used == talk->in ? 0 : WORK_OPENED;
    if (instant == NULL) {
        *work = dim_message_is_broadcast(message) ? 0 : WORK_OPENED * tries;
        return NULL;
    }
    if (used != NULL && used != talk->in) {
        g_clear_pointer(&talk->in, dim_cipher_key_unref);
        talk->in = g_steal_pointer(&used);
    }
    return dim_content_ref(dim_message_content(instant));
}

/* ---- out ---- */

static gboolean
prepare_key(DimClerk *clerk, const DimId *to, Talk *talk, GError **error)
{
    g_autoptr(GPtrArray) terminals = NULL;
    g_autoptr(GPtrArray) keys = NULL;

    if (dim_store_was_undone(clerk->store, &talk->since))
        g_clear_pointer(&talk->wrapped, g_ptr_array_unref); /* his visa may be another again */
    if (talk->used >= TALK_MESSAGES) {
        g_clear_pointer(&talk->out, dim_cipher_key_unref);
        g_clear_pointer(&talk->wrapped, g_ptr_array_unref);
    }
    if (talk->wrapped != NULL)
        return TRUE;
    keys = dim_book_encrypt_keys(clerk->book, to, &terminals);
    if (keys->len == 0) {
        g_set_error(error, DIM_ERROR, DIM_ERROR_UNKNOWN_PERSON, "no key to encrypt to %s",
                    dim_id_text(to));
        return FALSE;
    }
    if (talk->out == NULL) {
        talk->out = dim_cipher_key_new();
        talk->used = 0;
    }
    talk->wrapped = dim_seal_wrap(talk->out, to, keys, terminals, error);
    return talk->wrapped != NULL;
}

static char *
seal(DimClerk *clerk,
     const DimId *to,
     DimContent *content,
     DimCipherKey *talk,
     GPtrArray *wrapped,
     gboolean introduce,
     GError **error)
{
    DimSealing how = { .signer = dim_user_signer(clerk->user),
                       .talk = talk,
                       .wrapped = wrapped };
    g_autoptr(JsonObject) meta = NULL;
    g_autoptr(JsonObject) visa = NULL;
    g_autoptr(DimMessage) instant = NULL;
    g_autoptr(DimMessage) reliable = NULL;

    if (introduce) {
        meta = dim_meta_to_json(dim_user_meta(clerk->user));
        visa = dim_document_to_json(dim_user_visa(clerk->user));
    }
    how.meta = meta;
    how.visa = visa;
    instant = dim_message_new(dim_clerk_me(clerk), to, NULL, content);
    reliable = dim_seal(instant, &how, error);
    return reliable != NULL ? dim_message_to_text(reliable) : NULL;
}

char *
dim_clerk_seal(DimClerk *clerk,
               const DimId *to,
               DimContent *content,
               gboolean introduce,
               GError **error)
{
    Talk *talk = talk_with(clerk, to);

    if (!prepare_key(clerk, to, talk, error))
        return NULL;
    talk->used++;
    return seal(clerk, to, content, talk->out, talk->wrapped, introduce, error);
}

/* The attached visa if its owner signed it and it is of the future. (transfer full) (nullable) */
static DimDocument *
visa_ahead(DimClerk *clerk, const DimMessage *message, double now)
{
    DimId *sender = dim_message_sender(message);
    DimMeta *meta = dim_book_meta(clerk->book, sender);
    g_autoptr(DimDocument) visa = NULL;

    if (meta == NULL || dim_message_visa_json(message) == NULL)
        return NULL;
    visa = dim_document_from_json(dim_message_visa_json(message), sender, NULL);
    if (visa == NULL || dim_document_key(visa) == NULL
        || dim_document_time(visa) <= now + DIM_CLOCK_AHEAD
        || !dim_id_equal(dim_document_owner(visa), sender) || !dim_document_verify(visa, meta))
        return NULL;
    return g_steal_pointer(&visa);
}

char *
dim_clerk_seal_ahead(DimClerk *clerk,
                     const DimMessage *message,
                     DimContent *content,
                     double now,
                     GError **error)
{
    DimId *to = dim_message_sender(message);
    g_autoptr(DimDocument) visa = visa_ahead(clerk, message, now);
    g_autoptr(DimCipherKey) talk = NULL;
    g_autoptr(GPtrArray) keys = NULL;
    g_autoptr(GPtrArray) wrapped = NULL;

    if (visa == NULL) {
        g_set_error(error, DIM_ERROR, DIM_ERROR_UNKNOWN_PERSON,
                    "%s shows no visa of the future", dim_id_text(to));
        return NULL;
    }
    talk = dim_cipher_key_new();
    keys = g_ptr_array_new();
    g_ptr_array_add(keys, dim_document_key(visa));
    wrapped = dim_seal_wrap(talk, to, keys, NULL, error);
    return wrapped != NULL ? seal(clerk, to, content, talk, wrapped, TRUE, error) : NULL;
}
