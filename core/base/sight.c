/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of characters that are not simply drawn. */
#include "base/sight.h"

/* In order. Formats that are drawn (signs before Arabic numbers) are not among them, nor what ends each plane. */
static const struct {
    gunichar first, last;
    DimSight sight;
} odd[] = {
    { 0x0, 0x8, DIM_SIGHT_HARMFUL },
    { 0x9, 0xa, DIM_SIGHT_BLANK },
    { 0xb, 0xc, DIM_SIGHT_HARMFUL },
    { 0xd, 0xd, DIM_SIGHT_BLANK },
    { 0xe, 0x1f, DIM_SIGHT_HARMFUL },
    { 0x20, 0x20, DIM_SIGHT_BLANK },
    { 0x7f, 0x9f, DIM_SIGHT_HARMFUL },
    { 0xa0, 0xa0, DIM_SIGHT_BLANK },
    { 0xad, 0xad, DIM_SIGHT_UNSEEN },
    { 0x34f, 0x34f, DIM_SIGHT_UNSEEN },
    { 0x61c, 0x61c, DIM_SIGHT_MARK },
    { 0x115f, 0x1160, DIM_SIGHT_UNSEEN }, /* fillers of Hangul */
    { 0x1680, 0x1680, DIM_SIGHT_BLANK },
    { 0x17b4, 0x17b5, DIM_SIGHT_UNSEEN },
    { 0x180b, 0x180d, DIM_SIGHT_SELECTOR },
    { 0x180e, 0x180e, DIM_SIGHT_JOINER },
    { 0x180f, 0x180f, DIM_SIGHT_SELECTOR },
    { 0x2000, 0x200a, DIM_SIGHT_BLANK },
    { 0x200b, 0x200b, DIM_SIGHT_UNSEEN },
    { 0x200c, 0x200d, DIM_SIGHT_JOINER },
    { 0x200e, 0x200f, DIM_SIGHT_MARK },
    { 0x2028, 0x2029, DIM_SIGHT_HARMFUL },
    { 0x202a, 0x202e, DIM_SIGHT_HARMFUL },
    { 0x202f, 0x202f, DIM_SIGHT_BLANK },
    { 0x205f, 0x205f, DIM_SIGHT_BLANK },
    { 0x2060, 0x2065, DIM_SIGHT_UNSEEN },
    { 0x2066, 0x2069, DIM_SIGHT_HARMFUL },
    { 0x206a, 0x206f, DIM_SIGHT_UNSEEN },
    { 0x2800, 0x2800, DIM_SIGHT_BLANK }, /* of Braille */
    { 0x3000, 0x3000, DIM_SIGHT_BLANK },
    { 0x3164, 0x3164, DIM_SIGHT_UNSEEN },
    { 0xfdd0, 0xfdef, DIM_SIGHT_HARMFUL }, /* no characters */
    { 0xfe00, 0xfe0f, DIM_SIGHT_SELECTOR },
    { 0xfeff, 0xfeff, DIM_SIGHT_HARMFUL },
    { 0xffa0, 0xffa0, DIM_SIGHT_UNSEEN },
    { 0xfff0, 0xfffb, DIM_SIGHT_UNSEEN },
    { 0x13430, 0x1343f, DIM_SIGHT_UNSEEN }, /* order of hieroglyphs */
    { 0x16fe4, 0x16fe4, DIM_SIGHT_UNSEEN }, /* filler of Khitan */
    { 0x1bca0, 0x1bca3, DIM_SIGHT_UNSEEN }, /* of shorthand */
    { 0x1d159, 0x1d159, DIM_SIGHT_UNSEEN }, /* a note without a head */
    { 0x1d173, 0x1d17a, DIM_SIGHT_UNSEEN },
    { 0xe0000, 0xe00ff, DIM_SIGHT_UNSEEN }, /* tags */
    { 0xe0100, 0xe01ef, DIM_SIGHT_SELECTOR },
    { 0xe01f0, 0xe0fff, DIM_SIGHT_UNSEEN }, /* room for such */
};

/* The last two of each plane are no characters: XML takes none of U+FFFE and U+FFFF, and no font draws one of them. */
static gboolean
ends_plane(gunichar c)
{
    return (c & 0xfffe) == 0xfffe;
}

DimSight
dim_sight(gunichar c)
{
    gsize low = 0, high = G_N_ELEMENTS(odd);

    if (ends_plane(c))
        return DIM_SIGHT_HARMFUL;
    while (low < high) {
        gsize middle = (low + high) / 2;

        if (c > odd[middle].last)
            low = middle + 1;
        else
            high = middle;
    }
    return low < G_N_ELEMENTS(odd) && c >= odd[low].first ? odd[low].sight : DIM_SIGHT_DRAWN;
}
