/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The way down: a content encrypted, its key wrapped, the whole signed; and the check of a signature. */
#include "message/seal.h"

#include <string.h>

#include "base/codec.h"
#include "base/errors.h"
#include "message/binding.h"
#include "message/envelope.h"

DimWrapped *
dim_wrapped_new(const char *name, GBytes *bytes)
{
    DimWrapped *wrapped = g_new0(DimWrapped, 1);

    wrapped->name = g_strdup(name);
    wrapped->bytes = g_bytes_ref(bytes);
    return wrapped;
}

void
dim_wrapped_free(DimWrapped *wrapped)
{
    if (wrapped == NULL)
        return;
    g_free(wrapped->name);
    g_bytes_unref(wrapped->bytes);
    g_free(wrapped);
}

/* NULL for the key of no device in particular. */
static const char *
terminal_of(GPtrArray *terminals, guint index)
{
    const char *terminal;

    if (terminals == NULL || index >= terminals->len)
        return NULL;
    terminal = g_ptr_array_index(terminals, index);
    return terminal == NULL || terminal[0] == '\0' || strcmp(terminal, "*") == 0 ? NULL
                                                                                 : terminal;
}

GPtrArray *
dim_seal_wrap(const DimCipherKey *talk,
              const DimId *receiver,
              GPtrArray *keys,
              GPtrArray *terminals,
              GError **error)
{
    g_autoptr(GPtrArray) entries =
        g_ptr_array_new_with_free_func((GDestroyNotify)dim_wrapped_free);
    g_autoptr(DimSecret) secret = NULL;
    const char *naked = dim_id_text(receiver);
    gboolean has_naked = FALSE;

    g_return_val_if_fail(keys != NULL && keys->len > 0, NULL);
    secret = dim_cipher_key_to_secret(talk);
    for (guint i = 0; i < keys->len; i++) {
        const char *terminal = terminal_of(terminals, i);
        g_autoptr(GBytes) bytes = NULL;
        g_autofree char *name = NULL;

        bytes = dim_public_key_encrypt(g_ptr_array_index(keys, i), secret, error);
        if (bytes == NULL)
            return NULL;
        if (terminal == NULL && has_naked)
            continue; /* a name can stand in `keys` only once: the first, newest key has it */
        name = terminal == NULL ? g_strdup(naked) : g_strconcat(naked, "/", terminal, NULL);
        g_ptr_array_insert(entries, terminal == NULL ? 0 : -1, dim_wrapped_new(name, bytes));
        has_naked = has_naked || terminal == NULL;
    }
    /* Older readers know the bare ID alone. */
    if (!has_naked) {
        const DimWrapped *first = g_ptr_array_index(entries, 0);

        g_ptr_array_insert(entries, 0, dim_wrapped_new(naked, first->bytes));
    }
    return g_steal_pointer(&entries);
}

static GBytes *
sign(const DimPrivateKey *signer, GBytes *data, GError **error)
{
    gsize size;
    const void *bytes = g_bytes_get_data(data, &size);

    return dim_private_key_sign(signer, bytes, size, error);
}

/* Signed, not encrypted: everybody may read a broadcast (protocol §4.2). */
static DimMessage *
seal_broadcast(const DimMessage *instant, const DimSealing *how, GError **error)
{
    const DimAttachments attachments = { NULL, how->meta, how->visa };
    char *text = dim_content_to_text(instant->content);
    g_autoptr(GBytes) data = g_bytes_new_take(text, strlen(text));
    GBytes *proof = sign(how->signer, data, error);

    if (proof == NULL)
        return NULL;
    return dim_envelope_close(instant, g_steal_pointer(&data), text, NULL, proof,
                              how->visa_time, &attachments);
}

DimMessage *
dim_seal(const DimMessage *instant, const DimSealing *how, GError **error)
{
    DimAttachments attachments;
    g_autofree char *text = NULL;
    g_autofree char *data_text = NULL;
    g_autoptr(GBytes) data = NULL;
    GBytes *proof;
    const guint8 *bytes;
    gsize size;
    guint8 iv[DIM_IV_SIZE];

    g_return_val_if_fail(instant->content != NULL && how->signer != NULL, NULL);
    if (dim_message_is_broadcast(instant))
        return seal_broadcast(instant, how, error);
    g_return_val_if_fail(how->talk != NULL && !dim_cipher_key_is_plain(how->talk), NULL);
    dim_random_nonce(iv, sizeof iv);
    text = dim_binding_write(instant, iv);
    data = dim_cipher_key_encrypt(how->talk, text, strlen(text), iv, error);
    if (data == NULL)
        return NULL;
    proof = sign(how->signer, data, error);
    if (proof == NULL)
        return NULL;
    bytes = g_bytes_get_data(data, &size);
    data_text = dim_base64_encode(bytes, size);
    attachments = (DimAttachments){ how->wrapped, how->meta, how->visa };
    return dim_envelope_close(instant, g_steal_pointer(&data), data_text, iv, proof,
                              how->visa_time, &attachments);
}

gboolean
dim_seal_verify(const DimMessage *reliable, GPtrArray *keys)
{
    guint tried;

    return dim_seal_verify_counting(reliable, keys, &tried);
}

gboolean
dim_seal_verify_counting(const DimMessage *reliable, GPtrArray *keys, guint *tried)
{
    const guint8 *data;
    const guint8 *proof;
    gsize size;
    gsize proof_size;

    *tried = 0;
    g_return_val_if_fail(reliable->proof != NULL, FALSE);
    data = g_bytes_get_data(reliable->data, &size);
    proof = g_bytes_get_data(reliable->proof, &proof_size);
    while (*tried < keys->len) {
        const DimPublicKey *key = g_ptr_array_index(keys, (*tried)++);

        if (dim_public_key_verify(key, data, size, proof, proof_size))
            return TRUE;
    }
    return FALSE;
}
