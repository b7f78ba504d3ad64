/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimStation: a station's address as a value, and the book of station identities pinned at first login (protocol P-117). */
#pragma once

#include "identity/id.h"
#include "storage/store.h"

G_BEGIN_DECLS

/* host must not be empty, port 1..65535 (0: 9394). */
DimStation *dim_station_new(const char *host, guint16 port);
DimStation *dim_station_ref(DimStation *station);
void dim_station_unref(DimStation *station);
const char *dim_station_host(const DimStation *station);
guint16 dim_station_port(const DimStation *station);

/* Stations as people list them: host or host:port, a comma between each; an IPv6 address with a port stands in brackets.
 * `port` is that of those without one. New array of DimStation, each once, at least one; NULL with MALFORMED and a sentence. */
GPtrArray *dim_station_list(const char *text, guint16 port, GError **error);
#define DIM_STATION_MAX_LIST 16

/* How many seconds connecting and logging in took the last time; 0 = never done. Negative: it failed at that time (since 1970). */
double dim_station_measure(const DimStation *station, DimStore *store);
gboolean dim_station_set_measure(const DimStation *station,
                                 DimStore *store,
                                 double measure,
                                 GError **error);

/* Whom the person wants to meet there, whatever was met before; NULL: nobody in particular. Set before a session has the station. */
void dim_station_set_wanted(DimStation *station, DimId *id);
DimId *dim_station_wanted(const DimStation *station); /* (nullable), borrowed */

/* The ID that was seen first at this host and port; NULL without an error: none was. STORAGE if it cannot be read: then nobody must be
 * believed to be that station. (transfer full) */
DimId *dim_station_pinned(const DimStation *station, DimStore *store, GError **error);
gboolean
dim_station_pin(const DimStation *station, DimStore *store, const DimId *id, GError **error);
gboolean dim_station_unpin(const DimStation *station, DimStore *store, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DimStation, dim_station_unref)

G_END_DECLS
