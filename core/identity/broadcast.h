/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Owner and members of broadcast groups: by rule, for nobody signs anything about them (protocol §2.4). */
#pragma once

#include "identity/id.h"

G_BEGIN_DECLS

/* "group.owner@anywhere", or anyone@anywhere of a group for all. (transfer full), or NULL if that is no broadcast group. */
DimId *dim_broadcast_owner(const DimId *group);
/* The owner, and "group.member@anywhere" of a group that is not for all. New array (element type DimId), empty if that is no broadcast
 * group. */
GPtrArray *dim_broadcast_members(const DimId *group);

G_END_DECLS
