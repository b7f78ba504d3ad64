/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A name, or another piece of a line of ours, as the eye gets it: two that look alike come out equal (threat T14). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Appends of a text (valid UTF-8) what is seen of it on one line, `limit` characters at most. Blanks between words are one plain
 * blank each, and none stands at an end. Joiners, selectors and tags stay where they change what is drawn beside them; they and
 * all else that is drawn as nothing, orders or turns text are left out elsewhere. FALSE if more is seen than there was room for:
 * then it is cut between characters. */
gboolean dim_sight_line(GString *out, const char *text, gulong limit);

G_END_DECLS
