/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The RFC 8259 gate: one pass over the bytes, no recursion, bounded memory. */
#include <math.h>
#include <string.h>

#include "base/errors.h"
#include "base/json.h"
#include "base/json_parts.h"

#define MAX_MEMBERS 10000 /* of one object: bounds the sort */
#define MAX_VALUES \
    200000 /* of one text: bounds what the tree behind it costs, some 100 bytes each */
#define FEW_MEMBERS 8 /* up to here comparing every pair is cheaper than sorting */

/* A member's name as bytes: raw text, or, if it had escapes, a place in Gate.unescaped. */
typedef struct {
    guint64 head; /* the first 8 bytes */
    gsize offset;
    guint32 length;
    gboolean escaped;
} Name;

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
    GArray *names;                        /* of Name: all objects that are open */
    GString *unescaped;                   /* NULL until a name has an escape */
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

static const char *
name_bytes(const Gate *gate, const Name *name)
{
    return (name->escaped ? gate->unescaped->str : gate->text) + name->offset;
}

static int
compare_names(gconstpointer a, gconstpointer b, gpointer data)
{
    const Name *one = a;
    const Name *other = b;

    if (one->length != other->length)
        return one->length < other->length ? -1 : 1;
    if (one->head != other->head)
        return one->head < other->head ? -1 : 1;
    return one->length <= sizeof one->head
               ? 0
               : memcmp(name_bytes(data, one), name_bytes(data, other), one->length);
}

/* Two spellings of one name ("a", "\u0061") are the same name. */
static gboolean
check_names(Gate *gate)
{
    guint first = gate->first_name[gate->depth - 1];
    guint count = gate->names->len - first;
    Name *names = &g_array_index(gate->names, Name, first);

    if (count > FEW_MEMBERS) {
        g_qsort_with_data(names, (int)count, sizeof *names, compare_names, gate);
        for (guint i = 1; i < count; i++) {
            if (compare_names(&names[i - 1], &names[i], gate) == 0)
                return fail(gate, "a name twice in one object");
        }
    } else {
        for (guint i = 1; i < count; i++) {
            for (guint j = 0; j < i; j++) {
                if (compare_names(&names[j], &names[i], gate) == 0)
                    return fail(gate, "a name twice in one object");
            }
        }
    }
    g_array_set_size(gate->names, first);
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

/* The name that starts at start (behind its quote) and whose closing quote was just read. */
static gboolean
keep_name(Gate *gate, const char *start, gboolean escaped)
{
    Name name = { .offset = (gsize)(start - gate->text), .escaped = escaped };
    gsize length = (gsize)(gate->p - 1 - start);

    if (gate->names == NULL)
        gate->names = g_array_sized_new(FALSE, FALSE, sizeof(Name), 32);
    if (gate->names->len - gate->first_name[gate->depth - 1] >= MAX_MEMBERS)
        return fail(gate, "too many members in one object");
    if (escaped) {
        const char *p = start;

        if (gate->unescaped == NULL)
            gate->unescaped = g_string_new(NULL);
        name.offset = gate->unescaped->len;
        while (p < start + length) {
            if (*p == '\\')
                p = dim_json_unescape(gate->unescaped, p + 1);
            else
                g_string_append_c(gate->unescaped, *p++);
        }
        length = gate->unescaped->len - name.offset;
    }
    name.length = (guint32)length;
    memcpy(&name.head, name_bytes(gate, &name), MIN(length, sizeof name.head));
    g_array_append_val(gate->names, name);
    return TRUE;
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
    gate->first_name[gate->depth] = gate->names != NULL ? gate->names->len : 0;
    gate->depth++;
    gate->p++;
    *want = is_object ? WANT_NAME_OR_END : WANT_VALUE_OR_END;
    return TRUE;
}

static gboolean
close_container(Gate *gate, Want *want)
{
    if (gate->is_object[gate->depth - 1] && gate->names != NULL && !check_names(gate))
        return FALSE;
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

    if (++gate->values > MAX_VALUES)
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
    if (!check_string(gate, &escaped) || !keep_name(gate, start, escaped))
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
    Gate gate = { .text = text, .p = text, .end = text + length, .spans = spans };
    gboolean good;

    g_return_val_if_fail(text != NULL, FALSE);

    good = length <= DIM_JSON_MAX_SIZE ? check_all(&gate) : fail(&gate, "too long");
    if (gate.names != NULL)
        g_array_free(gate.names, TRUE);
    if (gate.unescaped != NULL)
        g_string_free(gate.unescaped, TRUE);
    if (!good) {
        g_set_error(error, DIM_ERROR, DIM_ERROR_MALFORMED, "JSON: %s at byte %" G_GSIZE_FORMAT,
                    gate.why, (gsize)(gate.p - text));
    }
    return good;
}
