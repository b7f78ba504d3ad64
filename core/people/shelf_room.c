/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which parked messages go: those of strangers when room is needed, those of everybody else when they are old. */
#include "people/shelf_room.h"

#include <string.h>

gboolean
dim_shelf_label_is_incoming(const char *label)
{
    return g_str_has_prefix(label, "in ");
}

static gboolean
remove_all(DimStore *store, GPtrArray *keys, GError **error)
{
    for (guint i = 0; i < keys->len; i++) {
        if (!dim_store_remove(store, DIM_TABLE_WAITING, keys->pdata[i], error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
is_friend(DimStore *store, const char *label)
{
    return dim_store_has(store, DIM_TABLE_CONTACTS, strchr(label, ' ') + 1);
}

/* Who must go so that there is room: rows come oldest first. */
typedef struct {
    DimStore *store;
    const char *only;    /* (nullable) rows of this label alone */
    GHashTable *friends; /* labels that were looked up -> whether they are a contact's */
    GHashTable *leaving; /* set of labels that go altogether */
    guint persons, rows; /* still to go */
    guint64 bytes;       /* still to go */
    GPtrArray *keys;
} Eviction;

static gboolean
may_go(Eviction *eviction, const char *label)
{
    gpointer known = NULL;

    if (!g_hash_table_lookup_extended(eviction->friends, label, NULL, &known)) {
        known = GINT_TO_POINTER(is_friend(eviction->store, label));
        g_hash_table_insert(eviction->friends, g_strdup(label), known);
    }
    return !GPOINTER_TO_INT(known)
           && (eviction->only == NULL || g_str_equal(eviction->only, label));
}

static gboolean
choose_row(const DimRecord *record, gpointer data)
{
    Eviction *eviction = data;
    guint64 size = record->note != NULL ? g_ascii_strtoull(record->note, NULL, 10) : 0;
    gboolean goes;

    if (record->label == NULL || !dim_shelf_label_is_incoming(record->label)
        || !may_go(eviction, record->label))
        return TRUE;
    if (eviction->persons > 0 && g_hash_table_add(eviction->leaving, g_strdup(record->label)))
        eviction->persons--;
    goes = g_hash_table_contains(eviction->leaving, record->label);
    if (!goes && eviction->rows == 0 && eviction->bytes == 0)
        return TRUE; /* a later row may be of one who leaves */
    g_ptr_array_add(eviction->keys, g_strdup(record->key));
    eviction->rows -= MIN(eviction->rows, 1);
    eviction->bytes -= MIN(eviction->bytes, size);
    return TRUE;
}

gboolean
dim_shelf_make_room(DimStore *store, const DimShelfRoom *wanted, GError **error)
{
    g_autoptr(GHashTable) friends =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) leaving =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func(g_free);
    Eviction eviction = { store,           wanted->only, friends,       leaving,
                          wanted->persons, wanted->rows, wanted->bytes, keys };

    if (!dim_store_list(store, DIM_TABLE_WAITING, FALSE, choose_row, &eviction, error))
        return FALSE;
    g_debug("%u parked messages of strangers make room", keys->len);
    return remove_all(store, keys, error);
}

typedef struct {
    double before;
    GPtrArray *keys;
} Aging;

static gboolean
age_row(const DimRecord *record, gpointer data)
{
    Aging *aging = data;

    if (record->rank >= aging->before)
        return FALSE;
    if (record->label != NULL && dim_shelf_label_is_incoming(record->label))
        g_ptr_array_add(aging->keys, g_strdup(record->key));
    return TRUE;
}

gboolean
dim_shelf_forget_before(DimStore *store, double before, GError **error)
{
    g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func(g_free);
    Aging aging = { before, keys };

    return dim_store_list(store, DIM_TABLE_WAITING, FALSE, age_row, &aging, error)
           && remove_all(store, keys, error);
}
