/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who belongs to a group, by the founder's bulletin and the history that is kept. */
#include "command/standing.h"

#include "base/json.h"
#include "command/keeping.h"
#include "identity/broadcast.h"
#include "message/services.h"
#include "people/groups.h"

#define MAX_ADMINS 100

void
dim_group_page_clear(DimGroupPage *page)
{
    g_clear_pointer(&page->owner, dim_id_unref);
    g_clear_pointer(&page->founder, dim_id_unref);
    g_clear_pointer(&page->administrators, g_ptr_array_unref);
    g_clear_pointer(&page->history, dim_history_unref);
}

/* A group's key is its founder's own (polylogue rule): nobody founds one in another's name. Nor is anybody the founder whose
 * key is not known. */
static void
judge_founder(const DimDesk *desk, const DimId *group, DimGroupPage *page)
{
    g_autoptr(DimId) named = g_steal_pointer(&page->founder);
    DimMeta *known = dim_book_meta(desk->book, group);
    g_autoptr(DimMeta) of_group = known != NULL ? dim_meta_ref(known) : NULL;
    const DimMeta *his = dim_desk_meta(desk, named);

    if (his == NULL)
        page->founder = g_steal_pointer(&named);
    else if (of_group != NULL
             && dim_public_key_equal(dim_meta_key(of_group), dim_meta_key(his)))
        page->owner = g_steal_pointer(&named);
    else
        g_debug("%s did not found %s", dim_id_text(named), dim_id_text(group));
}

/* A message of a hundred lines or records asks for it some hundred times. */
static void
read_leaders(const DimDesk *desk, const DimId *group, DimDocument *bulletin, DimGroupPage *page)
{
    JsonObject *properties = dim_document_properties(bulletin);
    const char *founder = properties != NULL ? dim_json_text(properties, "founder") : NULL;
    JsonArray *names;

    if (founder == NULL
        || dim_group_recall_bulletin(desk, bulletin, &page->owner, &page->administrators))
        return;
    page->founder = dim_id_parse(founder, NULL);
    if (page->founder != NULL)
        judge_founder(desk, group, page);
    if (page->owner == NULL)
        return; /* not yet */
    names = dim_json_array(properties, "administrators");
    if (names != NULL)
        page->administrators = dim_ids_read(names, MAX_ADMINS);
    else
        page->administrators = g_ptr_array_new_with_free_func((GDestroyNotify)dim_id_unref);
    dim_group_remember_bulletin(desk, bulletin, page->owner, page->administrators);
}

/* The book took the bulletin only because the group's own key signed it. */
static void
read_bulletin(const DimDesk *desk, const DimId *group, DimGroupPage *page)
{
    DimDocument *known = dim_book_document(desk->book, group);
    g_autoptr(DimDocument) document = known != NULL ? dim_document_ref(known) : NULL;

    if (document != NULL)
        read_leaders(desk, group, document, page);
    if (page->administrators == NULL)
        page->administrators = g_ptr_array_new_with_free_func((GDestroyNotify)dim_id_unref);
    page->rules = (DimHistoryRules){
        .group = group,
        .owner = page->owner,
        .administrators = page->administrators,
        .bulletin_time = document != NULL ? dim_document_time(document) : 0,
        .now = dim_clock_now(desk->clock),
    };
}

/* A row that cannot be read begins anew. */
static gboolean
read_history(const DimDesk *desk, const DimId *group, DimGroupPage *page, GError **error)
{
    g_autoptr(GError) failure = NULL;
    g_autofree char *text = NULL;

    page->history = dim_group_recall(desk, group);
    page->held = page->history != NULL;
    if (page->held)
        return TRUE;
    text = dim_groups_load(desk->store, group, &failure);
    page->held = text != NULL;
    if (failure != NULL) {
        g_propagate_error(error, g_steal_pointer(&failure));
        return FALSE;
    }
    if (text != NULL)
        page->history = dim_history_from_text(text, -1, NULL);
    if (page->history != NULL)
        dim_group_remember(desk, group, page->history);
    else
        page->history = dim_history_new();
    return TRUE;
}

gboolean
dim_group_page_read(const DimDesk *desk, const DimId *group, DimGroupPage *page, GError **error)
{
    *page = (DimGroupPage){ .owner = NULL };
    read_bulletin(desk, group, page);
    return read_history(desk, group, page, error);
}

gboolean
dim_group_page_leads(const DimGroupPage *page, const DimId *who)
{
    if (page->owner == NULL)
        return FALSE;
    return dim_id_equal(page->owner, who)
           || g_ptr_array_find_with_equal_func(page->administrators, who, dim_id_equal_func,
                                               NULL);
}

static DimStanding
standing_by_rule(const DimId *group, const DimId *who)
{
    g_autoptr(GPtrArray) members = dim_broadcast_members(group);

    for (guint i = 0; i < members->len; i++) {
        const DimId *member = g_ptr_array_index(members, i);

        if (dim_id_equal(member, who) || dim_id_equal(member, dim_id_anyone()))
            return DIM_STANDING_MEMBER;
    }
    return DIM_STANDING_UNKNOWN;
}

DimStanding
dim_group_standing(const DimDesk *desk, const DimId *group, const DimId *who)
{
    g_auto(DimGroupPage) page = { .owner = NULL };
    g_autoptr(GError) error = NULL;

    if (dim_id_is_broadcast(group))
        return standing_by_rule(group, who);
    if (!dim_group_page_read(desk, group, &page, &error)) {
        g_warning("what is known of a group is not readable: %s", error->message);
        return DIM_STANDING_UNKNOWN;
    }
    if (dim_history_members(page.history, &page.rules)->len == 0)
        return DIM_STANDING_UNKNOWN;
    return dim_history_has(page.history, &page.rules, who) ? DIM_STANDING_MEMBER
                                                           : DIM_STANDING_OUTSIDER;
}
