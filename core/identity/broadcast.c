/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who owns a broadcast group, and who is in it. */
#include "identity/broadcast.h"

/* The group's own word; NULL if it is for all. */
static const char *
seed_of(const DimId *group)
{
    const char *name = dim_id_name(group);

    return name != NULL && *name != '\0' && g_ascii_strcasecmp(name, "everyone") != 0 ? name
                                                                                      : NULL;
}

static DimId *
of_seed(const char *seed, const char *role)
{
    g_autofree char *text = g_strdup_printf("%s.%s@anywhere", seed, role);

    return dim_id_parse(text, NULL);
}

DimId *
dim_broadcast_owner(const DimId *group)
{
    if (!dim_id_is_broadcast(group) || !dim_id_is_group(group))
        return NULL;
    return seed_of(group) != NULL ? of_seed(seed_of(group), "owner")
                                  : dim_id_ref(dim_id_anyone());
}

GPtrArray *
dim_broadcast_members(const DimId *group)
{
    GPtrArray *members = g_ptr_array_new_with_free_func((GDestroyNotify)dim_id_unref);
    DimId *owner = dim_broadcast_owner(group);
    DimId *member =
        owner != NULL && seed_of(group) != NULL ? of_seed(seed_of(group), "member") : NULL;

    if (owner != NULL)
        g_ptr_array_add(members, owner);
    if (member != NULL)
        g_ptr_array_add(members, member);
    return members;
}
