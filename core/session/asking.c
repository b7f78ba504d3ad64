/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Questions to the network's services, and who waits for an answer (protocol §5.13). */
#include "base/errors.h"
#include "base/hash.h"
#include "base/words.h"
#include "message/services.h"
#include "session/inner.h"

#define ANSWER_SECONDS 60  /* after them nobody waits any more */
#define MAX_NAMES      100 /* of services, remembered */
#define ARCHIVIST      "archivist"

void
dim_asking_init(DimSession *session)
{
    session->asked = g_hash_table_new_full(dim_text_hash, g_str_equal, g_free, g_free);
    session->names =
        g_hash_table_new_full(dim_text_hash, g_str_equal, g_free, (GDestroyNotify)dim_id_unref);
}

void
dim_asking_clear(DimSession *session)
{
    g_hash_table_unref(session->asked);
    g_hash_table_unref(session->names);
}

gboolean
dim_asking_expects(DimSession *session, const char *command)
{
    const gint64 *until = g_hash_table_lookup(session->asked, command);
    gboolean in_time = until != NULL && dim_clock_monotonic(session->clock) < *until;

    g_hash_table_remove(session->asked, command);
    return in_time;
}

void
dim_asking_name(DimSession *session, const char *name, const DimId *id)
{
    if (g_hash_table_size(session->names) < MAX_NAMES)
        g_hash_table_replace(session->names, g_strdup(name), dim_id_ref(id));
}

gboolean
dim_asking_serves(const DimSession *session, const DimId *who)
{
    GHashTableIter iter;
    gpointer id;

    g_hash_table_iter_init(&iter, session->names);
    while (g_hash_table_iter_next(&iter, NULL, &id)) {
        if (dim_id_equal(id, who))
            return TRUE;
    }
    return FALSE;
}

static void
expect(DimSession *session, const char *command)
{
    gint64 *until = g_new(gint64, 1);

    *until = dim_clock_monotonic(session->clock) + ANSWER_SECONDS * G_USEC_PER_SEC;
    g_hash_table_replace(session->asked, g_strdup(command), until);
}

/* Sends it and waits for an answer. FALSE with OFFLINE. */
static gboolean
ask(DimSession *session, const DimId *whom, DimContent *content, GError **error)
{
    if (session->state != DIM_STATE_ONLINE) {
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_OFFLINE,
                            _("not connected to a station"));
        return FALSE;
    }
    expect(session, dim_content_command(content));
    dim_pacing_spoke_to(session, whom);
    dim_outgoing_command(session, whom, content);
    return TRUE;
}

/* Only whom the station named is believed: it tells that before it hands the next question on. */
static void
ask_who_is_archivist(DimSession *session)
{
    const gint64 *until = g_hash_table_lookup(session->asked, DIM_ANS_ARCHIVIST);
    g_autoptr(DimContent) question = NULL;

    if (session->state != DIM_STATE_ONLINE
        || (until != NULL && dim_clock_monotonic(session->clock) < *until))
        return;
    question = dim_ans_new(ARCHIVIST);
    expect(session, DIM_ANS_ARCHIVIST);
    dim_outgoing_command(session, dim_id_any_station(), question);
}

/* The archivist by its own ID, once that and its key are known: then nobody on the way can read the question. New
 * reference. */
static DimId *
find_archivist(DimSession *session)
{
    DimId *known = g_hash_table_lookup(session->names, ARCHIVIST);
    g_autoptr(GPtrArray) keys =
        known != NULL ? dim_book_encrypt_keys(session->book, known, NULL) : NULL;

    if (keys != NULL && keys->len > 0)
        return dim_id_ref(known);
    if (known != NULL)
        dim_outgoing_ask(session, known);
    else
        ask_who_is_archivist(session);
    return dim_id_parse(ARCHIVIST "@anywhere", NULL);
}

gboolean
dim_session_search(DimSession *session, const char *words, GError **error)
{
    g_autoptr(DimId) archivist = find_archivist(session);
    g_autoptr(DimContent) question = dim_search_new(words);

    return ask(session, archivist, question, error);
}

gboolean
dim_session_find_name(DimSession *session, const char *names, GError **error)
{
    g_autoptr(DimContent) question = dim_ans_new(names);

    return ask(session, dim_id_any_station(), question, error);
}

gboolean
dim_session_block(DimSession *session, const GPtrArray *ids, GError **error)
{
    g_autoptr(DimContent) list = dim_list_new("block", ids);

    return ask(session, dim_id_every_station(), list, error);
}

gboolean
dim_session_mute(DimSession *session, const GPtrArray *ids, GError **error)
{
    g_autoptr(DimContent) list = dim_list_new("mute", ids);

    return ask(session, dim_id_any_station(), list, error);
}

static void
add_contact(const DimContact *contact, gpointer data)
{
    DimId *id = dim_id_parse(contact->id, NULL);

    if (id != NULL)
        g_ptr_array_add(data, id);
}

gboolean
dim_session_back_up(DimSession *session, GError **error)
{
    g_autoptr(DimId) archivist = find_archivist(session);
    g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func((GDestroyNotify)dim_id_unref);
    DimPublicKey *mine = dim_document_key(dim_user_visa(session->user));
    g_autoptr(DimContent) backup = NULL;

    if (!dim_contacts_each(session->contacts, add_contact, ids, error))
        return FALSE;
    backup = dim_storage_new(ids, mine, dim_user_signer(session->user), error);
    return backup != NULL && ask(session, archivist, backup, error);
}

gboolean
dim_session_restore(DimSession *session, GError **error)
{
    g_autoptr(DimId) archivist = find_archivist(session);
    g_autoptr(DimContent) question = dim_storage_new(NULL, NULL, NULL, error);

    return ask(session, archivist, question, error);
}
