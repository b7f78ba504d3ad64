/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What becomes of a verified document beside those of the same person that are held. Private to the book. */
#pragma once

#include "people/book_cache.h"

G_BEGIN_DECLS

gboolean dim_book_is_too_large(const DimDocument *document);
/* The one that this document would replace. (nullable) borrowed. */
DimDocument *dim_book_former(const DimPage *page, const DimDocument *document);
/* Rule 5 of protocol §3.3: strictly older is dropped; without a time on either side the new one wins. */
gboolean dim_book_is_news(const DimDocument *document, const DimDocument *former);
/* Writes it, and removes what a person with too many terminals, or too much in them, has too much. FALSE with STORAGE. */
gboolean dim_book_keep_document(DimStore *store,
                                const DimPage *page,
                                DimDocument *document,
                                const DimDocument *former,
                                GError **error);

G_END_DECLS
