/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words that people read, looked up in our own text domain (the host's domain is another one). */
#pragma once

#include <glib.h>

#define _(text)  g_dgettext(GETTEXT_PACKAGE, text)
#define N_(text) text /* NOLINT(readability-identifier-naming): gettext's own word */
