/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A station's address as a value, and the identities pinned to addresses (P-117). */
#include "people/station.h"

#include <string.h>

#include "base/errors.h"
#include "base/words.h"
#include "people/records.h"

#define DEFAULT_PORT 9394

struct _DimStation {
    gint refs;
    char *host;
    guint16 port;
    DimId *wanted; /* (nullable) */
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
    g_clear_pointer(&station->wanted, dim_id_unref);
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

void
dim_station_set_wanted(DimStation *station, DimId *id)
{
    DimId *wanted = id != NULL ? dim_id_ref(id) : NULL;

    g_clear_pointer(&station->wanted, dim_id_unref);
    station->wanted = wanted;
}

DimId *
dim_station_wanted(const DimStation *station)
{
    return station->wanted;
}

static char *
key_of(const DimStation *station)
{
    g_autofree char *host = g_ascii_strdown(station->host, -1);

    return g_strdup_printf("%s:%u", host, station->port);
}

DimId *
dim_station_pinned(const DimStation *station, DimStore *store, GError **error)
{
    g_autofree char *key = key_of(station);
    g_autoptr(GError) why = NULL;
    g_auto(DimRow) row = { 0 };
    DimId *id = NULL;

    if (dim_row_find(store, DIM_TABLE_STATIONS, key, &row, &why) && row.label != NULL)
        id = dim_id_parse(row.label, &why);
    if (why != NULL)
        g_set_error(error, DIM_ERROR, DIM_ERROR_STORAGE,
                    _("Who the station at %s was until now cannot be read: %s"), key,
                    why->message);
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
    record.rank = row.rank;
    if (row.found && g_strcmp0(row.label, record.label) == 0)
        return TRUE;
    if (row.label != NULL) { /* a change is the person's decision: dim_station_unpin() first */
        g_set_error(error, DIM_ERROR, DIM_ERROR_NOT_ALLOWED,
                    _("The station at %s was another one (%s) before"), key, row.label);
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

double
dim_station_measure(const DimStation *station, DimStore *store)
{
    g_autofree char *key = key_of(station);
    g_auto(DimRow) row = { 0 };

    return dim_row_find(store, DIM_TABLE_STATIONS, key, &row, NULL) ? row.rank : 0;
}

gboolean
dim_station_set_measure(const DimStation *station,
                        DimStore *store,
                        double measure,
                        GError **error)
{
    g_autofree char *key = key_of(station);
    g_auto(DimRow) row = { 0 };
    DimRecord record = { .key = key, .rank = measure };

    if (!dim_row_find(store, DIM_TABLE_STATIONS, key, &row, error))
        return FALSE;
    record.label = row.label; /* its identity, if it is known, stays */
    return dim_store_save(store, DIM_TABLE_STATIONS, &record, error);
}

/* host, host:port, [address] or [address]:port; NULL if it is none of them. */
static DimStation *
parse_one(const char *text, guint16 port)
{
    const char *colon = strrchr(text, ':');
    gsize length = strlen(text);
    guint64 number = port;
    g_autofree char *host = NULL;

    if (*text == '[') {
        const char *end = strchr(text, ']');

        if (end == NULL || (end[1] != '\0' && end[1] != ':'))
            return NULL;
        host = g_strndup(text + 1, (gsize)(end - text) - 1);
        colon = end[1] == ':' ? end + 1 : NULL;
    } else {
        if (colon != NULL && strchr(text, ':') != colon)
            colon = NULL; /* an IPv6 address */
        host = g_strndup(text, colon != NULL ? (gsize)(colon - text) : length);
    }
    if (*host == '\0' || strpbrk(host, " \t/@") != NULL
        || (colon != NULL
            && !g_ascii_string_to_unsigned(colon + 1, 10, 1, 65535, &number, NULL)))
        return NULL;
    return dim_station_new(host, (guint16)number);
}

static gboolean
is_listed(GPtrArray *stations, const DimStation *station)
{
    for (guint i = 0; i < stations->len; i++) {
        const DimStation *other = g_ptr_array_index(stations, i);

        if (other->port == station->port && g_ascii_strcasecmp(other->host, station->host) == 0)
            return TRUE;
    }
    return FALSE;
}

GPtrArray *
dim_station_list(const char *text, guint16 port, GError **error)
{
    g_autoptr(GPtrArray) stations =
        g_ptr_array_new_with_free_func((GDestroyNotify)dim_station_unref);
    g_auto(GStrv) parts = g_strsplit(text, ",", -1);

    for (char **part = parts; *part != NULL; part++) {
        g_autoptr(DimStation) station = NULL;

        if (*g_strstrip(*part) == '\0')
            continue;
        station = parse_one(*part, port);
        if (station == NULL || stations->len >= DIM_STATION_MAX_LIST) {
            g_set_error(error, DIM_ERROR, DIM_ERROR_MALFORMED,
                        station == NULL
                            ? _("“%.100s” is not the name of a station, or its port is "
                                "not between 1 and 65535")
                            : _("“%.100s” is one station too many: 16 can be listed"),
                        *part);
            return NULL;
        }
        if (!is_listed(stations, station))
            g_ptr_array_add(stations, g_steal_pointer(&station));
    }
    if (stations->len > 0)
        return g_steal_pointer(&stations);
    g_set_error_literal(error, DIM_ERROR, DIM_ERROR_MALFORMED, _("no station is named"));
    return NULL;
}
