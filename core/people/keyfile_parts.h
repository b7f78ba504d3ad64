/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What keyfile.c and keyfile_write.c share. */
#pragma once

#include "people/keyfile.h"

G_BEGIN_DECLS

#define DIM_KEYFILE_BEGIN   "-----BEGIN "
#define DIM_KEYFILE_PROFILE "ENCRYPTED DIM PROFILE"

/* What a worker is given, and what it makes: keys, the profile, and the text of both. JSON objects are not counted atomically and
 * stay out of it. */
typedef struct {
    DimSecret *passphrase;
    GPtrArray *keys;    /* of the identity, then of the visa, newest first */
    DimSecret *profile; /* a line with the signature, then JSON */
    char *text;
} DimKeyfileJob;

DimKeyfileJob *dim_keyfile_job_new(const char *passphrase);
void dim_keyfile_job_free(gpointer job);
/* Takes the job; the task has it from now on. */
void dim_keyfile_job_start(GTask *task, DimKeyfileJob *job, GTaskThreadFunc work);

G_END_DECLS
