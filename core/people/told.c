/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One row a person in the table of what was seen; its note is a list of digests. Of those whose meta is here it is ranked so far
 * ahead that it goes with the person alone. */
#include "people/told.h"

#include <string.h>

#include "base/codec.h"
#include "crypto/digest.h"
#include "people/records.h"
#include "storage/ages.h"

#define DIGEST_BYTES 8
#define FOR_EVER     (1000.0 * 365 * 24 * 3600) /* seconds */

static gboolean
is_among(char **told, const char *digest)
{
    return told != NULL && g_strv_contains((const char *const *)told, digest);
}

gboolean
dim_told_first(DimStore *store, const DimId *person, const char *thing, GError **error)
{
    g_autofree char *key = g_strconcat("told ", dim_id_text(person), NULL);
    gboolean stays = dim_store_has(store, DIM_TABLE_METAS, dim_id_text(person));
    DimRecord record = { .key = key };
    g_autofree char *digest = NULL;
    g_autofree char *note = NULL;
    g_auto(GStrv) told = NULL;
    g_auto(DimRow) row = { 0 };
    guint8 bytes[32];

    dim_sha256(thing, strlen(thing), bytes);
    digest = dim_hex_encode(bytes, DIGEST_BYTES);
    if (!dim_row_find(store, DIM_TABLE_SEEN, key, &row, error)
        || !dim_ages_ran(store, &record.rank, error))
        return FALSE;
    if (row.note != NULL)
        told = g_strsplit(row.note, " ", -1);
    if (is_among(told, digest) || (told != NULL && g_strv_length(told) >= DIM_TOLD_MAX))
        return FALSE;
    note = row.note == NULL ? g_strdup(digest) : g_strconcat(row.note, " ", digest, NULL);
    record.note = note;
    record.rank += stays ? FOR_EVER : 0;
    return dim_store_save(store, DIM_TABLE_SEEN, &record, error);
}

gboolean
dim_told_forget(DimStore *store, const char *id, GError **error)
{
    g_autofree char *key = g_strconcat("told ", id, NULL);

    return dim_store_remove(store, DIM_TABLE_SEEN, key, error);
}
