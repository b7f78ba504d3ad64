/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bare library calls that our figures are divided by: no code of ours stands behind them. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Makes keys, prebuilt digests, signatures and one wrapped block. Call it after core has used libgcrypt once, so that both sides use it
 * as the same guest. Aborts when a library fails: there is nothing to measure then. */
void floor_init(void);
void floor_clear(void);

/* One call each, on RSA-1024 and secp256k1. They abort when the library says no. */
void floor_rsa_sign(void);
void floor_rsa_verify(void);
void floor_rsa_decrypt(void);
void floor_ecc_sign(void);
void floor_ecc_verify(void);

/* What lies around a signature: the digest that is signed, and AES-256-CBC under a key that is set already, with an IV of each text's
 * own: made for what is encrypted, given for what is decrypted. Bytes of the padded text, at most FLOOR_TEXT. */
#define FLOOR_TEXT 4096
void floor_sha256(gsize size);
void floor_aes_encrypt(gsize size);
void floor_aes_decrypt(gsize size);

/* json-glib alone: a tree of the text, made and freed. */
void floor_json_parse(const char *text, gsize size);

typedef struct _FloorStore FloorStore;

/* A table of key, rank, label, note and value; WAL, synchronous FULL. */
FloorStore *floor_store_open(const char *path);
void floor_store_close(FloorStore *store);
/* `rows` rows of `size` bytes in one transaction. */
void floor_store_write(FloorStore *store, guint rows, gsize size);
/* One transaction of so many rows without a value, whose keys are as long as a digest and an ID and come in no order. */
void floor_store_note(FloorStore *store, guint rows);
/* Forgets all rows. */
void floor_store_empty(FloorStore *store);
/* Reads the four short columns of every row of `table` in the file at `path`; opening is not part of it. */
void floor_store_attach(FloorStore *store, const char *path);
guint floor_store_select(FloorStore *store);

G_END_DECLS
