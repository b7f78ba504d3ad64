/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who belongs to a group: records that came in, judged by the group's bulletin and kept (protocol §5.14). */
#include "base/errors.h"
#include "command/command.h"
#include "command/keeping.h"

/* What the actor is told when it did not work. */
static const char *
refusal(DimHistoryVerdict verdict, const DimGroupPage *page)
{
    switch (verdict) {
    case DIM_HISTORY_EXPIRED:
        return "Command expired.";
    case DIM_HISTORY_DENIED:
        return page->owner == NULL ? "Group empty." : "Permission denied.";
    case DIM_HISTORY_FUTURE:
    case DIM_HISTORY_MALFORMED:
        return "Command error.";
    case DIM_HISTORY_APPLIED:
    case DIM_HISTORY_PENDING:
    case DIM_HISTORY_KNOWN:
    case DIM_HISTORY_IGNORED:
    default:
        return NULL;
    }
}

/* The record goes into the page's history, and what it came in is written out once for all records of one message. */
static DimHistoryVerdict
add(const DimDesk *desk,
    const DimMessage *message,
    const DimContent *content,
    DimGroupPage *page,
    DimGroupSigned *news)
{
    const char *tag = dim_group_awaits(desk, page->rules.group, message);

    if (tag == NULL)
        news->text = dim_message_evidence(message);
    if (tag != NULL)
        news->tag = g_strdup(tag);
    else if (news->text != NULL)
        news->tag = dim_message_tag(message);
    news->time = dim_content_time(content);
    return dim_history_add(page->history, &page->rules, dim_message_sender(message), content,
                           news->tag);
}

gboolean
dim_handle_history(DimDesk *desk,
                   const DimMessage *message,
                   const DimContent *content,
                   GError **error)
{
    const DimId *group = dim_content_group(content);
    g_auto(DimGroupSigned) news = { .tag = NULL };
    g_auto(DimGroupPage) page = { .owner = NULL };
    DimHistoryVerdict verdict;
    const char *word;

    if (group == NULL || !dim_id_is_group(group) || dim_id_is_broadcast(group)) {
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_MALFORMED, "history of no group");
        return FALSE;
    }
    if (!dim_group_page_read(desk, group, &page, error))
        return FALSE;
    verdict = add(desk, message, content, &page, &news);
    word = refusal(verdict, &page);
    if (word != NULL) {
        dim_desk_receipt(desk, message, word);
        g_set_error(error, DIM_ERROR, DIM_ERROR_NOT_ALLOWED, "group history: %s", word);
        return FALSE;
    }
    if (verdict != DIM_HISTORY_APPLIED && verdict != DIM_HISTORY_PENDING)
        return TRUE;
    /* Groups cost nothing to make: those of others are not kept for them. */
    if (!page.held && !dim_history_has(page.history, &page.rules, dim_user_id(desk->user)))
        return TRUE;
    if (!dim_group_keep(desk, &page, message, &news, error))
        return FALSE;
    if (verdict == DIM_HISTORY_APPLIED)
        desk->members(desk->data, group);
    return TRUE;
}
