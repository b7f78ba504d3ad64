/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Our debug lines in the host's own debug window and log. */
#include "plugin/debug.h"

#include <purple.h>

#define ALL_LEVELS (G_LOG_LEVEL_MASK | G_LOG_FLAG_RECURSION)

/* One a floor: what G_LOG_DOMAIN is there. */
static struct {
    const char *domain;
    guint handler;
} floors[] = {
    { "dim-base", 0 },     { "dim-crypto", 0 },  { "dim-storage", 0 }, { "dim-transport", 0 },
    { "dim-identity", 0 }, { "dim-message", 0 }, { "dim-people", 0 },  { "dim-command", 0 },
    { "dim-session", 0 },  { "dim-plugin", 0 },
};

static GThread *main_thread;

static PurpleDebugLevel
level_of(GLogLevelFlags level)
{
    if (level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL))
        return PURPLE_DEBUG_ERROR;
    if (level & G_LOG_LEVEL_WARNING)
        return PURPLE_DEBUG_WARNING;
    return PURPLE_DEBUG_INFO;
}

static void
pass_on(const char *domain, GLogLevelFlags level, const char *text, gpointer data)
{
    /* libpurple's windows are the main thread's; and what ends the program should be seen by whoever looks at it. */
    if (g_thread_self() != main_thread || (level & G_LOG_FLAG_FATAL) != 0)
        g_log_default_handler(domain, level, text, data);
    else
        purple_debug(level_of(level), domain, "%s\n", text);
}

void
dim_debug_register(void)
{
    main_thread = g_thread_self();
    for (gsize i = 0; i < G_N_ELEMENTS(floors); i++)
        floors[i].handler = g_log_set_handler(floors[i].domain, ALL_LEVELS, pass_on, NULL);
}

void
dim_debug_unregister(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(floors); i++) {
        if (floors[i].handler != 0)
            g_log_remove_handler(floors[i].domain, floors[i].handler);
        floors[i].handler = 0;
    }
}
