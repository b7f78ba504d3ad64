/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rows of the shelf that have one label, without their texts. Private to the shelf. */
#pragma once

#include "people/shelf.h"

G_BEGIN_DECLS

/* Their keys (element type char*), oldest first, all or (wanted: nullable) those that are wanted. New array; NULL with STORAGE. */
GPtrArray *dim_shelf_rows(DimStore *store,
                          const char *label,
                          DimShelfFunc wanted,
                          gpointer data,
                          GError **error);
/* The key of the oldest. New string; NULL: there is none, or STORAGE. */
char *dim_shelf_rows_first(DimStore *store, const char *label, GError **error);

G_END_DECLS
