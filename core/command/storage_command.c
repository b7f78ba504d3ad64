/* SPDX-License-Identifier: GPL-2.0-or-later */
/* My contacts come back from where I had them kept (protocol §5.13, P-087). */
#include "base/errors.h"
#include "base/json.h"
#include "base/words.h"
#include "command/command.h"
#include "message/services.h"

static gboolean
keep(DimDesk *desk, const GPtrArray *ids, guint *added, GError **error)
{
    for (guint i = 0; i < ids->len; i++) {
        const DimId *id = g_ptr_array_index(ids, i);

        if (!dim_id_is_user(id) || dim_id_is_broadcast(id) || dim_desk_is_me(desk, id)
            || dim_contacts_has(desk->contacts, id))
            continue;
        if (!dim_contacts_add(desk->contacts, id, NULL, error))
            return FALSE;
        ++*added;
    }
    return TRUE;
}

gboolean
dim_handle_storage(DimDesk *desk,
                   const DimMessage *message,
                   const DimContent *content,
                   GError **error)
{
    JsonObject *json = dim_content_json(content);
    const char *title = dim_json_text(json, "title");
    g_autoptr(GPtrArray) ids = NULL;
    g_autofree char *text = NULL;
    guint added = 0;

    /* Without data it is a question, for whoever keeps such things. */
    if (!json_object_has_member(json, "data")
        || (title != NULL && !g_str_equal(title, "contacts"))
        || !dim_desk_takes_answer(desk, message, "storage"))
        return TRUE;
    ids = dim_storage_contacts(content, dim_user_decrypt_keys(desk->user), error);
    if (ids == NULL) {
        desk->tell(desk->data, _("The backup of your contacts cannot be read."));
        return FALSE;
    }
    if (!dim_storage_is_of(content, dim_private_key_public(dim_user_signer(desk->user)))) {
        desk->tell(desk->data,
                   _("A backup of contacts came that you have not signed: nothing was "
                     "taken from it."));
        return TRUE;
    }
    if (!keep(desk, ids, &added, error))
        return FALSE;
    text =
        added == 0
            ? g_strdup_printf(_("Contacts in the backup: %u. None of them is new."), ids->len)
            : g_strdup_printf(_("Contacts in the backup: %u. New ones: %u; they will be in "
                                "your list after the next login."),
                              ids->len, added);
    desk->tell(desk->data, text);
    return TRUE;
}
