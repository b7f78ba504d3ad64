/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimBook: what is accepted into the book of metas and documents, and what is read from it. */
#include "people/book.h"

#include <string.h>

#include "base/errors.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/words.h"
#include "people/book_cache.h"
#include "people/book_keep.h"
#include "people/pauses.h"
#include "people/records.h"
#include "people/strangers.h"

#define ASK_SECONDS  600 /* protocol §8 */
#define PUSH_SECONDS 3600
#define MAX_RECEIPTS 10 /* to one person: each costs a signature */
#define MAX_VERIFY   5 /* keys that are tried: the meta's, with which clients sign, and visas' */
#define MAX_KNOWN    16384

/* Bytes of JSON: what people give out is a tenth of it, what others may put on this disk must have an end. */
#define MAX_META  (16u * 1024)
#define MAX_LOGIN (64u * 1024)

struct _DimBook {
    DimStore *store;       /* borrowed */
    const DimClock *clock; /* borrowed */
    DimBookCache *cache;
    DimPauses *asked;        /* "what id" */
    DimPauses *receipts;     /* "number id" */
    DimPauses *told;         /* "id is told my visa" */
    DimPauses *warned;       /* "id what" */
    GHashTable *acquainted;  /* id text */
    DimStrangers *strangers; /* NULL: no bound */
};

DimBook *
dim_book_new(DimStore *store, const DimClock *clock)
{
    DimBook *book;

    g_return_val_if_fail(store != NULL && clock != NULL, NULL);
    book = g_new0(DimBook, 1);
    book->store = store;
    book->clock = clock;
    book->cache = dim_book_cache_new(store);
    book->asked = dim_pauses_new(clock, ASK_SECONDS, DIM_PAUSES_YIELD);
    book->receipts = dim_pauses_new(clock, ASK_SECONDS, DIM_PAUSES_REFUSE);
    book->told = dim_pauses_new(clock, PUSH_SECONDS, DIM_PAUSES_REFUSE);
    book->warned = dim_pauses_new(clock, PUSH_SECONDS, DIM_PAUSES_YIELD);
    book->acquainted = g_hash_table_new_full(dim_text_hash, g_str_equal, g_free, NULL);
    book->strangers = dim_strangers_new(store, book->acquainted);
    return book;
}

void
dim_book_keep_everybody(DimBook *book)
{
    g_clear_pointer(&book->strangers, dim_strangers_free);
}

void
dim_book_free(DimBook *book)
{
    if (book == NULL)
        return;
    dim_book_cache_free(book->cache);
    g_clear_pointer(&book->strangers, dim_strangers_free);
    dim_pauses_free(book->asked);
    dim_pauses_free(book->receipts);
    dim_pauses_free(book->told);
    dim_pauses_free(book->warned);
    g_hash_table_unref(book->acquainted);
    g_free(book);
}

DimMeta *
dim_book_meta(DimBook *book, const DimId *id)
{
    return dim_book_cache_page(book->cache, id)->meta;
}

/* Strangers who came long ago make room for this one. */
static gboolean
admit(DimBook *book, const DimId *id, GError **error)
{
    g_autoptr(GPtrArray) gone = NULL;

    if (book->strangers == NULL)
        return TRUE;
    gone = dim_strangers_admit(book->strangers, id, error);
    for (guint i = 0; gone != NULL && i < gone->len; i++)
        dim_book_cache_drop(book->cache, gone->pdata[i]);
    return gone != NULL;
}

gboolean
dim_book_save_meta(DimBook *book, const DimId *id, DimMeta *meta, GError **error)
{
    DimRecord record = { .key = dim_id_text(id), .rank = dim_clock_now(book->clock) };
    g_autoptr(JsonObject) object = NULL;
    g_autofree char *text = NULL;
    gboolean mine;
    gboolean done;

    if (!dim_meta_matches(meta, id)) {
        g_set_error(error, DIM_ERROR, DIM_ERROR_UNVERIFIED, "The meta does not prove %s",
                    dim_id_text(id));
        return FALSE;
    }
    if (dim_book_meta(book, id) != NULL)
        return TRUE;
    object = dim_meta_to_json(meta);
    text = dim_json_write(object);
    if (strlen(text) > MAX_META) {
        g_set_error(error, DIM_ERROR, DIM_ERROR_NOT_ALLOWED, _("The meta of %s is too large"),
                    dim_id_text(id));
        return FALSE;
    }
    if (!dim_records_begin(book->store, &mine, error))
        return FALSE;
    done = admit(book, id, error)
           && dim_record_save_text(book->store, DIM_TABLE_METAS, &record, text, error);
    if (!dim_records_end(book->store, mine, done, error))
        return FALSE;
    dim_book_cache_drop(book->cache, id);
    return TRUE;
}

DimBookVerdict
dim_book_save_document(DimBook *book, const DimId *id, DimDocument *document, GError **error)
{
    const DimPage *page = dim_book_cache_page(book->cache, id);
    const DimDocument *former = dim_book_former(page, document);

    if (page->meta == NULL || !dim_id_equal(dim_document_owner(document), id)
        || dim_book_is_too_large(document) || !dim_document_verify(document, page->meta)
        || dim_document_time(document) > dim_clock_now(book->clock) + DIM_CLOCK_AHEAD)
        return DIM_BOOK_REFUSED;
    if (!dim_book_is_news(document, former))
        return DIM_BOOK_NOT_CHANGED;
    if (!dim_book_keep_document(book->store, page, document, former, error))
        return DIM_BOOK_FAILED;
    dim_book_cache_drop(book->cache, id);
    return DIM_BOOK_RECEIVED;
}

static gboolean
is_own_type(const DimDocument *document, const DimId *id)
{
    return g_str_equal(dim_document_type(document), dim_id_is_group(id) ? "bulletin" : "visa");
}

DimDocument *
dim_book_document(DimBook *book, const DimId *id)
{
    const DimPage *page = dim_book_cache_page(book->cache, id);

    for (guint i = 0; i < page->documents->len; i++) {
        DimDocument *document = g_ptr_array_index(page->documents, i);

        if (is_own_type(document, id))
            return document;
    }
    return NULL;
}

GPtrArray *
dim_book_documents(DimBook *book, const DimId *id)
{
    const DimPage *page = dim_book_cache_page(book->cache, id);
    GPtrArray *documents = g_ptr_array_new_with_free_func((GDestroyNotify)dim_document_unref);

    for (guint i = 0; i < page->documents->len; i++) {
        DimDocument *document = g_ptr_array_index(page->documents, i);

        if (is_own_type(document, id))
            g_ptr_array_add(documents, dim_document_ref(document));
    }
    return documents;
}

static DimPublicKey *
encrypting(DimPublicKey *key)
{
    return key != NULL && dim_public_key_can_encrypt(key) ? key : NULL;
}

GPtrArray *
dim_book_encrypt_keys(DimBook *book, const DimId *id, GPtrArray **terminals)
{
    const DimPage *page = dim_book_cache_page(book->cache, id);
    GPtrArray *keys = g_ptr_array_new_with_free_func((GDestroyNotify)dim_public_key_unref);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    gboolean naked = FALSE;

    for (guint i = 0; i < page->documents->len; i++) {
        const DimDocument *document = g_ptr_array_index(page->documents, i);
        DimPublicKey *key = encrypting(dim_document_key(document));

        if (key == NULL || !is_own_type(document, id))
            continue;
        g_ptr_array_add(keys, dim_public_key_ref(key));
        g_ptr_array_add(names, g_strdup(dim_document_terminal(document)));
        naked |= dim_document_terminal(document) == NULL;
    }
    if (keys->len == 0 && page->meta != NULL && encrypting(dim_meta_key(page->meta)) != NULL) {
        g_ptr_array_add(keys, dim_public_key_ref(dim_meta_key(page->meta)));
        g_ptr_array_add(names, NULL);
    } else if (keys->len > 0 && !naked) {
        /* older clients look for the ID without terminal alone: the newest visa's key goes there as well */
        g_ptr_array_insert(keys, 0, dim_public_key_ref(g_ptr_array_index(keys, 0)));
        g_ptr_array_insert(names, 0, NULL);
    }
    if (terminals != NULL)
        *terminals = g_steal_pointer(&names);
    return keys;
}

static void
add_other(GPtrArray *keys, DimPublicKey *key)
{
    for (guint i = 0; i < keys->len; i++) {
        if (dim_public_key_equal(keys->pdata[i], key))
            return;
    }
    g_ptr_array_add(keys, dim_public_key_ref(key));
}

GPtrArray *
dim_book_verify_keys(DimBook *book, const DimId *id)
{
    const DimPage *page = dim_book_cache_page(book->cache, id);
    GPtrArray *keys = g_ptr_array_new_with_free_func((GDestroyNotify)dim_public_key_unref);

    if (page->meta == NULL)
        return keys;
    g_ptr_array_add(keys, dim_public_key_ref(dim_meta_key(page->meta)));
    for (guint i = 0; i < page->documents->len && keys->len < MAX_VERIFY; i++) {
        const DimDocument *document = g_ptr_array_index(page->documents, i);

        if (dim_document_key(document) != NULL && is_own_type(document, id))
            add_other(keys, dim_document_key(document));
    }
    return keys;
}

const char *
dim_book_name(DimBook *book, const DimId *id)
{
    const DimDocument *document = dim_book_document(book, id);

    return document != NULL ? dim_document_name(document) : NULL;
}

gboolean
dim_book_may_ask(DimBook *book, const char *what, const DimId *id)
{
    g_autofree char *question = g_strconcat(what, " ", dim_id_text(id), NULL);

    return dim_pauses_may(book->asked, question);
}

/* Ten slots, each of them free again after its pause. */
gboolean
dim_book_may_answer(DimBook *book, const DimId *id)
{
    for (guint i = 0; i < MAX_RECEIPTS; i++) {
        g_autofree char *slot = g_strdup_printf("%u %s", i, dim_id_text(id));

        if (dim_pauses_may(book->receipts, slot))
            return TRUE;
    }
    return FALSE;
}

/* Of contacts it is kept: a restart begins no new hour. The row goes with the old digests beside it. */
static gboolean
was_pushed(const DimBook *book, const char *push)
{
    g_auto(DimRow) row = { 0 };

    return dim_row_find(book->store, DIM_TABLE_SEEN, push, &row, NULL) && row.found
           && ABS(dim_clock_now(book->clock) - row.rank) < PUSH_SECONDS;
}

gboolean
dim_book_may_push(DimBook *book, const DimId *id)
{
    g_autofree char *push = g_strconcat(dim_id_text(id), " is told my visa", NULL);
    DimRecord record = { .key = push, .rank = dim_clock_now(book->clock) };
    gboolean lasts = dim_store_has(book->store, DIM_TABLE_CONTACTS, dim_id_text(id));
    g_autoptr(GError) error = NULL;

    if ((lasts && was_pushed(book, push)) || !dim_pauses_may(book->told, push))
        return FALSE;
    if (lasts && !dim_store_save(book->store, DIM_TABLE_SEEN, &record, &error))
        g_warning("that my visa was told could not be kept: %s", error->message);
    return TRUE;
}

gboolean
dim_book_may_warn(DimBook *book, const DimId *id, const char *what)
{
    g_autofree char *warning = g_strconcat(dim_id_text(id), " ", what, NULL);

    return dim_pauses_may(book->warned, warning);
}

void
dim_book_forget_asked(DimBook *book, const char *what, const DimId *id)
{
    g_autofree char *question = g_strconcat(what, " ", dim_id_text(id), NULL);

    dim_pauses_forget(book->asked, question);
}

gboolean
dim_book_is_acquainted(DimBook *book, const DimId *id)
{
    return g_hash_table_contains(book->acquainted, dim_id_text(id));
}

void
dim_book_set_acquainted(DimBook *book, const DimId *id)
{
    if (g_hash_table_contains(book->acquainted, dim_id_text(id)))
        return;
    if (g_hash_table_size(book->acquainted) >= MAX_KNOWN)
        g_hash_table_remove_all(book->acquainted); /* costs an attachment more */
    g_hash_table_add(book->acquainted, g_strdup(dim_id_text(id)));
}

gboolean
dim_book_save_login(DimBook *book,
                    const DimId *id,
                    double time,
                    const char *message_text,
                    GError **error)
{
    DimRecord record = { .key = dim_id_text(id), .rank = time };
    g_auto(DimRow) row = { 0 };

    if (strlen(message_text) > MAX_LOGIN)
        return FALSE;
    if (!dim_row_find(book->store, DIM_TABLE_LOGINS, record.key, &row, error))
        return FALSE;
    if (row.found && time < row.rank)
        return FALSE;
    return dim_record_save_text(book->store, DIM_TABLE_LOGINS, &record, message_text, error);
}

char *
dim_book_login(DimBook *book, const DimId *id, double *time)
{
    g_autoptr(GError) error = NULL;
    g_auto(DimRow) row = { 0 };

    if (!dim_row_find(book->store, DIM_TABLE_LOGINS, dim_id_text(id), &row, &error))
        g_warning("the login of %s is not readable: %s", dim_id_text(id), error->message);
    if (row.value == NULL)
        return NULL;
    if (time != NULL)
        *time = row.rank;
    return dim_record_text(row.value);
}
