/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimGroupRecord: one statement about who belongs to a group, and who made it (protocol §5.14). Private to message/. */
#pragma once

#include "message/content.h"

G_BEGIN_DECLS

/* Bytes of a tag: of a digest, a sign and an ID, whose 128 characters may take four each. */
#define DIM_GROUP_RECORD_TAG_MAX 544
/* Bytes of its text: what comes in one message is shorter. */
#define DIM_GROUP_RECORD_MAX (3u * 512 * 1024)

typedef struct {
    char *command; /* "reset", "invite", "quit", "resign" or "join" */
    DimId *actor;
    double time; /* seconds */
    GPtrArray *
        people; /* (nullable) of DimId: who is set or invited; of other commands none are read */
    char *tag;  /* (nullable) names the signed message that it came in */
    gsize size; /* bytes of what dim_group_record_to_json() makes, as text */
} DimGroupRecord;

/* What this verified actor says; tag is nullable. (transfer full), or NULL if it is none of those that are kept, or
 * longer than DIM_GROUP_RECORD_MAX. */
DimGroupRecord *
dim_group_record_read(const DimId *actor, const DimContent *content, const char *tag);
/* What dim_group_record_to_json() made, or NULL. */
DimGroupRecord *dim_group_record_from_json(JsonObject *object);
/* (transfer full) */
JsonObject *dim_group_record_to_json(const DimGroupRecord *record);
void dim_group_record_free(gpointer record);

gboolean dim_group_record_is(const DimGroupRecord *record, const char *command);
/* TRUE if both say the same at the same time, whatever message they came in. */
gboolean dim_group_record_repeats(const DimGroupRecord *a, const DimGroupRecord *b);

G_END_DECLS
