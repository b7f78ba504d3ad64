/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Leaves out of a name what nobody sees; what changes a letter or an emoji beside it stays. */
#include "base/sight_line.h"

#include <string.h>

#include "base/sight.h"

#define ZWNJ     0x200c
#define ZWJ      0x200d
#define TEXT     0xfe0e /* selectors: "not as an emoji", "as an emoji" */
#define EMOJI    0xfe0f
#define KEYCAP   0x20e3
#define FLAG     0x1f3f4
#define FLAG_END 0xe007f
#define VIRAMA   9 /* combining class */

typedef struct {
    GString *out;
    gulong room;   /* characters */
    gunichar last; /* that stands in this piece, or 0 */
    gunichar base; /* likewise, without the marks on it; 0 if nothing may be joined to it */
    gunichar held; /* a blank or joiner that stays if what comes next is drawn and fits, or 0 */
} Line;

typedef struct {
    gunichar first, last;
} Range;

/* Emoji that are drawn as text unless a selector asks. In order. */
static const Range quiet[] = {
    { 0xa9, 0xa9 },       { 0xae, 0xae },       { 0x203c, 0x203c },   { 0x2049, 0x2049 },
    { 0x2122, 0x2122 },   { 0x2139, 0x2139 },   { 0x2194, 0x2199 },   { 0x21a9, 0x21aa },
    { 0x2328, 0x2328 },   { 0x23cf, 0x23cf },   { 0x23ed, 0x23ef },   { 0x23f1, 0x23f2 },
    { 0x23f8, 0x23fa },   { 0x24c2, 0x24c2 },   { 0x25aa, 0x25ab },   { 0x25b6, 0x25b6 },
    { 0x25c0, 0x25c0 },   { 0x25fb, 0x25fc },   { 0x2600, 0x2604 },   { 0x260e, 0x260e },
    { 0x2611, 0x2611 },   { 0x2618, 0x2618 },   { 0x261d, 0x261d },   { 0x2620, 0x2620 },
    { 0x2622, 0x2623 },   { 0x2626, 0x2626 },   { 0x262a, 0x262a },   { 0x262e, 0x262f },
    { 0x2638, 0x263a },   { 0x2640, 0x2640 },   { 0x2642, 0x2642 },   { 0x265f, 0x2660 },
    { 0x2663, 0x2663 },   { 0x2665, 0x2666 },   { 0x2668, 0x2668 },   { 0x267b, 0x267b },
    { 0x267e, 0x267e },   { 0x2692, 0x2692 },   { 0x2694, 0x2697 },   { 0x2699, 0x2699 },
    { 0x269b, 0x269c },   { 0x26a0, 0x26a0 },   { 0x26a7, 0x26a7 },   { 0x26b0, 0x26b1 },
    { 0x26c8, 0x26c8 },   { 0x26cf, 0x26cf },   { 0x26d1, 0x26d1 },   { 0x26d3, 0x26d3 },
    { 0x26e9, 0x26e9 },   { 0x26f0, 0x26f1 },   { 0x26f4, 0x26f4 },   { 0x26f7, 0x26f9 },
    { 0x2702, 0x2702 },   { 0x2708, 0x2709 },   { 0x270c, 0x270d },   { 0x270f, 0x270f },
    { 0x2712, 0x2712 },   { 0x2714, 0x2714 },   { 0x2716, 0x2716 },   { 0x271d, 0x271d },
    { 0x2721, 0x2721 },   { 0x2733, 0x2734 },   { 0x2744, 0x2744 },   { 0x2747, 0x2747 },
    { 0x2763, 0x2764 },   { 0x27a1, 0x27a1 },   { 0x2934, 0x2935 },   { 0x2b05, 0x2b07 },
    { 0x3030, 0x3030 },   { 0x303d, 0x303d },   { 0x3297, 0x3297 },   { 0x3299, 0x3299 },
    { 0x1f170, 0x1f171 }, { 0x1f17e, 0x1f17f }, { 0x1f202, 0x1f202 }, { 0x1f237, 0x1f237 },
    { 0x1f321, 0x1f321 }, { 0x1f324, 0x1f32c }, { 0x1f336, 0x1f336 }, { 0x1f37d, 0x1f37d },
    { 0x1f396, 0x1f397 }, { 0x1f399, 0x1f39b }, { 0x1f39e, 0x1f39f }, { 0x1f3cb, 0x1f3ce },
    { 0x1f3d4, 0x1f3df }, { 0x1f3f3, 0x1f3f3 }, { 0x1f3f5, 0x1f3f5 }, { 0x1f3f7, 0x1f3f7 },
    { 0x1f43f, 0x1f43f }, { 0x1f441, 0x1f441 }, { 0x1f4fd, 0x1f4fd }, { 0x1f549, 0x1f54a },
    { 0x1f56f, 0x1f570 }, { 0x1f573, 0x1f579 }, { 0x1f587, 0x1f587 }, { 0x1f58a, 0x1f58d },
    { 0x1f590, 0x1f590 }, { 0x1f5a5, 0x1f5a5 }, { 0x1f5a8, 0x1f5a8 }, { 0x1f5b1, 0x1f5b2 },
    { 0x1f5bc, 0x1f5bc }, { 0x1f5c2, 0x1f5c4 }, { 0x1f5d1, 0x1f5d3 }, { 0x1f5dc, 0x1f5de },
    { 0x1f5e1, 0x1f5e1 }, { 0x1f5e3, 0x1f5e3 }, { 0x1f5e8, 0x1f5e8 }, { 0x1f5ef, 0x1f5ef },
    { 0x1f5f3, 0x1f5f3 }, { 0x1f5fa, 0x1f5fa }, { 0x1f6cb, 0x1f6cb }, { 0x1f6cd, 0x1f6cf },
    { 0x1f6e0, 0x1f6e5 }, { 0x1f6e9, 0x1f6e9 }, { 0x1f6f0, 0x1f6f0 }, { 0x1f6f3, 0x1f6f3 },
};

/* Letters of scripts that join which do not join the next letter. In order. */
static const Range ends[] = {
    { 0x621, 0x625 }, { 0x627, 0x627 }, { 0x629, 0x629 }, { 0x62f, 0x632 }, { 0x648, 0x648 },
    { 0x671, 0x677 }, { 0x688, 0x699 }, { 0x6c0, 0x6c0 }, { 0x6c3, 0x6cb }, { 0x6cd, 0x6cd },
    { 0x6cf, 0x6cf }, { 0x6d2, 0x6d3 }, { 0x6d5, 0x6d5 }, { 0x6ee, 0x6ef }, { 0x710, 0x710 },
    { 0x715, 0x719 }, { 0x71e, 0x71e }, { 0x728, 0x728 }, { 0x72a, 0x72a }, { 0x72c, 0x72c },
    { 0x72f, 0x72f }, { 0x74d, 0x74d }, { 0x759, 0x75b }, { 0x76b, 0x76c }, { 0x771, 0x771 },
    { 0x773, 0x774 }, { 0x778, 0x779 },
};

static gboolean
is_among(gunichar c, const Range *ranges, gsize count)
{
    for (gsize i = 0; i < count && ranges[i].first <= c; i++)
        if (c <= ranges[i].last)
            return TRUE;
    return FALSE;
}

static gboolean
is_quiet(gunichar c)
{
    return is_among(c, quiet, G_N_ELEMENTS(quiet));
}

/* An emoji that is drawn as such without a selector: the library knows that it is as wide as two letters. */
static gboolean
is_loud(gunichar c)
{
    GUnicodeType type = g_unichar_type(c);

    return ((c >= 0x231a && c <= 0x2b55) || (c >= 0x1f004 && c <= 0x1faff)) && !is_quiet(c)
           && g_unichar_iswide(c)
           && (type == G_UNICODE_OTHER_SYMBOL || type == G_UNICODE_MATH_SYMBOL
               || type == G_UNICODE_MODIFIER_SYMBOL);
}

static gboolean
is_emoji(gunichar c)
{
    return is_quiet(c) || is_loud(c);
}

static gboolean
is_letter_of(gunichar c, GUnicodeScript script)
{
    return g_unichar_isalpha(c) && g_unichar_get_script(c) == script;
}

static gboolean
is_han(gunichar c)
{
    return g_unichar_type(c) == G_UNICODE_OTHER_LETTER
           && g_unichar_get_script(c) == G_UNICODE_SCRIPT_HAN;
}

/* Whether letters of the script take another shape beside one another. */
static gboolean
joins(GUnicodeScript script)
{
    static const GUnicodeScript scripts[] = {
        G_UNICODE_SCRIPT_ARABIC,     G_UNICODE_SCRIPT_SYRIAC,
        G_UNICODE_SCRIPT_MONGOLIAN,  G_UNICODE_SCRIPT_NKO,
        G_UNICODE_SCRIPT_MANDAIC,    G_UNICODE_SCRIPT_PHAGS_PA,
        G_UNICODE_SCRIPT_MANICHAEAN, G_UNICODE_SCRIPT_PSALTER_PAHLAVI,
        G_UNICODE_SCRIPT_ADLAM,      G_UNICODE_SCRIPT_HANIFI_ROHINGYA,
        G_UNICODE_SCRIPT_SOGDIAN,    G_UNICODE_SCRIPT_CHORASMIAN,
        G_UNICODE_SCRIPT_OLD_UYGHUR,
    };

    for (gsize i = 0; i < G_N_ELEMENTS(scripts); i++)
        if (scripts[i] == script)
            return TRUE;
    return FALSE;
}

/* A virama kills a vowel and makes of two letters one; in these scripts it is only drawn on top. */
static gboolean
is_virama(gunichar c, GUnicodeScript script)
{
    return g_unichar_combining_class(c) == VIRAMA && g_unichar_get_script(c) == script
           && script != G_UNICODE_SCRIPT_THAI && script != G_UNICODE_SCRIPT_LAO
           && script != G_UNICODE_SCRIPT_TIBETAN;
}

static gboolean
is_joiner_seen(const Line *line, gunichar joiner, gunichar next)
{
    GUnicodeScript script = g_unichar_get_script(line->base);

    if (is_emoji(line->base))
        return joiner == ZWJ && is_emoji(next);
    if (!g_unichar_isalpha(line->base))
        return FALSE;
    if (joiner == 0x180e)
        return script == G_UNICODE_SCRIPT_MONGOLIAN && is_letter_of(next, script);
    if (is_virama(line->last, script))
        return is_letter_of(next, script);
    if (is_virama(next, script))
        return joiner == ZWJ && line->last == line->base;
    if (!joins(script) || is_among(line->base, ends, G_N_ELEMENTS(ends)))
        return FALSE;
    if (joiner == ZWNJ)
        return is_letter_of(next, script) && next != 0x621;
    return !is_letter_of(next, script) && !g_unichar_ismark(next); /* else they join anyway */
}

static gboolean
is_selector_seen(gunichar last, gunichar selector)
{
    if (selector == EMOJI)
        return is_quiet(last);
    if (selector == TEXT)
        return is_loud(last);
    if (selector >= 0x180b && selector <= 0x180f)
        return is_letter_of(last, G_UNICODE_SCRIPT_MONGOLIAN);
    if (selector == 0xfe00
        && (is_letter_of(last, G_UNICODE_SCRIPT_MYANMAR)
            || is_letter_of(last, G_UNICODE_SCRIPT_PHAGS_PA)))
        return TRUE;
    return (selector <= 0xfe02 || selector >= 0xe0100) && is_han(last);
}

/* Old spelling of a letter of Malayalam that ends words: the joiner is seen whatever follows. */
static gboolean
is_chillu(const Line *line)
{
    static const gunichar bases[] = { 0xd15, 0xd23, 0xd28, 0xd30, 0xd32, 0xd33 };

    for (gsize i = 0; i < G_N_ELEMENTS(bases); i++)
        if (bases[i] == line->base)
            return line->last == 0xd4d;
    return FALSE;
}

static gboolean
is_held_seen(const Line *line, gunichar next)
{
    switch (line->held) {
    case 0:
        return FALSE;
    case ' ':
        return TRUE;
    case EMOJI:
        return next == KEYCAP;
    default:
        return is_joiner_seen(line, line->held, next);
    }
}

/* What is drawn, behind what was held for it. FALSE if there is no room for both and `more` behind. */
static gboolean
put(Line *line, gunichar c, gulong more)
{
    gboolean with = is_held_seen(line, c);

    if (line->room < (with ? 2 : 1) + more)
        return FALSE;
    if (with)
        g_string_append_unichar(line->out, line->held);
    g_string_append_unichar(line->out, c);
    line->room -= with ? 2 : 1;
    if (!g_unichar_ismark(c) || line->held == ' ')
        line->base = c;
    line->last = c;
    line->held = 0;
    return TRUE;
}

/* What changes the character that stands last. */
static gboolean
put_behind(Line *line, gunichar c)
{
    if (line->room == 0)
        return FALSE;
    g_string_append_unichar(line->out, c);
    line->room--;
    line->last = c;
    return TRUE;
}

static gboolean
put_joiner(Line *line, gunichar c)
{
    if (line->held != 0 || line->last == 0)
        return TRUE;
    if (c == ZWJ && is_chillu(line))
        return put_behind(line, c);
    line->held = c;
    return TRUE;
}

static gboolean
is_keycap(gunichar c)
{
    return c == '#' || c == '*' || (c >= '0' && c <= '9');
}

static gboolean
put_selector(Line *line, gunichar c)
{
    if (line->held != 0)
        return TRUE;
    if (is_selector_seen(line->last, c))
        return put_behind(line, c);
    if (c == EMOJI && is_keycap(line->last))
        line->held = c;
    return TRUE;
}

/* How many tags behind the black flag make another of it; others are drawn as the black one. */
static gulong
tags_behind(const char *text)
{
    static const char *const known[] = { "gbeng", "gbsct", "gbwls" };

    for (gsize i = 0; i < G_N_ELEMENTS(known); i++) {
        const char *p = text, *tag = known[i];

        for (; *tag != '\0' && g_utf8_get_char(p) == 0xe0000 + (gunichar)*tag; tag++)
            p = g_utf8_find_next_char(p, NULL);
        if (*tag == '\0' && g_utf8_get_char(p) == FLAG_END)
            return strlen(known[i]) + 1;
    }
    return 0;
}

/* A character, and the tags that it has behind. Moves on behind them. */
static gboolean
put_drawn(Line *line, gunichar c, const char **next)
{
    gulong tags = c == FLAG ? tags_behind(*next) : 0;

    if (!put(line, c, tags))
        return FALSE;
    for (gulong i = 0; i < tags; i++, *next = g_utf8_find_next_char(*next, NULL))
        put_behind(line, g_utf8_get_char(*next));
    if (tags > 0)
        line->base = 0;
    return TRUE;
}

gboolean
dim_sight_line(GString *out, const char *text, gulong limit)
{
    Line line = { .out = out, .room = limit };
    gboolean fits = TRUE;

    while (fits && *text != '\0') {
        gunichar c = g_utf8_get_char(text);

        text = g_utf8_find_next_char(text, NULL);
        switch (dim_sight(c)) {
        case DIM_SIGHT_DRAWN:
            fits = put_drawn(&line, c, &text);
            break;
        case DIM_SIGHT_BLANK:
            line.held = line.last != 0 ? ' ' : 0;
            break;
        case DIM_SIGHT_JOINER:
            fits = put_joiner(&line, c);
            break;
        case DIM_SIGHT_SELECTOR:
            fits = put_selector(&line, c);
            break;
        case DIM_SIGHT_MARK:
        case DIM_SIGHT_UNSEEN:
        case DIM_SIGHT_HARMFUL:
            break;
        }
    }
    return fits;
}
