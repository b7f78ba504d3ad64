/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimNotes: what was shown since the last commit; a microsecond a line, and kill -9 takes none back (a power cut may). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _DimNotes DimNotes;

#define DIM_NOTES_MAX_BYTES (4u * 1024 * 1024)

/* Opens or makes the file (0600) beside a store: path is the store's; whoever has the store has it alone. NULL with STORAGE. */
DimNotes *dim_notes_open(const char *path, GError **error);
/* What an earlier life had noted and not cleared (element type char*). Borrowed, as long as the notes live. */
const GPtrArray *dim_notes_earlier(const DimNotes *notes);
/* Notes one line of text. FALSE if the disk or the file is full, or for a text of several lines: it is not noted. */
gboolean dim_notes_add(DimNotes *notes, const char *text);
/* All of it is in the store now. */
void dim_notes_clear(DimNotes *notes);
/* NULL is fine. What was not cleared stays for the next life. */
void dim_notes_free(DimNotes *notes);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DimNotes, dim_notes_free)

G_END_DECLS
