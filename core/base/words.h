/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words that people read, looked up in our own text domain; what only a log or another program reads stays English. */
#pragma once

#include <glib.h>

#define _(text)  g_dgettext(GETTEXT_PACKAGE, text)
#define N_(text) text /* NOLINT(readability-identifier-naming): gettext's own word */
/* One of two forms by count, which the format may also show. */
/* NOLINTNEXTLINE(readability-identifier-naming): short as its neighbours */
#define P_(one, many, count) g_dngettext(GETTEXT_PACKAGE, one, many, count)
