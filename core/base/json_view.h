/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A JSON object of which few members are asked once: through the gate, but without a tree. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _DimJsonView DimJsonView;

/* The same gate and the same refusals as dim_json_parse(). New view with a copy of the text, or NULL with
 * DIM_ERROR_MALFORMED. */
DimJsonView *dim_json_view_new(const char *text, gssize length, GError **error);
void dim_json_view_free(DimJsonView *view);

/* Lets a member answer to another name from now on, unless one of that name is there. The name must outlive the view. */
void dim_json_view_rename(DimJsonView *view, const char *old_name, const char *name);

/* First byte of the value: { [ " t f n, or 0 for a number; -1 if there is no such member. */
int dim_json_view_kind(const DimJsonView *view, const char *name);

/* As their sisters in json.h. Text is borrowed from the view. */
const char *dim_json_view_text(const DimJsonView *view, const char *name);
const char *
dim_json_view_text2(const DimJsonView *view, const char *name, const char *old_name);
gint64 dim_json_view_integer(const DimJsonView *view, const char *name, gint64 fallback);
guint64 dim_json_view_serial(const DimJsonView *view, const char *name);
double dim_json_view_time(const DimJsonView *view, const char *name);
GBytes *dim_json_view_bytes(const DimJsonView *view, const char *name, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DimJsonView, dim_json_view_free)

G_END_DECLS
