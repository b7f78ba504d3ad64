/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Metas and documents: asked for, pushed, told by receipts in the official words. */
#include "station/registry.h"

#include "base/errors.h"
#include "base/json.h"
#include "message/commands.h"

#define DOCUMENTS_MAX 8 /* told in one answer */
/* Signatures checked until one is kept: here, and at the door of the book. */
#define DOCUMENT_WORK 2.0

static void
say(DimQuestion *question, const char *text, const char *template_text, const DimId *id)
{
    dim_answers_receipt(question, text, template_text, "did", dim_id_text(id));
}

/* TRUE if the meta is known now; FALSE when a receipt says why not. */
static gboolean
put_meta(DimClerk *clerk, DimQuestion *question, const DimId *id, DimMeta *meta)
{
    g_autoptr(GError) error = NULL;
    double work = dim_clerk_dearness(dim_meta_key(meta));

    if (!dim_meta_matches(meta, id)) {
        question->wasted += 1 + work;
        say(question, "Meta not valid.", "Meta not valid: ${did}.", id);
        return FALSE;
    }
    question->work += work;
    if (!dim_clerk_save_meta(clerk, id, meta, &error)) {
        g_debug("meta of %s: %s", dim_id_text(id), error->message);
        say(question, "Meta not accepted.", "Meta not accepted: ${did}.", id);
        return FALSE;
    }
    return TRUE;
}

void
dim_registry_meta(DimClerk *clerk, G_GNUC_UNUSED const DimClock *clock, DimQuestion *question)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DimId) id = dim_command_id(question->content, NULL);
    g_autoptr(DimMeta) meta = NULL;
    DimMeta *known;

    if (id == NULL) {
        dim_answers_receipt(question, "Meta command error.", NULL, NULL, NULL);
        return;
    }
    meta = dim_command_meta(question->content, &error);
    if (error != NULL) {
        say(question, "Meta not valid.", "Meta not valid: ${did}.", id);
        return;
    }
    if (meta != NULL) {
        if (put_meta(clerk, question, id, meta))
            say(question, "Meta received.", "Meta received: ${did}.", id);
        return;
    }
    known = dim_book_meta(dim_clerk_book(clerk), id);
    if (known == NULL)
        say(question, "Meta not found.", "Meta not found: ${did}.", id);
    else
        dim_answers_add(question, dim_meta_command_new(id, known));
}

/* ---- documents asked for ---- */

/* Tells where he is: his own signed login message, for the asker to verify. */
static void
forward_login(DimClerk *clerk, DimQuestion *question, const DimId *id)
{
    double when = 0;
    g_autofree char *text = dim_book_login(dim_clerk_book(clerk), id, &when);
    g_autoptr(JsonObject) login = NULL;
    JsonObject *forward;
    JsonArray *secrets;

    if (text == NULL || dim_id_is_bot(dim_message_sender(question->message))
        || dim_id_equal(id, dim_message_sender(question->message)))
        return;
    login = dim_json_parse(text, -1, NULL);
    if (login == NULL)
        return;
    forward = json_object_new();
    secrets = json_array_new();
    json_array_add_object_element(secrets, json_object_ref(login));
    json_object_set_object_member(forward, "forward", json_object_ref(login));
    json_object_set_array_member(forward, "secrets", secrets);
    dim_answers_add(question, dim_content_new_take(DIM_CONTENT_FORWARD, forward));
}

static void
tell_documents(DimClerk *clerk, DimQuestion *question, const DimId *id)
{
    DimBook *book = dim_clerk_book(clerk);
    double last = dim_json_time(dim_content_json(question->content), "last_time");
    g_autoptr(DimDocument) newest = NULL;
    g_autoptr(DimMeta) meta = NULL;
    g_autoptr(GPtrArray) visas = NULL;

    if (dim_book_document(book, id) == NULL) {
        say(question, "Document not found.", "Document not found: ${did}.", id);
        return;
    }
    newest = dim_document_ref(dim_book_document(book, id));
    if (last > 0 && dim_document_time(newest) <= last) {
        say(question, "Document not updated.", "Document not updated: ${did}.", id);
        return;
    }
    if (dim_book_meta(book, id) != NULL)
        meta = dim_meta_ref(dim_book_meta(book, id));
    visas = dim_book_documents(book, id);
    dim_answers_add(question, dim_document_command_new(id, meta, newest));
    for (guint i = 0; i < MIN(visas->len, DOCUMENTS_MAX); i++) {
        DimDocument *visa = visas->pdata[i];

        if (g_strcmp0(dim_document_terminal(visa), dim_document_terminal(newest)) != 0)
            dim_answers_add(question, dim_document_command_new(id, meta, visa));
    }
    forward_login(clerk, question, id);
}

/* ---- documents pushed ---- */

typedef enum {
    PUT_RECEIVED,
    PUT_NOT_CHANGED,
    PUT_NOT_ACCEPTED
} Put;

static gboolean
is_genuine(const DimMeta *meta, const DimId *id, const DimDocument *document)
{
    return dim_id_equal(dim_document_owner(document), id)
           && dim_document_verify(document, meta);
}

static Put
put_document(DimClerk *clerk,
             const DimClock *clock,
             DimQuestion *question,
             const DimId *id,
             DimDocument *document)
{
    DimBook *book = dim_clerk_book(clerk);
    DimMeta *meta = dim_book_meta(book, id);
    double time = dim_document_time(document);
    g_autoptr(GError) error = NULL;
    DimDocument *held;

    if (meta == NULL)
        return PUT_NOT_ACCEPTED;
    if (!is_genuine(meta, id, document)) {
        question->wasted += 1 + dim_clerk_dearness(dim_meta_key(meta));
        return PUT_NOT_ACCEPTED;
    }
    question->work += DOCUMENT_WORK * (1 + dim_clerk_dearness(dim_meta_key(meta)));
    if (time > dim_clock_now(clock) + DIM_CLOCK_AHEAD)
        return PUT_NOT_CHANGED;
    switch (dim_clerk_save_document(clerk, id, document, &error)) {
    case DIM_BOOK_RECEIVED:
        return PUT_RECEIVED;
    case DIM_BOOK_NOT_CHANGED:
        /* The official stations call the same document again received. */
        held = dim_book_document(book, id);
        return held == NULL || time <= 0 || time >= dim_document_time(held) ? PUT_RECEIVED
                                                                            : PUT_NOT_CHANGED;
    case DIM_BOOK_FAILED:
        g_warning("a document could not be kept: %s", error->message);
        return PUT_NOT_ACCEPTED;
    case DIM_BOOK_REFUSED:
    default:
        return PUT_NOT_ACCEPTED;
    }
}

static void
put_documents(DimClerk *clerk,
              const DimClock *clock,
              DimQuestion *question,
              const DimId *id,
              GPtrArray *documents)
{
    for (guint i = 0; i < documents->len; i++) {
        Put put = put_document(clerk, clock, question, id, documents->pdata[i]);

        if (put == PUT_NOT_ACCEPTED) {
            say(question, "Document not accepted.", "Document not accepted: ${did}.", id);
            return;
        }
        if (put == PUT_NOT_CHANGED) {
            say(question, "Document not changed.", "Document not changed: ${did}.", id);
            return;
        }
    }
    say(question, "Document received.", "Document received: ${did}.", id);
}

/* A command that carries documents in any spelling is no query, even when they cannot be read. */
static gboolean
is_push(const DimContent *content)
{
    JsonObject *json = dim_content_json(content);
    JsonArray *list = dim_json_array(json, "documents");

    return json_object_has_member(json, "document") || json_object_has_member(json, "profile")
           || (list != NULL && json_array_get_length(list) > 0);
}

void
dim_registry_document(DimClerk *clerk, const DimClock *clock, DimQuestion *question)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DimId) id = dim_command_id(question->content, NULL);
    g_autoptr(DimMeta) meta = NULL;
    g_autoptr(GPtrArray) documents = NULL;

    if (id == NULL) {
        dim_answers_receipt(question, "Document command error.", NULL, NULL, NULL);
        return;
    }
    documents = dim_command_documents(question->content, id);
    if (documents->len == 0 && !is_push(question->content)) {
        /* "documents": [] is an empty broadcast of the web client, no query. */
        if (!json_object_has_member(dim_content_json(question->content), "documents"))
            tell_documents(clerk, question, id);
        return;
    }
    meta = dim_command_meta(question->content, &error);
    if (error != NULL)
        say(question, "Meta not valid.", "Meta not valid: ${did}.", id);
    else if (meta != NULL && !put_meta(clerk, question, id, meta))
        g_debug("document of %s without a good meta", dim_id_text(id));
    else if (dim_book_meta(dim_clerk_book(clerk), id) == NULL)
        say(question, "Meta not found.", "Meta not found: ${did}.", id);
    else if (documents->len == 0)
        say(question, "Document not accepted.", "Document not accepted: ${did}.", id);
    else
        put_documents(clerk, clock, question, id, documents);
}
