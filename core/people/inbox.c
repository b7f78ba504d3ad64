/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimInbox: one row a text; the key is its digest, rank its time, note its size. */
#include "people/inbox.h"

#include "base/codec.h"
#include "base/errors.h"
#include "base/words.h"
#include "crypto/digest.h"

#define KEY_BYTES 16

struct _DimInbox {
    DimStore *store;
    guint count; /* an upper bound: what was dropped is in it until the next list */
    guint64 bytes;
    gboolean counted;
    gboolean exact; /* nothing was put in or taken out since it was counted */
};

DimInbox *
dim_inbox_new(DimStore *store)
{
    DimInbox *inbox;

    g_return_val_if_fail(store != NULL, NULL);
    inbox = g_new0(DimInbox, 1);
    inbox->store = dim_store_ref(store);
    return inbox;
}

void
dim_inbox_free(DimInbox *inbox)
{
    if (inbox == NULL)
        return;
    dim_store_unref(inbox->store);
    g_free(inbox);
}

typedef struct {
    DimInbox *inbox;
    GPtrArray *keys;
} Listing;

static gboolean
list_row(const DimRecord *record, gpointer data)
{
    Listing *listing = data;

    listing->inbox->count++;
    listing->inbox->bytes +=
        record->note != NULL ? g_ascii_strtoull(record->note, NULL, 10) : 0;
    g_ptr_array_add(listing->keys, g_strdup(record->key));
    return TRUE;
}

GPtrArray *
dim_inbox_list(DimInbox *inbox, GError **error)
{
    g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func(g_free);
    Listing listing = { inbox, keys };

    inbox->count = 0;
    inbox->bytes = 0;
    if (!dim_store_list(inbox->store, DIM_TABLE_QUEUE, FALSE, list_row, &listing, error))
        return NULL;
    inbox->counted = inbox->exact = TRUE;
    return g_steal_pointer(&keys);
}

gboolean
dim_inbox_seems_full(const DimInbox *inbox, gsize size)
{
    return inbox->count >= DIM_INBOX_MAX_MESSAGES || inbox->bytes + size > DIM_INBOX_MAX_BYTES;
}

static gboolean
has_room(DimInbox *inbox, gsize size, GError **error)
{
    if (!inbox->counted || (dim_inbox_seems_full(inbox, size) && !inbox->exact)) {
        g_autoptr(GPtrArray) keys = dim_inbox_list(inbox, error);

        if (keys == NULL)
            return FALSE;
    }
    if (!dim_inbox_seems_full(inbox, size))
        return TRUE;
    g_set_error_literal(error, DIM_ERROR, DIM_ERROR_NOT_ALLOWED, _("the inbox is full"));
    return FALSE;
}

char *
dim_inbox_put(DimInbox *inbox, const char *text, gsize size, double time, GError **error)
{
    guint8 digest[32];
    g_autofree char *key = NULL;
    g_autofree char *note = g_strdup_printf("%" G_GSIZE_FORMAT, size);
    g_autoptr(GBytes) value = g_bytes_new_static(text, size);
    DimRecord record = { .rank = time, .note = note, .value = value };

    if (!has_room(inbox, size, error))
        return NULL;
    dim_sha256(text, size, digest);
    key = dim_hex_encode(digest, KEY_BYTES);
    record.key = key;
    if (!dim_store_save(inbox->store, DIM_TABLE_QUEUE, &record, error))
        return NULL;
    inbox->count++;
    inbox->bytes += size;
    inbox->exact = FALSE;
    return g_steal_pointer(&key);
}

GBytes *
dim_inbox_read(DimInbox *inbox, const char *key, GError **error)
{
    return dim_store_load(inbox->store, DIM_TABLE_QUEUE, key, error);
}

gboolean
dim_inbox_drop(DimInbox *inbox, const char *key, GError **error)
{
    inbox->exact = FALSE;
    return dim_store_remove(inbox->store, DIM_TABLE_QUEUE, key, error);
}
