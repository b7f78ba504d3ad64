/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What several handlers do alike: looking up what is known, and answering with measure. */
#include "command/desk.h"

#include "base/errors.h"
#include "base/words.h"
#include "message/plain.h"

#define MAX_TOLD 20 /* persons in one sentence */

gboolean
dim_desk_takes_answer(DimDesk *desk, const DimMessage *message, const char *command)
{
    const DimId *sender = dim_message_sender(message);
    const DimId *station = desk->station(desk->data);

    if (!desk->serves(desk->data, sender)
        && (station == NULL || !dim_id_equal(sender, station)))
        return FALSE;
    return desk->expected(desk->data, command);
}

char *
dim_desk_list_people(const DimDesk *desk, const GPtrArray *ids)
{
    GString *text = g_string_new(NULL);
    g_autofree char *told = NULL;

    for (guint i = 0; i < MIN(ids->len, MAX_TOLD); i++) {
        const DimId *id = g_ptr_array_index(ids, i);
        const char *name = dim_book_name(desk->book, id);

        if (i > 0)
            g_string_append(text, ", ");
        if (name != NULL && *name != '\0') {
            dim_plain_append(text, name, TRUE);
            g_string_append_c(text, ' ');
        }
        if (dim_desk_is_me(desk, id))
            g_string_append_printf(text, _("%s (you)"), dim_id_text(id));
        else
            g_string_append(text, dim_id_text(id));
    }
    told = g_string_free(text, FALSE);
    if (ids->len <= MAX_TOLD)
        return g_steal_pointer(&told);
    return g_strdup_printf(_("%s and %u more"), told, ids->len - MAX_TOLD);
}

gboolean
dim_desk_is_me(const DimDesk *desk, const DimId *id)
{
    return dim_id_equal(id, dim_user_id(desk->user));
}

DimMeta *
dim_desk_meta(const DimDesk *desk, const DimId *id)
{
    return dim_desk_is_me(desk, id) ? dim_user_meta(desk->user) : dim_book_meta(desk->book, id);
}

GPtrArray *
dim_desk_documents(const DimDesk *desk, const DimId *id)
{
    GPtrArray *documents;

    if (!dim_desk_is_me(desk, id))
        return dim_book_documents(desk->book, id);
    documents = g_ptr_array_new_with_free_func((GDestroyNotify)dim_document_unref);
    g_ptr_array_add(documents, dim_document_ref(dim_user_visa(desk->user)));
    return documents;
}

gboolean
dim_desk_may_know(const DimDesk *desk, const DimId *asker, const DimId *about)
{
    const DimId *station = desk->station(desk->data);

    return dim_desk_is_me(desk, about) || dim_id_equal(asker, about)
           || (station != NULL && dim_id_equal(asker, station));
}

gboolean
dim_desk_may_tell(DimDesk *desk,
                  const DimMessage *question,
                  const char *what,
                  const DimId *about,
                  double time)
{
    const DimId *asker = dim_message_sender(question);
    g_autofree char *told = NULL;

    if (dim_desk_is_me(desk, asker) || dim_id_equal(asker, about))
        return FALSE;
    told = g_strdup_printf("%s of %.3f told to %s about", what, time, dim_id_text(asker));
    return dim_book_may_ask(desk->book, told, about);
}

gboolean
dim_desk_answers(const DimDesk *desk, const DimId *who)
{
    return dim_id_is_user(who) && !dim_id_is_station(who) && !dim_id_is_bot(who)
           && !dim_desk_is_me(desk, who);
}

void
dim_desk_receipt(DimDesk *desk, const DimMessage *about, const char *text)
{
    const DimId *to = dim_message_sender(about);
    g_autoptr(DimContent) receipt = NULL;

    if (!dim_desk_answers(desk, to) || dim_message_is_broadcast(about)
        || !dim_book_may_answer(desk->book, to))
        return;
    receipt = dim_receipt_new(text, about);
    dim_desk_reply(desk, to, receipt);
}

gboolean
dim_desk_take_meta(DimDesk *desk,
                   const DimMessage *message,
                   const DimContent *content,
                   const DimId *id,
                   gboolean *told,
                   GError **error)
{
    g_autoptr(GError) failure = NULL;
    g_autoptr(DimMeta) meta = dim_command_meta(content, &failure);

    *told = meta != NULL;
    if (failure == NULL
        && (meta == NULL || dim_desk_is_me(desk, id)
            || dim_book_save_meta(desk->book, id, meta, &failure)))
        return TRUE;
    dim_desk_receipt(desk, message,
                     g_error_matches(failure, DIM_ERROR, DIM_ERROR_STORAGE)
                         ? "Meta not accepted."
                         : "Meta not valid.");
    g_propagate_error(error, g_steal_pointer(&failure));
    return FALSE;
}

gboolean
dim_desk_read_time(const DimDesk *desk, const DimContent *content, double *when, GError **error)
{
    double said = dim_content_time(content);
    double now = dim_clock_now(desk->clock);

    if (!(said > 0)) {
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_MALFORMED, "a command without a time");
        return FALSE;
    }
    if (said > now + DIM_CLOCK_AHEAD) {
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_UNVERIFIED,
                            "a command from the future");
        return FALSE;
    }
    *when = MIN(said, now);
    return TRUE;
}
