/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The DER shapes of RSA and secp256k1 keys and signatures, both ways; strict when reading. */
#include <string.h>

#include "base/errors.h"
#include "crypto/pem.h"

enum {
    INTEGER = 0x02,
    BIT_STRING = 0x03,
    OCTET_STRING = 0x04,
    OID = 0x06,
    SEQUENCE = 0x30,
};

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

/* Takes one element with that tag from the front of in. */
static gboolean
take(DimSpan *in, guint8 tag, DimSpan *content)
{
    gsize length, head = 2;

    if (in->size < 2 || in->data[0] != tag)
        return FALSE;
    length = in->data[1];
    if (length >= 0x80) {
        gsize octets = length & 0x7f;

        if (octets == 0 || octets > 3 || in->size < 2 + octets || in->data[2] == 0)
            return FALSE;
        length = 0;
        for (gsize i = 0; i < octets; i++)
            length = length << 8 | in->data[2 + i];
        if (length < 0x80) /* a longer form than needed */
            return FALSE;
        head += octets;
    }
    if (length > in->size - head)
        return FALSE;
    content->data = in->data + head;
    content->size = length;
    in->data += head + length;
    in->size -= head + length;
    return TRUE;
}

/* A positive integer, or zero as an empty span. */
static gboolean
take_integer(DimSpan *in, DimSpan *number)
{
    if (!take(in, INTEGER, number) || number->size == 0 || (number->data[0] & 0x80) != 0)
        return FALSE;
    if (number->data[0] == 0) {
        if (number->size > 1 && (number->data[1] & 0x80) == 0)
            return FALSE;
        number->data++;
        number->size--;
    }
    return TRUE;
}

static gboolean
is_oid(DimSpan span, const guint8 *oid, gsize size)
{
    return span.size == size && memcmp(span.data, oid, size) == 0;
}

/* An AlgorithmIdentifier in front of in. FALSE if it is none, or not the one that was asked for (*other). */
static gboolean
take_algorithm(DimSpan *in, gboolean ecc, gboolean *other)
{
    DimSpan algorithm, name, curve;

    if (!take(in, SEQUENCE, &algorithm) || !take(&algorithm, OID, &name))
        return FALSE;
    if (ecc) {
        *other = !is_oid(name, OID_EC, sizeof OID_EC) || !take(&algorithm, OID, &curve)
                 || !is_oid(curve, OID_SECP256K1, sizeof OID_SECP256K1);
        return !*other && algorithm.size == 0;
    }
    *other = !is_oid(name, OID_RSA, sizeof OID_RSA);
    /* its parameters are NULL, or by mistake absent */
    return !*other
           && (algorithm.size == 0
               || (algorithm.size == 2 && memcmp(algorithm.data, "\5\0", 2) == 0));
}

static gboolean
take_small(DimSpan *in, guint8 value)
{
    DimSpan number;

    return take(in, INTEGER, &number) && number.size == 1 && number.data[0] == value;
}

/* SubjectPublicKeyInfo: in is the content of its sequence. */
static gboolean
read_spki(DimSpan in, gboolean ecc, DimSpan *key, GError **error)
{
    gboolean other = FALSE;

    if (!take_algorithm(&in, ecc, &other))
        return other ? unsupported(error) : malformed(error);
    if (!take(&in, BIT_STRING, key) || in.size != 0 || key->size < 1 || key->data[0] != 0)
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

    if (!take(&in, INTEGER, &version) || version.size != 1 || version.data[0] > 1)
        return malformed(error);
    if (!take_algorithm(&in, ecc, &other))
        return other ? unsupported(error) : malformed(error);
    return take(&in, OCTET_STRING, key) ? TRUE : malformed(error);
}

static gboolean
open_sequence(DimSpan der, DimSpan *content)
{
    return take(&der, SEQUENCE, content) && der.size == 0;
}

gboolean
dim_der_read_rsa_public(DimSpan der, DimRsaNumbers *numbers, GError **error)
{
    DimSpan in, inner;

    memset(numbers, 0, sizeof *numbers);
    if (!open_sequence(der, &in) || in.size == 0)
        return malformed(error);
    if (in.data[0] == SEQUENCE) {
        if (!read_spki(in, FALSE, &inner, error))
            return FALSE;
        if (!open_sequence(inner, &in))
            return malformed(error);
    }
    if (!take_integer(&in, &numbers->n) || !take_integer(&in, &numbers->e) || in.size != 0)
        return malformed(error);
    return TRUE;
}

gboolean
dim_der_read_rsa_private(DimSpan der, DimRsaNumbers *numbers, GError **error)
{
    DimSpan in, inner, rest;

    memset(numbers, 0, sizeof *numbers);
    if (!open_sequence(der, &in))
        return malformed(error);
    rest = in;
    if (take(&rest, INTEGER, &inner) && rest.size > 0 && rest.data[0] == SEQUENCE) {
        if (!read_pkcs8(in, FALSE, &inner, error))
            return FALSE;
        if (!open_sequence(inner, &in))
            return malformed(error);
    }
    /* dp, dq and qinv follow; they are made anew from what they must fit */
    if (!take_small(&in, 0) || !take_integer(&in, &numbers->n)
        || !take_integer(&in, &numbers->e) || !take_integer(&in, &numbers->d)
        || !take_integer(&in, &numbers->p) || !take_integer(&in, &numbers->q))
        return malformed(error);
    for (guint i = 0; i < 3; i++) {
        if (!take_integer(&in, &inner))
            return malformed(error);
    }
    return in.size == 0 ? TRUE : malformed(error);
}

gboolean
dim_der_read_ecc_public(DimSpan der, DimSpan *point, GError **error)
{
    DimSpan in;

    if (!open_sequence(der, &in))
        return malformed(error);
    return read_spki(in, TRUE, point, error);
}

gboolean
dim_der_read_ecc_private(DimSpan der, DimSpan *secret, GError **error)
{
    DimSpan in, inner, rest, curve;

    if (!open_sequence(der, &in))
        return malformed(error);
    rest = in;
    if (take(&rest, INTEGER, &inner) && rest.size > 0 && rest.data[0] == SEQUENCE) {
        if (!read_pkcs8(in, TRUE, &inner, error))
            return FALSE;
        if (!open_sequence(inner, &in))
            return malformed(error);
    }
    if (!take_small(&in, 1) || !take(&in, OCTET_STRING, secret))
        return malformed(error);
    /* SEC1 may name its curve; the public point behind it is made anew */
    if (take(&in, 0xa0, &inner)
        && (!take(&inner, OID, &curve) || !is_oid(curve, OID_SECP256K1, sizeof OID_SECP256K1)))
        return unsupported(error);
    return TRUE;
}

gboolean
dim_der_read_signature(DimSpan der, DimSpan *r, DimSpan *s)
{
    DimSpan in;

    return open_sequence(der, &in) && take_integer(&in, r) && take_integer(&in, s)
           && in.size == 0;
}

/* Written from the back to the front, so that every length is known when its turn comes. */
typedef struct {
    guint8 *data;
    gsize at;
} Writer;

static void
put_bytes(Writer *out, const void *data, gsize size)
{
    g_assert(size <= out->at);
    out->at -= size;
    if (size > 0)
        memcpy(out->data + out->at, data, size);
}

static void
put_byte(Writer *out, guint8 byte)
{
    put_bytes(out, &byte, 1);
}

/* The tag and length in front of what was written since end. */
static void
put_head(Writer *out, guint8 tag, gsize end)
{
    gsize length = end - out->at;
    guint8 octets = 0;

    if (length < 0x80) {
        put_byte(out, (guint8)length);
    } else {
        for (; length > 0; length >>= 8, octets++)
            put_byte(out, (guint8)length);
        put_byte(out, 0x80 | octets);
    }
    put_byte(out, tag);
}

static void
put_integer(Writer *out, DimSpan number)
{
    gsize end = out->at;

    put_bytes(out, number.data, number.size);
    if (number.size == 0 || (number.data[0] & 0x80) != 0)
        put_byte(out, 0);
    put_head(out, INTEGER, end);
}

static void
put_algorithm(Writer *out, gboolean ecc)
{
    gsize end = out->at, inner = end;

    if (ecc) {
        put_bytes(out, OID_SECP256K1, sizeof OID_SECP256K1);
        put_head(out, OID, inner);
    } else {
        put_bytes(out, "\5\0", 2);
    }
    inner = out->at;
    put_bytes(out, ecc ? OID_EC : OID_RSA, ecc ? sizeof OID_EC : sizeof OID_RSA);
    put_head(out, OID, inner);
    put_head(out, SEQUENCE, end);
}

/* The bit string around what was written, and the rest of an SPKI in front. */
static GBytes *
finish_spki(Writer *out, gsize room, gboolean ecc)
{
    GBytes *der;

    put_byte(out, 0); /* unused bits */
    put_head(out, BIT_STRING, room);
    put_algorithm(out, ecc);
    put_head(out, SEQUENCE, room);
    der = g_bytes_new(out->data + out->at, room - out->at);
    g_free(out->data);
    return der;
}

GBytes *
dim_der_write_rsa_public(DimSpan n, DimSpan e)
{
    gsize room = n.size + e.size + 64;
    Writer out = { .data = g_malloc(room), .at = room };

    put_integer(&out, e);
    put_integer(&out, n);
    put_head(&out, SEQUENCE, room);
    return finish_spki(&out, room, FALSE);
}

GBytes *
dim_der_write_ecc_public(DimSpan point)
{
    gsize room = point.size + 64;
    Writer out = { .data = g_malloc(room), .at = room };

    put_bytes(&out, point.data, point.size);
    return finish_spki(&out, room, TRUE);
}

DimSecret *
dim_der_write_rsa_private(const DimSpan numbers[8])
{
    g_autoptr(DimSecret) buffer = NULL;
    gsize room = 64;
    Writer out;

    for (guint i = 0; i < 8; i++)
        room += numbers[i].size + 8;
    buffer = dim_secret_new_blank(room);
    out = (Writer){ .data = dim_secret_writable(buffer), .at = room };
    for (guint i = 8; i > 0; i--)
        put_integer(&out, numbers[i - 1]);
    put_integer(&out, (DimSpan){ NULL, 0 });
    put_head(&out, SEQUENCE, room);
    return dim_secret_new(out.data + out.at, room - out.at);
}

DimSecret *
dim_der_write_ecc_private(DimSpan secret, DimSpan point)
{
    gsize room = secret.size + point.size + 96;
    g_autoptr(DimSecret) buffer = dim_secret_new_blank(room);
    Writer out = { .data = dim_secret_writable(buffer), .at = room };
    gsize end;

    put_bytes(&out, point.data, point.size);
    put_byte(&out, 0);
    put_head(&out, BIT_STRING, room);
    put_head(&out, 0xa1, room);
    end = out.at;
    put_bytes(&out, secret.data, secret.size);
    put_head(&out, OCTET_STRING, end);
    put_integer(&out, (DimSpan){ (const guint8 *)"\1", 1 });
    put_head(&out, SEQUENCE, room);
    put_head(&out, OCTET_STRING, room);
    put_algorithm(&out, TRUE);
    put_integer(&out, (DimSpan){ NULL, 0 });
    put_head(&out, SEQUENCE, room);
    return dim_secret_new(out.data + out.at, room - out.at);
}
