/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The names of everybody in memory, so that a search reads no disk. */
#include "station/directory.h"

#include <string.h>

#include "base/hash.h"
#include "base/json_view.h"

#define NAME_MAX_BYTES 128 /* of a name: what is behind them is not searched */

typedef struct {
    char *id;
    char *text; /* "name, ID" in folded case */
} Entry;

struct _DimDirectory {
    DimStore *store;    /* borrowed */
    guint since;        /* see dim_store_was_undone() */
    gboolean doubtful;  /* somebody may be in here who was not kept */
    GPtrArray *entries; /* of Entry */
    GHashTable *by_id;  /* id -> Entry; both are the entries' */
};

static void
entry_free(gpointer data)
{
    Entry *entry = data;

    g_free(entry->id);
    g_free(entry->text);
    g_free(entry);
}

void
dim_directory_free(DimDirectory *directory)
{
    if (directory == NULL)
        return;
    g_hash_table_unref(directory->by_id);
    g_ptr_array_unref(directory->entries);
    g_free(directory);
}

static char *
text_of(const char *id, const char *name)
{
    gsize size = name != NULL ? MIN(strlen(name), NAME_MAX_BYTES) : 0;
    const char *end = name;
    g_autofree char *start = NULL;
    g_autofree char *whole = NULL;

    if (size == 0)
        return g_utf8_casefold(id, -1);
    g_utf8_validate(name, (gssize)size, &end); /* no half character at the end */
    start = g_strndup(name, (gsize)(end - name));
    whole = g_strdup_printf("%s, %s", start, id);
    return g_utf8_casefold(whole, -1);
}

void
dim_directory_put(DimDirectory *directory, const DimId *id, const char *name)
{
    Entry *entry;

    if (!dim_id_is_user(id) || dim_id_is_station(id))
        return;
    entry = g_hash_table_lookup(directory->by_id, dim_id_text(id));
    if (entry == NULL) {
        entry = g_new0(Entry, 1);
        entry->id = g_strdup(dim_id_text(id));
        g_ptr_array_add(directory->entries, entry);
        g_hash_table_insert(directory->by_id, entry->id, entry);
    }
    g_free(entry->text);
    entry->text = text_of(entry->id, name);
}

/* ---- what is known at the start ---- */

typedef struct {
    GPtrArray *keys, *owners; /* of visas, oldest first */
} Reading;

static gboolean
note_visa(const DimRecord *record, gpointer data)
{
    Reading *reading = data;

    if (record->label == NULL || g_strcmp0(record->note, "visa") != 0)
        return TRUE;
    g_ptr_array_add(reading->keys, g_strdup(record->key));
    g_ptr_array_add(reading->owners, g_strdup(record->label));
    return TRUE;
}

/* What is in the store was verified when it came. Reading names alone takes some
 * 14 microseconds each, much less than whole documents with their keys. */
static gboolean
read_visa(DimDirectory *directory, const char *key, const char *owner, GError **error)
{
    g_autoptr(GError) failure = NULL;
    g_autoptr(GBytes) value =
        dim_store_load(directory->store, DIM_TABLE_DOCUMENTS, key, &failure);
    g_autoptr(DimId) id = dim_id_parse(owner, NULL);
    g_autoptr(DimJsonView) document = NULL;
    g_autoptr(DimJsonView) properties = NULL;
    const char *data;
    gsize size = 0;

    if (failure != NULL) {
        g_propagate_error(error, g_steal_pointer(&failure));
        return FALSE;
    }
    data = value != NULL ? g_bytes_get_data(value, &size) : NULL;
    document = size > 0 ? dim_json_view_new(data, (gssize)size, NULL) : NULL;
    data = document != NULL ? dim_json_view_text(document, "data") : NULL;
    properties = data != NULL ? dim_json_view_new(data, -1, NULL) : NULL;
    if (id == NULL || properties == NULL)
        g_debug("the visa of %s has nothing to be found by", owner);
    else
        dim_directory_put(directory, id, dim_json_view_text(properties, "name"));
    return TRUE;
}

DimDirectory *
dim_directory_new(DimStore *store, GError **error)
{
    g_autoptr(DimDirectory) directory = g_new0(DimDirectory, 1);
    g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) owners = g_ptr_array_new_with_free_func(g_free);
    Reading reading = { keys, owners };

    directory->store = store;
    (void)dim_store_was_undone(store, &directory->since);
    directory->entries = g_ptr_array_new_with_free_func(entry_free);
    directory->by_id = g_hash_table_new(dim_text_hash, g_str_equal);
    if (!dim_store_list(store, DIM_TABLE_DOCUMENTS, FALSE, note_visa, &reading, error))
        return NULL;
    for (guint i = 0; i < keys->len; i++) {
        if (!read_visa(directory, keys->pdata[i], owners->pdata[i], error))
            return NULL;
    }
    return g_steal_pointer(&directory);
}

/* ---- search ---- */

static gboolean
matches(const Entry *entry, const GPtrArray *words)
{
    for (guint i = 0; i < words->len; i++) {
        if (strstr(entry->text, words->pdata[i]) == NULL)
            return FALSE;
    }
    return TRUE;
}

static gboolean
is_there(DimDirectory *directory, const Entry *entry)
{
    directory->doubtful |= dim_store_was_undone(directory->store, &directory->since);
    return !directory->doubtful || dim_store_has(directory->store, DIM_TABLE_METAS, entry->id);
}

GPtrArray *
dim_directory_find(DimDirectory *directory,
                   char *const *words,
                   guint start,
                   guint count,
                   guint *looked)
{
    GPtrArray *found = g_ptr_array_new();
    g_autoptr(GPtrArray) folded = g_ptr_array_new_with_free_func(g_free);

    *looked = 0;
    for (; *words != NULL; words++)
        g_ptr_array_add(folded, g_utf8_casefold(*words, -1));
    for (guint i = 0; i < directory->entries->len && found->len < count; i++) {
        const Entry *entry = directory->entries->pdata[i];

        ++*looked;
        if (!matches(entry, folded) || !is_there(directory, entry))
            continue;
        if (start > 0)
            start--;
        else
            g_ptr_array_add(found, entry->id);
    }
    return found;
}
