/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which identity an account name stands for: a folder named by the address, or a line in the list of nicks. */
#include "people/accounts.h"

#include <errno.h>
#include <glib/gstdio.h>

#include "base/errors.h"

#define LIST  "accounts.ini"
#define GROUP "names"

char *
dim_accounts_store_path(const char *folder, const DimId *id)
{
    return g_build_filename(folder, dim_id_address(id), "store.db", NULL);
}

static gboolean
is_there(const char *path)
{
    return g_file_test(path, G_FILE_TEST_EXISTS);
}

/* An address is a file name of its own only when it is an address and nothing else. */
static char *
find_by_id(const char *folder, const char *name)
{
    g_autoptr(DimId) id = dim_id_parse(name, NULL);
    g_autofree char *path = NULL;

    if (id == NULL
        || (dim_id_kind(id) != DIM_ADDRESS_BTC && dim_id_kind(id) != DIM_ADDRESS_ETH))
        return NULL;
    path = dim_accounts_store_path(folder, id);
    return is_there(path) ? g_steal_pointer(&path) : NULL;
}

/* An absent list is an empty one. */
static GKeyFile *
read_list(const char *folder, GError **error)
{
    g_autofree char *path = g_build_filename(folder, LIST, NULL);
    g_autoptr(GKeyFile) list = g_key_file_new();
    g_autoptr(GError) failure = NULL;

    if (!g_key_file_load_from_file(list, path, G_KEY_FILE_KEEP_COMMENTS, &failure)
        && !g_error_matches(failure, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
        g_set_error(error, DIM_ERROR, DIM_ERROR_STORAGE,
                    "the list of accounts %s cannot be read: %s", path, failure->message);
        return NULL;
    }
    return g_steal_pointer(&list);
}

/* Any text is a key of the list when it is written as a URI component. */
static char *
key_of(const char *name)
{
    return g_uri_escape_string(name, NULL, FALSE);
}

char *
dim_accounts_find(const char *folder, const char *name, GError **error)
{
    g_autofree char *path = find_by_id(folder, name);
    g_autofree char *key = NULL;
    g_autofree char *text = NULL;
    g_autoptr(GKeyFile) list = NULL;

    if (path != NULL || *name == '\0')
        return g_steal_pointer(&path);
    list = read_list(folder, error);
    if (list == NULL)
        return NULL;
    key = key_of(name);
    text = g_key_file_get_string(list, GROUP, key, NULL);
    return text != NULL ? find_by_id(folder, text) : NULL;
}

gboolean
dim_accounts_bind(const char *folder, const char *name, const DimId *id, GError **error)
{
    g_autoptr(GKeyFile) list = read_list(folder, error);
    g_autofree char *path = g_build_filename(folder, LIST, NULL);
    g_autofree char *key = key_of(name);
    g_autofree char *text = NULL;
    g_autoptr(GError) failure = NULL;
    gsize size = 0;

    if (list == NULL)
        return FALSE;
    g_key_file_set_string(list, GROUP, key, dim_id_text(id));
    text = g_key_file_to_data(list, &size, NULL);
    if (g_mkdir_with_parents(folder, 0700) == 0
        && g_file_set_contents_full(
            path, text, (gssize)size,
            G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, &failure))
        return TRUE;
    g_set_error(error, DIM_ERROR, DIM_ERROR_STORAGE,
                "the list of accounts cannot be written: %s",
                failure != NULL ? failure->message : g_strerror(errno));
    return FALSE;
}
