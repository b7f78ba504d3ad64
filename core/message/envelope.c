/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The wire form of a message of mine, written member by member; and the envelope around an opened one. */
#include "message/envelope.h"

#include <string.h>

#include "base/codec.h"
#include "base/json.h"
#include "crypto/cipher.h"
#include "message/content_types.h"
#include "message/seal.h"

static char *
encode(GBytes *bytes)
{
    gsize size;
    const guint8 *data = g_bytes_get_data(bytes, &size);

    return dim_base64_encode(data, size);
}

/* Base64 needs no escape. */
static void
append_plain(GString *out, const char *name, const char *value)
{
    dim_append_name(out, name);
    g_string_append_c(out, '"');
    g_string_append(out, value);
    g_string_append_c(out, '"');
}

/* TRUE if that entry of `keys` is for the receiver itself: the ID, or the ID and a terminal. */
static gboolean
is_for(const DimWrapped *wrapped, const char *receiver)
{
    gsize length = strlen(receiver);

    return strncmp(wrapped->name, receiver, length) == 0
           && (wrapped->name[length] == '\0' || wrapped->name[length] == '/');
}

/* `keys` for today's readers and `key` for those of 2025 and before: each reads but one of them. */
static void
append_keys(GString *out, GPtrArray *wrapped, const char *receiver)
{
    dim_append_name(out, "keys");
    for (guint i = 0; i < wrapped->len; i++) {
        const DimWrapped *entry = g_ptr_array_index(wrapped, i);
        g_autofree char *text = encode(entry->bytes);

        g_string_append_c(out, i == 0 ? '{' : ',');
        dim_json_append_string(out, entry->name);
        g_string_append_c(out, ':');
        g_string_append_c(out, '"');
        g_string_append(out, text);
        g_string_append_c(out, '"');
    }
    g_string_append_c(out, '}');
    if (is_for(g_ptr_array_index(wrapped, 0), receiver)) {
        g_autofree char *text = encode(((DimWrapped *)g_ptr_array_index(wrapped, 0))->bytes);

        append_plain(out, "key", text);
    }
}

void
dim_envelope_append_head(GString *out, const DimMessage *message)
{
    g_string_append(out, "{\"sender\":");
    dim_json_append_string(out, dim_id_text(message->sender));
    dim_append_name(out, "receiver");
    dim_json_append_string(out, dim_id_text(message->receiver));
    if (message->group != NULL) {
        dim_append_name(out, "group");
        dim_json_append_string(out, dim_id_text(message->group));
    }
    dim_append_name(out, "time");
    dim_append_time(out, message->time);
    g_string_append_printf(out, ",\"type\":\"%d\"", message->type);
}

/* The signature stands before the attachments, which have signatures too: simple readers take the first. */
static char *
write_text(const DimMessage *message, const char *data, const DimAttachments *attachments)
{
    GString *out = g_string_sized_new(strlen(data) + 1024);

    dim_envelope_append_head(out, message);
    if (message->document_time > 0) {
        dim_append_name(out, "SDT");
        dim_append_time(out, message->document_time);
    }
    if (message->iv != NULL) {
        g_autofree char *iv = encode(message->iv);

        append_plain(out, "IV", iv);
    }
    dim_append_name(out, "data");
    dim_json_append_string(out, data);
    if (attachments->wrapped != NULL && attachments->wrapped->len > 0)
        append_keys(out, attachments->wrapped, dim_id_text(message->receiver));
    append_plain(out, "signature", message->signature);
    if (attachments->meta != NULL) {
        dim_append_name(out, "meta");
        dim_json_append(out, attachments->meta);
    }
    if (attachments->visa != NULL) {
        dim_append_name(out, "visa");
        dim_json_append(out, attachments->visa);
    }
    g_string_append_c(out, '}');
    return g_string_free(out, FALSE);
}

static DimMessage *
copy_head(const DimMessage *from)
{
    DimMessage *message = g_new0(DimMessage, 1);

    message->refs = 1;
    message->sender = dim_id_ref(from->sender);
    message->receiver = dim_id_ref(from->receiver);
    message->group = from->group != NULL ? dim_id_ref(from->group) : NULL;
    message->time = from->time;
    message->document_time = from->document_time;
    message->type = from->type;
    message->serial = from->serial;
    return message;
}

DimMessage *
dim_envelope_close(const DimMessage *instant,
                   GBytes *data,
                   const char *data_text,
                   const guint8 *iv,
                   GBytes *proof,
                   double document_time,
                   const DimAttachments *attachments)
{
    DimMessage *message = copy_head(instant);

    message->document_time = document_time;
    message->data = data;
    message->proof = proof;
    message->iv = iv != NULL ? g_bytes_new(iv, DIM_IV_SIZE) : NULL;
    message->signature = encode(proof);
    message->has_meta = attachments->meta != NULL;
    message->has_visa = attachments->visa != NULL;
    message->text = write_text(message, data_text, attachments);
    return message;
}

DimMessage *
dim_envelope_open(const DimMessage *reliable, DimContent *content)
{
    DimMessage *message = copy_head(reliable);

    message->content = content;
    message->signature = g_strdup(reliable->signature);
    if (dim_message_is_broadcast(reliable))
        message->data = g_bytes_ref(reliable->data);
    if (dim_content_type(content) > 0) /* signed; the envelope's copy is not */
        message->type = dim_content_type(content);
    if (dim_content_serial(content) != 0)
        message->serial = dim_content_serial(content);
    return message;
}
