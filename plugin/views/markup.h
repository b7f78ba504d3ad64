/* SPDX-License-Identifier: GPL-2.0-or-later */
/* HTML of the host <-> plain text of the network; pure functions. */
#pragma once

#include <glib.h>

/* What a person meant by this HTML: tags dropped, line breaks and entities resolved, a link's target kept when its text is another.
 * New string. */
char *dim_markup_to_plain(const char *html);
/* HTML that shows exactly this text: escaped, new lines as <br>, control characters dropped. New string. */
char *dim_markup_from_plain(const char *plain);
/* A nickname fit for a list: one line, at most 64 characters, and only what is seen, so that no
 * second name looks the same (base/sight_line.h). New string, or NULL if nothing is left. */
char *dim_markup_name(const char *nickname);
/* The first `limit` characters, with "…" if there were more; one line. New string. */
char *dim_markup_start(const char *plain, gsize limit);
