/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimId: [name@]address[/terminal]; equal when name and address are, whatever the terminal (protocol §2.1). Immutable, refcounted. */
#pragma once

#include "identity/address.h"

G_BEGIN_DECLS

/* 4..128 characters, no blanks or control characters. (transfer full), or NULL with MALFORMED. A bare word is no ID. */
DimId *dim_id_parse(const char *text, GError **error);
/* What a person typed or pasted. An ETH address all in small or all in capital letters gets its EIP-55 spelling, and blanks around
 * the ID fall away; dim_id_parse() does neither, because on the wire an ID means what stands there (protocol §2.1: case counts).
 * (transfer full), or NULL with MALFORMED and a sentence for that person: capitals that do not fit (one character is wrong), an
 * address of no known kind (its check code is wrong), an ETH address behind a name. */
DimId *dim_id_from_person(const char *text, GError **error);
DimId *dim_id_ref(const DimId *id);
void dim_id_unref(DimId *id);

/* name@address without terminal: the key of every table. Borrowed, as all readers here. */
const char *dim_id_text(const DimId *id);
/* As it was written, with terminal. */
const char *dim_id_full(const DimId *id);
const char *dim_id_name(const DimId *id); /* (nullable) */
const char *dim_id_address(const DimId *id);
const char *dim_id_terminal(const DimId *id); /* (nullable) */
DimAddressKind dim_id_kind(const DimId *id);
guint8 dim_id_network(const DimId *id); /* the raw byte */
guint8 dim_id_type(const DimId *id);    /* mapped */
gboolean dim_id_is_user(const DimId *id);
gboolean dim_id_is_group(const DimId *id);
gboolean dim_id_is_station(const DimId *id);
gboolean dim_id_is_bot(const DimId *id);
gboolean dim_id_is_broadcast(const DimId *id);

gboolean dim_id_equal(const DimId *a, const DimId *b);
/* For GHashTable; ignore the terminal. */
guint dim_id_hash(gconstpointer id);
gboolean dim_id_equal_func(gconstpointer a, gconstpointer b);
/* "ddd-ddd-dddd" (protocol §2.6). New string. */
char *dim_id_number_text(const DimId *id);

/* Static broadcast IDs, borrowed for ever (protocol §2.4). */
DimId *dim_id_any_station(void);   /* station@anywhere */
DimId *dim_id_every_station(void); /* stations@everywhere */
DimId *dim_id_everyone(void);      /* everyone@everywhere */
DimId *dim_id_anyone(void);        /* anyone@anywhere */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DimId, dim_id_unref)

G_END_DECLS
