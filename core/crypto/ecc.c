/* SPDX-License-Identifier: GPL-2.0-or-later */
/* secp256k1 keys by libsecp256k1: signing only (protocol §1.3). Its only export is its row of the table. */
#include <secp256k1.h>
#include <string.h>

#include "base/codec.h"
#include "base/errors.h"
#include "base/json.h"
#include "crypto/algorithm.h"
#include "crypto/cipher.h"
#include "crypto/libgcrypt.h"
#include "crypto/pem.h"

#define SECRET_SIZE 32
#define POINT_SIZE  65

typedef struct {
    secp256k1_pubkey key;
    guint8 point[POINT_SIZE];
    guint8 short_point[33];
    gboolean compressed; /* addresses are made from short_point */
} EccPublic;

typedef struct {
    guint8 secret[SECRET_SIZE];
    EccPublic pub;
} EccPrivate;

/* Made once, blinded once, then only read: workers share it. */
static const secp256k1_context *
shared_context(void)
{
    static secp256k1_context *context;
    static gsize ready;

    if (g_once_init_enter(&ready)) {
        guint8 seed[32];

        context = secp256k1_context_create(SECP256K1_CONTEXT_NONE); /* since 0.2 good for all */
        dim_random_strong(seed, sizeof seed);
        /* fails never; without it signing only loses a defence against side channels */
        if (!secp256k1_context_randomize(context, seed))
            g_warning("libsecp256k1 would not be blinded");
        dim_wipe(seed, sizeof seed);
        g_once_init_leave(&ready, 1);
    }
    return context;
}

static gboolean
fill_public(EccPublic *pub)
{
    gsize size = sizeof pub->point;
    gsize short_size = sizeof pub->short_point;

    return secp256k1_ec_pubkey_serialize(shared_context(), pub->point, &size, &pub->key,
                                         SECP256K1_EC_UNCOMPRESSED)
           && secp256k1_ec_pubkey_serialize(shared_context(), pub->short_point, &short_size,
                                            &pub->key, SECP256K1_EC_COMPRESSED);
}

/* The hex forms: 65 or 33 bytes, or 64 without the 04 in front. */
static gboolean
point_from_hex(const char *text, guint8 point[POINT_SIZE], gsize *size)
{
    g_autoptr(GBytes) bytes = dim_hex_decode(text, NULL);
    const guint8 *data;

    if (bytes == NULL)
        return FALSE;
    data = g_bytes_get_data(bytes, size);
    if (*size == 64) {
        point[0] = 0x04;
        memcpy(point + 1, data, 64);
        *size = POINT_SIZE;
        return TRUE;
    }
    if (*size != POINT_SIZE && *size != 33)
        return FALSE;
    memcpy(point, data, *size);
    return TRUE;
}

static gboolean
point_from_pem(const char *text, guint8 point[POINT_SIZE], gsize *size, GError **error)
{
    g_autoptr(DimSecret) der = dim_pem_read(text, FALSE, error);
    DimSpan span;

    if (der == NULL
        || !dim_der_read_ecc_public((DimSpan){ dim_secret_data(der), dim_secret_size(der) },
                                    &span, error))
        return FALSE;
    *size = MIN(span.size, POINT_SIZE + 1);
    if (*size <= POINT_SIZE)
        memcpy(point, span.data, *size);
    return TRUE;
}

static gpointer
malformed(GError **error)
{
    g_set_error_literal(error, DIM_ERROR, DIM_ERROR_MALFORMED, "not a secp256k1 key");
    return NULL;
}

static gpointer
ecc_public_read(JsonObject *object, const char *data, GError **error)
{
    g_autofree EccPublic *pub = g_new0(EccPublic, 1);
    g_autofree char *text = g_strstrip(g_strdup(data));
    guint8 point[POINT_SIZE];
    gsize size = 0;

    if (!point_from_hex(text, point, &size) && !point_from_pem(text, point, &size, error))
        return NULL;
    /* the library would also take the hybrid forms 06 and 07 */
    if (!((size == POINT_SIZE && point[0] == 0x04)
          || (size == 33 && (point[0] == 0x02 || point[0] == 0x03))))
        return malformed(error);
    if (!secp256k1_ec_pubkey_parse(shared_context(), &pub->key, point, size)
        || !fill_public(pub))
        return malformed(error);
    pub->compressed = dim_json_flag(object, "compressed");
    return g_steal_pointer(&pub);
}

static guint
ecc_public_bits(G_GNUC_UNUSED gconstpointer pub)
{
    return 256;
}

static GBytes *
ecc_public_der(gconstpointer pub)
{
    return dim_der_write_ecc_public((DimSpan){ ((const EccPublic *)pub)->point, POINT_SIZE });
}

static GBytes *
ecc_public_data(gconstpointer numbers)
{
    const EccPublic *pub = numbers;

    return pub->compressed ? g_bytes_new(pub->short_point, sizeof pub->short_point)
                           : g_bytes_new(pub->point, sizeof pub->point);
}

/* Strict DER, both numbers in 1..n-1; a high s is as good as a low one (protocol §1.3). */
static gboolean
ecc_verify(gconstpointer numbers, const guint8 digest[32], const guint8 *signature, gsize size)
{
    const EccPublic *pub = numbers;
    secp256k1_ecdsa_signature parsed;
    guint8 compact[64] = { 0 };
    DimSpan r, s;

    if (!dim_der_read_signature((DimSpan){ signature, size }, &r, &s) || r.size > 32
        || s.size > 32)
        return FALSE;
    if (r.size == 0 || s.size == 0)
        return FALSE;
    memcpy(compact + 32 - r.size, r.data, r.size);
    memcpy(compact + 64 - s.size, s.data, s.size);
    if (!secp256k1_ecdsa_signature_parse_compact(shared_context(), &parsed, compact))
        return FALSE;
    secp256k1_ecdsa_signature_normalize(shared_context(), &parsed, &parsed);
    return secp256k1_ecdsa_verify(shared_context(), &parsed, digest, &pub->key) == 1;
}

static void
ecc_private_free(gpointer priv)
{
    dim_wipe(priv, sizeof(EccPrivate));
    g_free(priv);
}

/* Takes a secret of 32 bytes; NULL if it is 0 or not below the order. */
static EccPrivate *
private_from_secret(const guint8 secret[SECRET_SIZE])
{
    EccPrivate *priv = g_new0(EccPrivate, 1);

    memcpy(priv->secret, secret, SECRET_SIZE);
    if (secp256k1_ec_pubkey_create(shared_context(), &priv->pub.key, secret)
        && fill_public(&priv->pub))
        return priv;
    ecc_private_free(priv);
    return NULL;
}

static gpointer
ecc_private_make(guint bits, GError **error)
{
    guint8 secret[SECRET_SIZE];
    EccPrivate *priv = NULL;

    if (bits != 0 && bits != 256) {
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_UNSUPPORTED,
                            "secp256k1 keys have 256 bits");
        return NULL;
    }
    /* a secret that does not fit comes once in 2^128 tries */
    for (guint tries = 0; tries < 8 && priv == NULL; tries++) {
        dim_random_strong(secret, sizeof secret);
        priv = private_from_secret(secret);
    }
    dim_wipe(secret, sizeof secret);
    if (priv == NULL)
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_CRYPTO,
                            "no secp256k1 key could be made");
    return priv;
}

static gboolean
secret_from_hex(const char *text, guint8 secret[SECRET_SIZE])
{
    if (strlen(text) != 2 * SECRET_SIZE)
        return FALSE;
    for (gsize i = 0; i < SECRET_SIZE; i++) {
        int high = g_ascii_xdigit_value(text[2 * i]);
        int low = g_ascii_xdigit_value(text[2 * i + 1]);

        if (high < 0 || low < 0)
            return FALSE;
        secret[i] = (guint8)(high << 4 | low);
    }
    return TRUE;
}

/* A SEC1 secret may have lost its leading zeros. */
static gboolean
secret_from_pem(const char *text, guint8 secret[SECRET_SIZE], GError **error)
{
    g_autoptr(DimSecret) der = dim_pem_read(text, TRUE, error);
    DimSpan span;

    if (der == NULL
        || !dim_der_read_ecc_private((DimSpan){ dim_secret_data(der), dim_secret_size(der) },
                                     &span, error))
        return FALSE;
    if (span.size == 0 || span.size > SECRET_SIZE)
        return malformed(error) != NULL;
    memset(secret, 0, SECRET_SIZE);
    memcpy(secret + SECRET_SIZE - span.size, span.data, span.size);
    return TRUE;
}

static gpointer
ecc_private_read(JsonObject *object, const char *data, GError **error)
{
    char *text = g_strstrip(g_strdup(data));
    guint8 secret[SECRET_SIZE];
    gboolean good = secret_from_hex(text, secret) || secret_from_pem(text, secret, error);
    EccPrivate *priv = NULL;

    dim_wipe_string(text);
    if (good) {
        priv = private_from_secret(secret);
        if (priv == NULL)
            malformed(error);
        else
            priv->pub.compressed = dim_json_flag(object, "compressed");
    }
    dim_wipe(secret, sizeof secret);
    return priv;
}

static gpointer
ecc_private_public(gconstpointer priv)
{
    return g_memdup2(&((const EccPrivate *)priv)->pub, sizeof(EccPublic));
}

static DimSecret *
ecc_private_pem(gconstpointer numbers)
{
    const EccPrivate *priv = numbers;
    g_autoptr(DimSecret) der = dim_der_write_ecc_private(
        (DimSpan){ priv->secret, SECRET_SIZE }, (DimSpan){ priv->pub.point, POINT_SIZE });

    return dim_pem_write("PRIVATE KEY", dim_secret_data(der), dim_secret_size(der));
}

static GBytes *
ecc_sign(gconstpointer numbers, const guint8 digest[32], GError **error)
{
    const EccPrivate *priv = numbers;
    secp256k1_ecdsa_signature signature;
    guint8 der[72];
    gsize size = sizeof der;

    /* RFC 6979 nonce and low s are what the library does by itself */
    if (!secp256k1_ecdsa_sign(shared_context(), &signature, digest, priv->secret, NULL, NULL)
        || !secp256k1_ecdsa_signature_serialize_der(shared_context(), der, &size, &signature)) {
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_CRYPTO, "secp256k1 would not sign");
        return NULL;
    }
    return g_bytes_new(der, size);
}

static char *
ecc_members(gconstpointer pub)
{
    return g_strconcat("\"curve\":\"SECP256k1\",\"digest\":\"SHA256\"",
                       ((const EccPublic *)pub)->compressed ? ",\"compressed\":true" : "",
                       NULL);
}

static const char *const OTHERS[] = { "SHA256withECDSA", NULL };

const DimAlgorithm dim_algorithm_ecc = {
    .kind = DIM_KEY_ECC,
    .name = "ECC",
    .others = OTHERS,
    .public_read = ecc_public_read,
    .public_free = g_free,
    .public_bits = ecc_public_bits,
    .public_der = ecc_public_der,
    .public_data = ecc_public_data,
    .verify = ecc_verify,
    .private_make = ecc_private_make,
    .private_read = ecc_private_read,
    .private_free = ecc_private_free,
    .private_public = ecc_private_public,
    .private_pem = ecc_private_pem,
    .sign = ecc_sign,
    .members = ecc_members,
    .pem_tail = "\n",
};
