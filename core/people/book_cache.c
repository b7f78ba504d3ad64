/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parsed pages of a DimBook: read on demand, kept while they are used. */
#include "people/book_cache.h"

#include "base/hash.h"
#include "base/json.h"
#include "people/records.h"

/* Pages; some 8 KiB each. Ten thousand idle contacts cost nothing, a busy group of a hundred stays in. */
#define MAX_PAGES 128

typedef struct {
    DimPage page; /* first, so that a page is its entry */
    char *id;
    GList link; /* in `order`, most recent first */
} Entry;

struct _DimBookCache {
    DimStore *store;
    GHashTable *entries; /* id text (owned by the entry) -> Entry */
    GQueue order;
    guint since; /* see dim_store_was_undone() */
};

static void
entry_free(gpointer data)
{
    Entry *entry = data;

    if (entry->page.meta != NULL)
        dim_meta_unref(entry->page.meta);
    g_ptr_array_unref(entry->page.documents);
    g_free(entry->id);
    g_free(entry);
}

DimBookCache *
dim_book_cache_new(DimStore *store)
{
    DimBookCache *cache = g_new0(DimBookCache, 1);

    cache->store = dim_store_ref(store);
    cache->entries = g_hash_table_new_full(dim_text_hash, g_str_equal, NULL, entry_free);
    g_queue_init(&cache->order);
    return cache;
}

void
dim_book_cache_free(DimBookCache *cache)
{
    if (cache == NULL)
        return;
    g_hash_table_unref(cache->entries);
    dim_store_unref(cache->store);
    g_free(cache);
}

static void
remove_entry(DimBookCache *cache, Entry *entry)
{
    g_queue_unlink(&cache->order, &entry->link);
    g_hash_table_remove(cache->entries, entry->id);
}

void
dim_book_cache_drop(DimBookCache *cache, const DimId *id)
{
    Entry *entry = g_hash_table_lookup(cache->entries, dim_id_text(id));

    if (entry != NULL)
        remove_entry(cache, entry);
}

/* A record that is no longer good counts as missing: it will be asked for again. */
static void
say_broken(const DimId *id, const char *what, const GError *error)
{
    g_warning("the stored %s of %s is not usable: %s", what, dim_id_text(id),
              error != NULL ? error->message : "it belongs to somebody else");
}

static DimMeta *
read_meta(DimBookCache *cache, const DimId *id)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(JsonObject) object =
        dim_record_load_json(cache->store, DIM_TABLE_METAS, dim_id_text(id), &error);
    g_autoptr(DimMeta) meta = NULL;

    if (object != NULL)
        meta = dim_meta_from_json(object, &error);
    if (meta != NULL && dim_meta_matches(meta, id))
        return g_steal_pointer(&meta);
    if (object != NULL || error != NULL)
        say_broken(id, "meta", error);
    return NULL;
}

typedef struct {
    const DimId *id;
    GPtrArray *documents;
} Reading;

static gboolean
read_document(const DimRecord *record, gpointer data)
{
    const Reading *reading = data;
    g_autoptr(GError) error = NULL;
    g_autoptr(JsonObject) object = NULL;
    DimDocument *document = NULL;
    const char *text;
    gsize size = 0;

    if (record->value == NULL)
        return TRUE;
    text = g_bytes_get_data(record->value, &size);
    object = dim_json_parse(size > 0 ? text : "", (gssize)size, &error);
    if (object != NULL)
        document = dim_document_from_json(object, reading->id, &error);
    if (document != NULL)
        g_ptr_array_insert(reading->documents, 0, document); /* rows come oldest first */
    else
        say_broken(reading->id, "document", error);
    return TRUE;
}

static GPtrArray *
read_documents(DimBookCache *cache, const DimId *id)
{
    GPtrArray *documents = g_ptr_array_new_with_free_func((GDestroyNotify)dim_document_unref);
    Reading reading = { id, documents };
    g_autoptr(GError) error = NULL;

    if (!dim_store_list_label(cache->store, DIM_TABLE_DOCUMENTS, dim_id_text(id), TRUE,
                              read_document, &reading, &error))
        say_broken(id, "documents", error);
    return documents;
}

/* What a transaction brought that was rolled back is known no more. */
static void
forget_undone(DimBookCache *cache)
{
    if (!dim_store_was_undone(cache->store, &cache->since))
        return;
    g_queue_init(&cache->order); /* the links are the entries' */
    g_hash_table_remove_all(cache->entries);
}

const DimPage *
dim_book_cache_page(DimBookCache *cache, const DimId *id)
{
    Entry *entry;

    forget_undone(cache);
    entry = g_hash_table_lookup(cache->entries, dim_id_text(id));
    if (entry != NULL) {
        g_queue_unlink(&cache->order, &entry->link);
        g_queue_push_head_link(&cache->order, &entry->link);
        return &entry->page;
    }
    while (g_queue_get_length(&cache->order) >= MAX_PAGES)
        remove_entry(cache, g_queue_peek_tail(&cache->order));
    entry = g_new0(Entry, 1);
    entry->id = g_strdup(dim_id_text(id));
    entry->link.data = entry;
    entry->page.meta = read_meta(cache, id);
    entry->page.documents = read_documents(cache, id);
    g_hash_table_insert(cache->entries, entry->id, entry);
    g_queue_push_head_link(&cache->order, &entry->link);
    return &entry->page;
}

char *
dim_book_document_row(const DimDocument *document)
{
    const char *terminal = dim_document_terminal(document);

    return g_strjoin(" ", dim_id_text(dim_document_owner(document)),
                     dim_document_type(document), terminal,
                     NULL); /* a NULL terminal ends the list */
}
