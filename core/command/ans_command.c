/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The station tells which IDs stand behind names of services (protocol §7.7, P-085). */
#include <string.h>

#include "base/errors.h"
#include "base/json.h"
#include "base/words.h"
#include "command/command.h"

#define MAX_NAMES 20
#define MAX_NAME  64 /* bytes */

/* Words with a meaning of their own; that these be names of services nobody may say (protocol §7.7). */
static const char reserved[] =
    " all everyone anyone owner founder dkd mkm dimp dim dimt rsa ecc aes des btc eth crypto "
    "key "
    "symmetric asymmetric public private secret password id address meta tai document profile "
    "visa bulletin entity user group contact member admin administrator main polylogue "
    "chatroom "
    "social organization company school government department provider station thing bot robot "
    "message instant secure reliable envelope sender receiver time content forward command "
    "history keys data signature type serial sn text file image audio video page handshake "
    "receipt block mute register suicide found abdicate invite expel join quit reset query "
    "hire "
    "fire resign server client terminal local remote barrack cache transceiver ans facebook "
    "store messenger root supervisor ";

static gboolean
is_name(const char *name)
{
    g_autofree char *word = g_strdup_printf(" %s ", name);

    if (name[0] == '\0' || strlen(name) > MAX_NAME)
        return FALSE;
    for (const char *c = name; *c != '\0'; c++) {
        if (!g_ascii_isalnum(*c) && strchr("-_.", *c) == NULL)
            return FALSE;
    }
    return strstr(reserved, word) == NULL;
}

/* (transfer full), or NULL if this is no service's. */
static DimId *
read_id(JsonObject *records, const char *name)
{
    const char *text = dim_json_text(records, name);
    g_autoptr(DimId) id = text != NULL ? dim_id_parse(text, NULL) : NULL;

    if (id == NULL || dim_id_is_broadcast(id) || !dim_id_is_user(id))
        return NULL;
    return g_steal_pointer(&id);
}

/* As dim_desk_takes_answer(), for what the program itself asked: nobody is to read that answer. */
static gboolean
takes_in_silence(DimDesk *desk, const DimContent *content)
{
    return g_strcmp0(dim_json_text(dim_content_json(content), "names"), "archivist") == 0
           && desk->expected(desk->data, DIM_ANS_ARCHIVIST);
}

gboolean
dim_handle_ans(DimDesk *desk,
               const DimMessage *message,
               const DimContent *content,
               GError **error)
{
    JsonObject *records = dim_json_object(dim_content_json(content), "records");
    const DimId *station = desk->station(desk->data);
    g_autoptr(GList) names = NULL;
    g_autoptr(GString) text = g_string_new(NULL);
    guint count = 0;
    gboolean quiet;

    if (records == NULL)
        return TRUE; /* a question is for the station */
    if (station == NULL || !dim_id_equal(dim_message_sender(message), station)) {
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_UNVERIFIED,
                            "names told by somebody else than the station");
        return FALSE;
    }
    quiet = takes_in_silence(desk, content);
    if (!quiet && !desk->expected(desk->data, "ans"))
        return TRUE;
    names = json_object_get_members(records);
    for (GList *each = names; each != NULL && count < MAX_NAMES; each = each->next) {
        g_autoptr(DimId) id = is_name(each->data) ? read_id(records, each->data) : NULL;

        if (id == NULL)
            continue;
        count++;
        desk->named(desk->data, each->data, id);
        g_string_append_printf(text, _("%s%s is %s"), text->len > 0 ? ", " : "",
                               (const char *)each->data, dim_id_text(id));
    }
    if (!quiet)
        desk->tell(desk->data, count > 0 ? text->str : _("The station knows no such name."));
    return TRUE;
}
