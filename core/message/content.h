/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimContent: what is said, one type per row; reads old and new spellings, writes both (protocol §5, §9). Immutable, refcounted. */
#pragma once

#include <json-glib/json-glib.h>

#include "identity/id.h"

G_BEGIN_DECLS

enum {
    DIM_CONTENT_ANY = 0,
    DIM_CONTENT_TEXT = 1,
    DIM_CONTENT_FILE = 16,
    DIM_CONTENT_IMAGE = 18,
    DIM_CONTENT_AUDIO = 20,
    DIM_CONTENT_VIDEO = 22,
    DIM_CONTENT_PAGE = 32,
    DIM_CONTENT_CARD = 51,
    DIM_CONTENT_QUOTE = 55,
    DIM_CONTENT_MONEY = 64,
    DIM_CONTENT_TRANSFER = 65,
    DIM_CONTENT_LUCKY_MONEY = 66,
    DIM_CONTENT_CLAIM = 72,
    DIM_CONTENT_SPLIT_BILL = 73,
    DIM_CONTENT_COMMAND = 136,
    DIM_CONTENT_HISTORY = 137,
    DIM_CONTENT_APPLICATION = 160,
    DIM_CONTENT_ARRAY = 202,
    DIM_CONTENT_CUSTOMIZED = 204,
    DIM_CONTENT_COMBINE = 207,
    DIM_CONTENT_FORWARD = 255,
};

/* From a decrypted or broadcast body: through the gate; short keys restored; type as int, digits or word. NULL with MALFORMED. */
DimContent *dim_content_parse(const char *text, gssize length, GError **error);
DimContent *dim_content_from_json(JsonObject *object, GError **error);
/* Text of my own: a fresh serial and the time now. */
DimContent *dim_content_new_text(const char *text);
/* Any type: members already in `object` are kept (transfer full), type/sn/time are set when absent. For the builders of commands. */
DimContent *dim_content_new_take(int type, JsonObject *object);
DimContent *dim_content_ref(DimContent *content);
void dim_content_unref(DimContent *content);

int dim_content_type(const DimContent *content);
guint64 dim_content_serial(const DimContent *content);
double dim_content_time(const DimContent *content);      /* seconds; 0 = absent */
const char *dim_content_text(const DimContent *content); /* (nullable) */
/* (nullable) The command's name, of types 136 and 137: `command` or `cmd`. */
const char *dim_content_command(const DimContent *content);
DimId *dim_content_group(const DimContent *content); /* (nullable) borrowed */
/* (nullable) What ties a content to its envelope, as the sender wrote it; only a string of our own form counts. */
const char *dim_content_binding(const DimContent *content);
gboolean dim_content_is_command(const DimContent *content); /* types 136 and 137 */
/* TRUE for a customized content that programs of a group say to one another, histories and keys: no line for a person
 * (protocol §5.7, P-110). */
gboolean dim_content_is_for_programs(const DimContent *content);
JsonObject *dim_content_json(const DimContent *content); /* borrowed, read only */
/* The body to encrypt or to send as broadcast: compact JSON. New string. */
char *dim_content_to_text(const DimContent *content);

/* A serial 1..2^31-1, never the same twice in a row of 2^31 (protocol §0.4). */
guint64 dim_content_next_serial(void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DimContent, dim_content_unref)

/* Bytes of one content as it is locked: what a person sends is not longer, and what is longer is not taken. */
#define DIM_CONTENT_MAX (1024 * 1024)

/* TRUE for a type that the protocol knows (§5.1), whether it is a text's or a command's. */
gboolean dim_content_is_known(const DimContent *content);

G_END_DECLS
