/* SPDX-License-Identifier: GPL-2.0-or-later */
/* By what a message is known again, and what proves to others that it was said. */
#include "base/codec.h"
#include "base/json.h"
#include "crypto/digest.h"
#include "message/content_types.h"
#include "message/envelope.h"

#define TAG_BYTES 18 /* of the digest: 24 characters */

/* Not from the signature, of which a forwarder can make a second one that is as good (n - s for s). The same bytes as
 * a text and as a ciphertext are two tags: the copy that does not open must not stop the other. */
char *
dim_message_tag(const DimMessage *message)
{
    g_autofree char *head = NULL;
    const guint8 *data;
    guint8 digest[32];
    gsize size;

    g_return_val_if_fail(message->data != NULL, NULL);
    data = g_bytes_get_data(message->data, &size);
    dim_sha256(data, size, digest);
    head = dim_base64_encode(digest, TAG_BYTES);
    return g_strconcat(head, dim_message_is_broadcast(message) ? "!" : ":",
                       dim_id_text(message->sender), NULL);
}

char *
dim_message_content_tag(const DimMessage *message)
{
    char seconds[G_ASCII_DTOSTR_BUF_SIZE]; /* tags outlive the locale of one run */
    guint64 serial;
    double time;

    g_return_val_if_fail(message->content != NULL, NULL);
    serial = dim_content_serial(message->content);
    time = dim_content_time(message->content);
    if (serial == 0 || time <= 0)
        return NULL;
    return g_strdup_printf("%" G_GUINT64_FORMAT "@%s:%s", serial,
                           g_ascii_formatd(seconds, sizeof seconds, "%.6f", time),
                           dim_id_text(message->sender));
}

/* What nobody signed is left out, but for the envelope that a reader needs: others put it there. */
char *
dim_message_evidence(const DimMessage *message)
{
    g_autofree char *text = NULL;
    const char *data;
    GString *out;
    gsize size;

    if (message->data == NULL || message->signature == NULL
        || !dim_message_is_broadcast(message))
        return NULL;
    data = g_bytes_get_data(message->data, &size);
    text = g_strndup(data, size);
    out = g_string_new(NULL);
    dim_envelope_append_head(out, message);
    dim_append_name(out, "data");
    dim_json_append_string(out, text);
    dim_append_name(out, "signature");
    dim_json_append_string(out, message->signature);
    g_string_append_c(out, '}');
    return g_string_free(out, FALSE);
}
