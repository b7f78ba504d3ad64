/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bodies of meta, document, handshake, login, report and receipt: made and read here for both sides. */
#include "message/commands.h"

#include <string.h>

#include "base/errors.h"
#include "base/json.h"

#define HELLO   "Hello world!"
#define AGAIN   "DIM?"
#define SUCCESS "DIM!"

JsonObject *
dim_command_object(const char *command)
{
    JsonObject *object = json_object_new();

    json_object_set_string_member(object, "command", command);
    return object;
}

static JsonObject *
command_about(const char *command, const DimId *id)
{
    JsonObject *object = dim_command_object(command);

    json_object_set_string_member(object, "did", dim_id_text(id));
    return object;
}

static DimContent *
take_command(JsonObject *object)
{
    return dim_content_new_take(DIM_CONTENT_COMMAND, object);
}

DimContent *
dim_meta_query_new(const DimId *id)
{
    return take_command(command_about("meta", id));
}

DimContent *
dim_meta_command_new(const DimId *id, const DimMeta *meta)
{
    JsonObject *object = command_about("meta", id);

    json_object_set_object_member(object, "meta", dim_meta_to_json(meta));
    return take_command(object);
}

DimContent *
dim_document_query_new(const DimId *id, double last_time)
{
    JsonObject *object = command_about("document", id);

    if (last_time > 0)
        json_object_set_double_member(object, "last_time", last_time);
    return take_command(object);
}

DimContent *
dim_document_command_new(const DimId *id, const DimMeta *meta, const DimDocument *document)
{
    JsonObject *object = command_about("document", id);

    if (meta != NULL)
        json_object_set_object_member(object, "meta", dim_meta_to_json(meta));
    json_object_set_object_member(object, "document", dim_document_to_json(document));
    return take_command(object);
}

DimId *
dim_command_id(const DimContent *content, GError **error)
{
    JsonObject *object = dim_content_json(content);
    const char *text = dim_json_text2(object, "did", "ID");
    JsonObject *login = dim_json_object(object, "login"); /* the white paper's nested form */

    if (text == NULL && login != NULL)
        text = dim_json_text2(login, "account", "ID");
    return dim_id_parse(text, error);
}

DimMeta *
dim_command_meta(const DimContent *content, GError **error)
{
    JsonNode *node = json_object_get_member(dim_content_json(content), "meta");

    if (node == NULL || JSON_NODE_HOLDS_NULL(node))
        return NULL;
    if (JSON_NODE_HOLDS_OBJECT(node))
        return dim_meta_from_json(json_node_get_object(node), error);
    g_set_error_literal(error, DIM_ERROR, DIM_ERROR_MALFORMED, "meta is no object");
    return NULL;
}

typedef struct {
    GPtrArray *documents;
    const DimId *id;
    guint looked; /* at so many, good and bad */
} Documents;

/* A bad document is left out: the others may be good. */
static void
add_document(Documents *all, JsonObject *object)
{
    g_autoptr(GError) error = NULL;
    DimDocument *document;

    if (all->looked >= DIM_COMMAND_DOCUMENTS)
        return;
    all->looked++;
    document = dim_document_from_json(object, all->id, &error);
    if (document != NULL)
        g_ptr_array_add(all->documents, document);
    else
        g_debug("document left out: %s", error->message);
}

/* The oldest form: the signed text in `profile`, its signature beside it. */
static void
add_profile_text(Documents *all, JsonObject *command, const char *name)
{
    const char *data = dim_json_text(command, name);
    const char *signature = dim_json_text(command, "signature");
    g_autoptr(JsonObject) object = NULL;

    if (data == NULL || signature == NULL)
        return;
    object = json_object_new();
    json_object_set_string_member(object, "data", data);
    json_object_set_string_member(object, "signature", signature);
    add_document(all, object);
}

GPtrArray *
dim_command_documents(const DimContent *content, const DimId *id)
{
    static const char *const names[] = { "document", "documents", "profile" };
    Documents all = { g_ptr_array_new_with_free_func((GDestroyNotify)dim_document_unref), id,
                      0 };
    JsonObject *object = dim_content_json(content);

    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        JsonObject *one = dim_json_object(object, names[i]);
        JsonArray *many = dim_json_array(object, names[i]);

        if (one != NULL)
            add_document(&all, one);
        else if (many == NULL)
            add_profile_text(&all, object, names[i]);
        for (guint k = 0; many != NULL && k < json_array_get_length(many); k++) {
            JsonNode *node = json_array_get_element(many, k);

            if (JSON_NODE_HOLDS_OBJECT(node))
                add_document(&all, json_node_get_object(node));
        }
    }
    return all.documents;
}

DimContent *
dim_handshake_new(DimHandshakeStep step, const char *session_key)
{
    static const char *const titles[] = { HELLO, AGAIN, HELLO, SUCCESS };
    JsonObject *object;

    g_return_val_if_fail((guint)step < G_N_ELEMENTS(titles), NULL);
    object = dim_command_object("handshake");
    json_object_set_string_member(object, "title", titles[step]);
    json_object_set_string_member(object, "message", titles[step]); /* for readers of 2019 */
    if (session_key != NULL)
        json_object_set_string_member(object, "session", session_key);
    if (step == DIM_HANDSHAKE_START)
        json_object_set_string_member(object, "group", dim_id_text(dim_id_every_station()));
    return take_command(object);
}

DimHandshakeStep
dim_handshake_step(const DimContent *content)
{
    const char *title = dim_json_text2(dim_content_json(content), "title", "message");

    if (g_strcmp0(title, SUCCESS) == 0)
        return DIM_HANDSHAKE_SUCCESS;
    if (g_strcmp0(title, AGAIN) == 0)
        return DIM_HANDSHAKE_AGAIN;
    return dim_handshake_session(content) != NULL ? DIM_HANDSHAKE_RESTART : DIM_HANDSHAKE_START;
}

const char *
dim_handshake_session(const DimContent *content)
{
    const char *session = dim_json_text(dim_content_json(content), "session");

    return session != NULL && session[0] != '\0' ? session : NULL;
}

DimContent *
dim_login_new(const DimId *me,
              const char *agent,
              const DimId *station,
              const char *host,
              guint16 port)
{
    JsonObject *object = command_about("login", me);
    JsonObject *where = json_object_new();

    if (station != NULL && !dim_id_is_broadcast(station)) {
        json_object_set_string_member(where, "did", dim_id_text(station));
        json_object_set_string_member(where, "ID", dim_id_text(station));
    }
    json_object_set_string_member(where, "host", host);
    json_object_set_int_member(where, "port", port);
    json_object_set_string_member(object, "agent", agent);
    json_object_set_object_member(object, "station", where);
    return take_command(object);
}

DimContent *
dim_group_query_new(const DimId *group, double last_time)
{
    JsonObject *object = dim_command_object("query");

    json_object_set_string_member(object, "group", dim_id_text(group));
    if (last_time > 0)
        json_object_set_double_member(object, "last_time", last_time);
    return dim_content_new_take(DIM_CONTENT_HISTORY, object);
}

DimContent *
dim_report_new(const char *title)
{
    JsonObject *object = dim_command_object("report");

    json_object_set_string_member(object, "title", title);
    return take_command(object);
}

const char *
dim_report_title(const DimContent *content)
{
    static const char *const words[][2] = {
        { "online", "online" },
        { "offline", "offline" },
        { "foreground", "online" },
        { "background", "offline" },
    };
    const char *said[3];

    said[0] = dim_json_text(dim_content_json(content), "title");
    said[1] = dim_json_text(dim_content_json(content), "state");
    said[2] = dim_content_command(content);
    for (guint i = 0; i < G_N_ELEMENTS(said); i++) {
        for (guint k = 0; k < G_N_ELEMENTS(words); k++) {
            if (g_strcmp0(said[i], words[k][0]) == 0)
                return words[k][1];
        }
    }
    return NULL;
}

static JsonObject *
receipt_object(const char *text, const DimMessage *about)
{
    JsonObject *object = dim_command_object("receipt");
    JsonObject *origin = json_object_new();
    g_autofree char *type = g_strdup_printf("%d", dim_message_type(about));

    json_object_set_string_member(origin, "sender", dim_id_text(dim_message_sender(about)));
    json_object_set_string_member(origin, "receiver", dim_id_text(dim_message_receiver(about)));
    if (dim_message_group(about) != NULL)
        json_object_set_string_member(origin, "group", dim_id_text(dim_message_group(about)));
    if (dim_message_time(about) > 0)
        json_object_set_double_member(origin, "time", dim_message_time(about));
    if (dim_message_type(about) > 0)
        json_object_set_string_member(origin, "type", type);
    if (dim_message_serial(about) > 0 && dim_message_serial(about) <= G_MAXINT64)
        json_object_set_int_member(origin, "sn", (gint64)dim_message_serial(about));
    if (dim_message_signature_text(about) != NULL)
        json_object_set_string_member(origin, "signature", dim_message_signature_text(about));
    json_object_set_string_member(object, "text", text);
    json_object_set_object_member(object, "origin", origin);
    return object;
}

DimContent *
dim_receipt_new(const char *text, const DimMessage *about)
{
    return take_command(receipt_object(text, about));
}

DimContent *
dim_receipt_new_from(const char *text,
                     const char *template_text,
                     const char *name,
                     const char *value,
                     const DimMessage *about)
{
    JsonObject *object = receipt_object(text, about);
    JsonObject *replacements = json_object_new();

    json_object_set_string_member(replacements, name, value);
    json_object_set_string_member(object, "template", template_text);
    json_object_set_object_member(object, "replacements", replacements);
    return take_command(object);
}

JsonObject *
dim_receipt_origin(const DimContent *content)
{
    JsonObject *object = dim_content_json(content);
    JsonObject *origin = dim_json_object(object, "origin");

    if (origin == NULL)
        origin = dim_json_object(object, "envelope");
    if (origin == NULL && dim_json_text2(object, "sender", "signature") != NULL)
        origin = object;
    return origin;
}

const char *
dim_receipt_signature(const DimContent *content)
{
    JsonObject *origin = dim_receipt_origin(content);
    const char *signature = origin != NULL ? dim_json_text(origin, "signature") : NULL;

    return signature != NULL ? signature
                             : dim_json_text(dim_content_json(content), "signature");
}

guint64
dim_receipt_serial(const DimContent *content)
{
    JsonObject *origin = dim_receipt_origin(content);

    return origin != NULL ? dim_json_serial(origin, "sn") : 0;
}
