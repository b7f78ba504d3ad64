/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which identity an account name stands for: a folder named by the address, or a line in the list of nicks. */
#include "people/accounts.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "base/errors.h"
#include "base/words.h"
#include "storage/lock.h"

#define LIST  "accounts.ini"
#define GROUP "names"

char *
dim_accounts_store_path(const char *folder, const DimId *id)
{
    return g_build_filename(folder, dim_id_address(id), "store.db", NULL);
}

/* An address is a file name of its own only when it is an address and nothing else. */
static char *
path_of(const char *folder, const char *name)
{
    g_autoptr(DimId) id = dim_id_from_person(name, NULL);

    if (id == NULL) /* the folder counts, not the spelling */
        id = dim_id_parse(name, NULL);
    if (id == NULL
        || (dim_id_kind(id) != DIM_ADDRESS_BTC && dim_id_kind(id) != DIM_ADDRESS_ETH))
        return NULL;
    return dim_accounts_store_path(folder, id);
}

/* Its folder counts, not the store itself: if that was kept aside as damaged, opening must say so, and nobody may take
 * the name for a new one. */
static char *
find_by_id(const char *folder, const char *name)
{
    g_autofree char *path = path_of(folder, name);
    g_autofree char *own = path != NULL ? g_path_get_dirname(path) : NULL;

    return own != NULL && g_file_test(own, G_FILE_TEST_IS_DIR) ? g_steal_pointer(&path) : NULL;
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
                    _("the list of accounts %s cannot be read: %s"), path, failure->message);
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

    /* Whoever may write here decides whose keys a name stands for. */
    if (!dim_lock_folder(folder, error))
        return NULL;
    if (path != NULL || *name == '\0')
        return g_steal_pointer(&path);
    list = read_list(folder, error);
    if (list == NULL)
        return NULL;
    key = key_of(name);
    text = g_key_file_get_string(list, GROUP, key, NULL);
    if (text == NULL)
        return NULL;
    path = path_of(folder, text); /* a bound name stays bound, store or no store */
    if (path == NULL)
        g_set_error(error, DIM_ERROR, DIM_ERROR_STORAGE,
                    _("the list of accounts is damaged: “%s” is no ID"), text);
    return g_steal_pointer(&path);
}

static gboolean
write_list(const char *folder, GKeyFile *list, GError **error)
{
    g_autofree char *path = g_build_filename(folder, LIST, NULL);
    g_autofree char *text = NULL;
    g_autoptr(GError) failure = NULL;
    gsize size = 0;

    text = g_key_file_to_data(list, &size, NULL);
    if (g_file_set_contents_full(path, text, (gssize)size,
                                 G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                 0600, &failure))
        return TRUE;
    g_set_error(error, DIM_ERROR, DIM_ERROR_STORAGE,
                _("the list of accounts cannot be written: %s"), failure->message);
    return FALSE;
}

/* Waits for another program that is writing the list, which takes no longer than a disk does. -1 with an error. */
static int
lock_list(const char *folder, GError **error)
{
    g_autofree char *path = g_build_filename(folder, LIST ".lock", NULL);
    struct flock region = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    int fd = -1;
    int result = -1;

    if (!dim_lock_folder(folder, error))
        return -1;
    fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd >= 0) {
        do
            result = fcntl(fd, F_SETLKW, &region);
        while (result != 0 && errno == EINTR);
    }
    if (result == 0)
        return fd;
    g_set_error(error, DIM_ERROR, DIM_ERROR_STORAGE,
                _("the list of accounts cannot be locked: %s"), g_strerror(errno));
    if (fd >= 0)
        close(fd);
    return -1;
}

gboolean
dim_accounts_bind(const char *folder, const char *name, const DimId *id, GError **error)
{
    g_autoptr(GKeyFile) list = NULL;
    g_autofree char *key = key_of(name);
    gboolean bound = FALSE;
    int lock = lock_list(folder, error);

    if (lock < 0)
        return FALSE;
    list = read_list(folder, error);
    if (list != NULL) {
        g_key_file_set_string(list, GROUP, key, dim_id_text(id));
        bound = write_list(folder, list, error);
    }
    close(lock);
    return bound;
}
