/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which parked messages go: those of strangers when room is needed, those of everybody else when they are old. */
#include "people/shelf_room.h"

#include <string.h>

#include "people/records.h"

gboolean
dim_shelf_label_is_incoming(const char *label)
{
    return g_str_has_prefix(label, "in ");
}

char *
dim_shelf_note_new(gsize bytes, const char *sender)
{
    return sender != NULL ? g_strdup_printf("%" G_GSIZE_FORMAT " %s", bytes, sender)
                          : g_strdup_printf("%" G_GSIZE_FORMAT, bytes);
}

guint64
dim_shelf_note_bytes(const char *note)
{
    return note != NULL ? g_ascii_strtoull(note, NULL, 10) : 0;
}

const char *
dim_shelf_note_sender(const char *note)
{
    const char *space = note != NULL ? strchr(note, ' ') : NULL;

    return space != NULL ? space + 1 : NULL;
}

static const char *
sender_of(const DimRecord *record)
{
    const char *sender = dim_shelf_note_sender(record->note);

    return sender != NULL ? sender : strchr(record->label, ' ') + 1;
}

/* What one sender has there. */
typedef struct {
    guint rows;
    guint64 bytes;
    gboolean is_friend;
} Share;

/* Who must go so that there is room: rows come oldest first. */
typedef struct {
    DimStore *store;
    const char *only;    /* (nullable) rows of this label alone */
    const char *most;    /* (nullable) rows of this sender alone */
    GHashTable *shares;  /* sender -> Share */
    GHashTable *leaving; /* set of labels that go altogether */
    guint persons, rows; /* still to go */
    guint64 bytes;       /* still to go */
    GPtrArray *keys;
} Eviction;

static gboolean
is_in_question(const Eviction *eviction, const DimRecord *record)
{
    return record->label != NULL && dim_shelf_label_is_incoming(record->label)
           && (eviction->only == NULL || g_str_equal(eviction->only, record->label));
}

/* A contact whose meta is known: of others nobody has proved who they are, and anybody may write in their name. */
static gboolean
is_friend(DimStore *store, const char *sender)
{
    return dim_store_has(store, DIM_TABLE_CONTACTS, sender)
           && dim_store_has(store, DIM_TABLE_METAS, sender);
}

static gboolean
count_share(const DimRecord *record, gpointer data)
{
    Eviction *eviction = data;
    const char *sender;
    Share *share;

    if (!is_in_question(eviction, record))
        return TRUE;
    sender = sender_of(record);
    share = g_hash_table_lookup(eviction->shares, sender);
    if (share == NULL) {
        share = g_new0(Share, 1);
        share->is_friend = is_friend(eviction->store, sender);
        g_hash_table_insert(eviction->shares, g_strdup(sender), share);
    }
    share->rows++;
    share->bytes += dim_shelf_note_bytes(record->note);
    return TRUE;
}

/* (nullable) The stranger who could make all of that room alone. */
static const char *
find_most(const Eviction *eviction)
{
    const char *most = NULL;
    guint rows = eviction->rows;
    guint64 bytes = eviction->bytes;
    GHashTableIter iter;
    gpointer sender;
    gpointer value;

    if (eviction->persons > 0)
        return NULL;
    g_hash_table_iter_init(&iter, eviction->shares);
    while (g_hash_table_iter_next(&iter, &sender, &value)) {
        const Share *share = value;

        if (share->is_friend || share->rows < rows || share->bytes < bytes)
            continue;
        most = sender;
        rows = MAX(rows, eviction->rows > 0 ? share->rows : 0);
        bytes = MAX(bytes, eviction->bytes > 0 ? share->bytes : 0);
    }
    return most;
}

static gboolean
may_go(const Eviction *eviction, const DimRecord *record)
{
    const char *sender = sender_of(record);
    const Share *share = g_hash_table_lookup(eviction->shares, sender);

    return share != NULL && !share->is_friend
           && (eviction->most == NULL || g_str_equal(eviction->most, sender));
}

static gboolean
choose_row(const DimRecord *record, gpointer data)
{
    Eviction *eviction = data;
    guint64 size = dim_shelf_note_bytes(record->note);
    gboolean goes;

    if (!is_in_question(eviction, record) || !may_go(eviction, record))
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
dim_shelf_make_room(DimStore *store, const DimShelfRoom *wanted, guint *gone, GError **error)
{
    g_autoptr(GHashTable) shares =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autoptr(GHashTable) leaving =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func(g_free);
    Eviction eviction = { .store = store,
                          .only = wanted->only,
                          .shares = shares,
                          .leaving = leaving,
                          .persons = wanted->persons,
                          .rows = wanted->rows,
                          .bytes = wanted->bytes,
                          .keys = keys };

    if (!dim_store_list(store, DIM_TABLE_WAITING, FALSE, count_share, &eviction, error))
        return FALSE;
    eviction.most = find_most(&eviction);
    if (!dim_store_list(store, DIM_TABLE_WAITING, FALSE, choose_row, &eviction, error))
        return FALSE;
    g_debug("%u parked messages of strangers make room", keys->len);
    *gone += keys->len;
    return dim_records_remove(store, DIM_TABLE_WAITING, keys, error);
}

typedef struct {
    double old;
    GPtrArray *keys;
} Aging;

static gboolean
age_row(const DimRecord *record, gpointer data)
{
    Aging *aging = data;

    if (record->rank > aging->old)
        return FALSE;
    if (record->label != NULL && dim_shelf_label_is_incoming(record->label))
        g_ptr_array_add(aging->keys, g_strdup(record->key));
    return TRUE;
}

gboolean
dim_shelf_forget_until(DimStore *store, double old, guint *gone, GError **error)
{
    g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func(g_free);
    Aging aging = { old, keys };

    if (!dim_store_list(store, DIM_TABLE_WAITING, FALSE, age_row, &aging, error))
        return FALSE;
    *gone += keys->len;
    return dim_records_remove(store, DIM_TABLE_WAITING, keys, error);
}
