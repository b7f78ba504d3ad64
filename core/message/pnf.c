/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The forms in which a file's place is told, read once and strictly into one value. */
#include "message/pnf.h"

#include <string.h>

#include "base/codec.h"
#include "base/errors.h"
#include "base/json.h"
#include "crypto/cipher.h"
#include "message/content.h"

#define URI_SCHEME   "data:"
#define URI_FILENAME "filename="
#define LEAST_BASE64 8 /* characters: shorter words are no data */

struct _DimPnf {
    char *filename; /* (nullable), as the others */
    char *url;
    GBytes *data;
    gboolean locked;
};

static gboolean
refuse(GError **error, const char *why)
{
    g_set_error_literal(error, DIM_ERROR, DIM_ERROR_MALFORMED, why);
    return FALSE;
}

static gboolean
is_filled(const char *text)
{
    return text != NULL && text[0] != '\0';
}

/* A scheme and its mark, "https://" being the longest. */
static gboolean
is_url(const char *text)
{
    const char *mark = g_strstr_len(text, 8, "://");

    return mark != NULL && mark > text;
}

static gboolean
is_data_uri(const char *text)
{
    return g_ascii_strncasecmp(text, URI_SCHEME, strlen(URI_SCHEME)) == 0;
}

static gboolean
fits(const char *text, GError **error)
{
    if (text != NULL && strlen(text) > DIM_CONTENT_MAX)
        return refuse(error, "a file of more bytes than a message may have");
    return TRUE;
}

/* New string, NULL if the head of the data URI names no file. */
static char *
uri_filename(const char *text)
{
    const char *end = strchr(text, ',');
    const char *item = text + strlen(URI_SCHEME);
    const gsize key = strlen(URI_FILENAME);

    while (end != NULL && item < end) {
        const char *next = memchr(item, ';', (gsize)(end - item));
        gsize size = (gsize)((next != NULL ? next : end) - item);

        if (size > key && g_ascii_strncasecmp(item, URI_FILENAME, key) == 0)
            return g_strndup(item + key, size - key);
        item += size + 1;
    }
    return NULL;
}

/* Takes the bytes, which may be NULL; none at all are as if they were absent. */
static void
take_data(DimPnf *pnf, GBytes *bytes)
{
    if (bytes != NULL && g_bytes_get_size(bytes) > 0)
        pnf->data = bytes;
    else
        g_bytes_unref(bytes);
}

/* A member of any TED form. FALSE with an error if it is there and wrong; *bytes is new, NULL if absent. */
static gboolean
read_bytes(JsonObject *object, const char *name, GBytes **bytes, GError **error)
{
    g_autoptr(GError) broken = NULL;
    JsonObject *inner = dim_json_object(object, name);

    if (!fits(inner != NULL ? dim_json_text(inner, "data") : dim_json_text(object, name),
              error))
        return FALSE;
    *bytes = dim_json_bytes(object, name, &broken);
    if (broken == NULL)
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&broken));
    return FALSE;
}

static gboolean
read_data(DimPnf *pnf, JsonObject *object, GError **error)
{
    const char *text = dim_json_text(object, "data");
    GBytes *bytes = NULL;

    if (!read_bytes(object, "data", &bytes, error))
        return FALSE;
    take_data(pnf, bytes);
    if (pnf->filename == NULL && text != NULL && is_data_uri(text))
        pnf->filename = uri_filename(text);
    return TRUE;
}

/* The new name of the key, or the old one: who writes both writes the same (protocol §5.3). */
static gboolean
read_key(DimPnf *pnf, JsonObject *object, GError **error)
{
    JsonNode *node = json_object_get_member(object, "key");
    g_autoptr(DimCipherKey) key = NULL;

    if (node == NULL || JSON_NODE_HOLDS_NULL(node))
        node = json_object_get_member(object, "password");
    if (node == NULL || JSON_NODE_HOLDS_NULL(node))
        return TRUE;
    if (!JSON_NODE_HOLDS_OBJECT(node))
        return refuse(error, "the key of a file is no object");
    key = dim_cipher_key_from_json(json_node_get_object(node), error);
    if (key == NULL)
        return FALSE;
    pnf->locked = !dim_cipher_key_is_plain(key);
    return TRUE;
}

static gboolean
check_iv(JsonObject *object, GError **error)
{
    g_autoptr(GBytes) iv = NULL;
    gsize size;

    if (!read_bytes(object, json_object_has_member(object, "IV") ? "IV" : "iv", &iv, error))
        return FALSE;
    size = iv != NULL ? g_bytes_get_size(iv) : 0;
    if (size != 0 && size != DIM_IV_SIZE)
        return refuse(error, "the IV of a file has not 16 bytes");
    return TRUE;
}

static gboolean
read_object(DimPnf *pnf, JsonObject *object, GError **error)
{
    const char *url = dim_json_text(object, "URL");
    const char *filename = dim_json_text(object, "filename");

    if (is_filled(filename))
        pnf->filename = g_strdup(filename);
    if (is_filled(url)) {
        if (!is_url(url))
            return refuse(error, "the URL of a file is none");
        pnf->url = g_strdup(url);
    }
    return read_data(pnf, object, error) && read_key(pnf, object, error)
           && check_iv(object, error);
}

static gboolean
read_text(DimPnf *pnf, const char *text, GError **error)
{
    GBytes *bytes;

    if (!fits(text, error))
        return FALSE;
    if (is_url(text)) {
        pnf->url = g_strdup(text);
        return TRUE;
    }
    if (text[0] == '{') {
        g_autoptr(JsonObject) object = dim_json_parse(text, -1, error);

        return object != NULL && read_object(pnf, object, error);
    }
    if (is_data_uri(text)) {
        pnf->filename = uri_filename(text);
        bytes = dim_ted_decode(text, error);
    } else if (strlen(text) < LEAST_BASE64) {
        return refuse(error, "a text too short for a file");
    } else {
        bytes = dim_base64_decode(text, -1, error);
    }
    if (bytes == NULL)
        return FALSE;
    take_data(pnf, bytes);
    return TRUE;
}

DimPnf *
dim_pnf_parse(JsonNode *node, GError **error)
{
    g_autoptr(DimPnf) pnf = g_new0(DimPnf, 1);
    gboolean good;

    g_return_val_if_fail(node != NULL, NULL);

    if (JSON_NODE_HOLDS_OBJECT(node))
        good = read_object(pnf, json_node_get_object(node), error);
    else if (json_node_get_value_type(node) == G_TYPE_STRING)
        good = read_text(pnf, json_node_get_string(node), error);
    else
        good = refuse(error, "a file is neither text nor object");
    if (good && pnf->data == NULL && pnf->url == NULL && pnf->filename == NULL)
        good = refuse(error, "a file without data, URL and name");
    return good ? g_steal_pointer(&pnf) : NULL;
}

void
dim_pnf_free(DimPnf *pnf)
{
    if (pnf == NULL)
        return;
    g_clear_pointer(&pnf->data, g_bytes_unref);
    g_free(pnf->filename);
    g_free(pnf->url);
    g_free(pnf);
}

const char *
dim_pnf_filename(const DimPnf *pnf)
{
    g_return_val_if_fail(pnf != NULL, NULL);
    return pnf->filename;
}

const char *
dim_pnf_url(const DimPnf *pnf)
{
    g_return_val_if_fail(pnf != NULL, NULL);
    return pnf->url;
}

GBytes *
dim_pnf_data(const DimPnf *pnf)
{
    g_return_val_if_fail(pnf != NULL, NULL);
    return pnf->data;
}

gboolean
dim_pnf_is_locked(const DimPnf *pnf)
{
    g_return_val_if_fail(pnf != NULL, FALSE);
    return pnf->locked;
}
