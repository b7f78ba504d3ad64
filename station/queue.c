/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages kept until their reader has them: one row each, what they weigh counted in memory. */
#include "station/queue.h"

#include "base/errors.h"
#include "base/hash.h"
#include "storage/ages.h"

#define EXPIRE_BATCH 1000
#define STEP         0.000002 /* seconds; doubles near 2e9 tell times 2.4e-7 apart */

typedef struct {
    guint count;
    guint64 bytes;
} Weight;

struct _DimQueue {
    DimStore *store;
    const DimSettings *limits;
    const DimClock *clock;
    GHashTable *weights; /* reader's ID text -> Weight */
    guint64 count, bytes;
    DimAges *ages;
    double last_rank;    /* the highest there ever was, as far as any row or mark tells */
    guint since;         /* see dim_store_was_undone() */
    gboolean unreadable; /* and that was said */
};

void
dim_queue_item_free(DimQueueItem *item)
{
    if (item == NULL)
        return;
    g_free(item->key);
    g_clear_pointer(&item->payload, g_bytes_unref);
    g_free(item);
}

static DimQueueItem *
item_new(const char *key, double rank, GBytes *payload)
{
    DimQueueItem *item = g_new0(DimQueueItem, 1);

    item->key = g_strdup(key);
    item->rank = rank;
    item->payload = payload != NULL ? g_bytes_ref(payload) : NULL;
    return item;
}

/* ---- what there is ---- */

static Weight *
weight_of(DimQueue *queue, const char *reader)
{
    Weight *weight = g_hash_table_lookup(queue->weights, reader);

    if (weight == NULL) {
        weight = g_new0(Weight, 1);
        g_hash_table_insert(queue->weights, g_strdup(reader), weight);
    }
    return weight;
}

static void
add_weight(DimQueue *queue, const char *reader, guint64 size)
{
    Weight *weight = weight_of(queue, reader);

    weight->count++;
    weight->bytes += size;
    queue->count++;
    queue->bytes += size;
}

static void
take_weight(DimQueue *queue, const char *reader, guint64 size)
{
    Weight *weight = weight_of(queue, reader);

    weight->count -= MIN(weight->count, 1);
    weight->bytes -= MIN(weight->bytes, size);
    queue->count -= MIN(queue->count, 1);
    queue->bytes -= MIN(queue->bytes, size);
    if (weight->count == 0)
        g_hash_table_remove(queue->weights, reader);
}

/* The note of a row is its payload's size in digits. */
static guint64
size_of(const DimRecord *record)
{
    return record->note != NULL ? g_ascii_strtoull(record->note, NULL, 10) : 0;
}

static gboolean
count_row(const DimRecord *record, gpointer data)
{
    DimQueue *queue = data;

    if (record->label != NULL)
        add_weight(queue, record->label, size_of(record));
    queue->last_rank = MAX(queue->last_rank, record->rank);
    return TRUE;
}

static gboolean
recount(DimQueue *queue, GError **error)
{
    g_hash_table_remove_all(queue->weights);
    queue->count = queue->bytes = 0;
    return dim_store_list(queue->store, DIM_TABLE_QUEUE, FALSE, count_row, queue, error);
}

/* What was weighed may have been undone with its transaction. */
static gboolean
weigh_undone(DimQueue *queue, GError **error)
{
    return !dim_store_was_undone(queue->store, &queue->since) || recount(queue, error);
}

DimQueue *
dim_queue_new(DimStore *store, const DimSettings *limits, const DimClock *clock, GError **error)
{
    g_autoptr(DimQueue) queue = g_new0(DimQueue, 1);

    queue->store = store;
    queue->limits = limits;
    queue->clock = clock;
    queue->weights = g_hash_table_new_full(dim_text_hash, g_str_equal, g_free, g_free);
    queue->ages = dim_ages_new(store, clock, limits->queue_days * 86400.0);
    (void)dim_store_was_undone(store, &queue->since);
    if (!dim_ages_last(queue->ages, &queue->last_rank, error) || !recount(queue, error))
        return NULL;
    return g_steal_pointer(&queue);
}

void
dim_queue_free(DimQueue *queue)
{
    if (queue == NULL)
        return;
    g_hash_table_unref(queue->weights);
    dim_ages_free(queue->ages);
    g_free(queue);
}

guint
dim_queue_count(const DimQueue *queue, const DimId *reader)
{
    const Weight *weight = g_hash_table_lookup(queue->weights, dim_id_text(reader));

    return weight != NULL ? weight->count : 0;
}

guint64
dim_queue_total(const DimQueue *queue)
{
    return queue->count;
}

/* ---- in and out ---- */

static gboolean
has_room(DimQueue *queue, const char *reader, gsize size)
{
    const Weight *weight = g_hash_table_lookup(queue->weights, reader);

    if (queue->count >= queue->limits->total_messages
        || queue->bytes + size > queue->limits->total_bytes)
        return FALSE;
    return (weight != NULL ? weight->count : 0) < queue->limits->queue_messages
           && (weight != NULL ? weight->bytes : 0) + size <= queue->limits->queue_bytes;
}

DimQueueVerdict
dim_queue_put(DimQueue *queue,
              const DimId *reader,
              const char *signature,
              GBytes *payload,
              DimQueueItem **item,
              GError **error)
{
    const char *label = dim_id_text(reader);
    g_autofree char *key = g_strdup_printf("%s %s", label, signature);
    g_autofree char *note = g_strdup_printf("%" G_GSIZE_FORMAT, g_bytes_get_size(payload));
    DimRecord record = { .key = key, .label = label, .note = note, .value = payload };

    if (!weigh_undone(queue, error))
        return DIM_QUEUE_FAILED;
    if (dim_store_has(queue->store, DIM_TABLE_QUEUE, key)) {
        *item = item_new(key, 0, NULL);
        return DIM_QUEUE_THERE;
    }
    if (!has_room(queue, label, g_bytes_get_size(payload)))
        return DIM_QUEUE_FULL;
    /* Order alone: it grows whatever the clock does. */
    record.rank = MAX(dim_clock_now(queue->clock), queue->last_rank + STEP);
    if (!dim_store_save(queue->store, DIM_TABLE_QUEUE, &record, error))
        return DIM_QUEUE_FAILED;
    queue->last_rank = record.rank;
    add_weight(queue, label, g_bytes_get_size(payload));
    *item = item_new(key, record.rank, payload);
    return DIM_QUEUE_KEPT;
}

typedef struct {
    char *label;
    guint64 size;
} Found;

static gboolean
note_row(const DimRecord *record, gpointer data)
{
    Found *found = data;

    found->label = g_strdup(record->label);
    found->size = size_of(record);
    return FALSE;
}

gboolean
dim_queue_remove(DimQueue *queue, const char *key, GError **error)
{
    Found found = { NULL, 0 };
    g_autofree char *label = NULL;

    if (!weigh_undone(queue, error)
        || !dim_store_find(queue->store, DIM_TABLE_QUEUE, key, note_row, &found, error))
        return FALSE;
    label = found.label;
    if (label == NULL)
        return TRUE;
    if (!dim_store_remove(queue->store, DIM_TABLE_QUEUE, key, error))
        return FALSE;
    take_weight(queue, label, found.size);
    return TRUE;
}

GBytes *
dim_queue_load(DimQueue *queue, const char *key)
{
    return dim_store_load(queue->store, DIM_TABLE_QUEUE, key, NULL);
}

/* ---- in order ---- */

typedef struct {
    GPtrArray *items;
    double after;
    GHashTable *skip;
    guint count;
    gsize bytes, held;
    gboolean end;
} Walk;

static gboolean
walk_row(const DimRecord *record, gpointer data)
{
    Walk *walk = data;

    if (record->rank <= walk->after || record->value == NULL
        || (walk->skip != NULL && g_hash_table_contains(walk->skip, record->key)))
        return TRUE;
    if (walk->items->len >= walk->count || walk->held >= walk->bytes) {
        walk->end = FALSE;
        return FALSE;
    }
    walk->held += g_bytes_get_size(record->value);
    g_ptr_array_add(walk->items, item_new(record->key, record->rank, record->value));
    return TRUE;
}

GPtrArray *
dim_queue_next(DimQueue *queue,
               const DimId *reader,
               double after,
               GHashTable *skip,
               guint count,
               gsize bytes,
               gboolean *end)
{
    g_autoptr(GError) error = NULL;
    Walk walk = { .after = after, .skip = skip, .count = count, .bytes = bytes, .end = TRUE };

    walk.items = g_ptr_array_new_with_free_func((GDestroyNotify)dim_queue_item_free);
    if (!dim_store_list_label(queue->store, DIM_TABLE_QUEUE, dim_id_text(reader), TRUE,
                              walk_row, &walk, &error)) {
        /* It is tried again and again. */
        if (!queue->unreadable)
            g_warning("the queue cannot be read: %s", error->message);
        walk.end = FALSE;
    }
    queue->unreadable = error != NULL;
    *end = walk.end;
    return walk.items;
}

typedef struct {
    GPtrArray *keys;
    double old;
} Aging;

static gboolean
age_row(const DimRecord *record, gpointer data)
{
    Aging *aging = data;

    if (record->rank > aging->old || aging->keys->len >= EXPIRE_BATCH)
        return FALSE;
    g_ptr_array_add(aging->keys, g_strdup(record->key));
    return TRUE;
}

gboolean
dim_queue_expire(DimQueue *queue, GError **error)
{
    g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func(g_free);
    Aging aging = { .keys = keys };

    if (!dim_ages_look(queue->ages, queue->last_rank, &aging.old, error)
        || !dim_store_list(queue->store, DIM_TABLE_QUEUE, FALSE, age_row, &aging, error))
        return FALSE;
    for (guint i = 0; i < keys->len; i++) {
        if (!dim_queue_remove(queue, keys->pdata[i], error))
            return FALSE;
    }
    if (keys->len > 0)
        g_message("%u messages waited too long and were forgotten", keys->len);
    return TRUE;
}
