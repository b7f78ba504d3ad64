/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DER element by element: strict when taken, written from the back to the front. Private to crypto. */
#pragma once

#include "crypto/pem.h"

G_BEGIN_DECLS

enum {
    DIM_DER_INTEGER = 0x02,
    DIM_DER_BIT_STRING = 0x03,
    DIM_DER_OCTET_STRING = 0x04,
    DIM_DER_OID = 0x06,
    DIM_DER_SEQUENCE = 0x30,
};

/* Takes one element with that tag from the front of in: lengths below 16 MiB in their shortest form. */
gboolean dim_der_take(DimSpan *in, guint8 tag, DimSpan *content);
/* A positive integer, or zero as an empty span. */
gboolean dim_der_take_integer(DimSpan *in, DimSpan *number);
/* An integer of exactly this value. */
gboolean dim_der_take_small(DimSpan *in, guint8 value);
/* The content of a sequence that is all there is. */
gboolean dim_der_open(DimSpan der, DimSpan *content);
gboolean dim_der_is_oid(DimSpan span, const guint8 *oid, gsize size);

/* Written from the back to the front, so that every length is known when its turn comes. Room for all of it is the caller's care. */
typedef struct {
    guint8 *data;
    gsize at;
} DimDerWriter;

void dim_der_put(DimDerWriter *out, const void *data, gsize size);
void dim_der_put_byte(DimDerWriter *out, guint8 byte);
/* The tag and length in front of what was written since end. */
void dim_der_put_head(DimDerWriter *out, guint8 tag, gsize end);
void dim_der_put_integer(DimDerWriter *out, DimSpan number);

G_END_DECLS
