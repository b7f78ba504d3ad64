/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hashes for tables under text that others chose: without the key, which each run makes anew, nobody can choose texts that all want
 * one place of a table (threat T13). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A GHashFunc for strings that end with NUL. Not to be written down: another run has other values. */
guint dim_text_hash(gconstpointer text);

G_END_DECLS
