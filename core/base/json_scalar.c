/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers, times and flags out of one JSON value, forgiving what protocol §0.4 forgives. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "base/json_parts.h"

#define EXACT     (G_GUINT64_CONSTANT(1) << 53) /* doubles hold all whole numbers up to it */
#define LAST_TIME 253402300799.0 /* the end of the year 9999: beyond it calendars fail */

/* The usual time, "1700000000.123456": a whole number below 2^53 through a power of ten that a double holds exactly is
 * rounded once, like strtod() does, which takes long over it. whole and fits tell what stands in front of the point. */
static const char *
read_real(const char *text, const char *point, guint64 whole, gboolean fits, double *real)
{
    static const double TENS[] = { 1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9 };
    const char *p = point + 1;
    gsize places = 0;
    char *end = NULL;

    for (; FLT_EVAL_METHOD == 0 && fits && g_ascii_isdigit(*p) && whole < EXACT / 10; p++) {
        whole = whole * 10 + (guint64)(*p - '0');
        places++;
    }
    if (*point != '.' || places == 0 || places >= G_N_ELEMENTS(TENS) || g_ascii_isdigit(*p)
        || *p == 'e' || *p == 'E') {
        *real = g_ascii_strtod(text, &end);
        return end;
    }
    *real = (double)whole / TENS[places];
    if (*text == '-')
        *real = -*real;
    return p;
}

const char *
dim_json_read_number(const char *text, DimJsonScalar *number)
{
    gboolean negative = *text == '-';
    const char *p = text + (negative ? 1 : 0);
    guint64 value = 0;
    gboolean fits = TRUE;

    *number = (DimJsonScalar){ .kind = DIM_JSON_NOTHING };
    for (; g_ascii_isdigit(*p); p++) {
        guint digit = (guint)(*p - '0');

        fits = fits && value <= (G_MAXUINT64 - digit) / 10;
        value = value * 10 + digit;
    }
    if (*p == '.' || *p == 'e' || *p == 'E') {
        number->kind = DIM_JSON_REAL;
        return read_real(text, p, value, fits, &number->real);
    }
    if (fits && value <= (guint64)G_MAXINT64 + (negative ? 1 : 0)) {
        number->kind = DIM_JSON_INTEGER;
        number->integer = negative ? (gint64)(0 - value) : (gint64)value;
    }
    return p;
}

/* A number in any dress: number, flag or decimal text. FALSE if it is none, or not finite. */
static gboolean
real_of(const DimJsonScalar *scalar, double *number)
{
    const char *text = scalar->text;
    char *end = NULL;

    if (scalar->kind == DIM_JSON_INTEGER || scalar->kind == DIM_JSON_FLAG) {
        *number = (double)scalar->integer;
        return TRUE;
    }
    if (scalar->kind == DIM_JSON_REAL) {
        *number = scalar->real;
        return isfinite(*number);
    }
    if (scalar->kind != DIM_JSON_TEXT)
        return FALSE;
    text += strspn(text, " \t\r\n");
    /* strtod would also read "inf", "nan" and "0x10" */
    if (text[strspn(text, "+-")] == '\0'
        || strspn(text, "+-.0123456789eE \t\r\n") != strlen(text))
        return FALSE;
    *number = g_ascii_strtod(text, &end);
    return end != text && end[strspn(end, " \t\r\n")] == '\0' && isfinite(*number);
}

gint64
dim_json_scalar_integer(const DimJsonScalar *scalar, gint64 fallback)
{
    gint64 exact;
    double number;

    if (scalar->kind == DIM_JSON_INTEGER)
        return scalar->integer;
    /* digits beyond what a double holds exactly */
    if (scalar->kind == DIM_JSON_TEXT
        && g_ascii_string_to_signed(scalar->text, 10, G_MININT64, G_MAXINT64, &exact, NULL))
        return exact;
    if (!real_of(scalar, &number) || number < -9223372036854775808.0
        || number >= 9223372036854775808.0)
        return fallback;
    return (gint64)number;
}

guint64
dim_json_scalar_serial(const DimJsonScalar *scalar)
{
    guint64 exact;
    gint64 number;

    if (scalar->kind == DIM_JSON_TEXT
        && g_ascii_string_to_unsigned(scalar->text, 10, 0, G_MAXUINT64, &exact, NULL))
        return exact;
    number = dim_json_scalar_integer(scalar, 0);
    return number > 0 ? (guint64)number : 0;
}

double
dim_json_scalar_time(const DimJsonScalar *scalar)
{
    double seconds;

    if (!real_of(scalar, &seconds) || !(seconds > 0) || seconds > LAST_TIME)
        return 0;
    return seconds;
}

gboolean
dim_json_scalar_flag(const DimJsonScalar *scalar)
{
    static const char *const YES[] = { "1", "yes", "true", "on" };
    double number;

    if (scalar->kind != DIM_JSON_TEXT)
        return real_of(scalar, &number) && number != 0;
    for (guint i = 0; i < G_N_ELEMENTS(YES); i++) {
        if (g_ascii_strcasecmp(scalar->text, YES[i]) == 0)
            return TRUE;
    }
    return FALSE;
}
