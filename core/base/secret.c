/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytes that are wiped when their last owner lets go; wiping and comparing that the compiler keeps. */
#include "base/secret.h"

#include <string.h>

/* One block on the heap, so that one wipe reaches all of it. It is not mlock()ed: a lock holds whole
 * pages, which other blocks share, and the first munlock() would release all of them. */
struct _DimSecret {
    gint refs;
    gsize size;
    guint8 data[];
};

DimSecret *
dim_secret_new_blank(gsize size)
{
    DimSecret *secret;

    g_return_val_if_fail(size < G_MAXSIZE - sizeof *secret - 1, NULL);

    secret = g_malloc0(sizeof *secret + size + 1);
    secret->refs = 1;
    secret->size = size;
    return secret;
}

DimSecret *
dim_secret_new(const void *data, gsize size)
{
    DimSecret *secret;

    g_return_val_if_fail(data != NULL || size == 0, NULL);

    secret = dim_secret_new_blank(size);
    if (size > 0)
        memcpy(secret->data, data, size);
    return secret;
}

DimSecret *
dim_secret_new_take(GBytes *bytes)
{
    DimSecret *secret;
    gpointer data;
    gsize size;

    g_return_val_if_fail(bytes != NULL, NULL);

    data = g_bytes_unref_to_data(bytes, &size);
    secret = dim_secret_new(data, size);
    dim_wipe(data, size);
    g_free(data);
    return secret;
}

guint8 *
dim_secret_writable(DimSecret *secret)
{
    g_return_val_if_fail(secret != NULL, NULL);
    return secret->data;
}

DimSecret *
dim_secret_ref(DimSecret *secret)
{
    g_return_val_if_fail(secret != NULL, NULL);
    g_atomic_int_inc(&secret->refs);
    return secret;
}

void
dim_secret_unref(DimSecret *secret)
{
    if (secret == NULL || !g_atomic_int_dec_and_test(&secret->refs))
        return;
    dim_wipe(secret->data, secret->size);
    g_free(secret);
}

const guint8 *
dim_secret_data(const DimSecret *secret)
{
    g_return_val_if_fail(secret != NULL, NULL);
    return secret->data;
}

gsize
dim_secret_size(const DimSecret *secret)
{
    g_return_val_if_fail(secret != NULL, 0);
    return secret->size;
}

void
dim_wipe(void *data, gsize size)
{
    if (data != NULL && size > 0)
        explicit_bzero(data, size);
}

void
dim_wipe_string(char *text)
{
    if (text == NULL)
        return;
    dim_wipe(text, strlen(text));
    g_free(text);
}

gboolean
dim_memory_equal(const void *a, const void *b, gsize size)
{
    const volatile guint8 *left = a;
    const volatile guint8 *right = b;
    guint8 difference = 0;

    for (gsize i = 0; i < size; i++)
        difference |= left[i] ^ right[i];
    return difference == 0;
}
