/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A verified message is opened: by the talk key last used in its direction, else by a key that came along (protocol §4.4, §4.5). */
#include "base/codec.h"
#include "base/errors.h"
#include "base/hash.h"
#include "command/standing.h"
#include "crypto/digest.h"
#include "message/seal.h"
#include "session/unparking.h"

#define MAX_REFUSED 4096 /* messages; then the work is done again */

void
dim_opening_init(DimSession *session)
{
    session->refused = g_hash_table_new_full(dim_text_hash, g_str_equal, g_free, NULL);
}

void
dim_opening_clear(DimSession *session)
{
    g_hash_table_unref(session->refused);
}

/* New string. Of all the bytes: IV, keys and type are not signed, and another copy may open. */
static char *
digest_of(const DimMessage *message)
{
    g_autofree char *text = dim_message_to_text(message);
    guint8 digest[32];

    dim_sha256(text, strlen(text), digest);
    return dim_hex_encode(digest, sizeof digest);
}

/* TRUE if the same bytes were refused before: for the same cause. */
static gboolean
was_refused(DimSession *session, const DimMessage *message, GError **why)
{
    g_autofree char *digest = NULL;
    int code;

    if (g_hash_table_size(session->refused) == 0)
        return FALSE;
    digest = digest_of(message);
    code = GPOINTER_TO_INT(g_hash_table_lookup(session->refused, digest));
    if (code == 0)
        return FALSE;
    g_set_error_literal(why, DIM_ERROR, code, "the same bytes were refused before");
    return TRUE;
}

static void
note_refused(DimSession *session, const DimMessage *message, const GError *why)
{
    gboolean altered = g_error_matches(why, DIM_ERROR, DIM_ERROR_ALTERED);

    if (g_hash_table_size(session->refused) >= MAX_REFUSED)
        g_hash_table_remove_all(session->refused);
    g_hash_table_insert(session->refused, digest_of(message),
                        GINT_TO_POINTER(altered ? DIM_ERROR_ALTERED : DIM_ERROR_NO_KEY));
}

/* He may have an old key of mine: my visa goes out again, at most once an hour, whatever the cause. A bot may too, which gets no
 * receipts; and another device of mine. */
static void
push_visa(DimSession *session, const DimId *sender)
{
    g_autoptr(DimContent) visa = NULL;

    if (dim_handshake_is_station(session, sender) || !dim_book_may_push(session->book, sender))
        return;
    visa = dim_document_command_new(dim_user_id(session->user), dim_user_meta(session->user),
                                    dim_user_visa(session->user));
    dim_outgoing_command(session, sender, visa);
}

/* (nullable) The group whose talk key locks this message, if the envelope is right (protocol §4.5). */
static DimId *
told_group(const DimMessage *message)
{
    DimId *receiver = dim_message_receiver(message);
    DimId *group = dim_id_is_group(receiver) ? receiver : dim_message_group(message);

    return group != NULL && dim_id_is_group(group) && !dim_id_is_broadcast(group) ? group
                                                                                  : NULL;
}

/* The talk keys last used in this direction: that of the group, then the other one. New array of DimCipherKey. */
static GPtrArray *
known_keys(DimSession *session, const DimMessage *message)
{
    const DimId *const groups[] = { told_group(message), NULL };
    GPtrArray *keys = g_ptr_array_new_with_free_func((GDestroyNotify)dim_cipher_key_unref);

    for (guint i = groups[0] != NULL ? 0 : 1; i < G_N_ELEMENTS(groups); i++) {
        DimCipherKey *key =
            dim_keyring_receiving(session->keyring, dim_message_sender(message), groups[i]);

        if (key != NULL)
            g_ptr_array_add(keys, dim_cipher_key_ref(key));
    }
    return keys;
}

/* Only members' keys are kept by group: names of groups cost nothing. */
static void
learn_key(DimSession *session, const DimMessage *instant, const DimId *group, DimCipherKey *key)
{
    DimId *sender = dim_message_sender(instant);
    const DimId *said_in = dim_content_group(dim_message_content(instant));
    g_autoptr(GError) error = NULL;

    if (group != NULL
        && (said_in == NULL || !dim_id_equal(said_in, group)
            || dim_group_standing(&session->desk, group, sender) != DIM_STANDING_MEMBER))
        group = NULL;
    if (!dim_keyring_learn(session->keyring, sender, group, key, &error))
        g_warning("a talk key could not be kept: %s", error->message);
    dim_trying_begin(session, sender);
}

/* What is for a whole group says so inside as well: nobody signs the receiver. */
static gboolean
is_of_its_group(const DimMessage *message, const DimMessage *instant, GError **error)
{
    const DimId *receiver = dim_message_receiver(message);
    const DimId *said_in = dim_content_group(dim_message_content(instant));

    if (!dim_id_is_group(receiver) || dim_id_is_broadcast(receiver)
        || (said_in != NULL && dim_id_equal(said_in, receiver)))
        return TRUE;
    g_set_error_literal(error, DIM_ERROR, DIM_ERROR_ALTERED,
                        "the envelope tells another group than the content");
    return FALSE;
}

/* NULL without an error: none of them fits. */
static DimMessage *
unseal_known(DimSession *session,
             const DimMessage *message,
             const GPtrArray *known,
             DimCipherKey **used,
             GError **error)
{
    DimUnsealing how = { .me = dim_user_id(session->user) };

    for (guint i = 0; i < known->len; i++) {
        g_autoptr(GError) why = NULL;
        DimMessage *instant;

        how.known = g_ptr_array_index(known, i);
        instant = dim_unseal(message, &how, used, &why);
        if (instant != NULL)
            return instant;
        if (!g_error_matches(why, DIM_ERROR, DIM_ERROR_NO_KEY)) {
            g_propagate_error(error, g_steal_pointer(&why));
            return NULL;
        }
    }
    return NULL;
}

/* The known ones before any private key, of which none is tried on the same bytes again. */
static DimMessage *
unseal(DimSession *session,
       const DimMessage *message,
       const GPtrArray *known,
       DimCipherKey **used,
       GError **error)
{
    DimUnsealing how = { .me = dim_user_id(session->user) };
    g_autoptr(GError) why = NULL;
    DimMessage *instant = unseal_known(session, message, known, used, &why);

    if (instant != NULL)
        return instant;
    if (why != NULL) {
        g_propagate_error(error, g_steal_pointer(&why));
        return NULL;
    }
    if (was_refused(session, message, error))
        return NULL;
    how.keys = dim_user_decrypt_keys(session->user);
    return dim_unseal(message, &how, used, error);
}

gboolean
dim_opening_fits(DimSession *session, const DimMessage *message)
{
    g_autoptr(GPtrArray) known = known_keys(session, message);
    g_autoptr(DimCipherKey) used = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(DimMessage) instant = unseal_known(session, message, known, &used, &error);

    return instant != NULL || error != NULL;
}

DimMessage *
dim_opening_open(DimSession *session, DimMessage *message, GError **why)
{
    DimId *sender = dim_message_sender(message);
    g_autoptr(GPtrArray) known = known_keys(session, message);
    g_autoptr(DimCipherKey) used = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(DimMessage) instant = unseal(session, message, known, &used, &error);

    if (instant != NULL && !is_of_its_group(message, instant, &error))
        g_clear_pointer(&instant, dim_message_unref);
    if (instant == NULL) { /* the same to the outside, whatever the cause */
        g_debug("a message of %s does not open: %s", dim_id_text(sender), error->message);
        note_refused(session, message, error);
        push_visa(session, sender);
        g_propagate_error(why, g_steal_pointer(&error));
        return NULL;
    }
    if (used != NULL && !g_ptr_array_find(known, used, NULL))
        learn_key(session, instant, told_group(message), used);
    return g_steal_pointer(&instant);
}
