/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bare library calls that our figures are divided by: no code of ours stands behind them. */
#include "tests/bench/floors.h"

#include <gcrypt.h>
#include <json-glib/json-glib.h>
#include <secp256k1.h>
#include <sqlite3.h>
#include <string.h>

#define MUST(what)                                      \
    do {                                                \
        if (!(what))                                    \
            g_error("the bare call failed: %s", #what); \
    } while (0)

#define MARKS 200

static struct {
    gcry_sexp_t public_key, private_key, digest, signature, wrapped;
    secp256k1_context *curve;
    secp256k1_pubkey point;
    unsigned char secret[32], hash[32];
    /* one after the other: the processor learns the branches of a single one by heart, and is a fifth faster */
    secp256k1_ecdsa_signature marks[MARKS];
    guint turn;
    gcry_cipher_hd_t cipher;
    unsigned char text[FLOOR_TEXT], iv[16];
} bare;

/* The digest of each mark. */
static void
set_hash(guint turn)
{
    bare.hash[0] = (unsigned char)turn;
    bare.hash[31] = (unsigned char)(turn * 7);
}

void
floor_init(void)
{
    gcry_sexp_t parameters, pair, plain;

    memset(bare.hash, 0x5a, sizeof bare.hash);
    memset(bare.secret, 0x21, sizeof bare.secret);
    MUST(gcry_sexp_build(&parameters, NULL, "(genkey(rsa(nbits 4:1024)(rsa-use-e 5:65537)))")
         == 0);
    MUST(gcry_pk_genkey(&pair, parameters) == 0);
    bare.public_key = gcry_sexp_find_token(pair, "public-key", 0);
    bare.private_key = gcry_sexp_find_token(pair, "private-key", 0);
    MUST(gcry_sexp_build(&bare.digest, NULL, "(data(flags pkcs1)(hash sha256 %b))",
                         (int)sizeof bare.hash, bare.hash)
         == 0);
    MUST(gcry_pk_sign(&bare.signature, bare.digest, bare.private_key) == 0);
    MUST(gcry_sexp_build(&plain, NULL, "(data(flags pkcs1)(value %b))", 32, bare.secret) == 0);
    MUST(gcry_pk_encrypt(&bare.wrapped, plain, bare.public_key) == 0);
    gcry_sexp_release(parameters);
    gcry_sexp_release(pair);
    gcry_sexp_release(plain);
    bare.curve = secp256k1_context_create(SECP256K1_CONTEXT_SIGN | SECP256K1_CONTEXT_VERIFY);
    MUST(secp256k1_ec_pubkey_create(bare.curve, &bare.point, bare.secret) == 1);
    for (guint i = 0; i < MARKS; i++)
        floor_ecc_sign();
    MUST(gcry_cipher_open(&bare.cipher, GCRY_CIPHER_AES256, GCRY_CIPHER_MODE_CBC, 0) == 0);
    MUST(gcry_cipher_setkey(bare.cipher, bare.secret, sizeof bare.secret) == 0);
}

void
floor_clear(void)
{
    gcry_sexp_release(bare.public_key);
    gcry_sexp_release(bare.private_key);
    gcry_sexp_release(bare.digest);
    gcry_sexp_release(bare.signature);
    gcry_sexp_release(bare.wrapped);
    secp256k1_context_destroy(bare.curve);
    gcry_cipher_close(bare.cipher);
}

void
floor_rsa_sign(void)
{
    gcry_sexp_t signature;

    MUST(gcry_pk_sign(&signature, bare.digest, bare.private_key) == 0);
    gcry_sexp_release(signature);
}

void
floor_rsa_verify(void)
{
    MUST(gcry_pk_verify(bare.signature, bare.digest, bare.public_key) == 0);
}

void
floor_rsa_decrypt(void)
{
    gcry_sexp_t plain;

    MUST(gcry_pk_decrypt(&plain, bare.wrapped, bare.private_key) == 0);
    gcry_sexp_release(plain);
}

static secp256k1_ecdsa_signature *
next_mark(void)
{
    bare.turn = (bare.turn + 1) % MARKS;
    set_hash(bare.turn);
    return &bare.marks[bare.turn];
}

void
floor_ecc_sign(void)
{
    MUST(secp256k1_ecdsa_sign(bare.curve, next_mark(), bare.hash, bare.secret, NULL, NULL)
         == 1);
}

void
floor_ecc_verify(void)
{
    MUST(secp256k1_ecdsa_verify(bare.curve, next_mark(), bare.hash, &bare.point) == 1);
}

void
floor_sha256(gsize size)
{
    unsigned char digest[32];

    MUST(size <= sizeof bare.text);
    gcry_md_hash_buffer(GCRY_MD_SHA256, digest, bare.text, size);
}

void
floor_aes_encrypt(gsize size)
{
    MUST(size <= sizeof bare.text);
    gcry_create_nonce(bare.iv, sizeof bare.iv);
    MUST(gcry_cipher_setiv(bare.cipher, bare.iv, sizeof bare.iv) == 0);
    MUST(gcry_cipher_encrypt(bare.cipher, bare.text, size, NULL, 0) == 0);
}

void
floor_aes_decrypt(gsize size)
{
    MUST(size <= sizeof bare.text);
    MUST(gcry_cipher_setiv(bare.cipher, bare.iv, sizeof bare.iv) == 0);
    MUST(gcry_cipher_decrypt(bare.cipher, bare.text, size, NULL, 0) == 0);
}

void
floor_json_parse(const char *text, gsize size)
{
    JsonParser *parser = json_parser_new_immutable();

    MUST(json_parser_load_from_data(parser, text, (gssize)size, NULL));
    g_object_unref(parser);
}

struct _FloorStore {
    sqlite3 *db;
    sqlite3_stmt *insert, *select;
    guint64 next;
};

static void
run(FloorStore *store, const char *sql)
{
    MUST(sqlite3_exec(store->db, sql, NULL, NULL, NULL) == SQLITE_OK);
}

FloorStore *
floor_store_open(const char *path)
{
    FloorStore *store = g_new0(FloorStore, 1);

    MUST(sqlite3_open(path, &store->db) == SQLITE_OK);
    run(store,
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
        "CREATE TABLE IF NOT EXISTS bare (key TEXT PRIMARY KEY NOT NULL, rank REAL NOT NULL,"
        " label TEXT, note TEXT, value BLOB)");
    MUST(sqlite3_prepare_v2(store->db, "INSERT INTO bare VALUES (?, ?, 'a label', 'a note', ?)",
                            -1, &store->insert, NULL)
         == SQLITE_OK);
    return store;
}

void
floor_store_close(FloorStore *store)
{
    sqlite3_finalize(store->insert);
    sqlite3_finalize(store->select);
    sqlite3_close(store->db);
    g_free(store);
}

static void
insert(FloorStore *store, const char *key, const void *value, gsize size)
{
    sqlite3_bind_text(store->insert, 1, key, -1, SQLITE_STATIC);
    sqlite3_bind_double(store->insert, 2, (double)store->next++);
    sqlite3_bind_blob(store->insert, 3, value, (int)size, SQLITE_STATIC);
    MUST(sqlite3_step(store->insert) == SQLITE_DONE);
    sqlite3_reset(store->insert);
}

void
floor_store_write(FloorStore *store, guint rows, gsize size)
{
    g_autofree guint8 *value = g_malloc0(size);

    run(store, "BEGIN IMMEDIATE");
    for (guint i = 0; i < rows; i++) {
        g_autofree char *key = g_strdup_printf("%016" G_GINT64_MODIFIER "x", store->next);

        insert(store, key, value, size);
    }
    run(store, "COMMIT");
}

void
floor_store_note(FloorStore *store, guint rows)
{
    run(store, "BEGIN IMMEDIATE");
    for (guint i = 0; i < rows; i++) {
        guint64 scattered = store->next * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);
        g_autofree char *key = g_strdup_printf("%016" G_GINT64_MODIFIER "x%050d", scattered, 0);

        insert(store, key, NULL, 0);
    }
    run(store, "COMMIT");
}

void
floor_store_empty(FloorStore *store)
{
    run(store, "DELETE FROM bare");
}

void
floor_store_attach(FloorStore *store, const char *path)
{
    g_autofree char *sql = g_strdup_printf("ATTACH '%s' AS theirs", path);

    run(store, sql);
    MUST(sqlite3_prepare_v2(
             store->db, "SELECT rank, key, label, note FROM theirs.contacts ORDER BY rank, key",
             -1, &store->select, NULL)
         == SQLITE_OK);
}

guint
floor_store_select(FloorStore *store)
{
    guint rows = 0;

    while (sqlite3_step(store->select) == SQLITE_ROW)
        rows += sqlite3_column_text(store->select, 1) != NULL;
    sqlite3_reset(store->select);
    return rows;
}
