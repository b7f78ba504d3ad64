/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finding a name that stands twice (every pair of a few, neighbours of the sorted many), and names made to want one place. */
#include "base/json_names.h"

#include <string.h>

#include "base/json_parts.h"

#define MAX_MEMBERS 10000 /* of one object: bounds the sort */
#define FEW_MEMBERS 8     /* up to here comparing every pair is cheaper than sorting */

/* json-glib keeps the members of an object in a table under g_str_hash(), which has no key: names are easily made that all want the
 * same place of it, and 10,000 of them take a second to get in. So many others of the same place may a name find there, on
 * average: by chance it is two, of numbers in a row never more than thirteen. */
#define MAX_CROWD 32

void
dim_json_names_init(DimJsonNames *names, const char *text)
{
    names->text = text;
    names->all = names->few;
    names->count = 0;
    names->room = DIM_JSON_FEW_NAMES;
    names->unescaped = NULL;
}

void
dim_json_names_clear(DimJsonNames *names)
{
    if (names->all != names->few)
        g_free(names->all);
    if (names->unescaped != NULL)
        g_string_free(names->unescaped, TRUE);
}

static const char *
bytes_of(const DimJsonNames *names, const DimJsonName *name)
{
    return (name->escaped ? names->unescaped->str : names->text) + name->offset;
}

static int
compare(gconstpointer a, gconstpointer b, gpointer data)
{
    const DimJsonName *one = a;
    const DimJsonName *other = b;

    if (one->size != other->size)
        return one->size < other->size ? -1 : 1;
    if (one->head != other->head)
        return one->head < other->head ? -1 : 1;
    return one->size <= sizeof one->head
               ? 0
               : memcmp(bytes_of(data, one), bytes_of(data, other), one->size);
}

/* Two spellings of one name ("a", "\u0061") are the same name. */
static void
unescape(DimJsonNames *names, DimJsonName *name)
{
    const char *p = names->text + name->offset;
    const char *end = p + name->size;

    if (names->unescaped == NULL)
        names->unescaped = g_string_new(NULL);
    name->offset = (guint32)names->unescaped->len;
    while (p < end) {
        if (*p == '\\')
            p = dim_json_unescape(names->unescaped, p + 1);
        else
            g_string_append_c(names->unescaped, *p++);
    }
    name->size = (guint32)names->unescaped->len - name->offset;
}

static void
make_room(DimJsonNames *names)
{
    DimJsonName *longer = g_new(DimJsonName, 2 * names->room);

    memcpy(longer, names->all, names->count * sizeof *longer);
    if (names->all != names->few)
        g_free(names->all);
    names->all = longer;
    names->room *= 2;
}

const char *
dim_json_names_add(DimJsonNames *names, guint first, gsize offset, gsize size, gboolean escaped)
{
    DimJsonName *name;

    if (names->count - first >= MAX_MEMBERS)
        return "too many members in one object";
    if (names->count == names->room)
        make_room(names);
    name = &names->all[names->count++];
    name->head = 0;
    name->offset = (guint32)offset;
    name->size = (guint32)size;
    name->escaped = escaped;
    if (escaped)
        unescape(names, name);
    memcpy(&name->head, bytes_of(names, name), MIN(name->size, sizeof name->head));
    return NULL;
}

/* As g_str_hash() does it, of bytes that no NUL ends. */
static guint32
hash_of(const DimJsonNames *names, const DimJsonName *name)
{
    const char *bytes = bytes_of(names, name);
    guint32 hash = 5381;

    for (guint32 i = 0; i < name->size; i++)
        hash = hash * 33 + (guint32)(signed char)bytes[i];
    return hash;
}

/* In a table with so many places. */
static gboolean
is_crowded_in(const guint32 *hashes, guint count, guint places)
{
    g_autofree guint16 *crowds = g_new0(guint16, places);
    guint64 met = 0;

    for (guint i = 0; i < count; i++)
        met += crowds[hashes[i] * 11 % places]++; /* 11: so does GLib */
    return met > (guint64)MAX_CROWD * count;
}

static gboolean
are_crowded(const DimJsonNames *names, const DimJsonName *all, guint count)
{
    /* The greatest prime below each power of two: such are the sizes of GLib's tables. */
    static const guint16 primes[] = { 13,   31,   61,   127,  251,   509,
                                      1021, 2039, 4093, 8191, 16381, 32749 };
    g_autofree guint32 *hashes = NULL;
    gboolean crowded = FALSE;

    if (count <= MAX_CROWD)
        return FALSE;
    hashes = g_new(guint32, count);
    for (guint i = 0; i < count; i++)
        hashes[i] = hash_of(names, &all[i]);
    for (guint i = 0; i < G_N_ELEMENTS(primes) && !crowded; i++) {
        if (primes[i] >= count / 4 && primes[i] < count * 4)
            crowded = is_crowded_in(hashes, count, primes[i]);
    }
    return crowded;
}

const char *
dim_json_names_close(DimJsonNames *names, guint first)
{
    static const char WHY[] = "a name twice in one object";
    DimJsonName *all = names->all + first;
    guint count = names->count - first;

    names->count = first;
    if (count > FEW_MEMBERS) {
        g_qsort_with_data(all, (int)count, sizeof *all, compare, names);
        for (guint i = 1; i < count; i++) {
            if (compare(&all[i - 1], &all[i], names) == 0)
                return WHY;
        }
        return are_crowded(names, all, count) ? "names made to collide" : NULL;
    }
    for (guint i = 1; i < count; i++) {
        for (guint j = 0; j < i; j++) {
            if (compare(&all[j], &all[i], names) == 0)
                return WHY;
        }
    }
    return NULL;
}
