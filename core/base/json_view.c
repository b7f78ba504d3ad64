/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The members of one checked object, read where they stand. A tree of a small message costs more than its decryption. */
#include "base/json_view.h"

#include <string.h>

#include "base/codec.h"
#include "base/errors.h"
#include "base/json.h"
#include "base/json_parts.h"

#define USUAL_MEMBERS 16

typedef struct {
    const char *name;
    gsize name_size;
    const char *value; /* a string is without its quotes */
    gsize value_size;
    char first; /* byte of the value as it stood */
} Member;

/* One block: the members, and behind them the text. */
struct _DimJsonView {
    guint count;
    /* names and values point into it; strings are decoded in place and end with NUL */
    char *copy;
    Member members[];
};

/* Decoding never makes a text longer. */
static gsize
decode_in_place(char *text, gsize size)
{
    g_autoptr(GString) plain = g_string_sized_new(size);
    const char *p = text;

    while (p < text + size) {
        if (*p == '\\')
            p = dim_json_unescape(plain, p + 1);
        else
            g_string_append_c(plain, *p++);
    }
    memcpy(text, plain->str, plain->len);
    return plain->len;
}

/* What stands between two members is not read again, so their ends may be overwritten. */
static void
settle(DimJsonView *view, Member *member, const DimJsonSpan *span)
{
    char *name = view->copy + span->name;
    char *value = view->copy + span->value;

    member->name_size =
        span->name_escaped ? decode_in_place(name, span->name_size) : span->name_size;
    name[member->name_size] = '\0';
    member->name = name;
    member->first = *value;
    member->value_size = span->value_size;
    if (*value == '"') {
        value++;
        member->value_size -= 2;
        if (span->value_escaped)
            member->value_size = decode_in_place(value, member->value_size);
    }
    value[member->value_size] = '\0';
    member->value = value;
}

DimJsonView *
dim_json_view_new(const char *text, gssize length, GError **error)
{
    g_autoptr(GArray) spans = NULL;
    DimJsonView *view;
    gsize size;

    g_return_val_if_fail(text != NULL, NULL);

    size = length < 0 ? strlen(text) : (gsize)length;
    spans = g_array_sized_new(FALSE, FALSE, sizeof(DimJsonSpan), USUAL_MEMBERS);
    if (!dim_json_check_spans(text, size, spans, error))
        return NULL;
    if (text[strspn(text, " \t\r\n")] != '{') { /* ends: the gate found a value */
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_MALFORMED, "JSON: not an object");
        return NULL;
    }
    view = g_malloc(sizeof *view + spans->len * sizeof(Member) + size);
    view->count = spans->len;
    view->copy = (char *)&view->members[view->count];
    memcpy(view->copy, text, size);
    for (guint i = 0; i < spans->len; i++)
        settle(view, &view->members[i], &g_array_index(spans, DimJsonSpan, i));
    return view;
}

void
dim_json_view_free(DimJsonView *view)
{
    g_free(view);
}

static const Member *
find(const DimJsonView *view, const char *name)
{
    gsize size = strlen(name);

    for (guint i = 0; i < view->count; i++) {
        const Member *member = &view->members[i];

        if (member->name_size == size && memcmp(member->name, name, size) == 0)
            return member;
    }
    return NULL;
}

void
dim_json_view_rename(DimJsonView *view, const char *old_name, const char *name)
{
    const Member *member = find(view, old_name);

    if (member == NULL || find(view, name) != NULL)
        return;
    view->members[member - view->members].name = name;
    view->members[member - view->members].name_size = strlen(name);
}

int
dim_json_view_kind(const DimJsonView *view, const char *name)
{
    const Member *member = find(view, name);

    if (member == NULL)
        return -1;
    return member->first == '-' || g_ascii_isdigit(member->first) ? 0 : member->first;
}

static DimJsonScalar
scalar_of(const Member *member)
{
    DimJsonScalar scalar = { .kind = DIM_JSON_NOTHING };

    if (member == NULL)
        return scalar;
    switch (member->first) {
    case '{':
    case '[':
    case 'n':
        break;
    case 't':
    case 'f':
        scalar.kind = DIM_JSON_FLAG;
        scalar.integer = member->first == 't' ? 1 : 0;
        break;
    default:
        if (member->first != '"')
            dim_json_read_number(member->value, &scalar);
        if (scalar.kind == DIM_JSON_NOTHING) { /* a string, or more digits than a number has */
            scalar.kind = DIM_JSON_TEXT;
            scalar.text = member->value;
        }
    }
    return scalar;
}

const char *
dim_json_view_text(const DimJsonView *view, const char *name)
{
    DimJsonScalar scalar = scalar_of(find(view, name));

    return scalar.kind == DIM_JSON_TEXT ? scalar.text : NULL;
}

const char *
dim_json_view_text2(const DimJsonView *view, const char *name, const char *old_name)
{
    const char *text = dim_json_view_text(view, name);

    return text != NULL ? text : dim_json_view_text(view, old_name);
}

gint64
dim_json_view_integer(const DimJsonView *view, const char *name, gint64 fallback)
{
    DimJsonScalar scalar = scalar_of(find(view, name));

    return dim_json_scalar_integer(&scalar, fallback);
}

guint64
dim_json_view_serial(const DimJsonView *view, const char *name)
{
    DimJsonScalar scalar = scalar_of(find(view, name));

    return dim_json_scalar_serial(&scalar);
}

double
dim_json_view_time(const DimJsonView *view, const char *name)
{
    DimJsonScalar scalar = scalar_of(find(view, name));

    return dim_json_scalar_time(&scalar);
}

GBytes *
dim_json_view_bytes(const DimJsonView *view, const char *name, GError **error)
{
    const Member *member = find(view, name);
    DimJsonScalar scalar = scalar_of(member);

    if (member == NULL || member->first == 'n')
        return NULL;
    if (scalar.kind == DIM_JSON_TEXT)
        return dim_ted_decode(scalar.text, error);
    if (member->first == '{') {
        g_autoptr(JsonObject) object =
            dim_json_parse(member->value, (gssize)member->value_size, error);

        return object != NULL ? dim_json_object_bytes(object, error) : NULL;
    }
    g_set_error(error, DIM_ERROR, DIM_ERROR_MALFORMED, "\"%s\" is not encoded data", name);
    return NULL;
}
