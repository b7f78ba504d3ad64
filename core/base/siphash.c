/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SipHash: four words that are stirred twice for each eight bytes, and four times at the end. */
#include "base/siphash.h"

#include <string.h>

typedef struct {
    guint64 a, b, c, d;
} State;

static guint64
turn(guint64 word, guint bits)
{
    return word << bits | word >> (64 - bits);
}

static void
stir(State *s, guint rounds)
{
    while (rounds-- > 0) {
        s->a += s->b;
        s->c += s->d;
        s->b = turn(s->b, 13) ^ s->a;
        s->d = turn(s->d, 16) ^ s->c;
        s->a = turn(s->a, 32);
        s->c += s->b;
        s->a += s->d;
        s->b = turn(s->b, 17) ^ s->c;
        s->d = turn(s->d, 21) ^ s->a;
        s->c = turn(s->c, 32);
    }
}

/* Eight bytes or fewer, the first one lowest. */
static guint64
word_of(const guint8 *bytes, gsize size)
{
    guint64 word = 0;

    memcpy(&word, bytes, size);
    return GUINT64_FROM_LE(word);
}

static void
take(State *s, guint64 word)
{
    s->d ^= word;
    stir(s, 2);
    s->a ^= word;
}

guint64
dim_siphash(const guint8 key[DIM_SIPHASH_KEY], const void *data, gsize size)
{
    const guint8 *bytes = data;
    guint64 low = word_of(key, 8);
    guint64 high = word_of(key + 8, 8);
    /* "somepseudorandomlygeneratedbytes" */
    State s = { low ^ G_GUINT64_CONSTANT(0x736f6d6570736575),
                high ^ G_GUINT64_CONSTANT(0x646f72616e646f6d),
                low ^ G_GUINT64_CONSTANT(0x6c7967656e657261),
                high ^ G_GUINT64_CONSTANT(0x7465646279746573) };
    gsize at = 0;

    for (; size - at >= 8; at += 8)
        take(&s, word_of(bytes + at, 8));
    take(&s, word_of(bytes + at, size - at) | (guint64)size << 56);
    s.c ^= 0xff;
    stir(&s, 4);
    return s.a ^ s.b ^ s.c ^ s.d;
}
