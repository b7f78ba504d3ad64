/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimServer: the station itself; joins hub, clerk, queue, relay and answers (protocol §7). */
#pragma once

#include "base/clock.h"
#include "people/user.h"
#include "station/settings.h"
#include "storage/store.h"

G_BEGIN_DECLS

typedef struct _DimServer DimServer;

/* Makes the station's identity in an empty store: a named MKM meta on secp256k1, network byte 2, an RSA visa key; or loads
 * the one that is there. NULL with CRYPTO or STORAGE; none is made beside a damaged store that was kept aside. */
DimUser *dim_server_identity(DimStore *store,
                             const DimSettings *settings,
                             const char *host,
                             guint16 port,
                             GError **error);

/* Listens; nobody is answered before dim_server_open(). The first three are borrowed. NULL with a sentence for a person. */
DimServer *dim_server_new(const DimSettings *settings,
                          const DimClock *clock,
                          DimStore *store,
                          const char *host,
                          guint16 port,
                          GError **error);
guint16 dim_server_port(const DimServer *server);
/* From now on the loop serves. Takes its own reference of user. FALSE with STORAGE. */
gboolean dim_server_open(DimServer *server, DimUser *user, GError **error);
/* Takes nobody in any more, commits, writes what it can within a second, closes all lines. */
void dim_server_free(DimServer *server);
/* The id of the station. Borrowed; NULL before open. */
DimId *dim_server_id(const DimServer *server);
guint dim_server_connections(const DimServer *server);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DimServer, dim_server_free)

G_END_DECLS
