/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DimNotes: a file of lines that grows by one write each and is cut to nothing; half a line at its end is none. */
#include "people/notes.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/errors.h"

struct _DimNotes {
    int fd;
    gsize size;         /* of what is whole in it */
    GPtrArray *earlier; /* of char* */
};

static gboolean
fail(GError **error, const char *path, int number)
{
    g_set_error(error, DIM_ERROR, DIM_ERROR_STORAGE, "Cannot use the file “%s”: %s", path,
                g_strerror(number));
    return FALSE;
}

/* FALSE with an error for a file that is not ours alone. */
static gboolean
is_ours(int fd, const char *path, GError **error)
{
    struct stat info;

    if (fstat(fd, &info) != 0)
        return fail(error, path, errno);
    if (!S_ISREG(info.st_mode) || info.st_uid != geteuid())
        return fail(error, path, EPERM);
    if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0 && fchmod(fd, 0600) != 0)
        return fail(error, path, errno);
    return TRUE;
}

static void
read_earlier(DimNotes *notes)
{
    g_autofree char *all = g_malloc(DIM_NOTES_MAX_BYTES);
    ssize_t got = pread(notes->fd, all, DIM_NOTES_MAX_BYTES, 0);
    gsize size = got > 0 ? (gsize)got : 0;
    const char *end;

    while ((end = memchr(all + notes->size, '\n', size - notes->size)) != NULL) {
        const char *line = all + notes->size;

        notes->size = (gsize)(end - all) + 1;
        /* After a power cut a file may hold anything. */
        if (g_utf8_validate_len(line, (gsize)(end - line), NULL))
            g_ptr_array_add(notes->earlier, g_strndup(line, (gsize)(end - line)));
    }
}

DimNotes *
dim_notes_open(const char *path, GError **error)
{
    g_autofree char *file = g_strconcat(path, "-shown", NULL);
    DimNotes *notes;
    int fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (fd < 0) {
        fail(error, file, errno);
        return NULL;
    }
    if (!is_ours(fd, file, error)) {
        close(fd);
        return NULL;
    }
    notes = g_new0(DimNotes, 1);
    notes->fd = fd;
    notes->earlier = g_ptr_array_new_with_free_func(g_free);
    read_earlier(notes);
    return notes;
}

const GPtrArray *
dim_notes_earlier(const DimNotes *notes)
{
    return notes->earlier;
}

gboolean
dim_notes_add(DimNotes *notes, const char *text)
{
    g_autofree char *line = g_strconcat(text, "\n", NULL);
    gsize size = strlen(line);

    if (strchr(text, '\n') != NULL || notes->size + size > DIM_NOTES_MAX_BYTES
        || pwrite(notes->fd, line, size, (off_t)notes->size) != (ssize_t)size)
        return FALSE;
    notes->size += size;
    return TRUE;
}

void
dim_notes_clear(DimNotes *notes)
{
    if (notes->size > 0 && ftruncate(notes->fd, 0) != 0)
        g_warning("what was shown stays noted: %s", g_strerror(errno));
    notes->size = 0;
}

void
dim_notes_free(DimNotes *notes)
{
    if (notes == NULL)
        return;
    close(notes->fd);
    g_ptr_array_unref(notes->earlier);
    g_free(notes);
}
