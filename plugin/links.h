/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Links of the form dim:ID, which the desktop hands to the host (data/purple-dim-open). */
#pragma once

/* handle: what libpurple knows the plugin by. */
void dim_links_register(void *handle);
void dim_links_unregister(void *handle);
