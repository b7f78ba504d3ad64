/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimGroups: one row a group (label: its founder, note: its bytes), and one a signed message (label: its group). */
#include "people/groups.h"

#include <string.h>

#include "base/hash.h"
#include "people/records.h"

char *
dim_groups_load(DimStore *store, const DimId *group, GError **error)
{
    return dim_record_load_text(store, DIM_TABLE_GROUPS, dim_id_text(group), error);
}

/* ---- signed messages ---- */

typedef struct {
    const DimGroupNews *news;
    GHashTable *own; /* keys of those that come now */
    gsize bytes;     /* of those that stay */
    GPtrArray *gone; /* keys */
} Sweep;

static char *
signed_row(const DimId *group, const char *tag)
{
    return g_strconcat(dim_id_text(group), " ", tag, NULL);
}

static gboolean
sweep_row(const DimRecord *record, gpointer data)
{
    Sweep *sweep = data;
    const char *tag = strchr(record->key, ' ');

    if (g_hash_table_contains(sweep->own, record->key))
        return TRUE;
    if (tag == NULL || !sweep->news->wants(tag + 1, sweep->news->data))
        g_ptr_array_add(sweep->gone, g_strdup(record->key));
    else
        sweep->bytes += record->value != NULL ? g_bytes_get_size(record->value) : 0;
    return TRUE;
}

static gboolean
save_one_signed(DimStore *store,
                const DimGroupNews *news,
                const DimGroupSigned *message,
                gsize *bytes,
                GError **error)
{
    g_autofree char *key = signed_row(news->group, message->tag);
    DimRecord record = { .key = key, .rank = message->time, .label = dim_id_text(news->group) };
    gsize size = strlen(message->text);

    if (!news->wants(message->tag, news->data))
        return TRUE;
    if (*bytes + size > DIM_GROUPS_MAX_SIGNED) {
        g_debug("a record of %s is not kept: there are too many", record.label);
        return TRUE;
    }
    *bytes += size;
    return dim_record_save_text(store, DIM_TABLE_GROUP_RECORDS, &record, message->text, error);
}

/* What does not count any more goes before the new ones are weighed. */
static gboolean
save_signed(DimStore *store, const DimGroupNews *news, gsize *bytes, GError **error)
{
    guint count = news->messages != NULL ? news->messages->len : 0;
    g_autoptr(GHashTable) own = g_hash_table_new_full(dim_text_hash, g_str_equal, g_free, NULL);
    g_autoptr(GPtrArray) gone = g_ptr_array_new_with_free_func(g_free);
    Sweep sweep = { .news = news, .own = own, .gone = gone };
    gboolean done = TRUE;

    for (guint i = 0; i < count; i++) {
        const DimGroupSigned *message = g_ptr_array_index(news->messages, i);

        g_hash_table_add(own, signed_row(news->group, message->tag));
    }
    if (!dim_store_list_label(store, DIM_TABLE_GROUP_RECORDS, dim_id_text(news->group), TRUE,
                              sweep_row, &sweep, error)
        || !dim_records_remove(store, DIM_TABLE_GROUP_RECORDS, gone, error))
        return FALSE;
    *bytes = sweep.bytes;
    for (guint i = 0; done && i < count; i++)
        done = save_one_signed(store, news, g_ptr_array_index(news->messages, i), bytes, error);
    return done;
}

static gboolean
take_text(const DimRecord *record, gpointer data)
{
    g_ptr_array_add(data, dim_record_text(record->value));
    return TRUE;
}

GPtrArray *
dim_groups_signed(DimStore *store, const DimId *group, GError **error)
{
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);

    if (!dim_store_list_label(store, DIM_TABLE_GROUP_RECORDS, dim_id_text(group), TRUE,
                              take_text, texts, error))
        return NULL;
    return g_steal_pointer(&texts);
}

/* ---- room for one more ---- */

typedef struct {
    char *key;
    char *founder; /* (nullable) */
    gsize bytes;
} Place;

static void
place_free(gpointer data)
{
    Place *place = data;

    g_free(place->key);
    g_free(place->founder);
    g_free(place);
}

static gboolean
note_place(const DimRecord *record, gpointer places)
{
    Place *place = g_new0(Place, 1);

    place->key = g_strdup(record->key);
    place->founder = g_strdup(record->label);
    place->bytes = record->note != NULL ? g_ascii_strtoull(record->note, NULL, 10) : 0;
    g_ptr_array_add(places, place);
    return TRUE;
}

static gboolean
is_friend(DimStore *store, const char *founder, const char *me)
{
    return founder != NULL
           && (g_str_equal(founder, me) || dim_store_has(store, DIM_TABLE_CONTACTS, founder));
}

static gboolean
remove_group(DimStore *store, const char *key, GError **error)
{
    g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func(g_free);

    return dim_store_list_label(store, DIM_TABLE_GROUP_RECORDS, key, FALSE, dim_record_note_key,
                                keys, error)
           && dim_records_remove(store, DIM_TABLE_GROUP_RECORDS, keys, error)
           && dim_store_remove(store, DIM_TABLE_GROUPS, key, error);
}

/* Drops strangers' groups, those that were not changed for longest first, until this many places and bytes are left for them. */
static gboolean
thin_out(DimStore *store,
         GPtrArray *strangers,
         guint places,
         gsize bytes,
         gboolean *went,
         GError **error)
{
    gsize all = 0;

    for (guint i = 0; i < strangers->len; i++)
        all += ((const Place *)strangers->pdata[i])->bytes;
    for (guint i = 0; i < strangers->len && (strangers->len - i > places || all > bytes); i++) {
        const Place *place = strangers->pdata[i];

        g_debug("the group %s of a stranger makes room", place->key);
        if (!remove_group(store, place->key, error))
            return FALSE;
        *went = TRUE;
        all -= place->bytes;
    }
    return TRUE;
}

/* *room tells whether there is a place now, beside all others. FALSE with STORAGE. */
static gboolean
make_room(DimStore *store,
          const DimGroupNews *news,
          gboolean stranger,
          gboolean *room,
          gboolean *went,
          GError **error)
{
    const char *me = dim_id_text(news->me);
    g_autoptr(GPtrArray) places = g_ptr_array_new_with_free_func(place_free);
    g_autoptr(GPtrArray) strangers = g_ptr_array_new();
    guint friends = 0;
    guint left;

    if (!dim_store_list(store, DIM_TABLE_GROUPS, FALSE, note_place, places, error))
        return FALSE;
    for (guint i = 0; i < places->len; i++) {
        const Place *place = places->pdata[i];

        if (g_str_equal(place->key, dim_id_text(news->group)))
            continue;
        if (is_friend(store, place->founder, me))
            friends++;
        else
            g_ptr_array_add(strangers, places->pdata[i]);
    }
    left =
        DIM_GROUPS_MAX - MIN(friends + 1, DIM_GROUPS_MAX); /* for strangers, beside this one */
    left = MIN(left, DIM_GROUPS_MAX_STRANGERS - (stranger ? 1 : 0));
    *room = friends < DIM_GROUPS_MAX;
    return !*room
           || thin_out(store, strangers, left, DIM_GROUPS_MAX_BYTES - 2 * DIM_GROUPS_MAX_SIGNED,
                       went, error);
}

static gboolean
save(DimStore *store, const DimGroupNews *news, gboolean *went, GError **error)
{
    DimRecord record = { .key = dim_id_text(news->group),
                         .rank = news->now,
                         .label = news->founder != NULL ? dim_id_text(news->founder) : NULL };
    g_autofree char *note = NULL;
    gboolean stranger = !is_friend(store, record.label, dim_id_text(news->me));
    gboolean room = TRUE;
    gsize bytes = 0;

    /* What a friend's grows takes nothing from strangers. */
    if ((stranger || !dim_store_has(store, DIM_TABLE_GROUPS, record.key))
        && !make_room(store, news, stranger, &room, went, error))
        return FALSE;
    if (!room) {
        g_debug("the group %s is not kept: there are too many", record.key);
        return TRUE;
    }
    if (!save_signed(store, news, &bytes, error))
        return FALSE;
    note = g_strdup_printf("%" G_GSIZE_FORMAT, bytes + strlen(news->text));
    record.note = note;
    return dim_record_save_text(store, DIM_TABLE_GROUPS, &record, news->text, error);
}

gboolean
dim_groups_save(DimStore *store,
                const DimGroupNews *news,
                gboolean *others_went,
                GError **error)
{
    gboolean mine;

    g_return_val_if_fail(news->wants != NULL, FALSE);
    *others_went = FALSE;
    if (!dim_records_begin(store, &mine, error))
        return FALSE;
    return dim_records_end(store, mine, save(store, news, others_went, error), error);
}
