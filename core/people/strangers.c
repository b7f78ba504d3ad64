/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who is a stranger: whoever has a meta here and is neither a contact nor a station of mine. */
#include "people/strangers.h"

#include "base/hash.h"
#include "people/keyring.h"
#include "people/told.h"

struct _DimStrangers {
    DimStore *store;        /* borrowed */
    GHashTable *acquainted; /* borrowed */
    guint count;            /* at least so many as there are */
    gboolean counted;
    guint since; /* see dim_store_was_undone() */
};

DimStrangers *
dim_strangers_new(DimStore *store, GHashTable *acquainted)
{
    DimStrangers *strangers = g_new0(DimStrangers, 1);

    strangers->store = store;
    strangers->acquainted = acquainted;
    return strangers;
}

void
dim_strangers_free(DimStrangers *strangers)
{
    g_free(strangers);
}

static gboolean
note_key(const DimRecord *record, gpointer known)
{
    g_hash_table_add(known, g_strdup(record->key));
    return TRUE;
}

static gboolean
note_label(const DimRecord *record, gpointer known)
{
    if (record->label != NULL)
        g_hash_table_add(known, g_strdup(record->label));
    return TRUE;
}

typedef struct {
    GHashTable *known, *acquainted;
    GPtrArray *fresh, *met; /* ID texts, oldest first */
} Crowd;

static gboolean
note_stranger(const DimRecord *record, gpointer data)
{
    Crowd *crowd = data;

    if (!g_hash_table_contains(crowd->known, record->key))
        g_ptr_array_add(g_hash_table_contains(crowd->acquainted, record->key) ? crowd->met
                                                                              : crowd->fresh,
                        g_strdup(record->key));
    return TRUE;
}

/* All strangers, those who go first in front. (element type char*) New array, or NULL with STORAGE. */
static GPtrArray *
list_strangers(DimStrangers *strangers, GError **error)
{
    g_autoptr(GHashTable) known =
        g_hash_table_new_full(dim_text_hash, g_str_equal, g_free, NULL);
    g_autoptr(GPtrArray) fresh = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) met = g_ptr_array_new();
    Crowd crowd = { known, strangers->acquainted, fresh, met };
    gboolean done =
        dim_store_list(strangers->store, DIM_TABLE_CONTACTS, FALSE, note_key, known, error)
        && dim_store_list(strangers->store, DIM_TABLE_STATIONS, FALSE, note_label, known, error)
        && dim_store_list(strangers->store, DIM_TABLE_GROUPS, FALSE, note_key, known, error)
        && dim_store_list(strangers->store, DIM_TABLE_METAS, FALSE, note_stranger, &crowd,
                          error);

    for (guint i = 0; i < met->len; i++)
        g_ptr_array_add(fresh, met->pdata[i]);
    return done ? g_steal_pointer(&fresh) : NULL;
}

static gboolean
remove_person(DimStore *store, const char *id, GError **error)
{
    g_autoptr(GHashTable) rows =
        g_hash_table_new_full(dim_text_hash, g_str_equal, g_free, NULL);
    GHashTableIter iter;
    gpointer key;
    gboolean done =
        dim_store_list_label(store, DIM_TABLE_DOCUMENTS, id, FALSE, note_key, rows, error);

    g_hash_table_iter_init(&iter, rows);
    while (done && g_hash_table_iter_next(&iter, &key, NULL))
        done = dim_store_remove(store, DIM_TABLE_DOCUMENTS, key, error);
    return done && dim_told_forget(store, id, error)
           && dim_store_remove(store, DIM_TABLE_LOGINS, id, error)
           && dim_store_remove(store, DIM_TABLE_METAS, id, error);
}

/* The first so many of all; adds who they are to gone. */
static gboolean
remove_first(DimStrangers *strangers,
             const GPtrArray *all,
             guint count,
             GPtrArray *gone,
             GError **error)
{
    g_autoptr(GHashTable) leaving = g_hash_table_new(dim_text_hash, g_str_equal);

    for (guint i = 0; i < count; i++) {
        char *text = all->pdata[i];
        DimId *id = dim_id_parse(text, NULL);

        if (id != NULL)
            g_ptr_array_add(gone, id);
        if (!remove_person(strangers->store, text, error))
            return FALSE;
        g_hash_table_add(leaving, text);
        strangers->count--;
    }
    return dim_keyring_forget(strangers->store, leaving, error);
}

GPtrArray *
dim_strangers_admit(DimStrangers *strangers, const DimId *newcomer, GError **error)
{
    g_autoptr(GPtrArray) gone = g_ptr_array_new_with_free_func((GDestroyNotify)dim_id_unref);
    g_autoptr(GPtrArray) all = NULL;

    if (dim_store_has(strangers->store, DIM_TABLE_CONTACTS, dim_id_text(newcomer)))
        return g_steal_pointer(&gone);
    if (dim_store_was_undone(strangers->store, &strangers->since))
        strangers->counted = FALSE;
    if (!strangers->counted || strangers->count >= DIM_STRANGERS_MAX) {
        all = list_strangers(strangers, error);
        if (all == NULL)
            return NULL;
        strangers->count = all->len;
        strangers->counted = TRUE;
    }
    if (all != NULL && all->len >= DIM_STRANGERS_MAX
        && !remove_first(strangers, all,
                         all->len - DIM_STRANGERS_MAX + DIM_STRANGERS_MAX / 8 + 1, gone, error))
        return NULL;
    strangers->count++;
    return g_steal_pointer(&gone);
}
