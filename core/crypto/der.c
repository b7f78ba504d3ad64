/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The DER shapes of RSA and secp256k1 keys and signatures, both ways; strict when reading. */
#include <string.h>

#include "base/errors.h"
#include "crypto/der_parts.h"

static const guint8 OID_RSA[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01 };
static const guint8 OID_EC[] = { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01 };
static const guint8 OID_SECP256K1[] = { 0x2b, 0x81, 0x04, 0x00, 0x0a };

static gboolean
malformed(GError **error)
{
    g_set_error_literal(error, DIM_ERROR, DIM_ERROR_MALFORMED, "not a key");
    return FALSE;
}

static gboolean
unsupported(GError **error)
{
    g_set_error_literal(error, DIM_ERROR, DIM_ERROR_UNSUPPORTED, "a key of another kind");
    return FALSE;
}

/* An AlgorithmIdentifier in front of in. FALSE if it is none, or not the one that was asked for (*other). */
static gboolean
take_algorithm(DimSpan *in, gboolean ecc, gboolean *other)
{
    DimSpan algorithm, name, curve;

    if (!dim_der_take(in, DIM_DER_SEQUENCE, &algorithm)
        || !dim_der_take(&algorithm, DIM_DER_OID, &name))
        return FALSE;
    if (ecc) {
        *other = !dim_der_is_oid(name, OID_EC, sizeof OID_EC)
                 || !dim_der_take(&algorithm, DIM_DER_OID, &curve)
                 || !dim_der_is_oid(curve, OID_SECP256K1, sizeof OID_SECP256K1);
        return !*other && algorithm.size == 0;
    }
    *other = !dim_der_is_oid(name, OID_RSA, sizeof OID_RSA);
    /* its parameters are NULL, or by mistake absent */
    return !*other
           && (algorithm.size == 0
               || (algorithm.size == 2 && memcmp(algorithm.data, "\5\0", 2) == 0));
}

/* SubjectPublicKeyInfo: in is the content of its sequence. */
static gboolean
read_spki(DimSpan in, gboolean ecc, DimSpan *key, GError **error)
{
    gboolean other = FALSE;

    if (!take_algorithm(&in, ecc, &other))
        return other ? unsupported(error) : malformed(error);
    if (!dim_der_take(&in, DIM_DER_BIT_STRING, key) || in.size != 0 || key->size < 1
        || key->data[0] != 0)
        return malformed(error);
    key->data++;
    key->size--;
    return TRUE;
}

/* PKCS#8, version 0 or 1, whatever attributes follow; in is the content of its sequence. */
static gboolean
read_pkcs8(DimSpan in, gboolean ecc, DimSpan *key, GError **error)
{
    gboolean other = FALSE;
    DimSpan version;

    if (!dim_der_take(&in, DIM_DER_INTEGER, &version) || version.size != 1
        || version.data[0] > 1)
        return malformed(error);
    if (!take_algorithm(&in, ecc, &other))
        return other ? unsupported(error) : malformed(error);
    return dim_der_take(&in, DIM_DER_OCTET_STRING, key) ? TRUE : malformed(error);
}

gboolean
dim_der_read_rsa_public(DimSpan der, DimRsaNumbers *numbers, GError **error)
{
    DimSpan in, inner;

    memset(numbers, 0, sizeof *numbers);
    if (!dim_der_open(der, &in) || in.size == 0)
        return malformed(error);
    if (in.data[0] == DIM_DER_SEQUENCE) {
        if (!read_spki(in, FALSE, &inner, error))
            return FALSE;
        if (!dim_der_open(inner, &in))
            return malformed(error);
    }
    if (!dim_der_take_integer(&in, &numbers->n) || !dim_der_take_integer(&in, &numbers->e)
        || in.size != 0)
        return malformed(error);
    return TRUE;
}

gboolean
dim_der_read_rsa_private(DimSpan der, DimRsaNumbers *numbers, GError **error)
{
    DimSpan in, inner, rest;

    memset(numbers, 0, sizeof *numbers);
    if (!dim_der_open(der, &in))
        return malformed(error);
    rest = in;
    if (dim_der_take(&rest, DIM_DER_INTEGER, &inner) && rest.size > 0
        && rest.data[0] == DIM_DER_SEQUENCE) {
        if (!read_pkcs8(in, FALSE, &inner, error))
            return FALSE;
        if (!dim_der_open(inner, &in))
            return malformed(error);
    }
    /* dp, dq and qinv follow; they are made anew from what they must fit */
    if (!dim_der_take_small(&in, 0) || !dim_der_take_integer(&in, &numbers->n)
        || !dim_der_take_integer(&in, &numbers->e) || !dim_der_take_integer(&in, &numbers->d)
        || !dim_der_take_integer(&in, &numbers->p) || !dim_der_take_integer(&in, &numbers->q))
        return malformed(error);
    for (guint i = 0; i < 3; i++) {
        if (!dim_der_take_integer(&in, &inner))
            return malformed(error);
    }
    return in.size == 0 ? TRUE : malformed(error);
}

gboolean
dim_der_read_ecc_public(DimSpan der, DimSpan *point, GError **error)
{
    DimSpan in;

    if (!dim_der_open(der, &in))
        return malformed(error);
    return read_spki(in, TRUE, point, error);
}

gboolean
dim_der_read_ecc_private(DimSpan der, DimSpan *secret, GError **error)
{
    DimSpan in, inner, rest, curve;

    if (!dim_der_open(der, &in))
        return malformed(error);
    rest = in;
    if (dim_der_take(&rest, DIM_DER_INTEGER, &inner) && rest.size > 0
        && rest.data[0] == DIM_DER_SEQUENCE) {
        if (!read_pkcs8(in, TRUE, &inner, error))
            return FALSE;
        if (!dim_der_open(inner, &in))
            return malformed(error);
    }
    if (!dim_der_take_small(&in, 1) || !dim_der_take(&in, DIM_DER_OCTET_STRING, secret))
        return malformed(error);
    /* SEC1 may name its curve; the public point behind it is made anew */
    if (dim_der_take(&in, 0xa0, &inner)
        && (!dim_der_take(&inner, DIM_DER_OID, &curve)
            || !dim_der_is_oid(curve, OID_SECP256K1, sizeof OID_SECP256K1)))
        return unsupported(error);
    return TRUE;
}

gboolean
dim_der_read_signature(DimSpan der, DimSpan *r, DimSpan *s)
{
    DimSpan in;

    return dim_der_open(der, &in) && dim_der_take_integer(&in, r)
           && dim_der_take_integer(&in, s) && in.size == 0;
}

static void
put_algorithm(DimDerWriter *out, gboolean ecc)
{
    gsize end = out->at, inner = end;

    if (ecc) {
        dim_der_put(out, OID_SECP256K1, sizeof OID_SECP256K1);
        dim_der_put_head(out, DIM_DER_OID, inner);
    } else {
        dim_der_put(out, "\5\0", 2);
    }
    inner = out->at;
    dim_der_put(out, ecc ? OID_EC : OID_RSA, ecc ? sizeof OID_EC : sizeof OID_RSA);
    dim_der_put_head(out, DIM_DER_OID, inner);
    dim_der_put_head(out, DIM_DER_SEQUENCE, end);
}

/* The bit string around what was written, and the rest of an SPKI in front. */
static GBytes *
finish_spki(DimDerWriter *out, gsize room, gboolean ecc)
{
    GBytes *der;

    dim_der_put_byte(out, 0); /* unused bits */
    dim_der_put_head(out, DIM_DER_BIT_STRING, room);
    put_algorithm(out, ecc);
    dim_der_put_head(out, DIM_DER_SEQUENCE, room);
    der = g_bytes_new(out->data + out->at, room - out->at);
    g_free(out->data);
    return der;
}

GBytes *
dim_der_write_rsa_public(DimSpan n, DimSpan e)
{
    gsize room = n.size + e.size + 64;
    DimDerWriter out = { .data = g_malloc(room), .at = room };

    dim_der_put_integer(&out, e);
    dim_der_put_integer(&out, n);
    dim_der_put_head(&out, DIM_DER_SEQUENCE, room);
    return finish_spki(&out, room, FALSE);
}

GBytes *
dim_der_write_ecc_public(DimSpan point)
{
    gsize room = point.size + 64;
    DimDerWriter out = { .data = g_malloc(room), .at = room };

    dim_der_put(&out, point.data, point.size);
    return finish_spki(&out, room, TRUE);
}

/* The octet string around what was written, and the rest of a PKCS#8 in front. */
static DimSecret *
finish_pkcs8(DimDerWriter *out, gsize room, gboolean ecc)
{
    dim_der_put_head(out, DIM_DER_OCTET_STRING, room);
    put_algorithm(out, ecc);
    dim_der_put_integer(out, (DimSpan){ NULL, 0 });
    dim_der_put_head(out, DIM_DER_SEQUENCE, room);
    return dim_secret_new(out->data + out->at, room - out->at);
}

DimSecret *
dim_der_write_rsa_private(const DimSpan numbers[8])
{
    g_autoptr(DimSecret) buffer = NULL;
    gsize room = 64;
    DimDerWriter out;

    for (guint i = 0; i < 8; i++)
        room += numbers[i].size + 8;
    buffer = dim_secret_new_blank(room);
    out = (DimDerWriter){ .data = dim_secret_writable(buffer), .at = room };
    for (guint i = 8; i > 0; i--)
        dim_der_put_integer(&out, numbers[i - 1]);
    dim_der_put_integer(&out, (DimSpan){ NULL, 0 });
    dim_der_put_head(&out, DIM_DER_SEQUENCE, room);
    return dim_secret_new(out.data + out.at, room - out.at);
}

DimSecret *
dim_der_write_rsa_pkcs8(DimSpan pkcs1)
{
    gsize room = pkcs1.size + 64;
    g_autoptr(DimSecret) buffer = dim_secret_new_blank(room);
    DimDerWriter out = { .data = dim_secret_writable(buffer), .at = room };

    dim_der_put(&out, pkcs1.data, pkcs1.size);
    return finish_pkcs8(&out, room, FALSE);
}

DimSecret *
dim_der_write_ecc_private(DimSpan secret, DimSpan point)
{
    gsize room = secret.size + point.size + 96;
    g_autoptr(DimSecret) buffer = dim_secret_new_blank(room);
    DimDerWriter out = { .data = dim_secret_writable(buffer), .at = room };
    gsize end;

    dim_der_put(&out, point.data, point.size);
    dim_der_put_byte(&out, 0);
    dim_der_put_head(&out, DIM_DER_BIT_STRING, room);
    dim_der_put_head(&out, 0xa1, room);
    end = out.at;
    dim_der_put(&out, secret.data, secret.size);
    dim_der_put_head(&out, DIM_DER_OCTET_STRING, end);
    dim_der_put_integer(&out, (DimSpan){ (const guint8 *)"\1", 1 });
    dim_der_put_head(&out, DIM_DER_SEQUENCE, room);
    return finish_pkcs8(&out, room, TRUE);
}
