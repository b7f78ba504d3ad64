/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words of others, made fit for a line: nothing that turns or hides text, no path, no endless field (threat T14). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Without controls and what turns the direction of all that follows. one_line: a name or another piece of a line of ours, so what
 * is seen of it on one line (base/sight_line.h). */
void dim_plain_append(GString *out, const char *text, gboolean one_line);
/* A blank and the field on one line, cut after 300 characters; nothing if the text is NULL or empty. */
void dim_plain_field(GString *out, const char *text);
/* Likewise the last part of a file's name, without leading dots: never a path (protocol §5.3, P-067). */
void dim_plain_file_name(GString *out, const char *name);
/* Likewise an address of http or https, at any length; all else is no link and is left out. */
void dim_plain_link(GString *out, const char *url);

/* Likewise a number of bytes, as people count them, between brackets; nothing if it is below 0. */
void dim_plain_size(GString *out, gint64 size);

/* What is left for a quotation. */
typedef struct {
    gsize lines, bytes;
} DimPlainRoom;

/* Each line of a cleaned text under a mark, so that none stands as if it were said here; takes from the room what it needs. FALSE if
 * there was not enough: then the quotation ends with a mark that says so. */
gboolean dim_plain_quote(GString *out, const char *text, DimPlainRoom *room);

G_END_DECLS
