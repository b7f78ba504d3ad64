/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimGroups: on disk, who belongs to the groups that I am in, and the signed messages that say so; bounded (protocol §5.14). */
#pragma once

#include "identity/id.h"
#include "storage/store.h"

G_BEGIN_DECLS

#define DIM_GROUPS_MAX           500 /* in all */
#define DIM_GROUPS_MAX_STRANGERS 100 /* of founders who are no contacts */
/* Bytes: of the signed messages of one group, and of all groups of strangers. */
#define DIM_GROUPS_MAX_SIGNED (1024u * 1024)
#define DIM_GROUPS_MAX_BYTES  (64u * 1024 * 1024)

/* A signed message that belongs to a group. */
typedef struct {
    char *tag;
    char *text;
    double time; /* seconds: of what it says */
} DimGroupSigned;

static inline void
dim_group_signed_clear(DimGroupSigned *message)
{
    g_clear_pointer(&message->tag, g_free);
    g_clear_pointer(&message->text, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DimGroupSigned, dim_group_signed_clear)

/* What is known of one group now; all borrowed. */
typedef struct {
    const DimId *group;
    const DimId *founder; /* (nullable) */
    const DimId *me;      /* my own groups are no stranger's */
    double now;           /* seconds */
    const char *text;     /* the history as it was worked out */
    /* (nullable) element type DimGroupSigned: those to add; no tag twice */
    const GPtrArray *messages;
    /* TRUE if the signed message of this tag still counts; the others go. */
    gboolean (*wants)(const char *tag, gpointer data);
    gpointer data;
} DimGroupNews;

/* The history as it was worked out, or NULL: not known, or STORAGE. New string. */
char *dim_groups_load(DimStore *store, const DimId *group, GError **error);
/* Keeps it, all or nothing. A group that is new, or a stranger's that grows, takes the place of strangers' that have not changed for
 * longest: *others_went tells of that. Without a place it is not kept, and a signed message not where its group has too many: that is
 * success. FALSE with STORAGE. */
gboolean dim_groups_save(DimStore *store,
                         const DimGroupNews *news,
                         gboolean *others_went,
                         GError **error);
/* The signed messages, by the time of what they say (element type char*). New array, or NULL with STORAGE. */
GPtrArray *dim_groups_signed(DimStore *store, const DimId *group, GError **error);

G_END_DECLS
