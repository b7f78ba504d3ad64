/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who belongs to a group: records that came in, judged by the group's bulletin and kept (protocol §5.14). */
#include "base/errors.h"
#include "command/command.h"
#include "command/standing.h"
#include "people/groups.h"

static gboolean
still_counts(const char *tag, gpointer history)
{
    return dim_history_keeps(history, tag);
}

/* What only I was told counts for me as well; but to others it proves nothing. */
static gboolean
save(const DimDesk *desk,
     const char *evidence,
     const char *tag,
     const DimContent *content,
     DimGroupPage *page,
     GError **error)
{
    g_autofree char *text = dim_history_to_text(page->history);
    DimGroupNews news = { .group = page->rules.group,
                          .founder = page->owner,
                          .me = dim_user_id(desk->user),
                          .now = page->rules.now,
                          .text = text,
                          .tag = tag,
                          .signed_text = evidence,
                          .time = dim_content_time(content),
                          .wants = still_counts,
                          .data = page->history };
    gboolean others_went = FALSE;
    gboolean done = dim_groups_save(desk->store, &news, &others_went, error);

    if (!done || others_went)
        dim_group_forget(desk);
    return done;
}

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

gboolean
dim_handle_history(DimDesk *desk,
                   const DimMessage *message,
                   const DimContent *content,
                   GError **error)
{
    const DimId *group = dim_content_group(content);
    g_autofree char *evidence = dim_message_evidence(message);
    g_autofree char *tag = evidence != NULL ? dim_message_tag(message) : NULL;
    g_auto(DimGroupPage) page = { .owner = NULL };
    DimHistoryVerdict verdict;
    const char *word;

    if (group == NULL || !dim_id_is_group(group) || dim_id_is_broadcast(group)) {
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_MALFORMED, "history of no group");
        return FALSE;
    }
    if (!dim_group_page_read(desk, group, &page, error))
        return FALSE;
    verdict =
        dim_history_add(page.history, &page.rules, dim_message_sender(message), content, tag);
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
    if (!save(desk, evidence, tag, content, &page, error))
        return FALSE;
    if (verdict == DIM_HISTORY_APPLIED)
        desk->members(desk->data, group);
    return TRUE;
}
