/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ties a content to its envelope, so that a relay can alter neither IV nor sender, receiver, time and type (threats T3, T4). */
#include "message/binding.h"

#include <string.h>

#include "base/codec.h"
#include "base/json.h"
#include "crypto/cipher.h"
#include "crypto/digest.h"
#include "message/content_types.h"

#define BINDING_BYTES 18 /* of the digest: 24 characters of base64 without padding */

/* No part can hold a line break. A digest says as much as the parts themselves, and does not grow with them; it needs no
 * key, for it stands where only the sender can write. A group message is one text for all, so it names the group. */
static char *
binding_of(const DimMessage *envelope, const guint8 *iv)
{
    const DimId *group = envelope->group;
    g_autofree char *iv_text = dim_base64_encode(iv, DIM_IV_SIZE);
    g_autoptr(GString) all = g_string_new(NULL);
    guint8 digest[32];

    g_string_append_printf(all, "DIM binding 1\n%s\n%s\n%s\n%s\n", iv_text,
                           dim_id_text(envelope->sender),
                           group == NULL ? dim_id_text(envelope->receiver) : "",
                           group != NULL ? dim_id_text(group) : "");
    dim_append_time(all, envelope->time);
    dim_sha256(all->str, all->len, digest);
    return dim_base64_encode(digest, BINDING_BYTES);
}

/* A content that came from elsewhere may have one already; it was another envelope's. */
static char *
unbound_text(const DimContent *content)
{
    char *text = dim_content_to_text(content);
    g_autoptr(JsonObject) copy = NULL;

    if (strstr(text, "\"binding\":") == NULL)
        return text;
    g_free(text);
    copy = dim_json_copy(dim_content_json(content));
    if (json_object_has_member(copy, "binding"))
        json_object_remove_member(copy, "binding");
    return dim_json_write(copy);
}

/* An archivist gives the same content back, in an envelope of his own; what it holds is signed by its maker. */
static gboolean
is_given_back(const DimContent *content)
{
    return g_strcmp0(dim_content_command(content), "storage") == 0;
}

/* Behind all others: the first block of the text is the one that an IV can turn into something else. */
char *
dim_binding_write(const DimMessage *instant, const guint8 *iv)
{
    g_autofree char *text = unbound_text(instant->content);
    g_autofree char *binding = NULL;
    GString *out;

    if (is_given_back(instant->content))
        return g_steal_pointer(&text);
    binding = binding_of(instant, iv);
    out = g_string_new_len(text, (gssize)strlen(text) - 1);
    dim_append_name(out, "binding");
    g_string_append_printf(out, "\"%s\"}", binding);
    return g_string_free(out, FALSE);
}

gboolean
dim_binding_holds(const DimMessage *reliable, const DimContent *content)
{
    const char *told = dim_content_binding(content);
    g_autofree char *binding = NULL;

    if (told == NULL)
        return TRUE;
    if (reliable->iv == NULL || reliable->type != dim_content_type(content))
        return FALSE;
    binding = binding_of(reliable, g_bytes_get_data(reliable->iv, NULL));
    return strcmp(binding, told) == 0;
}
