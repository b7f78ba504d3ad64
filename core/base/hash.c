/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The key of this run, and text hashed with it. */
#include "base/hash.h"

#include <string.h>

#include "base/clock.h"
#include "base/siphash.h"

/* Made once, kept until the process ends. */
static const guint8 *
key_of_this_run(void)
{
    static guint8 key[DIM_SIPHASH_KEY];
    static gsize made;

    if (g_once_init_enter(&made)) {
        const DimClock *clock = dim_clock_system();

        clock->random(clock->data, key, sizeof key);
        g_once_init_leave(&made, 1);
    }
    return key;
}

guint
dim_text_hash(gconstpointer text)
{
    return (guint)dim_siphash(key_of_this_run(), text, strlen(text));
}
