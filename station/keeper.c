/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows of what is kept for users, their weight counted in memory, and the lists of blocked people as sets. */
#include "station/keeper.h"

#include <string.h>

#include "base/hash.h"
#include "message/services.h"

/* What is remembered of block lists: every relayed message asks for its reader's. */
#define OWNERS_MAX  16384
#define BLOCKED_MAX 262144 /* IDs in all sets together */

struct _DimKeeper {
    DimStore *store;
    const DimSettings *limits;
    const DimClock *clock;
    guint64 bytes;       /* of all rows */
    GHashTable *blocked; /* owner's ID text -> set of ID texts */
    GHashTable *nobody;  /* the empty set, shared */
    guint remembered;    /* IDs in the sets */
    guint since;         /* see dim_store_was_undone() */
};

/* The note of a row is its size in digits. */
static guint64
size_of(const DimRecord *record)
{
    return record->note != NULL ? g_ascii_strtoull(record->note, NULL, 10) : 0;
}

static gboolean
count_row(const DimRecord *record, gpointer data)
{
    ((DimKeeper *)data)->bytes += size_of(record);
    return TRUE;
}

static void
forget_sets(DimKeeper *keeper)
{
    g_hash_table_remove_all(keeper->blocked);
    keeper->remembered = 0;
}

static gboolean
recount(DimKeeper *keeper, GError **error)
{
    forget_sets(keeper);
    keeper->bytes = 0;
    return dim_store_list(keeper->store, DIM_TABLE_KEPT, FALSE, count_row, keeper, error);
}

/* What was counted and read may have been undone with its transaction. */
static gboolean
weigh_undone(DimKeeper *keeper, GError **error)
{
    return !dim_store_was_undone(keeper->store, &keeper->since) || recount(keeper, error);
}

DimKeeper *
dim_keeper_new(DimStore *store,
               const DimSettings *limits,
               const DimClock *clock,
               GError **error)
{
    g_autoptr(DimKeeper) keeper = g_new0(DimKeeper, 1);

    keeper->store = store;
    keeper->limits = limits;
    keeper->clock = clock;
    keeper->blocked = g_hash_table_new_full(dim_text_hash, g_str_equal, g_free,
                                            (GDestroyNotify)g_hash_table_unref);
    keeper->nobody = g_hash_table_new(dim_text_hash, g_str_equal);
    (void)dim_store_was_undone(store, &keeper->since);
    if (!recount(keeper, error))
        return NULL;
    return g_steal_pointer(&keeper);
}

void
dim_keeper_free(DimKeeper *keeper)
{
    if (keeper == NULL)
        return;
    g_hash_table_unref(keeper->blocked);
    g_hash_table_unref(keeper->nobody);
    g_free(keeper);
}

/* ---- in and out ---- */

static char *
row_of(const char *kind, const DimId *owner)
{
    return g_strdup_printf("%s %s", kind, dim_id_text(owner));
}

static void
forget_set(DimKeeper *keeper, const DimId *owner)
{
    GHashTable *set = g_hash_table_lookup(keeper->blocked, dim_id_text(owner));

    if (set == NULL)
        return;
    keeper->remembered -= g_hash_table_size(set);
    g_hash_table_remove(keeper->blocked, dim_id_text(owner));
}

typedef struct {
    gboolean found;
    double rank;
    guint64 size;
} Held;

static gboolean
note_row(const DimRecord *record, gpointer data)
{
    *(Held *)data = (Held){ TRUE, record->rank, size_of(record) };
    return FALSE;
}

DimKeeperVerdict
dim_keeper_put(DimKeeper *keeper,
               const char *kind,
               const DimId *owner,
               double time,
               const char *text,
               GError **error)
{
    double now = dim_clock_now(keeper->clock);
    gsize size = strlen(text);
    g_autofree char *key = row_of(kind, owner);
    g_autofree char *note = g_strdup_printf("%" G_GSIZE_FORMAT, size);
    g_autoptr(GBytes) value = NULL;
    DimRecord record = { .key = key, .label = dim_id_text(owner), .note = note };
    Held held = { FALSE, 0, 0 };

    if (!weigh_undone(keeper, error)
        || !dim_store_find(keeper->store, DIM_TABLE_KEPT, key, note_row, &held, error))
        return DIM_KEEPER_FAILED;
    record.rank = time > 0 ? time : now;
    /* Who has a copy of an older one on its way here must not bring it back. */
    if (record.rank > now + DIM_CLOCK_AHEAD || (held.found && record.rank < held.rank))
        return DIM_KEEPER_OLDER;
    if (size > keeper->limits->kept_bytes
        || keeper->bytes - held.size + size > keeper->limits->kept_total)
        return DIM_KEEPER_FULL;
    value = g_bytes_new(text, size);
    record.value = value;
    if (!dim_store_save(keeper->store, DIM_TABLE_KEPT, &record, error))
        return DIM_KEEPER_FAILED;
    keeper->bytes += size - held.size;
    forget_set(keeper, owner);
    return DIM_KEEPER_KEPT;
}

const char *
dim_keeper_words(DimKeeperVerdict verdict)
{
    return verdict == DIM_KEEPER_KEPT    ? "received"
           : verdict == DIM_KEEPER_OLDER ? "not changed"
                                         : "not accepted";
}

char *
dim_keeper_get(DimKeeper *keeper, const char *kind, const DimId *owner)
{
    g_autofree char *key = row_of(kind, owner);
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) value = dim_store_load(keeper->store, DIM_TABLE_KEPT, key, &error);
    gsize size = 0;
    const char *text;

    if (error != NULL)
        g_warning("the %s of %s cannot be read: %s", kind, dim_id_text(owner), error->message);
    if (value == NULL)
        return NULL;
    text = g_bytes_get_data(value, &size);
    return g_strndup(text, size);
}

/* ---- who is blocked ---- */

/* New reference. */
static GHashTable *
read_set(DimKeeper *keeper, const DimId *owner)
{
    g_autofree char *text = dim_keeper_get(keeper, "block", owner);
    g_autoptr(DimContent) content = text != NULL ? dim_content_parse(text, -1, NULL) : NULL;
    g_autoptr(GPtrArray) ids = content != NULL ? dim_command_ids(content, "list") : NULL;
    GHashTable *set;

    if (ids == NULL || ids->len == 0)
        return g_hash_table_ref(keeper->nobody);
    set = g_hash_table_new_full(dim_text_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < ids->len; i++)
        g_hash_table_add(set, g_strdup(dim_id_text(g_ptr_array_index(ids, i))));
    return set;
}

static GHashTable *
set_of(DimKeeper *keeper, const DimId *owner)
{
    GHashTable *set = g_hash_table_lookup(keeper->blocked, dim_id_text(owner));

    if (set != NULL)
        return set;
    if (g_hash_table_size(keeper->blocked) >= OWNERS_MAX || keeper->remembered >= BLOCKED_MAX)
        forget_sets(keeper);
    set = read_set(keeper, owner);
    keeper->remembered += g_hash_table_size(set);
    g_hash_table_insert(keeper->blocked, g_strdup(dim_id_text(owner)), set);
    return set;
}

gboolean
dim_keeper_blocks(DimKeeper *keeper,
                  const DimId *reader,
                  const DimId *sender,
                  const DimId *group)
{
    g_autoptr(GError) error = NULL;
    GHashTable *set;

    if (!weigh_undone(keeper, &error))
        g_warning("what is kept cannot be counted: %s", error->message);
    set = set_of(keeper, reader);
    return g_hash_table_contains(set, dim_id_text(sender))
           || (group != NULL && g_hash_table_contains(set, dim_id_text(group)));
}
