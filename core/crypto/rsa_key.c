/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RSA keys: from PEM, made anew, checked, described (protocol §1.2). */
#include <string.h>

#include "base/errors.h"
#include "crypto/rsa.h"

#define MIN_BITS 1008 /* the JavaScript client makes keys of 1023 bits */
#define MAX_BITS 4096

/* Bits: everybody has 65537, the oldest have 3. Beyond, a verification costs whatever the key's sender likes. */
#define MAX_EXPONENT 32

static gpointer
fail(GError **error, DimError code, const char *why)
{
    g_set_error_literal(error, DIM_ERROR, (gint)code, why);
    return NULL;
}

gcry_mpi_t
dim_rsa_scan(const guint8 *data, gsize size)
{
    gcry_mpi_t number = NULL;

    if (gcry_mpi_scan(&number, GCRYMPI_FMT_USG, data, size, NULL) != 0)
        return NULL;
    return number;
}

gboolean
dim_rsa_print(gcry_mpi_t number, guint8 *out, gsize size)
{
    gsize length = (gcry_mpi_get_nbits(number) + 7) / 8;
    gsize written = 0;

    if (length > size)
        return FALSE;
    memset(out, 0, size - length);
    return length == 0
           || (gcry_mpi_print(GCRYMPI_FMT_USG, out + size - length, length, &written, number)
                   == 0
               && written == length);
}

void
dim_rsa_public_free(gpointer numbers)
{
    DimRsaPublic *pub = numbers;

    if (pub == NULL)
        return;
    gcry_mpi_release(pub->n);
    gcry_mpi_release(pub->e);
    g_clear_pointer(&pub->der, g_bytes_unref);
    g_free(pub);
}

/* Checks size and exponent. NULL with UNSUPPORTED or MALFORMED. */
static DimRsaPublic *
public_new(DimSpan n, DimSpan e, GBytes *der, GError **error)
{
    DimRsaPublic *pub = g_new0(DimRsaPublic, 1);
    const char *why = NULL;
    DimError code = DIM_ERROR_UNSUPPORTED;

    pub->n = dim_rsa_scan(n.data, n.size);
    pub->e = dim_rsa_scan(e.data, e.size);
    pub->bits = pub->n != NULL ? gcry_mpi_get_nbits(pub->n) : 0;
    pub->size = (pub->bits + 7) / 8;
    pub->der = g_bytes_ref(der);
    if (pub->bits < MIN_BITS || pub->bits > MAX_BITS) {
        why = "RSA key of an unusable size";
    } else if (pub->e == NULL || gcry_mpi_get_nbits(pub->e) > MAX_EXPONENT) {
        why = "RSA key with too large an exponent";
    } else if (!gcry_mpi_test_bit(pub->n, 0) || !gcry_mpi_test_bit(pub->e, 0)
               || gcry_mpi_cmp_ui(pub->e, 1) <= 0) {
        why = "RSA key with an even modulus or exponent";
        code = DIM_ERROR_MALFORMED;
    }
    if (why == NULL)
        return pub;
    dim_rsa_public_free(pub);
    return fail(error, code, why);
}

gpointer
dim_rsa_public_read(G_GNUC_UNUSED JsonObject *object, const char *data, GError **error)
{
    g_autoptr(DimSecret) text = dim_pem_read(data, FALSE, error);
    g_autoptr(GBytes) der = NULL;
    DimRsaNumbers numbers;

    if (text == NULL
        || !dim_der_read_rsa_public((DimSpan){ dim_secret_data(text), dim_secret_size(text) },
                                    &numbers, error))
        return NULL;
    der = g_bytes_new(dim_secret_data(text), dim_secret_size(text));
    return public_new(numbers.n, numbers.e, der, error);
}

guint
dim_rsa_public_bits(gconstpointer pub)
{
    return ((const DimRsaPublic *)pub)->bits;
}

GBytes *
dim_rsa_public_der(gconstpointer numbers)
{
    const DimRsaPublic *pub = numbers;
    guint8 n[DIM_RSA_MAX_BYTES], e[MAX_EXPONENT / 8];
    gsize e_size = (gcry_mpi_get_nbits(pub->e) + 7) / 8;

    /* both fit: public_new() has measured them */
    if (!dim_rsa_print(pub->n, n, pub->size) || !dim_rsa_print(pub->e, e, e_size))
        return g_bytes_new(NULL, 0);
    return dim_der_write_rsa_public((DimSpan){ n, pub->size }, (DimSpan){ e, e_size });
}

GBytes *
dim_rsa_public_data(gconstpointer pub)
{
    return g_bytes_ref(((const DimRsaPublic *)pub)->der);
}

void
dim_rsa_private_free(gpointer numbers)
{
    DimRsaPrivate *priv = numbers;

    if (priv == NULL)
        return;
    dim_rsa_public_free(priv->pub);
    gcry_sexp_release(priv->sexp);
    dim_secret_unref(priv->der);
    g_free(priv);
}

typedef enum {
    N,
    E,
    D,
    P,
    Q,
    DP,
    DQ,
    QINV,
    NUMBERS,
} Number;

/* Whether n, e, d, p and q belong together; makes dp, dq and qinv. Primality is not proved: a key that lies signs what
 * nobody can verify, and libgcrypt checks each signature before it gives it away. */
static gboolean
complete_numbers(gcry_mpi_t m[NUMBERS])
{
    g_autoptr(DimMpi) one = gcry_mpi_set_ui(NULL, 1);
    g_autoptr(DimMpi) product = gcry_mpi_new(0);
    gboolean good;

    for (guint i = N; i <= Q; i++) {
        if (m[i] == NULL || gcry_mpi_cmp_ui(m[i], 1) <= 0 || !gcry_mpi_test_bit(m[i], 0))
            return FALSE;
        if (gcry_mpi_get_nbits(m[i]) > gcry_mpi_get_nbits(m[N])) /* private_der() has no room */
            return FALSE;
    }
    for (guint i = DP; i < NUMBERS; i++)
        m[i] = gcry_mpi_new(gcry_mpi_get_nbits(m[P]));
    gcry_mpi_mul(product, m[P], m[Q]);
    good = gcry_mpi_cmp(product, m[N]) == 0;
    for (guint i = 0; i < 2 && good; i++) {
        g_autoptr(DimMpi) less = gcry_mpi_copy(m[P + i]);

        gcry_mpi_sub_ui(less, less, 1);
        gcry_mpi_mod(m[DP + i], m[D], less);
        gcry_mpi_mulm(product, m[E], m[DP + i], less);
        good = gcry_mpi_cmp(product, one) == 0;
    }
    return good && gcry_mpi_invm(m[QINV], m[Q], m[P]) != 0;
}

static void
release_numbers(gcry_mpi_t m[NUMBERS])
{
    for (guint i = 0; i < NUMBERS; i++)
        gcry_mpi_release(m[i]); /* wipes */
}

/* libgcrypt wants u = p^-1 mod q, and p < q, which it does not check: with p > q one result in some hundred comes out
 * negative and is printed without its sign. PKCS#1 allows both orders. */
static gcry_sexp_t
sexp_new(gcry_mpi_t m[NUMBERS], gboolean secure)
{
    Number small = gcry_mpi_cmp(m[P], m[Q]) < 0 ? P : Q;
    Number large = small == P ? Q : P;
    gcry_mpi_t parts[] = { m[N], m[E], m[D], m[small], m[large], gcry_mpi_new(0) };
    gcry_sexp_t sexp = NULL;

    gcry_mpi_invm(parts[5], m[small],
                  m[large]); /* complete_numbers() has seen that it exists */
    for (guint i = 0; i < 5; i++)
        parts[i] = gcry_mpi_copy(parts[i]);
    for (guint i = 2; i < 6 && secure; i++) /* cannot be taken back, hence the copies */
        gcry_mpi_set_flag(parts[i], GCRYMPI_FLAG_SECURE);
    if (gcry_sexp_build(&sexp, NULL, "(private-key(rsa(n %m)(e %m)(d %m)(p %m)(q %m)(u %m)))",
                        parts[0], parts[1], parts[2], parts[3], parts[4], parts[5])
        != 0)
        sexp = NULL;
    for (guint i = 0; i < 6; i++)
        gcry_mpi_release(parts[i]);
    return sexp;
}

static DimSecret *
private_der(gcry_mpi_t m[NUMBERS])
{
    g_autoptr(DimSecret) bytes = dim_secret_new_blank((gsize)NUMBERS * DIM_RSA_MAX_BYTES);
    DimSpan spans[NUMBERS];

    for (guint i = 0; i < NUMBERS; i++) {
        guint8 *data = dim_secret_writable(bytes) + (gsize)i * DIM_RSA_MAX_BYTES;

        spans[i] = (DimSpan){ data, (gcry_mpi_get_nbits(m[i]) + 7) / 8 };
        if (!dim_rsa_print(m[i], data, spans[i].size))
            return NULL;
    }
    return dim_der_write_rsa_private(spans);
}

/* A key from n, e, d, p, q; the rest of m is filled in. NULL with MALFORMED, UNSUPPORTED or CRYPTO. */
static DimRsaPrivate *
private_new(gcry_mpi_t m[NUMBERS], GError **error)
{
    DimRsaPrivate *priv;
    g_autoptr(DimSecret) der = NULL;
    g_autoptr(GBytes) public_der = NULL;
    guint8 n[DIM_RSA_MAX_BYTES], e[MAX_EXPONENT / 8];
    gsize n_size = m[N] != NULL ? (gcry_mpi_get_nbits(m[N]) + 7) / 8 : 0;
    gsize e_size = m[E] != NULL ? (gcry_mpi_get_nbits(m[E]) + 7) / 8 : 0;

    if (n_size > sizeof n || e_size > sizeof e)
        return fail(error, DIM_ERROR_UNSUPPORTED, "RSA key of an unusable size");
    if (!complete_numbers(m))
        return fail(error, DIM_ERROR_MALFORMED, "RSA key whose numbers do not fit");
    der = private_der(m);
    if (der == NULL || !dim_rsa_print(m[N], n, n_size) || !dim_rsa_print(m[E], e, e_size))
        return fail(error, DIM_ERROR_MALFORMED, "RSA key whose numbers do not fit");
    priv = g_new0(DimRsaPrivate, 1);
    priv->der = g_steal_pointer(&der);
    public_der = dim_der_write_rsa_public((DimSpan){ n, n_size }, (DimSpan){ e, e_size });
    priv->pub = public_new((DimSpan){ n, n_size }, (DimSpan){ e, e_size }, public_der, error);
    if (priv->pub != NULL) {
        priv->sexp = sexp_new(m, TRUE);
        if (priv->sexp == NULL) /* the host's pool of secure memory is used up */
            priv->sexp = sexp_new(m, FALSE);
        if (priv->sexp == NULL)
            fail(error, DIM_ERROR_CRYPTO, "no room for an RSA key");
    }
    if (priv->sexp != NULL)
        return priv;
    dim_rsa_private_free(priv);
    return NULL;
}

gpointer
dim_rsa_private_make(guint bits, GError **error)
{
    g_autoptr(DimSexp) wish = NULL;
    g_autoptr(DimSexp) made = NULL;
    gcry_mpi_t m[NUMBERS] = { NULL };
    DimRsaPrivate *priv = NULL;

    if (bits < 1024 || bits > MAX_BITS)
        return fail(error, DIM_ERROR_UNSUPPORTED, "RSA key of an unusable size");
    if (!dim_gcry_ok(
            gcry_sexp_build(&wish, NULL, "(genkey(rsa(nbits %u)(rsa-use-e 5:65537)))", bits),
            "RSA", error)
        || !dim_gcry_ok(gcry_pk_genkey(&made, wish), "making an RSA key", error))
        return NULL;
    /* their p < q; PKCS#1 has the larger one first */
    if (dim_gcry_ok(gcry_sexp_extract_param(made, "key-data!private-key!rsa", "nedqp", &m[N],
                                            &m[E], &m[D], &m[P], &m[Q], NULL),
                    "RSA", error))
        priv = private_new(m, error);
    release_numbers(m);
    return priv;
}

/* The five numbers that count; the caller releases them, whatever is answered. */
static gboolean
read_numbers(const DimSecret *der, gcry_mpi_t m[NUMBERS], GError **error)
{
    DimRsaNumbers numbers;

    if (!dim_der_read_rsa_private((DimSpan){ dim_secret_data(der), dim_secret_size(der) },
                                  &numbers, error))
        return FALSE;
    if (numbers.n.size > DIM_RSA_MAX_BYTES)
        return fail(error, DIM_ERROR_UNSUPPORTED, "RSA key of an unusable size") != NULL;
    m[N] = dim_rsa_scan(numbers.n.data, numbers.n.size);
    m[E] = dim_rsa_scan(numbers.e.data, numbers.e.size);
    m[D] = dim_rsa_scan(numbers.d.data, numbers.d.size);
    m[P] = dim_rsa_scan(numbers.p.data, numbers.p.size);
    m[Q] = dim_rsa_scan(numbers.q.data, numbers.q.size);
    return TRUE;
}

gpointer
dim_rsa_private_read(G_GNUC_UNUSED JsonObject *object, const char *data, GError **error)
{
    g_autoptr(DimSecret) der = dim_pem_read(data, TRUE, error);
    gcry_mpi_t m[NUMBERS] = { NULL };
    DimRsaPrivate *priv = NULL;

    if (der != NULL && read_numbers(der, m, error))
        priv = private_new(m, error);
    release_numbers(m);
    return priv;
}

gcry_sexp_t
dim_rsa_private_plain_sexp(const DimRsaPrivate *priv)
{
    gcry_mpi_t m[NUMBERS] = { NULL };
    gcry_sexp_t sexp = NULL;

    if (read_numbers(priv->der, m, NULL) && complete_numbers(m))
        sexp = sexp_new(m, FALSE);
    release_numbers(m);
    return sexp;
}

gpointer
dim_rsa_private_public(gconstpointer numbers)
{
    const DimRsaPublic *own = ((const DimRsaPrivate *)numbers)->pub;
    DimRsaPublic *pub = g_new0(DimRsaPublic, 1);

    pub->n = gcry_mpi_copy(own->n);
    pub->e = gcry_mpi_copy(own->e);
    pub->bits = own->bits;
    pub->size = own->size;
    pub->der = g_bytes_ref(own->der);
    return pub;
}
