/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file of an identity that is carried: laid where nothing is yet, for its owner alone, and fetched with a bound. */
#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/errors.h"
#include "base/words.h"
#include "people/keyfile.h"

static gboolean
fail(GError **error, const char *why)
{
    g_set_error_literal(error, DIM_ERROR, DIM_ERROR_STORAGE, why);
    return FALSE;
}

static gboolean
write_all(int file, const char *text, gsize size)
{
    while (size > 0) {
        const gssize done = write(file, text, size);

        if (done < 0 && errno != EINTR)
            return FALSE;
        if (done > 0) {
            text += done;
            size -= (gsize)done;
        }
    }
    return fsync(file) == 0;
}

gboolean
dim_keyfile_save(const char *path, const char *text, GError **error)
{
    int file, number;
    gboolean good;

    g_return_val_if_fail(path != NULL && text != NULL, FALSE);

    file = g_open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0 && errno == EEXIST)
        return fail(error, _("There is a file of this name already, and it is left as it is"));
    if (file < 0)
        return fail(error, g_strerror(errno));
    good = write_all(file, text, strlen(text));
    number = errno;
    if (close(file) != 0 && good) {
        number = errno;
        good = FALSE;
    }
    if (good)
        return TRUE;
    g_unlink(path); /* half of it would be worth nothing */
    return fail(error, g_strerror(number));
}

/* NULL with *number, or 0 if it is too large. */
static char *
read_all(int file, int *number)
{
    g_autoptr(GString) text = g_string_new(NULL);
    char piece[16384];
    gssize got;

    *number = 0;
    while ((got = read(file, piece, sizeof piece)) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            *number = errno;
            return NULL;
        }
        if (text->len + (gsize)got > DIM_KEYFILE_MAX_SIZE)
            return NULL;
        g_string_append_len(text, piece, got);
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

char *
dim_keyfile_load(const char *path, GError **error)
{
    char *text = NULL;
    struct stat about;
    int file, number;

    g_return_val_if_fail(path != NULL, NULL);

    /* a pipe must not make us wait for whoever writes into it */
    file = g_open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0);
    if (file < 0) {
        fail(error, g_strerror(errno));
        return NULL;
    }
    if (fstat(file, &about) != 0 || !S_ISREG(about.st_mode))
        fail(error, _("It is no plain file"));
    else if ((text = read_all(file, &number)) == NULL)
        fail(error, number != 0 ? g_strerror(number) : _("It is too large for an identity"));
    close(file);
    return text;
}
