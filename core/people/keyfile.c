/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text of an identity that was carried here: a user and contacts out of its blocks. */
#include <glib/gstdio.h>
#include <string.h>

#include "base/codec.h"
#include "base/errors.h"
#include "base/json.h"
#include "base/words.h"
#include "crypto/cipher.h"
#include "crypto/pbes2.h"
#include "people/accounts.h"
#include "people/keyfile_parts.h"
#include "people/own.h"
#include "people/records.h"
#include "storage/lock.h"

#define KEY      "ENCRYPTED PRIVATE KEY"
#define MAX_KEYS (1 + DIM_USER_MAX_VISA_KEYS)

struct _DimKeyfile {
    DimUser *user;
    JsonObject *profile;
};

void
dim_keyfile_free(DimKeyfile *keyfile)
{
    if (keyfile == NULL)
        return;
    g_clear_pointer(&keyfile->user, dim_user_unref);
    g_clear_pointer(&keyfile->profile, json_object_unref);
    g_free(keyfile);
}

void
dim_keyfile_job_free(gpointer data)
{
    DimKeyfileJob *job = data;

    g_clear_pointer(&job->passphrase, dim_secret_unref);
    g_clear_pointer(&job->keys, g_ptr_array_unref);
    g_clear_pointer(&job->profile, dim_secret_unref);
    g_free(job->text);
    g_free(job);
}

DimKeyfileJob *
dim_keyfile_job_new(const char *passphrase)
{
    DimKeyfileJob *job = g_new0(DimKeyfileJob, 1);

    job->passphrase = dim_secret_new(passphrase, strlen(passphrase));
    job->keys = g_ptr_array_new_with_free_func((GDestroyNotify)dim_private_key_unref);
    return job;
}

void
dim_keyfile_job_start(GTask *task, DimKeyfileJob *job, GTaskThreadFunc work)
{
    guint8 first;

    dim_random_nonce(&first, 1); /* the crypto library must be awake before a worker uses it */
    g_task_set_task_data(task, job, dim_keyfile_job_free);
    g_task_run_in_thread(task, work);
}

/* The next block of that label behind *at, armour and all, or NULL. New string. */
static char *
next_block(const char **at, const char *label)
{
    g_autofree char *head = g_strconcat(DIM_KEYFILE_BEGIN, label, "-----", NULL);
    g_autofree char *foot = g_strconcat("-----END ", label, "-----", NULL);
    const char *begin = strstr(*at, head);
    const char *end = begin != NULL ? strstr(begin, foot) : NULL;

    if (end == NULL)
        return NULL;
    end += strlen(foot);
    *at = end;
    return g_strndup(begin, (gsize)(end - begin));
}

/* What is between head and foot. */
static DimSecret *
open_profile(const char *block, const DimSecret *passphrase, GError **error)
{
    const char *begin = block + strlen(DIM_KEYFILE_BEGIN DIM_KEYFILE_PROFILE "-----");
    const char *end = strstr(begin, "-----END ");
    g_autoptr(GBytes) der = dim_base64_decode(begin, end - begin, error);
    gsize size = 0;
    const guint8 *data = der != NULL ? g_bytes_get_data(der, &size) : NULL;

    return der != NULL ? dim_pbes2_unlock(data, size, passphrase, error) : NULL;
}

static gboolean
no_keyfile(GError **error)
{
    g_set_error_literal(error, DIM_ERROR, DIM_ERROR_MALFORMED,
                        _("This is no file with a DIM identity"));
    return FALSE;
}

static gboolean
unlock(DimKeyfileJob *job, GCancellable *cancel, GError **error)
{
    const char *at = job->text;
    const char *top = job->text;
    g_autofree char *profile = next_block(&top, DIM_KEYFILE_PROFILE);
    g_autofree char *block = NULL;

    if (profile == NULL)
        return no_keyfile(error);
    while (job->keys->len < MAX_KEYS && (block = next_block(&at, KEY)) != NULL) {
        DimPrivateKey *key;

        /* each may take seconds, if somebody wanted that */
        if (g_cancellable_set_error_if_cancelled(cancel, error))
            return FALSE;
        key = dim_private_key_unlock(block, job->passphrase, error);
        g_clear_pointer(&block, g_free);
        if (key == NULL)
            return FALSE;
        g_ptr_array_add(job->keys, key);
    }
    if (job->keys->len == 0)
        return no_keyfile(error);
    job->profile = open_profile(profile, job->passphrase, error);
    return job->profile != NULL;
}

static void
unlock_all(GTask *task, G_GNUC_UNUSED gpointer source, gpointer data, GCancellable *cancel)
{
    GError *error = NULL;

    if (unlock(data, cancel, &error))
        g_task_return_boolean(task, TRUE);
    else
        g_task_return_error(task, error);
}

void
dim_keyfile_read_async(const char *text,
                       const char *passphrase,
                       GCancellable *cancellable,
                       GAsyncReadyCallback done,
                       gpointer user_data)
{
    g_autoptr(GTask) task = g_task_new(NULL, cancellable, done, user_data);
    GError *error = NULL;
    DimKeyfileJob *job;

    g_return_if_fail(text != NULL && passphrase != NULL);

    g_task_set_source_tag(task, dim_keyfile_read_async);
    if (strnlen(text, DIM_KEYFILE_MAX_SIZE + 1) > DIM_KEYFILE_MAX_SIZE) {
        no_keyfile(&error);
        g_task_return_error(task, error);
        return;
    }
    job = dim_keyfile_job_new(passphrase);
    job->text = g_strdup(text);
    dim_keyfile_job_start(task, job, unlock_all);
}

/* The JSON behind a signature of this key. */
static JsonObject *
read_profile(const DimSecret *text, const DimPublicKey *signer, GError **error)
{
    const char *line = (const char *)dim_secret_data(text);
    const char *end = strchr(line, '\n');
    g_autoptr(GBytes) signature =
        end != NULL ? dim_base64_decode(line, end - line, NULL) : NULL;
    gsize size = 0, length = end != NULL ? strlen(end + 1) : 0;
    const guint8 *bytes = signature != NULL ? g_bytes_get_data(signature, &size) : NULL;

    if (signature == NULL || !dim_public_key_verify(signer, end + 1, length, bytes, size)) {
        g_set_error_literal(error, DIM_ERROR, DIM_ERROR_NO_KEY,
                            _("The passphrase is wrong, or the file was changed"));
        return NULL;
    }
    return dim_json_parse(end + 1, (gssize)length, error);
}

static DimUser *
user_of(const DimKeyfileJob *job, JsonObject *profile, GError **error)
{
    JsonObject *meta_json = dim_json_object(profile, "meta");
    JsonObject *visa_json = dim_json_object(profile, "visa");
    g_autoptr(DimId) id = dim_id_parse(dim_json_text(profile, "did"), error);
    g_autoptr(DimMeta) meta = NULL;
    g_autoptr(DimDocument) visa = NULL;
    g_autoptr(GPtrArray) visa_keys = g_ptr_array_new();

    if (id == NULL || meta_json == NULL || visa_json == NULL) {
        if (id != NULL)
            no_keyfile(error);
        return NULL;
    }
    meta = dim_meta_from_json(meta_json, error);
    visa = meta != NULL ? dim_document_from_json(visa_json, id, error) : NULL;
    if (visa == NULL)
        return NULL;
    for (guint i = 1; i < job->keys->len; i++)
        g_ptr_array_add(visa_keys, job->keys->pdata[i]);
    return dim_user_new(id, meta, visa, job->keys->pdata[0], visa_keys, error);
}

/* A wrong passphrase is told in the words of this file, whatever it opened. */
static void
translate(GError **error)
{
    if (!g_error_matches(*error, DIM_ERROR, DIM_ERROR_NO_KEY))
        return;
    g_clear_error(error);
    g_set_error_literal(error, DIM_ERROR, DIM_ERROR_NO_KEY,
                        _("The passphrase is wrong, or the file was changed"));
}

DimKeyfile *
dim_keyfile_read_finish(GAsyncResult *result, GError **error)
{
    g_autoptr(DimKeyfile) keyfile = g_new0(DimKeyfile, 1);
    g_autoptr(GError) why = NULL;
    const DimKeyfileJob *job;

    g_return_val_if_fail(g_task_is_valid(result, NULL), NULL);

    job = g_task_get_task_data(G_TASK(result));
    if (!g_task_propagate_boolean(G_TASK(result), &why)) {
        translate(&why);
        g_propagate_error(error, g_steal_pointer(&why));
        return NULL;
    }
    keyfile->profile =
        read_profile(job->profile, dim_private_key_public(job->keys->pdata[0]), error);
    if (keyfile->profile == NULL)
        return NULL;
    keyfile->user = user_of(job, keyfile->profile, error);
    return keyfile->user != NULL ? g_steal_pointer(&keyfile) : NULL;
}

DimUser *
dim_keyfile_user(const DimKeyfile *keyfile)
{
    g_return_val_if_fail(keyfile != NULL, NULL);
    return keyfile->user;
}

guint
dim_keyfile_count(const DimKeyfile *keyfile)
{
    JsonArray *rows;

    g_return_val_if_fail(keyfile != NULL, 0);

    rows = dim_json_array(keyfile->profile, "contacts");
    return rows != NULL ? json_array_get_length(rows) : 0;
}

/* What is no person is left out, and whom the list holds already stays as he is there. */
static gboolean
add_contact(DimContacts *contacts, JsonNode *node, guint *added, GError **error)
{
    JsonObject *row = JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
    g_autoptr(DimId) id = row != NULL ? dim_id_parse(dim_json_text(row, "did"), NULL) : NULL;

    if (id == NULL || dim_id_is_group(id) || dim_id_is_broadcast(id)
        || dim_contacts_has(contacts, id))
        return TRUE;
    ++*added;
    return dim_contacts_add(contacts, id, dim_json_text(row, "alias"), error)
           && dim_contacts_set_name(contacts, id, dim_json_text(row, "name"), error);
}

static gboolean
add_contacts(const DimKeyfile *keyfile, DimContacts *contacts, guint *added, GError **error)
{
    JsonArray *rows = dim_json_array(keyfile->profile, "contacts");

    *added = 0;
    for (guint i = 0; rows != NULL && i < json_array_get_length(rows); i++) {
        if (!add_contact(contacts, json_array_get_element(rows, i), added, error))
            return FALSE;
    }
    return TRUE;
}

gboolean
dim_keyfile_merge(const DimKeyfile *keyfile, DimStore *store, guint *added, GError **error)
{
    g_autoptr(DimContacts) contacts = NULL;
    gboolean mine;

    g_return_val_if_fail(keyfile != NULL && store != NULL && added != NULL, FALSE);

    contacts = dim_contacts_new(store);
    return dim_records_begin(store, &mine, error)
           && dim_records_end(store, mine, add_contacts(keyfile, contacts, added, error),
                              error);
}

/* An identity that came by half would never come again: the next login would find a store and nobody in it. */
static gboolean
keep_all(const DimKeyfile *keyfile, DimStore *store, GError **error)
{
    gboolean mine;
    guint added;

    return dim_records_begin(store, &mine, error)
           && dim_records_end(store, mine,
                              dim_user_save(keyfile->user, store, error)
                                  && dim_keyfile_merge(keyfile, store, &added, error),
                              error);
}

DimStore *
dim_keyfile_keep(const DimKeyfile *keyfile, const char *folder, GError **error)
{
    g_autoptr(DimStore) store = NULL;
    g_autofree char *path = NULL;
    gboolean there;

    g_return_val_if_fail(keyfile != NULL && folder != NULL, NULL);

    path = dim_accounts_store_path(folder, dim_user_id(keyfile->user));
    there = g_file_test(path, G_FILE_TEST_EXISTS);
    if (dim_lock_folder(folder, error))
        store = dim_store_open(path, error);
    if (store == NULL)
        return NULL;
    if (keep_all(keyfile, store, error))
        return g_steal_pointer(&store);
    if (!there)
        g_unlink(path); /* still locked: nobody else has it */
    return NULL;
}
