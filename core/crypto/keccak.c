/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keccak-256 with the padding of the submission (0x01), which Ethereum froze; SHA3 pads with 0x06. */
#include <string.h>

#include "crypto/digest.h"

#define RATE   136 /* bytes absorbed per turn: 200 - 2 * 32 */
#define ROUNDS 24

static guint64
rotate(guint64 word, guint by)
{
    return by == 0 ? word : word << by | word >> (64 - by);
}

static void
permute(guint64 a[25])
{
    static const guint8 TURN[24] = { 1,  3,  6,  10, 15, 21, 28, 36, 45, 55, 2,  14,
                                     27, 41, 56, 8,  25, 43, 62, 18, 39, 61, 20, 44 };
    static const guint8 LANE[24] = { 10, 7,  11, 17, 18, 3, 5,  16, 8,  21, 24, 4,
                                     15, 23, 19, 13, 12, 2, 20, 14, 22, 9,  6,  1 };
    guint8 lfsr = 1; /* the round constants are what this shift register gives */

    for (guint round = 0; round < ROUNDS; round++) {
        guint64 c[5], last;

        for (guint x = 0; x < 5; x++)
            c[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
        for (guint i = 0; i < 25; i++)
            a[i] ^= c[(i + 4) % 5] ^ rotate(c[(i + 1) % 5], 1);
        last = a[1];
        for (guint i = 0; i < 24; i++) {
            guint64 next = a[LANE[i]];

            a[LANE[i]] = rotate(last, TURN[i]);
            last = next;
        }
        for (guint y = 0; y < 25; y += 5) {
            memcpy(c, a + y, sizeof c);
            for (guint x = 0; x < 5; x++)
                a[y + x] ^= ~c[(x + 1) % 5] & c[(x + 2) % 5];
        }
        for (guint bit = 0; bit < 7; bit++) {
            if ((lfsr & 1) != 0)
                a[0] ^= G_GUINT64_CONSTANT(1) << ((1u << bit) - 1);
            lfsr = (guint8)(lfsr << 1 ^ ((lfsr & 0x80) != 0 ? 0x71 : 0));
        }
    }
}

static void
absorb(guint64 state[25], const guint8 block[RATE])
{
    for (guint i = 0; i < RATE / 8; i++) {
        guint64 word;

        memcpy(&word, block + 8 * i, 8);
        state[i] ^= GUINT64_FROM_LE(word);
    }
    permute(state);
}

void
dim_keccak256(const void *data, gsize size, guint8 out[32])
{
    guint64 state[25] = { 0 };
    guint8 block[RATE] = { 0 };
    const guint8 *p = data;

    for (; size >= RATE; p += RATE, size -= RATE)
        absorb(state, p);
    if (size > 0)
        memcpy(block, p, size);
    block[size] ^= 0x01;
    block[RATE - 1] ^= 0x80;
    absorb(state, block);
    for (guint i = 0; i < 4; i++) {
        guint64 word = GUINT64_TO_LE(state[i]);

        memcpy(out + 8 * i, &word, 8);
    }
}
