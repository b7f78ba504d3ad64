/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a plugin against unwanted mail does in a real host: it takes lines away before any window sees them. */
#include "tests/hosts/headless.h"

static gboolean
drop_stranger(PurpleAccount *account, char **who, G_GNUC_UNUSED char **html)
{
    JsonBuilder *event;

    if (purple_find_buddy(account, *who) != NULL)
        return FALSE;
    event = headless_event("dropped");
    headless_text(event, "who", *who);
    headless_done(event);
    return TRUE;
}

void
headless_filter(G_GNUC_UNUSED JsonObject *line)
{
    static int handle;

    purple_signal_connect(purple_conversations_get_handle(), "receiving-im-msg", &handle,
                          PURPLE_CALLBACK(drop_stranger), NULL);
}
