/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The names in the objects that a text has open, so that none stands twice in one of them. Private to base. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A name as bytes: raw text, or, if it had escapes, a place in DimJsonNames.unescaped. */
typedef struct {
    guint64 head; /* the first 8 bytes */
    guint32 offset;
    guint32 size;
    gboolean escaped;
} DimJsonName;

#define DIM_JSON_FEW_NAMES 24

/* Lies on the stack: few texts have more names open than `few` holds. */
typedef struct {
    const char *text;
    DimJsonName *all; /* `few`, or longer and ours */
    guint count;
    guint room;
    GString *unescaped; /* NULL until a name has an escape */
    DimJsonName few[DIM_JSON_FEW_NAMES];
} DimJsonNames;

void dim_json_names_init(DimJsonNames *names, const char *text);
void dim_json_names_clear(DimJsonNames *names);

/* Adds the name at offset (behind its quote), raw and checked, to the object whose names begin at first. NULL, or why it
 * is one too many. */
const char *dim_json_names_add(DimJsonNames *names,
                               guint first,
                               gsize offset,
                               gsize size,
                               gboolean escaped);

/* Drops the names from first on. NULL, or why they must not be together. */
const char *dim_json_names_close(DimJsonNames *names, guint first);

G_END_DECLS
