/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finding a name that stands twice: every pair of a few, neighbours of the sorted many. */
#include "base/json_names.h"

#include <string.h>

#include "base/json_parts.h"

#define MAX_MEMBERS 10000 /* of one object: bounds the sort */
#define FEW_MEMBERS 8     /* up to here comparing every pair is cheaper than sorting */

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
        return NULL;
    }
    for (guint i = 1; i < count; i++) {
        for (guint j = 0; j < i; j++) {
            if (compare(&all[j], &all[i], names) == 0)
                return WHY;
        }
    }
    return NULL;
}
