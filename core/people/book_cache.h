/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parsed pages of a DimBook: what the store holds of one person; the least recently read goes first. Private to people/. */
#pragma once

#include "identity/document.h"
#include "storage/store.h"

G_BEGIN_DECLS

typedef struct _DimBookCache DimBookCache;

typedef struct {
    DimMeta *meta;        /* (nullable) */
    GPtrArray *documents; /* of all types, newest first; element type DimDocument */
} DimPage;

DimBookCache *dim_book_cache_new(DimStore *store);
void dim_book_cache_free(DimBookCache *cache);
/* The page, read from the store if need be; never NULL, empty if nothing is known or readable. Borrowed until the next call. */
const DimPage *dim_book_cache_page(DimBookCache *cache, const DimId *id);
/* Forgets the page, because the store changed. */
void dim_book_cache_drop(DimBookCache *cache, const DimId *id);

/* The key of a document's row. New string. */
char *dim_book_document_row(const DimDocument *document);

G_END_DECLS
