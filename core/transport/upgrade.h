/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a line becomes a WebSocket: the HTTP request and its answer (RFC 6455, section 4; protocol §6.3). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Of a head, its empty line included. */
#define DIM_UPGRADE_MAX 8192u

/* The size of the head that data begins with, its empty line included; 0: it is not whole. */
gsize dim_upgrade_head_size(const guint8 *data, gsize size);

/* key: of dim_upgrade_key(). A host that cannot stand in a head is left out of it. New strings. */
char *dim_upgrade_key(const guint8 random[16]);
char *dim_upgrade_request(const char *host, guint16 port, const char *key);
/* The answer to a request with this key. New string. */
char *dim_upgrade_response(const char *key);
/* The answer to all other requests: which version is spoken here. */
extern const char *const dim_upgrade_refusal;

/* FALSE with DIM_ERROR_MALFORMED if the head is not the answer to a request with this key, DIM_ERROR_OFFLINE if it says no. */
gboolean
dim_upgrade_check_response(const guint8 *head, gsize size, const char *key, GError **error);
/* The key of a request. NULL with DIM_ERROR_MALFORMED if the head does not ask for a WebSocket of version 13. New string. */
char *dim_upgrade_read_request(const guint8 *head, gsize size, GError **error);

G_END_DECLS
