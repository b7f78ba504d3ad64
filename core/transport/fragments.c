/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fragments become messages here (protocol §6.2); nothing in a piece's header is believed beyond the bounds. */
#include "transport/fragments.h"

/* What a piece costs besides its bytes: GBytes, hash entry, allocator. Without it empty pieces would be free. */
#define PIECE_COST 96u

typedef struct {
    guint64 serial;
    guint32 pages;
    gint64 born;
    gsize cost;
    /* index -> GBytes; the number of pages is only a claim, so no array of that size */
    GHashTable *pieces;
} Assembly;

struct _DimFragments {
    GQueue assemblies; /* oldest first; at most 16, so a walk is cheap */
    gsize cost;
    gsize max_bytes;
    gint64 now;
    gboolean told; /* that something was forgotten, since the last message that became whole */
};

static void
free_assembly(Assembly *assembly)
{
    g_hash_table_unref(assembly->pieces);
    g_free(assembly);
}

/* One line, however many a flood makes us forget. */
static void
tell(DimFragments *fragments, const char *why, guint32 pages)
{
    if (!fragments->told)
        g_debug("%s, it is forgotten (%u fragments)", why, pages);
    fragments->told = TRUE;
}

static void
forget(DimFragments *fragments, GList *link)
{
    Assembly *assembly = link->data;

    fragments->cost -= assembly->cost;
    g_queue_delete_link(&fragments->assemblies, link);
    free_assembly(assembly);
}

DimFragments *
dim_fragments_new(gsize max_bytes)
{
    DimFragments *fragments = g_new0(DimFragments, 1);

    fragments->max_bytes = max_bytes;
    g_queue_init(&fragments->assemblies);
    return fragments;
}

void
dim_fragments_free(DimFragments *fragments)
{
    if (fragments == NULL)
        return;
    while (fragments->assemblies.head != NULL)
        forget(fragments, fragments->assemblies.head);
    g_free(fragments);
}

static GList *
find(DimFragments *fragments, guint64 serial)
{
    for (GList *link = fragments->assemblies.head; link != NULL; link = link->next) {
        const Assembly *assembly = link->data;

        if (assembly->serial == serial)
            return link;
    }
    return NULL;
}

static GList *
begin(DimFragments *fragments, const DimPacket *piece)
{
    Assembly *assembly = g_new0(Assembly, 1);

    if (fragments->assemblies.length >= DIM_FRAGMENTS_MAX_MESSAGES) {
        tell(fragments, "one unfinished message too many", piece->pages);
        forget(fragments, fragments->assemblies.head);
    }
    assembly->serial = piece->serial;
    assembly->pages = piece->pages;
    assembly->born = fragments->now;
    assembly->pieces = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_bytes_unref);
    g_queue_push_tail(&fragments->assemblies, assembly);
    return fragments->assemblies.tail;
}

/* Makes room for `cost` more bytes; FALSE if even the message at `keep` alone would be too large. */
static gboolean
make_room(DimFragments *fragments, GList *keep, gsize cost)
{
    while (fragments->cost + cost > fragments->max_bytes) {
        GList *oldest = fragments->assemblies.head;

        if (oldest == keep)
            oldest = keep->next;
        if (oldest == NULL)
            return FALSE;
        tell(fragments, "an unfinished message has no room", ((Assembly *)oldest->data)->pages);
        forget(fragments, oldest);
    }
    return TRUE;
}

static GBytes *
join(const Assembly *assembly)
{
    GByteArray *joined = g_byte_array_sized_new((guint)assembly->cost);

    for (guint32 index = 0; index < assembly->pages; index++) {
        GBytes *piece = g_hash_table_lookup(assembly->pieces, GUINT_TO_POINTER(index));
        gsize size;
        const guint8 *data = g_bytes_get_data(piece, &size);

        g_byte_array_append(joined, data, (guint)size);
    }
    return g_byte_array_free_to_bytes(joined);
}

gboolean
dim_fragments_add(DimFragments *fragments, const DimPacket *piece, DimPacket *whole)
{
    GList *link = find(fragments, piece->serial);
    gsize cost = g_bytes_get_size(piece->body) + PIECE_COST;
    Assembly *assembly;

    if (link != NULL && ((Assembly *)link->data)->pages != piece->pages) {
        forget(fragments, link); /* the same number for another message: the newer one counts */
        link = NULL;
    }
    if (link == NULL)
        link = begin(fragments, piece);
    assembly = link->data;
    if (g_hash_table_contains(assembly->pieces, GUINT_TO_POINTER(piece->index)))
        return FALSE;
    if (!make_room(fragments, link, cost)) {
        tell(fragments, "a message is too large", piece->pages);
        forget(fragments, link);
        return FALSE;
    }
    g_hash_table_insert(assembly->pieces, GUINT_TO_POINTER(piece->index),
                        g_bytes_ref(piece->body));
    assembly->cost += cost;
    fragments->cost += cost;
    if (g_hash_table_size(assembly->pieces) < assembly->pages)
        return FALSE;

    *whole = (DimPacket){
        .type = DIM_PACKET_MESSAGE,
        .has_serial = piece->has_serial,
        .serial = piece->serial,
        .pages = piece->pages,
        .joined = piece->pages > 1,
        .body = join(assembly),
    };
    forget(fragments, link);
    if (piece->pages > 1)
        fragments->told = FALSE;
    return TRUE;
}

gsize
dim_fragments_cost(const DimFragments *fragments)
{
    return fragments->cost;
}

void
dim_fragments_age(DimFragments *fragments, gint64 now)
{
    fragments->now = now;
    while (fragments->assemblies.head != NULL) {
        const Assembly *oldest = fragments->assemblies.head->data;

        if (now - oldest->born < DIM_FRAGMENTS_LIFE)
            return;
        tell(fragments, "a message did not become whole", oldest->pages);
        forget(fragments, fragments->assemblies.head);
    }
}
