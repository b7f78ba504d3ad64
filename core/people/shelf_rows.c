/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which rows of the shelf have one label: their columns are read alone, for a thousand texts take too long. */
#include "people/shelf_rows.h"

#include "people/shelf_room.h"

typedef struct {
    GPtrArray *rows;
    DimShelfFunc wanted; /* (nullable) all */
    gpointer data;
} Listing;

static gboolean
list_row(const DimRecord *record, gpointer data)
{
    Listing *listing = data;

    if (listing->wanted == NULL
        || listing->wanted(dim_shelf_note_sender(record->note), listing->data))
        g_ptr_array_add(listing->rows, g_strdup(record->key));
    return TRUE;
}

GPtrArray *
dim_shelf_rows(DimStore *store,
               const char *label,
               DimShelfFunc wanted,
               gpointer data,
               GError **error)
{
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(g_free);
    Listing listing = { rows, wanted, data };

    if (!dim_store_list_label(store, DIM_TABLE_WAITING, label, FALSE, list_row, &listing,
                              error))
        return NULL;
    return g_steal_pointer(&rows);
}

static gboolean
note_first(const DimRecord *record, gpointer row)
{
    *(char **)row = g_strdup(record->key);
    return FALSE;
}

char *
dim_shelf_rows_first(DimStore *store, const char *label, GError **error)
{
    g_autofree char *row = NULL;

    if (!dim_store_list_label(store, DIM_TABLE_WAITING, label, FALSE, note_first, &row, error))
        return NULL;
    return g_steal_pointer(&row);
}
