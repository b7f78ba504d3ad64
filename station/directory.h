/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimDirectory: who can be found by name or ID: everybody whose visa the station has (protocol §5.13). In memory. */
#pragma once

#include "identity/id.h"
#include "storage/store.h"

G_BEGIN_DECLS

typedef struct _DimDirectory DimDirectory;

/* Reads the names of all visas in the store, which is borrowed. NULL with DIM_ERROR_STORAGE. */
DimDirectory *dim_directory_new(DimStore *store, GError **error);
void dim_directory_free(DimDirectory *directory);
/* This person is known, by this name (nullable) from now on. Groups and stations are not listed. */
void dim_directory_put(DimDirectory *directory, const DimId *id, const char *name);
/* IDs of those whose "name, ID" has every one of these words in it, whatever their case, in the order in which they became
 * known: `count` of them behind the first `start` (element type char *, borrowed until the next put). *looked (out): at how
 * many it had to look. New array. */
GPtrArray *dim_directory_find(DimDirectory *directory,
                              char *const *words,
                              guint start,
                              guint count,
                              guint *looked);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DimDirectory, dim_directory_free)

G_END_DECLS
