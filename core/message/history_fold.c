/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimFold: the last word of each person in records that made room for newer ones. */
#include "message/history_fold.h"

#include <math.h>
#include <string.h>

#include "base/json.h"
#include "message/record.h"

#define EXTRA 32 /* bytes of text for all whom a record named, beside their IDs and its tag */

typedef struct {
    DimId *who;
    double time;
    gboolean inside;
    char *tag;  /* (nullable) GRefString: a record of many is one message */
    gsize size; /* bytes of the ID in a text */
} Word;

struct _DimFold {
    GPtrArray *words;  /* of Word, in the order in which they were folded */
    GHashTable *by_id; /* DimId -> Word, both borrowed */
    GHashTable *tags;  /* (nullable) borrowed; made when somebody asks */
    gsize bytes;       /* of its text; 0 until somebody asks */
};

static void
word_free(gpointer data)
{
    Word *word = data;

    dim_id_unref(word->who);
    g_clear_pointer(&word->tag, g_ref_string_release);
    g_free(word);
}

DimFold *
dim_fold_new(void)
{
    DimFold *fold = g_new0(DimFold, 1);

    fold->words = g_ptr_array_new_with_free_func(word_free);
    fold->by_id = g_hash_table_new(dim_id_hash, dim_id_equal_func);
    return fold;
}

void
dim_fold_free(DimFold *fold)
{
    g_clear_pointer(&fold->tags, g_hash_table_unref);
    g_hash_table_unref(fold->by_id);
    g_ptr_array_unref(fold->words);
    g_free(fold);
}

static const Word *
word_at(const DimFold *fold, guint at)
{
    return g_ptr_array_index(fold->words, at);
}

gboolean
dim_fold_knows(const DimFold *fold, const DimId *who, double time, gboolean inside)
{
    const Word *word = g_hash_table_lookup(fold->by_id, who);

    return word != NULL
           && (word->time > time || (word->time == time && (inside || !word->inside)));
}

static void
forget_sums(DimFold *fold)
{
    g_clear_pointer(&fold->tags, g_hash_table_unref);
    fold->bytes = 0;
}

/* As a string of its own, so that what must be escaped is counted. */
static gsize
size_of(const char *text)
{
    g_autoptr(GString) written = g_string_sized_new(128);

    dim_json_append_string(written, text);
    return written->len;
}

void
dim_fold_take(DimFold *fold, DimId *who, double time, gboolean inside, const char *tag)
{
    Word *word = g_hash_table_lookup(fold->by_id, who);

    if (dim_fold_knows(fold, who, time, inside))
        return;
    forget_sums(fold);
    if (word == NULL) {
        word = g_new0(Word, 1);
        word->who = dim_id_ref(who);
        word->size = size_of(dim_id_text(who));
        g_ptr_array_add(fold->words, word);
        g_hash_table_insert(fold->by_id, word->who, word);
    }
    word->time = time;
    word->inside = inside;
    g_clear_pointer(&word->tag, g_ref_string_release);
    word->tag = tag != NULL ? g_ref_string_new_intern(tag) : NULL;
}

/* Keeps the words whose mark is not set, in their order. */
static void
drop_marked(DimFold *fold, const gboolean *marked)
{
    GPtrArray *kept = g_ptr_array_new_with_free_func(word_free);

    forget_sums(fold);
    g_ptr_array_set_free_func(fold->words, NULL);
    for (guint i = 0; i < fold->words->len; i++) {
        Word *word = g_ptr_array_index(fold->words, i);

        if (!marked[i]) {
            g_ptr_array_add(kept, word);
            continue;
        }
        g_hash_table_remove(fold->by_id, word->who);
        word_free(word);
    }
    g_ptr_array_unref(fold->words);
    fold->words = kept;
}

void
dim_fold_forget_before(DimFold *fold, double time)
{
    g_autofree gboolean *marked = g_new0(gboolean, fold->words->len + 1);

    for (guint i = 0; i < fold->words->len; i++)
        marked[i] = word_at(fold, i)->time < time;
    drop_marked(fold, marked);
}

/* Of what stands once for all whom a record named. */
static gsize
size_of_head(const Word *word)
{
    return EXTRA + (word->tag != NULL ? size_of(word->tag) : 0);
}

static gboolean
are_of_one_record(const Word *a, const Word *b)
{
    return a->time == b->time && a->inside == b->inside
           && (a->tag == b->tag || g_strcmp0(a->tag, b->tag) == 0);
}

/* TRUE if the next word stands in a text of its own. */
static gboolean
is_last(const DimFold *fold, guint at)
{
    return at + 1 == fold->words->len
           || !are_of_one_record(word_at(fold, at), word_at(fold, at + 1));
}

gsize
dim_fold_bytes(DimFold *fold)
{
    for (guint i = 0, all = fold->bytes > 0 ? 0 : fold->words->len; i < all; i++)
        fold->bytes +=
            word_at(fold, i)->size + (is_last(fold, i) ? size_of_head(word_at(fold, i)) : 0);
    return fold->bytes;
}

typedef struct {
    guint room;
    gsize most;
    guint left;
    gsize bytes;
} Sum;

static gboolean
is_more(const Sum *sum, guint eighths)
{
    return sum->left > sum->room - sum->room / 8 * (8 - eighths)
           || sum->bytes > sum->most / 8 * eighths;
}

/* Those of whom the reset says the same, or all: the oldest first. An eighth more than must go: it takes as long for one as for many. */
static void
mark_some(const DimFold *fold, GHashTable *same, gboolean *marked, Sum *sum)
{
    gboolean many = is_more(sum, 8);
    gboolean kept = FALSE; /* of the same record: who stays, */
    gboolean gone = FALSE; /* and who does not any more */

    for (guint i = 0; many && i < fold->words->len && is_more(sum, 7); i++) {
        const Word *word = word_at(fold, i);

        if (!marked[i]
            && (same == NULL || word->inside == g_hash_table_contains(same, word->who))) {
            marked[i] = gone = TRUE;
            sum->left--;
            sum->bytes -= word->size;
        }
        kept |= !marked[i];
        if (!is_last(fold, i))
            continue;
        sum->bytes -= gone && !kept ? size_of_head(word) : 0;
        kept = gone = FALSE;
    }
}

void
dim_fold_shrink(DimFold *fold, const GPtrArray *reset, guint room, gsize bytes)
{
    g_autofree gboolean *marked = NULL;
    g_autoptr(GHashTable) first = NULL;
    Sum sum = {
        .room = room, .most = bytes, .left = fold->words->len, .bytes = dim_fold_bytes(fold)
    };

    if (!is_more(&sum, 8))
        return;
    marked = g_new0(gboolean, fold->words->len);
    first = g_hash_table_new(dim_id_hash, dim_id_equal_func);
    for (guint i = 0; reset != NULL && i < reset->len; i++)
        g_hash_table_add(first, g_ptr_array_index(reset, i));
    mark_some(fold, first, marked, &sum);
    mark_some(fold, NULL, marked, &sum);
    drop_marked(fold, marked);
}

guint
dim_fold_count(const DimFold *fold)
{
    return fold->words->len;
}

double
dim_fold_time(const DimFold *fold)
{
    double time = 0;

    for (guint i = 0; i < fold->words->len; i++)
        time = MAX(time, word_at(fold, i)->time);
    return time;
}

gboolean
dim_fold_keeps(DimFold *fold, const char *tag)
{
    if (fold->tags == NULL) {
        fold->tags = g_hash_table_new(g_str_hash, g_str_equal);
        for (guint i = 0; i < fold->words->len; i++) {
            if (word_at(fold, i)->tag != NULL)
                g_hash_table_add(fold->tags, word_at(fold, i)->tag);
        }
    }
    return tag != NULL && g_hash_table_contains(fold->tags, tag);
}

void
dim_fold_members(const DimFold *fold, const GPtrArray *reset, GPtrArray *list, GHashTable *set)
{
    for (guint i = 0; reset != NULL && i < reset->len; i++) {
        DimId *who = g_ptr_array_index(reset, i);
        const Word *word = g_hash_table_lookup(fold->by_id, who);

        if ((word == NULL || word->inside) && g_hash_table_add(set, who))
            g_ptr_array_add(list, who);
    }
    for (guint i = 0; i < fold->words->len; i++) {
        const Word *word = word_at(fold, i);

        if (word->inside && g_hash_table_add(set, word->who))
            g_ptr_array_add(list, word->who);
    }
}

void
dim_fold_name_all(const DimFold *fold, GHashTable *set)
{
    for (guint i = 0; i < fold->words->len; i++)
        g_hash_table_add(set, word_at(fold, i)->who);
}

/* ---- keeping ---- */

/* One text for all whom a record named: "+" or "-" and the time, their IDs with blanks between, and the tag, each on a line of its own.
 * As objects they would be more values than what is read may have. */
static void
add_text(JsonArray *array, GString *people, const Word *word)
{
    char time[G_ASCII_DTOSTR_BUF_SIZE];
    g_autofree char *text = g_strdup_printf(
        "%c%s\n%s%s%s", word->inside ? '+' : '-', g_ascii_dtostr(time, sizeof time, word->time),
        people->str, word->tag != NULL ? "\n" : "", word->tag != NULL ? word->tag : "");

    json_array_add_string_element(array, text);
}

JsonArray *
dim_fold_to_json(const DimFold *fold)
{
    JsonArray *array = json_array_new();
    g_autoptr(GString) people = g_string_new(NULL);

    for (guint i = 0; i < fold->words->len; i++) {
        const Word *word = word_at(fold, i);

        g_string_append_printf(people, "%s%s", people->len > 0 ? " " : "",
                               dim_id_text(word->who));
        if (!is_last(fold, i))
            continue;
        add_text(array, people, word);
        g_string_truncate(people, 0);
    }
    return array;
}

static gboolean
read_person(DimFold *fold, const char *text, double time, gboolean inside, const char *tag)
{
    g_autoptr(DimId) who = dim_id_parse(text, NULL);

    if (who == NULL || fold->words->len == DIM_FOLD_MAX
        || g_hash_table_contains(fold->by_id, who))
        return FALSE;
    dim_fold_take(fold, who, time, inside, tag);
    return TRUE;
}

/* Half of it would make others members than those who are. */
static gboolean
read_text(DimFold *fold, const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, "\n", 3);
    const char *tag = g_strv_length(parts) == 3 ? parts[2] : NULL;
    g_auto(GStrv) people = NULL;
    char *end = NULL;
    double time;

    if (g_strv_length(parts) < 2 || strchr("+-", text[0]) == NULL || !g_ascii_isdigit(text[1])
        || (tag != NULL && strlen(tag) > DIM_GROUP_RECORD_TAG_MAX))
        return FALSE;
    time = g_ascii_strtod(parts[0] + 1, &end);
    if (*end != '\0' || !isfinite(time) || !(time > 0))
        return FALSE;
    people = g_strsplit(parts[1], " ", DIM_FOLD_MAX + 1);
    for (guint i = 0; people[i] != NULL; i++) {
        if (!read_person(fold, people[i], time, text[0] == '+', tag))
            return FALSE;
    }
    return people[0] != NULL;
}

gboolean
dim_fold_read_json(DimFold *fold, JsonArray *array)
{
    for (guint i = 0; i < json_array_get_length(array); i++) {
        JsonNode *node = json_array_get_element(array, i);

        if (!JSON_NODE_HOLDS_VALUE(node) || json_node_get_value_type(node) != G_TYPE_STRING
            || !read_text(fold, json_node_get_string(node)))
            return FALSE;
    }
    return fold->words->len > 0;
}
