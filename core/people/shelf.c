/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimShelf: one row a parked text; label is side and person or group, note its size and sender, rank when it came. */
#include "people/shelf.h"

#include <string.h>

#include "base/errors.h"
#include "base/words.h"
#include "people/records.h"
#include "people/shelf_room.h"
#include "people/shelf_rows.h"
#include "storage/ages.h"

#define DAY       (24.0 * 3600) /* seconds */
#define KEEP      (8 * DAY)
#define MAX_BYTES (64u * 1024 * 1024) /* of each side: strangers must not fill the disk */
#define AGAIN     60.0                /* seconds after which room is looked for again */

/* What is known of one person on one side. */
typedef struct {
    guint count;
    guint64 bytes;
    double first; /* rank of the first, when the pile began */
    double vain;  /* when room was looked for in it and none was found */
} Pile;

struct _DimShelf {
    DimStore *store;
    const DimClock *clock;
    DimAges *ages;
    GHashTable *piles; /* label -> Pile; NULL until read */
    guint64 bytes[2];
    guint persons[2];
    double vain; /* when room was looked for in all, and none was found */
    double last; /* rank: so that order holds whatever the clock does */
    guint since; /* see dim_store_was_undone() */
    guint lost;  /* messages of others that were forgotten, until somebody asks */
};

DimShelf *
dim_shelf_new(DimStore *store, const DimClock *clock)
{
    DimShelf *shelf;

    g_return_val_if_fail(store != NULL && clock != NULL, NULL);
    shelf = g_new0(DimShelf, 1);
    shelf->store = dim_store_ref(store);
    shelf->clock = clock;
    shelf->ages = dim_ages_new(store, clock, KEEP);
    return shelf;
}

void
dim_shelf_free(DimShelf *shelf)
{
    if (shelf == NULL)
        return;
    g_clear_pointer(&shelf->piles, g_hash_table_unref);
    dim_ages_free(shelf->ages);
    dim_store_unref(shelf->store);
    g_free(shelf);
}

static char *
label_of(DimShelfSide side, const char *person)
{
    return g_strconcat(side == DIM_SHELF_INCOMING ? "in " : "out ", person, NULL);
}

static DimShelfSide
side_of(const char *label)
{
    return dim_shelf_label_is_incoming(label) ? DIM_SHELF_INCOMING : DIM_SHELF_OUTGOING;
}

static void
count_in(DimShelf *shelf, const char *label, double rank, guint64 size)
{
    Pile *pile = g_hash_table_lookup(shelf->piles, label);

    if (pile == NULL) {
        pile = g_new0(Pile, 1);
        pile->first = rank;
        g_hash_table_insert(shelf->piles, g_strdup(label), pile);
        shelf->persons[side_of(label)]++;
    }
    pile->count++;
    pile->bytes += size;
    shelf->bytes[side_of(label)] += size;
}

static void
forget_pile(DimShelf *shelf, const char *label)
{
    const Pile *pile = shelf->piles != NULL ? g_hash_table_lookup(shelf->piles, label) : NULL;

    if (pile == NULL)
        return;
    shelf->bytes[side_of(label)] -= pile->bytes;
    shelf->persons[side_of(label)]--;
    g_hash_table_remove(shelf->piles, label);
}

static void
count_out(DimShelf *shelf, const char *label, guint64 size)
{
    Pile *pile = shelf->piles != NULL ? g_hash_table_lookup(shelf->piles, label) : NULL;

    if (pile == NULL)
        return;
    pile->count--;
    pile->bytes -= size;
    shelf->bytes[side_of(label)] -= size;
    if (pile->count == 0)
        forget_pile(shelf, label);
}

static gboolean
count_row(const DimRecord *record, gpointer data)
{
    DimShelf *shelf = data;

    shelf->last = MAX(shelf->last, record->rank);
    if (record->label != NULL)
        count_in(shelf, record->label, record->rank, dim_shelf_note_bytes(record->note));
    return TRUE;
}

/* Counts what the store holds. */
static gboolean
recount(DimShelf *shelf, GError **error)
{
    double marked = 0;

    g_clear_pointer(&shelf->piles, g_hash_table_unref);
    shelf->piles = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    memset(shelf->bytes, 0, sizeof shelf->bytes);
    memset(shelf->persons, 0, sizeof shelf->persons);
    if (dim_ages_last(shelf->ages, &marked, error)
        && dim_store_list(shelf->store, DIM_TABLE_WAITING, FALSE, count_row, shelf, error)) {
        shelf->last = MAX(shelf->last, marked);
        return TRUE;
    }
    g_clear_pointer(&shelf->piles, g_hash_table_unref); /* half of it is no count */
    return FALSE;
}

/* Every text that I send asks for this: the store is read for it at the first, and when a transaction was undone. */
static gboolean
is_counted(DimShelf *shelf, GError **error)
{
    if (dim_store_was_undone(shelf->store, &shelf->since))
        g_clear_pointer(&shelf->piles, g_hash_table_unref);
    return shelf->piles != NULL || recount(shelf, error);
}

/* ---- room for one more ---- */

/* NULL, or what is full. */
static const char *
full(DimShelf *shelf, const char *label, gsize size)
{
    const Pile *pile = g_hash_table_lookup(shelf->piles, label);
    DimShelfSide side = side_of(label);

    if (pile != NULL && pile->count >= DIM_SHELF_MAX_PERSON)
        return _("Too many messages wait for this person already");
    if (pile == NULL && side == DIM_SHELF_INCOMING
        && shelf->persons[side] >= DIM_SHELF_MAX_STRANGERS)
        return _("Messages of too many people wait already");
    return shelf->bytes[side] + size > MAX_BYTES ? _("Too much waits already") : NULL;
}

/* It reads all rows: where nothing but contacts' words is left, each message that finds no room must not do so again. */
static gboolean
evict(DimShelf *shelf, const char *label, GError **error)
{
    Pile *pile = g_hash_table_lookup(shelf->piles, label);
    gboolean alone = pile != NULL && pile->count >= DIM_SHELF_MAX_PERSON;
    double *vain = alone ? &pile->vain : &shelf->vain;
    double now = dim_clock_now(shelf->clock);
    DimShelfRoom wanted = { .only = NULL };
    guint lost = shelf->lost;

    if (ABS(now - *vain) < AGAIN)
        return TRUE;
    if (alone)
        wanted = (DimShelfRoom){ .only = label, .rows = DIM_SHELF_MAX_PERSON / 8 };
    else if (pile == NULL && shelf->persons[DIM_SHELF_INCOMING] >= DIM_SHELF_MAX_STRANGERS)
        wanted.persons = DIM_SHELF_MAX_STRANGERS / 8;
    else
        wanted.bytes = MAX_BYTES / 8;
    if (!dim_shelf_make_room(shelf->store, &wanted, &shelf->lost, error))
        return FALSE;
    if (shelf->lost != lost)
        return recount(shelf, error);
    *vain = now;
    return TRUE;
}

static gboolean
make_room(DimShelf *shelf, const char *label, gsize size, GError **error)
{
    const char *why;

    if (!is_counted(shelf, error))
        return FALSE;
    if (full(shelf, label, size) != NULL && side_of(label) == DIM_SHELF_INCOMING
        && !evict(shelf, label, error))
        return FALSE;
    why = full(shelf, label, size);
    if (why != NULL)
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_NOT_ALLOWED, why);
    return why == NULL;
}

/* ---- what waited too long ---- */

gboolean
dim_shelf_prune(DimShelf *shelf, GError **error)
{
    guint lost = shelf->lost;
    double old;

    if (!is_counted(shelf, error) || !dim_ages_look(shelf->ages, shelf->last, &old, error)
        || !dim_shelf_forget_until(shelf->store, old, &shelf->lost, error))
        return FALSE;
    if (shelf->lost != lost)
        g_clear_pointer(&shelf->piles, g_hash_table_unref);
    return TRUE;
}

gboolean
dim_shelf_take_lost(DimShelf *shelf)
{
    gboolean lost = shelf->lost > 0;

    shelf->lost = 0;
    return lost;
}

/* ---- in and out ---- */

static gboolean
park(DimShelf *shelf, const char *label, const char *sender, const char *text, GError **error)
{
    g_autofree char *note = dim_shelf_note_new(strlen(text), sender);
    g_autofree char *key = NULL;
    char rank[G_ASCII_DTOSTR_BUF_SIZE];
    DimRecord record = { .label = label, .note = note };

    if (!make_room(shelf, label, strlen(text), error))
        return FALSE;
    shelf->last = MAX(dim_clock_now(shelf->clock), shelf->last + 1e-5);
    g_ascii_formatd(rank, sizeof rank, "%.6f", shelf->last);
    key = g_strconcat(label, " ", rank, NULL);
    record.key = key;
    record.rank = shelf->last;
    if (!dim_record_save_text(shelf->store, DIM_TABLE_WAITING, &record, text, error))
        return FALSE;
    count_in(shelf, label, record.rank, strlen(text));
    return TRUE;
}

gboolean
dim_shelf_park(DimShelf *shelf,
               DimShelfSide side,
               const DimId *person,
               const char *text,
               GError **error)
{
    g_autofree char *label = label_of(side, dim_id_text(person));

    return park(shelf, label, NULL, text, error);
}

gboolean
dim_shelf_park_in(DimShelf *shelf,
                  const DimId *group,
                  const DimId *sender,
                  const char *text,
                  GError **error)
{
    g_autofree char *label = label_of(DIM_SHELF_INCOMING, dim_id_text(group));

    return park(shelf, label, dim_id_text(sender), text, error);
}

GPtrArray *
dim_shelf_list(DimShelf *shelf,
               DimShelfSide side,
               const DimId *person,
               DimShelfFunc wanted,
               gpointer data,
               GError **error)
{
    g_autofree char *label = label_of(side, dim_id_text(person));

    return dim_shelf_rows(shelf->store, label, wanted, data, error);
}

char *
dim_shelf_read(DimShelf *shelf, const char *row, GError **error)
{
    return dim_record_load_text(shelf->store, DIM_TABLE_WAITING, row, error);
}

static gboolean
uncount_row(const DimRecord *record, gpointer data)
{
    if (record->label != NULL)
        count_out(data, record->label, dim_shelf_note_bytes(record->note));
    return TRUE;
}

/* Nobody knows its size afterwards. A row that cannot go undoes the transaction, and all is counted anew. */
gboolean
dim_shelf_drop(DimShelf *shelf, const char *row, GError **error)
{
    return dim_store_find(shelf->store, DIM_TABLE_WAITING, row, uncount_row, shelf, error)
           && dim_store_remove(shelf->store, DIM_TABLE_WAITING, row, error);
}

char *
dim_shelf_take_first(DimShelf *shelf, DimShelfSide side, const DimId *person, GError **error)
{
    g_autofree char *label = label_of(side, dim_id_text(person));
    g_autofree char *row = dim_shelf_rows_first(shelf->store, label, error);
    g_autofree char *text = row != NULL ? dim_shelf_read(shelf, row, error) : NULL;

    if (text == NULL || !dim_shelf_drop(shelf, row, error))
        return NULL;
    return g_steal_pointer(&text);
}

gboolean
dim_shelf_has(DimShelf *shelf, DimShelfSide side, const DimId *person)
{
    g_autofree char *label = label_of(side, dim_id_text(person));
    g_autoptr(GError) error = NULL;

    if (is_counted(shelf, &error))
        return g_hash_table_contains(shelf->piles, label);
    g_warning("waiting messages are not readable: %s", error->message);
    return FALSE;
}

/* A pile is as old as its first row was when it began, or was last counted. */
static gint
by_age(gconstpointer one, gconstpointer other, gpointer data)
{
    GHashTable *piles = data;
    const Pile *a = g_hash_table_lookup(piles, *(char *const *)one);
    const Pile *b = g_hash_table_lookup(piles, *(char *const *)other);

    return (a->first > b->first) - (a->first < b->first);
}

/* Borrowed, who waits longest first. */
static GPtrArray *
labels_of(GHashTable *piles, DimShelfSide side)
{
    GPtrArray *labels = g_ptr_array_new();
    GHashTableIter each;
    gpointer label;

    g_hash_table_iter_init(&each, piles);
    while (g_hash_table_iter_next(&each, &label, NULL)) {
        if (side_of(label) == side)
            g_ptr_array_add(labels, label);
    }
    g_ptr_array_sort_with_data(labels, by_age, piles);
    return labels;
}

GPtrArray *
dim_shelf_persons(DimShelf *shelf, DimShelfSide side)
{
    GPtrArray *persons = g_ptr_array_new_with_free_func((GDestroyNotify)dim_id_unref);
    g_autoptr(GPtrArray) labels = NULL;
    g_autoptr(GError) error = NULL;

    if (!is_counted(shelf, &error)) {
        g_warning("waiting messages are not readable: %s", error->message);
        return persons;
    }
    if (shelf->persons[side] == 0)
        return persons;
    labels = labels_of(shelf->piles, side);
    for (guint i = 0; i < labels->len; i++) {
        DimId *id = dim_id_parse(strchr(g_ptr_array_index(labels, i), ' ') + 1, &error);

        if (id != NULL)
            g_ptr_array_add(persons, id);
        else
            g_warning("messages wait for nobody: %s", error->message);
        g_clear_error(&error);
    }
    return persons;
}
