/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Visas and bulletins asked of us and told to us (protocol §5.9). */
#include "base/errors.h"
#include "base/json.h"
#include "command/command.h"
#include "command/standing.h"

/* One command for each: readers of 2025 take one document a command (protocol §5.9). */
static void
tell(DimDesk *desk, const DimMessage *message, const DimId *id, GPtrArray *documents)
{
    DimMeta *known = dim_desk_meta(desk, id);
    g_autoptr(DimMeta) meta = known != NULL ? dim_meta_ref(known) : NULL;

    for (guint i = 0; i < documents->len; i++) {
        g_autoptr(DimContent) reply =
            dim_document_command_new(id, meta, g_ptr_array_index(documents, i));

        dim_desk_reply(desk, dim_message_sender(message), reply);
    }
}

/* Our own documents, or for the station those that we hold of somebody else. */
static void
answer(DimDesk *desk, const DimMessage *message, const DimContent *content, const DimId *id)
{
    g_autoptr(GPtrArray) documents = dim_desk_documents(desk, id);
    double held = dim_json_time(dim_content_json(content), "last_time");
    double newest;

    /* A stranger must not see the difference. */
    if (documents->len == 0 || !dim_desk_may_know(desk, dim_message_sender(message), id)) {
        dim_desk_receipt(desk, message, "Document not found.");
        return;
    }
    newest = dim_document_time(g_ptr_array_index(documents, 0));
    if (newest > 0 && newest <= held)
        dim_desk_receipt(desk, message, "Document not updated.");
    else if (dim_desk_may_tell(desk, message, "document", id, newest))
        tell(desk, message, id, documents);
}

static gboolean
is_there(const DimContent *content, const char *name)
{
    JsonNode *node = json_object_get_member(dim_content_json(content), name);

    return node != NULL && !JSON_NODE_HOLDS_NULL(node);
}

/* "documents": [] is an empty push of the web client, not a question. */
static gboolean
is_question(const DimContent *content)
{
    return !is_there(content, "meta") && !is_there(content, "document")
           && !is_there(content, "documents") && !is_there(content, "profile");
}

/* Something that should be a document is there and cannot be read. */
static gboolean
is_unreadable(const DimContent *content, GPtrArray *documents)
{
    JsonArray *list = dim_json_array(dim_content_json(content), "documents");

    return documents->len == 0
           && (is_there(content, "document") || is_there(content, "profile")
               || (is_there(content, "documents")
                   && (list == NULL || json_array_get_length(list) > 0)));
}

/* What the sender is told; *error is set when the document was not kept. */
static const char *
keep(DimDesk *desk, const DimId *id, DimDocument *document, GError **error)
{
    const DimDocument *held;

    switch (dim_book_save_document(desk->book, id, document, error)) {
    case DIM_BOOK_RECEIVED:
        desk->document(desk->data, document);
        return "Document received.";
    case DIM_BOOK_NOT_CHANGED:
        held = dim_book_document(desk->book, id);
        /* The same again is received, as the official stations say (correction 9). */
        return held != NULL && dim_document_time(document) < dim_document_time(held)
                   ? "Document not changed."
                   : "Document received.";
    case DIM_BOOK_REFUSED:
        g_set_error(error, DIM_ERROR, DIM_ERROR_UNVERIFIED, "document of %s refused",
                    dim_id_text(id));
        return "Document not accepted.";
    case DIM_BOOK_FAILED:
    default:
        return "Document not accepted.";
    }
}

/* Each for itself: a bad one does not spoil a good one. TRUE if all are good; *any tells of one. */
static gboolean
keep_all(DimDesk *desk,
         const DimMessage *message,
         const DimId *id,
         GPtrArray *documents,
         gboolean *any,
         GError **error)
{
    g_autoptr(GError) first = NULL;
    const char *text = NULL;

    for (guint i = 0; i < documents->len; i++) {
        g_autoptr(GError) failure = NULL;
        const char *said = keep(desk, id, g_ptr_array_index(documents, i), &failure);

        *any |= failure == NULL;
        if (text == NULL || (failure != NULL && first == NULL))
            text = said;
        if (failure != NULL && first == NULL)
            first = g_steal_pointer(&failure);
    }
    if (text != NULL)
        dim_desk_receipt(desk, message, text);
    if (first == NULL)
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&first));
    return FALSE;
}

/* With its bulletin begins what those who lead a group tell of its history: afterwards all is known (protocol §5.14). */
static void
take_of_group(DimDesk *desk, const DimMessage *message, const DimId *group)
{
    g_auto(DimGroupPage) page = { .owner = NULL };

    if (dim_id_is_group(group) && dim_group_page_read(desk, group, &page, NULL)
        && dim_group_page_leads(&page, dim_message_sender(message)))
        desk->members(desk->data, group);
}

static gboolean
take(DimDesk *desk,
     const DimMessage *message,
     const DimContent *content,
     const DimId *id,
     GError **error)
{
    g_autoptr(GPtrArray) documents = dim_command_documents(content, id);
    gboolean good;
    gboolean any;

    if (!dim_desk_take_meta(desk, message, content, id, &any, error))
        return FALSE;
    if (is_unreadable(content, documents)) {
        dim_desk_receipt(desk, message, "Document not accepted.");
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_MALFORMED, "unreadable document");
        good = FALSE;
    } else {
        good = keep_all(desk, message, id, documents, &any, error);
    }
    if (!any)
        return good;
    dim_desk_learned(desk, id);
    take_of_group(desk, message, id);
    return good;
}

gboolean
dim_handle_document(DimDesk *desk,
                    const DimMessage *message,
                    const DimContent *content,
                    GError **error)
{
    g_autoptr(DimId) id = dim_command_id(content, error);

    if (id == NULL)
        return FALSE;
    if (is_question(content)) {
        answer(desk, message, content, id);
        return TRUE;
    }
    if (dim_desk_is_me(desk, id))
        return TRUE; /* mine are at home */
    return take(desk, message, content, id, error);
}
