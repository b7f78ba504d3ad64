/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What RSA keys do: sign, verify, wrap, unwrap by PKCS#1 v1.5 (protocol §1.2). Its only export is its row of the table. */
#include "crypto/rsa.h"

#include <string.h>

#include "base/errors.h"
#include "crypto/algorithm.h"
#include "crypto/cipher.h"

#define MIN_PADDING 8
#define PREFIX_SIZE 19
#define DIGEST_SIZE 32

/* DigestInfo of SHA-256 up to the digest (RFC 8017 §9.2). */
static const guint8 PREFIX[PREFIX_SIZE] = { 0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60,
                                            0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
                                            0x01, 0x05, 0x00, 0x04, 0x20 };

static gpointer
fail(GError **error, DimError code, const char *why)
{
    g_set_error_literal(error, DIM_ERROR, (gint)code, why);
    return NULL;
}

/* number^e mod n as pub->size bytes. */
static gboolean
public_operation(const DimRsaPublic *pub, gcry_mpi_t number, guint8 *out)
{
    g_autoptr(DimMpi) result = gcry_mpi_new(pub->bits);

    gcry_mpi_powm(result, number, pub->e, pub->n);
    return dim_rsa_print(result, out, pub->size);
}

/* The whole encoding is built and compared, never parsed, so nothing can hide in it (RFC 8017 §8.2.2). */
static gboolean
rsa_verify(gconstpointer numbers, const guint8 digest[32], const guint8 *signature, gsize size)
{
    const DimRsaPublic *pub = numbers;
    g_autoptr(DimMpi) s = NULL;
    guint8 want[DIM_RSA_MAX_BYTES], got[DIM_RSA_MAX_BYTES];

    if (size != pub->size)
        return FALSE;
    s = dim_rsa_scan(signature, size);
    if (s == NULL || gcry_mpi_cmp(s, pub->n) >= 0 || !public_operation(pub, s, got))
        return FALSE;
    memset(want, 0xff, size);
    want[0] = 0x00;
    want[1] = 0x01;
    want[size - DIGEST_SIZE - PREFIX_SIZE - 1] = 0x00;
    memcpy(want + size - DIGEST_SIZE - PREFIX_SIZE, PREFIX, PREFIX_SIZE);
    memcpy(want + size - DIGEST_SIZE, digest, DIGEST_SIZE);
    return memcmp(want, got, size) == 0;
}

/* Unpredictable bytes without a zero among them. */
static void
fill_padding(guint8 *out, gsize size)
{
    dim_random_strong(out, size);
    for (gsize i = 0; i < size; i++) {
        while (out[i] == 0)
            dim_random_strong(out + i, 1);
    }
}

static GBytes *
rsa_encrypt(gconstpointer numbers, const DimSecret *plain, GError **error)
{
    const DimRsaPublic *pub = numbers;
    gsize length = dim_secret_size(plain);
    g_autoptr(DimMpi) number = NULL;
    guint8 block[DIM_RSA_MAX_BYTES], out[DIM_RSA_MAX_BYTES];
    gboolean done;

    if (length + MIN_PADDING + 3 > pub->size)
        return fail(error, DIM_ERROR_CRYPTO, "too much for one RSA block");
    block[0] = 0x00;
    block[1] = 0x02;
    fill_padding(block + 2, pub->size - length - 3);
    block[pub->size - length - 1] = 0x00;
    memcpy(block + pub->size - length, dim_secret_data(plain), length);
    number = dim_rsa_scan(block, pub->size);
    dim_wipe(block, pub->size);
    done = number != NULL && public_operation(pub, number, out);
    return done ? g_bytes_new(out, pub->size) : fail(error, DIM_ERROR_CRYPTO, "RSA failed");
}

/* Runs one of libgcrypt's private operations. Where the host left a small pool of secure memory and it is used up, the
 * key is tried once more from plain memory: a message that cannot be read for want of a pool helps nobody. */
static gcry_sexp_t
private_operation(const DimRsaPrivate *priv,
                  gcry_error_t (*run)(gcry_sexp_t *, gcry_sexp_t, gcry_sexp_t),
                  gcry_sexp_t data,
                  GError **error)
{
    g_autoptr(DimSexp) plain = NULL;
    gcry_sexp_t result = NULL;
    gcry_error_t code = run(&result, data, priv->sexp);

    if (gcry_err_code(code) == GPG_ERR_ENOMEM) {
        plain = dim_rsa_private_plain_sexp(priv);
        if (plain != NULL)
            code = run(&result, data, plain);
    }
    return dim_gcry_ok(code, "RSA", error) ? result : NULL;
}

static gcry_error_t
run_decrypt(gcry_sexp_t *result, gcry_sexp_t data, gcry_sexp_t key)
{
    return gcry_pk_decrypt(result, data, key);
}

static GBytes *
rsa_sign(gconstpointer numbers, const guint8 digest[32], GError **error)
{
    const DimRsaPrivate *priv = numbers;
    g_autoptr(DimSexp) data = NULL;
    g_autoptr(DimSexp) signature = NULL;
    g_autoptr(DimMpi) s = NULL;
    guint8 out[DIM_RSA_MAX_BYTES];

    if (!dim_gcry_ok(gcry_sexp_build(&data, NULL, "(data(flags pkcs1)(hash sha256 %b))",
                                     DIGEST_SIZE, digest),
                     "RSA", error))
        return NULL;
    signature = private_operation(priv, gcry_pk_sign, data, error);
    if (signature == NULL
        || !dim_gcry_ok(gcry_sexp_extract_param(signature, "sig-val!rsa", "s", &s, NULL), "RSA",
                        error))
        return NULL;
    if (!dim_rsa_print(s, out, priv->pub->size))
        return fail(error, DIM_ERROR_CRYPTO, "RSA failed");
    return g_bytes_new(out, priv->pub->size);
}

/* Where the message starts in an encryption block, 0 if the block is not one. Looks at every byte whatever it holds: a
 * look at the clock must not tell how far the padding was good. */
static gsize
message_start(const guint8 *block, gsize size)
{
    gsize found = 0; /* all ones from the first zero byte on */
    gsize start = 0;
    gsize bad = block[0] | (block[1] ^ 0x02u);

    for (gsize i = 2; i < size; i++) {
        gsize is_zero = (gsize)0 - (gsize)(((guint)block[i] - 1u) >> 31);

        start |= (i + 1) & is_zero & ~found;
        found |= is_zero;
    }
    bad |= ~found;
    bad |= (gsize)0 - ((start - (MIN_PADDING + 3)) >> (sizeof(gsize) * 8 - 1));
    /* all ones if any bit of bad is set */
    bad = (gsize)0 - ((bad | ((gsize)0 - bad)) >> (sizeof(gsize) * 8 - 1));
    return start & ~bad;
}

/* c^d mod n as priv->pub->size bytes in block. */
static gboolean
unwrap_block(const DimRsaPrivate *priv, gcry_mpi_t c, guint8 *block)
{
    g_autoptr(DimSexp) data = NULL;
    g_autoptr(DimSexp) result = NULL;
    g_autoptr(DimMpi) m = NULL;

    if (gcry_sexp_build(&data, NULL, "(enc-val(flags raw)(rsa(a %m)))", c) != 0)
        return FALSE;
    result = private_operation(priv, run_decrypt, data, NULL);
    if (result == NULL)
        return FALSE;
    m = gcry_sexp_nth_mpi(result, 1, GCRYMPI_FMT_USG);
    return m != NULL && dim_rsa_print(m, block, priv->pub->size);
}

/* Everything that can be wrong ends in one word after the same work: whoever sends changed texts must learn nothing from
 * what we do (RFC 8017 §7.2.2). */
static DimSecret *
rsa_decrypt(gconstpointer numbers, const guint8 *data, gsize size, GError **error)
{
    const DimRsaPrivate *priv = numbers;
    gsize k = priv->pub->size;
    g_autoptr(DimSecret) block = dim_secret_new_blank(k);
    g_autoptr(DimSecret) plain = NULL;
    g_autoptr(DimMpi) c = size == k ? dim_rsa_scan(data, size) : NULL;
    gsize start = 0;

    if (c != NULL && gcry_mpi_cmp(c, priv->pub->n) < 0
        && unwrap_block(priv, c, dim_secret_writable(block)))
        start = message_start(dim_secret_data(block), k);
    /* a refused block is copied like a good one, and dropped */
    plain = dim_secret_new(dim_secret_data(block) + start, k - start);
    return start > 0 ? g_steal_pointer(&plain)
                     : fail(error, DIM_ERROR_NO_KEY, "the key does not open this");
}

static DimSecret *
rsa_private_pem(gconstpointer priv)
{
    const DimSecret *der = ((const DimRsaPrivate *)priv)->der;

    return dim_pem_write("RSA PRIVATE KEY", dim_secret_data(der), dim_secret_size(der));
}

/* The JavaScript client takes every key for one of 1024 bits unless keySize says how many bytes it has. */
static char *
rsa_members(gconstpointer numbers)
{
    static const char USUAL[] = "\"mode\":\"ECB\",\"padding\":\"PKCS1\",\"digest\":\"SHA256\"";
    const DimRsaPublic *pub = numbers;

    if (pub->size == 128)
        return g_strdup(USUAL);
    return g_strdup_printf("%s,\"keySize\":%" G_GSIZE_FORMAT, USUAL, pub->size);
}

static const char *const OTHERS[] = { "SHA256withRSA", "RSA/ECB/PKCS1Padding", NULL };

const DimAlgorithm dim_algorithm_rsa = {
    .kind = DIM_KEY_RSA,
    .name = "RSA",
    .others = OTHERS,
    .public_read = dim_rsa_public_read,
    .public_free = dim_rsa_public_free,
    .public_bits = dim_rsa_public_bits,
    .public_der = dim_rsa_public_der,
    .public_data = dim_rsa_public_data,
    .verify = rsa_verify,
    .encrypt = rsa_encrypt,
    .private_make = dim_rsa_private_make,
    .private_read = dim_rsa_private_read,
    .private_free = dim_rsa_private_free,
    .private_public = dim_rsa_private_public,
    .private_pem = rsa_private_pem,
    .sign = rsa_sign,
    .decrypt = rsa_decrypt,
    .members = rsa_members,
    .pem_tail = "",
};
