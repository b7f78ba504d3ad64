/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a turn took in, once that is kept or lost: acknowledged and out of the inbox, or to come again (protocol §6.2). */
#include "session/inner.h"

static void
answer_all(DimSession *session, void (*answer)(DimGate *gate, guint64 serial))
{
    for (guint i = 0; session->gate != NULL && i < session->to_accept->len; i++)
        answer(session->gate, g_array_index(session->to_accept, guint64, i));
    g_array_set_size(session->to_accept, 0);
}

void
dim_accept_all(DimSession *session)
{
    answer_all(session, dim_gate_acknowledge);
}

void
dim_accept_none(DimSession *session)
{
    answer_all(session, dim_gate_forget);
    g_queue_clear_full(&session->to_drop, g_free);
}

gboolean
dim_accept_rows(DimSession *session, gint64 until)
{
    gboolean late = FALSE;
    char *row;

    while (!late && (row = g_queue_pop_head(&session->to_drop)) != NULL) {
        g_autofree char *key = row;
        g_autoptr(GError) error = NULL;

        dim_turn_touch(session);
        if (!dim_inbox_drop(session->inbox, key, &error))
            g_warning("a message stays in the inbox: %s", error->message);
        late = dim_clock_monotonic(session->clock) >= until;
    }
    return g_queue_is_empty(&session->to_drop);
}
