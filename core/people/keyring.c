/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimKeyring: one row a direction, ranked by when the key was made or learned; parsed keys in a bounded cache. */
#include "people/keyring.h"

#include <string.h>

#include "base/errors.h"
#include "base/hash.h"
#include "crypto/key.h"
#include "people/records.h"

#define DAY          (24.0 * 3600) /* seconds */
#define MAX_AGE      (7 * DAY)     /* of a key of mine (protocol §8) */
#define MAX_MESSAGES 10000         /* for one key of mine, counted in this run */
#define KEEP         (90 * DAY) /* a key of no contact's: the next message brings it along anew */
#define MAX_STRANGE  4096       /* rows of those who are no contacts; the oldest go */
#define SWEEP_EVERY  512        /* new keys, and each day */
#define MAX_CACHED   512        /* directions of each kind */

typedef struct {
    DimCipherKey *key; /* (nullable) NULL: the store has none either */
    double made;
    guint used;
    GPtrArray *wrapped; /* (nullable) */
    GPtrArray *locks;   /* (nullable) the receiver's keys that these are for */
} Direction;

struct _DimKeyring {
    DimStore *store;
    const DimClock *clock;
    GHashTable *sending;   /* row key -> Direction */
    GHashTable *receiving; /* row key -> Direction */
    guint since;           /* see dim_store_was_undone() */
    double swept;          /* when old keys went last */
    guint fresh;           /* keys kept since then */
};

static void
forget_wrapped(Direction *direction)
{
    g_clear_pointer(&direction->wrapped, g_ptr_array_unref);
    g_clear_pointer(&direction->locks, g_ptr_array_unref);
}

static void
direction_free(gpointer data)
{
    Direction *direction = data;

    if (direction->key != NULL)
        dim_cipher_key_unref(direction->key);
    forget_wrapped(direction);
    g_free(direction);
}

DimKeyring *
dim_keyring_new(DimStore *store, const DimClock *clock)
{
    DimKeyring *keyring;

    g_return_val_if_fail(store != NULL && clock != NULL, NULL);
    keyring = g_new0(DimKeyring, 1);
    keyring->store = dim_store_ref(store);
    keyring->clock = clock;
    keyring->sending =
        g_hash_table_new_full(dim_text_hash, g_str_equal, g_free, direction_free);
    keyring->receiving =
        g_hash_table_new_full(dim_text_hash, g_str_equal, g_free, direction_free);
    return keyring;
}

void
dim_keyring_free(DimKeyring *keyring)
{
    if (keyring == NULL)
        return;
    g_hash_table_unref(keyring->sending);
    g_hash_table_unref(keyring->receiving);
    dim_store_unref(keyring->store);
    g_free(keyring);
}

static char *
sending_row(const DimId *to)
{
    return g_strconcat("to ", dim_id_text(to), NULL);
}

static char *
receiving_row(const DimId *from, const DimId *group)
{
    return g_strconcat("from ", dim_id_text(from), group != NULL ? " " : NULL,
                       group != NULL ? dim_id_text(group) : NULL, NULL);
}

static gboolean
note_rank(const DimRecord *record, gpointer data)
{
    *(double *)data = record->rank;
    return FALSE;
}

/* Reads a key of the store; a broken one is as none, since a new one can always be made or asked for. */
static gboolean
read_key(DimKeyring *keyring, const char *row, Direction *direction, GError **error)
{
    g_autoptr(GError) why = NULL;
    g_autoptr(DimSecret) text =
        dim_record_load_secret(keyring->store, DIM_TABLE_TALK_KEYS, row, &why);

    if (text == NULL && why == NULL)
        return TRUE;
    if (text == NULL
        || !dim_store_find(keyring->store, DIM_TABLE_TALK_KEYS, row, note_rank,
                           &direction->made, &why)) {
        g_propagate_error(error, g_steal_pointer(&why));
        return FALSE;
    }
    direction->key = dim_cipher_key_from_secret(text, &why);
    if (direction->key == NULL)
        g_warning("a stored talk key is broken and will be replaced");
    return TRUE;
}

/* A key whose row was rolled back must be made or learned again, and kept this time. */
static Direction *
cached(DimKeyring *keyring, GHashTable *cache, const char *row)
{
    if (dim_store_was_undone(keyring->store, &keyring->since)) {
        g_hash_table_remove_all(keyring->sending);
        g_hash_table_remove_all(keyring->receiving);
    }
    return g_hash_table_lookup(cache, row);
}

/* The cached direction, read from the store the first time. NULL with an error. */
static Direction *
look_up(DimKeyring *keyring, GHashTable *cache, const char *row, GError **error)
{
    Direction *direction = cached(keyring, cache, row);

    if (direction != NULL)
        return direction;
    direction = g_new0(Direction, 1);
    if (!read_key(keyring, row, direction, error)) {
        direction_free(direction);
        return NULL;
    }
    if (g_hash_table_size(cache) >= MAX_CACHED) /* all can be read again */
        g_hash_table_remove_all(cache);
    g_hash_table_insert(cache, g_strdup(row), direction);
    return direction;
}

/* ---- old keys ---- */

typedef struct {
    DimStore *store;
    double now;
    GPtrArray *gone;    /* rows */
    GPtrArray *strange; /* rows of people who are no contacts, oldest first */
} Sweep;

/* The ID in "to ID", "from ID" and "from ID GROUP". New string. */
static char *
person_of(const char *row)
{
    const char *person = row + strcspn(row, " ");

    person += strspn(person, " ");
    return g_strndup(person, strcspn(person, " "));
}

static gboolean
sweep_row(const DimRecord *record, gpointer data)
{
    Sweep *sweep = data;
    g_autofree char *person = person_of(record->key);
    double age = sweep->now - record->rank;

    if (g_str_has_prefix(record->key, "to ") && age > MAX_AGE)
        g_ptr_array_add(sweep->gone, g_strdup(record->key));
    else if (!dim_store_has(sweep->store, DIM_TABLE_CONTACTS, person))
        g_ptr_array_add(age > KEEP ? sweep->gone : sweep->strange, g_strdup(record->key));
    return TRUE;
}

/* Now and then. Before anything is looked up: what goes, goes from the caches too. */
static gboolean
sweep_old(DimKeyring *keyring, GError **error)
{
    g_autoptr(GPtrArray) gone = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) strange = g_ptr_array_new_with_free_func(g_free);
    Sweep sweep = { keyring->store, dim_clock_now(keyring->clock), gone, strange };

    if (ABS(sweep.now - keyring->swept) < DAY && keyring->fresh < SWEEP_EVERY)
        return TRUE;
    if (!dim_store_list(keyring->store, DIM_TABLE_TALK_KEYS, FALSE, sweep_row, &sweep, error))
        return FALSE;
    for (guint i = 0; i + MAX_STRANGE < strange->len; i++)
        g_ptr_array_add(gone, g_strdup(strange->pdata[i]));
    if (!dim_records_remove(keyring->store, DIM_TABLE_TALK_KEYS, gone, error))
        return FALSE;
    for (guint i = 0; i < gone->len; i++) {
        g_hash_table_remove(keyring->sending, gone->pdata[i]);
        g_hash_table_remove(keyring->receiving, gone->pdata[i]);
    }
    keyring->swept = sweep.now;
    keyring->fresh = 0;
    return TRUE;
}

typedef struct {
    GHashTable *persons;
    GPtrArray *gone; /* rows */
} Farewell;

static gboolean
note_leaving(const DimRecord *record, gpointer data)
{
    Farewell *farewell = data;
    g_autofree char *person = person_of(record->key);

    if (g_hash_table_contains(farewell->persons, person))
        g_ptr_array_add(farewell->gone, g_strdup(record->key));
    return TRUE;
}

gboolean
dim_keyring_forget(DimStore *store, GHashTable *persons, GError **error)
{
    g_autoptr(GPtrArray) gone = g_ptr_array_new_with_free_func(g_free);
    Farewell farewell = { persons, gone };

    return dim_store_list(store, DIM_TABLE_TALK_KEYS, FALSE, note_leaving, &farewell, error)
           && dim_records_remove(store, DIM_TABLE_TALK_KEYS, gone, error);
}

/* ---- new keys ---- */

/* Keeps the key in the store, then in the direction; wrapped copies of the former one go. */
static gboolean
replace(DimKeyring *keyring,
        const char *row,
        Direction *direction,
        DimCipherKey *key,
        GError **error)
{
    g_autoptr(DimSecret) text = dim_cipher_key_to_secret(key);
    DimRecord record = { .key = row, .rank = dim_clock_now(keyring->clock) };

    if (!dim_record_save_secret(keyring->store, DIM_TABLE_TALK_KEYS, &record, text, error))
        return FALSE;
    dim_cipher_key_ref(key);
    if (direction->key != NULL)
        dim_cipher_key_unref(direction->key);
    direction->key = key;
    direction->made = record.rank;
    direction->used = 0;
    keyring->fresh++;
    forget_wrapped(direction);
    return TRUE;
}

/* A clock that went back makes keys look unborn: those go as well. */
static gboolean
is_worn(const DimKeyring *keyring, const Direction *direction)
{
    double age = dim_clock_now(keyring->clock) - direction->made;

    return direction->key == NULL || direction->used >= MAX_MESSAGES || age > MAX_AGE
           || age < -MAX_AGE;
}

DimCipherKey *
dim_keyring_sending(DimKeyring *keyring, const DimId *to, gboolean *fresh, GError **error)
{
    g_autofree char *row = sending_row(to);
    Direction *direction =
        sweep_old(keyring, error) ? look_up(keyring, keyring->sending, row, error) : NULL;
    gboolean made = FALSE;

    if (direction == NULL)
        return NULL;
    if (is_worn(keyring, direction)) {
        g_autoptr(DimCipherKey) key = dim_cipher_key_new();

        if (!replace(keyring, row, direction, key, error))
            return NULL;
        made = TRUE;
    }
    direction->used++;
    if (fresh != NULL)
        *fresh = made;
    return direction->key;
}

/* A page of the book that was read again has new objects for the same keys. */
static gboolean
are_same(const GPtrArray *a, const GPtrArray *b)
{
    if (a == NULL || a->len != b->len)
        return FALSE;
    for (guint i = 0; i < a->len; i++) {
        if (!dim_public_key_equal(g_ptr_array_index(a, i), g_ptr_array_index(b, i)))
            return FALSE;
    }
    return TRUE;
}

GPtrArray *
dim_keyring_wrapped(DimKeyring *keyring, const DimId *to, const GPtrArray *keys)
{
    g_autofree char *row = sending_row(to);
    const Direction *direction = cached(keyring, keyring->sending, row);

    if (direction == NULL || !are_same(direction->locks, keys))
        return NULL;
    return direction->wrapped;
}

void
dim_keyring_keep_wrapped(DimKeyring *keyring,
                         const DimId *to,
                         GPtrArray *keys,
                         GPtrArray *wrapped)
{
    g_autofree char *row = sending_row(to);
    Direction *direction = cached(keyring, keyring->sending, row);

    g_return_if_fail(keys != NULL && wrapped != NULL);
    if (direction == NULL || direction->key == NULL)
        return; /* wrapped around a key that is not ours any more */
    forget_wrapped(direction);
    direction->wrapped = g_ptr_array_ref(wrapped);
    direction->locks = g_ptr_array_ref(keys);
}

DimCipherKey *
dim_keyring_receiving(DimKeyring *keyring, const DimId *from, const DimId *group)
{
    g_autofree char *row = receiving_row(from, group);
    g_autoptr(GError) error = NULL;
    const Direction *direction = look_up(keyring, keyring->receiving, row, &error);

    if (error != NULL)
        g_warning("talk keys are not readable: %s", error->message);
    return direction != NULL ? direction->key : NULL;
}

gboolean
dim_keyring_learn(DimKeyring *keyring,
                  const DimId *from,
                  const DimId *group,
                  DimCipherKey *key,
                  GError **error)
{
    g_autofree char *row = receiving_row(from, group);
    Direction *direction =
        sweep_old(keyring, error) ? look_up(keyring, keyring->receiving, row, error) : NULL;

    if (direction == NULL)
        return FALSE;
    /* The plain key is never a talk key: whoever sees it would read along. */
    if (dim_cipher_key_is_plain(key)
        || (direction->key != NULL && dim_cipher_key_equal(direction->key, key)))
        return TRUE;
    return replace(keyring, row, direction, key, error);
}
