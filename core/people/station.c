/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A station's address as a value, and the identities pinned to addresses (P-117). */
#include "people/station.h"

#include "base/errors.h"
#include "people/records.h"

#define DEFAULT_PORT 9394

struct _DimStation {
    gint refs;
    char *host;
    guint16 port;
};

DimStation *
dim_station_new(const char *host, guint16 port)
{
    DimStation *station;

    g_return_val_if_fail(host != NULL && *host != '\0', NULL);
    station = g_new0(DimStation, 1);
    station->refs = 1;
    station->host = g_strdup(host);
    station->port = port != 0 ? port : DEFAULT_PORT;
    return station;
}

DimStation *
dim_station_ref(DimStation *station)
{
    g_atomic_int_inc(&station->refs);
    return station;
}

void
dim_station_unref(DimStation *station)
{
    if (station == NULL || !g_atomic_int_dec_and_test(&station->refs))
        return;
    g_free(station->host);
    g_free(station);
}

const char *
dim_station_host(const DimStation *station)
{
    return station->host;
}

guint16
dim_station_port(const DimStation *station)
{
    return station->port;
}

static char *
key_of(const DimStation *station)
{
    g_autofree char *host = g_ascii_strdown(station->host, -1);

    return g_strdup_printf("%s:%u", host, station->port);
}

DimId *
dim_station_pinned(const DimStation *station, DimStore *store)
{
    g_autofree char *key = key_of(station);
    g_autoptr(GError) error = NULL;
    g_auto(DimRow) row = { 0 };
    DimId *id = NULL;

    if (dim_row_find(store, DIM_TABLE_STATIONS, key, &row, &error) && row.label != NULL)
        id = dim_id_parse(row.label, &error);
    if (error != NULL)
        g_warning("the identity of %s is not readable: %s", key, error->message);
    return id;
}

gboolean
dim_station_pin(const DimStation *station, DimStore *store, const DimId *id, GError **error)
{
    g_autofree char *key = key_of(station);
    DimRecord record = { .key = key, .label = dim_id_text(id) };
    g_auto(DimRow) row = { 0 };

    if (!dim_row_find(store, DIM_TABLE_STATIONS, key, &row, error))
        return FALSE;
    if (row.found && g_strcmp0(row.label, record.label) == 0)
        return TRUE;
    if (row.found) { /* a change is the person's decision: dim_station_unpin() first */
        g_set_error(error, DIM_ERROR, DIM_ERROR_NOT_ALLOWED,
                    "The station at %s was another one (%s) before", key, row.label);
        return FALSE;
    }
    return dim_store_save(store, DIM_TABLE_STATIONS, &record, error);
}

gboolean
dim_station_unpin(const DimStation *station, DimStore *store, GError **error)
{
    g_autofree char *key = key_of(station);

    return dim_store_remove(store, DIM_TABLE_STATIONS, key, error);
}
