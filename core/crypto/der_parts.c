/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DER element by element, both ways. */
#include "crypto/der_parts.h"

#include <string.h>

gboolean
dim_der_take(DimSpan *in, guint8 tag, DimSpan *content)
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

gboolean
dim_der_take_integer(DimSpan *in, DimSpan *number)
{
    if (!dim_der_take(in, DIM_DER_INTEGER, number) || number->size == 0
        || (number->data[0] & 0x80) != 0)
        return FALSE;
    if (number->data[0] == 0) {
        if (number->size > 1 && (number->data[1] & 0x80) == 0)
            return FALSE;
        number->data++;
        number->size--;
    }
    return TRUE;
}

gboolean
dim_der_is_oid(DimSpan span, const guint8 *oid, gsize size)
{
    return span.size == size && memcmp(span.data, oid, size) == 0;
}

gboolean
dim_der_take_small(DimSpan *in, guint8 value)
{
    DimSpan number;

    return dim_der_take(in, DIM_DER_INTEGER, &number) && number.size == 1
           && number.data[0] == value;
}

gboolean
dim_der_open(DimSpan der, DimSpan *content)
{
    return dim_der_take(&der, DIM_DER_SEQUENCE, content) && der.size == 0;
}

void
dim_der_put(DimDerWriter *out, const void *data, gsize size)
{
    g_assert(size <= out->at);
    out->at -= size;
    if (size > 0)
        memcpy(out->data + out->at, data, size);
}

void
dim_der_put_byte(DimDerWriter *out, guint8 byte)
{
    dim_der_put(out, &byte, 1);
}

void
dim_der_put_head(DimDerWriter *out, guint8 tag, gsize end)
{
    gsize length = end - out->at;
    guint8 octets = 0;

    if (length < 0x80) {
        dim_der_put_byte(out, (guint8)length);
    } else {
        for (; length > 0; length >>= 8, octets++)
            dim_der_put_byte(out, (guint8)length);
        dim_der_put_byte(out, 0x80 | octets);
    }
    dim_der_put_byte(out, tag);
}

void
dim_der_put_integer(DimDerWriter *out, DimSpan number)
{
    gsize end = out->at;

    dim_der_put(out, number.data, number.size);
    if (number.size == 0 || (number.data[0] & 0x80) != 0)
        dim_der_put_byte(out, 0);
    dim_der_put_head(out, DIM_DER_INTEGER, end);
}
