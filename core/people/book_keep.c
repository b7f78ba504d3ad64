/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which documents of one person are kept: the newest of each terminal, in number and size bounded. */
#include "people/book_keep.h"

#include <string.h>

#include "base/json.h"
#include "people/records.h"

#define MAX_DOCUMENTS 16 /* of one person: his terminals */

/* Bytes of JSON: what people give out is a tenth of it, what others may put on this disk must have an end. */
#define MAX_DOCUMENT (64u * 1024)
#define MAX_PERSON   (128u * 1024)

DimDocument *
dim_book_former(const DimPage *page, const DimDocument *document)
{
    for (guint i = 0; i < page->documents->len; i++) {
        DimDocument *held = g_ptr_array_index(page->documents, i);

        if (g_str_equal(dim_document_type(held), dim_document_type(document))
            && g_strcmp0(dim_document_terminal(held), dim_document_terminal(document)) == 0)
            return held;
    }
    return NULL;
}

static gboolean
same_text(const DimDocument *a, const DimDocument *b)
{
    g_autoptr(JsonObject) one = dim_document_to_json(a);
    g_autoptr(JsonObject) other = dim_document_to_json(b);

    return g_strcmp0(dim_json_text(one, "data"), dim_json_text(other, "data")) == 0;
}

gboolean
dim_book_is_news(const DimDocument *document, const DimDocument *former)
{
    if (former == NULL)
        return TRUE;
    /* One without a time is older than all that have one: else whoever holds such a one could walk back to any. */
    if (dim_document_time(document) < dim_document_time(former))
        return FALSE;
    return !same_text(document, former);
}

static gsize
size_of(const DimDocument *document)
{
    g_autoptr(JsonObject) object = dim_document_to_json(document);
    g_autofree char *text = dim_json_write(object);

    return strlen(text);
}

gboolean
dim_book_is_too_large(const DimDocument *document)
{
    return size_of(document) > MAX_DOCUMENT;
}

/* A person with too many terminals, or too much in them, loses the oldest. */
static gboolean
make_room(DimStore *store,
          const DimPage *page,
          const DimDocument *document,
          const DimDocument *former,
          GError **error)
{
    gsize bytes = size_of(document);
    guint count = 1;
    gboolean done = TRUE;

    for (guint i = 0; done && i < page->documents->len; i++) { /* newest first */
        const DimDocument *held = g_ptr_array_index(page->documents, i);
        g_autofree char *row = NULL;

        if (held == former)
            continue;
        bytes += size_of(held);
        if (++count <= MAX_DOCUMENTS && bytes <= MAX_PERSON)
            continue;
        row = dim_book_document_row(held);
        done = dim_store_remove(store, DIM_TABLE_DOCUMENTS, row, error);
    }
    return done;
}

gboolean
dim_book_keep_document(DimStore *store,
                       const DimPage *page,
                       DimDocument *document,
                       const DimDocument *former,
                       GError **error)
{
    g_autofree char *row = dim_book_document_row(document);
    g_autoptr(JsonObject) object = dim_document_to_json(document);
    DimRecord record = {
        .key = row,
        .rank = dim_document_time(document),
        .label = dim_id_text(dim_document_owner(document)),
        .note = dim_document_type(document),
    };
    gboolean mine;
    gboolean done;

    if (!dim_records_begin(store, &mine, error))
        return FALSE;
    done = make_room(store, page, document, former, error)
           && dim_record_save_json(store, DIM_TABLE_DOCUMENTS, &record, object, error);
    return dim_records_end(store, mine, done, error);
}
