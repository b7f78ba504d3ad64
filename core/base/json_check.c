/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The RFC 8259 gate: one pass over the bytes, no recursion, bounded memory. */
#include <math.h>
#include <string.h>

#include "base/errors.h"
#include "base/json.h"
#include "base/json_names.h"
#include "base/json_parts.h"

/* Of one text: bounds what the tree behind it costs, some 100 bytes and half a microsecond each; an object is twice as dear, and
 * so is a value that has a name. */
#define MAX_VALUES 60000

typedef enum {
    WANT_VALUE,
    WANT_VALUE_OR_END, /* behind '[' */
    WANT_NAME,
    WANT_NAME_OR_END, /* behind '{' */
    WANT_COMMA_OR_END,
    WANT_NOTHING,
} Want;

typedef struct {
    const char *text;
    const char *p;
    const char *end;
    guint depth;
    guint values;
    gboolean is_object[DIM_JSON_MAX_DEPTH];
    guint first_name[DIM_JSON_MAX_DEPTH]; /* where the names of that object start in names */
    DimJsonNames *names;
    GArray *spans; /* (nullable) of DimJsonSpan: the outermost object's */
    const char *why;
} Gate;

static gboolean
fail(Gate *gate, const char *why)
{
    gate->why = why;
    return FALSE;
}

/* gate->p is behind the opening quote; afterwards behind the closing one. */
static gboolean
check_string(Gate *gate, gboolean *escaped)
{
    return dim_json_scan_string(&gate->p, gate->end, escaped, &gate->why);
}

static gsize
skip_digits(Gate *gate)
{
    const char *start = gate->p;

    while (gate->p < gate->end && g_ascii_isdigit(*gate->p))
        gate->p++;
    return (gsize)(gate->p - start);
}

/* Steps over c if it comes next. */
static gboolean
skip_byte(Gate *gate, char c)
{
    if (gate->p == gate->end || *gate->p != c)
        return FALSE;
    gate->p++;
    return TRUE;
}

static gboolean
check_number(Gate *gate)
{
    const char *start = gate->p;
    gsize whole, exponent = 0;

    skip_byte(gate, '-');
    whole = skip_byte(gate, '0') ? 1 : skip_digits(gate);
    if (whole == 0)
        return fail(gate, "not a JSON value");
    if (skip_byte(gate, '.') && skip_digits(gate) == 0)
        return fail(gate, "number without digits behind its point");
    if (skip_byte(gate, 'e') || skip_byte(gate, 'E')) {
        if (!skip_byte(gate, '+'))
            skip_byte(gate, '-');
        exponent = skip_digits(gate);
        if (exponent == 0)
            return fail(gate, "number without digits in its exponent");
    }
    /* Only such numbers can leave the range of a double; the copy gives strtod an end. */
    if (whole > 200 || exponent > 2) {
        g_autofree char *copy = g_strndup(start, (gsize)(gate->p - start));

        if (!isfinite(g_ascii_strtod(copy, NULL)))
            return fail(gate, "number beyond a double");
    }
    return TRUE;
}

/* TRUE if what is read now belongs to the outermost object, and somebody wants to know where. */
static gboolean
is_spanned(const Gate *gate)
{
    return gate->spans != NULL && gate->depth == 1 && gate->is_object[0];
}

static DimJsonSpan *
last_span(const Gate *gate)
{
    return &g_array_index(gate->spans, DimJsonSpan, gate->spans->len - 1);
}

static void
span_name(Gate *gate, const char *start, gboolean escaped)
{
    DimJsonSpan span = { .name = (gsize)(start - gate->text),
                         .name_size = (gsize)(gate->p - 1 - start),
                         .name_escaped = escaped };

    g_array_append_val(gate->spans, span);
}

/* gate->p is behind the value that was just read. */
static void
end_span(const Gate *gate)
{
    DimJsonSpan *span = last_span(gate);

    span->value_size = (gsize)(gate->p - gate->text) - span->value;
}

static gboolean
check_word(Gate *gate, const char *word)
{
    gsize length = strlen(word);

    if ((gsize)(gate->end - gate->p) < length || memcmp(gate->p, word, length) != 0)
        return fail(gate, "not a JSON value");
    gate->p += length;
    return TRUE;
}

static Want
after_value(const Gate *gate)
{
    return gate->depth > 0 ? WANT_COMMA_OR_END : WANT_NOTHING;
}

static gboolean
open_container(Gate *gate, gboolean is_object, Want *want)
{
    if (gate->depth == DIM_JSON_MAX_DEPTH)
        return fail(gate, "nested too deep");
    gate->is_object[gate->depth] = is_object;
    gate->first_name[gate->depth] = gate->names->count;
    gate->depth++;
    gate->p++;
    *want = is_object ? WANT_NAME_OR_END : WANT_VALUE_OR_END;
    return TRUE;
}

static gboolean
close_container(Gate *gate, Want *want)
{
    if (gate->is_object[gate->depth - 1]) {
        gate->why = dim_json_names_close(gate->names, gate->first_name[gate->depth - 1]);
        if (gate->why != NULL)
            return FALSE;
    }
    gate->depth--;
    gate->p++;
    if (is_spanned(gate))
        end_span(gate);
    *want = after_value(gate);
    return TRUE;
}

static gboolean
check_scalar(Gate *gate, gboolean *escaped)
{
    char c = *gate->p;

    *escaped = FALSE;
    if (c == '"') {
        gate->p++;
        return check_string(gate, escaped);
    }
    if (c == 't')
        return check_word(gate, "true");
    if (c == 'f')
        return check_word(gate, "false");
    if (c == 'n')
        return check_word(gate, "null");
    return check_number(gate);
}

static gboolean
check_value(Gate *gate, Want *want)
{
    gboolean escaped;
    char c = *gate->p;

    gate->values += c == '{' ? 2 : 1;
    if (gate->values > MAX_VALUES)
        return fail(gate, "too many values");
    if (is_spanned(gate))
        last_span(gate)->value = (gsize)(gate->p - gate->text);
    if (c == '{' || c == '[')
        return open_container(gate, c == '{', want);
    *want = after_value(gate);
    if (!check_scalar(gate, &escaped))
        return FALSE;
    if (is_spanned(gate)) {
        last_span(gate)->value_escaped = escaped;
        end_span(gate);
    }
    return TRUE;
}

static void
skip_blanks(Gate *gate)
{
    while (gate->p < gate->end
           && (*gate->p == ' ' || *gate->p == '\n' || *gate->p == '\r' || *gate->p == '\t'))
        gate->p++;
}

static gboolean
check_name(Gate *gate, Want *want)
{
    const char *start = gate->p + 1;
    gboolean escaped;

    if (*gate->p != '"')
        return fail(gate, "a member without a name");
    gate->p++;
    gate->values++;
    if (!check_string(gate, &escaped))
        return FALSE;
    gate->why =
        dim_json_names_add(gate->names, gate->first_name[gate->depth - 1],
                           (gsize)(start - gate->text), (gsize)(gate->p - 1 - start), escaped);
    if (gate->why != NULL)
        return FALSE;
    if (is_spanned(gate))
        span_name(gate, start, escaped);
    skip_blanks(gate);
    if (gate->p == gate->end || *gate->p != ':')
        return fail(gate, "a name without its colon");
    gate->p++;
    *want = WANT_VALUE;
    return TRUE;
}

/* One token; gate->p is at a byte that is not blank. */
static gboolean
step(Gate *gate, Want *want)
{
    gboolean in_object = gate->depth > 0 && gate->is_object[gate->depth - 1];
    gboolean at_end = gate->depth > 0 && *gate->p == (in_object ? '}' : ']');

    switch (*want) {
    case WANT_NAME_OR_END:
        return at_end ? close_container(gate, want) : check_name(gate, want);
    case WANT_NAME:
        return check_name(gate, want);
    case WANT_VALUE_OR_END:
        return at_end ? close_container(gate, want) : check_value(gate, want);
    case WANT_VALUE:
        return check_value(gate, want);
    case WANT_COMMA_OR_END:
        if (at_end)
            return close_container(gate, want);
        if (*gate->p != ',')
            return fail(gate, "a comma is missing");
        gate->p++;
        *want = in_object ? WANT_NAME : WANT_VALUE;
        return TRUE;
    case WANT_NOTHING:
    default:
        return fail(gate, "something behind the value");
    }
}

static gboolean
check_all(Gate *gate)
{
    Want want = WANT_VALUE;

    for (skip_blanks(gate); gate->p < gate->end; skip_blanks(gate)) {
        if (!step(gate, &want))
            return FALSE;
    }
    return want == WANT_NOTHING || fail(gate, "the text ends too early");
}

gboolean
dim_json_check(const char *text, gsize length, GError **error)
{
    return dim_json_check_spans(text, length, NULL, error);
}

gboolean
dim_json_check_spans(const char *text, gsize length, GArray *spans, GError **error)
{
    DimJsonNames names;
    Gate gate = {
        .text = text, .p = text, .end = text + length, .names = &names, .spans = spans
    };
    gboolean good;

    g_return_val_if_fail(text != NULL, FALSE);
    dim_json_names_init(&names, text);

    good = length <= DIM_JSON_MAX_SIZE ? check_all(&gate) : fail(&gate, "too long");
    dim_json_names_clear(&names);
    if (!good) {
        g_set_error(error, DIM_ERROR, DIM_ERROR_MALFORMED, "JSON: %s at byte %" G_GSIZE_FORMAT,
                    gate.why, (gsize)(gate.p - text));
    }
    return good;
}
