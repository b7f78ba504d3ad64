/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Small words of this folder for rows: text, JSON and secrets in and out, and a transaction of one's own. */
#include "people/records.h"

#include <string.h>

#include "base/errors.h"
#include "base/json.h"
#include "base/words.h"

gboolean
dim_record_save_text(DimStore *store,
                     DimTable table,
                     const DimRecord *columns,
                     const char *text,
                     GError **error)
{
    g_autoptr(GBytes) value = text != NULL ? g_bytes_new(text, strlen(text)) : NULL;
    DimRecord record = *columns;

    record.value = value;
    return dim_store_save(store, table, &record, error);
}

gboolean
dim_record_save_secret(DimStore *store,
                       DimTable table,
                       const DimRecord *columns,
                       DimSecret *secret,
                       GError **error)
{
    g_autoptr(GBytes) value =
        g_bytes_new_with_free_func(dim_secret_data(secret), dim_secret_size(secret),
                                   (GDestroyNotify)dim_secret_unref, dim_secret_ref(secret));
    DimRecord record = *columns;

    record.value = value;
    return dim_store_save(store, table, &record, error);
}

gboolean
dim_record_save_json(DimStore *store,
                     DimTable table,
                     const DimRecord *columns,
                     JsonObject *object,
                     GError **error)
{
    g_autofree char *text = dim_json_write(object);

    return dim_record_save_text(store, table, columns, text, error);
}

char *
dim_record_text(GBytes *value)
{
    gsize size = 0;
    const char *text = value != NULL ? g_bytes_get_data(value, &size) : NULL;

    return size > 0 ? g_strndup(text, size) : g_strdup("");
}

gboolean
dim_record_note_key(const DimRecord *record, gpointer keys)
{
    g_ptr_array_add(keys, g_strdup(record->key));
    return TRUE;
}

char *
dim_record_load_text(DimStore *store, DimTable table, const char *key, GError **error)
{
    g_autoptr(GBytes) value = dim_store_load(store, table, key, error);

    return value != NULL ? dim_record_text(value) : NULL;
}

DimSecret *
dim_record_load_secret(DimStore *store, DimTable table, const char *key, GError **error)
{
    GBytes *value = dim_store_load(store, table, key, error);

    return value != NULL ? dim_secret_new_take(value) : NULL;
}

JsonObject *
dim_record_load_json(DimStore *store, DimTable table, const char *key, GError **error)
{
    g_autofree char *text = dim_record_load_text(store, table, key, error);
    g_autoptr(GError) why = NULL;
    JsonObject *object;

    if (text == NULL)
        return NULL;
    object = dim_json_parse(text, -1, &why);
    if (object == NULL)
        g_set_error(error, DIM_ERROR, DIM_ERROR_STORAGE, _("The stored record is broken: %s"),
                    why->message);
    return object;
}

static gboolean
copy_row(const DimRecord *record, gpointer data)
{
    DimRow *row = data;

    row->key = g_strdup(record->key);
    row->label = g_strdup(record->label);
    row->note = g_strdup(record->note);
    row->rank = record->rank;
    row->value = record->value != NULL ? g_bytes_ref(record->value) : NULL;
    row->found = TRUE;
    return FALSE;
}

gboolean
dim_row_find(DimStore *store, DimTable table, const char *key, DimRow *row, GError **error)
{
    memset(row, 0, sizeof *row);
    return dim_store_find(store, table, key, copy_row, row, error);
}

void
dim_row_clear(DimRow *row)
{
    g_free(row->key);
    g_free(row->label);
    g_free(row->note);
    g_clear_pointer(&row->value, g_bytes_unref);
    memset(row, 0, sizeof *row);
}

gboolean
dim_records_begin(DimStore *store, gboolean *mine, GError **error)
{
    *mine = !dim_store_in_transaction(store);
    return dim_store_begin(store, error);
}

gboolean
dim_records_end(DimStore *store, gboolean mine, gboolean done, GError **error)
{
    if (!mine)
        return done;
    if (done)
        return dim_store_commit(store, error);
    dim_store_rollback(store);
    return FALSE;
}

gboolean
dim_records_remove(DimStore *store, DimTable table, const GPtrArray *keys, GError **error)
{
    gboolean mine;
    gboolean done = TRUE;

    if (keys->len == 0)
        return TRUE;
    if (!dim_records_begin(store, &mine, error))
        return FALSE;
    for (guint i = 0; done && i < keys->len; i++)
        done = dim_store_remove(store, table, keys->pdata[i], error);
    return dim_records_end(store, mine, done, error);
}
