/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sealed bytes that wait to leave: rank is the tag, note the other columns, value the bytes. */
#include "people/outbox.h"

#include <string.h>

#include "base/errors.h"
#include "base/words.h"
#include "people/records.h"

/* The row of DIM_TABLE_SELF that keeps the last tag that may have been given out: one write for so many tags. */
#define COUNTER  "outbox tag"
#define RESERVED 100

struct _DimOutbox {
    DimStore *store;
    guint64 last;     /* tag */
    guint64 reserved; /* the last that the row covers */
    guint since;      /* see dim_store_was_undone() */
};

/* A row in our own memory, so that the caller may change the outbox while it looks at an item. */
typedef struct {
    DimRow row;
    char **words;
    DimOutboxItem item;
} Held;

static void
held_clear(Held *held)
{
    dim_row_clear(&held->row);
    g_strfreev(held->words);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Held, held_clear)

static gboolean
note_last(const DimRecord *record, gpointer data)
{
    guint64 *last = data;

    *last = MAX(*last, (guint64)record->rank);
    return TRUE;
}

DimOutbox *
dim_outbox_new(DimStore *store)
{
    g_autoptr(GError) error = NULL;
    DimOutbox *outbox;

    g_return_val_if_fail(store != NULL, NULL);
    outbox = g_new0(DimOutbox, 1);
    outbox->store = dim_store_ref(store);
    if (!dim_store_find(store, DIM_TABLE_SELF, COUNTER, note_last, &outbox->last, &error)
        || !dim_store_list(store, DIM_TABLE_OUTBOX, FALSE, note_last, &outbox->last, &error))
        g_warning("the outbox is not readable: %s", error->message);
    return outbox;
}

void
dim_outbox_free(DimOutbox *outbox)
{
    if (outbox == NULL)
        return;
    dim_store_unref(outbox->store);
    g_free(outbox);
}

static char *
key_of(guint64 tag)
{
    return g_strdup_printf("%020" G_GUINT64_FORMAT, tag);
}

/* "serial\ntime\nreceiver\nsignature" */
static char *
note_of(const DimOutboxItem *item)
{
    char time[G_ASCII_DTOSTR_BUF_SIZE];

    return g_strdup_printf("%" G_GUINT64_FORMAT "\n%s\n%s\n%s", item->serial,
                           g_ascii_dtostr(time, sizeof time, item->time), item->receiver,
                           item->signature);
}

static gboolean
save(DimOutbox *outbox, const DimOutboxItem *item, GError **error)
{
    g_autofree char *key = key_of(item->tag);
    g_autofree char *note = note_of(item);
    DimRecord record = {
        .key = key,
        .rank = (double)item->tag,
        .note = note,
        .value = item->payload,
    };

    return dim_store_save(outbox->store, DIM_TABLE_OUTBOX, &record, error);
}

/* A tag that was given out once is never given out again: a late acknowledgement would speak for another message. */
static gboolean
reserve(DimOutbox *outbox, guint64 tag, GError **error)
{
    guint64 up_to = tag + RESERVED - 1;
    DimRecord counter = { .key = COUNTER, .rank = (double)up_to };

    if (tag <= outbox->reserved)
        return TRUE;
    if (!dim_store_save(outbox->store, DIM_TABLE_SELF, &counter, error))
        return FALSE;
    outbox->reserved = up_to;
    return TRUE;
}

gboolean
dim_outbox_put(DimOutbox *outbox,
               const DimId *receiver,
               guint64 serial,
               const char *signature,
               const char *payload,
               double now,
               guint64 *tag,
               GError **error)
{
    g_autoptr(GBytes) bytes = g_bytes_new(payload, strlen(payload));
    DimOutboxItem item = {
        .tag = outbox->last + 1,
        .signature = signature,
        .receiver = dim_id_text(receiver),
        .serial = serial,
        .time = now,
        .payload = bytes,
    };
    gboolean mine;
    gboolean done;

    if (dim_store_was_undone(outbox->store, &outbox->since))
        outbox->reserved = 0;
    if (!dim_records_begin(outbox->store, &mine, error))
        return FALSE;
    outbox->last = item.tag; /* not given out again, even if this is rolled back */
    done = save(outbox, &item, error) && reserve(outbox, item.tag, error);
    if (!dim_records_end(outbox->store, mine, done, error))
        return FALSE;
    *tag = item.tag;
    return TRUE;
}

/* FALSE with an error for a row that is not one of ours. Older ones begin with a mark that means nothing any more. */
static gboolean
read_note(Held *held, GError **error)
{
    char **words = held->words =
        g_strsplit(held->row.note != NULL ? held->row.note : "", "\n", 5);
    guint count = g_strv_length(words);

    if ((count != 4 && count != 5) || held->row.value == NULL) {
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_STORAGE,
                            _("A message in the outbox is broken"));
        return FALSE;
    }
    held->item = (DimOutboxItem){
        .tag = (guint64)held->row.rank,
        .signature = words[count - 1],
        .receiver = words[count - 2],
        .serial = g_ascii_strtoull(words[count - 4], NULL, 10),
        .time = g_ascii_strtod(words[count - 3], NULL),
        .payload = held->row.value,
    };
    return TRUE;
}

/* TRUE if it is there; FALSE without an error if it is not. */
static gboolean
hold(DimOutbox *outbox, const char *key, Held *held, GError **error)
{
    return dim_row_find(outbox->store, DIM_TABLE_OUTBOX, key, &held->row, error)
           && held->row.found && read_note(held, error);
}

gboolean
dim_outbox_remove(DimOutbox *outbox, guint64 tag, GError **error)
{
    g_autofree char *key = key_of(tag);

    return dim_store_remove(outbox->store, DIM_TABLE_OUTBOX, key, error);
}

gboolean
dim_outbox_each(DimOutbox *outbox, DimOutboxFunc func, gpointer data, GError **error)
{
    g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func(g_free);

    if (!dim_store_list(outbox->store, DIM_TABLE_OUTBOX, FALSE, dim_record_note_key, keys,
                        error))
        return FALSE;
    for (guint i = 0; i < keys->len; i++) {
        g_auto(Held) held = { 0 };
        g_autoptr(GError) why = NULL;

        if (hold(outbox, g_ptr_array_index(keys, i), &held, &why)) {
            if (!func(&held.item, data))
                return TRUE;
        } else if (why != NULL) {
            g_warning("a message in the outbox is not readable: %s", why->message);
        }
    }
    return TRUE;
}

gboolean
dim_outbox_find(DimOutbox *outbox, guint64 tag, DimOutboxFunc func, gpointer data)
{
    g_autofree char *key = key_of(tag);
    g_auto(Held) held = { 0 };
    g_autoptr(GError) error = NULL;

    if (!hold(outbox, key, &held, &error)) {
        if (error != NULL)
            g_warning("the outbox is not readable: %s", error->message);
        return FALSE;
    }
    func(&held.item, data);
    return TRUE;
}

guint
dim_outbox_count(DimOutbox *outbox)
{
    return dim_store_count(outbox->store, DIM_TABLE_OUTBOX);
}
