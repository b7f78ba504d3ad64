/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One row a mark (rank: how long the program had run, key: the last rank of what waits), and one that tells how long it ran. */
#include "storage/ages.h"

#include <string.h>

#define TOTAL     "total" /* key of the row whose rank is the time that the program ran */
#define MARK      "mark " /* and the number: key of a mark */
#define PARTS     192     /* marks in the time that is kept: hours, where that is 8 days */
#define MAX_MARKS 512
#define MAX_GAP   900.0  /* seconds; between looks further apart it slept, or was stopped */
#define MAX_TIME  1.6e10 /* seconds; beyond, doubles do not tell a millionth apart */

typedef struct {
    double time; /* seconds that the program had run */
    double rank; /* the last that there was then */
} Mark;

struct _DimAges {
    DimStore *store;
    const DimClock *clock;
    double keep;    /* seconds */
    double total;   /* seconds that the program ran, until it was looked at */
    gint64 looked;  /* then, monotonic microseconds */
    GArray *marks;  /* of Mark, oldest first; both numbers rise */
    gboolean known; /* total and marks are what the store holds */
    guint since;    /* see dim_store_was_undone() */
};

DimAges *
dim_ages_new(DimStore *store, const DimClock *clock, double keep)
{
    DimAges *ages;

    g_return_val_if_fail(store != NULL && clock != NULL && keep > 0, NULL);
    ages = g_new0(DimAges, 1);
    ages->store = dim_store_ref(store);
    ages->clock = clock;
    ages->keep = keep;
    ages->looked = dim_clock_monotonic(clock);
    ages->marks = g_array_new(FALSE, FALSE, sizeof(Mark));
    return ages;
}

void
dim_ages_free(DimAges *ages)
{
    if (ages == NULL)
        return;
    g_array_unref(ages->marks);
    dim_store_unref(ages->store);
    g_free(ages);
}

/* (nullable) */
static const Mark *
newest(const DimAges *ages)
{
    return ages->marks->len > 0 ? &g_array_index(ages->marks, Mark, ages->marks->len - 1)
                                : NULL;
}

/* ---- what the store holds ---- */

static gboolean
is_time(double number)
{
    return number >= 0 && number <= MAX_TIME;
}

/* New string; only what this makes is a mark's key. */
static char *
key_of(double rank)
{
    char digits[G_ASCII_DTOSTR_BUF_SIZE];

    return g_strconcat(MARK, g_ascii_dtostr(digits, sizeof digits, rank), NULL);
}

typedef struct {
    DimAges *ages;
    GPtrArray *keys; /* all there are */
    gboolean has_total, broken;
} Reading;

static gboolean
read_mark(DimAges *ages, const DimRecord *record)
{
    const Mark *before = newest(ages);
    Mark mark = { .time = record->rank };
    g_autofree char *key = NULL;

    if (!g_str_has_prefix(record->key, MARK) || ages->marks->len >= MAX_MARKS)
        return FALSE;
    mark.rank = g_ascii_strtod(record->key + strlen(MARK), NULL);
    key = key_of(mark.rank);
    if (!is_time(mark.time) || !is_time(mark.rank) || !g_str_equal(key, record->key)
        || (before != NULL && (mark.time <= before->time || mark.rank <= before->rank)))
        return FALSE;
    g_array_append_val(ages->marks, mark);
    return TRUE;
}

static gboolean
read_row(const DimRecord *record, gpointer data)
{
    Reading *reading = data;

    g_ptr_array_add(reading->keys, g_strdup(record->key));
    if (!g_str_equal(record->key, TOTAL)) {
        reading->broken |= !read_mark(reading->ages, record);
        return TRUE;
    }
    reading->has_total = TRUE;
    reading->ages->total = record->rank;
    return TRUE;
}

/* Nothing is old then. */
static gboolean
begin_anew(DimAges *ages, const GPtrArray *keys, GError **error)
{
    g_warning("how long messages wait cannot be read: all of them count as new");
    ages->total = 0;
    g_array_set_size(ages->marks, 0);
    for (guint i = 0; i < keys->len; i++) {
        if (!dim_store_remove(ages->store, DIM_TABLE_AGES, keys->pdata[i], error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
is_known(DimAges *ages, GError **error)
{
    g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func(g_free);
    Reading reading = { .ages = ages, .keys = keys };
    const Mark *last;

    if (dim_store_was_undone(ages->store, &ages->since))
        ages->known = FALSE;
    if (ages->known)
        return TRUE;
    ages->total = 0;
    g_array_set_size(ages->marks, 0);
    if (!dim_store_list(ages->store, DIM_TABLE_AGES, FALSE, read_row, &reading, error))
        return FALSE;
    last = newest(ages);
    if (keys->len > 0
        && (reading.broken || !reading.has_total || !is_time(ages->total)
            || (last != NULL && last->time > ages->total))
        && !begin_anew(ages, keys, error))
        return FALSE;
    ages->known = TRUE;
    return TRUE;
}

/* ---- what it tells ---- */

gboolean
dim_ages_last(DimAges *ages, double *last, GError **error)
{
    const Mark *mark;

    if (!is_known(ages, error))
        return FALSE;
    mark = newest(ages);
    *last = mark != NULL ? mark->rank : 0;
    return TRUE;
}

static gboolean
run_on(DimAges *ages, GError **error)
{
    gint64 now = dim_clock_monotonic(ages->clock);
    DimRecord record = { .key = TOTAL };

    ages->total += CLAMP((double)(now - ages->looked) / G_USEC_PER_SEC, 0, MAX_GAP);
    ages->looked = now;
    record.rank = ages->total;
    return dim_store_save(ages->store, DIM_TABLE_AGES, &record, error);
}

/* Only where something came since the last one. */
static gboolean
add_mark(DimAges *ages, double last, GError **error)
{
    Mark mark = { .time = ages->total, .rank = last };
    const Mark *before = newest(ages);
    g_autofree char *key = key_of(last);
    DimRecord record = { .key = key, .rank = mark.time };

    if (ages->marks->len >= MAX_MARKS || last <= (before != NULL ? before->rank : 0)
        || (before != NULL && mark.time - before->time < ages->keep / PARTS))
        return TRUE;
    g_array_append_val(ages->marks, mark);
    return dim_store_save(ages->store, DIM_TABLE_AGES, &record, error);
}

/* Of the marks that are old the newest tells what its elders tell. */
static gboolean
drop_marks(DimAges *ages, double *old, GError **error)
{
    const Mark *marks = (const Mark *)(gpointer)ages->marks->data;
    guint count = 0;

    while (count < ages->marks->len && marks[count].time <= ages->total - ages->keep)
        count++;
    *old = count > 0 ? marks[count - 1].rank : -1;
    if (count < 2)
        return TRUE;
    if (!dim_store_prune(ages->store, DIM_TABLE_AGES, marks[count - 1].time, error))
        return FALSE;
    g_array_remove_range(ages->marks, 0, count - 1);
    return TRUE;
}

gboolean
dim_ages_look(DimAges *ages, double last, double *old, GError **error)
{
    return is_known(ages, error) && run_on(ages, error) && add_mark(ages, last, error)
           && drop_marks(ages, old, error);
}

static gboolean
note_total(const DimRecord *record, gpointer seconds)
{
    *(double *)seconds = is_time(record->rank) ? record->rank : 0;
    return TRUE;
}

gboolean
dim_ages_ran(DimStore *store, double *seconds, GError **error)
{
    *seconds = 0;
    return dim_store_find(store, DIM_TABLE_AGES, TOTAL, note_total, seconds, error);
}
