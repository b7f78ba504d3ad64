/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimMessage: made from parts or from the wire's text, and read. */
#include "message/message.h"

#include <string.h>

#include "base/clock.h"
#include "base/codec.h"
#include "base/errors.h"
#include "base/json.h"
#include "crypto/cipher.h"
#include "message/content_types.h"
#include "message/envelope.h"

/* K is `key` or `keys`, as its value is a string or an object: see restore_names(). */
static const DimShortName dim_short_names[] = {
    { "D", "data" }, { "F", "sender" },    { "G", "group" },
    { "M", "meta" }, { "P", "visa" },      { "R", "receiver" },
    { "T", "type" }, { "V", "signature" }, { "W", "time" },
};

static void
restore_names(JsonObject *object)
{
    const DimShortName key = { "K", dim_json_object(object, "K") != NULL ? "keys" : "key" };

    dim_restore_names(object, dim_short_names, G_N_ELEMENTS(dim_short_names));
    dim_restore_names(object, &key, 1);
}

static void
restore_view_names(DimJsonView *view)
{
    dim_restore_view_names(view, dim_short_names, G_N_ELEMENTS(dim_short_names));
    dim_json_view_rename(view, "K", dim_json_view_kind(view, "K") == '{' ? "keys" : "key");
}

DimMessage *
dim_message_new(const DimId *sender,
                const DimId *receiver,
                const DimId *group,
                DimContent *content)
{
    DimMessage *message;

    g_return_val_if_fail(sender != NULL && receiver != NULL && content != NULL, NULL);
    message = g_new0(DimMessage, 1);
    message->refs = 1;
    message->sender = dim_id_ref((DimId *)(gintptr)sender);
    message->receiver = dim_id_ref((DimId *)(gintptr)receiver);
    message->group = group != NULL ? dim_id_ref((DimId *)(gintptr)group) : NULL;
    message->content = dim_content_ref(content);
    message->type = dim_content_type(content);
    message->serial = dim_content_serial(content);
    message->time = dim_content_time(content);
    if (message->time <= 0)
        message->time = dim_clock_now(dim_clock_system());
    return message;
}

/* Some write "" where they mean that there is none. Of group and IV alone: who is named as nobody did not mean everybody. */
static gboolean
is_left_out(const DimJsonView *view, const char *name)
{
    int kind = dim_json_view_kind(view, name);

    return kind < 0 || kind == 'n' || g_strcmp0(dim_json_view_text(view, name), "") == 0;
}

/* An ID that may be absent or null; FALSE if it is there and is none. */
static gboolean
read_id(const DimJsonView *view, const char *name, DimId **id, GError **error)
{
    int kind = dim_json_view_kind(view, name);

    *id = NULL;
    if (kind < 0 || kind == 'n')
        return TRUE;
    *id = dim_id_parse(dim_json_view_text(view, name), error);
    return *id != NULL;
}

static gboolean
read_people(DimMessage *message, const DimJsonView *view, GError **error)
{
    if (!read_id(view, "sender", &message->sender, error)
        || !read_id(view, "receiver", &message->receiver, error)
        || (!is_left_out(view, "group") && !read_id(view, "group", &message->group, error)))
        return FALSE;
    if (message->sender == NULL || dim_id_is_broadcast(message->sender)) {
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_MALFORMED, "message without a sender");
        return FALSE;
    }
    if (message->receiver == NULL)
        message->receiver = dim_id_ref(dim_id_anyone());
    return TRUE;
}

/* TRUE if there is none, or one of 16 bytes. */
static gboolean
read_iv(DimMessage *message, const DimJsonView *view, GError **error)
{
    const char *name = is_left_out(view, "IV") ? "iv" : "IV";

    if (is_left_out(view, name))
        return TRUE;
    message->iv = dim_json_view_bytes(view, name, error);
    if (message->iv == NULL)
        return FALSE;
    if (g_bytes_get_size(message->iv) == DIM_IV_SIZE)
        return TRUE;
    g_set_error_literal(error, DIM_ERROR, DIM_ERROR_MALFORMED,
                        "message with an IV of another size");
    return FALSE;
}

/* What is signed: a broadcast's text as it stands, or the decoded ciphertext (protocol §4.2). */
static gboolean
read_data(DimMessage *message, const DimJsonView *view, GError **error)
{
    g_autoptr(GError) why = NULL;

    if (dim_message_is_broadcast(message)) {
        const char *text = dim_json_view_text(view, "data");

        if (text != NULL)
            message->data = g_bytes_new(text, strlen(text));
    } else {
        message->data = dim_json_view_bytes(view, "data", &why);
        if (why != NULL) {
            g_propagate_error(error, g_steal_pointer(&why));
            return FALSE;
        }
    }
    if (message->data != NULL && g_bytes_get_size(message->data) > 0)
        return TRUE;
    g_set_error_literal(error, DIM_ERROR, DIM_ERROR_MALFORMED, "message without data");
    return FALSE;
}

static gboolean
read_proof(DimMessage *message, const DimJsonView *view, GError **error)
{
    g_autoptr(GError) why = NULL;
    const char *text = dim_json_view_text(view, "signature");

    message->proof = dim_json_view_bytes(view, "signature", &why);
    if (message->proof == NULL || g_bytes_get_size(message->proof) == 0) {
        g_set_error(error, DIM_ERROR, DIM_ERROR_MALFORMED, "message without a signature: %s",
                    why != NULL ? why->message : "empty");
        return FALSE;
    }
    if (text != NULL) {
        message->signature = g_strdup(text);
    } else {
        gsize size;
        const guint8 *bytes = g_bytes_get_data(message->proof, &size);

        message->signature = dim_base64_encode(bytes, size);
    }
    return TRUE;
}

static JsonObject *
tree(const DimMessage *message)
{
    if (message->json == NULL && message->text != NULL) {
        JsonObject *object = dim_json_parse(message->text, -1, NULL);

        if (object != NULL)
            restore_names(object);
        ((DimMessage *)(gintptr)message)->json = object;
    }
    return message->json;
}

static void
read_rest(DimMessage *message, const DimJsonView *view)
{
    int type = dim_content_type_of_view(view);

    message->time = dim_json_view_time(view, "time");
    message->document_time = dim_json_view_time(view, "SDT");
    message->bulletin_time = dim_json_view_time(view, "GDT");
    message->history_time = dim_json_view_time(view, "GHT");
    message->serial = dim_json_view_serial(view, "sn");
    message->type =
        MAX(type == DIM_CONTENT_STRANGE ? dim_content_type_of(tree(message)) : type, 0);
    message->has_meta = dim_json_view_kind(view, "meta") == '{';
    message->has_visa = dim_json_view_kind(view, "visa") == '{';
}

DimMessage *
dim_message_parse(const char *text, gssize length, GError **error)
{
    g_autoptr(DimJsonView) view = dim_json_view_new(text, length, error);
    g_autoptr(DimMessage) message = NULL;

    if (view == NULL)
        return NULL;
    restore_view_names(view);
    message = g_new0(DimMessage, 1);
    message->refs = 1;
    if (!read_people(message, view, error) || !read_proof(message, view, error)
        || !read_iv(message, view, error) || !read_data(message, view, error))
        return NULL;
    message->text = length < 0 ? g_strdup(text) : g_strndup(text, (gsize)length);
    read_rest(message, view);
    return g_steal_pointer(&message);
}

DimMessage *
dim_message_from_json(JsonObject *object, GError **error)
{
    g_autofree char *text = NULL;

    g_return_val_if_fail(object != NULL, NULL);
    text = dim_json_write(object);
    return dim_message_parse(text, -1, error);
}

char *
dim_message_to_text(const DimMessage *message)
{
    g_return_val_if_fail(message->proof != NULL, NULL);
    return g_strdup(message->text);
}

JsonObject *
dim_message_to_json(const DimMessage *message)
{
    JsonObject *object = tree(message);

    g_return_val_if_fail(object != NULL, NULL);
    return json_object_ref(object);
}

DimMessage *
dim_message_ref(DimMessage *message)
{
    g_return_val_if_fail(message != NULL, NULL);
    g_atomic_int_inc(&message->refs);
    return message;
}

void
dim_message_unref(DimMessage *message)
{
    if (message == NULL || !g_atomic_int_dec_and_test(&message->refs))
        return;
    g_clear_pointer(&message->sender, dim_id_unref);
    g_clear_pointer(&message->receiver, dim_id_unref);
    g_clear_pointer(&message->group, dim_id_unref);
    g_clear_pointer(&message->content, dim_content_unref);
    g_clear_pointer(&message->data, g_bytes_unref);
    g_clear_pointer(&message->proof, g_bytes_unref);
    g_clear_pointer(&message->iv, g_bytes_unref);
    g_clear_pointer(&message->json, json_object_unref);
    g_free(message->signature);
    g_free(message->text);
    g_free(message);
}

DimId *
dim_message_sender(const DimMessage *message)
{
    return message->sender;
}

DimId *
dim_message_receiver(const DimMessage *message)
{
    return message->receiver;
}

DimId *
dim_message_group(const DimMessage *message)
{
    return message->group;
}

double
dim_message_time(const DimMessage *message)
{
    return message->time;
}

int
dim_message_type(const DimMessage *message)
{
    return message->type;
}

DimContent *
dim_message_content(const DimMessage *message)
{
    return message->content;
}

const char *
dim_message_signature_text(const DimMessage *message)
{
    return message->signature;
}

static JsonObject *
attachment(const DimMessage *message, gboolean has, const char *name)
{
    JsonObject *object = has ? tree(message) : NULL;

    return object != NULL ? dim_json_object(object, name) : NULL;
}

JsonObject *
dim_message_meta_json(const DimMessage *message)
{
    return attachment(message, message->has_meta, "meta");
}

JsonObject *
dim_message_visa_json(const DimMessage *message)
{
    return attachment(message, message->has_visa, "visa");
}

double
dim_message_document_time(const DimMessage *message)
{
    return message->document_time;
}

double
dim_message_bulletin_time(const DimMessage *message)
{
    return message->bulletin_time;
}

double
dim_message_history_time(const DimMessage *message)
{
    return message->history_time;
}

gsize
dim_message_size(const DimMessage *message)
{
    g_return_val_if_fail(message->data != NULL, 0);
    return g_bytes_get_size(message->data);
}

guint64
dim_message_serial(const DimMessage *message)
{
    return message->serial;
}

/* Nobody signs `group`: it must not turn what a friend said to all into a word to me alone. */
gboolean
dim_message_is_broadcast(const DimMessage *message)
{
    if (dim_id_is_broadcast(message->receiver))
        return TRUE;
    return message->group != NULL && dim_id_is_broadcast(message->group)
           && dim_id_is_station(message->receiver);
}

double
dim_message_shown_time(const DimMessage *message)
{
    double own = message->content != NULL ? dim_content_time(message->content) : 0;

    return own > 0 ? own : message->time;
}
