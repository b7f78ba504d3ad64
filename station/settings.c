/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading the station's configuration file: one row for each key. */
#include "station/settings.h"

#include <stddef.h>
#include <string.h>

#include "base/errors.h"

typedef enum {
    KIND_TEXT,
    KIND_NUMBER,
    KIND_PORT,
    KIND_LARGE,
    KIND_FLAG
} Kind;

typedef struct {
    const char *group, *key;
    Kind kind;
    gsize offset;
    guint64 least, most;
} Row;

#define AT(member) offsetof(DimSettings, member)
#define MEBI       ((guint64)1024 * 1024)

static const Row rows[] = {
    { "station", "name", KIND_TEXT, AT(name), 0, 0 },
    { "station", "seed", KIND_TEXT, AT(seed), 0, 0 },
    { "station", "host", KIND_TEXT, AT(host), 0, 0 },
    { "station", "port", KIND_PORT, AT(port), 0, 65535 },
    { "station", "key-bits", KIND_NUMBER, AT(visa_bits), 1024, 2048 },
    { "limits", "connections", KIND_NUMBER, AT(max_connections), 1, 1000000 },
    { "limits", "connections-per-address", KIND_NUMBER, AT(max_address), 1, 1000000 },
    { "limits", "rate", KIND_NUMBER, AT(rate), 1, 1000000 },
    { "limits", "burst", KIND_NUMBER, AT(burst), 1, 1000000 },
    { "limits", "byte-rate", KIND_NUMBER, AT(byte_rate), 1024, G_MAXINT32 },
    { "limits", "byte-burst", KIND_NUMBER, AT(byte_burst), 65536, G_MAXINT32 },
    { "limits", "stranger-rate", KIND_NUMBER, AT(stranger_rate), 40, 1000000 },
    { "limits", "handshake-seconds", KIND_NUMBER, AT(handshake_seconds), 1, 3600 },
    { "limits", "idle-seconds", KIND_NUMBER, AT(idle_seconds), 1, 86400 },
    { "limits", "send-buffer", KIND_LARGE, AT(send_buffer), 64 * 1024, 1024 * MEBI },
    { "limits", "send-total", KIND_LARGE, AT(send_total), 1024 * 1024, 1024 * 1024 * MEBI },
    { "limits", "queue-days", KIND_NUMBER, AT(queue_days), 1, 365 },
    { "limits", "queue-messages", KIND_NUMBER, AT(queue_messages), 1, 10000000 },
    { "limits", "queue-bytes", KIND_LARGE, AT(queue_bytes), 65536, 1024 * 1024 * MEBI },
    { "limits", "total-messages", KIND_LARGE, AT(total_messages), 1, G_MAXINT64 },
    { "limits", "total-bytes", KIND_LARGE, AT(total_bytes), 65536, G_MAXINT64 },
    { "limits", "accounts", KIND_NUMBER, AT(max_accounts), 1, G_MAXINT32 },
    { "limits", "kept-bytes", KIND_LARGE, AT(kept_bytes), 1024, MEBI },
    { "limits", "kept-total", KIND_LARGE, AT(kept_total), 1024, G_MAXINT64 },
    { "services", "search", KIND_FLAG, AT(search), 0, 0 },
    { "services", "online", KIND_FLAG, AT(online), 0, 0 },
};

static void
add_name(DimSettings *settings, const char *name, DimId *id)
{
    g_hash_table_insert(settings->names, g_strdup(name), dim_id_ref(id));
}

DimSettings *
dim_settings_new(void)
{
    DimSettings *settings = g_new0(DimSettings, 1);
    g_autoptr(DimId) founder = dim_id_parse("moky@anywhere", NULL);

    settings->name = g_strdup("DIM Station");
    settings->seed = g_strdup("station");
    settings->visa_bits = 1024;
    settings->max_connections = 10000;
    settings->max_address = 256;
    settings->rate = 500;
    settings->burst = 2000;
    settings->byte_rate = 4 * MEBI;
    settings->byte_burst = 16 * MEBI;
    settings->stranger_rate = 2000;
    settings->handshake_seconds = 30;
    settings->idle_seconds = 128;
    settings->send_buffer = 12 * MEBI;
    settings->send_total = 512 * MEBI;
    settings->queue_days = 7;
    settings->queue_messages = 10000;
    settings->queue_bytes = 64 * MEBI;
    settings->total_messages = 1000000;
    settings->total_bytes = 4096 * MEBI;
    settings->max_accounts = 1000000;
    settings->kept_bytes = MEBI / 2;
    settings->kept_total = 1024 * MEBI;
    settings->search = TRUE;
    settings->online = TRUE;
    settings->names =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)dim_id_unref);
    add_name(settings, "all", dim_id_everyone());
    add_name(settings, "everyone", dim_id_everyone());
    add_name(settings, "anyone", dim_id_anyone());
    add_name(settings, "owner", dim_id_anyone());
    add_name(settings, "founder", founder);
    return settings;
}

void
dim_settings_free(DimSettings *settings)
{
    if (settings == NULL)
        return;
    g_free(settings->name);
    g_free(settings->seed);
    g_free(settings->host);
    g_hash_table_unref(settings->names);
    g_free(settings);
}

static gboolean
complain(const Row *row, const char *what, GError **error)
{
    g_set_error(error, DIM_ERROR, DIM_ERROR_MALFORMED, "[%s] %s: %s", row->group, row->key,
                what);
    return FALSE;
}

static gboolean
read_flag(const Row *row, const char *text, gboolean *flag, GError **error)
{
    *flag = g_str_equal(text, "yes");
    return *flag || g_str_equal(text, "no") || complain(row, "is neither yes nor no", error);
}

static gboolean
read_row(DimSettings *settings, GKeyFile *file, const Row *row, GError **error)
{
    g_autofree char *text = g_key_file_get_string(file, row->group, row->key, error);
    guint8 *place = (guint8 *)settings + row->offset;
    guint64 number = 0;

    if (text == NULL)
        return FALSE;
    g_strstrip(text);
    if (row->kind == KIND_TEXT) {
        if (*text == '\0')
            return complain(row, "is empty", error);
        g_free(*(char **)place);
        *(char **)place = g_steal_pointer(&text);
        return TRUE;
    }
    if (row->kind == KIND_FLAG)
        return read_flag(row, text, (gboolean *)(void *)place, error);
    if (!g_ascii_string_to_unsigned(text, 10, row->least, row->most, &number, NULL)) {
        g_set_error(error, DIM_ERROR, DIM_ERROR_MALFORMED,
                    "[%s] %s: “%s” is not a number from %" G_GUINT64_FORMAT
                    " to %" G_GUINT64_FORMAT,
                    row->group, row->key, text, row->least, row->most);
        return FALSE;
    }
    if (row->kind == KIND_LARGE)
        *(guint64 *)(void *)place = number;
    else if (row->kind == KIND_PORT)
        *(guint16 *)(void *)place = (guint16)number;
    else
        *(guint *)(void *)place = (guint)number;
    return TRUE;
}

static const Row *
row_of(const char *group, const char *key)
{
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (g_str_equal(rows[i].group, group) && g_str_equal(rows[i].key, key))
            return &rows[i];
    }
    return NULL;
}

static gboolean
read_group(DimSettings *settings, GKeyFile *file, const char *group, GError **error)
{
    g_auto(GStrv) keys = g_key_file_get_keys(file, group, NULL, error);

    for (char **key = keys; key != NULL && *key != NULL; key++) {
        const Row *row = row_of(group, *key);

        if (row == NULL) {
            g_set_error(error, DIM_ERROR, DIM_ERROR_MALFORMED, "[%s] has no key “%s”", group,
                        *key);
            return FALSE;
        }
        if (!read_row(settings, file, row, error))
            return FALSE;
    }
    return keys != NULL;
}

static gboolean
read_names(DimSettings *settings, GKeyFile *file, GError **error)
{
    g_auto(GStrv) keys = g_key_file_get_keys(file, "ans", NULL, error);

    for (char **key = keys; key != NULL && *key != NULL; key++) {
        g_autofree char *text = g_key_file_get_string(file, "ans", *key, error);
        g_autoptr(DimId) id = NULL;

        if (text == NULL)
            return FALSE;
        id = dim_id_parse(g_strstrip(text), NULL);
        if (id == NULL || dim_id_is_broadcast(id)) {
            g_set_error(error, DIM_ERROR, DIM_ERROR_MALFORMED, "[ans] %s: “%s” is no ID", *key,
                        text);
            return FALSE;
        }
        add_name(settings, *key, id);
    }
    return keys != NULL;
}

/* Values that fit alone may not fit each other. */
static gboolean
check_sense(const DimSettings *settings, GError **error)
{
    if (settings->visa_bits != 1024 && settings->visa_bits != 2048)
        return complain(row_of("station", "key-bits"), "must be 1024 or 2048", error);
    if (strpbrk(settings->seed, "@/ \t") != NULL || strlen(settings->seed) > 32)
        return complain(row_of("station", "seed"), "must be a short word without @ and /",
                        error);
    return TRUE;
}

gboolean
dim_settings_read(DimSettings *settings, const char *path, GError **error)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_auto(GStrv) groups = NULL;

    if (!g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, error))
        return FALSE;
    groups = g_key_file_get_groups(file, NULL);
    for (char **group = groups; *group != NULL; group++) {
        if (g_str_equal(*group, "ans")) {
            if (!read_names(settings, file, error))
                return FALSE;
        } else if (g_str_equal(*group, "station") || g_str_equal(*group, "limits")
                   || g_str_equal(*group, "services")) {
            if (!read_group(settings, file, *group, error))
                return FALSE;
        } else {
            g_set_error(error, DIM_ERROR, DIM_ERROR_MALFORMED, "there is no group [%s]",
                        *group);
            return FALSE;
        }
    }
    return check_sense(settings, error);
}

DimId *
dim_settings_resolve(const DimSettings *settings, const char *name)
{
    return g_hash_table_lookup(settings->names, name);
}
