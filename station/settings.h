/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimSettings: what the station's configuration file says: names, limits, its own words about itself. */
#pragma once

#include "identity/id.h"

G_BEGIN_DECLS

typedef struct {
    /* [station]: used when the identity is made */
    char *name;      /* the nickname in the visa */
    char *seed;      /* the name in the ID */
    char *host;      /* (nullable) what the visa tells; NULL: the address listened on */
    guint16 port;    /* 0: the port listened on */
    guint visa_bits; /* 1024 or 2048 */
    /* [ans]: name -> DimId (protocol §7.7); the built-in names are in it */
    GHashTable *names;
    /* [limits] */
    guint max_connections, max_address; /* of all; of one address (IPv6: of one /64) */
    guint rate, burst;                  /* messages a second on one connection, and at once */
    guint byte_rate, byte_burst;        /* the same in bytes */
    guint stranger_rate;     /* of all together who are not logged in, messages a second */
    guint handshake_seconds; /* a stranger who says nothing good for so long is cut */
    guint idle_seconds;      /* nothing received for so long: cut (protocol §6.5) */
    guint64 send_buffer;     /* bytes waiting for one slow reader */
    guint64 send_total;      /* and for all: beyond it the slow ones are cut */
    guint queue_days;        /* so long messages wait while it runs (protocol §7.2) */
    guint queue_messages;    /* for one reader */
    guint64 queue_bytes;     /* for one reader */
    guint64 total_messages;  /* for all readers */
    guint64 total_bytes;
    guint max_accounts; /* metas kept */
    guint64 kept_bytes; /* of one list or backup of a user */
    guint64 kept_total; /* of all of them */
    /* [services] */
    gboolean search, online; /* tell who has a name, who is here */
} DimSettings;

/* The built-in values. */
DimSettings *dim_settings_new(void);
void dim_settings_free(DimSettings *settings);
/* Reads a key file over the built-in values. FALSE with G_KEY_FILE_ERROR or G_FILE_ERROR, or DIM_ERROR_MALFORMED for a value
 * that makes no sense or a key that does not exist; the message names it. */
gboolean dim_settings_read(DimSettings *settings, const char *path, GError **error);
/* The ID that a service name stands for. (nullable) borrowed. */
DimId *dim_settings_resolve(const DimSettings *settings, const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DimSettings, dim_settings_free)

G_END_DECLS
