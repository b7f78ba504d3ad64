/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files around a store: private folder and modes, the lock of one process, damaged files kept aside. */
#include "storage/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/errors.h"
#include "base/words.h"

struct _DimLock {
    char *path; /* of the store, canonical: the key in `held` */
    int fd;
    pid_t owner;
    gboolean was_unclean;
};

/* A process's record locks all go when it closes any descriptor of the file, so a second open in this process must be
 * refused before it opens anything. */
static GMutex held_mutex;
static GHashTable *held; /* canonical path -> itself */

/* The sentence names a file and then tells what the system said. */
static gboolean fail(GError **error, const char *sentence, ...) G_GNUC_PRINTF(2, 3);

static gboolean
fail(GError **error, const char *sentence, ...)
{
    va_list words;

    va_start(words, sentence);
    g_propagate_error(error, g_error_new_valist(DIM_ERROR, DIM_ERROR_STORAGE, sentence, words));
    va_end(words);
    return FALSE;
}

/* The last part of a path. Borrowed. */
static const char *
name_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? slash + 1 : path;
}

gboolean
dim_lock_folder(const char *folder, GError **error)
{
    struct stat info;

    if (g_mkdir_with_parents(folder, 0700) != 0)
        return fail(error, _("Cannot make the folder “%s”: %s"), name_of(folder),
                    g_strerror(errno));
    if (stat(folder, &info) != 0)
        return fail(error, _("Cannot look at the folder “%s”: %s"), name_of(folder),
                    g_strerror(errno));
    if (info.st_uid != geteuid()) {
        g_set_error(error, DIM_ERROR, DIM_ERROR_STORAGE,
                    _("The folder “%s” belongs to another user; keys are not kept there"),
                    folder);
        return FALSE;
    }
    if ((info.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        g_set_error(error, DIM_ERROR, DIM_ERROR_STORAGE,
                    _("Others may write in the folder “%s”; keys are not kept there"), folder);
        return FALSE;
    }
    return TRUE;
}

/* FALSE if this process has it already. */
static gboolean
claim(const char *path)
{
    gboolean claimed;

    g_mutex_lock(&held_mutex);
    if (held == NULL)
        held = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    claimed = !g_hash_table_contains(held, path);
    if (claimed)
        g_hash_table_add(held, g_strdup(path));
    g_mutex_unlock(&held_mutex);
    return claimed;
}

static void
disclaim(const char *path)
{
    g_mutex_lock(&held_mutex);
    g_hash_table_remove(held, path);
    if (g_hash_table_size(held) == 0) /* a plugin may be unloaded */
        g_clear_pointer(&held, g_hash_table_unref);
    g_mutex_unlock(&held_mutex);
}

static void
say_busy(GError **error)
{
    g_set_error_literal(error, DIM_ERROR, DIM_ERROR_BUSY,
                        _("Another program on this computer is using this identity right now"));
}

/* The folder's real path, so that two spellings of one file are one lock. */
static char *
canonical(const char *path)
{
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *name = g_path_get_basename(path);
    char *resolved = realpath(folder, NULL);
    char *result = g_build_filename(resolved != NULL ? resolved : folder, name, NULL);

    free(resolved); /* malloc'ed by libc */
    return result;
}

/* FALSE with an error; the mark "open" stays in the file until dim_lock_set_clean(). */
static gboolean
lock_file(DimLock *lock, GError **error)
{
    g_autofree char *name = g_strconcat(lock->path, ".lock", NULL);
    struct flock region = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    struct stat info;

    lock->fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (lock->fd < 0)
        return fail(error, _("Cannot open the lock file “%s”: %s"), name_of(name),
                    g_strerror(errno));
    if (fcntl(lock->fd, F_SETLK, &region) != 0) {
        if (errno != EACCES && errno != EAGAIN)
            return fail(error, _("Cannot lock the file “%s”: %s"), name_of(name),
                        g_strerror(errno));
        say_busy(error);
        return FALSE;
    }
    if (fstat(lock->fd, &info) != 0)
        return fail(error, _("Cannot look at the lock file “%s”: %s"), name_of(name),
                    g_strerror(errno));
    lock->was_unclean = info.st_size > 0;
    /* Without room for the mark the next open merely checks less. */
    if (pwrite(lock->fd, "open\n", 5, 0) != 5)
        g_debug("no mark in the lock file: %s", g_strerror(errno));
    return TRUE;
}

DimLock *
dim_lock_take(const char *path, GError **error)
{
    g_autofree char *real = canonical(path);
    g_autoptr(DimLock) lock = NULL;

    if (!claim(real)) {
        say_busy(error);
        return NULL;
    }
    lock = g_new0(DimLock, 1);
    lock->path = g_steal_pointer(&real);
    lock->fd = -1;
    lock->owner = getpid();
    if (!lock_file(lock, error))
        return NULL;
    return g_steal_pointer(&lock);
}

gboolean
dim_lock_was_unclean(const DimLock *lock)
{
    return lock->was_unclean;
}

void
dim_lock_set_clean(DimLock *lock)
{
    if (ftruncate(lock->fd, 0) != 0) /* costs a check at the next open, no more */
        g_debug("the lock file keeps its mark: %s", g_strerror(errno));
}

gboolean
dim_lock_is_ours(const DimLock *lock)
{
    return lock->owner == getpid();
}

void
dim_lock_free(DimLock *lock)
{
    if (lock == NULL)
        return;
    if (lock->fd >= 0)
        close(lock->fd);
    disclaim(lock->path);
    g_free(lock->path);
    g_free(lock);
}

gboolean
dim_lock_make_private(const char *path, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(path);
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    struct stat info;

    if (fd >= 0) { /* new: its name must outlive a power cut like its contents */
        close(fd);
        fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd >= 0) {
            (void)fsync(fd);
            close(fd);
        }
        return TRUE;
    }
    if (errno != EEXIST)
        return fail(error, _("Cannot make the file “%s”: %s"), name_of(path),
                    g_strerror(errno));
    if (stat(path, &info) != 0)
        return fail(error, _("Cannot look at the file “%s”: %s"), name_of(path),
                    g_strerror(errno));
    if (!S_ISREG(info.st_mode) || info.st_uid != geteuid())
        return fail(error, _("Cannot keep keys in “%s”: %s"), name_of(path), g_strerror(EPERM));
    if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0 && chmod(path, 0600) != 0)
        return fail(error, _("Cannot make private the file “%s”: %s"), name_of(path),
                    g_strerror(errno));
    return TRUE;
}

/* A name that nothing has yet; we hold the lock and the folder is ours alone, so it stays free. */
static char *
free_name(const char *path)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autofree char *stamp = g_date_time_format(now, "%Y%m%d-%H%M%S");
    g_autofree char *base = g_strdup_printf("%s.damaged-%s", path, stamp);
    GStatBuf info;

    if (g_lstat(base, &info) != 0)
        return g_steal_pointer(&base);
    for (guint i = 2;; i++) {
        g_autofree char *name = g_strdup_printf("%s-%u", base, i);

        if (g_lstat(name, &info) != 0)
            return g_steal_pointer(&name);
    }
}

char *
dim_lock_keep_aside(const char *path, GError **error)
{
    static const char *const tails[] = { "-wal", "-shm" };
    g_autofree char *aside = free_name(path);

    if (g_rename(path, aside) != 0) {
        fail(error, _("Cannot keep aside the damaged file “%s”: %s"), name_of(path),
             g_strerror(errno));
        return NULL;
    }
    for (guint i = 0; i < G_N_ELEMENTS(tails); i++) {
        g_autofree char *from = g_strconcat(path, tails[i], NULL);
        g_autofree char *to = g_strconcat(aside, tails[i], NULL);

        if (g_rename(from, to) != 0 && errno != ENOENT) {
            fail(error, _("Cannot keep aside the damaged file “%s”: %s"), name_of(from),
                 g_strerror(errno));
            return NULL;
        }
    }
    return g_path_get_basename(aside);
}
