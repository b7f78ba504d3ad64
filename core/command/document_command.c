/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Visas and bulletins asked of us and told to us (protocol §5.9). */
#include "base/errors.h"
#include "base/json.h"
#include "command/command.h"

/* Our own document, or one that we hold of somebody else. */
static void
answer(DimDesk *desk, const DimMessage *message, const DimContent *content, const DimId *id)
{
    gboolean own = dim_id_equal(id, dim_user_id(desk->user));
    DimDocument *document = own ? dim_user_visa(desk->user) : dim_book_document(desk->book, id);
    double held = dim_json_time(dim_content_json(content), "last_time");
    g_autoptr(DimContent) reply = NULL;

    if (document == NULL) {
        reply = dim_receipt_new("Document not found.", message);
    } else if (held > 0 && dim_document_time(document) <= held) {
        reply = dim_receipt_new("Document not updated.", message);
    } else {
        g_autoptr(DimDocument) kept = dim_document_ref(document);
        DimMeta *meta = own ? dim_user_meta(desk->user) : dim_book_meta(desk->book, id);

        reply = dim_document_command_new(id, meta, kept);
    }
    dim_desk_reply(desk, dim_message_sender(message), reply);
}

static gboolean
keep(DimDesk *desk, const DimId *id, DimDocument *document, GError **error)
{
    switch (dim_book_save_document(desk->book, id, document, error)) {
    case DIM_BOOK_RECEIVED:
        desk->document(desk->data, document);
        return TRUE;
    case DIM_BOOK_NOT_CHANGED:
        return TRUE;
    case DIM_BOOK_REFUSED:
        g_set_error(error, DIM_ERROR, DIM_ERROR_UNVERIFIED, "document of %s refused",
                    dim_id_text(id));
        return FALSE;
    case DIM_BOOK_FAILED:
    default:
        return FALSE;
    }
}

gboolean
dim_handle_document(DimDesk *desk,
                    const DimMessage *message,
                    const DimContent *content,
                    GError **error)
{
    g_autoptr(GError) failure = NULL;
    g_autoptr(DimId) id = dim_command_id(content, error);
    g_autoptr(DimMeta) meta = NULL;
    g_autoptr(GPtrArray) documents = NULL;
    gboolean good = TRUE;

    if (id == NULL)
        return FALSE;
    meta = dim_command_meta(content, &failure);
    if (failure != NULL) {
        g_propagate_error(error, g_steal_pointer(&failure));
        return FALSE;
    }
    documents = dim_command_documents(content, id);
    if (documents->len == 0 && meta == NULL) {
        answer(desk, message, content, id);
        return TRUE;
    }
    if (dim_id_equal(id, dim_user_id(desk->user)))
        return TRUE; /* mine is at home */
    if (meta != NULL && !dim_book_save_meta(desk->book, id, meta, error))
        return FALSE;
    for (guint i = 0; good && i < documents->len; i++)
        good = keep(desk, id, g_ptr_array_index(documents, i), error);
    dim_desk_learned(desk, id);
    return good;
}
