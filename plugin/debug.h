/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Our debug lines in the host's own debug window and log. */
#pragma once

/* From now on what core and plugin write with g_debug() and its kin goes to libpurple's debug output. Main thread. */
void dim_debug_register(void);
void dim_debug_unregister(void);
