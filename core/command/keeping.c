/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Histories of groups in memory: not read again for each line, and not written again for each record (protocol §5.14). */
#include "command/keeping.h"

#include <string.h>

#include "base/hash.h"

#define MAX_READ    16     /* histories, */
#define MAX_NAMES   100000 /* and names in all of them: some 100 bytes each */
#define MAX_UNKEPT  16     /* groups with something new, */
#define MAX_WRITTEN 20000  /* names in them: to write so many takes milliseconds, */
#define MAX_SIGNED  100
#define MAX_BYTES   (256u * 1024) /* and signed messages of one of them */

typedef struct {
    DimHistory *history;
    guint64 used; /* the higher, the later */
} Known;

/* What is new of one group. */
typedef struct {
    DimId *group;
    DimId *founder; /* (nullable) */
    DimHistory *history;
    GPtrArray *messages; /* of DimGroupSigned */
    gsize bytes;         /* of them */
    char *signature;     /* (nullable) of the last of them */
} Unkept;

struct _DimGroupCache {
    GHashTable *histories; /* group -> Known */
    guint64 used;          /* of the last of them that somebody asked for */
    GHashTable *unkept;    /* group -> Unkept */
    guint since;           /* see dim_store_was_undone() */
    /* The bulletin that was read last, and what it says. */
    DimDocument *bulletin; /* (nullable) */
    DimId *owner;
    GPtrArray *administrators;
};

static void
forget_bulletin(DimGroupCache *cache)
{
    g_clear_pointer(&cache->bulletin, dim_document_unref);
    g_clear_pointer(&cache->owner, dim_id_unref);
    g_clear_pointer(&cache->administrators, g_ptr_array_unref);
}

static void
signed_free(gpointer data)
{
    dim_group_signed_clear(data);
    g_free(data);
}

static void
unkept_free(gpointer data)
{
    Unkept *unkept = data;

    dim_id_unref(unkept->group);
    g_clear_pointer(&unkept->founder, dim_id_unref);
    dim_history_unref(unkept->history);
    g_ptr_array_unref(unkept->messages);
    g_free(unkept->signature);
    g_free(unkept);
}

static void
known_free(gpointer data)
{
    Known *known = data;

    dim_history_unref(known->history);
    g_free(known);
}

DimGroupCache *
dim_group_cache_new(void)
{
    DimGroupCache *cache = g_new0(DimGroupCache, 1);

    cache->histories = g_hash_table_new_full(dim_text_hash, g_str_equal, g_free, known_free);
    cache->unkept = g_hash_table_new_full(dim_text_hash, g_str_equal, g_free, unkept_free);
    return cache;
}

void
dim_group_cache_free(DimGroupCache *cache)
{
    g_hash_table_unref(cache->histories);
    g_hash_table_unref(cache->unkept);
    forget_bulletin(cache);
    g_free(cache);
}

/* What was taken back on disk never was. */
static void
look_back(const DimDesk *desk)
{
    if (!dim_store_was_undone(desk->store, &desk->groups->since))
        return;
    g_hash_table_remove_all(desk->groups->histories);
    g_hash_table_remove_all(desk->groups->unkept);
    forget_bulletin(desk->groups);
}

DimHistory *
dim_group_recall(const DimDesk *desk, const DimId *group)
{
    const Unkept *unkept;
    Known *known;

    if (desk->groups == NULL)
        return NULL;
    look_back(desk);
    unkept = g_hash_table_lookup(desk->groups->unkept, dim_id_text(group));
    known = g_hash_table_lookup(desk->groups->histories, dim_id_text(group));
    if (known != NULL)
        known->used = ++desk->groups->used;
    if (unkept != NULL)
        return dim_history_ref(unkept->history);
    return known != NULL ? dim_history_ref(known->history) : NULL;
}

/* Of the one that nobody asked for longest. To forget all at once, and to read them again, would take too long. */
static void
forget_one(DimGroupCache *cache)
{
    const char *oldest = NULL;
    guint64 least = G_MAXUINT64;
    GHashTableIter iter;
    gpointer group;
    gpointer value;

    g_hash_table_iter_init(&iter, cache->histories);
    while (g_hash_table_iter_next(&iter, &group, &value)) {
        const Known *known = value;

        if (known->used < least) {
            least = known->used;
            oldest = group;
        }
    }
    g_hash_table_remove(cache->histories, oldest);
}

static gboolean
has_room(const DimGroupCache *cache, const DimHistory *history)
{
    guint names = dim_history_names(history);
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, cache->histories);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        names += dim_history_names(((const Known *)value)->history);
    return names <= MAX_NAMES && g_hash_table_size(cache->histories) < MAX_READ;
}

void
dim_group_remember(const DimDesk *desk, const DimId *group, DimHistory *history)
{
    Known *known;

    if (desk->groups == NULL)
        return;
    while (g_hash_table_size(desk->groups->histories) > 0 && !has_room(desk->groups, history))
        forget_one(desk->groups);
    known = g_new(Known, 1);
    known->history = dim_history_ref(history);
    known->used = ++desk->groups->used;
    g_hash_table_insert(desk->groups->histories, g_strdup(dim_id_text(group)), known);
}

gboolean
dim_group_recall_bulletin(const DimDesk *desk,
                          const DimDocument *bulletin,
                          DimId **owner,
                          GPtrArray **administrators)
{
    DimGroupCache *cache = desk->groups;

    if (cache == NULL)
        return FALSE;
    look_back(desk);
    if (cache->bulletin == NULL || cache->bulletin != bulletin)
        return FALSE;
    *owner = dim_id_ref(cache->owner);
    *administrators = g_ptr_array_ref(cache->administrators);
    return TRUE;
}

void
dim_group_remember_bulletin(const DimDesk *desk,
                            DimDocument *bulletin,
                            const DimId *owner,
                            GPtrArray *administrators)
{
    if (desk->groups == NULL)
        return;
    forget_bulletin(desk->groups);
    desk->groups->bulletin = dim_document_ref(bulletin);
    desk->groups->owner = dim_id_ref(owner);
    desk->groups->administrators = g_ptr_array_ref(administrators);
}

/* ---- keeping ---- */

static gboolean
still_counts(const char *tag, gpointer history)
{
    return dim_history_keeps(history, tag);
}

static gboolean
save(const DimDesk *desk, const Unkept *unkept, gboolean *others_went, GError **error)
{
    g_autofree char *text = dim_history_to_text(unkept->history);
    DimGroupNews news = { .group = unkept->group,
                          .founder = unkept->founder,
                          .me = dim_user_id(desk->user),
                          .now = dim_clock_now(desk->clock),
                          .text = text,
                          .messages = unkept->messages,
                          .wants = still_counts,
                          .data = unkept->history };

    return dim_groups_save(desk->store, &news, others_went, error);
}

gboolean
dim_group_keep_all(const DimDesk *desk, GError **error)
{
    gboolean any_went = FALSE;
    GHashTableIter iter;
    gpointer group;
    gpointer unkept;

    if (desk->groups == NULL)
        return TRUE;
    look_back(desk);
    g_hash_table_iter_init(&iter, desk->groups->unkept);
    while (g_hash_table_iter_next(&iter, &group, &unkept)) {
        gboolean others_went = FALSE;

        /* One that has made room for another meanwhile has no row, and gets none. */
        if (dim_store_has(desk->store, DIM_TABLE_GROUPS, group)
            && !save(desk, unkept, &others_went, error))
            return FALSE;
        any_went |= others_went;
    }
    g_hash_table_remove_all(desk->groups->unkept);
    if (any_went)
        g_hash_table_remove_all(desk->groups->histories);
    return TRUE;
}

static Unkept *
unkept_new(const DimGroupPage *page)
{
    Unkept *unkept = g_new0(Unkept, 1);

    unkept->group = dim_id_ref(page->rules.group);
    unkept->history = dim_history_ref(page->history);
    unkept->messages = g_ptr_array_new_with_free_func(signed_free);
    return unkept;
}

static void
note(Unkept *unkept,
     const DimGroupPage *page,
     const DimMessage *from,
     const DimGroupSigned *news)
{
    DimGroupSigned *message;

    g_clear_pointer(&unkept->founder, dim_id_unref);
    unkept->founder = page->owner != NULL ? dim_id_ref(page->owner) : NULL;
    if (news->text == NULL)
        return;
    message = g_new0(DimGroupSigned, 1);
    message->tag = g_strdup(news->tag);
    message->text = g_strdup(news->text);
    message->time = news->time;
    g_ptr_array_add(unkept->messages, message);
    unkept->bytes += strlen(news->text);
    g_free(unkept->signature);
    unkept->signature = g_strdup(dim_message_signature_text(from));
}

static gboolean
keep_at_once(const DimDesk *desk,
             const DimGroupPage *page,
             const DimMessage *message,
             const DimGroupSigned *news,
             GError **error)
{
    Unkept *unkept = unkept_new(page);
    gboolean others_went = FALSE;
    gboolean done;

    note(unkept, page, message, news);
    done = save(desk, unkept, &others_went, error);
    if (desk->groups != NULL && (!done || others_went))
        g_hash_table_remove_all(desk->groups->histories);
    unkept_free(unkept);
    return done;
}

static Unkept *
find(const DimDesk *desk, const DimId *group)
{
    return desk->groups != NULL ? g_hash_table_lookup(desk->groups->unkept, dim_id_text(group))
                                : NULL;
}

/* Names in what waits, and in (nullable) one more. */
static gboolean
is_too_much(const DimGroupCache *cache, const DimHistory *more)
{
    guint names = more != NULL ? dim_history_names(more) : 0;
    guint count = g_hash_table_size(cache->unkept) + (more != NULL ? 1 : 0);
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, cache->unkept);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        names += dim_history_names(((const Unkept *)value)->history);
    return count > 1 && names > MAX_WRITTEN;
}

gboolean
dim_group_keep(const DimDesk *desk,
               const DimGroupPage *page,
               const DimMessage *message,
               const DimGroupSigned *news,
               GError **error)
{
    const DimId *group = page->rules.group;
    gboolean done = TRUE;
    Unkept *unkept;

    if (desk->groups == NULL || !page->held || !dim_store_in_transaction(desk->store))
        return keep_at_once(desk, page, message, news, error);
    unkept = find(desk, group);
    if (unkept == NULL) {
        if (is_too_much(desk->groups, page->history))
            done = dim_group_keep_all(desk, error);
        unkept = unkept_new(page);
        g_hash_table_insert(desk->groups->unkept, g_strdup(dim_id_text(group)), unkept);
    }
    note(unkept, page, message, news);
    if (!done)
        return FALSE;
    return (g_hash_table_size(desk->groups->unkept) < MAX_UNKEPT
            && unkept->messages->len < MAX_SIGNED && unkept->bytes < MAX_BYTES
            && !is_too_much(desk->groups, NULL))
           || dim_group_keep_all(desk, error);
}

const char *
dim_group_awaits(const DimDesk *desk, const DimId *group, const DimMessage *message)
{
    const char *signature = dim_message_signature_text(message);
    const Unkept *unkept = find(desk, group);
    const DimGroupSigned *last;

    if (unkept == NULL || signature == NULL || g_strcmp0(unkept->signature, signature) != 0
        || !dim_message_is_broadcast(message))
        return NULL;
    last = g_ptr_array_index(unkept->messages, unkept->messages->len - 1);
    return last->tag;
}
