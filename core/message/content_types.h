/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files behind content.h and message.h share: the type words, and restoring of short member names. Private. */
#pragma once

#include <json-glib/json-glib.h>

#include "base/json_view.h"
#include "message/content.h"

G_BEGIN_DECLS

typedef struct {
    const char *brief;
    const char *name;
} DimShortName;

/* Renames short members (protocol §6.8) whose long name is absent. Alters object. */
void dim_restore_names(JsonObject *object, const DimShortName *names, guint count);
void dim_restore_view_names(DimJsonView *view, const DimShortName *names, guint count);
/* `type` as an integer, its digits or a word of protocol §5.1. -1 if absent or of no use, DIM_CONTENT_ANY for a strange word. */
int dim_content_type_of(JsonObject *object);
#define DIM_CONTENT_STRANGE (-2)
/* The same for a view, except that a strange word gives DIM_CONTENT_STRANGE: only a tree can tell more. */
int dim_content_type_of_view(const DimJsonView *view);
/* The words of a text of which nothing else has to be known to show it; NULL if the tree must be asked. Borrowed. */
const char *dim_content_plain_words(const DimContent *content);
/* A time as a JSON number: microseconds when that is exact, else all digits. */
void dim_append_time(GString *out, double seconds);
/* A member in front of the others of an object that is being written: ,"name": */
void dim_append_name(GString *out, const char *name);

G_END_DECLS
