/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sealed bytes that wait to leave: the tag as key and rank, the signature as label, the rest in the note. */
#include "people/outbox.h"

#include <stdio.h>

#include "base/errors.h"

#define COUNTER \
    "outbox tag" /* in DIM_TABLE_SELF: tags are never given twice, also after removal */
#define MIN_SUFFIX 16

struct _DimOutbox {
    DimStore *store;
    guint64 last;
};

typedef struct {
    DimOutboxFunc func;
    gpointer data;
    const char *suffix; /* (nullable) */
    gboolean found;
} DimVisit;

static gboolean
read_counter(const DimRecord *record, gpointer data)
{
    guint64 *last = data;

    *last = record->label != NULL ? g_ascii_strtoull(record->label, NULL, 10) : 0;
    return FALSE;
}

DimOutbox *
dim_outbox_new(DimStore *store)
{
    DimOutbox *outbox = g_new0(DimOutbox, 1);
    g_autoptr(GError) error = NULL;

    outbox->store = store;
    if (!dim_store_find(store, DIM_TABLE_SELF, COUNTER, read_counter, &outbox->last, &error))
        g_warning("the outbox's counter could not be read: %s", error->message);
    return outbox;
}

void
dim_outbox_free(DimOutbox *outbox)
{
    g_free(outbox);
}

static void
key_of(guint64 tag, char key[24])
{
    g_snprintf(key, 24, "%020" G_GUINT64_FORMAT, tag);
}

/* note: sent serial time receiver */
static char *
note_of(gboolean sent, guint64 serial, double time, const char *receiver)
{
    char when[G_ASCII_DTOSTR_BUF_SIZE];

    g_ascii_formatd(when, sizeof when, "%.6f", time);
    return g_strdup_printf("%d %" G_GUINT64_FORMAT " %s %s", sent, serial, when, receiver);
}

static gboolean
parse_note(const char *note, DimOutboxItem *item)
{
    g_auto(GStrv) parts = note != NULL ? g_strsplit(note, " ", 4) : NULL;

    if (parts == NULL || g_strv_length(parts) != 4)
        return FALSE;
    item->sent = parts[0][0] == '1';
    item->serial = g_ascii_strtoull(parts[1], NULL, 10);
    item->time = g_ascii_strtod(parts[2], NULL);
    item->receiver = note + (strlen(note) - strlen(parts[3]));
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
    g_autoptr(GBytes) value = g_bytes_new(payload, strlen(payload));
    g_autofree char *note = note_of(FALSE, serial, now, dim_id_text(receiver));
    char key[24];
    char counter[24];
    DimRecord record = { .key = key, .label = signature, .note = note, .value = value };
    DimRecord last = { .key = COUNTER, .label = counter };

    key_of(outbox->last + 1, key);
    key_of(outbox->last + 1, counter);
    record.rank = (double)(outbox->last + 1);
    if (!dim_store_save(outbox->store, DIM_TABLE_OUTBOX, &record, error)
        || !dim_store_save(outbox->store, DIM_TABLE_SELF, &last, error))
        return FALSE;
    *tag = ++outbox->last;
    return TRUE;
}

static gboolean
visit(const DimRecord *record, gpointer data)
{
    DimVisit *visit = data;
    DimOutboxItem item = { .tag = g_ascii_strtoull(record->key, NULL, 10),
                           .signature = record->label != NULL ? record->label : "",
                           .payload = record->value };

    if (visit->suffix != NULL && !g_str_has_suffix(item.signature, visit->suffix))
        return TRUE;
    if (!parse_note(record->note, &item)) {
        g_warning("an outbox row is damaged: left alone");
        return TRUE;
    }
    visit->found = TRUE;
    return visit->func(&item, visit->data);
}

static gboolean
keep_item(const DimOutboxItem *item, gpointer data)
{
    DimRecord *record = data;
    char key[24];

    key_of(item->tag, key);
    record->key = g_strdup(key);
    record->rank = (double)item->tag;
    record->label = g_strdup(item->signature);
    record->note = note_of(TRUE, item->serial, item->time, item->receiver);
    record->value = g_bytes_ref(item->payload);
    return FALSE;
}

gboolean
dim_outbox_mark_sent(DimOutbox *outbox, guint64 tag, GError **error)
{
    DimRecord record = { 0 };
    gboolean good = TRUE;

    if (!dim_outbox_find(outbox, tag, keep_item, &record))
        return TRUE; /* confirmed meanwhile */
    good = dim_store_save(outbox->store, DIM_TABLE_OUTBOX, &record, error);
    g_free((char *)(guintptr)record.key);
    g_free((char *)(guintptr)record.label);
    g_free((char *)(guintptr)record.note);
    g_bytes_unref(record.value);
    return good;
}

gboolean
dim_outbox_remove(DimOutbox *outbox, guint64 tag, GError **error)
{
    char key[24];

    key_of(tag, key);
    return dim_store_remove(outbox->store, DIM_TABLE_OUTBOX, key, error);
}

gboolean
dim_outbox_each(DimOutbox *outbox, DimOutboxFunc func, gpointer data, GError **error)
{
    DimVisit walk = { .func = func, .data = data };

    return dim_store_list(outbox->store, DIM_TABLE_OUTBOX, TRUE, visit, &walk, error);
}

gboolean
dim_outbox_find(DimOutbox *outbox, guint64 tag, DimOutboxFunc func, gpointer data)
{
    DimVisit walk = { .func = func, .data = data };
    g_autoptr(GError) error = NULL;
    char key[24];

    key_of(tag, key);
    if (!dim_store_find(outbox->store, DIM_TABLE_OUTBOX, key, visit, &walk, &error))
        g_warning("the outbox could not be read: %s", error->message);
    return walk.found;
}

gboolean
dim_outbox_find_signature(DimOutbox *outbox,
                          const char *signature,
                          DimOutboxFunc func,
                          gpointer data)
{
    DimVisit walk = { .func = func, .data = data, .suffix = signature };
    g_autoptr(GError) error = NULL;

    if (strlen(signature) < MIN_SUFFIX)
        return FALSE;
    if (!dim_store_list(outbox->store, DIM_TABLE_OUTBOX, TRUE, visit, &walk, &error))
        g_warning("the outbox could not be read: %s", error->message);
    return walk.found;
}

guint
dim_outbox_count(DimOutbox *outbox)
{
    return dim_store_count(outbox->store, DIM_TABLE_OUTBOX);
}
